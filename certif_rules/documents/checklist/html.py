"""The checklist as one HTML file: no script, nothing fetched, readable on a telephone, good on A4 paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.blocs.typographie import FINE, INSECABLE, clean, day, prose
from certif_rules.documents import emetteur
from certif_rules.documents import rubriques as document
from certif_rules.documents.checklist.fiche import Alinea, Bloc, blocks, reasons, requirement
from certif_rules.documents.formats.balises import Html, anchor, el, join, pairs, table, void
from certif_rules.documents.mots import (
    MARQUE,
    SENS,
    SENS_MARQUE,
    SIGNES,
    criterion,
    disclaimer,
    finding,
    groups,
    of_label,
    title,
    wording,
)
from certif_rules.echanges.checklist import sources
from certif_rules.francais import count
from certif_rules.model.base import Source
from certif_rules.model.referentiel import Critere
from certif_rules.rules.motifs import ETATS

_STYLE = Path(__file__).parent.parent / "formats" / "style.css"
_DUE = frozenset({"a_auditer", "a_confirmer"})


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as a UTF-8 HTML page that stands alone."""
    return Page(checklist).render()


class Page:
    """One rendering: the checklist, and the sources its notes may point to. The form is a page too."""

    nature = "Grille d’audit"

    def __init__(self, checklist: Checklist) -> None:
        self.checklist = checklist
        self.sources: dict[str, Source] = {source.id: source for source in sources(checklist)}

    def render(self) -> bytes:
        """Return the page in UTF-8."""
        page = el("html", el("head", *self._head()), el("body", *self._body()), lang="fr")
        return f"<!DOCTYPE html>\n{page}\n".encode()

    def _head(self) -> list[Html]:
        return [
            void("meta", charset="utf-8"),
            el("title", self._title()),
            void("meta", name="viewport", content="width=device-width, initial-scale=1"),
            void("meta", name="color-scheme", content="light dark"),
            el("style", Html(self._style())),
        ]

    def _style(self) -> str:
        return _STYLE.read_text(encoding="utf-8")

    def _body(self) -> list[Html]:
        return [
            el("a", "Aller aux indicateurs", href="#indicateurs", class_="evitement"),
            self._header(),
            el("div", self._contents(), self._main(), class_="page"),
            self._footer(),
        ]

    def _title(self) -> str:
        nom = clean(str(self.checklist.organisme.get("nom") or ""))
        return " – ".join(filter(None, [document.heading(self.checklist), nom]))

    def _header(self) -> Html:
        checklist = self.checklist
        nom = clean(str(checklist.organisme.get("nom") or ""))
        type_audit = checklist.type_audit
        when = f"{prose(type_audit.titre)}, {day(checklist.contexte.date)}"
        return el(
            "header",
            emetteur.picture(checklist.habillage),
            el("p", self.nature, class_="surtitre"),
            el("h1", prose(checklist.referentiel.titre)),
            el("p", " – ".join(filter(None, [nom, when])), class_="chapeau"),
        )

    def _contents(self) -> Html:
        """Return the table of contents: each criterion with the counts of its lines."""
        items = [
            el(
                "li",
                el("a", criterion(critere), href=f"#{_criterion_anchor(critere)}"),
                el("span", _counts(lignes), class_="compte"),
            )
            for critere, lignes in groups(self.checklist)
        ]
        annexes = [el("li", el("a", heading, href=f"#{place}")) for place, heading in self._annexes()]
        return el(
            "nav",
            el("h2", "Sommaire", id="sommaire"),
            el("ol", *items),
            el("ul", *annexes),
            aria_labelledby="sommaire",
        )

    def _annexes(self) -> list[tuple[str, str]]:
        checklist = self.checklist
        annexes = [
            ("pieces", "Pièces exigées", bool(checklist.pieces)),
            ("verifications", "Vérifications hors indicateurs", bool(checklist.verifications)),
            ("sites", "Sites à auditer", checklist.sites is not None),
            ("textes", "Textes appliqués", True),
            ("lacunes", _gaps_heading(checklist), bool(checklist.lacunes)),
            ("conservation", document.CONSERVATION, True),
            ("sources", "Sources citées", bool(self.sources)),
        ]
        return [(place, heading) for place, heading, present in annexes if present]

    def _main(self) -> Html:
        return el(
            "main",
            self._warnings(),
            self._counters(),
            self._context(),
            self._lines(),
            *(self._annex(place, heading) for place, heading in self._annexes()),
        )

    def _lines(self) -> Html:
        criteria = (self._criterion(critere, lignes) for critere, lignes in groups(self.checklist))
        return el("div", *criteria, id="indicateurs", tabindex="-1")

    def _warnings(self) -> Html:
        warnings = self.checklist.avertissements
        if not warnings:
            return Html("")
        items = (el("li", prose(a.message), self._refs(a.sources)) for a in warnings)
        return el(
            "section",
            el("h2", count(len(warnings), "avertissement"), id="avertissements"),
            el("ul", *items),
            class_="avertissements",
            aria_labelledby="avertissements",
        )

    def _counters(self) -> Html:
        """Return how many lines stand in each state; the table is also the legend of the signs."""
        compteurs = self.checklist.compteurs
        rows = [
            (join("", [_state(etat), el("span", f" {SENS[etat]}", class_="sens")]), str(number))
            for etat, number in compteurs.items()
        ]
        label = any(of_label(self.checklist, ligne.indicateur.origine) for ligne in self.checklist.lignes)
        caption = count(len(self.checklist.lignes), "indicateur")
        return el(
            "section",
            el("h2", "Compteurs"),
            table(f"{caption}, par état", ("État et son sens", "Nombre"), rows, "compteurs"),
            el("p", _mark(), f" {SENS_MARQUE}.", class_="legende") if label else None,
        )

    def _context(self) -> Html:
        checklist = self.checklist
        identity = document.identity(checklist)
        digest = ("Empreinte", el("code", clean(checklist.empreinte)))
        organisation = [*document.organisation(checklist), *document.circumstances(checklist)]
        return el(
            "section",
            el("h2", "L’audit et l’organisme"),
            el(
                "div",
                pairs("L’audit et son référentiel", [*identity, digest]),
                pairs("L’organisme, comme déclaré", organisation),
                pairs("Les faits déclarés", document.facts(checklist)),
                class_="fiches",
            ),
        )

    def _criterion(self, critere: Critere | None, lignes: Sequence[Ligne]) -> Html:
        place = _criterion_anchor(critere)
        label = critere is not None and of_label(self.checklist, critere.origine)
        return el(
            "section",
            el(
                "div",
                el("h2", criterion(critere), *([" ", _mark()] if label else []), id=place),
                el("p", _counts(lignes), class_="compte"),
                self._variants(critere) if critere else None,
                class_="critere",
            ),
            *(self._line(ligne) for ligne in lignes),
            aria_labelledby=place,
        )

    def _variants(self, critere: Critere) -> Html | None:
        if not critere.variantes:
            return None
        parts = [join("", [wording(v), self._refs(v.sources)]) for v in critere.variantes]
        return el("p", f"Autres rédactions{INSECABLE}: ", join(f"{FINE}; ", parts), class_="compte")

    def _line(self, ligne: Ligne) -> Html:
        """Return a line: what it is, its state beside, its texts, and the findings that may be recorded."""
        indicateur = ligne.indicateur
        label = of_label(self.checklist, indicateur.origine)
        due = ligne.etat in _DUE
        place = line_anchor(ligne)
        rest = [self._block(bloc) for bloc in blocks(self.checklist, ligne)]
        return el(
            "article",
            self._line_head(ligne),
            el(
                "div",
                self._requirement(ligne),
                el("div", self._why(ligne), *(rest if due else ()), class_="blocs"),
                _folded(rest) if rest and not due else None,
                _boxes(self.checklist, ligne),
                class_="corps",
            ),
            class_=f"ligne {ligne.etat}{' label' if label else ''}",
            aria_labelledby=place,
        )

    def _line_head(self, ligne: Ligne) -> Html:
        indicateur = ligne.indicateur
        head = el(
            "h3",
            el("span", clean(indicateur.numero), class_="numero"),
            " ",
            el("span", title(ligne), class_="titre" if indicateur.titre else "enonce"),
            id=line_anchor(ligne),
        )
        return el("div", head, self._side(ligne), class_="tete")

    def _why(self, ligne: Ligne) -> Html:
        return self._block(Bloc(titre="Motifs", elements=reasons(self.checklist, ligne.motifs)))

    def _side(self, ligne: Ligne) -> Html:
        """Return the state, in a word and a sign, and what else is seen at a glance."""
        label = of_label(self.checklist, ligne.indicateur.origine)
        due_for = ", ".join(map(clean, ligne.categories))
        return el(
            "div",
            el("p", _state(ligne.etat)),
            el("p", _mark()) if label else None,
            el("p", due_for, class_="categories") if due_for else None,
            class_="cote",
        )

    def _requirement(self, ligne: Ligne) -> Html | None:
        """Return the requirement, unless it stands for the title; a quotation says in full where from."""
        indicateur = ligne.indicateur
        element = requirement(indicateur)
        shown = self._inline(element) if indicateur.titre is not None else []
        named = [self.sources[i].titre for i in element.sources if i in self.sources]
        if indicateur.exigence is None or not indicateur.citation or not named:
            return el("p", *shown, class_="exigence") if shown else None
        origin = el("span", prose(f"Citation : {' ; '.join(named)}"), class_="origine")
        return el("p", *shown, origin, class_="exigence")

    def _block(self, bloc: Bloc) -> Html:
        many = len(bloc.elements) > 1
        items = [el("li" if many else "p", *self._inline(element)) for element in bloc.elements]
        return el(
            "div",
            el("h4", bloc.titre),
            el("ul", *items) if many else items[0],
            class_="bloc absent" if bloc.titre.startswith("Absent") else "bloc",
        )

    def _inline(self, element: Alinea) -> list[str]:
        beside = f" ({', '.join(element.remarques)})" if element.remarques else ""
        remarks = [el("span", beside, class_="remarque")] if beside else []
        return [element.texte, *remarks, self._refs(element.sources)]

    def _refs(self, ids: Iterable[str]) -> Html:
        """Return notes to the list of sources: a link for each that the document lists."""
        links = [
            el("a", clean(i), href=f"#source-{anchor(i)}", title=clean(self.sources[i].titre))
            if i in self.sources
            else el("span", clean(i))
            for i in ids
        ]
        return el("span", " [", join(", ", links), "]", class_="refs") if links else Html("")

    def _annex(self, place: str, heading: str) -> Html:
        content = {
            "pieces": self._points, "verifications": self._points, "sites": self._sites,
            "textes": self._layers, "lacunes": self._gaps, "sources": self._sources,
            "conservation": self._retention,
        }[place](place)  # fmt: skip
        return el("section", el("h2", heading, id=place), content, class_="annexe", aria_labelledby=place)

    def _points(self, place: str) -> Html:
        box = el("span", "☐ ", aria_hidden="true")
        points = self.checklist.pieces if place == "pieces" else self.checklist.verifications
        items = (el("li", box, document.point(self.checklist, p), self._refs(p.sources)) for p in points)
        return el("ul", *items, class_="points")

    def _sites(self, _: str) -> Html:
        value = self.checklist.sites
        return el("p", document.sites(value), self._refs(value.sources)) if value else Html("")

    def _layers(self, _: str) -> Html:
        rows = [
            (f"{c.nature} – {c.origine} {c.id}", c.titre, c.periode, c.confiance, _reading(c))
            for c in document.layers(self.checklist)
        ]
        heads = ("Nature", "Texte", "Période", "Confiance", "Lecture")
        return table("Les textes dont la grille est tirée, et ce qu’ils valent", heads, rows)

    def _gaps(self, _: str) -> Html:
        rows = [(g.objet, g.champs, g.cherche, self._refs(g.sources)) for g in document.gaps(self.checklist)]
        heads = ("Objet", "Absent", "Ce qui a été cherché", "Sources")
        return table("Ce que les sources ne donnent pas", heads, rows)

    def _retention(self, _: str) -> Html:
        rows = document.retention(self.checklist)
        durations = pairs("Combien de temps se gardent les dossiers, par référentiel", rows)
        return join("", [el("p", prose(document.NOTES)), durations])

    def _sources(self, _: str) -> Html:
        items = []
        for source in self.sources.values():
            nature = f" ({prose(source.nature)})" if source.nature else ""
            words = f"{prose(source.titre)}{nature}. {prose(source.reference)}"
            items.append(el("dt", clean(source.id), id=f"source-{anchor(source.id)}"))
            items.append(el("dd", words))
        return el("dl", *items, class_="sources")

    def _footer(self) -> Html:
        return el(
            "footer",
            *(el("p", text, class_="emetteur") for text in emetteur.closing(self.checklist.habillage)),
            el("p", disclaimer(self.checklist)),
            el("p", f"Empreinte{INSECABLE}: ", el("code", clean(self.checklist.empreinte))),
        )


def _state(etat: str) -> Html:
    signe = SIGNES[etat]  # type: ignore[index]  # one of ETATS
    return el("span", el("span", signe.symbole, aria_hidden="true"), f" {signe.mot}", class_=f"etat {etat}")


def _mark() -> Html:
    symbole, mot = MARQUE.split(" ")
    return el("span", el("span", symbole, aria_hidden="true"), f" {mot}", class_="marque")


def line_anchor(ligne: Ligne) -> str:
    """Return the ``id`` of the heading of a line."""
    return f"ligne-{anchor(ligne.indicateur.id)}"


def _criterion_anchor(critere: Critere | None) -> str:
    return f"critere-{anchor(critere.id)}" if critere else "sans-critere"


def _counts(lignes: Sequence[Ligne]) -> str:
    numbers = ((etat, sum(ligne.etat == etat for ligne in lignes)) for etat in ETATS)
    return ", ".join(f"{number}{INSECABLE}{SIGNES[etat].mot}" for etat, number in numbers if number)


def _gaps_heading(checklist: Checklist) -> str:
    return count(len(checklist.lacunes), "lacune déclarée", "lacunes déclarées")


def _reading(couche: document.CoucheImprimee) -> Html:
    first = ", ".join(filter(None, (couche.lecture, couche.revision)))
    return join(void("br"), [el("span", part) for part in (first, *couche.notes)])


def _folded(rest: Sequence[Html]) -> Html:
    """Return what helps only if the auditor reverses the state; the style sheet opens it on paper."""
    return el("details", el("summary", "Niveau attendu, preuves et notes"), el("div", *rest, class_="blocs"))


def _boxes(checklist: Checklist, ligne: Ligne) -> Html | None:
    """Boxes to tick by hand, where a finding may be recorded: nothing is ticked beforehand."""
    if not ligne.constats_permis:
        return None
    boxes = (
        el("li", el("span", "☐", aria_hidden="true"), f"{INSECABLE}{finding(checklist, c)}")
        for c in ligne.constats_permis
    )
    room = (
        el("p", f"{title}{INSECABLE}:", class_="a-remplir") for title in emetteur.columns(checklist).values()
    )
    return el("div", el("h4", "Constat"), el("ul", *boxes), *room, class_="constat")
