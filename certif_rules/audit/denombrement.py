"""How many organisations of a population owe each line, under one set of rules or two, as values."""

from __future__ import annotations

from msgspec import Struct

from certif_rules.errors import Issue
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Indicateur, Referentiel


class Effectif(Struct, frozen=True, kw_only=True):
    """A headcount tells how many organisations owe a line, and for how many that is not known."""

    dues: int
    a_confirmer: int


class Comptes(Struct, frozen=True, kw_only=True):
    """A count gives what was counted under one set of rules, by the id of each of its lines.

    ``avertissements`` are what must be said of its layers. ``sans_colonnes`` is what its rules use that has
    no column: they were then asked context by context.
    """

    referentiel: Referentiel
    empreinte: str
    effectifs: dict[str, Effectif]
    avertissements: tuple[Avertissement, ...] = ()
    sans_colonnes: str | None = None


class Denombrement(Struct, frozen=True, kw_only=True):
    """A denombrement gives how many were counted, what is wrong with others, counts by set of rules."""

    nombre: int
    ecartees: tuple[Issue, ...]
    comptes: tuple[Comptes, ...]

    @property
    def lignes(self) -> tuple[Indicateur, ...]:
        """Return every line of either set of rules, the first's first, as it is in the first that has it."""
        lines: dict[str, Indicateur] = {}
        for comptes in self.comptes:
            for id_, line in comptes.referentiel.indicateurs.items():
                lines.setdefault(id_, line)
        return tuple(lines.values())
