"""JSON text → plain data that remembers where each key and value was written, as YAML text does.

Read here rather than by the library, which keeps the last of two equal keys, goes as deep as it is led, and
says no place. One pass with an explicit stack: no input can exhaust the interpreter's, or take more than its
length.
"""

from __future__ import annotations

import re
import unicodedata
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]  # left out of its stubs
from math import isfinite
from typing import Any

from certif_rules.errors import DataError, Issue, Location, first_of
from certif_rules.source.entree import CONTROL, as_seen
from certif_rules.source.yaml import (
    MAX_DEPTH,
    TOLD,
    PlacedDict,
    PlacedList,
    control_character,
    key_twice,
    too_deep,
)

#: A group that may be absent is not possessive: CPython 3.11 then keeps what it had taken of one that fails.
_TOKEN = re.compile(
    r"[ \t\n]*+(?:(?P<mark>[{}\[\]:,])|(?P<quote>\")"
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)(?![\w.])"
    r"|(?P<word>true|false|null)\b)"
)
_BLANKS = re.compile(r"[ \t\n]*+")
_WORDS = {"true": True, "false": False, "null": None}
#: Digits of the largest whole number read, as in YAML.
_DIGITS = 18
_BROKEN = "JSON tronqué ou mal écrit"

#: What may come next: a value, the first of a table or of a list, a key, a colon, a comma or an end, nothing.
_VALUE, _FIRST_KEY, _FIRST_ITEM, _KEY, _COLON, _NEXT, _NOTHING = range(7)


def read(text: str, name: str, *, pasted: bool = False) -> PlacedDict:
    """Return the mapping of a JSON document: ``PlacedDict``, ``PlacedList``, text, numbers, bool, ``None``.

    Args:
        text: the document.
        name: what to call it in messages.
        pasted: take what is invisible out of its texts, which people pasted; otherwise it is refused.

    Raises:
        DataError: a key twice, a control character, too many levels, a number no one writes: all of them, up
            to the first error of syntax, which ends the reading.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    reader = _Reader(text, name, pasted=pasted)
    reader.run()
    if reader.issues or reader.root is None:
        raise DataError(first_of(reader.issues, TOLD))
    return reader.root


def read_plain(text: str) -> dict[str, Any]:
    """Return what this program wrote in a cell, without places, which would be those of the cell.

    Raises:
        ValueError: it is not what this program writes.
    """
    try:
        return {key: _plain(value) for key, value in read(text, "").items()}
    except DataError as error:
        raise ValueError(str(error)) from None


def _plain(node: Any) -> Any:
    if isinstance(node, PlacedDict):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(value) for value in node] if isinstance(node, PlacedList) else node


class _Reader:
    """This reader builds the data, token by token."""

    def __init__(self, text: str, name: str, *, pasted: bool) -> None:
        self.text, self.name, self.pasted = text, name, pasted
        self.issues: list[Issue] = []
        self.root: PlacedDict | None = None
        self._stack: list[PlacedDict | PlacedList] = []
        self._keys: list[tuple[str, tuple[int, int]]] = []
        self._line, self._line_start, self._counted = 1, 0, 0
        self._state = _VALUE

    def where(self, position: int) -> Location:
        """Return a place that is not before those asked for until now."""
        return Location(self.name, *self._at(position))

    def _at(self, position: int) -> tuple[int, int]:
        ends = self.text.count("\n", self._counted, position)
        if ends:
            self._line += ends
            self._line_start = self.text.rfind("\n", self._counted, position) + 1
        self._counted = position
        return self._line, position - self._line_start + 1

    def run(self) -> None:
        position = 0
        while True:
            token = _TOKEN.match(self.text, position)
            if token is None or self._state == _NOTHING:
                break
            kind = token.lastgroup or ""
            start, position = token.span(kind)
            if kind == "mark":
                going = self._mark(token[kind], start)
            elif kind == "quote":
                try:
                    value, position = scanstring(self.text, position)
                except JSONDecodeError as error:
                    position = max(position, error.pos)
                    self._broken(position)
                    return
                going = self._text(value, start)
            else:
                value = _WORDS[token[kind]] if kind == "word" else self._number(token[kind], start)
                going = self._add(value, self._at(start))
            if not going:
                self._broken(start)
                return
            if len(self._stack) > MAX_DEPTH:
                self.issues.append(too_deep(self.where(start)))
                return
        blanks = _BLANKS.match(self.text, position)
        end = blanks.end() if blanks else position
        if self._state != _NOTHING or end < len(self.text):
            self._broken(end)

    def _broken(self, position: int) -> None:
        self.issues.append(Issue("syntaxe", _BROKEN, self.where(position)))

    def _mark(self, mark: str, start: int) -> bool:
        """Take a mark; false where it has no place."""
        state = self._state
        if mark in "{[":
            at = self._at(start)
            node = PlacedDict(self.name, at) if mark == "{" else PlacedList(self.name, at)
            if not self._add(node, at):
                return False
            self._stack.append(node)
            self._state = _FIRST_KEY if mark == "{" else _FIRST_ITEM
        elif mark == ":":
            self._state = _VALUE
            return state == _COLON
        elif not self._stack:
            return False
        elif mark == ",":
            self._state = _KEY if isinstance(self._stack[-1], PlacedDict) else _VALUE
            return state == _NEXT
        else:
            table = isinstance(self._stack[-1], PlacedDict)
            if mark != ("}" if table else "]") or state not in (_NEXT, _FIRST_KEY if table else _FIRST_ITEM):
                return False
            self._stack.pop()
            self._state = _NEXT if self._stack else _NOTHING
        return True

    def _text(self, value: str, start: int) -> bool:
        """Take a key or a text."""
        at = self._at(start)
        value = as_seen(value) if self.pasted else value.replace("\r\n", "\n")
        if not value.isascii():
            value = unicodedata.normalize("NFC", value)
        control = CONTROL.search(value)
        if control:
            self.issues.append(control_character(control.group(), Location(self.name, *at)))
        if self._state not in (_KEY, _FIRST_KEY):
            return self._add(value, at)
        table = self._stack[-1]
        assert isinstance(table, PlacedDict)
        if value in table:
            self.issues.append(key_twice(table, value, at))
        self._keys.append((value, at))
        self._state = _COLON
        return True

    def _number(self, digits: str, start: int) -> int | float:
        """Return a number; too large a one is an issue, and zero."""
        if digits.lstrip("-").isdigit():
            if len(digits.lstrip("-")) <= _DIGITS:
                return int(digits)
        elif isfinite(value := float(digits)):
            return value
        message = f"{digits[:_DIGITS]}… : aucun nombre de ce programme n’est si grand"
        self.issues.append(Issue("nombre-trop-grand", message, self.where(start)))
        return 0

    def _add(self, value: Any, at: tuple[int, int]) -> bool:
        """Put a value in its place; false where none was awaited."""
        if self._state not in (_VALUE, _FIRST_ITEM):
            return False
        self._state = _NEXT if self._stack else _NOTHING
        if not self._stack:
            if isinstance(value, PlacedDict):
                self.root = value
            else:
                where = Location(self.name, *at)
                self.issues.append(Issue("type-inattendu", "le fichier doit être un dictionnaire", where))
            return True
        parent = self._stack[-1]
        if isinstance(parent, PlacedList):
            parent.append(value)
            parent.items_at.append(at)
        else:
            key, key_at = self._keys.pop()
            parent[key] = value
            parent.keys_at[key], parent.values_at[key] = key_at, at
        return True
