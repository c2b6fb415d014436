"""The spelling of every text that ships, and of documents; `.ci/run` brings the dictionary."""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from console import Console
from orthographe import dictionary, misspelled, our_words, words
from textes_livres import (
    READERS,
    ROOT,
    Passage,
    json_passages,
    module_passages,
    page_passages,
    passages,
    printed,
    script_passages,
    translated_passages,
    yaml_passages,
)

pytestmark = pytest.mark.orthographe


@pytest.fixture(autouse=True)
def _there_is_a_dictionary() -> None:
    if "DICTIONNAIRE_FR" not in os.environ:
        pytest.fail("DICTIONNAIRE_FR : donner le dossier de dictionary-fr (npm), où est index.dic")


def faults(read: Iterable[Passage]) -> dict[str, list[str]]:
    """The words that nobody knows, with the places of each."""
    unknown: dict[str, list[str]] = defaultdict(list)
    for passage in read:
        for word in misspelled(passage):
            unknown[word].append(passage.place)
    return dict(unknown)


def test_every_text_that_ships() -> None:
    """Data, cases, pages, messages, descriptions, forms: each word is French, or one of ours."""
    assert faults(passages()) == {}


def test_the_documents(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is put together when a document is written reads as French too: no name of a field, no code."""
    assert faults(printed(Console(capfdbinary, monkeypatch), tmp_path)) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "titre: Le formateur est qualifé\n"),
        ("a.yaml", "# Ce que la source tait : qualifé.\n"),
        ("a.md", "Un formateur `qualfié` et\nqualifé.\n"),
        ("a.schema.json", '{"properties": {"ecart": {"description": "Un ecart qualifé."}}}'),
        ("a.py", '"""Qualfié."""\nx = f"le formateur {n} est qualifé"\n'),
        ("a.js", '// qualfié\nconst x = "Le formateur est qualifé";\n'),
        ("a.po", 'msgid "Qualfié"\nmsgstr "Le formateur "\n"qualifé"\n'),
    ],
)
def test_a_misspelled_word_is_seen(name: str, text: str) -> None:
    """« qualifé » is a fault wherever it stands; code, its comments and an original are left out."""
    readers: dict[str, Any] = {
        ".yaml": yaml_passages, ".md": page_passages, ".json": json_passages, ".js": script_passages,
        ".po": translated_passages, ".py": lambda path, source: module_passages(path, ast.parse(source)),
    }  # fmt: skip
    path = ROOT / name
    assert list(faults(readers[path.suffix](path, text))) == ["qualifé"]


def test_a_name_of_a_field_in_a_sentence_is_seen() -> None:
    """An accent missing is a fault, except where guillemets or braces say that it is a name."""
    said = Passage(ROOT / "a.yaml", 3, "organisme designe, « validite », {perimetre: tout} et l'ecart")
    assert faults([said]) == {"designe": ["a.yaml:3"], "ecart": ["a.yaml:3"]}


def test_every_kind_of_file_is_read() -> None:
    """No pattern has lost its files, and thousands of texts are read."""
    assert [pattern for pattern in READERS if not any(ROOT.glob(pattern))] == []
    assert sum(1 for _ in passages()) > 5000


def _ours_in(read: Iterable[Passage]) -> Iterator[str]:
    for passage in read:
        for word in words(passage):
            yield word
            yield word.partition("’")[2]


def test_our_list_holds_nothing_idle(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each word of ours is written somewhere, and the dictionary does not know it."""
    read = [*passages(), *printed(Console(capfdbinary, monkeypatch), tmp_path)]
    assert our_words() - set(_ours_in(read)) == set()
    assert {word for word in our_words() if dictionary().lookup(word)} == set()
