"""A base and three lists of operations — additions, modifications, removals — give a new body of lines.

Pure: no deep merge, one level of precedence, applied in the order removals, modifications, additions. A
clash or a missing target is an issue that shows both places. A référentiel without base is an overlay on
nothing, so that there is one way to make a body.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.errors import Issue, Location, from_emplacement
from certif_rules.model.base import Lacune, NomSource
from certif_rules.model.referentiel import Changement, Critere, Evolution, Indicateur

Cible = Literal["critere", "indicateur"]


class Trame(Struct, frozen=True, kw_only=True):
    """A trame holds criteria and lines by id, in printing order."""

    criteres: Mapping[str, Critere] = field(default_factory=dict)
    indicateurs: Mapping[str, Indicateur] = field(default_factory=dict)


class Modification(Struct, frozen=True, kw_only=True):
    """A modification replaces fields of a base node by ``champs``, with the reason and its sources."""

    nature: Cible
    cible: str
    champs: Mapping[str, Any]
    motif: str
    sources: tuple[NomSource, ...]
    location: Location


class Retrait(Struct, frozen=True, kw_only=True):
    """A removal takes a base node away, with the reason and its sources."""

    nature: Cible
    cible: str
    motif: str
    sources: tuple[NomSource, ...]
    location: Location


class Surcouche(Struct, frozen=True, kw_only=True):
    """An overlay operates on what lies below one exigence layer, which ``dessous`` names."""

    dessous: str = "la base"
    criteres: tuple[Critere, ...] = ()
    indicateurs: tuple[Indicateur, ...] = ()
    modifications: tuple[Modification, ...] = ()
    retraits: tuple[Retrait, ...] = ()


def apply(base: Trame, surcouche: Surcouche) -> tuple[Trame, list[Issue]]:
    """Return the body that results, and what is wrong with the operations, which then spoil it."""
    criteres, indicateurs = dict(base.criteres), dict(base.indicateurs)
    nodes: dict[Cible, dict[str, Any]] = {"critere": criteres, "indicateur": indicateurs}
    added: tuple[Critere | Indicateur, ...] = (*surcouche.criteres, *surcouche.indicateurs)
    issues = [
        *(issue for retrait in surcouche.retraits for issue in _remove(nodes, retrait, surcouche.dessous)),
        *_clashes(surcouche.modifications),
        *(issue for change in surcouche.modifications for issue in _modify(nodes, change, surcouche.dessous)),
        *(issue for node in added for issue in _add(nodes, node)),
    ]
    issues.extend(_orphans(criteres, indicateurs, surcouche.retraits))
    return Trame(criteres=criteres, indicateurs=in_order(criteres, indicateurs)), issues


def changes(
    base: Trame, surcouche: Surcouche, origine: str, edition: str | None = None
) -> tuple[Changement, ...]:
    """Return what ``origine`` does to what lies below, removals first, as documents tell it.

    ``edition`` is named where it changes an earlier one.
    """
    nodes: Mapping[Cible, Mapping[str, Critere | Indicateur]] = {
        "critere": base.criteres,
        "indicateur": base.indicateurs,
    }
    operations: tuple[Retrait | Modification, ...] = (*surcouche.retraits, *surcouche.modifications)
    return tuple(
        Changement(
            nature=operation.nature,
            cible=operation.cible,
            numero=nodes[operation.nature][operation.cible].numero,
            origine=origine,
            champs=tuple(operation.champs) if isinstance(operation, Modification) else (),
            motif=operation.motif,
            sources=operation.sources,
            edition=edition,
            emplacement=f"{operation.location.file}:{operation.location.line}",
        )
        for operation in operations
        if operation.cible in nodes[operation.nature]
    )


def inherited(below: Trame, surcouche: Surcouche, origine: str, edition: str) -> Trame:
    """Return what an edition takes from ``edition``: of its lines, those that no operation changes say so.

    What the others said of their own past is no longer theirs to say: their change may tell it.
    """
    touched = {change.cible for change in surcouche.modifications if change.nature == "indicateur"}

    def since(line: Indicateur) -> Evolution | None:
        if line.id in touched:
            return None
        return Evolution(depuis=edition, nature="aucune", sources=line.sources)

    lines = {
        nom: replace(line, evolution=since(line)) if line.origine == origine else line
        for nom, line in below.indicateurs.items()
    }
    return Trame(criteres=below.criteres, indicateurs=lines)


def in_order(criteres: Mapping[str, Critere], indicateurs: Mapping[str, Indicateur]) -> dict[str, Indicateur]:
    """Return the lines by criterion, then those of no known criterion; the order of arrival inside each."""
    ranks: dict[str | None, int] = {identifiant: rank for rank, identifiant in enumerate(criteres)}
    rank: Callable[[Indicateur], int] = lambda line: ranks.get(line.critere, len(ranks))  # noqa: E731
    return {line.id: line for line in sorted(indicateurs.values(), key=rank)}


def _remove(nodes: Mapping[Cible, dict[str, Any]], retrait: Retrait, dessous: str) -> Iterator[Issue]:
    if nodes[retrait.nature].pop(retrait.cible, None) is None:
        yield _missing(retrait, dessous)


def _clashes(changes: tuple[Modification, ...]) -> Iterator[Issue]:
    """Yield two operations on the same field of the same node: which one wins would be a guess."""
    first: dict[tuple[Cible, str, str], Modification] = {}
    for change in changes:
        for champ in change.champs:
            earlier = first.setdefault((change.nature, change.cible, champ), change)
            if earlier is not change:
                message = f"« {champ} » de « {change.cible} » est modifié deux fois"
                related = ((earlier.location, "première modification"),)
                yield Issue("modification-en-double", message, change.location, "n’en garder qu’une", related)


def _modify(nodes: Mapping[Cible, dict[str, Any]], change: Modification, dessous: str) -> Iterator[Issue]:
    target = nodes[change.nature].get(change.cible)
    if target is None:
        yield _missing(change, dessous)
        return
    yield from _useless(change, target, dessous)
    filled = {champ for champ, value in change.champs.items() if _known(value)}
    nodes[change.nature][change.cible] = replace(
        target,
        **change.champs,
        sources=_sources(target, change),
        lacunes=without(target.lacunes, filled),
    )


def without(lacunes: tuple[Lacune, ...], filled: Collection[str]) -> tuple[Lacune, ...]:
    """Return the gaps that are left once these fields are given."""
    left = (replace(g, champs=tuple(c for c in g.champs if c not in filled)) for g in lacunes)
    return tuple(lacune for lacune in left if lacune.champs)


def _known(value: Any) -> bool:
    """Return whether a field is given: not empty, and no rule of it answers « unknown »."""
    return bool(value) and not (isinstance(value, tuple) and any(getattr(v, "inconnu", None) for v in value))


def _sources(target: Critere | Indicateur, change: Modification) -> tuple[str, ...]:
    """Return the sources of the wording: those of the change for what it words, the base's for the rest."""
    worded = {champ for champ in _ENONCES if getattr(target, champ, None) is not None}
    replaced = {champ for champ in _ENONCES if change.champs.get(champ) is not None}
    if not replaced:
        return target.sources
    rest = target.sources if worded - replaced else ()
    return tuple(dict.fromkeys((*change.sources, *rest)))


def _add(nodes: Mapping[Cible, dict[str, Any]], node: Critere | Indicateur) -> Iterator[Issue]:
    nature: Cible = "critere" if isinstance(node, Critere) else "indicateur"
    earlier = nodes[nature].get(node.id)
    if earlier is not None:
        message = f"{_LABELS[nature]} « {node.id} » existe déjà"
        related = ((from_emplacement(earlier.emplacement), "première déclaration"),)
        location = from_emplacement(node.emplacement)
        yield Issue("identifiant-en-double", message, location, "choisir un autre code", related)
    nodes[nature][node.id] = node


def _orphans(
    criteres: Mapping[str, Critere], indicateurs: Mapping[str, Indicateur], retraits: tuple[Retrait, ...]
) -> Iterator[Issue]:
    removed = {retrait.cible: retrait.location for retrait in retraits if retrait.nature == "critere"}
    for line in indicateurs.values():
        if line.critere is None or line.critere in criteres:
            continue
        message = f"l’indicateur « {line.id} » se rattache au critère « {line.critere} », qui n’existe pas"
        hint = "déclarer ce critère ou corriger le code"
        related = ((removed[line.critere], "retiré ici"),) if line.critere in removed else ()
        yield Issue("critere-inconnu", message, from_emplacement(line.emplacement), hint, related)


def _missing(operation: Modification | Retrait, dessous: str) -> Issue:
    message = f"{_LABELS[operation.nature]} « {operation.cible} » n’existe pas dans {dessous}"
    return Issue("cible-inconnue", message, operation.location, "vérifier l’identifiant « origine/code »")


def _useless(modification: Modification, target: Any, dessous: str) -> list[Issue]:
    """Return a field replaced by the value it already has: the base has moved, or the change is a slip."""
    return [
        Issue(
            "modification-sans-effet",
            f"« {champ} » de « {modification.cible} » a déjà cette valeur dans {dessous}",
            modification.location,
            f"supprimer la modification, ou vérifier {dessous}",
            ((from_emplacement(target.emplacement), f"valeur de {dessous}"),),
        )
        for champ, value in modification.champs.items()
        if getattr(target, champ) == value
    ]


#: The fields whose words rest on the sources of their node; the others cite their own.
_ENONCES = ("titre", "exigence")
_LABELS: Mapping[str, str] = {"critere": "le critère", "indicateur": "l’indicateur"}
