"""A three-valued answer with its reasons, and how reasons are put together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.model.base import Appui, Confiance
from certif_rules.rules.trivalent import Trivalent

Etat = Literal["a_auditer", "a_confirmer", "non_audite", "non_applicable"]


#: The four states, strongest first: a line takes the strongest of its pairs.
ETATS: tuple[Etat, ...] = ("a_auditer", "a_confirmer", "non_audite", "non_applicable")


CodeMotif = Literal[
    "applicable",
    "hors_categorie",
    "condition_non_remplie",
    "condition_inconnue",
    "portee_inconnue",
    "perimetre",
    "perimetre_inconnu",
    "hors_perimetre",
    "constat_precedent",
    "precedent_inconnu",
    "non_vue",
    "ajout",
    "derogation",
    "pieces",
    "equivalence",
]


class Motif(Appui, frozen=True, kw_only=True):
    """A motif says why a line is in its state: a code of the closed list, words for people, what it rests on.

    ``categories`` are those the reason holds for, ``emplacements`` the ``file:line`` of the rules that
    answered.
    """

    code: CodeMotif
    texte: str
    categories: tuple[str, ...] = ()
    emplacements: tuple[str, ...] = ()


#: Confidences, the strongest first.
CONFIANCES: tuple[Confiance, ...] = ("elevee", "moyenne", "faible", "non_verifiee")


class Reponse(Struct, frozen=True, gc=False):
    """A response is true, false or unknown, with the reasons that made it so (at least one)."""

    valeur: Trivalent
    motifs: tuple[Motif, ...]


def rests_on(*appuis: Appui) -> dict[str, Any]:
    """Return the fields of what rests on several rules: all sources, the weakest confidence."""
    first, others = appuis[0], appuis[1:]
    if not others or all(_same_support(first, other) for other in others):  # one rule, for every category
        sources, incoherences = first.sources, first.incoherences
        return {
            "sources": each_once(sources) if len(sources) > 1 else sources,
            "confiance": first.confiance,
            "lecture": first.lecture,
            "incoherences": each_once(incoherences) if incoherences else incoherences,
        }
    return {
        "sources": each_once(*(appui.sources for appui in appuis)),
        "confiance": weakest(appui.confiance for appui in appuis),
        "lecture": any(appui.lecture for appui in appuis),
        "incoherences": each_once(*(appui.incoherences for appui in appuis)),
    }


def _same_support(one: Appui, two: Appui) -> bool:
    return (
        one.sources == two.sources
        and one.confiance == two.confiance
        and one.lecture is two.lecture
        and one.incoherences == two.incoherences
    )


def weakest(confiances: Iterable[Confiance]) -> Confiance:
    """Return the weakest of ``confiances``: what a chain of rules is worth."""
    return max(confiances, key=CONFIANCES.index, default="elevee")


def each_once(*sources: Iterable[str]) -> tuple[str, ...]:
    """Return all ids once, in order of first mention."""
    return tuple(dict.fromkeys(chain(*sources)))


def dedupe(motifs: Iterable[Motif]) -> tuple[Motif, ...]:
    """Return the same reason once, with the categories, sources and places of all its mentions."""
    listed = tuple(motifs)
    if len(listed) < 2:  # most answers have one reason
        return listed
    if len(listed) == 2 and listed[0].texte != listed[1].texte:  # and most others two that differ
        return listed
    if len({(motif.code, motif.texte) for motif in listed}) == len(listed):
        return listed
    alike: dict[tuple[str, str], list[Motif]] = {}
    for motif in listed:
        alike.setdefault((motif.code, motif.texte), []).append(motif)
    return tuple([_joined(mentions) for mentions in alike.values()])


def _joined(mentions: list[Motif]) -> Motif:
    first = mentions[0]
    if len(mentions) == 1:
        return first
    return replace(
        first,
        categories=each_once(*[motif.categories for motif in mentions]),
        emplacements=each_once(*[motif.emplacements for motif in mentions]),
        **rests_on(*mentions),
    )
