"""All that lines make together: each total worked out by hand, with endings that make it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from certif_rules.audit.cumuls import Alike, Suite, join, sums, totals


def whole(lines: Sequence[Alike], *minima: bool) -> set[tuple[int, ...]]:
    """The totals, once the endings given for each have been counted: as many as there are lines."""
    every = totals(lines, minima)
    for _, suite in every:
        assert ended(suite) == {place: number for place, (number, _) in enumerate(lines)}
    assert len({total for total, _ in every}) == len(every)
    return {total for total, _ in every}


def ended(suite: Suite) -> dict[int, int]:
    lines: Counter[int] = Counter()
    while suite is not None:
        (place, _), number, suite = suite
        lines[place] += number
    return dict(lines)


def test_lines_add_up_one_by_one() -> None:
    """Two lines that bring 0 (and 5 aside) or 3: 0, 3 or 6, over two, with 10, 5 or 0 aside."""
    assert whole([(2, ((0, 1, 5), (3, 1, 0)))], False) == {(0, 2, 10), (3, 2, 5), (6, 2, 0)}


def test_a_minimum_is_the_least_of_what_weighs() -> None:
    """Two lines at 0 (1 aside) or 3, and one at 1: the least is 0 with 2 or 1 aside, or 1.

    What weighs nothing is no least: beside a line at 2, one at 0 that weighs nothing leaves 2.
    """
    lines = [(2, ((0, 1, 1), (3, 1, 0))), (1, ((1, 1, 0),))]
    assert whole(lines, True) == {(0, 1, 2), (0, 1, 1), (1, 1, 0)}
    assert whole([(1, ((2, 1),)), (1, ((0, 0),))], True) == {(2, 1)}


def test_lines_that_end_in_one_way_are_counted_at_once() -> None:
    """Three lines worth 1 in a mean, 2 in a minimum, 7 aside: 3 over three, still 2, and 21."""
    lines: list[Alike] = [(3, ((1, 1, 2, 1, 7),))]
    assert whole(lines, False, True) == {(3, 3, 2, 1, 21)}
    assert totals(lines, (False, True)) == [((3, 3, 2, 1, 21), ((0, 0), 3, None))]


def test_two_measures_are_joined_each_in_its_way() -> None:
    """A line at 1 and 4, one at 2 and 3: the minimum is 1, and 4 and 3 add up to 7 over two."""
    assert whole([(1, ((1, 1, 4, 1),)), (1, ((2, 1, 3, 1),))], True, False) == {(1, 1, 7, 2)}


def test_nothing_joined_to_nothing_is_nothing() -> None:
    """No line weighs: no least, and no weight; two lines more at 3 add 6 and 2, or leave 3."""
    assert join((0, 0), (0, 0), minimum=True) == (0, 0)
    assert join((1, 1), (3, 1), minimum=False, number=2) == (7, 3)
    assert join((0, 0), (3, 1), minimum=True, number=2) == (3, 1)


def test_sums_of_some_that_may_be_nothing() -> None:
    """Two that are 0 or 1/2, three that are 1: 3, 7/2 or 4; one more that is 0 or 1/2 makes 9/2 too."""
    half, one = Fraction(1, 2), Fraction(1)
    both = [((Fraction(0), half), 2), ((one,), 3)]
    assert sums(both) == [3, Fraction(7, 2), 4]
    assert sums([*both, ((half, Fraction(0)), 1)]) == [3, Fraction(7, 2), 4, Fraction(9, 2)]
    assert sums([]) == [0]
