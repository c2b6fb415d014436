"""Compute the formulas of a workbook: a test reads the value that an auditor sees, wherever columns stand."""

from __future__ import annotations

import calendar
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.formula import Tokenizer
from openpyxl.utils import range_boundaries

#: The operators that our formulas use, each with how tightly it binds.
_OPERATORS: Mapping[str, tuple[int, Callable[[Any, Any], Any]]] = {
    "=": (1, lambda one, two: one == two),
    "&": (2, lambda one, two: f"{one}{two}"),
    "+": (3, lambda one, two: one + timedelta(days=two) if isinstance(one, date) else one + two),
    "*": (4, lambda one, two: one * two),
}
#: A formula read: what gives its value once the cells it calls are known.
_Node = Callable[[], Any]


class NotFoundError(Exception):
    """The value that MATCH looks for is not there: what spreadsheets print as « #N/A »."""


class Classeur:
    """A workbook whose formulas are computed from what its cells hold; an empty cell is an empty text."""

    def __init__(self, content: bytes, *, recalculated: bool = False) -> None:
        """Open ``content``; ``recalculated`` by a spreadsheet, its formulas are worth what that wrote."""
        self._book = load_workbook(io.BytesIO(content), data_only=recalculated)

    def value(self, sheet: str, row: int, column: int) -> Any:
        """Return the value of a cell, numbered from 1."""
        cell = self._book[sheet].cell(row, column)
        if cell.data_type == "f":
            return _Formula(self, sheet, cell.value).value()
        return "" if cell.value is None else _as_date(cell.value)

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        """Return the rows of a sheet by title of column, its first row being their header."""
        last, width = self._book[sheet].max_row, self._book[sheet].max_column
        titles = [self.value(sheet, 1, column) for column in range(1, width + 1)]
        return [
            {title: self.value(sheet, row, place) for place, title in enumerate(titles, start=1)}
            for row in range(2, last + 1)
        ]

    def labelled(self, sheet: str) -> dict[str, Any]:
        """Return what stands beside each label of a sheet of two columns."""
        last = self._book[sheet].max_row
        return {self.value(sheet, row, 1): self.value(sheet, row, 2) for row in range(1, last + 1)}


def _as_date(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


class _Formula:
    """One formula, read from left to right; only the branch taken by IF and IFERROR is computed."""

    def __init__(self, classeur: Classeur, sheet: str, text: str) -> None:
        self._classeur, self._sheet = classeur, sheet
        self._tokens = [token for token in Tokenizer(text).items if token.type != "WHITE-SPACE"]

    def value(self) -> Any:
        node = self._expression(0)
        assert not self._tokens, f"not read to its end: {self._tokens}"
        return node()

    def _expression(self, least: int) -> _Node:
        left = self._operand()
        while self._tokens and self._tokens[0].type == "OPERATOR-INFIX":
            strength, apply = _OPERATORS[self._tokens[0].value]
            if strength < least:
                break
            self._tokens.pop(0)
            left = _infix(apply, left, self._expression(strength + 1))
        return left

    def _operand(self) -> _Node:
        token = self._tokens.pop(0)
        if token.type == "PAREN":
            inside = self._expression(0)
            self._tokens.pop(0)
            return inside
        if token.type == "FUNC":
            function = _FUNCTIONS[token.value.removesuffix("(")]
            arguments = list(self._arguments())
            return lambda: function(*arguments)
        if token.subtype == "RANGE":
            return lambda: self._cells(token.value)
        constant = int(token.value) if token.subtype == "NUMBER" else token.value[1:-1].replace('""', '"')
        return lambda: constant

    def _arguments(self) -> Iterator[_Node]:
        while True:
            yield self._expression(0)
            if self._tokens.pop(0).subtype == "CLOSE":
                return

    def _cells(self, reference: str) -> Any:
        """Return the value of a cell, or the list of those of a column."""
        sheet, _, area = reference.rpartition("!")
        left, top, right, bottom = range_boundaries(area)
        assert left == right, f"more than a column: {reference}"
        name = sheet.strip("'") or self._sheet
        values = [self._classeur.value(name, row, left) for row in range(top, bottom + 1)]
        return values if ":" in area else values[0]


def _infix(apply: Callable[[Any, Any], Any], left: _Node, right: _Node) -> _Node:
    """Return both applied, row by row where one of them is a column."""

    def value() -> Any:
        one, two = left(), right()
        height = len(one) if isinstance(one, list) else len(two) if isinstance(two, list) else None
        if height is None:
            return apply(one, two)
        pair = (each if isinstance(each, list) else [each] * height for each in (one, two))
        return [apply(a, b) for a, b in zip(*pair, strict=True)]

    return value


def _if(condition: _Node, then: _Node, otherwise: _Node) -> Any:
    return then() if condition() else otherwise()


def _iferror(value: _Node, otherwise: _Node) -> Any:
    try:
        return value()
    except NotFoundError:
        return otherwise()


def _match(sought: _Node, values: _Node, exactly: _Node) -> int:
    assert exactly() == 0
    if sought() not in values():
        raise NotFoundError(sought())
    return values().index(sought()) + 1


def _countifs(*pairs: _Node) -> int:
    columns = [[value == wanted() for value in values()] for values, wanted in _by_two(pairs)]
    return sum(all(row) for row in zip(*columns, strict=True))


def _by_two(nodes: tuple[_Node, ...]) -> Iterator[tuple[_Node, _Node]]:
    return zip(nodes[::2], nodes[1::2], strict=True)


def _edate(start: _Node, months: _Node) -> date:
    """Return the day some months later, the last of its month where that month is shorter."""
    day = start()
    years, month = divmod(day.month - 1 + months(), 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "IF": _if,
    "IFERROR": _iferror,
    "INDEX": lambda values, rank: values()[rank() - 1],
    "MATCH": _match,
    "COUNTIF": _countifs,
    "COUNTIFS": _countifs,
    "COUNTBLANK": lambda values: values().count(""),
    "SUMPRODUCT": lambda values: sum(values()),
    "EDATE": _edate,
}
