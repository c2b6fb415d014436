"""A text of YAML changed in one place: what is around, comments and quotes too, stays byte for byte.

Places are those that reading gave (lines and columns from 1). An edit says what the text then holds; it is
read again, and refused if it holds anything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from certif_rules.errors import DataError, Location
from certif_rules.source.entree import decoded
from certif_rules.source.yaml import PlacedDict, PlacedList, events, place, read_bytes

_MARK = "\ufeff"
_LINE = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
#: Names that some reader of YAML takes for something else.
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_STARTS = frozenset({"MappingStartEvent", "SequenceStartEvent"})
_ENDS = frozenset({"MappingEndEvent", "SequenceEndEvent"})


class MisplacedError(Exception):
    """This error says that the text does not let itself be changed in this place alone."""


class _Edit(Struct, frozen=True, order=True):
    """An edit replaces by ``text`` what stands from ``start`` until ``end``."""

    start: int
    end: int
    text: str


class Retouche:
    """A retouche has the bytes of a file, its data, and edits to make in it, none of which moves another."""

    def __init__(self, content: bytes, name: str) -> None:
        """Read the file, which must be one that :func:`read_bytes` accepts."""
        self.data: PlacedDict = read_bytes(content, name)
        self._name = name
        self._marked = content.startswith(_MARK.encode())
        self._text = decoded(content, name)
        self._newline = next(iter(_LINE.findall(self._text)), "\n")
        self._lines = [0, *(match.end() for match in _LINE.finditer(self._text))]
        self._ends = self._places_of_ends()
        self._edits: list[_Edit] = []

    def change(self, node: PlacedDict, key: str, value: str) -> None:
        """Write a text in place of one without blanks, whatever its quotes."""
        start = self._text.find(node[key], self._at(place(node, key)))
        if start < 0:
            raise MisplacedError
        self._edits.append(_Edit(start, start + len(node[key]), value))

    def add_key(self, node: PlacedDict, after: str, key: str, value: str) -> None:
        """Write a key and its text after another key, on its line between braces, else on the next."""
        end = self._end(place(node, after))
        if self._is_flow(node):
            self._edits.append(_Edit(end, end, f", {key}: {quoted(value)}"))
        else:
            column = place(node, after, of_key=True).column - 1
            self._insert_line(end, f"{' ' * column}{key}: {quoted(value)}")

    def rewrite(self, node: PlacedDict, key: str, value: str) -> None:
        """Write a text, between double quotes, in place of what stands at a key on its line."""
        where = place(node, key)
        start, end = self._at(where), self._end(where)
        if self._text[start : start + 1] in tuple("|>{["):
            raise MisplacedError
        self._edits.append(_Edit(start, end, quoted(value)))

    def remove_key(self, node: PlacedDict, key: str) -> None:
        """Remove a key that is not alone, with what stands at it and the comments of its lines."""
        keys = list(node)
        rank, start, end = keys.index(key), place(node, key, of_key=True), self._end(place(node, key))
        if len(keys) == 1:
            raise MisplacedError
        if self._is_flow(node):
            before = self._end(place(node, keys[rank - 1])) if rank else self._at(start)
            self._edits.append(
                _Edit(before, end if rank else self._at(place(node, keys[1], of_key=True)), "")
            )
        else:
            self._remove_lines(self._at(start), end, "")

    def remove_item(self, items: PlacedList, rank: int) -> None:
        """Remove an item that is not alone, with the comments of its lines."""
        start, end = place(items, rank), self._end(place(items, rank))
        if len(items) == 1:
            raise MisplacedError
        if not self._is_flow(items):
            self._remove_lines(self._at(start), end, "-")
        elif rank:
            self._edits.append(_Edit(self._end(place(items, rank - 1)), end, ""))
        else:
            self._edits.append(_Edit(self._at(start), self._at(place(items, 1)), ""))

    def append(
        self, node: PlacedDict, key: str, entry: Mapping[str, Any], *, after: int | None = None
    ) -> None:
        """Write an item in the list at a key, as the one before it is written, or the list itself.

        Args:
            node: what has the list.
            key: its key.
            entry: the item.
            after: the rank of the item that it follows, by default the last.
        """
        if key not in node:
            if self._is_flow(node):
                raise MisplacedError
            self._insert_line(len(self._text.rstrip()), f"{key}:{self._newline}  - {_flow(entry)}")
            return
        items = node[key]
        rank = len(items) - 1 if after is None else after
        last = place(items, rank)
        end = self._end(last)
        if self._is_flow(items):
            self._edits.append(_Edit(end, end, f", {_flow(entry)}"))
            return
        start = self._at(last)
        dash = self._text[self._start_of_line(start) : start]
        if dash.strip() != "-":
            raise MisplacedError
        if self._is_flow(items[rank]):
            self._insert_line(end, dash + _flow(entry))
        else:
            margin = self._newline + " " * len(dash)
            self._insert_line(end, dash + margin.join(f"{k}: {_scalar(v)}" for k, v in entry.items()))

    def result(self, expected: Any) -> bytes:
        """Return the bytes, once changed, of a text that holds ``expected``.

        Raises:
            MisplacedError: it would hold anything else.
        """
        text, at = "", 0
        for edit in sorted(self._edits):
            text += self._text[at : edit.start] + edit.text
            at = edit.end
        text += self._text[at:]
        content = ((_MARK if self._marked else "") + text).encode("utf-8")
        try:
            written = read_bytes(content, self._name)
        except DataError as error:
            raise MisplacedError from error
        if written != expected:
            raise MisplacedError
        return content

    # ---- places ------------------------------------------------------------------------------------

    def _places_of_ends(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return where each node ends, by where it starts: after its last character."""
        ends: dict[tuple[int, int], tuple[int, int]] = {}
        open_: list[tuple[tuple[int, int], bool]] = []
        last = (0, 0)
        for event in events(_LINE.sub("\n", self._text)):
            kind = event.__class__.__name__
            start = (event.start_mark.line, event.start_mark.column)
            if kind in _STARTS:
                open_.append((start, bool(event.flow_style)))
            elif kind == "ScalarEvent":
                last = (event.end_mark.line, event.end_mark.column)
                ends[start] = last
            elif kind in _ENDS:
                begun, flow = open_.pop()
                last = (event.end_mark.line, event.end_mark.column) if flow else last
                ends[begun] = last  # that of a block, where its first key starts too
        return ends

    def _at(self, where: Location) -> int:
        return self._lines[where.line - 1] + where.column - 1

    def _end(self, where: Location) -> int:
        line, column = self._ends[where.line - 1, where.column - 1]
        return self._lines[line] + column

    def _is_flow(self, node: PlacedDict | PlacedList) -> bool:
        return self._text[self._at(place(node))] in "{["

    def _start_of_line(self, offset: int) -> int:
        return max(start for start in self._lines if start <= offset)

    def _remove_lines(self, start: int, end: int, before: str) -> None:
        """Remove the lines between two places, where ``before`` alone stands before the first of them."""
        first = self._start_of_line(start)
        if self._text[first:start].strip() != before:
            raise MisplacedError
        stop = _LINE.search(self._text, max(end - 1, 0))
        self._edits.append(_Edit(first, stop.end() if stop else len(self._text), ""))

    def _insert_line(self, end: int, line: str) -> None:
        """Insert a line after the one that holds the character before ``end``, and its comment."""
        stop = _LINE.search(self._text, max(end - 1, 0))
        if stop:
            self._edits.append(_Edit(stop.end(), stop.end(), line + self._newline))
        else:
            self._edits.append(_Edit(len(self._text), len(self._text), self._newline + line))


def quoted(text: str) -> str:
    """Return a text between the double quotes of YAML."""
    return json.dumps(text, ensure_ascii=False)


def _scalar(value: Any) -> str:
    """Return a value as YAML on one line; names in a list stand without quotes, as people write them."""
    if isinstance(value, Mapping):
        return _flow(value)
    if isinstance(value, list):
        return f"[{', '.join(v if _is_name(v) else _scalar(v) for v in value)}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value)) and value.lower() not in _WORDS


def _flow(entry: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in entry.items()) + "}"
