"""The checklist as a form to fill on site: one HTML file, no server, nothing fetched.

The page is that of ``html`` with fields on the lines that may receive a finding. ``formulaire.js`` keeps
what is typed in the browser, and reads and writes the findings file (contract §6).
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from certif_rules.constats import A_EVALUER, needs_comment
from certif_rules.export import emetteur, json_
from certif_rules.export.balises import Html, el, void
from certif_rules.export.champs import canonical as _canonical
from certif_rules.export.champs import choice as _choice
from certif_rules.export.champs import field as _field
from certif_rules.export.champs import fingerprint as _fingerprint
from certif_rules.export.champs import fold as _fold
from certif_rules.export.champs import script
from certif_rules.export.fiche import blocks
from certif_rules.export.html import Page, line_anchor
from certif_rules.export.textes import DONNEES_SENSIBLES, SIGNES, count, finding, of_label
from certif_rules.export.typographie import INSECABLE, prose
from certif_rules.recherche import nom_de_fichier
from certif_rules.resultat import ETATS, Checklist, Ligne

_SCRIPT: Final = Path(__file__).with_name("formulaire.js")
_STYLE: Final = Path(__file__).with_name("formulaire.css")
_DUE: Final = frozenset({"a_auditer", "a_confirmer"})

#: Blocks of a line that an auditor reads before anything else; the others are folded on a telephone.
_FIRST: Final = frozenset(
    {DONNEES_SENSIBLES, "Constat précédent", "Niveau attendu", "Gravité d’un écart", "Absent des sources"}
)

#: What the page says until its script has run: an auditor must not type for nothing.
_SANS_SCRIPT: Final = prose(
    "Ce formulaire ne garde rien et n’exporte rien : son script ne fonctionne pas dans ce navigateur"
    " (JavaScript désactivé, ou navigateur trop ancien)."
)


def render(checklist: Checklist) -> bytes:
    """``checklist`` as a UTF-8 HTML form that stands alone. Same checklist, same bytes."""
    return _Formulaire(checklist).render()


def donnees(checklist: Checklist) -> dict[str, Any]:
    """What the script needs to know: the head of the findings file, and what each line may receive.

    ``cle`` is the key of this dossier in the browser: same rules, same audit, same organisation, whatever
    the dress.
    """
    tete = json_.head(checklist)
    rules = tete["referentiel"]
    same = {key: value for key, value in tete.items() if key != "habillage"}
    name = nom_de_fichier("constats", tete["audit"]["date"], rules["id"], rules["edition"])
    return {
        "a_evaluer": A_EVALUER,
        "annotations": list(checklist.referentiel.annotations),
        "cle": sha256(_canonical(same).encode("ascii")).hexdigest(),
        "complements": list(emetteur.columns(checklist)),
        "constats": [{"id": c, "titre": finding(checklist, c)} for c in checklist.referentiel.constats],
        "lignes": [
            {
                "id": ligne.indicateur.id,
                "numero": ligne.indicateur.numero,
                "etat": ligne.etat,
                "constats": list(ligne.constats_permis),
                "a_motiver": [c for c in ligne.constats_permis if needs_comment(checklist, ligne, c)],
                "saisie": fillable(checklist, ligne),
            }
            for ligne in checklist.lignes
        ],
        "nom_de_fichier": f"{name}.json",
        "tete": tete,
    }


def fillable(checklist: Checklist, ligne: Ligne) -> bool:
    """Whether the auditor has a choice on ``ligne``: it may be due, or out by a fact (contract §4)."""
    if ligne.etat in _DUE:
        return bool(ligne.constats_permis)
    declared = checklist.referentiel.constats
    return any(c in declared and not declared[c].hors_portee for c in ligne.constats_permis)


class _Formulaire(Page):
    """The page with fields. Line ``n`` of the script is the ``n``-th of the checklist."""

    nature = "Formulaire d’audit"

    def __init__(self, checklist: Checklist) -> None:
        super().__init__(checklist)
        self.rang = {ligne.indicateur.id: rang for rang, ligne in enumerate(checklist.lignes)}
        self.script = script(_SCRIPT)

    def _title(self) -> str:
        return f"Formulaire – {super()._title()}"

    def _style(self) -> str:
        return super()._style() + _STYLE.read_text(encoding="utf-8")

    def _head(self) -> list[Html]:
        """Nothing may run but our script, and nothing may be fetched, whatever was typed."""
        images = "img-src data:; " if emetteur.picture(self.checklist.habillage) else ""
        policy = (
            f"default-src 'none'; script-src '{_fingerprint(self.script)}'; "
            f"style-src '{_fingerprint(self._style())}'; {images}base-uri 'none'; form-action 'none'"
        )
        charset, *rest = super()._head()
        return [charset, Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'), *rest]

    def _body(self) -> list[Html]:
        skip, header, page, footer = super()._body()
        data = _canonical(donnees(self.checklist)).replace("<", "\\u003c")
        return [
            skip, header, _bar(), page, footer,
            el("script", Html(data), type="application/json", id="donnees"),
            el("script", self.script),
        ]  # fmt: skip

    def _main(self) -> Html:
        return el(
            "main",
            el("p", _SANS_SCRIPT, id="alerte", role="alert", class_="alerte"),
            self._dossier(),
            self._search(),
            self._warnings(),
            self._lines(),
            self._context(),
            *(self._annex(place, heading) for place, heading in self._annexes()),
        )

    def _warnings(self) -> Html:
        """Folded: they are read once, the lines all day."""
        warnings = self.checklist.avertissements
        if not warnings:
            return Html("")
        items = (el("li", prose(a.message), self._refs(a.sources)) for a in warnings)
        heading = el("summary", count(len(warnings), "avertissement"))
        return el("details", heading, el("ul", *items), class_="avertissements")

    def _dossier(self) -> Html:
        """Where the work stands, what the file is about, and what can be done with it."""
        return el(
            "section",
            el("h2", "Le dossier", id="dossier"),
            el("p", _to_see(self.checklist)),
            el("ul", "", id="comptes", class_="comptes"),
            el(
                "div",
                _field(
                    "auditeur", "Vos initiales", void("input", id="auditeur", type="text", autocomplete="off")
                ),
                _field("notification", "Écarts notifiés à l’organisme le", _date("notification")),
                class_="champs",
            ),
            el(
                "div",
                el("button", "Exporter les constats", id="exporter", type="button", class_="premier"),
                el("label", "Importer des constats", for_="fichier", class_="bouton"),
                void("input", id="fichier", type="file", accept=".json,application/json"),
                el("button", "Tout effacer", id="effacer", type="button"),
                class_="actions",
            ),
            el("div", "", id="refus", class_="alerte", role="alert", tabindex="-1", hidden=""),
            el(
                "p",
                prose(
                    "Ce qui est saisi reste dans ce navigateur : rien n’est envoyé. L’export donne un fichier"
                    " JSON que lit le programme ; l’import reprend un tel fichier."
                ),
                class_="aide",
            ),
            aria_labelledby="dossier",
            class_="dossier",
        )

    def _search(self) -> Html:
        return el(
            "div",
            _field(
                "critere", "Critère", el("select", el("option", "Tous les critères", value=""), id="critere")
            ),
            _field("texte", "Chercher", void("input", id="texte", type="search", autocomplete="off")),
            el(
                "label", void("input", id="reste", type="checkbox"), " Reste à faire seulement", class_="case"
            ),
            el("p", "", id="affichees", role="status"),
            el("button", "Retirer ce qui est fait", id="rafraichir", type="button", hidden=""),
            class_="filtres",
            role="search",
            aria_label="Filtrer les lignes",
        )

    def _line(self, ligne: Ligne) -> Html:
        """A line: its texts, then its fields; what is not to be seen at this audit is folded."""
        label = of_label(self.checklist, ligne.indicateur.origine)
        fields = [self._fields(ligne)] if fillable(self.checklist, ligne) else []
        groups = blocks(self.checklist, ligne)
        first = [self._block(bloc) for bloc in groups if bloc.titre in _FIRST]
        rest = [self._block(bloc) for bloc in groups if bloc.titre not in _FIRST]
        if ligne.etat in _DUE:
            more = _fold("Preuves, précisions et notes", el("div", *rest, class_="blocs")) if rest else None
            texts = el("div", *first, self._why(ligne), class_="blocs")
            body = el("div", el("div", self._requirement(ligne), texts, more), *fields, class_="corps")
        else:
            summary = "Motifs, textes, et saisie pour revenir sur cet état" if fields else "Motifs et textes"
            texts = el("div", self._why(ligne), *first, *rest, class_="blocs")
            body = el("div", _fold(summary, self._requirement(ligne), texts, *fields), class_="corps")
        return el(
            "article",
            self._line_head(ligne),
            body,
            class_=f"ligne {ligne.etat}{' label' if label else ''}",
            aria_labelledby=line_anchor(ligne),
            data_ligne=str(self.rang[ligne.indicateur.id]),
        )

    def _fields(self, ligne: Ligne) -> Html:
        rang = self.rang[ligne.indicateur.id]
        annotations = [
            _choice("checkbox", f"annotation-{rang}", a.id, prose(a.titre), "annotations")
            for a in self.checklist.referentiel.annotations.values()
            if self._shows("Annotation")
        ]
        reversal = ligne.etat not in _DUE
        comment = f"Note{INSECABLE}: pourquoi revenir sur cet état" if reversal else "Commentaire"
        return el(
            "div",
            self._reversal_help() if reversal else None,
            el(
                "fieldset",
                el("legend", "Constat"),
                _choice("radio", f"constat-{rang}", A_EVALUER, "À évaluer", "constat"),
                *(
                    _choice("radio", f"constat-{rang}", c, finding(self.checklist, c), "constat")
                    for c in ligne.constats_permis
                ),
                class_="choix",
            ),
            _area(rang, "commentaire", comment, ""),
            el("p", "", class_="manque", id=f"manque-{rang}"),
            _area(rang, "preuves_vues", "Preuves vues", "une référence par ligne")
            if self._shows("Preuves vues")
            else None,
            el("fieldset", el("legend", "Annotations"), *annotations, class_="choix")
            if annotations
            else None,
            _area(rang, "echantillons", "Échantillons", "un identifiant par ligne")
            if self._shows("Échantillon")
            else None,
            *(
                _area(rang, f"complements.{cle}", title, "")
                for cle, title in emetteur.columns(self.checklist).items()
            ),
            self._signed(rang),
            class_="saisie",
            role="group",
            aria_labelledby=line_anchor(ligne),
        )

    def _signed(self, rang: int) -> Html | None:
        """By whom and when, as far as the body shows them."""
        fields = [
            _field(f"par-{rang}", "Évalué par", _text(f"par-{rang}", "evalue_par"))
            if self._shows("Évalué par")
            else None,
            _field(f"le-{rang}", "Évalué le", _date(f"le-{rang}", "evalue_le"))
            if self._shows("Évalué le")
            else None,
        ]
        return el("div", *fields, class_="champs") if any(fields) else None

    def _shows(self, column: str) -> bool:
        return emetteur.shows(self.checklist, column)

    def _reversal_help(self) -> Html:
        return el(
            "p",
            "Un fait déclaré met cette ligne hors de l’audit. Si ce qui est vu sur place le contredit,"
            " porter un constat, avec une note.",
            class_="aide",
        )


def _bar() -> Html:
    """What stays in sight: how much is done, whether it is saved, and the way to the next line."""
    return el(
        "div",
        el("p", "", id="avancement"),
        el("progress", "", id="jauge", value="0", max="1", aria_labelledby="avancement"),
        el("p", "", id="etat", role="status"),
        el("button", "Ligne suivante", id="suivante", type="button"),
        class_="barre",
        role="region",
        aria_label="Avancement",
    )


def _to_see(checklist: Checklist) -> str:
    counts = (f"{checklist.compteurs[etat]}{INSECABLE}{SIGNES[etat].mot}" for etat in ETATS if etat in _DUE)
    return f"Lignes à évaluer{INSECABLE}: {', '.join(counts)}."


def _area(rang: int, champ: str, words: str, hint: str) -> Html:
    place = f"{champ}-{rang}"
    label = [words, el("span", f" ({hint})", class_="aide")] if hint else [words]
    described = {"aria_describedby": f"manque-{rang}"} if champ == "commentaire" else {}
    area = el("textarea", "", id=place, rows="2", autocomplete="off", data_champ=champ, **described)
    return el("div", el("label", *label, for_=place), area, class_="champ")


def _text(place: str, champ: str) -> Html:
    return void("input", id=place, type="text", autocomplete="off", data_champ=champ)


def _date(place: str, champ: str = "") -> Html:
    named = {"data_champ": champ} if champ else {}
    return void("input", id=place, type="date", autocomplete="off", **named)
