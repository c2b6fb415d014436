"""What a case says of a refusal, compared with the refusal it got."""

from __future__ import annotations

from collections.abc import Iterable

from certif_rules.errors import IssuesError


def refused(error: IssuesError, wanted: str | Iterable[str] | None) -> list[str]:
    """Return what is wrong with a refusal: the case wants none, or other codes.

    Args:
        error: the refusal.
        wanted: its code, or its codes, as the case writes them under ``erreur``; ``None``: none is wanted.
    """
    if wanted is None:
        return [f"refus inattendu : {error}"]
    codes = sorted({issue.code for issue in error.issues})
    expected = sorted([wanted] if isinstance(wanted, str) else wanted)
    return [] if codes == expected else [f"refus : attendu {expected}, obtenu {codes}\n{error}"]
