"""What a workspace shows of an audit under way, from the data of its findings file, whatever is missing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct, json
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.conclusion import Bilan, conclude
from certif_rules.audit.constats import Depart, Dossier, Releve, by_line, by_point
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.demande import from_profile
from certif_rules.audit.examen import refusal
from certif_rules.audit.questions import Question, questions
from certif_rules.audit.rapport import make_report
from certif_rules.audit.recevabilite import check_finding, with_ids
from certif_rules.audit.sites import check_sites
from certif_rules.echanges.constats import write_dossier
from certif_rules.errors import Issue, IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import build, prepare
from certif_rules.services.constats import from_data, procedure_of, with_rules
from certif_rules.source import schema

#: What a findings file says of the audit asked for: the same gives the same lines and the same questions.
DEMANDE: Final = (
    "referentiel", "edition", "guide", "audit", "organisme", "ajouts", "precedent", "certificats", "textes",
    "dossier",
)  # fmt: skip
#: How many requests are remembered: pages ask again and again for the audits that are open.
_RETENUS: Final = 8


class AuditEnCours(Struct, frozen=True, kw_only=True):
    """An audit under way has its checklist, its findings by id of line, and the facts still worth asking."""

    checklist: Checklist
    dossier: Dossier
    questions: tuple[Question, ...]

    @property
    def doutes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the lines perhaps due: those whose state an answer may change, then those that none does."""
        asked = {line for question in self.questions for line in question.effets["etat"]}
        lines = [one.indicateur.id for one in self.checklist.lignes if one.etat == "a_confirmer"]
        return tuple(one for one in lines if one in asked), tuple(one for one in lines if one not in asked)

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
    try:
        checklist, asked = _prepared(registry, json.encode({k: data[k] for k in DEMANDE if k in data}))
    except IssuesError:
        prepare(registry, dossier.demande)  # the same, with the places of what is wrong
        raise
    dossier, issues = with_ids(checklist.referentiel, dossier)
    if issues:
        raise refusal(issues)
    blank = {ligne.indicateur.id: Releve(ligne=ligne.indicateur.id) for ligne in checklist.lignes}
    due = [ligne.indicateur.id for ligne in checklist.lignes if ligne.etat in ("a_auditer", "a_confirmer")]
    every = {**{i: blank[i] for i in due}, **by_line(dossier)}
    return AuditEnCours(
        checklist=checklist,
        dossier=replace(dossier, releves=tuple(every.values())),
        questions=asked,
    )


@lru_cache(maxsize=_RETENUS)
def _prepared(registry: Registry, demande: bytes) -> tuple[Checklist, tuple[Question, ...]]:
    """Return the lines of a request and the facts worth asking; finding which costs more than the lines.

    Raises:
        UsageError, DataError: the request is wrong or incomplete; everything is listed, without places.
    """
    resolution, contexte = prepare(registry, from_profile({"organisme": {}, **json.decode(demande)}))
    return build(resolution, contexte), questions(resolution.referentiel, contexte)


def faults_of(chantier: AuditEnCours, ligne: str) -> tuple[Issue, ...]:
    """Return what is impossible in the finding of one line, or of one check, and what its sites forbid."""
    checklist, dossier = chantier.checklist, chantier.dossier
    own = check_finding(checklist, chantier.releve(ligne), dossier.notifie_le)
    return (*own, *check_sites(checklist, dossier, ligne))


def as_file(chantier: AuditEnCours, depart: Depart | None = None) -> bytes:
    """Return the findings file of an audit: every line due is in it, and the rules it was made with.

    One that people fill and send back says the version that it was written from, ``depart``.
    """
    return write_dossier(replace(with_rules(chantier.checklist, chantier.dossier), depart=depart))


def concluded(registry: Registry, chantier: AuditEnCours) -> Bilan:
    """Return what the findings recorded so far call for; what is still possible is not decided."""
    checklist, dossier = chantier.checklist, chantier.dossier
    return conclude(checklist, dossier, procedure_of(registry, checklist, dossier))


def reported(registry: Registry, chantier: AuditEnCours) -> Rapport:
    """Return what a report of the findings recorded so far says, and what it lacks."""
    return make_report(concluded(registry, chantier))
