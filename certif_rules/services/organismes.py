"""A population of organisations, one a row of a CSV, read by the names of its columns and row by row.

A file may be of a whole nation: it is never held in memory, and a row that cannot be read hides no other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from certif_rules.errors import DataError, Fautes, Issue, Location, suggestion
from certif_rules.source.donnees import read_checked

#: Longest line of a file, in bytes.
_LONGEST: Final = 1_000_000
_VRAI: Final = ("vrai", "true", "oui", "1", "x")
_FAUX: Final = ("faux", "false", "non", "0")
_SHOWN: Final = 40


class Correspondance(Struct, frozen=True, kw_only=True):
    """What each column of a file says: parts of identity, categories and facts, by their own names."""

    organisme: Mapping[str, str]
    categories: Mapping[str, str]
    faits: Mapping[str, str]
    vrai: frozenset[str]
    faux: frozenset[str]
    separateur: str | None

    @property
    def colonnes(self) -> tuple[str, ...]:
        """The columns that are read, once each."""
        named = (*self.organisme.values(), *self.categories.values(), *self.faits.values())
        return tuple(dict.fromkeys(named))


class Organisation(Struct, frozen=True):
    """One row: the line where it starts, who it is, its categories (``None``: not said), what it says."""

    rang: int
    identite: Mapping[str, str]
    categories: tuple[str, ...] | None
    faits: tuple[tuple[str, bool], ...]


def read_correspondance(path: Path) -> Correspondance:
    """Return what the columns of a file say, by a YAML file.

    Raises:
        DataError: it cannot be read, its schema refuses it, or a word means both true and false.
    """
    data: Any = read_checked(path, "correspondance")
    vrai = frozenset(word.casefold() for word in data.get("vrai") or _VRAI)
    faux = frozenset(word.casefold() for word in data.get("faux") or _FAUX)
    both = sorted(vrai & faux)
    if both:
        message = f"« {both[0]} » veut dire à la fois vrai et faux"
        raise DataError(
            [Issue("correspondance-ambigue", message, Location(str(path)), "le retirer d’un côté")]
        )
    return Correspondance(
        organisme=dict(data.get("organisme") or {}),
        categories=dict(data.get("categories") or {}),
        faits=dict(data.get("faits") or {}),
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
    rank = 0
    while line := stream.readline(_LONGEST + 1):
        rank += 1
        where = Location(name, rank, 1)
        if len(line) > _LONGEST:
            raise DataError([Issue("fichier-trop-grand", "une ligne n’en finit pas", where)])
        try:
            yield line.decode("utf-8-sig" if rank == 1 else "utf-8")
        except UnicodeDecodeError:
            message = "ce fichier n’est pas un texte en UTF-8"
            raise DataError([Issue("encodage", message, where, "l’enregistrer en CSV UTF-8")]) from None


def _rows(lines: Iterator[str], name: str, correspondance: Correspondance) -> Iterator[Organisation | Issue]:
    first = next(lines, "")
    separator = correspondance.separateur or max(";,\t", key=first.count)
    heads = [head.strip() for head in next(csv.reader([first], delimiter=separator), [])]
    places = _places(heads, name, correspondance)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        rank = reader.line_num + 2  # the line after those read, the first being the heads
        try:
            cells = next(reader, None)
        except csv.Error:
            yield _wrong(name, rank, "un guillemet n’est pas fermé, ou est mal placé")
            continue
        if cells is None:
            return
        if any(map(str.strip, cells)):
            yield _organisation(cells, len(heads), places, name, rank, correspondance)


def _places(heads: Sequence[str], name: str, correspondance: Correspondance) -> dict[str, int]:
    """Return the place of each column.

    Raises:
        DataError: some are missing, or stand twice; all are listed.
    """
    faults = Fautes()
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
    cells: Sequence[str], number: int, places: Mapping[str, int], name: str, rank: int, by: Correspondance
) -> Organisation | Issue:
    if len(cells) != number:
        return _wrong(name, rank, f"{len(cells)} cellules, il en faut {number}")
    given = {column: cells[place].strip() for column, place in places.items()}
    try:
        categories = tuple(c for c, column in by.categories.items() if _truth(given[column], by))
        read = ((nom, _truth(given[column], by)) for nom, column in by.faits.items())
        faits = tuple((nom, value) for nom, value in read if value is not None)
    except ValueError as error:
        word = str(error)[:_SHOWN]
        column = next(c for c, cell in given.items() if cell == str(error))
        return _wrong(name, rank, f"« {word} », dans la colonne « {column} », n’est ni vrai ni faux")
    if by.categories and not categories:
        return _wrong(name, rank, "aucune catégorie")
    identite = {part: given[column] for part, column in by.organisme.items() if given[column]}
    return Organisation(rank, identite, categories if by.categories else None, faits)


def _truth(cell: str, by: Correspondance) -> bool | None:
    """Return what a cell says; nothing where it is blank.

    Raises:
        ValueError: it is neither; its message is the cell.
    """
    word = cell.casefold()
    if not word or word in by.vrai or word in by.faux:
        return word in by.vrai if word else None
    raise ValueError(cell)


def _wrong(name: str, rank: int, message: str) -> Issue:
    hint = "corriger cette rangée ; les autres sont lues"
    return Issue("rangee-illisible", message, Location(name, rank, 1), hint)
