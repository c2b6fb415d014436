"""The documents of an audit: sent at once, or written by another process; reports kept as they were."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from certif_rules.audit.constats import Depart
from certif_rules.audit.plan import Creneau
from certif_rules.blocs.typographie import clean, day
from certif_rules.errors import IssuesError
from certif_rules.francais import capital
from certif_rules.journal.etat import ValeurDonnee
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import findings_of
from certif_rules.services.espace import as_file, open_work
from certif_rules.services.plan import slots_of
from certif_rules.services.remise import PIECES, DocumentRemis, piece_named, written
from certif_rules.web import depot, models
from certif_rules.web.depot import Don
from certif_rules.web.garde import page, refused
from certif_rules.web.machine import day_here, identifier
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, actor, atelier, consult, frame, go, whole
from certif_rules.web.travaux import IMPRIMERIE, Travail

#: What a format is called, and its media type.
_FORMATS: Final = {
    "html": ("page à imprimer", "text/html; charset=utf-8"),
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": ("PDF", "application/pdf"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": ("LibreOffice", "application/vnd.oasis.opendocument.spreadsheet"),
    "csv": ("CSV", "text/csv; charset=utf-8"),
    "formulaire": ("formulaire hors ligne", "text/html; charset=utf-8"),
    "json": ("JSON", "application/json"),
    "ics": ("ICS", "text/calendar; charset=utf-8"),
}
#: The documents that keep the state of the audit as it was handed over.
_REMIS: Final = "rapport"
#: The document that is there once slots are planned, and the one that its own page gives.
_PLAN: Final = "plan"
_AUTODIAGNOSTIC: Final = "autodiagnostic"
#: The documents that people change and send back; what a blank grid leaves empty, nobody erased.
_REVIENNENT: Final = frozenset({"releve", "constats"})
#: The documents that say places of the findings file: those of the file that is sent.
_TELS: Final = frozenset({"conclusion"})
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
#: The widths that a page of blocks gives to its columns and pictures, which the policy refuses in their tags.
_LARGEUR = re.compile(rb'(<(?:col|img)\b[^<>]*) style="([^"<>]*)"')


@require_GET
def documents(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show every document in every format, and the reports that were handed over."""
    consultation = consult(identifiant)
    context = {
        **frame(consultation, "suivre"),
        "onglet": "documents",
        "documents": list(listed(planned=bool(slots_of(consultation.etat)))),
        "remis": list(handed_over(consultation)),
    }
    return render(request, "documents.html", context)


def listed(*, planned: bool) -> Iterator[dict[str, Any]]:
    """Yield each document with its formats; the plan, where there is one."""
    for quoi in dict.fromkeys(piece.quoi for piece in PIECES):
        if quoi != _AUTODIAGNOSTIC and (quoi != _PLAN or planned):
            yield formats_of(quoi)


def formats_of(quoi: str) -> dict[str, Any]:
    """Return a document with its formats."""
    own = [piece for piece in PIECES if piece.quoi == quoi]
    return {
        "titre": own[0].titre,
        "formats": [
            {
                "nom": piece.nom,
                "mot": _FORMATS["formulaire" if piece.se_remplit else piece.format][0],
                "lente": piece.lente,
                "voir": piece.format == "html" and not piece.se_remplit,
            }
            for piece in own
        ],
    }


def handed_over(consultation: Consultation) -> Iterator[dict[str, Any]]:
    """Yield the reports that were handed over, the first one first: when, by whom, at which version."""
    names = depot.names()
    for given in _seals(consultation):
        yield {
            "version": given.valeur["version"],
            "quand": day(day_here(given.quand)),
            "par": names.get(given.acteur, ""),
        }


def _seals(consultation: Consultation) -> Iterator[ValeurDonnee]:
    """Yield what was kept of each report that was handed over: its version, the digests of that day."""
    for cle, champ in consultation.etat.items():
        if (cle.genre, cle.champ) == ("acte", _REMIS) and isinstance(champ.valeur, dict):
            yield champ.versions[-1]


@require_POST
def hand_over(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Record that the report is handed over as it is now: it can be printed again as it was."""
    consultation = consult(identifiant)
    constats = as_file(consultation.chantier)
    try:
        content = written(constats, DocumentRemis(quoi=_REMIS, format="html", titre=""), atelier().registry)
    except IssuesError as error:
        return refused(request, error)
    version = consultation.dossier.version
    seal = {"version": version, "constats": _digest(constats), "rapport": _digest(content)}
    don = Don(Endroit("acte", _REMIS, identifier()), seal)
    depot.record(identifiant, [don], actor(request), base=version)
    return go("documents", identifiant)


@require_GET
def document(request: HttpRequest, identifiant: Identifiant, nom: str) -> HttpResponse:
    """Send a document of the audit, written now; one that takes long is asked for from its page."""
    piece = piece_named(nom)
    if piece is None:
        raise Http404
    if piece.lente:
        return go("documents", identifiant)
    asked = request.GET.get("version", "")
    try:
        remise = _handed(identifiant, asked, returns=piece.quoi in _REVIENNENT | _TELS)
        content = written(remise.constats, piece, atelier().registry, remise.creneaux)
    except IssuesError as error:
        return refused(request, error)
    version = remise.version if asked or piece.quoi in _REVIENNENT else 0
    return _sent(request, remise.dossier, piece, content, version)


@require_POST
def ask(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Ask for a document that takes long; the way to where it is followed."""
    piece = piece_named(request.POST.get("piece", ""))
    if piece is None:
        raise Http404
    try:
        remise = _handed(identifiant, request.POST.get("version", ""))
    except IssuesError as error:
        return refused(request, error)
    nom = _named(remise.dossier, piece)
    work = IMPRIMERIE.ask(str(identifiant), remise.version, piece, nom, remise.constats, remise.creneaux)
    return go_to("travail", identifiant, work.cle)


@require_GET
def followed(request: HttpRequest, identifiant: Identifiant, cle: str) -> HttpResponse:
    """Show where a document that was asked for stands; the page comes again by itself until it is there."""
    dossier = get_object_or_404(models.DossierSuivi, pk=identifiant)
    work = IMPRIMERIE.get(cle, str(identifiant))
    if work is None:
        message = "Ce document n’est plus gardé ici. Le redemander, depuis la page des documents."
        return page(request, 404, "Document à redemander", message)
    context = {
        "dossier": dossier,
        "travail": work,
        "titre_document": _title(work),
        "etat_document": _state(work),
        "piece": work.piece.nom,
    }
    return render(request, "travail.html", context, status=422 if work.faute else 200)


@require_GET
def fetched(request: HttpRequest, identifiant: Identifiant, cle: str) -> HttpResponse:
    """Send a document that is ready; one that is not sends back to where it is followed."""
    work = IMPRIMERIE.get(cle, str(identifiant))
    if work is None or work.contenu is None:
        return go_to("travail", identifiant, cle)
    dossier = get_object_or_404(models.DossierSuivi, pk=identifiant)
    return _sent(request, dossier, work.piece, work.contenu, 0)


@require_GET
def reprinted(request: HttpRequest, identifiant: Identifiant, version: int) -> HttpResponse:
    """Show a report as it was handed over, and whether its bytes still are those of that day."""
    consultation = consult(identifiant)
    seals = (given.valeur for given in _seals(consultation))
    seal = next((one for one in seals if one.get("version") == version), None)
    if seal is None:
        raise Http404
    try:
        constats = _handed(identifiant, str(version)).constats
        content = written(constats, DocumentRemis(quoi=_REMIS, format="html", titre=""), atelier().registry)
    except IssuesError as error:
        return refused(request, error)
    context = {
        **frame(consultation, "suivre"),
        "onglet": "documents",
        "numero": version,
        "memes_constats": _digest(constats) == seal.get("constats"),
        "memes_octets": _digest(content) == seal.get("rapport"),
        "formats": [
            {"nom": p.nom, "mot": _FORMATS[p.format][0], "lente": p.lente} for p in PIECES if p.quoi == _REMIS
        ],
    }
    return render(request, "remis.html", context)


class _Remise(NamedTuple):
    """Documents are written of this: the findings of a dossier at a version, the slots of its plan."""

    dossier: models.DossierSuivi
    constats: bytes
    version: int
    creneaux: tuple[Creneau, ...]


def _handed(identifiant: Identifiant, version: str, *, returns: bool = False) -> _Remise:
    """Return what documents are written of, as a dossier stands or stood at a version.

    Findings that come back (``returns``) say that version.

    Raises:
        Http404: there is no such dossier, or version.
        IssuesError: what it says cannot be.
    """
    if not version:
        consultation = consult(identifiant)
        dossier = consultation.dossier
        start = _start(dossier, dossier.version) if returns else None
        slots = slots_of(consultation.etat)
        return _Remise(dossier, as_file(consultation.chantier, start), dossier.version, slots)
    dossier = get_object_or_404(models.DossierSuivi, pk=identifiant)
    asked = whole(version) or 0
    if not 0 < asked <= dossier.version:
        raise Http404
    etat = depot.stood_at(identifiant, asked)
    chantier = open_work(atelier().registry, findings_of(etat, depot.names()))
    start = _start(dossier, asked) if returns else None
    return _Remise(dossier, as_file(chantier, start), asked, slots_of(etat))


def _start(dossier: models.DossierSuivi, version: int) -> Depart | None:
    """Return what a file written at a version starts from; nothing where nothing was recorded yet."""
    row = models.InscriptionGardee.objects.filter(dossier=dossier, version=version).first()
    return Depart(version=version, empreinte=row.empreinte) if row else None


def go_to(nom: str, identifiant: Identifiant, cle: str) -> HttpResponse:
    """Return the way to a page of a dossier that has a key."""
    return HttpResponse(status=302, headers={"Location": reverse(nom, args=[identifiant, cle])})


def _sent(
    request: HttpRequest, dossier: models.DossierSuivi, piece: DocumentRemis, content: bytes, version: int
) -> HttpResponse:
    """Return a document as a file; a page to print may be shown instead, under a policy of its own."""
    headers = {}
    show = piece.format == "html" and "voir" in request.GET
    nom = _named(dossier, piece)
    if (start := _start(dossier, version)) is not None:
        nom = nom.replace("-", f"-v{version}.{start.empreinte.removeprefix('sha256:')[:8]}-", 1)
    headers["Content-Disposition"] = "inline" if show else f'attachment; filename="{nom}"'
    if show:
        content = _in_sheet(content)
        styles = " ".join(f"'sha256-{_b64(style)}'" for style in _STYLE.findall(content))
        headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src {styles}; img-src data:; form-action 'none'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
    return HttpResponse(content, content_type=_FORMATS[piece.format][1], headers=headers)


def _in_sheet(content: bytes) -> bytes:
    """Return a page whose widths are in its sheet, not in its tags."""
    tags = _LARGEUR.finditer(content)
    widths = {width: b"l%d" % rank for rank, width in enumerate(dict.fromkeys(tag[2] for tag in tags))}
    rules = b"".join(b".%s{%s}" % (name, width) for width, name in widths.items())
    page = _LARGEUR.sub(lambda tag: b'%s class="%s"' % (tag[1], widths[tag[2]]), content)
    return page.replace(b"</style>", rules + b"</style>", 1)


def _named(dossier: models.DossierSuivi, piece: DocumentRemis) -> str:
    return f"{slugify(dossier.nom)[:60].replace('-', '_') or 'audit'}-{piece.nom}"


def _title(work: Travail) -> str:
    return f"{capital(clean(work.piece.titre))}, {_FORMATS[work.piece.format][0]}"


def _state(work: Travail) -> str:
    if work.faute:
        return capital(clean(work.faute)) + "."
    if work.contenu is not None:
        return "Prêt."
    return "En cours d’écriture…" if work.commence else "En attente de son tour…"


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


def _b64(style: bytes) -> str:
    return b64encode(sha256(style).digest()).decode()
