"""The judgement of a rules layer: annotations, delays, measures and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from certif_rules.construction.completude import refuse_incomplete, refuse_unmeasured
from certif_rules.construction.conditions import build_condition, compared
from certif_rules.construction.lecteur import Lecteur
from certif_rules.construction.mesures import build_mesures
from certif_rules.model.jugement import Decision, Delai, Distinction, Jugement, Mesure

#: What a delay may be counted from, besides another date of the same finding: the events of a findings file.
EVENEMENTS = ("ecarts_notifies_le",)


def _delais(node: Any, lecteur: Lecteur) -> dict[str, Delai]:
    """Return the dates that one finding opens; each counts from an event or from one before it."""
    delais: dict[str, Delai] = {}
    for nom, item in node.items():
        lecteur.know_only("date", [*EVENEMENTS, *delais])
        delais[nom] = lecteur.read(Delai, item)
    return delais


def build_jugement(node: Any, lecteur: Lecteur) -> Jugement:
    """Return how this origin concludes; names of findings, criteria and labels are known to ``lecteur``."""
    mesures = build_mesures(node["mesures"], lecteur)
    decisions = tuple(_decision(item, mesures, lecteur) for item in node["decisions"])
    _refuse_contradictions(decisions, node["decisions"], lecteur)
    refuse_incomplete(decisions, node["decisions"], lecteur)
    lecteur.know_only("décision", [decision.code for decision in decisions])
    beside = node.get("distinctions") or {}
    dated = node.get("echeances") or {}
    return lecteur.read(
        Jugement, node, origine=lecteur.origine, mesures=mesures, decisions=decisions,
        distinctions={nom: _distinction(nom, beside[nom], mesures, lecteur) for nom in beside},
        echeances={lecteur.cite("constat", nom, dated, nom): _delais(dated[nom], lecteur) for nom in dated},
    )  # fmt: skip


def _decision(node: Any, mesures: Mapping[str, Mesure], lecteur: Lecteur) -> Decision:
    conditions = [build_condition(item, mesures, lecteur) for item in node.get("si") or ()]
    decision = lecteur.read(Decision, node, si=tuple(one for one in conditions if one is not None))
    each = (item for condition in node.get("si") or () for item in compared(condition))
    read = [(mesures.get(item["mesure"]), item["mesure"], item, "mesure") for item in each]
    refuse_unmeasured(decision, f"la décision « {decision.code} »", read, lecteur)
    return decision


def _distinction(nom: str, node: Any, mesures: Mapping[str, Mesure], lecteur: Lecteur) -> Distinction:
    decisions = tuple(_decision(item, mesures, lecteur) for item in node["decisions"])
    refuse_incomplete(decisions, node["decisions"], lecteur, everywhere=False)
    distinction = lecteur.read(Distinction, node, id=nom, decisions=decisions)
    conditions = (condition for decision in decisions for condition in decision.si)
    read = [mesures.get(seuil.mesure) for condition in conditions for seuil in condition.seuils]
    if distinction.par_critere and not any(mesure is None or mesure.par_critere for mesure in read):
        message = f"« {nom} » se décide par critère sans lire de mesure par critère : chacun aurait la même"
        hint = "comparer une mesure par critère, ou retirer « par_critere »"
        lecteur.refuse("mot-deplace", message, node, "par_critere", hint)
    return distinction


def _refuse_contradictions(decisions: Iterable[Decision], nodes: Any, lecteur: Lecteur) -> None:
    """Decisions that share a code are one decision, reached by several ways."""
    verdicts: dict[str, bool | None] = {}
    for index, decision in enumerate(decisions):
        if verdicts.setdefault(decision.code, decision.delivrable) is not decision.delivrable:
            message = f"la décision « {decision.code} » est dite délivrable et non délivrable"
            lecteur.refuse("decision-contraire", message, nodes, index, "changer l’un des codes")
