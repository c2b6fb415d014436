"""Two wordings compared word by word: what both share, what one of them alone has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Final, Literal

from msgspec import Struct

from certif_rules.noms import mots

Operation = Literal["egal", "retrait", "ajout"]
#: A word with the blanks before it; a punctuation mark is a word of its own.
_WORD: Final = re.compile(r"\s*(?:\w+(?:['’-]\w+)*['’]?|[^\w\s])")
#: How much of their words two lines share before somebody is asked whether they are one.
_NEAR: Final = 0.6


class Passe(Struct, frozen=True):
    """A run is a stretch of words that both wordings have (``egal``), or that one alone has."""

    operation: Operation
    texte: str


def words_of(texte: str | None) -> tuple[str, ...]:
    """Return the words and the marks of a text, folded: the accents and the kind of apostrophe make no word.

    What is folded away (a lone blank, a dash) is no word.
    """
    return tuple(filter(None, map(mots, _WORD.findall(texte or ""))))


def compare_words(avant: str | None, apres: str | None) -> tuple[Passe, ...]:
    """Return the words of two texts in reading order, those withdrawn before those that replace them.

    Words are compared as they are written: a capital or an accent is a difference.
    """
    before, after = _WORD.findall(avant or ""), _WORD.findall(apres or "")
    one, two = ([word.strip() for word in side] for side in (before, after))
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    passes: list[Passe] = []
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            passes.append(Passe("egal", "".join(after[first:last])))
            continue
        pieces: tuple[tuple[Operation, list[str]], ...] = (
            ("retrait", before[start:end]),
            ("ajout", after[first:last]),
        )
        passes += [Passe(operation, "".join(words)) for operation, words in pieces if words]
    return tuple(passes)


def tiled(whole: tuple[str, ...], parts: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """Return the names of the parts whose words, end to end, are those of ``whole``: two at least, or none.

    Args:
        whole: the words of a text.
        parts: a name and the words of each text that may be a part of it.
    """
    known = {words: name for name, words in parts if words}
    return next(_tilings(whole, known), ())


def _tilings(whole: tuple[str, ...], known: dict[tuple[str, ...], str]) -> Iterator[tuple[str, ...]]:
    for words, name in known.items():
        if len(words) < len(whole) and whole[: len(words)] == words:
            rest = whole[len(words) :]
            others = {other: named for other, named in known.items() if named != name}
            if rest in others:
                yield (name, others[rest])
            yield from ((name, *names) for names in _tilings(rest, others))


def alike(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Return whether two texts share so many words, in order, that somebody should look at both."""
    matcher = SequenceMatcher(None, one, two, autojunk=False)
    return matcher.real_quick_ratio() >= _NEAR <= matcher.quick_ratio() and matcher.ratio() >= _NEAR
