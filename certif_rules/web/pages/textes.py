"""Textes manquants: the lines that no source words, and what the body gives of them, with its document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods
from msgspec import json

from certif_rules.audit.checklist import Ligne
from certif_rules.audit.recevabilite import lacks_text
from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents.mots import criterion, title
from certif_rules.errors import Issue, IssuesError
from certif_rules.francais import count
from certif_rules.journal.annexes import annexes
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import FICHIER_DES_TEXTES, TEXTES, findings_of
from certif_rules.services.espace import open_work
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, atelier, consult, frame, give, go

#: The fields of a text that the body gives, with their labels: the words, then where they are written.
CHAMPS: Final[Mapping[str, str]] = {
    "titre": "Intitulé",
    "exigence": "Exigence",
    "niveau_attendu": "Niveau attendu",
    "document": "Document",
    "page": "Page, ou article",
}


@require_http_methods(["GET", "POST"])
def give_texts(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the lines without text, and take the words that the body has in its own documents."""
    consultation = consult(identifiant)
    fautes: tuple[Issue, ...] = ()
    if request.method == "POST":
        nom = request.POST.get("ligne", "")
        fautes = _given(request, consultation, nom)
        if not fautes:
            return go("textes", identifiant)
    lines = [
        _listed(ligne, consultation, request.POST if fautes else None) for ligne in concerned(consultation)
    ]
    without = [one for one in lines if one["manque"]]
    given = len(lines) - len(without)
    context = {
        **frame(consultation, "saisir"),
        "lignes": lines,
        "compte": count(len(without), "ligne sans texte", "lignes sans texte"),
        "donnes": count(given, "texte donné par l’organisme", "textes donnés par l’organisme")
        if given
        else "",
        "documents": list(
            dict.fromkeys(
                str(t.get("document")) for t in annexes(consultation.etat, "texte") if t.get("document")
            )
        ),
        "fautes": [prose(f"{one.message} : {one.hint}" if one.hint else one.message) for one in fautes],
    }
    return render(request, "textes.html", context, status=422 if fautes else 200)


def concerned(consultation: Consultation) -> Iterator[Ligne]:
    """Yield the lines whose requirement no source words, those that the body completed included."""
    checklist = consultation.chantier.checklist
    completed = set(checklist.textes.lignes) if checklist.textes else set()
    begun = {texte.id for texte in annexes(consultation.etat, "texte")}
    for ligne in checklist.lignes:
        if lacks_text(ligne) or ligne.indicateur.id in completed | begun:
            yield ligne


def _given(request: HttpRequest, consultation: Consultation, nom: str) -> tuple[Issue, ...]:
    """Record what is typed of a line, and return what is wrong of it, where nothing was."""
    if nom not in {ligne.indicateur.id for ligne in concerned(consultation)}:
        return (Issue("ligne-inconnue", "cette ligne a déjà son texte, que personne ne change ici", None),)
    values = typed(request.POST)
    if any(values[champ] for champ in TEXTES) and not values["document"]:
        hint = "dire dans quel document de l’organisme ce texte est écrit, et à quelle page"
        return (Issue("source-manquante", "ce texte est sans source", None, hint, champ="document"),)
    etat = consultation.etat
    undecided = {
        cle.champ
        for cle, champ in etat.items()
        if (cle.genre, cle.ligne) == ("texte", nom) and champ.a_accorder
    }
    dons = [Don(Endroit("texte", c, nom), v) for c, v in values.items() if v or c not in undecided]
    try:
        imagined = depot.imagined(dons, of=consultation.dossier.pk)
        open_work(atelier().registry, findings_of(imagined))
        give(request, consultation.dossier.pk, dons)
    except IssuesError as error:
        return error.issues
    return ()


def typed(post: QueryDict) -> dict[str, str | None]:
    """Return what is typed of a line, by field."""
    return {champ: " ".join(post.get(champ, "").split()) or None for champ in CHAMPS}


def _listed(ligne: Ligne, consultation: Consultation, post: QueryDict | None) -> dict[str, Any]:
    """Return a line without text, and what the body gave of it or is typing."""
    nom = ligne.indicateur.id
    own = {t.id: t for t in annexes(consultation.etat, "texte")}.get(nom)
    posted = post if post is not None and post.get("ligne") == nom else None
    values = {
        c: posted.get(c, "") if posted is not None else (own.get(c) if own else "") or "" for c in CHAMPS
    }
    return {
        "id": nom,
        "numero": clean(ligne.indicateur.numero),
        "titre": title(ligne),
        "critere": criterion(ligne.critere),
        "manque": lacks_text(ligne),
        "champs": [(champ, label, values[champ]) for champ, label in CHAMPS.items()],
        "ouvert": posted is not None or bool(own and own.a_accorder),
        "accords": [
            (CHAMPS[c], [clean(str(v.valeur or "vide")) for v in one.champs[c].versions])
            for one in ([own] if own else [])
            for c in one.a_accorder
        ],
        "lacunes": [prose(lacune.cherche) for lacune in ligne.lacunes],
    }


@require_GET
def texts_file(_request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Send the texts that the body gave, as the option --textes of every command reads them."""
    given = findings_of(consult(identifiant).etat).get("textes") or {}
    if not given.get("contenu"):
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{FICHIER_DES_TEXTES}"'}
    content = json.format(json.encode(given["contenu"]), indent=2)
    return HttpResponse(content, content_type="application/json", headers=headers)
