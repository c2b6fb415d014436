"""The typography of our pages in Markdown, their prose only: code, addresses and English pages are left out.

A source has curved apostrophes, guillemets, and one ordinary blank where French has one: what is typed, read
in a diff and searched for. What the program prints has no-break blanks: see ``test_typographie_formats.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from textes_livres import ROOT, TROU, page_passages

#: In English, for who takes over.
ENGLISH = {ROOT / "docs" / "architecture.md"}
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "benchmarks/*.md", "plugins/*/*.md")
    for path in ROOT.glob(pattern)
    if path not in ENGLISH
)
#: What French does not write, and its name.
FAULTS = {
    "a straight apostrophe": r"\w'\w",
    "a straight quote": r"\"",
    "three dots": r"\.\.\.",
    "a sign against its word": rf"[\w)»{TROU}](?:[;!?]|:(?! »))(?=\s|$)|\S»|«\S",
    "two blanks before a sign": r"\S[ \t]{2,}[;:!?»](?!-)",
    "a sign that begins a line": r"^[ >]*[;:!?»](?=\s)",
    "guillemets that open at the end of a line": r"«$",
    # But for a number as the program prints it.
    "a no-break blank": r"(?<!\d)[\u00a0\u202f]|[\u00a0\u202f](?!\d)",
}


def faults(text: str) -> Iterator[tuple[int, str]]:
    """Each fault of a page, with its line."""
    for passage in page_passages(ROOT / "a.md", text):
        for name, pattern in FAULTS.items():
            for match in re.finditer(pattern, passage.text, re.MULTILINE):
                yield passage.line + passage.text.count("\n", 0, match.start()), name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_is_typed_as_french_is(path) -> None:
    """No page has any of the faults."""
    assert list(faults(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’audit : « oui » ; non ?\n", []),
        ("`l'audit` et\n```\nl'audit!\n```\nhttp://x.fr/a?b=c!\n", []),
        ("Ligne\nl'audit\n", [(2, "a straight apostrophe")]),
        ('dit "oui"\n', [(1, "a straight quote")] * 2),
        ("et...\n", [(1, "three dots")]),
        ("oui; non\n", [(1, "a sign against its word")]),
        ("`valider`: oui\n", [(1, "a sign against its word")]),
        ("«oui »\n", [(1, "a sign against its word")]),
        ("oui  : non\n", [(1, "two blanks before a sign")]),
        ("oui\n; non\n", [(2, "a sign that begins a line")]),
        ("dit «\noui »\n", [(1, "guillemets that open at the end of a line")]),
        ("oui\u00a0; 32\u00a0767\n", [(1, "a no-break blank")]),
    ],
)
def test_a_fault_is_seen(text: str, expected: list[tuple[int, str]]) -> None:
    """Each fault, where it stands; none in code, in an address, in what is right."""
    assert list(faults(text)) == expected
