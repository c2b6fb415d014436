"""The facts still unknown that could change a line, found by trying: the others are not asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.lignes import build_lines
from certif_rules.echanges.checklist import cited_sources
from certif_rules.model.base import Regle
from certif_rules.model.referentiel import Fait, Indicateur, Referentiel
from certif_rules.rules.contexte import Contexte, FaitDeclare
from certif_rules.rules.faits import contradictions, resolve_all
from certif_rules.rules.motifs import Etat


class Question(Struct, frozen=True, kw_only=True):
    """A fact to ask, for which categories, and the ids of the lines whose state an answer may change."""

    fait: Fait
    categories: tuple[str, ...]
    lignes: tuple[str, ...]


def questions(referentiel: Referentiel, contexte: Contexte) -> tuple[Question, ...]:
    """Return the facts worth asking, in order; a fact to invoke is claimed or not, never asked.

    A fact counts when some answer, given whatever may be known of the other facts, changes the state of a
    line. Only facts that the rules of a line mention can do so, which keeps the trials few.
    """
    unknown = _unknown(referentiel, contexte)
    changed: dict[str, list[str]] = {nom: [] for nom in unknown}
    by_audit = _facts_of_rules(_audit_rules(referentiel), referentiel)
    for line in referentiel.indicateurs.values():
        concerned = [n for n in unknown if n in by_audit | _facts_of_rules(line.portee, referentiel)]
        alone = replace(referentiel, indicateurs={line.id: line})
        for nom in _that_matter(alone, contexte, concerned, unknown):
            changed[nom].append(line.id)
    return tuple(
        Question(fait=referentiel.faits[nom], categories=unknown[nom], lignes=tuple(lines))
        for nom, lines in changed.items()
        if lines
    )


def _unknown(referentiel: Referentiel, contexte: Contexte) -> dict[str, tuple[str, ...]]:
    """Return the categories for which each askable fact is unknown."""
    values = resolve_all(referentiel, contexte)
    unknown = {}
    for nom, fait in referentiel.faits.items():
        categories = tuple(c for c, facts in values.items() if facts[nom] is None)
        if categories and not fait.a_invoquer:
            unknown[nom] = categories
    return unknown


def _that_matter(
    alone: Referentiel, contexte: Contexte, concerned: list[str], unknown: dict[str, tuple[str, ...]]
) -> Iterator[str]:
    """Yield the facts of ``concerned`` whose answer moves the line, whatever the others are worth."""
    states: dict[tuple[bool | None, ...], Etat | None] = {}

    def state(answers: tuple[bool | None, ...]) -> Etat | None:
        if answers not in states:
            tried = _with(contexte, dict(zip(concerned, answers, strict=True)), unknown)
            possible = not contradictions(alone, tried)
            states[answers] = build_lines(alone, tried)[0].etat if possible else None
        return states[answers]

    for index, nom in enumerate(concerned):
        others = [(None, True, False)] * (len(concerned) - 1)
        for rest in product(*others):
            before = state((*rest[:index], None, *rest[index:]))
            after = {state((*rest[:index], answer, *rest[index:])) for answer in (True, False)}
            if before is not None and after - {before, None}:
                yield nom
                break


def _with(
    contexte: Contexte, answers: dict[str, bool | None], unknown: dict[str, tuple[str, ...]]
) -> Contexte:
    faits = dict(contexte.faits)
    for nom, answer in answers.items():
        if answer is not None:
            known = faits.get(nom, FaitDeclare())
            given = dict.fromkeys(unknown[nom], answer)
            faits[nom] = replace(known, par_categorie={**known.par_categorie, **given})
    return replace(contexte, faits=faits)


def _audit_rules(referentiel: Referentiel) -> Iterator[Regle]:
    for type_audit in referentiel.types_audit.values():
        yield from type_audit.perimetre
    for derogation in referentiel.derogations:
        yield derogation.garde


def _facts_of_rules(regles: Iterator[Regle] | tuple[Regle, ...], referentiel: Referentiel) -> set[str]:
    """Return the facts that these rules name, and those that decide them by implication, either way."""
    named = {str(r.mots["fait"]) for regle in regles for r in (regle, regle.sauf) if r and "fait" in r.mots}
    linked = {
        other
        for fait in referentiel.faits.values()
        for pair in ((fait.id, cible) for cible in fait.implique)
        if named.intersection(pair)
        for other in pair
    }
    return named | linked


def lines_of(question: Question, referentiel: Referentiel) -> tuple[Indicateur, ...]:
    """Return the lines of a question, as the référentiel knows them."""
    return tuple(referentiel.indicateurs[identifiant] for identifiant in question.lignes)


def document(listed: Iterable[Question], referentiel: Referentiel) -> dict[str, Any]:
    """Return the questions as the values that are written; keys may be added to them, never renamed."""
    asked = tuple(listed)
    return {
        "format": 1,
        "questions": [
            {
                "fait": question.fait.id,
                "question": question.fait.question,
                "categories": list(question.categories),
                "lignes": list(question.lignes),
                "sources": list(question.fait.sources),
            }
            for question in asked
        ],
        "sources": cited_sources(
            referentiel.sources.values(), (source for question in asked for source in question.fait.sources)
        ),
    }
