"""Which events would let a date of the cycle be computed: every way, the shortest first.

Nothing is computed here: only what is known or not. A guard on the day of an event that nobody gave may hold
or not, so that a way is kept only when all the rules that may then hold give a day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import combinations

from certif_rules.model.cycle import Cycle, DateCycle, Decalage, RegleDate

#: Ways of more events than that are not looked for: nobody gives so many days to learn one.
_MOST = 3


def ways(cycle: Cycle, id_: str, given: Mapping[str, date]) -> tuple[tuple[str, ...], ...]:
    """Return the smallest sets of events that, added to those given, let a date be computed.

    Args:
        cycle: what the référentiel declares.
        id_: the date; giving its own day is no way.
        given: the events whose day is known, with it.
    """
    known = frozenset(given)
    useful = [nom for nom in _around(cycle, id_) if nom != id_ and nom not in known]
    every: list[frozenset[str]] = []
    for size in range(1, _MOST + 1):
        for chosen in combinations(useful, size):
            added = frozenset(chosen)
            if any(smaller <= added for smaller in every) or _clash(cycle, known | added, added):
                continue
            if _Savoir(cycle, known | added, given).known(id_):
                every.append(added)
    return tuple(tuple(nom for nom in useful if nom in way) for way in every)


def in_words(sets: Collection[tuple[str, ...]]) -> str:
    """Return ways as people read them: « a ou b », « a, et b ou c », « a et b, ou c »."""
    common = [nom for nom in next(iter(sets), ()) if all(nom in way for way in sets)]
    rests = [tuple(nom for nom in way if nom not in common) for way in sets]
    if common and len(rests) > 1:
        return f"{_list(common, 'et')}, et {in_words(rests)}"
    if all(len(rest) <= 1 for rest in rests):
        return _list([*common, *(nom for rest in rests for nom in rest)], "ou" if len(rests) > 1 else "et")
    return ", ou ".join(_list(list(way), "et") for way in sets)


def needed(sets: Collection[tuple[str, ...]]) -> str:
    """Return what a date waits for, as people read it; nothing can give it where there is no way."""
    return f"il faut {in_words(sets)}" if sets else "aucun événement ne peut plus la donner"


def _list(names: list[str], word: str) -> str:
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _around(cycle: Cycle, id_: str) -> list[str]:
    """Return the events that may have a part in a date, in the order they are declared where they are."""
    seen: dict[str, None] = {}
    todo = [id_]
    while todo:
        nom = todo.pop()
        if nom in seen:
            continue
        seen[nom] = None
        for regle in cycle.dates[nom].regles if nom in cycle.dates else ():
            todo += [*starts(regle), *regle.avec, *regle.si]
    declared = [nom for nom in cycle.evenements if nom in seen]
    return [*declared, *(nom for nom in seen if nom not in cycle.evenements and nom not in cycle.dates)]


def _clash(cycle: Cycle, given: frozenset[str], added: frozenset[str]) -> bool:
    """Return whether events cannot all be of one cycle."""
    return any(
        other in given and (nom in added or other in added)
        for nom in given
        if nom in cycle.evenements
        for other in cycle.evenements[nom].exclut
    )


class _Savoir:
    """This tells what is known once some events are; ``days`` are those that were given."""

    def __init__(self, cycle: Cycle, given: frozenset[str], days: Mapping[str, date]) -> None:
        self.cycle = cycle
        self.given = given
        self.days = days

    def known(self, id_: str) -> bool:
        """Return whether a day is known, by every rule that may hold."""
        if id_ in self.given:
            return True
        entry = self.cycle.dates.get(id_)
        if entry is None:
            return False
        rules = list(self._possible(entry))
        return bool(rules) and all(
            not r.sans_objet and all(self.known(nom) for nom in starts(r)) for r in rules
        )

    def _possible(self, entry: DateCycle) -> Iterator[RegleDate]:
        """Yield the rules that may be the first to hold."""
        for regle in entry.regles:
            if regle.avec and not self.given & set(regle.avec):
                continue
            if self.given & set(regle.sans) or not set(regle.si) <= self.given:
                continue
            if not all(borne.admits(self.days[nom]) for nom, borne in regle.si.items() if nom in self.days):
                continue
            yield regle
            if set(regle.si) <= set(self.days):
                return


def starts(regle: RegleDate) -> list[str]:
    """Return the events and dates that a rule counts from."""
    if regle.prochaine is not None:
        return [regle.prochaine.de, regle.prochaine.apres]
    if regle.tous_les is not None:
        return [regle.tous_les.de, regle.tous_les.jusqu_a]
    if regle.fenetre:
        return [ancre.de for ancre in regle.fenetre]
    ecart: Decalage | None = regle.au_plus_tard or regle.a_partir_du
    return [] if ecart is None else [ecart.de]
