"""The samples of a ``vie``: how many sites, and what is said of samples of files."""

from __future__ import annotations

from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.echantillon import Echantillonnage


def build_echantillon(node: Any, lecteur: Lecteur) -> Echantillonnage:
    """The rules of sampling; audit types are known to ``lecteur``."""
    for item in node.get("sites") or ():
        if item.get("du") and item.get("au") and item["au"] < item["du"]:
            message = f"`au` ({item['au']}) vient avant `du` ({item['du']})"
            lecteur.refuse("periode-incoherente", message, item, "au")
    return lecteur.read(Echantillonnage, node)
