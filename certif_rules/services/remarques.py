"""Data may say what they likely do not mean: idle names, spoilt sentences, holes, types that nobody tries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from certif_rules.construction.emplois import cited, idle, uses
from certif_rules.construction.prose import spoilt
from certif_rules.errors import Issue, from_emplacement
from certif_rules.model.referentiel import Couche
from certif_rules.noms import cle
from certif_rules.personnes.detection import Trouvaille, find
from certif_rules.plugins.choix import holes
from certif_rules.plugins.couche import EnTete, sections_of
from certif_rules.plugins.registry import Registry
from certif_rules.source.yaml import PlacedDict, PlacedList, place

#: What each personal datum is called.
_NATURES = {
    "courriel": "une adresse électronique",
    "telephone": "un numéro de téléphone",
    "nir": "un numéro de sécurité sociale",
    "nom": "un nom de personne",
}
#: The keys by which rules name a type of audit, and what of a type has no effect.
_TYPES = frozenset({"types", "precedents", "type_precedent", "audits", "sauf_precedents", "apres", "comme"})
_WORDS_ALONE = frozenset(
    "id titre sources sinon sinon_pieces sinon_selon lacunes motif confiance lecture".split()  # noqa: SIM905 - as people read it
)


class _Ecrite(Struct, frozen=True, kw_only=True):
    """A layer is as it is written: its header, its body, and what it says around the audit."""

    couche: Couche
    entete: Mapping[str, Any]
    corps: Mapping[str, Any]
    vie: Mapping[str, Any]
    entiere: bool

    @property
    def parties(self) -> tuple[Mapping[str, Any], ...]:
        return (self.entete, self.corps, self.vie)


def remarks(registry: Registry, own: Iterable[tuple[str, str, str]], cas: Sequence[Any]) -> Iterator[Issue]:
    """Yield what is to be looked at in the layers of these keys, among all those of a registry.

    Args:
        registry: the layers that may use what others declare.
        own: the keys of the layers to look at.
        cas: the files of cases given with them, as read; without any, no type is said to be untried.
    """
    keys = set(own)
    every = [_written(registry.header(couche)) for couche in registry.all_layers()] if keys else []
    mine = [layer for layer in every if layer.couche.cle in keys]
    parts = [part for layer in every for part in layer.parties]
    emplois = uses(parts)
    named = {name.rpartition("/")[2] for part in parts for name in cited(part, _TYPES)}
    for layer in mine:
        if layer.couche.brouillon:
            yield _of_draft(layer.couche)
        # What cannot be read may use any of it.
        for body in (layer.corps, layer.vie) if all(one.entiere for one in every) else ():
            yield from idle(body, emplois)
        for part in layer.parties:
            yield from spoilt(part)
            yield from _personal(part)
        yield from _alike(layer, named)
        yield from _untried(layer, cas)
    for nom in sorted({key[0] for key in keys}):
        for hole in holes(*(registry.layers(nom, nature) for nature in ("exigence", "regles", "guide"))):
            if any(hole.location == from_emplacement(layer.couche.emplacement) for layer in mine):
                yield hole
    for data in cas:
        yield from _personal(data)


def _written(en_tete: EnTete) -> _Ecrite:
    corps, vie, whole = sections_of(en_tete)
    return _Ecrite(couche=en_tete.couche, entete=en_tete.data, corps=corps, vie=vie, entiere=whole)


def _of_draft(couche: Couche) -> Issue:
    message = "cette couche est un brouillon : un greffon installé n’en contient pas"
    hint = "une fois finie : --ecrire-empreintes, puis ôter `brouillon`"
    return Issue("brouillon-a-finir", message, from_emplacement(couche.emplacement), hint)


@lru_cache(maxsize=16_384)
def _hits(texte: str) -> tuple[Trouvaille, ...]:
    """Return the personal data of a text, looked for once: the same texts are checked at each save."""
    return find(texte)


def _personal(node: Any) -> Iterator[Issue]:
    """Yield the personal data in the texts under a node; what is found is not repeated."""
    entries: Iterable[tuple[Any, Any]] = ()
    if isinstance(node, dict):
        entries = node.items()
    elif isinstance(node, PlacedList):
        entries = enumerate(node)
    for key, value in entries:
        if not isinstance(value, str):
            yield from _personal(value)
        elif isinstance(node, PlacedDict | PlacedList) and (hits := _hits(value)):
            message = f"ce texte contient {_NATURES[hits[0].nature]}"
            hint = "l’ôter : des données livrées ne nomment personne, et un cas d’essai est inventé"
            yield Issue("donnee-personnelle", message, place(node, key), hint)


def _alike(layer: _Ecrite, named: set[str]) -> Iterator[Issue]:
    """Yield the types of audit that do what another one does, and that no rule tells from it."""
    seen: list[tuple[Any, PlacedDict]] = []
    for node in layer.corps.get("types_audit") or ():
        if any("inconnu" in rule for rule in node.get("perimetre") or ()):
            continue  # what it sees is not known: nobody can say that another sees the same
        effect = _effect({key: value for key, value in node.items() if key not in _WORDS_ALONE})
        twin = next((other for known, other in seen if known == effect), None)
        pairs = () if twin is None else ((node, twin), (twin, node))
        for one, other in [pair for pair in pairs if pair[0]["id"] not in named][:1]:
            message = f"le type d’audit « {one['id']} » a tout ce qu’a « {other['id']} » : il ne change rien"
            hint = "écrire ce qui le distingue, ou le retirer"
            related = ((place(other, "id"), "l’autre type"),)
            yield Issue("type-sans-effet", message, place(one, "id"), hint, related)
        seen.append((effect, node))


def _effect(node: Any) -> Any:
    """Return what a rule decides, without the words that explain it."""
    if isinstance(node, dict):
        return {key: _effect(value) for key, value in node.items() if key not in _WORDS_ALONE}
    return [_effect(item) for item in node] if isinstance(node, list) else node


def _untried(layer: _Ecrite, cas: Sequence[Any]) -> Iterator[Issue]:
    """Yield the types of audit that no case tries, where there are cases of this référentiel."""
    nom = layer.couche.referentiel
    tried = {
        cle(str(case["profil"].get("audit", {}).get("type")))
        for data in cas
        for case in data.get("cas") or ()
        if case["demande"]["referentiel"] == nom
    }
    for node in layer.corps.get("types_audit") or () if tried else ():
        if not tried & {cle(name) for name in (node["id"], f"{nom}/{node['id']}", node["titre"])}:
            message = f"aucun cas n’essaie le type d’audit « {node['id']} »"
            hint = "écrire un cas : ce qui est dû à cet audit, et ce qui ne l’est pas"
            yield Issue("type-sans-cas", message, place(node, "id"), hint)
