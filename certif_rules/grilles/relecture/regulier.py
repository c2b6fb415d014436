"""Read XML whose elements are nearly all written one way: they are searched for in its text.

They are taken out of the text; all that stands around them goes through the parser, which refuses what it
would have refused. Anything else than foreseen (a comment, another encoding, a sign where none should be) is
an error here, after which the part is read element by element: no file reads in two ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final, Protocol
from xml.parsers import expat

from msgspec import Struct

#: A sign to which Unicode gives no meaning: texts that are read together are parted by it.
_MARQUE: Final = "\ufdd0"
#: Characters between two tags, references to characters included; what else they hold is looked for at once.
TEXTE: Final = "[^<]*+"
_BEGIN: Final = '<t(?: xml:space="preserve")?>'
#: A text, or a run of texts each with its look: two groups, of which the second is not empty then.
TEXTES: Final = (
    f"(?:{_BEGIN}({TEXTE})</t>"
    '|((?>(?:<r>(?:<rPr>(?>(?:<[A-Za-z]{1,12}(?: [A-Za-z]{1,9}="[A-Za-z0-9 .-]*")?/>)*)</rPr>)?'
    f"{_BEGIN}{TEXTE}</t></r>)+)))"
)
_OF_RUN: Final = re.compile(f"{_BEGIN}({TEXTE})</t>")
_DECLARATION: Final = re.compile(
    r"<\?xml version=([\"'])1\.0\1(?: encoding=([\"'])UTF-8\2)?(?: standalone=([\"'])(?:yes|no)\3)? ?\?>|",
    re.IGNORECASE,
)
_TAG: Final = "<{}[^<>]*+{}>[^<>]*+"
#: Tags and what is between them, none begun or ended elsewhere, nor other than those of an element.
_WHOLE: Final = re.compile(f"[^<>]*+(?>(?:{_TAG.format('(?![!?])', '')})*)")
_ENDS, _ALONE, _STARTS = _TAG.format("/", ""), _TAG.format("", "(?<=/)"), _TAG.format("(?!/)", "(?<!/)")
#: The end of a part: of its open elements, then of those that follow, three deep at most.
_LAST: Final = re.compile(
    f"(?>(?:{_ENDS})*)"
    f"(?>(?:{_ALONE}|{_STARTS}(?>(?:{_ALONE}|{_STARTS}(?>(?:{_ALONE}|{_STARTS}{_ENDS})*){_ENDS})*){_ENDS})*)"
    f"(?>(?:{_ENDS})*)"
)

_NAME: Final = re.compile(r"<([^\s/<>]++)")


class Patron(Struct, frozen=True):
    """A pattern says how most elements of a part are written; its groups are what is read of one.

    The last ``textes`` groups are characters, the very last a run of texts; all of them are ``None`` of an
    element that says nothing. The elements stand directly in those of ``dans``, the outermost first; what is
    ``entre`` two of them ends the innermost of those and begins another, which says nothing either.
    """

    elements: re.Pattern[str]
    entre: re.Pattern[str]
    textes: int
    dans: tuple[str, ...]


class Relecteur(Protocol):
    """A reader takes the elements of a part one by one, or whole by the groups of their pattern."""

    inside: list[str]

    @property
    def only(self) -> Collection[str]:
        """Return the elements that it is told."""

    @property
    def take(self) -> Callable[..., None]:
        """Return what reads a whole element."""

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        """Read the beginning of an element."""

    def end(self, tag: str, /) -> None:
        """Read the end of an element."""

    def text(self, data: str, /) -> None:
        """Read characters of the innermost element."""


def parted(content: bytes, patron: Patron) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Return what stands around the elements of a pattern, in order, and the groups of each of them.

    Raises:
        ValueError, expat.ExpatError: the part is not written as the pattern says.
    """
    text = content.decode()
    declaration = _DECLARATION.match(text)
    parts = patron.elements.split(text)
    width = patron.elements.groups + 1
    around = parts[::width]
    first = around[0][declaration.end() if declaration else 0 :]
    if not first or "\0" in text[:4] or not all(map(_WHOLE.fullmatch, filter(None, (first, *around[1:])))):
        raise ValueError("not written as foreseen")
    columns = [parts[rank::width] for rank in range(1, width)]
    columns[-patron.textes :] = _characters(columns[-patron.textes :])
    return around, list(zip(*columns, strict=True))


def ends(text: str, only: Collection[str]) -> bool:
    """Return whether what stands after the last element of a pattern has none of ``only``, nor any depth."""
    names = {name.rpartition(":")[2] for name in set(_NAME.findall(text))}
    return names.isdisjoint(only) and _LAST.fullmatch(text) is not None


def _characters(columns: list[list[str | None]]) -> list[list[str | None]]:
    """Return what raw texts say, as the parser reads them."""
    *plain, runs = columns
    columns = [*plain, [run and "".join(_OF_RUN.findall(run)) for run in runs]]
    raw = [text for column in columns for text in column if text]
    if not raw:
        return columns
    joined = _MARQUE.join(raw)
    # Of two texts of a run, the ends of line are not those of one.
    if ">" in joined or "\r" in joined:
        raise ValueError("a sign where none should be")
    pieces: list[str] = []
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.CharacterDataHandler = pieces.append
    parser.Parse(f"<t>{joined}</t>", True)
    texts = "".join(pieces).split(_MARQUE)
    if len(texts) != len(raw):
        raise ValueError("a reference to the sign that parts texts")
    following = iter(texts)
    return [[text and next(following) for text in column] for column in columns]
