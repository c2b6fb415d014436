"""The conditions of a decision: a measure compared, several that hold together, or in one same criterion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.base import COMPARAISONS
from certif_rules.model.jugement import Condition, Mesure, Seuil, Toutes, UnCritere

_ENSEMBLES = ("toutes", "un_critere")


def build_condition(node: Any, mesures: Mapping[str, Mesure], lecteur: Lecteur) -> Condition | None:
    """Return a condition; ``None`` where nothing tells what it compares."""
    mots = [mot for mot in ("mesure", *_ENSEMBLES) if mot in node]
    if len(mots) != 1:
        message = "une condition compare une mesure, ou en réunit d’autres"
        lecteur.refuse("regle-vide", message, node, None, "garder « mesure », « toutes » ou « un_critere »")
        return None
    (mot,) = mots
    if mot == "mesure":
        return _seuil(node, mesures, lecteur)
    for other in node:
        if other != mot:
            hint = "le mettre dans chacune de celles-ci"
            lecteur.refuse(
                "mot-deplace", f"« {mot} » réunit des conditions, sans rien d’autre", node, other, hint
            )
    each = [_inner(item, mot, mesures, lecteur) for item in node[mot]]
    if mot == "un_critere":
        return UnCritere(un_critere=tuple(one for one in each if isinstance(one, Seuil)))
    return Toutes(toutes=tuple(one for one in each if isinstance(one, Seuil | UnCritere)))


def compared(node: Any) -> Iterator[Any]:
    """Yield the nodes of a condition that compare a measure, itself or those it holds."""
    if "mesure" in node:
        yield node
    for mot in _ENSEMBLES:
        for item in node.get(mot) or ():
            yield from compared(item)


def _inner(node: Any, mot: str, mesures: Mapping[str, Mesure], lecteur: Lecteur) -> Condition | None:
    """Return a condition held by another: of a same criterion, a measure by criterion, and nothing else."""
    alone = ("toutes", "un_critere", "critere", "chaque") if mot == "un_critere" else ("toutes",)
    for other in alone:
        if other in node:
            message = f"« {other} » n’a pas de sens sous « {mot} »"
            lecteur.refuse("mot-deplace", message, node, other, "le retirer, ou en faire une autre condition")
            return None
    condition = build_condition(node, mesures, lecteur)
    if mot == "un_critere" and isinstance(condition, Seuil):
        mesure = mesures.get(condition.mesure)
        if mesure is not None and not mesure.par_critere:
            message = f"la mesure « {mesure.id} » n’a pas une valeur par critère"
            lecteur.refuse("mot-deplace", message, node, "mesure", "la comparer sous « toutes »")
    return condition


def _seuil(node: Any, mesures: Mapping[str, Mesure], lecteur: Lecteur) -> Seuil:
    if not any(mot in node for mot in COMPARAISONS):
        hint = f"ajouter {', '.join(COMPARAISONS)}"
        lecteur.refuse("regle-vide", "une condition compare la mesure à un nombre", node, None, hint)
    seuil = lecteur.read(Seuil, node)
    mesure = mesures.get(seuil.mesure)
    for mot in ("critere", "chaque"):
        if mot in node and mesure is not None and not mesure.par_critere:
            message = f"la mesure « {mesure.id} » n’a pas une valeur par critère"
            lecteur.refuse("mot-deplace", message, node, mot, f"retirer « {mot} »")
    if seuil.critere is not None and seuil.chaque:
        message = "une condition porte sur un critère, ou sur chacun"
        lecteur.refuse("mot-deplace", message, node, "chaque", "retirer « chaque » ou « critere »")
    return seuil
