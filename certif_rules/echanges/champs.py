"""Records as JSON values, field by field: dates in ISO form, sets sorted, places never.

A writer is a table: by type (or what it is made of), the line that says what is written of it, or the
function that gives what no line can say. A record that is not there is written whole.

A line lists keys in the order they are published. ``nom`` is the field or the property of that name, and
``cle=champ.autre`` what is at the end of that way (``null`` where the way stops). ``*`` is every field that
the line does not name: those that the record declares, then those of what it is made of. What ends with ``?``
is left out where it is worth the default of its field: it goes without saying.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from msgspec import NODEFAULT, Struct

from certif_rules.model.base import PLACES, Source

Formes = Mapping[type, str | Callable[[Any], Any]]

#: Lines of records that several documents write.
APPUI = "sources confiance? lecture? incoherences?"
INCOHERENCE = "id texte lecture question sources"
REMARQUE = "texte confiance citation? sources"
RESUME = "id edition titre"


_USUAL: Formes = {Struct: "*", date: date.isoformat, frozenset: sorted}


class Ecrivain:
    """What writes values as JSON holds them, by a table of forms."""

    def __init__(self, formes: Formes) -> None:
        self._formes = {**_USUAL, **formes}

    def __call__(self, value: Any, /, **ajouts: Any) -> Any:
        """Return ``value`` as the ``json`` module takes it; ``ajouts`` are keys that a line names besides.

        Raises:
            TypeError: it has no JSON form.
        """
        if value is None or isinstance(value, str | int | float):
            return value
        if isinstance(value, Mapping):
            return {cle: self(child) for cle, child in value.items()}
        if isinstance(value, list | tuple):
            return [self(child) for child in value]
        forme = next((self._formes[kind] for kind in type(value).__mro__ if kind in self._formes), None)
        if forme is None:
            raise TypeError(f"{type(value).__name__} has no JSON form")
        if isinstance(forme, str):
            return dict(self._written(value, forme, ajouts))
        return self(forme(value))

    def _written(self, record: Struct, forme: str, ajouts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for cle, chemin, tu in _entries(type(record), forme):
            value = ajouts[cle] if cle in ajouts else _follow(record, chemin)
            if value != tu:
                yield cle, self(value)


def as_bytes(data: object) -> bytes:
    """Return ``data`` as indented UTF-8 JSON, ended by a line feed, as every command writes it."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    # A lone surrogate (a name typed in another encoding) becomes its JSON escape: still valid, and exact.
    return (text + "\n").encode("utf-8", "backslashreplace")


def with_sources(
    written: Mapping[str, Any], known: Iterable[Source], cited: Iterable[str] | None = None
) -> dict[str, Any]:
    """Return ``written`` and those of ``known`` that it cites (or ``cited``), in the order of ``known``."""
    wanted = set(_cited(written) if cited is None else cited)
    return {**written, "sources": {s.id: _SOURCE(s) for s in known if s.id in wanted}}


_SOURCE = Ecrivain({Source: "titre reference nature?"})


@cache
def _entries(kind: type[Struct], forme: str) -> tuple[tuple[str, tuple[str, ...], object], ...]:
    """Return each key of a line, the way to its value, and the value that is left out."""
    defaults = _defaults(kind)
    words = [word.removesuffix("?").partition("=") for word in forme.split()]
    named = {(chemin or cle).split(".")[0] for cle, _, chemin in words}
    entries = []
    for (cle, _, chemin), word in zip(words, forme.split(), strict=True):
        for name in [cle] if cle != "*" else _own_first(kind, named):
            way = chemin or name
            tu = defaults.get(way) if word.endswith("?") else NODEFAULT
            entries.append((name, tuple(way.split(".")), tu))
    return tuple(entries)


def _defaults(kind: type[Struct]) -> dict[str, Any]:
    """Return the default of each field that has one.

    ``msgspec.structs.fields`` tells as much, but evaluates annotations, some of which are for readers only.
    """
    names, values = kind.__struct_fields__, kind.__struct_defaults__
    plain = (value.factory() if hasattr(value, "factory") else value for value in values)
    return dict(zip(names[len(names) - len(values) :], plain, strict=True))


def _own_first(kind: type[Struct], named: set[str]) -> list[str]:
    """Return the fields not ``named`` nor places: those of the record itself, then those of its bases."""
    names = [name for name in kind.__struct_fields__ if name not in PLACES | named]
    inherited = {name for base in kind.__bases__ for name in getattr(base, "__struct_fields__", ())}
    return sorted(names, key=inherited.__contains__)


def _follow(value: Any, chemin: tuple[str, ...]) -> Any:
    for name in chemin:
        if value is None:
            return None
        value = getattr(value, name)
    return value


def _cited(value: object) -> Iterator[str]:
    """Yield every id under a key ``sources``, at any depth."""
    if isinstance(value, Mapping):
        for cle, child in value.items():
            if cle == "sources" and isinstance(child, list | tuple):
                yield from child
            else:
                yield from _cited(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _cited(child)
