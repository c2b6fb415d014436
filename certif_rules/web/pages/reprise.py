"""Files that come in and go out whole: an audit taken up from what somebody sends, an audit to take away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_POST

from certif_rules.blocs.typographie import bound, clean
from certif_rules.errors import Fautes, Issue, IssuesError, Location
from certif_rules.services.reprise import Prise, taken_up
from certif_rules.source.entree import MAX_CLASSEUR
from certif_rules.web import transport
from certif_rules.web.depot import Don, record
from certif_rules.web.models import DossierSuivi, Identifiant
from certif_rules.web.pages.commun import actor, atelier, consult, go

#: Most files taken at once, and most bytes of all of them.
_FICHIERS, _OCTETS = 20, 2 * MAX_CLASSEUR
#: Words of the command line, which no page gives as advice.
_COMMANDE: Final = ("certif-rules", "--")


@require_POST
def example(request: HttpRequest) -> HttpResponse:
    """Begin an audit of a made-up organisation, to look around."""
    dossier = transport.begun_example(atelier(), actor(request))
    return go("preparer", dossier.pk)


@require_POST
def take_up(request: HttpRequest) -> HttpResponse:
    """Begin an audit from each file sent, whatever it is called; nothing is begun where one is wrong."""
    sent = request.FILES.getlist("fichier")
    if not sent:
        return _faulty(request, [Issue("fichier-illisible", "aucun fichier n’est choisi")])
    sizes = sum(one.size or 0 for one in sent)
    if len(sent) > _FICHIERS or sizes > _OCTETS:
        message = f"{len(sent)} fichiers, {sizes // 1_000_000} Mo : c’est trop à la fois"
        hint = f"{_FICHIERS} fichiers et {_OCTETS // 1_000_000} Mo au plus"
        return _faulty(request, [Issue("fichier-trop-grand", message, None, hint)])
    faults, taken, seen = Fautes(), dict[str, Prise](), dict[bytes, str]()
    for one in sent:
        nom = clean(one.name or "fichier")[:120]
        with faults:
            content = one.read()
            if content and content in seen:
                message = f"c’est deux fois le même fichier : {seen[content]} dit la même chose"
                faults.report("fichier-en-double", message, Location(nom), "n’en donner qu’un")
                continue
            seen[content] = nom
            repris = taken_up(atelier().registry, nom, content)
            here = transport.same_audit(repris.archive) if repris.archive else None
            if here is not None and len(sent) == 1:
                return go("accorder", here.pk, deja="1")
            if here is not None:
                faults.issues.append(_already(here, nom))
            taken[nom if nom not in taken else f"{nom} ({len(taken)})"] = repris
    faults.issues += _of_one_audit(taken)
    if faults.issues:
        return _faulty(request, IssuesError(faults.issues).issues)
    with transaction.atomic():
        acteur = actor(request)
        begun = [(transport.begun(one, acteur), one) for one in taken.values()]
    if len(begun) > 1:
        return go("accueil")
    dossier, repris = begun[0]
    return go("saisir" if repris.commence else "preparer", dossier.pk)


@require_POST
def take_away(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Send a whole audit as an archive; that it was shared is an event, which the archive holds."""
    consultation = consult(identifiant)
    dossier = consultation.dossier
    nom = f"{slugify(dossier.nom) or 'audit'}.zip"
    with transaction.atomic():
        record(
            identifiant, [Don(transport.PARTAGE, _said(dossier, nom))], actor(request), base=dossier.version
        )
        dossier.refresh_from_db()
        content = transport.packed(dossier, consultation.chantier)
    headers = {"Content-Disposition": f'attachment; filename="{nom}"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


def _said(dossier: DossierSuivi, nom: str) -> str:
    """Return what an act of sharing says: two in a row are two events."""
    return f"tout exporter ({nom}), version {dossier.version}"


def _already(here: DossierSuivi, nom: str) -> Issue:
    message = (
        f"cet audit est déjà ici, sous le nom « {clean(here.nom)} » : il n’est pas repris une seconde fois"
    )
    return Issue("audit-deja-ici", message, Location(nom), "ouvrir cet audit, et y accorder ce fichier")


def _of_one_audit(taken: dict[str, Prise]) -> Iterable[Issue]:
    """Yield the archives that are of one and the same audit."""
    first: dict[str, str] = {}
    for nom, one in taken.items():
        if one.archive is not None:
            other = first.setdefault(one.archive.origine, nom)
            if other != nom:
                message = f"cette archive est du même audit que {other}"
                hint = "reprendre l’une, puis y accorder l’autre"
                yield Issue("audit-deja-ici", message, Location(nom), hint)


def _faulty(request: HttpRequest, issues: Iterable[Issue]) -> HttpResponse:
    context: dict[str, Any] = {"titre": "À corriger", "messages": [_placed(issue) for issue in issues]}
    return render(request, "message.html", context, status=422)


def _placed(issue: Issue) -> str:
    """Return an issue with its place, and what to do unless it is a command."""
    where = f"{clean(str(issue.location))} : " if issue.location else ""
    hint = issue.hint if issue.hint and not any(word in issue.hint for word in _COMMANDE) else ""
    return bound(clean(f"{where}{issue.message}{f' : {hint}' if hint else ''}"))
