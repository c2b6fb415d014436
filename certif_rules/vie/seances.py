"""Meetings whose days people give: which a file can still reach, and the periods that have none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from certif_rules.model.base import Avertissement
from certif_rules.model.cycle import Cycle, RegleSeance
from certif_rules.rules.delais import YEAR, add
from certif_rules.vie.calendrier import Calendrier, Options
from certif_rules.vie.feries import last_worked

#: Whether what a meeting waits for is in time: it is, it is not, or it may still be.
EtatSeance = Literal["atteinte", "refusee", "possible", "impossible", "inconnue"]


class Seance(Struct, frozen=True, kw_only=True):
    """A meeting has the limit of what it waits for, and whether the file reaches it.

    ``ecart``: days between what arrives and the limit, positive when too late.
    """

    jour: date
    limite: date
    jour_ouvre: date
    etat: EtatSeance
    ecart: int | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """A plan gives the meetings in order, the first that the file can reach, the span of days looked at."""

    seances: tuple[Seance, ...]
    prochaine: date | None
    recu: date | None
    plancher: tuple[str, date] | None
    avertissements: tuple[Avertissement, ...]


def plan(
    cycle: Cycle,
    jours: Sequence[date],
    calendrier: Calendrier,
    evenements: Mapping[str, date],
    options: Options,
) -> Plan | None:
    """Return what is known of the meetings of ``jours``; ``None`` where the cycle has no meetings.

    What a meeting waits for has arrived on the day given; else it cannot arrive before the latest of what
    comes first, when that is known.
    """
    regle = cycle.seances
    if regle is None:
        return None
    recu = evenements.get(regle.attend)
    floor = None if recu else _floor(regle, calendrier, evenements)
    ready = recu or (floor[1] if floor else None)
    seances = tuple(
        _seance(day, limit, ready, arrived=recu is not None, options=options)
        for day in sorted(set(jours))
        if (limit := _limit(cycle, regle, day, evenements)) is not None
    )
    reached = next((s.jour for s in seances if s.etat in ("atteinte", "possible")), None)
    return Plan(
        seances=seances,
        prochaine=reached,
        recu=recu,
        plancher=floor,
        avertissements=tuple(_warnings(cycle, regle, seances, reached, evenements)),
    )


def _limit(cycle: Cycle, regle: RegleSeance, day: date, evenements: Mapping[str, date]) -> date | None:
    """Return the limit for a meeting on ``day``, by the rule of the calendar that its guards allow."""
    for candidate in cycle.dates[regle.limite].regles:
        guarded = any(nom in evenements for nom in candidate.avec) or not candidate.avec
        if candidate.au_plus_tard and guarded and not any(nom in evenements for nom in candidate.sans):
            return add(day, mois=candidate.au_plus_tard.mois, jours=candidate.au_plus_tard.jours)
    return None


def _floor(
    regle: RegleSeance, calendrier: Calendrier, evenements: Mapping[str, date]
) -> tuple[str, date] | None:
    days = {calculee.id: calculee.jour for calculee in calendrier.dates if calculee.jour is not None}
    days |= evenements
    known = [(days[nom], nom) for nom in regle.plancher if nom in days]
    if not known:
        return None
    day, nom = max(known)
    return nom, day


def _seance(day: date, limit: date, ready: date | None, *, arrived: bool, options: Options) -> Seance:
    etat: EtatSeance = "inconnue"
    if ready is not None:
        in_time: EtatSeance = "atteinte" if arrived else "possible"
        etat = in_time if ready <= limit else "refusee" if arrived else "impossible"
    return Seance(
        jour=day,
        limite=limit,
        jour_ouvre=last_worked(limit, options.chome),
        etat=etat,
        ecart=None if ready is None else (ready - limit).days,
    )


def _warnings(
    cycle: Cycle,
    regle: RegleSeance,
    seances: tuple[Seance, ...],
    reached: date | None,
    evenements: Mapping[str, date],
) -> Iterator[Avertissement]:
    chosen = evenements.get(regle.evenement)
    known = {seance.jour: seance for seance in seances}
    if chosen is not None and chosen not in known:
        message = f"« {regle.titre} » du {chosen} : ce jour n’est pas de la liste des séances"
        yield Avertissement("seance_non_listee", message, regle.sources)
    if chosen in known and known[chosen].etat == "refusee":
        waited = cycle.evenements[regle.attend].titre
        instead = f"la suivante possible est le {reached}" if reached else "aucune autre n’est dans la liste"
        days = (chosen - evenements[regle.attend]).days
        message = (
            f"« {regle.titre} » du {chosen} refusée : « {waited} » n’arrive que {days} jours avant, "
            f"la limite était le {known[chosen].limite} ; {instead}"
        )
        yield Avertissement("seance_refusee", message, cycle.dates[regle.limite].regles[0].sources)
    elif seances and reached is None and seances[0].etat != "inconnue":
        message = f"« {regle.titre} » : aucune des séances de la liste ne peut être atteinte"
        yield Avertissement("seance_hors_liste", message, regle.sources)
    for first, last in _empty(regle, [seance.jour for seance in seances]):
        message = f"« {regle.titre} » : aucune séance du {first} au {last} ({regle.texte})"
        yield Avertissement("periode_sans_seance", message, regle.sources)


def _empty(regle: RegleSeance, days: list[date]) -> Iterator[tuple[date, date]]:
    """Yield the civil periods without a meeting, from that of the first meeting to that of the last."""
    if not days or regle.periode_mois is None:
        return
    length = regle.periode_mois
    held = {_period(day, length) for day in days}
    for number in range(min(held), max(held) + 1):
        if number not in held:
            first = date(number * length // YEAR, number * length % YEAR + 1, 1)
            after = add(first, mois=length)
            last = after and add(after, jours=-1)
            if last is not None:
                yield first, last


def _period(day: date, length: int) -> int:
    """Return the number of the civil period of so many months that holds ``day``."""
    return (day.year * YEAR + day.month - 1) // length
