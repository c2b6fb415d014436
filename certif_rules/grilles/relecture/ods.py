"""ODS → sheets: what cells show, where formulas, merged cells, notes and pictures are."""

from __future__ import annotations

import re
from typing import Final

from certif_rules.grilles.relecture.tableur import Archive, CelluleLue, FeuilleLue, ObjetPose, refuse
from certif_rules.grilles.relecture.valeurs import (
    Nature,
    Vue,
    constant,
    iso,
    lasting,
    logic,
    shown,
    typed_text,
)

#: Ends of line in the file are its layout. Blanks in a row should fold too, but LibreOffice writes some.
_BLANKS = re.compile(r"[ \t\r\n]+")
#: What stands in a cell, or on a sheet, without being its text: notes, pictures, drawings.
_BESIDE = frozenset(
    {
        *("annotation", "frame", "custom-shape", "g", "line", "control", "rect", "circle", "ellipse"),
        *("polyline", "polygon", "regular-polygon", "path", "connector", "caption", "measure"),
    }
)
#: The values of numbers.
_NUMBERS: Final[dict[str, Nature]] = {
    "float": "nombre", "currency": "monnaie", "percentage": "pourcentage"
}  # fmt: skip
#: Most rows that a sheet has, in any spreadsheet.
_FARTHEST = 1_048_576


def read_sheets(archive: Archive) -> dict[str, FeuilleLue]:
    """Return the sheets of the workbook, by name, in order.

    Raises:
        DataError: it is damaged, encrypted, or holds too much.
    """
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise refuse("fichier-chiffre", "ce classeur est chiffré", archive.name, "retirer le mot de passe")
    reader = _Reader(archive)
    archive.parse("content.xml", reader.start, reader.end, reader.text)
    return reader.feuilles


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.feuilles: dict[str, FeuilleLue] = {}
        self.feuille: FeuilleLue | None = None
        self.row = self.column = 0
        self.rows_repeated = self.columns_repeated = 1
        self.cells: list[tuple[int, CelluleLue]] = []
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[list[str]] = []
        #: What is being read beside the texts: the elements that are open, and all those seen in it.
        self.beside: list[str] = []
        self.laid: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.beside or (self.feuille is not None and tag in _BESIDE):
            self.beside.append(tag)
            self.laid.add(tag)
        elif tag == "table" and self.feuille is None:
            self.feuille = self.feuilles.setdefault(attributes.get("name", ""), FeuilleLue())
            self.row = 0
        elif self.feuille is None:
            return
        elif tag == "table-row":
            self.rows_repeated = _times(attributes, "number-rows-repeated")
            self.column, self.cells = 0, []
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell, self.paragraphs = attributes, []
            self.columns_repeated = _times(attributes, "number-columns-repeated")
            wide, high = (_times(attributes, f"number-{side}-spanned") for side in ("columns", "rows"))
            if wide != 1 or high != 1:
                self.archive.count(1, 0)
                first = (self.row + 1, self.column + 1)
                self.feuille.fusions.append((*first, self.row + high, self.column + wide))
        elif self.cell is not None:
            self._inside_cell(tag, attributes)

    def _inside_cell(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("p", "h"):
            self.paragraphs.append([])
        elif self.paragraphs:
            if tag == "s":
                count = _times(attributes, "c")
                self.archive.count(0, count)
                self.paragraphs[-1].append("\0" * count)
            elif tag in ("tab", "line-break"):
                self.paragraphs[-1].append("\1" if tag == "tab" else "\2")

    def text(self, data: str) -> None:
        if self.cell is not None and self.paragraphs and not self.beside:
            self.paragraphs[-1].append(data)

    def end(self, tag: str) -> None:
        if self.beside:
            self.beside.pop()
            if not self.beside and self.feuille is not None:
                self._lay(tag, self.feuille)
        elif tag in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None
        elif tag == "table-row" and self.feuille is not None:
            self._end_row(self.feuille)
        elif tag == "table" and self.cell is None:
            self.feuille = None

    def _lay(self, tag: str, feuille: FeuilleLue) -> None:
        """Keep what was laid on the cell, or on the sheet."""
        self.archive.count(1, 0)
        place = (0, 0) if self.cell is None else (self.row + 1, self.column + 1)
        # A chart holds a picture of itself.
        picture = "image" in self.laid and "object" not in self.laid
        feuille.objets.append(
            ObjetPose(place, "note" if tag == "annotation" else "image" if picture else "dessin")
        )
        self.laid = set()

    def _end_cell(self, attributes: dict[str, str]) -> None:
        typed = constant(attributes["formula"], self._display()) if "formula" in attributes else None
        formula = "formula" in attributes and typed is None
        vue = typed or self._seen(attributes)
        if vue.texte or formula:
            self.archive.count(self.columns_repeated, self.columns_repeated * len(vue.texte))
            cellule = CelluleLue(vue, formula)
            self.cells += [(self.column + n, cellule) for n in range(1, self.columns_repeated + 1)]
        self.column += self.columns_repeated

    def _display(self) -> str | None:
        """Return what the file says is shown; ``None`` where it says nothing."""
        return "\n".join(map(_paragraph, self.paragraphs)) if self.paragraphs else None

    def _seen(self, attributes: dict[str, str]) -> Vue:
        kind, display = attributes.get("value-type", ""), self._display()
        if kind == "date":
            return iso(attributes.get("date-value", ""), display)
        if kind == "time":
            return lasting(attributes.get("time-value", ""), display or "")
        if kind == "boolean":
            return logic(display, value=attributes.get("boolean-value") == "true")
        if kind in _NUMBERS:
            return shown(float(attributes.get("value", "0")), _NUMBERS[kind], display)
        if kind == "error":
            return Vue(display or attributes.get("string-value", ""), "erreur")
        return typed_text(attributes.get("string-value"), display)

    def _end_row(self, feuille: FeuilleLue) -> None:
        if self.cells:
            again = self.rows_repeated - 1
            characters = sum(len(cell.vue.texte) for _, cell in self.cells)
            self.archive.count(len(self.cells) * again, characters * again)
            for row in range(self.row + 1, self.row + self.rows_repeated + 1):
                for column, cell in self.cells:
                    feuille.cellules[row, column] = cell
        self.row += self.rows_repeated


def _times(attributes: dict[str, str], name: str) -> int:
    """Return how often something is repeated.

    Raises:
        ValueError: a number that no spreadsheet writes; it could undo what was counted.
    """
    times = int(attributes.get(name, "1"))
    if not 0 <= times <= _FARTHEST:
        raise ValueError(name)
    return times


def _paragraph(parts: list[str]) -> str:
    """Return the text of a paragraph, with the blanks, tabs and ends of line that elements say."""
    text = _BLANKS.sub(_fold, "".join(parts)).strip(" ")
    return text.replace("\0", " ").replace("\1", "\t").replace("\2", "\n")


def _fold(blanks: re.Match[str]) -> str:
    """Return one blank for an end of line and what is around it, else the blanks as they are."""
    return blanks[0] if not blanks[0].strip(" ") else " "
