"""The plan of an audit from what its journal says of slots and people."""

from __future__ import annotations

from typing import Any, Final

from certif_rules.audit.plan import Creneau, PlanAudit
from certif_rules.journal.annexes import Annexe, annexes
from certif_rules.journal.etat import Etat
from certif_rules.services.espace import AuditEnCours

#: What a field of a slot that names who audits begins with; the name is its value, which can be erased.
AUDITEUR: Final = "auditeur."
#: The fields of a slot that are one text.
TEXTES: Final = ("objet", "jour", "debut", "fin", "site", "mode", "fonctions")


def plan_of(chantier: AuditEnCours, etat: Etat) -> PlanAudit:
    """Return the plan of an audit; a slot whose day is to settle has none."""
    return PlanAudit(
        checklist=chantier.checklist,
        creneaux=slots_of(etat),
        personnes=chantier.dossier.compte_rendu.personnes,
    )


def slots_of(etat: Etat) -> tuple[Creneau, ...]:
    """Return the slots of a plan, in order."""
    slots = (slot_of(annexe) for annexe in annexes(etat, "creneau"))
    return tuple(sorted(slots, key=lambda creneau: creneau.ordre))


def slot_of(annexe: Annexe) -> Creneau:
    """Return a slot as its fields say it."""
    texts = {nom: str(annexe.get(nom) or "") for nom in TEXTES}
    who = {nom for champ in annexe.champs if champ.startswith(AUDITEUR) and (nom := annexe.get(champ))}
    return Creneau(
        id=annexe.id,
        **{**texts, "objet": texts["objet"] or "audit"},
        auditeurs=tuple(sorted(who)),
        lignes=annexe.lignes,
    )


def sessions(plan: PlanAudit) -> list[dict[str, Any]]:
    """Return the sessions of a report as the slots foresee them: a day, a site, a mode, from when to when."""
    stretches: dict[tuple[str, str, str], list[Creneau]] = {}
    for creneau in plan.creneaux:
        stretches.setdefault((creneau.jour, creneau.site, creneau.mode), []).append(creneau)
    listed = []
    for (jour, site, mode), own in stretches.items():
        hours = {
            "debut": min((c.debut for c in own if c.debut), default=""),
            "fin": max((c.fin for c in own if c.fin), default=""),
        }
        entry = {"date": jour, "site": site, "mode": mode, **hours}
        listed.append({key: value for key, value in entry.items() if value})
    return listed
