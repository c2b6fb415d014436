"""A sheet of a grid by the names of its columns, wherever they stand; what is damaged hides nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from certif_rules.colonnes import RECENTES, Colonne
from certif_rules.errors import Issue, Location
from certif_rules.grilles.classeur import MAX_CELL, fitted
from certif_rules.grilles.relecture.saisie import (
    COMMENTAIRE,
    added_column,
    cut,
    in_error,
    strays,
)
from certif_rules.grilles.relecture.tableur import CelluleLue, FeuilleLue
from certif_rules.grilles.relecture.valeurs import Vue, folded
from certif_rules.model.base import Avertissement

#: Merged areas looked at one by one; beyond, any cell may be in one.
_MERGED = 200
_RIEN = CelluleLue(Vue("", "texte"))
#: What a cell holds under a format of its own.
_NATURES = {
    "nombre": "un nombre mis en forme",
    "jour": "une date mise en forme",
    "heure": "une heure mise en forme",
    "pourcentage": "un pourcentage mis en forme",
    "monnaie": "un montant mis en forme",
    "booleen": "une valeur logique mise en forme",
    "texte": "un texte mis en forme",
}
RENOMMEE = "lui rendre son nom, ou reprendre la grille d’origine"


class LectureFeuille:
    """A sheet finds its columns by name; ``issues`` say what of it cannot be read, and the rest is.

    A column that is missing reads as empty, and so does a merged cell: neither is compared with anything.
    """

    def __init__(
        self,
        feuille: FeuilleLue,
        name: str,
        sheet: str,
        columns: tuple[str, ...],
        *,
        computed: tuple[str, ...] = (),
    ) -> None:
        """Find the ``columns`` of a sheet; a row that holds nothing but formulas of ``computed`` is empty."""
        self.feuille, self.name, self.sheet, self.computed = feuille, name, sheet, computed
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
        for column in sorted(column for row, column in feuille.cellules if row == self.header):
            label = wanted.get(folded(feuille.text(self.header, column)))
            if label is not None:
                if label in self.columns:
                    message = f"la colonne « {label} » apparaît deux fois"
                    self.issues.append(Issue("colonne-en-double", message, self._at(self.header, column)))
                self.columns.setdefault(label, column)
        self.issues += [
            Issue(
                "colonne-absente",
                f"la colonne « {c} » manque ou a été renommée",
                self._at(self.header, 0),
                RENOMMEE,
            )
            for c in columns
            if c not in self.columns and c not in RECENTES
        ]
        self._formulas = {place for place, cell in feuille.cellules.items() if cell.formule}
        typed = {place for column, place in self.columns.items() if column not in computed}
        self.rows = sorted(
            {
                row
                for (row, column), cell in feuille.cellules.items()
                if row > self.header and column in typed and not cell.blanche
            }
        )

    def _find_header(self, columns: tuple[str, ...]) -> int:
        """Return the row that has the most of the names wanted; the first, when none has any."""
        wanted = {folded(column) for column in columns}
        score: dict[int, int] = {}
        for (row, _), cell in self.feuille.cellules.items():
            if folded(cell.vue.texte) in wanted:
                score[row] = score.get(row, 0) + 1
        return min(score, key=lambda row: (-score[row], row), default=1)

    def text(self, row: int, column: str) -> str:
        """Return what stands in a cell; nothing, where the column is missing."""
        place = self.columns.get(column)
        return "" if place is None else self.feuille.text(row, place)

    def place(self, row: int, column: str) -> Location:
        """Return where a cell is; the start of its row, where the column is missing."""
        return self._at(row, self.columns.get(column, 0))

    def first(self, row: int, filled: Iterable[str]) -> Location | None:
        """Return the first cell of a row that holds something, where only columns that are ``filled`` do.

        A row of ours that lost its identifier has others: it is the identifier that lacks.
        """
        others = {*filled, *self.computed}
        held = (c for c, place in self.columns.items() if not self._cell(row, place).blanche)
        places = []
        for column in held:
            if column not in others:
                return None
            places.append(self.columns[column])
        return self._at(row, min(places, default=1))

    def _cell(self, row: int, column: int) -> CelluleLue:
        return self.feuille.cellules.get((row, column), _RIEN)

    def whole(self, row: int, column: str) -> bool:
        """Return whether a cell can be read: its column is there, and it is in no merged area."""
        place = self.columns.get(column)
        areas = self.feuille.fusions
        if place is None or len(areas) > _MERGED:
            return False
        return not areas or not any(
            top <= row <= bottom and left <= place <= right for top, left, bottom, right in areas
        )

    def _at(self, row: int, column: int) -> Location:
        return Location(self.name, row, column or 1, self.sheet)

    def strangers(self) -> Iterator[Avertissement]:
        """Yield columns added beside ours that hold something, and what is typed where nothing is read.

        That is above the header, and in place of the formulas of ours.
        """
        computed = {self.columns.get(column) for column in self.computed}
        beside = [
            place
            for place, cell in self.feuille.cellules.items()
            if place[0] < self.header
            or (place[0] > self.header and place[1] in computed and not cell.formule)
            if not cell.blanche
        ]
        yield from strays([self._at(*place) for place in sorted(beside)])
        known = set(self.columns.values())
        filled: dict[int, int] = {}
        for (row, column), cell in self.feuille.cellules.items():
            if column not in known and row > self.header and not cell.blanche:
                filled[column] = filled.get(column, 0) + 1
        for column, number in sorted(filled.items()):
            yield added_column(self._at(self.header, column), self.feuille.text(self.header, column), number)

    def older(self, shown: Iterable[str]) -> Iterator[Avertissement]:
        """Yield the columns that would be of use here, of those ``shown``, and that an older grid lacks."""
        for column in shown:
            if column in RECENTES and column not in self.columns:
                yield older_grid(self._at(self.header, 1), column)

    def lacks(self, columns: Iterable[Colonne]) -> frozenset[str]:
        """Return the fields of the columns that this sheet does not have."""
        return frozenset(c.champ for c in columns if c.champ and c.titre not in self.columns)

    def formulas(self, row: int, *, except_for: str = "") -> list[Issue]:
        """Return each of our columns where a formula stands for a value."""
        return [
            formula(self.place(row, name))
            for name, column in self.columns.items()
            if (row, column) in self._formulas and name != except_for
        ]

    def doubtful(self, row: int, columns: Iterable[str]) -> Iterator[Issue | Avertissement]:
        """Yield the cells to fill that hold an error, or may show something else than what is read."""
        for column in columns:
            cell = self.feuille.cellules.get((row, self.columns.get(column, 0)))
            if cell is not None:
                yield from doubts(cell, self.place(row, column))

    def edited(self, row: int, expected: Mapping[str, str]) -> Iterator[Issue]:
        """Yield the engine's cells of a row that are not what the engine writes; formulas are told apart."""
        for column, text in expected.items():
            if not self.whole(row, column):
                continue
            cell = self._cell(row, self.columns[column])
            seen = cell.vue.texte
            if cell.formule or seen == text:
                continue
            if folded(seen) != folded(fitted(text)) and seen.replace(",", ".") != text:
                message = f"colonne « {column} » : cette cellule calculée a été modifiée"
                hint = f"la rétablir, et écrire les remarques dans la colonne « {COMMENTAIRE} »"
                yield Issue("cellule-modifiee", message, self.place(row, column), hint)


def older_grid(where: object, title: str) -> Avertissement:
    """Return a column that would be of use, and that this grid does not have: it is read as empty."""
    message = (
        f"{where} : pas de colonne « {title} » ; la grille est antérieure à cette colonne, ou celle-ci a été "
        "retirée ou renommée : elle est lue comme vide"
    )
    return Avertissement("colonne_lue_vide", message)


def doubts(cell: CelluleLue, where: Location) -> Iterator[Issue | Avertissement]:
    """Yield what is wrong with a cell to fill: an error, a text cut, another look than what is read."""
    text = cell.vue.texte
    if cell.formule:
        return
    if cell.vue.nature == "erreur":
        yield in_error(text, where)
    elif not cell.vue.fidele:
        message = (
            f"{where} : {_NATURES[cell.vue.nature]}, lu « {text[:40]} » ; si la cellule montre autre "
            "chose, la mettre au format « Texte » et l’y écrire"
        )
        yield Avertissement("valeur_mise_en_forme", message)
    elif len(text) == MAX_CELL:
        yield cut(where)


def formula(where: Location | None) -> Issue:
    """Return a formula where a value belongs."""
    hint = "écrire la valeur elle-même ; un texte qui commence par « = » se fait précéder d’une apostrophe"
    return Issue("formule-inattendue", "une formule, là où une valeur est attendue", where, hint)
