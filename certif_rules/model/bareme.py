"""The domain, life of a label: how long an audit lasts, as frozen values, nothing computed.

Days are kept as written (« 1.5 ») and read as exact fractions. ``None`` in a cell is a value that no source
gives: it is never replaced by another.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Struct, field

from certif_rules.model.base import (
    Appui,
    CodePrecedent,
    NomCategorie,
    Nomme,
    Regle,
    Texte,
)


class Tranche(Appui, frozen=True, kw_only=True):
    """A row of a table serves turnover from ``de`` euros, included, to ``moins_de``, excluded.

    ``moins_de`` is ``None`` where there is no end. ``supplements`` are by category; ``par_site`` is for each
    sampled site. All in days.
    """

    de: int
    moins_de: int | None
    base: str | None
    supplements: Mapping[NomCategorie, str | None]
    par_site: str | None


class Bareme(Appui, frozen=True, kw_only=True):
    """A table serves some audit types (their codes); ``categories`` says whose supplements are added.

    ``lacunes`` is what was looked for where a cell is ``None``.
    """

    id: str
    titre: str
    types: tuple[CodePrecedent, ...]
    tranches: tuple[Tranche, ...]
    categories: Literal["toutes", "ajoutees"] = "toutes"
    cherche: str | None = None
    remarques: tuple[Texte, ...] = ()


class SupplementDuree(Struct, frozen=True, kw_only=True):
    """A supplement adds days at some audit types, where ``garde`` holds for one category at least."""

    types: tuple[CodePrecedent, ...]
    garde: Regle
    jours: str
    texte: str


class BaremeDerogatoire(Struct, frozen=True, kw_only=True):
    """A derogation replaces the table of these audit types by ``bareme``, where ``garde`` holds."""

    types: tuple[CodePrecedent, ...]
    garde: Regle
    bareme: Annotated[str, Nomme("barème")]


class DureeSansBareme(Appui, frozen=True, kw_only=True):
    """No table gives the duration of these audit types; ``texte`` says who sets it, or that no source does.

    ``connue`` is true when the source says how it is set; false for a silence of the sources.
    """

    types: tuple[CodePrecedent, ...]
    texte: str
    connue: bool


class Duree(Struct, frozen=True, kw_only=True):
    """A duree gathers what one référentiel says of the duration of its audits."""

    remarques: tuple[Texte, ...] = ()
    baremes: Mapping[str, Bareme] = field(default_factory=dict)
    supplements: tuple[SupplementDuree, ...] = ()
    derogations: tuple[BaremeDerogatoire, ...] = ()
    sans_bareme: tuple[DureeSansBareme, ...] = ()
