"""A fact corrected while the audit is held: its findings carried to the context that it should have had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console
from grilles import AF, FAITS, atelier, exported_form, filled, grille
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import certif_rules as cr
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.correction import Correction, correct
from certif_rules.audit.demande import from_profile
from certif_rules.audit.incidences import findings_kept
from certif_rules.echanges.constats import as_data, write_dossier
from certif_rules.errors import DataError
from certif_rules.services.constats import from_data, open_dossier, with_rules
from certif_rules.services.lecture import read_grids
from certif_rules.source.schema import check

CHECKLIST = grille()
MAJEURE, MINEURE = "Non-conformité majeure", "Non-conformité mineure"
FILLED = {
    "qualiopi/1": {"Constat": "Conforme", "Preuves vues": "Site, page des tarifs"},
    "qualiopi/9": {"Constat": MINEURE, "Commentaire": "Règlement non remis"},
    "qualiopi/27": {"Constat": MAJEURE, "Commentaire": "Aucun contrat"},
}


def corrected(**facts: bool) -> dict[str, Any]:
    return {**AF, "organisme": {"categories": ["AF"], "faits": FAITS | facts}}


def carried(grid: Path, **facts: bool) -> Correction:
    return cr.reprendre(atelier(), grid, profil=corrected(**facts))


@pytest.fixture(params=["xlsx", "ods", "csv", "json", "formulaire"])
def grid(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The grid, or the form, filled while subcontracting was believed true."""
    if request.param == "formulaire":
        return exported_form(CHECKLIST, FILLED, tmp_path)
    return filled(CHECKLIST, request.param, FILLED, tmp_path)


def test_what_enters_and_leaves_is_told_and_nothing_is_dropped(grid: Path) -> None:
    """Without subcontracting 27 leaves; with a certification 3, 7 and 16 enter: so say their portées."""
    correction = carried(grid, sous_traitance=False, certifiante=True)
    moves = {c.numero: c.sens for c in correction.changements if c.sens != "changee"}
    assert moves == {"3": "entree", "7": "entree", "16": "entree", "27": "sortie"}
    (left,) = [c for c in correction.changements if c.sens == "sortie"]
    assert (left.constat, left.a_revoir) == ("nc_majeure", "la ligne n’est plus de cet audit")
    assert left.motifs == ("pas de sous-traitance ni de portage salarial",)
    releves = {r.ligne: r for r in correction.dossier.releves}
    assert releves["qualiopi/1"].preuves_vues == ("Site, page des tarifs",)
    assert releves["qualiopi/9"].constat == "nc_mineure"
    assert releves["qualiopi/3"].constat == "a_evaluer"
    assert "qualiopi/27" not in releves
    (aside,) = correction.dossier.a_revoir
    assert (aside.releve.ligne, aside.releve.commentaire) == ("qualiopi/27", "Aucun contrat")


def test_what_is_carried_is_sound_and_told_again(grid: Path) -> None:
    """The file written is accepted as it is; the finding set aside is no more counted, and still told."""
    written = as_data(carried(grid, sous_traitance=False).dossier)
    assert check(written, "constats") == []
    bilan = cr.conclure(atelier(), written)
    (conclusion,) = bilan.conclusions
    assert (conclusion.mesures["mineures"], conclusion.mesures["majeures"]) == (1, 0)
    messages = [w.message for w in bilan.avertissements if w.code == "a_revoir"]
    assert messages == ["ligne 27 : « nc_majeure » est à revoir, la ligne n’est plus de cet audit"]
    assert (
        cr.reprendre(atelier(), written, profil=corrected()).dossier.a_revoir == from_data(written).a_revoir
    )


def test_a_finding_that_was_looked_at_again_is_no_more_recalled(grid: Path) -> None:
    """Who looked at it, and when, is read and written; the conclusion then says nothing of it."""
    written = as_data(carried(grid, sous_traitance=False).dossier)
    written["a_revoir"][0] |= {"revu_le": "2024-06-04", "revu_par": "A. B."}
    assert check(written, "constats") == []
    (aside,) = from_data(written).a_revoir
    assert (aside.revu_le, aside.revu_par) == ("2024-06-04", "A. B.")
    assert as_data(from_data(written))["a_revoir"] == written["a_revoir"]
    assert [w for w in cr.conclure(atelier(), written).avertissements if w.code == "a_revoir"] == []


def test_findings_typed_in_yaml_are_those_of_json(tmp_path: Path) -> None:
    """`lire`, `reprendre` and `comparer` read what `conclure` does; faults of YAML are told as such."""
    written = as_data(read_grids(atelier(), [filled(CHECKLIST, "json", FILLED, tmp_path)]).dossier)
    (tmp_path / "c.json").write_text(json.dumps(written), encoding="utf-8")
    lines = "".join(f"{cle}: {json.dumps(valeur)}\n" for cle, valeur in written.items())
    (tmp_path / "c.yaml").write_text(f"# Tapé à la main.\n{lines}", encoding="utf-8")
    one, two = (read_grids(atelier(), [tmp_path / name]).dossier for name in ("c.json", "c.yaml"))
    assert as_data(one) == as_data(two)
    (tmp_path / "c.yaml").write_text(f"{lines}personnes: [\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"c\.yaml:\d+:\d+: syntaxe"):
        read_grids(atelier(), [tmp_path / "c.yaml"])


def test_findings_of_sites_are_set_aside_with_their_line() -> None:
    """Nothing is found of 27 as a whole, its two sites have a finding: kept aside, told, and it concludes."""
    sites = (
        Releve(ligne="qualiopi/27", site="S1", constat="conforme"),
        Releve(ligne="qualiopi/27", site="S2"),
    )
    releves = (Releve(ligne="qualiopi/27", par_site=sites), Releve(ligne="qualiopi/9"))
    without = grille(organisme=corrected(sous_traitance=False)["organisme"])
    dossier = with_rules(
        without, Dossier(demande=from_profile(corrected(sous_traitance=False)), releves=releves)
    )
    correction = correct(CHECKLIST, without, dossier)
    (aside,) = correction.dossier.a_revoir
    assert (aside.releve.par_site, aside.raison) == (sites, "la ligne n’est plus de cet audit")
    assert "qualiopi/27" not in {r.ligne for r in correction.dossier.releves}
    bilan = cr.conclure(atelier(), as_data(correction.dossier))
    messages = [w.message for w in bilan.avertissements if w.code == "a_revoir"]
    assert messages == [
        "ligne 27 : ce que ses sites ont donné est à revoir, la ligne n’est plus de cet audit"
    ]
    kept = findings_kept(correction, {}, {"qualiopi/27": "27", "qualiopi/9": "9"})
    assert [(one.numero, one.constat, one.sort) for one in kept] == [("27", "a_evaluer", "a_revoir")]


def test_a_line_that_comes_back_is_to_assess() -> None:
    """« Non applicable » was right while the fact was false: the line applies now, and nobody assessed it."""
    without = grille(organisme=corrected(sous_traitance=False)["organisme"])
    releves = (Releve(ligne="qualiopi/27", constat="non_applicable", commentaire="Pas de sous-traitant"),)
    dossier = with_rules(without, Dossier(demande=from_profile(corrected()), releves=releves))
    correction = correct(without, CHECKLIST, dossier)
    (line,) = [r for r in correction.dossier.releves if r.ligne == "qualiopi/27"]
    assert (line.constat, line.commentaire) == ("a_evaluer", "Pas de sous-traitant")
    assert [one.raison for one in correction.dossier.a_revoir] == ["la ligne s’applique désormais"]


def test_a_line_that_the_auditor_brought_back_stays() -> None:
    """A finding with its note on a line that was out by a fact is allowed once the fact is corrected."""
    without = grille(organisme=corrected(sous_traitance=False)["organisme"])
    releves = (Releve(ligne="qualiopi/27", constat="conforme", commentaire="Un sous-traitant vu"),)
    dossier = with_rules(without, Dossier(demande=from_profile(corrected()), releves=releves))
    correction = correct(without, CHECKLIST, dossier)
    assert correction.dossier.a_revoir == ()
    assert [r.constat for r in correction.dossier.releves if r.ligne == "qualiopi/27"] == ["conforme"]


def test_a_check_that_is_no_longer_made_is_set_aside() -> None:
    """A surveillance checks the display of the certificate, an initial audit does not: its result stays."""
    from grilles import SURVEILLANCE

    before = grille(**SURVEILLANCE)
    check_ = Releve(ligne="affichage_certificat", constat="non_satisfaite", commentaire="Rien")
    dossier = Dossier(demande=from_profile(AF), releves=(), verifications=(check_,))
    correction = correct(before, CHECKLIST, with_rules(CHECKLIST, dossier))
    assert [(one.releve, one.verification) for one in correction.dossier.a_revoir] == [(check_, True)]
    assert from_data(as_data(correction.dossier)).a_revoir == correction.dossier.a_revoir


CONSTATS = st.sampled_from(["a_evaluer", "conforme", "nc_mineure", "nc_majeure", "non_applicable"])
FACTS = st.dictionaries(
    st.sampled_from(["sous_traitance", "certifiante", "situation_travail"]), st.booleans()
)


@given(FACTS, st.lists(CONSTATS, min_size=32, max_size=32))
def test_no_finding_is_lost_and_what_stays_is_allowed(facts: dict[str, bool], constats: list[str]) -> None:
    """Whatever was found and whatever is corrected: each finding stays, allowed, or stands to be reviewed."""
    releves = tuple(
        Releve(ligne=li.indicateur.id, constat=c, commentaire="vu")
        for li, c in zip(CHECKLIST.lignes, constats, strict=True)
        if c in li.constats_permis or c == "a_evaluer"
    )
    apres = grille(organisme=corrected(**facts)["organisme"])
    dossier = Dossier(demande=from_profile(corrected(**facts)), releves=releves)
    correction = correct(CHECKLIST, apres, with_rules(apres, dossier))
    open_dossier(atelier(), correction.dossier)
    stays = {(r.ligne, r.constat) for r in correction.dossier.releves}
    aside = {(one.releve.ligne, one.releve.constat) for one in correction.dossier.a_revoir}
    assert {(r.ligne, r.constat) for r in releves} <= stays | aside


def test_two_files_with_findings_set_aside_join(tmp_path: Path) -> None:
    """What one auditor has to review is still there once the files are joined, and once only."""
    dossier = carried(filled(CHECKLIST, "csv", FILLED, tmp_path), sous_traitance=False).dossier
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path, one in zip(paths, (dossier, replace(dossier, a_revoir=())), strict=True):
        path.write_bytes(write_dossier(one))
    for pair in (paths, paths[::-1], [paths[0], paths[0]]):
        assert read_grids(atelier(), pair).dossier.a_revoir == dossier.a_revoir


def test_the_command(tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line that differs is told with its reason; options correct a fact as a profile does."""
    call = Console(capfdbinary, monkeypatch)
    path = filled(CHECKLIST, "xlsx", FILLED, tmp_path)
    answer = call("reprendre", path, "--sans", "sous_traitance")
    assert answer.status == 0
    assert "ligne 27 sort (à auditer → non applicable) : pas de sous-traitance" in answer.err
    assert "« nc_majeure » à revoir : la ligne n’est plus de cet audit" in answer.err
    assert "0 ligne ajoutée, 1 retirée" in answer.err
    profile = tmp_path / "profil.yaml"
    profile.write_text(json.dumps(corrected(sous_traitance=False)), encoding="utf-8")
    other = call("reprendre", path, "--profil", profile)
    assert [c["id"] for c in other.json["constats"]] == [c["id"] for c in answer.json["constats"]]
    assert other.json["a_revoir"] == answer.json["a_revoir"]
    assert call("reprendre", path, "--sans", "sous_traitanse").status == 2
    # Line 1 stays due, and asks for results that nothing but a certification has.
    asked = call("reprendre", path, "--avec", "certifiante")
    assert "ligne 1 change (à auditer ; ce qui y est demandé n’est plus le même) : " in asked.err
    assert "à auditer → à auditer" not in asked.err


#: Findings with all that a findings file may say, on two sites.
SITES = {"sites": [{"id": "S1"}, {"id": "S2"}]}
FOUND: list[dict[str, Any]] = [
    {
        "id": "qualiopi/1", "constat": "conforme", "preuves_vues": ["Site, page 1", "Livret ; annexe"],
        "annotations": ["point_fort"], "echantillons": ["S-1", "S-2"], "evalue_par": "AB",
        "evalue_le": "2024-06-03", "commentaire": "Deux espaces  ici,\nune ligne",
    },
    {
        "id": "qualiopi/2", "constat": "nc_mineure", "commentaire": "Sans indicateur", "site": "S2",
        "ecart": {"enonce": "Absence", "causes": "Oubli", "plan_recu_le": "2024-06-12"},
        "leve_le": "2024-06-20", "leve_par": "AB",
    },
    {
        "id": "qualiopi/9", "constat": "a_evaluer",
        "par_site": [
            {"site": "S1", "constat": "conforme"},
            {"site": "S2", "constat": "nc_mineure", "commentaire": "Non"},
        ],
    },
    {
        "id": "qualiopi/11", "constat": "a_evaluer",
        "a_accorder": [
            {
                "champ": "constat",
                "valeurs": [{"valeur": "conforme", "de": "a"}, {"valeur": "nc_mineure", "de": "b"}],
            }
        ],
    },
    {"id": "qualiopi/17", "constat": "conforme", "appui": "Guide, page 3"},
    {"id": "qualiopi/27", "constat": "nc_majeure", "commentaire": "Aucun contrat"},
]  # fmt: skip
_IDS = {one["id"] for one in FOUND}
WHOLE: dict[str, Any] = {
    **AF,
    "organisme": {**AF["organisme"], **SITES},
    "ecarts_notifies_le": "2024-06-10",
    "constats": [
        *FOUND,
        *(
            {"id": ligne.indicateur.id, "constat": "a_evaluer"}
            for ligne in CHECKLIST.lignes
            if ligne.indicateur.id not in _IDS
        ),
    ],
    "objectifs": ["Obtenir"],
    "a_accorder": [{"champ": "ecarts_notifies_le", "valeurs": [{"valeur": "2024-06-11", "de": "b"}]}],
}


def said(dossier: Dossier) -> dict[str, Any]:
    """What a findings file would say of the audit: findings that were recorded, and all beside them."""
    data = as_data(dossier)
    data["constats"] = [one for one in data["constats"] if as_data_of_nothing(one["id"]) != one]
    return data


def as_data_of_nothing(ligne: str) -> dict[str, Any]:
    empty = Dossier(demande=from_profile(AF), releves=(Releve(ligne=ligne),))
    (one,) = as_data(empty)["constats"]
    return dict(one)


def whole(tmp_path: Path, suffix: str) -> tuple[Correction, Path]:
    """All of it carried to the context without subcontracting, and written as a grid."""
    profil = {**AF, "organisme": {"categories": ["AF"], **SITES, "faits": FAITS | {"sous_traitance": False}}}
    correction = cr.reprendre(atelier(), WHOLE, profil=profil)
    grid = tmp_path / f"grille.{suffix}"
    grid.write_bytes(cr.ecrire(correction, suffix))
    return correction, grid


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv"])
def test_a_grid_filled_gives_back_all_that_was_carried(suffix: str, tmp_path: Path) -> None:
    """Read again as it is, it says the same findings, and the same of the report, word for word."""
    correction, grid = whole(tmp_path, suffix)
    assert [one.releve.ligne for one in correction.dossier.a_revoir] == ["qualiopi/27"]
    lecture = read_grids(atelier(), [grid])
    assert said(lecture.dossier) == said(correction.dossier)
    assert [
        a for a in lecture.avertissements if a.code not in ("a_accorder", "a_revoir", "gravite_a_choisir")
    ] == []


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_what_is_typed_in_a_grid_filled_is_read(suffix: str, tmp_path: Path) -> None:
    """A cell that was changed says what a person says; what stands beside the cells stays."""
    from grilles import FORMATS

    _, grid = whole(tmp_path, suffix)
    changed = {
        "qualiopi/17": {"Constat": MINEURE, "Commentaire": "Revu"},
        "qualiopi/1": {"Preuves vues": "Autre"},
    }
    grid.write_bytes(FORMATS[suffix][1](grid.read_bytes(), changed))
    releves = {r.ligne: r for r in read_grids(atelier(), [grid]).dossier.releves}
    one = releves["qualiopi/17"]
    assert (one.constat, one.commentaire, one.appui) == ("nc_mineure", "Revu", "Guide, page 3")
    first = releves["qualiopi/1"]
    assert first.preuves_vues == ("Autre",)
    assert first.commentaire == "Deux espaces  ici,\nune ligne"


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv"])
def test_a_reason_that_stands_beside_its_cell_is_there(suffix: str, tmp_path: Path) -> None:
    """Two reasons for one minor, nobody having chosen: the cell is empty, and the grid filled is read back.

    Once both are taken away, the reason lacks, in its cell.
    """
    paths = [
        filled(CHECKLIST, "csv", {"qualiopi/9": {"Constat": MINEURE, "Commentaire": why}}, tmp_path, name)
        for name, why in (("a", "Règlement non remis"), ("b", "Règlement périmé"))
    ]
    (tmp_path / "ab.json").write_bytes(write_dossier(read_grids(atelier(), paths).dossier))
    correction = cr.reprendre(atelier(), tmp_path / "ab.json", profil=corrected(sous_traitance=False))
    path = tmp_path / f"reprise.{suffix}"
    path.write_bytes(cr.ecrire(correction, suffix))
    assert said(read_grids(atelier(), [path]).dossier) == said(correction.dossier)
    (releve,) = [r for r in correction.dossier.releves if r.ligne == "qualiopi/9"]
    assert (releve.constat, [len(c.valeurs) for c in releve.disputes]) == ("nc_mineure", [2])
    alone = replace(releve, a_accorder=(), complements={"x": "y"})
    releves = tuple(alone if r is releve else r for r in correction.dossier.releves)
    without = replace(correction, dossier=replace(correction.dossier, releves=releves))
    path.write_bytes(cr.ecrire(without, suffix))
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [path])
    assert [issue.code for issue in caught.value.issues] == ["commentaire-manquant"]


def test_a_grid_filled_shows_what_is_to_review(tmp_path: Path) -> None:
    """The line that left, its finding and why, where a person looks."""
    from openpyxl import load_workbook

    _, grid = whole(tmp_path, "xlsx")
    book = load_workbook(grid)
    rows = [[cell.value for cell in row] for row in book["À revoir"].iter_rows()]
    assert rows[1][:4] == ["27", "la ligne n’est plus de cet audit", MAJEURE, "Aucun contrat"]
    assert whole(tmp_path, "csv")[1].read_text("utf-8-sig").count("la ligne n’est plus de cet audit") > 0
    by_id = {row[-1].value: row for row in book["Grille"].iter_rows(min_row=2)}
    assert "Conforme" in [cell.value for cell in by_id["qualiopi/1"]]


def test_the_command_writes_them(tmp_path: Path, capfdbinary: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The suffix says which; the form starts from the findings, under a key of its own in the browser."""
    call = Console(capfdbinary, monkeypatch)
    findings = tmp_path / "constats.json"
    findings.write_bytes(json.dumps(WHOLE).encode())
    for name in ("grille.xlsx", "grille.ods", "grille.csv", "formulaire.html", "repris.json"):
        answer = call("reprendre", findings, "--sans", "sous_traitance", "-o", tmp_path / name)
        assert answer.status == 0, answer.err
    page = (tmp_path / "formulaire.html").read_text("utf-8")
    data = json.loads(page.partition('id="donnees">')[2].partition("</script>")[0])
    assert data["reprise"] == json.loads((tmp_path / "repris.json").read_bytes())
    again = call("reprendre", findings, "--sans", "sous_traitance", "-o", tmp_path / "grille.xlsx")
    assert (again.status, again.codes) == (2, ["fichier-existant"])
    replaced = call(
        "reprendre", findings, "--sans", "sous_traitance", "-o", tmp_path / "grille.xlsx", "--remplacer"
    )
    assert replaced.status == 0
