"""Two copies of one journal put together: what the other one says since they parted, with what it had seen.

Nothing of either vanishes: what both changed stands twice until somebody chooses, and the copies that come
may come in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from certif_rules.journal.etat import state
from certif_rules.journal.evenements import Contenu, Endroit, Inscription


class ValeurApportee(Struct, frozen=True, kw_only=True):
    """A value comes from another copy: who gave it there, having seen this journal up to ``base``."""

    cle: Endroit
    valeur: Any
    acteur: str
    base: int


def common(ours: Sequence[Inscription], theirs: Sequence[Inscription]) -> int:
    """Return the last version that two journals share; 0: they are of two audits."""
    last = 0
    for mine, other in zip(ours, theirs, strict=False):
        if mine.empreinte != other.empreinte:
            break
        last = mine.version
    return last


def brought(
    ours: Sequence[Inscription], theirs: Sequence[Inscription], contenus: Mapping[str, Contenu]
) -> Iterator[ValeurApportee]:
    """Yield the values that stand in another copy and were given since it parted from this one, in order.

    Of what was given there twice, the last is what its people mean; a value that did not see another one
    stands beside it here as it does there.

    Args:
        ours: the events of this journal.
        theirs: those of the other copy.
        contenus: what its events say.
    """
    parted = common(ours, theirs)
    given = [
        (one.version, cle, one)
        for cle, champ in state(theirs, contenus).items()
        for one in champ.versions
        if one.version > parted and one.contenu in contenus  # what was erased says nothing
    ]
    for _, cle, one in sorted(given, key=lambda each: each[0]):
        base = min(one.base, parted)
        yield ValeurApportee(cle=cle, valeur=one.valeur, acteur=one.acteur, base=base)
