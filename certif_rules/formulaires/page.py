"""The page of a form: that of a document with fields, filters and a script, the only one that may run."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import prose
from certif_rules.documents.formats.balises import Html, el, void
from certif_rules.documents.formats.page import Page
from certif_rules.formulaires import champs
from certif_rules.formulaires.champs import canonical, fingerprint

_STYLE: Final = Path(__file__).with_name("page.css")

#: What the page says until its script has run: nobody must type for nothing.
_SANS_SCRIPT: Final = prose(
    "Ce formulaire ne garde rien et n’exporte rien : son script ne fonctionne pas dans ce navigateur"
    " (JavaScript désactivé, ou navigateur trop ancien)."
)


class PageFormulaire(Page):
    """A form page has fields.

    Args:
        document: what the page says; its lines have fields where ``rangs`` gives their rank.
        scripts: the paths of the scripts of this form.
        donnees: what the script needs to know.
        rangs: the rank of each line among those of ``donnees``, by its name in the document.
    """

    avancement = "Avancement"
    quoi = "constats"
    reste = "Reste à faire seulement"

    def __init__(
        self, document: b.Document, scripts: Iterable[Path], donnees: dict[str, Any], rangs: dict[str, int]
    ) -> None:
        super().__init__(document)
        self.script = champs.script(scripts)
        self.donnees = donnees
        self.rangs = rangs

    @abstractmethod
    def dossier(self) -> Html:
        """Return where the work stands, what the file is about, and what can be done with it."""

    @abstractmethod
    def corps(self, bloc: b.Article) -> Html:
        """Return the texts of a line and its fields."""

    def style(self) -> str:
        """Return the style sheet."""
        return super().style() + _STYLE.read_text(encoding="utf-8")

    def head(self) -> list[Html]:
        """Return the head: nothing may run but our script, and nothing may be fetched, whatever was typed."""
        images = "img-src data:; " if self.document.logo else ""
        policy = (
            f"default-src 'none'; script-src '{fingerprint(self.script)}'; "
            f"style-src '{fingerprint(self.style())}'; {images}base-uri 'none'; form-action 'none'"
        )
        charset, *rest = super().head()
        return [charset, Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'), *rest]

    def body(self) -> list[Html]:
        """Return the body: what stays in sight comes after the header, the script and its data last."""
        skip, header, page, footer = super().body()
        data = canonical(self.donnees).replace("<", "\\u003c")
        script = el("script", Html(data), type="application/json", id="donnees"), el("script", self.script)
        return [skip, header, champs.bar(self.avancement), page, footer, *script]

    def main(self) -> Iterator[Html | None]:
        """Yield what cannot run without a script, the dossier, the filters, then the document."""
        yield el("p", _SANS_SCRIPT, id="alerte", role="alert", class_="alerte")
        yield from self.mention()
        yield self.dossier()
        yield self._filters()
        yield from super().main()
        again = el("button", f"Exporter les {self.quoi}", type="button", class_="premier", data_exporter="")
        yield el("p", again, class_="actions")

    def mention(self) -> Iterator[Html]:
        """Yield what must be read before anything is typed."""
        yield from ()

    def partie(self, partie: b.Partie) -> Html:
        """Return a section; warnings are folded: they are read once, the lines all day."""
        if partie.genre != "avertissements":
            return super().partie(partie)
        heading = el("summary", self.texte(partie.titre))
        return el("details", heading, *self.laid(partie.blocs), class_="avertissements")

    def article(self, bloc: b.Article) -> Html:
        """Return a line, with the rank that the script knows it by."""
        return self.line(bloc, self.corps(bloc), data_ligne=str(self.rangs[bloc.ancre]))

    def file(self, heading: str, words: str, top: Iterable[Html]) -> Html:
        """Return where the work stands (``top``) and what can be done with it."""
        return el(
            "section",
            el("h2", heading, id="dossier"),
            *top,
            el(
                "div",
                el("button", f"Exporter les {self.quoi}", type="button", class_="premier", data_exporter=""),
                el("label", f"Importer des {self.quoi}", for_="fichier", class_="bouton"),
                void("input", id="fichier", type="file", accept=".json,application/json"),
                el("button", "Tout effacer", id="effacer", type="button"),
                class_="actions",
            ),
            el("div", "", id="refus", class_="alerte", role="alert", tabindex="-1", hidden=""),
            el(
                "p",
                prose(f"Ce qui est saisi reste dans ce navigateur : rien n’est envoyé. {words}"),
                class_="aide",
            ),
            aria_labelledby="dossier",
            class_="dossier",
        )

    def _filters(self) -> Html:
        """Return what narrows the lines shown."""
        every = el("select", el("option", "Tous les critères", value=""), id="critere")
        search = void("input", id="texte", type="search", autocomplete="off")
        return el(
            "div",
            champs.field("critere", "Critère", every),
            champs.field("texte", "Chercher", search),
            el("label", void("input", id="reste", type="checkbox"), f" {self.reste}", class_="case"),
            el("p", "", id="affichees", role="status"),
            el("button", "Retirer ce qui est fait", id="rafraichir", type="button", hidden=""),
            class_="filtres",
            role="search",
            aria_label="Filtrer les lignes",
        )
