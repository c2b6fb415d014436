"""Headers rest on others: the edition that one is written as a change of, and the base of a label.

Pure: headers in, headers and problems out. The edition of departure may be declared by any plugin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from certif_rules.errors import DataError, Issue, from_emplacement
from certif_rules.model.referentiel import Couche, Nature
from certif_rules.plugins.couche import EnTete
from certif_rules.source.yaml import place

Cle = tuple[str, str, str]


def descended(declared: Mapping[Cle, EnTete]) -> dict[Cle, EnTete]:
    """Return the headers, those written as changes of others with what they take from these.

    That is the base, and the gaps of the whole layer where they declare none. What cannot be found is left
    out: :func:`broken` tells it of the edition that is asked for.
    """
    layers = dict(declared)
    for cle, en_tete in declared.items():
        if en_tete.couche.depuis is not None:
            couche = en_tete.couche
            line = [couche, *_earlier(couche, declared)]
            base = next((c.base for c in line if c.base is not None), None)
            lacunes = next((c.lacunes for c in line if c.lacunes), ())
            lignee = tuple(c.id for c in line[1:])
            layers[cle] = replace(en_tete, couche=replace(couche, base=base, lacunes=lacunes, lignee=lignee))
    return layers


def _earlier(couche: Couche, declared: Mapping[Cle, EnTete]) -> Iterator[Couche]:
    """Yield the editions before one, the nearest first, as far as they are known and are not met twice."""
    met = {couche.id}
    while couche.depuis is not None and couche.depuis not in met:
        met.add(couche.depuis)
        below = declared.get((couche.referentiel, "exigence", couche.depuis))
        if below is None:
            return
        couche = below.couche
        yield couche


def stack(exigence: Couche, layers: Callable[[str, Nature], Sequence[Couche]]) -> list[str]:
    """Return a référentiel and those that it rests on, top first.

    Raises:
        DataError: a base refers back to one of those above it.
    """
    names: list[str] = [exigence.referentiel]
    couche: Couche | None = exigence
    while couche is not None and couche.base is not None:
        nom, _, edition = couche.base.partition("@")
        if nom in names:
            message = f"la base {couche.base} renvoie à {names[0]}"
            at = from_emplacement(couche.emplacement)
            raise DataError([Issue("renvoi-circulaire", message, at)])
        names.append(nom)
        couche = next((c for c in layers(nom, "exigence") if c.id == edition), None)
    return names


def broken(couche: Couche, layers: Mapping[Cle, EnTete]) -> Issue | None:
    """Return what is wrong of what an edition is a change of: absent, itself, or laid on another base."""
    line = [layers[couche.referentiel, "exigence", nom] for nom in (couche.id, *couche.lignee)]
    first = line[-1].couche
    if first.depuis is not None:
        if first.depuis in (couche.id, *couche.lignee):
            message = f"l’édition {first.referentiel}@{first.depuis} est écrite depuis elle-même"
            hint = "nommer dans `depuis` une édition antérieure"
            return Issue("renvoi-circulaire", message, place(line[-1].data, "depuis"), hint)
        named = f"{first.referentiel}@{first.depuis}"
        message = (
            f"{first.referentiel}@{first.id} est écrite depuis {named}, qu’aucun greffon actif ne déclare"
        )
        hint = f"installer ou réactiver le greffon qui déclare {named}, ou corriger `depuis`"
        return Issue("depart-introuvable", message, place(line[-1].data, "depuis"), hint)
    for later, earlier in pairwise(line):
        below, named = earlier.couche, f"{later.couche.referentiel}@{later.couche.id}"
        if later.couche.du <= below.du:
            message = (
                f"{named} (du {later.couche.du}) est écrite depuis {below.id}, qui commence le {below.du}"
            )
            hint = "corriger `du`, ou nommer une édition antérieure"
            return Issue("periode-incoherente", message, place(later.data, "depuis"), hint)
        if later.couche.base != below.base:
            on = f"repose sur {below.base}" if below.base else "n’a pas de base"
            message = f"{named} est écrite depuis {below.id}, qui {on}"
            hint = "ôter `base`, ou écrire l’édition entière, sans `depuis`"
            return Issue("base-differente", message, place(later.data, "base"), hint)
    return None
