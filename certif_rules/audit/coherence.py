"""What a findings file may not say for a report: days out of order, sites unknown, one person twice.

Evaluation and decision are made by different people, the decision after the evaluation (ISO/IEC 17065,
known by public summaries; see docs/rapport.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import DecisionPrise, Evaluation
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.sites import check_sites
from certif_rules.errors import Issue, Location, suggestion
from certif_rules.francais import without_accents


def check_compte_rendu(checklist: Checklist, dossier: Dossier) -> Iterator[Issue]:
    """Yield everything impossible in what a findings file says for a report."""
    compte_rendu = dossier.compte_rendu
    for seance in compte_rendu.seances or ():
        if seance.debut is not None and seance.fin is not None and seance.fin <= seance.debut:
            message = f"une séance finit à {seance.fin}, pas après son début ({seance.debut})"
            yield Issue("seance-incoherente", message, seance.lieu, "vérifier « debut » et « fin »")
    yield from _sites(checklist, dossier)
    yield from check_sites(checklist, dossier)
    yield from _samples(dossier)
    evaluation = compte_rendu.evaluation
    if evaluation is not None:
        yield from _not_before_audit(checklist, evaluation, "l’évaluation est datée du", "evaluation.le")
    for decision in compte_rendu.decision or ():
        yield from _decision(checklist, dossier, decision)
    yield from _objects(checklist, compte_rendu.decision or ())


def _findings(dossier: Dossier) -> tuple[Releve, ...]:
    return (*dossier.releves, *dossier.verifications)


def same_person(one: str, two: str) -> bool:
    """Return whether two names are written alike but for accents, case, signs and the order of words."""
    return bool(_name(one)) and _name(one) == _name(two)


def _name(text: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"\w+", without_accents(text.casefold()))))


# ---- evaluation and decision ----------------------------------------------------------------------------


def _decision(checklist: Checklist, dossier: Dossier, decision: DecisionPrise) -> Iterator[Issue]:
    evaluation = dossier.compte_rendu.evaluation
    named: Iterable[str] = evaluation.par if evaluation else ()
    evaluators = dict.fromkeys((*named, *(name for r in _findings(dossier) for name in r.signataires)))
    for name in decision.par:
        twice = next((other for other in evaluators if same_person(name, other)), None)
        if twice is not None:
            message = f"« {name} » décide et a évalué (« {twice} »)"
            hint = "la décision est prise par une autre personne ; deux homonymes se distinguent par leur nom"
            yield Issue("decision-par-evaluateur", message, decision.lieu, hint, champ="decision")
    if decision.le is None:
        return
    yield from _not_before_audit(checklist, decision, "la décision est datée du", "decision")
    if evaluation is not None and evaluation.le is not None and decision.le < evaluation.le:
        message = f"la décision ({decision.le}) précède l’évaluation ({evaluation.le})"
        hint = "vérifier les deux dates"
        yield Issue("decision-avant-evaluation", message, decision.lieu, hint, champ="decision")


def _not_before_audit(
    checklist: Checklist, what: Evaluation | DecisionPrise, words: str, champ: str
) -> Iterator[Issue]:
    day = checklist.contexte.date.isoformat()
    if what.le is not None and what.le < day:
        message = f"{words} {what.le}, avant l’audit ({day})"
        hint = "vérifier cette date et celle de l’audit"
        yield Issue("acte-avant-audit", message, what.lieu, hint, champ=champ)


def _objects(checklist: Checklist, decisions: Iterable[DecisionPrise]) -> Iterator[Issue]:
    origines = checklist.referentiel.origines
    seen: dict[str | None, DecisionPrise] = {}
    for decision in decisions:
        if decision.objet is not None and decision.objet not in origines:
            message = f"décision sur « {decision.objet} », qui n’est pas un référentiel de cet audit"
            hint = suggestion(decision.objet, origines, "référentiels")
            yield Issue("objet-inconnu", message, decision.lieu, hint, champ="decision")
        elif decision.objet in seen:
            of = f" sur {decision.objet}" if decision.objet else ""
            message = f"deux décisions{of}"
            hint = "n’en garder qu’une, ou dire leur objet"
            yield Issue("decision-en-double", message, decision.lieu, hint, champ="decision")
        seen.setdefault(decision.objet, decision)


# ---- sites and samples ----------------------------------------------------------------------------------


def _sites(checklist: Checklist, dossier: Dossier) -> Iterator[Issue]:
    """Yield sites that are named and not declared; nothing where the organisation declares none."""
    contexte = checklist.contexte
    declared = {*(str(s["id"]) for s in contexte.organisme.sites), *contexte.ajouts.sites}
    if not declared:
        return
    compte_rendu = dossier.compte_rendu
    named: list[tuple[str | None, Location | None, str]] = [
        *((s.site, s.lieu, "seances") for s in compte_rendu.seances or ()),
        *((e.site, e.lieu, "echantillons") for e in compte_rendu.echantillons or ()),
        *(
            (one.site, one.lieu or r.lieu, f"{key}.{r.ligne}.{'site' if one is r else 'par_site'}")
            for key, releves in (("constats", dossier.releves), ("verifications", dossier.verifications))
            for r in releves
            for one in (r, *r.par_site)
        ),
    ]
    for site, lieu, champ in named:
        if site is not None and site not in declared:
            message = f"le site « {site} » n’est pas déclaré dans l’organisme"
            hint = suggestion(site, sorted(declared), "sites")
            yield Issue("site-inconnu", message, lieu, hint, champ=champ)


def _samples(dossier: Dossier) -> Iterator[Issue]:
    seen: set[str] = set()
    for echantillon in dossier.compte_rendu.echantillons or ():
        if echantillon.id in seen:
            message = f"deux échantillons portent l’identifiant « {echantillon.id} »"
            yield Issue(
                "echantillon-en-double", message, echantillon.lieu, "en changer un", champ="echantillons"
            )
        seen.add(echantillon.id)
        size = echantillon.taille
        if size is not None and echantillon.liste and size != len(echantillon.liste):
            message = (
                f"échantillon « {echantillon.id} » : taille {size}, {len(echantillon.liste)} dans la liste"
            )
            hint = "accorder la taille et la liste"
            yield Issue("echantillon-incoherent", message, echantillon.lieu, hint, champ="echantillons")
    for noun, releve in (
        *(("ligne", releve) for releve in dossier.releves),
        *(("vérification", releve) for releve in dossier.verifications),
    ):
        sites = [vu.site for vu in releve.par_site]
        for site in sorted({s for s in sites if s is not None and sites.count(s) > 1}):
            message = f"{noun} {releve.ligne} : le site « {site} » apparaît deux fois dans par_site"
            champ = f"{'constats' if noun == 'ligne' else 'verifications'}.{releve.ligne}.par_site"
            yield Issue("site-en-double", message, releve.lieu, "n’en garder qu’un", champ=champ)
