"""The actors of a rules layer, what each of them does, and what an award gives: data to the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certif_rules.construction.candidature import appui, ressource, si
from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.acteurs import (
    Acteur,
    Attribution,
    Instances,
    Intervention,
    Publication,
    Remise,
    Rythme,
    Suite,
)


def build_instances(acteurs: Any, interventions: Any, lecteur: Lecteur) -> Instances:
    """Actors, then what they do: a matter whose actor nobody names says why. Problems go to ``lecteur``."""
    lecteur.declare("acteur", acteurs)
    lecteur.declare("intervention", interventions)
    return Instances(
        acteurs={node["id"]: _acteur(node, lecteur) for node in acteurs},
        interventions=tuple(_intervention(node, lecteur) for node in interventions),
    )


def _acteur(node: Any, lecteur: Lecteur) -> Acteur:
    return Acteur(
        id=node["id"],
        nom=node["nom"],
        candidat=node.get("candidat", False),
        rythmes=tuple(
            Rythme(texte=item["texte"], nature=item.get("nature", "regle"), **appui(item, lecteur))
            for item in node.get("rythmes") or ()
        ),
        **appui(node, lecteur),
    )


def _intervention(node: Any, lecteur: Lecteur) -> Intervention:
    acteur = node["acteur"]
    if acteur is not None:
        lecteur.cite("acteur", acteur, node, "acteur")
    if (acteur is None) != bool(node.get("inconnu")):
        message = f"l’intervention « {node['id']} » a un acteur, ou dit pourquoi on ne le connaît pas"
        lecteur.refuse("acteur-manquant", message, node, "acteur", "donner `acteur`, ou null et `inconnu`")
    return Intervention(
        id=node["id"],
        objet=node["objet"],
        role=node["role"],
        acteur=acteur,
        texte=node.get("texte"),
        si=si(node, lecteur),
        inconnu=node.get("inconnu"),
        **appui(node, lecteur),
    )


def build_attribution(node: Mapping[str, Any], lecteur: Lecteur) -> Attribution:
    """Outcomes, what an award gives, where it is published. Problems go to ``lecteur``.

    The dates of the cycle must be known to ``lecteur``: an outcome may name one.
    """
    for section, kind in (("suites", "issue"), ("remises", "remise"), ("publications", "publication")):
        lecteur.declare(kind, node.get(section) or ())
    return Attribution(
        suites=tuple(
            Suite(
                id=item["id"],
                titre=item["titre"],
                texte=item["texte"],
                motivee=item.get("motivee", False),
                date=lecteur.cite("date du cycle", item["date"], item, "date") if item.get("date") else None,
                **appui(item, lecteur),
            )
            for item in node.get("suites") or ()
        ),
        remises=tuple(
            Remise(
                id=item["id"],
                titre=item["titre"],
                texte=item.get("texte"),
                a_dater=item.get("a_dater", False),
                a_signer=item.get("a_signer", False),
                **appui(item, lecteur),
            )
            for item in node.get("remises") or ()
        ),
        publications=tuple(
            Publication(
                id=item["id"],
                titre=item["titre"],
                pages=tuple(ressource(page, lecteur) for page in item.get("pages") or ()),
                **appui(item, lecteur),
            )
            for item in node.get("publications") or ()
        ),
    )
