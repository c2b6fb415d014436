"""Findings of several sites by a declared rule: every completion, documents, grids read back, faults."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from greffons import registry, seal
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rapports import findings_file, lay_out, squeezed, texte
from test_export_formulaire import data_of

import certif_rules as cr
from certif_rules.audit.conclusion import Bilan, conclude
from certif_rules.audit.constats import A_EVALUER
from certif_rules.audit.demande import Demande
from certif_rules.audit.rapport import make_report
from certif_rules.blocs.typographie import plain
from certif_rules.cli.echantillon import _rule
from certif_rules.cli.expliquer import _show
from certif_rules.documents.rapport.composition import report as compose
from certif_rules.echanges.checklist import explanation
from certif_rules.echanges.conclusion import document
from certif_rules.echanges.echantillon import document as sample_as_data
from certif_rules.errors import DataError
from certif_rules.plugins.registry import Registry
from certif_rules.services.conclusion import conclude_file
from certif_rules.services.constats import from_data, open_dossier
from certif_rules.services.echantillon import make_sample
from certif_rules.services.explication import explain
from certif_rules.services.lecture import read_grids
from certif_rules.source.schema import check
from certif_rules.testing.fichier import differences, read_cases
from certif_rules.vie.echantillon import DemandeTirage

RESEAU = Path(__file__).parent / "fictif_notes" / "reseau"
SITES = ("S1", "S2", "S3")
NIVEAUX = ("niveau_0", "niveau_1", "niveau_2", "niveau_3", "non_pertinent")
AVIS = ("favorable", "reserve", "refus", "non_pertinent")
#: What everything not named is.
AILLEURS = {"P1": "niveau_3", "P2": "niveau_3", "Q1": "favorable", "Q2": "favorable", "Q3": "favorable"}


def cases_of(name: str) -> list[tuple[str, dict[str, Any]]]:
    kind, cases = read_cases(RESEAU.parent / name)
    return [(kind, case) for case in cases]


def opened(source: Path = RESEAU) -> Registry:
    return registry(reseau=source)


def findings(lines: Mapping[str, Mapping[str, Any]], **changes: Any) -> dict[str, Any]:
    """A findings file of three sites, where these lines are seen at some of them."""
    constats: list[dict[str, Any]] = []
    for ligne, alone in AILLEURS.items():
        there = [
            {"site": site, "commentaire": "Vu.", **(one if isinstance(one, dict) else {"constat": one})}
            for site, one in lines.get(ligne, {}).items()
        ]
        seen = {"constat": A_EVALUER, "par_site": there} if ligne in lines else {"constat": alone}
        constats.append({"id": ligne, **seen})
    return {
        "format": 1,
        "referentiel": "reseau",
        "audit": {"type": "visite", "date": "2024-01-10"},
        "organisme": {"categories": ["TOUT"], "sites": [{"id": site} for site in SITES]},
        "ecarts_notifies_le": "2024-01-31",
        "constats": constats,
        **changes,
    }


def concluded(lines: Mapping[str, Mapping[str, Any]], **changes: Any) -> Bilan:
    return conclude(*open_dossier(opened(), from_data(findings(lines, **changes))))


CAS = [case for _, case in cases_of("reseau.yaml")]


@pytest.mark.parametrize("case", CAS, ids=lambda case: case["nom"])
def test_findings_of_several_sites(case: dict[str, Any]) -> None:
    """A declared rule makes the line's finding of those of its sites; without one, someone chooses."""
    assert differences("cas", case, opened()) == []


# ---- every completion -----------------------------------------------------------------------------------


def parts(permitted: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    """Findings at some of the sites, the others not seen yet."""
    return st.dictionaries(st.sampled_from(SITES), st.sampled_from(permitted), max_size=3)


@settings(deadline=None, max_examples=25)
@given(parts(NIVEAUX), parts(AVIS), parts(AVIS))
def test_what_sites_leave_open_is_what_completing_them_gives(
    note: dict[str, str], tous: dict[str, str], pire: dict[str, str]
) -> None:
    """A verdict is told where every way to end the sites not seen gives it; it is open where two do not."""
    lines = {"P1": note, "Q1": tous, "Q2": pire}
    permitted = {"P1": NIVEAUX, "Q1": AVIS, "Q2": AVIS}
    missing = [(ligne, site) for ligne in lines for site in SITES if site not in lines[ligne]]
    if len(missing) > 3:
        missing = missing[:3]  # the others are seen, good
        for ligne, lacking in lines.items():
            for site in SITES:
                if (ligne, site) not in missing:
                    lacking.setdefault(site, AILLEURS[ligne])
    verdicts = set()
    for endings in product(*(permitted[ligne] for ligne, _ in missing)):
        whole = {ligne: dict(some) for ligne, some in lines.items()}
        for (ligne, site), constat in zip(missing, endings, strict=True):
            whole[ligne][site] = constat
        verdicts.add(by_hand(whole))
    (conclusion,) = concluded(lines).conclusions
    assert conclusion.decision == (verdicts.pop() if len(verdicts) == 1 else None)


def by_hand(lines: Mapping[str, Mapping[str, str]]) -> str:
    """The decision on three sites all seen, read straight from the definition; P2 is worth 3."""
    values = [Fraction(name[-1]) for name in lines["P1"].values() if name.startswith("niveau")]
    notes = [Fraction(3), *([sum(values) / len(values)] if values else [])]
    tous, pire = ([name for name in lines[q].values() if name != "non_pertinent"] for q in ("Q1", "Q2"))
    said = [tous[0] if len(set(tous)) == 1 else "reserve"] if tous else []
    said += [next(avis for avis in ("refus", "reserve", "favorable") if avis in pire)] if pire else []
    zero = set(values) == {Fraction(0)}
    if sum(notes) / len(notes) < Fraction(3, 2) or zero or "refus" in said:
        return "refuse"
    return "ajourne" if "reserve" in said else "accorde"


# ---- which sites are seen -------------------------------------------------------------------------------

VUS = [case for name in ("sites", "durees") for case in cases_of(f"reseau_{name}.yaml")]


@pytest.mark.parametrize(("kind", "case"), VUS, ids=[case["nom"] for _, case in VUS])
def test_the_sites_that_a_rule_designates(kind: str, case: dict[str, Any]) -> None:
    """All of them, or these: what a sample and a duration make of it, and what the profile does not say."""
    assert differences(kind, case, opened()) == []


def test_a_rule_that_designates_is_printed() -> None:
    """No root is named: the JSON has no coefficient, and says which sites."""
    asked = DemandeTirage(objet="sites", population=("S1", "S2"), graine="1")
    sondage = Demande(referentiel="reseau", type_audit="sondage", date="2024-01-10", ajout_sites=("S2",))
    written = sample_as_data(make_sample(opened(), sondage, asked))
    assert written["regle"]["coefficient"] is None
    assert written["regle"]["ceux"] == [{"ajoutes": True}, {"etiquette": "siege"}]
    assert written["regle"]["texte"] == "le siège et les sites ajoutés"
    assert written["liste"] == ["S2"]
    assert check(written, "sortieechantillon") == []
    assert _rule(written["regle"]) == "le siège et les sites ajoutés"
    visite = replace(sondage, type_audit="visite")
    assert _rule(sample_as_data(make_sample(opened(), visite, asked))["regle"]) == "tous les sites"


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("tous: true", "tous: true, coefficient: 1", "d’une façon et d’une seule"),
        ("tous: true, ", "", "d’une façon et d’une seule"),
        (", texte: le siège et les sites ajoutés", "", "vont ensemble"),
        ("tous: true", "tous: true, texte: tous", "vont ensemble"),
        ("tous: true", "tous: false, coefficient: null, texte: tous", "vont ensemble"),
        ("{ajoutes: true}", "{ajoutes: false}", "les sites ajoutés, ou une étiquette"),
        ("{ajoutes: true}", "{ajoutes: true, etiquette: siege}", "les sites ajoutés, ou une étiquette"),
    ],
)
def test_sites_are_said_in_one_way(before: str, after: str, wrong: str, tmp_path: Path) -> None:
    """A root, all, or these with their words: one of them."""
    copy = changed(tmp_path, ((before, after),), name="vie/visites.yaml")
    with pytest.raises(DataError) as caught:
        make_sample(
            opened(copy),
            Demande(referentiel="reseau", type_audit="visite", date="2024-01-10"),
            DemandeTirage(objet="sites", population=("S1",), graine="1"),
        )
    assert [(i.code, wrong in i.message) for i in caught.value.issues] == [("sites-ambigus", True)]


# ---- what is printed and written ------------------------------------------------------------------------

MELANGE = {
    "P1": {"S1": "niveau_0", "S2": "niveau_2", "S3": "niveau_2"},
    "P2": {"S1": "niveau_2", "S2": "niveau_3", "S3": "niveau_3"},
    "Q1": {"S1": "favorable", "S2": "reserve"},
    "Q2": {"S1": "favorable", "S2": "favorable"},
}


def test_the_rule_is_told_with_the_findings_of_its_sites() -> None:
    """Means 4/3 and 8/3 make 2; Q1 is settled by two sites, Q2 waits for S3, and each says why."""
    bilan = concluded(MELANGE)
    (conclusion,) = document(bilan)["conclusions"]
    assert (conclusion["moyenne"], conclusion["reserves"], conclusion["a_evaluer"]) == (2, 1, 1)
    told = {m["texte"]: m["sources"] for m in conclusion["motifs"] if m["code"] == "constats_par_site"}
    means, avis = told
    assert means.startswith("constats par site, la note est la moyenne des sites : P1, moyenne des sites")
    assert means.endswith(
        " : 4/3 (S1, 0 ; S2, 2 ; S3, 2) ; P2, moyenne des sites : 8/3 (S1, 2 ; S2, 3 ; S3, 3)"
    )
    assert avis.endswith("favorable si tous les sites le sont : Q1, Réservé (S1, Favorable ; S2, Réservé)")
    assert told == {means: ["DOC"], avis: ["DOC"]}
    assert [w.message for w in bilan.avertissements if w.code == "site_a_voir"] == [
        "ligne Q2 : pas encore de constat à S3, que la règle des sites attend"
    ]
    assert not [w for w in bilan.avertissements if w.code == "gravite_a_choisir"]


def test_a_report_prints_the_rule_and_keeps_the_gap_of_a_site(tmp_path: Path) -> None:
    """A mean where a site has a gap says so, and has its sheet; means are counted together."""
    rapport = make_report(concluded(MELANGE))
    assert [ecart.numero for ecart in rapport.ecarts] == ["P1", "Q1"]
    assert rapport.sections[0].constats["moyenne des sites"] == 2
    words = texte(lay_out(compose(rapport), "html"), "html")
    assert squeezed("moyenne des sites, dont un écart : 4/3") in words
    assert squeezed("d’après ses sites – favorable si tous les sites le sont") in words
    assert squeezed("l’avis le plus grave des sites ; attend S3") in words


def test_what_the_audit_left_stays_when_sites_are_lifted() -> None:
    """At the audit (0 + 2 + 2) / 3 = 4/3 and Q2 is reserved; S1 lifted, (3 + 2 + 2) / 3 and no more gap."""
    lifted = {"leve_le": "2024-02-20", "leve_par": "A. B."}
    note = {"S1": {"constat": "niveau_0", **lifted, "leve_constat": "niveau_3"}, "S2": "niveau_2"}
    avis = {"S1": {"constat": "reserve", **lifted}, "S2": "favorable", "S3": "favorable"}
    bilan = concluded({"P1": {**note, "S3": "niveau_2"}, "Q2": avis})
    (before,), (after,) = bilan.a_l_audit, bilan.conclusions
    # P2 is worth 3: (4/3 + 3) / 2, then (7/3 + 3) / 2.
    assert (before.decision, before.mesures["moyenne"]) == ("ajourne", Fraction(13, 6))
    assert (after.decision, after.mesures["moyenne"]) == ("accorde", Fraction(8, 3))
    del avis["S3"]
    (left,) = concluded({"Q2": avis}).conclusions
    assert left.decision is None, "S3 is not seen: what is lifted at S1 does not lift the line"


def test_a_mean_hides_no_date_that_a_site_would_open(tmp_path: Path) -> None:
    """A 0 opens a date; in a mean nobody says which day: the warning names the line, until it is lifted."""
    dated = (
        "    reserve: {reponse_avant",
        "    niveau_0: {reprise_avant: {de: ecarts_notifies_le, mois: 2, sources: [DOC]}}\n",
    )
    known = opened(changed(tmp_path, ((dated[0], dated[1] + dated[0]),)))

    def told(**more: str) -> list[str]:
        part = {"constat": "niveau_0", **more}
        lines = {"P1": {"S1": part, "S2": "niveau_2", "S3": "niveau_2"}}
        bilan = conclude(*open_dossier(known, from_data(findings(lines))))
        assert bilan.echeances == ()
        return [w.message for w in bilan.avertissements if w.code == "delai_absent"]

    assert told() == ["aucune source ne donne le délai pour corriger : P1"]
    assert told(leve_le="2024-02-20", leve_par="A. B.", leve_constat="niveau_2") == []


def test_a_finding_at_one_site_waits_for_the_others() -> None:
    """It is that of the line where there is one site; where there are three, it is a third of it."""
    data = findings({})
    data["constats"][3] |= {"constat": "favorable", "site": "S1"}
    (conclusion,) = conclude(*open_dossier(opened(), from_data(data))).conclusions
    assert (conclusion.decision, conclusion.a_evaluer) == (None, ("reseau/Q2",))
    data["organisme"]["sites"] = [{"id": "S1"}]
    (conclusion,) = conclude(*open_dossier(opened(), from_data(data))).conclusions
    assert conclusion.decision == "accorde"


def test_lines_seen_nowhere_are_left_open() -> None:
    """Nothing was found of anything: every decision that three sites may give is possible."""
    checklist, dossier = open_dossier(opened(), from_data(findings({})))
    (conclusion,) = conclude(checklist, replace(dossier, releves=())).conclusions
    assert (conclusion.decision, len(conclusion.a_evaluer)) == (None, 5)


def test_sites_that_nobody_declared_are_asked_for() -> None:
    """How many are left is not known: a warning says what to declare; a session says where the audit was."""
    unknown = {"categories": ["TOUT"]}
    bilan = concluded({"P1": {"S1": "niveau_3", "S2": "niveau_2"}}, organisme=unknown)
    assert [w.message for w in bilan.avertissements if w.code == "site_a_voir"] == [
        "ligne P1 : la règle attend tous les sites, et l’organisme ne dit pas lesquels il a"
    ]
    sondage = {"type": "sondage", "date": "2024-01-10"}
    seen = {"P1": {"S1": "niveau_3", "S2": "niveau_2"}}
    (conclusion,) = concluded(seen, audit=sondage, organisme=unknown).conclusions
    assert conclusion.mesures["moyenne"] == Fraction(11, 4)  # (5/2 + 3) / 2
    seance = {"date": "2024-01-10", "site": "S3"}
    bilan = concluded(seen, audit=sondage, organisme=unknown, seances=[seance])
    assert bilan.conclusions[0].a_evaluer == ("reseau/P1",), "S3 was visited, and has no finding yet"


def test_sites_that_do_not_apply_alike_leave_the_line_to_choose(tmp_path: Path) -> None:
    """Two ways of not applying, one at each site: no rule says which is that of the line."""
    ferme = "  - {id: ferme, titre: Fermé, hors_portee: true, sources: [DOC]}\n"
    first, permitted = "  - {id: non_pertinent", "refus, non_pertinent]"
    copy = changed(tmp_path, ((first, ferme + first), (permitted, f"{permitted[:-1]}, ferme]")))
    lines = {"Q2": {"S1": "ferme", "S2": "non_pertinent", "S3": "ferme"}}
    bilan = conclude(*open_dossier(opened(copy), from_data(findings(lines))))
    assert [w.message for w in bilan.avertissements if w.code == "site_a_voir"] == [
        "ligne Q2 : les constats des sites ne suffisent pas à dire celui de la ligne"
    ]


def test_a_text_that_every_site_rests_on_is_that_of_the_line() -> None:
    """Where each site says on what its finding rests, the line rests on all of it; else on nothing."""
    one = {"constat": "favorable", "appui": "Charte, page 1"}
    two = {"constat": "favorable", "appui": "Charte, page 2"}
    for last, appui in ((one, "Charte, page 1 ; Charte, page 2"), ({"constat": "favorable"}, None)):
        bilan = concluded({"Q2": {"S1": one, "S2": two, "S3": last}})
        (releve,) = (r for r in bilan.dossier.releves if r.ligne == "reseau/Q2")
        assert (releve.constat, releve.appui) == ("favorable", appui)


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "json"])
def test_a_grid_read_back_concludes_alike(suffix: str, tmp_path: Path) -> None:
    """Findings by site carried to a grid and read again are the same, and so is what rules make of them."""
    data = findings(MELANGE)
    profil = {key: data[key] for key in ("format", "referentiel", "audit", "organisme")}
    path = tmp_path / f"grille.{suffix}"
    path.write_bytes(cr.ecrire(cr.reprendre(opened(), data, profil=profil), suffix))
    lecture = read_grids(opened(), [path])
    assert "gravite_a_choisir" not in [w.code for w in lecture.avertissements]
    back = conclude(*open_dossier(opened(), lecture.dossier)).conclusions[0]
    want = concluded(MELANGE).conclusions[0]
    assert (back.mesures, back.a_evaluer) == (want.mesures, want.a_evaluer)


def test_the_rule_of_a_line_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """Its words, what it rests on and its place; a line without one says nothing of it."""
    checklist, _ = open_dossier(opened(), from_data(findings({})))
    one, none = (explain(checklist, numero) for numero in ("Q1", "Q3"))
    written = explanation(checklist, one.ligne, one.changements)
    assert check(written, "sortieexpliquer") == []
    assert written["par_site"] == {
        "regle": "tous", "texte": "favorable si tous les sites le sont", "sites": "tous",
        "constat": "favorable", "sinon": "reserve", "sources": ["DOC"], "confiance": "moyenne",
        "emplacement": "fictif_notes/reseau/regles/R1/contenu.yaml:36",
    }  # fmt: skip
    _show(one)
    said = plain(capsys.readouterr().out)
    assert "- plusieurs sites : favorable si tous les sites le sont" in said
    assert "regles/R1/contenu.yaml:36" in said
    assert "par_site" not in explanation(checklist, none.ligne, ())
    _show(none)
    assert "plusieurs sites" not in capsys.readouterr().out


def test_a_form_asks_no_gravity_where_a_rule_decides() -> None:
    """It is told the sites that a rule waits for: all at a visit, those seen at a survey."""
    checklist, _ = open_dossier(opened(), from_data(findings({})))
    awaited = {line["numero"]: line.get("attend") for line in data_of(checklist)["lignes"]}
    assert awaited == {**{line: list(SITES) for line in ("P1", "P2", "Q1", "Q2")}, "Q3": None}
    sondage = findings({}, audit={"type": "sondage", "date": "2024-01-10"})
    checklist, _ = open_dossier(opened(), from_data(sondage))
    assert data_of(checklist)["lignes"][0]["attend"] == []


# ---- faulty rules ---------------------------------------------------------------------------------------


def changed(folder: Path, changes: tuple[tuple[str, str], ...], name: str = "contenu.yaml") -> Path:
    """A copy of the made-up référentiel whose rules are written otherwise."""
    copy = folder / "donnees"
    shutil.copytree(RESEAU, copy)
    rules = copy / "regles" / "R1" / name
    text = rules.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    rules.write_text(text, encoding="utf-8")
    seal(copy / "regles" / "R1")
    return copy


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("lignes: [P1, P2], motif", "motif", "n’a de valeur (reseau/Q1, reseau/Q2, reseau/Q3)"),
        ("refus, reserve, favorable]", "refus, favorable]", "permis : reserve (reseau/Q2)"),
        ("sinon: reserve", "sinon: niveau_0", "« niveau_0 » n’y est pas permis (reseau/Q1)"),
        (", sinon: reserve", "", "la règle « tous » demande « sinon »"),
        ("regle: moyenne, lignes: [P1, P2], motif", "regle: moyenne, sinon: refus, lignes: [P1, P2], motif",
         "« sinon » n’a pas de sens pour la règle « moyenne »"),
        ("sinon: reserve", "sinon: reserves", "constat « reserves » : nom inconnu"),
    ],
)  # fmt: skip
def test_a_faulty_rule_is_refused(before: str, after: str, wrong: str, tmp_path: Path) -> None:
    """Keys that are not those of the rule, findings unknown or not permitted, a mean of no values."""
    with pytest.raises(DataError) as caught:
        opened(changed(tmp_path, ((before, after),))).resolve("reseau", day="2024-01-10")
    (issue,) = caught.value.issues
    assert wrong in issue.message
    assert issue.location is not None


def test_a_line_cannot_be_what_its_rule_does_not_give(tmp_path: Path) -> None:
    """The message says what the sites have, and that the rule decides."""
    data = findings({"Q2": {"S1": "favorable", "S2": "reserve", "S3": "favorable"}})
    data["constats"][3]["constat"] = "favorable"
    with pytest.raises(DataError) as caught:
        conclude_file(opened(), findings_file(data, tmp_path))
    (issue,) = caught.value.issues
    assert issue.code == "constat-contre-sites"
    assert issue.message == (
        "ligne Q2 : « favorable », que la règle des sites ne donne pas (favorable à S1 ; reserve à S2 ;"
        " favorable à S3)"
    )
    assert issue.hint is not None
    assert "l’avis le plus grave des sites" in issue.hint
