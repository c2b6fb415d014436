"""The journal of an audit: who gave what and when, the last first, and whether its digests still agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from certif_rules.audit.checklist import Checklist
from certif_rules.blocs.typographie import clean, day
from certif_rules.errors import IssuesError
from certif_rules.francais import count
from certif_rules.journal.evenements import Contenu, Inscription
from certif_rules.web import depot, models
from certif_rules.web.machine import clock, day_here, now
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import consult, whole
from certif_rules.web.pages.valeurs import field_in_words, value_in_words, words_of

#: Events of a page.
_PAR_PAGE: Final = 200
#: The last verification that this run made of each: up to which version, when, what was altered.
_VERIFIES: Final[dict[Identifiant, tuple[int, str, str]]] = {}
#: What an event is about, where its kind is not the word for it; what heads the findings goes without.
_CHOSES: Final = {
    "tete": "", "verification": "vérification", "piece": "pièce demandée", "texte": "texte donné",
    "creneau": "créneau", "leve": "écart levé",
}  # fmt: skip


@require_GET
def journal(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show who gave what and when, some events at a time; verify them all when it is asked."""
    dossier = get_object_or_404(models.DossierSuivi, pk=identifiant)
    if "verifier" in request.GET:
        _VERIFIES[identifiant] = (dossier.version, now(), depot.altered(identifiant))
    asked = whole(request.GET.get("jusque", ""))
    until = dossier.version if asked is None else min(asked, dossier.version)
    shown = depot.events(identifiant, after=max(until - _PAR_PAGE, 0), until=until)
    contents = depot.contents(identifiant, {digest for one in shown for digest in (one.apres, one.raison)})
    context = {
        "dossier": dossier,
        "evenements": in_words(shown, contents, _rules_of(identifiant)),
        "plus_anciens": max(until - _PAR_PAGE, 0),
        "dernier": until == dossier.version,
        "verification": _last_verified(identifiant, dossier.version),
    }
    return render(request, "journal.html", context)


def _last_verified(identifiant: Identifiant, version: int) -> dict[str, Any] | None:
    """Return what the last verification said and how far it went; nothing where this run made none."""
    if identifiant not in _VERIFIES:
        return None
    until, quand, alteration = _VERIFIES[identifiant]
    return {
        "jusque": until,
        "quand": f"{day(day_here(quand))}, {clock(quand)}",
        "alteration": alteration,
        "depuis": count(version - until, "événement", "événements") if version > until else "",
    }


def _rules_of(identifiant: Identifiant) -> Checklist | None:
    """Return the checklist of an audit; ``None`` where its rules are not here."""
    try:
        return consult(identifiant).chantier.checklist
    except IssuesError:
        return None


def in_words(
    events: Iterable[Inscription], contents: Mapping[str, Contenu], checklist: Checklist | None
) -> list[dict[str, Any]]:
    """Return the events, the last first, each with what it says in words.

    Args:
        events: in their order.
        contents: what they gave, by digest.
        checklist: the rules of the audit, where they are known.
    """
    rows, words, names = [], words_of(checklist), depot.names()
    for event in events:
        content, why = contents.get(event.apres), contents.get(event.raison)
        rows.append(
            {
                "version": event.version,
                "quand": f"{day(day_here(event.quand))}, {clock(event.quand)}",
                "acteur": names.get(event.acteur, "sans nom"),
                "ou": _where(event, checklist),
                "valeur": "effacé" if content is None else value_in_words(event.cle, content.valeur, words),
                "raison": clean(str(why.valeur)) if why else "",
            }
        )
    return rows[::-1]


def _where(event: Inscription, checklist: Checklist | None) -> str:
    """Return what an event is about, in words: a line by its short id, since its rules may not be here."""
    cle = event.cle
    thing = _CHOSES.get(cle.genre, cle.genre)
    if cle.genre in ("ligne", "verification", "leve"):
        thing = f"{thing} {clean(cle.ligne.rpartition('/')[2])}"
    tied = cle.champ.removeprefix("ligne.")
    line = f"ligne {clean(tied.rpartition('/')[2])}"
    return " · ".join(filter(None, (thing, field_in_words(cle, checklist) if tied == cle.champ else line)))
