"""The lines of an audit as the board shows them: their order, their tiles, what may be found of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from certif_rules.audit.checklist import (
    NON_SATISFAITE,
    RESULTATS,
    Ligne,
    Point,
    point_key,
    point_numbers,
)
from certif_rules.audit.constats import Releve
from certif_rules.blocs.typographie import clean, prose
from certif_rules.documents.mots import (
    RESULTATS_PRECEDENTS,
    SIGNES,
    criterion,
    finding,
    groups,
    shape,
    shape_failed,
    title,
)
from certif_rules.journal.annexes import Annexe, annexes
from certif_rules.journal.fichier import QUI
from certif_rules.rules.contexte import VERIFICATION
from certif_rules.services.espace import AuditEnCours
from certif_rules.services.plan import slot_of
from certif_rules.web import depot
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, actor, consult, frame

#: The filters of the board: what each leaves, in words.
FILTRES: Final = (("", "toutes"), ("a_faire", "à faire"), ("ecarts", "écarts"), ("moi", "à moi"))
#: The filter of one site begins so.
_SITE: Final = "site."


def sujet_of(chantier: AuditEnCours, nom: str) -> Ligne | Point | None:
    """Return the line of this id, or the check of this key; nothing where there is none."""
    if nom.startswith(VERIFICATION):
        return next((p for p in chantier.checklist.verifications if point_key(p) == nom), None)
    return next((li for li in chantier.checklist.lignes if li.indicateur.id == nom), None)


def order_of(chantier: AuditEnCours) -> list[str]:
    """Return what can be recorded, in the order of the board: lines by criterion, then checks."""
    lines = [li.indicateur.id for _, group in groups(chantier.checklist) for li in group]
    return [*lines, *map(point_key, chantier.checklist.verifications)]


def left_of(chantier: AuditEnCours) -> set[str]:
    """Return the lines and the checks that are to assess."""
    checks = {p: chantier.releve(p.id) for p in chantier.checklist.verifications}
    return {*chantier.restent, *(point_key(p) for p, releve in checks.items() if not releve.porte)}


def number_of(chantier: AuditEnCours, nom: str) -> str:
    """Return the printed number of a line, or of a check."""
    sujet = sujet_of(chantier, nom)
    if isinstance(sujet, Ligne):
        return clean(sujet.indicateur.numero)
    return point_numbers(chantier.checklist).get(nom, nom)


def choices(chantier: AuditEnCours, sujet: Ligne | Point) -> list[dict[str, Any]]:
    """Return what may be found of a line or of a check: name, words, shape, whether it is a gap."""
    if isinstance(sujet, Point):
        words = {nom: RESULTATS_PRECEDENTS[nom].capitalize() for nom in RESULTATS}
        forms = {nom: _check_shape(chantier, sujet, nom) for nom in RESULTATS}
    else:
        words = {nom: finding(chantier.checklist, nom) for nom in sujet.constats_permis}
        forms = {nom: shape_of(chantier, sujet, nom) for nom in sujet.constats_permis}
    return [
        {
            "id": nom,
            "titre": mot,
            "rang": rang,
            "forme": forms[nom],
            "ecart": forms[nom] in ("ecart", "grave"),
        }
        for rang, (nom, mot) in enumerate(words.items(), start=1)
    ]


def shape_of(chantier: AuditEnCours, ligne: Ligne, constat: str) -> str:
    """Return the shape of a finding, that of documents; one that has none there is only noted."""
    return shape(chantier.checklist, constat, ligne.indicateur.origine) or "note"


def _check_shape(chantier: AuditEnCours, point: Point, resultat: str) -> str:
    return shape_failed(chantier.checklist, point) if resultat == NON_SATISFAITE else "fait"


# ---- the board ------------------------------------------------------------------------------------------


def board(consultation: Consultation, voir: str, moi: str) -> dict[str, Any]:
    """Return the tiles by criterion, and the filters; ``voir`` is the one that is chosen."""
    chantier = consultation.chantier
    shown = left_by(consultation, voir, moi)
    site = voir.removeprefix(_SITE) if voir.startswith(_SITE) else ""
    rows = [
        {"titre": criterion(critere), "numero": clean(critere.numero) if critere else "–", "cases": lines}
        for critere, group in groups(chantier.checklist)
        if (lines := [tile(chantier, li, site) for li in group if li.indicateur.id in shown])
    ]
    numbers = point_numbers(chantier.checklist)
    points = [
        _check_tile(chantier, point, numbers[point_key(point)], site)
        for point in chantier.checklist.verifications
        if point_key(point) in shown
    ]
    if points:
        rows.append({"titre": "Vérifications", "numero": "V", "cases": points})
    sites = [(f"{_SITE}{nom}", f"site {nom}") for nom in chantier.checklist.plusieurs_sites]
    return {"rangees": rows, "filtres": (*FILTRES, *sites), "voir": voir}


def left_by(consultation: Consultation, voir: str, moi: str) -> set[str]:
    """Return the lines, and the checks, that a filter leaves on the board."""
    chantier = consultation.chantier
    names = order_of(chantier)
    if voir == "a_faire":
        return left_of(chantier) | {nom for nom in names if chantier.releve(own_id(nom)).disputes}
    if voir == "ecarts":
        return {nom for nom in names if _has_a_gap(chantier, nom)}
    return assigned(consultation, moi) if voir == "moi" else set(names)


def _has_a_gap(chantier: AuditEnCours, nom: str) -> bool:
    """Return whether a gap was found of a line, or at one of its sites."""
    releve, sujet = chantier.releve(own_id(nom)), sujet_of(chantier, nom)
    if sujet is None or not releve.somewhere:
        return False
    gaps = {one["id"] for one in choices(chantier, sujet) if one["ecart"]}
    return bool(gaps & {releve.constat, *(part.constat for part in releve.par_site)})


def assigned(consultation: Consultation, moi: str) -> set[str]:
    """Return the lines that the plan gives to a person, by key or by name, and those that she assessed."""
    mine = {moi, depot.names().get(moi) or moi}
    slots = map(slot_of, annexes(consultation.etat, "creneau"))
    planned = {ligne for slot in slots if mine.intersection(slot.auditeurs) for ligne in slot.lignes}
    signed = (cle for cle, champ in consultation.etat.items() if cle.champ == QUI and champ.valeur in mine)
    return planned | {cle.ligne if cle.genre == "ligne" else f"{VERIFICATION}{cle.ligne}" for cle in signed}


def key_of(sujet: Ligne | Point) -> str:
    """Return what pages call a line, or a check."""
    return point_key(sujet) if isinstance(sujet, Point) else sujet.indicateur.id


def own_id(nom: str) -> str:
    """Return the id of a line, or of a check, in the findings."""
    return nom.removeprefix(VERIFICATION)


def tile(chantier: AuditEnCours, ligne: Ligne, site: str = "") -> dict[str, Any]:
    """Return the tile of a line: its number, and the shape of what was found of it, there or everywhere."""
    releve = at_site(chantier.releve(ligne.indicateur.id), site)
    word = SIGNES[ligne.etat].mot
    forme: str = "evaluer" if ligne.etat == "a_auditer" else ligne.etat
    if releve.disputes:
        forme, word = "accorder", "à accorder"
    elif releve.porte:
        forme, word = shape_of(chantier, ligne, releve.constat), finding(chantier.checklist, releve.constat)
    elif ligne.etat == "a_auditer":
        word = "à évaluer"
    return {
        "id": ligne.indicateur.id,
        "numero": clean(ligne.indicateur.numero),
        "forme": forme,
        "mot": word,
        "titre": title(ligne, 90),
    }


def _check_tile(chantier: AuditEnCours, point: Point, numero: str, site: str) -> dict[str, Any]:
    releve = at_site(chantier.releve(point.id), site)
    forme, word = "evaluer", "à faire"
    if releve.disputes:
        forme, word = "accorder", "à accorder"
    elif releve.porte:
        forme, word = _check_shape(chantier, point, releve.constat), RESULTATS_PRECEDENTS[releve.constat]
    return {
        "id": point_key(point),
        "numero": numero,
        "forme": forme,
        "mot": word,
        "titre": prose(point.texte),
    }


def at_site(releve: Releve, site: str) -> Releve:
    """Return what was found at a site; the whole finding where none is named."""
    if not site:
        return releve
    blank = Releve(ligne=releve.ligne, site=site)
    return next((part for part in releve.par_site if part.site == site), blank)


def tied(proofs: Iterable[Annexe], nom: str) -> list[Annexe]:
    """Return the things that are tied to a line."""
    return [one for one in proofs if nom in one.lignes]


def named_by(chantier: AuditEnCours, words: str) -> Iterator[str]:
    """Yield the lines and the checks that a number, or words of their title, call."""
    asked = clean(words).casefold()
    names = order_of(chantier)
    numbers = {nom: number_of(chantier, nom).casefold() for nom in names}
    yield from (nom for nom in names if asked in (numbers[nom], nom.casefold()))
    for nom in names:
        sujet = sujet_of(chantier, nom)
        text = "" if sujet is None else title(sujet) if isinstance(sujet, Ligne) else sujet.texte
        if asked and asked in text.casefold():
            yield nom


@require_GET
def board_alone(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the board by itself, where a screen has no room for it beside a line."""
    consultation = consult(identifiant)
    context = {
        **frame(consultation, "saisir"),
        "damier": board(consultation, request.GET.get("voir", ""), actor(request)),
        "ici": request.GET.get("ligne", ""),
    }
    return render(request, "damier.html", context)
