"""The actors of a rules layer, what each of them does, and what an award gives: data to the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.acteurs import Attribution, Instances


def build_instances(acteurs: Any, interventions: Any, lecteur: Lecteur) -> Instances:
    """Actors, then what they do: a matter whose actor nobody names says why. Problems go to ``lecteur``."""
    lecteur.declare("acteur", acteurs)
    lecteur.declare("intervention", interventions)
    for node in interventions:
        if (node["acteur"] is None) != bool(node.get("inconnu")):
            message = f"l’intervention « {node['id']} » a un acteur, ou dit pourquoi on ne le connaît pas"
            hint = "donner `acteur`, ou null et `inconnu`"
            lecteur.refuse("acteur-manquant", message, node, "acteur", hint)
    return lecteur.read(Instances, {"acteurs": acteurs, "interventions": interventions})


def build_attribution(node: Mapping[str, Any], lecteur: Lecteur) -> Attribution:
    """Outcomes, what an award gives, where it is published. Problems go to ``lecteur``.

    The dates of the cycle must be known to ``lecteur``: an outcome may name one.
    """
    for section, kind in (("suites", "issue"), ("remises", "remise"), ("publications", "publication")):
        lecteur.declare(kind, node.get(section) or ())
    return lecteur.read(Attribution, node)
