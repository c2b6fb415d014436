"""The application file of a rules layer: its sections to the model, every name cited checked."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from certif_rules.construction.lecteur import Lecteur, where
from certif_rules.model.candidature import (
    Auditeur,
    Candidature,
    Choix,
    Condition,
    ConditionFinancement,
    DevisAttendus,
    Etape,
    Financement,
    Forme,
    Lieu,
    Mention,
    Phrase,
    Piece,
    Point,
    PriseEnCharge,
    Question,
    Ressource,
    Si,
    Voie,
    Volet,
)

#: The sections that declare names other rules cite, and what those names are.
_NOMMES = {"etapes": "étape", "questions": "question", "voies": "voie", "pieces": "pièce"}
_AUTRES = {
    "volets": "dossier", "financements": "financement", "auditeurs": "auditeur", "lieux": "lieu",
    "points": "point",
}  # fmt: skip


def build_dossier(node: Mapping[str, Any], lecteur: Lecteur) -> Candidature:
    """What a label asks of those who apply. Problems are left in ``lecteur``."""
    for section, kind in {**_NOMMES, **_AUTRES}.items():
        lecteur.declare(kind, node.get(section) or ())
    _declare_answers(node, lecteur)
    return Candidature(
        etapes={n["id"]: _etape(n, lecteur) for n in node.get("etapes") or ()},
        questions={n["id"]: _question(n, lecteur) for n in node.get("questions") or ()},
        voies={
            n["id"]: Voie(
                id=n["id"],
                titre=n["titre"],
                si=si(n, lecteur, sans=("voies", "pieces")),
                **appui(n, lecteur),
            )
            for n in node.get("voies") or ()
        },
        volets={n["id"]: _volet(n, lecteur) for n in node.get("volets") or ()},
        pieces={n["id"]: _piece(n, lecteur) for n in node.get("pieces") or ()},
        financements={n["id"]: _financement(n, lecteur) for n in node.get("financements") or ()},
        auditeurs={
            n["id"]: Auditeur(
                id=n["id"],
                nom=n["nom"],
                fiche=ressource(n["fiche"], lecteur) if n.get("fiche") else None,
                **appui(n, lecteur),
            )
            for n in node.get("auditeurs") or ()
        },
        lieux={n["id"]: _lieu(n, lecteur) for n in node.get("lieux") or ()},
        points={
            n["id"]: Point(id=n["id"], question=n["question"], si=si(n, lecteur), **appui(n, lecteur))
            for n in node.get("points") or ()
        },
    )


def appui(node: Any, lecteur: Lecteur) -> dict[str, Any]:
    """What the rule ``node`` rests on, as the fields of an ``Appui``."""
    return {
        "sources": lecteur.sources(node),
        "confiance": node.get("confiance", "elevee"),
        "lecture": node.get("lecture", False),
        "incoherences": lecteur.cite_all("incohérence", node, "incoherences"),
        "emplacement": where(node),
    }


def si(node: Any, lecteur: Lecteur, *, sans: tuple[str, ...] = ()) -> Si:
    """The conditions at ``node["si"]``; none when it is absent. Words of ``sans`` would turn in circles."""
    return tuple(_condition(item, lecteur, sans) for item in node.get("si") or ())


def ressource(node: Any, lecteur: Lecteur) -> Ressource:
    """A public page."""
    return Ressource(titre=node["titre"], adresse=node.get("adresse"), **appui(node, lecteur))


def _declare_answers(node: Mapping[str, Any], lecteur: Lecteur) -> None:
    """Answers are known under « question=answer »: the same word may answer two questions."""
    for question in node.get("questions") or ():
        choix = question.get("choix")
        if bool(choix) == bool(question.get("champ")):
            message = (
                f"la question « {question['id']} » se répond par un choix ou par un champ, l’un des deux"
            )
            lecteur.refuse("question-sans-reponse", message, question, "id", "donner `choix`, ou `champ`")
        ids = [item["id"] for item in choix or ()]
        lecteur.know("réponse", (f"{question['id']}={i}" for i in ids))


def _condition(node: Any, lecteur: Lecteur, sans: tuple[str, ...] = ()) -> Condition:
    for mot in sans:
        if mot in node:
            hint = "écrire la condition sans lui"
            lecteur.refuse(
                "mot-deplace", f"le mot « {mot} » n’a pas de sens dans cette règle", node, mot, hint
            )
    reponses = node.get("reponses") or {}
    for question, choix in reponses.items():
        if lecteur.cite("question", question, reponses, question) in lecteur.noms.get("question", ()):
            for index, reponse in enumerate(choix):
                lecteur.cite("réponse", f"{question}={reponse}", choix, index)
    types = node.get("types") or ()
    for index, code in enumerate(types):
        lecteur.cite("type d’audit", lecteur.qualify(code), types, index)
    return Condition(
        types=tuple(types),
        precedents=lecteur.cite_all("audit précédent", node, "precedents"),
        voies=lecteur.cite_all("voie", node, "voies"),
        reponses={question: tuple(choix) for question, choix in reponses.items()},
        pieces=lecteur.cite_all("pièce", node, "pieces"),
        categories=lecteur.cite_all("catégorie", node, "categories"),
        sauf=_condition(node["sauf"], lecteur, sans) if node.get("sauf") else None,
        inconnu=node.get("inconnu"),
    )


def _etape(node: Any, lecteur: Lecteur) -> Etape:
    return Etape(
        id=node["id"],
        titre=node["titre"],
        autre_titre=node.get("autre_titre"),
        facultative=node.get("facultative", False),
        taches=lecteur.textes(node, "taches"),
        ressources=tuple(ressource(item, lecteur) for item in node.get("ressources") or ()),
        **appui(node, lecteur),
    )


def _question(node: Any, lecteur: Lecteur) -> Question:
    return Question(
        id=node["id"],
        texte=node["texte"],
        champ=node.get("champ"),
        inscription=node.get("inscription", False),
        choix=tuple(_choix(item, lecteur) for item in node.get("choix") or ()),
        si=si(node, lecteur),
        **appui(node, lecteur),
    )


def _choix(node: Any, lecteur: Lecteur) -> Choix:
    types = node.get("mene_a") or ()
    for index, code in enumerate(types):
        lecteur.cite("type d’audit", lecteur.qualify(code), types, index)
    if node.get("certificat"):
        lecteur.cite("référentiel", node["certificat"], node, "certificat")
    return Choix(
        id=node["id"],
        titre=node["titre"],
        mene_a=tuple(types),
        region=node.get("region"),
        certificat=node.get("certificat"),
        **appui(node, lecteur),
    )


def _volet(node: Any, lecteur: Lecteur) -> Volet:
    pieces = lecteur.cite_all("pièce", node, "pieces")
    if bool(pieces) == bool(node.get("inconnu")):
        message = f"le dossier « {node['id']} » a des pièces, ou dit pourquoi on ne les connaît pas"
        lecteur.refuse("volet-vide", message, node, "id", "donner `pieces`, ou `inconnu`")
    return Volet(
        id=node["id"],
        titre=node["titre"],
        si=si(node, lecteur),
        pieces=pieces,
        suite=node.get("suite"),
        inconnu=node.get("inconnu"),
        **appui(node, lecteur),
    )


def _piece(node: Any, lecteur: Lecteur) -> Piece:
    if node.get("etape"):
        lecteur.cite("étape", node["etape"], node, "etape")
    if node.get("certificat"):
        lecteur.cite("référentiel", node["certificat"], node, "certificat")
    paid = node.get("prise_en_charge")
    return Piece(
        id=node["id"],
        titre=node["titre"],
        classe=node["classe"],
        si=si(node, lecteur, sans=("pieces",)),
        condition=node.get("condition"),
        formes=tuple(Forme(id=item["id"], titre=item["titre"]) for item in node.get("formes") or ()),
        etape=node.get("etape"),
        signe=node.get("signe"),
        validite_mois=node.get("validite_mois"),
        devis=_devis(node["devis"], lecteur) if node.get("devis") else None,
        certificat=node.get("certificat"),
        precisions=lecteur.textes(node, "precisions"),
        prise_en_charge=PriseEnCharge(taux=_taux(paid, lecteur), par=paid["par"], **appui(paid, lecteur))
        if paid
        else None,
        **appui(node, lecteur),
    )


def _devis(node: Any, lecteur: Lecteur) -> DevisAttendus:
    return DevisAttendus(
        nombre=node["nombre"],
        signe=node.get("signe"),
        auditeurs_distincts=node.get("auditeurs_distincts", False),
        mentions=tuple(
            Mention(
                id=item["id"],
                titre=item["titre"],
                champ=item["champ"],
                si=si(item, lecteur),
                **appui(item, lecteur),
            )
            for item in node.get("mentions") or ()
        ),
    )


def _financement(node: Any, lecteur: Lecteur) -> Financement:
    if bool(node.get("taux")) == bool(node.get("inconnu")):
        message = f"le financement « {node['id']} » a un taux, ou dit pourquoi on ne le connaît pas"
        lecteur.refuse("financement-sans-taux", message, node, "id", "donner `taux`, ou `inconnu`")
    return Financement(
        id=node["id"],
        titre=node["titre"],
        si=si(node, lecteur),
        taux=_taux(node, lecteur) if node.get("taux") else None,
        par=node.get("par"),
        conditions=tuple(
            ConditionFinancement(
                id=item["id"], texte=item["texte"], si=si(item, lecteur), **appui(item, lecteur)
            )
            for item in node.get("conditions") or ()
        ),
        precisions=lecteur.textes(node, "precisions"),
        inconnu=node.get("inconnu"),
        **appui(node, lecteur),
    )


def _taux(node: Any, lecteur: Lecteur) -> Fraction:
    """A share: a fraction of one, never more than all of it."""
    taux = Fraction(node["taux"])
    if taux > 1:
        message = f"le taux {node['taux']} dépasse le tout"
        lecteur.refuse("taux-impossible", message, node, "taux", "écrire une fraction d’un : « 1/2 », « 1 »")
    return taux


def _lieu(node: Any, lecteur: Lecteur) -> Lieu:
    modes = dict(node["modes"])
    for phrase in node.get("phrases") or ():
        if phrase["mode"] not in modes:
            message = f"le mode « {phrase['mode']} » n’est pas déclaré"
            lecteur.refuse("mode-inconnu", message, phrase, "mode", f"modes : {', '.join(modes)}")
    return Lieu(
        id=node["id"],
        question=node["question"],
        si=si(node, lecteur),
        modes=modes,
        phrases=tuple(
            Phrase(texte=item["texte"], mode=item["mode"], si=si(item, lecteur), **appui(item, lecteur))
            for item in node.get("phrases") or ()
        ),
        **appui(node, lecteur),
    )
