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
    """Yield the values that stand in another copy and were given since it parted from this one.

    Of what was given there twice, the last is what its people mean; a value that did not see another one
    stands beside it here as it does there. Left out: a field that says again what it said, or nothing;
    what somebody said here too meanwhile, be it replaced since by who had read it.

    Args:
        ours: the events of this journal.
        theirs: those of the other copy.
        contenus: what the events of both say.
    """
    parted = common(ours, theirs)
    start, here = state(theirs[:parted], contenus), state(ours, contenus)
    past: dict[Endroit, list[Any]] = {}
    for event in ours[parted:]:
        if event.apres in contenus:
            past.setdefault(event.cle, []).append(contenus[event.apres].valeur)
    given: list[tuple[bool, int, ValeurApportee]] = []
    for cle, champ in state(theirs, contenus).items():
        before = [one.valeur for one in start[cle].versions] if cle in start else []
        standing = [one.valeur for one in here[cle].versions] if cle in here else []
        if sorted(map(repr, before)) == sorted(repr(one.valeur) for one in champ.versions):
            continue
        for one in champ.versions:
            # What was erased says nothing.
            if one.version <= parted or one.contenu not in contenus or (not one.valeur and not any(before)):
                continue
            base = min(one.base, parted)
            again = one.valeur in past.get(cle, ())
            if again and one.valeur not in standing:
                continue  # somebody said the same here, and whoever replaced it had read it
            value = ValeurApportee(cle=cle, valeur=one.valeur, acteur=one.acteur, base=base)
            # Those that stand here already come last: another one may replace them first.
            given.append((one.valeur in standing, one.version, value))
    for _, _, value in sorted(given, key=lambda each: each[:2]):
        yield value
