"""Clore: gaps, gravest first, what is strong, disagreements, what is left; the closing sheet, and closing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from certif_rules.audit.contenu import Rapport
from certif_rules.audit.examen import readable_day
from certif_rules.audit.rapport import gravest_first
from certif_rules.blocs.textes import passages
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.rapport.redaction import noticed, typed
from certif_rules.errors import IssuesError
from certif_rules.francais import count
from certif_rules.journal.evenements import Endroit
from certif_rules.services.espace import reported
from certif_rules.services.ouverture import opening
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.machine import day_here, now
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    actor,
    atelier,
    conclusions_in_words,
    consult,
    frame,
    give,
    go,
    imagine,
    in_words,
    seen,
    to_settle,
)
from certif_rules.web.pages.ecarts import gap_in_words

_CLOTURE = Endroit("acte", "cloture")
_NOTIFIE = "ecarts_notifies_le"


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show what the closing meeting says; record the day of notification, and the disagreements."""
    consultation = consult(identifiant)
    if request.method == "GET":
        return render(request, "clore.html", _page(consultation))
    faults: list[str] = []
    typed_day = request.POST.get(_NOTIFIE, "").strip()
    if typed_day and readable_day(typed_day) is None:
        faults.append("jour de notification : ce jour ne se lit pas, l’écrire AAAA-MM-JJ")
    dons = list(_given(request.POST))
    if not faults:
        try:
            after = imagine(identifiant, dons)
            audited = after.checklist.contexte.date.isoformat()
            if after.dossier.notifie_le is not None and after.dossier.notifie_le < audited:
                faults.append(f"les écarts sont notifiés le {day(typed_day)}, avant l’audit ({day(audited)})")
            else:
                give(request, identifiant, dons)
                return go("clore", identifiant)
        except IssuesError as error:
            faults = in_words(error.issues)
    context = _page(consultation) | {"fautes": faults, "notifie_le": typed_day}
    return render(request, "clore.html", context, status=422)


def _given(post: QueryDict) -> Iterator[Don]:
    if _NOTIFIE in post:
        yield Don(Endroit("tete", _NOTIFIE), post.get(_NOTIFIE, "").strip() or None)
    if "desaccords" in post:
        lines = [text.strip() for text in post.get("desaccords", "").splitlines() if text.strip()]
        none: list[str] | None = [] if "aucun_desaccord" in post else None
        yield Don(Endroit("tete", "desaccords"), lines or none)


@require_POST
def end(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Close the audit: from then on, what changes is changed with a reason."""
    version = min(seen(request), consult(identifiant).dossier.version)
    don = Don(_CLOTURE, {"le": now(), "version": version})
    depot.record(identifiant, [don], actor(request), base=version)
    return go("clore", identifiant)


def _page(consultation: Consultation) -> dict[str, Any]:
    """Return the page of the closing meeting."""
    chantier = consultation.chantier
    report = reported(atelier().registry, chantier)
    compte_rendu = report.bilan.dossier.compte_rendu
    closed = consultation.etat.get(_CLOTURE)
    return {
        **frame(consultation, "clore"),
        "ecarts": [gap_in_words(report.checklist, ecart) for ecart in gravest_first(report)],
        "points": [
            (titre, ["".join(run.texte for run in one) for one in passages(lines)])
            for titre, lines in noticed(report)
        ],
        "desaccords": "\n".join(map(typed, compte_rendu.desaccords or ())),
        "aucun_desaccord": compte_rendu.desaccords == (),
        "restent": list(left(consultation, report)),
        "conclusions": conclusions_in_words(report.bilan),
        "attend": to_settle(consultation.etat),
        "notifie_le": chantier.dossier.notifie_le or "",
        "avertissements": [prose(a.message) for a in report.bilan.avertissements],
        "fiches": [("cloture.docx", "Fiche en Word"), ("cloture.pdf", "Fiche en PDF")],
        "clos": _closed(closed.versions[-1].quand, closed.versions[-1].acteur) if closed else "",
    }


def _closed(quand: str, acteur: str) -> str:
    who = depot.names().get(acteur, "")
    return f"Clos le {day(day_here(quand))}" + (f" par {clean(who)}" if who else "")


def left(consultation: Consultation, report: Rapport) -> Iterator[dict[str, str]]:
    """Yield what is left before the end, each with the one thing to do, and where."""
    chantier, identifiant = consultation.chantier, consultation.dossier.pk
    accords = to_settle(consultation.etat)
    if accords:
        yield {
            "texte": prose(f"{count(accords, 'champ')} à accorder : la conclusion attend"),
            "action": "Accorder",
            "adresse": reverse("accorder", args=[identifiant]),
        }
    yield from _unconfirmed(consultation)
    due = chantier.restent
    states = {li.indicateur.id: li for li in chantier.checklist.lignes}
    for etat, words, action in (
        ("a_auditer", ("ligne à évaluer", "lignes à évaluer"), "Saisir"),
        ("a_confirmer", ("ligne à confirmer", "lignes à confirmer"), "Trancher"),
    ):
        lines = [i for i in due if states[i].etat == etat]
        if lines:
            numbers = ", ".join(clean(states[i].indicateur.numero) for i in lines)
            yield {
                "texte": prose(f"{count(len(lines), *words)} : {numbers}"),
                "action": action,
                "adresse": f"{reverse('saisir', args=[identifiant])}?ligne={lines[0]}",
            }
    undone = [clean(vu.numero) for vu in report.points if vu.resultat is None]
    if undone:
        yield {
            "texte": prose(f"{count(len(undone), 'vérification')} à faire : {', '.join(undone)}"),
            "action": "Saisir",
            "adresse": reverse("saisir", args=[identifiant]),
        }
    if chantier.dossier.notifie_le is None and report.ecarts:
        yield {
            "texte": prose("jour de notification des écarts non donné : leurs échéances restent inconnues"),
            "action": "Donner ce jour",
            "adresse": "#notifie",
        }


def _unconfirmed(consultation: Consultation) -> Iterator[dict[str, str]]:
    """Yield what the organisation did not confirm of the perimeter, in one sentence."""
    opened = opening(consultation.chantier.checklist, consultation.etat)
    parts = []
    if opened.du_perimetre is None or opened.a_reprendre:
        parts.append("périmètre non confirmé")
    if opened.restent:
        words = count(len(opened.restent), "ligne non applicable", "lignes non applicables")
        parts.append(f"{words} sans confirmation")
    if parts:
        address = reverse("ouvrir", args=[consultation.dossier.pk])
        yield {"texte": prose(" ; ".join(parts)), "action": "Confirmer", "adresse": address}
