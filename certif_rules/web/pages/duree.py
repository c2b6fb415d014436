"""Préparer: how long the audit lasts, which documents are expected; what no rule says is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents import rubriques
from certif_rules.echanges import duree as en_json
from certif_rules.errors import IssuesError
from certif_rules.francais import capital
from certif_rules.services.dossier import open_file
from certif_rules.services.duree import make_duration
from certif_rules.services.espace import AuditEnCours
from certif_rules.services.tirage import without_options
from certif_rules.vie.pieces import EtatPiece
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import atelier, consult, frame, resting
from certif_rules.web.pages.contexte import fault_texts

INCONNUE: Final = "Durée inconnue"
#: How a document stands, in words.
_ETATS: Final[Mapping[EtatPiece, str]] = {
    "manquante": "manquante",
    "expiree": "expirée",
    "a_revoir": "à revoir",
    "a_confirmer": "à confirmer",
    "a_fournir": "à fournir",
    "conditionnelle": "conditionnelle",
    "fournie": "fournie",
}


@require_GET
def means(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the duration, part by part, and the documents; what nobody gives is said unknown."""
    consultation = consult(identifiant)
    checklist = consultation.chantier.checklist
    duree, documents = duration_in_words(consultation.chantier), _documents(consultation.chantier)
    context = {
        **frame(consultation, "preparer"),
        "ici": "duree",
        "duree": duree,
        "sources": {**documents.pop("sources"), **duree.pop("sources", {})}.items(),
        "pieces": [rubriques.point(checklist, point) for point in checklist.pieces],
        "verifications": [rubriques.point(checklist, point) for point in checklist.verifications],
        **documents,
    }
    return render(request, "duree.html", context)


def duration_in_words(chantier: AuditEnCours) -> dict[str, Any]:
    """Return how long the audit lasts, each part with what it rests on, or why nobody knows."""
    try:
        audit = make_duration(atelier().registry, chantier.dossier.demande)
    except IssuesError as error:
        return {"titre": INCONNUE, "manques": fault_texts(error.issues)}
    data = en_json.document(audit)
    fixed = data["fixee"]
    if data["bareme"]:
        titre = prose(f"Durée : {_days(data['jours'])}") if data["jours"] is not None else INCONNUE
        words = resting(data["bareme"]["titre"], tuple(data["bareme"]["sources"]))
    elif fixed:
        titre = "Durée fixée hors barème" if fixed["connue"] else INCONNUE
        words = resting(fixed["texte"], tuple(fixed["sources"]))
    else:
        titre, words = INCONNUE, "Les sources lues ne donnent pas la durée de cet audit."
    return {
        "titre": titre,
        "texte": capital(words),
        "postes": [
            {
                "jours": "inconnue" if part["jours"] is None else _days(part["jours"]),
                "texte": resting(without_options(part["texte"]), tuple(part["sources"])),
            }
            for part in data["postes"]
        ],
        "remarques": [resting(one["texte"], tuple(one["sources"])) for one in data["remarques"]],
        "sources": _sources(data["sources"]),
    }


def _days(days: str) -> str:
    few = days == "1" or days.startswith(("0", "1."))
    return f"{days.replace('.', ',')} jour{'' if few else 's'}"


def _documents(chantier: AuditEnCours) -> dict[str, Any]:
    """Return the documents of the application, each with how it stands; none where no rule does."""
    try:
        opened = open_file(atelier().registry, chantier.dossier.demande)
    except IssuesError as error:
        return {"candidature": (), "sans_dossier": fault_texts(error.issues), "sources": {}}
    elements = [
        {
            "etat": _ETATS[element.etat],
            "titre": resting(element.piece.titre, element.piece.sources),
            "motifs": [prose(motif) for motif in element.motifs],
        }
        for element in opened.etude.elements
    ]
    known = opened.vie.sources
    cited = dict.fromkeys(s for element in opened.etude.elements for s in element.piece.sources)
    sources = {nom: (prose(known[nom].titre), prose(known[nom].reference)) for nom in cited if nom in known}
    return {"candidature": elements, "sans_dossier": (), "sources": sources}


def _sources(sources: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    """Return sources by name: their title, where they are."""
    return {clean(nom): (prose(s["titre"]), prose(s["reference"])) for nom, s in sources.items()}
