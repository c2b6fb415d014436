"""What a findings file says for a report: kept by every reading, and refused where it contradicts itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console
from msgspec.structs import replace
from rapports import COMPTE_RENDU, SUIVI, a6, changed, checklist, findings_file, registre

from certif_rules.audit.coherence import same_person
from certif_rules.audit.compte_rendu import CLES, CompteRendu, compte_rendu_as_data, read_compte_rendu
from certif_rules.echanges import checklist as json_
from certif_rules.echanges.constats import as_data, write_dossier
from certif_rules.errors import DataError
from certif_rules.services.constats import open_dossier, read_dossier
from certif_rules.services.lecture import read_grids


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def refused(data: dict[str, Any], folder: Path) -> list[str]:
    """The codes of everything refused in a file of findings."""
    try:
        open_dossier(registre(), read_dossier(findings_file(data, folder)))
    except DataError as error:
        return [issue.code for issue in error.issues]
    return []


# ---- kept -----------------------------------------------------------------------------------------------


def listed(value: Any) -> Any:
    """One text is a list of one, everywhere such a list may stand; a population is words."""
    if isinstance(value, dict):
        kept = {k: [v] if k == "par" and isinstance(v, str) else listed(v) for k, v in value.items()}
        return kept | ({"population": str(kept["population"])} if "population" in kept else {})
    if isinstance(value, list):
        return list(map(listed, value))
    return value


def test_what_is_read_is_written_again(tmp_path: Path) -> None:
    """Every part of the file comes back with its values, in JSON, and reads as the same."""
    first = read_dossier(findings_file(a6(), tmp_path))
    again = tmp_path / "encore.json"
    again.write_bytes(write_dossier(first))
    second = read_dossier(again)
    assert second.compte_rendu == first.compte_rendu
    assert as_data(second) == as_data(first)
    data = json.loads(write_dossier(first))
    wanted = {k: [v] if isinstance(v, str) or k == "decision" else v for k, v in COMPTE_RENDU.items()}
    assert {k: data[k] for k in COMPTE_RENDU} == listed(wanted)
    entries = {entry["id"]: entry for entry in data["constats"]}
    assert entries["qualiopi/1"]["ecart"] == SUIVI
    assert [vu["site"] for vu in entries["qualiopi/9"]["par_site"]] == ["S1", "S2"]


def test_reading_grids_keeps_every_part(call: Console, tmp_path: Path) -> None:
    """``lire`` gives back the parts of a findings file, and those added to a checklist filled in JSON."""
    path = findings_file(a6(), tmp_path)
    out = call("lire", path).json
    assert {k for k in CLES if k in out} == COMPTE_RENDU.keys()
    grid = json.loads(json_.render(checklist({**a6(), "referentiel": "qualiopi"})))
    for line in grid["lignes"]:
        if line["etat"] == "a_auditer":
            line["constat"] = "conforme"
    filled = findings_file(grid | {"objectifs": "Voir tout.", "seances": []}, tmp_path, "grille.json")
    out = call("lire", filled).json
    assert (out["objectifs"], out["seances"]) == (["Voir tout."], [])


def test_two_files_of_one_audit(tmp_path: Path) -> None:
    """What one says is taken, lists are put together: nobody’s words are dropped."""
    whole = a6()
    without = {k: v for k, v in whole.items() if k not in ("objectifs", "suites")}
    one, two = findings_file(without, tmp_path, "un.json"), findings_file(whole, tmp_path, "deux.json")
    for pair in ((one, two), (two, one)):
        compte_rendu = read_grids(registre(), pair).dossier.compte_rendu
        assert compte_rendu == read_dossier(two).compte_rendu
    other = findings_file(whole | {"objectifs": "Autre chose."}, tmp_path, "autre.json")
    joined = read_grids(registre(), [two, other]).dossier.compte_rendu
    assert joined.objectifs == (*whole["objectifs"], "Autre chose.")


def test_none_is_not_an_absence() -> None:
    """An empty list is « none, and it is known »; a key left out, or null, is « not given »."""
    assert read_compte_rendu({"desaccords": [], "changements": None}) == CompteRendu(desaccords=())
    assert compte_rendu_as_data(CompteRendu(desaccords=())) == {"desaccords": []}
    assert compte_rendu_as_data(CompteRendu()) == {}


# ---- refused --------------------------------------------------------------------------------------------


def test_the_example_is_sound(tmp_path: Path) -> None:
    """The example that the other tests spoil is accepted as it is."""
    assert refused(a6(), tmp_path) == []


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("Élodie Martin", "elodie  MARTIN", True),
        ("MARTIN Élodie", "Élodie Martin", True),
        ("J. D.", "J.D.", True),
        ("Zoé Née-Dupont", "zoe nee dupont", True),
        ("J. D.", "J. E.", False),
        ("Anne Martin", "Anne Martine", False),
        ("…", "–", False),
    ],
)
def test_one_person_written_two_ways(one: str, two: str, same: bool) -> None:
    """Accents, case, signs and order make no other person."""
    assert same_person(one, two) is same_person(two, one) is same


DECISIONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "même personne": ({"decision": {"par": "a. b.", "le": "2024-05-06"}}, ["decision-par-evaluateur"]),
    "une des deux": (
        {"evaluation": {"par": ["Léa Roy", "Paul Roy"]}, "decision": {"par": ["ROY Lea", "X. Y."]}},
        ["decision-par-evaluateur"],
    ),
    "évaluateur d’une ligne": (
        {"evaluation": {"par": "X. Y."}, "decision": {"par": "A.B."}}, ["decision-par-evaluateur"],
    ),
    "avant l’évaluation": (
        {"decision": {"par": "G. H.", "le": "2024-03-28"}}, ["decision-avant-evaluation"],
    ),
    "le même jour": ({"decision": {"par": "G. H.", "le": "2024-03-29"}}, []),
    "avant l’audit": (
        {"evaluation": {"par": "A. B.", "le": "2024-03-17"}, "decision": {"le": "2024-03-16"}},
        ["acte-avant-audit", "acte-avant-audit", "decision-avant-evaluation"],
    ),
    "sans évaluation": ({"evaluation": None, "decision": {"par": "G. H.", "le": "2024-05-06"}}, []),
    "objet inconnu": ({"decision": [{"objet": "qualiopy", "par": "G. H."}]}, ["objet-inconnu"]),
    "deux fois": ({"decision": [{"par": "G. H."}, {"par": "I. J."}]}, ["decision-en-double"]),
    "deux objets": ({"decision": [{"par": "G. H."}, {"objet": "qualiopi", "par": "G. H."}]}, []),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), DECISIONS.values(), ids=DECISIONS)
def test_evaluation_and_decision_are_apart(
    tmp_path: Path, changes: dict[str, Any], expected: list[str]
) -> None:
    """Who evaluated does not decide, and the decision follows the evaluation, which follows the audit."""
    assert sorted(refused(a6(**changes), tmp_path)) == expected


PLANS: dict[str, tuple[dict[str, str], list[str]]] = {
    "reçu avant l’audit": ({"plan_recu_le": "2024-03-17"}, ["plan-avant-audit"]),
    "le jour même": ({"plan_recu_le": "2024-03-18", "plan_accepte_le": "2024-03-18"}, []),
    "accepté avant d’être reçu": (
        {"plan_recu_le": "2024-04-12", "plan_accepte_le": "2024-04-11"}, ["plan-accepte-trop-tot"],
    ),
    "accepté avant l’audit": ({"plan_accepte_le": "2024-03-01"}, ["plan-accepte-trop-tot"]),
    "pas une date": ({"plan_recu_le": "12/04/2024"}, ["date-invalide"]),
    "un nom de plus": ({"pilote": "C. D."}, []),
}  # fmt: skip


@pytest.mark.parametrize(("ecart", "expected"), PLANS.values(), ids=PLANS)
def test_the_days_of_a_plan(tmp_path: Path, ecart: dict[str, str], expected: list[str]) -> None:
    """The plan is received after the audit and accepted once received."""
    assert refused(changed("17", ecart=ecart), tmp_path) == expected


PARTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "heures": ({"seances": [{"debut": "14:00", "fin": "09:00"}]}, ["seance-incoherente"]),
    "heure impossible": ({"seances": [{"debut": "25:00"}]}, ["forme-inattendue"]),
    "site de la séance": ({"seances": [{"site": "S9"}]}, ["site-inconnu"]),
    "site de l’échantillon": ({"echantillons": [{"id": "E", "site": "S9"}]}, ["site-inconnu"]),
    "taille": ({"echantillons": [{"id": "E", "taille": 3, "liste": ["a", "b"]}]}, ["echantillon-incoherent"]),
    "taille seule": ({"echantillons": [{"id": "E", "taille": 3}]}, []),
    "deux fois": ({"echantillons": [{"id": "E"}, {"id": "E"}]}, ["echantillon-en-double"]),
    "sans rôle": ({"personnes": [{"nom": "X"}]}, ["cle-manquante"]),
    "clé inconnue": ({"personnes": [{"role": "X", "telephone": "0"}]}, ["cle-inconnue"]),
    "texte vide": ({"objectifs": [" "]}, ["forme-inattendue"]),
}


@pytest.mark.parametrize(("changes", "expected"), PARTS.values(), ids=PARTS)
def test_parts_that_contradict_themselves(
    tmp_path: Path, changes: dict[str, Any], expected: list[str]
) -> None:
    """A record of the audit that contradicts itself is refused, with the place."""
    assert refused(a6(**changes), tmp_path) == expected


def test_a_line_seen_at_several_sites(tmp_path: Path) -> None:
    """What was seen at a site is said once, of a site that is declared."""
    assert refused(changed("17", par_site=[{"site": "S1"}, {"site": "S3"}]), tmp_path) == ["site-inconnu"]
    assert refused(changed("17", par_site=[{"site": "S1"}, {"site": "S1"}]), tmp_path) == ["site-en-double"]
    bare = changed("17", par_site=[{"site": "Ailleurs"}])
    bare["organisme"] = {k: v for k, v in bare["organisme"].items() if k != "sites"}
    bare |= {"seances": [], "echantillons": []}
    for entry in bare["constats"]:
        if entry["id"] == "qualiopi/9":
            del entry["par_site"]
    assert refused(bare, tmp_path) == [], "no site is declared: none is unknown"


def test_everything_is_said_at_once(call: Console, tmp_path: Path) -> None:
    """Findings and compte_rendu are refused together, each at its place."""
    data = changed("4", constat="nc_mineure", commentaire="…")
    data |= {"decision": {"par": "A. B.", "le": "2024-03-01"}, "seances": [{"site": "S9"}]}
    path = findings_file(data, tmp_path)
    reponse = call("rapport", path, "-o", tmp_path / "r.html")
    assert reponse.status == 1
    assert sorted(reponse.codes) == [
        "acte-avant-audit", "constat-non-permis", "decision-avant-evaluation", "decision-par-evaluateur",
        "site-inconnu",
    ]  # fmt: skip
    assert all(line.startswith((f"{path}:", "    ", "5 ")) for line in reponse.err.splitlines())
    assert not (tmp_path / "r.html").exists()


def test_the_sheet_of_gaps_is_checked_at_its_cell(tmp_path: Path) -> None:
    """A plan accepted before it is received is refused where it was typed."""
    from certif_rules.errors import Location
    from certif_rules.grilles.relecture.saisie import Levee, Rangee, findings

    found = checklist({**a6(), "referentiel": "qualiopi"})
    suivi = {"plan_recu_le": "2024-04-12", "plan_accepte_le": "2024-04-11"}
    saisie = {"Constat": "Non-conformité mineure", "Commentaire": "Vu."}
    row = Rangee(ligne="qualiopi/17", saisie=saisie, lieu=lambda name: Location(f"Grille {name}"))
    gap = Levee(
        suivi=suivi,
        leve_le=None,
        leve_par=None,
        leve_constat=None,
        lieu=lambda name: Location(f"Écarts {name}"),
    )
    issues = findings(found, [row], {"qualiopi/17": gap}).issues
    assert [(i.code, str(i.location)) for i in issues] == [
        ("plan-accepte-trop-tot", "Écarts Plan accepté le")
    ]


def test_places_take_no_part_in_equality(tmp_path: Path) -> None:
    """The same parts read from two files are the same."""
    one = read_dossier(findings_file(a6(), tmp_path, "un.json")).compte_rendu
    two = read_dossier(findings_file(a6(), tmp_path, "deux.json")).compte_rendu
    assert one == two
    assert one.evaluation is not None
    assert one != replace(two, evaluation=replace(one.evaluation, le="2024-03-30"))
