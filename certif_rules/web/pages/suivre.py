"""Suivre: what the rules give, the auditor's opinion, the review, the decision, never mixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from msgspec.structs import replace

from certif_rules.audit.conclusion import Bilan
from certif_rules.audit.examen import readable_day
from certif_rules.audit.procedure import ActeSuivi, word_of
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.actes import act_heading, act_state
from certif_rules.journal.annexes import annexes
from certif_rules.journal.evenements import Endroit
from certif_rules.model.acteurs import Role
from certif_rules.services.actes import LISTES, followed_acts, possible_words, recorded_at
from certif_rules.services.espace import concluded
from certif_rules.web import depot
from certif_rules.web.machine import day_here
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    atelier,
    conclusions_in_words,
    consult,
    frame,
    line_in_words,
    to_settle,
)

#: What is said of a review, by the act that says it.
REVUE = ("transmis_relecture", "renvoye", "relu")
_MOTS_REVUE = {
    "transmis_relecture": "Transmis pour la revue",
    "renvoye": "Renvoyé à l’auditeur",
    "relu": "Relu",
}


@require_GET
def follow(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the four things that follow an audit."""
    return render(request, "suivre.html", overview(consult(identifiant)))


def overview(consultation: Consultation, acte: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the page: what rules give, the opinion, the review, the decision.

    Args:
        consultation: the dossier as it stands.
        acte: an act that was refused: the « liste », the rank, what was « donne », its « fautes » by field.
    """
    bilan = concluded(atelier().registry, consultation.chantier)
    refused = acte or {}
    evaluation = consultation.chantier.dossier.compte_rendu.evaluation
    given: dict[str, Any] = {
        "par": "\n".join(evaluation.par) if evaluation else "",
        "le": (evaluation.le if evaluation else None) or "",
        "sens": (evaluation.recommandation if evaluation else None) or "",
    }
    when = readable_day(evaluation.le) if evaluation else None
    by = ", ".join(map(clean, evaluation.par)) if evaluation else ""
    signed = ", ".join(filter(None, (by, f"le {day(when)}" if when else "")))
    faults: Mapping[str, Any] = {}
    if refused.get("liste") == "evaluation":
        given, faults = dict(refused["donne"]), refused["fautes"]
    referentiel = consultation.chantier.checklist.referentiel
    return {
        **frame(consultation, "suivre"),
        "onglet": "suivre",
        "conclusions": conclusions_in_words(bilan),
        "a_l_audit": conclusions_in_words(replace(bilan, conclusions=bilan.a_l_audit)),
        "attend": to_settle(consultation.etat),
        "evaluation": {"donne": given, "fautes": faults, "signe": signed},
        "avis": list(acts_in_words(bilan, "donne_avis", refused)),
        "revue": reviewed(consultation),
        "decisions": list(acts_in_words(bilan, "decide", refused)) or [_blank("decision", bilan, refused)],
        "notifications": list(acts_in_words(bilan, "notifie", refused)),
        "origines": [(one, prose(referentiel.nom_de(one))) for one in referentiel.origines],
        "lignes": [line_in_words(line) for line in consultation.chantier.checklist.lignes],
    }


def acts_in_words(bilan: Bilan, role: Role, refused: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the acts of a role, each with its form; one that was refused with what was typed."""
    liste, words = LISTES[role], possible_words(bilan, role)
    for index, suivi in enumerate(followed_acts(bilan, role)):
        rank = recorded_at(bilan, suivi)
        key = "" if rank is None else str(rank)
        mine = refused.get("liste") == liste and refused.get("place") == str(index)
        yield {
            "liste": liste,
            "cle": f"{liste}-{index}",
            "place": index,
            "rang": key,
            "titre": act_heading(bilan.procedure, suivi),
            "etat": act_state(suivi),
            "porte": rank is not None,
            "mots": words,
            "donne": refused["donne"] if mine else _of_act(suivi),
            "fautes": refused["fautes"] if mine else {},
        }


def _of_act(suivi: ActeSuivi) -> dict[str, str]:
    """Return the fields of an act, as its form shows them."""
    rendu = suivi.rendu
    who = suivi.prevu.acteur.nom if suivi.prevu is not None and suivi.prevu.acteur is not None else ""
    if rendu is None:
        return {"instance": who}
    return {
        "instance": rendu.instance or "",
        "objet": rendu.objet or "",
        "par": "\n".join(getattr(rendu, "par", ())),
        "le": rendu.le or "",
        "sens": word_of(rendu) or "",
        "motif": getattr(rendu, "motif", None) or "",
    }


def _blank(liste: str, bilan: Bilan, refused: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of a decision where the référentiel says nothing of who decides."""
    mine = refused.get("liste") == liste
    return {
        "liste": liste,
        "cle": f"{liste}-0",
        "place": 0,
        "rang": "",
        "titre": "Décision",
        "etat": "à venir ; aucune source ne dit qui décide",
        "porte": False,
        "mots": possible_words(bilan, "decide"),
        "donne": refused["donne"] if mine else {},
        "fautes": refused["fautes"] if mine else {},
    }


def reviewed(consultation: Consultation) -> dict[str, Any]:
    """Return where the review stands: what was said of it, in order, and the remarks by line."""
    names = depot.names()
    lines = {li.indicateur.id: clean(li.indicateur.numero) for li in consultation.chantier.checklist.lignes}
    acts = []
    for nom in REVUE:
        champ = consultation.etat.get(Endroit("acte", nom))
        for given in champ.versions if champ else ():
            if isinstance(given.valeur, dict):
                who = names.get(given.acteur, "")
                acts.append((given.version, _act_of_review(nom, given.valeur, given.quand, who)))
    remarks = [
        {
            "id": one.id,
            "ligne": str(one.get("sur") or ""),
            "numero": lines.get(str(one.get("sur") or ""), ""),
            "texte": clean(str(one.get("texte") or "")),
            "par": names.get(one.champs["texte"].versions[-1].acteur, "") if "texte" in one.champs else "",
            "reponse": clean(str(one.get("reponse") or "")),
            "reglee": bool(one.get("reglee")),
        }
        for one in annexes(consultation.etat, "remarque")
    ]
    sent = consultation.etat.get(Endroit("acte", "transmis_relecture"))
    return {
        "actes": [text for _, text in sorted(acts)],
        "en_cours": sent is not None and bool(sent.versions[-1].valeur),
        "remarques": remarks,
    }


def _act_of_review(nom: str, value: Mapping[str, Any], quand: str, par: str) -> str:
    """Return an act of the review in a sentence."""
    who = clean(str(value.get("par") or par))
    meeting = f", pour le comité du {day(str(value['comite']))}" if value.get("comite") else ""
    why = f" : {clean(str(value['motif']))}" if value.get("motif") else ""
    by = f" par {who}" if who else ""
    end = "" if why.endswith((".", "!", "?", "…")) else "."
    return f"{_MOTS_REVUE[nom]} le {day(day_here(quand))}{by}{meeting}{why}{end}"
