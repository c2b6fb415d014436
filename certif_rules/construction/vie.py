"""The ``vie`` of a rules layer: one builder per subject, over what the référentiel declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certif_rules.construction.bareme import build_duree
from certif_rules.construction.candidature import build_dossier
from certif_rules.construction.cycle import build_cycle
from certif_rules.construction.instances import build_instances
from certif_rules.construction.lecteur import Lecteur, read_sources
from certif_rules.construction.lignee import Emprunt
from certif_rules.construction.notation import build_autodiagnostic
from certif_rules.errors import DataError
from certif_rules.model.acteurs import Attribution
from certif_rules.model.echantillon import MethodeEchantillon
from certif_rules.model.referentiel import Referentiel
from certif_rules.model.vie import Incoherence, Presentation, Vie


def build_life(
    origine: str, body: Mapping[str, Any], referentiel: Referentiel, below: tuple[Vie, ...],
    emprunt: Emprunt | None = None,
) -> Vie:  # fmt: skip
    """Return what ``origine`` says around the audit.

    Args:
        origine: the référentiel of the stack whose rules layer holds ``body``.
        body: sections of all the files of its folder ``vie``.
        referentiel: the whole stack resolved: categories, facts, audit types and sources may be cited.
        below: the same, of the référentiels it rests on, base first.
        emprunt: the earlier edition that the layer is written for, where it is taken from one.

    Raises:
        DataError: names that nothing declares, rules that contradict one another; every problem is listed.
    """
    lecteur = _lecteur(origine, referentiel)
    if emprunt is not None:
        lecteur.reprises, lecteur.retires = emprunt.edition, emprunt.retires
    known = {**referentiel.sources, **{key: source for vie in below for key, source in vie.sources.items()}}
    lecteur.know("source", known)
    sources = {**known, **read_sources(lecteur, body, known)}
    incoherences = build_incoherences(body.get("incoherences") or (), lecteur)
    lecteur.know("incohérence", incoherences)
    jugement = referentiel.jugements.get(origine)
    lecteur.know("décision des règles", (d.code for d in jugement.decisions) if jugement else ())
    # Its events may be the days of acts, which are declared after it.
    lecteur.know_only("intervention", (node["id"] for node in body.get("interventions") or ()))
    cycle = build_cycle(body["cycle"], lecteur) if body.get("cycle") else None
    lecteur.know_only("intervention", ())
    lecteur.know_only("date du cycle", cycle.dates if cycle else ())
    vie = Vie(
        origine=origine,
        sources=sources,
        incoherences=incoherences,
        duree=build_duree(body["duree"], lecteur) if "duree" in body else None,
        echantillon=build_echantillon(body["echantillon"], lecteur) if "echantillon" in body else None,
        dossier=build_dossier(body["dossier"], lecteur) if "dossier" in body else None,
        instances=build_instances(body.get("acteurs") or (), body.get("interventions") or (), lecteur),
        attribution=build_attribution(body["attribution"], lecteur) if "attribution" in body else None,
        autodiagnostic=build_autodiagnostic(body["autodiagnostic"], lecteur)
        if body.get("autodiagnostic")
        else None,
        cycle=cycle,
        presentation=lecteur.read_all(Presentation, body, "presentation"),
    )
    if lecteur.issues:
        raise DataError(lecteur.issues)
    return vie


def build_attribution(node: Mapping[str, Any], lecteur: Lecteur) -> Attribution:
    """Return outcomes, what an award gives, where it is published; problems go to ``lecteur``.

    The dates of the cycle must be known to ``lecteur``: an outcome may name one.
    """
    for section, kind in (("suites", "issue"), ("remises", "remise"), ("publications", "publication")):
        lecteur.declare(kind, node.get(section) or ())
    return lecteur.read(Attribution, node)


def build_echantillon(node: Any, lecteur: Lecteur) -> MethodeEchantillon:
    """Return the rules of sampling; audit types are known to ``lecteur``."""
    for item in node.get("sites") or ():
        if item.get("du") and item.get("au") and item["au"] < item["du"]:
            message = f"`au` ({item['au']}) vient avant `du` ({item['du']})"
            lecteur.refuse("periode-incoherente", message, item, "au")
        _refuse_ambiguous(item, lecteur)
    return lecteur.read(MethodeEchantillon, node)


def _refuse_ambiguous(node: Any, lecteur: Lecteur) -> None:
    """Record sites that are said in several ways, in none, or without their words."""
    ways = [way for way in ("coefficient", "tous", "ceux") if node.get(way)]
    ways += ["coefficient"] if "coefficient" in node and not node["coefficient"] else []
    if len(ways) != 1:
        message = "les sites vus se disent d’une façon et d’une seule : coefficient, tous ou ceux"
        lecteur.refuse("sites-ambigus", message, node, None, "n’en garder qu’une")
    elif ("ceux" in node) != ("texte" in node):
        message = "« ceux » et « texte » vont ensemble : les sites vus, et comment cela se lit"
        lecteur.refuse("sites-ambigus", message, node, ways[0], "donner les deux")
    for item in node.get("ceux") or ():
        if bool(item.get("ajoutes")) == bool(item.get("etiquette")):
            message = "une désignation nomme les sites ajoutés, ou une étiquette"
            lecteur.refuse("sites-ambigus", message, item, None, "garder « ajoutes: true », ou « etiquette »")


def build_incoherences(nodes: Any, lecteur: Lecteur) -> dict[str, Incoherence]:
    """Return the contradictions and silences of the sources, by id."""
    lecteur.declare("incohérence", nodes)
    for node in nodes:
        if not node.get("lecture") and not node.get("question"):
            hint = "ajouter « lecture », ce que l’on en retient, ou « question », ce qui reste à demander"
            message = f"l’incohérence « {node['id']} » n’a ni lecture ni question"
            lecteur.refuse("incoherence-muette", message, node, "id", hint)
    return {node["id"]: lecteur.read(Incoherence, node) for node in nodes}


def _lecteur(origine: str, referentiel: Referentiel) -> Lecteur:
    lecteur = Lecteur(origine=origine)
    lecteur.know_referentiel(referentiel)
    # A layer may serve several editions, and name lines that this one has not.
    lecteur.lignes_libres = True
    return lecteur
