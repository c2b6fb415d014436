"""An audit in a few words, for whoever follows many: what it is, how far it is, what is due and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from certif_rules.blocs.typographie import day, prose
from certif_rules.errors import IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.services.espace import AuditEnCours
from certif_rules.vie.calendrier import DateCalculee


class Jalon(Struct, frozen=True, kw_only=True):
    """A jalon says in words what is due; ``jour`` sorts it, and is past once it is too late."""

    jour: str
    quand: str
    titre: str


class Resume(Struct, frozen=True, kw_only=True):
    """A summary tells an audit as a list shows it."""

    organisme: str
    titre: str
    date: str
    faites: int
    dues: int
    termes: tuple[Jalon, ...]


def summed_up(registry: Registry, chantier: AuditEnCours) -> Resume:
    """Return an audit in a few words, its findings missing or not."""
    # A list that is up to date needs no calendar.
    from certif_rules.services.calendrier import deadlines_alone, follow

    checklist, left = chantier.checklist, len(chantier.restent)
    due = sum(ligne.etat in ("a_auditer", "a_confirmer") for ligne in checklist.lignes)
    named = chantier.dossier.demande.organisme.get("nom")
    try:
        dates = follow(registry, checklist, chantier.dossier, sans_feries=True).calendrier.dates
    except IssuesError:  # no cycle is known, or its days contradict each other: those of the gaps stand
        dates = deadlines_alone(checklist, chantier.dossier)
    return Resume(
        organisme="" if named is None else str(named),
        titre=prose(f"{checklist.type_audit.titre} – {checklist.referentiel.titre}"),
        date=checklist.contexte.date.isoformat(),
        faites=due - left,
        dues=due,
        termes=tuple(sorted(_due(dates), key=lambda one: (one.jour, one.titre))),
    )


def whole_agenda(agendas: Iterable[str]) -> bytes:
    """Return the dates of several audits as one calendar."""
    from certif_rules.documents.calendrier import ics

    return ics.joined(one.encode() for one in agendas if one)


def _due(dates: Iterable[DateCalculee]) -> Iterator[Jalon]:
    """Yield what is still to do, with a day to do it by."""
    for one in dates:
        if one.regle.sans_objet or one.donnee or one.accomplie is not None:
            continue
        titre = prose(one.titre)
        if one.jour is not None:
            opens = "à partir du " if one.regle.a_partir_du is not None else ""
            yield Jalon(jour=one.jour.isoformat(), quand=f"{opens}{day(one.jour)}", titre=titre)
        elif one.du is not None and one.au is not None:
            yield Jalon(jour=one.au.isoformat(), quand=f"du {day(one.du)} au {day(one.au)}", titre=titre)
        for each in one.jours:
            yield Jalon(jour=each.isoformat(), quand=day(each), titre=titre)


def agenda(registry: Registry, chantier: AuditEnCours, code: str) -> str:
    """Return the dates of an audit for an agenda, as iCalendar; nothing where none is known.

    Args:
        registry: the rules that are installed.
        chantier: the audit, findings missing or not.
        code: what tells its dates from those of another audit in an agenda.
    """
    from certif_rules.documents.calendrier import ics
    from certif_rules.services.calendrier import follow

    try:
        value = follow(registry, chantier.checklist, chantier.dossier)
    except IssuesError:
        return ""
    return ics.render(value, dossier=code).decode() if value.evenements else ""
