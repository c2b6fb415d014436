"""A row of the table of speeds: ours, another’s, their ratio, and the limits that it keeps to."""

from __future__ import annotations

from statistics import median

from courbe import number
from msgspec import Struct

TETES = ("mesure", "nous", "référence", "chiffre", "dû", "visé", "tenu")


class Rang(Struct, frozen=True):
    """A row: what is measured, ours and the other’s as text, the figure that has limits, and these limits.

    ``plus`` says that more is better; ``figure`` is a ratio where there is a reference.
    """

    quoi: str
    nous: str
    reference: str
    figure: float
    unite: str
    doit: float
    vise: float
    plus: bool = False

    @property
    def tenu(self) -> str:
        """Say which of the limits the figure keeps to."""
        for words, limit in (("visé", self.vise), ("dû", self.doit)):
            if self.figure >= limit if self.plus else self.figure <= limit:
                return words
        return "manqué"

    def cells(self) -> list[str]:
        """Return the cells of the row."""
        sign = "≥" if self.plus else "≤"
        limits = (f"{sign} {number(limit)}{self.unite}" for limit in (self.doit, self.vise))
        return [
            self.quoi,
            self.nous,
            self.reference,
            f"{number(self.figure)}{self.unite}",
            *limits,
            self.tenu,
        ]


def ms(seconds: float) -> str:
    """Return a time as it is read."""
    return f"{number(seconds * 1000)} ms" if seconds < 1 else f"{number(seconds)} s"


def sums(turns: list[dict[str, list[float]]], keys: tuple[str, ...]) -> list[float]:
    """Return for each turn the median of the sums of some of its times."""
    return [median(map(sum, zip(*(turn[key] for key in keys), strict=True))) for turn in turns]
