"""What is sent as it is: our style sheets and scripts, and that this run is alive."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

STATIQUE: Final = Path(__file__).resolve().parent.parent / "statique"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@require_GET
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer that this run holds the file: a second start joins it."""
    return HttpResponse("vivant", content_type="text/plain; charset=utf-8")


@require_GET
def static(_request: HttpRequest, nom: str) -> HttpResponse:
    """Send one of our own style sheets or scripts."""
    path = STATIQUE / nom
    if path.suffix not in _TYPES or nom not in {one.name for one in STATIQUE.iterdir()}:
        raise Http404
    fresh = {"Cache-Control": "no-cache"}
    return HttpResponse(path.read_bytes(), content_type=_TYPES[path.suffix], headers=fresh)
