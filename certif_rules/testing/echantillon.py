"""A case of a sample: a population, and how many members must be drawn, or why none can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certif_rules.audit.demande import Demande
from certif_rules.echanges.echantillon import document
from certif_rules.errors import IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.services.echantillon import make_sample
from certif_rules.testing.fichier import refused, unlike
from certif_rules.vie.echantillon import DemandeTirage


def differences(case: Mapping[str, Any], registry: Registry) -> list[str]:
    """Return what the case expects and does not get, in French; empty when all holds."""
    expected = case["attendu"]
    sites = case["sites"]
    population = [f"S{n}" for n in range(1, sites + 1)] if isinstance(sites, int) else list(sites)
    tags = case.get("etiquettes") or {}
    vus = case.get("deja_vus")
    demande = Demande(
        referentiel=case["referentiel"],
        type_audit=case.get("type"),
        date=case.get("date") and str(case["date"]),
        organisme={"sites": [{"id": site, "etiquettes": list(tags[site])} for site in tags]},
        ajout_sites=tuple(case.get("ajouts") or ()),
    )
    asked = DemandeTirage(
        objet=case.get("objet", "sites"),
        population=population,
        graine=str(case.get("graine", "essai")),
        taille=case.get("taille"),
        arrondi=case.get("arrondi"),
        vus=None if vus is None else tuple(vus),
        centrale=case.get("fonction_centrale"),
    )
    try:
        obtained = make_sample(registry, demande, asked)
    except IssuesError as error:
        return refused(error, expected.get("erreur"))
    if "erreur" in expected:
        return [f"refus attendu ({expected['erreur']}), échantillon obtenu"]
    printed = document(obtained)
    warnings = {a.code for a in obtained.avertissements}
    unseen = obtained.tirage.non_vus
    facts: dict[str, Any] = {
        "taille": len(obtained.tirage.liste),
        "liste": set(obtained.tirage.liste),
        "non_vus_au_moins": len(unseen or ()),
        "avertissements": warnings,
        "empreinte": printed["population"]["empreinte"],
    }
    texts = []
    for key, wanted in expected.items():
        value = set(wanted) if isinstance(wanted, list) else wanted
        if key == "methode":
            holds = wanted in printed["methode"]
        else:
            holds = facts[key] >= value if key == "non_vus_au_moins" else facts[key] == value
        texts += [] if holds else [f"{key} : {unlike(wanted, facts.get(key, printed['methode']))}"]
    return texts
