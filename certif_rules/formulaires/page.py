"""The page of a form: that of ``html`` with a script, a policy under which nothing else runs, filters."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from certif_rules.audit.checklist import Checklist
from certif_rules.blocs.typographie import prose
from certif_rules.documents import emetteur
from certif_rules.documents.checklist.html import Page
from certif_rules.documents.formats.balises import Html, el, void
from certif_rules.formulaires import champs
from certif_rules.formulaires.champs import canonical, fingerprint
from certif_rules.francais import count
from certif_rules.model.base import Avertissement

_STYLE: Final = Path(__file__).with_name("page.css")

#: What the page says until its script has run: nobody must type for nothing.
_SANS_SCRIPT: Final = prose(
    "Ce formulaire ne garde rien et n’exporte rien : son script ne fonctionne pas dans ce navigateur"
    " (JavaScript désactivé, ou navigateur trop ancien)."
)


class PageFormulaire(Page):
    """A page with fields: ``script`` ends with its own; ``avancement`` names its bar."""

    avancement = "Avancement"

    def __init__(self, checklist: Checklist, script: Path) -> None:
        super().__init__(checklist)
        self.script = champs.script(script)

    @abstractmethod
    def donnees(self) -> dict[str, Any]:
        """Return what the script needs to know."""

    def _style(self) -> str:
        return super()._style() + _STYLE.read_text(encoding="utf-8")

    def _head(self) -> list[Html]:
        """Nothing may run but our script, and nothing may be fetched, whatever was typed."""
        images = "img-src data:; " if emetteur.picture(self.checklist.habillage) else ""
        policy = (
            f"default-src 'none'; script-src '{fingerprint(self.script)}'; "
            f"style-src '{fingerprint(self._style())}'; {images}base-uri 'none'; form-action 'none'"
        )
        charset, *rest = super()._head()
        return [charset, Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'), *rest]

    def _body(self) -> list[Html]:
        skip, header, page, footer = super()._body()
        data = canonical(self.donnees()).replace("<", "\\u003c")
        return [
            skip, header, champs.bar(self.avancement), page, footer,
            el("script", Html(data), type="application/json", id="donnees"),
            el("script", self.script),
        ]  # fmt: skip

    def _alert(self) -> Html:
        return el("p", _SANS_SCRIPT, id="alerte", role="alert", class_="alerte")

    def _avertissements(self) -> tuple[Avertissement, ...]:
        """Return what must be known before typing."""
        return self.checklist.avertissements

    def _warnings(self) -> Html:
        """Folded: they are read once, the lines all day."""
        warnings = self._avertissements()
        if not warnings:
            return Html("")
        items = (el("li", prose(a.message), self._refs(a.sources)) for a in warnings)
        heading = el("summary", count(len(warnings), "avertissement"))
        return el("details", heading, el("ul", *items), class_="avertissements")

    def _file(self, heading: str, what: str, words: str, top: Iterable[Html]) -> Html:
        """Return where the work stands (``top``) and what can be done with it (« les constats »)."""
        return el(
            "section",
            el("h2", heading, id="dossier"),
            *top,
            el(
                "div",
                el("button", f"Exporter les {what}", id="exporter", type="button", class_="premier"),
                el("label", f"Importer des {what}", for_="fichier", class_="bouton"),
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

    def _filters(self, left: str) -> Html:
        """Return what narrows the lines shown; ``left`` says which are still to do."""
        every = el("select", el("option", "Tous les critères", value=""), id="critere")
        search = void("input", id="texte", type="search", autocomplete="off")
        return el(
            "div",
            champs.field("critere", "Critère", every),
            champs.field("texte", "Chercher", search),
            el("label", void("input", id="reste", type="checkbox"), f" {left}", class_="case"),
            el("p", "", id="affichees", role="status"),
            el("button", "Retirer ce qui est fait", id="rafraichir", type="button", hidden=""),
            class_="filtres",
            role="search",
            aria_label="Filtrer les lignes",
        )
