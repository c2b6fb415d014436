"""The application file of a rules layer: its sections to the model, every name cited checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.candidature import Candidature, Condition

#: The words of a condition.
_MOTS = frozenset(Condition.__struct_fields__)
#: The sections that declare names, and what those names are.
_NOMMES = {
    "etapes": "étape", "questions": "question", "voies": "voie", "pieces": "pièce", "volets": "dossier",
    "financements": "financement", "auditeurs": "auditeur", "lieux": "lieu", "points": "point",
}  # fmt: skip


def build_dossier(node: Mapping[str, Any], lecteur: Lecteur) -> Candidature:
    """Return what a label asks of those who apply. Problems are left in ``lecteur``."""
    for section, kind in _NOMMES.items():
        lecteur.declare(kind, node.get(section) or ())
    for section, check in _CHECKS.items():
        for item in node.get(section) or ():
            check(item, lecteur)
    return lecteur.read(Candidature, node)


def _check_question(node: Any, lecteur: Lecteur) -> None:
    """Check answers, known under « question=answer »: the same word may answer two questions."""
    choix = node.get("choix")
    if bool(choix) == bool(node.get("champ")):
        message = f"la question « {node['id']} » se répond par un choix ou par un champ, l’un des deux"
        lecteur.refuse("question-sans-reponse", message, node, "id", "donner `choix`, ou `champ`")
    lecteur.know("réponse", (f"{node['id']}={item['id']}" for item in choix or ()))


def _check_folder(node: Any, lecteur: Lecteur) -> None:
    if bool(node.get("pieces")) == bool(node.get("inconnu")):
        message = f"le dossier « {node['id']} » a des pièces, ou dit pourquoi on ne les connaît pas"
        lecteur.refuse("volet-vide", message, node, "id", "donner `pieces`, ou `inconnu`")


def _check_document(node: Any, lecteur: Lecteur) -> None:
    _refuse_words(node, lecteur, "pieces")
    if node.get("prise_en_charge"):
        _check_share(node["prise_en_charge"], lecteur)


def _check_funding(node: Any, lecteur: Lecteur) -> None:
    if bool(node.get("taux")) == bool(node.get("inconnu")):
        message = f"le financement « {node['id']} » a un taux, ou dit pourquoi on ne le connaît pas"
        lecteur.refuse("financement-sans-taux", message, node, "id", "donner `taux`, ou `inconnu`")
    if node.get("taux"):
        _check_share(node, lecteur)


def _check_place(node: Any, lecteur: Lecteur) -> None:
    modes = node["modes"]
    for phrase in node.get("phrases") or ():
        if phrase["mode"] not in modes:
            message = f"le mode « {phrase['mode']} » n’est pas déclaré"
            lecteur.refuse("mode-inconnu", message, phrase, "mode", f"modes : {', '.join(modes)}")


_CHECKS: Mapping[str, Callable[[Any, Lecteur], None]] = {
    "questions": _check_question,
    "voies": lambda node, lecteur: _refuse_words(node, lecteur, "voies", "pieces"),
    "volets": _check_folder,
    "pieces": _check_document,
    "financements": _check_funding,
    "lieux": _check_place,
}


def _check_share(node: Any, lecteur: Lecteur) -> None:
    """Refuse a share that is more than all of it."""
    if Fraction(node["taux"]) > 1:
        message = f"le taux {node['taux']} dépasse le tout"
        lecteur.refuse("taux-impossible", message, node, "taux", "écrire une fraction d’un : « 1/2 », « 1 »")


def _refuse_words(node: Any, lecteur: Lecteur, *mots: str) -> None:
    """Refuse, in the conditions of ``node``, words that would turn in circles."""
    for condition in _conditions(node.get("si") or ()):
        for mot in mots:
            if mot in condition:
                message = f"le mot « {mot} » n’a pas de sens dans cette règle"
                others = ", ".join(sorted(_MOTS - {*mots}))
                lecteur.refuse("mot-deplace", message, condition, mot, f"mots admis ici : {others}")


def _conditions(nodes: Any) -> Iterator[Any]:
    for node in nodes:
        yield node
        yield from _conditions([node["sauf"]] if node.get("sauf") else ())
