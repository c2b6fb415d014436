"""Records as JSON values, field by field: dates in ISO form, sets sorted, places never.

A writer is a table: by type (or what it is made of), the line that says what is written of it, or the
function that gives what no line can say. A record that is not there is written whole.

A line lists keys in the order they are published. ``nom`` is the field or the property of that name, and
``cle=champ.autre`` what is at the end of that way (``null`` where the way stops). ``*`` is every field that
the line does not name: those that the record declares, then those of what it is made of. What ends with ``?``
is left out where it is worth the default of its field: it goes without saying.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import NODEFAULT, Struct

from certif_rules.model.base import PLACES, Source

Formes = Mapping[type, str | Callable[[Any], Any]]
Entries = tuple[tuple[str, tuple[str, ...], object], ...]

#: Lines of records that several documents write.
APPUI = "sources confiance? lecture? incoherences?"
INCOHERENCE = "id texte lecture question sources"
REMARQUE = "texte confiance citation? sources"
SENS = "id titre decisions? regles?"
RESUME = "id edition titre"
LACUNE = "ligne champs cherche sources"


_USUAL: Formes = {Struct: "*", date: date.isoformat, frozenset: sorted}


Writer = Callable[[Any], Any]


class Ecrivain:
    """A writer writes values as JSON holds them, by a table of forms."""

    def __init__(self, formes: Formes) -> None:
        self._formes = {**_USUAL, **formes}
        #: What writes the values of a type, which only its class decides.
        self._writers = _Writers(self._writer)
        self._lines: dict[type, Entries] = {}

    def __call__(self, value: Any, /, **ajouts: Any) -> Any:
        """Return ``value`` as the ``json`` module takes it; ``ajouts`` are keys that a line names besides.

        Raises:
            TypeError: it has no JSON form.
        """
        kind = type(value)
        return self._written(value, self._entries(kind), ajouts) if ajouts else self._writers[kind](value)

    def entries(self, kind: type) -> Entries | None:
        """Return what is written of the records of a type; nothing of a type that no line tells of."""
        alone = issubclass(kind, Mapping | list | tuple | str | int | float)
        return None if alone or not isinstance(self._forme(kind), str) else self._entries(kind)

    def _writer(self, kind: type) -> Writer:
        if issubclass(kind, str | int | float):
            return _as_it_is
        writers = self._writers
        if issubclass(kind, Mapping):
            return lambda value: {cle: writers[type(child)](child) for cle, child in value.items()}
        if issubclass(kind, list | tuple):
            return lambda value: [writers[type(child)](child) for child in value]
        forme = self._forme(kind)
        if isinstance(forme, str):
            return self._record_writer(kind)
        return lambda value: writers[type(one := forme(value))](one)

    def _record_writer(self, kind: type) -> Writer:
        """Return what writes records by their line, compiled once there are enough of them to be worth it."""
        entries, left = self._entries(kind), FEW

        def written(record: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                self._writers[kind] = _compiled(entries, self._writers)
            return self._written(record, entries, {})

        return written

    def _entries(self, kind: type) -> Entries:
        entries = self._lines.get(kind)
        if entries is None:
            forme = self._forme(kind)
            assert isinstance(forme, str)
            entries = self._lines[kind] = _entries(kind, forme)
        return entries

    def _forme(self, kind: type) -> str | Callable[[Any], Any]:
        forme = next((self._formes[base] for base in kind.__mro__ if base in self._formes), None)
        if forme is None:
            raise TypeError(f"{kind.__name__} has no JSON form")
        return forme

    def _written(self, record: Struct, entries: Entries, ajouts: Mapping[str, Any]) -> dict[str, Any]:
        written = {}
        for cle, chemin, tu in entries:
            if cle in ajouts:
                value = ajouts[cle]
            else:
                value = record
                for name in chemin:
                    value = None if value is None else getattr(value, name)
            if value != tu:
                written[cle] = self._writers[type(value)](value)
        return written


class _Writers(dict[type, Writer]):
    """This table gives what writes the values of each type met so far."""

    def __init__(self, make: Callable[[type], Writer]) -> None:
        super().__init__(dict.fromkeys((type(None), bool, int, float, str), _as_it_is))
        self._make = make

    def __missing__(self, kind: type) -> Writer:
        writer = self[kind] = self._make(kind)
        return writer


#: How many records of a type are written as their line says, before that is compiled.
FEW = 100


def _as_it_is(value: Any) -> Any:
    return value


def _of_texts(values: Sequence[Any]) -> bool:
    """Return whether a list holds texts only; those of a record are of one kind, so that its first tells."""
    return not values or type(values[0]) is str


def _compiled(entries: Entries, writers: _Writers) -> Writer:
    """Return what ``_written`` does by these entries, as a function of its own: three times as fast."""
    lines, values = read_by(entries)
    for rank, ((cle, _, tu), value) in enumerate(zip(entries, values, strict=True)):
        keep = f"line[{cle!r}] = value if type(value) is str else writers[type(value)](value)"
        lines += [f"value = {value}", keep if tu is NODEFAULT else f"if value != tus[{rank}]: {keep}"]
    known = {"writers": writers, "tus": [tu for _, _, tu in entries]}
    return function(["line = {}", *lines, "return line"], known)


def read_by(entries: Entries) -> tuple[list[str], list[str]]:
    """Return the lines of code that go the ways of entries from ``record``, and the value at each end."""
    ways = sorted({chemin[:n] for _, chemin, _ in entries for n in range(1, len(chemin))}, key=len)
    names = {(): "record"} | {way: f"record{rank}" for rank, way in enumerate(ways)}

    def read(chemin: tuple[str, ...]) -> str:
        above, name = names[chemin[:-1]], chemin[-1]
        return f"record.{name}" if above == "record" else f"None if {above} is None else {above}.{name}"

    return [f"{names[way]} = {read(way)}" for way in ways], [read(chemin) for _, chemin, _ in entries]


def function(lines: Iterable[str], known: dict[str, Any]) -> Writer:
    """Return a function of ``record`` that has these lines of code; they come from our own tables only."""
    body = "\n    ".join(lines)
    exec(f"def written(record):\n    {body}\n", known)  # noqa: S102 - no text of a file is in it
    writer: Writer = known["written"]
    return writer


def as_bytes(data: object) -> bytes:
    """Return ``data`` as indented UTF-8 JSON, ended by a line feed, as every command writes it."""
    try:
        return encoded(data)
    except UnicodeEncodeError:
        import json

        # A lone surrogate (a name typed in another encoding) becomes its JSON escape: still valid, and exact.
        text = json.dumps(data, ensure_ascii=False, indent=2)
        return (text + "\n").encode("utf-8", "backslashreplace")


def encoded(data: object) -> bytes:
    """Return ``data`` as :func:`as_bytes` does, parts already written included.

    Raises:
        UnicodeEncodeError: a text of it cannot be written in UTF-8.
    """
    return msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"


def as_line(data: object) -> bytes:
    """Return ``data`` as one line of UTF-8 JSON, for a file of many."""
    try:
        return msgspec.json.encode(data) + b"\n"
    except UnicodeEncodeError:  # as in `as_bytes`
        import json

        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return (text + "\n").encode("utf-8", "backslashreplace")


def with_sources(
    written: Mapping[str, Any], known: Iterable[Source], of: Iterable[str] | None = None
) -> dict[str, Any]:
    """Return ``written`` and those of ``known`` that it cites (or ``of``), in the order of ``known``."""
    wanted = set(citations(written) if of is None else of)
    return {**written, "sources": {s.id: _SOURCE(s) for s in known if s.id in wanted}}


_SOURCE = Ecrivain({Source: "titre reference nature?"})


def _entries(kind: type[Struct], forme: str) -> Entries:
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


_LISTS = (list, tuple)
_NESTED = (dict, *_LISTS)


def citations(value: object) -> Iterator[str]:
    """Yield every id under a key ``sources``, at any depth of what was written."""
    left: list[Any] = [value] if isinstance(value, _NESTED) else []
    for node in left:  # which grows meanwhile
        if isinstance(node, dict):
            for cle, child in node.items():
                if isinstance(child, _LISTS):
                    if cle == "sources":
                        yield from child
                    elif child:
                        left.append(child)
                elif isinstance(child, dict):
                    left.append(child)
        elif not _of_texts(node):
            left += [child for child in node if isinstance(child, _NESTED)]
