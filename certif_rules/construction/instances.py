"""The actors of a rules layer and what they do: opinions, decisions, notifications and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.acteurs import LIANT, Instances

#: The words that only some roles have, and which.
_D_UN_ROLE: Mapping[str, tuple[str, ...]] = {
    "nature": ("donne_avis",),
    "sens": ("donne_avis", "decide"),
    "apres": ("decide", "notifie"),
}
#: What comes before each of these roles.
_AVANT: Mapping[str, str] = {"decide": "donne_avis", "notifie": "decide"}


def build_instances(acteurs: Any, interventions: Any, lecteur: Lecteur) -> Instances:
    """Return actors, then what they do: a matter whose actor nobody names says why.

    Problems go to ``lecteur``. The decisions of the judgement must be known to ``lecteur``: the words of an
    opinion may name them.
    """
    lecteur.declare("acteur", acteurs)
    lecteur.declare("intervention", interventions)
    deciding = [node for node in interventions if node["role"] == "decide"]
    lecteur.know_only("décision", (sens["id"] for node in deciding for sens in node.get("sens") or ()))
    if not all(node.get("sens") for node in deciding):  # decided in the words of the judgement
        lecteur.know("décision", lecteur.noms.get("décision des règles", ()))
    roles = {node["id"]: node["role"] for node in interventions}
    for node in interventions:
        if (node["acteur"] is None) != bool(node.get("inconnu")):
            message = f"l’intervention « {node['id']} » a un acteur, ou dit pourquoi on ne le connaît pas"
            hint = "donner `acteur`, ou null et `inconnu`"
            lecteur.refuse("acteur-manquant", message, node, "acteur", hint)
        _refuse_misplaced(node, roles, lecteur)
        _refuse_words(node, lecteur)
    return lecteur.read(Instances, {"acteurs": acteurs, "interventions": interventions})


def _refuse_misplaced(node: Any, roles: Mapping[str, str], lecteur: Lecteur) -> None:
    """Record the words that the role of an intervention does not have, and what cannot come before it."""
    role = node["role"]
    for mot, allowed in _D_UN_ROLE.items():
        if node.get(mot) and role not in allowed:
            message = f"l’intervention « {node['id']} » ({role}) n’a pas de « {mot} »"
            hint = f"le retirer, ou changer de rôle ({', '.join(allowed)})"
            lecteur.refuse("acte-deplace", message, node, mot, hint)
    for index, nom in enumerate(node.get("apres") or ()):
        if role in _AVANT and roles.get(nom, _AVANT[role]) != _AVANT[role]:
            message = f"« {nom} » ({roles[nom]}) n’est pas ce qui précède « {node['id']} » ({role})"
            hint = f"nommer une intervention « {_AVANT[role]} »"
            lecteur.refuse("acte-deplace", message, node["apres"], index, hint)


def _refuse_words(node: Any, lecteur: Lecteur) -> None:
    """Record words written twice, those that bind nobody, and decisions that would follow a decision."""
    words = node.get("sens") or ()
    lecteur.know_only("sens", ())
    lecteur.declare("sens", words)
    for word in words:
        if node["role"] == "decide" and word.get("decisions"):
            message = f"« {word['id']} » est une décision : aucune décision ne la suit"
            lecteur.refuse("acte-deplace", message, word, "decisions", "le retirer")
        if node.get("nature") == LIANT and not word.get("decisions"):
            message = f"avis conforme : « {word['id']} » ne dit pas quelles décisions il permet"
            hint = "ajouter `decisions`, ou changer `nature`"
            lecteur.refuse("avis-sans-decision", message, word, "id", hint)
