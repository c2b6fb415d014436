"""Samples: how many sites a rule asks for, and a draw that anyone can make again.

No randomness: each member of the population is ranked by the digest of the seed and of its own name, so that
the same seed and the same population, in any order, give the same list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from math import isqrt
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from certif_rules.rules.trivalent import either

if TYPE_CHECKING:
    from certif_rules.model.base import Avertissement, Texte
    from certif_rules.model.echantillon import Arrondi, MethodeEchantillon, RegleSites
    from certif_rules.vie.regime import Regime

#: What a sample is drawn from.
Objet = Literal["sites", "dossiers"]

#: How the list is drawn, in words, for those who would draw it again.
METHODE = (
    "rang de chaque membre : SHA-256 de la graine, d’un octet nul et du nom (UTF-8, NFC) ; les plus petits"
    " rangs sont retenus"
)


class Tirage(Struct, frozen=True, kw_only=True):
    """A draw gives the list, and all that is needed to make it again.

    ``empreinte`` is that of the population: ``sha256:`` of its sorted names, one a line. ``non_vus`` are the
    members of the list that were not seen before, ``None`` when that is not known.
    """

    graine: str
    population: int
    empreinte: str
    liste: tuple[str, ...]
    non_vus: tuple[str, ...] | None = None


class DemandeTirage(Struct, frozen=True, kw_only=True):
    """This request says what to draw: ``population`` are names, ``vus`` those seen at the earlier audit.

    ``vus`` is ``None`` where that is not said. ``taille`` and ``arrondi`` are given in the place of what the
    rule says. ``centrale`` is the site of the central function, seen besides the sample. ``depuis`` is the
    day (ISO) of the earlier audit: what is drawn is not older, and ``anterieurs`` counts the names left out
    for that. ``graine_tiree`` says that nobody chose the seed.
    """

    objet: Objet
    population: Sequence[str]
    graine: str
    taille: int | None = None
    arrondi: Arrondi | None = None
    vus: Sequence[str] | None = None
    centrale: str | None = None
    depuis: str | None = None
    anterieurs: int = 0
    graine_tiree: bool = False


class Prelevement(Struct, frozen=True, kw_only=True):
    """A sample comes with the rule it follows (``None``: its size was given), and what must be said of it.

    ``editions`` are those that answer so, ``autres`` the samples of those that do not, where no day chose.
    """

    regime: Regime
    demande: DemandeTirage
    type_audit: str | None
    regle: RegleSites | None
    tirage: Tirage
    avertissements: tuple[Avertissement, ...]
    remarques: tuple[Texte, ...]
    editions: tuple[str, ...] = ()
    autres: tuple[Prelevement, ...] = ()


def rule_for(echantillon: MethodeEchantillon, code: str, day: str | None) -> RegleSites | None:
    """Return the rule of the number of sites at an audit type, on a day (ISO); without a day, the latest."""
    mine = [regle for regle in echantillon.sites if code in regle.types]
    if day is None:
        return max(mine, key=lambda regle: regle.du or "", default=None)
    return next((r for r in mine if (r.du or day) <= day <= (r.au or day)), None)


def sites_to_see(sites: int, coefficient: str, arrondi: Arrondi) -> int:
    """Return ``coefficient`` × √``sites``, made whole; exact: no float is ever computed.

    Halves go up (they only arise where the root is a rational).
    """
    square = Fraction(coefficient) ** 2 * sites
    floor = isqrt(square.numerator // square.denominator)
    if arrondi == "inferieur":
        return floor
    if arrondi == "superieur":
        return floor if floor * floor == square else floor + 1
    doubled = isqrt(4 * square.numerator // square.denominator)
    return (doubled + 1) // 2


class SitesDesignes(Struct, frozen=True, kw_only=True):
    """A rule designates these sites; the profile does not say enough of ``inconnus`` to tell."""

    noms: tuple[str, ...]
    inconnus: tuple[str, ...]

    @property
    def doute(self) -> str:
        """Return what is not known of them, in words; empty when all is."""
        verb = "est" if len(self.inconnus) == 1 else "sont"
        return f"on ne sait pas si {', '.join(self.inconnus)} en {verb}" if self.inconnus else ""


def designated(
    regle: RegleSites, names: Iterable[str], etiquettes: Mapping[str, Collection[str] | None],
    ajoutes: Collection[str],
) -> SitesDesignes:  # fmt: skip
    """Return which of these sites a rule designates.

    Args:
        regle: all of them, or those that one of its designations holds of.
        names: the sites that there are.
        etiquettes: the words that each site bears; ``None``, or no entry, when that is not said.
        ajoutes: the sites added to this audit.
    """
    noms: list[str] = []
    inconnus: list[str] = []
    for name in names:
        tags = etiquettes.get(name)
        each = [
            name in ajoutes if one.ajoutes else None if tags is None else one.etiquette in tags
            for one in regle.ceux
        ]
        value = either(each) if not regle.tous else True
        (noms if value else inconnus if value is None else []).append(name)
    return SitesDesignes(noms=tuple(noms), inconnus=tuple(inconnus))


def draw(
    population: Iterable[str], size: int, graine: str, *, vus: Collection[str] | None = None, non_vus: int = 0
) -> Tirage:
    """Return ``size`` members of ``population``, of which ``non_vus`` at least were not seen before.

    Args:
        population: distinct names; their order does not count.
        size: how many to draw, at most as many as there are.
        graine: the seed, any text.
        vus: those seen at the earlier audit; ``None`` when that is not known, and nothing is asked of it.
        non_vus: how many unseen ones at least; fewer are drawn only where there are not so many.

    Raises:
        ValueError: ``size`` is more than the population, or negative.
    """
    names = sorted({_name(member) for member in population})
    if not 0 <= size <= len(names):
        raise ValueError(f"{size} membres parmi {len(names)}")
    ranked = sorted(names, key=lambda name: (_rank(graine, name), name))
    seen = None if vus is None else {_name(member) for member in vus}
    first = [name for name in ranked if seen is not None and name not in seen][: min(non_vus, size)]
    others = [name for name in ranked if name not in first]
    chosen = {*first, *others[: size - len(first)]}
    listed = tuple(name for name in ranked if name in chosen)
    return Tirage(
        graine=graine,
        population=len(names),
        empreinte="sha256:" + sha256("\n".join(names).encode("utf-8", "surrogatepass")).hexdigest(),
        liste=listed,
        non_vus=None if seen is None else tuple(name for name in listed if name not in seen),
    )


def _name(member: str) -> str:
    return unicodedata.normalize("NFC", member)


def _rank(graine: str, name: str) -> bytes:
    text = f"{unicodedata.normalize('NFC', graine)}\0{name}"
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
