"""A case of a duration: a request, and how long the audit must last, or why it is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.demande import from_profile
from certif_rules.echanges.duree import document
from certif_rules.errors import IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.services.duree import make_duration
from certif_rules.testing.fichier import refused, unlike


def differences(case: Mapping[str, Any], registry: Registry) -> list[str]:
    """Return what the case expects and does not get, in French; empty when all holds."""
    expected = case["attendu"]
    demande = replace(from_profile(case["profil"]), referentiel=case["referentiel"])
    try:
        obtained = document(
            make_duration(
                registry, demande, sites=case.get("sites"), echantillonnes=case.get("sites_echantillonnes")
            )
        )
    except IssuesError as error:
        return refused(error, expected.get("erreur"))
    if "erreur" in expected:
        return [f"refus attendu ({expected['erreur']}), durée obtenue : {obtained['jours']}"]
    texts = []
    wanted_days = expected["jours"]
    if obtained["jours"] != (wanted_days and str(wanted_days)):
        texts.append(f"jours : {unlike(wanted_days, obtained['jours'])}")
    sentences = [poste["texte"] for poste in obtained["postes"]]
    sentences += [obtained["fixee"]["texte"]] if obtained["fixee"] else []
    texts += [
        f"« {text} » absent de {sentences}"
        for text in expected.get("contient", ())
        if not any(text in sentence for sentence in sentences)
    ]
    shown = {item["id"] for item in obtained["incoherences"]}
    if "incoherences" in expected and shown != set(expected["incoherences"]):
        texts.append(f"incohérences : {unlike(expected['incoherences'], sorted(shown))}")
    return texts
