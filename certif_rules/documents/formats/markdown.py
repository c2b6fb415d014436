"""A document as Markdown: readable as it is, and once rendered. Its structure alone is markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec.structs import replace

from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import counted, flat, line, passages
from certif_rules.blocs.typographie import INSECABLE, clean
from certif_rules.documents.formats.rendu import ready

# What Markdown, its tables, its mathematics or raw HTML may read as markup inside a line; and what many
# readers turn into a link of their own accord.
_INLINE = re.compile(r"[\\`*_\[\]<>|~&$]|@(?=[A-Za-z])|:(?=//)|(?<=www)\.", re.IGNORECASE)
# What opens a heading, a list or a quotation at the beginning of a block.
_OPENING = re.compile(r"^(\d*)([-+=#.)])")

#: An address alone, which may become a link.
_ADDRESS: Final = re.compile(r"https?://[^\s<>]+")
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
    for block in ready(flat(document.blocs)):
        written = list(_WRITERS[type(block)](block))
        yield from ("", *written) if written else ("",)
    yield from ("", "---")
    for sentence in document.fin or (document.pied,):
        yield from ("", escape(line(sentence)))


def _titre(block: b.Titre) -> Iterator[str]:
    yield f"{'#' * block.niveau} {escape(block.texte)}"


def _paragraphe(block: b.Paragraphe) -> Iterator[str]:
    yield _text(block.texte, "  \n")


def _encadre(block: b.Encadre) -> Iterator[str]:
    text = _text(block.texte, "  \n> ")
    yield f"> **{escape(line(block.titre))}**  \n> {text}"


def _liste(block: b.Liste) -> Iterator[str]:
    for number, item in enumerate(block.elements, 1):
        bullet = f"{number}." if block.numerotee else "-"
        yield f"{bullet} {_text(item, _BREAK)}"


def _fiche(block: b.Fiche) -> Iterator[str]:
    for label, value in block.rangs:
        yield f"- **{escape(line(label))}** : {_text(value, ' ; ')}"


def _tableau(block: b.Tableau) -> Iterator[str]:
    if block.legende:
        yield from (f"**{escape(line(block.legende))}**", "")
    yield f"| {' | '.join(escape(line(head)) for head in block.tetes)} |"
    yield f"|{' --- |' * len(block.tetes)}"
    for row in block.lignes:
        yield f"| {' | '.join(_text(_cell(cell), ' ; ') for cell in row)} |"


def _compteurs(block: b.Compteurs) -> Iterator[str]:
    yield from _tableau(replace(counted(block), legende=""))
    if block.note:
        yield from ("", _text(block.note, " "))


def _references(block: b.Bibliographie) -> Iterator[str]:
    for source in block.sources:
        address = source.adresse
        where = f"<{address}>" if _ADDRESS.fullmatch(address) else escape(address)
        yield f"- **{escape(source.id)}**{INSECABLE}: {escape(source.titre)}, {where}"


def _article(article: b.Article) -> Iterator[str]:
    yield f"### {escape(article.numero)} – {escape(line(article.titre))}"
    state = f"**{escape(line((article.etat,)))}**" if article.etat else ""
    mention = f" ({escape(article.mention)})" if article.mention else ""
    marks = "".join(f" – {escape(line((mark,)))}" for mark in article.marques)
    yield from ("", f"{state}{mention}{marks}", "")
    texts: tuple[b.Texte, ...] = (article.enonce, article.origine)
    for texte in texts:
        yield from (_text(texte, " "), "") if texte else ()
    for rubrique in (*article.rubriques, *article.repliees):
        head = f"- **{escape(rubrique.titre)}{INSECABLE}:**"
        if len(rubrique.elements) == 1:
            yield f"{head} {_text(rubrique.elements[0], _BREAK)}"
        else:
            yield head
            yield from (f"  - {_text(element, _BREAK)}" for element in rubrique.elements)
    if article.choix:
        boxes = "   ".join(f"☐{INSECABLE}{escape(choice)}" for choice in article.choix.choix)
        yield f"- **Constat{INSECABLE}:** {boxes}"
        yield from (f"- **{escape(room.intitule)}{INSECABLE}:** …" for room in article.ecritures)


def _text(texte: b.Texte, between: str) -> str:
    """Return a text without markup; an address alone on a line after the first is a link.

    What people type is cleaned to one line: it never makes one.
    """
    parts = []
    for number, passage in enumerate(passages(texte)):
        words = "".join(run.texte for run in passage).strip()
        parts.append(f"<{words}>" if number and _ADDRESS.fullmatch(words) else escape(words))
    return between.join(filter(None, parts))


def _cell(cell: b.Cellule) -> b.Texte:
    if isinstance(cell, b.Case):
        return " ".join(f"[{'x' if choice == cell.cochee else ' '}] {choice}" for choice in cell.choix)
    return f"{cell.intitule} …" if isinstance(cell, b.EspaceLibre) else cell


_WRITERS: Mapping[type[b.Bloc], Callable[[Any], Iterable[str]]] = {
    b.Titre: _titre,
    b.Paragraphe: _paragraphe,
    b.Encadre: _encadre,
    b.Liste: _liste,
    b.Fiche: _fiche,
    b.Tableau: _tableau,
    b.Compteurs: _compteurs,
    b.Bibliographie: _references,
    b.Article: _article,
    b.Case: lambda block: [_text(_cell(block), " ")],
    b.EspaceLibre: lambda block: [escape(line(block.intitule)) + " …"],
    b.Image: lambda _: (),
    b.SautDePage: lambda _: (),
    b.Grille: lambda block: (text for article in block.articles for text in ("", *_article(article))),
}
