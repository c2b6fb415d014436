"""A rules layer: findings, findings allowed on each line, audit types, derogations, equivalences."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from certif_rules.construction.jugement import build_jugement
from certif_rules.construction.lecteur import Lecteur, read_sources
from certif_rules.errors import Issue, from_emplacement
from certif_rules.model.base import IdLigne, NomConstat, Source, Texte
from certif_rules.model.jugement import Annotation, Jugement
from certif_rules.model.personnes import Conservation
from certif_rules.model.referentiel import Constat, Controle, Derogation, Equivalence, Exigence, TypeAudit
from certif_rules.rules.mots import MOTS_ORGANISME
from certif_rules.rules.perimetre import VOCABULAIRE
from certif_rules.source.yaml import place

_PERIMETRE = frozenset(VOCABULAIRE)
_GARDE = _PERIMETRE - {"comme"}
#: What is known of a line and a category whatever the audit.
_LIGNE = frozenset({"lignes", "etiquette", "origine", "categories", "edition"})
_CONTROLE = frozenset({"id", "texte", "constat", "compte_pour"})
_DEROGATION = frozenset({"types", "comme"})
_EQUIVALENCE = frozenset({"certificat", "titre", "types"})
_EXIGENCES: tuple[Literal["ajout", "certificat_valide", "certificat_si_donne"], ...] = (
    "ajout", "certificat_valide", "certificat_si_donne",
)  # fmt: skip


class ConstatsPermis(Struct, frozen=True, kw_only=True):
    """This record lists the findings allowed on some lines, and what is said of them."""

    lignes: tuple[IdLigne, ...]
    constats: tuple[NomConstat, ...]
    gravite: Texte


class CorpsRegles(Struct, frozen=True, kw_only=True):
    """This body gathers what a rules layer holds."""

    sources: Mapping[str, Source]
    constats: Mapping[str, Constat]
    permis: Mapping[str, ConstatsPermis]
    types_audit: Mapping[str, TypeAudit]
    derogations: tuple[Derogation, ...]
    annotations: Mapping[str, Annotation]
    jugement: Jugement | None
    conservation: Conservation | None
    equivalences: tuple[Equivalence, ...]


def build_regles(
    body: Mapping[str, Any], lecteur: Lecteur, known: Mapping[str, Source], own_lines: Mapping[str, str],
    comme: Mapping[str, str],
) -> CorpsRegles:  # fmt: skip
    """Return the body of the layer.

    ``own_lines`` maps the id of each line of this origin to its place: every one of them needs its findings,
    once; those that the layer names not may have those of another line, by ``comme``. Lines of editions this
    layer also serves may be named: ``lecteur`` knows them.
    """
    sources = read_sources(lecteur, body, known)
    lecteur.declare("constat", body.get("constats") or ())
    constats = {node["id"]: lecteur.read(Constat, node) for node in body.get("constats") or ()}
    nodes = body.get("types_audit") or ()
    lecteur.declare("type d’audit", nodes, qualified=True)
    lecteur.know("audit précédent", (node["id"] for node in nodes))
    types_audit = {lecteur.qualify(node["id"]): _type_audit(node, lecteur) for node in nodes}
    derogations = tuple(
        lecteur.read(Derogation, item, garde=lecteur.regle(item, _GARDE, ignored=_DEROGATION))
        for item in body.get("derogations") or ()
    )
    _refuse_cycles(types_audit, derogations, nodes, lecteur)
    return CorpsRegles(
        sources=sources,
        constats=constats,
        permis=_permis(body.get("constats_permis") or (), lecteur, own_lines, comme),
        types_audit=types_audit,
        derogations=derogations,
        annotations={node["id"]: lecteur.read(Annotation, node) for node in body.get("annotations") or ()},
        jugement=build_jugement(body["jugement"], lecteur) if body.get("jugement") else None,
        conservation=lecteur.read(Conservation, body["conservation"]) if body.get("conservation") else None,
        equivalences=tuple(_equivalence(node, lecteur) for node in body.get("equivalences") or ()),
    )


def _permis(
    nodes: Any, lecteur: Lecteur, own_lines: Mapping[str, str], comme: Mapping[str, str]
) -> dict[str, ConstatsPermis]:
    """Return the findings permitted on each line of this origin, each line being in one list and no more."""
    # Findings of a line that is gone are no rule that lacks it.
    retires, lecteur.retires = lecteur.retires, {}
    permis: dict[str, ConstatsPermis] = {}
    first: dict[str, Any] = {}
    for node in nodes:
        entry = lecteur.read(ConstatsPermis, node, gravite=lecteur.read(Texte, node))
        for index, ligne in enumerate(entry.lignes):
            if ligne in permis:
                message = f"les constats permis de « {ligne} » sont donnés deux fois"
                related = ((first[ligne], "première liste"),)
                lecteur.refuse("constats-en-double", message, node["lignes"], index, None, related)
            permis[ligne] = entry
            first[ligne] = node
    lecteur.retires = retires
    for ligne, autre in comme.items():
        if autre in permis:
            permis.setdefault(ligne, permis[autre])
    missing = [ligne for ligne in own_lines if ligne not in permis]
    if missing:
        message = f"aucun constat permis pour : {', '.join(missing)}"
        at = place(nodes[0]) if nodes else from_emplacement(own_lines[missing[0]])
        hint = "ajouter ces lignes à une liste de `constats_permis`"
        if lecteur.reprises is not None:
            message += f" (les règles sont celles de l’édition {lecteur.reprises})"
            at = from_emplacement(own_lines[missing[0]])
            hint = "dire `constats_comme: CODE` (une ligne qui en a), ou écrire les règles de cette édition"
        lecteur.issues.append(Issue("constats-manquants", message, at, hint))
    return permis


def _type_audit(node: Any, lecteur: Lecteur) -> TypeAudit:
    return lecteur.read(
        TypeAudit, node,
        id=lecteur.qualify(node["id"]),
        origine=lecteur.origine,
        code=node["id"],
        perimetre=tuple(lecteur.regle(regle, _PERIMETRE) for regle in node["perimetre"]),
        sinon_selon=tuple(lecteur.regle(item, _LIGNE) for item in node.get("sinon_selon") or ()),
        exige=tuple(_exigence(item, lecteur) for item in node.get("exige") or ()),
        pieces=tuple(_controle(item, lecteur) for item in node.get("pieces") or ()),
        verifications=tuple(_controle(item, lecteur) for item in node.get("verifications") or ()),
    )  # fmt: skip


def _exigence(node: Any, lecteur: Lecteur) -> Exigence:
    mot = next(mot for mot in _EXIGENCES if mot in node)
    valeur = tuple(node[mot]) if mot == "ajout" else lecteur.cite_all("référentiel", node, mot)
    return lecteur.read(Exigence, node, mot=mot, valeur=valeur)


def _controle(node: Any, lecteur: Lecteur) -> Controle:
    """Return a document or a check; without a word it is always required."""
    regle = lecteur.regle(node, MOTS_ORGANISME, ignored=_CONTROLE, default={"toutes": True})
    other = {} if node.get("compte_pour") else {"compte_pour": lecteur.origine}
    return lecteur.read(Controle, node, regle=regle, **other)


def _equivalence(node: Any, lecteur: Lecteur) -> Equivalence:
    if node["certificat"] == lecteur.origine:
        message = f"« {node['certificat']} » est ce référentiel : son certificat n’en exempte pas"
        lecteur.refuse("certificat-du-referentiel", message, node, "certificat")
    return lecteur.read(Equivalence, node, garde=lecteur.regle(node, _GARDE, ignored=_EQUIVALENCE))


def _refuse_cycles(
    types_audit: Mapping[str, TypeAudit], derogations: tuple[Derogation, ...], nodes: Any, lecteur: Lecteur
) -> None:
    """Refuse a perimeter that ends up referring to itself: it would never answer."""

    def next_of(identifiant: str) -> Iterator[str]:
        rules = types_audit[identifiant].perimetre if identifiant in types_audit else ()
        each = (regle for rule in rules for regle in rule.emboitees)
        yield from (str(regle.mots["comme"]) for regle in each if "comme" in regle.mots)
        yield from (d.comme for d in derogations if identifiant in d.types)

    for node in nodes:
        start = lecteur.qualify(node["id"])
        reached: set[str] = set()
        waiting = [start]
        while waiting:
            for other in next_of(waiting.pop()):
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        if start in reached:
            message = f"le périmètre de « {start} » renvoie à lui-même"
            lecteur.refuse("renvoi-circulaire", message, node, "perimetre")
