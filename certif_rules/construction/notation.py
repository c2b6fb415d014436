"""The self-assessment as a rules layer says it: levels, order of the list, mention."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.notation import Autodiagnostic, Cle, Enonce, Niveau, Notation


def build_autodiagnostic(node: Any, lecteur: Lecteur) -> Autodiagnostic:
    """Return what one referentiel says of the self-assessment; what it cites is known to ``lecteur``."""
    etendue = node.get("etendue")
    return lecteur.read(
        Autodiagnostic,
        node,
        notation=_notation(node["notation"], lecteur) if node.get("notation") else None,
        etendue=etendue["choix"] if etendue else None,
        etendue_dite=lecteur.read(Enonce, etendue) if etendue else None,
    )


def _notation(node: Any, lecteur: Lecteur) -> Notation:
    niveaux = lecteur.read_all(Niveau, node, "niveaux")
    for index, (below, above) in enumerate(pairwise(niveaux), 1):
        if above.valeur <= below.valeur:
            message = f"le niveau « {above.titre} » ne vaut pas plus que celui d’avant"
            hint = "écrire les niveaux du plus bas au plus haut"
            lecteur.refuse("notation-incoherente", message, node["niveaux"], index, hint)
    if not niveaux[-1].valeur:
        message = "le niveau le plus haut ne vaut rien"
        lecteur.refuse("notation-incoherente", message, node["niveaux"], 0, "déclarer deux niveaux au moins")
    values = {niveau.valeur for niveau in niveaux}
    if node.get("amelioration_des") is not None:
        _threshold("amelioration_des", node, values, lecteur)
    priorite = tuple(_cle(item, values, lecteur) for item in node["priorite"])
    return lecteur.read(Notation, node, niveaux=niveaux, priorite=priorite)


#: The keys that each word takes beside its text; all of them are needed.
_PROPRES = {"gravite": ("titre", "ecarts", "seuls", "sous"), "niveau": ("sans_reponse_avant",)}


def _cle(node: Any, values: set[int], lecteur: Lecteur) -> Cle:
    mot = node["mot"]
    for key in _PROPRES[mot]:
        if key not in node:
            message = f"la clé de priorité « {mot} » demande « {key} »"
            lecteur.refuse("notation-incoherente", message, node, "mot", f"ajouter {key}")
    for other, keys in _PROPRES.items():
        for key in keys if other != mot else ():
            if key in node:
                message = f"« {key} » n’a pas de sens pour la clé de priorité « {mot} »"
                lecteur.refuse("notation-incoherente", message, node, key, f"retirer {key}")
    for key in ("sous", "sans_reponse_avant"):
        if key in node:
            _threshold(key, node, values, lecteur)
    return lecteur.read(Cle, node)


def _threshold(key: str, node: Any, values: Iterable[int], lecteur: Lecteur) -> None:
    if node[key] not in values:
        declared = ", ".join(map(str, sorted(values)))
        message = f"« {key} » nomme un niveau qui n’est pas déclaré"
        lecteur.refuse("notation-incoherente", message, node, key, f"niveaux : {declared}")
