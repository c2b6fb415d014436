"""An OpenDocument file: its elements, and what a spreadsheet has besides its content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final

from certif_rules.documents.formats.balises import Xml, element
from certif_rules.grilles.classeur import TONS, Classeur, Feuille, Style
from certif_rules.habillage.modele import Logo

MIME: Final = "application/vnd.oasis.opendocument.spreadsheet"
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
ENTETE: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
#: What XML does not hold.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def el(tag: str, *children: str, **attributes: str | int | None) -> Xml:
    """Return an element; ``style_data_style_name`` is ``style:data-style-name``, ``None`` leaves it out."""
    named = {
        name.replace("_", ":", 1).replace("_", "-"): value
        for name, value in attributes.items()
        if value is not None
    }
    return element(tag, *children, **named)


def join(parts: Iterable[Xml]) -> Xml:
    """Return elements one after the other."""
    return Xml("".join(parts))


def legal(texte: str) -> str:
    """Return ``texte`` with a sign in place of what XML does not hold."""
    return _ILLEGAL.sub("\ufffd", texte)


def root(name: str, *parts: Xml) -> Xml:
    """Return the root of a part, with the vocabularies of all of them."""
    spaces = {key: f"{_OASIS}{value}" for key, value in _SPACES.items()} | _OTHERS
    declared = {f"xmlns:{key}": value for key, value in spaces.items()}
    return element(f"office:{name}", *parts, **declared, **{"office:version": "1.3"})


def blanks(texte: str) -> Xml:
    """Return ``texte`` with an element for each blank that the format would fold: in a row, at the ends."""
    text = escape(texte, quote=False).replace("\t", "<text:tab/>").replace("\r", "")
    text = re.sub(r"^ | $|(?<= ) ", "\0", text)
    return Xml(text.replace("\0", "<text:s/>"))


def styles(classeur: Classeur) -> Xml:
    """Return the default type, the papers and their feet."""
    text = el(
        "style:text-properties",
        fo_font_family="Arial",
        fo_font_size="10pt",
        fo_language="fr",
        fo_country="FR",
    )
    return root(
        "document-styles",
        el(
            "office:styles",
            el("style:default-style", text, style_family="table-cell"),
            *(part for name, style in TONS.items() for part in _tone(name, style)),
        ),
        el(
            "office:automatic-styles",
            _page("p1", "landscape", "297mm", "210mm"),
            _page("p2", "portrait", "210mm", "297mm"),
        ),
        el(
            "office:master-styles",
            _master("Paysage", "p1", classeur.pied),
            _master("Portrait", "p2", classeur.pied),
        ),
    )


def _tone(name: str, style: Style) -> Iterator[Xml]:
    """Yield the look of a finding, and its sign: in the format of the text, which it does not change."""
    yield el(
        "number:text-style",
        el("number:text", f"{style.signe} "),
        el("number:text-content"),
        style_name=f"signe_{name}",
    )
    yield el(
        "style:style",
        el("style:table-cell-properties", fo_background_color=f"#{style.fond}"),
        el("style:text-properties", fo_color=f"#{style.encre}", fo_font_weight="bold"),
        style_name=f"ton_{name}",
        style_family="table-cell",
        style_data_style_name=f"signe_{name}",
    )


def _page(name: str, orientation: str, width: str, height_: str) -> Xml:
    paper = el(
        "style:page-layout-properties",
        fo_page_width=width,
        fo_page_height=height_,
        style_print_orientation=orientation,
        fo_margin="10mm",
        style_scale_to_X="1",
        style_scale_to_Y="0",
        style_print="objects zero-values",
    )
    foot = el("style:header-footer-properties", fo_min_height="6mm", fo_margin_top="2mm")
    return el("style:page-layout", paper, el("style:footer-style", foot), style_name=name)


def _master(name: str, page: str, pied: str) -> Xml:
    number = el(
        "text:p",
        el("text:sheet-name", "?"),
        " – page ",
        el("text:page-number", "1"),
        " / ",
        el("text:page-count", "1"),
    )
    foot = el(
        "style:footer",
        el("style:region-left", el("text:p", blanks(legal(pied)))),
        el("style:region-right", number),
    )
    header = el("style:header", style_display="false")
    return el("style:master-page", header, foot, style_name=name, style_page_layout_name=page)


def meta(classeur: Classeur) -> Xml:
    """Return the title, the language and the date."""
    content = el(
        "office:meta",
        el("dc:title", _ILLEGAL.sub("", classeur.titre)),
        el("dc:language", "fr-FR"),
        el("meta:creation-date", f"{classeur.date}T00:00:00"),
    )
    return root("document-meta", content)


def settings(sheets: tuple[Feuille, ...]) -> Xml:
    """Return where each table is frozen, and which sheet opens first."""
    tables = el(
        "config:config-item-map-named",
        join(_frozen(sheet) for sheet in sheets if sheet.entete),
        config_name="Tables",
    )
    view = el(
        "config:config-item-map-entry",
        _item("ViewId", "string", "view1"),
        _item("ActiveTable", "string", sheets[0].nom),
        tables,
    )
    views = el("config:config-item-map-indexed", view, config_name="Views")
    return root(
        "document-settings",
        el("office:settings", el("config:config-item-set", views, config_name="ooo:view-settings")),
    )


def _frozen(sheet: Feuille) -> Xml:
    items = (
        ("HorizontalSplitMode", "short", 2), ("VerticalSplitMode", "short", 2),
        ("HorizontalSplitPosition", "int", sheet.figees), ("VerticalSplitPosition", "int", 1),
        ("ActiveSplitRange", "short", 3), ("PositionRight", "int", sheet.figees),
        ("PositionBottom", "int", 1),
    )  # fmt: skip
    inside = (_item(name, kind, str(value)) for name, kind, value in items)
    return el("config:config-item-map-entry", *inside, config_name=sheet.nom)


def _item(name: str, kind: str, value: str) -> Xml:
    return el("config:config-item", value, config_name=name, config_type=kind)


def manifest(logos: Mapping[str, Logo]) -> Xml:
    """Return the list of the parts; ``logos`` are given by their places."""
    entries = (
        ("/", MIME),
        *((name, "text/xml") for name in ("content.xml", "styles.xml", "meta.xml", "settings.xml")),
        *((name, f"image/{logo.nature}") for name, logo in logos.items()),
    )
    files = (
        el("manifest:file-entry", manifest_full_path=path, manifest_media_type=kind) for path, kind in entries
    )
    return el("manifest:manifest", *files, xmlns_manifest=f"{_OASIS}manifest:1.0", manifest_version="1.3")
