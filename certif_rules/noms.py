"""Names compared as people write them: accents, case, apostrophes, blanks and hyphens make no difference.

Pure, and the same everywhere: the locale of the system decides nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from certif_rules.francais import without_accents

#: Letters that Unicode does not take apart.
_LIEES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
#: Apostrophes and primes, typewriter ones included, that no decomposition brings together.
_APOSTROPHES = "'’\u2018\u02bc\u2032`\u00b4\uff07"
#: What joins words without being one: the blanks, the hyphens and the low lines.
_JOINTS = re.compile(r"[\s_\u2010-\u2015\u2212\ufe63\uff0d-]+")
#: Names that some systems keep for themselves.
_RESERVES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
#: The longest text that is kept as it was folded: a name, not a comment.
_COURT = 100


def mots(texte: str) -> str:
    """Return ``texte`` folded, its words still apart: what lists for people are sorted by."""
    return " ".join(_JOINTS.sub(" ", _folded(texte)).split())


def cle(texte: str) -> str:
    """Return what two spellings of a name share: words end to end, small letters without accents.

    Other signs are kept: « 1.1 » is not « 11 », « etabli/3 » not « etabli3 ».
    """
    return mots(texte).replace(" ", "")


def ordre(texte: str) -> tuple[str, str]:
    """Return the key that sorts texts for people; two that differ by an accent keep an order of their own."""
    return (mots(texte), texte)


def retrouver(texte: str, noms: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the ids that a typed name may mean: the one written so, else every one spelt alike.

    Args:
        texte: the name as typed.
        noms: the other names of each id; the id is one of its names without being repeated.
    """
    if texte in noms:
        return (texte,)
    exact = tuple(i for i, others in noms.items() if texte in others)
    if exact:
        return exact
    wanted = cle(texte)
    if not wanted:
        return ()
    return tuple(i for i, others in noms.items() if wanted in map(cle, (i, *others)))


def enumeres(texte: str, noms: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the names that a text lists (« un,deux »), where it lists several and each means something."""
    parts = tuple(filter(None, re.split(r"[,;\s]+", texte)))
    return parts if len(parts) > 1 and all(retrouver(part, noms) for part in parts) else ()


def nom_de_fichier(*parties: str) -> str:
    """Return a file name that every system takes: ASCII, parts joined by ``_``, words by ``-``.

    « Certif’Atelier » and « V5 » give ``certif-atelier_v5``.
    """
    parts = (_SIGNES.sub("-", _plain(partie)).strip("-.") for partie in parties)
    name = "_".join(filter(None, parts)) or "document"
    return f"{name}_" if _RESERVES.fullmatch(name.partition(".")[0]) else name


_SIGNES = re.compile(r"[^a-z0-9.]+")


def _plain(texte: str) -> str:
    """Return it in small letters without accents; apostrophes are still there, what has no letter is not."""
    return without_accents(texte.casefold().translate(_LIEES))


def _folded(texte: str) -> str:
    return _bare(texte) if len(texte) <= _COURT else _bare.__wrapped__(texte)


@lru_cache(maxsize=4_096)  # the names of one référentiel, which are compared time and again
def _bare(texte: str) -> str:
    """Return without accents, capitals, apostrophes, nor what is not seen (soft hyphens, joiners)."""
    visible = (c for c in texte if c not in _APOSTROPHES and unicodedata.category(c) != "Cf")
    # Once more: a decomposition may bring capitals or letters tied together.
    return _plain(_plain("".join(visible)))
