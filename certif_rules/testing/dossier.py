"""A case on an application file: a profile, and what the study of it must hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def _equal(key: str, wanted: Any, obtained: Mapping[str, Any]) -> list[str]:
    value = obtained["audit"]["type"] if key == "type" else obtained[key]
    return [] if value == wanted else [f"{key} : {unlike(wanted, value)}"]


def _pieces(key: str, wanted: Mapping[str, str], obtained: Mapping[str, Any]) -> list[str]:
    """Return every document, and no other, in the state it must have."""
    return _same(key, dict(wanted), {piece["id"]: piece["etat"] for piece in obtained["pieces"]})


def _bloque(key: str, wanted: list[str], obtained: Mapping[str, Any]) -> list[str]:
    return _same(key, set(wanted), {p["id"] for p in obtained["pieces"] if p["bloque"] is True})


def _dossiers(key: str, wanted: list[str], obtained: Mapping[str, Any]) -> list[str]:
    return _same(key, set(wanted), {d["id"] for d in obtained["dossiers"]})


def _voies(key: str, wanted: list[str], obtained: Mapping[str, Any]) -> list[str]:
    return _same(key, set(wanted), {v["id"] for v in obtained["voies"] if v["valeur"] is True})


def _financements(key: str, wanted: Mapping[str, Any], obtained: Mapping[str, Any]) -> list[str]:
    """Return whether each funding is due (true, false, null), all of them and no other."""
    return _same(key, dict(wanted), {f["id"]: f["accorde"] for f in obtained["financements"]})


def _parts(key: str, wanted: Mapping[str, Any], obtained: Mapping[str, Any]) -> list[str]:
    """Return by firm, what is paid and what is left, in euros."""
    got = {
        d["auditeur"]: {"part": d["part_financee"], "reste": d["reste_a_charge"]} for d in obtained["devis"]
    }
    return _same(key, {firm: dict(amounts) for firm, amounts in wanted.items()}, got)


def _auditeur(key: str, wanted: Any, obtained: Mapping[str, Any]) -> list[str]:
    return _same(key, wanted, obtained["auditeur"]["choisi"])


def _decide(key: str, wanted: Mapping[str, Any], obtained: Mapping[str, Any]) -> list[str]:
    """Compare who does what, by intervention: the actor, or null where nobody says."""
    got = {i["id"]: i["acteur"] for i in obtained["interventions"] if i["valeur"] is True}
    return _same(key, dict(wanted), {identifiant: got.get(identifiant, "–") for identifiant in wanted})


def _lieux(key: str, wanted: Mapping[str, Any], obtained: Mapping[str, Any]) -> list[str]:
    """Return by place: the mode decided, or null."""
    return _same(key, dict(wanted), {place["id"]: place["mode"] for place in obtained["lieux"]})


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


def _avertissements(key: str, wanted: list[str], obtained: Mapping[str, Any]) -> list[str]:
    return _same(key, set(wanted), {a["code"] for a in obtained["avertissements"]})


def _same(key: str, wanted: Any, got: Any) -> list[str]:
    return [] if wanted == got else [f"{key} : {unlike(wanted, got)}"]


_CHECKS = {
    "resultat": _equal,
    "type": _equal,
    "pieces": _pieces,
    "bloquent": _bloque,
    "dossiers": _dossiers,
    "voies": _voies,
    "financements": _financements,
    "parts": _parts,
    "auditeur": _auditeur,
    "qui": _decide,
    "lieux": _lieux,
    "phrases": _phrases,
    "dit": _dit,
    "a_demander": _demander,
    "incoherences": _incoherences,
    "avertissements": _avertissements,
}
