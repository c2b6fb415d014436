"""The reader: profiles, written more freely than data, and its own parser."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certif_rules.errors import DataError, Issue
from certif_rules.source import yaml as source
from certif_rules.source.yaml import PlacedDict, PlacedList, read, read_bytes


def refusals(text: str | bytes, *, strict: bool = True) -> list[tuple[str, int, int]]:
    """Code, line and column of each refusal."""
    reader: Any = read if isinstance(text, str) else read_bytes
    with pytest.raises(DataError) as caught:
        reader(text, "f", strict=strict)
    return [(i.code, i.location.line, i.location.column) for i in caught.value.issues if i.location]


# ---- profiles ------------------------------------------------------------------------------------------


def test_lenient() -> None:
    """In a profile, what people type without quotes is text; a comment may follow it."""
    text = "a: 2024-03-08 # jour\nz: un\n  deux\nb: 012\nc: yes\nd: 5.10\n1: x\ntrue: y\ne: 12\nf: true\n"
    assert read(text, "f", strict=False) == {
        "a": "2024-03-08",
        "z": "un deux",
        "b": "012",
        "c": "yes",
        "d": "5.10",
        "1": "x",
        "true": "y",
        "e": 12,
        "f": True,
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x b", "ancre"),
        ("a: *x", "alias"),
        ("a: !!int 3", "etiquette"),
        ("%YAML 1.1\n---\na: 1", "directive"),
        ("a: 1\n---\nb: 2", "plusieurs-documents"),
        ("<<: {b: 2}", "fusion"),
        ("a: 1\na: 2", "cle-en-double"),
        ('a: "\\e"', "caractere-de-controle"),
    ],
)
def test_lenient_has_limits(text: str, code: str) -> None:
    """What is dangerous is refused in a profile too."""
    assert refusals(text, strict=False)[0][0] == code


# ---- the parser ----------------------------------------------------------------------------------------


def test_c_parser_is_in_use() -> None:
    """Its extra does nothing in silence when misspelt, and reading takes ten times longer."""
    from ruamel.yaml import YAML

    assert YAML(typ="safe").Parser.__name__ == "CParser"


@pytest.mark.parametrize(
    ("error", "code"),
    [(ValueError("x"), "syntaxe"), (IndexError("x"), "syntaxe"), (RecursionError(), "trop-profond")],
)
def test_parser_that_fails_otherwise(monkeypatch: pytest.MonkeyPatch, error: Exception, code: str) -> None:
    """Errors that the parser should not raise, and was seen to raise, are issues of the file."""

    def events(_: str) -> Any:
        raise error

    monkeypatch.setattr(source, "events", events)
    assert refusals("a: 1") == [(code, 0, 0)]


CODES = {
    "alias", "ancre", "booleen-ambigu", "caractere-de-controle", "cle-en-double", "cle-non-texte",
    "date-sans-guillemets", "directive", "etiquette", "fichier-vide", "fusion", "nombre-ambigu",
    "plusieurs-documents", "syntaxe", "texte-coupe", "texte-sur-deux-lignes", "trop-profond",
    "type-inattendu",
}  # fmt: skip
FRENCH = {*source._SYNTAX.values(), "la syntaxe YAML est incorrecte à cet endroit"}
MARKS = st.sampled_from(
    [*"abé 01-:,.[]{}&*!|>'\"%@`#?~<=\\\t\r\n\x00\x85\u2028\ufeff\ud800_", "\n  ", "- ", ": ", "---\n"]
)


def attempt(text: str | bytes, *, strict: bool = True) -> tuple[PlacedDict | None, tuple[Issue, ...]]:
    """What was read, or what was refused."""
    reader: Any = read if isinstance(text, str) else read_bytes
    try:
        return reader(text, "f", strict=strict), ()
    except DataError as error:
        return None, error.issues


@given(st.one_of(st.text(), st.lists(MARKS, max_size=40).map("".join)), st.booleans())
@example("? [a, b]\n: c\n", True)
@example('"\\uD83D\\uDE00": 1', True)
@example("a: b\n#", False)
def test_any_text_reads_or_is_refused_in_french(text: str, strict: bool) -> None:
    """Nothing but a ``DataError`` is raised; its issues have a known code and a place in the text."""
    data, issues = attempt(text, strict=strict)
    assert (data is None) == bool(issues)
    for issue in issues:
        _check_refusal(issue, text)
    if data is not None:
        _check_places(data)


def _check_refusal(issue: Issue, text: str) -> None:
    assert issue.code in CODES
    assert issue.code != "syntaxe" or issue.message in FRENCH
    assert issue.location is not None
    assert 1 <= issue.location.line <= text.count("\n") + text.count("\r") + 2


def _check_places(node: Any) -> None:
    """Every node is fully placed, and no text holds a control character."""
    if isinstance(node, PlacedDict):
        assert list(node) == list(node.keys_at)
        assert list(node) == list(node.values_at)
        for value in (*node, *node.values()):
            _check_places(value)
    elif isinstance(node, PlacedList):
        assert len(node) == len(node.items_at)
        for value in node:
            _check_places(value)
    elif isinstance(node, str):
        assert not source.CONTROL.search(node)
    else:
        assert node is None or type(node) in (bool, int)


@given(st.binary())
def test_any_bytes(content: bytes) -> None:
    """Nor does any content of a file."""
    data, issues = attempt(content)
    assert (data is None) == bool(issues)
    assert {issue.code for issue in issues} <= CODES | {"encodage"}


def test_json_halves_of_a_character_are_joined() -> None:
    """An emoji that JSON writes as two escapes is one character, in a profile as in findings."""
    data = read(r'{"nom": "\ud83d\ude00 et \u00e9"}', "profil.json", strict=False)
    assert data["nom"] == "😀 et é"
