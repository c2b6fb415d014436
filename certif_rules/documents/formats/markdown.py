"""A document made of blocks as Markdown: its structure alone is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import clean
from certif_rules.documents.formats.rendu import line, passages, ready

# What Markdown, its tables, its mathematics or raw HTML may read as markup inside a line; and what many
# readers turn into a link of their own accord.
_INLINE = re.compile(r"[\\`*_\[\]<>|~&$]|@(?=[A-Za-z])|:(?=//)|(?<=www)\.", re.IGNORECASE)
# What opens a heading, a list or a quotation at the beginning of a block.
_OPENING = re.compile(r"^(\d*)([-+=#.)])")

#: An address alone, which may become a link.
ADDRESS: Final = re.compile(r"https?://[^\s<>]+")
#: A line broken inside an item.
_BREAK = "  \n  "


def render(document: b.Document) -> bytes:
    """Return ``document`` as UTF-8 Markdown, ended by a line feed; its structure alone is markup."""
    return ("\n".join(_markdown(document)) + "\n").encode("utf-8")


def escape(texte: str) -> str:
    """Return ``texte``, on one line, as plain text for Markdown and for the HTML it becomes."""
    return _OPENING.sub(r"\1\\\2", _INLINE.sub(r"\\\g<0>", clean(texte)))


def _markdown(document: b.Document) -> Iterator[str]:
    yield f"# {escape(line(document.titre))}"
    if document.sous_titre:
        yield from ("", escape(line(document.sous_titre)))
    for block in ready(document):
        yield ""
        yield from _md_block(block)
    yield from ("", "---", "", escape(line(document.pied)))


def _md_block(block: b.Bloc) -> Iterator[str]:
    if isinstance(block, b.Titre):
        yield f"{'#' * block.niveau} {escape(block.texte)}"
    elif isinstance(block, b.Paragraphe):
        yield _md_text(block.texte, "  \n")
    elif isinstance(block, b.Encadre):
        text = _md_text(block.texte, "  \n> ")
        yield f"> **{escape(line(block.titre))}**  \n> {text}"
    elif isinstance(block, b.Liste):
        for number, item in enumerate(block.elements, 1):
            bullet = f"{number}." if block.numerotee else "-"
            yield f"{bullet} {_md_text(item, _BREAK)}"
    elif isinstance(block, b.Fiche):
        for label, value in block.rangs:
            yield f"- **{escape(line(label))}** : {_md_text(value, ' ; ')}"
    elif isinstance(block, b.Tableau):
        yield f"**{escape(line(block.legende))}**"
        yield ""
        yield f"| {' | '.join(escape(line(head)) for head in block.tetes)} |"
        yield f"|{' --- |' * len(block.tetes)}"
        for row in block.lignes:
            yield f"| {' | '.join(_md_text(_cell(cell), ' ; ') for cell in row)} |"


def _md_text(texte: b.Texte, between: str) -> str:
    """Return a text without markup; an address alone on a line after the first is a link.

    What people type is cleaned to one line: it never makes one.
    """
    parts = []
    for number, passage in enumerate(passages(texte)):
        words = "".join(run.texte for run in passage).strip()
        parts.append(f"<{words}>" if number and ADDRESS.fullmatch(words) else escape(words))
    return between.join(filter(None, parts))


def _cell(cell: b.Cellule) -> b.Texte:
    if isinstance(cell, b.Case):
        return " ".join(f"[{'x' if choice == cell.cochee else ' '}] {choice}" for choice in cell.choix)
    return f"{cell.intitule} …" if isinstance(cell, b.Ecriture) else cell
