"""What a journal says: the value of each field, or those that people gave it without seeing each other's.

A field changes hands by its base: who has seen its last value replaces it, who has not adds another beside
it, and someone must choose. The same modifications give the same values in whatever order they arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from certif_rules.journal.evenements import Contenu, Endroit, Inscription


class ValeurDonnee(Struct, frozen=True, kw_only=True):
    """Somebody gives this value to a field; ``valeur`` is ``None`` where it was erased, or emptied."""

    valeur: Any
    acteur: str
    quand: str
    version: int
    base: int
    contenu: str


class Champ(Struct, frozen=True):
    """A field keeps the values that nobody replaced: one, or several to settle, the earliest first."""

    versions: tuple[ValeurDonnee, ...]

    @property
    def valeur(self) -> Any:
        """Return its value; nothing while several stand."""
        return self.versions[-1].valeur if len(self.versions) == 1 else None

    @property
    def a_accorder(self) -> bool:
        """Return whether several people said otherwise, and nobody chose."""
        return len(self.versions) > 1

    @property
    def version(self) -> int:
        """Return the version of its last change."""
        return max(one.version for one in self.versions)


Etat = Mapping[Endroit, Champ]
#: The values of a field that says nothing.
VIDES: Final[tuple[Any, ...]] = (None, "", [], {})


def state(evenements: Iterable[Inscription], contenus: Mapping[str, Contenu]) -> dict[Endroit, Champ]:
    """Return what events say of each field; a content that was erased is no value."""
    champs: dict[Endroit, Champ] = {}
    for evenement in evenements:
        contenu = contenus.get(evenement.apres)
        given = ValeurDonnee(
            valeur=None if contenu is None else contenu.valeur,
            acteur=evenement.acteur,
            quand=evenement.quand,
            version=evenement.version,
            base=evenement.base,
            contenu=evenement.apres,
        )
        champs[evenement.cle] = with_version(champs.get(evenement.cle), given)
    return champs


def with_version(champ: Champ | None, given: ValeurDonnee) -> Champ:
    """Return a field once a value is given: those that its author had seen give way, the others stay.

    One that says the same and was not seen is said again: who has seen the first alone does not replace it.
    """
    unseen = [one for one in champ.versions if one.version > given.base] if champ else []
    return Champ((*[one for one in unseen if not alike(one.valeur, [given.valeur])], given))


def alike(valeur: Any, values: Collection[Any]) -> bool:
    """Return whether one of these values says the same: a field is empty however it was emptied."""
    return valeur in values or (valeur in VIDES and any(one in VIDES for one in values))


def changes_nothing(champ: Champ | None, valeur: Any, base: int) -> bool:
    """Return whether giving a field this value would leave it as it is."""
    if champ is None:
        return valeur in VIDES
    unseen = [one for one in champ.versions if one.version > base]
    if alike(valeur, [one.valeur for one in unseen]):
        return len(unseen) == len(champ.versions)  # else those that were seen give way
    # Who has seen several values chooses one of them by giving it again: that is a change.
    return not unseen and not champ.a_accorder and champ.valeur == valeur
