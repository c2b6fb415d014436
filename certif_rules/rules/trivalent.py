"""Kleene's three-valued logic: ``True``, ``False``, and ``None`` for « unknown ».

Unknown is never read as false: ``both(False, None)`` is ``False`` because no value of the unknown could
change it, ``both(True, None)`` stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable

Trivalent = bool | None


def both(values: Iterable[Trivalent]) -> Trivalent:
    """Return the conjunction of any number of values (``True`` for none)."""
    result: Trivalent = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def either(values: Iterable[Trivalent]) -> Trivalent:
    """Return the disjunction of any number of values (``False`` for none)."""
    result: Trivalent = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result


def negate(value: Trivalent) -> Trivalent:
    """Return the opposite of a value; that of unknown is unknown."""
    return None if value is None else not value


def choose(guard: Trivalent, when_true: Trivalent, when_false: Trivalent) -> Trivalent:
    """Return ``when_true`` if ``guard`` holds, else ``when_false``; decided all the same when both agree."""
    if guard is True:
        return when_true
    if guard is False:
        return when_false
    return when_true if when_true == when_false else None
