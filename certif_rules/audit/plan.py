"""The plan of an audit: who sees what, where and when; what it asks twice or leaves aside is told.

It says nothing of samples: what is examined is not announced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final, Literal, get_args

from msgspec import Struct

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.compte_rendu import Personne
from certif_rules.audit.correction import DUS
from certif_rules.audit.examen import readable_day
from certif_rules.blocs.typographie import day, plain
from certif_rules.errors import Issue, suggestion
from certif_rules.francais import count

#: What a slot is for.
ObjetCreneau = Literal["ouverture", "audit", "cloture"]
OBJETS: Final[Mapping[ObjetCreneau, str]] = dict(
    zip(get_args(ObjetCreneau), ("Réunion d’ouverture", "Audit", "Réunion de clôture"), strict=True)
)
#: Most characters of the initials of somebody.
_LONG: Final = 40
_HEURE: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Creneau(Struct, frozen=True, kw_only=True):
    """A slot has a day (ISO), hours (HH:MM), a place; who audits (initials), whom they meet, which lines."""

    id: str
    objet: str = "audit"
    jour: str = ""
    debut: str = ""
    fin: str = ""
    site: str = ""
    mode: str = ""
    auditeurs: tuple[str, ...] = ()
    fonctions: str = ""
    lignes: tuple[str, ...] = ()

    @property
    def ordre(self) -> tuple[str, str, str]:
        """Return what sorts slots: their day, their hour."""
        return (self.jour, self.debut, self.id)


class PlanAudit(Struct, frozen=True, kw_only=True):
    """The plan of an audit holds its slots in order, the people by function (``None``: not given)."""

    checklist: Checklist
    creneaux: tuple[Creneau, ...]
    personnes: tuple[Personne, ...] | None = None

    @property
    def dues(self) -> tuple[Ligne, ...]:
        """Return the lines that the audit sees, or may."""
        return tuple(ligne for ligne in self.checklist.lignes if ligne.etat in DUS)

    @property
    def sans_creneau(self) -> tuple[Ligne, ...]:
        """Return the lines to see that no slot holds."""
        planned = {ligne for creneau in self.creneaux for ligne in creneau.lignes}
        return tuple(ligne for ligne in self.dues if ligne.indicateur.id not in planned)


def wrong(creneau: Creneau, checklist: Checklist) -> Iterator[Issue]:
    """Yield what cannot be of a slot, each with its field."""
    if readable_day(creneau.jour or None) is None:
        message = f"« {creneau.jour} » n’est pas un jour" if creneau.jour else "il manque le jour"
        yield Issue("date-invalide", message, None, "écrire AAAA-MM-JJ", champ="jour")
    for nom in ("debut", "fin"):
        heure = getattr(creneau, nom)
        if heure and not _HEURE.fullmatch(heure):
            yield Issue(
                "seance-incoherente", f"« {heure} » n’est pas une heure", None, "écrire HH:MM", champ=nom
            )
    timed = all(_HEURE.fullmatch(heure) for heure in (creneau.debut, creneau.fin))
    if timed and creneau.fin <= creneau.debut:
        message = f"le créneau finit ({creneau.fin}) avant de commencer ({creneau.debut})"
        yield Issue("seance-incoherente", message, None, "vérifier les deux heures", champ="fin")
    if creneau.objet not in OBJETS:
        message = f"« {creneau.objet} » n’est pas un objet de créneau"
        yield Issue("objet-inconnu", message, None, suggestion(creneau.objet, OBJETS), champ="objet")
    long = next((qui for qui in creneau.auditeurs if len(qui) > _LONG), None)
    if long is not None:
        message = f"« {long} » est trop long pour des initiales"
        yield Issue("texte-trop-long", message, None, "des initiales suffisent", champ="auditeurs")
    sites = site_ids(checklist)
    if creneau.site and sites and creneau.site not in sites:
        message = f"le site « {creneau.site} » n’est pas déclaré dans l’organisme"
        yield Issue("site-inconnu", message, None, suggestion(creneau.site, sites, "sites"), champ="site")


def site_ids(checklist: Checklist) -> tuple[str, ...]:
    """Return the sites of the organisation, those added to the audit included."""
    contexte = checklist.contexte
    return tuple(
        dict.fromkeys((*(str(site["id"]) for site in contexte.organisme.sites), *contexte.ajouts.sites))
    )


def remarks(plan: PlanAudit) -> Iterator[str]:
    """Yield, as information, what the plan asks twice or leaves aside."""
    yield from _together(plan)
    left = [ligne.indicateur.numero for ligne in plan.sans_creneau]
    if left:
        yield f"{count(len(left), 'ligne')} sans créneau : {', '.join(left)}"
    gone = _gone(plan)
    if gone:
        yield f"au plan, mais pas à voir à cet audit : {', '.join(gone)}"
    seen = {creneau.site for creneau in plan.creneaux}
    unseen = [site for site in site_ids(plan.checklist) if site not in seen]
    if unseen and len(site_ids(plan.checklist)) > 1:
        yield f"aucun créneau sur {count(len(unseen), 'site')} : {', '.join(unseen)}"
    for objet in ("ouverture", "cloture"):
        if not any(creneau.objet == objet for creneau in plan.creneaux):
            yield f"aucune {OBJETS[objet].lower()}"
    early = [c for c in plan.creneaux if c.jour < plan.checklist.contexte.date.isoformat()]
    if early:
        yield f"{count(len(early), 'créneau', 'créneaux')} avant le jour de l’audit"


def _together(plan: PlanAudit) -> Iterator[str]:
    """Yield who is asked for at two slots at once; a slot without hours is not compared."""
    timed = [creneau for creneau in plan.creneaux if creneau.debut and creneau.fin]
    for one, two in combinations(timed, 2):
        if one.jour == two.jour and one.debut < two.fin and two.debut < one.fin:
            for qui in (nom for nom in one.auditeurs if nom in two.auditeurs):
                where = f"{_where(one)} et {_where(two)}"
                yield f"{qui} est dans deux créneaux à la fois le {plain(day(one.jour))} : {where}"


def _where(creneau: Creneau) -> str:
    return " ".join(filter(None, (f"{creneau.debut}–{creneau.fin}", creneau.site)))


def _gone(plan: PlanAudit) -> list[str]:
    """Return the numbers of the lines that are planned and that the audit does not see."""
    due = {ligne.indicateur.id for ligne in plan.dues}
    planned = dict.fromkeys(ligne for creneau in plan.creneaux for ligne in creneau.lignes)
    known = plan.checklist.referentiel.indicateurs
    return [known[i].numero if i in known else i for i in planned if i not in due]
