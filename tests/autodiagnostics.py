"""Self-assessments over the shipped référentiels, for the tests of their parts."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from console import Console
from greffons import registry

from certif_rules.audit.demande import Demande, from_profile
from certif_rules.plugins.registry import Registry
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

AF = {"format": 1, **PROFIL}
#: The self-assessment of the documentation: two criteria answered.
A10 = {"1": 3, "2": 1, "30": 2, "31": 0, "32": 1}


@cache
def registre() -> Registry:
    """The référentiels of this repository, opened once."""
    return registry()


def demande(**changes: Any) -> Demande:
    """The request of these tests."""
    return from_profile({**PROFIL, **changes})


@cache
def cadre() -> Cadre:
    """An initial audit of the label: lines of the base, of the label, to confirm, left out."""
    return make_grid(registre(), demande())


@cache
def cadre_national() -> Cadre:
    """The same organisation without the label."""
    faits = {key: value for key, value in FAITS.items() if key != "formation_a_distance"}
    return make_grid(
        registre(), demande(referentiel="qualiopi", organisme={"categories": ["AF"], "faits": faits})
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


def json_file(path: Path, value: Any) -> Path:
    """Write a value as JSON in this file."""
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def filled(call: Console, profil: Path, path: Path, levels: dict[str, Any], **more: Any) -> Path:
    """The grid in JSON with these levels, by printed number."""
    grid = call("autodiagnostic", "--profil", profil, "--format", "json").json
    for entry in grid["reponses"]:
        entry["niveau"] = levels.get(entry["numero"])
        entry["raison"] = "essai" if entry["niveau"] == "sans_objet" else None
    return json_file(path, {**grid, **more})


def text(document: bytes) -> str:
    return " ".join(document.decode().replace("\u00a0", " ").replace("\u202f", " ").split())
