"""What compiled rules answer of a population: a bit an organisation, in whole numbers as long as it is.

A three-valued column is two of them: who is certain, and who is possible. The least of two values is « and »
on both, the greatest « or », the opposite swaps the two; no cell is ever looked at by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, reduce
from operator import and_, or_
from typing import Final, NamedTuple

from certif_rules.calcul.compilation import Programme
from certif_rules.calcul.expressions import (
    FAUX,
    INCONNU,
    VRAI,
    Both,
    Colonne,
    Either,
    Expression,
    Negation,
    Noeud,
    Read,
)

#: Organisations answered together: what is computed of them stays in the memory nearest to the processor.
BLOC: Final = 32_768


class Plans(NamedTuple):
    """This tells of whom something is certain, of whom possible: a bit each, the first organisation's first.

    What is never unknown has the same number twice, computed once.
    """

    surs: int
    possibles: int


def answers(programme: Programme, number: int, colonnes: Mapping[Colonne, bytes]) -> dict[str, Plans]:
    """Return who owes each line, by its id, of ``number`` organisations whose columns have a byte each."""
    everybody = (1 << number) - 1
    values = {
        FAUX: Plans(0, 0),
        INCONNU: Plans(0, everybody),
        VRAI: Plans(everybody, everybody),
    }
    noeuds = programme.expressions.noeuds
    for expression in programme.ordre:
        values[expression] = _computed(noeuds[expression], values, everybody, colonnes)
    return {ligne: values[expression] for ligne, expression in programme.dues.items()}


def count_due(
    programme: Programme, number: int, colonnes: Mapping[Colonne, bytes]
) -> dict[str, tuple[int, int]]:
    """Return how many of ``number`` organisations owe each line, and for how many that is not known."""
    due, unsure = dict.fromkeys(programme.dues, 0), dict.fromkeys(programme.dues, 0)
    for start in range(0, number, BLOC):
        end = min(start + BLOC, number)
        cells = {colonne: cells[start:end] for colonne, cells in colonnes.items()}
        for ligne, plans in answers(programme, end - start, cells).items():
            certain = plans.surs.bit_count()
            due[ligne] += certain
            unsure[ligne] += plans.possibles.bit_count() - certain
    return {ligne: (due[ligne], unsure[ligne]) for ligne in programme.dues}


def _computed(
    noeud: Noeud | None, values: Mapping[Expression, Plans], everybody: int, colonnes: Mapping[Colonne, bytes]
) -> Plans:
    if isinstance(noeud, Both | Either):
        operation = and_ if isinstance(noeud, Both) else or_
        parties = [values[part] for part in noeud.parties]
        surs = reduce(operation, [part.surs for part in parties])
        if all(part.surs is part.possibles for part in parties):
            return Plans(surs, surs)
        return Plans(surs, reduce(operation, [part.possibles for part in parties]))
    if isinstance(noeud, Read):
        cells = colonnes[noeud.colonne]
        surs = _bits(cells, noeud.vrais)
        return Plans(surs, surs if noeud.possibles == noeud.vrais else _bits(cells, noeud.possibles))
    assert noeud is not None
    surs, possibles = values[noeud.de]
    if isinstance(noeud, Negation):
        opposite = everybody ^ possibles
        return Plans(opposite, opposite if surs is possibles else everybody ^ surs)
    return Plans(surs, surs)


def _bits(cells: bytes, codes: frozenset[int]) -> int:
    """Return the organisations whose cell is one of ``codes``."""
    return int(cells.translate(_digits(codes)), 2) if codes else 0


@cache
def _digits(codes: frozenset[int]) -> bytes:
    """Return the digit of each cell in a number of base two."""
    return bytes(b"01"[cell in codes] for cell in range(256))
