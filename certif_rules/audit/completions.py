"""Lines not known yet leave decisions possible: this gives each that some completion leads to, exact.

A decision is a set of sums, each with its threshold (``audit/exigences.py``), those of the decisions before
it turned round; ``audit/apports.py`` says whether lines can end so. Nothing is written out. What is not one
set of sums is taken case by case: a mean that is under its threshold or of no value, one criterion or
another, and what a measure made of others adds (whether a threshold is reached, a minimum, a mean, whose
value is a sum once what its lines or its criteria weigh is set).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec.structs import replace

from certif_rules.audit.apports import Groupes
from certif_rules.audit.exigences import Grandeur, Part, Requis, Somme, all_of, one_of, turned
from certif_rules.audit.jugement import LigneJugee
from certif_rules.audit.sommes import Fins
from certif_rules.model.jugement import Condition, Decision, Jugement, Mesure, Seuil, Toutes, UnCritere
from certif_rules.model.referentiel import Constat


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


#: What a measure made of others adds that is no sum over lines, once it is set: by measure and threshold.
#: ``None``: nothing measured.
_Connus = Mapping[tuple[str, str | None], Fraction | None]


class Completions:
    """A search of completions says what the decisions of one judgement ask of its lines."""

    def __init__(
        self, jugement: Jugement, constats: Mapping[str, Constat], lignes: Iterable[LigneJugee]
    ) -> None:
        self.jugement = jugement
        self.groupes = Groupes(jugement, constats, lignes)

    # ---- what decisions ask ------------------------------------------------------------------------------

    def ways(self, decision: Decision, known: _Connus) -> Iterator[Requis]:
        """Yield each way a decision is taken."""
        if not decision.si:
            yield Requis()
        for condition in decision.si:
            yield from self._ways(condition, known)

    def refusals(self, decision: Decision, known: _Connus) -> Iterator[Requis]:
        """Yield what holds when a decision is not taken: none of its conditions does."""
        for condition in decision.si:
            yield self._is_not(condition, known)

    def _ways(self, condition: Condition, known: _Connus) -> Iterator[Requis]:
        """Yield each way a condition holds."""
        match condition:
            case Toutes():
                yield all_of(one_of(self._ways(each, known)) for each in condition.toutes)
            case UnCritere():
                for critere in self.groupes.criteres:
                    yield all_of(self._of(s, critere).is_(s) for s in condition.un_critere)
            case _:
                yield from self._ways_of_one(condition, known)

    def _is_not(self, condition: Condition, known: _Connus) -> Requis:
        """Return what holds when a condition does not."""
        match condition:
            case Toutes():
                return one_of(self._is_not(each, known) for each in condition.toutes)
            case UnCritere():
                return all_of(
                    one_of(self._of(s, critere).is_not(s) for s in condition.un_critere)
                    for critere in self.groupes.criteres
                )
            case _:
                return self._one_is_not(condition, known)

    def _ways_of_one(self, seuil: Seuil, known: _Connus) -> Iterator[Requis]:
        mesure = self.jugement.mesures[seuil.mesure]
        if mesure.minimum_de is not None:
            yield all_of(one_of(self._ways(each, known)) for each in _of_minimum(seuil, mesure.minimum_de))
        elif seuil.chaque:
            measured = one_of(Requis(each.presente()) for each in self._of_each(seuil))
            yield measured + all_of(
                each.is_not(other) for each in self._of_each(seuil) for other in turned(seuil)
            )
        elif mesure.par_critere:
            yield from (each.is_(seuil) for each in self._of_each(seuil))
        elif (grandeur := self._grandeur(mesure, known)) is not None:
            yield grandeur.is_(seuil)

    def _one_is_not(self, seuil: Seuil, known: _Connus) -> Requis:
        mesure = self.jugement.mesures[seuil.mesure]
        if mesure.minimum_de is not None:
            return one_of(self._is_not(each, known) for each in _of_minimum(seuil, mesure.minimum_de))
        if seuil.chaque:
            nothing = Requis(tuple(each.absente() for each in self._of_each(seuil)))
            others = (each.is_(other) for each in self._of_each(seuil) for other in turned(seuil))
            return one_of((*others, nothing))
        if mesure.par_critere:
            return all_of(each.is_not(seuil) for each in self._of_each(seuil))
        grandeur = self._grandeur(mesure, known)
        return Requis() if grandeur is None else grandeur.is_not(seuil)

    def _of(self, seuil: Seuil, critere: str) -> Grandeur:
        return Grandeur(self.jugement.mesures[seuil.mesure], critere)

    def _of_each(self, seuil: Seuil) -> list[Grandeur]:
        """Return a measure by criterion in each criterion that a condition asks it of."""
        return [self._of(seuil, c) for c in self.groupes.criteres if seuil.critere in (None, c)]

    def _grandeur(self, mesure: Mesure, known: _Connus) -> Grandeur | None:
        """Return a measure as sums; ``None`` when what it is made of has no value."""
        if mesure.compte:
            return Grandeur(mesure, parts=((Part(mesure.id, "total"), Fraction(1)),))
        if mesure.somme:
            return self._added(mesure, [(t.mesure, t.seuil, Fraction(1)) for t in mesure.somme], known)
        if self.is_over_criteria(mesure):
            return Grandeur(mesure, criteres=self.groupes.criteres)
        if mesure.moyenne_de:
            return self._mean_of(mesure, known)
        return Grandeur(mesure)

    def is_over_criteria(self, mesure: Mesure) -> bool:
        """Return whether a measure is a mean over criteria."""
        return any(self.jugement.mesures[nom].par_critere for nom in mesure.moyenne_de)

    def _mean_of(self, mesure: Mesure, known: _Connus) -> Grandeur | None:
        """Return the mean of those of several measures that have a value."""
        noms = [
            nom
            for nom in mesure.moyenne_de
            if self._added(mesure, [(nom, None, Fraction(1))], known) is not None
        ]
        weight = sum(map(mesure.pese, noms), Fraction(0))
        each = [(nom, None, mesure.pese(nom) / weight) for nom in noms]
        return self._added(mesure, each, known) if noms else None

    def _added(
        self, mesure: Mesure, termes: Iterable[tuple[str, str | None, Fraction]], known: _Connus
    ) -> Grandeur | None:
        """Return what measures add up to, each times a number; ``None`` when one has no value."""
        parts: list[tuple[Part, Fraction]] = []
        constante = Fraction(0)
        for nom, seuil, factor in termes:
            added = self.jugement.mesures[nom]
            if (nom, seuil) not in known:
                grandeur = self._grandeur(added, known)
                if grandeur is None:
                    return None
                parts.extend((part, number * factor) for part, number in grandeur.parts)
                constante += grandeur.constante * factor
                continue
            value = known[nom, seuil]
            if not value and (value is None or self._is_mean(added, seuil)):
                return None
            if self._is_mean(added, seuil):
                weighed, _ = Grandeur(added, criteres=self._over(added)).weighed()
                parts.append((weighed, factor / value))
            else:
                constante += value * factor
        return Grandeur(mesure, parts=tuple(parts), constante=constante)

    def _over(self, mesure: Mesure) -> tuple[str, ...] | None:
        return self.groupes.criteres if self.is_over_criteria(mesure) else None

    def _is_mean(self, mesure: Mesure, seuil: str | None) -> bool:
        """Return whether what is set of a term is what a mean weighs, rather than its value."""
        return seuil is None and bool(mesure.moyenne or self.is_over_criteria(mesure))

    def outcomes(
        self, decisions: Sequence[Decision], before: Requis, known: _Connus
    ) -> Iterator[tuple[int, Requis]]:
        """Yield each way each decision (its place) is taken, once what was ``before`` holds."""
        for index, decision in enumerate(decisions):
            for way in self.ways(decision, known):
                yield index, before + way
            before = sum(self.refusals(decision, known), before)

    def take(self, decisions: Sequence[Decision], before: Requis, known: _Connus, taken: set[int]) -> None:
        """Add to ``taken`` the places of the decisions that lines can end in."""
        for index, held in self.outcomes(decisions, before, known):
            if index not in taken and self.possible(held):
                taken.add(index)

    # ---- what measures made of others add ----------------------------------------------------------------

    def worlds(self, decisions: Iterable[Decision]) -> Iterator[tuple[Requis, _Connus]]:
        """Yield each way to set what measures add that is no sum over lines, with what then holds."""
        conditions = (condition for decision in decisions for condition in decision.si)
        waiting = [seuil.mesure for condition in conditions for seuil in condition.seuils]
        used: set[str] = set()
        while waiting:
            nom = waiting.pop()
            used.add(nom)
            waiting.extend(self.jugement.mesures[nom].citees)
        mesures = [mesure for mesure in self.jugement.mesures.values() if mesure.id in used]
        termes = [terme for mesure in mesures for terme in self._termes(mesure)]
        yield from self._set(list(dict.fromkeys(termes)), Requis(), {})

    def _termes(self, mesure: Mesure) -> Iterator[tuple[str, str | None]]:
        """Yield what a measure is made of that is to be set: the measure, and its threshold."""
        each: list[tuple[str, str | None]] = [(terme.mesure, terme.seuil) for terme in mesure.somme]
        each += [(nom, None) for nom in mesure.moyenne_de if not self.is_over_criteria(mesure)]
        for nom, seuil in each:
            part_of = self.jugement.mesures[nom]
            lowest = part_of.minimum or part_of.minimum_de is not None
            if seuil is not None or lowest or self._is_mean(part_of, seuil):
                yield nom, seuil

    def _set(
        self, wanted: Sequence[tuple[str, str | None]], held: Requis, known: _Connus
    ) -> Iterator[tuple[Requis, _Connus]]:
        if not wanted:
            yield held, known
            return
        (nom, seuil), *others = wanted
        for value, requis in self._settings(self.jugement.mesures[nom], seuil, known):
            both = held + requis
            if self.possible(both):
                yield from self._set(others, both, {**known, (nom, seuil): value})

    def _settings(
        self, mesure: Mesure, seuil: str | None, known: _Connus
    ) -> Iterator[tuple[Fraction | None, Requis]]:
        """Yield each value that a term may be, with what then holds; of a mean, what it weighs."""
        if seuil is not None:
            condition = Seuil(mesure=mesure.id, au_moins=seuil)
            yield Fraction(1), one_of(self._ways(condition, known))
            yield Fraction(0), self._is_not(condition, known)
        elif self._is_mean(mesure, seuil):
            over = self._over(mesure)
            _, part = Grandeur(mesure, criteres=over).weighed()
            weights = self.groupes.weights if over is None else self.groupes.weights_of_criteria
            for weight in weights(mesure.id):
                both = (Somme(((part, Fraction(sens)),), -sens * weight) for sens in (1, -1))
                yield weight, Requis(tuple(both))
        else:
            lowest = self._lowest(mesure)
            yield None, Requis(tuple(each.absente() for each in lowest))
            for value in self._values(lowest[0].mesure if lowest else mesure):
                at = Seuil(mesure=mesure.id, au_moins=str(value), au_plus=str(value))
                yield value, one_of(self._ways(at, known))

    def _lowest(self, mesure: Mesure) -> list[Grandeur]:
        """Return what a minimum is the least of."""
        if mesure.minimum_de is None:
            return [Grandeur(mesure)]
        return self._of_each(Seuil(mesure=mesure.minimum_de))

    def _values(self, mesure: Mesure) -> Sequence[Fraction]:
        """Return the values that a minimum, or a mean by criterion, may be."""
        return self.groupes.means(mesure.id) if mesure.moyenne else self.groupes.niveaux

    # ---- what lines can do -------------------------------------------------------------------------------

    def possible(self, requis: Requis) -> bool:
        """Return whether lines can end so that all this holds."""
        fins = self.groupes.reached(requis.sommes)
        if fins is None:
            return False
        for index, cases in enumerate(requis.cas):
            if not any(self._holds(case, fins) for case in cases):
                others = requis.cas[:index] + requis.cas[index + 1 :]
                left = Requis(requis.sommes, others)
                return any(self.possible(left + case) for case in cases)
        return True

    def _holds(self, requis: Requis, fins: Fins) -> bool:
        return all(self.groupes.holds(somme, fins) for somme in requis.sommes) and all(
            any(self._holds(case, fins) for case in cases) for cases in requis.cas
        )


def _of_minimum(seuil: Seuil, nom: str) -> Iterator[Seuil]:
    """Yield what is asked of the measure whose least value is to be so: of each criterion, or of one."""
    bare = Seuil(mesure=nom)
    if seuil.au_moins is not None or seuil.plus_de is not None:
        yield replace(bare, chaque=True, au_moins=seuil.au_moins, plus_de=seuil.plus_de)
    for mot in ("au_plus", "moins_de"):
        if (text := getattr(seuil, mot)) is not None:
            yield replace(bare, **{mot: text})
