"""The facts still unknown that could change the document, found by trying: the others are not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Ligne
from certif_rules.audit.lignes import build_lines
from certif_rules.model.base import Regle, Texte
from certif_rules.model.organisme import Fait
from certif_rules.model.referentiel import Indicateur, Referentiel
from certif_rules.rules.contexte import Contexte, FaitDeclare
from certif_rules.rules.faits import awaited, contradictions, resolve_all

#: What an answer changes of a line, the strongest first: whether it is seen, for whom, what stands beside.
Effet = Literal["etat", "categories", "textes"]
EFFETS: tuple[Effet, ...] = get_args(Effet)
#: What is printed of a line, in the order of the effects: its state, empty where the audit leaves it aside.
_Vue = tuple[str, tuple[str, ...], tuple[Texte, ...]]


class Question(Struct, frozen=True, kw_only=True):
    """A question names a fact, the categories it is asked for, and the lines that an answer may change.

    ``effets`` are these lines by what it changes. A line stands once, under the strongest of its effects;
    every effect is there, most of them empty.
    """

    fait: Fait
    categories: tuple[str, ...]
    effets: Mapping[Effet, tuple[str, ...]]

    @property
    def lignes(self) -> tuple[str, ...]:
        """Return the ids of all the lines that an answer may change, those whose state it changes first."""
        return tuple(identifiant for lines in self.effets.values() for identifiant in lines)


def questions(referentiel: Referentiel, contexte: Contexte) -> tuple[Question, ...]:
    """Return the facts worth asking, in order; a fact to invoke is claimed or not, never asked.

    A fact counts when some answer, given whatever may be known of the other facts, changes what is printed of
    a line that this audit looks at. Only facts that the rules or the texts of a line mention can do so, which
    keeps the trials few.
    """
    unknown = _unknown(referentiel, contexte)
    changed: dict[str, list[tuple[str, Effet]]] = {nom: [] for nom in unknown}
    by_audit = _facts_of_rules(_audit_rules(referentiel), referentiel)
    for line in referentiel.indicateurs.values():
        named = by_audit | _facts_of_rules(line.portee, referentiel) | _facts_of_texts(line)
        concerned = [n for n in unknown if n in named]
        alone = replace(referentiel, indicateurs={line.id: line})
        for nom, effet in _that_matter(alone, contexte, concerned, unknown):
            changed[nom].append((line.id, effet))
    return tuple(
        Question(
            fait=referentiel.faits[nom],
            categories=unknown[nom],
            effets={e: tuple(line for line, effet in lines if effet == e) for e in EFFETS},
        )
        for nom, lines in changed.items()
        if lines
    )


def _unknown(referentiel: Referentiel, contexte: Contexte) -> dict[str, tuple[str, ...]]:
    """Return the categories for which each askable fact is unknown."""
    values = resolve_all(referentiel, contexte)
    unknown = {}
    for nom, fait in referentiel.faits.items():
        categories = tuple(c for c, facts in values.items() if facts[nom] is None)
        if categories and not fait.a_invoquer and awaited(fait) is None:
            unknown[nom] = categories
    return unknown


def _that_matter(
    alone: Referentiel, contexte: Contexte, concerned: list[str], unknown: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, Effet]]:
    """Yield the facts of ``concerned`` whose answer changes the line, whatever the others are, and how."""
    views: dict[tuple[bool | None, ...], _Vue | None] = {}

    def view(answers: tuple[bool | None, ...]) -> _Vue | None:
        """Return what is printed with these answers; nothing where the facts contradict one another."""
        if answers not in views:
            tried = _with(contexte, dict(zip(concerned, answers, strict=True)), unknown)
            possible = not contradictions(alone, tried)
            views[answers] = _vue(build_lines(alone, tried)[0]) if possible else None
        return views[answers]

    for index, nom in enumerate(concerned):
        effects: set[Effet] = set()
        for rest in product(*[(None, True, False)] * (len(concerned) - 1)):
            before = view((*rest[:index], None, *rest[index:]))
            after = (view((*rest[:index], answer, *rest[index:])) for answer in (True, False))
            effects |= {_effect(before, vue) for vue in after if before and vue and vue != before}
        if effects:
            yield nom, min(effects, key=EFFETS.index)


def _vue(ligne: Ligne) -> _Vue:
    """Return what an answer may change of a line; of one that the audit leaves aside, nothing is read."""
    texts = (*ligne.preuves, *ligne.precisions, *ligne.adaptations)
    if ligne.etat in ("non_audite", "non_applicable"):
        return ("", (), ())
    return (ligne.etat, ligne.categories, texts)


def _effect(before: _Vue, after: _Vue) -> Effet:
    """Return the strongest of the differences between two views."""
    return next(effet for effet, one, other in zip(EFFETS, before, after, strict=True) if one != other)


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
    for equivalence in referentiel.equivalences:
        yield equivalence.garde


def _facts_of_rules(regles: Iterator[Regle] | tuple[Regle, ...], referentiel: Referentiel) -> set[str]:
    """Return the facts that these rules name, and those that decide them by implication, either way."""
    named = {str(r.mots["fait"]) for regle in regles for r in regle.emboitees if "fait" in r.mots}
    linked = {
        other
        for fait in referentiel.faits.values()
        for pair in ((fait.id, cible) for cible in fait.implique)
        if named.intersection(pair)
        for other in pair
    }
    return named | linked


def _facts_of_texts(indicateur: Indicateur) -> set[str]:
    """Return the facts on which the texts beside a line hang."""
    texts = (*indicateur.preuves, *indicateur.precisions, *indicateur.adaptations)
    return {texte.fait for texte in texts if texte.fait is not None}


def lines_of(
    question: Question, referentiel: Referentiel
) -> tuple[tuple[Effet, tuple[Indicateur, ...]], ...]:
    """Return the lines of a question as the référentiel knows them, by what an answer changes of them."""
    return tuple(
        (effet, tuple(referentiel.indicateurs[identifiant] for identifiant in lines))
        for effet, lines in question.effets.items()
        if lines
    )
