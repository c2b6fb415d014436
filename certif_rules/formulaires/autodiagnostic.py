"""The grid of a self-assessment as a form: one HTML file, no server, nothing fetched, filled offline.

The page is that of the form of an audit, with levels in the place of findings. ``autodiagnostic.js`` keeps
what is typed in the browser, and reads and writes the file of answers.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from certif_rules.audit.checklist import Ligne
from certif_rules.audit.reponses import SANS_OBJET
from certif_rules.blocs.arbre import Encadre, Texte
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents.autodiagnostic import mots as textes
from certif_rules.documents.checklist.fiche import blocks
from certif_rules.documents.checklist.html import line_anchor
from certif_rules.documents.formats import page
from certif_rules.documents.formats.balises import Html, el, join, table
from certif_rules.documents.mots import DONNEES_SENSIBLES, of_label, title
from certif_rules.echanges.autodiagnostic import request
from certif_rules.formulaires.champs import area, canonical, choice, date, field, fold
from certif_rules.formulaires.page import PageFormulaire
from certif_rules.model.base import Avertissement, Source
from certif_rules.noms import nom_de_fichier
from certif_rules.vie.autodiagnostic import Cadre, asked, contradictions, sources_of

_SCRIPT: Final = Path(__file__).with_name("autodiagnostic.js")

#: Lines of a label in red, besides their sign and their word.
_ROUGE: Final = """
:root { --label: #8c1d18; --label-fond: #fcf1ef; }
@media screen and (prefers-color-scheme: dark) { :root { --label: #f2a59f; --label-fond: #43201d; } }
.discret { color: var(--doux); font-size: .93em; }
"""


def render(cadre: Cadre) -> bytes:
    """Return the grid as a UTF-8 HTML form that stands alone. Same grid, same bytes."""
    return _Formulaire(cadre).render()


def donnees(cadre: Cadre) -> dict[str, Any]:
    """Return what the script needs to know: the head of the file of answers, the levels, the lines.

    ``cle`` is the key of these answers in the browser: same rules, same audit, same organisation.
    """
    tete = {**request(cadre), "fait_le": None}
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


class _Formulaire(PageFormulaire):
    """The page with fields. Only the lines asked are laid out; those left out are listed at the end."""

    nature = "Grille d’autodiagnostic"
    avancement = f"Avancement{INSECABLE}de l’autodiagnostic"

    def __init__(self, cadre: Cadre) -> None:
        super().__init__(replace(cadre.checklist, lignes=cadre.retenues), _SCRIPT)
        self.cadre = cadre
        known: dict[str, Source] = sources_of(cadre)
        self.sources |= known
        self.rang = {li.indicateur.id: rang for rang, li in enumerate(cadre.retenues)}

    def _title(self) -> str:
        nom = clean(str(self.checklist.organisme.get("nom") or ""))
        return " – ".join(filter(None, [textes.heading(self.cadre), nom]))

    def _style(self) -> str:
        return super()._style() + _ROUGE

    def donnees(self) -> dict[str, Any]:
        return donnees(self.cadre)

    def _avertissements(self) -> tuple[Avertissement, ...]:
        return self.cadre.avertissements

    def _annexes(self) -> list[tuple[str, str]]:
        shared = ("textes", "lacunes", "sources")
        first = [("niveaux", "Les niveaux"), ("dit", "Ce qui est dit de cet autodiagnostic")]
        left = [("ecartees", f"Lignes écartées ({len(self.cadre.ecartees)})")] if self.cadre.ecartees else []
        return [*first, *left, *(annex for annex in super()._annexes() if annex[0] in shared)]

    def _annex(self, place: str, heading: str) -> Html:
        own = {"niveaux": self._levels, "dit": self._said, "ecartees": self._left_out}.get(place)
        if own is None:
            return super()._annex(place, heading)
        return el("section", el("h2", heading, id=place), own(), class_="annexe", aria_labelledby=place)

    def _main(self) -> Html:
        return el(
            "main",
            self._alert(),
            self._mention(),
            self._dossier(),
            self._filters("Sans réponse seulement"),
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

    def _dossier(self) -> Html:
        day = field("fait_le", "Autodiagnostic fait le", date("fait_le"))
        words = (
            "L’export donne un fichier JSON ; le programme en fait la synthèse, tableau, barres, radar et"
            " liste de ce par quoi commencer (certif-rules autodiagnostic --reponses FICHIER)."
        )
        return self._file("Vos réponses", "réponses", words, (el("div", day, class_="champs"),))

    def _line(self, ligne: Ligne) -> Html:
        """Return a line: its texts and what the sources contradict about it, then its fields."""
        label = of_label(self.checklist, ligne.indicateur.origine)
        named = blocks(self.checklist, ligne)
        warned = [self._block(bloc) for bloc in named if bloc.titre == DONNEES_SENSIBLES]
        groups = [self._block(bloc) for bloc in named if bloc.titre != DONNEES_SENSIBLES]
        contradictions_here = [
            el("p", _inline(textes.incoherence(i)), class_="bloc") for i in asked(self.cadre, ligne)
        ]
        more = (
            fold("Niveau attendu, preuves et notes", el("div", *groups, class_="blocs")) if groups else None
        )
        why = el("div", *warned, self._why(ligne), *contradictions_here, class_="blocs")
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
            area(rang, "raison", "Raison, si sans objet", asked=True),
            el("p", "", class_="manque", id=f"manque-{rang}"),
            area(rang, "commentaire", "Commentaire"),
            area(rang, "preuves", "Ce qui le prouve"),
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
        items = [textes.statement(e) for e in enonces] + [
            textes.incoherence(known[i]) for i in contradictions(self.cadre)
        ]
        return el("ul", *(el("li", _inline(item)) for item in items))

    def _left_out(self) -> Html:
        rows = [
            (f"{clean(li.indicateur.numero)} – {title(li, 120)}", textes.state(li), textes.reasons(li))
            for li in self.cadre.ecartees
        ]
        return table("Lignes qui ne sont pas demandées, et pourquoi", ("Ligne", "État", "Motifs"), rows)


def _inline(runs: Texte) -> Html:
    return join("", [page.texte(runs)])
