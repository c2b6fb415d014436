"""This module tells whether lines can end so that sums reach what is asked of each, at once: pure, exact.

Lines with the same endings are counted together: a thousand of them cost what ten do. A direction (how much
each sum weighs) bounds all that the lines can bring together; where that is short of what is asked, nothing
is possible. Directions are turned towards what is missing (a simplex over the best endings in each) until one
refutes, or a mix of them reaches all that is asked; the mix is then rounded to whole lines. Floats only say
where to look: a refusal is a sum of integers, an answer is a number of lines for each ending, added up.

Where neither comes, all that the lines can make is written out, while it is little: sums of a few levels over
a few lines, of criteria the mean of each. Else one number of lines is split in two, and each half asked. The
number of halves is bounded by a power of the number of lines that grows with the number of sums: no way is
known to do without, since sums that are as many as the lines can state any puzzle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import ceil, gcd
from operator import add, ge, mul, sub

#: An ending, by the group of lines that may end so, and its place among theirs.
Fin = tuple[int, int]
#: What one ending of a line adds to each sum.
Apport = tuple[int, ...]
#: Lines that may end alike: how many, and what each ending adds.
Semblables = tuple[int, Mapping[Fin, Apport]]
#: How many lines end in each way.
Fins = dict[Fin, int]

#: The endings of lines, the last first.
_Suite = tuple[Fin, "_Suite"] | None

#: Most endings of one line that are added to what others make, before lines are split rather.
_ETATS = 100_000
#: What a direction is multiplied by to be whole.
_ENTIER = 1 << 60
#: What floats are not told apart by.
_PRES = 1e-9
#: Most endings of one line that are parted one by one.
_PEU = 8
#: Most directions looked at before lines are split.
_TOURS = 60


def reach(lignes: Sequence[Semblables], seuils: Sequence[int], *, part: bool = False) -> Fins | None:
    """Return endings with which every sum is its threshold at least; ``None`` when there are none.

    ``part``: they are one side of lines that were split.
    """
    fins: Fins = {}
    reduced = _reduced(lignes, seuils, fins)
    if reduced is None:
        return None
    lignes, seuils = reduced
    if not seuils:
        return fins
    melange = _Melange(lignes, seuils)
    going = not melange.refuted
    while going:
        whole = _rounded(lignes, seuils, melange.shares()) if melange.least >= -_PRES else None
        if whole is not None:
            return _together([fins, *whole])
        going = melange.turn()
    if melange.refuted:
        return None
    every = None if part else _totals(lignes, seuils)
    if every is None:
        halves = (reach(half, seuils, part=True) for half in _halves(lignes, melange.shares()))
        every = list(islice((ends for ends in halves if ends is not None), 1))
    return _together([fins, *every]) if every else None


def _together(each: Sequence[Fins]) -> Fins:
    fins: Fins = {}
    for name, number in (pair for ends in each for pair in ends.items()):
        fins[name] = fins.get(name, 0) + number
    return fins


def _reduced(
    lignes: Sequence[Semblables], seuils: Sequence[int], fins: Fins
) -> tuple[list[Semblables], list[int]] | None:
    """Return what is left to choose, and to reach; ``None`` when one sum alone is out of reach.

    Lines that end in one way are counted in ``fins``; an ending that adds no more to any sum than another is
    left out, as are sums that any ending brings to their threshold.
    """
    size = -1
    left = list(lignes)
    asked = list(seuils)
    while size != (size := len(asked) + sum(len(endings) for _, endings in left)):
        columns = [(number, list(zip(*endings.values(), strict=True))) for number, endings in left]
        rows = []
        for row in range(len(asked)):
            each = [(number, values[row]) for number, values in columns]
            lowest = sum(number * min(values) for number, values in each)
            pas = gcd(*(value - values[0] for _, values in each for value in values[1:])) or 1
            asked[row] = lowest - (lowest - asked[row]) // pas * pas
            if sum(number * max(values) for number, values in each) < asked[row]:
                return None
            if lowest < asked[row]:
                rows.append(row)
        kinds: dict[tuple[Apport, ...], list[int]] = {}
        shown = ((n, {e: tuple(a[row] for row in rows) for e, a in ends.items()}) for n, ends in left)
        left = [(number, _best(endings, kinds)) for number, endings in shown]
        asked = [asked[row] for row in rows]
        for number, endings in left:
            if len(endings) == 1:
                ((name, apport),) = endings.items()
                fins[name] = fins.get(name, 0) + number
                asked = [seuil - number * value for seuil, value in zip(asked, apport, strict=True)]
        left = [(number, endings) for number, endings in left if len(endings) > 1]
    return left, asked


def _best(endings: Mapping[Fin, Apport], like: dict[tuple[Apport, ...], list[int]]) -> dict[Fin, Apport]:
    """Return the endings that no other equals or betters in every sum; ``like`` holds those told already."""
    apports = tuple(endings.values())
    if apports not in like:
        best: list[int] = []
        for place in sorted(range(len(apports)), key=apports.__getitem__, reverse=True):
            # Of two sums, the last ending taken has the most in the second: none before it betters more.
            others = best if len(apports[place]) > 2 else best[-1:]
            if not any(all(map(ge, apports[other], apports[place])) for other in others):
                best.append(place)
        like[apports] = best
    names = list(endings)
    return {names[place]: apports[place] for place in like[apports]}


def _rounded(
    lignes: Sequence[Semblables], seuils: Sequence[int], shares: Sequence[Mapping[Fin, float]]
) -> list[Fins] | None:
    """Return whole numbers of lines close to ``shares``, moved one by one while that brings sums closer."""
    each: list[Fins] = []
    over = [-seuil for seuil in seuils]
    for (number, endings), share in zip(lignes, shares, strict=True):
        wanted = {name: number * share.get(name, 0.0) for name in endings}
        fins = {name: int(value + _PRES) for name, value in wanted.items()}
        nearest = sorted(wanted, key=lambda name: fins[name] - wanted[name])
        for name in nearest[: number - sum(fins.values())]:
            fins[name] += 1
        for name, times in fins.items():
            over = [o + times * value for o, value in zip(over, endings[name], strict=True)]
        each.append(fins)
    missing = _missing(over)
    while missing:
        steps = ((_missing(map(add, over, step)), move) for step, move in _moves(lignes, each))
        less, (index, start, end) = min(steps, key=lambda one: one[0])
        if less >= missing:
            return None
        each[index][start] -= 1
        each[index][end] += 1
        endings = lignes[index][1]
        over = [o + b - a for o, a, b in zip(over, endings[start], endings[end], strict=True)]
        missing = less
    return each


def _moves(
    lignes: Sequence[Semblables], each: Sequence[Fins]
) -> Iterator[tuple[Apport, tuple[int, Fin, Fin]]]:
    """Yield what one line that would end otherwise changes, and which."""
    for index, ((_, endings), fins) in enumerate(zip(lignes, each, strict=True)):
        for start, before in endings.items():
            if fins[start]:
                for end, after in endings.items():
                    yield tuple(map(sub, after, before)), (index, start, end)


def _missing(over: Iterable[int]) -> int:
    return -sum(o for o in over if o < 0)


def _totals(lignes: Sequence[Semblables], seuils: Sequence[int]) -> list[Fins] | None:
    """Write out what lines can make of every sum, one line after another, while it is little.

    Return endings that reach the thresholds, or an empty list where none do; ``None`` where it is too much.
    """
    most = [sum(n * max(a[row] for a in ends.values()) for n, ends in lignes) for row in range(len(seuils))]
    totals: dict[Apport, _Suite] = {(0,) * len(seuils): None}
    for number, endings in lignes:
        best = tuple(map(max, zip(*endings.values(), strict=True)))
        for _ in range(number):
            most = [m - b for m, b in zip(most, best, strict=True)]
            wanted = [seuil - m for seuil, m in zip(seuils, most, strict=True)]
            if len(totals) * len(endings) > _ETATS:
                return None
            more: dict[Apport, _Suite] = {}
            for total, suite in totals.items():
                for name, apport in endings.items():
                    added = tuple(map(add, total, apport))
                    if all(map(ge, added, wanted)):
                        more.setdefault(added, (name, suite))
            totals = more
    if not totals:
        return []
    fins: Fins = {name: 0 for _, endings in lignes for name in endings}
    suite = next(iter(totals.values()))
    while suite is not None:
        name, suite = suite
        fins[name] += 1
    return [fins]


def _halves(
    lignes: Sequence[Semblables], shares: Sequence[Mapping[Fin, float]]
) -> Iterator[list[Semblables]]:
    """Yield both sides of the number of lines that is the least whole: as many as that at least, or fewer.

    Of what is chosen once among many, as a criterion is, both sides of the choices that were mixed.
    """
    places = [
        (abs((number * share.get(name, 0.0)) % 1 - 0.5), index, name)
        for index, ((number, endings), share) in enumerate(zip(lignes, shares, strict=True))
        for name in endings
    ]
    _, index, name = min(places, key=lambda place: place[:2])
    number, endings = lignes[index]
    most = max(1, min(number, ceil(number * shares[index].get(name, 0.0))))
    others = [*lignes[:index], *lignes[index + 1 :]]
    if number == 1 and len(endings) > _PEU:
        yield from ([*others, (1, side)] for side in _sides(endings, shares[index]))
        return
    without = {other: apport for other, apport in endings.items() if other != name}
    for parts in (
        [(most, {name: endings[name]}), (number - most, endings)],
        [(number - most + 1, without), (most - 1, endings)],
    ):
        yield [*others, *(part for part in parts if part[0])]


def _sides(endings: Mapping[Fin, Apport], share: Mapping[Fin, float]) -> list[dict[Fin, Apport]]:
    """Part choices in two where those that were mixed stand the furthest apart, of all that choices do."""
    mixed = [endings[name] for name, part in share.items() if part > _PRES]

    def apart(values: Sequence[int], every: Sequence[int]) -> float:
        return (max(values) - min(values)) / (max(every) - min(every) or 1)

    columns = list(zip(zip(*mixed, strict=True), zip(*endings.values(), strict=True), strict=True))
    row = max(range(len(columns)), key=lambda row: (apart(*columns[row]), len(set(columns[row][1])) > 1))
    values, every = columns[row]
    middle = (min(values) + max(values)) // 2 if max(values) > min(values) else (min(every) + max(every)) // 2
    under = {name: apport for name, apport in endings.items() if apport[row] <= middle}
    return [under, {name: apport for name, apport in endings.items() if name not in under}]


class _Melange:
    """A mix of the best endings in some directions makes its least sum beside its threshold grow.

    It is the revised simplex for « as much as possible over every threshold at once », columns being made as
    they are wanted: the best endings in the direction that the mix lacks.
    """

    def __init__(self, lignes: Sequence[Semblables], seuils: Sequence[int]) -> None:
        self._lignes = lignes
        self._seuils = seuils
        self.refuted = False
        self._tours = 0
        spread = [
            max(abs(sum(n * pick(a[row] for a in ends.values()) for n, ends in lignes) - seuil)
                for pick in (min, max))
            for row, seuil in enumerate(seuils)
        ]  # fmt: skip
        self._echelles = [max(1, each) for each in spread]
        rows = range(len(seuils))
        best, column = self._towards([_ENTIER // each for each in self._echelles])
        worst = min(rows, key=lambda row: column[row])
        # The basis: the endings of a column, ``None`` for the least, the index of a sum for what it is over.
        self._base: list[list[Fin] | int | None] = [best, None, *(row for row in rows if row != worst)]
        zero = [0.0] * (len(seuils) + 1)
        last = [*zero[:-1], 1.0]
        least = [*zero[:worst], -1.0, *zero[worst + 1 : -1], column[worst]]
        overs = []
        for row in (row for row in rows if row != worst):
            over = [*zero[:-1], column[row] - column[worst]]
            over[worst], over[row] = 1.0, -1.0
            overs.append(over)
        self._inverse = [last, least, *overs]

    @property
    def least(self) -> float:
        """Return how far over its threshold the sum that is least so is; below zero, under."""
        return self._inverse[self._base.index(None)][-1]

    def shares(self) -> list[dict[Fin, float]]:
        """Return, for each group of lines, the share of each ending in the mix."""
        shares: list[dict[Fin, float]] = [{} for _ in self._lignes]
        for held, row in zip(self._base, self._inverse, strict=True):
            if isinstance(held, list):
                for share, name in zip(shares, held, strict=True):
                    share[name] = share.get(name, 0.0) + row[-1]
        return shares

    def turn(self) -> bool:
        """Better the mix by one column, and return whether there was one; ``refuted`` when none can do."""
        duals = self._inverse[self._base.index(None)]
        weights = [-dual for dual in duals[:-1]]
        lowest = min(range(len(weights)), key=lambda row: weights[row])
        if weights[lowest] < -_PRES:
            entering: list[Fin] | int = lowest
            column = [0.0] * len(duals)
            column[lowest] = -1.0
        else:
            direction = [
                int(max(0.0, weight) * _ENTIER) // scale
                for weight, scale in zip(weights, self._echelles, strict=True)
            ]
            entering, column = self._towards(direction)
            if self.refuted or sum(map(mul, weights, column)) <= duals[-1] + _PRES:
                return False
            column.append(1.0)
        self._tours += 1
        return self._enter(entering, column) and self._tours < _TOURS

    def _towards(self, direction: Sequence[int]) -> tuple[list[Fin], list[float]]:
        """Return the best endings in a direction, and how far over the thresholds they bring the sums."""
        over = [-seuil for seuil in self._seuils]
        names = []
        for number, endings in self._lignes:
            name, apport = max(endings.items(), key=lambda one: sum(map(mul, direction, one[1])))
            names.append(name)
            over = [o + number * value for o, value in zip(over, apport, strict=True)]
        self.refuted = sum(map(mul, direction, over)) < 0
        return names, [o / scale for o, scale in zip(over, self._echelles, strict=True)]

    def _enter(self, entering: list[Fin] | int, column: Sequence[float]) -> bool:
        """Put a column in the basis, for the one that it empties first."""
        steps = [sum(map(mul, row, column)) for row in self._inverse]
        ratios = [
            (self._inverse[index][-1] / step, index)
            for index, step in enumerate(steps)
            if step > _PRES and self._base[index] is not None
        ]
        leaving = min(ratios, default=None)
        return leaving is not None and self._exchange(leaving[1], entering, steps)

    def _exchange(self, leaving: int, entering: list[Fin] | int, steps: Sequence[float]) -> bool:
        pivot = [value / steps[leaving] for value in self._inverse[leaving]]
        for index, row in enumerate(self._inverse):
            self._inverse[index] = [v - steps[index] * p for v, p in zip(row, pivot, strict=True)]
        self._inverse[leaving] = pivot
        self._base[leaving] = entering
        return True
