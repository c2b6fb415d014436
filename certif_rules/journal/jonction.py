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
    """A value comes from another copy: who gave it there, having seen this journal up to ``base``.

    ``sel`` makes its content the same here as there: that of a file which keeps no journal has none.
    """

    cle: Endroit
    valeur: Any
    acteur: str
    base: int
    sel: str = ""


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
    """Yield the values that stand in another copy and were given since it parted from this one.

    Of what was given there twice, the last is what its people mean; a value that did not see another one
    stands beside it here as it does there. Left out: a field that says again what it said, or nothing; what
    was brought from there already, be it replaced here since.

    Args:
        ours: the events of this journal.
        theirs: those of the other copy.
        contenus: what the events of both say.
    """
    parted = common(ours, theirs)
    start, known = state(theirs[:parted], contenus), {event.apres for event in ours}
    #: Up to where somebody there had read each field, of what both copies have: that gives way.
    read: dict[Endroit, int] = {}
    for event in theirs[parted:]:
        read[event.cle] = max(read.get(event.cle, 0), min(event.base, parted))
    for cle, champ in state(theirs, contenus).items():
        before = [one.valeur for one in start[cle].versions] if cle in start else []
        if sorted(map(repr, before)) == sorted(repr(one.valeur) for one in champ.versions):
            continue
        for one in champ.versions:
            contenu = contenus.get(one.contenu)  # what was erased says nothing
            if contenu is None or one.version <= parted or one.contenu in known:
                continue
            if one.valeur or any(before):
                yield ValeurApportee(
                    cle=cle, valeur=one.valeur, acteur=one.acteur, base=read[cle], sel=contenu.sel
                )
