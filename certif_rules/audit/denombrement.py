"""How many organisations of a population owe each line, under one set of rules or two, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from certif_rules.audit.checklist import Checklist
from certif_rules.errors import Issue
from certif_rules.model.referentiel import Indicateur, Referentiel


class Effectif(Struct, frozen=True, kw_only=True):
    """For a line, how many organisations owe it, and for how many that is not known."""

    dues: int
    a_confirmer: int


class Comptes(Struct, frozen=True, kw_only=True):
    """What was counted under one set of rules, by the id of each of its lines."""

    referentiel: Referentiel
    empreinte: str
    effectifs: dict[str, Effectif]


class Denombrement(Struct, frozen=True, kw_only=True):
    """The organisations counted, what was wrong with the others, and the counts under each set of rules."""

    nombre: int
    ecartees: tuple[Issue, ...]
    comptes: tuple[Comptes, ...]

    @property
    def lignes(self) -> tuple[Indicateur, ...]:
        """Every line of either set of rules, the first one's first, as it is in the first that has it."""
        lines: dict[str, Indicateur] = {}
        for comptes in self.comptes:
            for id_, line in comptes.referentiel.indicateurs.items():
                lines.setdefault(id_, line)
        return tuple(lines.values())


def count_states(
    referentiel: Referentiel, empreinte: str, checklists: Iterable[tuple[Checklist, int]]
) -> Comptes:
    """Return how many organisations owe each line, from checklists and how many organisations have each."""
    due: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    for checklist, number in checklists:
        for ligne in checklist.lignes:
            if ligne.etat == "a_auditer":
                due[ligne.indicateur.id] += number
            elif ligne.etat == "a_confirmer":
                unsure[ligne.indicateur.id] += number
    return Comptes(
        referentiel=referentiel,
        empreinte=empreinte,
        effectifs={id_: Effectif(dues=due[id_], a_confirmer=unsure[id_]) for id_ in referentiel.indicateurs},
    )
