"""Saisir: one line at a time; what a page says of it is recorded, and nothing typed is lost on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from certif_rules.audit.constats import A_EVALUER, Releve
from certif_rules.errors import DataError, IssuesError
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import QUAND, QUI, findings_of
from certif_rules.services.espace import AuditEnCours, faults_of, open_work
from certif_rules.services.suites import entailed
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.garde import given_back, refused
from certif_rules.web.machine import today
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, actor, atelier, consult, give, go, seen, whole
from certif_rules.web.pages.constat import (
    PagePostee,
    consequences,
    filter_of,
    line_page,
    line_shown,
    place_of,
)
from certif_rules.web.pages.lignes import choices, left_of, named_by, order_of, own_id, sujet_of
from certif_rules.web.pages.preuves import begun, tied_by

#: What a finding can never be: it is not recorded, where a reason that is still missing is.
IMPOSSIBLES: Final = frozenset(
    {"constat-non-permis", "annotation-inconnue", "ecart-a-un-site", "constat-contre-sites"}
)
#: The texts of a line that its page shows, each a field.
_TEXTES: Final = ("commentaire", "appui")
#: What a page asks that leaves it on the same line.
_SUR_PLACE: Final = ("rester", "filtre", "vers", "delier", "accord", "lever", "oter")


@require_http_methods(["GET", "POST"])
def record_line(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show one line and record what is said of it; then the next one that has no finding."""
    before = consult(identifiant)
    if words := request.GET.get("aller", "").strip():
        return go(
            "saisir",
            identifiant,
            ligne=next(named_by(before.chantier, words), first_of(before.chantier)),
        )
    asked = request.GET.get("ligne")
    if asked and sujet_of(before.chantier, asked) is None:
        message = "Cette ligne n’est pas de cet audit, ou n’en est plus : rien n’est enregistré."
        return given_back(request, 404, "Ligne absente", message)
    nom = asked or first_of(before.chantier)
    if request.method != "POST":
        return render(request, "saisir.html", line_page(request, before, nom))
    return _recorded(request, before, nom)


def _recorded(request: HttpRequest, before: Consultation, nom: str) -> HttpResponse:
    """Record what a page says of a line; return the next one, or the same with what is wrong of it."""
    identifiant: Identifiant = before.dossier.pk
    saisie = PagePostee(dons=tuple(said_of(request, before, nom)), post=request.POST, base=seen(request))
    imagined = supposed(before, saisie.dons)
    faults = faults_of(imagined.chantier, own_id(nom))
    if any(fault.code in IMPOSSIBLES for fault in faults):
        return _given_back(request, line_page(request, imagined, nom, fautes=faults, saisie=saisie))
    try:
        version = give(request, identifiant, saisie.dons)
    except DataError as error:
        return _given_back(request, line_page(request, imagined, nom, fautes=error.issues, saisie=saisie))
    asked = next_asked(request, imagined.chantier)
    disputed = saisie.base < before.dossier.version and _disputed(identifiant, nom)
    if disputed or (faults and asked is None):
        return render(request, "saisir.html", line_page(request, consult(identifiant), nom))
    done = {"fait": str(before.dossier.version)} if version > before.dossier.version else {}
    if "vers" in request.POST:
        return go("damier", identifiant, ligne=nom, **filter_of(request))
    target = asked or following(imagined.chantier, nom)
    return go("saisir", identifiant, ligne=nom if target == "." else target, **done, **filter_of(request))


def _disputed(identifiant: Identifiant, nom: str) -> bool:
    """Return whether something of a line is to settle: who just wrote it is the one to be told."""
    return bool(consult(identifiant).chantier.releve(own_id(nom)).disputes)


def next_asked(request: HttpRequest, chantier: AuditEnCours) -> str | None:
    """Return the line that a page asks for once it is recorded, « . » for the same; nothing for the next."""
    asked = request.POST.get("aller", "")
    line = asked if sujet_of(chantier, asked) else None
    if words := request.POST.get("chercher", "").strip():
        return line or next(named_by(chantier, words), ".")
    return "." if any(asked in request.POST for asked in _SUR_PLACE) else line


def supposed(consultation: Consultation, dons: Iterable[Don]) -> Consultation:
    """Return the dossier as it would stand, unwritten.

    Raises:
        IssuesError: it cannot be.
    """
    etat = {**consultation.etat, **depot.imagined(dons)}
    work = open_work(atelier().registry, findings_of(etat, depot.names()))
    return Consultation(consultation.dossier, etat, work)


def first_of(chantier: AuditEnCours) -> str:
    """Return the first line or check that is to assess, else the first."""
    names, left = order_of(chantier), left_of(chantier)
    return next((nom for nom in names if nom in left), names[0])


def following(chantier: AuditEnCours, nom: str) -> str:
    """Return the next line that is to assess, after this one first."""
    names = order_of(chantier)
    rank = names.index(nom)
    left = left_of(chantier)
    return next((one for one in (*names[rank + 1 :], *names[:rank]) if one in left), nom)


# ---- what a page posts ----------------------------------------------------------------------------------


def _given_back(request: HttpRequest, page: dict[str, Any]) -> HttpResponse:
    """Return a line as it was typed, refused; the earlier gap that was to lift can still be."""
    again = {"a_lever": True} if "lever" in request.POST else {}
    return render(request, "saisir.html", {**page, **again}, status=422)


def said_of(request: HttpRequest, consultation: Consultation, nom: str) -> Iterator[Don]:
    """Yield what the page of a line says: its finding, at each site too, its texts, proofs, papers, notes."""
    post, chantier = request.POST, consultation.chantier
    if "accord" in post:
        yield from _settled(request, consultation, nom)
        return
    releve = chantier.releve(own_id(nom))
    yield from _finding_of(request, nom, releve, "")
    for site in chantier.checklist.plusieurs_sites:
        part = next((one for one in releve.par_site if one.site == site), Releve(ligne=nom, site=site))
        yield from _finding_of(request, nom, part, site)
    if "annotations_montrees" in post:
        yield Don(place_of(nom, "annotations"), post.getlist("annotations") or None)
    yield from _proofs_of(request, consultation, nom)
    if "lever" in post:
        given = post.get("constat", releve.constat)
        yield from _lifted(consultation, Releve(ligne=releve.ligne, constat=given))
    if words := post.get("piece.quoi", "").strip():
        whom = post.get("piece.a_qui", "").strip()
        yield from begun("piece", {"quoi": words, "a_qui": whom, "demande_le": today()}, nom)
    if words := post.get("note.texte", "").strip():
        yield from begun("note", {"texte": words}, nom)


def _finding_of(request: HttpRequest, nom: str, releve: Releve, site: str) -> Iterator[Don]:
    """Yield the finding of a line, whole or at a site, and its texts; who assessed it, where it changes.

    What is to settle between two texts is left so, unless something is typed.
    """
    at = f"@{site}" if site else ""
    disputed = {conflit.champ for conflit in releve.disputes}
    if f"constat{at}" in request.POST:
        given = request.POST[f"constat{at}"]
        empty = given in ("", A_EVALUER)
        yield Don(place_of(nom, "constat", site), None if empty else given)
        if not empty and given != releve.constat:
            yield from signed(request, nom, site)
    for text in _TEXTES:
        typed = request.POST.get(f"{text}{at}", "").strip()
        if f"{text}{at}" in request.POST and (typed or text not in disputed):
            yield Don(place_of(nom, text, site), typed or None)


def signed(request: HttpRequest, nom: str, site: str) -> Iterator[Don]:
    """Yield who assesses, and the day: nobody where this machine was not told who acts."""
    who = actor(request)
    if depot.names().get(who):
        yield Don(place_of(nom, QUI, site), who)
        yield Don(place_of(nom, QUAND, site), today())


def _proofs_of(request: HttpRequest, consultation: Consultation, nom: str) -> Iterator[Don]:
    """Yield the proofs tied to a line or untied from it, and those that the line names itself."""
    post, own = request.POST, place_of(nom, "preuves_vues")
    if "preuves_vues" in post:
        lines = [text.strip() for text in post["preuves_vues"].splitlines()]
        yield Don(own, [text for text in lines if text] or None)
    if "oter" in post:
        standing = consultation.etat.get(own)
        left = [text for text in (standing.valeur if standing else None) or () if text != post["oter"]]
        yield Don(own, left or None)
    yield from tied_by(post, consultation, nom)


def _lifted(consultation: Consultation, releve: Releve) -> Iterator[Don]:
    """Yield the earlier gap of a line lifted, since the one that is found now is another."""
    cle = Endroit("tete", "precedent")
    standing = consultation.etat.get(cle)
    name = entailed(atelier().registry, consultation.chantier, releve).a_lever
    if name is not None and standing is not None and isinstance(standing.valeur, dict):
        lifted = [str(one) for one in standing.valeur.get("leves") or ()]
        yield Don(cle, {**standing.valeur, "leves": [*lifted, name]})


def _settled(request: HttpRequest, consultation: Consultation, nom: str) -> Iterator[Don]:
    """Yield the value that was chosen, in one gesture, among those of a field."""
    champ, site, rank = [*request.POST["accord"].split("|"), "", ""][:3]
    cle = place_of(nom, champ, site)
    standing = consultation.etat.get(cle)
    if standing is not None and (chosen := whole(rank)) is not None and chosen < len(standing.versions):
        yield Don(cle, standing.versions[chosen].valeur)
        if champ in ("constat", "resultat"):
            yield from signed(request, nom, site)


# ---- what goes with it ----------------------------------------------------------------------------------


@require_GET
def show_effects(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show what a finding would entail before it is recorded."""
    chantier = consult(identifiant).chantier
    nom = request.GET.get("ligne", "")
    sujet, constat = sujet_of(chantier, nom), request.GET.get("constat", "")
    permitted = sujet is not None and constat in {one["id"] for one in choices(chantier, sujet)}
    context: dict[str, Any] = {"effets": [], "a_lever": False}
    if permitted:
        context |= consequences(chantier, Releve(ligne=own_id(nom), constat=constat))
    return render(request, "effets.html", context)


@require_POST
def undo(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Give back what stood before the last thing that this person recorded, wherever it was.

    Others' later words stay.
    """
    consultation = consult(identifiant)
    version = consultation.dossier.version
    asked = whole(request.POST.get("jusque", ""))
    until = version if asked is None else min(asked, version)
    act = depot.last_act(identifiant, actor(request), until)
    if act is None:
        here = _here(request, consultation.chantier)
        return go("saisir", identifiant, ligne=here, annule=str(version), **filter_of(request))
    dons = depot.still_so(identifiant, depot.reverted(identifiant, *act), act[1])
    try:
        chantier = supposed(consultation, dons).chantier
        give(request, identifiant, dons, base=version)
    except IssuesError as error:
        return refused(request, error)
    shown = next((place for don in dons if (place := line_shown(don.cle))), "")
    if sujet_of(chantier, shown) is None:
        shown = _here(request, chantier)
    query = {"annule": str(version), "jusque": str(act[0])}
    return go("saisir", identifiant, ligne=shown, **query, **filter_of(request))


def _here(request: HttpRequest, chantier: AuditEnCours) -> str:
    """Return the line whose page asks; the first where the audit has no such line, or no longer has it."""
    ici = request.POST.get("ici", "")
    return first_of(chantier) if sujet_of(chantier, ici) is None else ici
