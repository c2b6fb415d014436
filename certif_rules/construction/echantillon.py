"""The samples of a ``vie``: how many sites, and what is said of samples of files."""

from __future__ import annotations

from typing import Any

from certif_rules.construction.lecteur import Lecteur, where
from certif_rules.model.echantillon import Echantillon, RegleSites


def build_echantillon(node: Any, lecteur: Lecteur) -> Echantillon:
    """The rules of sampling; audit types are known to ``lecteur``."""
    for item in node.get("sites") or ():
        if item.get("du") and item.get("au") and item["au"] < item["du"]:
            message = f"`au` ({item['au']}) vient avant `du` ({item['du']})"
            lecteur.refuse("periode-incoherente", message, item, "au")
    return Echantillon(
        sites=tuple(
            RegleSites(
                types=lecteur.cite_all("audit précédent", item, "types"),
                coefficient=_exact(item["coefficient"]),
                arrondi=item.get("arrondi", "au_plus_proche"),
                sources=lecteur.sources(item),
                non_vus=item.get("non_vus", 0),
                en_plus=item.get("en_plus"),
                du=item.get("du"),
                au=item.get("au"),
                confiance=item.get("confiance", "elevee"),
                lecture=item.get("lecture", False),
                emplacement=where(item),
            )
            for item in node.get("sites") or ()
        ),
        remarques=lecteur.textes(node, "remarques"),
        dossiers=lecteur.textes(node, "dossiers"),
    )


def _exact(value: Any) -> str | None:
    return None if value is None else str(value)
