"""From findings to a decision, with what is not known yet kept unknown: pure, exact fractions.

A line may still end with any of several findings. Every completion is followed at once: lines are added one
by one to the set of states that the measures can be in, counts stopping where no threshold can tell them
apart. A mean has too many states to be listed: all that it can be is one integer, a bit for each total of
each number of lines, and it is read back only as far as thresholds tell means apart. The least and greatest
means alone would not do: between them, some decisions may be out of reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from math import ceil, lcm

from msgspec import Struct

from certif_rules.audit.moyennes import MoyennesPossibles
from certif_rules.model.jugement import Decision, Jugement, Mesure, Seuil
from certif_rules.model.referentiel import Constat, Indicateur

#: What a measure is worth: ``None`` when nothing was measured, which no condition accepts.
Nombre = Fraction | None
#: A mean by criterion has one value per criterion (its id).
Valeur = Nombre | Mapping[str, Nombre]

# A sum of values and how many there are, or a minimum and whether there is one.
_Cumul = tuple[Fraction, int]
_RIEN: _Cumul = (Fraction(0), 0)


class LigneJugee(Struct, frozen=True, kw_only=True):
    """A line as it is judged, or a check: without ``indicateur``, it stands in no criterion and has no label.

    ``possibles`` are the findings it may end with. ``None`` is none that counts: lifted, satisfied, or not
    due after all. ``inconnue``: it has a value that nobody gives, so that no figure is made without it.
    """

    indicateur: Indicateur | None
    possibles: tuple[str | None, ...]
    inconnue: bool = False

    @property
    def critere(self) -> str | None:
        """The criterion (an id) that the line stands in."""
        return self.indicateur.critere if self.indicateur else None


def measure(
    jugement: Jugement, constats: Mapping[str, Constat], lignes: Iterable[LigneJugee]
) -> dict[str, Valeur]:
    """Return what each measure is worth on the lines whose finding is known; the others are left out.

    A measure that would count a line whose value is unknown is left out itself, as are the sums over it.
    """
    every = list(lignes)
    known = [(li, li.possibles[0]) for li in every if len(li.possibles) == 1 and not li.inconnue]
    unknown = [li for li in every if li.inconnue]
    values: dict[str, Valeur] = {}
    for mesure in jugement.mesures.values():
        missing = [li for li in unknown if _may_count(mesure, constats, li)]
        if mesure.somme:
            if all(terme.mesure in values for terme in mesure.somme):
                values[mesure.id] = _sum(mesure, values)
        elif mesure.moyenne == "par_critere":
            hidden = {li.critere for li in missing}
            values[mesure.id] = {
                critere: _close(mesure, _gather(mesure, constats, pairs))
                for critere, pairs in _by_criterion(known)
                if critere not in hidden
            }
        elif not missing:
            values[mesure.id] = _close(mesure, _gather(mesure, constats, known))
    return values


def levels(jugement: Jugement) -> frozenset[str]:
    """Return the measures made of the values of findings, and the sums over them."""
    ids: set[str] = set()
    for mesure in jugement.mesures.values():
        if mesure.moyenne or mesure.minimum or any(terme.mesure in ids for terme in mesure.somme):
            ids.add(mesure.id)
    return frozenset(ids)


def possible_decisions(
    jugement: Jugement, constats: Mapping[str, Constat], lignes: Sequence[LigneJugee]
) -> tuple[Decision, ...]:
    """Return the decisions that some completion of the lines gives, in the order they are declared."""
    indexes = _Search(jugement, constats, lignes).run()
    return tuple(decision for i, decision in enumerate(jugement.decisions) if i in indexes)


# ---- measures -------------------------------------------------------------------------------------------


def _by_criterion(
    pairs: Iterable[tuple[LigneJugee, str | None]],
) -> Iterator[tuple[str, list[tuple[LigneJugee, str | None]]]]:
    """Yield the lines of each criterion, in order; those without a criterion are in none."""
    groups: dict[str, list[tuple[LigneJugee, str | None]]] = {}
    for pair in pairs:
        if pair[0].critere is not None:
            groups.setdefault(pair[0].critere, []).append(pair)
    yield from groups.items()


def _gather(
    mesure: Mesure, constats: Mapping[str, Constat], pairs: Iterable[tuple[LigneJugee, str | None]]
) -> _Cumul:
    cumul = _RIEN
    for ligne, constat in pairs:
        cumul = _add(mesure, constats, cumul, ligne, constat)
    return cumul


def _add(
    mesure: Mesure,
    constats: Mapping[str, Constat],
    cumul: _Cumul,
    ligne: LigneJugee,
    constat: str | None,
) -> _Cumul:
    """Return the measure with one more line."""
    etiquettes = ligne.indicateur.etiquettes if ligne.indicateur else ()
    if constat is None or (mesure.etiquette is not None and mesure.etiquette not in etiquettes):
        return cumul
    total, number = cumul
    if mesure.compte:
        return (total + 1, 1) if constat in mesure.compte else cumul
    text = constats[constat].valeur
    if text is None:
        return cumul
    value = Fraction(text)
    if mesure.minimum:
        return (min(total, value) if number else value, 1)
    return (total + value, number + 1)


def _may_count(mesure: Mesure, constats: Mapping[str, Constat], ligne: LigneJugee) -> bool:
    """Return whether some finding that the line may have would change the measure."""
    return not mesure.somme and any(
        _add(mesure, constats, _RIEN, ligne, constat) != _RIEN for constat in ligne.possibles
    )


def _close(mesure: Mesure, cumul: _Cumul) -> Nombre:
    total, number = cumul
    if mesure.compte:
        return total
    if not number:
        return None
    return total if mesure.minimum else total / number


def _sum(mesure: Mesure, values: Mapping[str, Valeur]) -> Nombre:
    total = Fraction(0)
    for terme in mesure.somme:
        value = values[terme.mesure]
        assert not isinstance(value, Mapping)
        if terme.seuil is not None:
            total += int(value is not None and value >= Fraction(terme.seuil))
        elif value is None:
            return None
        else:
            total += value
    return total


def holds(condition: Seuil, value: Nombre) -> bool:
    """Return whether a measure is what the condition asks; never, when nothing was measured."""
    if value is None:
        return False
    return (
        (condition.au_moins is None or value >= Fraction(condition.au_moins))
        and (condition.plus_de is None or value > Fraction(condition.plus_de))
        and (condition.au_plus is None or value <= Fraction(condition.au_plus))
        and (condition.moins_de is None or value < Fraction(condition.moins_de))
    )


# ---- completions ----------------------------------------------------------------------------------------

#: What one line with one finding brings to each measure: a scaled value, or nothing.
_Apport = tuple[int | None, ...]
#: A scaled total and a number, for each of some measures.
_Cumuls = tuple[tuple[int, int], ...]
#: The measures made on all lines, those made on the criterion being read, and the first decision that a
#: criterion already read calls for.
_State = tuple[_Cumuls, _Cumuls, int]


class _Search:
    """The states that the measures of one judgement can reach, each with what its mean can be there.

    Values are integers there, all multiplied by ``echelle``: millions of fractions would be slow.
    """

    def __init__(
        self, jugement: Jugement, constats: Mapping[str, Constat], lignes: Sequence[LigneJugee]
    ) -> None:
        self.jugement = jugement
        self.constats = constats
        self.lignes = sorted(lignes, key=lambda li: li.critere or "")
        used = set(_used(jugement))
        simple = [m for m in jugement.mesures.values() if m.id in used and not m.somme]
        self.sommes = [m for m in jugement.mesures.values() if m.id in used and m.somme]
        self.moyenne = self._only_mean(simple)
        rest = [m for m in simple if m is not self.moyenne]
        self.globales = [m for m in rest if m.moyenne != "par_critere"]
        self.locales = [m for m in rest if m.moyenne == "par_critere"]
        self.never = len(jugement.decisions)
        thresholds = sorted({Fraction(text) for text in _thresholds(jugement)})
        # Counts beyond every threshold are one: nothing can tell them apart there, nor their sums.
        self.cap = 1 + max((ceil(t) for t in thresholds), default=0)
        values = [Fraction(c.valeur) for c in constats.values() if c.valeur is not None]
        self.echelle = lcm(*(value.denominator for value in values))
        whole = [int(value * self.echelle) for value in values]
        self.moyennes = MoyennesPossibles(whole, self.echelle, len(lignes), thresholds)
        self.apports: dict[tuple[str | None, tuple[str, ...]], tuple[_Apport, _Apport, int]] = {}

    def _only_mean(self, mesures: Sequence[Mesure]) -> Mesure | None:
        """Return the mean that is held as bits: the only one, and whose very value nothing adds up."""
        means = [m for m in mesures if m.moyenne]
        added = {terme.mesure for m in self.sommes for terme in m.somme if terme.seuil is None}
        return means[0] if len(means) == 1 and means[0].id not in added else None

    def run(self) -> set[int]:
        """Indexes of the decisions that can be taken."""
        fresh = ((0, 0),) * len(self.locales)
        states: dict[_State, int] = {(((0, 0),) * len(self.globales), fresh, self.never): 1}
        by_criterion = self.moyenne is not None and self.moyenne.moyenne == "par_critere"
        for critere, group in groupby(self.lignes, key=lambda li: li.critere):
            for ligne in group:
                states = self._with(states, ligne)
            ended: dict[_State, int] = {}
            for (overall, local, first), bits in states.items():
                for mean in self.moyennes.read(bits) if by_criterion else (None,):
                    called = min(first, self._first_local(critere, local, mean))
                    _join(ended, (overall, fresh, called), 1 if by_criterion else bits)
            states = ended
        return {
            self._decide(overall, first, mean)
            for (overall, _, first), bits in states.items()
            for mean in ((None,) if by_criterion else self.moyennes.read(bits))
        }

    def _with(self, states: Mapping[_State, int], ligne: LigneJugee) -> dict[_State, int]:
        """Return the states reached with one more line, whatever it ends with."""
        after: dict[_State, int] = {}
        steps = {self._apport(ligne, one) for one in ligne.possibles}
        for (overall, local, first), bits in states.items():
            for wide, narrow, step in steps:
                state = (self._after(self.globales, overall, wide), self._after(self.locales, local, narrow))
                _join(after, (*state, first), bits << step)
        return after

    def _apport(self, ligne: LigneJugee, constat: str | None) -> tuple[_Apport, _Apport, int]:
        etiquettes = ligne.indicateur.etiquettes if ligne.indicateur else ()
        if (constat, etiquettes) not in self.apports:
            mean = self._brought([self.moyenne], ligne, constat)[0] if self.moyenne else None
            self.apports[constat, etiquettes] = (
                self._brought(self.globales, ligne, constat),
                self._brought(self.locales, ligne, constat),
                0 if mean is None else self.moyennes.step(mean),
            )
        return self.apports[constat, etiquettes]

    def _brought(self, mesures: Sequence[Mesure], ligne: LigneJugee, constat: str | None) -> _Apport:
        cumuls = (_add(m, self.constats, _RIEN, ligne, constat) for m in mesures)
        return tuple(int(total * self.echelle) if number else None for total, number in cumuls)

    def _after(self, mesures: Sequence[Mesure], cumuls: _Cumuls, apport: _Apport) -> _Cumuls:
        return tuple(
            cumul if brought is None else self._joined(mesure, cumul, brought)
            for mesure, cumul, brought in zip(mesures, cumuls, apport, strict=True)
        )

    def _joined(self, mesure: Mesure, cumul: tuple[int, int], brought: int) -> tuple[int, int]:
        total, number = cumul
        if mesure.compte:
            return (min(total + brought, self.cap * self.echelle), 1)
        if mesure.minimum:
            return (min(total, brought) if number else brought, 1)
        return (total + brought, number + 1)

    def _values(self, mesures: Sequence[Mesure], cumuls: _Cumuls, mean: Nombre) -> dict[str, Valeur]:
        values: dict[str, Valeur] = {
            m.id: _close(m, (Fraction(total, self.echelle), number))
            for m, (total, number) in zip(mesures, cumuls, strict=True)
        }
        if self.moyenne:
            values[self.moyenne.id] = mean
        return values

    def _first_local(self, critere: str | None, local: _Cumuls, mean: Nombre) -> int:
        """Return the first decision that the means of a criterion call for; other lines do not count."""
        means = self._values(self.locales, local, mean) if critere is not None else {}
        for index, decision in enumerate(self.jugement.decisions):
            for condition in decision.si:
                if condition.critere in (None, critere) and _holds(condition, means):
                    return index
        return self.never

    def _decide(self, overall: _Cumuls, first: int, mean: Nombre) -> int:
        """Return the first decision that holds, the means by criterion being known by ``first`` alone."""
        values = self._values(self.globales, overall, mean)
        for mesure in self.sommes:
            values[mesure.id] = _sum(mesure, values)
        return next(
            index
            for index, decision in enumerate(self.jugement.decisions)
            if index == first or not decision.si or any(_holds(c, values) for c in decision.si)
        )


def _join(states: dict[_State, int], state: _State, bits: int) -> None:
    states[state] = states.get(state, 0) | bits


def _holds(condition: Seuil, values: Mapping[str, Valeur]) -> bool:
    value = values.get(condition.mesure)
    return not isinstance(value, Mapping) and holds(condition, value)


def _used(jugement: Jugement) -> Iterator[str]:
    """Yield the measures that a decision looks at, and those they add up."""
    waiting = [condition.mesure for decision in jugement.decisions for condition in decision.si]
    while waiting:
        nom = waiting.pop()
        yield nom
        waiting.extend(terme.mesure for terme in jugement.mesures[nom].somme)


def _thresholds(jugement: Jugement) -> Iterator[str]:
    for mesure in jugement.mesures.values():
        yield from (terme.seuil for terme in mesure.somme if terme.seuil is not None)
    for decision in jugement.decisions:
        for c in decision.si:
            yield from (t for t in (c.au_moins, c.plus_de, c.au_plus, c.moins_de) if t is not None)
