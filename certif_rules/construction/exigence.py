"""An exigence layer: categories, facts, criteria, lines, and the operations of a label on its base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from certif_rules.construction.lecteur import Lecteur, read_sources
from certif_rules.construction.surcouche import Cible, Modification, Retrait, Surcouche
from certif_rules.model.base import Nomme, Source, Texte
from certif_rules.model.organisme import Categorie, Fait
from certif_rules.model.referentiel import Critere, Indicateur
from certif_rules.rules.mots import MOTS_PORTEE
from certif_rules.source.yaml import place

#: Fields that must be declared absent (``lacunes``) when they are ``null``, and only then.
_CHAMPS_REQUIS = ("titre", "exigence", "critere")
_REMPLACABLES = (
    "titre", "exigence", "etiquettes", "niveau_attendu", "preuves", "commentaires", "variantes",
    "donnees_sensibles",
)  # fmt: skip
_LIGNE = Nomme("indicateur", qualifie=True)
#: What else an operation replaces of a line, or of a criterion: what people call it, what became of it.
_AUSSI = ("numero", "evolution")


class Lexique(Struct, frozen=True, kw_only=True):
    """A lexicon gathers what exigence layers declare by name, beside criteria and lines.

    ``constats_comme`` maps a line to the one whose findings it may receive, where the rules name it not.
    """

    sources: Mapping[str, Source]
    mots: Mapping[str, str]
    categories: Mapping[str, Categorie]
    faits: Mapping[str, Fait]
    mentions: Mapping[str, Texte]
    constats_comme: Mapping[str, str]


class CorpsExigence(Lexique, frozen=True, kw_only=True):
    """This body gathers what an exigence layer adds to what lies below it."""

    surcouche: Surcouche


def build_exigence(body: Mapping[str, Any], lecteur: Lecteur, known: Mapping[str, Source]) -> CorpsExigence:
    """Build the body of the layer; ``lecteur`` knows the names of the base, and learns those declared."""
    sources = read_sources(lecteur, body, known)
    categories = _categories(body, lecteur)
    facts = body.get("faits") or ()
    lecteur.declare("fait", facts)
    faits = {node["id"]: lecteur.read(Fait, node) for node in facts}
    added = body.get("ajouts") or body
    criteres = tuple(_critere(node, lecteur) for node in added.get("criteres") or ())
    lecteur.know("critère", (critere.id for critere in criteres))
    indicateurs = tuple(_indicateur(node, lecteur) for node in added.get("indicateurs") or ())
    lecteur.know("indicateur", (indicateur.id for indicateur in indicateurs))
    lecteur.know("étiquette", (e for indicateur in indicateurs for e in indicateur.etiquettes))
    return CorpsExigence(
        sources=sources,
        mots=dict(body.get("mots") or {}),
        categories=categories,
        faits=faits,
        surcouche=Surcouche(
            criteres=criteres,
            indicateurs=indicateurs,
            modifications=tuple(_modification(n, lecteur) for n in body.get("modifications") or ()),
            retraits=tuple(_retrait(n, lecteur) for n in body.get("retraits") or ()),
            dessous=lecteur.dessous,
        ),
        mentions=_mentions(body, lecteur),
        constats_comme={
            lecteur.qualify(node["code"]): lecteur.name(_LIGNE, node, "constats_comme")
            for node in added.get("indicateurs") or ()
            if node.get("constats_comme") is not None
        },
    )


def _mentions(body: Mapping[str, Any], lecteur: Lecteur) -> dict[str, Texte]:
    """Return what a tag says of the lines that bear it, by tag."""
    nodes = body.get("mentions") or ()
    return {lecteur.cite("étiquette", n["etiquette"], n, "etiquette"): lecteur.read(Texte, n) for n in nodes}


def _categories(body: Mapping[str, Any], lecteur: Lecteur) -> dict[str, Categorie]:
    nodes = body.get("categories") or ()
    lecteur.declare("catégorie", nodes)
    taken = set(lecteur.noms["catégorie"])
    for node in nodes:
        for index, synonyme in enumerate(node.get("synonymes") or ()):
            if synonyme in taken:
                message = f"« {synonyme} » désigne déjà une autre catégorie"
                lecteur.refuse("synonyme-en-double", message, node["synonymes"], index)
            taken.add(synonyme)
    return {node["id"]: lecteur.read(Categorie, node) for node in nodes}


def _critere(node: Any, lecteur: Lecteur) -> Critere:
    identifiant = lecteur.qualify(node["code"])
    _check_gaps(node, lecteur, ("titre",))
    return lecteur.read(
        Critere, node, id=identifiant, origine=lecteur.origine, numero=node.get("numero", node["code"]),
        lacunes=lecteur.lacunes(node, identifiant),
    )  # fmt: skip


def _indicateur(node: Any, lecteur: Lecteur) -> Indicateur:
    identifiant = lecteur.qualify(node["code"])
    _check_gaps(node, lecteur, _CHAMPS_REQUIS)
    return lecteur.read(
        Indicateur, node, id=identifiant, origine=lecteur.origine, numero=node.get("numero", node["code"]),
        lacunes=lecteur.lacunes(node, identifiant), **_replaceable(node, lecteur),
    )  # fmt: skip


def _replaceable(node: Any, lecteur: Lecteur) -> dict[str, Any]:
    """Return the fields that a label may also replace on a line of its base."""
    critere = node.get("critere")
    return {
        **lecteur.values(Indicateur, node, _REMPLACABLES),
        "critere": lecteur.qualify(critere) if critere is not None else None,
        "portee": tuple(_regle_de_portee(regle, lecteur) for regle in node.get("portee") or ()),
    }


def _regle_de_portee(node: Any, lecteur: Lecteur) -> Any:
    """Return a rule of portée; a condition that does not say its categories is the classic mistake."""
    regle = lecteur.regle(node, MOTS_PORTEE)
    if "fait" in regle.mots and "categories" not in regle.mots and lecteur.noms["catégorie"]:
        message = "une condition se pose pour des catégories : la règle ne dit pas lesquelles"
        lecteur.refuse("condition-sans-categorie", message, node, "fait", "ajouter `categories: […]`")
    return regle


def _check_gaps(node: Any, lecteur: Lecteur, champs: tuple[str, ...]) -> None:
    """Refuse what is absent without a gap that declares it, and a gap for what is present."""
    declared = {champ for lacune in node.get("lacunes") or () for champ in lacune["champs"]}
    for champ in champs:
        if node.get(champ) is None and champ not in declared:
            message = f"« {champ} » est absent de {node['code']} sans lacune qui le dise"
            hint = f"ajouter une lacune avec `champs: [{champ}]` et ce qui a été cherché"
            lecteur.refuse("lacune-non-declaree", message, node, None, hint)
        elif node.get(champ) is not None and champ in declared:
            message = f"« {champ} » de {node['code']} est donné, mais déclaré absent par une lacune"
            lecteur.refuse("lacune-en-trop", message, node, champ, "retirer ce champ de la lacune")


def _target(node: Any, lecteur: Lecteur) -> tuple[Cible, str]:
    nature: Cible = "indicateur" if "indicateur" in node else "critere"
    return nature, lecteur.qualify(node[nature])


def _modification(node: Any, lecteur: Lecteur) -> Modification:
    nature, cible = _target(node, lecteur)
    fields = {
        **_replaceable(node, lecteur),
        **lecteur.values(Indicateur, node, (champ for champ in _AUSSI if champ in node)),
    }
    given = {key: value for key, value in fields.items() if key in node and key != nature}
    return lecteur.read(Modification, node, nature=nature, cible=cible, champs=given, location=place(node))


def _retrait(node: Any, lecteur: Lecteur) -> Retrait:
    nature, cible = _target(node, lecteur)
    return lecteur.read(Retrait, node, nature=nature, cible=cible, location=place(node))
