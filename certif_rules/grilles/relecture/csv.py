"""Our CSV, filled: each row carries the request it answers, so that the file is compared as a workbook is."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, point_key
from certif_rules.documents import emetteur
from certif_rules.errors import DataError, Issue, Location
from certif_rules.grilles.csv import (
    DEMANDE,
    IDENTIFIANT,
    SAISIE,
    check_row,
    columns,
    extra_columns,
    row,
    unguard,
)
from certif_rules.grilles.relecture.saisie import Lu, Rangee, added_column, findings, folded, missing
from certif_rules.grilles.relecture.tableur import MAX_ROWS, decode, refuse
from certif_rules.model.base import Avertissement
from certif_rules.source.json import read_plain

_INCONNU = "ce fichier n’est pas un CSV écrit par ce programme"
_UTF8 = "l’enregistrer en UTF-8 (dans LibreOffice : « Éditer les paramètres du filtre »)"


class LectureCsv:
    """The rows of a CSV file, by name of column, each with the line it starts at."""

    def __init__(self, content: bytes, name: str) -> None:
        """Read ``content``, called ``name`` in messages; the separator is that of its first line.

        Raises:
            DataError: too big, not UTF-8, or without the columns of ours.
        """
        self.name = name
        text = decode(content, name, "CSV", _UTF8)
        if "\0" in text:
            raise refuse("classeur-etranger", _INCONNU, name)
        first = text.partition("\n")[0]
        separator = max(";,\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        self.rows: list[tuple[int, list[str]]] = []
        start = 1
        try:
            for cells in reader:
                if not self.rows or any(map(str.strip, cells)):
                    self.rows.append((start, cells))
                if len(self.rows) > MAX_ROWS:
                    raise refuse("fichier-trop-grand", f"plus de {MAX_ROWS} rangées", name)
                start = reader.line_num + 1
        except csv.Error:
            hint = "le copier ou le télécharger à nouveau"
            raise refuse(
                "fichier-tronque", "un guillemet n’est pas fermé, ou est mal placé", name, hint
            ) from None
        header = [folded(unguard(cell)) for cell in self.rows[0][1]] if self.rows else []
        self.columns = {label: place for place, label in reversed(list(enumerate(header)))}
        if IDENTIFIANT not in self.columns and DEMANDE not in self.columns:
            raise refuse("classeur-etranger", _INCONNU, name)
        twice = sorted(label for label, times in Counter(header).items() if label and times > 1)
        self.issues = [
            Issue("colonne-en-double", f"la colonne « {label} » apparaît deux fois", Location(name, 1, 1))
            for label in twice
        ]
        self.issues += self.missing((IDENTIFIANT, DEMANDE))
        if DEMANDE not in self.columns:
            raise DataError(self.issues)
        self.header = header
        self.body = self.rows[1:]

    def missing(self, columns: Iterable[str]) -> list[Issue]:
        """Return the columns that should be there and are not."""
        return [
            Issue(
                "colonne-absente",
                f"la colonne « {label} » manque ou a été renommée",
                Location(self.name, 1, 1),
            )
            for label in columns
            if folded(label) not in self.columns
        ]

    def text(self, cells: list[str], column: str) -> str:
        """Return a cell of a row, without the mark of formulas."""
        place = self.columns.get(folded(column))
        return "" if place is None or place >= len(cells) else unguard(cells[place]).replace("\r\n", "\n")


def read_head(tableau: LectureCsv) -> Any:
    """Return the request that the file answers, the same on every row.

    Raises:
        DataError: there is none, or rows come from several checklists.
    """
    heads = {tableau.text(cells, DEMANDE): line for line, cells in tableau.body}
    if len(heads) > 1:
        issues = [
            Issue("dossiers-differents", f"colonne « {DEMANDE} » : d’un autre audit que la première rangée",
                  Location(tableau.name, line, 1))
            for line in list(heads.values())[1:]
        ]  # fmt: skip
        raise DataError(issues)
    try:
        return read_plain(next(iter(heads), ""))
    except ValueError:
        raise DataError([changed_head(tableau.name)]) from None


def changed_head(name: str) -> Issue:
    """Return what is wrong when the request that each row repeats cannot be read."""
    message = f"colonne « {DEMANDE} » : modifiée, ou vide"
    return Issue("cellule-modifiee", message, Location(name, 2, 1), "reprendre le fichier d’origine")


def read_rows(tableau: LectureCsv, checklist: Checklist, *, same_rules: bool) -> Lu:
    """Return the findings of the file and everything wrong with it, as for a workbook."""
    written = {ligne.indicateur.id: row(checklist, ligne) for ligne in checklist.lignes}
    written |= {point_key(point): check_row(checklist, point) for point in checklist.verifications}
    extra = extra_columns(checklist)
    shown = [column for column, label in SAISIE.items() if emetteur.shows(checklist, label)]
    issues = [*tableau.issues, *tableau.missing((*shown, *extra.values()))]
    rangees = []
    # Without their identifiers, rows cannot be told.
    for line, cells in tableau.body if IDENTIFIANT in tableau.columns else ():
        identifiant = folded(tableau.text(cells, IDENTIFIANT))
        rangees.append(
            Rangee(
                ligne=identifiant,
                saisie={label: tableau.text(cells, column) for column, label in SAISIE.items()},
                lieu=_places(tableau, line),
                complements={cle: tableau.text(cells, title) for cle, title in extra.items()},
            )
        )
        for column, text in written.get(identifiant, {}).items() if same_rules else ():
            if folded(tableau.text(cells, column)) != folded(text):
                message = f"colonne « {column} » : cette cellule calculée a été modifiée"
                where = Location(tableau.name, line, tableau.columns.get(column, 0) + 1)
                issues.append(Issue("cellule-modifiee", message, where, "la rétablir"))
    if IDENTIFIANT in tableau.columns:
        issues += missing(checklist, rangees, Location(tableau.name), among=written)
    lu = findings(checklist, rangees, {})
    warnings = tuple(_strangers(tableau, checklist))
    return replace(lu, issues=(*issues, *lu.issues), avertissements=warnings)


def _strangers(tableau: LectureCsv, checklist: Checklist) -> Iterator[Avertissement]:
    """Yield columns added beside ours that hold something."""
    known = set(map(folded, columns(checklist)))
    filled = Counter(place for _, cells in tableau.body for place, cell in enumerate(cells) if cell.strip())
    for place, label in enumerate(tableau.header):
        if label not in known and filled[place]:
            yield added_column(tableau.name, label, filled[place])


def _places(tableau: LectureCsv, line: int) -> Any:
    labels = {label: column for column, label in SAISIE.items()} | {"Identifiant": IDENTIFIANT}
    return lambda label: Location(tableau.name, line, tableau.columns.get(labels[label], 0) + 1)
