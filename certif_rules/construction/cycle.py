"""The cycle of a rules layer: events, dates and meetings, each name cited only where it is known."""

from __future__ import annotations

from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.cycle import FORMES, Cycle, DateCycle, Evenement, RegleDate, RegleSeance
from certif_rules.rules.delais import YEAR

#: Forms that give one day, from which other dates may be counted.
_UN_JOUR = frozenset({"au_plus_tard", "a_partir_du", "prochaine", "sans_objet"})
_EVENT, _DATE = "événement", "date du cycle"


def build_cycle(node: Any, lecteur: Lecteur) -> Cycle:
    """Return the cycle that ``node`` declares; sources and contradictions are known to ``lecteur``."""
    evenements = _evenements(node["evenements"], lecteur)
    lecteur.know_only(_DATE, evenements)
    dates: dict[str, DateCycle] = {}
    for item in node["dates"]:
        regles = tuple(_regle(regle, lecteur) for regle in item["regles"])
        built = lecteur.read(DateCycle, item, regles=regles)
        if built.id in dates:
            message = f"date du cycle « {built.id} » : nom déclaré deux fois"
            lecteur.refuse("identifiant-en-double", message, item, "id", "choisir un autre nom")
        dates[built.id] = built
        if all(regle.forme in _UN_JOUR for regle in built.regles):
            lecteur.know(_DATE, [built.id])
        elif built.id in evenements:
            message = f"« {built.id} » est un événement : un jour ne remplace pas plusieurs jours"
            lecteur.refuse("date-mal-formee", message, item, "id", "choisir un autre nom")
    seances = node.get("seances")
    return lecteur.read(
        Cycle,
        node,
        evenements=evenements,
        dates=dates,
        seances=_seances(seances, dates, lecteur) if seances else None,
    )


def _evenements(nodes: Any, lecteur: Lecteur) -> dict[str, Evenement]:
    """Return the events; each names only those before it, so that their order cannot turn in a circle."""
    lecteur.know_only(_EVENT, ())
    evenements: dict[str, Evenement] = {}
    for node in nodes:
        if node["id"] in evenements:
            message = f"événement « {node['id']} » : nom déclaré deux fois"
            lecteur.refuse("identifiant-en-double", message, node, "id", "choisir un autre nom")
        evenements[node["id"]] = lecteur.read(Evenement, node)
        lecteur.know(_EVENT, [node["id"]])
    return evenements


def _regle(node: Any, lecteur: Lecteur) -> RegleDate:
    formes = [forme for forme in FORMES if node.get(forme)]
    if len(formes) != 1:
        message = f"une date a une forme et une seule : {', '.join(FORMES)}"
        lecteur.refuse("date-mal-formee", message, node, None, "n’en garder qu’une")
    report = node.get("report") == "permis"
    if report and node.get("ouvre") != "apres":
        message = "seule une limite qui ouvre après elle peut être reportée"
        lecteur.refuse(
            "date-mal-formee", message, node, "report", "écrire `ouvre: apres`, ou retirer `report`"
        )
    if node.get("ouvre") and "au_plus_tard" not in node:
        message = "le jour ouvré se cherche d’une limite"
        lecteur.refuse("date-mal-formee", message, node, "ouvre", "le retirer, ou écrire `au_plus_tard`")
    for ancre in node.get("fenetre") or ():
        _check_anchor(ancre, lecteur)
    return lecteur.read(RegleDate, node, report=report)


def _check_anchor(node: Any, lecteur: Lecteur) -> None:
    if ("mois" in node) == ("jours" in node):
        message = "une ancre compte en mois ou en jours"
        lecteur.refuse("date-mal-formee", message, node, None, "écrire `mois: [14, 22]`, par exemple")
    for key in ("mois", "jours"):
        values = node.get(key)
        if values is not None and (len(values) != 2 or values[0] > values[1]):
            message = "un intervalle est fait d’un début et d’une fin, dans l’ordre"
            hint = "écrire deux entiers, le plus petit d’abord"
            lecteur.refuse("date-mal-formee", message, node, key, hint)


def _seances(node: Any, dates: dict[str, DateCycle], lecteur: Lecteur) -> RegleSeance:
    period = node.get("periode_mois")
    if period is not None and YEAR % period:
        message = f"une période de {period} mois ne divise pas l’année"
        lecteur.refuse(
            "date-mal-formee", message, node, "periode_mois", "écrire un diviseur de l’année en mois"
        )
    evenement, limite = node["evenement"], node["limite"]
    declared = dates.get(limite)
    if declared and any(r.au_plus_tard is None or r.au_plus_tard.de != evenement for r in declared.regles):
        message = f"« {limite} » ne se compte pas de « {evenement} »"
        lecteur.refuse("date-mal-formee", message, node, "limite", "nommer une limite comptée de la séance")
    return lecteur.read(RegleSeance, node)
