"""Moi: who acts on this machine; a person taken out of what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from certif_rules.errors import IssuesError
from certif_rules.web import models, personnes
from certif_rules.web.pages.commun import actor, go, in_words


@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Show who acts here; choose somebody, change a name, or add somebody, who acts from then on."""
    if request.method == "GET":
        return render(request, "moi.html", _page(request))
    chosen = request.POST.get("choisir")
    try:
        person = (
            personnes.acting(chosen)
            if chosen
            else personnes.named(
                request.POST.get("cle", ""), request.POST.get("nom", ""), request.POST.get("initiales", "")
            )
        )
    except IssuesError as error:
        page = {**_page(request, request.POST), "fautes": in_words(error.issues)}
        return render(request, "moi.html", page, status=422)
    response = go("moi")
    name = personnes.witness()
    response.set_cookie(name, person.cle, max_age=31_536_000, httponly=True, samesite="Strict")
    return response


@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Show the texts that name a person, and erase the chosen ones; the name of whoever acted goes too."""
    from certif_rules.web import effacement  # what looks for names, which nearly no run needs

    asked = request.POST if request.method == "POST" else request.GET
    cle = str(asked.get("cle") or "")
    known = models.Utilisateur.objects.filter(cle=cle).first()
    nom = " ".join(str(asked.get("nom") or (known.nom if known else "")).split())
    if request.method == "POST":
        chosen = request.POST.getlist("textes")
        acteur = actor(request)
        empty = request.POST.get("que") == "vider"
        effacement.erase(known.cle if known else "", nom, chosen, acteur, empty=empty)
        left = len(effacement.texts_naming(nom)) if nom else 0
        return render(request, "efface.html", {"nombre": len(chosen), "restent": left})
    context = {
        "cle": known.cle if known else "",
        "nom": nom,
        "connues": models.Utilisateur.objects.exclude(nom="", initiales=""),
        "textes": effacement.texts_naming(nom) if nom else [],
    }
    return render(request, "effacer.html", context)


def _page(request: HttpRequest, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the page: who acts, what was typed where it was, whether somebody else may be added."""
    current = personnes.chosen(personnes.remembered(request.COOKIES))
    named = current is not None and bool(current.nom or current.initiales)
    own = current is not None and typed is not None and (bool(typed.get("cle")) or not named)
    return {
        "personnes": personnes.here(),
        "moi": current,
        "mien": typed if own else current,
        "autre": {} if own or typed is None else typed,
        "un_autre": named or current is None,
    }
