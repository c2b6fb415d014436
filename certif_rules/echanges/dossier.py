"""An application file as JSON values: keys may be added, never renamed."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import fields

from certif_rules.echanges.commun import appui, as_bytes, cited_sources, contradiction, warnings
from certif_rules.model.acteurs import Acteur, Attribution, Instances, Intervention
from certif_rules.model.base import Appui, Texte
from certif_rules.model.candidature import Auditeur, Candidature, Etape, Ressource
from certif_rules.rules.trivalent import Trivalent
from certif_rules.vie.apercu import DossierEtudie, cited, met, supports, texts_sources, to_ask
from certif_rules.vie.dossier import DevisEtudie, Etude, LieuEtudie, Payeur
from certif_rules.vie.montants import euros, exact
from certif_rules.vie.pieces import Element


def study_as_data(etude: Etude, candidature: Candidature) -> dict[str, Any]:
    """Return what is known of the file."""
    depot = etude.depot
    return {
        "audit": {
            "type": depot.type,
            "type_deduit_de": depot.type_deduit_de,
            "precedent": depot.precedent,
            "date": _day(depot.audit_le),
            "depot": _day(depot.depot_le),
            "compare_au": _day(depot.jour),
        },
        "resultat": etude.resultat,
        "dossiers": [
            {
                "id": volet.id,
                "titre": volet.titre,
                "valeur": valeur,
                "suite": volet.suite,
                "inconnu": volet.inconnu,
                **appui(volet),
            }
            for volet, valeur in etude.volets
        ],
        "voies": [
            {"id": voie.id, "titre": voie.titre, "valeur": valeur, **appui(voie)}
            for voie, valeur in etude.voies
        ],
        "questions": [
            {
                "id": question.id,
                "texte": question.texte,
                "inscription": question.inscription,
                "reponse": answer,
                "deduite": question.id in depot.deduites,
                "choix": [
                    {"id": c.id, "titre": c.titre, "mene_a": list(c.mene_a), **appui(c)}
                    for c in question.choix
                ],
                **appui(question),
            }
            for question, answer in etude.questions
        ],
        "pieces": [_element(e) for e in etude.elements],
        "devis": [_quote(d) for d in etude.devis],
        "financements": [_payer(p) for p in etude.payeurs],
        "auditeur": {
            "choisi": etude.choix.auditeur.id if etude.choix.auditeur else None,
            "origine": etude.choix.origine,
            "a_demander": etude.choix.a_demander,
            "registre": [_firm(a) for a in candidature.auditeurs.values()],
        },
        "lieux": [_place(place) for place in etude.lieux],
        "interventions": [_intervention(i, valeur) for i, valeur in etude.interventions],
        "etapes": [_step(etape) for etape in candidature.etapes.values()],
    }


def award_as_data(attribution: Attribution | None, instances: Instances) -> dict[str, Any]:
    """Actors and award, whatever the file."""
    return {
        "acteurs": [_actor(acteur) for acteur in instances.acteurs.values()],
        "attribution": None
        if attribution is None
        else {
            "suites": [_plain(suite) for suite in attribution.suites],
            "remises": [_plain(remise) for remise in attribution.remises],
            "publications": [
                {"id": p.id, "titre": p.titre, "pages": [_page(page) for page in p.pages], **appui(p)}
                for p in attribution.publications
            ],
        },
    }


def _element(element: Element) -> dict[str, Any]:
    piece = element.piece
    paid = piece.prise_en_charge
    return {
        "id": piece.id,
        "titre": piece.titre,
        "etat": element.etat,
        "classe": piece.classe,
        "condition": piece.condition,
        "requise": element.requise,
        "bloque": element.bloque,
        "motifs": list(element.motifs),
        "formes": [{"id": forme.id, "titre": forme.titre} for forme in piece.formes],
        "etape": piece.etape,
        "precisions": [_text(texte) for texte in piece.precisions],
        "prise_en_charge": {"taux": str(paid.taux), "par": paid.par, **appui(paid)} if paid else None,
        **appui(piece),
    }


def _quote(etudie: DevisEtudie) -> dict[str, Any]:
    devis = etudie.devis
    return {
        "auditeur": devis.auditeur,
        "montant": None if devis.montant is None else euros(devis.montant),
        "duree_jours": exact(devis.duree_jours),
        "financement": devis.financement,
        "signe": devis.signe,
        "expire_le": _day(devis.expire_le),
        "etat": etudie.presence.etat if etudie.presence else None,
        "motifs": list(etudie.presence.motifs) if etudie.presence else [],
        "part_financee": None if etudie.part is None else euros(etudie.part),
        "reste_a_charge": None if etudie.reste is None else euros(etudie.reste),
    }


def _payer(payeur: Payeur) -> dict[str, Any]:
    rule = payeur.financement
    return {
        "id": rule.id,
        "titre": rule.titre,
        "taux": None if rule.taux is None else str(rule.taux),
        "par": rule.par,
        "concerne": payeur.concerne,
        "accorde": payeur.accorde,
        "conditions": [
            {"id": condition.id, "texte": condition.texte, "valeur": valeur, **appui(condition)}
            for condition, valeur in payeur.conditions
        ],
        "precisions": [_text(texte) for texte in rule.precisions],
        "inconnu": rule.inconnu,
        **appui(rule),
    }


def _place(place: LieuEtudie) -> dict[str, Any]:
    return {
        "id": place.lieu.id,
        "question": place.lieu.question,
        "concerne": place.concerne,
        "mode": place.mode,
        "motif_mode": place.motif,
        "phrases": [
            {"texte": phrase.texte, "mode": phrase.mode, "valeur": valeur, **appui(phrase)}
            for phrase, valeur in place.phrases
        ],
        **appui(place.lieu),
    }


def _intervention(intervention: Intervention, valeur: Trivalent) -> dict[str, Any]:
    return {**_plain(intervention), "valeur": valeur}


def _actor(acteur: Acteur) -> dict[str, Any]:
    return {
        "id": acteur.id,
        "nom": acteur.nom,
        "candidat": acteur.candidat,
        "rythmes": [{"texte": r.texte, "nature": r.nature, **appui(r)} for r in acteur.rythmes],
        **appui(acteur),
    }


def _step(etape: Etape) -> dict[str, Any]:
    return {
        "id": etape.id,
        "titre": etape.titre,
        "autre_titre": etape.autre_titre,
        "facultative": etape.facultative,
        "taches": [_text(texte) for texte in etape.taches],
        "ressources": [_page(page) for page in etape.ressources],
        **appui(etape),
    }


def _firm(auditeur: Auditeur) -> dict[str, Any]:
    fiche = _page(auditeur.fiche) if auditeur.fiche else None
    return {"id": auditeur.id, "nom": auditeur.nom, "fiche": fiche, **appui(auditeur)}


def _page(page: Ressource) -> dict[str, Any]:
    return {"titre": page.titre, "adresse": page.adresse, **appui(page)}


def _text(texte: Texte) -> dict[str, Any]:
    return {"texte": texte.texte, "citation": texte.citation, **appui(texte)}


_HELD = frozenset({*Appui.__struct_fields__, "si"})


def _plain(rule: Appui) -> dict[str, Any]:
    """Return the own fields of a rule that holds only plain values."""
    own = {field.name: getattr(rule, field.name) for field in fields(rule) if field.name not in _HELD}
    return {**own, **appui(rule)}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def render(dossier: DossierEtudie) -> bytes:
    """Return the application file, the actors and the award as JSON."""
    return as_bytes(document(dossier))


def document(dossier: DossierEtudie) -> dict[str, Any]:
    """Return the file, the actors and the award as they are written; keys are added, never renamed."""
    rules = tuple(supports(dossier))
    vie = dossier.vie
    avertissements = dossier.etude.avertissements
    others = [*texts_sources(dossier), *(s for a in avertissements for s in a.sources)]
    return {
        "format": 1,
        "referentiel": {"id": dossier.referentiel, "edition": dossier.edition, "titre": dossier.titre},
        **study_as_data(dossier.etude, dossier.candidature),
        **award_as_data(vie.attribution, vie.instances),
        "a_demander": [
            {"texte": a.texte, "cle": a.cle, **(appui(a.appui) if a.appui else {"sources": []})}
            for a in to_ask(dossier)
        ],
        "avertissements": warnings(avertissements),
        "incoherences": [contradiction(i) for i in met(vie, rules)],
        "sources": cited_sources(vie.sources.values(), (s.id for s in cited(vie, rules, others))),
    }
