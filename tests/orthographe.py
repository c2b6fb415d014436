"""A French spelling checker, and what its dictionary does not know: our words, and the faults of typing.

The dictionary is Hunspell’s of French (Dicollecte), as npm’s ``dictionary-fr`` gives it;
``DICTIONNAIRE_FR`` is its folder.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from textes_livres import ROOT, TROU, Passage

if TYPE_CHECKING:
    from spylls.hunspell import Dictionary

OURS = Path(__file__).with_name("orthographe.txt")

#: What is code in a sentence: backticks, addresses, options, names of files, fields between braces, one name
#: between guillemets.
_CODE = re.compile(
    r"`[^`]*`|https?://\S+|\S+@\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|eu|fr|gouv|net|org)\b\S*"
    r"|--type \w+|(?<!\w)--?[a-z][\w-]*"
    r"|\S*[/\\]\S*\.\w+|\S+\.(?:csv|docx|html|json|md|ods|pdf|py|xlsx|yaml)\b|\{[^{}]*\}|\$\w+"
    r"|\b[a-z]+(?:-[a-z]+)*-\d[\w-]*|«\s[a-z_:.,!? -]+\s»|\bpip install \S+"
    r"|(?:[a-z]+, )*\b[\w-]+(?:[_:=][\w\ue000][\w-]*)+(?:, \w+)*"
)
_WORD = re.compile(r"(?<![\w\ue000.@#/\\{-])[^\W\d_]{2,}(?:[’'-][^\W\d_]+)*(?![\w\ue000])")
_ELISION = re.compile(r"(?i)^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)’")
#: Examples of what is typed wrong, in the list of the codes.
_EXAMPLE = re.compile(r"«\s[^«»]{1,30}\s»|\([^()]*\)(?= \|)")


@cache
def dictionary() -> Dictionary:
    from spylls.hunspell import Dictionary

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its files to be closed
        return Dictionary.from_files(os.environ["DICTIONNAIRE_FR"] + "/index")


@cache
def our_words() -> frozenset[str]:
    lines = OURS.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def names_of_schemas() -> frozenset[str]:
    """The names that the schemas declare: their descriptions cite them bare."""
    named: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            named.update(node.get("properties", ()))
            named.update(value for value in node.get("enum", ()) if isinstance(value, str))
            named.update(value for value in (node.get("const"),) if isinstance(value, str))
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    for path in sorted((ROOT / "schemas").glob("*.json")):
        walk(json.loads(path.read_text(encoding="utf-8")))
    return frozenset(named)


@cache
def known(word: str) -> bool:
    """Tell a word of French, or one of ours, whatever elides before it."""
    bare = _ELISION.sub("", word)
    return bare in our_words() or dictionary().lookup(word) or dictionary().lookup(bare)


def words(passage: Passage) -> Iterator[str]:
    """Give the words of a passage, code left out, apostrophes made French."""
    text = passage.text
    if passage.path.name == "codes.md":
        text = _EXAMPLE.sub(TROU, text)
    for match in _WORD.finditer(_CODE.sub(TROU, text)):
        yield match[0].replace("'", "’")


def misspelled(passage: Passage) -> list[str]:
    """Give the words of a passage that nobody knows."""
    named = names_of_schemas() if passage.path.name.endswith(".schema.json") else frozenset()
    return [word for word in words(passage) if word not in named and not known(word)]
