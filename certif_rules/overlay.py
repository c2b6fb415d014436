"""A base and three lists of operations — additions, modifications, removals — give a new body of lines.

Pure: no deep merge, one level of precedence, applied in the order removals, modifications, additions. A
clash or a missing target is an issue that shows both places. A référentiel without base is an overlay on
nothing, so that there is one way to make a body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from certif_rules.errors import Issue, Location
from certif_rules.model import Critere, Indicateur

Cible = Literal["critere", "indicateur"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corps:
    """Criteria and lines by id, in printing order."""

    criteres: Mapping[str, Critere] = field(default_factory=dict)
    indicateurs: Mapping[str, Indicateur] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modification:
    """Fields of a base node replaced by ``champs``, with the reason and its sources."""

    nature: Cible
    cible: str
    champs: Mapping[str, Any]
    motif: str
    sources: tuple[str, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrait:
    """A base node taken away, with the reason and its sources."""

    nature: Cible
    cible: str
    motif: str
    sources: tuple[str, ...]
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Surcouche:
    """The operations of one exigence layer. ``locations`` places what is added, by (nature, id)."""

    criteres: tuple[Critere, ...] = ()
    indicateurs: tuple[Indicateur, ...] = ()
    modifications: tuple[Modification, ...] = ()
    retraits: tuple[Retrait, ...] = ()
    locations: Mapping[tuple[Cible, str], Location] = field(default_factory=dict)


def apply(base: Corps, surcouche: Surcouche) -> tuple[Corps, list[Issue]]:
    """The body that results, and what is wrong with the operations (the body is then not to be used)."""
    issues: list[Issue] = []
    criteres, indicateurs = dict(base.criteres), dict(base.indicateurs)
    nodes: dict[Cible, dict[str, Any]] = {"critere": criteres, "indicateur": indicateurs}
    for retrait in surcouche.retraits:
        if nodes[retrait.nature].pop(retrait.cible, None) is None:
            issues.append(_missing(retrait))
    for modification in surcouche.modifications:
        target = nodes[modification.nature].get(modification.cible)
        if target is None:
            issues.append(_missing(modification))
            continue
        issues.extend(_useless(modification, target))
        nodes[modification.nature][modification.cible] = replace(target, **modification.champs)
    for nature, added in (("critere", surcouche.criteres), ("indicateur", surcouche.indicateurs)):
        issues.extend(_add(nodes[nature], nature, added, surcouche))  # type: ignore[index,arg-type]
    issues.extend(_orphans(criteres, indicateurs, surcouche))
    return Corps(criteres=criteres, indicateurs=in_order(criteres, indicateurs)), issues


def in_order(
    criteres: Mapping[str, Critere], indicateurs: Mapping[str, Indicateur]
) -> dict[str, Indicateur]:
    """The lines by criterion, then those of no known criterion; the order of arrival inside each."""
    ranks: dict[str | None, int] = {identifiant: rank for rank, identifiant in enumerate(criteres)}
    rank: Callable[[Indicateur], int] = lambda line: ranks.get(line.critere, len(ranks))  # noqa: E731
    return {line.id: line for line in sorted(indicateurs.values(), key=rank)}


def _add(
    nodes: dict[str, Any],
    nature: Cible,
    added: tuple[Critere, ...] | tuple[Indicateur, ...],
    surcouche: Surcouche,
) -> list[Issue]:
    issues = []
    seen: dict[str, Location] = {}
    for node in added:
        location = surcouche.locations[nature, node.id]
        if node.id in nodes:
            earlier = seen.get(node.id) or _from_emplacement(nodes[node.id].emplacement)
            message = f"{_LABELS[nature]} « {node.id} » existe déjà"
            related = ((earlier, "première déclaration"),)
            issues.append(Issue("identifiant-en-double", message, location, "choisir un autre code", related))
        seen.setdefault(node.id, location)
        nodes[node.id] = node
    return issues


def _orphans(
    criteres: Mapping[str, Critere], indicateurs: Mapping[str, Indicateur], surcouche: Surcouche
) -> list[Issue]:
    issues = []
    for line in indicateurs.values():
        if line.critere is not None and line.critere not in criteres:
            location = surcouche.locations.get(("indicateur", line.id)) or _from_emplacement(line.emplacement)
            message = f"l’indicateur « {line.id} » se rattache au critère « {line.critere} », qui n’existe pas"
            issues.append(Issue("critere-inconnu", message, location, "déclarer ce critère ou corriger le code"))
    return issues


def _missing(operation: Modification | Retrait) -> Issue:
    message = f"{_LABELS[operation.nature]} « {operation.cible} » n’existe pas dans la base"
    return Issue("cible-inconnue", message, operation.location, "vérifier l’identifiant « origine/code »")


def _useless(modification: Modification, target: Any) -> list[Issue]:
    """A field replaced by the value it already has: the base has moved, or the change is a slip."""
    return [
        Issue(
            "modification-sans-effet",
            f"« {champ} » de « {modification.cible} » a déjà cette valeur dans la base",
            modification.location,
            "supprimer la modification, ou vérifier l’édition de la base",
            ((_from_emplacement(target.emplacement), "valeur de la base"),),
        )
        for champ, value in modification.champs.items()
        if getattr(target, champ) == value
    ]


def _from_emplacement(emplacement: str) -> Location:
    file, _, line = emplacement.rpartition(":")
    return Location(file, int(line), 1) if file else Location(emplacement)


_LABELS: Mapping[str, str] = {"critere": "le critère", "indicateur": "l’indicateur"}
