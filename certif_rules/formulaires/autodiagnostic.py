"""The grid of a self-assessment as a form: one HTML file, no server, nothing fetched, filled offline.

The page is that of the form of an audit, with levels in the place of findings. ``autodiagnostic.js`` keeps
what is typed in the browser, and reads and writes the file of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.reponses import SANS_OBJET
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents.autodiagnostic import mots as textes
from certif_rules.documents.checklist import composition
from certif_rules.documents.checklist import lignes as lignes_
from certif_rules.documents.formats.balises import Html, el
from certif_rules.documents.mots import DONNEES_SENSIBLES, title
from certif_rules.echanges.autodiagnostic import request
from certif_rules.formulaires.champs import area, canonical, choice, date, field, fold
from certif_rules.formulaires.page import PageFormulaire
from certif_rules.noms import nom_de_fichier
from certif_rules.vie.autodiagnostic import Cadre, asked, contradictions

_SCRIPT: Final = Path(__file__).with_name("autodiagnostic.js")

#: Lines of a label in red, besides their sign and their word.
_ROUGE: Final = """
:root { --label: #8c1d18; --label-fond: #fcf1ef; }
@media screen and (prefers-color-scheme: dark) { :root { --label: #f2a59f; --label-fond: #43201d; } }
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


def compose(cadre: Cadre) -> b.Document:
    """Return what the form says: the lines asked, then the levels, statements, and the lines left out."""
    asked_only = replace(cadre.checklist, lignes=cadre.retenues, avertissements=cadre.avertissements)
    annexes = {annexe.ancre: annexe for annexe in composition.annexes(asked_only)}

    def lay(checklist: Checklist, ligne: Ligne) -> b.Article:
        return _article(cadre, checklist, ligne)

    whole = composition.sectioned(
        asked_only,
        "Grille d’autodiagnostic",
        (
            *composition.warned(asked_only),
            *composition.criteria(asked_only, lay),
            composition.context(asked_only),
            _annexe("niveaux", "Les niveaux", _levels(cadre)),
            _annexe("dit", "Ce qui est dit de cet autodiagnostic", _statements(cadre)),
            *_left_out(cadre),
            *(annexes[name] for name in ("textes", "lacunes") if name in annexes),
        ),
        others=[source for vie in cadre.vies for source in vie.sources.values()],
    )
    nom = clean(str(cadre.checklist.organisme.get("nom") or ""))
    return replace(whole, sujet=" – ".join(filter(None, [textes.heading(cadre), nom])))


def _article(cadre: Cadre, checklist: Checklist, ligne: Ligne) -> b.Article:
    """Return a line: its texts and what the sources contradict about it."""
    whole = lignes_.article(checklist, ligne)
    why, *named = (*whole.rubriques, *whole.repliees)
    warned = [rubrique for rubrique in named if rubrique.titre == DONNEES_SENSIBLES]
    contradicted = tuple(b.Rubrique(titre="", elements=(textes.incoherence(i),)) for i in asked(cadre, ligne))
    rest = tuple(rubrique for rubrique in named if rubrique.titre != DONNEES_SENSIBLES)
    return replace(whole, rubriques=(*warned, why, *contradicted), repliees=rest)


class _Formulaire(PageFormulaire):
    """A form is the page with fields; only the lines asked are laid out, those left out listed at the end."""

    avancement = f"Avancement{INSECABLE}de l’autodiagnostic"
    quoi = "réponses"
    reste = "Sans réponse seulement"

    def __init__(self, cadre: Cadre) -> None:
        self.cadre = cadre
        rangs = {lignes_.place(ligne): rang for rang, ligne in enumerate(cadre.retenues)}
        super().__init__(compose(cadre), [_SCRIPT], donnees(cadre), rangs)

    def style(self) -> str:
        """Return the style sheet."""
        return super().style() + _ROUGE

    def mention(self) -> Iterator[Html]:
        """Yield what the result does not promise."""
        bloc = textes.mention(self.cadre)
        heading = el("h2", bloc.titre, id="mention")
        words = el("p", self.texte(bloc.texte))
        yield el("section", heading, words, class_="avertissements", aria_labelledby="mention")

    def dossier(self) -> Html:
        """Return the day of the self-assessment, and what can be done with the answers."""
        day = field("fait_le", "Autodiagnostic fait le", date("fait_le"))
        words = (
            "L’export donne un fichier JSON ; le programme en fait la synthèse, tableau, barres, radar et"
            " liste de ce par quoi commencer (certif-rules autodiagnostic --reponses FICHIER)."
        )
        return self.file("Vos réponses", words, (el("div", day, class_="champs"),))

    def corps(self, bloc: b.Article) -> Html:
        """Return the texts of a line, then its fields."""
        more = fold(bloc.repli, self.rubriques(bloc.repliees)) if bloc.repliees else None
        read = el("div", self.enonce(bloc), self.rubriques(bloc.rubriques), more)
        return el("div", read, self._fields(bloc), class_="corps")

    def _fields(self, bloc: b.Article) -> Html:
        rang = self.rangs[bloc.ancre]
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
            aria_labelledby=bloc.ancre,
        )


# ---- annexes ----------------------------------------------------------------------------------------------


def _levels(cadre: Cadre) -> b.Bloc:
    rows = [(f"{n.valeur} – {prose(n.titre)}", prose(n.sens or "–")) for n in cadre.notation.niveaux]
    rows.append(("Sans objet", prose("la ligne ne s’applique pas ; une raison est demandée")))
    return _table("Les niveaux et quand les choisir", ("Niveau", "Quand le choisir"), rows)


def _statements(cadre: Cadre) -> b.Bloc:
    regles, known = cadre.regles, cadre.incoherences
    enonces = (*regles.enonces, *([regles.etendue_dite] if regles.etendue_dite else []))
    items = [textes.statement(e) for e in enonces]
    return b.Liste(elements=(*items, *(textes.incoherence(known[i]) for i in contradictions(cadre))))


def _left_out(cadre: Cadre) -> Iterator[b.Partie]:
    rows = [
        (f"{clean(li.indicateur.numero)} – {title(li, 120)}", textes.state(li), textes.reasons(li))
        for li in cadre.ecartees
    ]
    if rows:
        heads = ("Ligne", "État", "Motifs")
        table = _table("Lignes qui ne sont pas demandées, et pourquoi", heads, rows)
        yield _annexe("ecartees", f"Lignes écartées ({len(rows)})", table)


def _table(legende: str, heads: tuple[str, ...], rows: Iterable[tuple[b.Cellule, ...]]) -> b.Tableau:
    return b.Tableau(legende=legende, tetes=heads, lignes=tuple(rows), largeurs=(1,) * len(heads))


def _annexe(place: str, heading: str, bloc: b.Bloc) -> b.Partie:
    return b.Partie(titre=heading, blocs=(bloc,), genre="annexe", ancre=place)
