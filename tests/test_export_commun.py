"""What every format for people must say, whatever its layout."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from atelier import TYPE, referentiel
from fabrique import EMPREINTE, HOSTILES, LIGNES, checklist, contexte, organisme
from imprimes import html, md, table
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.documents import rubriques as document
from certif_rules.documents.mots import SIGNES, aside, evolution, finding, groups, remarks
from certif_rules.grilles import csv as csv_
from certif_rules.model.base import Appui, Lacune, Regle, Texte
from certif_rules.model.referentiel import Equivalence, Evolution
from certif_rules.rules.contexte import Ajouts, Certificat, ConstatPrecedent, FaitDeclare, Precedent

Rendu = Callable[[Checklist], str]


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def of_table(value: Checklist) -> str:
    return _flat(table(value).decode())


def of_md(value: Checklist) -> str:
    return _flat(re.sub(r"\\([^\w\s])", r"\1", md(value).decode()))


def of_csv(value: Checklist) -> str:
    return _flat(csv_.render(value).decode("utf-8-sig"))


def of_html(value: Checklist) -> str:
    content = re.sub(r"<style>.*?</style>", "", html(value).decode(), flags=re.DOTALL)
    return _flat(
        unescape(re.sub(r"<[^>]+>", "", re.sub(r"</?(td|th|p|li|tr|h\d|div|dt|dd)\b", r" \g<0>", content)))
    )


PERSONNES = [of_table, of_md, of_csv, of_html]
TOUS = pytest.mark.parametrize("rendu", PERSONNES)


@TOUS
@pytest.mark.parametrize(
    "phrase",
    [
        "etabli",
        "V5",
        "atelier@2021",
        "G3",
        EMPREINTE,
        "Audit initial",
        "Atelier d’exemple",
        "123456782",
        "76310000000",
        "S1 – Auch, Gers",
        "non renseigné",
        "non invoquée",
        "oui, déduit d’un autre fait",
        "L’atelier utilise-t-il des machines ?",
        "constats – 3 Non-conformité mineure (levé)",
        "Charte de l’atelier",
        "du 1er mars 2021 au 31 décembre 2026",
        "sans fin connue",
        "non lue, contenu de G2",
        "Le journal de l’atelier n’a pas été lu",
        "du 1er janvier 2020 au 31 décembre 2025 par le Conseil des métiers (délibération n° 12-7",
        "Reconnaissance en attente du 1er janvier 2026 au 31 décembre 2028 par le Conseil des métiers",
        "Le guide G3 n’a pas été lu",
        "7 lacunes déclarées",
        "La fin de validité de la version 5.",
        "Le seuil de poussières admis.",
        "Le devis signé, daté de moins d’un an.",
        "L’enseigne porte le label",
        "à défaut : Non-conformité majeure",
        "les sites ajoutés (confiance faible)",
        "réservé à la verrerie (VER)",
        "(lecture, confiance moyenne)",
        "Présentation du label Établi, diapositive 7",
        "https://exemple.invalid/charte?v=1;a:b",
        "seul le texte officiel fait foi",
        "porte sa source, avec sa diapositive",
        "« Les locaux permettent l",
    ],
)
def test_every_document_says(rendu: Rendu, phrase: str) -> None:
    """Every format prints the phrases that no checklist may lack."""
    assert phrase in rendu(checklist())


@TOUS
def test_every_state_in_words_and_signs(rendu: Rendu) -> None:
    """Every format gives each state in words, not by a sign or colour alone."""
    text = rendu(checklist())
    for signe in SIGNES.values():
        assert signe.mot in text
        assert rendu is of_csv or signe.symbole in text
    assert rendu is of_csv or "★ label" in text


@TOUS
def test_nothing_unlabelled_without_a_label(rendu: Rendu) -> None:
    """A checklist of the base alone never speaks of a label."""
    alone = referentiel(id="atelier", base=None)
    text = rendu(checklist(referentiel=alone, lignes=LIGNES[:5]))
    assert "★" not in text
    assert "diapositive quand" not in text
    assert "seul le texte officiel fait foi" in text


@TOUS
def test_bare_checklist(rendu: Rendu) -> None:
    """No warning, no gap, no document: the sections go, the rest stands."""
    bare = checklist(
        avertissements=(), pieces=(), verifications=(), sites=None, lacunes=(), organisme={},
        contexte=replace(contexte(), precedent=None, mode=None),
    )  # fmt: skip
    text = rendu(bare)
    assert re.search(r"Audit précédent\W+non renseigné", text)
    assert "Atelier d’exemple" not in text
    assert "Pièces exigées" not in text


@TOUS
@pytest.mark.parametrize("nom", HOSTILES)
def test_no_control_character_is_left(rendu: Rendu, nom: str) -> None:
    """No format lets through a control character that was typed."""
    text = rendu(checklist(organisme=organisme(nom, sites=({"id": nom, "commune": nom},))))
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", text)


def test_same_bytes_twice() -> None:
    """The same checklist gives the same bytes, so that two files can be compared."""
    for render in (table, md, csv_.render, html):
        assert render(checklist()) == render(checklist())


def test_lines_without_a_criterion_come_last() -> None:
    """Lines are grouped by criterion in order, those that have none at the end."""
    assert [critere and critere.numero for critere, _ in groups(checklist())] == ["1", "2", "8", None]


def test_facts_by_category_and_by_nature() -> None:
    """A fact that differs by category is printed with each answer."""
    both = replace(
        contexte(),
        organisme=replace(contexte().organisme, categories=("MEN", "VER")),
        faits={"machines": FaitDeclare(valeur=True, par_categorie={"VER": False}), "four": FaitDeclare()},
    )
    rows = dict(document.facts(checklist(contexte=both, invocables={"insulaire": True})))
    assert rows["L’atelier utilise-t-il des machines\u202f?"] == "MEN\u00a0: oui\u202f; VER\u00a0: non"
    assert (
        rows["L’atelier a-t-il un four\u202f?"]
        == "MEN\u00a0: non renseigné\u202f; VER\u00a0: oui, par nature"
    )
    assert rows["L’atelier est-il sur une île\u202f?"] == "invoquée"


def test_organisation_prints_whatever_was_declared() -> None:
    """What an organisation declared is printed, even of an unexpected kind."""
    declared = organisme(
        chiffre_affaires="inconnu",
        sites=(),
        contact={"a": (1, True)},
        effectif=None,
        faits={"machines": False},
    )
    rows = dict(document.organisation(checklist(organisme=declared)))
    assert rows["Chiffre d’affaires"] == "inconnu"
    assert rows["contact"] == "a\u00a0: 1\u202f; oui"
    assert "effectif" not in rows
    assert "Sites" not in rows


def test_a_site_is_printed_in_words() -> None:
    """Where it is, then each thing that it is: never a list as Python writes one."""
    site = {"id": "S1", "commune": "Albi", "etiquettes": ["siege", "atelier"]}
    rows = dict(document.organisation(checklist(organisme=organisme(sites=[site, {"id": "S2"}]))))
    assert rows["Sites"] == "S1 – Albi, siege, atelier\u202f; S2"


def test_earlier_audit_known_in_part() -> None:
    """What is not known of the earlier audit is told apart from what is empty."""
    partly = Precedent(indicateurs_audites=frozenset({"zz/9", "atelier/1"}))
    rows = dict(document.circumstances(checklist(contexte=replace(contexte(), precedent=partly))))
    assert rows["Audit précédent"] == (
        "type non renseigné\u202f; constats non renseignés\u202f; lignes vues – 1, zz/9"
    )
    none = Precedent(type="inconnu", constats={}, indicateurs_audites=frozenset())
    rows = dict(document.circumstances(checklist(contexte=replace(contexte(), precedent=none))))
    assert rows["Audit précédent"] == "inconnu\u202f; constats – aucun\u202f; lignes vues – aucune"
    other = Precedent(type="initial", constats={"x/1": ConstatPrecedent(constat="inedit")})
    rows = dict(document.circumstances(checklist(contexte=replace(contexte(), precedent=other))))
    assert rows["Audit précédent"].endswith("x/1 inedit")


def test_what_the_audit_adds() -> None:
    """Added categories and certificates held are printed, and nothing that is not added."""
    day = contexte().date
    adding = replace(
        contexte(),
        ajouts=Ajouts(categories=("VER", "ZZ")),
        certificats={"atelier": Certificat(notification=day, echeance=day)},
    )
    rows = dict(document.circumstances(checklist(contexte=adding)))
    assert rows["Catégories ajoutées"] == "VER, verrerie\u202f; ZZ"
    assert "Sites ajoutés" not in rows
    assert rows["Certificat atelier"].startswith("du 1er\u00a0septembre")


@pytest.mark.parametrize(
    ("types", "changes", "end"),
    [
        ((), {}, "1er\u00a0septembre\u00a02024"),
        ((), {"etat": "suspendu"}, "suspendu le jour de l’audit\u00a0: à cet audit, il ne dispense de rien"),
        ((), {"categories": ("VER",)}, "pour VER\u00a0: à cet audit, il ne dispense de rien"),
        (("ailleurs",), {"etat": "suspendu"}, "suspendu le jour de l’audit"),
    ],
    ids=["it stands", "it is suspended", "another category", "no equivalence at this audit"],
)
def test_a_certificate_of_an_equivalence(types: tuple[str, ...], changes: dict[str, Any], end: str) -> None:
    """It has the name that people give it; where it cannot exempt of anything at this audit, that is said."""
    day = contexte().date
    held = replace(Certificat(notification=day, echeance=day), **changes)
    garde = Regle(mots={"toutes": True}, sources=("D07",))
    equivalence = Equivalence(certificat="atelier", titre="Atelier sûr", garde=garde, types=types)
    known = referentiel(equivalences=(equivalence,))
    of = checklist(referentiel=known, contexte=replace(contexte(), certificats={"atelier": held}))
    assert dict(document.circumstances(of))["Certificat Atelier sûr"].endswith(end)


def test_gaps_say_what_they_are_about() -> None:
    """A gap in the sources names the thing it is about, once."""
    of_type = Lacune(champs=("délai",), cherche="Le délai.", sources=())
    nowhere = Lacune(champs=("autre_chose",), cherche="Autre chose.", sources=())
    known = referentiel(types_audit={TYPE.id: replace(TYPE, lacunes=(of_type,))})
    found = document.gaps(checklist(referentiel=known, lacunes=(of_type, nowhere, nowhere)))
    assert [(gap.objet, gap.champs) for gap in found] == [
        ("Audit initial", "délai"),
        ("Label Établi", "autre chose"),
    ]


def test_a_text_says_its_categories() -> None:
    """A text that holds for some categories only names them."""
    of_glass = replace(LIGNES[0], preuves=LIGNES[0].indicateur.preuves)
    assert "Les affiches de l’atelier de verrerie. (VER)" in of_html(checklist(lignes=(of_glass,)))


def test_what_stands_beside_a_text_is_said_one_way() -> None:
    """A reading, its confidence when not high, the contradictions it meets; then its sources."""
    reading = Appui(sources=("S1",), lecture=True, confiance="moyenne", incoherences=("I1", "I2"))
    assert aside(remarks(reading), reading.sources) == " (lecture, confiance moyenne, voir I1, I2) [S1]"
    assert remarks(Appui(confiance="non_verifiee")) == ["non vérifié"]
    assert remarks(reading, Appui(lecture=True)) == ["lecture", "confiance moyenne", "voir I1, I2"]
    narrow = Texte(texte="Un registre.", situation="en atelier", categories=("A", "B"), confiance="faible")
    assert aside(remarks(narrow)) == " (en atelier, A, B, confiance faible)"
    assert aside(remarks(Appui())) == ""


def test_unknown_finding_is_printed_as_typed() -> None:
    """A finding that the référentiel does not know is printed rather than lost."""
    assert finding(checklist(), "inedit") == "inedit"


def test_unchanged_line() -> None:
    """A line that an edition left alone is told as unchanged, since which edition."""
    assert (
        evolution(Evolution(depuis="2015", nature="aucune", sources=())) == "inchangé depuis l’édition 2015"
    )


def test_csv_rows_have_every_column() -> None:
    """Each row of the CSV has all columns, and each line and check has its row."""
    rows = list(csv.reader(io.StringIO(csv_.render(checklist()).decode("utf-8-sig")), delimiter=";"))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == 1 + len(LIGNES) + len(checklist().verifications)
