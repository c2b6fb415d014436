"""What every part of a référentiel is made of: sources, confidence, texts, rules, gaps, warnings.

Every class is immutable and keyword-only. ``emplacement`` is the ``file:line`` a thing was written at,
relative to the package that ships it: it explains, it never decides, so it takes no part in equality
nor in the digest of a référentiel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Confiance = Literal["elevee", "moyenne", "faible", "non_verifiee"]


#: Value of a word of a rule: a flag, a text, or a list of texts, as in the YAML.
Valeur = bool | str | tuple[str, ...]


def emplacement_field() -> str:
    """Declare a place, which takes no part in equality."""
    return field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text that a rule or a wording rests on."""

    id: str
    titre: str
    reference: str
    nature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacune:
    """Something the sources do not give: which fields are absent, what was looked for, where."""

    champs: tuple[str, ...]
    cherche: str
    sources: tuple[str, ...]
    ligne: str | None = None
    emplacement: str = emplacement_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Regle:
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
    emplacement: str = emplacement_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Texte:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Appui:
    """What a rule rests on: sources, confidence, whether it is a reading, contradictions it meets."""

    sources: tuple[str, ...]
    confiance: Confiance = "elevee"
    lecture: bool = False
    incoherences: tuple[str, ...] = ()
    emplacement: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Avertissement:
    """Something true of the whole checklist that its reader must know."""

    code: str
    message: str
    sources: tuple[str, ...] = ()
