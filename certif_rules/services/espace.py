"""What a workspace shows of an audit under way, from the data of its findings file, whatever is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.conclusion import Bilan, conclude
from certif_rules.audit.constats import Dossier, Releve, by_line, by_point
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.correction import Mouvement, correct
from certif_rules.audit.examen import refusal
from certif_rules.audit.questions import Question, questions
from certif_rules.audit.rapport import make_report
from certif_rules.audit.recevabilite import check_finding, with_ids
from certif_rules.echanges.constats import write_dossier
from certif_rules.errors import Issue
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import build, prepare
from certif_rules.services.constats import from_data, procedure_of, with_rules
from certif_rules.source import schema


class AuditEnCours(Struct, frozen=True, kw_only=True):
    """An audit under way has its checklist, its findings by id of line, and the facts still worth asking."""

    checklist: Checklist
    dossier: Dossier
    questions: tuple[Question, ...]

    def releve(self, ligne: str) -> Releve:
        """Return the finding of a line or of a check, blank where nothing was found yet."""
        known = {**by_point(self.dossier), **by_line(self.dossier)}
        return known.get(ligne, Releve(ligne=ligne))

    @property
    def restent(self) -> tuple[str, ...]:
        """Return the lines due, or perhaps, that have no finding yet."""
        due = (ligne for ligne in self.checklist.lignes if ligne.etat in ("a_auditer", "a_confirmer"))
        return tuple(ligne.indicateur.id for ligne in due if not self.releve(ligne.indicateur.id).porte)


def open_work(registry: Registry, data: Mapping[str, Any]) -> AuditEnCours:
    """Return an audit under way from what is said of it so far; findings may still be missing, or wrong.

    Raises:
        DataError: the data are not those of a findings file.
        UsageError, DataError: the request is wrong or incomplete; everything is listed.
    """
    issues = schema.check(data, "constats")
    if issues:
        raise refusal(issues)
    dossier = from_data(data)
    resolution, contexte = prepare(registry, dossier.demande)
    checklist = build(resolution, contexte)
    dossier, issues = with_ids(checklist.referentiel, dossier)
    if issues:
        raise refusal(issues)
    blank = {ligne.indicateur.id: Releve(ligne=ligne.indicateur.id) for ligne in checklist.lignes}
    due = [ligne.indicateur.id for ligne in checklist.lignes if ligne.etat in ("a_auditer", "a_confirmer")]
    every = {**{i: blank[i] for i in due}, **by_line(dossier)}
    return AuditEnCours(
        checklist=checklist,
        dossier=replace(dossier, releves=tuple(every.values())),
        questions=questions(checklist.referentiel, contexte),
    )


def lines_moved(avant: AuditEnCours, apres: AuditEnCours) -> tuple[Mouvement, ...]:
    """Return the lines that enter, leave or change when a context is corrected, each with its reasons."""
    return correct(avant.checklist, apres.checklist, apres.dossier).changements


def faults_of(chantier: AuditEnCours, ligne: str) -> tuple[Issue, ...]:
    """Return what is impossible in the finding of one line, or of one check."""
    return tuple(check_finding(chantier.checklist, chantier.releve(ligne), chantier.dossier.notifie_le))


def as_file(chantier: AuditEnCours) -> bytes:
    """Return the findings file of an audit: every line due is in it, and the rules it was made with."""
    return write_dossier(with_rules(chantier.checklist, chantier.dossier))


def concluded(registry: Registry, chantier: AuditEnCours) -> Bilan:
    """Return what the findings recorded so far call for; what is still possible is not decided."""
    checklist, dossier = chantier.checklist, chantier.dossier
    return conclude(checklist, dossier, procedure_of(registry, checklist, dossier))


def reported(registry: Registry, chantier: AuditEnCours) -> Rapport:
    """Return what a report of the findings recorded so far says, and what it lacks."""
    return make_report(concluded(registry, chantier))
