"""Suivre: what the rules give, and the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_GET

from certif_rules.blocs.typographie import clean
from certif_rules.journal.evenements import Contenu, Inscription
from certif_rules.services.espace import concluded
from certif_rules.web import depot, models
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import atelier, conclusions_in_words, consult, frame
from certif_rules.web.pages.fichiers import DOCUMENTS


@require_GET
def follow(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the documents that can be made, and what the rules give."""
    consultation = consult(identifiant)
    bilan = concluded(atelier().registry, consultation.chantier)
    context = {
        **frame(consultation, "suivre"),
        "conclusions": conclusions_in_words(bilan),
        "documents": [(nom, titre) for nom, titre, _, _ in DOCUMENTS],
    }
    return render(request, "suivre.html", context)


@require_GET
def journal(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show who gave what and when, and whether the journal verifies."""
    dossier = get_object_or_404(models.DossierSuivi, pk=identifiant)
    context = {
        "dossier": dossier,
        "evenements": history(depot.events(identifiant), depot.contents(identifiant), depot.names()),
        "alteration": depot.altered(identifiant),
    }
    return render(request, "journal.html", context)


def history(
    events: Iterable[Inscription], contents: Mapping[str, Contenu], noms: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the events, the last first, each with what it says in words."""
    rows = []
    for event in events:
        content, why = contents.get(event.apres), contents.get(event.raison)
        rows.append(
            {
                "version": event.version,
                "quand": event.quand,
                "acteur": noms.get(event.acteur, event.acteur),
                "ou": " · ".join(filter(None, (event.cle.ligne, event.cle.site, event.cle.champ))),
                "valeur": "effacé" if content is None else clean(str(content.valeur)),
                "raison": clean(str(why.valeur)) if why else "",
            }
        )
    return rows[::-1]


ADRESSES = [
    path("dossier/<uuid:identifiant>/suivre", follow, name="suivre"),
    path("dossier/<uuid:identifiant>/journal", journal, name="journal"),
]
