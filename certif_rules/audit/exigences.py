"""What a condition asks of a measure, as sums over the lines with a threshold each: pure, nothing reckoned.

A threshold on a count, a mean or a minimum is one on a sum over the lines: a mean is 1.5 at least when what
its values are over 1.5, times what they weigh, adds up to zero or more. A mean over criteria is one on a sum
over the criteria: what the mean of each is over 1.5, times what the criterion weighs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.model.base import Comparaison
from certif_rules.model.jugement import Mesure, Seuil

#: Over lines: weighed values, what they weigh, how many there are, how many are under a level, or up to it.
#: Over criteria that have a value: weighed values, and what the criteria weigh.
Quoi = Literal["total", "poids", "nombre", "sous", "jusqu_a", "valeurs", "criteres"]


class Part(Struct, frozen=True):
    """A part names what is added up over lines, or over criteria."""

    mesure: str
    quoi: Quoi
    critere: str | None = None
    niveau: Fraction = Fraction(0)

    @property
    def par_critere(self) -> bool:
        """Return whether it is added up over criteria, of each of which it is no sum over lines."""
        return self.quoi in {"valeurs", "criteres"}


class Somme(Struct, frozen=True):
    """A sum adds parts, each times a number, and a constant: the total is zero at least, or over zero."""

    parts: tuple[tuple[Part, Fraction], ...]
    constante: Fraction
    stricte: bool = False


class Requis(Struct, frozen=True):
    """A requirement joins sums that hold with lists of cases, of each of which one holds."""

    sommes: tuple[Somme, ...] = ()
    cas: tuple[tuple[Requis, ...], ...] = ()

    def __add__(self, other: Requis) -> Requis:
        return Requis(self.sommes + other.sommes, self.cas + other.cas)


#: What never holds.
JAMAIS = Requis((Somme((), Fraction(-1)),))


def all_of(each: Iterable[Requis]) -> Requis:
    """Return what holds when all of them do."""
    return sum(each, Requis())


def one_of(each: Iterable[Requis]) -> Requis:
    """Return what holds when one of them does."""
    cases = tuple(each)
    if not cases:
        return JAMAIS
    return cases[0] if len(cases) == 1 else Requis(cas=(cases,))


#: Of each comparison, whether it is over (1) or under (-1), whether its threshold is left out, its opposite.
_SENS: Mapping[Comparaison, tuple[int, bool, Comparaison]] = {
    "au_moins": (1, False, "moins_de"),
    "plus_de": (1, True, "au_plus"),
    "au_plus": (-1, False, "plus_de"),
    "moins_de": (-1, True, "au_moins"),
}


def asked(condition: Seuil) -> list[tuple[int, Fraction, bool]]:
    """Return the comparisons of a condition: over (1) or under (-1), a threshold, whether it is left out."""
    return [(_SENS[mot][0], seuil, _SENS[mot][1]) for mot, seuil in condition.comparaisons.items()]


def turned(condition: Seuil) -> list[Seuil]:
    """Return, for each comparison of a condition, the one that holds of a value where it does not."""
    bare = Seuil(mesure=condition.mesure, critere=condition.critere)
    each = ((opposite, getattr(condition, mot)) for mot, (_, _, opposite) in _SENS.items())
    return [replace(bare, **{mot: text}) for mot, text in each if text is not None]


class Grandeur(Struct, frozen=True):
    """A measure is read as sums over lines or criteria; a count, or a sum, has parts and a constant.

    ``criteres`` are those that a mean over criteria is made over; ``None`` for any other measure.
    """

    mesure: Mesure
    critere: str | None = None
    parts: tuple[tuple[Part, Fraction], ...] = ()
    constante: Fraction = Fraction(0)
    criteres: tuple[str, ...] | None = None

    @property
    def toujours(self) -> bool:
        """Return whether it has a value whatever the lines are."""
        return not (self.mesure.moyenne or self.mesure.minimum) and self.criteres is None

    def part(self, quoi: Quoi, niveau: Fraction = Fraction(0)) -> Part:
        """Return what it adds up."""
        return Part(self.mesure.id, quoi, self.critere, niveau)

    def absente(self) -> Somme:
        """Return what holds when nothing is measured."""
        return Somme(tuple((part, Fraction(-1)) for part in self._numbers()), Fraction(0))

    def presente(self) -> tuple[Somme, ...]:
        """Return what holds when something is measured."""
        if self.toujours:
            return ()
        return (Somme(tuple((part, Fraction(1)) for part in self._numbers()), Fraction(-1)),)

    def _numbers(self) -> tuple[Part, ...]:
        if self.criteres is None:
            return (self.part("nombre"),)
        (nom,) = self.mesure.moyenne_de
        return tuple(Part(nom, "nombre", critere) for critere in self.criteres)

    def compare(self, sens: int, seuil: Fraction, *, stricte: bool) -> Somme:
        """Return what holds when it is over a threshold (``sens`` is 1) or under it (-1)."""
        if self.mesure.minimum:
            under = self.part("sous" if stricte == (sens < 0) else "jusqu_a", seuil)
            return Somme(((under, Fraction(-sens)),), Fraction(min(sens, 0)))
        if self.toujours:
            parts = tuple((part, sens * factor) for part, factor in self.parts)
            return Somme(parts, sens * (self.constante - seuil), stricte)
        value, weight = self.weighed()
        return Somme(((value, Fraction(sens)), (weight, -sens * seuil)), Fraction(0), stricte)

    def weighed(self) -> tuple[Part, Part]:
        """Return what the weighed values of a mean are, and what they weigh."""
        if self.criteres is None:
            return self.part("total"), self.part("poids")
        return self.part("valeurs"), self.part("criteres")

    def is_(self, condition: Seuil) -> Requis:
        """Return what holds when the measure is what a condition asks."""
        return Requis((*self.presente(), *(self.compare(s, t, stricte=e) for s, t, e in asked(condition))))

    def is_not(self, condition: Seuil) -> Requis:
        """Return what holds when it is not; nothing measured never is."""
        opposite = [(-sens, seuil, not stricte) for sens, seuil, stricte in asked(condition)]
        cases = tuple(
            Requis((self.compare(sens, seuil, stricte=stricte),)) for sens, seuil, stricte in opposite
        )
        if self.toujours:
            return one_of(cases)
        every = one_of((*cases, Requis((self.absente(),))))
        if len(cases) > 1:
            return every
        ((sens, seuil, stricte),) = opposite
        if self.mesure.minimum:
            return every if sens < 0 else cases[0]
        # Nothing measured is at any threshold, as sums are: asked first, it spares going through the cases.
        at = Requis((self.compare(sens, seuil, stricte=False),))
        return at + every if stricte else at
