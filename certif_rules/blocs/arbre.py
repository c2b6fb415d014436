"""A document for people as a small tree of blocks, which every page format lays out: HTML, DOCX, PDF.

What the report, the paper grid and the self-assessment say is decided once, in blocks of plain strings; how
it looks is decided once per format. Strings are text, never markup: a renderer escapes all of them. Those
written by the program have had their French typography (:func:`~certif_rules.blocs.typographie.prose`);
those people typed have been cleaned only.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

#: How a piece of text stands out; ``discret`` is for what is secondary (sources, remarks), ``rouge`` for what
#: a word or a sign marks already.
Relief = Literal["normal", "fort", "italique", "discret", "rouge"]
#: What a notice is about; each is laid out with a word, never with a colour alone.
Ton = Literal["information", "attention", "refus"]


class Morceau(Struct, frozen=True):
    """A run of text."""

    texte: str
    relief: Relief = "normal"


#: Runs put end to end; a plain string is one normal run. « \n » breaks the line.
Texte: TypeAlias = str | tuple[Morceau, ...]


class Titre(Struct, frozen=True, kw_only=True):
    """A heading; levels start at 2 (the document's own title is 1) and never skip one downwards.

    ``ancre`` names it for links inside the document: ASCII letters, digits, ``.`` and ``-``.
    """

    texte: str
    niveau: Literal[2, 3, 4]
    ancre: str = ""
    nouvelle_page: bool = False


class Paragraphe(Struct, frozen=True, kw_only=True):
    """A paragraph."""

    texte: Texte


class Encadre(Struct, frozen=True, kw_only=True):
    """A notice set apart; ``titre`` names it in words."""

    titre: str
    texte: Texte
    ton: Ton = "information"


class Liste(Struct, frozen=True, kw_only=True):
    """A list, never empty."""

    elements: tuple[Texte, ...]
    numerotee: bool = False


class Fiche(Struct, frozen=True, kw_only=True):
    """Labels and values, two columns; ``legende`` is its caption."""

    legende: str
    rangs: tuple[tuple[str, Texte], ...]


class Case(Struct, frozen=True, kw_only=True):
    """Tick boxes side by side, one per choice, none ticked unless ``cochee`` names it."""

    choix: tuple[str, ...]
    cochee: str | None = None


class Ecriture(Struct, frozen=True, kw_only=True):
    """Room to write by hand: ``lignes`` ruled lines under a label."""

    intitule: str
    lignes: int = 1


#: What a cell of a table may hold.
Cellule: TypeAlias = Texte | Case | Ecriture


class Tableau(Struct, frozen=True, kw_only=True):
    """A data table: a caption, one row of heads repeated on each page, rows whose first cell is their header.

    ``largeurs`` are relative widths, one per column, in any unit.
    """

    legende: str
    tetes: tuple[str, ...]
    lignes: tuple[tuple[Cellule, ...], ...]
    largeurs: tuple[int, ...]


class Image(Struct, frozen=True, kw_only=True):
    """A picture and what it shows in words: SVG where ``svg``, else PNG or JPEG; ``largeur`` in mm."""

    contenu: bytes
    texte: str
    largeur: int
    svg: bool = False


class Signature(Struct, frozen=True, kw_only=True):
    """A block to sign: who, in what role; room for the name, the date and the hand."""

    role: str
    nom: str = ""


class SautDePage(Struct, frozen=True, kw_only=True):
    """What follows starts a page."""


Bloc: TypeAlias = (
    Titre | Paragraphe | Encadre | Liste | Fiche | Tableau | Case | Ecriture | Image | Signature | SautDePage
)


class Document(Struct, frozen=True, kw_only=True):
    """A whole document. ``pied`` is repeated at the foot of each page, beside the page number.

    ``date`` (ISO) is the document's own, that of the audit: no clock is read. ``paysage`` turns the pages.
    ``sommaire`` asks for a table of contents on paper; on a screen, several chapters always have one.
    """

    titre: str
    sujet: str
    date: str
    pied: str
    blocs: tuple[Bloc, ...]
    sous_titre: str = ""
    logo: Image | None = None
    paysage: bool = False
    sommaire: bool = False
