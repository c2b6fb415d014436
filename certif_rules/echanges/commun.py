"""What every published JSON says alike: what a rule rests on, warnings, contradictions, sources cited."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from certif_rules.model.base import Appui, Avertissement, Source

if TYPE_CHECKING:
    from certif_rules.model.vie import Incoherence

Objet = dict[str, Any]

#: What goes without saying of a rule or a text.
_USUAL: Objet = {"confiance": "elevee", "lecture": False, "incoherences": ()}


def as_bytes(data: object) -> bytes:
    """Return ``data`` as indented UTF-8 JSON, ended by a line feed, as every command writes it."""
    text = json.dumps(data, ensure_ascii=False, indent=2, default=_plain)
    # A lone surrogate (a name typed in another encoding) becomes its JSON escape: still valid, and exact.
    return (text + "\n").encode("utf-8", "backslashreplace")


def _plain(value: object) -> object:
    """Return what the ``json`` module does not know: frozen mappings, sets and dates."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def warnings(avertissements: Iterable[Avertissement]) -> list[Objet]:
    """Warnings as every command writes them."""
    return [{"code": a.code, "message": a.message, "sources": list(a.sources)} for a in avertissements]


def appui(rule: Appui) -> Objet:
    """Return what a rule rests on as every command writes it; what goes without saying is left out."""
    return {"sources": list(rule.sources), **worth(rule)}


def worth(rule: Appui, *always: str) -> Objet:
    """Return how far a rule may be trusted: what goes without saying only under the keys of ``always``."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, usual in _USUAL.items()
        if (value := getattr(rule, key)) != usual or key in always
    }


def contradiction(value: Incoherence) -> Objet:
    """Return a contradiction of the sources as every command writes it."""
    return {
        "id": value.id,
        "texte": value.texte,
        "lecture": value.lecture,
        "question": value.question,
        "sources": list(value.sources),
    }


def cited_sources(known: Iterable[Source], cited: Iterable[str]) -> dict[str, Objet]:
    """Return those of ``known`` that are cited, in the order they are declared."""
    wanted = set(cited)
    return {source.id: _source(source) for source in known if source.id in wanted}


def _source(source: Source) -> Objet:
    written: Objet = {"titre": source.titre, "reference": source.reference}
    return written if source.nature is None else written | {"nature": source.nature}
