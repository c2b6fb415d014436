"""The judgement of a rules layer: annotations, delays, measures and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from certif_rules.construction.completude import refuse_incomplete, refuse_unmeasured
from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.jugement import Annotation, Decision, Delai, Distinction, Jugement, Mesure, Seuil

#: What a delay may be counted from, besides another date of the same finding: the events of a findings file.
EVENEMENTS = ("ecarts_notifies_le",)
_COMPARAISONS = ("au_moins", "plus_de", "au_plus", "moins_de")
_FACONS = ("compte", "somme", "moyenne", "minimum")


def build_annotations(body: Mapping[str, Any], lecteur: Lecteur) -> dict[str, Annotation]:
    """Return the annotations that may stand beside a finding."""
    return {node["id"]: lecteur.read(Annotation, node) for node in body.get("annotations") or ()}


def _delais(node: Any, lecteur: Lecteur) -> dict[str, Delai]:
    """Return the dates that one finding opens; each counts from an event or from one before it."""
    delais: dict[str, Delai] = {}
    for nom, item in node.items():
        lecteur.know_only("date", [*EVENEMENTS, *delais])
        delais[nom] = lecteur.read(Delai, item)
    return delais


def build_jugement(node: Any, lecteur: Lecteur) -> Jugement:
    """Return how this origin concludes; names of findings, criteria and labels are known to ``lecteur``."""
    mesures: dict[str, Mesure] = {}
    for nom, item in node["mesures"].items():
        lecteur.know_only("mesure", mesures)
        mesures[nom] = _mesure(nom, item, mesures, lecteur)
    lecteur.know_only("mesure", mesures)
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


def _mesure(nom: str, node: Any, earlier: Mapping[str, Mesure], lecteur: Lecteur) -> Mesure:
    facons = [facon for facon in _FACONS if node.get(facon)]
    if len(facons) != 1:
        message = f"la mesure « {nom} » se fait d’une façon et d’une seule : {', '.join(_FACONS)}"
        lecteur.refuse("mesure-ambigue", message, node, None, "n’en garder qu’une")
    if "somme" in node and "etiquette" in node:
        message = "une somme additionne des mesures, qui portent elles-mêmes leur étiquette"
        lecteur.refuse("mesure-ambigue", message, node, "etiquette", "la mettre sur les mesures additionnées")
    for index, term in enumerate(node.get("somme") or ()):
        term_of = earlier.get(term["mesure"])
        if term_of is not None and term_of.moyenne == "par_critere":
            message = f"« {term_of.id} » a une valeur par critère : elle ne s’additionne pas"
            lecteur.refuse("mesure-ambigue", message, node["somme"], index, "additionner une autre mesure")
    mesure = lecteur.read(Mesure, node, id=nom)
    added = [(earlier.get(term["mesure"]), term["mesure"], term) for term in node.get("somme") or ()]
    refuse_unmeasured(mesure, f"la somme « {nom} »", added, lecteur)
    return mesure


def _decision(node: Any, mesures: Mapping[str, Mesure], lecteur: Lecteur) -> Decision:
    si = tuple(_comparaison(item, mesures, lecteur) for item in node.get("si") or ())
    decision = lecteur.read(Decision, node, si=si)
    compared = [(mesures.get(item["mesure"]), item["mesure"], item) for item in node.get("si") or ()]
    refuse_unmeasured(decision, f"la décision « {decision.code} »", compared, lecteur)
    return decision


def _distinction(nom: str, node: Any, mesures: Mapping[str, Mesure], lecteur: Lecteur) -> Distinction:
    decisions = tuple(_decision(item, mesures, lecteur) for item in node["decisions"])
    refuse_incomplete(decisions, node["decisions"], lecteur, everywhere=False)
    distinction = lecteur.read(Distinction, node, id=nom, decisions=decisions)
    read = [mesures.get(condition.mesure) for decision in decisions for condition in decision.si]
    if distinction.par_critere and not any(m is None or m.moyenne == "par_critere" for m in read):
        message = f"« {nom} » se décide par critère sans lire de mesure par critère : chacun aurait la même"
        hint = "comparer une moyenne par critère, ou retirer « par_critere »"
        lecteur.refuse("mot-deplace", message, node, "par_critere", hint)
    return distinction


def _comparaison(node: Any, mesures: Mapping[str, Mesure], lecteur: Lecteur) -> Seuil:
    if not any(mot in node for mot in _COMPARAISONS):
        hint = f"ajouter {', '.join(_COMPARAISONS)}"
        lecteur.refuse("regle-vide", "une condition compare la mesure à un nombre", node, None, hint)
    comparaison = lecteur.read(Seuil, node)
    mesure = mesures.get(comparaison.mesure)
    if comparaison.critere is not None and mesure is not None and mesure.moyenne != "par_critere":
        message = f"la mesure « {mesure.id} » n’est pas une moyenne par critère"
        lecteur.refuse("mot-deplace", message, node, "critere", "retirer « critere »")
    return comparaison


def _refuse_contradictions(decisions: Iterable[Decision], nodes: Any, lecteur: Lecteur) -> None:
    """Decisions that share a code are one decision, reached by several ways."""
    verdicts: dict[str, bool | None] = {}
    for index, decision in enumerate(decisions):
        if verdicts.setdefault(decision.code, decision.delivrable) is not decision.delivrable:
            message = f"la décision « {decision.code} » est dite délivrable et non délivrable"
            lecteur.refuse("decision-contraire", message, nodes, index, "changer l’un des codes")
