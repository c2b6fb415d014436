"""A document as one HTML page that stands alone: nothing fetched, no script, good at any width.

A document made of parts is a page of sections, whose lines are articles; another is one flow of blocks.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import line, lines, passages, runs_of, simple
from certif_rules.blocs.typographie import INSECABLE, clean
from certif_rules.documents.formats.balises import Html, anchor, el, join, pairs, table, void
from certif_rules.documents.formats.rendu import chapters, ready, shares

_STYLES = (Path(__file__).with_name("style.css"), Path(__file__).with_name("page.css"))
_RELIEFS: Final = {"fort": "strong", "italique": "em", "code": "code", "ajout": "ins", "retrait": "del"}
_TICKED: Final = {True: "coché", False: "à cocher"}


def render(document: b.Document) -> bytes:
    """Return ``document`` as a UTF-8 HTML page."""
    return Page(document).render()


def texte(value: b.Texte) -> Html:
    """Return runs as markup, lines parted by breaks."""
    return join(void("br"), (join("", map(_run, passage)) for passage in passages(value)))


class Page:
    """A page renders one document, with the sources that its texts may point to; a form is a page too."""

    def __init__(self, document: b.Document) -> None:
        self.document = document
        self.parties = [bloc for bloc in document.blocs if isinstance(bloc, b.Partie)]
        self.flow = () if self.parties else ready(simple(document.blocs))
        self.sources = {
            source.id: source
            for partie in self.parties
            for bloc in partie.blocs
            if isinstance(bloc, b.Bibliographie)
            for source in bloc.sources
        }

    def render(self) -> bytes:
        """Return the page in UTF-8."""
        alone = not self.parties and len(chapters(self.flow)) < 2
        body = el("body", *self.body(), **{"class_": "seule"} if alone else {})
        page = el("html", el("head", *self.head()), body, lang="fr")
        return f"<!DOCTYPE html>\n{page}\n".encode()

    def head(self) -> list[Html]:
        """Return what the head of the page holds; its style comes last."""
        document = self.document
        title = line(document.titre) or "–"
        about = [void("meta", name="description", content=line(document.sujet))]
        if document.surtitre:
            title, about = line(document.sujet), []
        return [
            void("meta", charset="utf-8"),
            el("title", title),
            *about,
            void("meta", name="viewport", content="width=device-width, initial-scale=1"),
            void("meta", name="color-scheme", content="light dark"),
            el("style", Html(self.style())),
        ]

    def style(self) -> str:
        """Return the style sheet."""
        paper = "@page { size: A4 landscape; }\n" if self.document.paysage else ""
        return "".join(path.read_text(encoding="utf-8") for path in _STYLES) + paper

    def body(self) -> list[Html]:
        """Return what the body holds: a link to its content, its head, its content, its foot."""
        if self.parties:
            where = el("a", "Aller aux indicateurs", href="#indicateurs", class_="evitement")
            content = el("div", self._outline(), el("main", *self.main()), class_="page")
        else:
            where = el("a", "Aller au contenu", href="#contenu", class_="evitement")
            nav = self._contents()
            main = el("main", *self.laid(self.flow), id="contenu", tabindex="-1", class_="blocs-document")
            content = el("div", nav, main, class_="page" if nav else "page seule")
        last = self.document.fin or (line(self.document.pied),)
        return [where, self._header(), content, el("footer", *(el("p", self.texte(t)) for t in last))]

    def main(self) -> Iterator[Html | None]:
        """Yield the sections, those of the criteria in one place that a link skips to."""
        for criteria, parties in groupby(self.parties, key=lambda partie: partie.genre == "critere"):
            sections = [self.partie(partie) for partie in parties]
            yield from [el("div", *sections, id="indicateurs", tabindex="-1")] if criteria else sections

    def _header(self) -> Html:
        document = self.document
        heading = el("h1", line(document.titre) or "–")
        below = el("p", texte(document.sous_titre), class_="chapeau") if document.sous_titre else None
        if document.surtitre:
            logo = _logo(document.logo) if document.logo else None
            return el("header", logo, el("p", document.surtitre, class_="surtitre"), heading, below)
        logo = _picture(document.logo) if document.logo else None
        return el("header", el("div", el("div", heading, below), logo, class_="entete"))

    def _contents(self) -> Html | None:
        titres = chapters(self.flow)
        if len(titres) < 2:
            return None
        items = (el("li", el("a", titre.texte, href=f"#{titre.ancre}")) for titre in titres)
        return el("nav", el("h2", "Sommaire", id="sommaire"), el("ol", *items), aria_labelledby="sommaire")

    def _outline(self) -> Html:
        """Return the table of contents: the criteria, each with the counts of its lines, then the annexes."""

        def entries(genre: str) -> Iterator[Html]:
            for partie in self.parties:
                if partie.genre == genre:
                    counts = (el("span", self.texte(t), class_="compte") for t in partie.resume[:1])
                    yield el("li", el("a", _words(partie.titre), href=f"#{partie.ancre}"), *counts)

        heading = el("h2", "Sommaire", id="sommaire")
        lists = el("ol", *entries("critere")), el("ul", *entries("annexe"))
        return el("nav", heading, *lists, aria_labelledby="sommaire")

    # ---- parts and their lines ---------------------------------------------------------------------------

    def partie(self, partie: b.Partie) -> Html:
        """Return a section; its class is what it is for."""
        heading = el("h2", self.texte(partie.titre), **{"id": partie.ancre} if partie.ancre else {})
        head = [heading, *(el("p", self.texte(t), class_="compte") for t in partie.resume)]
        if partie.genre == "critere":
            head = [el("div", *head, class_="critere")]
        look = {"class_": partie.genre} if partie.genre in ("avertissements", "annexe") else {}
        named = {"aria_labelledby": partie.ancre} if partie.ancre else {}
        return el("section", *head, *self.laid(partie.blocs), **look, **named)

    def article(self, bloc: b.Article) -> Html:
        """Return a line: what it is, its state beside, its texts, and what may be recorded."""
        return self.line(
            bloc,
            el(
                "div",
                self.enonce(bloc),
                self.rubriques(bloc.rubriques),
                _folded(bloc.repli, self.rubriques(bloc.repliees)) if bloc.repliees else None,
                self._boxes(bloc),
                class_="corps",
            ),
        )

    def line(self, bloc: b.Article, corps: Html, **attributes: str) -> Html:
        """Return a line around its body."""
        state = bloc.etat.genre if bloc.etat else ""
        look = f"ligne {state}{' label' if bloc.marques else ''}"
        return el("article", self._tete(bloc), corps, class_=look, aria_labelledby=bloc.ancre, **attributes)

    def _tete(self, bloc: b.Article) -> Html:
        head = el(
            "h3",
            el("span", bloc.numero, class_="numero"),
            " ",
            el("span", self.texte(bloc.titre), **{} if bloc.enonce else {"class_": "enonce"}),
            id=bloc.ancre,
        )
        signs = [*([bloc.etat] if bloc.etat else []), *bloc.marques]
        side = [el("p", self.texte((sign,))) for sign in signs]
        mention = el("p", bloc.mention, class_="categories") if bloc.mention else None
        return el("div", head, el("div", *side, mention, class_="cote"), class_="tete")

    def enonce(self, bloc: b.Article) -> Html | None:
        """Return the requirement of a line, unless it stands as its title, and where it is from."""
        texts = [self.texte(t) for t in (bloc.enonce, bloc.origine) if t]
        return el("p", join(void("br"), texts), class_="exigence") if texts else None

    def rubriques(self, rubriques: Sequence[b.Rubrique]) -> Html:
        """Return headed texts, side by side where there is room."""
        return el("div", *map(self._rubrique, rubriques), class_="blocs")

    def _rubrique(self, rubrique: b.Rubrique) -> Html:
        many = len(rubrique.elements) > 1
        items = [el("li" if many else "p", self.texte(element)) for element in rubrique.elements]
        heading = el("h4", rubrique.titre) if rubrique.titre else None
        look = "bloc absent" if rubrique.ton == "attention" else "bloc"
        return el("div", heading, el("ul", *items) if many else items[0], class_=look)

    def _boxes(self, bloc: b.Article) -> Html | None:
        if bloc.choix is None:
            return None
        boxes = (
            el("li", el("span", "☐", aria_hidden="true"), f"{INSECABLE}{words}") for words in bloc.choix.choix
        )
        room = (el("p", f"{e.intitule}{INSECABLE}:", class_="a-remplir") for e in bloc.ecritures)
        return el("div", el("h4", "Constat"), el("ul", *boxes), *room, class_="constat")

    # ---- texts -------------------------------------------------------------------------------------------

    def texte(self, value: b.Texte) -> Html:
        """Return runs as markup; their sources are links where the document lists them."""
        if not self.parties:
            return texte(value)
        return join(void("br"), (join("", map(self._run, runs)) for runs in lines(value)))

    def _run(self, run: b.Morceau | b.Signe) -> Html:
        if isinstance(run, b.Signe):
            look = f"etat {run.genre}" if run.genre else "marque"
            return el("span", el("span", run.symbole, aria_hidden="true"), f" {run.mot}", class_=look)
        words = _run(run) if run.texte else ""
        return join("", [words, self._refs(run.sources)]) if run.sources else join("", [words])

    def _refs(self, ids: Iterable[str]) -> Html:
        """Return notes to the list of sources: a link for each that the document lists."""
        links = [
            el("a", clean(i), href=f"#source-{anchor(i)}", title=clean(self.sources[i].titre))
            if i in self.sources
            else el("span", clean(i))
            for i in ids
        ]
        return el("span", " [", join(", ", links), "]", class_="refs")

    # ---- blocks ------------------------------------------------------------------------------------------

    def laid(self, blocks: Iterable[b.Bloc]) -> Iterator[Html]:
        """Yield blocks one after the other; sheets that follow one another stand side by side in a part."""
        broken = False
        for sheets, group in groupby(blocks, key=lambda bloc: isinstance(bloc, b.Fiche)):
            written = []
            for bloc in group:
                if isinstance(bloc, b.SautDePage):
                    broken = True
                    continue
                block = _WRITERS[type(bloc)](self, bloc)
                written.append(el("div", block, class_="nouvelle-page") if broken else block)
                broken = False
            beside = sheets and self.parties and len(written) > 1
            yield from [el("div", *written, class_="fiches")] if beside else written

    def titre(self, bloc: b.Titre) -> Html:
        """Return a heading."""
        broken = {"class_": "nouvelle-page"} if bloc.nouvelle_page else {}
        return el(f"h{bloc.niveau}", bloc.texte, id=bloc.ancre, **broken)

    def paragraphe(self, bloc: b.Paragraphe) -> Html:
        """Return a paragraph."""
        return el("p", self.texte(bloc.texte))

    def encadre(self, bloc: b.Encadre) -> Html:
        """Return a notice."""
        look = "encadre" if bloc.ton == "information" else f"encadre {bloc.ton}"
        return el("div", el("p", line(bloc.titre)), el("p", self.texte(bloc.texte)), class_=look)

    def liste(self, bloc: b.Liste) -> Html:
        """Return a list, with boxes where its items may be ticked by hand."""
        box = el("span", "☐ ", aria_hidden="true") if bloc.a_cocher else None
        items = (el("li", box, self.texte(item)) for item in bloc.elements)
        look = {"class_": "points"} if bloc.a_cocher else {}
        return el("ol" if bloc.numerotee else "ul", *items, **look)

    def fiche(self, bloc: b.Fiche) -> Html:
        """Return labels and values."""
        return pairs(line(bloc.legende), ((line(label), self.texte(value)) for label, value in bloc.rangs))

    def tableau(self, bloc: b.Tableau) -> Html:
        """Return a data table; a page of sections has no style of its own on its columns."""
        heads = [line(head) for head in bloc.tetes]
        cells = ([self._cell(cell) for cell in row] for row in bloc.lignes)
        widths = () if self.parties else shares(bloc.largeurs, 100)
        return table(line(bloc.legende), heads, cells, widths=widths)

    def compteurs(self, bloc: b.Compteurs) -> Html:
        """Return counters, each state with what it means."""
        rows = [
            (join("", [self._run(sign), el("span", f" {meaning}", class_="sens")]), str(number))
            for sign, meaning, number in bloc.rangs
        ]
        counts = table(bloc.legende, ("État et son sens", "Nombre"), rows, "compteurs")
        return join("", [counts, el("p", self.texte(bloc.note), class_="legende") if bloc.note else Html("")])

    def references(self, bloc: b.Bibliographie) -> Html:
        """Return the list of sources, which the notes of the texts point to."""
        items = []
        for source in bloc.sources:
            nature = f" ({source.nature})" if source.nature else ""
            items.append(el("dt", source.id, id=f"source-{anchor(source.id)}"))
            items.append(el("dd", f"{source.titre}{nature}. {source.adresse}"))
        return el("dl", *items, class_="sources")

    def _cell(self, cellule: b.Cellule) -> Html:
        if isinstance(cellule, b.Case):
            return self.cases(cellule)
        if isinstance(cellule, b.EspaceLibre):
            return self.ecriture(cellule)
        return self.texte(cellule)

    def cases(self, bloc: b.Case) -> Html:
        """Return boxes to tick by hand."""
        items = (_case(choice, ticked=choice == bloc.cochee) for choice in bloc.choix)
        return el("ul", *items, class_="cases")

    def ecriture(self, bloc: b.EspaceLibre) -> Html:
        """Return ruled room to write by hand."""
        label = el("span", line(bloc.intitule), class_="intitule") if bloc.intitule else None
        rules = (el("span", class_="trait", aria_hidden="true") for _ in range(bloc.lignes))
        return el("div", label, *rules, class_="ecriture")

    def image(self, bloc: b.Image) -> Html:
        """Return a picture."""
        return el("figure", _picture(bloc))


def _run(run: b.Morceau) -> Html:
    if run.relief in ("discret", "rouge"):
        return el("span", run.texte, class_=run.relief)
    return el(_RELIEFS[run.relief], run.texte) if run.relief in _RELIEFS else join("", [run.texte])


def _words(titre: b.Texte) -> str:
    """Return a heading without its marks."""
    return line(tuple(run for run in runs_of(titre) if not isinstance(run, b.Signe)))


def _folded(words: str, content: Html) -> Html:
    """Return what helps only if the auditor reverses the state; the style sheet opens it on paper."""
    return el("details", el("summary", words), content)


def _case(choice: str, *, ticked: bool) -> Html:
    sign = el("span", "☒" if ticked else "☐", class_="coche", role="img", aria_label=_TICKED[ticked])
    return el("li", sign, texte(choice))


def _address(image: b.Image) -> str:
    """Return a picture as an address: nothing is fetched and, as a picture, a drawing cannot run anything."""
    kind = "svg+xml" if image.svg else "jpeg" if image.contenu.startswith(b"\xff\xd8") else "png"
    return f"data:image/{kind};base64,{b64encode(image.contenu).decode('ascii')}"


def _picture(image: b.Image) -> Html:
    return void("img", src=_address(image), alt=line(image.texte), style=f"--largeur:{image.largeur}mm")


def _logo(image: b.Image) -> Html:
    """Return the same without a style of its own, which the policy of a form refuses."""
    width = str(round(image.largeur * 96 / 25.4))
    return void("img", src=_address(image), alt=line(image.texte), class_="logo", width=width)


_WRITERS: Mapping[type[b.Bloc], Callable[[Page, Any], Html]] = {
    b.Titre: Page.titre,
    b.Paragraphe: Page.paragraphe,
    b.Encadre: Page.encadre,
    b.Liste: Page.liste,
    b.Fiche: Page.fiche,
    b.Tableau: Page.tableau,
    b.Case: Page.cases,
    b.EspaceLibre: Page.ecriture,
    b.Image: Page.image,
    b.Compteurs: Page.compteurs,
    b.Bibliographie: Page.references,
    b.Article: lambda page, bloc: page.article(bloc),
}
