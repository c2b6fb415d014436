"""What the lines of one judgement add to sums, and whether they can end so that all hold: exact, pure.

Lines that may end alike are counted together. Where a sum is over criteria, a criterion whose lines may or
may not have a value is one choice among all that its lines can bring together: written out once, line after
line, what is alike being held once. What that costs grows with the number of different totals that the lines
of one criterion can make (of ten lines on four levels or none, some three hundred), never with that of their
endings; criteria are then chosen by ``audit/sommes.py``, as lines are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from math import lcm
from typing import TypeVar

from msgspec import Struct

from certif_rules.audit.exigences import Part, Somme
from certif_rules.audit.jugement import LigneJugee, brought
from certif_rules.audit.sommes import Apport, Fin, Fins, Semblables, reach
from certif_rules.model.jugement import Jugement
from certif_rules.model.referentiel import Constat


class _Ouvert(Struct, frozen=True):
    """What the mean of a criterion adds to a sum, beside the lines: times a number, and another at once."""

    critere: str
    mesure: str
    fois: Fraction
    plus: Fraction


class _Ajouts(Struct, frozen=True):
    """What each ending of each group of lines adds to a sum, and what it must reach, or be over."""

    apports: list[list[int]]
    seuil: int
    stricte: bool
    ouverts: tuple[_Ouvert, ...] = ()

    def over(self, total: Fraction) -> bool:
        """Return whether a total is enough."""
        return total > self.seuil if self.stricte else total >= self.seuil


_N = TypeVar("_N", int, Fraction)
#: The endings of lines, the last first.
_Suite = tuple[Fin, int, "_Suite"] | None


class Groupes:
    """The lines of one judgement, those that may end alike together."""

    def __init__(
        self, jugement: Jugement, constats: Mapping[str, Constat], lignes: Iterable[LigneJugee]
    ) -> None:
        self.jugement = jugement
        self.constats = constats
        self._pesees = [m for m in jugement.mesures.values() if m.moyenne and m.poids]
        alike: dict[object, LigneJugee] = {}
        numbers: Counter[object] = Counter()
        for ligne in lignes:
            etiquettes = ligne.indicateur.etiquettes if ligne.indicateur else ()
            poids = tuple(mesure.pese(ligne.id) for mesure in self._pesees)
            key = (ligne.critere, etiquettes, ligne.possibles, poids)
            alike[key] = ligne
            numbers[key] += 1
        self.lignes = list(alike.values())
        self.nombres = list(numbers.values())
        self.criteres = tuple(dict.fromkeys(li.critere for li in self.lignes if li.critere is not None))
        self.niveaux = sorted({Fraction(c.valeur) for c in constats.values() if c.valeur is not None})
        self._echelle = lcm(*(niveau.denominator for niveau in self.niveaux))
        self._pesante = lcm(*(Fraction(t).denominator for m in self._pesees for t in m.poids.values()))
        self._values: dict[tuple[str, tuple[str, ...], str | None], int | None] = {}
        self._ajouts: dict[Somme, _Ajouts] = {}

    def reached(self, sommes: Iterable[Somme]) -> Fins | None:
        """Return how many lines of each group end in each way so that all sums hold; else ``None``."""
        each = [self._adds(somme) for somme in dict.fromkeys(sommes)]
        ouverts = tuple(dict.fromkeys(o.critere for ajouts in each for o in ajouts.ouverts))
        lignes: list[Semblables] = [
            (number, {
                (index, end): tuple(ajouts.apports[index][end] for ajouts in each)
                for end in range(len(ligne.possibles))
            })
            for index, (ligne, number) in enumerate(zip(self.lignes, self.nombres, strict=True))
            if ligne.critere not in ouverts
        ]  # fmt: skip
        seuils = [ajouts.seuil for ajouts in each]
        if not ouverts:
            return reach(lignes, [s + a.stricte for s, a in zip(seuils, each, strict=True)])
        choix = [list(self._choices(critere, each)) for critere in ouverts]
        scales = [lcm(*(a[row].denominator for some in choix for a, _ in some)) for row in range(len(each))]
        suites: dict[Fin, _Suite] = {}
        lignes = [(n, {end: _scaled(a, scales) for end, a in some.items()}) for n, some in lignes]
        for index, some in enumerate(choix, start=len(self.lignes)):
            ends: dict[Apport, Fin] = {}
            for place, (apport, suite) in enumerate(some):
                ends.setdefault(_scaled(apport, scales), (index, place))
                suites[index, place] = suite
            lignes.append((1, {end: apport for apport, end in ends.items()}))
        fins = reach(lignes, [s * k + a.stricte for s, k, a in zip(seuils, scales, each, strict=True)])
        return None if fins is None else _written_out(fins, suites)

    def holds(self, somme: Somme, fins: Fins) -> bool:
        """Return whether lines that end so make a sum hold."""
        ajouts = self._adds(somme)
        total = Fraction(sum(n * ajouts.apports[index][end] for (index, end), n in fins.items()))
        for ouvert in ajouts.ouverts:
            here = [
                (index, end, n)
                for (index, end), n in fins.items()
                if n and self._is_in(index, ouvert.critere)
            ]
            joined = (0, 0)
            for index, end, number in here:
                pair = self._pair(ouvert.mesure, self.lignes[index], self.lignes[index].possibles[end])
                joined = self._join(ouvert.mesure, joined, pair, number)
            if joined[1]:
                total += ouvert.fois * Fraction(*joined) + ouvert.plus
        return ajouts.over(total)

    def _is_in(self, index: int, critere: str) -> bool:
        return self.lignes[index].critere == critere

    def weights(self, mesure: str) -> Iterator[Fraction]:
        """Yield each weight that the lines that a mean counts can have together."""
        pese = [self._weighed(mesure, ligne) for ligne in self.lignes]
        totals = _sums(zip(pese, self.nombres, strict=True))
        yield from (Fraction(total, self._unite) for total in sorted(totals))

    def weights_of_criteria(self, mesure: str) -> Iterator[Fraction]:
        """Yield each weight that the criteria that have a value can have together, in a mean over them."""
        over = self.jugement.mesures[mesure]
        (nom,) = over.moyenne_de
        each: list[tuple[tuple[Fraction, ...], int]] = []
        for critere in self.criteres:
            some = [self._weighed(nom, li) for li in self.lignes if li.critere == critere]
            may = (over.pese(critere),) if any(any(one) for one in some) else ()
            must = any(all(one) for one in some)
            each.append((may if must else (Fraction(0), *may), 1))
        yield from sorted(_sums(each))

    def means(self, mesure: str) -> list[Fraction]:
        """Return each value that a measure by criterion can have in some criterion."""
        values: set[Fraction] = set()
        for critere in self.criteres:
            for totals, _ in self._totals(critere, [mesure]):
                if totals[1]:
                    values.add(Fraction(*totals))
        return sorted(values)

    # ---- sums over criteria ------------------------------------------------------------------------------

    def _choices(
        self, critere: str, each: Sequence[_Ajouts]
    ) -> Iterator[tuple[tuple[Fraction, ...], _Suite]]:
        """Yield all that the lines of a criterion can bring to sums together, with endings that do so."""
        noms = list(dict.fromkeys(o.mesure for a in each for o in a.ouverts if o.critere == critere))
        for totals, suite in self._totals(critere, noms, each):
            means = {
                nom: Fraction(value, weight) if weight else None
                for nom, value, weight in zip(noms, totals[::2], totals[1::2], strict=False)
            }
            apports = []
            for ajouts, linear in zip(each, totals[2 * len(noms) :], strict=True):
                added = Fraction(linear)
                for ouvert in ajouts.ouverts:
                    mean = means.get(ouvert.mesure) if ouvert.critere == critere else None
                    if mean is not None:
                        added += ouvert.fois * mean + ouvert.plus
                apports.append(added)
            yield tuple(apports), suite

    def _totals(
        self, critere: str, noms: Sequence[str], each: Sequence[_Ajouts] = ()
    ) -> Iterable[tuple[Apport, _Suite]]:
        """Return what the lines of a criterion can be in measures, then add to sums, and by what endings."""
        size = 2 * len(noms)
        totals: dict[Apport, _Suite] = {(0,) * (size + len(each)): None}
        for index, (ligne, number) in enumerate(zip(self.lignes, self.nombres, strict=True)):
            if ligne.critere != critere:
                continue
            ends: dict[Apport, int] = {}
            for end, constat in enumerate(ligne.possibles):
                pairs = (self._pair(nom, ligne, constat) for nom in noms)
                apport = (*chain.from_iterable(pairs), *(a.apports[index][end] for a in each))
                ends.setdefault(apport, end)
            steps, step = (1, number) if len(ends) == 1 else (number, 1)
            for _ in range(steps):
                more: dict[Apport, _Suite] = {}
                for total, suite in totals.items():
                    for apport, end in ends.items():
                        pairs = (
                            self._join(nom, total[2 * k : 2 * k + 2], apport[2 * k : 2 * k + 2], step)
                            for k, nom in enumerate(noms)
                        )
                        adds = zip(total[size:], apport[size:], strict=True)
                        joined = (*chain.from_iterable(pairs), *(t + step * a for t, a in adds))
                        more.setdefault(joined, ((index, end), step, suite))
                totals = more
        return totals.items()

    def _pair(self, mesure: str, ligne: LigneJugee, constat: str | None) -> tuple[int, int]:
        """Return what an ending of a line is worth in a measure by criterion: weighed value, and weight."""
        total, poids = Part(mesure, "total"), Part(mesure, "poids")
        return self._line(total, ligne, constat), self._line(poids, ligne, constat)

    def _join(self, mesure: str, total: Sequence[int], pair: Sequence[int], number: int) -> tuple[int, int]:
        """Return what a measure by criterion is, with so many lines more."""
        if not self.jugement.mesures[mesure].minimum:
            return total[0] + number * pair[0], total[1] + number * pair[1]
        value, weight = min((each for each in (total, pair) if each[1]), default=(0, 0))
        return value, weight

    def _settled(self, mesure: str, critere: str) -> int | None:
        """Return what the lines of a criterion weigh in a mean, however they end; ``None``: it varies.

        What a minimum is of lines is no sum over them, whatever they weigh.
        """
        weight = 0
        lowest = bool(self.jugement.mesures[mesure].minimum)
        for ligne, number in zip(self.lignes, self.nombres, strict=True):
            if ligne.critere == critere:
                each = self._weighed(mesure, ligne)
                if len(each) > 1 or (lowest and each[0]):
                    return None
                weight += number * each[0]
        return weight

    def _weighed(self, mesure: str, ligne: LigneJugee) -> tuple[int, ...]:
        """Return each weight that a line may have in a mean."""
        part = Part(mesure, "poids")
        return tuple({self._line(part, ligne, constat) for constat in ligne.possibles})

    # ---- sums over lines ---------------------------------------------------------------------------------

    @property
    def _unite(self) -> int:
        return self._echelle * self._pesante

    def _adds(self, somme: Somme) -> _Ajouts:
        if somme not in self._ajouts:
            lines = [(part, factor) for part, factor in somme.parts if not part.par_critere]
            by_criterion = [(part, factor) for part, factor in somme.parts if part.par_critere]
            if by_criterion:
                self._ajouts[somme] = self._adds_by_criterion(somme, lines, by_criterion)
            else:
                scale = lcm(somme.constante.denominator, *(factor.denominator for _, factor in lines))
                parts = [(part, int(factor * scale)) for part, factor in lines]
                apports = [[self._add(parts, li, end) for end in li.possibles] for li in self.lignes]
                seuil = int(-somme.constante * scale) * self._unite
                self._ajouts[somme] = _Ajouts(apports, seuil, somme.stricte)
        return self._ajouts[somme]

    def _adds_by_criterion(
        self,
        somme: Somme,
        lines: Sequence[tuple[Part, Fraction]],
        by_criterion: Sequence[tuple[Part, Fraction]],
    ) -> _Ajouts:
        """Return what lines add, the mean of a criterion being a sum over its lines once their number is."""
        constante = somme.constante * self._unite
        adds = [[self._add(lines, li, end) for end in li.possibles] for li in self.lignes]
        varying: dict[tuple[str, str], list[Fraction]] = {}
        for part, factor in by_criterion:
            over = self.jugement.mesures[part.mesure]
            (nom,) = over.moyenne_de
            place = 0 if part.quoi == "valeurs" else 1
            for critere in self.criteres:
                fois = factor * over.pese(critere) * self._unite
                weight = self._settled(nom, critere)
                if weight is None:
                    varying.setdefault((critere, nom), [Fraction(0), Fraction(0)])[place] += fois
                elif weight and place:
                    constante += fois
                elif weight:
                    total = [(Part(nom, "total"), fois / weight)]
                    for index, ligne in enumerate(self.lignes):
                        if ligne.critere == critere:
                            for end, constat in enumerate(ligne.possibles):
                                adds[index][end] += self._add(total, ligne, constat)
        every = chain([constante], *adds)
        scale = lcm(*(number.denominator for number in every))
        return _Ajouts(
            [[int(number * scale) for number in each] for each in adds],
            int(-constante * scale),
            somme.stricte,
            tuple(_Ouvert(*key, fois * scale, plus * scale) for key, (fois, plus) in varying.items()),
        )

    def _add(self, parts: Sequence[tuple[Part, _N]], ligne: LigneJugee, constat: str | None) -> _N:
        total = 0 * parts[0][1] if parts else 0
        for part, factor in parts:
            total += factor * self._line(part, ligne, constat)
        return total

    def _line(self, part: Part, ligne: LigneJugee, constat: str | None) -> int:
        """Return what an ending of a line adds to a part, times what makes every value and weight whole."""
        if part.critere not in (None, ligne.critere):
            return 0
        value = self._brought(part.mesure, ligne, constat)
        if value is None:
            return 0
        weight = self._pese(part.mesure, ligne)
        level = part.niveau * self._echelle
        counted = part.quoi == "nombre" or value < level or (part.quoi == "jusqu_a" and value == level)
        return {"total": value * weight, "poids": self._echelle * weight}.get(
            part.quoi, self._unite * counted
        )

    def _pese(self, mesure: str, ligne: LigneJugee) -> int:
        poids = self.jugement.mesures[mesure]
        return int(poids.pese(ligne.id) * self._pesante) if poids.poids else self._pesante

    def _brought(self, mesure: str, ligne: LigneJugee, constat: str | None) -> int | None:
        """Return what an ending of a line brings to a measure, times what makes every value whole."""
        key = (mesure, ligne.indicateur.etiquettes if ligne.indicateur else (), constat)
        if key not in self._values:
            value = brought(self.jugement.mesures[mesure], self.constats, ligne, constat)
            self._values[key] = None if value is None else int(value * self._echelle)
        return self._values[key]


def _sums(each: Iterable[tuple[Iterable[_N], int]]) -> set[_N]:
    """Return what so many numbers, each nothing or one, or always one, can add up to."""
    alike: Counter[frozenset[_N]] = Counter()
    for options, number in each:
        alike[frozenset(options)] += number
    totals: set[_N] = {0}
    for options, number in alike.items():
        least, most = min(options), max(options)
        steps = range(number + 1) if least < most else (number,)
        totals = {t + most * step for t in totals for step in steps}
    return totals


def _scaled(apport: Sequence[Fraction | int], scales: Sequence[int]) -> Apport:
    return tuple(int(value * scale) for value, scale in zip(apport, scales, strict=True))


def _written_out(fins: Fins, suites: Mapping[Fin, _Suite]) -> Fins:
    """Return the endings of lines, those that a criterion was chosen with in its place."""
    lines: Fins = {}
    for end, number in fins.items():
        if end not in suites:
            lines[end] = number
        elif number:
            suite = suites[end]
            while suite is not None:
                of_line, step, suite = suite
                lines[of_line] = lines.get(of_line, 0) + step
    return lines
