"""The checklist as an ODS grid to fill: the workbook of :mod:`grille`, written as OpenDocument 1.3.

Written here rather than by a library: what a grid needs (protection that lets filter, width of the page,
same bytes) is refused or hidden by the one there is, and the format is a handful of elements.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.correction import Correction
from certif_rules.documents.formats.balises import Xml
from certif_rules.errors import letters
from certif_rules.grilles.classeur import (
    LISTES,
    STYLES,
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
from certif_rules.grilles.opendocument import (
    ENTETE,
    MIME,
    blanks,
    el,
    join,
    legal,
    manifest,
    meta,
    root,
    settings,
    styles,
)
from certif_rules.grilles.reprise import workbook
from certif_rules.habillage.modele import Logo

_REFERENCE: Final = re.compile(
    r"(?:('[^']+'|(?<![A-Za-zÀ-ÿ])[A-Za-zÀ-ÿ]++)!)?(\$?[A-Z]{1,2}\$?[0-9]+)(?::(\$?[A-Z]{1,2}\$?[0-9]+))?"
)


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as ODS bytes, the same on every run."""
    return write(build(checklist))


def render_filled(correction: Correction) -> bytes:
    """Return the grid of a corrected context, with the findings that were carried to it."""
    return write(workbook(correction))


def write(classeur: Classeur) -> bytes:
    """Return a workbook as ODS bytes; no text is ever taken for a formula."""
    sheets = (*classeur.feuilles, lists_sheet(classeur))
    logos = {_picture(sheet.logo): sheet.logo for sheet in sheets if sheet.logo}
    members = (
        ("content.xml", _content(classeur, sheets)),
        ("styles.xml", styles(classeur)),
        ("meta.xml", meta(classeur)),
        ("settings.xml", settings(sheets)),
        ("META-INF/manifest.xml", manifest(logos)),
    )
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(ZipInfo("mimetype"), MIME, ZIP_STORED)
        for name, text in members:
            archive.writestr(ZipInfo(name), (ENTETE + text).encode("utf-8"), ZIP_DEFLATED)
        for name, logo in logos.items():
            archive.writestr(ZipInfo(name), logo.contenu, ZIP_STORED)
    return out.getvalue()


def _content(classeur: Classeur, sheets: tuple[Feuille, ...]) -> Xml:
    long = {"number_style": "long"}
    day = el(
        "number:date-style",
        el("number:day", **long),
        el("number:text", "/"),
        el("number:month", **long),
        el("number:text", "/"),
        el("number:year", **long),
        style_name="jour",
    )
    bold = el(
        "style:style",
        el("style:text-properties", fo_font_weight="bold"),
        style_name="gras",
        style_family="text",
    )
    cells = (_cell_style(name, style, classeur.tons) for name, style in STYLES.items())
    spreadsheet = el(
        "office:spreadsheet",
        el("table:content-validations", join(_validation(classeur, liste) for liste in classeur.listes)),
        *map(_sheet, sheets),
        el("table:database-ranges", join(_filter(sheet) for sheet in sheets if sheet.entete)),
    )
    return root(
        "document-content",
        el("office:automatic-styles", day, *cells, bold, *_sizes(sheets), *_table_styles()),
        el("office:body", spreadsheet),
    )


def _cell_style(name: str, style: Style, tons: Mapping[str, str]) -> Xml:
    """Return a style; a cell of findings takes the look of what is chosen in it."""
    looks = (
        el(
            "style:map",
            style_condition=f"cell-content()={in_formula(words)}",
            style_apply_style_name=f"ton_{ton}",
        )
        for words, ton in tons.items()
        if style.nuance
    )
    box = el(
        "style:table-cell-properties",
        fo_padding="0.35mm",
        fo_wrap_option="wrap" if style.cadre else "no-wrap",
        style_vertical_align="middle" if style.milieu else "top",
        style_cell_protect="none" if style.saisie else "protected",
        fo_border="0.5pt solid #c3ccc8" if style.cadre else None,
        fo_background_color=f"#{style.fond}" if style.fond else None,
    )
    text = el(
        "style:text-properties",
        fo_font_family="Arial",
        fo_font_size=f"{style.taille}pt",
        fo_color=f"#{style.encre}",
        fo_language="fr",
        fo_country="FR",
        fo_font_weight="bold" if style.gras else None,
    )
    return el(
        "style:style",
        box,
        el("style:paragraph-properties", fo_text_align="center" if style.centre else "start"),
        text,
        *looks,
        style_name=name,
        style_family="table-cell",
        style_data_style_name="jour" if style.date else None,
    )


def _sizes(sheets: tuple[Feuille, ...]) -> Iterator[Xml]:
    """Yield the styles of columns and rows: one for each width and each height."""
    for width in sorted({w or 20 for sheet in sheets for w in sheet.largeurs}):
        millimetres = round((width * 7 + 5) * 25.4 / 96, 1)
        size = el("style:table-column-properties", style_column_width=f"{millimetres}mm")
        yield el("style:style", size, style_name=f"c{width}", style_family="table-column")
    for points in sorted({_points(sheet, ligne) for sheet in sheets for ligne in sheet.lignes}):
        for name, supple in ((f"l{points}", "false"), (f"s{points}", "true")):
            size = el(
                "style:table-row-properties",
                style_row_height=f"{points}pt",
                style_use_optimal_row_height=supple,
            )
            yield el("style:style", size, style_name=name, style_family="table-row")


def _points(sheet: Feuille, ligne: tuple[Cellule, ...]) -> int:
    return int(height(sheet, ligne))


def _table_styles() -> Iterator[Xml]:
    for name, page, display in (
        ("paysage", "Paysage", "true"), ("portrait", "Portrait", "true"), ("cachee", "Portrait", "false")
    ):  # fmt: skip
        shown = el("style:table-properties", table_display=display)
        yield el("style:style", shown, style_name=name, style_family="table", style_master_page_name=page)


def _validation(classeur: Classeur, liste: str) -> Xml:
    letter, rows = list_range(classeur, liste)
    message = el(
        "table:error-message",
        el("text:p", "Choisir une des valeurs de la liste, ou laisser vide."),
        table_title="Valeur hors liste",
        table_display="true",
        # Several annotations may stand in one cell.
        table_message_type="information" if liste == "annotations" else "stop",
    )
    return el(
        "table:content-validation",
        message,
        table_name=liste,
        table_condition=f"of:cell-content-is-in-list([${LISTES}.${letter}$1:.${letter}${rows}])",
        table_allow_empty_cell="true",
        table_display_list="unsorted",
    )


def _sheet(sheet: Feuille) -> Xml:
    columns = (
        el(
            "table:table-column",
            table_style_name=f"c{width or 20}",
            table_visibility=None if width else "collapse",
        )
        for width in sheet.largeurs
    )
    rows = [_row(sheet, ligne, None if n else sheet.logo) for n, ligne in enumerate(sheet.lignes)]
    if sheet.entete:
        rows[0] = el("table:table-header-rows", rows[0])
    protection = el(
        "loext:table-protection",
        loext_select_protected_cells="true",
        loext_select_unprotected_cells="true",
        loext_use_autofilter="true",
    )
    return el(
        "table:table",
        protection,
        *columns,
        *rows,
        table_name=sheet.nom,
        table_style_name="cachee" if sheet.cachee else "paysage" if sheet.paysage else "portrait",
        table_protected="true",
    )


def _row(sheet: Feuille, ligne: tuple[Cellule, ...], logo: Logo | None) -> Xml:
    """Return a row; its first cell holds the logo, if any."""
    cells = (_cell(cellule, None if n else logo) for n, cellule in enumerate(ligne))
    return el(
        "table:table-row",
        join(cells),
        table_style_name=f"{'s' if sheet.souples else 'l'}{_points(sheet, ligne)}",
    )


def _picture(logo: Logo) -> str:
    """Return where a picture stands in the archive."""
    return f"Pictures/logo.{logo.nature}"


def _frame(logo: Logo) -> Xml:
    """Return a picture in a cell, with what it shows in words."""
    image = el(
        "draw:image",
        xlink_href=_picture(logo),
        xlink_type="simple",
        xlink_show="embed",
        xlink_actuate="onLoad",
    )
    return el(
        "draw:frame",
        image,
        el("svg:title", legal(logo.texte)),
        draw_name="Logo",
        svg_width=f"{logo.largeur}mm",
        svg_height=f"{logo.hauteur}mm",
        svg_x="1mm",
        svg_y="1mm",
    )


def _cell(cellule: Cellule, logo: Logo | None) -> Xml:
    texte = legal(fitted(cellule.texte))
    formula = None if cellule.formule is None else open_formula(cellule.formule)
    number = formula is not None and texte.isdecimal()
    day = STYLES[cellule.style].date and bool(texte)
    kind = "float" if number else "date" if day else "string" if texte or formula else None
    return el(
        "table:table-cell",
        _paragraphs("/".join(reversed(texte.split("-"))) if day else texte, cellule.gras),
        _frame(logo) if logo else Xml(""),
        table_style_name=cellule.style,
        table_content_validation_name=cellule.liste,
        table_formula=formula,
        office_value_type=kind,
        office_value=texte if number else None,
        office_date_value=texte if day else None,
        office_string_value=texte if formula and not number else None,
    )


def _paragraphs(texte: str, gras: str) -> Xml:
    if not texte:
        return Xml("")
    paragraphs = [blanks(part) for part in texte.split("\n")]
    if gras and "\n" not in gras and texte.startswith(f"{gras}\n"):
        paragraphs[0] = el("text:span", paragraphs[0], text_style_name="gras")
    return join(el("text:p", part) for part in paragraphs)


def open_formula(formule: str) -> str:
    """Return a formula as OpenFormula writes it: brackets around references, ``;`` between."""
    parts = re.split(r'("(?:[^"]|"")*")', formule)
    parts[::2] = [_REFERENCE.sub(_bracket, part.replace(",", ";")) for part in parts[::2]]
    return "of:=" + "".join(parts)


def _bracket(reference: re.Match[str]) -> str:
    sheet, first, last = reference.groups()
    start = f"${sheet}.{first}" if sheet else f".{first}"
    return f"[{start}:.{last}]" if last else f"[{start}]"


def _filter(sheet: Feuille) -> Xml:
    last = f"{letters(len(sheet.largeurs))}{len(sheet.lignes)}"
    return el(
        "table:database-range",
        table_name=f"__Anonymous_Sheet_DB__{sheet.nom}",
        table_target_range_address=f"'{sheet.nom}'.A1:'{sheet.nom}'.{last}",
        table_display_filter_buttons="true",
    )
