"""The lines that an audit does not see are worth their latest value of the same cycle and edition.

A value not known for certain is never replaced by an older one: what came between may have changed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from certif_rules.audit.checklist import Checklist
from certif_rules.model.referentiel import Constat
from certif_rules.rules.contexte import ConstatPrecedent, Precedent


class Reprise(Struct, frozen=True, kw_only=True):
    """A reprise is the finding a line was left with, and its audit's day; ``None``: one that counts no more.

    ``connue`` is false where the line was seen, or lifted, and nobody says what it is worth since.
    """

    constat: str | None
    connue: bool = True
    le: date | None = None


def carried(checklist: Checklist) -> Mapping[str, Reprise]:
    """Return the latest value of each line in the earlier audits of the cycle, by id; others have none."""
    constats = checklist.referentiel.constats
    values: dict[str, Reprise] = {}
    for precedent in _of_cycle(checklist):
        seen = precedent.constats or {}
        for ligne, entry in seen.items():
            values.setdefault(ligne, _value(constats, entry, precedent.date))
        for ligne in sorted(precedent.indicateurs_audites or ()):
            values.setdefault(ligne, Reprise(constat=None, connue=False, le=precedent.date))
    return values


def _value(constats: Mapping[str, Constat], entry: ConstatPrecedent, day: date | None) -> Reprise:
    if entry.ouvert or entry.apres is not None:
        return Reprise(constat=entry.apres or entry.constat, le=day)
    return Reprise(constat=None, connue=constats[entry.constat].valeur is None, le=day)


def _of_cycle(checklist: Checklist) -> Iterator[Precedent]:
    """Yield the earlier audits, the latest first, as far as the one that opened the cycle.

    They end before an audit of another edition, and where what an audit saw is not known.
    """
    types = checklist.referentiel.types_audit.values()
    opening = {type_audit.code for type_audit in types if type_audit.ouvre_cycle}
    precedent = None if checklist.type_audit.ouvre_cycle else checklist.contexte.precedent
    while precedent is not None and _same_edition(checklist, precedent):
        if precedent.constats is None and precedent.indicateurs_audites is None:
            return
        yield precedent
        stops = opening and (precedent.type is None or precedent.type in opening)
        precedent = None if stops else precedent.precedent


def _same_edition(checklist: Checklist, precedent: Precedent) -> bool:
    """Return whether it was of this edition: it says so, else its day is within the period of the edition."""
    referentiel = checklist.referentiel
    if precedent.edition is not None:
        return precedent.edition == referentiel.edition
    if precedent.date is None:
        return False
    day = precedent.date.isoformat()
    couche = referentiel.couche_de(referentiel.id, "exigence")
    return couche is not None and couche.du <= day and (couche.au is None or day <= couche.au)
