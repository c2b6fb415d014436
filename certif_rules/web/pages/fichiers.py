"""What is sent as a file: the documents of an audit, made when asked for; our style sheets and scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from certif_rules.errors import IssuesError
from certif_rules.services.conclusion import conclude_file
from certif_rules.services.ecriture import ecrire
from certif_rules.services.espace import AuditEnCours, as_file
from certif_rules.services.rapport import report_file
from certif_rules.web.garde import refused
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import atelier, consult

#: The documents: file, what it is, what it is written of (nothing: the findings themselves), its format.
DOCUMENTS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("constats.json", "Les constats, pour tout autre programme", "", "json"),
    ("conclusion.json", "Ce que donnent les règles, pour tout autre programme", "conclure", "json"),
    ("grille.html", "La grille, en une page", "checklist", "html"),
    ("grille.xlsx", "La grille, à remplir", "checklist", "xlsx"),
    ("rapport.html", "Le rapport, en une page", "rapport", "html"),
    ("rapport.docx", "Le rapport, à compléter", "rapport", "docx"),
    ("rapport.pdf", "Le rapport, à imprimer", "rapport", "pdf"),
)
#: How the findings are called in messages about them.
_FICHIER: Final = "constats.json"
_KINDS: Final = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
STATIQUE: Final = Path(__file__).resolve().parent.parent / "statique"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@require_GET
def document(request: HttpRequest, identifiant: Identifiant, nom: str) -> HttpResponse:
    """Send a document of the audit, made now."""
    consultation = consult(identifiant)
    try:
        written = _document(consultation.chantier, nom)
    except IssuesError as error:
        return refused(request, error)
    if written is None:
        raise Http404
    content, kind = written
    plain = slugify(consultation.dossier.nom)[:60] or "audit"
    headers = {"Content-Disposition": f'attachment; filename="{plain}-{nom}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def _document(chantier: AuditEnCours, nom: str) -> tuple[bytes, str] | None:
    """Return a document of the audit and its type; nothing where there is no such one.

    Raises:
        DataError, UsageError: what is said of the audit cannot be, or a library is not installed.
    """
    for name, _, verb, format_ in DOCUMENTS:
        if name == nom:
            if not verb:
                return as_file(chantier), _KINDS[format_]
            return ecrire(_valued(chantier, verb), format_), _KINDS[format_]
    return None


def _valued(chantier: AuditEnCours, quoi: str) -> object:
    if quoi == "checklist":
        return chantier.checklist
    if quoi == "rapport":
        return report_file(atelier().registry, Path(_FICHIER), stdin=as_file(chantier))[0]
    return conclude_file(atelier().registry, Path(_FICHIER), stdin=as_file(chantier))[0]


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


ADRESSES = [
    path("vivant", alive, name="vivant"),
    path("statique/<str:nom>", static, name="statique"),
    path("dossier/<uuid:identifiant>/fichiers/<str:nom>", document, name="fichier"),
]
