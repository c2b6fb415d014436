"""À accorder: a colleague's file joins, and what two people said otherwise is settled, one gesture each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from certif_rules.audit.constats import A_EVALUER
from certif_rules.audit.sites import NOMS
from certif_rules.blocs.typographie import clean, day
from certif_rules.documents.mots import field_name, finding
from certif_rules.errors import DataError, Issue, IssuesError
from certif_rules.francais import count
from certif_rules.journal.etat import Champ
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import findings_of
from certif_rules.services.accord import Apporte, brought_by
from certif_rules.services.espace import open_work
from certif_rules.source.entree import MAX_CLASSEUR, FichierDonne
from certif_rules.web import depot, models
from certif_rules.web.depot import Don
from certif_rules.web.machine import clock, day_here, identifier
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    atelier,
    consult,
    frame,
    give,
    go,
    in_words,
    line_in_words,
)
from certif_rules.web.pages.documents import MARQUE, state_at

#: Most files taken at once.
_FICHIERS: Final = 8
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
    "acte": "Acte",
}


@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show what people said otherwise, each value by name and time; record what is chosen."""
    consultation = consult(identifiant)
    if request.method == "GET":
        return render(request, "accorder.html", _page(consultation, request.GET))
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
    return render(request, "accorder.html", _page(consultation, request.GET) | {"fautes": faults}, status=422)


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


def _page(consultation: Consultation, asked: QueryDict) -> dict[str, Any]:
    apport = asked.get("apport", "")
    return {
        **frame(consultation, "saisir"),
        "conflits": list(_conflicts(consultation)),
        "apport": count(int(apport), "champ apporté", "champs apportés") if apport.isdigit() else "",
        "rien": apport == "0",
        "deja": "deja" in asked,
    }


def _conflicts(consultation: Consultation) -> Iterator[dict[str, Any]]:
    """Yield what is to settle, each field with its values, the earliest first."""
    checklist, names = consultation.chantier.checklist, depot.names()
    lines = {line.indicateur.id: line for line in checklist.lignes}
    for rank, (cle, champ) in enumerate(sorted(consultation.etat.items())):
        if not champ.a_accorder:
            continue
        line = lines.get(cle.ligne) if cle.genre == "ligne" else None
        yield {
            "rang": rank,
            "cle": cle,
            "ligne": line_in_words(line) if line else None,
            "quoi": _GENRES.get(cle.genre, ""),
            "champ": field_in_words(cle.champ),
            "site": clean(cle.site) if cle.genre in ("ligne", "verification") else "",
            "valeurs": [
                {
                    "version": one.version,
                    "texte": _words(consultation, cle, one.valeur),
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


def field_in_words(champ: str) -> str:
    """Return a field as people call it."""
    if champ in NOMS:
        return NOMS[champ]
    return field_name(champ.rpartition(".")[2])


def _words(consultation: Consultation, cle: Endroit, value: Any) -> str:
    if value in (None, "", [], {}, A_EVALUER):
        return "à évaluer" if value == A_EVALUER else "rien (effacé)"
    if cle.champ == "constat" and isinstance(value, str):
        return finding(consultation.chantier.checklist, value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Mapping):
        return " ; ".join(f"{field_name(str(key))} : {_plain(one)}" for key, one in value.items())
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ; ".join(_plain(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{field_name(str(key))} : {_plain(one)}" for key, one in value.items())
    return clean(str(value))


# ---- files that come ------------------------------------------------------------------------------------


@require_POST
def bring(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Bring in the files of colleagues: all of them, or none where one is wrong."""
    consultation = consult(identifiant)
    sent = request.FILES.getlist("fichier")
    faults: list[str] = []
    if not sent:
        faults.append("aucun fichier n’est choisi")
    if len(sent) > _FICHIERS:
        faults.append(f"{len(sent)} fichiers : {_FICHIERS} au plus à la fois")
    brought: list[tuple[Apporte, int, str]] = []
    for one in sent[:_FICHIERS]:
        nom = clean(one.name or "fichier")[:120]
        if (one.size or 0) > MAX_CLASSEUR:
            faults.append(f"{nom} : plus de {MAX_CLASSEUR // 1_000_000} Mo")
            continue
        try:
            brought.append((*_read(identifiant, FichierDonne(nom, one.read())), nom))
        except IssuesError as error:
            faults += [_placed(nom, issue) for issue in error.issues]
    if faults:
        page = _page(consultation, QueryDict()) | {"fautes": faults}
        return render(request, "accorder.html", page, status=422)
    before = consultation.dossier.version
    with transaction.atomic():
        for apporte, base, nom in brought:
            who = _author(request.POST.get("par", "").strip() or ", ".join(apporte.signataires) or nom)
            for vu in (True, False):
                dons = [Don(one.cle, one.valeur) for one in apporte.changements if one.vu is vu]
                depot.record(identifiant, dons, who, base=base if vu else 0, raison=f"fichier reçu : {nom}")
    after = models.DossierSuivi.objects.get(pk=identifiant).version
    return go("accorder", identifiant, apport=str(after - before))


def _read(identifiant: Identifiant, source: FichierDonne) -> tuple[Apporte, int]:
    """Return what a file brings, and the version that it was made from; 0 where nobody knows.

    Raises:
        DataError: it cannot be read, was altered, is of another audit, or of a version that is not here.
    """
    version, known = _base(identifiant, source.nom)
    etat = state_at(identifiant, version) if known else depot.standing(identifiant)
    base = open_work(atelier().registry, findings_of(etat, depot.names()))
    return brought_by(atelier().registry, source, base, known=known), version if known else 0


def _base(identifiant: Identifiant, nom: str) -> tuple[int, bool]:
    """Return the version that the name of a file says it was made from, and whether it is known here."""
    mark = MARQUE.search(nom)
    if mark is None:
        return 0, False
    row = models.InscriptionGardee.objects.filter(dossier=identifiant, version=int(mark[1])).first()
    sealed = row is not None and row.empreinte.removeprefix("sha256:").startswith(mark[2])
    return (int(mark[1]), True) if sealed else (0, False)


def _author(nom: str) -> str:
    """Return the key of whoever a file comes from."""
    known = models.Utilisateur.objects.filter(nom=nom[:200]).first()
    person = known or models.Utilisateur.objects.create(cle=f"p-{identifier()}", nom=nom[:200])
    return person.cle


def _placed(nom: str, issue: Issue) -> str:
    hint = issue.hint if issue.hint and "--" not in issue.hint and "certif-rules" not in issue.hint else ""
    where = str(issue.location) if issue.location and issue.location.line else nom
    return clean(f"{where} : {issue.message}{f' ({hint})' if hint else ''}")


ADRESSES = [
    path("dossier/<uuid:identifiant>/accorder", settle, name="accorder"),
    path("dossier/<uuid:identifiant>/apporter", bring, name="apporter"),
]
