"""WordprocessingML from Python values: what is not already :class:`Xml` is escaped, always."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

#: Millimetres to twentieths of a point.
TWIPS: Final = 1440 / 25.4
ESPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)


class Xml(str):
    """A piece of markup, safe to be put as it is in the document."""

    __slots__ = ()


def w(tag: str, *children: str, **attributes: str | int) -> Xml:
    """An element of the main vocabulary and its attributes, without their prefix."""
    return element(f"w:{tag}", *children, **{f"w:{name.rstrip('_')}": v for name, v in attributes.items()})


def element(tag: str, *children: str, **attributes: str | int) -> Xml:
    """An element whose names carry their prefixes."""
    head = "".join(f" {name}={quoteattr(str(value))}" for name, value in attributes.items())
    inside = "".join(child if isinstance(child, Xml) else escape(child) for child in children)
    return Xml(f"<{tag}{head}>{inside}</{tag}>" if inside else f"<{tag}{head}/>")


def twips(millimetres: float) -> int:
    """A length as the format writes it."""
    return round(millimetres * TWIPS)
