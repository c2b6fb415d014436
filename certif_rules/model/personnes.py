"""The domain, people: which notes may tell too much of them, and how long they are kept. Frozen values."""

from typing import Literal

from certif_rules.model.base import Appui

#: What notes may reveal that the law protects more than the rest (GDPR, article 9).
NatureSensible = Literal["sante"]


class DonneesSensibles(Appui, frozen=True, kw_only=True):
    """A warning on a line tells what notes on it may reveal, and what to write instead."""

    nature: NatureSensible
    texte: str


class Conservation(Appui, frozen=True, kw_only=True):
    """Records of an audit are kept so long: ``duree`` is in words, ``None`` if the text alone says it."""

    texte: str
    duree: str | None = None
