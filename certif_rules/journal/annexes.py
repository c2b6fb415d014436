"""What a journal says of things that only the workspace knows: proofs, papers, notes, slots, remarks.

A thing is the fields that share its identifier. What a proof says reaches the lines that it is tied to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from certif_rules.journal.etat import Champ, Etat
from certif_rules.journal.evenements import Endroit, Genre

#: What a field that ties a thing to a line begins with.
_LIEN = "ligne."


class Annexe(Struct, frozen=True, kw_only=True):
    """A thing of the workspace gathers the fields given to it, and the lines that it is tied to."""

    id: str
    champs: dict[str, Champ]

    def get(self, champ: str) -> Any:
        """Return the value of a field; nothing where it was not given, or is to settle."""
        return self.champs[champ].valeur if champ in self.champs else None

    @property
    def lignes(self) -> tuple[str, ...]:
        """Return the lines that it is tied to."""
        tied = (nom.removeprefix(_LIEN) for nom in self.champs if nom.startswith(_LIEN))
        return tuple(ligne for ligne in tied if self.get(_LIEN + ligne))

    @property
    def a_accorder(self) -> tuple[str, ...]:
        """Return the fields of which people said otherwise."""
        return tuple(nom for nom, champ in self.champs.items() if champ.a_accorder)


def tie(genre: Genre, identifiant: str, ligne: str) -> Endroit:
    """Return where it is said whether a thing is tied to a line."""
    return Endroit(genre, _LIEN + ligne, identifiant)


def annexes(etat: Etat, genre: Genre) -> Iterator[Annexe]:
    """Yield the things of a kind that were not removed (« retire »), in the order of their « cree_le »."""
    champs: dict[str, dict[str, Champ]] = {}
    for cle, champ in sorted(etat.items()):
        if cle.genre == genre:
            champs.setdefault(cle.ligne, {})[cle.champ] = champ
    things = [Annexe(id=identifiant, champs=own) for identifiant, own in champs.items()]
    things.sort(key=lambda annexe: (str(annexe.get("cree_le") or ""), annexe.id))
    yield from (annexe for annexe in things if not annexe.get("retire"))
