"""Money and days: exact, read as people write them, never guessed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certif_rules.vie.montants import cents, days, euros, in_words, percent, share


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3200", 320000), ("3200,5", 320050), ("3200.05", 320005), ("3 200,50 €", 320050), ("0", 0),
        ("1\u202f000\u00a0000 euros", 100000000), ("12 34", None), ("-1", None), ("1e3", None), ("", None),
        ("1,234", None), ("1.2.3", None), ("trois", None), ("٣", None), ("NaN", None),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, expected: int | None) -> None:
    """Cents, or nothing: a text that might mean something else is no amount."""
    assert cents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", 1), ("1,5", Fraction(3, 2)), ("3/2", Fraction(3, 2)), ("0.5", Fraction(1, 2)), ("1/0", None),
     ("-1", None), ("un", None), ("1,5 jours", None)],
)  # fmt: skip
def test_days_as_people_write_them(text: str, expected: Fraction | None) -> None:
    """A fraction of days, or nothing."""
    assert days(text) == expected


def test_a_split_cent_is_written_out() -> None:
    """No amount is rounded: three decimals, or a fraction where decimals never end."""
    assert euros(share(1601, Fraction(1, 2))) == "8.005"
    assert in_words(share(1601, Fraction(1, 2))) == "8,005 €"
    assert euros(share(10000, Fraction(1, 3))) == "100/3"
    assert in_words(share(10000, Fraction(1, 3))) == "100/3 €"
    assert in_words(123456789) == "1\u202f234\u202f567,89 €"
    assert in_words(5) == "0,05 €"


def test_shares_in_words() -> None:
    """As a percentage where it ends."""
    assert [percent(Fraction(text)) for text in ("1/2", "1", "1/8", "1/3")] == [
        "50 %",
        "100 %",
        "12,5 %",
        "1/3",
    ]


@given(st.integers(0, 10**12), st.fractions(0, 1, max_denominator=100))
def test_amounts_come_back(amount: int, rate: Fraction) -> None:
    """What is written is what was meant, and shares of a whole make it again."""
    assert cents(euros(amount)) == amount
    assert share(amount, rate) + share(amount, 1 - rate) == amount
