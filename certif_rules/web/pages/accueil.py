"""The home page: the audits, those to read again, what is due in all of them, the ways to begin one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from certif_rules.blocs.typographie import day
from certif_rules.journal.evenements import Endroit
from certif_rules.services.resume import whole_agenda
from certif_rules.web import copie, depot, models, personnes
from certif_rules.web.machine import day_here, today
from certif_rules.web.resumes import Entree, agendas, all_followed

#: The tabs: the name of the address, the word.
ONGLETS: Final = (("accueil", "Dossiers"), ("a-relire", "À relire"), ("echeances", "Échéances"))
#: The act by which an audit is handed to whoever reads it again; its value may say the day of the committee.
_RELECTURE: Final = "transmis_relecture"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the audits, the last begun first; without any, the three ways to begin."""
    rows = [_listed(one, today()) for one in all_followed()]
    return render(request, "accueil.html", {**_around(request, "accueil"), "dossiers": rows})


@require_GET
def to_review(request: HttpRequest) -> HttpResponse:
    """Show the audits that wait for another person to read them, by the day of their committee."""
    acts = models.ValeurCourante.objects.filter(genre="acte", champ=_RELECTURE).select_related("dossier")
    names = depot.names()
    rows = [_waiting(dossier, names) for dossier in dict.fromkeys(act.dossier for act in acts)]
    rows = sorted(filter(None, rows), key=lambda row: (row["rang"], row["nom"]))
    return render(request, "a-relire.html", {**_around(request, "a-relire"), "dossiers": rows})


def _waiting(dossier: models.DossierSuivi, names: Mapping[str, str]) -> dict[str, Any]:
    """Return an audit that waits to be read again, as a row; nothing where it was taken back."""
    from certif_rules.audit.examen import readable_day  # the list of audits needs none of the rules

    sent = depot.standing(dossier.pk)[Endroit("acte", _RELECTURE)]
    given = sent.versions[-1]  # sent twice is sent
    if not given.valeur:
        return {}
    value = given.valeur if isinstance(given.valeur, Mapping) else {}
    meeting = readable_day(str(value.get("comite") or ""))
    return {
        "id": dossier.pk,
        "nom": dossier.nom,
        "rang": meeting.isoformat() if meeting else "~",
        "comite": day(meeting) if meeting else "",
        "transmis": day(day_here(given.quand)),
        "par": names.get(given.acteur, ""),
    }


@require_GET
def due(request: HttpRequest) -> HttpResponse:
    """Show what is due in every audit, in the order of the days."""
    jour = today()
    terms = sorted(
        (terme.jour, one.dossier.nom, terme.titre, terme.quand, one.dossier.pk)
        for one in all_followed(every=True)
        if one.resume
        for terme in one.resume.termes
    )
    keys = ("jour", "nom", "titre", "quand", "id")
    rows = [dict(zip(keys, term, strict=True)) for term in terms]
    context = {
        **_around(request, "echeances"),
        "a_venir": [row for row in rows if str(row["jour"]) >= jour],
        "passees": [row for row in rows if str(row["jour"]) < jour],
    }
    return render(request, "echeances.html", context)


@require_GET
def agenda(_request: HttpRequest) -> HttpResponse:
    """Send what is due in every audit as one calendar, for an agenda."""
    content = whole_agenda(agendas())
    headers = {"Content-Disposition": 'attachment; filename="echeances.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _around(request: HttpRequest, onglet: str) -> dict[str, Any]:
    """Return what the three tabs share: which one this is, who acts, how the second copy is."""
    person = personnes.chosen(personnes.remembered(request.COOKIES))
    return {"onglets": ONGLETS, "onglet": onglet, "moi": person, "copie": copie.current()}


def _listed(one: Entree, jour: str) -> dict[str, Any]:
    """Return an audit as a row: whose, which, when, how far, what comes next."""
    resume = one.resume
    terms = resume.termes if resume else ()
    coming = next((terme for terme in terms if terme.jour >= jour), None)
    return {
        "dossier": one.dossier,
        "resume": resume,
        "jour": day(resume.date) if resume else "",
        "terme": coming or next(reversed(terms), None),
        "passe": coming is None,
        "a_jour": one.a_jour,
    }
