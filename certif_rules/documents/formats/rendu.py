"""What the renderers of a document share: blocks made ready, texts cleaned, room that words take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.blocs import arbre as b
from certif_rules.blocs.largeurs import MOYEN, ems
from certif_rules.blocs.textes import line, passages
from certif_rules.documents.formats.balises import anchor

#: Anchors of the page itself.
RESERVED: Final = ("contenu", "sommaire")
_LEVELS: Final[Mapping[int, Literal[2, 3, 4]]] = {2: 2, 3: 3, 4: 4}
#: A4, in millimetres.
COTES: Final = (210, 297)
#: Share of the labels in a sheet of labels and values, in percent.
LIBELLES: Final = 32


class Gabarit(Struct, frozen=True):
    """A gabarit gives the paper, in millimetres; ``corps`` is the size of type in tables, in points."""

    largeur: int
    hauteur: int
    marge: int
    corps: float

    @property
    def texte(self) -> int:
        """Return the width of a line of text."""
        return self.largeur - 2 * self.marge


def gabarit(document: b.Document) -> Gabarit:
    """Return A4, upright or turned; turned, it is for wide tables, whose type is smaller."""
    short, long = COTES
    return Gabarit(long, short, 13, 9) if document.paysage else Gabarit(short, long, 17, 8.8)


def ready(blocs: Iterable[b.Bloc]) -> tuple[b.Bloc, ...]:
    """Return blocks as they are laid out.

    Headings skip no level and have anchors of their own; signatures that follow one another are one table.
    """
    blocks: list[b.Bloc] = []
    taken = set(RESERVED)
    depth = 1
    for signed, group in groupby(blocs, key=lambda bloc: isinstance(bloc, b.Signature)):
        if signed:
            blocks.append(_signatures([bloc for bloc in group if isinstance(bloc, b.Signature)]))
            continue
        for block in group:
            if isinstance(block, b.Titre):
                depth = min(block.niveau, depth + 1)
                name = _anchor(block.ancre, taken)
                words = line(block.texte) or "–"
                blocks.append(replace(block, texte=words, niveau=_LEVELS[depth], ancre=name))
            else:
                blocks.append(block)
    return tuple(blocks)


def chapters(blocks: Iterable[b.Bloc]) -> list[b.Titre]:
    """Return the headings of a table of contents."""
    return [block for block in blocks if isinstance(block, b.Titre) and block.niveau == 2]


def shares(widths: Iterable[int], whole: float) -> list[float]:
    """Return ``whole`` cut in proportion to ``widths``."""
    parts = [max(width, 1) for width in widths]
    return [whole * part / sum(parts) for part in parts]


def height(cellule: b.Cellule, room: float) -> float:
    """Return about how many lines of text a cell takes in a column of ``room`` ems."""
    if isinstance(cellule, b.Case):
        return sum(height(choice, room - 2) for choice in cellule.choix) * 1.4
    if isinstance(cellule, b.EspaceLibre):
        return 1 + 1.8 * cellule.lignes
    lengths = (sum(len(run.texte) for run in passage) for passage in passages(cellule))
    return sum(1 + int(length * MOYEN / max(room, 1)) for length in lengths)


def whole(rows: Sequence[float]) -> bool:
    """Return whether rows of these heights are few enough to stay on one page, whatever it leaves blank."""
    return sum(rows) + _ENTRE * len(rows) <= _ENSEMBLE


def foot(document: b.Document) -> str:
    """Return the foot text, on two lines of small type beside the number of the page: cut if it is longer."""
    texte = line(document.pied)
    room = 1.7 * (gabarit(document).texte - 32) / _PETIT
    if ems(texte) <= room:
        return texte
    widths = accumulate(map(ems, texte))
    last = next(number for number, width in enumerate(widths) if width > room)
    return texte[:last].rstrip() + "…"


def _anchor(wanted: str, taken: set[str]) -> str:
    base = anchor(wanted) or f"partie-{len(taken) + 1}"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name


def _signatures(blocks: list[b.Signature]) -> b.Tableau:
    rows: Iterator[tuple[b.Cellule, ...]] = (
        (
            bloc.role,
            bloc.nom or b.EspaceLibre(intitule=""),
            b.EspaceLibre(intitule=""),
            b.EspaceLibre(intitule="", lignes=2),
        )
        for bloc in blocks
    )
    heads = ("En qualité de", "Nom", "Date", "Signature")
    return b.Tableau(legende="Signatures", tetes=heads, lignes=tuple(rows), largeurs=(30, 30, 16, 34))


#: Blank of a row, and height of the largest table that is not cut (a fifth of a page), in lines of text.
_ENTRE: Final = 0.6
_ENSEMBLE: Final = 13
#: The size of the foot, in millimetres.
_PETIT: Final = 8 * 0.3528
