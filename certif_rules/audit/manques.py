"""What a complete report has and that was not given: it is named, never filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import AvisRendu, DecisionPrise
from certif_rules.audit.conclusion import Bilan, Conclusion
from certif_rules.audit.constats import PLAN_ACCEPTE, PLAN_RECU, Releve
from certif_rules.audit.contenu import Ecart, LigneVue, Manque, PointVu
from certif_rules.audit.procedure import ActeSuivi, follow_up, name_of, word_meant, word_of
from certif_rules.audit.recevabilite import rests_on_nothing
from certif_rules.francais import noun

#: What follows a gap, in the order of its sheet, and what each is called.
SUIVI: Mapping[str, str] = {
    "enonce": "énoncé",
    "causes": "causes",
    "correction": "correction",
    "action_corrective": "action corrective",
    "preuve": "preuve",
    PLAN_RECU: "plan reçu le",
    PLAN_ACCEPTE: "plan accepté le",
}
#: Parts that a complete report has, by key, and what each is called. Good practices are optional.
PARTIES: Mapping[str, str] = {
    "objectifs": "objectifs de l’audit",
    "seances": "séances : jours, lieux, mode",
    "personnes": "personnes par rôle",
    "echantillons": "échantillons examinés",
    "zones_non_couvertes": "zones non couvertes",
    "ecarts_au_plan": "écarts au plan d’audit",
    "desaccords": "désaccords non levés",
    "diffusion": "diffusion du rapport",
    "confidentialite": "confidentialité",
    "suites": "suites et prochaines dates",
}


def missing(
    bilan: Bilan, vues: tuple[LigneVue, ...], points: tuple[PointVu, ...], ecarts: tuple[Ecart, ...]
) -> Iterator[Manque]:
    """Yield everything that was not given, in the order of a report."""
    checklist, compte_rendu = bilan.checklist, bilan.dossier.compte_rendu
    contexte = checklist.contexte
    for given, name, champ in (
        (contexte.organisme.nom, "nom de l’organisme", "organisme.nom"),
        (contexte.organisme.sites, "sites de l’organisme", "organisme.sites"),
        (contexte.mode, "mode de l’audit : sur site, à distance", "audit.mode"),
    ):
        if not given:
            yield Manque("Champ", name, champ)
    for cle, name in PARTIES.items():
        if getattr(compte_rendu, cle) is None:
            yield Manque("Rapport", name, cle)
    yield from _missing_earlier(bilan)
    yield from _missing_lines(bilan, vues)
    yield from _missing_points(points)
    if bilan.dossier.notifie_le is None and ecarts:
        yield Manque("Écarts", "jour où les écarts ont été notifiés", "ecarts_notifies_le")
    yield from _missing_follow_up(ecarts)
    yield from _missing_acts(bilan)


def _missing_follow_up(ecarts: tuple[Ecart, ...]) -> Iterator[Manque]:
    """Yield what follows each gap and was not given, the gaps that lack the same put together."""
    lacking: dict[tuple[str, ...], list[Ecart]] = {}
    for ecart in ecarts:
        given = {cle for cle, texte in ecart.releve.ecart.items() if texte.strip()}
        if ecart.releve.commentaire:
            given.add("enonce")
        names = tuple(name for cle, name in SUIVI.items() if cle not in given)
        lacking.setdefault(names, []).append(ecart)
    for names, alike in lacking.items():
        if names:
            yield Manque("Écarts", f"{', '.join(_named(alike))} : {', '.join(names)}", "ecart")


def _named(ecarts: list[Ecart]) -> Iterator[str]:
    """Yield the gaps by number, lines then checks."""
    for singulier, numeros in (
        ("ligne", [e.numero for e in ecarts if e.ligne is not None]),
        ("vérification", [e.numero for e in ecarts if e.point is not None]),
    ):
        if numeros:
            yield f"{noun(len(numeros), singulier)} {', '.join(numeros)}"


def _missing_earlier(bilan: Bilan) -> Iterator[Manque]:
    """Yield the earlier audit, where this type of audit may have one, and what changed since."""
    checklist, compte_rendu = bilan.checklist, bilan.dossier.compte_rendu
    contexte = checklist.contexte
    type_audit = checklist.type_audit
    if contexte.precedent is None:
        asked = any(m.code == "precedent_inconnu" for ligne in checklist.lignes for m in ligne.motifs)
        if asked or type_audit.precedents:
            yield Manque("Audit précédent", "audit précédent et ses constats", "precedent")
        return
    if contexte.precedent.constats is None:
        yield Manque("Audit précédent", "constats de l’audit précédent", "precedent")
    if lacks_earlier_checks(checklist):
        yield Manque("Audit précédent", "vérifications hors indicateurs de l’audit précédent", "precedent")
    if compte_rendu.changements is None:
        yield Manque("Rapport", "changements depuis l’audit précédent", "changements")


def lacks_earlier_checks(checklist: Checklist) -> bool:
    """Return whether the earlier audit made checks whose results are not given; where its type is not, no."""
    precedent = checklist.contexte.precedent
    if precedent is None or precedent.verifications:
        return False
    types = checklist.referentiel.types_audit.values()
    return any(t.verifications for t in types if t.code == precedent.type)


def _missing_lines(bilan: Bilan, vues: tuple[LigneVue, ...]) -> Iterator[Manque]:
    def numbers(lines: list[LigneVue]) -> str:
        return ", ".join(vue.ligne.indicateur.numero for vue in lines)

    due = [vue for vue in vues if vue.ligne.etat == "a_auditer" and vue.constat is None]
    unsettled = [vue for vue in vues if vue.ligne.etat == "a_confirmer" and vue.constat is None]
    bare = [
        vue
        for vue in vues
        if vue.constat and not vue.out_of_scope(bilan.checklist) and not _evidence(vue.releve)
    ]
    releves = {vue.ligne.indicateur.id: vue.releve for vue in vues if vue.releve is not None}
    unread = [vue for vue in vues if rests_on_nothing(bilan.checklist, vue.ligne, releves)]
    for lines, words in (
        (due, "lignes à évaluer"),
        (unsettled, "lignes à confirmer, sans constat"),
        (bare, "constats sans preuve notée"),
        (unread, "constats sans le texte sur lequel ils reposent (document, page)"),
    ):
        if lines:
            yield Manque("Constats", f"{words} : {numbers(lines)}", "constats")


def _missing_points(points: tuple[PointVu, ...]) -> Iterator[Manque]:
    left = [f"{vu.numero}, {vu.point.texte.rstrip('.')}" for vu in points if vu.resultat is None]
    bare = [vu.numero for vu in points if vu.resultat is not None and not _evidence(vu.releve)]
    if left:
        yield Manque("Vérifications", f"à faire : {' ; '.join(left)}", "verifications")
    if bare:
        yield Manque("Vérifications", f"sans preuve notée : {', '.join(bare)}", "verifications")


def _evidence(releve: Releve | None) -> bool:
    return releve is not None and bool(releve.preuves_vues or any(vu.preuves_vues for vu in releve.par_site))


def _missing_acts(bilan: Bilan) -> Iterator[Manque]:
    evaluation = bilan.dossier.compte_rendu.evaluation
    decisions = bilan.dossier.compte_rendu.decision
    if evaluation is None:
        yield Manque("Évaluation", "par qui, quel jour, ce qui est recommandé", "evaluation")
    else:
        parts = (evaluation.par, evaluation.le, evaluation.recommandation)
        yield from _lacking(
            "evaluation", "Évaluation", ("par qui", "quel jour", "ce qui est recommandé"), parts
        )
    yield from _missing_opinions(bilan)
    if not decisions:
        yield Manque("Décision", "par qui, quel jour, ce qui est décidé", "decision")
    for decision in decisions or ():
        if other_than_called_for(bilan, decision) and not decision.motif:
            yield Manque("Décision", "motif d’une décision que les constats n’appellent pas", "decision")
        given = (decision.par or decision.instance, decision.le, decision.decision)
        yield from _lacking("decision", "Décision", ("par qui", "quel jour", "ce qui est décidé"), given)
    for suivi in follow_up(bilan.procedure, bilan.dossier.compte_rendu):
        if suivi.role == "notifie" and _lacks_day(suivi):
            words = ", ".join(filter(None, (name_of(bilan.procedure, suivi), "quel jour")))
            yield Manque("Notification", words, "notification")


def _lacking(
    champ: str, rubrique: str, names: tuple[str, ...], values: tuple[object, ...]
) -> Iterator[Manque]:
    """Yield, in one entry, the names of the values that are not given."""
    left = [name for name, value in zip(names, values, strict=True) if not value]
    if left:
        yield Manque(rubrique, ", ".join(left), champ)


def _missing_opinions(bilan: Bilan) -> Iterator[Manque]:
    """Yield the opinions called for that are not recorded, and what those recorded do not say."""
    for suivi in follow_up(bilan.procedure, bilan.dossier.compte_rendu):
        if suivi.role == "donne_avis":
            parts = ["quel jour"] if _lacks_day(suivi) else []
            sure = suivi.prevu is None or suivi.prevu.certain
            parts += ["dans quel sens"] if sure and (suivi.rendu is None or not word_of(suivi.rendu)) else []
            if parts:
                words = ", ".join(filter(None, (name_of(bilan.procedure, suivi), *parts)))
                yield Manque("Avis", words, "avis")


def _lacks_day(suivi: ActeSuivi) -> bool:
    """Return whether an act that is called for, or recorded, has no day yet."""
    if suivi.rendu is None:
        return suivi.prevu is not None and suivi.prevu.certain
    return suivi.rendu.le is None


def other_than_called_for(bilan: Bilan, acte: AvisRendu | DecisionPrise) -> Conclusion | None:
    """Return the conclusion that an act departs from; ``None`` where they agree or cannot be compared.

    Only a settled conclusion is compared: with a declared word that says which decisions of the judgement it
    agrees with, else with a decision written as one of their codes.
    """
    word = word_meant(bilan.procedure, acte)
    for conclusion in bilan.conclusions:
        jugement = bilan.checklist.referentiel.jugements.get(conclusion.objet)
        if jugement is None or conclusion.decision is None or acte.objet not in (None, conclusion.objet):
            continue
        if word is not None:
            own = conclusion.objet == bilan.procedure.objet
            if own and word.regles and conclusion.decision not in word.regles:
                return conclusion
            continue
        codes = {declared.code for declared in jugement.decisions}
        if isinstance(acte, DecisionPrise) and acte.decision in codes - {conclusion.decision}:
            return conclusion
    return None
