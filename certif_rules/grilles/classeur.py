"""A workbook as a value: sheets, rows, cells. What is in it is decided once; two writers lay it out.

A cell is either ours (locked) or to be filled (unlocked); its style says which. Texts are always text: what
begins with ``=`` is a formula only in ``formule``, which the engine alone writes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct, field

from certif_rules.blocs.largeurs import count_lines
from certif_rules.documents.mots import FORMES, Forme
from certif_rules.errors import letters
from certif_rules.habillage.modele import Logo


class Style(Struct, frozen=True, kw_only=True):
    """A style says how a cell looks (colours are RRGGBB) and whether it is to be filled.

    ``signe`` is shown before its text, and is no part of it. ``nuance``: it looks as the finding in it.
    """

    fond: str | None = None
    encre: str = "1D2826"
    gras: bool = False
    italique: bool = False
    centre: bool = False
    milieu: bool = False
    taille: int = 10
    cadre: bool = True
    saisie: bool = False
    date: bool = False
    signe: str = ""
    nuance: bool = False


#: Points of the texts of the tables: on A4 they are shrunk by a quarter, and still read.
_GRILLE: Final = 11
#: The palette is that of the HTML document; grey is never alone to say that a line is out.
STYLES: Final[Mapping[str, Style]] = {
    "titre": Style(encre="0D5A50", gras=True, taille=16, cadre=False),
    "sous_titre": Style(encre="4D5A57", taille=11, cadre=False),
    "section": Style(fond="E1EFEC", encre="0D5A50", gras=True, taille=11, cadre=False, milieu=True),
    "libelle": Style(encre="4D5A57", milieu=True),
    "valeur": Style(milieu=True),
    "alerte": Style(fond="FDF0DA", encre="7A4300", milieu=True),
    "nombre": Style(gras=True, milieu=True),
    "entete": Style(fond="0D5A50", encre="FFFFFF", gras=True, centre=True, milieu=True),
    "entete_saisie": Style(fond="7A4300", encre="FFFFFF", gras=True, centre=True, milieu=True),
    "moteur": Style(taille=_GRILLE),
    "moteur_centre": Style(centre=True, taille=_GRILLE),
    "numero": Style(centre=True, gras=True, encre="0D5A50", taille=_GRILLE),
    "marque": Style(centre=True, encre="74306A", fond="F6E9F3", taille=_GRILLE),
    "moteur_gras": Style(gras=True, taille=_GRILLE),
    "confirmer": Style(fond="FDF0DA", taille=_GRILLE),
    "confirmer_gras": Style(fond="FDF0DA", gras=True, taille=_GRILLE),
    "confirmer_centre": Style(fond="FDF0DA", centre=True, encre="7A4300", taille=_GRILLE),
    "hors": Style(fond="EAEEEC", encre="46524F", taille=_GRILLE),
    "hors_gras": Style(fond="EAEEEC", encre="46524F", gras=True, taille=_GRILLE),
    "hors_centre": Style(fond="EAEEEC", encre="46524F", centre=True, taille=_GRILLE),
    "constat": Style(centre=True, nuance=True, taille=_GRILLE),
    "date": Style(centre=True, date=True, taille=_GRILLE),
    "saisie": Style(fond="FFFBE6", saisie=True, taille=_GRILLE),
    "saisie_choix": Style(fond="FFFBE6", saisie=True, gras=True, nuance=True, taille=_GRILLE),
    "saisie_date": Style(fond="FFFBE6", saisie=True, date=True, centre=True, taille=_GRILLE),
    "saisie_jour": Style(fond="FFFBE6", saisie=True, date=True, milieu=True),
    "saisie_hors": Style(fond="F4F5F3", saisie=True, taille=_GRILLE),
    "saisie_hors_choix": Style(fond="F4F5F3", saisie=True, gras=True, nuance=True, taille=_GRILLE),
    "saisie_hors_date": Style(fond="F4F5F3", saisie=True, date=True, centre=True, taille=_GRILLE),
    "cache": Style(cadre=False),
}
#: How a cell looks by the finding in it: a shape too, for whom colours are alike, and on paper.
TONS: Final[Mapping[Forme, Style]] = {
    "grave": Style(fond="8C1D18", encre="FFFFFF", gras=True, signe=FORMES["grave"].symbole),
    "ecart": Style(fond="F9D9B0", encre="6B3300", gras=True, signe=FORMES["ecart"].symbole),
    "fait": Style(fond="DDEFE3", encre="12503A", gras=True, signe=FORMES["fait"].symbole),
    "hors": Style(fond="E3E7E5", encre="46524F", gras=True, signe=FORMES["hors"].symbole),
}
#: What the look of a finding puts before its words; a spreadsheet may save it with them.
SIGNE: Final = re.compile(f"\\A(?:{'|'.join(re.escape(ton.signe) for ton in TONS.values())}) ")


class Cellule(Struct, frozen=True):
    """A cell shows ``texte``, whose start ``gras`` is bold; ``liste`` names the choices of its drop-down.

    ``formule`` is written in English function names, as both formats want; ``texte`` is then its first value.
    """

    texte: str = ""
    style: str = "valeur"
    gras: str = ""
    liste: str | None = None
    formule: str | None = None


class Feuille(Struct, frozen=True, kw_only=True):
    """A sheet has ``largeurs`` in characters; with ``entete``, its first row is frozen, repeated, filtered.

    Columns of no width are hidden; rows are ``souples`` where they grow as they are filled. ``logo`` stands
    in the first cell, which is then as high as it.
    """

    nom: str
    largeurs: tuple[int, ...]
    lignes: tuple[tuple[Cellule, ...], ...]
    entete: bool = False
    figees: int = 0
    cachee: bool = False
    souples: bool = False
    paysage: bool = True
    logo: Logo | None = None


class Classeur(Struct, frozen=True, kw_only=True):
    """A workbook has ``listes``, the choices of the drop-downs, and ``date``, the ISO day it bears.

    ``tons`` are the looks (of :data:`TONS`) of the findings, by what cells show.
    """

    titre: str
    pied: str
    date: str
    feuilles: tuple[Feuille, ...]
    listes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tons: Mapping[str, Forme] = field(default_factory=dict)


#: The hidden sheet of the drop-downs: a list given in the cell itself is limited to 255 signs.
LISTES: Final = "Listes"
#: What a cell holds, in characters: a spreadsheet cuts what is longer, or leaves it out.
MAX_CELL: Final = 32_767
_COUPE: Final = "… (coupé ici : un tableur ne garde pas plus de 32 767 caractères)"
#: What LibreOffice and Excel show a row with, at most, in points.
_HAUTEUR_MAX: Final = 409.0


def height(feuille: Feuille, ligne: tuple[Cellule, ...]) -> float:
    """Return the height of a row in points, estimated on the long side: what does not fit is clipped."""
    most = 1.0
    if feuille.logo is not None and ligne is feuille.lignes[0]:
        most = math.ceil(feuille.logo.hauteur * 72 / 25.4) / 13 + 0.2
    for largeur, cellule in zip(feuille.largeurs, ligne, strict=False):
        if not largeur or not cellule.texte:
            continue
        style = STYLES[cellule.style]
        if not style.cadre:
            most = max(most, style.taille / 10)
            continue
        bold, rest = (cellule.texte, "") if style.gras else (cellule.gras, cellule.texte[len(cellule.gras) :])
        # The text of a cell stands a little inside it; a filter has its button in the header.
        room = largeur * 7 + 2 - (16 if style.fond and style.gras and not style.saisie else 0)
        lines = count_lines(bold, room, style.taille, bold=True) if bold else 0
        lines += count_lines(rest.removeprefix("\n"), room, style.taille) if rest else 0
        most = max(most, lines * style.taille / 10)
    return min(math.ceil(most * 12.75 + 6), _HAUTEUR_MAX)


def fitted(text: str) -> str:
    """Return a text as a cell holds it: one that is too long says that it is cut."""
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(_COUPE)] + _COUPE


def list_range(classeur: Classeur, liste: str) -> tuple[str, int]:
    """Return the column (a letter) and the number of rows that hold a list on the hidden sheet."""
    return letters(list(classeur.listes).index(liste) + 1), len(classeur.listes[liste])


def lists_sheet(classeur: Classeur) -> Feuille:
    """Return the hidden sheet of the drop-downs, one list a column."""
    columns = list(classeur.listes.values())
    rows = max(map(len, columns), default=0)
    lignes = tuple(
        tuple(Cellule(c[row] if row < len(c) else "", "cache") for c in columns) for row in range(rows)
    )
    return Feuille(nom=LISTES, largeurs=(30,) * len(columns), lignes=lignes, cachee=True)


def cell(columns: Iterable[str], title: str, row: int) -> str:
    """Return how a formula calls the cell of this column on its own row: « $K2 »."""
    return f"${letters(list(columns).index(title) + 1)}{row}"


def area(columns: Iterable[str], title: str, last: int) -> str:
    """Return how a formula calls a column, from below its header to the row ``last``: « $K$2:$K$33 »."""
    letter = letters(list(columns).index(title) + 1)
    return f"${letter}$2:${letter}${last}"
