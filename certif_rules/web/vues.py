"""The pages: each reads a dossier, calls the services, and shows what they answer; none of them computes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from certif_rules.errors import IssuesError
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import fields_of, findings_of
from certif_rules.services.atelier import Atelier, open_atelier
from certif_rules.services.espace import AuditEnCours, concluded, faults_of, lines_moved, open_work
from certif_rules.web import depot, ecrans, models
from certif_rules.web.depot import Don
from certif_rules.web.garde import refused
from certif_rules.web.saisies import answered, asked, assessed, taken

STATIQUE: Final = Path(__file__).resolve().parent / "statique"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


#: What a finding can never be: it is not recorded, where a reason that is still missing is.
IMPOSSIBLES: Final = frozenset({"constat-non-permis", "annotation-inconnue"})


@lru_cache(maxsize=1)
def atelier() -> Atelier:
    """Return the référentiels of the installed plugins, opened once."""
    return open_atelier()


def work(identifiant: UUID) -> tuple[models.DossierSuivi, AuditEnCours]:
    """Return a dossier and its audit as it stands.

    Raises:
        IssuesError: what is said of it cannot be.
    """
    dossier = get_object_or_404(models.DossierSuivi, pk=identifiant)
    return dossier, open_work(atelier().registry, findings_of(depot.standing(identifiant)))


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the audits, the last begun first; without any, the three ways to begin."""
    return render(request, "accueil.html", {"dossiers": models.DossierSuivi.objects.all()})


@require_GET
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer that this run holds the file: a second start joins it."""
    return HttpResponse("vivant", content_type="text/plain; charset=utf-8")


@require_GET
def static(_request: HttpRequest, nom: str) -> HttpResponse:
    """Send one of our own style sheets or scripts."""
    path = STATIQUE / nom
    if path.suffix not in _TYPES or path.parent != STATIQUE or not path.is_file():
        raise Http404
    fresh = {"Cache-Control": "no-cache"}
    return HttpResponse(path.read_bytes(), content_type=_TYPES[path.suffix], headers=fresh)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask what the audit is; say everything that is wrong at once, with what was typed kept."""
    context = ecrans.new_audit(atelier(), request.POST or request.GET)
    if request.method == "POST":
        dons = list(asked(request.POST))
        try:
            open_work(atelier().registry, findings_of(depot.imagined(dons)))
        except IssuesError as error:
            context["fautes"] = ecrans.in_words(error.issues)
            return render(request, "nouveau.html", context, status=422)
        dossier = depot.begin(
            request.POST.get("nom", "").strip() or "Organisme sans nom", dons, actor(request)
        )
        return _go("preparer", dossier.pk)
    return render(request, "nouveau.html", context)


@require_POST
def example(request: HttpRequest) -> HttpResponse:
    """Begin an audit of a made-up organisation, to look around."""
    data = ecrans.sample(atelier())
    dons = [Don(*one) for one in fields_of(data)]
    dossier = depot.begin(str(data["organisme"]["nom"]), dons, actor(request))
    return _go("preparer", dossier.pk)


@require_POST
def take_up(request: HttpRequest) -> HttpResponse:
    """Begin an audit from a file: a profile, findings, the export of a form."""
    given = request.FILES.get("fichier")
    try:
        data = taken(given.name or "fichier", given.read()) if given is not None else None
        if data is not None:
            open_work(atelier().registry, {"constats": [], **data})
    except IssuesError as error:
        return refused(request, error)
    if data is None:
        return _go_home()
    nom = str((data.get("organisme") or {}).get("nom") or (given.name if given else ""))
    dossier = depot.begin(nom, [Don(*one) for one in fields_of(data)], actor(request))
    return _go("saisir" if data.get("constats") else "preparer", dossier.pk)


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Show the lines due and the questions; an answer shows the lines that it moves."""
    dossier, before = work(identifiant)
    moved: tuple[Any, ...] = ()
    if request.method == "POST":
        dons = list(answered(request.POST, before.checklist))
        try:
            after = open_work(atelier().registry, findings_of(depot.imagined(dons, of=identifiant)))
        except IssuesError as error:
            return refused(request, error)
        moved = lines_moved(before, after)
        depot.record(identifiant, dons, actor(request), base=seen(request))
        dossier, before = work(identifiant)
    return render(request, "preparer.html", ecrans.preparation(dossier, before, moved))


@require_http_methods(["GET", "POST"])
def record_line(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Show one line and record its finding; then the next one that has none."""
    dossier, chantier = work(identifiant)
    ligne = ecrans.line_of(chantier, request.GET.get("ligne"))
    if request.method == "POST":
        dons = list(assessed(request.POST, ligne))
        given = open_work(atelier().registry, findings_of(depot.imagined(dons, of=identifiant)))
        faults = faults_of(given, ligne)
        if any(fault.code in IMPOSSIBLES for fault in faults):
            page = ecrans.recording(dossier, given, ligne)
            return render(request, "saisir.html", page, status=422)
        depot.record(identifiant, dons, actor(request), base=seen(request))
        dossier, chantier = work(identifiant)
        if not faults:
            following = ecrans.following(chantier, ligne)
            return HttpResponseRedirect(f"{reverse('saisir', args=[identifiant])}?ligne={following}")
    return render(request, "saisir.html", ecrans.recording(dossier, chantier, ligne))


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Show the gaps, what is left, and what the rules give so far; record the day of notification."""
    dossier, chantier = work(identifiant)
    if request.method == "POST":
        don = Don(Endroit("tete", "ecarts_notifies_le"), request.POST.get("ecarts_notifies_le") or None)
        depot.record(identifiant, [don], actor(request), base=seen(request))
        dossier, chantier = work(identifiant)
    bilan = concluded(atelier().registry, chantier)
    return render(request, "clore.html", ecrans.closing(dossier, chantier, bilan))


@require_GET
def follow(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Show the documents that can be made, and what the rules give."""
    dossier, chantier = work(identifiant)
    bilan = concluded(atelier().registry, chantier)
    return render(request, "suivre.html", ecrans.following_up(dossier, chantier, bilan))


@require_GET
def journal(request: HttpRequest, identifiant: UUID) -> HttpResponse:
    """Show who gave what and when, and whether the journal verifies."""
    dossier = get_object_or_404(models.DossierSuivi, pk=identifiant)
    context = {
        "dossier": dossier,
        "evenements": ecrans.history(depot.events(identifiant), depot.contents(identifiant)),
        "alteration": depot.altered(identifiant),
    }
    return render(request, "journal.html", context)


@require_GET
def document(request: HttpRequest, identifiant: UUID, nom: str) -> HttpResponse:
    """Send a document of the audit, made now."""
    dossier, chantier = work(identifiant)
    try:
        written = ecrans.document(atelier(), chantier, nom)
    except IssuesError as error:
        return refused(request, error)
    if written is None:
        raise Http404
    content, kind = written
    plain = slugify(dossier.nom)[:60] or "audit"
    headers = {"Content-Disposition": f'attachment; filename="{plain}-{nom}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def actor(_request: HttpRequest) -> str:
    """Return who acts: alone on this machine, the auditor; accounts will say it."""
    return "auditeur"


def seen(request: HttpRequest) -> int:
    """Return the version of the dossier that the page showed."""
    text = request.POST.get("base", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _go(nom: str, identifiant: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse(nom, args=[identifiant]))


def _go_home() -> HttpResponse:
    return HttpResponseRedirect(reverse("accueil"))
