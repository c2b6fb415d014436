"""Saisir: the board of the lines, one line at a time, its finding, what helps to judge it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods

from certif_rules.audit.checklist import Ligne
from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents.mots import SIGNES, criterion, finding, groups, weighed
from certif_rules.journal.evenements import Endroit
from certif_rules.services.espace import AuditEnCours, faults_of
from certif_rules.web.depot import Don
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    consult,
    frame,
    give,
    go,
    imagine,
    in_words,
    line_in_words,
)

#: What a finding can never be: it is not recorded, where a reason that is still missing is.
IMPOSSIBLES: Final = frozenset({"constat-non-permis", "annotation-inconnue"})


@require_http_methods(["GET", "POST"])
def record_line(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show one line and record its finding; then the next one that has none."""
    consultation = consult(identifiant)
    ligne = line_of(consultation.chantier, request.GET.get("ligne"))
    if request.method == "POST":
        dons = list(assessed(request.POST, ligne))
        imagined = imagine(identifiant, dons)
        faults = faults_of(imagined, ligne)
        if any(fault.code in IMPOSSIBLES for fault in faults):
            page = _page(Consultation(consultation.dossier, consultation.etat, imagined), ligne)
            return render(request, "saisir.html", page, status=422)
        give(request, identifiant, dons)
        consultation = consult(identifiant)
        if not faults:
            return go("saisir", identifiant, ligne=following(consultation.chantier, ligne))
    return render(request, "saisir.html", _page(consultation, ligne))


def assessed(post: QueryDict, ligne: str) -> Iterator[Don]:
    """Yield what the page of a line says of it."""
    for champ in ("constat", "commentaire", "ecart.causes", "appui"):
        if champ in post:
            yield Don(Endroit("ligne", champ, ligne), post.get(champ, "").strip() or None)
    if "preuves_vues" in post:
        lines = [text.strip() for text in post.get("preuves_vues", "").splitlines()]
        yield Don(Endroit("ligne", "preuves_vues", ligne), [text for text in lines if text] or None)


def line_of(chantier: AuditEnCours, asked: str | None) -> str:
    """Return the line asked for, else the first that is to assess, else the first."""
    lines = [ligne.indicateur.id for ligne in chantier.checklist.lignes]
    if asked in lines:
        return str(asked)
    return next(iter((*chantier.restent, *lines)))


def following(chantier: AuditEnCours, ligne: str) -> str:
    """Return the next line that is to assess, after this one first."""
    lines = [li.indicateur.id for li in chantier.checklist.lignes]
    rank = lines.index(ligne)
    left = set(chantier.restent)
    turn = [*lines[rank + 1 :], *lines[: rank + 1]]
    return next((one for one in turn if one in left), ligne)


def _page(consultation: Consultation, ligne: str) -> dict[str, Any]:
    """Return the page of a line: the board, the finding, what helps to judge."""
    chantier = consultation.chantier
    checklist = chantier.checklist
    line = next(li for li in checklist.lignes if li.indicateur.id == ligne)
    releve = chantier.releve(ligne)
    lines = [li.indicateur.id for li in checklist.lignes]
    rank = lines.index(ligne)
    return {
        **frame(consultation, "saisir"),
        "damier": [
            {
                "critere": criterion(critere),
                "numero": clean(critere.numero) if critere else "–",
                "cases": [_tile(chantier, li) for li in group],
            }
            for critere, group in groups(checklist)
        ],
        "ligne": {
            **line_in_words(line),
            "exigence": prose(line.indicateur.exigence or ""),
            "niveau": prose(line.indicateur.niveau_attendu.texte) if line.indicateur.niveau_attendu else "",
            "preuves": [prose(texte.texte) for texte in (*line.preuves, *line.precisions)],
            "sources": ", ".join(line.indicateur.sources),
            "precedent": prose(line.constat_precedent or ""),
        },
        "choix": [
            {"id": nom, "titre": finding(checklist, nom), "rang": rang}
            for rang, nom in enumerate(line.constats_permis, start=1)
        ],
        "releve": releve,
        "preuves_vues": "\n".join(releve.preuves_vues),
        "causes": releve.ecart.get("causes", ""),
        "fautes": in_words(faults_of(chantier, ligne)),
        "accords": releve.disputes,
        "precedente": lines[rank - 1] if rank else "",
        "suivante": lines[rank + 1] if rank + 1 < len(lines) else "",
    }


def _tile(chantier: AuditEnCours, ligne: Ligne) -> dict[str, Any]:
    checklist, releve = chantier.checklist, chantier.releve(ligne.indicateur.id)
    sign = weighed(checklist, releve.constat, ligne.indicateur.origine) if releve.porte else None
    word = finding(checklist, releve.constat) if releve.porte else ""
    if releve.disputes:
        shape, mark = "accorder", "≠"
    elif sign is not None:
        shape, mark = "ecart", sign.symbole
    elif releve.porte:
        shape, mark = "fait", "✓"
    else:
        shape, mark = ligne.etat, SIGNES[ligne.etat].symbole
    return {
        "id": ligne.indicateur.id,
        "numero": clean(ligne.indicateur.numero),
        "forme": shape,
        "signe": mark,
        "mot": word or SIGNES[ligne.etat].mot,
    }


ADRESSES = [path("dossier/<uuid:identifiant>/saisir", record_line, name="saisir")]
