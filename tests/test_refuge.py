"""A made-up label without categories: facts that are numbers, words of its own, papers that conclude."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from greffons import registry, seal

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.demande import from_profile, parse_fact
from certif_rules.blocs.typographie import plain
from certif_rules.documents import rubriques as document
from certif_rules.errors import IssuesError
from certif_rules.model.organisme import Nombre
from certif_rules.plugins.registry import Registry
from certif_rules.rules.faits import measured
from certif_rules.services.checklist import make_checklist
from certif_rules.services.dossier import open_file
from certif_rules.services.explication import ask
from certif_rules.services.formats import FORMATS, write_document
from certif_rules.services.lot import Dues, Lot
from certif_rules.services.organismes import Organisation, organisations, read_correspondance
from certif_rules.testing.cas import differences
from certif_rules.testing.fichier import read_cases

NOTES = Path(__file__).parent / "fictif_notes"
REFUGE = NOTES / "refuge"
_, CASES = read_cases(NOTES / "refuge.yaml")


@pytest.fixture(scope="module")
def refuges() -> Registry:
    """The registry of the made-up label alone."""
    return registry(refuge=REFUGE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["nom"])
def test_cases(case: dict[str, Any], refuges: Registry) -> None:
    """Every case of the label, none of which names a category."""
    assert differences(case, refuges) == []


def checklist(registry: Registry, type_audit: str = "visite", **faits: Any) -> Checklist:
    """The checklist of a refuge of which these facts are said."""
    profil = {
        "referentiel": "refuge",
        "audit": {"type": type_audit, "date": "2024-05-01"},
        "organisme": {"nom": "Refuge des Crêtes", "faits": faits},
    }
    return make_checklist(registry, from_profile(profil))


def facts(registry: Registry, **faits: Any) -> dict[str, str]:
    """What a checklist prints of each fact."""
    return {plain(question): answer for question, answer in document.facts(checklist(registry, **faits))}


def test_a_number_is_printed_with_what_its_threshold_makes_of_it(refuges: Registry) -> None:
    """Thirteen beds are more than twelve; nobody knows what 7.5 km are, for want of a threshold."""
    printed = facts(refuges, grand=13, isole="7,5")
    assert printed["Combien de lits ?"] == "13\N{NO-BREAK SPACE}lits, oui"
    assert (
        printed["Combien de kilomètres jusqu’à la route ?"]
        == "7,5\N{NO-BREAK SPACE}kilomètres, seuil inconnu"
    )
    assert facts(refuges, grand="12,0")["Combien de lits ?"] == "12,0\N{NO-BREAK SPACE}lits, non"


def test_an_absent_threshold_is_waited_for_and_never_asked(refuges: Registry) -> None:
    """The reason says what is waited for; the questions leave out what no answer would decide."""
    radio = checklist(refuges).lignes[3]
    assert [m.texte for m in radio.motifs if m.code == "condition_inconnue"] == [
        "inconnu : l’arrêté qui fixe la distance n’est pas paru"
    ]
    profil = {"referentiel": "refuge", "audit": {"type": "visite", "date": "2024-05-01"}, "organisme": {}}
    asked = ask(refuges, from_profile(profil))[1]
    assert [question.fait.id for question in asked] == ["cuisine", "grand"]


def test_the_threshold_is_one_line_of_data(refuges: Registry, tmp_path: Path) -> None:
    """Once the order sets 5 km, 7.5 km make the radio due, and 4 leave it out."""
    copy = tmp_path / "refuge"
    shutil.copytree(REFUGE, copy)
    body = copy / "exigence" / "R1" / "contenu.yaml"
    text = body.read_text(encoding="utf-8")
    waits = "seuil: null, attend: l’arrêté qui fixe la distance n’est pas paru"
    assert text.count(waits) == 1
    body.write_text(text.replace(waits, "seuil: 5"), encoding="utf-8")
    seal(body.parent)
    fixed = registry(refuge=copy)
    assert checklist(fixed, isole="7,5").lignes[3].etat == "a_auditer"
    assert checklist(fixed, isole=4).lignes[3].etat == "non_applicable"
    assert checklist(fixed).lignes[3].etat == "a_confirmer"


@pytest.mark.parametrize(
    ("comparaison", "sides"),
    [
        ("au_moins", (False, True, True)),
        ("plus_de", (False, False, True)),
        ("au_plus", (True, True, False)),
        ("moins_de", (True, False, False)),
    ],
)
def test_comparisons_are_exact_at_the_threshold(comparaison: Any, sides: tuple[bool, ...]) -> None:
    """Just under 0.3, 0.3 itself and just over: no rounding of floats, where 0.1 + 0.2 is not 0.3."""
    nombre = Nombre(unite="parts", comparaison=comparaison, seuil="0.3")
    assert tuple(measured(nombre, text) for text in ("0.29999999", "0.3", "0.30000001")) == sides


def test_an_option_gives_a_number(refuges: Registry) -> None:
    """« grand=13 » after --avec, with its comma read as a point; none after --sans, nor a word."""
    assert parse_fact("grand=13", True).valeur == "13"
    assert parse_fact("isole:TOUT = 7,5", True).valeur == "7.5"
    for text, valeur in (("grand=", True), ("grand=beaucoup", True), ("grand=13", False)):
        with pytest.raises(IssuesError, match="n’a pas la forme"):
            parse_fact(text, valeur)


def test_what_was_typed_is_read_again(refuges: Registry) -> None:
    """The organisation that a checklist writes gives the same checklist: numbers stay numbers."""
    first = checklist(refuges, cuisine=True, grand=13, isole="7,5")
    assert first.organisme["faits"] == {"cuisine": True, "grand": "13", "isole": "7.5"}
    again = checklist(refuges, **first.organisme["faits"])
    assert (again.lignes, again.organisme) == (first.lignes, first.organisme)


def test_nobody_reads_a_category_that_nobody_declared(refuges: Registry) -> None:
    """No row of categories, no mention beside a line, and a reason that speaks of every organisation."""
    value = checklist(refuges, cuisine=True)
    assert "Catégories" not in dict(document.organisation(value))
    assert [m.texte for m in value.lignes[0].motifs][:1] == ["applicable à tout organisme"]
    page = write_document("checklist", FORMATS["md"], value).decode()
    assert "TOUT" not in page
    assert "catégorie" not in page.casefold()


def test_a_label_names_its_sheets(refuges: Registry) -> None:
    """The sheet of a gap bears the word of the label, never that of the national reference."""
    assert checklist(refuges).referentiel.vocabulaire.fiche == "fiche d’alerte"
    assert checklist(refuges).referentiel.vocabulaire.categories == "catégories"


def test_a_file_of_organisations_says_numbers(refuges: Registry, tmp_path: Path) -> None:
    """Beds are read from their column; a blank leaves them unknown, and words are told."""
    table = tmp_path / "refuges.csv"
    table.write_text("nom;lits\nA;13\nB;12\nC;\nD;beaucoup\n", encoding="utf-8")
    rule = tmp_path / "colonnes.yaml"
    rule.write_text(
        'format: 1\norganisme: {nom: nom}\nnombres: {grand: lits}\nseparateur: ";"\n', encoding="utf-8"
    )
    by = read_correspondance(rule)
    profil = {"referentiel": "refuge", "audit": {"type": "visite", "date": "2024-05-01"}, "organisme": {}}
    lot = Lot(refuges, from_profile(profil), by, table.name)
    answers = [lot.answer(one) for one in organisations(table, by) if isinstance(one, Organisation)]
    states = [a.checklist.lignes[2].etat if isinstance(a, Dues) else a[0].message for a in answers]
    assert states == [
        "a_auditer",
        "non_applicable",
        "a_confirmer",
        "« beaucoup », dans la colonne « lits », n’est pas un nombre",
    ]


@pytest.mark.parametrize(("answer", "state"), [(True, "manquante"), (False, None), (None, "a_confirmer")])
def test_a_document_hangs_on_a_fact(refuges: Registry, answer: bool | None, state: str | None) -> None:
    """The menu is asked of those who serve meals only; nobody knows while the fact is not said."""
    profil = {
        "referentiel": "refuge",
        "audit": {"type": "visite", "date": "2024-05-01"},
        "organisme": {"faits": {} if answer is None else {"cuisine": answer}},
        "dossier": {"pieces": {"plan": True}},
    }
    studied = open_file(refuges, from_profile(profil))
    states = {element.piece.id: element.etat for element in studied.etude.elements}
    assert states.get("carte_des_repas") == state


def test_a_category_that_nobody_asked_for(refuges: Registry) -> None:
    """Where a référentiel has none, none is to be given: its implicit one is not suggested."""
    asked = {"audit": {"type": "visite", "date": "2024-05-01"}, "organisme": {"categories": ["AF"]}}
    with pytest.raises(IssuesError, match="n’en donner aucune") as refused:
        make_checklist(refuges, from_profile({"referentiel": "refuge", **asked}))
    assert "TOUT" not in str(refused.value)
