"""This program writes these cells itself in a checklist's grid, so that the rest is told as somebody's.

The grids of one audit are read one after the other, and all say the same there: it is made once for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from certif_rules.audit.checklist import Checklist, point_key
from certif_rules.audit.constats import ARevoir
from certif_rules.grilles import feuilles as nommees
from certif_rules.grilles import grille as ecrite
from certif_rules.grilles import verifications
from certif_rules.grilles.classeur import fitted
from certif_rules.grilles.relecture.valeurs import folded
from certif_rules.grilles.textes import texts_sheet

#: By row, then by column.
Rangees = Mapping[str, Mapping[str, str]]


class Propres(Struct, frozen=True, kw_only=True):
    """The engine writes these cells of both sheets, by id of line or key of check.

    ``textes`` are those of the other sheets.
    """

    checklist: Checklist
    a_revoir: tuple[ARevoir, ...]
    lignes: Rangees
    verifications: Rangees
    textes: Mapping[str, frozenset[str]]


_derniers: list[Propres] = []


def own_cells(checklist: Checklist, a_revoir: Sequence[ARevoir] = ()) -> Propres:
    """Return what is written for ``checklist``, with the findings set aside; that of the last one is kept."""
    aside = tuple(a_revoir)
    for propres in _derniers[:1]:
        if propres.a_revoir == aside and propres.checklist == checklist:
            return propres
    propres = Propres(
        checklist=checklist,
        a_revoir=aside,
        lignes={ligne.indicateur.id: ecrite.engine_cells(checklist, ligne) for ligne in checklist.lignes},
        verifications={
            point_key(p): verifications.engine_cells(checklist, p) for p in checklist.verifications
        },
        textes=_sheets(checklist, aside),
    )
    _derniers[:] = [propres]
    return propres


def _sheets(checklist: Checklist, a_revoir: tuple[ARevoir, ...]) -> dict[str, frozenset[str]]:
    """Return the texts of each sheet that is not filled, as they are compared."""
    sheets = [nommees.context_sheet(checklist), nommees.about_sheet(checklist), texts_sheet(checklist)]
    if a_revoir:
        sheets.append(nommees.review_sheet(checklist, a_revoir))
    return {
        sheet.nom: frozenset(folded(fitted(cell.texte)) for row in sheet.lignes for cell in row)
        for sheet in sheets
    }
