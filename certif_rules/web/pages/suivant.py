"""Préparer la surveillance: the next audit of an organisation, from this one, with nothing typed again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from certif_rules.audit.examen import readable_day
from certif_rules.audit.rapport import gravest_first
from certif_rules.blocs.typographie import prose
from certif_rules.errors import IssuesError
from certif_rules.journal.fichier import fields_of, findings_of
from certif_rules.services.espace import open_work, reported
from certif_rules.services.suivant import lifted_words, next_audit, next_types
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, actor, atelier, consult, frame, go, in_words
from certif_rules.web.pages.ecarts import gap_in_words


@require_http_methods(["GET", "POST"])
def next_one(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Ask the type and the day of the next audit; begin its dossier, with what this one leaves open."""
    consultation = consult(identifiant)
    if request.method == "GET":
        return render(request, "suivant.html", _page(consultation))
    code, jour = request.POST.get("type", ""), request.POST.get("date", "").strip()
    faults: dict[str, list[str]] = {}
    if code not in {one.code for one in next_types(consultation.chantier.checklist)}:
        faults["type"] = ["choisir le type de l’audit suivant"]
    when = readable_day(jour)
    here = consultation.chantier.checklist.contexte.date
    if when is None:
        faults["date"] = ["donner le jour de l’audit suivant, AAAA-MM-JJ"]
    elif when <= here:
        faults["date"] = ["l’audit suivant vient après celui-ci"]
    if not faults:
        try:
            data = next_audit(consultation.chantier, code, jour)
            dons = [Don(*one) for one in (*fields_of(data), *lifted_words(consultation.chantier))]
            open_work(atelier().registry, findings_of(depot.imagined(dons)))
            dossier = depot.begin(consultation.dossier.nom, dons, actor(request))
            return go("preparer", dossier.pk)
        except IssuesError as error:
            faults[""] = in_words(error.issues)
    context = _page(consultation) | {"fautes": faults, "donne": {"type": code, "date": jour}}
    return render(request, "suivant.html", context, status=422)


def _page(consultation: Consultation) -> dict[str, Any]:
    types = next_types(consultation.chantier.checklist)
    report = reported(atelier().registry, consultation.chantier)
    gaps = [gap_in_words(report.checklist, one) for one in gravest_first(report) if one.releve.ouvert]
    return {
        **frame(consultation, "suivre"),
        "onglet": "suivant",
        "types": [{"code": one.code, "titre": prose(one.titre), "suit": one.suit} for one in types],
        "donne": {"type": types[0].code if types and types[0].suit else "", "date": ""},
        "ecarts": gaps,
        "fautes": {},
    }
