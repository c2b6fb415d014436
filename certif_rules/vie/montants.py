"""Amounts of money and numbers of days, exact: cents and fractions, never floats, never rounded."""

from __future__ import annotations

import re
from fractions import Fraction

_CENTS = 100
_EUROS = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?\s*(?:€|euros?)?", re.IGNORECASE | re.ASCII)
_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_DAYS = re.compile(r"(\d{1,4})(?:[.,](\d{1,3}))?|(\d{1,4})/([1-9]\d{0,3})", re.ASCII)


def cents(text: str) -> int | None:
    """Return the cents of « 3 200,50 € », « 3200.5 » or « 3200 »; ``None`` when it is no amount of euros."""
    match = _EUROS.fullmatch(_THOUSANDS.sub("", text.strip()))
    if match is None:
        return None
    return int(match[1]) * _CENTS + int((match[2] or "").ljust(2, "0"))


def days(text: str) -> Fraction | None:
    """Return the days of « 1,5 », « 1.5 », « 3/2 » or « 2 »; ``None`` when it is no number of days."""
    match = _DAYS.fullmatch(text.strip())
    if match is None:
        return None
    if match[4]:
        return Fraction(int(match[3]), int(match[4]))
    return Fraction(f"{match[1]}.{match[2] or 0}")


def share(amount: int, rate: Fraction) -> Fraction:
    """Return the cents that ``rate`` of ``amount`` cents makes: a fraction where a cent is split."""
    return amount * rate


def decimal(value: Fraction, least: int = 0) -> str | None:
    """Return ``value`` in figures, ``least`` decimals at least; ``None`` where they never end."""
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
        if digits > least + _LONGEST:
            return None
    digits = max(digits, least)
    whole = str((value * 10**digits).numerator).rjust(digits + 1, "0")
    return f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole


#: Decimals beyond the usual that are written in full; a rate of an eighth of a cent needs three.
_LONGEST = 6


def exact(value: Fraction | None) -> str | None:
    """Return a number as data: « 1.5 », « 1/3 » where decimals never end, ``None`` when unknown."""
    return None if value is None else decimal(value) or str(value)


def euros(amount: Fraction | int) -> str:
    """Return cents as « 1600.25 », exact; as a fraction of a euro where decimals never end (« 100/3 »)."""
    value = Fraction(amount) / _CENTS
    return decimal(value, 2) or str(value)


def in_words(amount: Fraction | int) -> str:
    """Return cents as people read them: « 1 600,25 € »."""
    whole, _, decimals = euros(amount).partition(".")
    if not decimals:
        return f"{whole} €"
    grouped = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", "\u202f", whole)
    return f"{grouped},{decimals} €"


def percent(rate: Fraction) -> str:
    """Return a share of one as « 50 % », or as a fraction where that never ends."""
    shown = decimal(rate * _CENTS)
    return f"{shown.replace('.', ',')} %" if shown else f"{rate}"
