"""The checklist as a form to fill on site: one HTML file, no server, nothing fetched.

The page is that of ``html`` with fields on the lines that may receive a finding. ``checklist.js`` keeps
what is typed in the browser, and reads and writes the findings file.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from certif_rules import colonnes
from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne, Point, point_key, point_numbers
from certif_rules.audit.constats import A_EVALUER, must_explain, needs_comment
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.colonnes import Colonne
from certif_rules.documents import emetteur
from certif_rules.documents.checklist.fiche import Alinea, Bloc, blocks
from certif_rules.documents.checklist.html import line_anchor
from certif_rules.documents.formats.balises import Html, el, void
from certif_rules.documents.mots import DONNEES_SENSIBLES, SIGNES, finding, groups, of_label
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.echanges import checklist as json_
from certif_rules.formulaires import champs
from certif_rules.formulaires.champs import canonical
from certif_rules.formulaires.page import PageFormulaire
from certif_rules.francais import count
from certif_rules.noms import nom_de_fichier
from certif_rules.rules.motifs import ETATS, Etat

_SCRIPT: Final = Path(__file__).with_name("checklist.js")
_DUE: Final = frozenset({"a_auditer", "a_confirmer"})
#: The section of the checks, among the annexes of the page.
_CHECKS: Final = "verifications"

#: Blocks of a line that an auditor reads before anything else; the others are folded on a telephone.
_FIRST: Final = frozenset(
    {DONNEES_SENSIBLES, "Constat précédent", "Niveau attendu", "Gravité d’un écart", "Absent des sources"}
)


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as a UTF-8 HTML form that stands alone. Same checklist, same bytes."""
    return _Formulaire(checklist).render()


def donnees(checklist: Checklist) -> dict[str, Any]:
    """Return what the script needs to know: the head of the findings file, and what each line may receive.

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
        "champs": [{"nom": c.champ, "genre": c.genre, "signature": c.signature} for c in colonnes.CHAMPS],
        "cle": sha256(canonical(same).encode("ascii")).hexdigest(),
        "complements": list(emetteur.columns(checklist)),
        "constats": [{"id": c, "titre": finding(checklist, c)} for c in checklist.referentiel.constats],
        "resultats": [{"id": r, "titre": words} for r, words in MOTS_RESULTATS.items()]
        if checklist.verifications
        else [],
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
        ]
        + [
            {
                "id": point_key(point),
                "verification": point.id,
                "numero": point_numbers(checklist)[point_key(point)],
                "etat": "a_auditer" if point.certain else "a_confirmer",
                "constats": list(MOTS_RESULTATS),
                "a_motiver": [NON_SATISFAITE] if must_explain(checklist, point) else [],
                "saisie": True,
            }
            for point in checklist.verifications
        ],
        "nom_de_fichier": f"{name}.json",
        "tete": tete,
    }


def fillable(checklist: Checklist, ligne: Ligne) -> bool:
    """Say whether the auditor has a choice on ``ligne``: it may be due, or out by a fact."""
    if ligne.etat in _DUE:
        return bool(ligne.constats_permis)
    declared = checklist.referentiel.constats
    return any(c in declared and not declared[c].hors_portee for c in ligne.constats_permis)


class _Formulaire(PageFormulaire):
    """The page with fields. Line ``n`` of the script is that of the checklist; checks come after."""

    nature = "Formulaire d’audit"

    def __init__(self, checklist: Checklist) -> None:
        super().__init__(checklist, _SCRIPT)
        self.rang = {ligne.indicateur.id: rang for rang, ligne in enumerate(checklist.lignes)}

    def _title(self) -> str:
        return f"Formulaire – {super()._title()}"

    def donnees(self) -> dict[str, Any]:
        return donnees(self.checklist)

    def _main(self) -> Html:
        return el(
            "main",
            self._alert(),
            self._dossier(),
            self._filters("Reste à faire seulement"),
            self._warnings(),
            self._lines(),
            self._context(),
            *(self._annex(place, heading) for place, heading in self._annexes() if place != _CHECKS),
        )

    def _lines(self) -> Html:
        """Return the lines, then the checks: both are filled, counted and filtered alike."""
        criteria = (self._criterion(critere, lignes) for critere, lignes in groups(self.checklist))
        first = len(self.checklist.lignes)
        checks = [self._check(p, rang) for rang, p in enumerate(self.checklist.verifications, start=first)]
        heading = dict(self._annexes()).get(_CHECKS)
        section = (
            el(
                "section",
                el("div", el("h2", heading, id=_CHECKS), class_="critere"),
                *checks,
                aria_labelledby=_CHECKS,
            )
            if heading
            else None
        )
        return el("div", *criteria, section, id="indicateurs", tabindex="-1")

    def _check(self, point: Point, rang: int) -> Html:
        key = point_key(point)
        place = f"verification-{point.id}"
        state: Etat = "a_auditer" if point.certain else "a_confirmer"
        words = "à vérifier" if point.certain else "à confirmer"
        sign = el("span", SIGNES[state].symbole, aria_hidden="true")
        fails = finding(self.checklist, point.constat) if point.constat else "aucun constat déclaré"
        beside = [Alinea(texte=f"{fails} (conclusion de {clean(point.compte_pour)})", sources=point.sources)]
        note = [Alinea(texte=prose(point.note))] if point.note and not point.certain else []
        texts = [
            self._block(Bloc(titre=titre, elements=tuple(elements)))
            for titre, elements in (("À défaut", beside), ("À confirmer", note))
            if elements
        ]
        head = el(
            "h3",
            el("span", point_numbers(self.checklist)[key], class_="numero"),
            " ",
            el("span", prose(point.texte), class_="enonce"),
            id=place,
        )
        side = el("div", el("p", el("span", sign, f" {words}", class_=f"etat {state}")), class_="cote")
        fields = self._controls(rang, place, MOTS_RESULTATS, "Résultat", "Commentaire", None)
        return el(
            "article",
            el("div", head, side, class_="tete"),
            el("div", el("div", el("div", *texts, class_="blocs")), fields, class_="corps"),
            class_=f"ligne {state}",
            aria_labelledby=place,
            data_ligne=str(rang),
        )

    def _dossier(self) -> Html:
        """Return where the work stands, what the file is about, and what can be done with it."""
        initials = void("input", id="auditeur", type="text", autocomplete="off")
        top = (
            el("p", _to_see(self.checklist)),
            el("ul", "", id="comptes", class_="comptes"),
            el(
                "div",
                champs.field("auditeur", "Vos initiales", initials),
                champs.field("notification", "Écarts notifiés à l’organisme le", champs.date("notification")),
                class_="champs",
            ),
        )
        words = "L’export donne un fichier JSON que lit le programme ; l’import reprend un tel fichier."
        return self._file("Le dossier", "constats", words, top)

    def _line(self, ligne: Ligne) -> Html:
        """Return a line: its texts, then its fields; what is not to be seen at this audit is folded."""
        label = of_label(self.checklist, ligne.indicateur.origine)
        fields = [self._fields(ligne)] if fillable(self.checklist, ligne) else []
        groups = blocks(self.checklist, ligne)
        first = [self._block(bloc) for bloc in groups if bloc.titre in _FIRST]
        rest = [self._block(bloc) for bloc in groups if bloc.titre not in _FIRST]
        if ligne.etat in _DUE:
            more = (
                champs.fold("Preuves, précisions et notes", el("div", *rest, class_="blocs"))
                if rest
                else None
            )
            texts = el("div", *first, self._why(ligne), class_="blocs")
            body = el("div", el("div", self._requirement(ligne), texts, more), *fields, class_="corps")
        else:
            summary = "Motifs, textes, et saisie pour revenir sur cet état" if fields else "Motifs et textes"
            texts = el("div", self._why(ligne), *first, *rest, class_="blocs")
            body = el("div", champs.fold(summary, self._requirement(ligne), texts, *fields), class_="corps")
        return el(
            "article",
            self._line_head(ligne),
            body,
            class_=f"ligne {ligne.etat}{' label' if label else ''}",
            aria_labelledby=line_anchor(ligne),
            data_ligne=str(self.rang[ligne.indicateur.id]),
        )

    def _fields(self, ligne: Ligne) -> Html:
        reversal = ligne.etat not in _DUE
        comment = f"Note{INSECABLE}: pourquoi revenir sur cet état" if reversal else "Commentaire"
        choices = {c: finding(self.checklist, c) for c in ligne.constats_permis}
        return self._controls(
            self.rang[ligne.indicateur.id],
            line_anchor(ligne),
            choices,
            "Constat",
            comment,
            self._reversal_help() if reversal else None,
        )

    def _controls(
        self,
        rang: int,
        heading: str,
        choices: Mapping[str, str],
        legend: str,
        comment: str,
        help_: Html | None,
    ) -> Html:
        """Return what is filled of the line ``rang``; ``choices`` are its findings."""
        annotations = [
            champs.choice("checkbox", f"annotation-{rang}", a.id, prose(a.titre), "annotations")
            for a in self.checklist.referentiel.annotations.values()
            if self._shows(colonnes.ANNOTATION)
        ]
        return el(
            "div",
            help_,
            el(
                "fieldset",
                el("legend", legend),
                champs.choice("radio", f"constat-{rang}", A_EVALUER, "À évaluer", "constat"),
                *(
                    champs.choice("radio", f"constat-{rang}", c, words, "constat")
                    for c, words in choices.items()
                ),
                class_="choix",
            ),
            champs.area(rang, colonnes.COMMENTAIRE.champ, comment, asked=True),
            el("p", "", class_="manque", id=f"manque-{rang}"),
            *(self._field(rang, colonne, annotations) for colonne in colonnes.CHAMPS),
            *(
                champs.area(rang, f"complements.{cle}", title)
                for cle, title in emetteur.columns(self.checklist).items()
            ),
            self._signed(rang),
            class_="saisie",
            role="group",
            aria_labelledby=heading,
        )

    def _signed(self, rang: int) -> Html | None:
        """Return by whom and when, as far as the body shows them."""
        fields = []
        for colonne in colonnes.CHAMPS:
            if colonne.signature and self._shows(colonne):
                place, control = (
                    f"{colonne.champ}-{rang}",
                    champs.date if colonne.genre == "jour" else champs.text,
                )
                fields.append(champs.field(place, colonne.titre, control(place, colonne.champ)))
        return el("div", *fields, class_="champs") if fields else None

    def _field(self, rang: int, colonne: Colonne, annotations: list[Html]) -> Html | None:
        """Return the field of a column that has no place of its own in the page."""
        apart = (colonnes.CONSTAT, colonnes.COMMENTAIRE)
        if colonne in apart or colonne.signature or not self._shows(colonne):
            return None
        words = colonne.libelle[:1].upper() + colonne.libelle[1:]
        if colonne.genre == "annotations":
            return el("fieldset", el("legend", words), *annotations, class_="choix") if annotations else None
        if colonne.genre == "jour":
            place = f"{colonne.champ}-{rang}"
            return champs.field(place, words, champs.date(place, colonne.champ))
        return champs.area(rang, colonne.champ, words, colonne.indication)

    def _shows(self, colonne: Colonne) -> bool:
        return emetteur.shows(self.checklist, colonne.titre)

    def _reversal_help(self) -> Html:
        return el(
            "p",
            "Un fait déclaré met cette ligne hors de l’audit. Si ce qui est vu sur place le contredit,"
            " porter un constat, avec une note.",
            class_="aide",
        )


def _to_see(checklist: Checklist) -> str:
    counts = [f"{checklist.compteurs[etat]}{INSECABLE}{SIGNES[etat].mot}" for etat in ETATS if etat in _DUE]
    if checklist.verifications:
        counts.append(count(len(checklist.verifications), "vérification"))
    return f"Lignes à évaluer{INSECABLE}: {', '.join(counts)}."
