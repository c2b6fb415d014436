"""Decisions that no findings reach: whatever a measure is worth, one written before is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

from certif_rules.construction.completude import at_each_type
from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.jugement import Decision, Jugement, Mesure, Seuil

#: The criterion that a distinction is decided for: no id is written so.
_LE_SIEN = "·"


def refuse_never_taken(node: Any, jugement: Jugement, lecteur: Lecteur) -> None:
    """Record the decisions that are written after others which are always taken instead.

    Taken at one audit type is enough: one before it may be of some types only.
    A condition is dead where each value that fulfils it fulfils a condition of an earlier decision on the
    same measure. A decision is, where all its conditions are; the last one, which has none, where every
    value of a count does. What is decided beside the label comes after the decisions that deprive it of an
    object.
    """
    views = list(at_each_type(jugement, lecteur).values())
    reached = [d for view in views for d in _reached(view.decisions, [], view)]
    _refuse_dead(jugement.decisions, reached, node["decisions"], lecteur)
    for nom, distinction in jugement.distinctions.items():
        reached = [d for view in views if nom in view.distinctions for d in _beside(view, nom)]
        _refuse_dead(distinction.decisions, reached, node["distinctions"][nom]["decisions"], lecteur)


def _refuse_dead(
    decisions: Iterable[Decision], reached: Sequence[Decision], nodes: Any, lecteur: Lecteur
) -> None:
    for index, decision in enumerate(decisions):
        if not any(decision is one for one in reached):  # two may be written alike
            message = f"aucun constat ne mène à « {decision.code} » : une autre décision est prise avant"
            hint = "la mettre avant, ou corriger les seuils"
            lecteur.refuse("decision-inatteignable", message, nodes, index, hint)


def _beside(jugement: Jugement, nom: str) -> Iterator[Decision]:
    """Yield the decisions of a distinction that are reached, where it has an object at all."""
    distinction = jugement.distinctions[nom]
    codes = [decision.code for decision in jugement.decisions]
    granting = [codes.index(code) for code in distinction.si_decision if code in codes]
    if granting or not distinction.si_decision:
        refused = jugement.decisions[: min(granting, default=0)]
        earlier = [seuil for decision in refused for seuil in decision.si]
        decisions = distinction.decisions
        if distinction.par_critere:  # whichever it is: what another one is covers nothing of it
            decisions = distinction.au_critere(_LE_SIEN, jugement.mesures)
        alive = list(_reached(decisions, earlier, jugement))
        pairs = zip(distinction.decisions, decisions, strict=True)
        yield from (declared for declared, own in pairs if any(own is one for one in alive))


def _reached(
    decisions: Iterable[Decision], before: Iterable[Seuil], jugement: Jugement
) -> Iterator[Decision]:
    earlier = list(before)
    for decision in decisions:
        if not _is_dead(decision, earlier, jugement):
            yield decision
        earlier.extend(decision.si)


def _is_dead(decision: Decision, earlier: Sequence[Seuil], jugement: Jugement) -> bool:
    if decision.si:
        return all(_covered(seuil, _same(seuil, earlier), jugement) for seuil in decision.si)
    counts = {s.mesure for s in earlier if _is_count(jugement.mesures[s.mesure])}
    return any(_covered(Seuil(mesure=nom), _named(nom, earlier), jugement) for nom in counts)


def _same(seuil: Seuil, earlier: Iterable[Seuil]) -> list[Seuil]:
    """Return the earlier conditions of the same number: of any criterion, they hold of each."""
    return [s for s in earlier if s.mesure == seuil.mesure and s.critere in (None, seuil.critere)]


def _named(nom: str, earlier: Iterable[Seuil]) -> list[Seuil]:
    return [seuil for seuil in earlier if seuil.mesure == nom]


def _covered(seuil: Seuil, earlier: Sequence[Seuil], jugement: Jugement) -> bool:
    """Return whether each value that fulfils a condition fulfils one of the others."""
    if not earlier:
        return False
    values = _values([seuil, *earlier], count=_is_count(jugement.mesures[seuil.mesure]))
    return all(any(_holds(other, value) for other in earlier) for value in values if _holds(seuil, value))


def _values(seuils: Iterable[Seuil], *, count: bool) -> set[Fraction]:
    """Return values of a measure among which every combination of these conditions that can hold does."""
    limits = sorted({Fraction(text) for s in seuils for text in _limits(s) if text is not None})
    if count:
        around = {Fraction(floor(limit) + step) for limit in limits for step in (-1, 0, 1)}
        return {value for value in around if value >= 0} | {Fraction(0)}
    between = [(low + high) / 2 for low, high in pairwise(limits)]
    return {*limits, *between, limits[0] - 1, limits[-1] + 1}


def _limits(seuil: Seuil) -> tuple[str | None, ...]:
    return (seuil.au_moins, seuil.plus_de, seuil.au_plus, seuil.moins_de)


def _holds(seuil: Seuil, value: Fraction) -> bool:
    least, more, most, less = (None if text is None else Fraction(text) for text in _limits(seuil))
    return (
        (least is None or value >= least)
        and (more is None or value > more)
        and (most is None or value <= most)
        and (less is None or value < less)
    )


def _is_count(mesure: Mesure) -> bool:
    """Return whether a measure is a number of lines, which it always has."""
    return bool(mesure.compte)
