"""Decisions that no findings reach: whatever a measure is worth, one written before is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

from msgspec import Struct

from certif_rules.construction.completude import at_each_type
from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.jugement import Condition, Decision, Jugement, Mesure, Seuil, Toutes, UnCritere


class _Fait(Struct, frozen=True):
    """A fait is what a condition asks of one number: a measure, in a criterion, in one of them or in each."""

    mesure: str
    critere: str | None
    chaque: bool
    seuils: tuple[Seuil, ...]


#: The criterion that a distinction is decided for: no id is written so.
_LE_SIEN = "·"


def refuse_never_taken(node: Any, jugement: Jugement, lecteur: Lecteur) -> None:
    """Record the decisions that are written after others which are always taken instead.

    Taken at one audit type is enough: one before it may be of some types only.
    A condition is dead where each value that fulfils it fulfils a condition of an earlier decision on the
    same measure, or where no value does. A decision is, where all its conditions are; the last one, which has
    none, where every value of a count does. What reads several measures is dead where one of them tells so.
    What is decided beside the label comes after the decisions that deprive it of an object.
    """
    views = list(at_each_type(jugement, lecteur).values())
    reached = [d for view in views for d in _reached(view.decisions, [], view)]
    _refuse_dead(jugement, jugement.decisions, reached, node["decisions"], lecteur)
    for nom, distinction in jugement.distinctions.items():
        reached = [d for view in views if nom in view.distinctions for d in _beside(view, nom)]
        _refuse_dead(
            jugement, distinction.decisions, reached, node["distinctions"][nom]["decisions"], lecteur
        )


def _refuse_dead(
    jugement: Jugement,
    decisions: Iterable[Decision],
    reached: Sequence[Decision],
    nodes: Any,
    lecteur: Lecteur,
) -> None:
    for index, decision in enumerate(decisions):
        if not any(decision is one for one in reached):  # two may be written alike
            why, hint = "une autre décision est prise avant", "la mettre avant, ou corriger les seuils"
            if decision.si and all(_is_impossible(condition, jugement) for condition in decision.si):
                why, hint = "ses conditions se contredisent", "corriger les seuils"
            message = f"aucun constat ne mène à « {decision.code} » : {why}"
            lecteur.refuse("decision-inatteignable", message, nodes, index, hint)


def _beside(jugement: Jugement, nom: str) -> Iterator[Decision]:
    """Yield the decisions of a distinction that are reached, where it has an object at all."""
    distinction = jugement.distinctions[nom]
    codes = [decision.code for decision in jugement.decisions]
    granting = [codes.index(code) for code in distinction.si_decision if code in codes]
    if granting or not distinction.si_decision:
        refused = jugement.decisions[: min(granting, default=0)]
        earlier = [condition for decision in refused for condition in decision.si]
        decisions = distinction.decisions
        if distinction.par_critere:  # whichever it is: what another one is covers nothing of it
            decisions = distinction.au_critere(_LE_SIEN, jugement.mesures)
        alive = list(_reached(decisions, earlier, jugement))
        pairs = zip(distinction.decisions, decisions, strict=True)
        yield from (declared for declared, own in pairs if any(own is one for one in alive))


def _reached(
    decisions: Iterable[Decision], before: Iterable[Condition], jugement: Jugement
) -> Iterator[Decision]:
    earlier = list(before)
    for decision in decisions:
        if not _is_dead(decision, earlier, jugement):
            yield decision
        earlier.extend(decision.si)


def _is_dead(decision: Decision, earlier: Sequence[Condition], jugement: Jugement) -> bool:
    if decision.si:
        return all(_is_impossible(c, jugement) or _implied(c, earlier, jugement) for c in decision.si)
    simple = [condition for condition in earlier if isinstance(condition, Seuil)]
    counts = {s.mesure for s in simple if _is_count(jugement.mesures[s.mesure])}
    return any(
        _covered([Seuil(mesure=nom)], [s for s in simple if s.mesure == nom], jugement) for nom in counts
    )


def _is_impossible(condition: Condition, jugement: Jugement) -> bool:
    """Return whether what a condition asks of one number contradicts itself."""
    return any(not _fulfilling(fait.seuils, (), jugement) for fait in _faits(condition, jugement))


def _faits(condition: Condition, jugement: Jugement) -> list[_Fait]:
    """Return what a condition asks of each number; of any criterion, each time of one that may be another."""
    alone: list[_Fait] = []
    together: dict[tuple[str, str | None, bool], list[Seuil]] = {}
    for one in condition.toutes if isinstance(condition, Toutes) else (condition,):
        same: dict[str, list[Seuil]] = {}
        for seuil in one.seuils:
            if seuil.chaque or seuil.critere or not jugement.mesures[seuil.mesure].par_critere:
                together.setdefault((seuil.mesure, seuil.critere, seuil.chaque), []).append(seuil)
            else:
                same.setdefault(seuil.mesure, []).append(seuil)
        alone += [_Fait(nom, None, False, tuple(seuils)) for nom, seuils in same.items()]
    return alone + [_Fait(*key, tuple(seuils)) for key, seuils in together.items()]


def _implied(condition: Condition, earlier: Sequence[Condition], jugement: Jugement) -> bool:
    """Return whether some of these conditions hold wherever one does."""
    faits = _faits(condition, jugement)
    if any(_covered(fait.seuils, others, jugement) for fait in faits for others in _same(fait, earlier)):
        return True
    return any(_implies(condition, other, jugement) for other in earlier if not isinstance(other, Seuil))


def _implies(condition: Condition, other: Toutes | UnCritere, jugement: Jugement) -> bool:
    """Return whether a condition that asks several things holds wherever another does."""
    if isinstance(other, Toutes):
        return all(_implied(condition, [each], jugement) for each in other.toutes)
    parts = condition.toutes if isinstance(condition, Toutes) else (condition,)
    return any(
        all(_implied(part, [each], jugement) for each in other.un_critere)
        for part in parts
        if isinstance(part, UnCritere) or len(other.un_critere) == 1
    )


def _same(fait: _Fait, earlier: Iterable[Condition]) -> Iterator[list[Seuil]]:
    """Yield the earlier conditions of the same number: of any criterion, they hold of each."""
    seuils = [s for s in earlier if isinstance(s, Seuil) and s.mesure == fait.mesure]
    yield [s for s in seuils if not s.chaque and s.critere in (None, fait.critere)]
    if fait.chaque:
        yield from ([s] for s in seuils if s.chaque)


def _covered(seuils: Sequence[Seuil], earlier: Sequence[Seuil], jugement: Jugement) -> bool:
    """Return whether each value that fulfils conditions on one measure fulfils one of the others."""
    values = _fulfilling(seuils, earlier, jugement) if earlier else set()
    return bool(earlier) and all(any(other.tient(value) for other in earlier) for value in values)


def _fulfilling(seuils: Sequence[Seuil], others: Sequence[Seuil], jugement: Jugement) -> set[Fraction]:
    """Return values that fulfil conditions on one measure: some, of each way to fulfil others with them."""
    values = _values([*seuils, *others], count=_is_count(jugement.mesures[seuils[0].mesure]))
    return {value for value in values if all(seuil.tient(value) for seuil in seuils)}


def _values(seuils: Iterable[Seuil], *, count: bool) -> set[Fraction]:
    """Return values of a measure among which every combination of these conditions that can hold does."""
    limits = sorted({limit for seuil in seuils for limit in seuil.comparaisons.values()})
    if count:
        around = {Fraction(floor(limit) + step) for limit in limits for step in (-1, 0, 1)}
        return {value for value in around if value >= 0} | {Fraction(0)}
    between = [(low + high) / 2 for low, high in pairwise(limits)]
    return {*limits, *between, limits[0] - 1, limits[-1] + 1}


def _is_count(mesure: Mesure) -> bool:
    """Return whether a measure is a number of lines, which it always has."""
    return bool(mesure.compte)
