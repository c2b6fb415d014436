"""A case on an application file: a profile, and what the study of it must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from certif_rules.audit.demande import from_profile
from certif_rules.echanges.dossier import document
from certif_rules.errors import IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.services.dossier import open_file
from certif_rules.testing.fichier import refused, unlike


def differences(case: Mapping[str, Any], registry: Registry) -> list[str]:
    """Return what the case expects and does not get, in French."""
    expected = dict(case["attendu"])
    wanted = expected.pop("erreur", None)
    try:
        obtained = document(open_file(registry, from_profile(case["profil"])))
    except IssuesError as error:
        return refused(error, wanted)
    if wanted is not None:
        return [f"un refus était attendu : {wanted}"]
    return [text for key, value in expected.items() for text in _CHECKS[key](key, value, obtained)]


#: What the study says under each key that is compared whole: all of them and no other.
_ENTIERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "resultat": lambda study: study["resultat"],
    "type": lambda study: study["audit"]["type"],
    "pieces": lambda study: {piece["id"]: piece["etat"] for piece in study["pieces"]},
    "bloquent": lambda study: {piece["id"] for piece in study["pieces"] if piece["bloque"] is True},
    "dossiers": lambda study: {volet["id"] for volet in study["dossiers"]},
    "voies": lambda study: {voie["id"] for voie in study["voies"] if voie["valeur"] is True},
    "financements": lambda study: {each["id"]: each["accorde"] for each in study["financements"]},
    "parts": lambda study: {
        devis["auditeur"]: {"part": devis["part_financee"], "reste": devis["reste_a_charge"]}
        for devis in study["devis"]
    },
    "auditeur": lambda study: study["auditeur"]["choisi"],
    "lieux": lambda study: {place["id"]: place["mode"] for place in study["lieux"]},
    "avertissements": lambda study: {warning["code"] for warning in study["avertissements"]},
}


def _whole(key: str, wanted: Any, obtained: Mapping[str, Any]) -> list[str]:
    return _same(key, set(wanted) if isinstance(wanted, list) else wanted, _ENTIERS[key](obtained))


def _decide(key: str, wanted: Mapping[str, Any], obtained: Mapping[str, Any]) -> list[str]:
    """Compare who does what, by intervention: the actor, or null where nobody says."""
    got = {i["id"]: i["acteur"] for i in obtained["interventions"] if i["valeur"] is True}
    return _same(key, dict(wanted), {identifiant: got.get(identifiant, "–") for identifiant in wanted})


def _phrases(key: str, wanted: Mapping[str, list[str]], obtained: Mapping[str, Any]) -> list[str]:
    """Return by place, a part of each sentence of the sources that holds here, all of them and no other."""
    places = {place["id"]: place["phrases"] for place in obtained["lieux"]}
    texts = []
    for nom, parts in wanted.items():
        held = [phrase["texte"] for phrase in places.get(nom, ()) if phrase["valeur"] is True]
        texts += [f"{key} de {nom}, absente : {p}" for p in parts if not any(p in text for text in held)]
        texts += [f"{key} de {nom}, en trop : {text}" for text in held if not any(p in text for p in parts)]
    return texts


def _dit(key: str, wanted: list[str], obtained: Mapping[str, Any]) -> list[str]:
    sentences = list(_strings(obtained))
    return [
        f"{key} : « {part} » nulle part" for part in wanted if not any(part in text for text in sentences)
    ]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(item)


def _demander(key: str, wanted: list[str], obtained: Mapping[str, Any]) -> list[str]:
    """Return a part of each thing to ask, all of them and no other."""
    asked = [item["texte"] for item in obtained["a_demander"]]
    texts = [f"{key}, absent : {part}" for part in wanted if not any(part in text for text in asked)]
    return texts + [f"{key}, en trop : {text}" for text in asked if not any(part in text for part in wanted)]


def _incoherences(key: str, wanted: list[str], obtained: Mapping[str, Any]) -> list[str]:
    missing = set(wanted) - {i["id"] for i in obtained["incoherences"]}
    return [f"{key} non montrées : {sorted(missing)}"] if missing else []


def _same(key: str, wanted: Any, got: Any) -> list[str]:
    return [] if wanted == got else [f"{key} : {unlike(wanted, got)}"]


_CHECKS = {
    **dict.fromkeys(_ENTIERS, _whole),
    "qui": _decide,
    "phrases": _phrases,
    "dit": _dit,
    "a_demander": _demander,
    "incoherences": _incoherences,
}
