"""The ``vie`` of a rules layer: one builder per subject, over what the référentiel declares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from certif_rules.construction.bareme import build_duree
from certif_rules.construction.candidature import build_dossier
from certif_rules.construction.cycle import build_cycle
from certif_rules.construction.lecteur import Lecteur, read_sources
from certif_rules.construction.lignee import Emprunt
from certif_rules.errors import DataError
from certif_rules.model.acteurs import LIANT, Attribution, Instances
from certif_rules.model.echantillon import MethodeEchantillon
from certif_rules.model.notation import Autodiagnostic, Cle, Enonce, Niveau, Notation
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


# ---- self-assessment ------------------------------------------------------------------------------------


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


# ---- actors ---------------------------------------------------------------------------------------------

#: The words that only some roles have, and which.
_D_UN_ROLE: Mapping[str, tuple[str, ...]] = {
    "nature": ("donne_avis",),
    "sens": ("donne_avis", "decide"),
    "apres": ("decide", "notifie"),
}
#: What comes before each of these roles.
_AVANT: Mapping[str, str] = {"decide": "donne_avis", "notifie": "decide"}


def build_instances(acteurs: Any, interventions: Any, lecteur: Lecteur) -> Instances:
    """Return actors, then what they do: a matter whose actor nobody names says why.

    Problems go to ``lecteur``. The decisions of the judgement must be known to ``lecteur``: the words of an
    opinion may name them.
    """
    lecteur.declare("acteur", acteurs)
    lecteur.declare("intervention", interventions)
    deciding = [node for node in interventions if node["role"] == "decide"]
    lecteur.know_only("décision", (sens["id"] for node in deciding for sens in node.get("sens") or ()))
    if not all(node.get("sens") for node in deciding):  # decided in the words of the judgement
        lecteur.know("décision", lecteur.noms.get("décision des règles", ()))
    roles = {node["id"]: node["role"] for node in interventions}
    for node in interventions:
        if (node["acteur"] is None) != bool(node.get("inconnu")):
            message = f"l’intervention « {node['id']} » a un acteur, ou dit pourquoi on ne le connaît pas"
            hint = "donner `acteur`, ou null et `inconnu`"
            lecteur.refuse("acteur-manquant", message, node, "acteur", hint)
        _refuse_misplaced(node, roles, lecteur)
        _refuse_words(node, lecteur)
    return lecteur.read(Instances, {"acteurs": acteurs, "interventions": interventions})


def _refuse_misplaced(node: Any, roles: Mapping[str, str], lecteur: Lecteur) -> None:
    """Record the words that the role of an intervention does not have, and what cannot come before it."""
    role = node["role"]
    for mot, allowed in _D_UN_ROLE.items():
        if node.get(mot) and role not in allowed:
            message = f"l’intervention « {node['id']} » ({role}) n’a pas de « {mot} »"
            hint = f"le retirer, ou changer de rôle ({', '.join(allowed)})"
            lecteur.refuse("acte-deplace", message, node, mot, hint)
    for index, nom in enumerate(node.get("apres") or ()):
        if role in _AVANT and roles.get(nom, _AVANT[role]) != _AVANT[role]:
            message = f"« {nom} » ({roles[nom]}) n’est pas ce qui précède « {node['id']} » ({role})"
            hint = f"nommer une intervention « {_AVANT[role]} »"
            lecteur.refuse("acte-deplace", message, node["apres"], index, hint)


def _refuse_words(node: Any, lecteur: Lecteur) -> None:
    """Record words written twice, those that bind nobody, and decisions that would follow a decision."""
    words = node.get("sens") or ()
    lecteur.know_only("sens", ())
    lecteur.declare("sens", words)
    for word in words:
        if node["role"] == "decide" and word.get("decisions"):
            message = f"« {word['id']} » est une décision : aucune décision ne la suit"
            lecteur.refuse("acte-deplace", message, word, "decisions", "le retirer")
        if node.get("nature") == LIANT and not word.get("decisions"):
            message = f"avis conforme : « {word['id']} » ne dit pas quelles décisions il permet"
            hint = "ajouter `decisions`, ou changer `nature`"
            lecteur.refuse("avis-sans-decision", message, word, "id", hint)
