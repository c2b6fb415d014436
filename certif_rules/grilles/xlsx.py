"""The checklist as an XLSX grid to fill: the workbook of :mod:`grille`, laid out by XlsxWriter."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.correction import Correction
from certif_rules.documents.mots import Forme
from certif_rules.errors import letters
from certif_rules.grilles.classeur import (
    LISTES,
    STYLES,
    TONS,
    Cellule,
    Classeur,
    Feuille,
    Style,
    fitted,
    height,
    list_range,
    lists_sheet,
)
from certif_rules.grilles.feuilles import in_formula
from certif_rules.grilles.grille import build
from certif_rules.grilles.reprise import workbook
from certif_rules.habillage.modele import Logo

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Sorting, filtering and resizing change nothing that is read back.
_PERMIS = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as XLSX bytes, the same on every run."""
    return write(build(checklist))


def render_filled(correction: Correction) -> bytes:
    """Return the grid of a corrected context, with the findings that were carried to it."""
    return write(workbook(correction))


def write(classeur: Classeur) -> bytes:
    """Return a workbook as XLSX bytes. No text is ever taken for a formula or a link."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    # Widths are counted in digits of the default font: one that is everywhere, or has a twin.
    font = {"default_format_properties": {"font_name": "Arial", "font_size": 10}}
    book = Workbook(out, {**options, **font, "strings_to_numbers": False})
    # The day of the audit: a document knows no clock.
    book.set_properties({"title": classeur.titre, "created": datetime.fromisoformat(classeur.date)})
    formats = {name: book.add_format(_format(style)) for name, style in STYLES.items()}
    parts = {
        gras: {n: _part(style, gras=gras, book=book) for n, style in STYLES.items()} for gras in (True, False)
    }
    tons = {name: book.add_format(_tone(style)) for name, style in TONS.items()}
    for feuille in (*classeur.feuilles, lists_sheet(classeur)):
        sheet = book.add_worksheet(feuille.nom, sheet_class(souples=feuille.souples))
        _colour(sheet, classeur, feuille, tons)
        _lay_out(sheet, classeur, feuille)
        for row, ligne in enumerate(feuille.lignes):
            sheet.set_row_pixels(row, round(height(feuille, ligne) * 4 / 3))
            for col, cellule in enumerate(ligne):
                _write(sheet, row, col, cellule, formats, parts)
                if cellule.liste is not None:
                    sheet.data_validation(row, col, row, col, _choices(classeur, cellule.liste))
    book.get_worksheet_by_name(classeur.feuilles[0].nom).activate()
    book.close()
    return out.getvalue()


def _format(style: Style) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "font_name": "Arial",
        "font_size": style.taille,
        "font_color": f"#{style.encre}",
        "bold": style.gras,
        "italic": style.italique,
        "text_wrap": style.cadre,
        "valign": "vcenter" if style.milieu else "top",
        "align": "center" if style.centre else "left",
        "locked": not style.saisie,
        "num_format": "dd/mm/yyyy" if style.date else ("@" if style.saisie else "General"),
    }
    if style.fond:
        attributes |= {"bg_color": f"#{style.fond}"}
    if style.cadre:
        attributes |= {"border": 1, "border_color": "#C3CCC8"}
    return attributes


def _tone(style: Style) -> dict[str, Any]:
    """Return the look of a finding; its sign is in the format of its text."""
    return {
        "font_color": f"#{style.encre}",
        "bg_color": f"#{style.fond}",
        "bold": style.gras,
        "num_format": f'General;General;General;"{style.signe} "@',
    }


def _colour(sheet: Any, classeur: Classeur, feuille: Feuille, tons: Mapping[Forme, Any]) -> None:
    """Give the cells of findings the look of what is chosen in them."""
    last = len(feuille.lignes) - 1
    columns = {col for row in feuille.lignes for col, c in enumerate(row) if STYLES[c.style].nuance}
    for col in sorted(columns):
        for words, ton in classeur.tons.items():
            criteria = f"=${letters(col + 1)}2={in_formula(words)}"
            rule = {"type": "formula", "criteria": criteria, "format": tons[ton]}
            sheet.conditional_format(1, col, last, col, rule)


def sheet_class(*, souples: bool) -> type[Any]:
    """Return the class of our sheets; the rows of those that are supple grow: no height is set for good."""
    from xlsxwriter.worksheet import Worksheet

    class PlainSheet(Worksheet):  # type: ignore[misc]
        def _prepare_formula(self, formula: str, _: bool = False) -> str:
            # Ours call none of the thirty late functions that are looked for in each.
            return formula.removeprefix("=")

    class SuppleSheet(PlainSheet):
        def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
            given = [(key, value) for key, value in attributes if key != "customHeight"]
            super()._xml_start_tag_unencoded(tag, given)

    return SuppleSheet if souples else PlainSheet


def _part(style: Style, *, gras: bool, book: Any) -> Any:
    """Return the characters of a cell in two parts: a cell’s own format does not reach them."""
    return book.add_format(
        {"font_name": "Arial", "font_size": style.taille, "font_color": f"#{style.encre}", "bold": gras}
    )


def _lay_out(sheet: Any, classeur: Classeur, feuille: Feuille) -> None:
    for col, largeur in enumerate(feuille.largeurs):
        sheet.set_column(col, col, largeur or 20, None, {"hidden": not largeur})
    sheet.protect("", _PERMIS)
    sheet.set_paper(9)
    if feuille.paysage:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    pied = classeur.pied.replace("&", "&&")
    sheet.set_footer(f"&L&8{pied[:150]}&R&8{feuille.nom} – page &P / &N")
    sheet.hide_gridlines(2)
    if feuille.entete:
        sheet.freeze_panes(1, feuille.figees)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, len(feuille.lignes) - 1, len(feuille.largeurs) - 1)
    if feuille.cachee:
        sheet.hide()
    if feuille.logo is not None:
        _picture(sheet, feuille.logo)


def _picture(sheet: Any, logo: Logo) -> None:
    """Insert the logo at its size, whatever resolution its file says, with what it shows in words."""
    from xlsxwriter.image import Image

    image = Image(io.BytesIO(logo.contenu))
    pixels = logo.largeur / 25.4
    options = {
        "description": logo.texte, "x_offset": 4, "y_offset": 4,
        "x_scale": pixels * image.x_dpi / image.width,
        "y_scale": pixels * logo.rapport * image.y_dpi / image.height,
    }  # fmt: skip
    sheet.insert_image(0, 0, image, options)


def _write(sheet: Any, row: int, col: int, cellule: Cellule, formats: Mapping[str, Any], parts: Any) -> None:
    style, texte = formats[cellule.style], fitted(cellule.texte)
    if cellule.formule is not None:
        value = int(cellule.texte) if cellule.texte.isdecimal() else cellule.texte
        sheet.write_formula(row, col, f"={cellule.formule}", style, value)
    elif cellule.gras and texte.startswith(cellule.gras) and cellule.gras != texte:
        rest = texte[len(cellule.gras) :]
        name = cellule.style
        sheet.write_rich_string(row, col, parts[True][name], cellule.gras, parts[False][name], rest, style)
    elif texte and STYLES[cellule.style].date:
        sheet.write_datetime(row, col, datetime.fromisoformat(texte), style)
    elif texte:
        sheet.write_string(row, col, texte, style)
    else:
        sheet.write_blank(row, col, None, style)


def _choices(classeur: Classeur, liste: str) -> dict[str, Any]:
    letter, rows = list_range(classeur, liste)
    return {
        "validate": "list",
        "source": f"={LISTES}!${letter}$1:${letter}${rows}",
        "error_title": "Valeur hors liste",
        "error_message": "Choisir une des valeurs de la liste, ou laisser vide.",
        # Several annotations may stand in one cell.
        "error_type": "information" if liste == "annotations" else "stop",
    }
