"""What only the machine gives: the moment, and what nobody can guess."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


def now() -> str:
    """Return this moment in UTC, to the second, as events write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def today() -> str:
    """Return this day in UTC, as an ISO date."""
    return now().partition("T")[0]


def drawn() -> str:
    """Return a text of 32 characters that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(24)
