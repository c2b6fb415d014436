"""A document as plain text, for a terminal: the same words as on paper, without pictures.

Eighty columns, whatever the terminal, but for addresses. Tables become aligned columns, where a cell too long
goes on below itself; a table of long texts becomes a list instead, each cell under its head.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import flat, line, passages, plain_signs
from certif_rules.blocs.typographie import INSECABLE, plain
from certif_rules.documents.formats.rendu import ready, shares

LARGEUR: Final = 80
_GOUTTIERE = 2
#: A row of more lines than this is no longer read across.
_HAUTEUR: Final = 8
#: Room for the word of a state and for the number of a line.
_MOT: Final = 14
_NUMERO: Final = 3
#: How much longer a box to tick is where a console has no sign for it.
_PAUVRE: Final = len("[ ]") - len("☐")
#: What stands for our signs where a console has none of them.
PAUVRES: Final[Mapping[int, str]] = str.maketrans(
    {
        "★": "*", "⚠": "!", "●": "[X]", "◐": "[?]", "○": "[ ]", "▲": "+", "▼": "-", "−": "-", "∅": "0",
        "☐": "[ ]", "☒": "[x]", "≥": ">=", "÷": "/", "·": "-", "→": "->", "×": "x", "–": "-", "—": "-",
        "’": "'", "…": "...", "œ": "oe", "Œ": "Oe", "€": "EUR",
    }
)  # fmt: skip


def render(document: b.Document, *, poor: bool = False) -> bytes:
    """Return ``document`` as UTF-8 text; ``poor`` replaces signs that some consoles lack."""
    if poor:
        document = plain_signs(document)
    lines = [*_wrap(line(document.titre)), "=" * min(len(line(document.titre)), LARGEUR)]
    if document.sous_titre:
        lines += _wrap(line(document.sous_titre))
    inside = False
    for bloc in ready(flat(document.blocs)):
        written = list(_WRITERS[type(bloc)](bloc))
        if written:
            follows, inside = inside, isinstance(bloc, b.Article)
            lines += written if follows and inside else ["", *written]
    for last in document.fin or (document.pied,):
        lines += ["", *_wrap(line(last))]
    text = "\n".join(each.rstrip() for each in lines) + "\n"
    return (plain(text).translate(PAUVRES) if poor else text).encode("utf-8")


def _wrap(text: str, indent: str = "", first: str | None = None, width: int = LARGEUR) -> list[str]:
    """Return lines no wider than ``width``; a word longer than that is cut, unless it is an address."""
    return textwrap.wrap(
        text, width, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_on_hyphens=False, break_long_words="://" not in text,
    )  # fmt: skip


def _lines(
    texte: b.Texte, indent: str = "", first: str | None = None, width: int = LARGEUR, later: str | None = None
) -> list[str]:
    """Return the lines of a text; ``first`` begins it, ``later`` continues a passage after the first."""
    lines: list[str] = []
    for passage in passages(texte):
        words = "".join(run.texte for run in passage).strip()
        after = indent if later is None or not lines else later
        lines += _wrap(words, after, first if not lines else indent, width)
    return lines


def _titre(bloc: b.Titre) -> list[str]:
    heading = _wrap(bloc.texte)
    return [*heading, {2: "-", 3: "·", 4: ""}[bloc.niveau] * min(len(bloc.texte), LARGEUR)]


def _encadre(bloc: b.Encadre) -> Iterator[str]:
    yield from _wrap(f"! {line(bloc.titre)}")
    yield from _lines(bloc.texte, "  ")


def _liste(bloc: b.Liste) -> Iterator[str]:
    for rang, element in enumerate(bloc.elements, 1):
        bullet = f"  {rang}. " if bloc.numerotee else "  - "
        yield from _lines(element, " " * len(bullet), bullet)


def _fiche(bloc: b.Fiche) -> Iterator[str]:
    if bloc.legende:
        yield from _wrap(f"{line(bloc.legende)} :")
    for label, value in bloc.rangs:
        words = line(value) or "–"
        end = "" if label.rstrip().endswith("?") else "\u00a0:"
        yield from _wrap(f"{line(label)}{end} {words}", "      ", first="  ")


def _tableau(bloc: b.Tableau) -> Iterator[str]:
    room = LARGEUR - _GOUTTIERE * (len(bloc.tetes) - 1)
    widths = [max(int(share), 4) for share in shares(bloc.largeurs, room)]
    if bloc.legende:
        yield from _wrap(f"{line(bloc.legende)} :")
    rows = [list(_row(row, widths)) for row in bloc.lignes]
    if any(len(lines) > _HAUTEUR for lines in rows):
        for row in bloc.lignes:
            yield from _item(bloc.tetes, row)
        return
    yield from _row(bloc.tetes, widths)
    yield "-" * LARGEUR
    for lines in rows:
        yield from lines


def _item(tetes: Iterable[str], row: Iterable[b.Cellule]) -> Iterator[str]:
    """Yield a row as an item of a list: its first two cells, then the others under their heads."""
    cells = list(row)
    first, second, *others = map(_words, cells)
    if isinstance(cells[1], b.Case):
        yield from _lines(first, "      ", "  - ")
        room = LARGEUR - _PAUVRE * len(cells[1].choix)
        boxes = (box.replace(" ", INSECABLE) for box in _cases(cells[1]))
        yield from _wrap("  ".join(boxes), "      ", "      ", room)
    else:
        yield from _wrap(" – ".join(filter(None, [line(first), line(second)])), "      ", "  - ")
    for head, cell in zip(list(tetes)[2:], others, strict=True):
        if line(cell):
            yield from _lines(cell, "      ", f"    {line(head)} : ", later="        ")


def _words(cellule: b.Cellule) -> b.Texte:
    if isinstance(cellule, b.Case):
        return " ".join(_cases(cellule))
    return f"{cellule.intitule} …" if isinstance(cellule, b.EspaceLibre) else cellule


def _row(cells: Iterable[b.Cellule], widths: list[int]) -> Iterator[str]:
    columns = [_cell(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for index in range(max(map(len, columns))):
        parts = (
            (column[index] if index < len(column) else "").ljust(width)
            for column, width in zip(columns, widths, strict=True)
        )
        yield (" " * _GOUTTIERE).join(parts)


def _cell(cellule: b.Cellule, width: int) -> list[str]:
    if isinstance(cellule, b.Case):
        return [part for choice in _cases(cellule) for part in _wrap(choice, "  ", "", width)]
    if isinstance(cellule, b.EspaceLibre):
        return ["_" * width] * cellule.lignes
    return _lines(cellule, "", width=width) or [""]


def _cases(bloc: b.Case) -> list[str]:
    return [f"{'☒' if choice == bloc.cochee else '☐'} {line(choice)}" for choice in bloc.choix]


def _ecriture(bloc: b.EspaceLibre) -> list[str]:
    return [line(bloc.intitule), *["_" * LARGEUR] * bloc.lignes]


def _compteurs(bloc: b.Compteurs) -> Iterator[str]:
    for sign, _, number in bloc.rangs:
        yield f"  {_state(sign)} {number:>4}"
    if bloc.note:
        yield from _lines(bloc.note, "    ", "  ")


def _state(sign: b.Signe) -> str:
    return f"{sign.symbole} {sign.mot:<{_MOT}}"


def _references(bloc: b.Bibliographie) -> Iterator[str]:
    for source in bloc.sources:
        yield from _wrap(f"[{source.id}] {source.titre}, {source.adresse}", "      ", "  ")


def _article(article: b.Article) -> Iterator[str]:
    """Yield a line, then its texts indented under it, those to mind after « ! »."""
    state = f"{_state(article.etat)} " if article.etat else ""
    head = f"{state}{article.numero:>{_NUMERO}}  "
    marks = "".join(f"{mark.symbole} {mark.mot}  " for mark in article.marques)
    yield from _wrap(f"{marks}{line(article.titre)}", " " * len(head), head)
    under = " " * (len(article.etat.symbole) + 1 if article.etat else 2)
    texts: tuple[b.Texte, ...] = (article.mention, article.enonce, article.origine)
    for texte in texts:
        yield from _lines(texte, under)
    for rubrique in (*article.rubriques, *article.repliees):
        bullet = "! " if rubrique.ton == "attention" else "- "
        name = f"{rubrique.titre}\u00a0: " if rubrique.titre else ""
        for element in rubrique.elements:
            yield from _lines(element, f"{under}  ", f"{under}{bullet}{name}")
    if article.choix:
        yield f"{under}{'  '.join(_cases(article.choix))}"
    yield from (f"{under}{line(room.intitule)} …" for room in article.ecritures)


def _image(bloc: b.Image) -> list[str]:
    return _wrap(f"[image : {line(bloc.texte)}]")


_WRITERS: Mapping[type[b.Bloc], Callable[[Any], Iterable[str]]] = {
    b.Titre: _titre,
    b.Paragraphe: lambda bloc: _lines(bloc.texte),
    b.Encadre: _encadre,
    b.Liste: _liste,
    b.Fiche: _fiche,
    b.Tableau: _tableau,
    b.Case: _cases,
    b.EspaceLibre: _ecriture,
    b.Image: _image,
    b.SautDePage: lambda _: (),
    b.Compteurs: _compteurs,
    b.Bibliographie: _references,
    b.Article: _article,
}
