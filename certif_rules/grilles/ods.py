"""The checklist as an ODS grid to fill: the workbook of :mod:`grille`, written as OpenDocument 1.3.

Written here rather than by a library: what a grid needs (protection that lets filter, width of the page,
same bytes) is refused or hidden by the one there is, and the format is a handful of elements.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from certif_rules.audit.checklist import Checklist
from certif_rules.documents.formats.balises import Xml, element
from certif_rules.errors import letters
from certif_rules.grilles.classeur import (
    LISTES,
    STYLES,
    Cellule,
    Classeur,
    Feuille,
    Style,
    height,
    list_range,
    lists_sheet,
)
from certif_rules.grilles.grille import build
from certif_rules.habillage.modele import Logo

_MIME: Final = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES: Final = {
    "office": "office:1.0", "style": "style:1.0", "table": "table:1.0", "text": "text:1.0",
    "number": "datastyle:1.0", "fo": "xsl-fo-compatible:1.0", "config": "config:1.0", "meta": "meta:1.0",
    "draw": "drawing:1.0", "svg": "svg-compatible:1.0",
}  # fmt: skip
_OTHERS: Final = {
    "of": "urn:oasis:names:tc:opendocument:xmlns:of:1.2",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xlink": "http://www.w3.org/1999/xlink",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
}
_ENTETE: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_REFERENCE: Final = re.compile(
    r"(?:('[^']+'|[A-Za-zÀ-ÿ]+)!)?(\$?[A-Z]{1,2}\$?[0-9]+)(?::(\$?[A-Z]{1,2}\$?[0-9]+))?"
)
#: What XML does not hold.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render(checklist: Checklist) -> bytes:
    """``checklist`` as ODS bytes, the same on every run."""
    return write(build(checklist))


def write(classeur: Classeur) -> bytes:
    """A workbook as ODS bytes. No text is ever taken for a formula."""
    sheets = (*classeur.feuilles, lists_sheet(classeur))
    logos = {_picture(sheet.logo): sheet.logo for sheet in sheets if sheet.logo}
    members = (
        ("content.xml", _content(classeur, sheets)),
        ("styles.xml", _styles(classeur)),
        ("meta.xml", _meta(classeur)),
        ("settings.xml", _settings(sheets)),
        ("META-INF/manifest.xml", _manifest(logos)),
    )
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(ZipInfo("mimetype"), _MIME, ZIP_STORED)
        for name, text in members:
            archive.writestr(ZipInfo(name), (_ENTETE + text).encode("utf-8"), ZIP_DEFLATED)
        for name, logo in logos.items():
            archive.writestr(ZipInfo(name), logo.contenu, ZIP_STORED)
    return out.getvalue()


def _el(tag: str, *children: str, **attributes: str | int | None) -> Xml:
    """Return an element; ``style_data_style_name`` is ``style:data-style-name``, ``None`` leaves it out."""
    named = {
        name.replace("_", ":", 1).replace("_", "-"): value
        for name, value in attributes.items()
        if value is not None
    }
    return element(tag, *children, **named)


def _join(parts: Iterable[Xml]) -> Xml:
    return Xml("".join(parts))


def _legal(texte: str) -> str:
    return _ILLEGAL.sub("\ufffd", texte)


def _root(name: str, *parts: Xml) -> Xml:
    spaces = {key: f"{_OASIS}{value}" for key, value in _SPACES.items()} | _OTHERS
    declared = {f"xmlns:{key}": value for key, value in spaces.items()}
    return element(f"office:{name}", *parts, **declared, **{"office:version": "1.3"})


# ---- content ----------------------------------------------------------------------------------------------


def _content(classeur: Classeur, sheets: tuple[Feuille, ...]) -> Xml:
    long = {"number_style": "long"}
    day = _el(
        "number:date-style",
        _el("number:day", **long),
        _el("number:text", "/"),
        _el("number:month", **long),
        _el("number:text", "/"),
        _el("number:year", **long),
        style_name="jour",
    )
    bold = _el(
        "style:style",
        _el("style:text-properties", fo_font_weight="bold"),
        style_name="gras",
        style_family="text",
    )
    cells = (_cell_style(name, style) for name, style in STYLES.items())
    spreadsheet = _el(
        "office:spreadsheet",
        _el("table:content-validations", _join(_validation(classeur, liste) for liste in classeur.listes)),
        *map(_sheet, sheets),
        _el("table:database-ranges", _join(_filter(sheet) for sheet in sheets if sheet.entete)),
    )
    return _root(
        "document-content",
        _el("office:automatic-styles", day, *cells, bold, *_sizes(sheets), *_table_styles()),
        _el("office:body", spreadsheet),
    )


def _cell_style(name: str, style: Style) -> Xml:
    box = _el(
        "style:table-cell-properties",
        fo_padding="0.35mm",
        fo_wrap_option="wrap" if style.cadre else "no-wrap",
        style_vertical_align="middle" if style.milieu else "top",
        style_cell_protect="none" if style.saisie else "protected",
        fo_border="0.5pt solid #c3ccc8" if style.cadre else None,
        fo_background_color=f"#{style.fond}" if style.fond else None,
    )
    text = _el(
        "style:text-properties",
        fo_font_family="Arial",
        fo_font_size=f"{style.taille}pt",
        fo_color=f"#{style.encre}",
        fo_language="fr",
        fo_country="FR",
        fo_font_weight="bold" if style.gras else None,
    )
    return _el(
        "style:style",
        box,
        _el("style:paragraph-properties", fo_text_align="center" if style.centre else "start"),
        text,
        style_name=name,
        style_family="table-cell",
        style_data_style_name="jour" if style.date else None,
    )


def _sizes(sheets: tuple[Feuille, ...]) -> Iterator[Xml]:
    """Yield the styles of columns and rows: one for each width and each height."""
    for width in sorted({w or 20 for sheet in sheets for w in sheet.largeurs}):
        millimetres = round((width * 7 + 5) * 25.4 / 96, 1)
        size = _el("style:table-column-properties", style_column_width=f"{millimetres}mm")
        yield _el("style:style", size, style_name=f"c{width}", style_family="table-column")
    for points in sorted({_points(sheet, ligne) for sheet in sheets for ligne in sheet.lignes}):
        size = _el(
            "style:table-row-properties", style_row_height=f"{points}pt", style_use_optimal_row_height="false"
        )
        yield _el("style:style", size, style_name=f"l{points}", style_family="table-row")


def _points(sheet: Feuille, ligne: tuple[Cellule, ...]) -> int:
    return int(height(sheet, ligne))


def _table_styles() -> Iterator[Xml]:
    for name, page, display in (
        ("paysage", "Paysage", "true"), ("portrait", "Portrait", "true"), ("cachee", "Portrait", "false")
    ):  # fmt: skip
        shown = _el("style:table-properties", table_display=display)
        yield _el("style:style", shown, style_name=name, style_family="table", style_master_page_name=page)


def _validation(classeur: Classeur, liste: str) -> Xml:
    letter, rows = list_range(classeur, liste)
    message = _el(
        "table:error-message",
        _el("text:p", "Choisir une des valeurs de la liste, ou laisser vide."),
        table_title="Valeur hors liste",
        table_display="true",
        # Several annotations may stand in one cell.
        table_message_type="information" if liste == "annotations" else "stop",
    )
    return _el(
        "table:content-validation",
        message,
        table_name=liste,
        table_condition=f"of:cell-content-is-in-list([${LISTES}.${letter}$1:.${letter}${rows}])",
        table_allow_empty_cell="true",
        table_display_list="unsorted",
    )


def _sheet(sheet: Feuille) -> Xml:
    columns = (
        _el(
            "table:table-column",
            table_style_name=f"c{width or 20}",
            table_visibility=None if width else "collapse",
        )
        for width in sheet.largeurs
    )
    rows = [_row(sheet, ligne, None if n else sheet.logo) for n, ligne in enumerate(sheet.lignes)]
    if sheet.entete:
        rows[0] = _el("table:table-header-rows", rows[0])
    protection = _el(
        "loext:table-protection",
        loext_select_protected_cells="true",
        loext_select_unprotected_cells="true",
        loext_use_autofilter="true",
    )
    return _el(
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
    return _el("table:table-row", _join(cells), table_style_name=f"l{_points(sheet, ligne)}")


def _picture(logo: Logo) -> str:
    """Return where a picture stands in the archive."""
    return f"Pictures/logo.{logo.nature}"


def _frame(logo: Logo) -> Xml:
    """Return a picture in a cell, with what it shows in words."""
    image = _el(
        "draw:image",
        xlink_href=_picture(logo),
        xlink_type="simple",
        xlink_show="embed",
        xlink_actuate="onLoad",
    )
    return _el(
        "draw:frame",
        image,
        _el("svg:title", _legal(logo.texte)),
        draw_name="Logo",
        svg_width=f"{logo.largeur}mm",
        svg_height=f"{logo.hauteur}mm",
        svg_x="1mm",
        svg_y="1mm",
    )


def _cell(cellule: Cellule, logo: Logo | None) -> Xml:
    texte = _legal(cellule.texte)
    formula = None if cellule.formule is None else open_formula(cellule.formule)
    number = formula is not None and texte.isdecimal()
    return _el(
        "table:table-cell",
        _paragraphs(texte, cellule.gras),
        _frame(logo) if logo else Xml(""),
        table_style_name=cellule.style,
        table_content_validation_name=cellule.liste,
        table_formula=formula,
        office_value_type="float" if number else "string" if texte or formula else None,
        office_value=texte if number else None,
        office_string_value="" if formula and not number else None,
    )


def _paragraphs(texte: str, gras: str) -> Xml:
    if not texte:
        return Xml("")
    paragraphs = [_blanks(part) for part in texte.split("\n")]
    if gras and "\n" not in gras and texte.startswith(f"{gras}\n"):
        paragraphs[0] = _el("text:span", paragraphs[0], text_style_name="gras")
    return _join(_el("text:p", part) for part in paragraphs)


def _blanks(texte: str) -> Xml:
    """Return ``texte`` with an element for each blank that the format would fold: in a row, at the ends."""
    text = escape(texte, quote=False).replace("\t", "<text:tab/>").replace("\r", "")
    text = re.sub(r"^ | $|(?<= ) ", "\0", text)
    return Xml(text.replace("\0", "<text:s/>"))


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
    return _el(
        "table:database-range",
        table_name=f"__Anonymous_Sheet_DB__{sheet.nom}",
        table_target_range_address=f"'{sheet.nom}'.A1:'{sheet.nom}'.{last}",
        table_display_filter_buttons="true",
    )


# ---- styles, settings and the rest ------------------------------------------------------------------------


def _styles(classeur: Classeur) -> Xml:
    text = _el(
        "style:text-properties",
        fo_font_family="Arial",
        fo_font_size="10pt",
        fo_language="fr",
        fo_country="FR",
    )
    return _root(
        "document-styles",
        _el("office:styles", _el("style:default-style", text, style_family="table-cell")),
        _el(
            "office:automatic-styles",
            _page("p1", "landscape", "297mm", "210mm"),
            _page("p2", "portrait", "210mm", "297mm"),
        ),
        _el(
            "office:master-styles",
            _master("Paysage", "p1", classeur.pied),
            _master("Portrait", "p2", classeur.pied),
        ),
    )


def _page(name: str, orientation: str, width: str, height_: str) -> Xml:
    paper = _el(
        "style:page-layout-properties",
        fo_page_width=width,
        fo_page_height=height_,
        style_print_orientation=orientation,
        fo_margin="10mm",
        style_scale_to_X="1",
        style_scale_to_Y="0",
        style_print="objects zero-values",
    )
    foot = _el("style:header-footer-properties", fo_min_height="6mm", fo_margin_top="2mm")
    return _el("style:page-layout", paper, _el("style:footer-style", foot), style_name=name)


def _master(name: str, page: str, pied: str) -> Xml:
    number = _el(
        "text:p",
        _el("text:sheet-name", "?"),
        " – page ",
        _el("text:page-number", "1"),
        " / ",
        _el("text:page-count", "1"),
    )
    foot = _el(
        "style:footer",
        _el("style:region-left", _el("text:p", _blanks(_legal(pied)))),
        _el("style:region-right", number),
    )
    header = _el("style:header", style_display="false")
    return _el("style:master-page", header, foot, style_name=name, style_page_layout_name=page)


def _meta(classeur: Classeur) -> Xml:
    meta = _el(
        "office:meta",
        _el("dc:title", _ILLEGAL.sub("", classeur.titre)),
        _el("dc:language", "fr-FR"),
        _el("meta:creation-date", f"{classeur.date}T00:00:00"),
    )
    return _root("document-meta", meta)


def _settings(sheets: tuple[Feuille, ...]) -> Xml:
    """Return where each table is frozen, and which sheet opens first."""
    tables = _el(
        "config:config-item-map-named",
        _join(_frozen(sheet) for sheet in sheets if sheet.entete),
        config_name="Tables",
    )
    view = _el(
        "config:config-item-map-entry",
        _item("ViewId", "string", "view1"),
        _item("ActiveTable", "string", sheets[0].nom),
        tables,
    )
    views = _el("config:config-item-map-indexed", view, config_name="Views")
    return _root(
        "document-settings",
        _el("office:settings", _el("config:config-item-set", views, config_name="ooo:view-settings")),
    )


def _frozen(sheet: Feuille) -> Xml:
    items = (
        ("HorizontalSplitMode", "short", 2), ("VerticalSplitMode", "short", 2),
        ("HorizontalSplitPosition", "int", sheet.figees), ("VerticalSplitPosition", "int", 1),
        ("ActiveSplitRange", "short", 3), ("PositionRight", "int", sheet.figees),
        ("PositionBottom", "int", 1),
    )  # fmt: skip
    inside = (_item(name, kind, str(value)) for name, kind, value in items)
    return _el("config:config-item-map-entry", *inside, config_name=sheet.nom)


def _item(name: str, kind: str, value: str) -> Xml:
    return _el("config:config-item", value, config_name=name, config_type=kind)


def _manifest(logos: Mapping[str, Logo]) -> Xml:
    entries = (
        ("/", _MIME),
        *((name, "text/xml") for name in ("content.xml", "styles.xml", "meta.xml", "settings.xml")),
        *((name, f"image/{logo.nature}") for name, logo in logos.items()),
    )
    files = (
        _el("manifest:file-entry", manifest_full_path=path, manifest_media_type=kind)
        for path, kind in entries
    )
    return _el("manifest:manifest", *files, xmlns_manifest=f"{_OASIS}manifest:1.0", manifest_version="1.3")
