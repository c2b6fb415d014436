"""Sentences that a copy spoilt: cut short, repeated, a word broken by a line that ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from certif_rules.errors import Issue
from certif_rules.source.yaml import PlacedDict, PlacedList, place

#: The keys whose texts are sentences, or titles, that people read.
_PROSE = frozenset(
    """
    titre exigence texte note cherche motif question vrai faux sinon sinon_pieces lecture sens suite inconnu
    certitude situation raison
    """.split()  # noqa: SIM905 - a list of words reads so
)
#: Words on which no sentence ends, nor a title.
_NEVER_LAST = frozenset(
    """
    à au aux avec ce ces cet cette chaque dans de des du et la le les leur leurs mais notre nos ou par pour
    que quel quelle sa sans ses si son sous sur votre vos
    """.split()  # noqa: SIM905 - as above
)
_LAST = re.compile(r"(?:^|[\s\u00a0\u202f’'])([^\W\d_]+)[’']?$")
_CUT = re.compile(r"[,;:(«\[-]$|[’']$")
_BROKEN = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}- [^\W\d_]{2,}")
_TWICE = re.compile(r"(?<![\w-])([^\W\d_]{2,}) \1(?![\w-])", re.IGNORECASE)
#: Words that are repeated on purpose.
_MAY_BE_TWICE = frozenset({"nous", "vous", "bien", "très"})
_SENTENCE = re.compile(r"(?<=[.!?…;]) ")
#: Fewest words of a sentence that nobody writes twice on purpose.
_LONG = 4
_PAIRS = (("«", "»"), ("(", ")"), ("[", "]"))


def spoilt(node: Any) -> Iterator[Issue]:
    """Yield what is likely spoilt in the texts under a node, each at its place."""
    if isinstance(node, PlacedDict):
        for key, value in node.items():
            if isinstance(value, str) and key in _PROSE:
                yield from _of_text(value, node, key)
            yield from spoilt(value)
    elif isinstance(node, PlacedList):
        yield from _same_twice(node)
        for item in node:
            yield from spoilt(item)
    elif isinstance(node, dict):  # the sections of several files
        for value in node.values():
            yield from spoilt(value)


def _of_text(text: str, node: PlacedDict, key: str) -> Iterator[Issue]:
    """Yield what is wrong of one text: the first of each kind."""
    words = " ".join(text.split())
    end = _cut(words)
    if end:
        hint = "le finir, ou dire par une lacune ce qui manque"
        yield Issue("texte-tronque", f"ce texte s’arrête sur « {end} »", place(node, key), hint)
    broken = _BROKEN.search(words)
    if broken:
        message = f"« {broken[0]} » est un mot coupé en fin de ligne"
        yield Issue("mot-coupe", message, place(node, key), "le recoller, avec ou sans trait d’union")
    twice = _repeated(words)
    if twice:
        yield Issue("texte-double", f"« {twice} » est écrit deux fois", place(node, key), "n’en garder qu’un")


def _cut(words: str) -> str | None:
    """Return the end of a text that does not end, or the sign that nothing closes."""
    last = _LAST.search(words)
    if last and last[1].lower() in _NEVER_LAST and last[1].islower():
        return last[1]
    if _CUT.search(words):
        return words[-1]
    for opening, closing in _PAIRS:
        if words.count(opening) > words.count(closing):
            return opening
    return None


def _repeated(words: str) -> str | None:
    """Return a word or a sentence that is there twice in a row, or twice at all."""
    for match in _TWICE.finditer(words):
        if match[1].lower() not in _MAY_BE_TWICE:
            return match[0]
    sentences = _SENTENCE.split(words)
    seen: set[str] = set()
    for sentence in sentences:
        if sentence in seen and len(sentence.split()) >= _LONG:
            return sentence
        seen.add(sentence)
    return None


def _same_twice(items: PlacedList) -> Iterator[Issue]:
    """Yield the texts of a list that one of its earlier items has, for the same cases."""
    seen: list[dict[str, Any]] = []
    for index, item in enumerate(items):
        if not isinstance(item, PlacedDict) or not isinstance(item.get("texte"), str):
            continue
        entry = {key: value for key, value in item.items() if key not in ("id", "sources", "confiance")}
        if entry in seen:
            message = f"« {item['texte']} » est déjà dans cette liste"
            yield Issue("texte-double", message, place(items, index), "n’en garder qu’un, avec ses sources")
        seen.append(entry)
