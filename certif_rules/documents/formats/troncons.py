"""A long document cut into stretches that are laid out one after the other, so that memory stays flat.

A stretch starts a page. It is cut before a heading where it can be, else between two blocks or two rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from certif_rules.blocs.arbre import (
    Bloc,
    Case,
    Cellule,
    Encadre,
    Fiche,
    Image,
    Liste,
    Paragraphe,
    Tableau,
    Texte,
    Titre,
)
from certif_rules.blocs.typographie import prose

#: Characters of a stretch: some ten pages.
TAILLE: Final = 40_000
SUITE: Final = prose("{legende} (suite)")

Troncon = tuple[Bloc, ...]


def cut(blocs: Iterable[Bloc], taille: int = TAILLE) -> tuple[Troncon, ...]:
    """``blocs`` as stretches of about ``taille`` characters; all the blocks, in their order, nothing twice.

    A heading is never the last block of a stretch but the last one.
    """
    found: list[list[Bloc]] = [[]]
    size = 0
    for bloc in _smaller(blocs, taille):
        more = weight(bloc)
        full = size + more > taille or (isinstance(bloc, Titre) and size > taille // 2)
        if full and any(not isinstance(b, Titre) for b in found[-1]):
            carried: list[Bloc] = []
            while isinstance(found[-1][-1], Titre):
                carried.insert(0, found[-1].pop())
            found.append(carried)
            size = 0
        found[-1].append(bloc)
        size += more
    return tuple(map(tuple, found))


def weight(bloc: Bloc) -> int:
    """About how many characters a block shows."""
    if isinstance(bloc, Tableau):
        return sum(map(_row, bloc.lignes))
    if isinstance(bloc, Fiche):
        return sum(len(label) + _texte(value) for label, value in bloc.rangs)
    if isinstance(bloc, Liste):
        return sum(map(_texte, bloc.elements))
    if isinstance(bloc, Paragraphe | Encadre | Titre):
        return _texte(bloc.texte)
    return len(bloc.contenu) // 10 if isinstance(bloc, Image) else 0


def _smaller(blocs: Iterable[Bloc], taille: int) -> Iterator[Bloc]:
    """The blocks, each table of several rows that is longer than ``taille`` as several tables."""
    for bloc in blocs:
        if isinstance(bloc, Tableau) and weight(bloc) > taille:
            yield from _tables(bloc, taille)
        else:
            yield bloc


def _tables(table: Tableau, taille: int) -> Iterator[Tableau]:
    rows: list[tuple[Cellule, ...]] = []
    size = 0
    legende = table.legende
    for row in table.lignes:
        if rows and size + _row(row) > taille:
            yield replace(table, legende=legende, lignes=tuple(rows))
            rows, size, legende = [], 0, SUITE.format(legende=table.legende)
        rows.append(row)
        size += _row(row)
    yield replace(table, legende=legende, lignes=tuple(rows))


def _row(row: tuple[Cellule, ...]) -> int:
    return sum(_texte(c) if isinstance(c, str | tuple) else _CASE if isinstance(c, Case) else 0 for c in row)


#: What tick boxes weigh.
_CASE = 40


def _texte(texte: Texte) -> int:
    return len(texte) if isinstance(texte, str) else sum(len(run.texte) for run in texte)
