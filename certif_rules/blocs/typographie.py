"""French typography, applied when a document for people is rendered, never to data.

Narrow no-break space before ``; ! ?``, no-break space before ``:``, ``%``, ``€``, after « n° » and inside
guillemets; curved apostrophes (Lexique des règles typographiques en usage à l’Imprimerie nationale).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

FINE = "\u202f"
INSECABLE = "\u00a0"

MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

# What must come out as it went in: addresses and digests, up to the next blank.
_INTACT = re.compile(r"((?:(?ai:[a-z][a-z0-9+.-]{0,40}://|www\.|mailto:)|(?ai:sha)\d+:)\S+)")

#: A straight apostrophe between letters, where French curves it.
APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W_]|[«“])")
_AROUND = re.compile(r"(?<=«) |(?<=\bn°) (?=\w)| (?=[»:%€](?!\w))")
_BEFORE = re.compile(r" (?=[;!?](?!\w))")
_BLANK = r"[ \u00a0\u202f]"
_RULES = (
    (re.compile(rf"(?<!{_BLANK}){_BLANK}++(?=[;!?])|(?<=\w)(?=[;!?](?:\s|$))"), FINE),
    (re.compile(rf"(?<!{_BLANK}){_BLANK}++(?=[:%€](?!\w))|(?<=\w)(?=:(?:\s|$))"), INSECABLE),
    (re.compile(rf"(?<=\bn°){_BLANK}++(?=\w)"), INSECABLE),
    (APOSTROPHE, "’"),
    (re.compile(rf"(?<=«){_BLANK}*(?=\S)|(?<=\S){_BLANK}*(?=»)"), INSECABLE),
)


#: An ISO day in a sentence: what is quoted, an option, a name or a path, is typed again as it is.
_JOUR = re.compile(r"(?<![\w=/\\.«-])(?<!«[ \u00a0\u202f])\d{4}-\d\d-\d\d(?![\w/\\-]|\.\w|[ \u00a0\u202f]*»)")


@lru_cache(maxsize=4096)  # the texts of a référentiel, which its documents repeat
def prose(texte: str) -> str:
    """Return ``texte`` in French typography, days in letters; addresses and digests are left alone."""
    parts = _INTACT.split(clean(texte))
    parts[::2] = [_space(with_days(part)) for part in parts[::2]]
    return "".join(parts)


def with_days(texte: str) -> str:
    """Return a sentence whose ISO days are those that people read: « le 28 mai 2026 »."""
    return _JOUR.sub(_spelled, texte) if "-" in texte else texte


def _spelled(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 40) : match.start()].split()
    if before and before[-1].startswith("--"):  # what an option is given
        return match[0]
    try:
        return day(match[0])
    except ValueError:  # no day: it is shown as it was typed
        return match[0]


def bound(texte: str) -> str:
    """Return ``texte`` with no-break blanks where French breaks no line; none is added."""
    return _BEFORE.sub(FINE, _AROUND.sub(INSECABLE, texte))


def clean(texte: str) -> str:
    """Return ``texte`` on one line, without anything that drives a terminal or turns the reading order round.

    Control characters, bidirectional marks and other invisible formatting go; line breaks become blanks;
    what no file can hold, a lone surrogate or a noncharacter, becomes U+FFFD.
    """
    return harmless(texte).strip()


def harmless(texte: str) -> str:
    """Return the same with the blanks at both ends: a run of a longer text."""
    if plain(texte).isprintable():  # most are, and documents are long
        return texte
    return "".join(map(_clean, texte))


def plain(texte: str) -> str:
    """Return ``texte`` with ordinary blanks, for consoles that know no others."""
    return texte.replace(FINE, " ").replace(INSECABLE, " ")


def day(value: date | str) -> str:
    """Return a day as people read it: « 1er septembre 2026 ». A text is an ISO date."""
    jour = date.fromisoformat(value) if isinstance(value, str) else value
    premier = "1er" if jour.day == 1 else str(jour.day)
    return f"{premier} {MOIS[jour.month - 1]} {jour.year}".replace(" ", INSECABLE)


def _space(texte: str) -> str:
    for pattern, blank in _RULES:
        texte = pattern.sub(blank, texte)
    return texte


def _clean(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs" or (category == "Cn" and ord(character) & 0xFFFE == 0xFFFE):
        return "\ufffd"
    if category in {"Zl", "Zp"} or character in "\t\n\r\v\f\x85":
        return " "
    return "" if category in {"Cc", "Cf"} else character
