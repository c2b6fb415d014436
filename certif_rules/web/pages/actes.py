"""What is recorded after an audit: the auditor's opinion, the review by another person, the decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from certif_rules.audit.examen import readable_day
from certif_rules.blocs.typographie import clean
from certif_rules.errors import DataError, Issue, IssuesError
from certif_rules.journal.annexes import annexes
from certif_rules.journal.evenements import Endroit
from certif_rules.services.actes import LISTES, assessed_by, new_faults, with_act
from certif_rules.web import depot
from certif_rules.web.depot import Don
from certif_rules.web.machine import identifier, now
from certif_rules.web.models import Identifiant
from certif_rules.web.pages.commun import (
    Consultation,
    actor,
    atelier,
    consult,
    give,
    go_near,
    imagine,
    in_words,
    seen,
    whole,
)
from certif_rules.web.pages.suivre import overview

#: The word of an act in the findings file, by its list.
_SENS: Final = {"avis": "avis", "decision": "decision", "notification": ""}
_EVALUATION: Final = "evaluation"


@require_POST
def record_act(request: HttpRequest, identifiant: Identifiant, liste: str) -> HttpResponse:
    """Record the auditor's opinion, that of a body, a decision or its notification; or say why not."""
    if liste != _EVALUATION and liste not in LISTES.values():
        raise Http404
    consultation = consult(identifiant)
    typed = {
        champ: request.POST.get(champ, "").strip()
        for champ in ("par", "le", "sens", "motif", "instance", "objet")
    }
    dons = list(_given(consultation, liste, typed, request.POST))
    faults: dict[str, list[str]] = {}
    if typed["le"] and readable_day(typed["le"]) is None:
        faults["le"] = ["ce jour ne se lit pas : l’écrire AAAA-MM-JJ"]
    else:
        try:
            after = imagine(identifiant, dons)
            for champ, issue in new_faults(atelier().registry, consultation.chantier, after):
                faults.setdefault(champ, []).extend(in_words([issue]))
            if not faults:
                give(request, identifiant, dons)
                return go_near("suivre", identifiant, liste)
        except IssuesError as error:
            reason = [issue for issue in error.issues if issue.code == "raison-demandee"]
            faults["raison" if reason else ""] = in_words(error.issues)
    refused = {
        "liste": liste,
        "place": request.POST.get("place", ""),
        "donne": typed,
        "fautes": faults,
    }
    return render(request, "suivre.html", overview(consultation, refused), status=422)


def _given(
    consultation: Consultation, liste: str, typed: Mapping[str, str], post: QueryDict
) -> Iterable[Don]:
    people = [line.strip() for line in typed["par"].splitlines() if line.strip()]
    if liste == _EVALUATION:
        yield Don(Endroit("tete", f"{_EVALUATION}.par"), people or None)
        yield Don(Endroit("tete", f"{_EVALUATION}.le"), typed["le"] or None)
        yield Don(Endroit("tete", f"{_EVALUATION}.recommandation"), typed["sens"] or None)
        return
    act: dict[str, Any] = {"objet": typed["objet"], "instance": typed["instance"], "le": typed["le"]}
    if _SENS[liste]:
        act |= {"par": people, _SENS[liste]: typed["sens"], "motif": typed["motif"]}
    entries = with_act(consultation.chantier, liste, act, whole(post.get("rang", "")))
    yield Don(Endroit("tete", liste), entries or None)


# ---- the review -----------------------------------------------------------------------------------------


@require_POST
def send(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Hand an audit to whoever reads it again, with the day of the committee that waits for it."""
    meeting = request.POST.get("comite", "").strip()
    if meeting and readable_day(meeting) is None:
        raise _refusal("jour du comité : ce jour ne se lit pas, l’écrire AAAA-MM-JJ")
    act = {"comite": meeting, "le": now()} if meeting else {"le": now()}
    _acted(request, identifiant, [Don(Endroit("acte", "transmis_relecture"), act)])
    return go_near("suivre", identifiant, "revue")


@require_POST
def send_back(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Send an audit back to its auditor, with why, or say that it was read, by who did not assess."""
    consultation = consult(identifiant)
    who = request.POST.get("par", "").strip() or depot.names().get(actor(request), "")
    if not who:
        raise _refusal("dire qui relit : la revue est faite par une autre personne que l’évaluation")
    if twice := assessed_by(consultation.chantier, who):
        raise _refusal(
            f"« {who} » relit et a évalué (« {twice} ») : la revue est faite par une autre personne"
        )
    word = "relu" if request.POST.get("issue") == "relu" else "renvoye"
    motif = request.POST.get("motif", "").strip()
    act = {"par": who, "le": now(), **({"motif": motif} if motif else {})}
    _acted(
        request,
        identifiant,
        [Don(Endroit("acte", word), act), Don(Endroit("acte", "transmis_relecture"), None)],
    )
    return go_near("suivre", identifiant, "revue")


@require_POST
def remark(request: HttpRequest, identifiant: Identifiant) -> HttpResponse:
    """Write a remark on a line, or answer one, or say that it is settled."""
    known, etat = request.POST.get("remarque", ""), consult(identifiant).etat
    if known and known not in {one.id for one in annexes(etat, "remarque")}:
        raise _refusal("cette remarque n’est pas de cet audit, ou a été retirée")
    nom = known or identifier()
    dons = []
    if known:
        dons.append(Don(Endroit("remarque", "reponse", nom), request.POST.get("reponse", "").strip() or None))
        dons.append(Don(Endroit("remarque", "reglee", nom), "reglee" in request.POST or None))
    elif text := request.POST.get("texte", "").strip():
        dons = [
            Don(Endroit("remarque", "cree_le", nom), now()),
            Don(Endroit("remarque", "sur", nom), request.POST.get("ligne", "") or None),
            Don(Endroit("remarque", "texte", nom), text),
        ]
    depot.record(identifiant, dons, actor(request), base=seen(request))
    return go_near("suivre", identifiant, "revue")


def _acted(request: HttpRequest, identifiant: Identifiant, dons: Iterable[Don]) -> None:
    """Record what is no finding: nothing that was shared changes, and no reason is asked."""
    consult(identifiant)
    depot.record(identifiant, dons, actor(request), base=seen(request))


def _refusal(message: str) -> DataError:
    return DataError([Issue("revue-impossible", clean(message))])
