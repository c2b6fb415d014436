"""Files of one audit made into one: by site, by field, and what is left to decide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console
from grilles import AF, FAITS, atelier, filled, grille
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rapports import report_bytes, texte

from certif_rules.audit.compte_rendu import Conflit, Version
from certif_rules.audit.conclusion import conclude
from certif_rules.audit.constats import ARevoir, Dossier, Releve
from certif_rules.audit.demande import from_profile
from certif_rules.audit.reunion import Apport, join_dossiers, join_findings
from certif_rules.audit.sites import open_conflicts
from certif_rules.echanges.constats import as_data, write_dossier
from certif_rules.errors import DataError
from certif_rules.services.constats import from_data, open_dossier, with_rules
from certif_rules.services.lecture import read_grids
from certif_rules.source.schema import check

SITES = [{"id": "S1", "commune": "Toulouse"}, {"id": "S2", "commune": "Albi"}]
DEUX_SITES: dict[str, Any] = {**AF, "organisme": {"categories": ["AF"], "faits": FAITS, "sites": SITES}}
CHECKLIST = grille(organisme=DEUX_SITES["organisme"])
MINEURE, MAJEURE = "nc_mineure", "nc_majeure"
ECARTS = frozenset({MINEURE, MAJEURE})


def at(site: str | None, constat: str, commentaire: str | None = None, **more: Any) -> Releve:
    return Releve(ligne="qualiopi/9", constat=constat, commentaire=commentaire, site=site, **more)


def join(one: Releve, two: Releve, base: Releve | None = None) -> Releve:
    return join_findings(one, two, base, ecarts=ECARTS, noms=("un", "deux"))


def whole(line: Releve) -> Dossier:
    """Every line due conforming, but one."""
    releves = tuple(
        line if li.indicateur.id == line.ligne else Releve(ligne=li.indicateur.id, constat="conforme")
        for li in CHECKLIST.lignes
        if li.etat == "a_auditer"
    )
    return with_rules(CHECKLIST, Dossier(demande=from_profile(DEUX_SITES), releves=releves))


def verdict(line: Releve) -> tuple[bool | None, int, int]:
    """Whether the certificate can be delivered, the minors and the majors, all other lines conforming."""
    (conclusion,) = conclude(*open_dossier(atelier(), whole(line))).conclusions
    return conclusion.delivrable, conclusion.mesures["mineures"], conclusion.mesures["majeures"]


def refused(line: Releve) -> list[str]:
    with pytest.raises(DataError) as caught:
        open_dossier(atelier(), whole(line))
    return [issue.code for issue in caught.value.issues]


# ---- by site --------------------------------------------------------------------------------------------


def test_two_sites_stand_side_by_side() -> None:
    """Conforming at one site, a minor at the other: both stay, and nobody chose for the line."""
    one = at("S1", "conforme", preuves_vues=("D-1",), evalue_par="A. B.")
    two = at("S2", MINEURE, "Affichage absent", evalue_par="C. D.")
    joined = join(one, two)
    assert joined.par_site == (one, two)
    assert (joined.constat, joined.site, joined.a_accorder) == ("a_evaluer", None, ())
    assert join(two, one) == joined


def test_sites_that_agree_give_the_line() -> None:
    """The same finding at both, that is no gap, is the finding of the line."""
    assert join(at("S1", "conforme"), at("S2", "conforme")).constat == "conforme"


def test_two_minors_are_not_added_up() -> None:
    """A minor is isolated and not repeated: two of them may make a major, which the auditor says."""
    assert join(at("S1", MINEURE, "a"), at("S2", MINEURE, "b")).constat == "a_evaluer"


def test_a_gap_at_a_site_leaves_the_gravity_to_choose() -> None:
    """With a minor at one site the line is a minor or a major: nothing is delivered as conforming.

    One minor is delivered, one major is not: the conclusion is unknown until someone chooses, and either
    counts once.
    """
    joined = join(at("S1", "conforme"), at("S2", MINEURE, "Affichage absent"))
    assert verdict(joined) == (None, 0, 0)
    assert verdict(replace(joined, constat=MINEURE, commentaire="Isolé")) == (True, 1, 0)
    assert verdict(replace(joined, constat=MAJEURE, commentaire="Répété")) == (False, 0, 1)


def test_a_line_without_gap_could_still_conform() -> None:
    """The same line, merely to assess, may conform: it is the gap at a site that forbids it."""
    bilan = conclude(*open_dossier(atelier(), whole(Releve(ligne="qualiopi/11"))))
    assert bilan.conclusions[0].delivrable is None
    only_major = join(replace(at("S1", "conforme"), ligne="qualiopi/11"),
                      replace(at("S2", MAJEURE, "Rien"), ligne="qualiopi/11"))  # fmt: skip
    assert verdict(only_major)[0] is False


def test_what_a_gap_at_a_site_forbids() -> None:
    """Conforming for the line, or a gravity without its reason, is refused; so is a gap without its own."""
    joined = join(at("S1", "conforme"), at("S2", MINEURE, "Affichage absent"))
    assert refused(replace(joined, constat="conforme")) == ["ecart-a-un-site"]
    assert set(refused(replace(joined, constat=MINEURE))) == {"commentaire-manquant", "gravite-sans-raison"}
    silent = join(at("S1", "conforme"), at("S2", MINEURE))
    assert refused(silent) == ["commentaire-manquant"]


def test_a_site_that_nobody_declared() -> None:
    """A finding is made at a site of the organisation."""
    assert refused(at("S9", "conforme")) == ["site-inconnu"]


def test_a_check_that_fails_somewhere_fails() -> None:
    """A check has no gravity to choose."""
    failing = frozenset({"non_satisfaite"})
    one, two = at("S1", "satisfaite"), at("S2", "non_satisfaite", "Rien au mur")
    assert join_findings(one, two, ecarts=failing).constat == "non_satisfaite"


# ---- by field -------------------------------------------------------------------------------------------


def test_an_empty_field_joins_a_full_one() -> None:
    """One auditor recorded the finding, the other its evidence: both are there, and both signed."""
    joined = join(at("S1", "conforme", evalue_par="A. B."), at("S1", "a_evaluer", "Vu", evalue_par="C. D.",
                  preuves_vues=("D-2",)))  # fmt: skip
    assert joined == at("S1", "conforme", "Vu", preuves_vues=("D-2",), evalue_par="A. B. ; C. D.")
    assert joined.signataires == ("A. B.", "C. D.")


def test_a_row_left_empty_says_nothing_of_its_site() -> None:
    """The site was typed down the whole column: an empty row of it is empty all the same."""
    assert join(at("S1", "conforme"), at("S2", "a_evaluer")) == at("S1", "conforme")


def test_only_a_contradiction_at_the_same_site_is_listed() -> None:
    """Both values are there with who signed them, the field is empty, and the rest is joined."""
    joined = join(at("S1", "conforme", evalue_par="A. B."), at("S1", MINEURE, "Absent", evalue_par="C. D."))
    (conflict,) = joined.a_accorder
    assert conflict.champ == "constat"
    assert [(v.valeur, v.de, v.par) for v in conflict.valeurs] == [
        ("conforme", "un", "A. B."), (MINEURE, "deux", "C. D."),
    ]  # fmt: skip
    assert (joined.constat, joined.commentaire) == ("a_evaluer", "Absent")


def test_a_conflict_is_settled_by_filling_its_field() -> None:
    """Once settled, joining again with either grid changes nothing; another value is another conflict."""
    one, two = at("S1", "conforme"), at("S1", MINEURE, "Absent")
    joined = join(one, two)
    settled = replace(joined, constat=MINEURE)
    assert settled.disputes == ()
    for again in (join(settled, one), join(one, settled), join(settled, two), join(joined, settled)):
        assert (again.constat, again.disputes) == (MINEURE, ())
    assert join(joined, two).disputes[0].valeurs == joined.a_accorder[0].valeurs
    third = join(settled, at("S1", MAJEURE, "Absent"))
    assert [v.valeur for v in third.disputes[0].valeurs] == ["conforme", MINEURE, MAJEURE]


def test_a_conflict_may_be_settled_to_none_of_its_values() -> None:
    """Neither was right: that is said beside the values, and joining again with either changes nothing."""
    one, two = at("S1", "conforme"), at("S1", MINEURE, "Absent")
    joined = join(one, two)
    (conflict,) = joined.a_accorder
    none = replace(joined, a_accorder=(replace(conflict, aucune=True),))
    assert none.disputes == ()
    for again in (join(none, one), join(two, none), join(none, joined), join(joined, none), join(none, none)):
        assert (again.constat, again.disputes) == ("a_evaluer", ())
        assert [c.aucune for c in again.a_accorder] == [True]
    # A value that nobody had looked at, or one that was chosen of the same two, is another conflict.
    for other in (at("S1", MAJEURE, "Absent"), replace(joined, constat=MINEURE)):
        for again in (join(none, other), join(other, none)):
            (dispute,) = again.disputes
            assert {None, other.constat} <= {v.valeur for v in dispute.valeurs}
            assert again.constat == "a_evaluer"
    # Whoever chose knowing those values and one more had the last word.
    wider = replace(join(none, at("S1", MAJEURE, "Absent")), constat=MAJEURE)
    assert join(none, wider).constat == join(wider, none).constat == MAJEURE
    # Whoever still waits over other values is not answered.
    waiting = join(one, at("S1", MAJEURE))
    assert join(none, waiting).disputes != ()
    # With a base, what nobody changed there gives way.
    assert join(none, one, one).disputes == ()


def test_none_of_the_values_is_written_and_read() -> None:
    """Beside the values, and of the file itself too; the schema knows it, and nothing is left to settle."""
    conflict = Conflit(champ="appui", valeurs=(Version(valeur="a"), Version(valeur="b")), aucune=True)
    releve = Releve(ligne="qualiopi/9", a_accorder=(conflict,))
    of_file = replace(conflict, champ="ecarts_notifies_le")
    dossier = Dossier(demande=from_profile(AF), releves=(releve,), a_accorder=(of_file,))
    written = as_data(dossier)
    assert written["constats"][0]["a_accorder"][0]["aucune"] is True
    assert check(written, "constats") == []
    again = from_data(written)
    assert (again.releves[0].a_accorder[0].aucune, again.a_accorder[0].aucune) == (True, True)
    assert open_conflicts(again) == ()
    assert open_conflicts(replace(again, a_accorder=(replace(of_file, aucune=False),))) != ()


def test_three_ways() -> None:
    """What one alone changed is changed, what one erased is gone, what both changed is a conflict."""
    base = at("S1", "conforme", "Vu", preuves_vues=("D-1", "D-2"), ecart={"causes": "x"})
    one = at("S1", MINEURE, "Vu", preuves_vues=("D-2",), ecart={"causes": "x", "correction": "y"})
    two = at("S1", "conforme", None, preuves_vues=("D-1", "D-2", "D-3"))
    joined = join(one, two, base)
    assert joined == at("S1", MINEURE, None, preuves_vues=("D-2", "D-3"), ecart={"correction": "y"})
    both = join(one, at("S1", MAJEURE, "Vu"), base)
    assert [v.valeur for v in both.disputes[0].valeurs] == [MINEURE, MAJEURE]


VALUES = st.sampled_from([None, "a", "b"])
FINDINGS = st.builds(
    Releve,
    ligne=st.just("qualiopi/9"),
    site=st.sampled_from([None, "S1", "S2"]),
    constat=st.sampled_from(["a_evaluer", "conforme", MINEURE]),
    commentaire=VALUES,
    evalue_par=VALUES,
    appui=VALUES,
    preuves_vues=st.lists(st.sampled_from("ab"), unique=True).map(tuple),
    ecart=st.dictionaries(st.sampled_from(["causes", "preuve"]), st.sampled_from("ab")),
)


def everything(releve: Releve) -> set[tuple[str, str]]:
    """Each value that a finding holds, with its field, wherever it stands."""
    values = {(c, getattr(releve, c) or "") for c in ("constat", "commentaire", "appui")}
    values |= {("par", name) for name in releve.signataires} | {("preuve", p) for p in releve.preuves_vues}
    values |= {(f"ecart.{cle}", text) for cle, text in releve.ecart.items()}
    values |= {(c.champ, v.valeur or "") for c in releve.a_accorder for v in c.valeurs}
    values = {pair for pair in values if pair[1] not in ("", "a_evaluer")}
    return values.union(*(everything(part) for part in releve.par_site))


@given(FINDINGS, FINDINGS, FINDINGS)
def test_nothing_is_dropped(one: Releve, two: Releve, three: Releve) -> None:
    """Whatever anyone recorded is in the result, in whatever order; what is equal stays."""
    joined = join(join(one, two), three)
    assert everything(one) | everything(two) | everything(three) <= everything(joined)
    assert join(one, one) == one
    assert everything(join(one, two)) == everything(join(two, one))


@given(FINDINGS, FINDINGS)
def test_what_is_joined_is_written_and_read(one: Releve, two: Releve) -> None:
    """The file written satisfies its schema and reads back the same, conflicts and sites included."""
    before = whole(join(one, two))
    data = json.loads(write_dossier(before))
    assert check(data, "constats") == []
    assert from_data(data).releves == before.releves


# ---- files ----------------------------------------------------------------------------------------------


def test_what_files_say_beside_their_lines() -> None:
    """Sessions stand side by side, two days of notification are a conflict, which the file settles."""
    one, two = whole(at("S1", "conforme")), whole(at("S1", "conforme"))
    data = as_data(one) | {"ecarts_notifies_le": "2024-03-29", "seances": [{"site": "S1"}],
                           "evaluation": {"par": "A. B.", "recommandation": "Délivrer."}}  # fmt: skip
    other = as_data(two) | {"ecarts_notifies_le": "2024-04-02", "seances": [{"site": "S2"}],
                            "evaluation": {"par": "C. D.", "recommandation": "Refuser."}}  # fmt: skip
    pair = [Apport(nom=n, dossier=from_data(d)) for n, d in (("un", data), ("deux", other))]
    joined = join_dossiers(CHECKLIST, *pair)
    assert [s.site for s in joined.compte_rendu.seances or ()] == ["S1", "S2"]
    assert joined.compte_rendu.evaluation is not None
    assert joined.compte_rendu.evaluation.par == ("A. B.", "C. D.")
    assert joined.notifie_le is None
    assert [c.champ for c in joined.a_accorder] == ["ecarts_notifies_le", "evaluation.recommandation"]
    left = conclude(CHECKLIST, joined).avertissements
    assert [w.message for w in left if w.code == "a_accorder"] == [
        "à accorder, jour de notification des écarts : « 2024-03-29 » (un) / « 2024-04-02 » (deux)",
        "à accorder, evaluation, recommandation : « Délivrer. » (un) / « Refuser. » (deux)",
    ]
    written = as_data(joined)
    assert check(written, "constats") == []
    written["ecarts_notifies_le"] = "2024-04-02"
    written["evaluation"]["recommandation"] = "Délivrer."
    settled = conclude(CHECKLIST, from_data(written)).avertissements
    assert [w for w in settled if w.code == "a_accorder"] == []


def test_the_opinions_of_two_bodies_stand_side_by_side() -> None:
    """Each body has its own, one for each référentiel; what two files say otherwise of one is a conflict."""
    one, two = as_data(whole(at("S1", "conforme"))), as_data(whole(at("S1", "conforme")))
    one["avis"] = [
        {"instance": "jury", "avis": "pour"},
        {"instance": "commission", "avis": "pour", "le": "2024-04-02"},
        {"instance": "commission", "objet": "qualiopi", "avis": "pour"},
    ]
    two["avis"] = [{"instance": "commission", "avis": "contre"}]
    two["notification"] = {"le": "2024-04-03"}
    pair = [Apport(nom=n, dossier=from_data(d)) for n, d in (("un", one), ("deux", two))]
    joined = join_dossiers(CHECKLIST, *pair)
    said = [(a.instance, a.objet, a.avis, a.le) for a in joined.compte_rendu.avis or ()]
    assert said == [
        ("jury", None, "pour", None), ("commission", None, None, "2024-04-02"),
        ("commission", "qualiopi", "pour", None),
    ]  # fmt: skip
    assert [n.le for n in joined.compte_rendu.notification or ()] == ["2024-04-03"]
    assert [c.champ for c in joined.a_accorder] == ["avis.commission.avis"]
    written = as_data(joined)
    open_ = conclude(CHECKLIST, from_data(written)).avertissements
    assert [w.message for w in open_ if w.code == "a_accorder"] == [
        "à accorder, avis, commission, avis : « pour » (un) / « contre » (deux)"
    ]
    written["avis"][1]["avis"] = "pour"
    settled = conclude(CHECKLIST, from_data(written)).avertissements
    assert [w for w in settled if w.code == "a_accorder"] == []


def test_a_conflict_on_a_body_whose_name_holds_dots_is_settled_too() -> None:
    """« M. le préfet » is one name, not two keys."""
    one, two = as_data(whole(at("S1", "conforme"))), as_data(whole(at("S1", "conforme")))
    one["avis"] = [{"instance": "M. le préfet", "avis": "pour"}]
    two["avis"] = [{"instance": "M. le préfet", "avis": "contre"}]
    pair = [Apport(nom=n, dossier=from_data(d)) for n, d in (("un", one), ("deux", two))]
    written = as_data(join_dossiers(CHECKLIST, *pair))
    assert (
        len([w for w in conclude(CHECKLIST, from_data(written)).avertissements if w.code == "a_accorder"])
        == 1
    )
    written["avis"][0]["avis"] = "contre"
    assert not [w for w in conclude(CHECKLIST, from_data(written)).avertissements if w.code == "a_accorder"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_finding_looked_at_again_on_one_side_was_looked_at(order: int) -> None:
    """It stands once, as first looked at, whatever the order of the files; one that nobody saw stays so."""
    sortie, autre = (ARevoir(raison="sortie", releve=at(None, MINEURE, text)) for text in ("a", "b"))
    first = replace(sortie, revu_le="2024-06-04", revu_par="A. B.")
    later = replace(sortie, revu_le="2024-06-05", revu_par="C. D.")

    def joined(*sides: tuple[ARevoir, ...]) -> tuple[ARevoir, ...]:
        dossier = whole(at(None, "a_evaluer"))
        files = [Apport(nom=f"{n}.json", dossier=replace(dossier, a_revoir=a)) for n, a in enumerate(sides)]
        return join_dossiers(CHECKLIST, *files[::order]).a_revoir

    assert joined((sortie, autre), (first, autre)) == (first, autre)
    assert joined((later,), (first,)) == (first,)


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv", "json"])
def test_grids_say_the_site(tmp_path: Path, suffix: str) -> None:
    """Each auditor types the site in the grid; a site that is not of the organisation is told at its cell."""
    here = filled(CHECKLIST, suffix, {"qualiopi/9": {"Constat": "Conforme", "Site": "S1"}}, tmp_path, "a")
    there = {"Constat": "Non-conformité mineure", "Commentaire": "Absent", "Site": "S2"}
    two = filled(CHECKLIST, suffix, {"qualiopi/9": there}, tmp_path, "b")
    lecture = read_grids(atelier(), [here, two])
    (line,) = [r for r in lecture.dossier.releves if r.par_site]
    assert [(p.site, p.constat) for p in line.par_site] == [("S1", "conforme"), ("S2", MINEURE)]
    assert [w.code for w in lecture.avertissements] == ["gravite_a_choisir"]
    wrong = filled(CHECKLIST, suffix, {"qualiopi/9": {"Constat": "Conforme", "Site": "S7"}}, tmp_path, "c")
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [wrong])
    assert [i.code for i in caught.value.issues] == ["site-inconnu"]


def test_a_grid_of_one_site_has_no_such_column(tmp_path: Path) -> None:
    """Where there is one site, or none declared, nothing is asked: the column is hidden, or is not there."""
    from openpyxl import load_workbook

    for checklist, hidden in ((grille(), True), (CHECKLIST, False)):
        sheet = load_workbook(filled(checklist, "xlsx", {}, tmp_path))["Grille"]
        (letter,) = [cell.column_letter for cell in sheet[1] if cell.value == "Site"]
        assert sheet.column_dimensions[letter].hidden is hidden
        header = filled(checklist, "csv", {}, tmp_path).read_text("utf-8-sig").partition("\n")[0]
        assert ('"site"' in header) is not hidden


def test_the_base_of_two_grids(tmp_path: Path) -> None:
    """An auditor who emptied a cell of the file that both started from emptied it for good."""
    base = filled(
        CHECKLIST, "csv", {"qualiopi/9": {"Constat": "Conforme", "Commentaire": "Vu"}}, tmp_path, "0"
    )
    one = filled(CHECKLIST, "csv", {"qualiopi/9": {"Constat": "Conforme"}}, tmp_path, "a")
    two = read_grids(atelier(), [one, base], base=base).dossier
    assert [r.commentaire for r in two.releves if r.ligne == "qualiopi/9"] == [None]
    assert [r.commentaire for r in read_grids(atelier(), [one, base]).dossier.releves if r.porte] == ["Vu"]


def test_what_a_file_was_written_from_is_kept(
    tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """« lire » keeps the start of a file, and that of two that share it; two versions leave none."""
    call = Console(capfdbinary, monkeypatch)
    paths = []
    for nom, version in (("a", 41), ("b", 41), ("c", 43)):
        data = as_data(whole(at(None, "conforme")))
        data["depart"] = {"version": version, "empreinte": f"sha256:{'3f' * 32}"}
        paths.append(tmp_path / f"{nom}.json")
        paths[-1].write_text(json.dumps(data), encoding="utf-8")
    one, two, three = paths
    alone = call("lire", one)
    assert alone.json["depart"]["version"] == 41
    assert "depart" not in alone.err
    assert call("lire", one, two).json["depart"]["version"] == 41
    assert "depart" not in call("lire", one, three).json
    assert call("conclure", three).status == 0


def test_the_command_and_the_report(
    tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conflict is written and told with status 0; the report shows each site with its finding."""
    call = Console(capfdbinary, monkeypatch)
    one = filled(CHECKLIST, "xlsx", {"qualiopi/9": {"Constat": "Conforme", "Site": "S1"}}, tmp_path, "a")
    typed = {"Constat": "Non-conformité mineure", "Commentaire": "Absent"}
    two = filled(CHECKLIST, "ods", {"qualiopi/9": typed | {"Site": "S1"}}, tmp_path, "b")
    answer = call("lire", one, two)
    assert answer.status == 0
    assert (
        "à accorder, ligne 9, site S1, constat : « conforme » (a.xlsx) / « nc_mineure » (b.ods)" in answer.err
    )
    (line,) = [entry for entry in answer.json["constats"] if entry["id"] == "qualiopi/9"]
    assert [v["valeur"] for v in line["a_accorder"][0]["valeurs"]] == ["conforme", MINEURE]
    three = filled(CHECKLIST, "ods", {"qualiopi/9": typed | {"Site": "S2"}}, tmp_path, "c")
    data = call("lire", one, three).json
    page = texte(report_bytes(call, data, tmp_path), "html")
    assert "9–siteS1–ToulouseConforme" in page
    assert "9–siteS2–Albi△Nonconformitémineure" in page
