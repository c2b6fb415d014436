"""A document for people as a small tree of blocks, which every format lays out.

What a document says is decided once, in blocks of plain strings; how it looks is decided once per format.
Strings are text, never markup: a renderer escapes all of them. Those written by the program have had their
French typography (:func:`~certif_rules.blocs.typographie.prose`); those people typed have been cleaned only.

A format for paper may ask :func:`~certif_rules.blocs.textes.simple` for the same document without parts,
lines, counters and references, which become headings and tables.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

#: How a piece of text stands out; ``discret`` is for what is secondary (sources, remarks), ``rouge`` for what
#: a word or a sign marks already, ``code`` for what is copied letter by letter, ``ajout`` and ``retrait`` for
#: words of a new wording and of an older one, which signs around them mark too.
Relief = Literal["normal", "fort", "italique", "discret", "rouge", "code", "ajout", "retrait"]
#: What a notice is about; each is laid out with a word, never with a colour alone.
Ton = Literal["information", "attention", "refus"]


class Morceau(Struct, frozen=True):
    """A run of text has the ids of what it rests on after it."""

    texte: str
    relief: Relief = "normal"
    sources: tuple[str, ...] = ()


class Signe(Struct, frozen=True):
    """A sign joins a word to its symbol, never one without the other: a state, the gravity of a gap, a mark.

    ``ascii`` stands for the symbol on a poor console; ``genre`` names the state or the gravity (``ecart``,
    ``grave``), empty for a mark.
    """

    mot: str
    symbole: str
    ascii: str
    genre: str = ""


#: Runs put end to end; a plain string is one normal run. « \n » breaks the line.
Texte: TypeAlias = str | tuple[Morceau | Signe, ...]


class Titre(Struct, frozen=True, kw_only=True):
    """A heading has a level from 2 (the document's own title is 1), and never skips one downwards.

    ``ancre`` names it for links inside the document: ASCII letters, digits, ``.`` and ``-``.
    """

    texte: str
    niveau: Literal[2, 3, 4]
    ancre: str = ""
    nouvelle_page: bool = False


class Paragraphe(Struct, frozen=True, kw_only=True):
    """A paragraph is one text."""

    texte: Texte


class Encadre(Struct, frozen=True, kw_only=True):
    """A notice stands apart; ``titre`` names it in words."""

    titre: str
    texte: Texte
    ton: Ton = "information"


class Liste(Struct, frozen=True, kw_only=True):
    """A list is never empty; ``a_cocher`` draws a box before each item where one can be ticked by hand."""

    elements: tuple[Texte, ...]
    numerotee: bool = False
    a_cocher: bool = False


class Fiche(Struct, frozen=True, kw_only=True):
    """A card sets labels and values in two columns; ``legende``, its caption, is empty under a heading."""

    legende: str
    rangs: tuple[tuple[str, Texte], ...]


class Case(Struct, frozen=True, kw_only=True):
    """A row of boxes offers one tick box per choice, none ticked unless ``cochee`` names it."""

    choix: tuple[str, ...]
    cochee: str | None = None


class EspaceLibre(Struct, frozen=True, kw_only=True):
    """A blank leaves room to write by hand: ``lignes`` ruled lines under a label."""

    intitule: str
    lignes: int = 1


#: What a cell of a table may hold.
Cellule: TypeAlias = Texte | Case | EspaceLibre


class Tableau(Struct, frozen=True, kw_only=True):
    """A data table has a caption, one row of heads repeated on each page, and rows headed by a first cell.

    ``largeurs`` are relative widths, one per column, in any unit; the caption is empty under a heading that
    names the table.
    """

    legende: str
    tetes: tuple[str, ...]
    lignes: tuple[tuple[Cellule, ...], ...]
    largeurs: tuple[int, ...]


class Image(Struct, frozen=True, kw_only=True):
    """A picture comes with what it shows in words: SVG where ``svg``, else PNG or JPEG; ``largeur`` in mm."""

    contenu: bytes
    texte: str
    largeur: int
    svg: bool = False


class Signature(Struct, frozen=True, kw_only=True):
    """A signature block says who signs, in what role, and leaves room for the name, the date and the hand."""

    role: str
    nom: str = ""


class SautDePage(Struct, frozen=True, kw_only=True):
    """A page break says that what follows starts a page."""


class Compteurs(Struct, frozen=True, kw_only=True):
    """A counter says how many lines stand in each state, and is the legend of the signs, ``note``'s too."""

    legende: str
    rangs: tuple[tuple[Signe, str, int], ...]
    note: Texte = ""


class Reference(Struct, frozen=True, kw_only=True):
    """A reference names a source that the document cites: its id, its title, its nature, where it is."""

    id: str
    titre: str
    nature: str
    adresse: str


class Bibliographie(Struct, frozen=True, kw_only=True):
    """A bibliography lists the sources cited, which the ids on runs of text point to."""

    sources: tuple[Reference, ...]


class Rubrique(Struct, frozen=True, kw_only=True):
    """A rubric puts texts under a name, never empty; without a name, they stand under the line itself."""

    titre: str
    elements: tuple[Texte, ...]
    ton: Ton = "information"


class Article(Struct, frozen=True, kw_only=True):
    """A line of a référentiel makes an article of a page, a section, indented lines or a row of a paper grid.

    Args:
        numero: its printed number.
        titre: its title, or its requirement where it has none.
        etat: its state, ``None`` where it goes without saying.
        marques: what else is seen at a glance.
        mention: what it is due for.
        enonce: its requirement, empty where it stands as the title.
        origine: where the requirement is from, where it is told in full.
        rubriques: its texts.
        repliees: texts that a page folds under ``repli``.
        choix: boxes to tick by hand, where a finding may be recorded.
        ecritures: places to write.
        ancre: its name inside the document.
    """

    numero: str
    titre: Texte
    etat: Signe | None
    marques: tuple[Signe, ...] = ()
    mention: str = ""
    enonce: Texte = ""
    origine: Texte = ""
    rubriques: tuple[Rubrique, ...] = ()
    repliees: tuple[Rubrique, ...] = ()
    repli: str = ""
    choix: Case | None = None
    ecritures: tuple[EspaceLibre, ...] = ()
    ancre: str = ""


class Grille(Struct, frozen=True, kw_only=True):
    """A grid lays lines out as the rows of one table: number, texts, boxes, then each place to write."""

    legende: str
    tetes: tuple[str, ...]
    articles: tuple[Article, ...]
    largeurs: tuple[int, ...]


class Partie(Struct, frozen=True, kw_only=True):
    """A part has a heading and what it holds; ``genre`` says what for: warnings, a criterion, an annex.

    ``resume`` are short sentences under the heading; the first one follows it in a table of contents.
    """

    titre: Texte
    blocs: tuple[Bloc, ...]
    genre: Literal["", "avertissements", "critere", "annexe"] = ""
    resume: tuple[Texte, ...] = ()
    ancre: str = ""


Bloc: TypeAlias = (
    Titre | Paragraphe | Encadre | Liste | Fiche | Tableau | Case | EspaceLibre | Image | Signature
    | SautDePage | Partie | Article | Grille | Compteurs | Bibliographie
)  # fmt: skip


class Document(Struct, frozen=True, kw_only=True):
    """A document is whole; ``pied`` is repeated at the foot of each page, beside the page number.

    ``date`` (ISO) is the document's own, that of the audit: no clock is read. ``paysage`` turns the pages.
    ``sommaire`` asks for a table of contents on paper; on a screen, several chapters always have one.
    ``surtitre`` stands above the title; ``fin`` are the last sentences on a screen, in place of the foot.
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
    surtitre: str = ""
    fin: tuple[Texte, ...] = ()
