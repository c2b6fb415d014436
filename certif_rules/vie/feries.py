"""Working days in France: Monday to Friday, except public holidays. The only module that knows their library.

National holidays by default; those of a territory (Moselle, Guadeloupe…) when it is named. What is a holiday
is law, and data (``vie/fetes.py``); of the library, only the day of Easter Monday is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from certif_rules.blocs.typographie import MOIS
from certif_rules.francais import without_accents
from certif_rules.vie.fetes import NATIONALES, TERRITORIALES, Fete

#: Why a day is no working day (« samedi », « Toussaint »); ``None`` for a working day.
Chome = Callable[[date], str | None]

_COUNTRY = "FR"
_WEEKEND = {5: "samedi", 6: "dimanche"}
_DAY = timedelta(days=1)


def why_not_worked(day: date, territoire: str | None = None) -> str | None:
    """Return why ``day`` is not a working day: the holiday, else the day of the week; else ``None``.

    Args:
        day: a civil date.
        territoire: one of :func:`territories`; only national holidays without it.
    """
    return _holidays(day.year, territoire).get(day) or _WEEKEND.get(day.weekday())


def last_worked(day: date, chome: Chome) -> date:
    """Return the last working day that is not after ``day``."""
    while chome(day):
        day -= _DAY
    return day


def next_worked(day: date, chome: Chome) -> date:
    """Return the first working day that is not before ``day``."""
    while chome(day):
        day += _DAY
    return day


def territories() -> tuple[str, ...]:
    """Return the parts of France whose law adds holidays, by their names, sorted."""
    return tuple(sorted(TERRITORIALES))


def territory(nom: str) -> str | None:
    """Return the name of :func:`territories` spelt like ``nom``, or ``None``."""
    return next((known for known in territories() if _folded(known) == _folded(nom)), None)


def added(territoire: str) -> str:
    """Return what the law of a territory adds, in words: each day, its condition, its article."""
    parts = []
    for fete in TERRITORIALES[territoire]:
        day = "" if fete.jour is None else f" le {int(fete.jour[3:])} {MOIS[int(fete.jour[:2]) - 1]}"
        condition = f", {fete.condition}" if fete.condition else ""
        parts.append(f"{fete.titre}{day}{condition} ({fete.source})")
    return " ; ".join(parts)


@cache
def _holidays(year: int, territoire: str | None) -> dict[date, str]:
    """Return the holidays of a year: those of the nation, then those that the territory adds."""
    monday = _easter_monday(year)
    fetes = (*NATIONALES, *(TERRITORIALES[territoire] if territoire else ()))
    days = {_day_of(fete, year, monday): fete.titre for fete in reversed(fetes)}
    return {day: titre for day, titre in days.items() if day is not None}


def _day_of(fete: Fete, year: int, monday: date | None) -> date | None:
    if fete.jour is not None:
        return date.fromisoformat(f"{year:04}-{fete.jour}")
    return None if monday is None else monday + fete.paques * _DAY


@cache
def _easter_monday(year: int) -> date | None:
    """Return the day of Easter Monday, ``None`` in a year that the library does not compute."""
    from holidays import country_holidays

    known = country_holidays(_COUNTRY, language="fr", years=year)
    return next((day for day, nom in known.items() if "Lundi de Pâques" in nom), None)


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, without_accents(text.casefold())))
