"""How many organisations of a population owe each line, by columns, or context by context without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.denombrement import Comptes, Denombrement, Effectif
from certif_rules.calcul.compilation import NonCompilable, Programme, compile_lines
from certif_rules.calcul.encodage import Encodage, split
from certif_rules.calcul.evaluation import BLOC, count_due
from certif_rules.calcul.expressions import Colonne
from certif_rules.errors import Issue, IssuesError
from certif_rules.plugins.registry import Resolution
from certif_rules.services.lot import Dues, Lot
from certif_rules.services.organismes import Correspondance, Organisation

#: The most contexts whose cells are kept; beyond, all of them are dropped.
_MOST: Final = 100_000


class Compteur(Protocol):
    """A counter counts under one set of rules."""

    def read(self, organisation: Organisation) -> Any:
        """Return what :meth:`add` wants of an organisation, or the list of all that is wrong of it."""

    def add(self, value: Any) -> None:
        """Count an organisation, by what was read of it."""

    def comptes(self) -> Comptes:
        """Return what was counted."""


def count_population(
    lots: Sequence[Lot], population: Iterable[Organisation | Issue], by: Correspondance
) -> Denombrement:
    """Return how many organisations owe each line; one that a set of rules refuses is counted under none.

    Args:
        lots: one for each set of rules.
        population: the organisations, and what is wrong with rows that cannot be read.
        by: what the columns of their file say.
    """
    compteurs = [_compteur(lot, by) for lot in lots]
    wrong: list[Issue] = []
    number = 0
    for organisation in population:
        if isinstance(organisation, Issue):
            wrong.append(organisation)
            continue
        values = [compteur.read(organisation) for compteur in compteurs]
        refused = [issue for value in values if isinstance(value, list) for issue in value]
        if refused:
            wrong += dict.fromkeys(refused)  # what two sets of rules refuse alike is told once
            continue
        number += 1
        for compteur, value in zip(compteurs, values, strict=True):
            compteur.add(value)
    comptes = tuple(compteur.comptes() for compteur in compteurs)
    return Denombrement(nombre=number, ecartees=tuple(wrong), comptes=comptes)


def _compteur(lot: Lot, by: Correspondance) -> Compteur:
    try:
        return _ParColonnes(lot, by)
    except NonCompilable as reason:
        return _ParContextes(lot, str(reason))


class _ParColonnes:
    """This counter counts organisations by the cells of what they say: what is the same for all is no column.

    Raises:
        NonCompilable: the rules use what has no column.
    """

    def __init__(self, lot: Lot, by: Correspondance) -> None:
        self._lot = lot
        referentiel = lot.resolution.referentiel
        self._encodage = Encodage(referentiel)
        self._programme = self._compiled(by)
        self._cells: dict[Any, bytes | tuple[Issue, ...]] = {}
        self._records: list[bytes] = []
        self._due = dict.fromkeys(referentiel.indicateurs, 0)
        self._unsure = dict.fromkeys(referentiel.indicateurs, 0)

    def read(self, organisation: Organisation) -> bytes | list[Issue]:
        if organisation.categories == ():
            return self._lot.faults(organisation)
        cle = (organisation.categories, organisation.faits)
        cells = self._cells.get(cle)
        if cells is None:
            if len(self._cells) >= _MOST:
                self._cells.clear()
            cells = self._cells[cle] = self._record(organisation)
        if not isinstance(cells, bytes):
            return self._lot.faults(organisation, cells)
        return self._lot.faults(organisation) if organisation.fautes else cells

    def add(self, value: bytes) -> None:
        self._records.append(value)
        if len(self._records) == BLOC:
            self._count()

    def comptes(self) -> Comptes:
        self._count()
        return _comptes(self._lot.resolution, self._due, self._unsure)

    def _compiled(self, by: Correspondance) -> Programme:
        contexte = self._lot.contexte
        referentiel = self._lot.resolution.referentiel

        def same_for_all(colonne: Colonne) -> int | None:
            varies = by.categories if colonne[0] == "categorie" else colonne in own
            return None if varies else self._encodage.record(contexte, (colonne,))[0]

        own = {("fait", nom) for nom in by.facts}
        return compile_lines(referentiel, referentiel.types_audit[contexte.type_audit], same_for_all)

    def _record(self, organisation: Organisation) -> bytes | tuple[Issue, ...]:
        try:
            _, contexte = self._lot.prepared(organisation)
        except IssuesError as error:
            return error.issues
        return self._encodage.record(contexte, self._programme.colonnes)

    def _count(self) -> None:
        cells = split(b"".join(self._records), self._programme.colonnes)
        for ligne, (due, unsure) in count_due(self._programme, len(self._records), cells).items():
            self._due[ligne] += due
            self._unsure[ligne] += unsure
        self._records.clear()


class _ParContextes:
    """This counter counts organisations by the checklist of their context."""

    def __init__(self, lot: Lot, reason: str) -> None:
        self._lot = lot
        self._reason = reason
        self._counted: dict[int, tuple[Checklist, int]] = {}

    def read(self, organisation: Organisation) -> Checklist | list[Issue]:
        answer = self._lot.answer(organisation)
        return answer.checklist if isinstance(answer, Dues) else answer

    def add(self, value: Checklist) -> None:
        _, before = self._counted.get(id(value), (value, 0))
        self._counted[id(value)] = (value, before + 1)

    def comptes(self) -> Comptes:
        due: Counter[str] = Counter()
        unsure: Counter[str] = Counter()
        states: Mapping[str, Counter[str]] = {"a_auditer": due, "a_confirmer": unsure}
        for checklist, number in self._counted.values():
            for ligne in checklist.lignes:
                if ligne.etat in states:
                    states[ligne.etat][ligne.indicateur.id] += number
        return _comptes(self._lot.resolution, due, unsure, self._reason)


def _comptes(
    resolution: Resolution, due: Mapping[str, int], unsure: Mapping[str, int], reason: str | None = None
) -> Comptes:
    lines = resolution.referentiel.indicateurs
    return Comptes(
        referentiel=resolution.referentiel,
        empreinte=resolution.empreinte,
        effectifs={line: Effectif(dues=due[line], a_confirmer=unsure[line]) for line in lines},
        avertissements=resolution.avertissements,
        sans_colonnes=reason,
    )
