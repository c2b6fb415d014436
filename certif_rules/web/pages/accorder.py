"""À accorder: a colleague's file joins, and what two people said otherwise is settled, one gesture each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from certif_rules.audit.constats import A_EVALUER
from certif_rules.blocs.typographie import clean, day
from certif_rules.documents.mots import finding
from certif_rules.errors import DataError, Issue, IssuesError
from certif_rules.francais import count
from certif_rules.journal.etat import VIDES, Champ
from certif_rules.journal.evenements import Endroit
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.machine import clock, day_here
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    consult,
    frame,
    give,
    go,
    in_words,
    line_in_words,
    whole,
)
from certif_rules.web.pages.valeurs import field_in_words, in_order, value_in_words, words_of

_GENRES: Final = {
    "tete": "L’audit lui-même",
    "verification": "Vérification",
    "preuve": "Preuve",
    "piece": "Pièce demandée",
    "note": "Note",
    "texte": "Texte donné",
    "creneau": "Plan",
    "confirmation": "Périmètre",
    "remarque": "Remarque de relecture",
    "leve": "Écart levé",
}


@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show what people said otherwise, each value by name and time; record what is chosen."""
    consultation = consult(identifiant)
    if request.method == "GET":
        return render(request, "accorder.html", laid_out(consultation, request.GET))
    cle = _place(request.POST)
    champ = consultation.etat.get(cle)
    faults: list[str] = []
    if champ is None or not champ.a_accorder:
        faults = ["ce champ n’est plus à accorder : quelqu’un vient de choisir"]
    else:
        try:
            give(request, identifiant, [Don(cle, _chosen(request.POST, champ))])
            return go("accorder", identifiant)
        except IssuesError as error:
            faults = in_words(error.issues)
    page = laid_out(consultation, request.GET) | {"fautes": faults}
    return render(request, "accorder.html", page, status=422)


def _place(post: QueryDict) -> Endroit:
    genre: Any = post.get("genre", "")
    return Endroit(genre, post.get("champ", ""), post.get("ligne", ""), post.get("site", ""))


def _chosen(post: QueryDict, champ: Champ) -> Any:
    """Return the value that a gesture chooses: one of those that stand, another one, or none.

    Raises:
        DataError: it says nothing.
    """
    choice = post.get("choix", "")
    if choice == "aucune":
        return None
    if choice == "autre":
        text = post.get("autre", "").strip()
        if not text:
            raise DataError([Issue("choix-vide", "écrire l’autre valeur, ou en choisir une")])
        listed = any(isinstance(one.valeur, list) for one in champ.versions)
        return [part.strip() for part in text.splitlines() if part.strip()] if listed else text
    for one in champ.versions:
        if str(one.version) == choice:
            return one.valeur
    raise DataError([Issue("choix-vide", "choisir une des valeurs, en écrire une autre, ou « aucune »")])


def laid_out(consultation: Consultation, asked: QueryDict) -> dict[str, Any]:
    """Return the page: what is to settle, and what the last file brought."""
    apport = whole(asked.get("apport", ""))
    return {
        **frame(consultation, "saisir"),
        "conflits": list(_conflicts(consultation)),
        "apport": "" if apport is None else count(apport, "champ apporté", "champs apportés"),
        "rien": apport == 0,
        "deja": "deja" in asked,
        "renomme": "renomme" in asked,
    }


def _conflicts(consultation: Consultation) -> Iterator[dict[str, Any]]:
    """Yield what is to settle, each field with its values; of a line, its finding first."""
    checklist, names = consultation.chantier.checklist, depot.names()
    codes = words_of(checklist)
    lines = {line.indicateur.id: line for line in checklist.lignes}
    for rank, (cle, champ) in enumerate(in_order(consultation.etat)):
        if not champ.a_accorder or cle.genre == "acte":
            continue
        line = lines.get(cle.ligne) if cle.genre == "ligne" else None
        yield {
            "rang": rank,
            "cle": cle,
            "ligne": line_in_words(line) if line else None,
            "quoi": _GENRES.get(cle.genre, ""),
            "champ": field_in_words(cle, checklist),
            "valeurs": [
                {
                    "version": one.version,
                    "texte": _words(cle, one.valeur, codes),
                    "par": clean(names.get(one.acteur) or "une personne sans nom"),
                    "quand": f"{day(day_here(one.quand))} à {clock(one.quand)}",
                }
                for one in champ.versions
            ],
            "choix": [(code, finding(checklist, code)) for code in line.constats_permis]
            if line and cle.champ == "constat"
            else [],
            "libre": all(isinstance(one.valeur, str | list | None) for one in champ.versions),
        }


def _words(cle: Endroit, value: Any, codes: Mapping[str, str]) -> str:
    """Return a value that waits; one that empties its field says so."""
    if value in VIDES or value == A_EVALUER:
        return "à évaluer" if value == A_EVALUER else "rien (effacé)"
    return value_in_words(cle, value, codes)
