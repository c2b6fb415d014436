"""What is declared and that nothing uses: sources, facts, findings, measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from certif_rules.errors import Issue
from certif_rules.source.yaml import place

#: The keys under which rules name facts, and findings.
_FACTS = frozenset({"fait", "implique", "faits"})
_FINDINGS = frozenset({"constats", "constat", "devient", "compte"})


def cited(node: Any, keys: frozenset[str]) -> Iterator[str]:
    """Yield the texts that a node gives under one of these keys, at any depth: alone, in a list, as keys."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in keys:
                values = [value] if isinstance(value, str) else value or ()
                yield from (each for each in values if isinstance(each, str))
            yield from cited(value, keys)
    elif isinstance(node, list):
        for item in node:
            yield from cited(item, keys)


def idle(body: Mapping[str, Any], every: Iterable[Any]) -> Iterator[Issue]:
    """Yield what a body declares and that nothing of all the layers uses.

    Args:
        body: the sections of one layer, or of what it says around the audit.
        every: the sections and the headers of all the layers that may use it, its own included.
    """
    every = list(every)
    yield from _idle_sources(body.get("sources") or {}, every)
    yield from _idle_facts(body.get("faits") or (), every)
    yield from _idle_findings(body.get("constats") or (), every)
    yield from _idle_measures(body.get("jugement") or {})


def _used(every: Iterable[Any], section: str, keys: frozenset[str]) -> set[str]:
    """Return the names that all the layers cite, but where they declare them."""
    parts = (
        {name: value for name, value in node.items() if not _declares(name, value, section)} for node in every
    )
    return {name for part in parts for name in cited(part, keys)}


def _declares(name: str, value: Any, section: str) -> bool:
    """Return whether an entry is a section of declarations: that of a header is a list of names."""
    return name == section and not (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _idle_sources(declared: Mapping[str, Any], every: list[Any]) -> Iterator[Issue]:
    used = _used(every, "sources", frozenset({"sources"})) if declared else set()
    for name, source in declared.items():
        if name not in used:
            hint = "la citer là où elle sert, ou la retirer"
            yield Issue("source-inutile", f"rien ne cite la source « {name} »", place(source), hint)


def _idle_facts(declared: Iterable[Any], every: list[Any]) -> Iterator[Issue]:
    used = _used(every, "faits", _FACTS) if declared else set()
    used |= {name for fait in declared for name in fait.get("implique") or ()}
    for fait in declared:
        if fait["id"] not in used:
            message = f"aucune règle ne dépend du fait « {fait['id']} »"
            hint = "écrire la règle qui en dépend, ou le retirer : sa question serait posée pour rien"
            yield Issue("fait-inutile", message, place(fait, "id"), hint)


def _idle_findings(declared: Iterable[Any], every: list[Any]) -> Iterator[Issue]:
    used = _used(every, "constats", _FINDINGS) if declared else set()
    for constat in declared:
        if constat["id"] not in used and not constat.get("hors_portee"):
            message = f"aucune ligne ne permet le constat « {constat['id']} »"
            hint = "l’ajouter à une liste de `constats_permis`, ou le retirer"
            yield Issue("constat-inutile", message, place(constat, "id"), hint)


def _idle_measures(jugement: Mapping[str, Any]) -> Iterator[Issue]:
    mesures = jugement.get("mesures") or {}
    used = set(cited(jugement, frozenset({"mesure"})))
    for name in mesures:
        if name not in used:
            message = f"aucune décision ne dépend de la mesure « {name} »"
            hint = "la comparer dans une décision, l’additionner, ou la retirer"
            yield Issue("mesure-inutile", message, place(mesures, name, of_key=True), hint)
