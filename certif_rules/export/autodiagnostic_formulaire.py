"""The grid of a self-assessment as a form: one HTML file, no server, nothing fetched, filled offline.

The page is that of the form of an audit, with levels in the place of findings. ``autodiagnostic.js`` keeps
what is typed in the browser, and reads and writes the file of answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from certif_rules.export import autodiagnostic_textes as textes
from certif_rules.export import page
from certif_rules.export.autodiagnostic_grille import request
from certif_rules.export.balises import Html, el, join, table, void
from certif_rules.export.champs import bar, canonical, choice, field, fingerprint, fold, script
from certif_rules.export.composition import Encadre, Texte
from certif_rules.export.fiche import blocks
from certif_rules.export.html import Page, line_anchor
from certif_rules.export.textes import count, of_label, title
from certif_rules.export.typographie import INSECABLE, clean, prose
from certif_rules.model import Source
from certif_rules.recherche import nom_de_fichier
from certif_rules.resultat import Ligne
from certif_rules.vie.autodiagnostic import Cadre
from certif_rules.vie.questionnaire import SANS_OBJET

_SCRIPT: Final = Path(__file__).with_name("autodiagnostic.js")
_STYLE: Final = Path(__file__).with_name("formulaire.css")

#: Lines of a label in red, besides their sign and their word.
_ROUGE: Final = """
:root { --label: #8c1d18; --label-fond: #fcf1ef; }
@media screen and (prefers-color-scheme: dark) { :root { --label: #f2a59f; --label-fond: #43201d; } }
.discret { color: var(--doux); font-size: .93em; }
"""

#: What the page says until its script has run.
_SANS_SCRIPT: Final = prose(
    "Ce formulaire ne garde rien et n’exporte rien : son script ne fonctionne pas dans ce navigateur"
    " (JavaScript désactivé, ou navigateur trop ancien)."
)


def render(cadre: Cadre, told: Sequence[str]) -> bytes:
    """The grid as a UTF-8 HTML form that stands alone. Same grid, same bytes.

    Args:
        cadre: what the self-assessment is about.
        told: ids of the contradictions of the sources to tell.
    """
    return _Formulaire(cadre, told).render()


def donnees(cadre: Cadre) -> dict[str, Any]:
    """What the script needs to know: the head of the file of answers, the levels, the lines.

    ``cle`` is the key of these answers in the browser: same rules, same audit, same organisation.
    """
    tete = request(cadre)
    del tete["fait_le"]
    rules = tete["referentiel"]
    name = nom_de_fichier("autodiagnostic", tete["audit"]["date"], rules["id"], rules["edition"])
    return {
        "cle": sha256(canonical(tete).encode("ascii")).hexdigest(),
        "lignes": [
            {"id": li.indicateur.id, "numero": li.indicateur.numero, "etat": li.etat} for li in cadre.retenues
        ],
        "niveaux": [{"valeur": n.valeur, "titre": prose(n.titre)} for n in cadre.notation.niveaux],
        "nom_de_fichier": f"{name}.json",
        "sans_objet": SANS_OBJET,
        "tete": tete,
    }


class _Formulaire(Page):
    """The page with fields. Only the lines asked are laid out; those left out are listed at the end."""

    nature = "Grille d’autodiagnostic"

    def __init__(self, cadre: Cadre, told: Sequence[str]) -> None:
        super().__init__(replace(cadre.checklist, lignes=cadre.retenues))
        self.cadre = cadre
        self.told = tuple(told)
        known: dict[str, Source] = textes.sources_of(cadre, self.told)
        self.sources |= known
        self.rang = {li.indicateur.id: rang for rang, li in enumerate(cadre.retenues)}
        self.script = script(_SCRIPT)

    def _title(self) -> str:
        nom = clean(str(self.checklist.organisme.get("nom") or ""))
        return " – ".join(filter(None, [textes.heading(self.cadre), nom]))

    def _style(self) -> str:
        return super()._style() + _STYLE.read_text(encoding="utf-8") + _ROUGE

    def _head(self) -> list[Html]:
        """Nothing may run but our script, and nothing may be fetched, whatever was typed."""
        policy = (
            f"default-src 'none'; script-src '{fingerprint(self.script)}'; "
            f"style-src '{fingerprint(self._style())}'; base-uri 'none'; form-action 'none'"
        )
        charset, *rest = super()._head()
        return [charset, Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'), *rest]

    def _body(self) -> list[Html]:
        skip, header, content, footer = super()._body()
        data = canonical(donnees(self.cadre)).replace("<", "\\u003c")
        return [
            skip, header, bar(f"Avancement{INSECABLE}de l’autodiagnostic"), content, footer,
            el("script", Html(data), type="application/json", id="donnees"),
            el("script", self.script),
        ]  # fmt: skip

    def _annexes(self) -> list[tuple[str, str]]:
        kept = ("textes", "lacunes", "sources")
        first = [("niveaux", "Les niveaux"), ("dit", "Ce qui est dit de cet autodiagnostic")]
        left = [("ecartees", f"Lignes écartées ({len(self.cadre.ecartees)})")] if self.cadre.ecartees else []
        return [*first, *left, *(annex for annex in super()._annexes() if annex[0] in kept)]

    def _annex(self, place: str, heading: str) -> Html:
        made = {"niveaux": self._levels, "dit": self._said, "ecartees": self._left_out}.get(place)
        if made is None:
            return super()._annex(place, heading)
        return el("section", el("h2", heading, id=place), made(), class_="annexe", aria_labelledby=place)

    def _main(self) -> Html:
        return el(
            "main",
            el("p", _SANS_SCRIPT, id="alerte", role="alert", class_="alerte"),
            self._mention(),
            self._dossier(),
            self._search(),
            self._warnings(),
            self._lines(),
            self._context(),
            *(self._annex(place, heading) for place, heading in self._annexes()),
        )

    def _mention(self) -> Html:
        bloc = textes.mention(self.cadre)
        assert isinstance(bloc, Encadre)
        return el(
            "section",
            el("h2", bloc.titre, id="mention"),
            el("p", page.texte(bloc.texte)),
            class_="avertissements",
            aria_labelledby="mention",
        )

    def _warnings(self) -> Html:
        """Folded: they are read once, the lines several times."""
        warnings = self.cadre.avertissements
        if not warnings:
            return Html("")
        items = (el("li", prose(a.message), self._refs(a.sources)) for a in warnings)
        heading = el("summary", count(len(warnings), "avertissement"))
        return el("details", heading, el("ul", *items), class_="avertissements")

    def _dossier(self) -> Html:
        day = void("input", id="fait_le", type="date", autocomplete="off")
        return el(
            "section",
            el("h2", "Vos réponses", id="dossier"),
            el("div", field("fait_le", "Autodiagnostic fait le", day), class_="champs"),
            el(
                "div",
                el("button", "Exporter les réponses", id="exporter", type="button", class_="premier"),
                el("label", "Importer des réponses", for_="fichier", class_="bouton"),
                void("input", id="fichier", type="file", accept=".json,application/json"),
                el("button", "Tout effacer", id="effacer", type="button"),
                class_="actions",
            ),
            el("div", "", id="refus", class_="alerte", role="alert", tabindex="-1", hidden=""),
            el(
                "p",
                prose(
                    "Ce qui est saisi reste dans ce navigateur : rien n’est envoyé. L’export donne un fichier"
                    " JSON ; le programme en fait la synthèse, tableau, barres, radar et liste de ce par quoi"
                    " commencer (certif-rules autodiagnostic --reponses FICHIER)."
                ),
                class_="aide",
            ),
            aria_labelledby="dossier",
            class_="dossier",
        )

    def _search(self) -> Html:
        every = el("select", el("option", "Tous les critères", value=""), id="critere")
        return el(
            "div",
            field("critere", "Critère", every),
            field("texte", "Chercher", void("input", id="texte", type="search", autocomplete="off")),
            el("label", void("input", id="reste", type="checkbox"), " Sans réponse seulement", class_="case"),
            el("p", "", id="affichees", role="status"),
            el("button", "Retirer ce qui est fait", id="rafraichir", type="button", hidden=""),
            class_="filtres",
            role="search",
            aria_label="Filtrer les lignes",
        )

    def _line(self, ligne: Ligne) -> Html:
        """A line: its texts and what the sources contradict about it, then its fields."""
        label = of_label(self.checklist, ligne.indicateur.origine)
        groups = [self._block(bloc) for bloc in blocks(self.checklist, ligne)]
        told = [
            el("p", _inline(textes.incoherence(i)), class_="bloc") for i in textes.asked(self.cadre, ligne)
        ]
        more = (
            fold("Niveau attendu, preuves et notes", el("div", *groups, class_="blocs")) if groups else None
        )
        why = el("div", self._why(ligne), *told, class_="blocs")
        return el(
            "article",
            self._line_head(ligne),
            el("div", el("div", self._requirement(ligne), why, more), self._fields(ligne), class_="corps"),
            class_=f"ligne {ligne.etat}{' label' if label else ''}",
            aria_labelledby=line_anchor(ligne),
            data_ligne=str(self.rang[ligne.indicateur.id]),
        )

    def _fields(self, ligne: Ligne) -> Html:
        rang = self.rang[ligne.indicateur.id]
        name = f"niveau-{rang}"
        levels = [
            choice("radio", name, str(n.valeur), f"{n.valeur} – {prose(n.titre)}", "niveau")
            for n in self.cadre.notation.niveaux
        ]
        return el(
            "div",
            el(
                "fieldset",
                el("legend", "Niveau"),
                choice("radio", name, "", "Sans réponse", "niveau"),
                *levels,
                choice("radio", name, SANS_OBJET, "Sans objet", "niveau"),
                class_="choix",
            ),
            _area(rang, "raison", "Raison, si sans objet"),
            el("p", "", class_="manque", id=f"manque-{rang}"),
            _area(rang, "commentaire", "Commentaire"),
            _area(rang, "preuves", "Ce qui le prouve"),
            class_="saisie",
            role="group",
            aria_labelledby=line_anchor(ligne),
        )

    # ---- annexes ------------------------------------------------------------------------------------------

    def _levels(self) -> Html:
        rows = [(f"{n.valeur} – {prose(n.titre)}", prose(n.sens or "–")) for n in self.cadre.notation.niveaux]
        rows.append(("Sans objet", prose("la ligne ne s’applique pas ; une raison est demandée")))
        return table("Les niveaux et quand les choisir", ("Niveau", "Quand le choisir"), rows)

    def _said(self) -> Html:
        regles = self.cadre.regles
        enonces = (*regles.enonces, *([regles.etendue_dite] if regles.etendue_dite else []))
        known = self.cadre.incoherences
        items = [textes.statement(e) for e in enonces] + [textes.incoherence(known[i]) for i in self.told]
        return el("ul", *(el("li", _inline(item)) for item in items))

    def _left_out(self) -> Html:
        rows = [
            (f"{clean(li.indicateur.numero)} – {title(li, 120)}", textes.state(li), textes.reasons(li))
            for li in self.cadre.ecartees
        ]
        return table("Lignes qui ne sont pas demandées, et pourquoi", ("Ligne", "État", "Motifs"), rows)


def _inline(runs: Texte) -> Html:
    return join("", [page.texte(runs)])


def _area(rang: int, champ: str, words: str) -> Html:
    place = f"{champ}-{rang}"
    described = {"aria_describedby": f"manque-{rang}"} if champ == "raison" else {}
    area = el("textarea", "", id=place, rows="2", autocomplete="off", data_champ=champ, **described)
    return el("div", el("label", words, for_=place), area, class_="champ")
