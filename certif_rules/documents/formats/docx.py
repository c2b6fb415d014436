"""A document as DOCX: real heading styles, tables with repeated heads, tick boxes that can be ticked.

python-docx gives the package and its pictures; the body is written as markup: its own tables look every cell
up again, which takes minutes on a long report.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import line, passages, simple
from certif_rules.documents.formats import extras
from certif_rules.documents.formats.balises import Xml, element
from certif_rules.documents.formats.docx_styles import (
    BULLETS,
    ESPACES,
    STYLES,
    dress,
    numbered,
    run,
    twips,
    w,
)
from certif_rules.documents.formats.rendu import (
    LIBELLES,
    Gabarit,
    chapters,
    gabarit,
    height,
    ready,
    shares,
    whole,
)

if TYPE_CHECKING:
    from docx.document import Document as Docx

#: The oldest moment a zip can hold: its members have no other date.
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
#: Rows higher than this many lines may be cut by the end of a page, and rows no higher go by two.
_SECABLE: Final = 34
_COURTE: Final = 6
_EM: Final = 8.5 * 0.3528
_TONS: Final = {"information": "0D5A50", "attention": "7A4300", "refus": "8C1D18"}
_FONDS: Final = {"information": "F3F8F6", "attention": "FDF6E9", "refus": "FCF1EF"}
_RELIEFS: Final[Mapping[str, Xml]] = {
    "normal": Xml(""),
    "fort": w("rPr", w("b")),
    "italique": w("rPr", w("i")),
    "discret": w("rPr", w("color", val="4D5A57")),
    "rouge": w("rPr", w("color", val="8C1D18")),
    "code": Xml(""),
    "ajout": w("rPr", w("u", val="single")),
    "retrait": w("rPr", w("strike"), w("color", val="8C1D18")),
}


#: The paragraphs of each cell, and how many lines of text the row takes.
_Row = tuple[Sequence[Sequence[Xml]], float]


def render(document: b.Document) -> bytes:
    """Return ``document`` as a DOCX file.

    Raises:
        UsageError: the library that makes DOCX files is not installed.
    """
    extras.check("docx")
    import docx
    from docx.oxml.parser import parse_xml

    fichier = docx.Document()
    sheet = gabarit(document)
    dress(fichier, document, sheet)
    body = fichier.element.body
    content = parse_xml(f"<w:body {ESPACES}>{_Body(fichier, document, sheet).markup()}</w:body>")
    end = body.sectPr
    for block in list(content):
        end.addprevious(block)
    buffer = io.BytesIO()
    fichier.save(buffer)
    return _fixed(buffer)


def _fixed(buffer: io.BytesIO) -> bytes:
    """Return the same package, without the time of the day in its members."""
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            info = zipfile.ZipInfo(member, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            target.writestr(info, source.read(member))
    return out.getvalue()


def runs(texte: b.Texte) -> list[Xml]:
    """Return the runs of a text, its lines parted by breaks."""
    parts: list[Xml] = []
    for number, passage in enumerate(passages(texte)):
        if number:
            parts.append(w("r", w("br")))
        parts += [run(piece.texte, _RELIEFS[piece.relief]) for piece in passage]
    return parts


def paragraph(style: str, *content: Xml, properties: Sequence[Xml] = ()) -> Xml:
    """Return a paragraph in a style of the template."""
    return w("p", w("pPr", w("pStyle", val=STYLES[style]), *properties), *content)


def _followed(paragraph: Xml) -> Xml:
    """Return a paragraph on the page of the next one; its style comes first in its properties."""
    return Xml(paragraph.replace("/>", f"/>{w('keepNext')}", 1))


def _bound(heights: Sequence[float]) -> list[bool]:
    """Return whether each row stays with the next: a short table is whole, no row is alone on a page."""
    if whole(heights):
        return [number < len(heights) for number in range(1, len(heights) + 1)]
    short = [max(pair) <= _COURTE for pair in pairwise(heights)]
    return [ok and number in (0, len(short) - 1) for number, ok in enumerate(short)] + [False]


def _row(
    cells: Sequence[Sequence[Xml]], sizes: Sequence[int], *, head: bool = False, secable: bool = False
) -> Xml:
    whole = () if secable else (w("cantSplit"),)
    shade = (w("shd", val="clear", color="auto", fill="EDF3F1"), w("vAlign", val="bottom")) if head else ()
    columns = (
        w("tc", w("tcPr", w("tcW", w=size, type="dxa"), *shade), *cell)
        for size, cell in zip(sizes, cells, strict=True)
    )
    return w("tr", w("trPr", *whole, *((w("tblHeader"),) if head else ())), *columns)


class _Body:
    """This body writes one rendering: identifiers are counted over the whole document."""

    def __init__(self, fichier: Docx, document: b.Document, sheet: Gabarit) -> None:
        self.fichier = fichier
        self.document = document
        self.sheet = sheet
        self.number = 0
        self.blocks = ready(simple(document.blocs))

    def markup(self) -> str:
        """Return the content of the body."""
        written = (part for bloc in self.blocks for part in _WRITERS[type(bloc)](self, bloc))
        return "".join((*self._head(), *written))

    def next(self) -> int:
        """Return a number that nothing else of the document has."""
        self.number += 1
        return self.number

    def _head(self) -> Iterator[Xml]:
        if self.document.logo:
            yield from self.image(self.document.logo)
        yield self.bookmarked("titre", "titre", runs(line(self.document.titre) or "–"))
        if self.document.sous_titre:
            yield paragraph("sous_titre", *runs(self.document.sous_titre))
        if self.document.sommaire:
            yield paragraph("sommaire", run("Sommaire"))
            for chapter in chapters(self.blocks):
                link = element("w:hyperlink", run(chapter.texte), **{"w:anchor": _name(chapter.ancre)})
                yield paragraph("entree", link)

    def bookmarked(self, style: str, name: str, content: Sequence[Xml], *properties: Xml) -> Xml:
        """Return a paragraph that links may point to."""
        number = self.next()
        start = w("bookmarkStart", id=number, name=_name(name))
        return paragraph(style, start, *content, w("bookmarkEnd", id=number), properties=properties)

    def titre(self, bloc: b.Titre) -> Iterator[Xml]:
        """Yield a heading."""
        broken = [w("pageBreakBefore")] if bloc.nouvelle_page else []
        yield self.bookmarked(f"titre{bloc.niveau}", bloc.ancre, runs(bloc.texte), *broken)

    def paragraphe(self, bloc: b.Paragraphe) -> Iterator[Xml]:
        """Yield a paragraph."""
        yield paragraph("texte", *runs(bloc.texte))

    def encadre(self, bloc: b.Encadre) -> Iterator[Xml]:
        """Yield a notice: two paragraphs that share a coloured edge."""
        edge = w("pBdr", w("left", val="single", sz=18, space=8, color=_TONS[bloc.ton]))
        fill = w("shd", val="clear", color="auto", fill=_FONDS[bloc.ton])
        title = w("r", w("rPr", w("b"), w("color", val=_TONS[bloc.ton])), w("t", line(bloc.titre)))
        yield paragraph("encadre", title, properties=(w("keepNext"), edge, fill))
        yield paragraph("encadre_fin", *runs(bloc.texte), properties=(edge, fill))

    def liste(self, bloc: b.Liste) -> Iterator[Xml]:
        """Yield a list; each numbered one starts again at 1."""
        style, number = "puce", BULLETS
        if bloc.numerotee:
            style, number = "numero", numbered(self.fichier, self.next())
        for item in bloc.elements:
            yield paragraph(
                style, *runs(item), properties=(w("numPr", w("ilvl", val=0), w("numId", val=number)),)
            )

    def fiche(self, bloc: b.Fiche) -> Iterator[Xml]:
        """Yield labels and values."""
        rows = [
            (
                [[*self.cell(label, "libelle")], [*self.cell(value)]],
                max(height(label, 60 * LIBELLES / (100 - LIBELLES)), height(value, 60)),
            )
            for label, value in bloc.rangs
        ]
        yield from self._table(bloc.legende, (LIBELLES, 100 - LIBELLES), (), rows)

    def tableau(self, bloc: b.Tableau) -> Iterator[Xml]:
        """Yield a data table; its first cells are set apart, as their rows' heads."""
        rooms = [(part - 3.8) / _EM for part in shares(bloc.largeurs, self.sheet.texte)]
        rows = [
            (
                [[*self.cell(cell, "cellule" if n else "cellule_forte")] for n, cell in enumerate(row)],
                max(height(cell, room) for cell, room in zip(row, rooms, strict=True)),
            )
            for row in bloc.lignes
        ]
        yield from self._table(bloc.legende, bloc.largeurs, bloc.tetes, rows)

    def _table(
        self, legende: b.Texte, widths: Sequence[int], heads: Sequence[str], rows: Sequence[_Row]
    ) -> Iterator[Xml]:
        sizes = [twips(part) for part in shares(widths, self.sheet.texte)]
        look = {"firstRow": int(bool(heads)), "lastRow": 0, "firstColumn": 1, "lastColumn": 0}
        properties = w(
            "tblPr",
            w("tblStyle", val="Tableau"),
            w("tblW", w=sum(sizes), type="dxa"),
            w("tblInd", w=90, type="dxa"),
            w("tblLayout", type="fixed"),
            w("tblLook", val="04A0" if heads else "0480", **look, noHBand=1, noVBand=1),
            w("tblCaption", val=line(legende)),
        )
        lines = [_row([[paragraph("tete", *runs(h))] for h in heads], sizes, head=True)] if heads else []
        for (cells, rise), bound in zip(rows, _bound([rise for _, rise in rows]), strict=True):
            content = [list(map(_followed, cell)) for cell in cells] if bound else cells
            lines.append(_row(content, sizes, secable=rise > _SECABLE))
        yield paragraph("legende", *runs(legende))
        yield w("tbl", properties, w("tblGrid", *(w("gridCol", w=size) for size in sizes)), *lines)
        yield paragraph("apres")

    def cell(self, cellule: b.Cellule, style: str = "cellule") -> Iterator[Xml]:
        """Yield what a cell holds; boxes to tick stand one per line, in a cell or not."""
        if isinstance(cellule, b.Case):
            for choice in cellule.choix:
                yield paragraph("choix", *self._box(choice, ticked=choice == cellule.cochee))
        elif isinstance(cellule, b.EspaceLibre):
            yield from self._room(cellule, "ligne_cellule")
        else:
            yield paragraph(style, *runs(cellule))

    def _box(self, choice: str, *, ticked: bool) -> list[Xml]:
        """Return a tick box as a content control, and its label."""
        sign = "\u2612" if ticked else "\u2610"
        font = w(
            "rPr", w("rFonts", ascii="MS Gothic", hAnsi="MS Gothic", eastAsia="MS Gothic", hint="eastAsia")
        )
        box = element(
            "w14:checkbox",
            element("w14:checked", **{"w14:val": int(ticked)}),
            element("w14:checkedState", **{"w14:val": "2612", "w14:font": "MS Gothic"}),
            element("w14:uncheckedState", **{"w14:val": "2610", "w14:font": "MS Gothic"}),
        )
        properties = w("sdtPr", w("alias", val=line(choice)), w("id", val=self.next()), box)
        return [w("sdt", properties, w("sdtContent", run(sign, font))), w("r", w("tab")), *runs(choice)]

    def ecriture(self, bloc: b.EspaceLibre) -> Iterator[Xml]:
        """Draw ruled room to write."""
        yield from self._room(bloc, "ligne")

    def _room(self, bloc: b.EspaceLibre, style: str) -> Iterator[Xml]:
        if bloc.intitule:
            yield paragraph("intitule", *runs(bloc.intitule))
        for number in range(bloc.lignes):
            rule = paragraph(style)
            yield rule if number == bloc.lignes - 1 else _followed(rule)

    def image(self, bloc: b.Image) -> Iterator[Xml]:
        """Yield a picture with its text; a drawing is made a picture first, which every reader shows."""
        from docx.shared import Mm
        from lxml import etree

        from certif_rules.documents.formats.pdf import png

        content = png(bloc) if bloc.svg else bloc.contenu
        if content is None:
            return
        width = Mm(min(bloc.largeur, self.sheet.texte))
        inline = self.fichier.part.new_pic_inline(io.BytesIO(content), width=width)
        inline.docPr.set("descr", line(bloc.texte))
        for side in "TBLR":
            inline.set(f"dist{side}", "0")
        number = self.next()
        inline.docPr.set("id", str(number))
        inline.docPr.set("name", f"Image {number}")
        markup = Xml(etree.tostring(inline, encoding="unicode"))
        yield paragraph("image", w("r", w("drawing", markup)))

    def saut(self, _bloc: b.SautDePage) -> Iterator[Xml]:
        """Yield a new page."""
        yield paragraph("saut", w("r", w("br", type="page")))


def _name(anchor: str) -> str:
    """Return a bookmark: letters, digits and underscores, forty at most."""
    return "p_" + re.sub(r"\W", "_", anchor)[-38:]


_WRITERS: Mapping[type[b.Bloc], Callable[[_Body, Any], Iterator[Xml]]] = {
    b.Titre: _Body.titre,
    b.Paragraphe: _Body.paragraphe,
    b.Encadre: _Body.encadre,
    b.Liste: _Body.liste,
    b.Fiche: _Body.fiche,
    b.Tableau: _Body.tableau,
    b.Case: _Body.cell,
    b.EspaceLibre: _Body.ecriture,
    b.Image: _Body.image,
    b.SautDePage: _Body.saut,
}
