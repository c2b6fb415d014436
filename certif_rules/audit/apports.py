"""This module says what lines of one judgement add to sums, and whether all can hold at once: exact, pure.

Lines that may end alike are counted together. Where a sum is over criteria, a criterion whose lines may or
may not have a value is one choice among all that its lines can bring together (``audit/cumuls.py``); criteria
are then chosen by ``audit/sommes.py``, as lines are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from math import lcm

from msgspec import Struct

from certif_rules.audit.cumuls import Alike, Pair, Suite, join, sums, totals
from certif_rules.audit.exigences import Part, Somme
from certif_rules.audit.jugement import LigneJugee, brought
from certif_rules.audit.sommes import Apport, Fin, Fins, Semblables, reach
from certif_rules.model.jugement import Jugement
from certif_rules.model.referentiel import Constat


class _Ouvert(Struct, frozen=True):
    """The mean of a criterion adds to a sum, beside the lines, ``fois`` times itself and ``plus`` at once."""

    critere: str
    mesure: str
    fois: Fraction
    plus: Fraction


class _Ajouts(Struct, frozen=True):
    """Each ending of each group adds ``apports`` to a sum, which must reach ``seuil``, or be over it."""

    apports: list[list[int]]
    seuil: int
    stricte: bool
    ouverts: tuple[_Ouvert, ...] = ()

    def over(self, total: Fraction) -> bool:
        """Return whether a total is enough."""
        return total > self.seuil if self.stricte else total >= self.seuil


#: Groups of lines, with the place of each of the endings that differ.
_Places = list[tuple[int, list[int]]]


class Groupes:
    """The lines of one judgement are in groups, those that may end alike together."""

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
        self._unite = self._echelle * self._pesante
        self._values: dict[tuple[str, tuple[str, ...], str | None], int | None] = {}
        self._ajouts: dict[Somme, _Ajouts] = {}
        self._cumuls: dict[object, list[tuple[Apport, Suite]]] = {}

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
        suites: dict[Fin, tuple[_Places, Suite]] = {}
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
            pair = self._of_criterion(ouvert, fins)
            if pair[1]:
                total += ouvert.fois * Fraction(*pair) + ouvert.plus
        return ajouts.over(total)

    def _of_criterion(self, ouvert: _Ouvert, fins: Fins) -> Pair:
        """Return what a measure is in a criterion where lines end so."""
        here: Pair = (0, 0)
        for (index, end), number in fins.items():
            ligne = self.lignes[index]
            if number and ligne.critere == ouvert.critere:
                pair = self._pair(ouvert.mesure, ligne, ligne.possibles[end])
                here = join(here, pair, minimum=self._is_minimum(ouvert.mesure), number=number)
        return here

    def weights(self, mesure: str) -> list[Fraction]:
        """Return each weight that the lines that a mean counts can have together."""
        pese = [self._weighed(mesure, ligne) for ligne in self.lignes]
        options = ([Fraction(one, self._unite) for one in some] for some in pese)
        return sums(zip(options, self.nombres, strict=True))

    def weights_of_criteria(self, mesure: str) -> list[Fraction]:
        """Return each weight that the criteria that have a value can have together, in a mean over them."""
        over = self.jugement.mesures[mesure]
        (nom,) = over.moyenne_de
        each: list[tuple[tuple[Fraction, ...], int]] = []
        for critere in self.criteres:
            some = [self._weighed(nom, li) for li in self.lignes if li.critere == critere]
            may = (over.pese(critere),) if any(any(one) for one in some) else ()
            must = any(all(one) for one in some)
            each.append((may if must else (Fraction(0), *may), 1))
        return sums(each)

    def means(self, mesure: str) -> list[Fraction]:
        """Return each value that a measure by criterion can have in some criterion."""
        values: set[Fraction] = set()
        for critere in self.criteres:
            _, every = self._totals(critere, [mesure])
            values.update(Fraction(*pair) for pair, _ in every if pair[1])
        return sorted(values)

    # ---- sums over criteria ------------------------------------------------------------------------------

    def _choices(
        self, critere: str, each: Sequence[_Ajouts]
    ) -> Iterator[tuple[tuple[Fraction, ...], tuple[_Places, Suite]]]:
        """Yield all that the lines of a criterion can bring to sums together, with endings that do so."""
        here = [(row, o) for row, a in enumerate(each) for o in a.ouverts if o.critere == critere]
        noms = list(dict.fromkeys(ouvert.mesure for _, ouvert in here))
        places, every = self._totals(critere, noms, each)
        pairs = [(row, ouvert, 2 * noms.index(ouvert.mesure)) for row, ouvert in here]
        means: dict[tuple[int, Apport], Fraction] = {}
        for total, suite in every:
            apports = [Fraction(linear) for linear in total[2 * len(noms) :]]
            for row, ouvert, place in pairs:
                pair = total[place : place + 2]
                if pair[1]:
                    if (row, pair) not in means:
                        means[row, pair] = ouvert.fois * Fraction(*pair) + ouvert.plus
                    apports[row] += means[row, pair]
            yield tuple(apports), (places, suite)

    def _totals(
        self, critere: str, noms: Sequence[str], each: Sequence[_Ajouts] = ()
    ) -> tuple[_Places, list[tuple[Apport, Suite]]]:
        """Return what the lines of a criterion can be in measures, then add to sums; and their endings.

        Criteria with like lines are written out once.
        """
        places: _Places = []
        lines: list[Alike] = []
        for index, (ligne, number) in enumerate(zip(self.lignes, self.nombres, strict=True)):
            if ligne.critere == critere:
                ends: dict[Apport, int] = {}
                for end, constat in enumerate(ligne.possibles):
                    pairs = (self._pair(nom, ligne, constat) for nom in noms)
                    apport = (*chain.from_iterable(pairs), *(a.apports[index][end] for a in each))
                    ends.setdefault(apport, end)
                places.append((index, list(ends.values())))
                lines.append((number, tuple(ends)))
        minima = tuple(self._is_minimum(nom) for nom in noms)
        key = (minima, *lines)
        if key not in self._cumuls:
            self._cumuls[key] = totals(lines, minima)
        return places, self._cumuls[key]

    def _is_minimum(self, nom: str) -> bool:
        return bool(self.jugement.mesures[nom].minimum)

    def _pair(self, mesure: str, ligne: LigneJugee, constat: str | None) -> tuple[int, int]:
        """Return what an ending of a line is worth in a measure by criterion: weighed value, and weight."""
        total, poids = Part(mesure, "total"), Part(mesure, "poids")
        return self._line(total, ligne, constat), self._line(poids, ligne, constat)

    def _settled(self, mesure: str, critere: str) -> int | None:
        """Return what the lines of a criterion weigh in a mean, however they end; ``None``: it varies.

        What a minimum is of lines is no sum over them, whatever they weigh.
        """
        weight = 0
        lowest = self._is_minimum(mesure)
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

    def _adds(self, somme: Somme) -> _Ajouts:
        if somme not in self._ajouts:
            lines = [(part, factor) for part, factor in somme.parts if not part.par_critere]
            by_criterion = [(part, factor) for part, factor in somme.parts if part.par_critere]
            if by_criterion:
                self._ajouts[somme] = self._adds_by_criterion(somme, lines, by_criterion)
            else:
                scale = lcm(somme.constante.denominator, *(factor.denominator for _, factor in lines))
                parts = [(part, int(factor * scale)) for part, factor in lines]
                apports = [
                    [sum(f * self._line(part, li, end) for part, f in parts) for end in li.possibles]
                    for li in self.lignes
                ]
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

    def _add(
        self, parts: Sequence[tuple[Part, Fraction]], ligne: LigneJugee, constat: str | None
    ) -> Fraction:
        return sum((f * self._line(part, ligne, constat) for part, f in parts), Fraction(0))

    def _line(self, part: Part, ligne: LigneJugee, constat: str | None) -> int:
        """Return what an ending of a line adds to a part, times what makes every value and weight whole."""
        if part.critere not in (None, ligne.critere):
            return 0
        value = self._brought(part.mesure, ligne, constat)
        if value is None:
            return 0
        if part.quoi in {"total", "poids"}:
            return (value if part.quoi == "total" else self._echelle) * self._pese(part.mesure, ligne)
        if part.quoi == "nombre":
            return self._unite
        level = part.niveau * self._echelle
        return self._unite * (value <= level if part.quoi == "jusqu_a" else value < level)

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


def _scaled(apport: Sequence[Fraction | int], scales: Sequence[int]) -> Apport:
    return tuple(int(value * scale) for value, scale in zip(apport, scales, strict=True))


def _written_out(fins: Fins, suites: Mapping[Fin, tuple[_Places, Suite]]) -> Fins:
    """Return the endings of lines, those that a criterion was chosen with in its place."""
    lines: Fins = {}
    for name, number in fins.items():
        if name not in suites:
            lines[name] = number
        elif number:
            places, suite = suites[name]
            while suite is not None:
                (place, end), step, suite = suite
                index, ends = places[place]
                lines[index, ends[end]] = lines.get((index, ends[end]), 0) + step
    return lines
