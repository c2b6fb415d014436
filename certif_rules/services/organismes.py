"""A population of organisations, one a row of a CSV, read by the names of its columns and row by row.

A file may be of a whole nation: it is never held in memory, and a row that cannot be read hides no other.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from certif_rules.errors import DataError, Fautes, Issue, Location, suggestion
from certif_rules.source.donnees import number_of, read_checked
from certif_rules.source.entree import CONTROL, as_seen

#: Longest line of a file, in bytes.
_LONGEST: Final = 1_000_000
_VRAI: Final = ("vrai", "true", "oui", "1", "x")
_FAUX: Final = ("faux", "false", "non", "0")
_SHOWN: Final = 40
#: What tells an organisation from another, which a profile says of one alone.
IDENTITE: Final = ("nom", "siren", "nda")
_QUOTE: Final = "un guillemet n’est pas fermé, ou est mal placé"


class Correspondance(Struct, frozen=True, kw_only=True):
    """A correspondance says what each column is: a part of identity, a category or a fact, by its own name.

    ``nombres`` are the columns of facts that are numbers.
    """

    organisme: Mapping[str, str]
    categories: Mapping[str, str]
    faits: Mapping[str, str]
    vrai: frozenset[str]
    faux: frozenset[str]
    separateur: str | None
    nombres: Mapping[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> Mapping[str, str]:
        """Return the columns of all facts, numbers included."""
        return {**self.faits, **self.nombres}

    @property
    def colonnes(self) -> tuple[str, ...]:
        """Return the columns that are read, once each."""
        named = (*self.organisme.values(), *self.categories.values(), *self.facts.values())
        return tuple(dict.fromkeys(named))


class Organisation(Struct, frozen=True):
    """One row has the line where it starts, who it is, its categories, what it says, what is wrong with it.

    ``categories`` is ``None`` where the file says nothing of them, empty where those of the row are at fault.
    """

    rang: int
    identite: Mapping[str, str]
    categories: tuple[str, ...] | None
    faits: tuple[tuple[str, bool | str], ...]
    fautes: tuple[Issue, ...] = ()


def read_correspondance(path: Path) -> Correspondance:
    """Return what the columns of a file say, by a YAML file.

    Raises:
        DataError: it cannot be read, its schema refuses it, or a word means both true and false.
    """
    data: Any = read_checked(path, "correspondance")
    vrai = frozenset(word.casefold() for word in data.get("vrai") or _VRAI)
    faux = frozenset(word.casefold() for word in data.get("faux") or _FAUX)
    if both := vrai & faux:
        where, hint = Location(str(path)), "le retirer d’un côté"
        raise DataError(
            Issue("correspondance-ambigue", f"« {word} » veut dire à la fois vrai et faux", where, hint)
            for word in both
        )
    return Correspondance(
        organisme=dict(data.get("organisme") or {}),
        categories=dict(data.get("categories") or {}),
        faits=dict(data.get("faits") or {}),
        nombres=dict(data.get("nombres") or {}),
        vrai=vrai,
        faux=faux,
        separateur=data.get("separateur"),
    )


def organisations(path: Path, correspondance: Correspondance) -> Iterator[Organisation | Issue]:
    """Yield each row of a file in order: an organisation, or what is wrong with it.

    Raises:
        DataError: the file cannot be read, is no UTF-8 text, or lacks columns; all of those are listed.
    """
    with _opened(path) as stream:
        yield from _rows(_lines(stream, str(path)), str(path), correspondance)


def about_how_many(path: Path) -> int:
    """Return about how many rows a file has, by its ends of lines: more, where cells are of several lines.

    None is 0: what can be read once only, or has the ends of an old Mac.
    """
    if not path.is_file():
        return 0
    with _opened(path) as stream:
        return max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(_LONGEST), b"")) - 1)


def digest_of(path: Path) -> str:
    """Return the digest of what a file holds, read bit by bit.

    Raises:
        DataError: it cannot be read, or could be read once only.
    """
    if path.exists() and not path.is_file():
        message = f"ce n’est pas un fichier ordinaire : {path.name}"
        raise DataError([Issue("fichier-illisible", message, Location(str(path)), "le copier d’abord")])
    with _opened(path) as stream:
        return file_digest(stream, "sha256").hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    try:
        with path.open("rb") as stream:
            yield stream
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        reason = "fichier introuvable" if missing else "lecture impossible"
        raise DataError(
            [Issue("fichier-illisible", f"{reason} : {path.name}", Location(str(path)))]
        ) from error


def _lines(stream: BufferedReader, name: str) -> Iterator[str]:
    """Yield the lines of a text, whichever of the three ends they have."""
    rank, chunk, rest = 0, b"x", b""
    while chunk:
        chunk = stream.read(_LONGEST)
        lines = (rest + chunk).splitlines(keepends=True)
        rest = lines.pop() if chunk else b""  # what follows is perhaps its own
        for line in lines:
            rank += 1
            yield _decoded(line, name, rank)
        if len(rest) > _LONGEST:
            _decoded(rest, name, rank + 1)


def _decoded(line: bytes, name: str, rank: int) -> str:
    where = Location(name, rank, 1)
    if len(line) > _LONGEST:
        raise DataError([Issue("fichier-trop-grand", "une ligne n’en finit pas", where)])
    try:
        return line.decode("utf-8-sig" if rank == 1 else "utf-8")
    except UnicodeDecodeError:
        message = "ce fichier n’est pas un texte en UTF-8"
        raise DataError([Issue("encodage", message, where, "l’enregistrer en CSV UTF-8")]) from None


def _rows(lines: Iterator[str], name: str, correspondance: Correspondance) -> Iterator[Organisation | Issue]:
    first = next(lines, "")
    separator = correspondance.separateur or max(";,\t", key=first.count)
    records = _records(chain([first], lines), separator)
    _, _, heads = next(records, (1, 1, []))
    if isinstance(heads, str):
        hint = "corriger les noms des colonnes"
        raise DataError([Issue("rangee-illisible", heads, Location(name, 1, 1), hint)])
    heads = [head.strip() for head in heads]
    places = _places(heads, name, correspondance)
    for rank, last, cells in records:
        if isinstance(cells, str):
            yield _wrong(name, rank, cells)
        elif len(cells) != len(heads) and any(map(str.strip, cells)):
            until = f", jusqu’à la ligne {last}" if last > rank else ""
            yield _wrong(name, rank, f"{len(cells)} cellules{until}, il en faut {len(heads)}")
        elif any(map(str.strip, cells)):
            yield _organisation(cells, places, name, rank, correspondance)


def _records(lines: Iterator[str], separator: str) -> Iterator[tuple[int, int, list[str] | str]]:
    """Yield the lines where each row starts and ends, and its cells, or what is wrong with them.

    A quote that nobody closes takes lines that are not its own: they are read again, for themselves.
    """
    rank, again, taken = 1, deque[str](), list[str]()

    def following() -> Iterator[str]:
        while (line := again.popleft() if again else next(lines, None)) is not None:
            taken.append(line)
            yield line

    reader = csv.reader(following(), delimiter=separator, strict=True)
    while True:
        taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error:
            again.extendleft(reversed(taken[1:]))
            long = len(taken[0]) > csv.field_size_limit()
            yield rank, rank, "une cellule est trop longue" if long else _QUOTE
            rank += 1
            reader = csv.reader(following(), delimiter=separator, strict=True)  # the end may be behind
            continue
        if cells is None:
            return
        yield rank, rank + len(taken) - 1, cells
        rank += len(taken)


def _places(heads: Sequence[str], name: str, correspondance: Correspondance) -> dict[str, int]:
    """Return the place of each column.

    Raises:
        DataError: some are missing, or stand twice; all are listed.
    """
    faults = Fautes()
    if not any(heads):
        message, hint = "la première ligne ne nomme aucune colonne", "y écrire le nom de chaque colonne"
        raise DataError([Issue("colonne-absente", message, Location(name, 1, 1), hint)])
    for column in correspondance.colonnes:
        number = heads.count(column)
        if number == 0:
            hint = suggestion(column, heads, "colonnes")
            faults.report("colonne-absente", f"il manque la colonne « {column} »", Location(name, 1, 1), hint)
        elif number > 1:
            message = f"la colonne « {column} » y est {number} fois"
            faults.report("colonne-en-double", message, Location(name, 1, 1), "n’en garder qu’une")
    if faults.issues:
        raise DataError(faults.issues)
    return {column: heads.index(column) for column in correspondance.colonnes}


def _organisation(
    cells: Sequence[str], places: Mapping[str, int], name: str, rank: int, by: Correspondance
) -> Organisation:
    given = {column: cells[place].strip() for column, place in places.items()}
    unread = [
        column
        for column in dict.fromkeys((*by.categories.values(), *by.faits.values()))
        if given[column] and _truth(given[column], by) is None
    ]
    faults = [
        f"« {given[column][:_SHOWN]} », dans la colonne « {column} », n’est ni vrai ni faux"
        for column in unread
    ]
    numbers = {nom: number_of(given[column]) for nom, column in by.nombres.items() if given[column]}
    faults += [
        f"« {given[by.nombres[nom]][:_SHOWN]} », dans la colonne « {by.nombres[nom]} », n’est pas un nombre"
        for nom, number in numbers.items()
        if number is None
    ]
    categories = tuple(c for c, column in by.categories.items() if _truth(given[column], by))
    if not set(unread).isdisjoint(by.categories.values()):
        categories = ()  # those that can be read are not all of them
    elif by.categories and not categories:
        faults.append("aucune catégorie")
    read = {**{nom: _truth(given[column], by) for nom, column in by.faits.items()}, **numbers}
    identite = {part: as_seen(given[column]) for part, column in by.organisme.items() if given[column]}
    for part, text in identite.items():
        if control := CONTROL.search(text):
            what = f"le caractère invisible U+{ord(control[0]):04X}"
            faults.append(f"{what}, dans la colonne « {by.organisme[part]} », n’est pas admis")
    return Organisation(
        rank,
        identite,
        categories if by.categories else None,
        tuple((nom, value) for nom, value in read.items() if value is not None),
        tuple(_wrong(name, rank, fault) for fault in faults),
    )


def _truth(cell: str, by: Correspondance) -> bool | None:
    """Return what a cell says; nothing where it is blank, or says neither."""
    word = cell.casefold()
    return True if word in by.vrai else False if word in by.faux else None


def _wrong(name: str, rank: int, message: str) -> Issue:
    hint = "corriger cette rangée ; les autres sont lues"
    return Issue("rangee-illisible", message, Location(name, rank, 1), hint)
