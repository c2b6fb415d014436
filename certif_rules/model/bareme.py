"""The domain, life of a label: how long an audit lasts, as frozen values, nothing computed.

Days are kept as written (« 1.5 ») and read as exact fractions. ``None`` in a cell is a value that no source
gives: it is never replaced by another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from certif_rules.model.base import Situe

if TYPE_CHECKING:
    from certif_rules.model.base import Confiance, Regle, Texte


class Tranche(Struct, frozen=True, kw_only=True):
    """A row of a table: turnover from ``de`` euros, included, to ``moins_de``, excluded (``None``: no end).

    ``supplements`` are by category; ``par_site`` is for each sampled site. All in days.
    """

    de: int
    moins_de: int | None
    base: str | None
    supplements: Mapping[str, str | None]
    par_site: str | None
    confiance: Confiance = "elevee"


class Bareme(Situe, frozen=True, kw_only=True):
    """A table for some audit types (their codes). ``categories`` says whose supplements are added.

    ``lacunes`` is what was looked for where a cell is ``None``.
    """

    id: str
    titre: str
    types: tuple[str, ...]
    tranches: tuple[Tranche, ...]
    sources: tuple[str, ...]
    categories: Literal["toutes", "ajoutees"] = "toutes"
    confiance: Confiance = "elevee"
    lecture: bool = False
    cherche: str | None = None
    remarques: tuple[Texte, ...] = ()
    emplacement: str = ""


class SupplementDuree(Struct, frozen=True, kw_only=True):
    """Days more at some audit types, where ``garde`` holds for one category at least."""

    types: tuple[str, ...]
    garde: Regle
    jours: str
    texte: str


class BaremeDerogatoire(Struct, frozen=True, kw_only=True):
    """Where ``garde`` holds, the table ``bareme`` replaces that of these audit types."""

    types: tuple[str, ...]
    garde: Regle
    bareme: str


class DureeSansBareme(Struct, frozen=True, kw_only=True):
    """Audit types whose duration no table gives: who sets it, or that the sources do not say.

    ``connue`` is true when the source says how it is set; false for a silence of the sources.
    """

    types: tuple[str, ...]
    texte: str
    connue: bool
    sources: tuple[str, ...]
    incoherences: tuple[str, ...] = ()
    confiance: Confiance = "elevee"


class Duree(Struct, frozen=True, kw_only=True):
    """What one référentiel says of the duration of its audits."""

    remarques: tuple[Texte, ...] = ()
    baremes: Mapping[str, Bareme] = field(default_factory=dict)
    supplements: tuple[SupplementDuree, ...] = ()
    derogations: tuple[BaremeDerogatoire, ...] = ()
    sans_bareme: tuple[DureeSansBareme, ...] = ()
