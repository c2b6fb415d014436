"""A document made of blocks as plain text for a terminal, readable at 80 columns, or as Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Final

from certif_rules.export.composition import (
    Bloc,
    Case,
    Cellule,
    Document,
    Ecriture,
    Encadre,
    Fiche,
    Liste,
    Morceau,
    Paragraphe,
    Tableau,
    Texte,
    Titre,
)
from certif_rules.export.md import escape
from certif_rules.export.rendu import line, passages, ready
from certif_rules.export.typographie import plain

_WIDTH: Final = 80
_RULES: Final = {2: "-", 3: "", 4: ""}
#: For consoles that know no others; accents stay.
_TO_ASCII = str.maketrans(
    {"–": "-", "—": "-", "’": "'", "…": "...", "œ": "oe", "Œ": "OE", "€": "EUR", "●": "+", "○": "o",
     "→": "->", "×": "x", "«": '"', "»": '"'}
)  # fmt: skip


def render(document: Document, *, width: int = _WIDTH, ascii: bool = False) -> bytes:  # noqa: A002
    """``document`` as UTF-8 text of at most ``width`` columns, but for addresses, ended by a line feed.

    ``ascii`` writes signs and blanks that every console knows; accents stay.
    """
    text = "\n".join(_document(document, width)) + "\n"
    return (plain(text).translate(_TO_ASCII) if ascii else text).encode("utf-8")


def _document(document: Document, width: int) -> Iterator[str]:
    titre = line(document.titre)
    yield from _wrap(titre, width)
    yield "=" * min(len(titre), width)
    if document.sous_titre:
        yield from _wrap(line(document.sous_titre), width)
    for block in ready(document):
        yield from _block(block, width)
    yield ""
    yield from _wrap(line(document.pied), width)


def _block(block: Bloc, width: int) -> Iterator[str]:
    if isinstance(block, Titre):
        yield ""
        yield from _wrap(block.texte, width)
        if rule := _RULES[block.niveau]:
            yield rule * min(len(block.texte), width)
    elif isinstance(block, Paragraphe):
        yield from _lines(block.texte, width)
    elif isinstance(block, Encadre):
        yield ""
        yield from _wrap(f"** {line(block.titre)} **", width)
        yield from _lines(block.texte, width)
    elif isinstance(block, Liste):
        for number, item in enumerate(block.elements, 1):
            bullet = f"{number}. " if block.numerotee else "- "
            yield from _lines(item, width, "  " + bullet, " " * (2 + len(bullet)))
    elif isinstance(block, Fiche):
        for label, value in block.rangs:
            yield from _wrap(f"{line(label)} : {line(value)}", width, "  ", "      ")
    elif isinstance(block, Tableau):
        yield from _table(block, width)


def _table(block: Tableau, width: int) -> Iterator[str]:
    """Each row as an item: its first two cells, then the others under their heads."""
    yield from _wrap(f"{line(block.legende)} :", width)
    for row in block.lignes:
        first, second, *others = (_cell(cell) for cell in row)
        yield from _wrap(" – ".join(filter(None, [line(first), line(second)])), width, "  - ", "      ")
        for head, cell in zip(block.tetes[2:], others, strict=True):
            if line(cell):
                yield from _lines((Morceau(f"{line(head)} : "), *_runs(cell)), width, "    ", "      ")


def _cell(cell: Cellule) -> Texte:
    if isinstance(cell, Case):
        return " ".join(f"[{'x' if choice == cell.cochee else ' '}] {choice}" for choice in cell.choix)
    return f"{cell.intitule} …" if isinstance(cell, Ecriture) else cell


def _runs(texte: Texte) -> tuple[Morceau, ...]:
    return (Morceau(texte),) if isinstance(texte, str) else texte


def _lines(texte: Texte, width: int, first: str = "", later: str = "") -> Iterator[str]:
    """The lines of a text, the first after ``first``, the others after ``later``."""
    for number, passage in enumerate(passages(texte)):
        words = "".join(run.texte for run in passage).strip()
        if words:
            yield from _wrap(words, width, later if number else first, later + "  " if number else later)


def _wrap(text: str, width: int, first: str = "", later: str | None = None) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=first if later is None else later,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip


# ---- Markdown --------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"https?://[^\s<>]+")
#: A line broken inside an item.
_BREAK = "  \n  "


def markdown(document: Document) -> bytes:
    """``document`` as UTF-8 Markdown, ended by a line feed; its structure alone is markup."""
    return ("\n".join(_markdown(document)) + "\n").encode("utf-8")


def _markdown(document: Document) -> Iterator[str]:
    yield f"# {escape(line(document.titre))}"
    if document.sous_titre:
        yield from ("", escape(line(document.sous_titre)))
    for block in ready(document):
        yield ""
        yield from _md_block(block)
    yield from ("", "---", "", escape(line(document.pied)))


def _md_block(block: Bloc) -> Iterator[str]:
    if isinstance(block, Titre):
        yield f"{'#' * block.niveau} {escape(block.texte)}"
    elif isinstance(block, Paragraphe):
        yield _md_text(block.texte, "  \n")
    elif isinstance(block, Encadre):
        text = _md_text(block.texte, "  \n> ")
        yield f"> **{escape(line(block.titre))}**  \n> {text}"
    elif isinstance(block, Liste):
        for number, item in enumerate(block.elements, 1):
            bullet = f"{number}." if block.numerotee else "-"
            yield f"{bullet} {_md_text(item, _BREAK)}"
    elif isinstance(block, Fiche):
        for label, value in block.rangs:
            yield f"- **{escape(line(label))}** : {_md_text(value, ' ; ')}"
    elif isinstance(block, Tableau):
        yield f"**{escape(line(block.legende))}**"
        yield ""
        yield f"| {' | '.join(escape(line(head)) for head in block.tetes)} |"
        yield f"|{' --- |' * len(block.tetes)}"
        for row in block.lignes:
            yield f"| {' | '.join(_md_text(_cell(cell), ' ; ') for cell in row)} |"


def _md_text(texte: Texte, between: str) -> str:
    """A text without markup; an address alone on a line after the first is a link.

    What people type is cleaned to one line: it never makes one.
    """
    parts = []
    for number, passage in enumerate(passages(texte)):
        words = "".join(run.texte for run in passage).strip()
        parts.append(f"<{words}>" if number and _ADDRESS.fullmatch(words) else escape(words))
    return between.join(filter(None, parts))
