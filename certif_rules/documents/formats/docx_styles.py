"""What a DOCX file has besides its body: styles, language, properties, paper, foot, numbering."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from certif_rules.blocs.arbre import Document
from certif_rules.blocs.textes import line
from certif_rules.documents.formats.balises import Xml, element
from certif_rules.documents.formats.rendu import Gabarit, foot

if TYPE_CHECKING:
    from docx.document import Document as Docx

#: Millimetres to twentieths of a point.
TWIPS: Final = 1440 / 25.4
ESPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
POLICE: Final = "Arial"
#: The definition of bullets; numbered lists are given the following numbers.
BULLETS: Final = 1
#: Our styles, and their identifiers in the file.
STYLES: Final = {
    "titre": "Heading1", "titre2": "Heading2", "titre3": "Heading3", "titre4": "Heading4",
    "sous_titre": "Subtitle", "sommaire": "TOCHeading", "entree": "TOC1", "texte": "BodyText",
    "encadre": "Encadre", "encadre_fin": "EncadreFin", "puce": "ListBullet", "numero": "ListNumber",
    "legende": "Caption", "tete": "Tete", "cellule": "Cellule", "cellule_forte": "CelluleForte",
    "libelle": "Libelle", "choix": "Choix", "intitule": "Intitule", "ligne": "Ligne",
    "ligne_cellule": "LigneCellule", "image": "Image", "apres": "Apres", "saut": "Saut",
}  # fmt: skip

_ENCRE, _DOUX, _ACCENT, _FILET = "1D2826", "4D5A57", "0D5A50", "9AA8A3"


def w(tag: str, *children: str, **attributes: str | int) -> Xml:
    """Return an element of the main vocabulary; names are given without their prefix."""
    return element(f"w:{tag}", *children, **{f"w:{name}": value for name, value in attributes.items()})


def run(texte: str, properties: Xml = Xml("")) -> Xml:  # noqa: B008 - a constant
    """Return a run of text."""
    return w("r", properties, element("w:t", texte, **{"xml:space": "preserve"}))


def twips(millimetres: float) -> int:
    """Return a length as the format writes it."""
    return round(millimetres * TWIPS)


def dress(fichier: Docx, document: Document, sheet: Gabarit) -> None:
    """Give ``made`` the styles, the properties, the paper and the foot of ``document``."""
    _styles(fichier, sheet)
    _properties(fichier, document)
    _paper(fichier, document, sheet)
    _foot(fichier, document, sheet)
    _numbering(fichier)
    _settings(fichier)


def numbered(fichier: Docx, number: int) -> int:
    """Return the number of a new numbered list, which starts at 1."""
    root = fichier.part.numbering_part.element
    identifier = BULLETS + number
    restart = w("lvlOverride", w("startOverride", val=1), ilvl=0)
    root.append(_parse(w("num", w("abstractNumId", val=2), restart, numId=identifier)))
    return identifier


def _parse(markup: Xml) -> Any:
    from docx.oxml.parser import parse_xml

    return parse_xml(f"<w:root {ESPACES}>{markup}</w:root>")[0]


#: The order that the format wants of the properties of a paragraph.
_RANGS: Final = ("keepNext", "keepLines", "pBdr", "tabs", "spacing", "ind", "outlineLvl")


def _rank(property_: Xml) -> int:
    return next(n for n, name in enumerate(_RANGS) if property_.startswith(f"<w:{name}"))


_SIMPLE: Final[Mapping[str, str | int]] = {"line": 250, "lineRule": "auto"}


class _Style(Struct, frozen=True):
    """A paragraph style has sizes and blanks in points; ``fixe`` is the exact height of its lines."""

    nom: str
    proprietes: tuple[Xml, ...] = ()
    taille: float = 0
    gras: bool = False
    couleur: str = ""
    avant: float = 0
    apres: float = 0
    fixe: float = 0
    niveau: int = 0

    def markup(self, identifier: str) -> Xml:
        """Return the style under ``identifier``; what follows a heading is body text."""
        height: Mapping[str, str | int] = (
            {"line": round(self.fixe * 20), "lineRule": "exact"} if self.fixe else _SIMPLE
        )
        spacing = w("spacing", before=round(self.avant * 20), after=round(self.apres * 20), **height)
        outline = (w("outlineLvl", val=self.niveau - 1),) if self.niveau else ()
        properties = sorted((*self.proprietes, spacing, *outline), key=_rank)
        runs = [w("b")] if self.gras else []
        runs += [w("color", val=self.couleur)] if self.couleur else []
        half = round(self.taille * 2)
        runs += [w("sz", val=half), w("szCs", val=half)] if half else []
        following = (w("next", val="BodyText"),) if self.niveau else ()
        return w(
            "style", w("name", val=self.nom), w("basedOn", val="Normal"), *following, w("qFormat"),
            w("pPr", *properties), w("rPr", *runs), type="paragraph",
            styleId=identifier,
        )  # fmt: skip


_UNIE: Final = (w("keepNext"), w("keepLines"))
_REGLE: Final = w("pBdr", w("bottom", val="single", sz=8, space=3, color=_ACCENT))
_TRAITS: Final = w(
    "pBdr", *(w(side, val="single", sz=4, space=0, color=_FILET) for side in ("bottom", "between"))
)
_RETRAIT: Final = w("ind", left=340, hanging=340)
_TABULE: Final = w("tabs", w("tab", val="left", pos=340))
_MARGE: Final = w("ind", left=200, right=100)
_PARAGRAPHES: Final[dict[str, _Style]] = {
    "Heading1": _Style("heading 1", _UNIE, 20, gras=True, apres=3, niveau=1),
    "Heading2": _Style("heading 2", (*_UNIE, _REGLE), 14, True, _ACCENT, avant=18, apres=7, niveau=2),
    "Heading3": _Style("heading 3", _UNIE, 11.5, gras=True, avant=12, apres=4, niveau=3),
    "Heading4": _Style("heading 4", _UNIE, 10, True, _DOUX, avant=9, apres=3, niveau=4),
    "Subtitle": _Style("Subtitle", (), 11.5, couleur=_DOUX, apres=12),
    "TOCHeading": _Style("TOC Heading", _UNIE, 11.5, gras=True, avant=6, apres=4),
    "TOC1": _Style("toc 1", apres=2),
    "BodyText": _Style("Body Text", apres=6),
    "Encadre": _Style("Encadré", (_MARGE,), avant=6),
    "EncadreFin": _Style("Encadré, texte", (_MARGE,), apres=9),
    "ListBullet": _Style("List Bullet", (_RETRAIT,), apres=3),
    "ListNumber": _Style("List Number", (_RETRAIT,), apres=3),
    "Caption": _Style("caption", _UNIE, 9, gras=True, avant=9, apres=4),
    "Intitule": _Style("Intitulé", _UNIE, 8, couleur=_DOUX),
    "Ligne": _Style("Ligne à remplir", (_TRAITS,), fixe=21),
    "LigneCellule": _Style("Ligne à remplir, cellule", (_TRAITS,), fixe=19),
    "Image": _Style("Image", avant=6, apres=6),
    "Apres": _Style("Après un tableau", (), 2, apres=4),
    "Saut": _Style("Saut de page", (), 1),
    "Footer": _Style("footer", (), 8, couleur=_DOUX),
}


def _in_tables(sheet: Gabarit) -> dict[str, _Style]:
    """Return styles of cells: the paper says their size, and ours is a wide type."""
    size = sheet.corps - 0.5
    return {
        "Tete": _Style("Tête de tableau", _UNIE, size, gras=True),
        "Cellule": _Style("Cellule", (), size),
        "CelluleForte": _Style("Cellule de tête de rang", (), size, gras=True),
        "Libelle": _Style("Libellé", (), size, couleur=_DOUX),
        "Choix": _Style("Choix", (_TABULE, _RETRAIT), size, apres=2),
    }


def _styles(fichier: Docx, sheet: Gabarit) -> None:
    root = fichier.styles.element
    for child in list(root):
        root.remove(child)
    fonts = w("rFonts", ascii=POLICE, hAnsi=POLICE, cs=POLICE, eastAsia=POLICE)
    lang = w("lang", val="fr-FR", eastAsia="fr-FR", bidi="fr-FR")
    base = w("rPr", fonts, w("color", val=_ENCRE), w("sz", val=20), w("szCs", val=20), lang)
    markup = w(
        "styles",
        w("docDefaults", w("rPrDefault", base), w("pPrDefault", w("pPr", w("widowControl")))),
        w("style", w("name", val="Normal"), w("qFormat"), type="paragraph", default=1, styleId="Normal"),
        *(style.markup(identifier) for identifier, style in (_PARAGRAPHES | _in_tables(sheet)).items()),
        w("style", w("name", val="Default Paragraph Font"), type="character", default=1, styleId="Police"),
        _tables(),
    )
    for child in list(_parse(markup)):
        root.append(child)


def _tables() -> Xml:
    margins = w(
        "tblCellMar",
        *(
            w(side, w=size, type="dxa")
            for side, size in (("top", 55), ("left", 90), ("bottom", 55), ("right", 90))
        ),
    )
    lines = w("tblBorders", *(w(side, val="single", sz=4, space=0, color="C3CCC8") for side in _EDGES))
    plain = w(
        "style", w("name", val="Normal Table"), w("tblPr", w("tblInd", w=0, type="dxa"), margins),
        type="table", default=1, styleId="TableNormal",
    )  # fmt: skip
    ours = w(
        "style", w("name", val="Tableau"), w("basedOn", val="TableNormal"), w("tblPr", lines, margins),
        type="table", styleId="Tableau",
    )  # fmt: skip
    return Xml(plain + ours)


_EDGES: Final = ("top", "bottom", "insideH")


def _properties(fichier: Docx, document: Document) -> None:
    properties = fichier.core_properties
    day = datetime.fromisoformat(document.date)
    properties.title = line(document.titre)[:255]
    properties.subject = line(document.sujet)[:255]
    properties.language = "fr-FR"
    properties.author = properties.comments = properties.keywords = properties.last_modified_by = ""
    properties.created = properties.modified = day
    properties.revision = 1


def _paper(fichier: Docx, document: Document, sheet: Gabarit) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section = fichier.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if document.paysage else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(sheet.largeur), Mm(sheet.hauteur)
    section.left_margin = section.right_margin = Mm(sheet.marge)
    section.top_margin, section.bottom_margin = Mm(15), Mm(19)
    section.footer_distance, section.header_distance = Mm(9), Mm(8)


def _foot(fichier: Docx, document: Document, sheet: Gabarit) -> None:
    """Write the foot text, and « page n sur N »: fields that the reader’s program fills."""
    footer = fichier.sections[0].footer
    footer.is_linked_to_previous = False
    root = footer._element
    for child in list(root):
        root.remove(child)
    edge = w("pBdr", w("top", val="single", sz=4, space=4, color="C3CCC8"))
    tabs = w("tabs", w("tab", val="right", pos=twips(sheet.texte)))
    text = w("r", w("t", foot(document)))
    number = [w("r", w("tab")), run("page "), _field("PAGE"), run(" sur "), _field("NUMPAGES")]
    properties = w("pPr", w("pStyle", val="Footer"), edge, tabs)
    root.append(_parse(w("p", properties, text, *number)))


def _field(name: str) -> Xml:
    return w("fldSimple", w("r", w("t", "1")), instr=name)


def _numbering(fichier: Docx) -> None:
    root = fichier.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    for number, (kind, sign) in enumerate((("bullet", "•"), ("decimal", "%1.")), start=1):
        level = w(
            "lvl", w("start", val=1), w("numFmt", val=kind), w("lvlText", val=sign), w("lvlJc", val="left"),
            w("pPr", w("ind", left=340, hanging=340)), ilvl=0,
        )  # fmt: skip
        shape = w("abstractNum", w("multiLevelType", val="singleLevel"), level, abstractNumId=number)
        root.append(_parse(shape))
    root.append(_parse(w("num", w("abstractNumId", val=1), numId=BULLETS)))


def _settings(fichier: Docx) -> None:
    from docx.oxml.ns import qn

    for language in fichier.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), "fr-FR")
        language.attrib.pop(qn("w:eastAsia"), None)
    for relations in (fichier.part.package.rels, fichier.part.rels):
        for name, relation in list(relations.items()):
            if relation.reltype.endswith(("/thumbnail", "/stylesWithEffects", "/customXml")):
                del relations[name]
