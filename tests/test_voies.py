"""What is said to be needed for a date gives it, and nothing that would give it is left out."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest
from greffons import registry
from regimes import open_regime

from certif_rules.audit.demande import Demande
from certif_rules.model.cycle import Cycle
from certif_rules.vie.calendrier import Options, compute
from certif_rules.vie.voies import in_words, ways

LABELS = ("certifregion", "qualiopi", "enseigne")
#: Before and after the day on which a rule of the base changes.
STARTS = (date(2014, 3, 1), date(2023, 3, 1))
#: Sets of that many events, at most, are all tried.
MOST = 3


def cycle_of(label: str) -> Cycle:
    vie = open_regime(registry(), Demande(referentiel=label)).propre
    assert vie is not None
    if vie.cycle is None:
        pytest.skip("no cycle")
    return vie.cycle


def dated(cycle: Cycle, chosen: frozenset[str], start: date, step: int) -> dict[str, date]:
    """A day for each, in the order they are declared or in the other, far enough for what comes again."""
    first = start if step > 0 else start + timedelta(days=-step * len(cycle.evenements))
    days = {nom: first + timedelta(days=step * rank) for rank, nom in enumerate(cycle.evenements)}
    return {nom: day for nom, day in days.items() if nom in chosen}


def computed(cycle: Cycle, given: dict[str, date]) -> set[str]:
    """The dates that come out whole."""
    found = compute(cycle, given, Options(chome=lambda _: None)).dates
    return {d.id for d in found if not d.regle.sans_objet and not d.manquent}


def compatible(cycle: Cycle, chosen: frozenset[str]) -> bool:
    return not any(o in chosen for nom in chosen for o in cycle.evenements[nom].exclut)


@pytest.mark.lent
@pytest.mark.parametrize("start", STARTS, ids=str)
@pytest.mark.parametrize("label", LABELS)
def test_what_is_needed_is_all_that_would_do(label: str, start: date) -> None:
    """For every rule shipped: the sets told are the smallest that give the date, out of all of them."""
    cycle = cycle_of(label)
    smallest: dict[str, list[frozenset[str]]] = {id_: [] for id_ in cycle.dates}
    for size in range(1, MOST + 1):
        for names in combinations(cycle.evenements, size):
            chosen = frozenset(names)
            if not compatible(cycle, chosen):
                continue
            made = [computed(cycle, dated(cycle, chosen, start, step)) for step in (400, -400)]
            for id_ in set().union(*made) - chosen:
                if not any(known <= chosen for known in smallest[id_]):
                    smallest[id_].append(chosen)
    for id_, found in smallest.items():
        told = {frozenset(way) for way in ways(cycle, id_, {})}
        assert told == {way for way in found if id_ not in way}, id_


def test_either_event_is_named() -> None:
    """The notification alone would do as well as the committee."""
    cycle = cycle_of("certifregion")
    assert ("comite",) in ways(cycle, "echeance", {})
    assert ("notification",) in ways(cycle, "echeance", {})
    assert ways(cycle, "surveillance", {"audit_initial": date(2023, 5, 30)}) == (
        ("comite",),
        ("notification",),
    )
    assert ways(cycle, "rapport_comite", {}) == (("comite",),)


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ((("a",),), "a"),
        ((("a",), ("b",)), "a ou b"),
        ((("a",), ("b",), ("c",)), "a, b ou c"),
        ((("a", "b"),), "a et b"),
        ((("a", "b"), ("a", "c")), "a, et b ou c"),
        ((("a",), ("b", "c")), "a, ou b et c"),
    ],
)
def test_it_reads_as_french(sets: tuple[tuple[str, ...], ...], words: str) -> None:
    """« ou » between ways, « et » within one, no doubt on which goes with which."""
    assert in_words(sets) == words
