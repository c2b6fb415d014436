"""The checklist as an ODS grid to fill: the workbook of :mod:`grille`, written as OpenDocument 1.3.

Written here rather than by a library: what a grid needs (protection that lets filter, width of the page,
same bytes) is refused or hidden by the one there is, and the format is a handful of elements.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from certif_rules.audit.checklist import Checklist
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
            archive.writestr(ZipInfo(name), text.encode("utf-8"), ZIP_DEFLATED)
        for name, logo in logos.items():
            archive.writestr(ZipInfo(name), logo.contenu, ZIP_STORED)
    return out.getvalue()


def _root(name: str, *parts: str) -> str:
    spaces = {**{key: f"{_OASIS}{value}" for key, value in _SPACES.items()}, **_OTHERS}
    declared = " ".join(f'xmlns:{key}="{value}"' for key, value in spaces.items())
    return f'{_ENTETE}<office:{name} {declared} office:version="1.3">{"".join(parts)}</office:{name}>'


# ---- content ----------------------------------------------------------------------------------------------


def _content(classeur: Classeur, sheets: Iterable[Feuille]) -> str:
    found = tuple(sheets)
    return _root(
        "document-content",
        "<office:automatic-styles>",
        '<number:date-style style:name="jour"><number:day number:style="long"/><number:text>/</number:text>'
        '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>'
        "</number:date-style>",
        *(_cell_style(name, style) for name, style in STYLES.items()),
        '<style:style style:name="gras" style:family="text">'
        '<style:text-properties fo:font-weight="bold"/></style:style>',
        *_sizes(found),
        *_table_styles(),
        "</office:automatic-styles><office:body><office:spreadsheet>",
        "<table:content-validations>",
        *(_validation(classeur, liste) for liste in classeur.listes),
        "</table:content-validations>",
        *(_sheet(sheet) for sheet in found),
        "<table:database-ranges>",
        *(_filter(sheet) for sheet in found if sheet.entete),
        "</table:database-ranges></office:spreadsheet></office:body>",
    )


def _cell_style(name: str, style: Style) -> str:
    data = ' style:data-style-name="jour"' if style.date else ""
    frame = ' fo:border="0.5pt solid #c3ccc8"' if style.cadre else ""
    back = f' fo:background-color="#{style.fond}"' if style.fond else ""
    weight = ' fo:font-weight="bold"' if style.gras else ""
    align = "center" if style.centre else "start"
    return (
        f'<style:style style:name="{name}" style:family="table-cell"{data}>'
        f'<style:table-cell-properties fo:padding="0.35mm"'
        f' fo:wrap-option="{"wrap" if style.cadre else "no-wrap"}"'
        f' style:vertical-align="{"middle" if style.milieu else "top"}"'
        f' style:cell-protect="{"none" if style.saisie else "protected"}"{frame}{back}/>'
        f'<style:paragraph-properties fo:text-align="{align}"/>'
        f'<style:text-properties fo:font-family="Arial" fo:font-size="{style.taille}pt"'
        f' fo:color="#{style.encre}" fo:language="fr" fo:country="FR"{weight}/></style:style>'
    )


def _sizes(sheets: tuple[Feuille, ...]) -> Iterator[str]:
    """The styles of columns and rows: one for each width and each height."""
    for width in sorted({w or 20 for sheet in sheets for w in sheet.largeurs}):
        millimetres = round((width * 7 + 5) * 25.4 / 96, 1)
        yield (
            f'<style:style style:name="c{width}" style:family="table-column"><style:table-column-properties'
            f' style:column-width="{millimetres}mm"/></style:style>'
        )
    for points in sorted({_points(sheet, ligne) for sheet in sheets for ligne in sheet.lignes}):
        yield (
            f'<style:style style:name="l{points}" style:family="table-row"><style:table-row-properties'
            f' style:row-height="{points}pt" style:use-optimal-row-height="false"/></style:style>'
        )


def _points(sheet: Feuille, ligne: tuple[Cellule, ...]) -> int:
    return int(height(sheet, ligne))


def _table_styles() -> Iterator[str]:
    for name, page, display in (
        ("paysage", "Paysage", "true"), ("portrait", "Portrait", "true"), ("cachee", "Portrait", "false"),
    ):  # fmt: skip
        yield (
            f'<style:style style:name="{name}" style:family="table" style:master-page-name="{page}">'
            f'<style:table-properties table:display="{display}"/></style:style>'
        )


def _validation(classeur: Classeur, liste: str) -> str:
    letter, rows = list_range(classeur, liste)
    condition = f"of:cell-content-is-in-list([${LISTES}.${letter}$1:.${letter}${rows}])"
    # Several annotations may stand in one cell.
    kind = "information" if liste == "annotations" else "stop"
    return (
        f"<table:content-validation table:name={quoteattr(liste)} table:condition={quoteattr(condition)}"
        ' table:allow-empty-cell="true" table:display-list="unsorted">'
        f'<table:error-message table:title="Valeur hors liste" table:display="true"'
        f' table:message-type="{kind}">'
        "<text:p>Choisir une des valeurs de la liste, ou laisser vide.</text:p></table:error-message>"
        "</table:content-validation>"
    )


def _sheet(sheet: Feuille) -> str:
    style = "cachee" if sheet.cachee else "paysage" if sheet.paysage else "portrait"
    hidden = ' table:visibility="collapse"'
    columns = "".join(
        f'<table:table-column table:style-name="c{width or 20}"{"" if width else hidden}/>'
        for width in sheet.largeurs
    )
    rows = [_row(sheet, ligne) for ligne in sheet.lignes]
    if sheet.logo is not None:
        rows[0] = rows[0].replace("</table:table-cell>", f"{_frame(sheet.logo)}</table:table-cell>", 1)
    if sheet.entete:
        rows[0] = f"<table:table-header-rows>{rows[0]}</table:table-header-rows>"
    return (
        f'<table:table table:name={quoteattr(sheet.nom)} table:style-name="{style}" table:protected="true">'
        '<loext:table-protection loext:select-protected-cells="true" loext:select-unprotected-cells="true"'
        ' loext:use-autofilter="true"/>'
        f"{columns}{''.join(rows)}</table:table>"
    )


def _row(sheet: Feuille, ligne: tuple[Cellule, ...]) -> str:
    cells = "".join(map(_cell, ligne))
    return f'<table:table-row table:style-name="l{_points(sheet, ligne)}">{cells}</table:table-row>'


def _picture(logo: Logo) -> str:
    """Where a picture stands in the archive."""
    return f"Pictures/logo.{logo.nature}"


def _frame(logo: Logo) -> str:
    """A picture in a cell, with what it shows in words."""
    texte = _ILLEGAL.sub("\ufffd", logo.texte)
    return (
        f'<draw:frame draw:name="Logo" svg:width="{logo.largeur}mm" svg:height="{logo.hauteur}mm" svg:x="1mm"'
        f' svg:y="1mm"><draw:image xlink:href="{_picture(logo)}" xlink:type="simple" xlink:show="embed"'
        f' xlink:actuate="onLoad"/><svg:title>{escape(texte)}</svg:title></draw:frame>'
    )


def _cell(cellule: Cellule) -> str:
    attributes = f' table:style-name="{cellule.style}"'
    if cellule.liste is not None:
        attributes += f" table:content-validation-name={quoteattr(cellule.liste)}"
    texte = _ILLEGAL.sub("\ufffd", cellule.texte)
    if cellule.formule is not None:
        attributes += f" table:formula={quoteattr(open_formula(cellule.formule))}"
        if texte.isdecimal():
            attributes += f' office:value-type="float" office:value="{texte}"'
        else:
            attributes += ' office:value-type="string" office:string-value=""'
    elif texte:
        attributes += ' office:value-type="string"'
    return f"<table:table-cell{attributes}>{_paragraphs(texte, cellule.gras)}</table:table-cell>"


def _paragraphs(texte: str, gras: str) -> str:
    if not texte:
        return ""
    paragraphs = [_blanks(part) for part in texte.split("\n")]
    if gras and "\n" not in gras and texte.startswith(f"{gras}\n"):
        paragraphs[0] = f'<text:span text:style-name="gras">{paragraphs[0]}</text:span>'
    return "".join(f"<text:p>{part}</text:p>" for part in paragraphs)


def _blanks(texte: str) -> str:
    """Blanks in a row, and those at the ends, by an element: the format folds the others."""
    text = escape(texte).replace("\t", "<text:tab/>").replace("\r", "")
    text = re.sub(r"^ | $|(?<= ) ", "\0", text)
    return text.replace("\0", "<text:s/>")


def open_formula(formule: str) -> str:
    """A formula of a spreadsheet as OpenFormula writes it: brackets around references, ``;`` between."""
    parts = re.split(r'("(?:[^"]|"")*")', formule)
    parts[::2] = [_REFERENCE.sub(_bracket, part.replace(",", ";")) for part in parts[::2]]
    return "of:=" + "".join(parts)


def _bracket(found: re.Match[str]) -> str:
    sheet, first, last = found.groups()
    start = f"${sheet}.{first}" if sheet else f".{first}"
    return f"[{start}:.{last}]" if last else f"[{start}]"


def _filter(sheet: Feuille) -> str:
    last = f"{letters(len(sheet.largeurs))}{len(sheet.lignes)}"
    area = f"'{sheet.nom}'.A1:'{sheet.nom}'.{last}"
    return (
        f"<table:database-range table:name={quoteattr('__Anonymous_Sheet_DB__' + sheet.nom)}"
        f' table:target-range-address={quoteattr(area)} table:display-filter-buttons="true"/>'
    )


# ---- styles, settings and the rest ------------------------------------------------------------------------


def _styles(classeur: Classeur) -> str:
    return _root(
        "document-styles",
        "<office:styles>",
        '<style:default-style style:family="table-cell"><style:text-properties fo:font-family="Arial"'
        ' fo:font-size="10pt" fo:language="fr" fo:country="FR"/></style:default-style>',
        "</office:styles><office:automatic-styles>",
        _page("p1", "landscape", "297mm", "210mm"),
        _page("p2", "portrait", "210mm", "297mm"),
        "</office:automatic-styles><office:master-styles>",
        _master("Paysage", "p1", classeur.pied),
        _master("Portrait", "p2", classeur.pied),
        "</office:master-styles>",
    )


def _page(name: str, orientation: str, width: str, height_: str) -> str:
    return (
        f'<style:page-layout style:name="{name}"><style:page-layout-properties fo:page-width="{width}"'
        f' fo:page-height="{height_}" style:print-orientation="{orientation}" fo:margin="10mm"'
        ' style:scale-to-X="1" style:scale-to-Y="0" style:print="objects zero-values"/>'
        '<style:footer-style><style:header-footer-properties fo:min-height="6mm" fo:margin-top="2mm"/>'
        "</style:footer-style></style:page-layout>"
    )


def _master(name: str, page: str, pied: str) -> str:
    text = _blanks(_ILLEGAL.sub("\ufffd", pied))
    return (
        f'<style:master-page style:name="{name}" style:page-layout-name="{page}">'
        '<style:header style:display="false"/>'
        f"<style:footer><style:region-left><text:p>{text}</text:p></style:region-left>"
        "<style:region-right><text:p><text:sheet-name>?</text:sheet-name> – page "
        "<text:page-number>1</text:page-number>"
        " / <text:page-count>1</text:page-count></text:p></style:region-right>"
        "</style:footer></style:master-page>"
    )


def _meta(classeur: Classeur) -> str:
    return _root(
        "document-meta",
        f"<office:meta><dc:title>{escape(_ILLEGAL.sub('', classeur.titre))}</dc:title>"
        "<dc:language>fr-FR</dc:language>"
        f"<meta:creation-date>{classeur.date}T00:00:00</meta:creation-date></office:meta>",
    )


def _settings(sheets: tuple[Feuille, ...]) -> str:
    """Where each table is frozen, and which sheet opens first."""
    return _root(
        "document-settings",
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>',
        _item("ViewId", "string", "view1"),
        _item("ActiveTable", "string", sheets[0].nom),
        '<config:config-item-map-named config:name="Tables">',
        *(_frozen(sheet) for sheet in sheets if sheet.entete),
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings>",
    )


def _frozen(sheet: Feuille) -> str:
    items = {
        "HorizontalSplitMode": 2, "VerticalSplitMode": 2, "HorizontalSplitPosition": sheet.figees,
        "VerticalSplitPosition": 1, "ActiveSplitRange": 3, "PositionRight": sheet.figees, "PositionBottom": 1,
    }  # fmt: skip
    kinds = {"HorizontalSplitMode": "short", "VerticalSplitMode": "short", "ActiveSplitRange": "short"}
    inside = "".join(_item(name, kinds.get(name, "int"), str(value)) for name, value in items.items())
    name = quoteattr(sheet.nom)
    return f"<config:config-item-map-entry config:name={name}>{inside}</config:config-item-map-entry>"


def _item(name: str, kind: str, value: str) -> str:
    return (
        f'<config:config-item config:name="{name}" config:type="{kind}">{escape(value)}</config:config-item>'
    )


def _manifest(logos: Mapping[str, Logo]) -> str:
    space = f"{_OASIS}manifest:1.0"
    entries = [
        ("/", _MIME),
        *((name, "text/xml") for name in ("content.xml", "styles.xml", "meta.xml", "settings.xml")),
        *((name, f"image/{logo.nature}") for name, logo in logos.items()),
    ]
    lines = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in entries
    )
    start = f'<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">'
    return f"{_ENTETE}{start}{lines}</manifest:manifest>"
