"""A workbook of ours, filled: its request, then its rows compared with the checklist computed again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certif_rules.constats import Releve
from certif_rules.errors import DataError, Issue, Location
from certif_rules.export import emetteur
from certif_rules.export import feuilles as nommees
from certif_rules.export import grille as ecrite
from certif_rules.lecture.saisie import (
    COMMENTAIRE,
    SAISIE,
    Levee,
    Rangee,
    bad_day,
    day,
    findings,
    folded,
)
from certif_rules.lecture.tableur import Archive, FeuilleLue, Feuilles, refuse
from certif_rules.resultat import Checklist

_IDENTIFIANT = "Identifiant"
_CALCULEE = "Échéance de traitement"
#: Columns of the sheet Écarts: the key each has in a findings file (docs/format-donnees.md).
SUIVI = {
    "Énoncé de l’écart": "enonce",
    "Analyse des causes": "causes",
    "Correction": "correction",
    "Action corrective": "action_corrective",
    "Preuve": "preuve",
    "Plan reçu le": "plan_recu_le",
    "Plan accepté le": "plan_accepte_le",
}
_JOURS = ("Plan reçu le", "Plan accepté le", "Levé le")
_RENOMMEE = "lui rendre son nom, ou reprendre la grille d’origine"


def open_workbook(content: bytes, name: str) -> Feuilles:
    """The sheets of a grid.

    Raises:
        DataError: see :class:`~certif_rules.lecture.tableur.Archive`; or it is not a grid of ours.
    """
    archive = Archive(content, name)
    if "xl/workbook.xml" in archive.names:
        from certif_rules.lecture.xlsx import read_sheets
    elif "content.xml" in archive.names:
        from certif_rules.lecture.ods import read_sheets
    else:
        raise refuse("classeur-etranger", "ce fichier n’est pas un classeur XLSX ou ODS", name)
    return read_sheets(archive)


def read_head(feuilles: Feuilles, name: str) -> Any:
    """The request that the grid answers, as it was written in it.

    Raises:
        DataError: the workbook is not ours, or sheets were renamed or deleted.
    """
    issues = [
        Issue(
            "feuille-absente", f"la feuille « {sheet} » manque ou a été renommée", Location(name), _RENOMMEE
        )
        for sheet in (nommees.CONTEXTE, nommees.GRILLE, nommees.ECARTS, nommees.DONNEES)
        if sheet not in feuilles
    ]
    hint = "une grille s’obtient avec : certif-rules checklist … -o grille.xlsx"
    if not any(sheet.text(1, 1) == nommees.SIGNATURE for sheet in feuilles.values()):
        message = "ce classeur n’est pas une grille de ce programme, ou pas de cette version"
        raise refuse("classeur-etranger", message, name, hint)
    if issues:
        raise DataError(issues)
    sheet = feuilles[nommees.DONNEES]
    rows = sorted(row for row, column in sheet.cellules if column == 1 and row > 1)
    try:
        return nommees.machine_head(sheet.text(row, 1) for row in rows)
    except (ValueError, RecursionError):
        message = "les données de la grille ont été modifiées"
        where = Location(name, 2, 1, nommees.DONNEES)
        raise DataError(
            [Issue("cellule-modifiee", message, where, "reprendre la grille d’origine")]
        ) from None


def notified(feuilles: Feuilles, name: str) -> tuple[str | None, Location | None, list[Issue]]:
    """The day the findings were notified, where it is typed, and what is wrong with it."""
    sheet = feuilles[nommees.CONTEXTE]
    for (row, column), cell in sheet.cellules.items():
        if column == 1 and isinstance(cell.valeur, str) and folded(cell.valeur) == folded(nommees.NOTIFIES):
            where = Location(name, row, 2, nommees.CONTEXTE)
            text = sheet.text(row, 2)
            if (row, 2) in sheet.cellules and sheet.cellules[row, 2].formule:
                return None, where, [_formula(where)]
            found = day(text) if text.strip() else None
            return found, where, [bad_day(text, where)] if text.strip() and found is None else []
    where = Location(name, 0, 0, nommees.CONTEXTE)
    message = f"la rangée « {nommees.NOTIFIES} » a disparu"
    return None, where, [Issue("cellule-modifiee", message, where, "reprendre la grille d’origine")]


def read_rows(
    feuilles: Feuilles, checklist: Checklist, name: str, *, same_rules: bool
) -> tuple[tuple[Releve, ...], list[Issue]]:
    """The findings of a grid, and everything wrong with it, by cell.

    Args:
        feuilles: what :func:`open_workbook` gave.
        checklist: the checklist, computed again.
        name: the file, in messages.
        same_rules: compare the engine's cells; with other rules accepted, they were written by those.
    """
    extra = emetteur.columns(checklist)
    table = _Table(feuilles[nommees.GRILLE], name, nommees.GRILLE, ecrite.headings(checklist))
    issues = [*table.issues, *table.strangers()]
    if issues:
        return (), issues
    ids = {ligne.indicateur.id: ligne for ligne in checklist.lignes}
    rangees = []
    for row in table.rows:
        identifiant = folded(table.text(row, _IDENTIFIANT))
        rangees.append(
            Rangee(
                ligne=identifiant,
                saisie={column: table.text(row, column) for column in SAISIE},
                lieu=lambda column, row=row: table.place(row, column),  # type: ignore[misc]
                complements={cle: table.text(row, title) for cle, title in extra.items()},
            )
        )
        issues += _formulas(table, row, except_for=_CALCULEE)
        if identifiant in ids and same_rules:
            issues += _edited(table, row, ecrite.engine_cells(checklist, ids[identifiant]))
    found = {rangee.ligne for rangee in rangees}
    issues += [
        Issue(
            "ligne-manquante",
            f"la ligne {ligne.indicateur.numero} ({identifiant}) n’est plus dans la grille",
            Location(name, 0, 0, nommees.GRILLE),
            "la rétablir : une ligne se masque ou se filtre, elle ne se supprime pas",
        )
        for identifiant, ligne in ids.items()
        if identifiant not in found
    ]
    levees, wrong = _lifted(feuilles[nommees.ECARTS], checklist, name)
    releves, impossible = findings(checklist, rangees, levees)
    return releves, [*issues, *wrong, *impossible]


class _Table:
    """A sheet by the names of its columns, wherever they stand."""

    def __init__(self, feuille: FeuilleLue, name: str, sheet: str, columns: tuple[str, ...]) -> None:
        self.feuille, self.name, self.sheet = feuille, name, sheet
        self.header = self._find_header(columns)
        self.columns: dict[str, int] = {}
        self.issues = [
            Issue(
                "cellules-fusionnees", "des cellules sont fusionnées", self._at(*place), "annuler la fusion"
            )
            for place in feuille.fusions
        ]
        wanted = {folded(column): column for column in columns}
        for (row, column), cell in sorted(feuille.cellules.items()):
            label = wanted.get(folded(str(cell.valeur)))
            if row == self.header and label is not None:
                if label in self.columns:
                    message = f"la colonne « {label} » apparaît deux fois"
                    self.issues.append(Issue("colonne-en-double", message, self._at(row, column)))
                self.columns.setdefault(label, column)
        missing = [column for column in columns if column not in self.columns]
        self.issues += [
            Issue(
                "colonne-absente",
                f"la colonne « {c} » manque ou a été renommée",
                self._at(self.header, 0),
                _RENOMMEE,
            )
            for c in missing
        ]
        known = set(self.columns.values())
        self.rows = sorted({row for row, column in feuille.cellules if row > self.header and column in known})

    def _find_header(self, columns: tuple[str, ...]) -> int:
        """The row that has the most of the names wanted; the first, when none has any."""
        wanted = {folded(column) for column in columns}
        score: dict[int, int] = {}
        for (row, _), cell in self.feuille.cellules.items():
            if isinstance(cell.valeur, str) and folded(cell.valeur) in wanted:
                score[row] = score.get(row, 0) + 1
        return min(score, key=lambda row: (-score[row], row), default=1)

    def text(self, row: int, column: str) -> str:
        return self.feuille.text(row, self.columns[column])

    def place(self, row: int, column: str) -> Location:
        return self._at(row, self.columns[column])

    def _at(self, row: int, column: int) -> Location:
        return Location(self.name, row, column or 1, self.sheet)

    def strangers(self) -> Iterator[Issue]:
        """Columns added beside ours that hold something: it would be lost, so it is said."""
        known = set(self.columns.values())
        filled = {
            column
            for (row, column), cell in self.feuille.cellules.items()
            if column not in known and str(cell.valeur).strip()
        }
        for column in sorted(filled):
            title = self.feuille.text(self.header, column) or "sans nom"
            message = f"la colonne « {title} » n’est pas de la grille : ce qu’elle contient ne serait pas lu"
            hint = (
                "reporter son contenu dans « Commentaire », puis la supprimer ; ou donner par --habillage"
                " le fichier de l’organisme qui l’ajoute"
            )
            yield Issue("colonne-en-trop", message, self._at(self.header, column), hint)

    def formulas(self, row: int) -> Iterator[str]:
        for name, column in self.columns.items():
            cell = self.feuille.cellules.get((row, column))
            if cell is not None and cell.formule:
                yield name


def _formula(where: Location) -> Issue:
    hint = "écrire la valeur elle-même ; un texte qui commence par « = » se fait précéder d’une apostrophe"
    return Issue("formule-inattendue", "une formule, là où une valeur est attendue", where, hint)


def _formulas(table: _Table, row: int, *, except_for: str) -> list[Issue]:
    return [_formula(table.place(row, column)) for column in table.formulas(row) if column != except_for]


def _edited(table: _Table, row: int, expected: Mapping[str, str]) -> Iterator[Issue]:
    """The engine's cells of a row that are not what the engine writes; formulas are told apart."""
    formulas = set(table.formulas(row))
    for column, text in expected.items():
        if column not in formulas and folded(table.text(row, column)) != folded(text):
            where = table.place(row, column)
            message = f"colonne « {column} » : cette cellule calculée a été modifiée"
            hint = f"la rétablir, et écrire les remarques dans la colonne « {COMMENTAIRE} »"
            yield Issue("cellule-modifiee", message, where, hint)


def _lifted(feuille: FeuilleLue, checklist: Checklist, name: str) -> tuple[dict[str, Levee], list[Issue]]:
    """What the sheet Écarts says, by id of line."""
    table = _Table(feuille, name, nommees.ECARTS, tuple(ecrite.COLONNES_ECARTS))
    issues = list(table.issues)
    if issues:
        return {}, issues
    ids = {folded(label): identifiant for identifiant, label in ecrite.numbers(checklist).items()}
    found: dict[str, Levee] = {}
    typed = [c for c in ecrite.COLONNES_ECARTS if c not in ecrite.CALCULEES_ECARTS]
    for row in table.rows:
        texts = {column: table.text(row, column) for column in typed if table.text(row, column).strip()}
        issues += [_formula(table.place(row, c)) for c in table.formulas(row) if c in typed]
        if not texts:
            continue
        where = table.place(row, "Indicateur")
        identifiant = ids.get(folded(texts.get("Indicateur", "")))
        if identifiant is None or identifiant in found:
            code = "ligne-inconnue" if identifiant is None else "ligne-en-double"
            said = texts.get("Indicateur", "")[:40]
            message = f"aucune ligne « {said} »" if identifiant is None else f"la ligne {said} a deux écarts"
            issues.append(Issue(code, message, where, "choisir l’indicateur dans la liste"))
            continue
        days = {column: day(texts[column]) for column in _JOURS if column in texts}
        issues += [bad_day(texts[c], table.place(row, c)) for c, value in days.items() if value is None]
        suivi = {
            key: (days.get(column) if column in _JOURS else texts[column]) or ""
            for column, key in SUIVI.items()
            if column in texts
        }
        found[identifiant] = Levee(
            suivi=suivi,
            leve_le=days.get("Levé le"),
            leve_par=texts.get("Levé par"),
            lieu=lambda column, row=row: table.place(row, column),  # type: ignore[misc]
            lieux={"leve_par": table.place(row, "Levé par")}
            | {f"ecart.{key}": table.place(row, column) for column, key in SUIVI.items()},
        )
    return found, issues
