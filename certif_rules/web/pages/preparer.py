"""Préparer: the context and the questions beside the lines; what an answer moves is told, and undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.correction import Mouvement
from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents import rubriques
from certif_rules.documents.mots import SIGNES, criterion, groups
from certif_rules.errors import Issue, IssuesError
from certif_rules.francais import capital
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import findings_of
from certif_rules.services.contexte import correct_context
from certif_rules.services.ebauche import known
from certif_rules.web import depot, models
from certif_rules.web.depot import Don
from certif_rules.web.models import Identifiant
from certif_rules.web.pages import contexte, questions
from certif_rules.web.pages.commun import (
    Consultation,
    as_shown,
    atelier,
    consult,
    frame,
    give,
    go,
    imagine,
    line_in_words,
    resting,
    seen,
    whole,
)

#: Where findings that no longer fit are set aside.
_A_REVOIR: Final = Endroit("tete", "a_revoir")
_RIEN: Final = "aucune ligne ne change"
_SENS: Final = {"entree": "entre", "sortie": "sort", "changee": "change"}


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the context, the questions and the lines; an answer shows the lines that it moves."""
    consultation = consult(identifiant)
    if request.method == "POST":
        shown = as_shown(consultation, seen(request))
        dons = list(questions.answered(request.POST, consultation.chantier, shown))
        since = consultation.dossier.version
        issues = _record(request, consultation, dons)
        if issues:
            page = _page(consultation, faits=issues, typed=request.POST)
            return render(request, "preparer.html", page, status=422)
        consultation = consult(identifiant)
        moved = _moved(consultation, since, consultation.dossier.version, "réponse")
        return render(request, "preparer.html", _page(consultation, moved=moved))
    moved = None
    if "jusqu" in request.GET:
        moved = _moved(
            consultation, _number(request.GET, "depuis"), _number(request.GET, "jusqu"), "correction"
        )
    page = _page(consultation, moved=moved, ouvert="corriger" in request.GET)
    return render(request, "preparer.html", page)


@require_POST
def correct(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Correct the context: what is wrong is told beside each field, what no longer fits is set aside."""
    consultation = consult(identifiant)
    data = findings_of(as_shown(consultation, seen(request)))
    typed, faults = contexte.posted(request.POST), list[Issue]()
    dons = [
        *contexte.changed(contexte.shown(data), typed, data),
        *contexte.told_earlier(request, identifiant, faults),
    ]
    since = consultation.dossier.version
    faults += contexte.studied(depot.imagined(dons, of=identifiant)).issues
    faults += [] if faults else _record(request, consultation, dons)
    if faults:
        page = _page(consultation, ouvert=True, fautes=faults, saisie=typed)
        return render(request, "preparer.html", page, status=422)
    _rename(identifiant)
    until = models.DossierSuivi.objects.get(pk=identifiant).version
    return go("preparer", identifiant, depuis=str(since), jusqu=str(until))


@require_POST
def undo(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Take a correction back: what it changed, and nobody since, has its value again, findings too."""
    consultation = consult(identifiant)
    since, until = _number(request.POST, "depuis"), _number(request.POST, "jusqu")
    dons = depot.still_so(identifiant, depot.reverted(identifiant, since, until), until)
    imagine(identifiant, dons)  # an audit must remain
    now = consultation.dossier.version
    give(request, identifiant, dons, base=now)
    _rename(identifiant)
    after = models.DossierSuivi.objects.get(pk=identifiant).version
    return go("preparer", identifiant, depuis=str(now), jusqu=str(after))


def _record(request: HttpRequest, consultation: Consultation, dons: Sequence[Don]) -> Sequence[Issue]:
    """Record what corrects the context, with what findings become; return why nothing was."""
    identifiant = consultation.dossier.pk
    if not dons:
        return ()
    try:
        data = findings_of(depot.imagined(dons, of=identifiant))
        after = correct_context(atelier().registry, consultation.chantier, data)
        moves = [Don(cle, value) for cle, _, value in after.champs if cle.genre != "tete" or cle == _A_REVOIR]
        give(request, identifiant, dons, suites=moves, vues=consultation.dossier.version)
    except IssuesError as error:
        return error.issues
    return ()


def _rename(identifiant: Identifiant) -> None:
    """Call the dossier by the name of its organisation."""
    champ = depot.standing(identifiant).get(Endroit("tete", "organisme.nom"))
    if champ is not None and champ.valeur:
        models.DossierSuivi.objects.filter(pk=identifiant).update(nom=str(champ.valeur)[: models.NOM])


def _number(given: QueryDict, nom: str) -> int:
    return whole(given.get(nom, "")) or 0


# ---- the page ------------------------------------------------------------------------------------------


def _page(
    consultation: Consultation,
    *,
    moved: dict[str, Any] | None = None,
    ouvert: bool = False,
    fautes: Iterable[Issue] = (),
    saisie: contexte.Valeurs | None = None,
    faits: Sequence[Issue] = (),
    typed: QueryDict | None = None,
) -> dict[str, Any]:
    """Return the page: the context, the form that corrects it, the questions, the lines, what just moved."""
    checklist, data = consultation.chantier.checklist, findings_of(consultation.etat)
    ebauche = known(checklist, consultation.chantier.dossier.demande)
    values = {**contexte.shown(data), **(saisie or {})}
    precedent = data.get("precedent")
    asked = questions.facts_in_words(consultation.chantier, consultation.etat, faits, typed)
    beside = {texte for fait in asked for texte in fait["fautes"]}
    return {
        **frame(consultation, "preparer"),
        "ici": "preparer",
        "ouvert": ouvert,
        "fiche": [*rubriques.organisation(checklist), *rubriques.circumstances(checklist)],
        "identite": rubriques.identity(checklist),
        "couches": _layers(checklist),
        "formulaire": contexte.form(
            ebauche, values, fautes, precedent=precedent, identifiant=consultation.dossier.pk
        ),
        "faits": asked,
        "fautes_faits": [texte for texte in contexte.fault_texts(faits) if texte not in beside],
        "groupes": [
            {
                "critere": criterion(critere),
                "lignes": [
                    {**line_in_words(line), "motifs": [resting(m.texte, m.sources) for m in line.motifs]}
                    for line in lines
                ],
            }
            for critere, lines in groups(checklist)
        ],
        "compteurs": [(SIGNES[etat], number) for etat, number in checklist.compteurs.items() if number],
        "bouge": moved,
        "avertissements": [resting(a.message, a.sources) for a in checklist.avertissements],
        "sources": [
            (clean(s.id), prose(s.titre), prose(s.reference)) for s in checklist.referentiel.sources.values()
        ],
    }


def _layers(checklist: Checklist) -> list[dict[str, Any]]:
    """Return the requirements, the rules and the guide applied, with their days and their sources."""
    return [
        {
            "nature": capital(layer.nature),
            "titre": layer.titre,
            "periode": layer.periode,
            "valeur": ", ".join(
                filter(None, (layer.lecture, f"confiance {layer.confiance}", layer.revision))
            ),
            "sources": [
                prose(checklist.referentiel.sources[s].titre)
                for s in retenue.couche.sources
                if s in checklist.referentiel.sources
            ],
        }
        for layer, retenue in zip(rubriques.layers(checklist), checklist.referentiel.couches, strict=True)
    ]


def _moved(consultation: Consultation, since: int, until: int, cause: str) -> dict[str, Any] | None:
    """Return what passed from one version to another, where the context did: lines in and out first."""
    identifiant = consultation.dossier.pk
    if not 0 < since < until <= consultation.dossier.version:
        return None
    try:
        before = imagine(identifiant, depot.reverted(identifiant, since, until))
    except IssuesError:  # before there was an audit
        return None
    correction = correct_context(atelier().registry, before, findings_of(consultation.etat))
    return {
        "phrase": prose(capital(correction.phrase if correction.mouvements else _RIEN)),
        "cause": cause,
        "lignes": [
            _in_words(one) for one in sorted(correction.mouvements, key=lambda m: m.sens == "changee")
        ],
        "depuis": since,
        "jusqu": until,
    }


def _in_words(one: Mouvement) -> dict[str, Any]:
    before = SIGNES[one.avant].mot if one.avant else "absente"
    after = SIGNES[one.apres].mot if one.apres else "absente"
    same = f"reste {after}, autrement"
    return {
        "numero": clean(one.numero),
        "sens": _SENS[one.sens],
        "passage": same if before == after else f"{before} → {after}",
        "motifs": [prose(motif) for motif in one.motifs],
        "a_revoir": prose(one.a_revoir or ""),
    }
