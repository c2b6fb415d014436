"""What a journal says of things that only the workspace knows: proofs, papers, notes, slots, remarks.

A thing is the fields that share its identifier. What a proof says reaches the lines that it is tied to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from certif_rules.blocs.typographie import day, plain
from certif_rules.journal.etat import Champ, Etat
from certif_rules.journal.evenements import Endroit, Genre

#: The fields that are days, as ISO dates.
JOURS: Final = frozenset({"vu_le", "garde_jusqu_au", "demande_le", "recu_le"})
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
    """Yield the things of a kind, neither removed (« retire ») nor undone, in the order of « cree_le »."""
    champs: dict[str, dict[str, Champ]] = {}
    for cle, champ in sorted(etat.items()):
        if cle.genre == genre:
            champs.setdefault(cle.ligne, {})[cle.champ] = champ
    things = [Annexe(id=identifiant, champs=own) for identifiant, own in champs.items()]
    things.sort(key=lambda annexe: (str(annexe.get("cree_le") or ""), annexe.id))
    for annexe in things:
        says = any(champ.a_accorder or champ.valeur is not None for champ in annexe.champs.values())
        if says and not annexe.get("retire"):
            yield annexe


def in_a_sentence(preuve: Annexe) -> str:
    """Return a proof as a findings file says it: its reference, then what was noted of it.

    « Livret d’accueil (vu le 18 mars 2024, A. B., échantillon 3, copie chez l’organisme) »
    """
    noted = [
        f"{label}{plain(day(value)) if champ in JOURS else value}"
        for champ, label in (
            ("vu_le", "vu le "),
            ("initiales", ""),
            ("echantillon", "échantillon "),
            ("site", "site "),
        )
        if (value := preuve.get(champ))
    ]
    noted += ["vu à l’écran"] if preuve.get("ecran") else []
    holder, until = preuve.get("detenteur"), preuve.get("garde_jusqu_au")
    if holder or until:
        held = ("copie", f"chez {holder}" if holder else "", f"jusqu’au {plain(day(until))}" if until else "")
        noted.append(" ".join(filter(None, held)))
    return f"{preuve.get('reference')} ({', '.join(noted)})" if noted else str(preuve.get("reference"))
