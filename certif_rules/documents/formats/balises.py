"""HTML and XML elements from Python values: what is not already markup is escaped, always."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

#: Columns that a table on a narrow page has no room for.
_LARGE: Final = 5
#: A word longer than those of a language, and what it is cut into.
_LONG: Final = re.compile(r"[^\s<>&;-]{27,}")
_MORCEAU: Final = re.compile(r".{1,13}")


class Html(str):
    """A piece of markup is safe to be put as it is in a page."""

    __slots__ = ()


class Xml(str):
    """A piece of markup is safe to be put as it is in the part of an office document."""

    __slots__ = ()


def el(tag: str, *children: str | None, **attributes: str) -> Html:
    """Return an element. ``class_`` stands for ``class``, underscores in names of attributes for hyphens."""
    inside = "".join(_text(child) for child in children if child is not None)
    return Html(f"<{tag}{_attributes(attributes)}>{inside}</{tag}>")


def void(tag: str, **attributes: str) -> Html:
    """Return an element that has no content."""
    return Html(f"<{tag}{_attributes(attributes)}>")


def element(tag: str, *children: str, **attributes: str | int) -> Xml:
    """Return an XML element whose names carry their prefixes; without children, it closes itself."""
    head = "".join(f" {name}={_quoted(str(value))}" for name, value in attributes.items())
    if not children:
        return Xml(f"<{tag}{head}/>")
    inside = "".join(c if isinstance(c, Xml) else escape(c, quote=False) for c in children)
    return Xml(f"<{tag}{head}>{inside}</{tag}>")


def join(separator: str, parts: Iterable[str]) -> Html:
    """Return ``parts`` one after the other, ``separator`` between them."""
    return Html(_text(separator).join(map(_text, parts)))


def anchor(identifiant: str) -> str:
    """Return ``identifiant`` as it can stand in an ``id`` and after ``#``."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", identifiant)


def table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    class_: str = "donnees",
    widths: Sequence[float] = (),
) -> Html:
    """Return a data table; the first cell of a row is its header. ``widths`` are percentages, one per column.

    On narrow screens the style sheet lays rows out as cards, which would take the meaning of a table from
    assistive tools: the roles keep it, and ``data-tete`` repeats the head beside each cell.
    """
    head = el(
        "tr", *(el("th", _supple(name), scope="col", role="columnheader") for name in heads), role="row"
    )
    body = (
        el(
            "tr",
            el("th", _supple(row[0]), scope="row", role="rowheader"),
            *(
                el("td", cell, role="cell", data_tete=name)
                for name, cell in zip(heads[1:], row[1:], strict=True)
            ),
            role="row",
        )
        for row in rows
    )
    return el(
        "table",
        el("caption", caption) if caption else None,
        el("colgroup", *(void("col", style=f"width:{width:.4g}%") for width in widths)) if widths else None,
        el("thead", head, role="rowgroup"),
        el("tbody", *body, role="rowgroup"),
        class_=f"{class_} large" if len(heads) > _LARGE else class_,
        role="table",
    )


def pairs(caption: str, values: Iterable[tuple[str, str]]) -> Html:
    """Return labels and values as a table whose first cells are headers."""
    lines = (el("tr", el("th", label, scope="row"), el("td", value or "–")) for label, value in values)
    return el("table", el("caption", caption) if caption else None, el("tbody", *lines), class_="rangs")


def _supple(head: str) -> Html:
    """Return a header whose longest words only may be cut: a narrow column is as wide as the others are."""
    parts = re.split(r"(<[^>]*>)", _text(head))
    parts[::2] = (
        _LONG.sub(lambda word: "<wbr>".join(_MORCEAU.findall(word[0])), text) for text in parts[::2]
    )
    return Html("".join(parts))


def _text(value: str) -> str:
    return value if isinstance(value, Html) else escape(value)


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items()
    )


def _quoted(value: str) -> str:
    """Quote a value for XML as ``saxutils.quoteattr`` does, which imports all that opens a connection."""
    value = escape(value, quote=False)
    value = value.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' not in value:
        return f'"{value}"'
    return '"' + value.replace('"', "&quot;") + '"' if "'" in value else f"'{value}'"
