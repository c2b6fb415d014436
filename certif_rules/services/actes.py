"""What follows an audit, in four things never mixed: what rules give, an opinion, a review, a decision.

Nothing is decided here: what is recorded is checked against who may do it, and in which order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from certif_rules.audit.coherence import check_compte_rendu, same_person
from certif_rules.audit.compte_rendu import compte_rendu_as_data, entry_name
from certif_rules.audit.conclusion import Bilan
from certif_rules.audit.procedure import ActeSuivi, follow_up, words_of
from certif_rules.errors import Issue
from certif_rules.model.acteurs import Role
from certif_rules.plugins.registry import Registry
from certif_rules.services.constats import check_procedure
from certif_rules.services.espace import AuditEnCours

#: The lists of the findings file by the role of their acts.
LISTES: Final[Mapping[Role, str]] = {"donne_avis": "avis", "decide": "decision", "notifie": "notification"}
#: The field of an act that each fault is about.
_CHAMPS: Final[Mapping[str, str]] = {
    "decision-par-evaluateur": "par",
    "decision-avant-evaluation": "le",
    "decision-avant-avis": "le",
    "acte-avant-audit": "le",
    "notification-avant-decision": "le",
    "sens-inconnu": "sens",
    "decision-contre-avis": "sens",
    "decision-sans-motif": "motif",
    "instance-inattendue": "instance",
    "objet-inconnu": "objet",
    "decision-en-double": "objet",
    "acte-en-double": "instance",
}


def followed_acts(bilan: Bilan, role: Role) -> tuple[ActeSuivi, ...]:
    """Return the acts of a role that are called for or recorded, in order."""
    every = follow_up(bilan.procedure, bilan.dossier.compte_rendu)
    return tuple(suivi for suivi in every if suivi.role == role)


def possible_words(bilan: Bilan, role: Role) -> tuple[tuple[str, str], ...]:
    """Return the words declared for the acts of a role, else those of the judgement: code, then title."""
    words = words_of(bilan.procedure.of_role(role))
    if words is None and role == "decide":
        return tuple((code, code.replace("_", " ")) for code in bilan.procedure.decisions)
    return tuple((word.id, word.titre) for word in words or ())


def with_act(chantier: AuditEnCours, liste: str, act: Mapping[str, Any], rank: int | None) -> list[Any]:
    """Return the acts of a list with this one: in the place of that of its rank, or of its name, else after.

    An act that says nothing takes the one in its place away.
    """
    entries = list(compte_rendu_as_data(chantier.dossier.compte_rendu).get(liste) or ())
    given = {key: value for key, value in act.items() if value not in (None, "", [])}
    if rank is None or not 0 <= rank < len(entries):
        name = entry_name(liste, given)
        rank = next((n for n, one in enumerate(entries) if entry_name(liste, one) == name), len(entries))
    entries[rank : rank + 1] = [given] if given.keys() - {"objet", "instance"} else []
    return entries


def faults_of_acts(registry: Registry, chantier: AuditEnCours) -> tuple[Issue, ...]:
    """Return what cannot be in what is given around the findings: days, people, words, bodies."""
    checklist, dossier = chantier.checklist, chantier.dossier
    every = (*check_compte_rendu(checklist, dossier), *check_procedure(registry, checklist, dossier))
    return tuple(dict.fromkeys(every))


def new_faults(registry: Registry, avant: AuditEnCours, apres: AuditEnCours) -> Iterator[tuple[str, Issue]]:
    """Yield the faults that a change brings, each with the field of the act that it is about."""
    known = {(issue.code, issue.message) for issue in faults_of_acts(registry, avant)}
    for issue in faults_of_acts(registry, apres):
        if (issue.code, issue.message) not in known:
            yield _CHAMPS.get(issue.code, ""), issue


def assessors(chantier: AuditEnCours) -> tuple[str, ...]:
    """Return who assessed, as typed, each once."""
    dossier = chantier.dossier
    evaluation = dossier.compte_rendu.evaluation
    named: Sequence[str] = evaluation.par if evaluation else ()
    signed = (name for one in (*dossier.releves, *dossier.verifications) for name in one.signataires)
    return tuple(dict.fromkeys((*named, *signed)))


def assessed_by(chantier: AuditEnCours, nom: str) -> str:
    """Return the name under which somebody assessed; empty for whoever did not."""
    return next((other for other in assessors(chantier) if same_person(nom, other)), "")


def recorded_at(bilan: Bilan, suivi: ActeSuivi) -> int | None:
    """Return the rank of a recorded act in its list; nothing for one that is to come."""
    acts = {
        "donne_avis": bilan.dossier.compte_rendu.avis,
        "decide": bilan.dossier.compte_rendu.decision,
        "notifie": bilan.dossier.compte_rendu.notification,
    }[suivi.role]
    return next((rank for rank, one in enumerate(acts or ()) if one is suivi.rendu), None)
