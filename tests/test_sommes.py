"""Sums that lines can reach together: equal to writing every ending out, and asked of many lines at once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations_with_replacement, product
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.audit import sommes
from certif_rules.audit.sommes import Semblables, reach

NUMBERS = st.integers(-4, 4)


@st.composite
def asked(draw: st.DrawFn) -> tuple[list[Semblables], list[int]]:
    """Some groups of like lines, and a threshold for each of up to four sums; two may be one, to the unit."""
    sums = draw(st.integers(1, 4))
    apports = st.lists(st.tuples(*[NUMBERS] * sums), min_size=1, max_size=4)
    groups = draw(st.lists(st.tuples(st.integers(1, 4), apports), max_size=3))
    seuils = draw(st.lists(st.integers(-6, 12), min_size=sums, max_size=sums))
    if sums > 1 and draw(st.booleans()):
        groups = [(number, [(*ends[:-1], -ends[0]) for ends in each]) for number, each in groups]
        seuils[-1] = -seuils[0]
    return [
        (number, {(index, place): apport for place, apport in enumerate(each)})
        for index, (number, each) in enumerate(groups)
    ], seuils


def totals(lignes: list[Semblables], sums: int) -> set[tuple[int, ...]]:
    """What the sums can be, every ending of every line written out."""

    def added(parts: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
        return tuple(map(sum, zip(*parts, strict=True))) or (0,) * sums

    each = [set(map(added, combinations_with_replacement(ends.values(), n))) for n, ends in lignes]
    return set(map(added, product(*each)))


@pytest.mark.lent
@settings(deadline=None, max_examples=300)
@given(asked(), st.booleans())
def test_sums_are_reached_as_by_enumeration(
    question: tuple[list[Semblables], list[int]], split: bool
) -> None:
    """There are endings exactly when some are found by writing all out, and those given do what is asked."""
    lignes, seuils = question
    with patch.object(sommes, "_ETATS", 0 if split else sommes._ETATS):
        fins = reach(lignes, seuils)
    can = totals(lignes, len(seuils))
    assert (fins is not None) == any(
        all(total >= seuil for total, seuil in zip(each, seuils, strict=True)) for each in can
    )
    if fins is not None:
        assert [sum(fins.get(end, 0) for end in ends) for _, ends in lignes] == [n for n, _ in lignes]
        for row, seuil in enumerate(seuils):
            assert sum(fins.get(end, 0) * a[row] for _, ends in lignes for end, a in ends.items()) >= seuil


def line(*apports: tuple[int, ...], number: int, group: int = 0) -> Semblables:
    """So many lines, each with these endings."""
    return number, {(group, place): apport for place, apport in enumerate(apports)}


def test_a_sum_of_even_numbers_is_never_odd() -> None:
    """A thousand lines worth 0 or 2 add up to 1,000, and never to 999."""
    even = line((0, 0), (2, -2), number=1000)
    assert reach([even], [1000, -1000]) == {(0, 0): 500, (0, 1): 500}
    assert reach([even], [999, -999]) is None


@pytest.fixture(params=["written out", "split"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What neither a direction nor a mix tells is written out, or split where that would be too much."""
    if request.param == "split":
        monkeypatch.setattr(sommes, "_ETATS", 0)


@pytest.mark.usefixtures("_way")
def test_lines_that_cannot_be_halved_are_split() -> None:
    """Three lines, each (2, 1) or (1, 2), reach (4, 5) by one of the first and two of the second.

    Of 999 lines, each (3, 0) or (0, 3), both sums are never 1,498 at least: 2,997 is shared by threes.
    """
    assert reach([line((2, 1), (1, 2), number=3)], [4, 5]) == {(0, 0): 1, (0, 1): 2}
    threes = line((3, 0), (0, 3), number=999)
    assert reach([threes], [1497, 1500]) == {(0, 0): 499, (0, 1): 500}
    assert reach([threes], [1498, 1498]) is None


def test_a_sum_that_is_enough_no_longer_weighs() -> None:
    """One line (4, 3, 1) and two (0, 2, 4) make (4, 7, 9); without the first, the first sum is short of 3."""
    three = line((4, 3, 1), (1, 0, 2), (0, 2, 4), number=3)
    assert reach([three], [3, 7, 7]) == {(0, 0): 1, (0, 1): 0, (0, 2): 2}


@pytest.mark.usefixtures("_way")
def test_one_choice_among_many_is_parted_by_what_it_brings() -> None:
    """58 is 9 + 49, and 54 no sum of two squares: each line is worth one of the squares up to 81."""
    squares = [line(*((n * n, -n * n) for n in range(10)), number=1, group=group) for group in (0, 1)]
    ends = reach(squares, [58, -58])
    assert ends is not None
    assert sorted(place for (_, place), number in ends.items() if number) == [3, 7]
    assert reach(squares, [54, -54]) is None
