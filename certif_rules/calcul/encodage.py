"""Audits as the cells of columns: one small number for each thing that rules read of an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from certif_rules.calcul.compilation import NON_DIT, cells_of, codes_of
from certif_rules.calcul.expressions import FAUX, INCONNU, VRAI, Colonne
from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.contexte import Contexte
from certif_rules.rules.perimetre import before
from certif_rules.rules.trivalent import Trivalent

#: What is read of an audit for one column.
Lecteur = Callable[[Contexte], int]


class Encodage:
    """An encoding gives what the cells of a référentiel are.

    Args:
        referentiel: its categories, facts, lines and findings.
    """

    def __init__(self, referentiel: Referentiel) -> None:
        self._types = codes_of(referentiel)
        self._constats = {constat: cells_of(rank) for rank, constat in enumerate(referentiel.constats)}

    def record(self, contexte: Contexte, colonnes: Iterable[Colonne]) -> bytes:
        """Return the cells of one audit, one byte a column."""
        return bytes(_LECTEURS[colonne[0]](self, contexte, *colonne[1:]) for colonne in colonnes)

    def _categorie(self, contexte: Contexte, nom: str) -> int:
        return _cell(nom in contexte.categories)

    def _ajout(self, contexte: Contexte, nom: str) -> int:
        return _cell(nom in contexte.ajouts.categories)

    def _site(self, contexte: Contexte) -> int:
        return _cell(bool(contexte.ajouts.sites))

    def _fait(self, contexte: Contexte, nom: str, categorie: str | None = None) -> int:
        given = contexte.faits.get(nom)
        if given is None:
            return INCONNU
        return _cell(given.valeur if categorie is None else given.par_categorie.get(categorie))

    def _jour(self, contexte: Contexte, limit: str) -> int:
        day = contexte.date.isoformat()
        return (day >= limit) + (day > limit)

    def _type(self, contexte: Contexte) -> int:
        precedent = contexte.precedent
        return self._types[precedent.type] if precedent and precedent.type else 0

    def _constat(self, contexte: Contexte, ligne: str) -> int:
        if contexte.precedent is None or contexte.precedent.constats is None:
            return NON_DIT
        given = contexte.precedent.constats.get(ligne)
        return self._constats[given.constat][given.ouvert] if given else 0

    def _certificat(self, contexte: Contexte, nom: str, categorie: str) -> int:
        return _cell(contexte.holds(nom, categorie))

    def _certificat_avant(self, contexte: Contexte, nom: str, categorie: str) -> int:
        """Say it of the day of the earlier audit, as its type would have seen the line."""
        if contexte.precedent is None:
            return INCONNU
        then = replace(contexte, certificats=before(contexte, contexte.precedent))
        return _cell(then.holds(nom, categorie))

    def _vue(self, contexte: Contexte, ligne: str) -> int:
        seen = contexte.precedent.indicateurs_audites if contexte.precedent else None
        return INCONNU if seen is None else _cell(ligne in seen)


def split(records: bytes, colonnes: tuple[Colonne, ...]) -> dict[Colonne, bytes]:
    """Return the cells of each column, of audits written one after another."""
    return {colonne: records[rank :: len(colonnes)] for rank, colonne in enumerate(colonnes)}


def _cell(value: Trivalent) -> int:
    return INCONNU if value is None else VRAI if value else FAUX


#: How each kind of column is read.
_LECTEURS: Mapping[str, Callable[..., int]] = {
    "categorie": Encodage._categorie,
    "ajout": Encodage._ajout,
    "site": Encodage._site,
    "fait": Encodage._fait,
    "jour": Encodage._jour,
    "type": Encodage._type,
    "constat": Encodage._constat,
    "certificat": Encodage._certificat,
    "certificat_avant": Encodage._certificat_avant,
    "vue": Encodage._vue,
}
