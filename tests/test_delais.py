"""Months that clamp to the last day, counted once from the date that the rule names."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.model.jugement import Delai
from certif_rules.rules.delais import add, dates


@pytest.mark.parametrize(
    ("day", "mois", "expected"),
    [
        ("2023-01-31", 1, "2023-02-28"),
        ("2023-01-31", 2, "2023-03-31"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2027-02-28", -6, "2026-08-28"),
        ("2022-12-31", 14, "2024-02-29"),
        ("2022-12-31", 22, "2024-10-31"),
        ("2023-08-31", 22, "2025-06-30"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2024-05-31", 6, "2024-11-30"),
        ("2026-08-31", -6, "2026-02-28"),
    ],
)
def test_months_clamp_to_the_last_day(day: str, mois: int, expected: str) -> None:
    """The worked values of the calendar, forward and backward."""
    assert add(date.fromisoformat(day), mois=mois) == date.fromisoformat(expected)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(-240, 240))
def test_a_month_keeps_the_day_where_it_can(day: date, mois: int) -> None:
    """The month is the one asked for; the day is the same, or the last of that month."""
    found = add(day, mois=mois)
    assert found is not None
    assert (found.year - day.year) * 12 + found.month - day.month == mois
    last = monthrange(found.year, found.month)[1]
    assert found.day == min(day.day, last)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(0, 24), st.integers(0, 60))
def test_months_are_counted_before_days(day: date, mois: int, jours: int) -> None:
    """A delay in months and days ends that many days after the months have."""
    months = add(day, mois=mois)
    assert months is not None
    assert add(day, mois=mois, jours=jours) == months + timedelta(days=jours)


def test_the_calendar_has_an_end() -> None:
    """Beyond the last day that can be written, there is no date rather than an error."""
    assert add(date(9999, 12, 1), mois=1) is None
    assert add(date(9999, 12, 31), jours=1) is None
    assert add(date(1, 1, 1), mois=-1) is None


def test_a_derived_date_starts_from_the_one_it_derives_from() -> None:
    """Three months then one month is not four months: 30 November, 29 February, 29 March."""
    delais = {
        "correction": Delai(de="notification", mois=3, jours=0, sources=()),
        "verification": Delai(de="correction", mois=1, jours=0, sources=()),
        "autre": Delai(de="evenement_inconnu", mois=1, jours=0, sources=()),
    }
    assert dates(delais, {"notification": date(2023, 11, 30)}) == {
        "correction": date(2024, 2, 29),
        "verification": date(2024, 3, 29),
        "autre": None,
    }
