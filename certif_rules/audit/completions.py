"""What lines that are not known yet leave possible: each decision that some completion of them gives, exact.

A threshold on a count, a mean or a minimum is one on a sum over the lines: a mean is 1.5 at least when what
its values are over 1.5 adds up to zero or more. A decision is then a set of sums, each with its threshold,
those of the decisions before it turned round; ``audit/sommes.py`` says whether lines can end so. Nothing is
written out. What is not one set of sums is taken case by case: a mean that is under its threshold or of no
value, and what a sum of measures adds (whether a threshold is reached, a minimum, a mean, whose value is a
sum once the number of its lines is set).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Literal

from msgspec import Struct

from certif_rules.audit.jugement import LigneJugee, brought
from certif_rules.audit.sommes import Fins, reach
from certif_rules.model.jugement import Decision, Jugement, Mesure, Seuil
from certif_rules.model.referentiel import Constat

#: Values, how many there are, or how many are under a level, or up to it.
_Quoi = Literal["total", "nombre", "sous", "jusqu_a"]


class _Part(Struct, frozen=True):
    """What is added up over lines."""

    mesure: str
    quoi: _Quoi
    critere: str | None = None
    niveau: Fraction = Fraction(0)


class _Somme(Struct, frozen=True):
    """Parts, each times a number, and a constant: what they add up to is zero at least, or over zero."""

    parts: tuple[tuple[_Part, Fraction], ...]
    constante: Fraction
    stricte: bool = False


#: Sums that all hold.
_Cas = tuple[_Somme, ...]


class _Exigence(Struct, frozen=True):
    """Sums that hold, and of each list of cases, one that does."""

    sommes: _Cas = ()
    cas: tuple[tuple[_Cas, ...], ...] = ()

    def __add__(self, other: _Exigence) -> _Exigence:
        return _Exigence(self.sommes + other.sommes, self.cas + other.cas)


class _Valeur(Struct, frozen=True):
    """A measure as sums over lines; a count, or a sum of measures, has its ``parts`` and a constant."""

    mesure: Mesure
    critere: str | None = None
    parts: tuple[tuple[_Part, Fraction], ...] = ()
    constante: Fraction = Fraction(0)

    @property
    def toujours(self) -> bool:
        """Whether it has a value whatever the lines are."""
        return not (self.mesure.moyenne or self.mesure.minimum)

    def part(self, quoi: _Quoi, niveau: Fraction = Fraction(0)) -> _Part:
        """Return what it adds up over lines."""
        return _Part(self.mesure.id, quoi, self.critere, niveau)

    def absente(self) -> _Somme:
        """Return what holds when nothing is measured."""
        return _Somme(((self.part("nombre"), Fraction(-1)),), Fraction(0))

    def presente(self) -> _Cas:
        """Return what holds when something is measured."""
        return () if self.toujours else (_Somme(((self.part("nombre"), Fraction(1)),), Fraction(-1)),)

    def compare(self, sens: int, seuil: Fraction, *, stricte: bool) -> _Somme:
        """Return what holds when it is over a threshold (``sens`` is 1) or under it (-1)."""
        if self.mesure.minimum:
            under = self.part("sous" if stricte == (sens < 0) else "jusqu_a", seuil)
            return _Somme(((under, Fraction(-sens)),), Fraction(min(sens, 0)))
        if self.mesure.moyenne:
            parts = ((self.part("total"), Fraction(sens)), (self.part("nombre"), -sens * seuil))
            return _Somme(parts, Fraction(0), stricte)
        return _Somme(tuple((p, sens * f) for p, f in self.parts), sens * (self.constante - seuil), stricte)

    def is_(self, condition: Seuil) -> _Exigence:
        """Return what holds when the measure is what a condition asks."""
        return _Exigence(
            (*self.presente(), *(self.compare(s, t, stricte=e) for s, t, e in _asked(condition)))
        )

    def is_not(self, condition: Seuil) -> _Exigence:
        """Return what holds when it is not; nothing measured never is."""
        turned = [(-sens, seuil, not stricte) for sens, seuil, stricte in _asked(condition)]
        cases = tuple((self.compare(sens, seuil, stricte=stricte),) for sens, seuil, stricte in turned)
        if self.toujours:
            return _Exigence(cases[0]) if len(cases) == 1 else _Exigence(cas=(cases,))
        every = _Exigence(cas=((*cases, (self.absente(),)),))
        if len(cases) > 1:
            return every
        ((sens, seuil, stricte),) = turned
        if self.mesure.minimum:
            return every if sens < 0 else _Exigence(cases[0])
        # Nothing measured is at any threshold, as sums are: asked first, it spares going through the cases.
        at = _Exigence((self.compare(sens, seuil, stricte=False),))
        return at + every if stricte else at


def possible_decisions(
    jugement: Jugement, constats: Mapping[str, Constat], lignes: Sequence[LigneJugee]
) -> tuple[Decision, ...]:
    """Return the decisions that some completion of the lines gives, in the order they are declared."""
    search = Completions(jugement, constats, lignes)
    taken: set[int] = set()
    for added, known in search.worlds(jugement.decisions):
        search.take(jugement.decisions, added, known, taken)
        if len(taken) == len(jugement.decisions):
            break
    return tuple(decision for index, decision in enumerate(jugement.decisions) if index in taken)


def _asked(condition: Seuil) -> list[tuple[int, Fraction, bool]]:
    """Return the comparisons of a condition: over (1) or under (-1), a threshold, whether it is left out."""
    each = (
        (1, condition.au_moins, False),
        (1, condition.plus_de, True),
        (-1, condition.au_plus, False),
        (-1, condition.moins_de, True),
    )
    return [(sens, Fraction(text), stricte) for sens, text, stricte in each if text is not None]


#: What a sum of measures adds that is no sum over lines, once it is set: by measure and threshold. ``None``:
#: nothing measured.
_Connus = Mapping[tuple[str, str | None], Fraction | None]


class Completions:
    """The lines of one judgement, those that may end alike together, and what their endings add to sums."""

    def __init__(
        self, jugement: Jugement, constats: Mapping[str, Constat], lignes: Iterable[LigneJugee]
    ) -> None:
        self.jugement = jugement
        self.constats = constats
        alike: dict[object, LigneJugee] = {}
        numbers: Counter[object] = Counter()
        for ligne in lignes:
            etiquettes = ligne.indicateur.etiquettes if ligne.indicateur else ()
            key = (ligne.critere, etiquettes, ligne.possibles)
            alike[key] = ligne
            numbers[key] += 1
        self.lignes = list(alike.values())
        self.nombres = list(numbers.values())
        self.criteres = list(dict.fromkeys(li.critere for li in self.lignes if li.critere is not None))
        self.niveaux = sorted({Fraction(c.valeur) for c in constats.values() if c.valeur is not None})
        self.echelle = lcm(*(niveau.denominator for niveau in self.niveaux))
        self._values: dict[tuple[str, tuple[str, ...], str | None], int | None] = {}
        self._apports: dict[_Somme, tuple[list[list[int]], int]] = {}

    # ---- what decisions ask ------------------------------------------------------------------------------

    def ways(self, decision: Decision, known: _Connus) -> Iterator[_Exigence]:
        """Yield each way a decision is taken."""
        if not decision.si:
            yield _Exigence()
        for condition, valeur in self._conditions(decision, known):
            yield valeur.is_(condition)

    def refusals(self, decision: Decision, known: _Connus) -> Iterator[_Exigence]:
        """Yield what holds when a decision is not taken: none of its conditions does."""
        for condition, valeur in self._conditions(decision, known):
            yield valeur.is_not(condition)

    def _conditions(self, decision: Decision, known: _Connus) -> Iterator[tuple[Seuil, _Valeur]]:
        for condition in decision.si:
            mesure = self.jugement.mesures[condition.mesure]
            if mesure.moyenne == "par_critere":
                for critere in self.criteres:
                    if condition.critere in (None, critere):
                        yield condition, _Valeur(mesure, critere)
            elif (valeur := self._valeur(mesure, known)) is not None:
                yield condition, valeur

    def _valeur(self, mesure: Mesure, known: _Connus) -> _Valeur | None:
        """Return a measure as sums over lines; ``None`` when what it adds up has no value."""
        if mesure.compte:
            return _Valeur(mesure, parts=((_Part(mesure.id, "total"), Fraction(1)),))
        if not mesure.somme:
            return _Valeur(mesure)
        parts: list[tuple[_Part, Fraction]] = []
        constante = Fraction(0)
        for terme in mesure.somme:
            added = self.jugement.mesures[terme.mesure]
            if terme.seuil is None and added.moyenne:
                number = known[added.id, None]
                if not number:
                    return None
                parts.append((_Part(added.id, "total"), 1 / number))
            elif terme.seuil is not None or added.minimum:
                value = known[added.id, terme.seuil]
                if value is None:
                    return None
                constante += value
            else:
                valeur = self._valeur(added, known)
                if valeur is None:
                    return None
                parts.extend(valeur.parts)
                constante += valeur.constante
        return _Valeur(mesure, parts=tuple(parts), constante=constante)

    def outcomes(
        self, decisions: Sequence[Decision], before: _Exigence, known: _Connus
    ) -> Iterator[tuple[int, _Exigence]]:
        """Yield each way each decision (its place) is taken, once what was ``before`` holds."""
        for index, decision in enumerate(decisions):
            for way in self.ways(decision, known):
                yield index, before + way
            before = sum(self.refusals(decision, known), before)

    def take(self, decisions: Sequence[Decision], before: _Exigence, known: _Connus, taken: set[int]) -> None:
        """Add to ``taken`` the places of the decisions that lines can end in."""
        for index, held in self.outcomes(decisions, before, known):
            if index not in taken and self.possible(held):
                taken.add(index)

    # ---- what sums of measures add -----------------------------------------------------------------------

    def worlds(self, decisions: Iterable[Decision]) -> Iterator[tuple[_Exigence, _Connus]]:
        """Yield each way to set what the sums read add that is no sum over lines, with what then holds."""
        waiting = [condition.mesure for decision in decisions for condition in decision.si]
        used: set[str] = set()
        while waiting:
            nom = waiting.pop()
            used.add(nom)
            waiting.extend(terme.mesure for terme in self.jugement.mesures[nom].somme)
        termes = [
            (self.jugement.mesures[terme.mesure], terme.seuil)
            for mesure in self.jugement.mesures.values()
            if mesure.id in used
            for terme in mesure.somme
        ]
        wanted = [(m, s) for m, s in termes if s is not None or m.moyenne or m.minimum]
        yield from self._set(list({(m.id, s): (m, s) for m, s in wanted}.values()), _Exigence(), {})

    def _set(
        self, wanted: Sequence[tuple[Mesure, str | None]], held: _Exigence, known: _Connus
    ) -> Iterator[tuple[_Exigence, _Connus]]:
        if not wanted:
            yield held, known
            return
        (mesure, seuil), *others = wanted
        for value, exigence in self._settings(mesure, seuil, known):
            both = held + exigence
            if self.possible(both):
                yield from self._set(others, both, {**known, (mesure.id, seuil): value})

    def _settings(
        self, mesure: Mesure, seuil: str | None, known: _Connus
    ) -> Iterator[tuple[Fraction | None, _Exigence]]:
        """Yield each value that a term may be, with what then holds; of a mean, the number of its lines."""
        valeur = self._valeur(mesure, known)
        if valeur is None:
            yield Fraction(0), _Exigence()
        elif seuil is not None:
            condition = Seuil(mesure=mesure.id, au_moins=seuil)
            yield Fraction(1), valeur.is_(condition)
            yield Fraction(0), valeur.is_not(condition)
        elif mesure.minimum:
            yield None, _Exigence((valeur.absente(),))
            for niveau in self.niveaux:
                at = (valeur.compare(sens, niveau, stricte=False) for sens in (1, -1))
                yield niveau, _Exigence((*valeur.presente(), *at))
        else:
            part = valeur.part("nombre")
            for number in map(Fraction, range(sum(self.nombres) + 1)):
                both = (_Somme(((part, Fraction(sens)),), -sens * number) for sens in (1, -1))
                yield number, _Exigence(tuple(both))

    # ---- what lines can do -------------------------------------------------------------------------------

    def possible(self, exigence: _Exigence) -> bool:
        """Return whether lines can end so that all this holds."""
        fins = self._reached(exigence.sommes)
        if fins is None:
            return False
        for index, cases in enumerate(exigence.cas):
            if not any(all(self._holds(somme, fins) for somme in case) for case in cases):
                others = exigence.cas[:index] + exigence.cas[index + 1 :]
                return any(self.possible(_Exigence(exigence.sommes + case, others)) for case in cases)
        return True

    def _reached(self, sommes: _Cas) -> Fins | None:
        each = [self._adds(somme) for somme in dict.fromkeys(sommes)]
        lignes = [
            (
                number,
                {
                    (index, end): tuple(apports[index][end] for apports, _ in each)
                    for end in range(len(ligne.possibles))
                },
            )
            for index, (ligne, number) in enumerate(zip(self.lignes, self.nombres, strict=True))
        ]
        return reach(lignes, [seuil for _, seuil in each])

    def _holds(self, somme: _Somme, fins: Fins) -> bool:
        apports, seuil = self._adds(somme)
        return sum(n * apports[index][end] for (index, end), n in fins.items()) >= seuil

    def _adds(self, somme: _Somme) -> tuple[list[list[int]], int]:
        """Return what each ending of each group of lines adds to a sum, and its threshold, as integers."""
        if somme not in self._apports:
            scale = lcm(somme.constante.denominator, *(factor.denominator for _, factor in somme.parts))
            parts = [(part, int(factor * scale)) for part, factor in somme.parts]
            apports = [[self._add(parts, ligne, end) for end in ligne.possibles] for ligne in self.lignes]
            seuil = int(-somme.constante * scale) * self.echelle + somme.stricte
            self._apports[somme] = apports, seuil
        return self._apports[somme]

    def _add(self, parts: Sequence[tuple[_Part, int]], ligne: LigneJugee, constat: str | None) -> int:
        total = 0
        for part, factor in parts:
            if part.critere is None or part.critere == ligne.critere:
                value = self._brought(part.mesure, ligne, constat)
                if value is not None:
                    total += factor * _counted(part, value, self.echelle)
        return total

    def _brought(self, mesure: str, ligne: LigneJugee, constat: str | None) -> int | None:
        """Return what an ending of a line brings to a measure, times what makes every value whole."""
        key = (mesure, ligne.indicateur.etiquettes if ligne.indicateur else (), constat)
        if key not in self._values:
            value = brought(self.jugement.mesures[mesure], self.constats, ligne, constat)
            self._values[key] = None if value is None else int(value * self.echelle)
        return self._values[key]


def _counted(part: _Part, value: int, echelle: int) -> int:
    """Return what a line that a measure counts adds to a part of it, times ``echelle`` as its value is."""
    match part.quoi:
        case "total":
            return value
        case "nombre":
            return echelle
        case "sous":
            return echelle * (value < part.niveau * echelle)
        case _:
            return echelle * (value <= part.niveau * echelle)
