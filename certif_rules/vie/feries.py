"""Working days in France: Monday to Friday, except public holidays. The only module that knows their library.

National holidays by default; those of a territory (Moselle, Guadeloupe…) when it is named.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from certif_rules.francais import without_accents

if TYPE_CHECKING:
    from holidays import HolidayBase

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
    return _holidays(territoire).get(day) or _WEEKEND.get(day.weekday())


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
    """Return the parts of France with holidays of their own, by their names, sorted."""
    return tuple(sorted(_territories()))


def territory(nom: str) -> str | None:
    """Return the name of :func:`territories` spelt like ``nom``, or ``None``."""
    return next((known for known in territories() if _folded(known) == _folded(nom)), None)


@cache
def _territories() -> dict[str, str]:
    """Their names, and what the library calls them; its codes are aliases too, all in capitals."""
    from holidays import country_holidays

    aliases = country_holidays(_COUNTRY).subdivisions_aliases
    return {nom: code for nom, code in aliases.items() if not nom.isupper()}


@cache
def _holidays(territoire: str | None) -> HolidayBase:
    from holidays import country_holidays

    subdivision = None if territoire is None else _territories()[territoire]
    return country_holidays(_COUNTRY, subdiv=subdivision, language="fr")


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, without_accents(text.casefold())))
