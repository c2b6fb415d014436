"""What only the machine gives: the moment, and what nobody can guess."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


def now() -> str:
    """Return this moment in UTC, to the second, as events write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def today() -> str:
    """Return the day that it is here, as an ISO date."""
    return datetime.now(UTC).astimezone().date().isoformat()


def drawn() -> str:
    """Return a text of 32 characters that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(24)


def day_here(quand: str) -> str:
    """Return the day here of a moment that an event wrote, as an ISO date."""
    return datetime.fromisoformat(quand).astimezone().date().isoformat()


def clock(quand: str) -> str:
    """Return the hour here of a moment that an event wrote: « 10:42 »."""
    return f"{datetime.fromisoformat(quand).astimezone():%H:%M}"


def identifier() -> str:
    """Return a short name for a thing of the workspace, that no other bears."""
    return secrets.token_hex(6)
