"""Clore: the gaps with their dates, what is left, what the rules give so far; the day of the notification."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from certif_rules.audit.sites import gaps
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.mots import finding
from certif_rules.journal.evenements import Endroit
from certif_rules.services.espace import concluded
from certif_rules.web.depot import Don
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    atelier,
    conclusions_in_words,
    consult,
    frame,
    give,
    line_in_words,
)


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the gaps, what is left, and what the rules give so far; record the day of notification."""
    if request.method == "POST":
        don = Don(Endroit("tete", "ecarts_notifies_le"), request.POST.get("ecarts_notifies_le") or None)
        give(request, identifiant, [don])
    return render(request, "clore.html", _page(consult(identifiant)))


def _page(consultation: Consultation) -> dict[str, Any]:
    """Return the page of the closing meeting: gaps with their dates, what is left, what the rules give."""
    chantier = consultation.chantier
    checklist, bilan = chantier.checklist, concluded(atelier().registry, chantier)
    rows = []
    for ligne in checklist.lignes:
        releve = chantier.releve(ligne.indicateur.id)
        if releve.porte and releve.constat in gaps(checklist.referentiel, ligne.indicateur.origine):
            dues = [e for e in bilan.echeances if e.id == ligne.indicateur.id]
            rows.append(
                {
                    **line_in_words(ligne),
                    "constat": finding(checklist, releve.constat),
                    "commentaire": prose(releve.commentaire or ""),
                    "echeances": [_due(nom, jour) for e in dues for nom, jour in e.dates.items()],
                }
            )
    return {
        **frame(consultation, "clore"),
        "ecarts": rows,
        "conclusions": conclusions_in_words(bilan),
        "notifie_le": chantier.dossier.notifie_le or "",
        "avertissements": [prose(a.message) for a in bilan.avertissements],
    }


def _due(nom: str, jour: date | None) -> str:
    return f"{clean(nom).replace('_', ' ')} : {day(jour) if jour else 'à compter de la notification'}"


ADRESSES = [path("dossier/<uuid:identifiant>/clore", close, name="clore")]
