"""A document made of blocks as Markdown: its structure alone is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from certif_rules.blocs.arbre import (
    Bloc,
    Case,
    Cellule,
    Document,
    Ecriture,
    Encadre,
    Fiche,
    Liste,
    Paragraphe,
    Tableau,
    Texte,
    Titre,
)
from certif_rules.documents.checklist.md import escape
from certif_rules.documents.formats.rendu import line, passages, ready

_ADDRESS = re.compile(r"https?://[^\s<>]+")
#: A line broken inside an item.
_BREAK = "  \n  "


def render(document: Document) -> bytes:
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


def _cell(cell: Cellule) -> Texte:
    if isinstance(cell, Case):
        return " ".join(f"[{'x' if choice == cell.cochee else ' '}] {choice}" for choice in cell.choix)
    return f"{cell.intitule} …" if isinstance(cell, Ecriture) else cell
