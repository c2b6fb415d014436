"""The cycle of a rules layer: events, dates and meetings, each name cited only where it is known."""

from __future__ import annotations

from typing import Any

from certif_rules.construction.lecteur import Lecteur, where
from certif_rules.model.cycle import (
    Ancre,
    Borne,
    Cycle,
    DateCycle,
    Ecart,
    Evenement,
    Prochaine,
    RegleDate,
    Seances,
    TousLes,
)
from certif_rules.rules.delais import YEAR

_FORMES = ("au_plus_tard", "a_partir_du", "prochaine", "fenetre", "tous_les", "sans_objet")
#: Forms that give one day, from which other dates may be counted.
_UN_JOUR = frozenset({"au_plus_tard", "a_partir_du", "prochaine", "sans_objet"})
_EVENT, _DATE = "événement", "date du cycle"


def build_cycle(node: Any, lecteur: Lecteur) -> Cycle:
    """The cycle that ``node`` declares; sources and contradictions are known to ``lecteur``."""
    evenements = _evenements(node["evenements"], lecteur)
    lecteur.know_only(_DATE, evenements)
    dates: dict[str, DateCycle] = {}
    for item in node["dates"]:
        built = _date(item, lecteur)
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
    return Cycle(
        evenements=evenements,
        dates=dates,
        seances=_seances(seances, dates, lecteur) if seances else None,
    )


def _evenements(nodes: Any, lecteur: Lecteur) -> dict[str, Evenement]:
    """The events; each names only those before it, so that their order cannot turn in a circle."""
    lecteur.know_only(_EVENT, ())
    found: dict[str, Evenement] = {}
    for node in nodes:
        if node["id"] in found:
            message = f"événement « {node['id']} » : nom déclaré deux fois"
            lecteur.refuse("identifiant-en-double", message, node, "id", "choisir un autre nom")
        found[node["id"]] = Evenement(
            id=node["id"],
            titre=node["titre"],
            pas_avant=lecteur.cite_all(_EVENT, node, "pas_avant"),
            exclut=lecteur.cite_all(_EVENT, node, "exclut"),
            sources=lecteur.sources(node),
            incoherences=lecteur.cite_all("incohérence", node, "incoherences"),
        )
        lecteur.know(_EVENT, [node["id"]])
    return found


def _date(node: Any, lecteur: Lecteur) -> DateCycle:
    after = node.get("pas_apres")
    return DateCycle(
        id=node["id"],
        titre=node["titre"],
        regles=tuple(_regle(item, lecteur) for item in node["regles"]),
        fait_par=lecteur.cite_all(_EVENT, node, "fait_par"),
        pas_apres=lecteur.cite(_DATE, after, node, "pas_apres") if after else None,
    )


def _regle(node: Any, lecteur: Lecteur) -> RegleDate:
    formes = [forme for forme in _FORMES if node.get(forme)]
    if len(formes) != 1:
        message = f"une date a une forme et une seule : {', '.join(_FORMES)}"
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
    return RegleDate(
        texte=node["texte"],
        sources=lecteur.sources(node),
        avec=lecteur.cite_all(_EVENT, node, "avec"),
        sans=lecteur.cite_all(_EVENT, node, "sans"),
        si=_bornes(node.get("si") or {}, lecteur),
        au_plus_tard=_ecart(node, "au_plus_tard", lecteur),
        a_partir_du=_ecart(node, "a_partir_du", lecteur),
        prochaine=_prochaine(node.get("prochaine"), lecteur),
        fenetre=tuple(_ancre(item, lecteur) for item in node.get("fenetre") or ()),
        tous_les=_tous_les(node.get("tous_les"), lecteur),
        sans_objet=node.get("sans_objet", False),
        ouvre=node.get("ouvre"),
        report=report,
        visee=node.get("visee", False),
        certitude=node.get("certitude"),
        confiance=node.get("confiance", "elevee"),
        lecture=node.get("lecture", False),
        incoherences=lecteur.cite_all("incohérence", node, "incoherences"),
        emplacement=where(node),
    )


def _bornes(node: Any, lecteur: Lecteur) -> dict[str, Borne]:
    return {
        lecteur.cite(_EVENT, nom, node, nom): Borne(avant=item.get("avant"), depuis=item.get("depuis"))
        for nom, item in node.items()
    }


def _start(node: Any, lecteur: Lecteur, key: str = "de") -> str:
    """An event, or a date written before that is a single day."""
    return lecteur.cite(_DATE, node[key], node, key)


def _ecart(node: Any, key: str, lecteur: Lecteur) -> Ecart | None:
    item = node.get(key)
    if not item:
        return None
    return Ecart(de=_start(item, lecteur), mois=item.get("mois", 0), jours=item.get("jours", 0))


def _prochaine(node: Any, lecteur: Lecteur) -> Prochaine | None:
    if not node:
        return None
    return Prochaine(
        de=_start(node, lecteur), rythme_jours=node["rythme_jours"], apres=_start(node, lecteur, "apres")
    )


def _tous_les(node: Any, lecteur: Lecteur) -> TousLes | None:
    if not node:
        return None
    return TousLes(de=_start(node, lecteur), mois=node["mois"], jusqu_a=_start(node, lecteur, "jusqu_a"))


def _ancre(node: Any, lecteur: Lecteur) -> Ancre:
    if ("mois" in node) == ("jours" in node):
        message = "une ancre compte en mois ou en jours"
        lecteur.refuse("date-mal-formee", message, node, None, "écrire `mois: [14, 22]`, par exemple")
    return Ancre(
        de=_start(node, lecteur),
        mois=_interval(node, "mois", lecteur),
        jours=_interval(node, "jours", lecteur),
        sources=lecteur.sources(node),
        confiance=node.get("confiance", "elevee"),
    )


def _interval(node: Any, key: str, lecteur: Lecteur) -> tuple[int, int]:
    values = node.get(key)
    if values is None:
        return (0, 0)
    if len(values) != 2 or values[0] > values[1]:
        message = "un intervalle est fait d’un début et d’une fin, dans l’ordre"
        lecteur.refuse("date-mal-formee", message, node, key, "écrire deux entiers, le plus petit d’abord")
        return (0, 0)
    return (values[0], values[1])


def _seances(node: Any, dates: dict[str, DateCycle], lecteur: Lecteur) -> Seances:
    period = node.get("periode_mois")
    if period is not None and YEAR % period:
        message = f"une période de {period} mois ne divise pas l’année"
        lecteur.refuse(
            "date-mal-formee", message, node, "periode_mois", "écrire un diviseur de l’année en mois"
        )
    evenement, limite = node["evenement"], lecteur.cite(_DATE, node["limite"], node, "limite")
    declared = dates.get(limite)
    if declared and any(r.au_plus_tard is None or r.au_plus_tard.de != evenement for r in declared.regles):
        message = f"« {limite} » ne se compte pas de « {evenement} »"
        lecteur.refuse("date-mal-formee", message, node, "limite", "nommer une limite comptée de la séance")
    return Seances(
        evenement=lecteur.cite(_EVENT, evenement, node, "evenement"),
        titre=node["titre"],
        attend=lecteur.cite(_EVENT, node["attend"], node, "attend"),
        limite=limite,
        plancher=lecteur.cite_all(_DATE, node, "plancher"),
        periode_mois=period,
        texte=node["texte"],
        sources=lecteur.sources(node),
        confiance=node.get("confiance", "elevee"),
        lecture=node.get("lecture", False),
        incoherences=lecteur.cite_all("incohérence", node, "incoherences"),
    )
