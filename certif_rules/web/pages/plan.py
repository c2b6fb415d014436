"""Préparer: the plan, slot by slot, and the people by function; printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from msgspec.structs import replace

from certif_rules.audit.compte_rendu import Personne
from certif_rules.audit.plan import OBJETS, Creneau, PlanAudit, remarks, site_ids, wrong
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.documents.mots import criterion, mode, title
from certif_rules.documents.plan.composition import hours, person
from certif_rules.errors import Issue, IssuesError
from certif_rules.francais import capital
from certif_rules.journal.annexes import Annexe, annexes, tie
from certif_rules.journal.etat import Etat
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import findings_of
from certif_rules.services.plan import AUDITEUR, TEXTES, plan_of, sessions, slot_of
from certif_rules.web.depot import Don
from certif_rules.web.machine import drawn, identifier, now
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import Consultation, as_shown, consult, frame, give, go, seen
from certif_rules.web.pages.contexte import fault_texts
from certif_rules.web.pages.documents import formats_of

#: The fields of a slot that may be wrong.
_CHAMPS: Final = (*TEXTES, "auditeurs")
_PERSONNE: Final = ("role", "initiales", "nom", "organisation")
#: Rows of the table of people that are left to fill, and the length of what identifies a slot.
_LIBRES, _COURT = 2, 9


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Show the plan; record a slot, the people, the sessions of the report."""
    consultation = consult(identifiant)
    if request.method == "GET":
        return render(request, "plan.html", _page(consultation, request.GET.get("creneau")))
    faults: list[Issue] = []
    dons = list(_given(request.POST, consultation, as_shown(consultation, seen(request)), faults))
    if not faults:
        try:
            give(request, identifiant, dons)
        except IssuesError as error:
            faults += error.issues
    if faults:
        page = _page(consultation, request.POST.get("creneau"), faults, request.POST)
        return render(request, "plan.html", page, status=422)
    return go("plan", identifiant)


# ---- what is posted ------------------------------------------------------------------------------------


def _given(post: QueryDict, consultation: Consultation, shown: Etat, faults: list[Issue]) -> Iterator[Don]:
    """Yield what a form of the page says; what is wrong is added to ``faults``."""
    quoi, checklist = post.get("quoi"), consultation.chantier.checklist
    slots = {annexe.id: annexe for annexe in annexes(shown, "creneau")}
    if quoi == "creneau":
        after = posted(post)
        after = replace(
            after, lignes=tuple(one for one in after.lignes if one in checklist.referentiel.indicateurs)
        )
        faults += wrong(after, checklist)
        before = slots.get(after.id)
        if before is None:
            after = replace(after, id=drawn()[:_COURT])
            yield Don(Endroit("creneau", "cree_le", after.id), now())
        yield from changed(before or Annexe(id=after.id, champs={}), after)
    elif quoi == "retirer":
        yield from (
            Don(Endroit("creneau", "retire", one), True) for one in slots if one == post.get("creneau")
        )
    elif quoi == "personnes":
        rows = _people(post)
        faults += (
            Issue("information-manquante", "il manque la fonction", None, champ="personnes")
            for row in rows
            if "role" not in row
        )
        if rows != list(findings_of(shown).get("personnes") or ()):
            yield Don(Endroit("tete", "personnes"), rows or None)
    elif quoi == "seances":
        listed = sessions(plan_of(consultation.chantier, consultation.etat))
        yield Don(Endroit("tete", "seances"), listed or None)


def posted(post: QueryDict) -> Creneau:
    """Return the slot that a page posts; initials are parted by commas."""
    texts = {nom: post.get(nom, "").strip() for nom in TEXTES}
    who = (part.strip() for part in post.get("auditeurs", "").replace(";", ",").split(","))
    return Creneau(
        id=post.get("creneau", ""),
        **texts,
        auditeurs=tuple(sorted(dict.fromkeys(filter(None, who)))),
        lignes=tuple(post.getlist("lignes")),
    )


def changed(annexe: Annexe, after: Creneau) -> Iterator[Don]:
    """Yield the fields of a slot that change: one for each line and for each of who audits.

    A name is the value of a field that is called otherwise: what events hold of it can be erased.
    """
    before = slot_of(annexe)
    for nom in TEXTES:
        if getattr(after, nom) != str(annexe.get(nom) or ""):
            yield Don(Endroit("creneau", nom, after.id), getattr(after, nom) or None)
    for champ in annexe.champs:
        if champ.startswith(AUDITEUR) and annexe.get(champ) not in (None, *after.auditeurs):
            yield Don(Endroit("creneau", champ, after.id), None)
    for qui in after.auditeurs:
        if qui not in before.auditeurs:
            yield Don(Endroit("creneau", AUDITEUR + identifier(), after.id), qui)
    for ligne in dict.fromkeys((*before.lignes, *after.lignes)):
        if (ligne in before.lignes) != (ligne in after.lignes):
            yield Don(tie("creneau", after.id, ligne), ligne in after.lignes or None)


def _people(post: QueryDict) -> list[dict[str, str]]:
    rows = range(sum(key.startswith("personne.") and key.endswith(".role") for key in post))
    every = (
        {key: text for key in _PERSONNE if (text := post.get(f"personne.{n}.{key}", "").strip())}
        for n in rows
    )
    return [row for row in every if row]


# ---- the page ------------------------------------------------------------------------------------------


def _page(
    consultation: Consultation,
    creneau: str | None = None,
    issues: Sequence[Issue] = (),
    typed: QueryDict | None = None,
) -> dict[str, Any]:
    """Return the page: the slots by day, what the plan leaves aside, the form of a slot, the people."""
    own = plan_of(consultation.chantier, consultation.etat)
    known = {slot.id: slot for slot in own.creneaux}
    quoi = typed.get("quoi") if typed else None
    contexte = own.checklist.contexte
    edited = known.get(creneau or "") or Creneau(
        id="", jour=contexte.date.isoformat(), mode=mode(contexte.mode) if contexte.mode else ""
    )
    if typed is not None and quoi == "creneau":
        edited = posted(typed)
    people = [{key: getattr(p, key) or "" for key in _PERSONNE} for p in own.personnes or ()]
    if typed is not None and quoi == "personnes":
        people = [{**dict.fromkeys(_PERSONNE, ""), **row} for row in _people(typed)]
    return {
        **frame(consultation, "preparer"),
        "ici": "plan",
        "jours": [
            {
                "titre": capital(day(jour)) if jour else "Jour à fixer",
                "creneaux": [_slot(own, s) for s in slots],
            }
            for jour, slots in groupby(own.creneaux, key=lambda slot: slot.jour)
        ],
        "disputes": _disputes(consultation.etat),
        "remarques": [capital(prose(texte)) for texte in remarks(own)],
        "forme": _form(own, edited, issues),
        "organisation": contexte.organisme.nom or "",
        "personnes": [*people, *[dict.fromkeys(_PERSONNE, "")] * _LIBRES],
        "connues": [(p["role"], person_of(p), p["organisation"]) for p in people],
        "initiales": [p["initiales"] or p["nom"] for p in people if p["initiales"] or p["nom"]],
        "fautes_personnes": fault_texts(i for i in issues if i.champ == "personnes"),
        "fautes": fault_texts(i for i in issues if i.champ not in (*_CHAMPS, "personnes")),
        "seances": _sessions(consultation, own),
        "formats": formats_of("plan")["formats"],
    }


def person_of(row: Mapping[str, str]) -> str:
    """Return somebody of the table of people, as documents name them."""
    return person(Personne(role=row["role"], initiales=row["initiales"], nom=row["nom"]))


def _slot(own: PlanAudit, slot: Creneau) -> dict[str, Any]:
    lines = [li for li in own.checklist.lignes if li.indicateur.id in slot.lignes]
    return {
        "id": slot.id,
        "heures": hours(slot),
        "objet": OBJETS.get(slot.objet, clean(slot.objet)),  # type: ignore[call-overload]
        "lieu": ", ".join(filter(None, (clean(slot.site), mode(slot.mode) if slot.mode else ""))),
        "auditeurs": ", ".join(map(clean, slot.auditeurs)),
        "fonctions": clean(slot.fonctions),
        "lignes": ", ".join(clean(line.indicateur.numero) for line in lines),
    }


def _form(own: PlanAudit, slot: Creneau, issues: Iterable[Issue]) -> dict[str, Any]:
    """Return the form of a slot: its values, the lines to tick by criterion, what is wrong of each field."""
    every = list(issues)
    left = {line.indicateur.id for line in own.sans_creneau}
    return {
        "creneau": slot,
        "auditeurs": ", ".join(slot.auditeurs),
        "objets": list(OBJETS.items()),
        "sites": site_ids(own.checklist),
        "groupes": [
            {
                "titre": criterion(critere),
                "lignes": [
                    {
                        "id": line.indicateur.id,
                        "numero": clean(line.indicateur.numero),
                        "titre": title(line, 90),
                        "cochee": line.indicateur.id in slot.lignes,
                        "libre": line.indicateur.id in left,
                    }
                    for line in lines
                    if line in own.dues
                ],
            }
            for critere, lines in own.checklist.groupes
            if any(line in own.dues for line in lines)
        ],
        "fautes": {nom: fault_texts(i for i in every if i.champ == nom) for nom in _CHAMPS},
    }


def _disputes(etat: Etat) -> list[str]:
    """Return the fields of slots of which two windows said otherwise."""
    return [
        f"{champ} : {' ou '.join(clean(str(v.valeur)) for v in annexe.champs[champ].versions)}"
        for annexe in annexes(etat, "creneau")
        for champ in annexe.a_accorder
    ]


def _sessions(consultation: Consultation, own: PlanAudit) -> str:
    """Return whether the sessions that the report says are those that the slots foresee."""
    du_rapport = findings_of(consultation.etat).get("seances")
    foreseen = sessions(own)
    if not foreseen:
        return ""
    return "memes" if du_rapport == foreseen else "autres" if du_rapport else "aucune"
