"""The self-assessment as a rules layer says it: levels, order of the list, mention."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.notation import Autodiagnostic, Cle, Enonce, Niveau, Notation, Repere


def build_autodiagnostic(node: Any, lecteur: Lecteur) -> Autodiagnostic:
    """What one referentiel says of the self-assessment; what it cites is known to ``lecteur``."""
    etendue = node.get("etendue")
    return Autodiagnostic(
        notation=_notation(node["notation"], lecteur) if node.get("notation") else None,
        etendue=etendue["choix"] if etendue else None,
        etendue_dite=_enonce(etendue, lecteur) if etendue else None,
        mention=_enonce(node["mention"], lecteur) if node.get("mention") else None,
        enonces=tuple(_enonce(item, lecteur) for item in node.get("enonces") or ()),
        reperes=tuple(
            Repere(
                lignes=lecteur.cite_lines(item, "lignes"),
                incoherences=lecteur.cite_all("incohérence", item, "incoherences"),
            )
            for item in node.get("reperes") or ()
        ),
    )


def _enonce(node: Any, lecteur: Lecteur) -> Enonce:
    return Enonce(
        texte=node["texte"],
        sources=lecteur.sources(node),
        citation=node.get("citation", False),
        confiance=node.get("confiance", "elevee"),
        lecture=node.get("lecture", False),
        incoherences=lecteur.cite_all("incohérence", node, "incoherences"),
    )


def _notation(node: Any, lecteur: Lecteur) -> Notation:
    niveaux = tuple(
        Niveau(valeur=item["valeur"], titre=item["titre"], sens=item.get("sens")) for item in node["niveaux"]
    )
    for index, (below, above) in enumerate(pairwise(niveaux), 1):
        if above.valeur <= below.valeur:
            message = f"le niveau « {above.titre} » ne vaut pas plus que celui d’avant"
            lecteur.refuse(
                "notation-incoherente",
                message,
                node["niveaux"],
                index,
                "écrire les niveaux du plus bas au plus haut",
            )
    if not niveaux[-1].valeur:
        message = "le niveau le plus haut ne vaut rien"
        lecteur.refuse("notation-incoherente", message, node["niveaux"], 0, "déclarer deux niveaux au moins")
    values = {niveau.valeur for niveau in niveaux}
    if node.get("amelioration_des") is not None:
        _threshold("amelioration_des", node, values, lecteur)
    return Notation(
        niveaux=niveaux,
        priorite=tuple(_cle(item, values, lecteur) for item in node["priorite"]),
        amelioration_des=node.get("amelioration_des"),
        texte=node["texte"],
        sources=lecteur.sources(node),
        confiance=node["confiance"],
        lecture=node.get("lecture", False),
    )


#: The keys that each word takes beside its text; all of them are needed.
_PROPRES = {"gravite": ("titre", "ecarts", "seuls", "sous"), "niveau": ("sans_reponse_avant",)}


def _cle(node: Any, values: set[int], lecteur: Lecteur) -> Cle:
    mot = node["mot"]
    for key in _PROPRES[mot]:
        if key not in node:
            lecteur.refuse(
                "notation-incoherente",
                f"la clé de priorité « {mot} » demande « {key} »",
                node,
                "mot",
                f"ajouter {key}",
            )
    for other, keys in _PROPRES.items():
        for key in keys if other != mot else ():
            if key in node:
                message = f"« {key} » n’a pas de sens pour la clé de priorité « {mot} »"
                lecteur.refuse("notation-incoherente", message, node, key, f"retirer {key}")
    for key in ("sous", "sans_reponse_avant"):
        if key in node:
            _threshold(key, node, values, lecteur)
    return Cle(
        mot=mot,
        texte=node["texte"],
        titre=node.get("titre"),
        ecarts=lecteur.cite_all("constat", node, "ecarts"),
        seuls=lecteur.cite_all("constat", node, "seuls"),
        sous=node.get("sous", 0),
        sans_reponse_avant=node.get("sans_reponse_avant", 0),
    )


def _threshold(key: str, node: Any, values: Iterable[int], lecteur: Lecteur) -> None:
    if node[key] not in values:
        declared = ", ".join(map(str, sorted(values)))
        lecteur.refuse(
            "notation-incoherente",
            f"« {key} » nomme un niveau qui n’est pas déclaré",
            node,
            key,
            f"niveaux : {declared}",
        )
