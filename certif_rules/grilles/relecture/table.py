"""A sheet of a grid by the names of its columns, wherever they stand; what is damaged hides nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certif_rules.errors import Issue, Location
from certif_rules.grilles.relecture.saisie import COMMENTAIRE, added_column, folded
from certif_rules.grilles.relecture.tableur import FeuilleLue
from certif_rules.model.base import Avertissement

#: Merged areas looked at one by one; beyond, any cell may be in one.
_MERGED = 200
RENOMMEE = "lui rendre son nom, ou reprendre la grille d’origine"


class LectureFeuille:
    """A sheet whose columns are found by name. ``issues`` say what of it cannot be read; the rest is.

    A column that is missing reads as empty, and so does a merged cell: neither is compared with anything.
    """

    def __init__(self, feuille: FeuilleLue, name: str, sheet: str, columns: tuple[str, ...]) -> None:
        self.feuille, self.name, self.sheet = feuille, name, sheet
        self.header = self._find_header(columns)
        self.columns: dict[str, int] = {}
        self.issues = [
            Issue(
                "cellules-fusionnees",
                "des cellules sont fusionnées",
                self._at(*area[:2]),
                "annuler la fusion",
            )
            for area in feuille.fusions[:_MERGED]
        ]
        wanted = {folded(column): column for column in columns}
        for (row, column), cell in sorted(feuille.cellules.items()):
            label = wanted.get(folded(str(cell.valeur)))
            if row == self.header and label is not None:
                if label in self.columns:
                    message = f"la colonne « {label} » apparaît deux fois"
                    self.issues.append(Issue("colonne-en-double", message, self._at(row, column)))
                self.columns.setdefault(label, column)
        self.issues += [
            Issue(
                "colonne-absente",
                f"la colonne « {c} » manque ou a été renommée",
                self._at(self.header, 0),
                RENOMMEE,
            )
            for c in columns
            if c not in self.columns
        ]
        known = set(self.columns.values())
        self.rows = sorted({row for row, column in feuille.cellules if row > self.header and column in known})

    def _find_header(self, columns: tuple[str, ...]) -> int:
        """Return the row that has the most of the names wanted; the first, when none has any."""
        wanted = {folded(column) for column in columns}
        score: dict[int, int] = {}
        for (row, _), cell in self.feuille.cellules.items():
            if isinstance(cell.valeur, str) and folded(cell.valeur) in wanted:
                score[row] = score.get(row, 0) + 1
        return min(score, key=lambda row: (-score[row], row), default=1)

    def text(self, row: int, column: str) -> str:
        """Return what stands in a cell; nothing, where the column is missing."""
        place = self.columns.get(column)
        return "" if place is None else self.feuille.text(row, place)

    def place(self, row: int, column: str) -> Location:
        """Return where a cell is; the start of its row, where the column is missing."""
        return self._at(row, self.columns.get(column, 0))

    def whole(self, row: int, column: str) -> bool:
        """Return whether a cell can be read: its column is there, and it is in no merged area."""
        place = self.columns.get(column)
        if place is None or len(self.feuille.fusions) > _MERGED:
            return False
        areas = self.feuille.fusions
        return not any(top <= row <= bottom and left <= place <= right for top, left, bottom, right in areas)

    def _at(self, row: int, column: int) -> Location:
        return Location(self.name, row, column or 1, self.sheet)

    def strangers(self) -> Iterator[Avertissement]:
        """Yield columns added beside ours that hold something."""
        known = set(self.columns.values())
        filled: dict[int, int] = {}
        for (row, column), cell in self.feuille.cellules.items():
            if column not in known and row != self.header and (cell.formule or str(cell.valeur).strip()):
                filled[column] = filled.get(column, 0) + 1
        for column, number in sorted(filled.items()):
            yield added_column(self._at(self.header, column), self.feuille.text(self.header, column), number)

    def formulas(self, row: int, *, except_for: str = "") -> list[Issue]:
        """Return each of our columns where a formula stands for a value."""
        return [
            formula(self.place(row, name))
            for name, column in self.columns.items()
            if name != except_for and self._formula(row, column)
        ]

    def _formula(self, row: int, column: int) -> bool:
        cell = self.feuille.cellules.get((row, column))
        return cell is not None and cell.formule

    def edited(self, row: int, expected: Mapping[str, str]) -> Iterator[Issue]:
        """Yield the engine's cells of a row that are not what the engine writes; formulas are told apart."""
        for column, text in expected.items():
            if not self.whole(row, column) or self._formula(row, self.columns[column]):
                continue
            if folded(self.text(row, column)) != folded(text):
                message = f"colonne « {column} » : cette cellule calculée a été modifiée"
                hint = f"la rétablir, et écrire les remarques dans la colonne « {COMMENTAIRE} »"
                yield Issue("cellule-modifiee", message, self.place(row, column), hint)


def formula(where: Location | None) -> Issue:
    """Return a formula where a value belongs."""
    hint = "écrire la valeur elle-même ; un texte qui commence par « = » se fait précéder d’une apostrophe"
    return Issue("formule-inattendue", "une formule, là où une valeur est attendue", where, hint)
