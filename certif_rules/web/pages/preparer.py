"""Préparer: the questions beside the lines due; an answer shows the lines that it moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.correction import Mouvement
from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents.mots import SIGNES, criterion, groups
from certif_rules.errors import IssuesError
from certif_rules.journal.evenements import Endroit
from certif_rules.services.espace import lines_moved
from certif_rules.web.depot import Don
from certif_rules.web.garde import refused
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, consult, frame, give, imagine, line_in_words

#: What a radio button says of a fact.
_REPONSES: Final[Mapping[str, bool | None]] = {"oui": True, "non": False, "inconnu": None}
_SENS: Final = {"entree": "entre", "sortie": "sort", "changee": "change"}


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the lines due and the questions; an answer shows the lines that it moves."""
    consultation = consult(identifiant)
    moved: tuple[Mouvement, ...] = ()
    if request.method == "POST":
        dons = list(answered(request.POST, consultation.chantier.checklist))
        try:
            after = imagine(identifiant, dons)
        except IssuesError as error:
            return refused(request, error)
        moved = lines_moved(consultation.chantier, after)
        give(request, identifiant, dons)
        consultation = consult(identifiant)
    return render(request, "preparer.html", _page(consultation, moved))


def answered(post: QueryDict, checklist: Checklist) -> Iterator[Don]:
    """Yield what the page of questions says of the facts it showed."""
    for nom, fait in checklist.referentiel.faits.items():
        given = post.get(f"fait.{nom}")
        if given is None:
            continue
        value: Any = _REPONSES.get(given, given.strip() or None) if fait.nombre else _REPONSES.get(given)
        yield Don(Endroit("tete", f"organisme.faits.{nom}"), value)


def _page(consultation: Consultation, moved: tuple[Mouvement, ...]) -> dict[str, Any]:
    """Return the page of the context: questions beside the lines, and those that an answer moved."""
    checklist = consultation.chantier.checklist
    asked = {question.fait.id: question for question in consultation.chantier.questions}
    facts = []
    for nom, fait in checklist.referentiel.faits.items():
        declared = checklist.contexte.faits.get(nom)
        value = declared.valeur if declared else None
        answer = "inconnu" if value is None else "oui" if value else "non"
        facts.append(
            {
                "id": nom,
                "question": prose(fait.question),
                "note": prose(fait.note or ""),
                "reponse": (declared.nombre or "") if declared and fait.nombre else answer,
                "nombre": fait.nombre is not None,
                "unite": prose(fait.nombre.unite) if fait.nombre else "",
                "change": nom in asked,
            }
        )
    return {
        **frame(consultation, "preparer"),
        "faits": facts,
        "groupes": [
            {"critere": criterion(critere), "lignes": [line_in_words(li) for li in lines]}
            for critere, lines in groups(checklist)
        ],
        "mouvements": [_moved(one) for one in moved],
        "avertissements": [prose(a.message) for a in checklist.avertissements],
    }


def _moved(one: Mouvement) -> dict[str, Any]:
    before = SIGNES[one.avant].mot if one.avant else "absente"
    after = SIGNES[one.apres].mot if one.apres else "absente"
    return {
        "numero": clean(one.numero),
        "sens": _SENS[one.sens],
        "passage": f"{before} → {after}",
        "motifs": [prose(motif) for motif in one.motifs],
        "a_revoir": prose(one.a_revoir or ""),
    }


ADRESSES = [path("dossier/<uuid:identifiant>/preparer", prepare, name="preparer")]
