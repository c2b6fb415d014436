"""A document as one HTML page that stands alone: nothing fetched, no script, good at any width."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from certif_rules.blocs import arbre as b
from certif_rules.documents.formats.balises import Html, el, join, pairs, table, void
from certif_rules.documents.formats.rendu import chapters, line, passages, ready, shares

_STYLES = (Path(__file__).with_name("style.css"), Path(__file__).with_name("page.css"))
_RELIEFS: Final = {"fort": "strong", "italique": "em"}


def render(document: b.Document) -> bytes:
    """Return ``document`` as a UTF-8 HTML page."""
    blocks = ready(document)
    titres = chapters(blocks)
    titre = line(document.titre) or "–"
    contents = _contents(titres) if len(titres) > 1 else None
    alone = {} if contents else {"class_": "seule"}
    page = el(
        "html",
        el("head", *_head(document, titre)),
        el(
            "body",
            el("a", "Aller au contenu", href="#contenu", class_="evitement"),
            _header(document, titre),
            el("div", contents, _main(blocks), class_="page" if contents else "page seule"),
            el("footer", el("p", line(document.pied))),
            **alone,
        ),
        lang="fr",
    )
    return f"<!DOCTYPE html>\n{page}\n".encode()


def texte(value: b.Texte) -> Html:
    """Return runs as markup, lines parted by breaks."""
    return join(void("br"), (join("", map(_run, passage)) for passage in passages(value)))


def _run(run: b.Morceau) -> str:
    if run.relief in ("discret", "rouge"):
        return el("span", run.texte, class_=run.relief)
    return el(_RELIEFS[run.relief], run.texte) if run.relief in _RELIEFS else run.texte


def _head(document: b.Document, titre: str) -> list[Html]:
    paper = "@page { size: A4 landscape; }\n" if document.paysage else ""
    style = "".join(path.read_text(encoding="utf-8") for path in _STYLES) + paper
    return [
        void("meta", charset="utf-8"),
        el("title", titre),
        void("meta", name="description", content=line(document.sujet)),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        el("style", Html(style)),
    ]


def _header(document: b.Document, titre: str) -> Html:
    heading = el("h1", titre)
    below = el("p", texte(document.sous_titre), class_="chapeau") if document.sous_titre else None
    logo = _picture(document.logo) if document.logo else None
    return el("header", el("div", el("div", heading, below), logo, class_="entete"))


def _contents(titres: list[b.Titre]) -> Html:
    items = (el("li", el("a", titre.texte, href=f"#{titre.ancre}")) for titre in titres)
    return el("nav", el("h2", "Sommaire", id="sommaire"), el("ol", *items), aria_labelledby="sommaire")


def _main(blocks: tuple[b.Bloc, ...]) -> Html:
    content = []
    broken = False
    for block in blocks:
        if isinstance(block, b.SautDePage):
            broken = True
            continue
        written = _WRITERS[type(block)](block)
        content.append(el("div", written, class_="nouvelle-page") if broken else written)
        broken = False
    return el("main", *content, id="contenu", tabindex="-1", class_="blocs-document")


def _titre(bloc: b.Titre) -> Html:
    broken = {"class_": "nouvelle-page"} if bloc.nouvelle_page else {}
    return el(f"h{bloc.niveau}", bloc.texte, id=bloc.ancre, **broken)


def _paragraphe(bloc: b.Paragraphe) -> Html:
    return el("p", texte(bloc.texte))


def _encadre(bloc: b.Encadre) -> Html:
    return el("div", el("p", line(bloc.titre)), el("p", texte(bloc.texte)), class_=f"encadre {bloc.ton}")


def _liste(bloc: b.Liste) -> Html:
    return el("ol" if bloc.numerotee else "ul", *(el("li", texte(item)) for item in bloc.elements))


def _fiche(bloc: b.Fiche) -> Html:
    return pairs(line(bloc.legende), ((line(label), texte(value)) for label, value in bloc.rangs))


def _tableau(bloc: b.Tableau) -> Html:
    heads = [line(head) for head in bloc.tetes]
    cells = ([_cell(cell) for cell in row] for row in bloc.lignes)
    return table(line(bloc.legende), heads, cells, widths=shares(bloc.largeurs, 100))


def _cell(cellule: b.Cellule) -> Html:
    if isinstance(cellule, b.Case):
        return _cases(cellule)
    if isinstance(cellule, b.Ecriture):
        return _ecriture(cellule)
    return texte(cellule)


def _cases(bloc: b.Case) -> Html:
    items = (_case(choice, ticked=choice == bloc.cochee) for choice in bloc.choix)
    return el("ul", *items, class_="cases")


def _case(choice: str, *, ticked: bool) -> Html:
    sign = el("span", "☒" if ticked else "☐", class_="coche", role="img", aria_label=_TICKED[ticked])
    return el("li", sign, texte(choice))


_TICKED: Final = {True: "coché", False: "à cocher"}


def _ecriture(bloc: b.Ecriture) -> Html:
    label = el("span", line(bloc.intitule), class_="intitule") if bloc.intitule else None
    lines = (el("span", class_="trait", aria_hidden="true") for _ in range(bloc.lignes))
    return el("div", label, *lines, class_="ecriture")


def _image(bloc: b.Image) -> Html:
    return el("figure", _picture(bloc))


def _picture(image: b.Image) -> Html:
    """Return a picture in the page itself; as a picture, a drawing cannot run anything."""
    kind = "svg+xml" if image.svg else "jpeg" if image.contenu.startswith(b"\xff\xd8") else "png"
    source = f"data:image/{kind};base64,{b64encode(image.contenu).decode('ascii')}"
    return void("img", src=source, alt=line(image.texte), style=f"width:{image.largeur}mm")


_WRITERS: Mapping[type[b.Bloc], Callable[[Any], Html]] = {
    b.Titre: _titre,
    b.Paragraphe: _paragraphe,
    b.Encadre: _encadre,
    b.Liste: _liste,
    b.Fiche: _fiche,
    b.Tableau: _tableau,
    b.Case: _cases,
    b.Ecriture: _ecriture,
    b.Image: _image,
}
