"""What the advice of a message must say: the words allowed, the file to add, what to type instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from console import Console
from exemples_fautes import fautes, told

from certif_rules.errors import DataError
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.source.yaml import read
from certif_rules.testing.fichier import unlike

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.mark.parametrize(
    ("wanted", "obtained", "words"),
    [
        (3, 4, "attendu 3, obtenu 4"),
        (3, "3", "attendu 3 (un entier), obtenu 3 (un texte)"),
        ("True", True, "attendu True (un texte), obtenu True (vrai ou faux)"),
        ("None", None, "attendu None (un texte), obtenu None (rien)"),
        ((1,), "(1,)", "attendu (1,) (un tuple), obtenu (1,) (un texte)"),
    ],
)
def test_two_values_that_print_alike_are_told_by_their_kinds(
    wanted: object, obtained: object, words: str
) -> None:
    """« attendu 3, obtenu 3 » helps nobody."""
    assert unlike(wanted, obtained) == words


def test_a_word_out_of_place_comes_with_the_words_allowed(tmp_path: Path) -> None:
    """A document is asked for whatever the line: « lignes » is not of its words."""
    faute = next(faute for _, faute in fautes() if faute["code"] == "mot-deplace")
    (issue,) = told(tmp_path, faute)[0]
    assert issue.hint is not None
    allowed = issue.hint.removeprefix("mots admis ici : ").split(", ")
    assert {"toutes", "type_precedent", "du", "au"} <= set(allowed)
    assert "lignes" not in allowed
    page = (ROOT / "docs" / "format-donnees.md").read_text(encoding="utf-8")
    written = re.findall(r"# Les mots d’une pièce et d’une vérification : ([^;]+) ;", page)
    assert [set(words.split(", ")) for words in written] == [{*allowed, "sauf", "inconnu"}]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0.5", 'écrire "0.5", entre guillemets : un nombre à virgule s’écrit ainsi'),
        ("-12.25", 'écrire "-12.25", entre guillemets : un nombre à virgule s’écrit ainsi'),
        ("012", 'écrire "012", entre guillemets'),
        ("1.2.3", 'écrire "1.2.3", entre guillemets'),
    ],
)
def test_a_number_to_quote_is_shown_quoted(text: str, hint: str) -> None:
    """The advice can be pasted; a decimal is told that it is meant so."""
    with pytest.raises(DataError) as caught:
        read(f"a: {text}", "f")
    assert [issue.hint for issue in caught.value.issues] == [hint]


def test_several_categories_in_one_option(call: Console) -> None:
    """« AF,CFA » and « AF CFA » are two options; « AF,XX » is no category, and stays so."""
    for given in ("AF,CFA", "AF CFA"):
        arguments = ("qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", given)
        assert (
            "une catégorie par option : --categorie AF --categorie CFA" in call("checklist", *arguments).err
        )
    unknown = call(
        "checklist", "qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF,XX"
    ).err
    assert "« AF,XX »" in unknown
    assert "une catégorie par option" not in unknown


def test_a_subject_that_no_data_treat_names_the_file_to_write(call: Console) -> None:
    """Whoever uses the référentiel is told whom to ask, its author where to say it."""
    arguments = ("--type", "bapteme", "--date", "2022-03-18", "--categorie", "COUT")
    err = " ".join(call("duree", "enseigne", *arguments).err.split())
    assert "son auteur l’écrit dans regles/reglement/vie/duree.yaml, sous « duree »" in err.replace(
        "\u00a0", " "
    )


def test_a_folder_without_layers_is_named_in_full(tmp_path: Path) -> None:
    """« donnees » alone is the name of every such folder."""
    registry = Registry([("essai", Donnees(dossier=tmp_path))])
    (issue,) = registry.problemes["essai"]
    assert (issue.code, str(issue.location)) == ("dossier-vide", str(tmp_path))
