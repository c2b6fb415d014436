"""Our CSV, filled: each row carries the request it answers, so that the file is compared as a workbook is."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist, point_key
from certif_rules.audit.silence import Silence
from certif_rules.colonnes import RECENTES
from certif_rules.errors import DataError, Issue, Location
from certif_rules.grilles.classeur import MAX_CELL
from certif_rules.grilles.csv import (
    DEMANDE,
    IDENTIFIANT,
    LEVEE,
    SAISIE,
    check_row,
    columns,
    demand_column,
    extra_columns,
    filled_columns,
    row,
    unguard,
)
from certif_rules.grilles.relecture.feuille import older_grid
from certif_rules.grilles.relecture.levees import read_lifting
from certif_rules.grilles.relecture.saisie import (
    Levee,
    Lu,
    Rangee,
    added_column,
    cut,
    findings,
    in_error,
    missing,
)
from certif_rules.grilles.relecture.tableur import MAX_ROWS, decode, refuse
from certif_rules.grilles.relecture.valeurs import folded
from certif_rules.model.base import Avertissement
from certif_rules.source.json import read_plain

_INCONNU = "ce fichier n’est pas un CSV écrit par ce programme"
_UTF8 = "l’enregistrer en UTF-8 (dans LibreOffice : « Éditer les paramètres du filtre »)"
#: The ends of lines of every system.
_END = re.compile(r"\r\n?|\n")
#: What spreadsheets write for an error, in French and in English, and a number too long for its column.
_ERREURS = frozenset(
    {
        *("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#VALEUR!", "#NAME?", "#NOM?", "#NULL!", "#NUL!"),
        *("#NUM!", "#NOMBRE!", "#SPILL!", "#EPARS!", "#CALC!", "#CALCUL!"),
    }
)
_SCIENTIFIQUE = re.compile(r"-?\d(?:[.,]\d+)?E[+-]\d+")


def _rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Return the rows that hold something, each with the line it starts at.

    Lines end as any system ends them; the separator is that of the first one. Where it ends with CR alone,
    LF is in the texts, and some programs quote none of it: NUL, which was refused, stands for it.
    """
    end = _END.search(text)
    first = text[: end.start()] if end else text
    if end and end[0] == "\r":
        text = text.replace("\n", "\0")
    separator = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 1
    # As many characters in a field as in the file: its size was looked at, and 131,072 are no fault.
    limit = csv.field_size_limit(max(len(text), 1))
    try:
        for cells in reader:
            if not rows or any(map(str.strip, cells)):
                rows.append((start, [cell.replace("\0", "\n") for cell in cells]))
            if len(rows) > MAX_ROWS:
                raise refuse("fichier-trop-grand", f"plus de {MAX_ROWS} rangées", name)
            start = reader.line_num + 1
    except csv.Error:
        hint = "le copier ou le télécharger à nouveau"
        message = f"rangée de la ligne {start} : un guillemet n’est pas fermé, ou est mal placé"
        raise refuse("fichier-tronque", message, name, hint) from None
    finally:
        csv.field_size_limit(limit)
    return rows


class LectureCsv:
    """A reading gives the rows of a CSV file, by name of column, each with the line it starts at."""

    def __init__(self, content: bytes, name: str) -> None:
        """Read ``content``, called ``name`` in messages.

        Raises:
            DataError: too big, not UTF-8, or without the columns of ours.
        """
        self.name = name
        text = decode(content, name, "CSV", _UTF8)
        if "\0" in text:
            raise refuse("classeur-etranger", _INCONNU, name)
        self.rows = _rows(text, name)
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
        return "" if place is None or place >= len(cells) else _END.sub("\n", unguard(cells[place]))

    def request(self, cells: list[str]) -> str:
        """Return the request that a row answers, whose pieces are in as many columns."""
        columns = itertools.takewhile(lambda c: c in self.columns, map(demand_column, itertools.count(1)))
        return "".join(self.text(cells, column) for column in columns)


def read_head(tableau: LectureCsv) -> Any:
    """Return the request that the file answers, the same on every row.

    Raises:
        DataError: there is none, or rows come from several checklists.
    """
    heads = {tableau.request(cells): line for line, cells in tableau.body}
    if len(heads) > 1:
        issues = [
            Issue("dossiers-differents", f"colonne « {DEMANDE} » : d’un autre audit que la première rangée",
                  Location(tableau.name, line, 1))
            for line in list(heads.values())[1:]
        ]  # fmt: skip
        raise DataError(issues)
    text = next(iter(heads), "")
    try:
        return read_plain(text)
    except ValueError:
        if len(text) >= MAX_CELL:
            message = f"colonne « {DEMANDE} » : coupée par un tableur, à 32 767 caractères"
            where = Location(tableau.name, 2, tableau.columns[DEMANDE] + 1)
            hint = "reporter ce qui est saisi dans le fichier d’origine, ou employer XLSX ou ODS"
            raise DataError([Issue("cellule-modifiee", message, where, hint)]) from None
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
    shown = filled_columns(checklist)
    # A CSV of an earlier version has none of the columns of a lifting.
    required = [column for column in shown if column in SAISIE and SAISIE[column] not in RECENTES]
    issues = [*tableau.issues, *tableau.missing((*required, *extra.values()))]
    warnings = list(_strangers(tableau, checklist))
    warnings += [
        older_grid(Location(tableau.name, 1, 1), column)
        for column in shown
        if column not in required and folded(column) not in tableau.columns
    ]
    rangees = []
    levees: dict[str, Levee] = {}
    ours = sorted({column for texts in written.values() for column in texts})
    # Without their identifiers, rows cannot be told.
    for line, cells in tableau.body if IDENTIFIANT in tableau.columns else ():
        identifiant = folded(tableau.text(cells, IDENTIFIANT))
        rangees.append(
            Rangee(
                ligne=identifiant,
                saisie={label: tableau.text(cells, column) for column, label in SAISIE.items()},
                lieu=_places(tableau, line),
                complements={cle: tableau.text(cells, title) for cle, title in extra.items()},
                debut=_first(tableau, line, cells, ours),
            )
        )
        texts = {LEVEE[column]: tableau.text(cells, column) for column in shown if column in LEVEE}
        if texts := {label: text for label, text in texts.items() if text.strip()}:
            levee, wrong_days = read_lifting(checklist, texts, _places(tableau, line))
            levees.setdefault(identifiant, levee)
            issues += wrong_days
        for column in (*shown, *extra.values()):
            doubt = _doubt(tableau.text(cells, column), _place(tableau, line, column))
            if isinstance(doubt, Issue):
                issues.append(doubt)
            elif doubt is not None:
                warnings.append(doubt)
        for column, text in written.get(identifiant, {}).items() if same_rules else ():
            there = tableau.text(cells, column)
            if folded(there) != folded(text) and not _cut_short(there, text):
                message = f"colonne « {column} » : cette cellule calculée a été modifiée"
                where = _place(tableau, line, column)
                issues.append(Issue("cellule-modifiee", message, where, "la rétablir"))
    if IDENTIFIANT in tableau.columns:
        issues += missing(checklist, rangees, Location(tableau.name), among=written)
    lu = findings(checklist, rangees, levees)
    wrong = {i.location for i in issues if i.code == "cellule-en-erreur"}
    rest = (i for i in lu.issues if i.location not in wrong)
    read = {**SAISIE, **{column: LEVEE[column] for column in shown if column in LEVEE}}
    present = {read[column] for column in read if folded(column) in tableau.columns}
    silent = frozenset(c.champ for c in (*colonnes.SAISIE, *colonnes.LEVEE) if c.titre not in present)
    silence = Silence(lignes=silent, verifications=silent)
    return replace(lu, issues=(*issues, *rest), avertissements=tuple(warnings), silence=silence)


def _doubt(text: str, where: Location) -> Issue | Avertissement | None:
    """Return what a spreadsheet made of what was typed, where it shows."""
    if text.strip() in _ERREURS:
        return in_error(text, where)
    if _SCIENTIFIQUE.fullmatch(text.strip()):
        message = f"{where} : « {text[:40]} », un nombre que le tableur a abrégé : l’écrire en entier"
        return Avertissement("valeur_mise_en_forme", message)
    return cut(where) if len(text) == MAX_CELL else None


def _cut_short(there: str, written: str) -> bool:
    """Return whether a spreadsheet cut what the engine wrote."""
    return len(there) >= MAX_CELL and folded(written).startswith(folded(there))


def _first(tableau: LectureCsv, line: int, cells: list[str], ours: Iterable[str]) -> Location | None:
    """Return the first cell of a row that holds something; ``None`` where the engine wrote some of it."""
    if any(tableau.text(cells, column).strip() for column in ours):
        return None
    return Location(tableau.name, line, next((n for n, c in enumerate(cells, start=1) if c.strip()), 1))


def _place(tableau: LectureCsv, line: int, column: str) -> Location:
    return Location(tableau.name, line, tableau.columns.get(folded(column), 0) + 1)


def _strangers(tableau: LectureCsv, checklist: Checklist) -> Iterator[Avertissement]:
    """Yield columns added beside ours that hold something."""
    known = {*map(folded, columns(checklist)), *(demand_column(n) for n in range(2, len(tableau.header)))}
    filled = Counter(place for _, cells in tableau.body for place, cell in enumerate(cells) if cell.strip())
    for place, label in enumerate(tableau.header):
        if label not in known and filled[place]:
            yield added_column(tableau.name, label, filled[place])


def _places(tableau: LectureCsv, line: int) -> Any:
    labels = {label: column for column, label in (*SAISIE.items(), *LEVEE.items())}
    labels["Identifiant"] = IDENTIFIANT
    return lambda label: _place(tableau, line, labels[label])
