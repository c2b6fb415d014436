"""The home page: the audits, and the three ways to begin one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from certif_rules.audit.examen import refusal
from certif_rules.errors import IssuesError
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import fields_of, findings_of
from certif_rules.services.atelier import Atelier
from certif_rules.services.catalogue import describe
from certif_rules.services.espace import open_work
from certif_rules.source import schema
from certif_rules.source.donnees import read_given
from certif_rules.web import depot, models
from certif_rules.web.depot import Don
from certif_rules.web.garde import refused
from certif_rules.web.pages.commun import actor, atelier, go, in_words


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the audits, the last begun first; without any, the three ways to begin."""
    return render(request, "accueil.html", {"dossiers": models.DossierSuivi.objects.all()})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what the audit is; say everything that is wrong at once, with what was typed kept."""
    context = _choices(atelier(), request.POST or request.GET)
    if request.method == "POST":
        dons = list(asked(request.POST))
        try:
            open_work(atelier().registry, findings_of(depot.imagined(dons)))
        except IssuesError as error:
            context["fautes"] = in_words(error.issues)
            return render(request, "nouveau.html", context, status=422)
        nom = request.POST.get("nom", "").strip() or "Organisme sans nom"
        return go("preparer", depot.begin(nom, dons, actor(request)).pk)
    return render(request, "nouveau.html", context)


@require_POST
def example(request: HttpRequest) -> HttpResponse:
    """Begin an audit of a made-up organisation, to look around."""
    data = _sample(atelier())
    dossier = depot.begin(str(data["organisme"]["nom"]), _dons(data), actor(request))
    return go("preparer", dossier.pk)


@require_POST
def take_up(request: HttpRequest) -> HttpResponse:
    """Begin an audit from a file: a profile, findings, the export of a form."""
    given = request.FILES.get("fichier")
    if given is None:
        return go("accueil")
    try:
        data = taken(given.name or "fichier", given.read())
        open_work(atelier().registry, {"constats": [], **data})
    except IssuesError as error:
        return refused(request, error)
    nom = str((data.get("organisme") or {}).get("nom") or given.name)
    dossier = depot.begin(nom, _dons(data), actor(request))
    return go("saisir" if data.get("constats") else "preparer", dossier.pk)


def asked(post: QueryDict) -> Iterator[Don]:
    """Yield what the page of a new audit says."""
    yield Don(Endroit("tete", "referentiel.id"), post.get("referentiel", ""))
    yield Don(Endroit("tete", "audit.type"), post.get("type", ""))
    yield Don(Endroit("tete", "audit.date"), post.get("date", ""))
    yield Don(Endroit("tete", "organisme.nom"), post.get("nom", "").strip())
    if categories := post.getlist("categories"):
        yield Don(Endroit("tete", "organisme.categories"), categories)


def taken(nom: str, content: bytes) -> Mapping[str, Any]:
    """Return the data of a file that was sent, a profile or findings.

    Raises:
        DataError: it cannot be read, or its schema refuses it.
    """
    data = read_given(Path(nom), content=content)
    kind = "constats" if "constats" in data else "profil"
    if issues := schema.check(data, kind):
        raise refusal(issues)
    return data


def _dons(data: Mapping[str, Any]) -> list[Don]:
    return [Don(*one) for one in fields_of(data)]


def _choices(atelier: Atelier, given: QueryDict) -> dict[str, Any]:
    """Return the choices of a new audit: the référentiels, then the types and categories of one."""
    editions, _ = describe(atelier.registry)
    names = {str(e["referentiel"]): str(e["titre"]) for e in editions}
    chosen = str(given.get("referentiel") or "")
    own = [e for e in editions if e["referentiel"] == chosen]
    return {
        "referentiels": sorted(names.items()),
        "choisi": chosen if own else "",
        "types": sorted({nom: nom for e in own for nom in e["types_audit"]}.items()),
        "categories": {k: v for e in own for k, v in e["categories"].items()}.items(),
        "donne": given,
        "cochees": given.getlist("categories"),
        "fautes": [],
    }


def _sample(atelier: Atelier) -> dict[str, Any]:
    """Return the request of an audit of nobody, by the first référentiel that is installed."""
    editions, _ = describe(atelier.registry)
    edition = editions[0]
    return {
        "format": 1,
        "referentiel": {"id": edition["referentiel"], "edition": edition["edition"]},
        "audit": {"type": next(iter(edition["types_audit"])), "date": edition["du"]},
        "organisme": {"nom": "Organisme d’exemple", "categories": list(edition["categories"])[:1]},
    }


ADRESSES = [
    path("", home, name="accueil"),
    path("nouveau", new, name="nouveau"),
    path("reprendre", take_up, name="reprendre"),
    path("exemple", example, name="exemple"),
]
