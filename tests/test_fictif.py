"""A référentiel and a label that the core has never heard of, through every command."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from console import words
from msgspec.structs import replace

from certif_rules.cli import run
from certif_rules.services.formats import BUILTIN

FICTIF = Path(__file__).parent / "fictif"
CONTEXTES = {
    "fictif": ["--type", "visite", "--date", "2022-03-01", "--categorie", "VELO", "--categorie", "COUT"],
    "enseigne": ["--type", "bapteme", "--date", "2022-03-01", "--categorie", "ELEC", "--sans", "vitrine"],
}
#: Titles printed on every checklist of each, and nowhere in the core.
TITRES = {"fictif": "Visite de contrôle", "enseigne": "Baptême sous l’enseigne"}

Call = Callable[..., str]


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Runs a command that must succeed; its standard output."""

    def called(*arguments: str) -> str:
        status = run(list(arguments))
        captured = capfdbinary.readouterr()
        assert status == 0, captured.err.decode()
        return words(captured.out)

    return called


def of(found: list[dict[str, Any]], key: str, value: str) -> list[dict[str, Any]]:
    return [item for item in found if item[key] == value]


def test_referentiels_lists_both(call: Call) -> None:
    """The editions of the made-up référentiels are listed with their layers, counts and gaps."""
    found = json.loads(call("referentiels", "--format", "json"))["editions"]
    a, b = of(found, "referentiel", "fictif")
    (label,) = of(found, "referentiel", "enseigne")
    assert [(e["edition"], e["criteres"], e["indicateurs"]) for e in (a, b, label)] == [
        ("A", 3, 5),
        ("B", 3, 5),
        ("E1", 4, 7),
    ]
    assert label["base"] == "fictif@A"
    assert a["plugin"] == "fictif"
    assert {couche["id"]: couche["lue"] for couche in b["couches"]} == {
        "B": True,
        "charte-1": True,
        "charte-2": False,
        "G2": True,
        "G3": False,
    }
    assert ["titre"] in [lacune["champs"] for lacune in a["lacunes"]]
    assert "Enseigne fictive « Bon Outil »" in " ".join(call("referentiels").split())


def test_plugins_shows_both(call: Call) -> None:
    """The two made-up distributions are active, with their version."""
    found = json.loads(call("plugins", "--format", "json"))["plugins"]
    for nom in CONTEXTES:
        assert of(found, "nom", nom) == [
            {
                "nom": nom,
                "distribution": f"certif-rules-{nom}",
                "version": "1.0",
                "etat": "actif",
                "cause": None,
            }
        ]


class Text(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("nom", CONTEXTES)
@pytest.mark.parametrize("format_", BUILTIN)
def test_checklist_in_every_format(call: Call, nom: str, format_: str) -> None:
    """Every format prints the audit type and every line of a référentiel the core does not know."""
    document = call("checklist", nom, *CONTEXTES[nom], "--format", format_)
    text = Text(document).text if format_ == "html" else document.replace("\\", "").replace("\u202f", " ")
    assert TITRES[nom] in " ".join(text.split())
    numbers = ["1.1", "1.2", "I-2-a", "3.1", *(["I-2-b"] if nom == "fictif" else ["X", "W", "Z"])]
    assert [numero for numero in numbers if numero not in text] == []


def test_checklist_keeps_the_order_of_the_data(call: Call) -> None:
    """Lines are printed by criterion, the label's after the base's, those of no criterion last."""
    lignes = json.loads(call("checklist", "enseigne", *CONTEXTES["enseigne"], "--format", "json"))["lignes"]
    assert [ligne["id"] for ligne in lignes] == [
        "fictif/1.1",
        "fictif/1.2",
        "enseigne/W",
        "fictif/I-2-a",
        "fictif/3.1",
        "enseigne/Z",
        "enseigne/X",
    ]
    assert [ligne["critere"] for ligne in lignes] == ["I", "I", "I", "II", "III", "IX", None]


def test_texts_are_those_of_the_audit(call: Call) -> None:
    """Evidence is kept by category, by fact and by audit type; one that hangs on an unknown fact says so."""

    def preuves(*options: str) -> dict[str, str | None]:
        document = call("checklist", "fictif", "--date", "2023-06-01", "--format", "json", *options)
        ligne = json.loads(document)["lignes"][0]
        return {preuve["texte"]: preuve.get("situation") for preuve in ligne["preuves"]}

    tarifs, chambres = "L’affiche des tarifs.", "Le tarif des chambres à air."
    permis, visite = "Le permis de feu.", "L’affiche du jour de la visite."
    question = "à confirmer : Le travail fait-il courir un risque de feu ?"
    assert preuves("--type", "bapteme", "--categorie", "COUT") == {tarifs: None, permis: question}
    assert preuves("--type", "bapteme", "--categorie", "COUT", "--sans", "risque_feu") == {tarifs: None}
    assert preuves("--type", "visite", "--categorie", "VELO", "--avec", "soudure") == {
        tarifs: None,
        chambres: None,
        permis: None,
        visite: None,
    }


def test_sites_of_an_addition(call: Call, tmp_path: Path) -> None:
    """The sites audited are the new ones, all of them, or unknown, by what the organisation had before."""
    profil = tmp_path / "profil.yaml"

    def sites(*earlier: str) -> tuple[list[str] | None, str]:
        listed = ", ".join(f"{{id: {site}}}" for site in earlier)
        profil.write_text(
            "format: 1\nreferentiel: fictif\naudit: {type: agrandissement, date: 2022-03-01}\n"
            f"organisme: {{categories: [VELO], sites: [{listed}]}}\najouts: {{sites: [S9]}}\n",
            encoding="utf-8",
        )
        found = json.loads(call("checklist", "--profil", str(profil), "--format", "json"))["sites"]
        return found["sites"], found["texte"]

    assert sites("S1", "S2") == (["S9"], "Seuls les nouveaux ateliers sont visités.")
    assert sites("S1", "S9") == (["S1", "S9"], "Tous les ateliers sont visités.")
    assert sites() == (None, "On ne sait pas combien d’ateliers il y avait.")


@pytest.mark.parametrize(
    ("nom", "ligne", "place"),
    [
        ("fictif", "I-2-b", "certif_rules_fictif/donnees/regles/charte-1/types-audit.yaml"),
        ("fictif", "fictif/1.1", "certif_rules_fictif/donnees/exigence/A/indicateurs.yaml"),
        ("enseigne", "z", "certif_rules_enseigne/donnees/exigence/E1/operations.yaml"),
    ],
)
def test_expliquer_names_the_rule(call: Call, nom: str, ligne: str, place: str) -> None:
    """Each reason of a line comes with its sources and with the file and line of a rule that is there."""
    found = json.loads(call("expliquer", nom, ligne, *CONTEXTES[nom], "--format", "json"))
    places = {where for regle in found["regles"] for where in regle["emplacements"]}
    assert all(regle["sources"] for regle in found["regles"])
    assert place in {where.rpartition(":")[0] for where in places}
    for where in places:
        file, _, line = where.rpartition(":")
        written = (FICTIF / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert written.lstrip().startswith("- ")
    shown = call("expliquer", nom, ligne, *CONTEXTES[nom])
    assert all(source in shown for source in found["sources"])


def test_expliquer_shows_what_a_label_changed(call: Call) -> None:
    """A portée replaced by a label is explained by the label's own rule, and its text."""
    arguments = [
        "expliquer",
        "enseigne",
        "1.2",
        "--type",
        "bapteme",
        "--date",
        "2022-03-01",
        "--categorie",
        "COUT",
    ]
    found = json.loads(call(*arguments, "--format", "json"))
    assert found["etat"] == "a_auditer"
    (applicable,) = of(found["regles"], "code", "applicable")
    assert applicable["sources"] == ["ENS"]
    assert applicable["emplacements"][0].startswith(
        "certif_rules_enseigne/donnees/exigence/E1/operations.yaml:"
    )


def test_a_reason_is_worth_its_weakest_link(call: Call) -> None:
    """A reason that rests on a rule and on a fact by nature has the lower confidence of the two."""
    audit = ["--type", "bapteme", "--date", "2022-03-01", "--categorie", "ELEC", "--sans", "soudure"]
    found = json.loads(call("expliquer", "fictif", "I-2-a", *audit, "--format", "json"))
    (applicable,) = of(found["regles"], "code", "applicable")
    assert (applicable["confiance"], applicable["lecture"]) == ("faible", True)


def test_what_was_not_read_borrows_from_the_nearest_later() -> None:
    """An unread layer takes the content of the nearest later one that was read, or of the nearest before."""
    from greffons import registry

    from certif_rules.plugins.choix import with_content

    g1, g2, g3 = registry().layers("fictif", "guide")
    unread = replace(g2, lue=False)
    later = replace(g3, lue=True)
    for couches, lent in (
        ((g1, unread, later), later),
        ((g1, unread), g1),
        ((g1, unread, replace(later, id="G4", admis_du="2030-01-01"), later), later),
    ):
        retenue = with_content(unread, couches)
        assert retenue is not None
        assert (retenue.couche, retenue.contenu) == (unread, lent)
    assert with_content(unread, [unread, g3]) is None


def test_rules_out_of_their_period_serve_with_a_warning() -> None:
    """On a day without rules, the nearest ones serve, and it is said; none written or none read stops all."""
    from greffons import registry

    from certif_rules.errors import DataError
    from certif_rules.plugins.choix import choose_rules

    layers = registry().layers("fictif", "regles")
    edition = registry().layers("fictif", "exigence")[-1]
    ended = [replace(couche, au="2025-12-31", lue=True) for couche in layers]
    for day, served in (("2019-12-31", "charte-1"), ("2026-01-01", "charte-2")):
        retenue, warnings = choose_rules(edition, ended, day)
        assert retenue.couche.id == served
        assert [warning.code for warning in warnings] == ["regles_hors_periode"]
        assert day in warnings[0].message
    unread = [replace(couche, lue=False) for couche in layers]
    for wrong in (unread, [replace(couche, pour=("Z",)) for couche in layers]):
        with pytest.raises(DataError, match="couche-manquante"):
            choose_rules(edition, wrong, "2024-06-01")


def test_questions_asks_what_would_change_a_line(call: Call) -> None:
    """Only the facts whose answer moves a line are asked, with those lines; a derogation never is."""

    def asked(*options: str) -> dict[str, list[str]]:
        found = json.loads(call("questions", *options, "--format", "json"))["questions"]
        return {question["fait"]: question["lignes"] for question in found}

    bapteme = ["--type", "bapteme", "--date", "2022-03-01"]
    assert asked("fictif", *bapteme, "--categorie", "VELO") == {
        "soudure": ["fictif/I-2-a"],
        "risque_feu": ["fictif/I-2-a", "fictif/1.1"],  # of 1.1, the permit among its examples of evidence
    }
    assert asked("fictif", *bapteme, "--categorie", "ELEC") == {"benevoles": ["fictif/3.1"]}
    assert asked("enseigne", *bapteme, "--categorie", "COUT") == {
        "risque_feu": ["fictif/1.1"],
        "vitrine": ["enseigne/Z"],
    }
    known = ("--sans", "risque_feu")
    assert "Aucune question" in call("questions", "fictif", *bapteme, "--categorie", "COUT", *known)


def test_every_word_of_the_vocabulary_is_used() -> None:
    """The made-up data use each word a rule may hold: a word added to the core must be tried here."""
    from certif_rules.model.base import Regle
    from certif_rules.plugins.hookspecs import Donnees
    from certif_rules.plugins.registry import Registry
    from certif_rules.rules.perimetre import VOCABULAIRE

    registry = Registry(
        [(nom, Donnees(dossier=FICTIF / f"certif_rules_{nom}" / "donnees")) for nom in CONTEXTES]
    )
    used: set[str] = set()

    def see(regle: Regle | None) -> None:
        if regle is not None:
            used.update(regle.mots, [mot for mot in ("sauf", "inconnu", "motif") if getattr(regle, mot)])
            see(regle.sauf)

    for nom, day in (("fictif", "2022-03-01"), ("fictif", "2024-03-01"), ("enseigne", "2022-03-01")):
        referentiel = registry.resolve(nom, day=day).referentiel
        for regle in (
            *(regle for line in referentiel.indicateurs.values() for regle in line.portee),
            *(regle for type_audit in referentiel.types_audit.values() for regle in type_audit.perimetre),
            *(derogation.garde for derogation in referentiel.derogations),
        ):
            see(regle)
    assert used == {*VOCABULAIRE, "sauf", "inconnu", "motif"}


def test_a_lifted_finding_counts_for_one_type_and_not_for_another(call: Call, tmp_path: Path) -> None:
    """What is lifted since is due again where every earlier finding is, and not where only open ones are."""
    constats = tmp_path / "constats.yaml"
    entries = [{"id": "fictif/1.2", "constat": "bloquant", "leve_le": "2022-02-01"}]
    entries.append({"id": "fictif/3.1", "constat": "a_reprendre"})
    profil = {"format": 1, "referentiel": "fictif", "organisme": {"categories": ["VELO"]}}
    audit = {"type": "bapteme", "date": "2021-06-01"}
    constats.write_text(json.dumps({**profil, "audit": audit, "constats": entries}), encoding="utf-8")

    def due(type_audit: str) -> list[str]:
        options = ["--type", type_audit, "--date", "2022-03-01", "--categorie", "VELO", "--sans", "benevoles"]
        document = call("checklist", "fictif", *options, "--precedent", str(constats), "--format", "json")
        return [li["numero"] for li in json.loads(document)["lignes"] if li["etat"] == "a_auditer"]

    assert due("visite") == ["1.1", "1.2", "3.1"]
    assert due("levee") == ["3.1"]
