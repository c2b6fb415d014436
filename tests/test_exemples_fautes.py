"""Each mistake is caught by its own code, where it stands; the right référentiel has none, ours neither."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from exemples_fautes import ACCUEIL, PAGE, fautes, section, spoil, told

from certif_rules.services.validation import validate


def test_the_right_one_is_right() -> None:
    """No problem, no remark: what a fixture changes is all that is wrong of it."""
    validation = validate([ACCUEIL], [], here=ACCUEIL)
    assert (validation.problemes, validation.remarques, validation.avertissements) == ((), (), ())


@pytest.mark.parametrize("faute", [faute for _, faute in fautes()], ids=lambda faute: faute["code"])
def test_a_mistake_is_caught_by_its_code(tmp_path: Path, faute: dict[str, Any]) -> None:
    """These codes and no other; it is told in the file that was spoilt, unless it shows elsewhere."""
    issues, path = told(tmp_path, faute)
    assert sorted({issue.code for issue in issues}) == sorted({faute["code"], *faute.get("aussi", ())}), (
        issues
    )
    places = [issue.location for issue in issues if issue.code == faute["code"] and issue.location]
    assert all(place.column >= 1 or place.line == 0 for place in places)
    assert "ailleurs" in faute or path.as_posix().endswith(places[0].file)
    assert section(faute, issues) in PAGE.read_text(encoding="utf-8"), "python tests/exemples_fautes.py"


def test_each_fault_has_its_section_and_each_code_of_data_its_fault() -> None:
    """The page has the faults in their order; a code of the data without an example has a reason."""
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^### `(.+)`$", page, re.MULTILINE) == [faute["code"] for _, faute in fautes()]
    text = (PAGE.parent / "codes.md").read_text(encoding="utf-8")
    parts = {part.split("\n")[0]: part for part in text.split("\n### ")}
    data = ("L’écriture YAML", "La forme", "Le sens", "Les remarques")
    codes = {code for title in data for code in re.findall(r"^\| `(.+?)` \|", parts[title], re.MULTILINE)}
    assert codes - {faute["code"] for _, faute in fautes()} == set(SANS_EXEMPLE)


#: The codes of data that no example shows here, and why.
SANS_EXEMPLE = {
    "trop-profond": "thirty levels say no more than one",
    "caractere-de-controle": "what is not seen cannot be shown",
    "nombre-trop-grand": "of a dress; tests/exemples/invalides has it",
    "liste-trop-longue": "of a dress; tests/exemples/invalides has it",
    "texte-trop-long": "of a dress; tests/exemples/invalides has it",
    "texte-deja-donne": "of the texts that a body gives",
    "couche-en-double": "takes two plugins",
    "brouillon-installe": "takes an installed plugin",
    "revision-a-ecrire": "a header that no one writes by hand",
    "notation-incoherente": "of a self-assessment, tried beside it",
    **dict.fromkeys(
        ["piece-inconnue", "question-inconnue", "reponse-inconnue", "voie-inconnue", "etape-inconnue"],
        "of an application, tried beside it",
    ),
    **dict.fromkeys(
        ["question-sans-reponse", "volet-vide", "financement-sans-taux", "taux-impossible"],
        "of an application, tried beside it",
    ),
}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("syntaxe", "fait-inconnu"),
        ("syntaxe", "incoherence-inconnue"),
        ("cle-inconnue", "bareme-inconnu"),
        ("cle-manquante", "cible-inconnue"),
        ("cle-manquante", "mot-deplace"),
        ("cle-deplacee", "renvoi-circulaire"),
        ("date-sans-guillemets", "origine-inconnue"),
        ("empreinte-inconnue", "cible-inconnue"),
        ("ligne-inconnue", "modification-sans-effet"),
    ],
)
def test_a_fault_hides_none_in_another_file(tmp_path: Path, first: str, second: str) -> None:
    """What cannot be read, what a schema refuses, what no revision declares: the rest is checked too."""
    known = {faute["code"]: faute for _, faute in fautes()}
    assert known[first]["dans"] != known[second]["dans"]
    spoil(tmp_path, known[first])
    issues, _ = told(tmp_path, known[second])
    assert {issue.code for issue in issues} - {"empreinte-inconnue"} == {first, second} - {
        "empreinte-inconnue"
    }


@pytest.mark.lent
@pytest.mark.parametrize("corps", ["types_audit: true", 'types_audit: "x"', "constats: {a: 1}", "sources: 3"])
def test_of_a_wrong_form_nothing_else_is_told(tmp_path: Path, corps: str) -> None:
    """What a schema refuses is no list of types to be compared: its fault is told, and no more."""
    copy = tmp_path / "accueil"
    shutil.copytree(ACCUEIL, copy)
    (copy / "donnees/regles/2024/autre.yaml").write_text(f"format: 1\n{corps}\n", encoding="utf-8")
    validation = validate([copy], [], here=copy)
    told_there = {i.code for i in validation.problemes if i.location and "autre" in i.location.file}
    assert told_there == {"type-inattendu"}
