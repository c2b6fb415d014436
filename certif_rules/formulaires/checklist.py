"""The checklist as a form to fill on site: one HTML file, no server, nothing fetched.

The page is that of ``html`` with fields on the lines that may receive a finding. ``checklist.js`` keeps
what is typed in the browser, and reads and writes the findings file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from certif_rules import colonnes
from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne, Point, point_key, point_numbers
from certif_rules.audit.compte_rendu import CLES
from certif_rules.audit.constats import A_EVALUER
from certif_rules.audit.correction import Correction
from certif_rules.audit.deduction import rule_of
from certif_rules.audit.recevabilite import lacks_text, levels_after_lifting, must_explain, needs_comment
from certif_rules.audit.sites import ECARTS_DE_VERIFICATION, NOMS, gaps_of
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.colonnes import Colonne
from certif_rules.documents import emetteur
from certif_rules.documents.checklist import composition
from certif_rules.documents.checklist import lignes as lignes_
from certif_rules.documents.formats.balises import Html, el, void
from certif_rules.documents.mots import (
    DONNEES_SENSIBLES,
    FORMES,
    SIGNES,
    earlier_check,
    finding,
    lines_in,
    marked,
    shape_failed,
    title,
    weighed,
)
from certif_rules.documents.rubriques import MOTS_RESULTATS
from certif_rules.echanges import checklist as json_
from certif_rules.echanges.constats import as_data
from certif_rules.formulaires import champs
from certif_rules.formulaires.champs import canonical
from certif_rules.formulaires.page import PageFormulaire
from certif_rules.francais import count
from certif_rules.noms import nom_de_fichier
from certif_rules.rules.motifs import ETATS

#: What this form runs: how files are joined, how the page shows what is left to settle, then the form itself.
_SCRIPTS: Final = tuple(
    Path(__file__).with_name(name) for name in ("reunion.js", "accords.js", "checklist.js")
)
#: The section of the checks, filled as the lines are.
_CHECKS: Final = "verifications"
#: Characters of a title: a line takes less than a telephone until it is unfolded.
_TITRE: Final = 75

#: Texts of a line that an auditor reads first, once they are unfolded.
_FIRST: Final = frozenset({"Constat précédent", "Niveau attendu", "Gravité d’un écart", "Absent des sources"})


def render(checklist: Checklist) -> bytes:
    """Return ``checklist`` as a UTF-8 HTML form that stands alone. Same checklist, same bytes."""
    return _Formulaire(checklist).render()


def render_filled(correction: Correction) -> bytes:
    """Return the form of a corrected context, which starts from the findings that were carried to it."""
    checklist = correction.checklist
    reprise = as_data(correction.dossier)
    known = donnees(checklist)
    # What a browser recorded for the same audit, started empty, is another work.
    cle = sha256(canonical([known["cle"], reprise]).encode("ascii")).hexdigest()
    start = {"depart": reprise["depart"]} if "depart" in reprise else {}
    filled = {**known, "cle": cle, "tete": {**known["tete"], **start}, "reprise": reprise}
    return _Formulaire(checklist, filled).render()


def compose(checklist: Checklist) -> b.Document:
    """Return what the form says: the lines come first, and the checks with them."""
    annexes = {annexe.ancre: annexe for annexe in composition.annexes(checklist)}
    checks = annexes.pop(_CHECKS, None)
    numbers = point_numbers(checklist)
    filled = [
        replace(
            part,
            genre="critere",
            blocs=tuple(_check(checklist, p, numbers[point_key(p)]) for p in checklist.verifications),
        )
        for part in ([checks] if checks else [])
    ]
    whole = composition.sectioned(
        checklist,
        "Formulaire d’audit",
        (
            *composition.warned(checklist),
            *composition.criteria(checklist, _line),
            *filled,
            composition.context(checklist),
            *annexes.values(),
        ),
    )
    return replace(whole, sujet=f"Formulaire – {whole.sujet}")


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
        "constats": [
            {"id": c, "titre": finding(checklist, c), "hors_portee": declared.hors_portee}
            for c, declared in checklist.referentiel.constats.items()
        ],
        "libelles": {**NOMS, **{c.champ: c.titre for c in colonnes.ECARTS if c.champ.startswith("ecart.")}}
        | {f"complements.{cle}": titre for cle, titre in emetteur.columns(checklist).items()},
        "rapport": list(CLES),
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
                "ecarts": sorted(gaps_of(checklist, ligne)),
                "sans_texte": lacks_text(ligne),
                **_awaited(checklist, ligne),
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
                "ecarts": sorted(ECARTS_DE_VERIFICATION),
                "sans_texte": False,
            }
            for point in checklist.verifications
        ],
        "nom_de_fichier": f"{name}.json",
        "tete": tete,
    }


def _awaited(checklist: Checklist, ligne: Ligne) -> dict[str, list[str]]:
    """Return the sites that the rule of a line waits for; nothing where the auditor chooses."""
    regle = rule_of(checklist, ligne)
    if regle is None:
        return {}
    return {"attend": list(checklist.plusieurs_sites) if regle.sites == "tous" else []}


def fillable(checklist: Checklist, ligne: Ligne) -> bool:
    """Say whether the auditor has a choice on ``ligne``: it may be due, or out by a fact."""
    if ligne.etat in lignes_.DUS:
        return bool(ligne.constats_permis)
    declared = checklist.referentiel.constats
    return any(c in declared and not declared[c].hors_portee for c in ligne.constats_permis)


def _line(checklist: Checklist, ligne: Ligne) -> b.Article:
    """Return a line: a requirement that stands as the title is cut short there and unfolds with the texts."""
    whole = lignes_.article(checklist, ligne)
    if ligne.indicateur.titre is not None or ligne.indicateur.exigence is None:
        return whole
    return replace(whole, titre=title(ligne, _TITRE), enonce=lignes_.requirement(ligne.indicateur))


def _check(checklist: Checklist, point: Point, numero: str) -> b.Article:
    """Return a check as a line: what its failure is worth, what is to confirm."""
    state = SIGNES["a_auditer" if point.certain else "a_confirmer"]
    fails = finding(checklist, point.constat) if point.constat else "aucun constat déclaré"
    beside = marked(f"{fails} (conclusion de {clean(point.compte_pour)})", point.sources)
    texts = [b.Rubrique(titre="À défaut", elements=(beside,))]
    if point.note and not point.certain:
        texts.append(b.Rubrique(titre="À confirmer", elements=(prose(point.note),)))
    before = earlier_check(checklist, point)
    if before:
        texts.append(b.Rubrique(titre="Audit précédent", elements=tuple(before)))
    return b.Article(
        numero=numero,
        titre=prose(point.texte),
        etat=replace(state, mot="à vérifier") if point.certain else state,
        rubriques=tuple(texts),
        ancre=f"verification-{point.id}",
    )


class _Formulaire(PageFormulaire):
    """A form is the page with fields; line ``n`` of the script is the checklist's, checks come after."""

    def __init__(self, checklist: Checklist, known: dict[str, Any] | None = None) -> None:
        self.checklist = checklist
        self.lignes = {lignes_.place(ligne): ligne for ligne in checklist.lignes}
        checks = [f"verification-{point.id}" for point in checklist.verifications]
        rangs = {place: rang for rang, place in enumerate([*self.lignes, *checks])}
        super().__init__(compose(checklist), _SCRIPTS, known or donnees(checklist), rangs)

    def dossier(self) -> Html:
        """Return where the work stands, what the file is about, and what can be done with it."""
        initials = void("input", id="auditeur", type="text", autocomplete="off")
        sites = self.checklist.plusieurs_sites
        top = (
            el("p", _to_see(self.checklist)),
            el("ul", "", id="comptes", class_="comptes"),
            el(
                "div",
                champs.field("auditeur", "Vos initiales", initials),
                champs.field("notification", "Écarts notifiés à l’organisme le", champs.date("notification")),
                champs.field("site", "Site où vous êtes", champs.sites("site", sites)) if sites else None,
                class_="champs",
            ),
            el("div", "", id="accords", tabindex="-1", hidden=""),
        )
        words = (
            "L’export donne un fichier JSON que lit le programme ; l’import réunit un tel fichier avec ce"
            " qui est saisi, et ne remplace rien."
        )
        return self.file("Le dossier", words, top)

    def corps(self, bloc: b.Article) -> Html:
        """Return the fields of a line, then its texts; what is not to be seen at this audit is folded."""
        ligne = self.lignes.get(bloc.ancre)
        if ligne is None:
            return el("div", self._check(bloc), el("div", self.rubriques(bloc.rubriques)), class_="corps")
        fields = [self._fields(bloc, ligne)] if fillable(self.checklist, ligne) else []
        why, *texts = (*bloc.rubriques, *bloc.repliees)
        warned = [rubrique for rubrique in texts if rubrique.titre == DONNEES_SENSIBLES]
        first = [rubrique for rubrique in texts if rubrique.titre in _FIRST]
        rest = [rubrique for rubrique in texts if rubrique not in (*warned, *first)]
        read = [self.enonce(bloc), self.rubriques([*first, why, *rest])]
        name = f"⚠ {DONNEES_SENSIBLES}"
        warnings = [champs.fold(name, self.rubriques([replace(w, titre="")])) for w in warned]
        if ligne.etat in lignes_.DUS:
            folded = champs.fold("Exigence, motifs et preuves", *read)
            return el("div", *warnings, *fields, el("div", folded, class_="lire"), class_="corps")
        summary = "Motifs, textes, et saisie pour revenir sur cet état" if fields else "Motifs et textes"
        return el("div", champs.fold(summary, *warnings, *fields, *read), class_="corps")

    def _check(self, bloc: b.Article) -> Html:
        (point,) = (p for p in self.checklist.verifications if f"verification-{p.id}" == bloc.ancre)
        signs = {NON_SATISFAITE: FORMES[shape_failed(self.checklist, point)]}
        return self._controls(bloc, MOTS_RESULTATS, signs, "Résultat", "Commentaire", None, unread=False)

    def _fields(self, bloc: b.Article, ligne: Ligne) -> Html:
        reversal = ligne.etat not in lignes_.DUS
        comment = f"Note{INSECABLE}: pourquoi revenir sur cet état" if reversal else "Commentaire"
        origine = ligne.indicateur.origine
        choices = {c: finding(self.checklist, c) for c in ligne.constats_permis}
        signs = {c: weighed(self.checklist, c, origine) for c in choices}
        help_ = _reversal_help() if reversal else None
        return self._controls(bloc, choices, signs, "Constat", comment, help_, unread=lacks_text(ligne))

    def _controls(
        self,
        bloc: b.Article,
        choices: Mapping[str, str],
        signs: Mapping[str, b.Signe | None],
        legend: str,
        comment: str,
        help_: Html | None,
        *,
        unread: bool,
    ) -> Html:
        """Return what is filled of a line: its finding and why, what was seen, then the rest, folded.

        ``choices`` are its findings; ``signs`` those of them that are gaps, with the sign of their gravity;
        ``unread``: nobody gives the text of the line.
        """
        rang, appui = self.rangs[bloc.ancre], colonnes.APPUI
        options = {A_EVALUER: "À évaluer", **choices}
        shown = list(self._columns())
        seen = [colonne for colonne in shown if colonne is colonnes.PREUVES_VUES]
        added = emetteur.columns(self.checklist).items()
        more = [*(self._field(rang, colonne) for colonne in shown if colonne not in seen), self._signed(rang)]
        follow_up = [self._field(rang, c) for c in colonnes.SUITE if emetteur.shows(self.checklist, c.titre)]
        return el(
            "div",
            help_,
            el(
                "fieldset",
                el("legend", legend),
                *(
                    champs.choice("radio", f"constat-{rang}", c, words, "constat", signs.get(c))
                    for c, words in options.items()
                ),
                class_="choix",
            ),
            champs.area(rang, colonnes.COMMENTAIRE.champ, comment, asked=True),
            champs.area(rang, appui.champ, appui.titre, appui.indication, asked=True) if unread else None,
            el("p", "", class_="manque", id=f"manque-{rang}"),
            *(self._field(rang, colonne) for colonne in seen),
            *(champs.area(rang, f"complements.{cle}", title) for cle, title in added),
            champs.fold("Autres champs", *more),
            el("div", champs.fold("Suite de l’écart et levée", *follow_up), class_="suite", hidden="")
            if any(signs.values())
            else None,
            class_="saisie",
            role="group",
            aria_labelledby=bloc.ancre,
        )

    def _columns(self, *, signature: bool = False) -> Iterator[Colonne]:
        """Yield the columns that have no place of their own in the page, as far as the body shows them."""
        apart = (colonnes.CONSTAT, colonnes.COMMENTAIRE, colonnes.APPUI)
        for colonne in colonnes.CHAMPS:
            shown = emetteur.shows(self.checklist, colonne.titre)
            if shown and colonne not in apart and colonne.signature == signature:
                yield colonne

    def _signed(self, rang: int) -> Html | None:
        """Return by whom and when."""
        fields = []
        for colonne in self._columns(signature=True):
            place = f"{colonne.champ}-{rang}"
            control = champs.date if colonne.genre == "jour" else champs.text
            fields.append(champs.field(place, colonne.titre, control(place, colonne.champ)))
        return el("div", *fields, class_="champs") if fields else None

    def _field(self, rang: int, colonne: Colonne) -> Html | None:
        """Return the field of a column."""
        words = colonne.libelle[:1].upper() + colonne.libelle[1:] or colonne.titre
        if colonne.genre == "annotations":
            boxes = [
                champs.choice("checkbox", f"annotation-{rang}", a.id, prose(a.titre), "annotations")
                for a in self.checklist.referentiel.annotations.values()
            ]
            return el("fieldset", el("legend", words), *boxes, class_="choix") if boxes else None
        place = f"{colonne.champ}-{rang}"
        if colonne.genre == "jour":
            return champs.field(place, words, champs.date(place, colonne.champ))
        if colonne.genre == "site":
            known = self.checklist.plusieurs_sites
            return champs.field(place, words, champs.sites(place, known, colonne.champ))
        if colonne in colonnes.LEVEE:
            levels = {c: finding(self.checklist, c) for c in levels_after_lifting(self.checklist)}
            named = champs.text(place, colonne.champ)
            known_level = champs.options(place, {"": "inconnu", **levels}, colonne.champ)
            return champs.field(place, words, known_level if colonne is colonnes.NIVEAU_LEVE else named)
        return champs.area(rang, colonne.champ, words, colonne.indication)


def _reversal_help() -> Html:
    return el(
        "p",
        "Un fait déclaré met cette ligne hors de l’audit. Si ce qui est vu sur place le contredit,"
        " porter un constat, avec une note.",
        class_="aide",
    )


def _to_see(checklist: Checklist) -> str:
    due = [etat for etat in ETATS if etat in lignes_.DUS]
    counts = [lines_in(etat, checklist.compteurs[etat]) for etat in due]
    if checklist.verifications:
        counts.append(count(len(checklist.verifications), "vérification"))
    return f"Lignes à évaluer{INSECABLE}: {', '.join(counts)}."
