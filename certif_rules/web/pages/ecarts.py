"""The gaps and what follows them: cause, correction, action, proof, received, accepted, lifted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import PLAN_ACCEPTE, PLAN_RECU, Releve
from certif_rules.audit.contenu import Ecart
from certif_rules.audit.echeances import delays_of
from certif_rules.audit.rapport import gravest_first
from certif_rules.audit.recevabilite import next_levels
from certif_rules.audit.sites import gaps_of
from certif_rules.blocs import arbre as b
from certif_rules.blocs.textes import line
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.mots import finding
from certif_rules.documents.rapport.constats import due_dates, lifting
from certif_rules.documents.rapport.redaction import counts_as, gap_name, gravity_sign, typed
from certif_rules.errors import Issue, IssuesError
from certif_rules.journal.evenements import Endroit, Genre
from certif_rules.services.espace import AuditEnCours, faults_of, reported
from certif_rules.web.depot import Don
from certif_rules.web.garde import given_back
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

#: What the organisation answers, by field, with what it is called; the days of its plan; the lifting.
TEXTES: Final[Mapping[str, str]] = {
    "ecart.causes": "Analyse des causes",
    "ecart.correction": "Correction",
    "ecart.action_corrective": "Action corrective",
    "ecart.preuve": "Preuve",
}
JOURS: Final[Mapping[str, str]] = {
    f"ecart.{PLAN_RECU}": "Plan d’actions reçu le",
    f"ecart.{PLAN_ACCEPTE}": "Plan d’actions accepté le",
}
LEVEE: Final = ("leve_le", "leve_par", "leve_constat")
#: The field of each fault that does not say its own.
_CHAMPS: Final[Mapping[str, str]] = {
    "levee-sans-date": "leve_le",
    "levee-sans-auteur": "leve_par",
    "levee-sans-constat": "leve_le",
    "levee-sans-objet": "leve_le",
    "levee-avant-audit": "leve_le",
    "levee-avant-notification": "leve_le",
    "niveau-sans-objet": "leve_constat",
    "constat-non-permis": "leve_constat",
    "plan-avant-audit": f"ecart.{PLAN_RECU}",
    "plan-accepte-trop-tot": f"ecart.{PLAN_ACCEPTE}",
}


@require_http_methods(["GET", "POST"])
def gaps(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the gaps, the gravest first, and record what follows one of them."""
    consultation = consult(identifiant)
    if request.method == "POST":
        ligne, site = request.GET.get("ligne", ""), request.GET.get("site", "")
        if not _known(consultation.chantier, ligne, site):
            message = "Cet écart n’est pas de cet audit, ou n’en est plus : rien n’est enregistré."
            return given_back(request, 404, "Écart absent", message)
        dons = list(_given(consultation.chantier, request.POST, ligne, site))
        faults = _refused(consultation, identifiant, dons, ligne)
        if not faults:
            try:
                give(request, identifiant, dons)
            except IssuesError as error:
                faults = {"raison": in_words(error.issues)}
            else:
                return go_near("ecarts", identifiant, anchor(ligne))
        typed_in = {champ: request.POST.get(champ, "") for champ in (*TEXTES, *JOURS, *LEVEE)}
        context = _page(consultation, {"ligne": ligne, "site": site, "donne": typed_in, "fautes": faults})
        return render(request, "ecarts.html", context, status=422)
    return render(request, "ecarts.html", _page(consultation, {}))


def anchor(ligne: str) -> str:
    """Return the name of a gap in its page."""
    return "ecart-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in ligne)


def _known(chantier: AuditEnCours, ligne: str, site: str) -> bool:
    """Return whether a gap may be of this line, or of this check, at this site or at all of them."""
    checklist = chantier.checklist
    lines = {one.indicateur.id for one in checklist.lignes} | {one.id for one in checklist.verifications}
    sites = {str(one["id"]) for one in checklist.contexte.organisme.sites}
    return ligne in lines and (not site or site in sites)


def _genre(chantier: AuditEnCours, ligne: str) -> Genre:
    return "verification" if any(p.id == ligne for p in chantier.checklist.verifications) else "ligne"


def _given(chantier: AuditEnCours, post: QueryDict, ligne: str, site: str) -> Iterator[Don]:
    """Yield what a page posts of a gap: the fields that its form shows, and no other."""
    genre = _genre(chantier, ligne)
    for champ in (*TEXTES, *JOURS, *LEVEE):
        if champ in post:
            yield Don(Endroit(genre, champ, ligne, site), post.get(champ, "").strip() or None)


def _refused(
    consultation: Consultation, identifiant: Identifiant, dons: list[Don], ligne: str
) -> dict[str, list[str]]:
    """Return what cannot be in what is given of a gap, by field, and could be before."""
    try:
        after = imagine(identifiant, dons)
    except IssuesError as error:
        return {_field(issue): in_words([issue]) for issue in error.issues}
    before = {(issue.code, issue.message) for issue in faults_of(consultation.chantier, ligne)}
    faults: dict[str, list[str]] = {}
    for issue in faults_of(after, ligne):
        if (issue.code, issue.message) not in before:
            faults.setdefault(_field(issue), []).extend(in_words([issue]))
    return faults


def _field(issue: Issue) -> str:
    if issue.code in _CHAMPS:
        return _CHAMPS[issue.code]
    return next((champ for champ in (*TEXTES, *JOURS, *LEVEE) if issue.champ.endswith(champ)), "")


def _page(consultation: Consultation, refused: Mapping[str, Any]) -> dict[str, Any]:
    report = reported(atelier().registry, consultation.chantier)
    notified = report.bilan.dossier.notifie_le
    every = [_gap(report.checklist, ecart, refused) for ecart in gravest_first(report)]
    return {
        **frame(consultation, "suivre"),
        "onglet": "ecarts",
        "ecarts": every,
        "ouverts": sum(one["ouvert"] for one in every),
        "notifie_le": day(notified) if notified else "",
    }


def _gap(checklist: Checklist, ecart: Ecart, refused: Mapping[str, Any]) -> dict[str, Any]:
    releve, ligne = ecart.releve, ecart.releve.ligne
    return {
        **gap_in_words(checklist, ecart),
        "ancre": anchor(ligne),
        "formes": [_form(checklist, ecart, part, refused) for part in (releve, *_at_sites(checklist, ecart))],
    }


def _at_sites(checklist: Checklist, ecart: Ecart) -> Iterator[Releve]:
    """Yield what was found at the sites that have something to follow: a gap, or what was written of one."""
    levels = gaps_of(checklist, ecart.ligne) if ecart.ligne is not None else frozenset()
    for part in ecart.releve.par_site:
        if part.constat in levels or part.ecart or part.leve_le:
            yield part


def gap_in_words(checklist: Checklist, ecart: Ecart) -> dict[str, Any]:
    """Return a gap as pages list it: what bears it, its gravity, statement, dates, sources, lifting."""
    sign = next((one for one in _signs(gravity_sign(checklist, ecart))), None)
    releve, sujet = ecart.releve, ecart.point or ecart.ligne
    counts = ecart.compte.possibles if ecart.compte else (ecart.constat or releve.constat,)
    return {
        "id": releve.ligne,
        "titre": line(gap_name(checklist, ecart)),
        "verification": ecart.point is not None,
        "constat": sign.mot if sign else line(gravity_sign(checklist, ecart)),
        "signe": sign.symbole if sign else "",
        "genre": sign.genre if sign else "",
        "compte": counts_as(checklist, ecart.compte),
        "commentaire": typed(releve.ecart.get("enonce") or releve.commentaire or ""),
        "sites": [
            f"{clean(p.site or '')}\u00a0: {_at_site(checklist, p)}" for p in _at_sites(checklist, ecart)
        ],
        "echeances": [f"{prose(nom)} : {day(jour)}" for nom, jour in due_dates(checklist, ecart)],
        "sources": ", ".join(ecart.echeance.sources) if ecart.echeance else "",
        "a_dater": sujet is not None and any(delays_of(checklist, sujet, constat) for constat in counts),
        "ouvert": releve.ouvert,
        "levee": lifting(ecart),
    }


def _at_site(checklist: Checklist, releve: Releve) -> str:
    """Return what was found at a site, then what was written of it there."""
    stated = typed(releve.ecart.get("enonce") or releve.commentaire or "")
    return f"{finding(checklist, releve.constat)}{f', {stated}' if stated else ''}"


def _signs(texte: b.Texte) -> Iterator[b.Signe]:
    yield from (run for run in texte if isinstance(run, b.Signe)) if not isinstance(texte, str) else ()


def _form(checklist: Checklist, ecart: Ecart, releve: Releve, refused: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form of a gap, for all sites or at one."""
    site = releve.site or ""
    mine = refused.get("ligne") == ecart.releve.ligne and refused.get("site") == (
        site if releve is not ecart.releve else ""
    )
    typed_in: Mapping[str, str] = refused.get("donne", {}) if mine else {}
    faults: Mapping[str, list[str]] = refused.get("fautes", {}) if mine else {}

    def shown(champ: str) -> dict[str, Any]:
        key = champ.removeprefix("ecart.")
        value = releve.ecart.get(key, "") if champ.startswith("ecart.") else getattr(releve, key) or ""
        return {"nom": champ, "valeur": typed_in.get(champ, value), "fautes": faults.get(champ, [])}

    levels = next_levels(checklist, ecart.ligne, releve.constat) if ecart.ligne is not None else ()
    at_site = releve is not ecart.releve
    return {
        "site": clean(site) if at_site else "",
        "constate": _at_site(checklist, releve) if at_site else "",
        "cle": anchor(f"{ecart.releve.ligne}-{site}" if at_site else ecart.releve.ligne),
        "textes": [{**shown(champ), "titre": titre} for champ, titre in TEXTES.items()],
        "jours": [{**shown(champ), "titre": titre} for champ, titre in JOURS.items()],
        "leve": {champ: shown(champ) for champ in LEVEE},
        "niveaux": [(code, finding(checklist, code)) for code in levels],
        "ouvert": releve.ouvert,
        "generales": [*faults.get("", []), *faults.get("raison", [])],
    }
