"""Delays: months that clamp to the last day of the month, always from the date the rule names."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import MAXYEAR, date, timedelta

from certif_rules.model.jugement import Delai

#: The months of a year.
YEAR = 12


def add(day: date, *, mois: int = 0, jours: int = 0) -> date | None:
    """Return the day ``mois`` months, then ``jours`` days, after ``day`` (before it, when negative).

    A month that lacks the day ends on its last one: 31 January and one month is 28 or 29 February. Count
    once from the original date, never month by month: that would lose days on the way. ``None`` when the
    calendar of the machine ends before.
    """
    years, month = divmod(day.month - 1 + mois, YEAR)
    year = day.year + years
    if not 1 <= year <= MAXYEAR:
        return None
    moved = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    try:
        return moved + timedelta(days=jours)
    except OverflowError:
        return None


def dates(delais: Mapping[str, Delai], evenements: Mapping[str, date]) -> dict[str, date | None]:
    """Return the date of each delay, by name; ``None`` when what it is counted from is not known.

    A delay counted from another date of ``delais`` starts from that very date, clamped or not.
    """
    known: dict[str, date | None] = dict(evenements)
    for nom, delai in delais.items():
        start = known.get(delai.de)
        known[nom] = None if start is None else add(start, mois=delai.mois, jours=delai.jours)
    return {nom: known[nom] for nom in delais}
