"""The domain, people: which notes may tell too much of them, and how long they are kept. Frozen values."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from certif_rules.model.base import Confiance

#: What notes may reveal that the law protects more than the rest (GDPR, article 9).
NatureSensible = Literal["sante"]


class DonneesSensibles(Struct, frozen=True, kw_only=True):
    """A warning on a line: what notes on it may reveal, and what to write instead.

    ``lecture`` marks what the line implies without its sources saying so.
    """

    nature: NatureSensible
    texte: str
    sources: tuple[str, ...]
    confiance: Confiance = "elevee"
    lecture: bool = False


class Conservation(Struct, frozen=True, kw_only=True):
    """How long the records of an audit are kept. ``duree`` is in words; ``None``: the text alone says it."""

    texte: str
    sources: tuple[str, ...]
    duree: str | None = None
    confiance: Confiance = "elevee"
    lecture: bool = False
