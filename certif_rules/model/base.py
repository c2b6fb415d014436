"""What every part of a référentiel is made of: sources, confidence, texts, rules, gaps, warnings.

Every class is immutable and keyword-only. ``emplacement`` is the ``file:line`` a thing was written at,
relative to the package that ships it: it explains, it never decides, so it takes no part in equality
nor in the digest of a référentiel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Confiance = Literal["elevee", "moyenne", "faible", "non_verifiee"]


#: Value of a word of a rule: a flag, a text, or a list of texts, as in the YAML.
Valeur = bool | str | tuple[str, ...]


#: Fields that say where a record was written: they explain, they never decide.
PLACES = frozenset({"emplacement", "lieu", "lieux"})


class Situe(Struct, frozen=True, eq=False):
    """A record that knows where it was written: two that differ by their place only are equal."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    def __ne__(self, other: object) -> bool:
        return not self == other  # that of Struct compares every field

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name not in PLACES)


class Source(Struct, frozen=True, kw_only=True):
    """A text that a rule or a wording rests on."""

    id: str
    titre: str
    reference: str
    nature: str | None = None


class Lacune(Situe, frozen=True, kw_only=True):
    """Something the sources do not give: which fields are absent, what was looked for, where."""

    champs: tuple[str, ...]
    cherche: str
    sources: tuple[str, ...]
    ligne: str | None = None
    emplacement: str = ""


class Regle(Situe, frozen=True, kw_only=True):
    """One rule over the closed vocabulary: all of its words must hold, ``sauf`` excepted.

    ``inconnu`` is the reason why the rule answers « unknown » where its words hold. ``motif`` is what an
    auditor reads when the rule makes a line due. ``lecture`` marks what a source implies without saying.
    """

    mots: Mapping[str, Valeur]
    sauf: Regle | None = None
    inconnu: str | None = None
    motif: str | None = None
    sources: tuple[str, ...] = ()
    confiance: Confiance = "elevee"
    lecture: bool = False
    emplacement: str = ""


class Texte(Struct, frozen=True, kw_only=True):
    """A piece of text on a line: evidence, precision, adaptation, comment.

    ``categories``, ``fait`` and ``types`` restrict it to an organisation or an audit; ``situation`` says in
    words when it matters. ``citation`` marks a quotation of the presentation.
    """

    texte: str
    sources: tuple[str, ...]
    categories: tuple[str, ...] | None = None
    fait: str | None = None
    types: tuple[str, ...] | None = None
    situation: str | None = None
    citation: bool = False
    confiance: Confiance = "elevee"


class Appui(Situe, frozen=True, kw_only=True):
    """What a rule rests on: sources, confidence, whether it is a reading, contradictions it meets."""

    sources: tuple[str, ...]
    confiance: Confiance = "elevee"
    lecture: bool = False
    incoherences: tuple[str, ...] = ()
    emplacement: str = ""


class Avertissement(Struct, frozen=True):
    """Something true of the whole checklist that its reader must know."""

    code: str
    message: str
    sources: tuple[str, ...] = ()
