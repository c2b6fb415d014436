"""Saisir: one line at a time, its finding, its proofs, what this entails; nothing typed is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from msgspec import Struct

from certif_rules.audit.checklist import Ligne, Point, point_key
from certif_rules.audit.compte_rendu import Conflit
from certif_rules.audit.constats import A_EVALUER, Releve, field_of
from certif_rules.audit.sites import NOMS
from certif_rules.blocs.typographie import clean, prose
from certif_rules.errors import DataError, Issue
from certif_rules.journal.annexes import annexes, in_a_sentence
from certif_rules.journal.evenements import Endroit, Genre
from certif_rules.journal.fichier import findings_of
from certif_rules.rules.contexte import VERIFICATION
from certif_rules.services.effets import entailed, lifted_before
from certif_rules.services.espace import AuditEnCours, faults_of, open_work
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.machine import today
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, actor, atelier, consult, frame, give, go, seen
from certif_rules.web.pages.lignes import (
    board,
    choices,
    field_in_words,
    history,
    in_full,
    key_of,
    left_of,
    named_by,
    number_of,
    order_of,
    sujet_of,
    tied,
)
from certif_rules.web.pages.preuves import begun, tied_by

#: What a finding can never be: it is not recorded, where a reason that is still missing is.
IMPOSSIBLES: Final = frozenset(
    {"constat-non-permis", "annotation-inconnue", "ecart-a-un-site", "constat-contre-sites"}
)
#: What a fault is about, where it is not the finding.
_AU_CHAMP: Final = {
    "commentaire-manquant": "commentaire",
    "gravite-sans-raison": "commentaire",
    "annotation-inconnue": "annotations",
    "raison-demandee": "raison",
}
#: What the step records, and may undo.
SAISIS: Final[tuple[Genre, ...]] = ("ligne", "verification", "preuve", "piece", "note")
#: The texts of a line that its page shows, each a field.
_TEXTES: Final = ("commentaire", "appui")


class Saisie(Struct, frozen=True, kw_only=True):
    """What a page posts of a line: the values, and what was typed that is not one yet, to show it again."""

    dons: tuple[Don, ...]
    post: QueryDict
    base: int


@require_http_methods(["GET", "POST"])
def record_line(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show one line and record what is said of it; then the next one that has no finding."""
    consultation = consult(identifiant)
    chantier = consultation.chantier
    if words := request.GET.get("aller", "").strip():
        return go("saisir", identifiant, ligne=next(named_by(chantier, words), line_of(chantier, None)))
    nom = line_of(chantier, request.GET.get("ligne"))
    if request.method == "GET":
        return render(request, "saisir.html", _page(request, consultation, nom))
    saisie = Saisie(dons=tuple(said_of(request, consultation, nom)), post=request.POST, base=seen(request))
    imagined = _imagined(consultation, saisie.dons)
    faults = faults_of(imagined.chantier, _own(nom))
    if any(fault.code in IMPOSSIBLES for fault in faults):
        return _again(request, imagined, nom, saisie, faults)
    try:
        version = give(request, identifiant, saisie.dons)
    except DataError as error:
        return _again(request, imagined, nom, saisie, error.issues)
    if faults and not _moves(request.POST):
        fresh = consult(identifiant)
        return render(request, "saisir.html", _page(request, fresh, nom, fautes=faults))
    done = {"fait": f"{consultation.dossier.version}-{version}"} if version > consultation.dossier.version else {}
    return go("saisir", identifiant, ligne=_way(request.POST, consult(identifiant).chantier, nom), **done, **_voir(request))


def _moves(post: QueryDict) -> bool:
    """Return whether the page asks for another line, or to stay, rather than for the next one to assess."""
    return "aller" in post or "rester" in post


def _way(post: QueryDict, chantier: AuditEnCours, nom: str) -> str:
    """Return the line to show once this one is recorded."""
    if sujet_of(chantier, post.get("aller", "")) is not None:
        return post["aller"]
    return nom if _moves(post) or any(key.startswith(("delier", "accord", "lever")) for key in post) else following(chantier, nom)


def _voir(request: HttpRequest) -> dict[str, str]:
    voir = request.POST.get("voir") or request.GET.get("voir") or ""
    return {"voir": voir} if voir else {}


def line_of(chantier: AuditEnCours, asked: str | None) -> str:
    """Return the line or the check asked for, else the first that is to assess, else the first."""
    if asked and sujet_of(chantier, asked) is not None:
        return asked
    names, left = order_of(chantier), left_of(chantier)
    return next((nom for nom in names if nom in left), names[0])


def following(chantier: AuditEnCours, nom: str) -> str:
    """Return the next line that is to assess, after this one first."""
    names = order_of(chantier)
    rank = names.index(nom)
    left = left_of(chantier)
    return next((one for one in (*names[rank + 1 :], *names[:rank]) if one in left), nom)


def _own(nom: str) -> str:
    return nom.removeprefix(VERIFICATION)


def _genre(nom: str) -> tuple[Genre, str]:
    """Return the kind of a line, or of a check, and the field that holds its finding."""
    return ("verification", "resultat") if nom.startswith(VERIFICATION) else ("ligne", "constat")


# ---- what a page posts ----------------------------------------------------------------------------------


def said_of(request: HttpRequest, consultation: Consultation, nom: str) -> Iterator[Don]:
    """Yield what the page of a line says: its finding, at each site too, its texts, proofs, papers, notes."""
    post, releve = request.POST, consultation.chantier.releve(_own(nom))
    if "accord" in post:
        yield from _settled(request, consultation, nom)
        return
    yield from _finding_of(request, nom, releve, "")
    for site in consultation.chantier.checklist.plusieurs_sites:
        part = next((one for one in releve.par_site if one.site == site), Releve(ligne=nom, site=site))
        yield from _finding_of(request, nom, part, site)
    genre, own = _genre(nom)[0], _own(nom)
    if "annotations_montrees" in post:
        yield Don(Endroit(genre, "annotations", own), post.getlist("annotations") or None)
    if "preuves_vues" in post:
        lines = [text.strip() for text in post["preuves_vues"].splitlines()]
        yield Don(Endroit(genre, "preuves_vues", own), [text for text in lines if text] or None)
    if "oter" in post:
        mine = consultation.etat.get(Endroit(genre, "preuves_vues", own))
        left = [text for text in (mine.valeur if mine else None) or () if text != post["oter"]]
        yield Don(Endroit(genre, "preuves_vues", own), left or None)
    if "lever" in post and (precedent := consultation.etat.get(Endroit("tete", "precedent"))):
        yield Don(Endroit("tete", "precedent"), lifted_before(precedent.valeur, consultation.chantier, own))
    yield from tied_by(post, consultation, nom)
    for kind, champ in (("piece", "quoi"), ("note", "texte")):
        if words := post.get(f"{kind}.{champ}", "").strip():
            more = {"a_qui": post.get("piece.a_qui", "").strip(), "demande_le": today()} if kind == "piece" else {}
            yield from begun(kind, {champ: words, **more}, (nom,))


def _finding_of(request: HttpRequest, nom: str, releve: Releve, site: str) -> Iterator[Don]:
    """Yield the finding of a line, whole or at a site, and its texts; who assessed it, where it changes.

    What is to settle between two texts is left so, unless something is typed.
    """
    genre, champ = _genre(nom)
    at = f"@{site}" if site else ""
    disputed = {conflit.champ for conflit in releve.disputes}
    own = _own(nom)
    if f"constat{at}" in request.POST:
        given = request.POST[f"constat{at}"]
        yield Don(Endroit(genre, champ, own, site), None if given in ("", A_EVALUER) else given)
        if given not in ("", A_EVALUER) and given != releve.constat:
            yield from signed(request, genre, own, site)
    for text in _TEXTES:
        typed = request.POST.get(f"{text}{at}", "").strip()
        if f"{text}{at}" in request.POST and (typed or text not in disputed):
            yield Don(Endroit(genre, text, own, site), typed or None)


def signed(request: HttpRequest, genre: Genre, own: str, site: str) -> Iterator[Don]:
    """Yield who assesses, and the day: nobody where this machine was not told who acts."""
    who = actor(request)
    if depot.names().get(who):
        yield Don(Endroit(genre, "evalue_par", own, site), who)
        yield Don(Endroit(genre, "evalue_le", own, site), today())


def _settled(request: HttpRequest, consultation: Consultation, nom: str) -> Iterator[Don]:
    """Yield the value that was chosen, in one gesture, among those of a field."""
    champ, site, rank = [*request.POST["accord"].split("|"), "", ""][:3]
    genre, finding_field = _genre(nom)
    cle = Endroit(genre, champ, _own(nom), site)
    standing = consultation.etat.get(cle)
    if standing is not None and rank.isdecimal() and int(rank) < len(standing.versions):
        yield Don(cle, standing.versions[int(rank)].valeur)
        if champ == finding_field:
            yield from signed(request, genre, _own(nom), site)


# ---- what it shows --------------------------------------------------------------------------------------


def _imagined(consultation: Consultation, dons: tuple[Don, ...]) -> Consultation:
    """Return the dossier as it would stand, unwritten."""
    etat = depot.imagined(dons, of=consultation.dossier.pk)
    work = open_work(atelier().registry, findings_of(etat, depot.names()))
    return Consultation(consultation.dossier, etat, work)


def _again(
    request: HttpRequest, imagined: Consultation, nom: str, saisie: Saisie, faults: tuple[Issue, ...]
) -> HttpResponse:
    """Return the page of a line as it was typed, with what is wrong of it; nothing was recorded."""
    page = _page(request, imagined, nom, fautes=faults, saisie=saisie)
    return render(request, "saisir.html", page, status=422)


def _page(
    request: HttpRequest,
    consultation: Consultation,
    nom: str,
    *,
    fautes: tuple[Issue, ...] | None = None,
    saisie: Saisie | None = None,
) -> dict[str, Any]:
    """Return the page of a line: the board, the finding, what helps to judge."""
    chantier, etat = consultation.chantier, consultation.etat
    sujet = sujet_of(chantier, nom)
    assert sujet is not None
    releve = chantier.releve(_own(nom))
    names = order_of(chantier)
    rank = names.index(nom)
    voir = request.POST.get("voir") or request.GET.get("voir") or ""
    fautes = faults_of(chantier, _own(nom)) if fautes is None else fautes
    proofs = list(annexes(etat, "preuve"))
    events = depot.events(consultation.dossier.pk, _own(nom))
    return {
        **frame(consultation, "saisir"),
        "damier": board(consultation, voir, actor(request)),
        "ici": nom,
        "base": saisie.base if saisie else consultation.dossier.version,
        "ligne": in_full(chantier, sujet),
        "choix": choices(chantier, sujet),
        "releve": releve,
        "ecart": releve.constat in {one["id"] for one in choices(chantier, sujet) if one["ecart"]},
        "sites": [_at(chantier, sujet, releve, site) for site in chantier.checklist.plusieurs_sites],
        "annotations": [
            (a.id, prose(a.titre), a.id in releve.annotations)
            for a in chantier.checklist.referentiel.annotations.values()
        ],
        "fautes": [(_AU_CHAMP.get(one.code, "constat"), _sentence(one)) for one in fautes],
        "accords": list(_to_settle(consultation, nom, releve)),
        "effets": effects(chantier, sujet, releve.constat) if releve.porte else [],
        "a_lever": _may_lift(consultation, sujet, releve),
        "preuves": [_chip(one, saisie) for one in tied(proofs, nom)],
        "vues": _own_proofs(consultation, nom),
        "connues": [(one.id, clean(str(one.get("reference")))) for one in proofs if one.get("reference")],
        "pieces": [_paper(one) for one in tied(list(annexes(etat, "piece")), nom)],
        "notes": [clean(str(one.get("texte"))) for one in tied(list(annexes(etat, "note")), nom)],
        "saisie": saisie,
        "historique": history(chantier, etat, events, depot.contents(consultation.dossier.pk)),
        "precedente": names[rank - 1] if rank else "",
        "suivante": names[rank + 1] if rank + 1 < len(names) else "",
        "vient": _done(request, consultation),
        "annulable": _undoable(request, consultation),
    }


def _sentence(issue: Issue) -> str:
    return prose(f"{issue.message} : {issue.hint}" if issue.hint else issue.message)


def _at(chantier: AuditEnCours, sujet: Ligne | Point, releve: Releve, site: str) -> dict[str, Any]:
    """Return the finding of a line at a site, with the choices."""
    part = next((one for one in releve.par_site if one.site == site), Releve(ligne=releve.ligne))
    described = next((s for s in chantier.checklist.contexte.organisme.sites if str(s["id"]) == site), {})
    return {
        "id": site,
        "nom": clean(str(described.get("nom") or described.get("commune") or "")),
        "constat": part.constat,
        "commentaire": part.commentaire or "",
        "choix": choices(chantier, sujet),
    }


def _to_settle(consultation: Consultation, nom: str, releve: Releve) -> Iterator[dict[str, Any]]:
    """Yield what people said otherwise of a line, with a gesture for each value."""
    genre, names = _genre(nom)[0], depot.names()
    for cle, champ in sorted(consultation.etat.items()):
        if (cle.genre, cle.ligne) != (genre, _own(nom)) or not champ.a_accorder:
            continue
        values = [
            {
                "rang": f"{cle.champ}|{cle.site}|{rank}",
                "valeur": _worded(consultation.chantier, cle.champ, one.valeur),
                "par": names.get(one.acteur) or one.acteur,
            }
            for rank, one in enumerate(champ.versions)
        ]
        yield {"champ": _named(cle.champ, cle.site), "valeurs": values}
    own = {cle.champ for cle, champ in consultation.etat.items() if cle.ligne == _own(nom) and champ.a_accorder}
    for conflit in releve.disputes:
        if conflit.champ not in own:
            yield {"champ": _named(conflit.champ, ""), "valeurs": _of_files(conflit)}


def _of_files(conflit: Conflit) -> list[dict[str, Any]]:
    """Return the values that two files gave: what is chosen is typed."""
    return [
        {"rang": "", "valeur": clean(v.valeur or "vide"), "par": clean(v.par or v.de or "")}
        for v in conflit.valeurs
    ]


def _named(champ: str, site: str) -> str:
    word = NOMS.get(champ, champ.removeprefix("ecart.").replace("_", " "))
    return f"{word}, site {clean(site)}" if site else word


def _worded(chantier: AuditEnCours, champ: str, value: Any) -> str:
    if value in (None, "", []):
        return "vide"
    declared = chantier.checklist.referentiel.constats.get(str(value)) if champ == "constat" else None
    if declared is not None:
        return prose(declared.titre)
    return clean(" ; ".join(map(str, value)) if isinstance(value, list) else str(value))


def effects(chantier: AuditEnCours, sujet: Ligne | Point, constat: str) -> list[str]:
    """Return what a finding entails, in sentences."""
    return [prose(text) for text in entailed(atelier().registry, chantier, key_of(sujet), constat)]


def _may_lift(consultation: Consultation, sujet: Ligne | Point, releve: Releve) -> bool:
    """Return whether the gap may be another than the earlier one, which would then be lifted."""
    precedent = consultation.chantier.checklist.contexte.precedent
    if isinstance(sujet, Point) or precedent is None or not precedent.constats:
        return False
    earlier = precedent.constats.get(sujet.indicateur.id)
    gaps = {one["id"] for one in choices(consultation.chantier, sujet) if one["ecart"]}
    stands = Endroit("tete", "precedent") in consultation.etat
    return stands and earlier is not None and earlier.ouvert and releve.constat in gaps


def _chip(preuve: Any, saisie: Saisie | None) -> dict[str, Any]:
    """Return a proof as a chip; ``pose`` is one that the page typed and that is not recorded yet."""
    new = saisie is not None and any(d.cle.ligne == preuve.id and d.cle.champ == "reference" for d in saisie.dons)
    asked = saisie is not None and preuve.id in saisie.post.getlist("lier")
    return {
        "id": preuve.id,
        "reference": clean(str(preuve.get("reference") or "à accorder")),
        "detail": in_a_sentence(preuve),
        "pose": new or asked,
        "nouvelle": new,
    }


def _own_proofs(consultation: Consultation, nom: str) -> list[str]:
    """Return the proofs that a file named on the line itself."""
    champ = consultation.etat.get(Endroit(_genre(nom)[0], "preuves_vues", _own(nom)))
    return [clean(text) for text in (champ.valeur if champ else None) or ()]


def _paper(piece: Any) -> str:
    whom = f" ({clean(piece.get('a_qui'))})" if piece.get("a_qui") else ""
    return clean(str(piece.get("quoi"))) + whom + (", reçue" if piece.get("recu_le") else "")


@require_GET
def show_effects(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show what a finding would entail before it is recorded."""
    chantier = consult(identifiant).chantier
    sujet = sujet_of(chantier, line_of(chantier, request.GET.get("ligne")))
    assert sujet is not None
    constat = request.GET.get("constat", "")
    permitted = constat in {one["id"] for one in choices(chantier, sujet)}
    context = {"effets": effects(chantier, sujet, constat) if permitted else []}
    return render(request, "effets.html", context)
