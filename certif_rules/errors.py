"""What can be wrong, and where: the only place that formats ``file:line:column``.

An :class:`Issue` is one thing to mend. Nothing raises at the first of them: a step collects every
issue it can see, then raises one :class:`DataError` (or :class:`UsageError`) that carries them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_uppercase
from typing import Self

from msgspec import Struct
from msgspec.structs import force_setattr

from certif_rules.francais import count


class Location(Struct, frozen=True, order=True):
    """A location is a place in a file: ``line`` and ``column`` count from 1, 0 means « the file as a whole ».

    In a workbook, ``sheet`` names the sheet and the place reads as a cell does: « Grille!K14 ».
    """

    file: str
    line: int = 0
    column: int = 0
    sheet: str = ""

    def __str__(self) -> str:
        if self.sheet:
            cell = f"!{letters(self.column)}{self.line}" if self.line else ""
            return f"{self.file}:{self.sheet}{cell}"
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


def letters(column: int) -> str:
    """Return the name of a column of a sheet, counted from 1: ``A``, ``Z``, ``AA``; of none, nothing."""
    name = ""
    while column:
        column, rest = divmod(column - 1, len(ascii_uppercase))
        name = ascii_uppercase[rest] + name
    return name


def from_emplacement(emplacement: str) -> Location:
    """Return the place that the model remembers as ``file:line``."""
    file, _, line = emplacement.rpartition(":")
    return Location(file, int(line), 1) if file else Location(emplacement)


#: Most characters that a message quotes of what it was given, and most that it has.
_QUOTED, _LONG = 200, 2_000
_QUOTE = re.compile(rf"«([^«»]{{{_QUOTED + 1}}})[^«»]*+»")
_WORD = re.compile(rf"(\S{{{_QUOTED}}})\S++")


def clipped(text: str) -> str:
    """Return a message short enough to be read: what it quotes is cut, then its middle."""
    if len(text) <= _QUOTED:
        return text
    text = _WORD.sub(r"\1…", _QUOTE.sub(r"«\1… »", text))
    return text if len(text) <= _LONG else f"{text[: _LONG - _QUOTED - 1]}…{text[-_QUOTED:]}"


def cause(error: BaseException) -> str:
    """Return what an error of foreign code says, on one line, even when it cannot be printed."""
    try:
        words = " ".join(str(error)[: 10 * _LONG].split())
    except BaseException:  # noqa: BLE001 - its own code runs to print it
        words = "une erreur qui ne se laisse pas afficher"
    return f"{type(error).__name__} : {words}" if words else type(error).__name__


class Issue(Struct, frozen=True, order=True):
    """An issue tells one problem: a stable ``code``, a French ``message``, where it is and what to do.

    ``location`` is ``None`` for what was typed. ``champ`` is the field at fault, as a path in a findings file
    where what is of a line is under its id (« audit.date », « constats.R/1.commentaire »); empty where
    no one field is. ``related`` holds other places that explain the problem (the first of two duplicates, for
    instance), each with its own words. ``unlisted`` is set of one that is no problem, and stands for so many
    that are not listed, or more (``open_ended``).
    """

    code: str
    message: str
    location: Location | None = None
    hint: str | None = None
    related: tuple[tuple[Location, str], ...] = ()
    unlisted: int | None = None
    open_ended: bool = False
    champ: str = ""

    def __post_init__(self) -> None:
        """Cut what is quoted of a hostile file: a message is to be read."""
        for name in ("message", "hint"):
            text = getattr(self, name)
            if text and len(text) > _QUOTED:
                force_setattr(self, name, clipped(text))

    def lines(self) -> list[str]:
        """Return the issue as it is printed: one clickable line, then what helps."""
        where = f"{self.location}: " if self.location else ""
        out = [f"{where}{self.code}: {self.message}"]
        if self.hint:
            out.append(f"    → {self.hint}")
        out.extend(f"    {place}: {words}" for place, words in self.related)
        return out


#: The code of a value that is needed and was not given.
MANQUE = "information-manquante"


def lacking(needs: Iterable[tuple[str, object, str]], hint: str | None = None) -> list[Issue]:
    """Return one issue for each value that is not given, of (label, value, path of its field)."""
    return [
        Issue("information-manquante", f"il manque {label}", None, hint, champ=champ)
        for label, value, champ in needs
        if value is None or value == ""
    ]


class Fautes:
    """A collector takes issues: as a context manager, it keeps those raised inside, and goes on."""

    def __init__(self, *issues: Issue) -> None:
        self.issues: list[Issue] = [*issues]

    def report(
        self, code: str, message: str, location: Location | None = None, hint: str | None = None
    ) -> None:
        """Keep one issue."""
        self.issues.append(Issue(code, message, location, hint))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, IssuesError):
            self.issues.extend(error.issues)
            return True
        return False


class CertifRulesError(Exception):
    """This error is the base of all that this package raises on purpose."""


class IssuesError(CertifRulesError):
    """This error is made of issues, all found in one go, sorted by place."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(sorted(set(issues), key=by_place))
        super().__init__("\n".join(line for issue in self.issues for line in issue.lines()))

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Issue, ...]]]:
        """Return what makes it again in another process: its issues, and not the words drawn from them."""
        return type(self), (self.issues,)


class DataError(IssuesError):
    """This error says that a file is wrong: a référentiel, a profile, a set of cases (exit status 1)."""


class UsageError(IssuesError):
    """This error says that what was asked is wrong or incomplete (exit status 2)."""


def by_place(issue: Issue) -> tuple[str, str, int, int, str, str]:
    """Return the rank of an issue among others: by place, then by code."""
    place = issue.location or Location("")
    return (place.file, place.sheet, place.line, place.column, issue.code, issue.message)


def first_of(issues: Iterable[Issue], most: int, *, more: bool = False, beyond: int = 0) -> list[Issue]:
    """Return the first ``most`` issues by place; where there are others, how many, said before them.

    ``more`` says that others still were not even looked for; ``beyond`` is how many were seen after those.
    """
    ordered = sorted(set(issues), key=by_place)
    listed = [issue for issue in ordered if issue.unlisted is None]
    if len(listed) + beyond <= most and not more:
        return ordered
    number, open_ended = _number(ordered)
    number, open_ended = number + beyond, open_ended or more
    place = listed[0].location
    whole = Location(place.file) if place else None
    total = f"plus de {number}" if open_ended else str(number)
    message = f"{total} anomalies : les {most} premières sont dites ici"
    hint, left = "les corriger, puis recommencer", number - len(listed[:most])
    rest = Issue("anomalies-nombreuses", message, whole, hint, unlisted=left, open_ended=open_ended)
    return [rest, *listed[:most]]


def tally(issues: Iterable[Issue]) -> str:
    """Return how many problems there are, in words: listed or not, and not what only says how many."""
    number, open_ended = _number(issues)
    return f"{'plus de ' if open_ended else ''}{count(number, 'problème')}"


def _number(issues: Iterable[Issue]) -> tuple[int, bool]:
    """Return how many problems issues stand for, and whether there may be more."""
    number, open_ended = 0, False
    for issue in issues:
        number += 1 if issue.unlisted is None else issue.unlisted
        open_ended = open_ended or issue.open_ended
    return number, open_ended


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return « Did you mean… », or ``None`` when no known name is near."""
    # Imported on the way to an error only: starting up must not pay for it.
    from difflib import get_close_matches

    from certif_rules.noms import cle

    names = {cle(other): other for other in reversed(list(known))}
    near = get_close_matches(cle(name), list(names), n=1)
    return f"vouliez-vous dire « {names[near[0]]} » ?" if near else None


def suggestion(name: str, known: Iterable[str], label: str = "connus") -> str:
    """Return what to do of an unknown name: the nearest known one, else all of them."""
    names = list(known)
    return nearest(name, names) or f"{label} : {', '.join(names) or 'aucun'}"
