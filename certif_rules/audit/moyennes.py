"""All that one mean can be, as one integer: pure, exact, and never listed value by value.

The bit ``number * largeur + rank`` says that a total of ``number`` values can be reached, ``rank`` being how
far it is above the least one, in steps that every value is made of. One more value is then a shift.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor, gcd


class MoyennesPossibles:
    """How the means of at most ``number`` values are held as bits, and told apart by ``thresholds``.

    Args:
        values: what a value may be, multiplied by ``echelle`` to be whole.
        echelle: that multiple.
        number: how many values there are, at most.
        thresholds: what means are held against, in order.
    """

    def __init__(
        self, values: Sequence[int], echelle: int, number: int, thresholds: Sequence[Fraction]
    ) -> None:
        self._echelle = echelle
        self._least = min(values, default=0)
        self._pas = gcd(*(value - self._least for value in values)) or 1
        highest = (max(values, default=0) - self._least) // self._pas
        self._octets = 1 + number * highest // 8
        self._cuts = [(t * echelle - self._least) / self._pas for t in thresholds]

    def step(self, value: int) -> int:
        """Return by how much one more value shifts the bits."""
        return self._octets * 8 + (value - self._least) // self._pas

    def read(self, bits: int) -> list[Fraction | None]:
        """Return one mean for each place that ``bits`` reach among the thresholds; ``None``: of no value."""
        means: dict[int, Fraction | None] = {}
        data = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
        if bits & 1:
            means[-1] = None
        for number in range(1, len(data) // self._octets + 1):
            ranks = int.from_bytes(data[number * self._octets : (number + 1) * self._octets], "little")
            for index, (start, end) in enumerate(self._places(number) if ranks else ()):
                inside = (ranks >> start) & ((1 << max(0, end - start)) - 1)
                if index not in means and inside:
                    rank = start + (inside & -inside).bit_length() - 1
                    means[index] = Fraction(self._least * number + self._pas * rank, self._echelle * number)
        return list(means.values())

    def _places(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield the ranks under the first threshold, at it, between it and the next, and so on."""
        start = 0
        for cut in self._cuts:
            exact = cut * number
            yield start, max(start, ceil(exact))
            yield max(0, ceil(exact)), max(0, floor(exact) + 1)
            start = max(0, floor(exact) + 1)
        yield start, self._octets * 8
