"""The exigence layers of an edition and of those that it is a change of, laid one after the other on a base.

Each is a body of operations on what the one before it gives; an edition that changes none is alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from certif_rules.construction.exigence import Lexique, build_exigence
from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.surcouche import Trame, apply, changes, inherited
from certif_rules.errors import Location
from certif_rules.model.base import Source
from certif_rules.model.referentiel import Changement
from certif_rules.source.yaml import place

#: What each key of a removal withdraws, as readers of rules name it.
_SORTES = {"indicateur": "indicateur", "critere": "critère"}


class Pose(Lexique, frozen=True, kw_only=True):
    """A pose is what the layers make together; the names of what they withdraw are known no more."""

    trame: Trame
    changements: tuple[Changement, ...]


def lay(
    editions: Mapping[str, Mapping[str, Any]], base: Trame, known: Mapping[str, Source], lecteur: Lecteur
) -> Pose:
    """Return what the bodies of these editions make, the earliest first; problems go to ``lecteur``.

    Args:
        editions: their bodies by id, that of the edition itself being the last.
        base: the lines of the base, if there is one.
        known: its sources.
        lecteur: knows the names of the base, and learns the others.
    """
    trame = base
    lexique: dict[str, dict[str, Any]] = {nom: {} for nom in Lexique.__struct_fields__}
    lexique["sources"] |= known
    changements: list[Changement] = []
    earlier: str | None = None
    beneath = lecteur.dessous
    for edition, body in editions.items():
        if earlier is not None:
            lecteur.dessous = f"l’édition {earlier}"
        corps = build_exigence(body, lecteur, lexique["sources"])
        for nom in lexique:
            lexique[nom] |= getattr(corps, nom)
        changed = edition if earlier is not None else None
        changements += changes(trame, corps.surcouche, lecteur.origine, changed)
        if earlier is not None:
            trame = inherited(trame, corps.surcouche, lecteur.origine, earlier)
        trame, issues = apply(trame, corps.surcouche)
        lecteur.issues.extend(issues)
        if earlier is not None:
            lecteur.know_only("indicateur", (*base.indicateurs, *trame.indicateurs))
            lecteur.know_only("critère", (*base.criteres, *trame.criteres))
        earlier = edition
    lecteur.dessous = beneath
    return Pose(trame=trame, changements=tuple(changements), **lexique)


class Emprunt(Struct, frozen=True, kw_only=True):
    """An emprunt takes rules from an earlier edition, and places what they may name, withdrawn since."""

    edition: str
    retires: Mapping[tuple[str, str], Location]


def borrowed(editions: Mapping[str, Mapping[str, Any]], pour: Sequence[str], origine: str) -> Emprunt | None:
    """Return what rules written ``pour`` an earlier edition meet in the last of these, if one was.

    Args:
        editions: the bodies of a line of editions by id, the earliest first.
        pour: the editions that the rules are written for.
        origine: the référentiel of them all.
    """
    names = list(editions)
    served = max((rank for rank, nom in enumerate(names) if nom in pour), default=len(names) - 1)
    later = names[served + 1 :]
    if not later:
        return None
    retires = _withdrawn([editions[nom] for nom in later], origine)
    return Emprunt(edition=names[served], retires=retires)


def _withdrawn(bodies: Sequence[Mapping[str, Any]], origine: str) -> dict[tuple[str, str], Location]:
    """Return where these bodies withdraw things, by kind and id: earlier rules may still name them."""
    return {
        (sorte, code if "/" in code else f"{origine}/{code}"): place(node, cle)
        for body in bodies
        for node in body.get("retraits") or ()
        for cle, sorte in _SORTES.items()
        if (code := node.get(cle)) is not None
    }
