"""An application file as JSON values: keys may be added, never renamed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from certif_rules.echanges.champs import APPUI, INCOHERENCE, SENS, Ecrivain, with_sources
from certif_rules.model.acteurs import Attribution, Instances, Intervention, Sens
from certif_rules.model.base import Appui, Texte
from certif_rules.model.candidature import (
    Candidature,
    Choix,
    ConditionFinancement,
    Financement,
    Interrogation,
    Lieu,
    Phrase,
    Piece,
    Voie,
    Volet,
)
from certif_rules.model.vie import Incoherence
from certif_rules.vie.apercu import ADemander, DossierEtudie, cited, met, supports, texts_sources, to_ask
from certif_rules.vie.declaration import Depot, DevisDit
from certif_rules.vie.dossier import DevisEtudie, Etude, LieuEtudie, Payeur
from certif_rules.vie.montants import euros, exact
from certif_rules.vie.pieces import Element

_ecrire = Ecrivain(
    {
        Appui: f"* {APPUI}",
        Depot: "type type_deduit_de precedent date=audit_le depot=depot_le compare_au=jour",
        Volet: f"id titre valeur suite inconnu {APPUI}",
        Voie: f"id titre valeur {APPUI}",
        Interrogation: f"id texte inscription reponse deduite choix {APPUI}",
        Choix: f"id titre mene_a {APPUI}",
        Piece: f"id titre etat classe condition requise bloque motifs formes etape precisions"
        f" prise_en_charge {APPUI}",
        DevisDit: "auditeur montant duree_jours financement signe expire_le etat motifs part_financee"
        " reste_a_charge",
        Financement: f"id titre taux par concerne accorde conditions precisions inconnu {APPUI}",
        ConditionFinancement: f"id texte valeur {APPUI}",
        Lieu: f"id question concerne mode motif_mode phrases {APPUI}",
        Phrase: f"texte mode valeur {APPUI}",
        Intervention: f"id objet role acteur texte nature? sens? apres? inconnu {APPUI} valeur",
        Sens: SENS,
        Texte: "texte citation sources confiance?",
        Incoherence: INCOHERENCE,
        Fraction: str,
    }
)
_appui = Ecrivain({Appui: APPUI})


def document(dossier: DossierEtudie) -> dict[str, Any]:
    """Return the file, the actors and the award as they are written; keys are added, never renamed."""
    rules, vie = tuple(supports(dossier)), dossier.vie
    avertissements = dossier.etude.avertissements
    others = [*texts_sources(dossier), *(s for a in avertissements for s in a.sources)]
    written = {
        "format": 1,
        "referentiel": {"id": dossier.referentiel, "edition": dossier.edition, "titre": dossier.titre},
        **study_as_data(dossier.etude, dossier.candidature),
        **award_as_data(vie.attribution, vie.instances),
        **({"editions": dossier.editions} if len(dossier.editions) > 1 else {}),
        **({"autres_editions": [document(other) for other in dossier.autres]} if dossier.autres else {}),
        "a_demander": [_to_ask(item) for item in to_ask(dossier)],
        "avertissements": avertissements,
        "incoherences": met(vie, rules),
    }
    return with_sources(_ecrire(written), cited(vie, rules, others), vie.sources)


def study_as_data(etude: Etude, candidature: Candidature) -> dict[str, Any]:
    """Return what is known of the file."""
    depot, choix = etude.depot, etude.choix
    written = {
        "audit": depot,
        "resultat": etude.resultat,
        "dossiers": [_ecrire(volet, valeur=valeur) for volet, valeur in etude.volets],
        "voies": [_ecrire(voie, valeur=valeur) for voie, valeur in etude.voies],
        "questions": [
            _ecrire(question, reponse=reponse, deduite=question.id in depot.deduites)
            for question, reponse in etude.questions
        ],
        "pieces": [_element(element) for element in etude.elements],
        "devis": [_quote(devis) for devis in etude.devis],
        "financements": [_payer(payeur) for payeur in etude.payeurs],
        "auditeur": {
            "choisi": choix.auditeur and choix.auditeur.id,
            "origine": choix.origine,
            "a_demander": choix.a_demander,
            "registre": list(candidature.auditeurs.values()),
        },
        "lieux": [_site(lieu) for lieu in etude.lieux],
        "interventions": [_ecrire(i, valeur=valeur) for i, valeur in etude.interventions],
        "etapes": list(candidature.etapes.values()),
    }
    return dict(_ecrire(written))


def award_as_data(attribution: Attribution | None, instances: Instances) -> dict[str, Any]:
    """Return actors and award, whatever the file."""
    return {"acteurs": _ecrire([*instances.acteurs.values()]), "attribution": _ecrire(attribution)}


def _element(element: Element) -> Any:
    return _ecrire(
        element.piece,
        etat=element.etat,
        requise=element.requise,
        bloque=element.bloque,
        motifs=element.motifs,
    )


def _quote(etudie: DevisEtudie) -> Any:
    devis, presence = etudie.devis, etudie.presence
    return _ecrire(
        devis,
        montant=_amount(devis.montant),
        duree_jours=exact(devis.duree_jours),
        etat=presence and presence.etat,
        motifs=presence.motifs if presence else (),
        part_financee=_amount(etudie.part),
        reste_a_charge=_amount(etudie.reste),
    )


def _amount(cents: Fraction | int | None) -> str | None:
    return None if cents is None else euros(cents)


def _payer(payeur: Payeur) -> Any:
    conditions = [_ecrire(condition, valeur=valeur) for condition, valeur in payeur.conditions]
    return _ecrire(
        payeur.financement, concerne=payeur.concerne, accorde=payeur.accorde, conditions=conditions
    )


def _site(etudie: LieuEtudie) -> Any:
    phrases = [_ecrire(phrase, valeur=valeur) for phrase, valeur in etudie.phrases]
    return _ecrire(
        etudie.lieu, concerne=etudie.concerne, mode=etudie.mode, motif_mode=etudie.motif, phrases=phrases
    )


def _to_ask(item: ADemander) -> dict[str, Any]:
    appui = item.appui
    return {"texte": item.texte, "cle": item.cle, **(_appui(appui) if appui else {"sources": ()})}
