"""The self-assessment: levels, bars, radar, what to improve first, compared with the last; from a file."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from certif_rules.audit.demande import Demande
from certif_rules.blocs import arbre as b
from certif_rules.blocs.typographie import clean, day
from certif_rules.documents.autodiagnostic import progression, synthese
from certif_rules.errors import DataError, Issue, IssuesError
from certif_rules.journal.annexes import Annexe, annexes
from certif_rules.journal.evenements import Endroit
from certif_rules.services.autodiagnostic import compare_syntheses, synthesis
from certif_rules.services.reponses import read_answers
from certif_rules.source.entree import FichierDonne
from certif_rules.vie.autodiagnostic import Synthese
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.machine import day_here, identifier, now
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.blocs import laid, pictures_of
from certif_rules.web.pages.commun import Consultation, actor, atelier, consult, frame, go, in_words
from certif_rules.web.pages.documents import formats_of

_GENRE: Final = "autodiagnostic"
#: Most characters of a file of answers.
_MOST: Final = 500_000


@require_http_methods(["GET", "POST"])
def assess(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show a self-assessment beside the one before it; keep one that is given, or remove one."""
    consultation = consult(identifiant)
    if request.method == "GET":
        return render(request, "autodiagnostic.html", _page(consultation, request.GET.get("fait", "")))
    if (gone := request.POST.get("retirer", "")) in [one.id for one in _kept(consultation)]:
        gift = Don(Endroit(_GENRE, "retire", gone), True)
        depot.record(identifiant, [gift], actor(request), base=consultation.dossier.version)
        return go("autodiagnostic", identifiant)
    faults: list[str] = []
    given = request.FILES.get("fichier")
    if given is None:
        faults = ["aucun fichier n’est choisi"]
    else:
        nom = clean(given.name or "reponses.json")[:120]
        try:
            text = _text(given.read())
            _made(consultation, nom, text)
        except IssuesError as error:
            faults = in_words(error.issues)
        else:
            cle = identifier()
            dons = [
                Don(Endroit(_GENRE, "cree_le", cle), now()),
                Don(Endroit(_GENRE, "nom", cle), nom),
                Don(Endroit(_GENRE, "contenu", cle), text),
            ]
            depot.record(identifiant, dons, actor(request), base=consultation.dossier.version)
            return go("autodiagnostic", identifiant, fait=cle)
    context = _page(consultation, "") | {"fautes": faults}
    return render(request, "autodiagnostic.html", context, status=422)


@require_GET
def picture(_request: HttpRequest, identifiant: Identifiant, cle: str, rang: int) -> HttpResponse:
    """Send one of the pictures of a self-assessment."""
    consultation = consult(identifiant)
    every = _kept(consultation)
    if cle not in [one.id for one in every]:
        raise Http404
    images = pictures_of(_document(consultation, every, cle).blocs)
    if rang >= len(images):
        raise Http404
    return HttpResponse(images[rang].contenu, content_type="image/svg+xml")


def _kept(consultation: Consultation) -> list[Annexe]:
    """Return the self-assessments of a dossier, in the order they were given."""
    whole = (one for one in annexes(consultation.etat, _GENRE) if one.get("contenu"))
    return sorted(whole, key=lambda one: one.champs["contenu"].version)


def _day_of(one: Annexe) -> str:
    """Return the day on which a self-assessment was given, in words; nothing where no one says it."""
    created = one.get("cree_le")
    return day(day_here(created)) if created else ""


def _page(consultation: Consultation, asked: str) -> dict[str, Any]:
    every = _kept(consultation)
    chosen = asked if asked in [one.id for one in every] else (every[-1].id if every else "")
    context = {
        **frame(consultation, "suivre"),
        "onglet": "autodiagnostic",
        "faits": [
            {"id": one.id, "nom": clean(str(one.get("nom") or "sans nom")), "le": _day_of(one)}
            for one in every
        ],
        "choisi": chosen,
        "a_remplir": formats_of("autodiagnostic"),
    }
    if chosen:
        try:
            document = _document(consultation, every, chosen)
        except IssuesError as error:
            return context | {"fautes": in_words(error.issues)}
        context |= {"titre_document": clean(document.titre), "blocs": list(laid(document.blocs))}
    return context


def _document(consultation: Consultation, every: list[Annexe], cle: str) -> b.Document:
    """Return a self-assessment, compared with the one that was given before it.

    Raises:
        IssuesError: its answers are wrong by the rules that are installed.
    """
    rank = [one.id for one in every].index(cle)
    both = every[: rank + 1][-2:]
    syntheses = [_made(consultation, str(one.get("nom")), str(one.get("contenu"))) for one in both]
    document = synthese.compose(syntheses[-1])
    if len(syntheses) == 1:
        return document
    compared = progression.compose(compare_syntheses(syntheses[0], syntheses[1]))
    heading = b.Titre(texte="Depuis le dernier autodiagnostic", niveau=2)
    blocs = (*document.blocs, heading, *compared.blocs)
    return b.Document(
        titre=document.titre, sujet=document.sujet, date=document.date, pied=document.pied, blocs=blocs
    )


def _made(consultation: Consultation, nom: str, text: str) -> Synthese:
    questionnaire = read_answers(FichierDonne(nom, text.encode()))
    own = Demande() if questionnaire.demande is not None else consultation.chantier.dossier.demande
    return synthesis(atelier().registry, questionnaire, own)


def _text(content: bytes) -> str:
    """Return a file of answers as text.

    Raises:
        DataError: it is none, or is too long.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "ce fichier n’est pas un texte : donner celui que la grille d’autodiagnostic exporte"
        raise DataError([Issue("fichier-illisible", message)]) from error
    if len(text) > _MOST:
        raise DataError([Issue("fichier-trop-grand", f"plus de {_MOST // 1000} ko de réponses")])
    return text
