"""The header of a layer, from ``couche.yaml``."""

from __future__ import annotations

from typing import Any

from certif_rules.build.lecteur import Lecteur, where
from certif_rules.model import Couche, Reconnaissance, Revision


def build_couche(node: Any, lecteur: Lecteur) -> Couche:
    """The header; sources it cites must be known to ``lecteur`` already."""
    recognised = node.get("reconnaissance")
    return Couche(
        referentiel=node["referentiel"],
        nature=node["nature"],
        id=node["id"],
        titre=node["titre"],
        nom=node.get("nom"),
        admis_du=node.get("admis_du") or node["du"],
        du=node["du"],
        au=node.get("au"),
        pour=tuple(node.get("pour") or ()),
        lue=node.get("lue", True),
        base=node.get("base"),
        confiance=node["confiance"],
        note=node.get("note"),
        reconnaissance=Reconnaissance(
            du=recognised["du"],
            au=recognised["au"],
            par=recognised["par"],
            sources=lecteur.sources(recognised),
        )
        if recognised
        else None,
        lacunes=lecteur.lacunes(node),
        sources=lecteur.sources(node),
        revisions=tuple(
            Revision(numero=r["numero"], date=r["date"], raison=r["raison"], empreinte=r["empreinte"])
            for r in node["revisions"]
        ),
        emplacement=where(node),
    )
