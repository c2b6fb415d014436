"""Drawings as pictures, for the formats that show pictures only, by the compiler that makes PDF files."""

from __future__ import annotations

import json

from certif_rules.blocs.arbre import Image
from certif_rules.documents.formats import extras
from certif_rules.errors import UsageError

#: Dots per inch: sharp on paper.
_PPP = 220


def png(dessin: Image) -> bytes | None:
    """An SVG drawing as PNG, or ``None`` without the library that draws it.

    Raises:
        UnicodeDecodeError: the drawing is not UTF-8.
    """
    try:
        extras.check("pdf")
    except UsageError:
        return None
    import typst

    template = (
        "#let d = json(bytes(sys.inputs.d))\n"
        "#set page(width: d.largeur * 1mm, height: auto, margin: 0pt, fill: none)\n"
        '#image(bytes(d.contenu), format: "svg", width: 100%)\n'
    )
    content = json.dumps({"contenu": dessin.contenu.decode("utf-8"), "largeur": dessin.largeur})
    made = typst.compile(
        template.encode(), format="png", ppi=_PPP, ignore_system_fonts=True, sys_inputs={"d": content}
    )
    assert isinstance(made, bytes), "one page, one picture"
    return made
