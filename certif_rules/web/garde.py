"""What every request meets first: this machine only, the key of the first address, a policy of contents."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.request import split_domain_port
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.utils.crypto import constant_time_compare

from certif_rules.errors import IssuesError
from certif_rules.source.entree import CONTROL, as_seen
from certif_rules.web import copie

#: Nothing but our own files, no script in a page, no frame.
POLITIQUE = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: What goes with every answer; a document has a policy of its own, a style sheet is kept by the browser.
ENTETES = {
    "Content-Security-Policy": POLITIQUE,
    "Referrer-Policy": "same-origin",  # none at all makes an Origin of null
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
#: How the cookie that holds the token begins; its port ends it: browsers send every port the same cookies.
PASSE = "passe"

Reponse = Callable[[HttpRequest], HttpResponse]


class Garde:
    """This refuses whoever does not come from the first address, and says in French what went unanswered."""

    def __init__(self, get_response: Reponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer, under the policy, or why there is none."""
        response = _refused(request) or _entered(request) or self.get_response(request)
        if response.status_code == 405:
            response = _impossible(request, response)
        if request.method == "POST":
            copie.wake()
        for name, value in ENTETES.items():
            response.headers.setdefault(name, value)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Give pages what is posted as its author saw it; return why not, where a text holds a control."""
        if request.method != "POST":
            return None
        typed = request.POST.copy()
        for champ, textes in request.POST.lists():
            typed.setlist(champ, [as_seen(texte) for texte in textes])
        request.POST = typed  # type: ignore[assignment]
        held = (CONTROL.search(text) for champ, textes in typed.lists() for text in (champ, *textes))
        control = next(filter(None, held), None)
        if control is None:
            return None
        shown = QueryDict(mutable=True)
        for champ, textes in typed.lists():
            shown.setlist(CONTROL.sub("", champ), [CONTROL.sub("", texte) for texte in textes])
        request.POST = shown  # type: ignore[assignment]
        where = f"Un texte contient le caractère invisible U+{ord(control[0]):04X}, qui n’est pas admis"
        return given_back(request, 422, "À corriger", f"{where} : le retirer. Rien n’est enregistré.")

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return a page for an audit that cannot be read any more, or a file that refuses; else nothing."""
        if isinstance(error, IssuesError):
            return refused(request, error)
        if isinstance(error, DatabaseError):
            message = "Le fichier des audits est tenu par un autre programme, ou le disque est plein."
            return page(request, 503, "Fichier indisponible", message)
        return None


def _refused(request: HttpRequest) -> HttpResponse | None:
    host, port = split_domain_port(request.headers.get("Host", ""))
    if host not in settings.ALLOWED_HOSTS:
        message = "Cet espace ne répond qu’à l’adresse de cette machine."
        return page(request, 400, "Adresse refusée", message)
    given = request.GET.get("jeton") or request.COOKIES.get(f"{PASSE}{port}", "")
    if not (token() and constant_time_compare(given, token())):
        message = "Ouvrir l’adresse entière que la commande a écrite : elle contient la clé de cet espace."
        return page(request, 403, "Accès refusé", message)
    return None


def _entered(request: HttpRequest) -> HttpResponse | None:
    """Return the way in: the token leaves the address for a cookie that no script reads."""
    if "jeton" not in request.GET:
        return None
    response = HttpResponseRedirect(request.path)
    _, port = split_domain_port(request.headers.get("Host", ""))
    response.set_cookie(f"{PASSE}{port}", token(), httponly=True, samesite="Strict")
    return response


def _impossible(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the page for what an address does not do: a form’s own, opened as a page."""
    message = "Cette adresse ne s’ouvre pas ainsi. Repartir de « Mes audits »."
    answer = page(request, 405, "Ce geste n’est pas possible ici", message)
    answer.headers["Allow"] = response.headers["Allow"]
    return answer


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Return the page for what is too big to be read, or is cut on the way."""
    message = "Cet envoi est trop gros, ou est arrivé abîmé : rien n’est enregistré."
    return page(request, 400, "Envoi refusé", f"{message} Revenir en arrière, puis envoyer moins à la fois.")


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Return the page for an address that leads nowhere."""
    message = "Cette adresse ne mène à rien, ou cet audit n’est plus dans ce fichier."
    return page(request, 404, "Page introuvable", f"{message} Repartir de « Mes audits ».")


def broken(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of the program itself."""
    message = "Le programme a rencontré une faute qui est la sienne. Ce qui était enregistré l’est toujours."
    return page(request, 500, "Faute du programme", f"{message} Revenir en arrière, puis recommencer.")


def token() -> str:
    """Return the key of this run; without one, nobody enters."""
    return os.environ.get("CERTIF_RULES_JETON", "")


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form that cannot be trusted: open too long, or sent from another address."""
    if reason.startswith(REASON_BAD_ORIGIN.partition("%")[0]):
        message = "Cette demande vient d’une autre adresse que celle de cet espace : elle n’est pas suivie."
        return page(request, 403, "Demande refusée", message)
    message = (
        "Cette page est restée ouverte trop longtemps. Revenir en arrière, recharger, renvoyer la saisie."
    )
    return given_back(request, 403, "Page expirée", message)


def given_back(request: HttpRequest, status: int, titre: str, message: str) -> HttpResponse:
    """Return a page that refuses what was posted, with what was typed, to copy from there."""
    typed = [
        f"{champ}\u00a0: {texte}"
        for champ, textes in request.POST.lists()
        for texte in textes
        if texte.strip() and champ not in ("csrfmiddlewaretoken", "base")
    ]
    messages = [message, *(["Ce qui était écrit, à copier\u00a0:"] if typed else []), *typed]
    return render(request, "message.html", {"titre": titre, "messages": messages}, status=status)


def page(request: HttpRequest, status: int, titre: str, message: str) -> HttpResponse:
    """Return a page that says what happened, and what to do."""
    return render(request, "message.html", {"titre": titre, "messages": [message]}, status=status)


def refused(request: HttpRequest, error: IssuesError, status: int = 422) -> HttpResponse:
    """Return a page with every fault of what was given."""
    texts = [issue.message + (f" : {issue.hint}" if issue.hint else "") for issue in error.issues]
    return render(request, "message.html", {"titre": "À corriger", "messages": texts}, status=status)
