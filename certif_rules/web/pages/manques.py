"""What a report lacks, and a form beside each lack: it is filled where one reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from certif_rules.audit.contenu import Manque
from certif_rules.blocs.typographie import clean, prose
from certif_rules.echanges.constats import as_data
from certif_rules.errors import IssuesError
from certif_rules.francais import capital
from certif_rules.journal.evenements import Endroit
from certif_rules.services.actes import new_faults
from certif_rules.services.espace import reported
from certif_rules.web.depot import Don
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    atelier,
    consult,
    frame,
    give,
    go_near,
    imagine,
    in_words,
)

#: The parts that are texts, one a line; « aucun » is something said.
TEXTES: Final = (
    "objectifs",
    "zones_non_couvertes",
    "ecarts_au_plan",
    "desaccords",
    "changements",
    "bonnes_pratiques",
    "diffusion",
    "confidentialite",
)
#: The parts that are lists of entries: the fields of one more, each with its type in a form.
ENTREES: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "seances": (
        ("date", "Jour", "date"),
        ("site", "Site", "text"),
        ("mode", "Mode", "text"),
        ("debut", "Début", "time"),
        ("fin", "Fin", "time"),
    ),
    "personnes": (
        ("role", "Rôle", "text"),
        ("initiales", "Initiales", "text"),
        ("organisation", "Pour qui", "text"),
    ),
    "suites": (("texte", "Ce qui vient ensuite", "text"), ("le", "Le", "date")),
}
#: The fields that are one text or one day.
SIMPLES: Final = {
    "organisme.nom": ("Nom de l’organisme", "text"),
    "audit.mode": ("Mode de l’audit", "text"),
    "ecarts_notifies_le": ("Écarts notifiés le", "date"),
}
#: The headings of a report's own lacks that its page says already.
_GENERALES: Final = ("Rapport", "Champ")
#: Where what has no form here is given: the page, and the place in it.
_AILLEURS: Final = {
    "organisme.sites": ("preparer", "", "Préparer"),
    "precedent": ("preparer", "", "Préparer"),
    "echantillons": ("ouvrir", "", "Tirer l’échantillon"),
    "constats": ("saisir", "", "Saisir"),
    "verifications": ("saisir", "", "Saisir"),
    "ecart": ("ecarts", "", "Suivre les écarts"),
    "evaluation": ("suivre", "evaluation", "Proposer l’avis"),
    "avis": ("suivre", "avis", "Enregistrer l’avis"),
    "decision": ("suivre", "decision", "Enregistrer la décision"),
    "notification": ("suivre", "notification", "Enregistrer la notification"),
}


@require_http_methods(["GET", "POST"])
def lacks(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show what the report lacks, and record what fills one lack."""
    consultation = consult(identifiant)
    if request.method == "GET":
        return render(request, "manques.html", _page(consultation))
    champ = request.POST.get("champ", "")
    dons = list(_given(consultation, champ, request.POST))
    faults: list[str] = []
    if not dons:
        faults = ["rien n’est écrit : remplir, ou dire qu’il n’y en a pas"]
    else:
        try:
            after = imagine(identifiant, dons)
            fresh = new_faults(atelier().registry, consultation.chantier, after)
            faults = in_words(issue for _, issue in fresh)
            if not faults:
                give(request, identifiant, dons)
                return go_near("manques", identifiant, "manques")
        except IssuesError as error:
            faults = in_words(error.issues)
    typed = {key: request.POST.get(key, "") for key in request.POST if key not in ("base", "raison")}
    page = _page(consultation, {"champ": champ, "fautes": faults, "donne": typed})
    return render(request, "manques.html", page, status=422)


def _given(consultation: Consultation, champ: str, post: QueryDict) -> Iterator[Don]:
    """Yield what fills a lack: a text, texts, an entry more, or that there is none."""
    value = post.get("valeur", "").strip()
    if champ in SIMPLES and value:
        yield Don(Endroit("tete", champ), value)
    elif champ in TEXTES:
        lines = [text.strip() for text in value.splitlines() if text.strip()]
        if lines or "aucun" in post:
            yield Don(Endroit("tete", champ), lines)
    elif champ in ENTREES:
        known = list(as_data(consultation.chantier.dossier).get(champ) or ())
        names = (nom for nom, _, _ in ENTREES[champ])
        entry = {nom: text for nom in names if (text := post.get(f"{champ}.{nom}", "").strip())}
        if entry or "aucun" in post:
            yield Don(Endroit("tete", champ), [*known, entry] if entry else known)


def _page(consultation: Consultation, refused: dict[str, Any] | None = None) -> dict[str, Any]:
    report = reported(atelier().registry, consultation.chantier)
    adding = [_adding(consultation, champ) for champ in ENTREES]
    return {
        **frame(consultation, "suivre"),
        "onglet": "manques",
        "manques": [_lack(consultation, one, refused or {}) for one in report.manques],
        "ajouts": adding,
        "donnes": any(one["donnes"] for one in adding),
    }


def _lack(consultation: Consultation, manque: Manque, refused: dict[str, Any]) -> dict[str, Any]:
    """Return a lack, with the form that fills it or the way to it."""
    champ, identifiant = manque.champ, consultation.dossier.pk
    mine = refused.get("champ") == champ
    donne = refused.get("donne", {}) if mine else {}
    row: dict[str, Any] = {
        "rubrique": "" if manque.rubrique in _GENERALES else prose(manque.rubrique),
        "texte": capital(prose(manque.texte)),
        "champ": champ,
        "fautes": refused.get("fautes", []) if mine else [],
        "valeur": donne.get("valeur", ""),
        "type": "",
    }
    if champ in SIMPLES:
        row |= {"titre": SIMPLES[champ][0], "type": SIMPLES[champ][1]}
    elif champ in TEXTES:
        row |= {"titre": f"{capital(prose(manque.texte))}, un par ligne", "type": "textes"}
    elif champ in ENTREES:
        row |= {"type": "entree", "champs": _fields(champ, donne)}
    else:
        nom, ancre, action = _AILLEURS.get(champ, ("suivre", "", "Ouvrir"))
        address = reverse(nom, args=[identifiant])
        row |= {"action": action, "adresse": f"{address}#{ancre}" if ancre else address}
    return row


def _fields(champ: str, donne: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"nom": f"{champ}.{nom}", "titre": titre, "type": kind, "valeur": donne.get(f"{champ}.{nom}", "")}
        for nom, titre, kind in ENTREES[champ]
    ]


def _adding(consultation: Consultation, champ: str) -> dict[str, Any]:
    """Return the entries of a part that were given already, and the form of one more."""
    known = as_data(consultation.chantier.dossier).get(champ)
    return {
        "champ": champ,
        "titre": capital(champ.replace("seances", "séances")),
        "donnes": [", ".join(clean(str(value)) for value in one.values()) for one in known or ()],
        "champs": _fields(champ, {}),
    }
