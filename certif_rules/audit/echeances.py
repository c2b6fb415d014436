"""The dates that open findings call for, and what must be known of them.

The delays of a finding are those of the référentiel that its line, or its check, counts for: no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from certif_rules.audit.aggravation import counted
from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne, Point
from certif_rules.audit.constats import Dossier, by_line, by_point
from certif_rules.audit.deduction import MOYENNE, heading
from certif_rules.model.base import Avertissement
from certif_rules.model.jugement import Delai
from certif_rules.rules.delais import dates


class Echeance(Struct, frozen=True, kw_only=True):
    """An echeance gives the dates that one open finding opens; ``None`` for one that it does not have.

    It was found on a line or on a check, one of the two. ``compte_comme`` is the finding whose delays these
    are, where it counts as another than ``constat``.
    """

    constat: str
    dates: Mapping[str, date | None]
    sources: tuple[str, ...]
    ligne: Ligne | None = None
    point: Point | None = None
    compte_comme: str | None = None

    @property
    def id(self) -> str:
        """Return the id of the line or of the check."""
        return self.ligne.indicateur.id if self.ligne else self.point.id if self.point else ""

    @property
    def origine(self) -> str | None:
        """Return the référentiel whose judgement opens these dates."""
        if self.ligne is not None:
            return self.ligne.indicateur.origine
        return self.point.compte_pour if self.point else None


def _open(checklist: Checklist, dossier: Dossier) -> Iterator[tuple[Ligne | Point, str, str]]:
    """Yield the open findings: what bears each, the finding, and what it certainly counts as; lines first."""
    releves, verifies = by_line(dossier), by_point(dossier)
    contexte = checklist.contexte
    code = checklist.type_audit.code
    for ligne in checklist.lignes:
        releve = releves.get(ligne.indicateur.id)
        if releve is not None and releve.ouvert:
            jugement = checklist.referentiel.jugements.get(ligne.indicateur.origine)
            compte = counted(jugement, code, contexte.precedent, releve.ligne, releve.constat)
            yield ligne, releve.constat, compte.possibles[0]
    for point in checklist.verifications:
        releve = verifies.get(point.id)
        if releve is not None and releve.ouvert and releve.constat == NON_SATISFAITE and point.constat:
            yield point, point.constat, point.constat


def delays_of(checklist: Checklist, sujet: Ligne | Point, constat: str) -> Mapping[str, Delai]:
    """Return the delays of a finding: those of the référentiel that its line or check counts for."""
    objet = sujet.compte_pour if isinstance(sujet, Point) else sujet.indicateur.origine
    jugement = checklist.referentiel.jugements.get(objet)
    return jugement.echeances.get(constat, {}) if jugement else {}


def deadlines(checklist: Checklist, dossier: Dossier) -> Iterator[Echeance]:
    """Yield the dates of the open findings; none while the day of notification is not known."""
    if dossier.notifie_le is None:
        return
    events = {"ecarts_notifies_le": date.fromisoformat(dossier.notifie_le)}
    declared = (j.echeances.values() for j in checklist.referentiel.jugements.values())
    names = dict.fromkeys(nom for days in declared for delais in days for nom in delais)
    for sujet, constat, compte in _open(checklist, dossier):
        delais = delays_of(checklist, sujet, compte)
        if delais:
            days = dates(delais, events)
            yield Echeance(
                ligne=None if isinstance(sujet, Point) else sujet,
                point=sujet if isinstance(sujet, Point) else None,
                constat=constat,
                compte_comme=None if compte == constat else compte,
                dates={nom: days.get(nom) for nom in names},
                sources=tuple(dict.fromkeys(s for delai in delais.values() for s in delai.sources)),
            )


def _in_means(checklist: Checklist, dossier: Dossier) -> Iterator[Ligne]:
    """Yield the lines worth a mean of their sites, one of which has a gap that opens dates by itself."""
    releves = by_line(dossier)
    for ligne in checklist.lignes:
        releve = releves.get(ligne.indicateur.id)
        if releve is None or heading(releve.constat) != MOYENNE:
            continue
        if any(part.ouvert and delays_of(checklist, ligne, part.constat) for part in releve.par_site):
            yield ligne


def deadline_warnings(checklist: Checklist, dossier: Dossier) -> Iterator[Avertissement]:
    """Yield what keeps a date from being known, and the checks that are not in the file."""
    opened = [(sujet, compte) for sujet, _, compte in _open(checklist, dossier)]
    dated = {constat for j in checklist.referentiel.jugements.values() for constat in j.echeances}
    if dossier.notifie_le is None and any(delays_of(checklist, *pair) for pair in opened):
        message = "le jour où les écarts ont été notifiés n’est pas donné : leurs échéances restent inconnues"
        yield Avertissement("notification_absente", message)
    without = [
        sujet for sujet, constat in opened if constat in dated and not delays_of(checklist, sujet, constat)
    ]
    without += _in_means(checklist, dossier)
    if without:
        noms = ", ".join(s.id if isinstance(s, Point) else s.indicateur.numero for s in without)
        message = f"aucune source ne donne le délai pour corriger : {noms}"
        yield Avertissement("delai_absent", message)
    results = by_point(dossier)
    for point in checklist.verifications:
        if point.id not in results:
            message = (
                f"la vérification « {point.id} » n’est pas dans les constats, et reste à faire : "
                f"{point.texte}"
            )
            yield Avertissement("verification_absente", message, point.sources)
