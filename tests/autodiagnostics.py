"""Self-assessments over the shipped référentiels, for the tests of their parts."""

from __future__ import annotations

from functools import cache
from typing import Any

from greffons import registry

from certif_rules.demande import Demande, from_profile
from certif_rules.registry import Registry
from certif_rules.services.autodiagnostic import make_grid
from certif_rules.vie.autodiagnostic import Appreciation, Cadre, Synthese, assess

FAITS = {
    "certifiante": False,
    "sous_traitance": True,
    "alternance": False,
    "situation_travail": False,
    "plus_de_deux_jours": True,
    "formation_a_distance": True,
}
PROFIL: dict[str, Any] = {
    "referentiel": "certifregion",
    "audit": {"type": "initial", "date": "2024-03-18"},
    "organisme": {"nom": "Organisme d’exemple", "categories": ["AF"], "faits": FAITS},
}


@cache
def known() -> Registry:
    """The référentiels of this repository, opened once."""
    return registry()


def demande(**changes: Any) -> Demande:
    """The request of these tests."""
    return from_profile({**PROFIL, **changes})


@cache
def cadre() -> Cadre:
    """An initial audit of the label: lines of the base, of the label, to confirm, left out."""
    return make_grid(known(), demande())


@cache
def cadre_national() -> Cadre:
    """The same organisation without the label."""
    faits = {key: value for key, value in FAITS.items() if key != "formation_a_distance"}
    return make_grid(
        known(), demande(referentiel="qualiopi", organisme={"categories": ["AF"], "faits": faits})
    )


def answers(where: Cadre, levels: dict[str, int | None]) -> dict[str, Appreciation]:
    """Answers by id from levels by printed number; ``None`` says that the line does not apply."""
    ids = {li.indicateur.numero: li.indicateur.id for li in where.retenues}
    return {
        ids[numero]: Appreciation(sans_objet=True, raison="essai")
        if niveau is None
        else Appreciation(niveau=niveau)
        for numero, niveau in levels.items()
    }


def synthese(where: Cadre, levels: dict[str, int | None]) -> Synthese:
    """The self-assessment of these levels."""
    return assess(where, answers(where, levels))
