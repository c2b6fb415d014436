"""How a body dresses its documents, as values: its name, its logo, its columns, its sentences.

Nothing here decides: the words of the référentiel, the states, the reasons and the conclusions are not of
its kind. What a body may say is checked by :mod:`certif_rules.habillage.regles`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

#: What a logo may be, found in its content and never in its name.
NatureImage = Literal["png", "jpeg", "svg"]
#: The documents that may end with a sentence of the body.
Ecrit = Literal["grille", "rapport", "fiche"]
#: Where a section of the body stands in a report.
Place = Literal["debut", "avant_constats", "apres_constats", "avant_conclusion", "fin"]


class Logo(Struct, frozen=True, kw_only=True):
    """A logo was read and judged safe; ``largeur`` is in millimetres, ``rapport`` height over width.

    ``texte`` is what is read in its place.
    """

    contenu: bytes
    nature: NatureImage
    texte: str
    largeur: int
    rapport: float

    @property
    def hauteur(self) -> int:
        """Return the height in millimetres, one at least."""
        return max(round(self.largeur * self.rapport), 1)


class ColonneAjoutee(Struct, frozen=True, kw_only=True):
    """A body adds this column to the grid, for the auditor to fill; ``largeur`` is in characters.

    ``cle`` names what is typed there in a findings file (``complements``).
    """

    cle: str
    titre: str
    largeur: int = 18


class SectionAjoutee(Struct, frozen=True, kw_only=True):
    """A body adds this section to a report: a text, room to write (``lignes``), or both."""

    titre: str
    texte: str | None = None
    lignes: int = 0
    place: Place = "fin"


class Habillage(Struct, frozen=True, kw_only=True):
    """An habillage dresses the documents of one body.

    ``annotations`` renames annotations, by id; ``masquees`` are the columns of the grid that are not shown;
    ``phrases`` are the sentences that end its documents, added to those of the program.
    ``logo_secours`` is a PNG or a JPEG, for formats that take no SVG.
    """

    emetteur: str
    logo: Logo | None = None
    logo_secours: Logo | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    masquees: tuple[str, ...] = ()
    colonnes: tuple[ColonneAjoutee, ...] = ()
    sections: tuple[SectionAjoutee, ...] = ()
    phrases: Mapping[Ecrit, str] = field(default_factory=dict)

    @property
    def image(self) -> Logo | None:
        """Return the logo as pixels, for formats that take no SVG; ``None`` when there is none."""
        if self.logo is not None and self.logo.nature != "svg":
            return self.logo
        return self.logo_secours
