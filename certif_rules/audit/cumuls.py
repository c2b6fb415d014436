"""This module writes each total that lines can make together once, with lines that make it: exact, pure.

What that costs grows with the number of different totals (of ten lines on four levels or none, some three
hundred for a mean), never with that of their endings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain
from operator import add

from certif_rules.audit.sommes import Apport

#: How many lines end in one way (the place of the lines, and that of the ending), then those before them.
Suite = tuple[tuple[int, int], int, "Suite"] | None
#: Lines that may end alike: how many, and what each ending brings.
Alike = tuple[int, tuple[Apport, ...]]
#: A weighed value and its weight, or the least value and a weight.
Pair = tuple[int, int]


def totals(lines: Sequence[Alike], minima: Sequence[bool]) -> list[tuple[Apport, Suite]]:
    """Return all that lines can make, and how.

    Args:
        lines: some at least; what each ending brings: a pair for each measure, then numbers that add up.
        minima: for each measure, whether lines make its least value rather than add up.
    """
    lowest = {place for each, minimum in enumerate(minima) if minimum for place in (2 * each, 2 * each + 1)}
    reached: dict[Apport, Suite] = {(0,) * len(lines[0][1][0]): None}
    for place, (number, ends) in enumerate(lines):
        steps, step = (1, number) if len(ends) == 1 else (number, 1)
        brought = [
            (tuple(v if i in lowest else step * v for i, v in enumerate(end)), (place, index))
            for index, end in enumerate(ends)
        ]
        for _ in range(steps):
            more: dict[Apport, Suite] = {}
            for total, suite in reached.items():
                for apport, end in brought:
                    more.setdefault(_joined(total, apport, minima if lowest else ()), (end, step, suite))
            reached = more
    return list(reached.items())


def _joined(total: Apport, apport: Apport, minima: Sequence[bool]) -> Apport:
    joined = tuple(map(add, total, apport))
    if not minima:
        return joined
    places = [slice(2 * place, 2 * place + 2) for place in range(len(minima))]
    pairs = (join(total[p], apport[p], minimum=m) for p, m in zip(places, minima, strict=True))
    return (*chain.from_iterable(pairs), *joined[2 * len(minima) :])


def join(total: Sequence[int], pair: Sequence[int], *, minimum: bool, number: int = 1) -> Pair:
    """Return what a measure by criterion is, with so many lines more."""
    if not minimum:
        return total[0] + number * pair[0], total[1] + number * pair[1]
    return min(((each[0], each[1]) for each in (total, pair) if each[1]), default=(0, 0))


def sums(each: Iterable[tuple[Iterable[Fraction], int]]) -> list[Fraction]:
    """Return what so many numbers, each nothing or one, or always one, can add up to, in order."""
    alike: Counter[frozenset[Fraction]] = Counter()
    for options, number in each:
        alike[frozenset(options)] += number
    reached = {Fraction(0)}
    for options, number in alike.items():
        least, most = min(options), max(options)
        steps = range(number + 1) if least < most else (number,)
        reached = {total + most * step for total in reached for step in steps}
    return sorted(reached)
