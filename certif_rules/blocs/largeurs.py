"""How wide text is and how many lines it takes, in a sans-serif face: the widths of Helvetica and Arial."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from certif_rules.francais import without_accents

#: Advance widths in thousandths of the size, by the characters that have them; accents change nothing.
_WIDTHS: Final = {
    191: "'",
    222: "ijl’\u2018",
    278: " !,./:;I[]\\ft\u00a0\u202f",
    333: "-()`r",
    350: "•",
    355: '"',
    389: "*",
    500: "Jckvsxyz",
    556: "#$0123456789?L_abdeghnopqu«»–",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "Wœ",
}
_WIDTH: Final = {sign: width for width, signs in _WIDTHS.items() for sign in signs}
#: What is not in the table, as wide as the widest letters.
_OTHER: Final = 1000
_BOLD: Final = 1.08
#: Pixels for a point, and how much of a column text may take: other faces are a little wider.
_PIXELS: Final = 96 / 72
_SAFE: Final = 0.97


def text_width(text: str, size: int, *, bold: bool = False) -> float:
    """Return the width of a line of text, in pixels, at ``size`` points."""
    return _thousandths(text) / 1000 * size * _PIXELS * (_BOLD if bold else 1.0)


@lru_cache(maxsize=16_384)  # words, that texts repeat
def _thousandths(text: str) -> int:
    return sum(_WIDTH.get(sign, _OTHER) for sign in without_accents(text, "NFD"))


@lru_cache(maxsize=4096)  # cells, that grids repeat
def count_lines(text: str, pixels: float, size: int, *, bold: bool = False) -> int:
    """Return how many lines ``text`` takes in a column of this width; a word too long for it is cut."""
    room = pixels * _SAFE
    blank = text_width(" ", size, bold=bold)
    lines = 0
    for part in text.split("\n"):
        lines += 1
        used = 0.0
        for word in part.split(" "):
            width = text_width(word, size, bold=bold)
            if used and used + blank + width > room:
                lines += 1
                used = 0.0
            more = math.ceil(width / room) - 1 if width > room else 0
            lines += more
            used += (blank if used else 0.0) + width - more * room
    return lines


# ---- in ems, for faces that are not known -------------------------------------------------------------

#: Ems of a letter, on average.
MOYEN: Final = 0.46
_LARGES = frozenset("mwMW@%&œŒæÆ—…")


def ems(texte: str) -> float:
    """Return the width of a text in ems, on the wide side for the fonts in use."""
    return sum(map(_em, texte))


def _em(character: str) -> float:
    if character in _LARGES:
        return 1.0
    if character in " \u00a0\u202f.,;:!'’|()ijlft":
        return 0.4
    if character.isascii() and (character.islower() or character.isdigit()):
        return 0.57
    return 0.6 if "\u00df" <= character <= "\u00ff" else 0.85
