"""The public holidays of French law, as data with their sources: which days, where, on which condition.

A day is « month-day », or a number of days from Easter Monday, which a library computes. What was not read,
of other territories for instance, is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class Fete(Struct, frozen=True, kw_only=True):
    """A holiday has its day, the article that makes it one, and a condition where it has one.

    ``jour`` is « mm-jj »; without it, ``paques`` counts days from Easter Monday.
    """

    titre: str
    source: str
    jour: str | None = None
    paques: int = 0
    condition: str | None = None


#: Read on Légifrance by stored copies (L. 3422-2 as of 21 May 2019), or told alike by several public pages.
_CODE: Final = "code du travail, art. L. 3133-1"
_ABOLITION: Final = "code du travail, art. L. 3422-2"
_LOCAL: Final = "code du travail, art. L. 3134-13"

NATIONALES: Final[tuple[Fete, ...]] = (
    Fete(titre="Jour de l’an", jour="01-01", source=_CODE),
    Fete(titre="Lundi de Pâques", source=_CODE),
    Fete(titre="Fête du Travail", jour="05-01", source=_CODE),
    Fete(titre="Fête de la Victoire", jour="05-08", source=_CODE),
    Fete(titre="Ascension", paques=38, source=_CODE),
    Fete(titre="Lundi de Pentecôte", paques=49, source=_CODE),
    Fete(titre="Fête nationale", jour="07-14", source=_CODE),
    Fete(titre="Assomption", jour="08-15", source=_CODE),
    Fete(titre="Toussaint", jour="11-01", source=_CODE),
    Fete(titre="Armistice", jour="11-11", source=_CODE),
    Fete(titre="Noël", jour="12-25", source=_CODE),
)


def _abolition(jour: str, condition: str | None = None) -> Fete:
    return Fete(titre="Abolition de l’esclavage", jour=jour, source=_ABOLITION, condition=condition)


_SAINT_MARTIN: Final = "à confirmer : le 27 mai dans le code lu (2019), le 28 mai fêté depuis"
_ALSACE_MOSELLE: Final = (
    Fete(
        titre="Vendredi saint",
        paques=-3,
        source=_LOCAL,
        condition="dans les communes qui ont un temple protestant ou une église mixte",
    ),
    Fete(titre="Lendemain de Noël", jour="12-26", source=_LOCAL),
)
#: What each territory adds, by its name.
TERRITORIALES: Final[Mapping[str, tuple[Fete, ...]]] = {
    "Alsace": _ALSACE_MOSELLE,
    "Guadeloupe": (_abolition("05-27"),),
    "Guyane": (_abolition("06-10"),),
    "La Réunion": (_abolition("12-20"),),
    "Martinique": (_abolition("05-22"),),
    "Mayotte": (_abolition("04-27"),),
    "Moselle": _ALSACE_MOSELLE,
    "Saint-Barthélemy": (_abolition("10-09"),),
    "Saint-Martin": (_abolition("05-27", _SAINT_MARTIN), _abolition("05-28", _SAINT_MARTIN)),
}
