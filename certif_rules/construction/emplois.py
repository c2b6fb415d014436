"""What is declared and that nothing uses: sources, facts, findings, measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from certif_rules.errors import Issue
from certif_rules.source.yaml import place

#: The keys under which rules name facts, and findings.
_FACTS = frozenset({"fait", "implique", "faits"})
_FINDINGS = frozenset({"constats", "constat", "devient", "compte"})


def cited(node: Any, keys: frozenset[str]) -> Iterator[str]:
    """Yield the texts that a node gives under one of these keys, at any depth: alone, in a list, as keys."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += [item for item in one if not isinstance(item, str)]
        elif isinstance(one, Mapping):
            for key, value in one.items():
                if key in keys:
                    values = [value] if isinstance(value, str) else value or ()
                    yield from (each for each in values if isinstance(each, str))
                if not isinstance(value, str):
                    waiting.append(value)


class Emplois(Struct, frozen=True, kw_only=True):
    """This record names what all the layers use of what they declare, by kind of names."""

    sources: frozenset[str]
    faits: frozenset[str]
    constats: frozenset[str]


def uses(parts: Iterable[Mapping[str, Any]]) -> Emplois:
    """Return what headers and bodies of layers use."""
    every = list(parts)
    return Emplois(
        sources=_used(every, "sources", frozenset({"sources"})),
        faits=_used(every, "faits", _FACTS) | _implied(every),
        constats=_used(every, "constats", _FINDINGS),
    )


def _used(every: Iterable[Mapping[str, Any]], section: str, keys: frozenset[str]) -> frozenset[str]:
    """Return the names that all the layers cite, but where they declare them."""
    others = (
        {name: value for name, value in part.items() if not _declares(name, value, section)} for part in every
    )
    return frozenset(name for other in others for name in cited(other, keys))


def _declares(name: str, value: Any, section: str) -> bool:
    """Return whether an entry is a section of declarations: that of a header is a list of names."""
    return name == section and not (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _implied(every: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    declared = (fait for part in every for fait in part.get("faits") or () if isinstance(fait, Mapping))
    return frozenset(name for fait in declared for name in fait.get("implique") or ())


def idle(body: Mapping[str, Any], emplois: Emplois) -> Iterator[Issue]:
    """Yield what a body declares and that nothing of all the layers uses.

    Args:
        body: the sections of one layer, or of what it says around the audit.
        emplois: what all the layers that may use it do use, its own included.
    """
    for name, source in (body.get("sources") or {}).items():
        if name not in emplois.sources:
            hint = "la citer là où elle sert, ou la retirer"
            yield Issue("source-inutile", f"rien ne cite la source « {name} »", place(source), hint)
    for fait in body.get("faits") or ():
        if fait["id"] not in emplois.faits:
            message = f"aucune règle ne dépend du fait « {fait['id']} »"
            hint = "écrire la règle qui en dépend, ou le retirer : sa question serait posée pour rien"
            yield Issue("fait-inutile", message, place(fait, "id"), hint)
    for constat in body.get("constats") or ():
        if constat["id"] not in emplois.constats and not constat.get("hors_portee"):
            message = f"aucune ligne ne permet le constat « {constat['id']} »"
            hint = "l’ajouter à une liste de `constats_permis`, ou le retirer"
            yield Issue("constat-inutile", message, place(constat, "id"), hint)
    yield from _idle_measures(body.get("jugement") or {})


def _idle_measures(jugement: Mapping[str, Any]) -> Iterator[Issue]:
    mesures = jugement.get("mesures") or {}
    used = set(cited(jugement, frozenset({"mesure", "moyenne_de", "minimum_de"})))
    for name in mesures:
        if name not in used:
            message = f"aucune décision ne dépend de la mesure « {name} »"
            hint = "la comparer dans une décision, l’additionner, ou la retirer"
            yield Issue("mesure-inutile", message, place(mesures, name, of_key=True), hint)
