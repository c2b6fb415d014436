"""Conditions of an application, in three values, with what is missing where they stay unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from certif_rules.model.candidature import Candidature, Condition, Si
from certif_rules.rules.trivalent import Trivalent, both, either, negate
from certif_rules.vie.declaration import Depot


class Besoin(Struct, frozen=True):
    """This would decide: the audit type, the earlier audit, an answer, a document, a fact; or nobody can."""

    nature: Literal["type", "precedent", "question", "piece", "categorie", "fait", "inconnu"]
    cle: str = ""


class Verdict(Struct, frozen=True):
    """A verdict is true, false or unknown; when unknown, it names what is missing."""

    valeur: Trivalent
    manques: tuple[Besoin, ...] = ()


def judge(si: Si, candidature: Candidature, depot: Depot, fournies: frozenset[str] = frozenset()) -> Verdict:
    """Return whether one of the conditions holds (none given: always).

    Args:
        si: the conditions.
        candidature: what the label declares, routes among others.
        depot: what is told.
        fournies: the documents provided. One that is not leaves unknown what it would prove.
    """
    if not si:
        return Verdict(True)
    return any_of(_condition(condition, candidature, depot, fournies) for condition in si)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return a conjunction: what is missing is what the unknown ones miss, as none is false."""
    every = tuple(verdicts)
    return _joined(both(v.valeur for v in every), every)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return a disjunction: what is missing is what the unknown ones miss, as none is true."""
    every = tuple(verdicts)
    return _joined(either(v.valeur for v in every), every)


def _joined(valeur: Trivalent, verdicts: tuple[Verdict, ...]) -> Verdict:
    if valeur is not None:
        return Verdict(valeur)
    missing = (m for v in verdicts if v.valeur is None for m in v.manques)
    return Verdict(None, tuple(dict.fromkeys(missing)))


def _condition(c: Condition, candidature: Candidature, depot: Depot, fournies: frozenset[str]) -> Verdict:
    return all_of(_words(c, candidature, depot, fournies))


def _words(
    c: Condition, candidature: Candidature, depot: Depot, fournies: frozenset[str]
) -> Iterator[Verdict]:
    if c.types:
        yield _among(depot.type, c.types, Besoin("type"))
    if c.precedents:
        yield _among(depot.precedent, c.precedents, Besoin("precedent"))
    if c.voies:
        yield any_of(judge(candidature.voies[voie].si, candidature, depot) for voie in c.voies)
    for question, accepted in c.reponses.items():
        yield _among(depot.reponses.get(question), accepted, Besoin("question", question))
    for piece in c.pieces:
        yield Verdict(True) if piece in fournies else Verdict(None, (Besoin("piece", piece),))
    if c.categories:
        known = bool(set(c.categories) & set(depot.categories)) if depot.categories else None
        yield Verdict(known, () if depot.categories else (Besoin("categorie"),))
    if c.fait is not None:
        held = depot.faits.get(c.fait)
        yield Verdict(held, () if held is not None else (Besoin("fait", c.fait),))
    if c.sauf is not None:
        prevents = _condition(c.sauf, candidature, depot, fournies)
        yield Verdict(negate(prevents.valeur), prevents.manques)
    if c.inconnu is not None:
        yield Verdict(None, (Besoin("inconnu", c.inconnu),))


def _among(value: str | None, accepted: tuple[str, ...], manque: Besoin) -> Verdict:
    return Verdict(None, (manque,)) if value is None else Verdict(value in accepted)
