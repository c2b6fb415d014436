"""certif-rules: référentiels as plugins, and the audit checklists drawn from them.

Its names are the public ones, which ``docs/python.md`` shows. Importing it costs nothing: a name is resolved
when it is first used, so that a plugin which only needs ``hookimpl`` pulls in neither the YAML reader nor the
schema validator.
"""

from __future__ import annotations

#: As ``typing`` has it, without its import: what is not loaded cannot be interrupted while it loads.
TYPE_CHECKING = False

__version__ = "0.1.0"

__all__ = [
    "Bilan", "CertifRulesError", "Checklist", "Correction", "DataError", "Donnees", "Exporter", "Issue",
    "IssuesError", "Lecture", "Rapport", "Registry", "UsageError", "autodiagnostic", "calendrier",
    "checklist", "comparer", "conclure", "dossier", "duree", "echantillon", "ecrire", "expliquer", "hookimpl",
    "lire", "nouveau", "open_registry", "progression", "questions", "rapport", "rebaser", "referentiels",
    "reprendre", "valider",
]  # fmt: skip

if TYPE_CHECKING:
    from typing import Any

    from certif_rules.api import (
        autodiagnostic,
        calendrier,
        checklist,
        comparer,
        conclure,
        dossier,
        duree,
        echantillon,
        expliquer,
        lire,
        nouveau,
        open_registry,
        progression,
        questions,
        rapport,
        rebaser,
        referentiels,
        reprendre,
        valider,
    )
    from certif_rules.audit.checklist import Checklist
    from certif_rules.audit.conclusion import Bilan
    from certif_rules.audit.contenu import Rapport
    from certif_rules.audit.correction import Correction
    from certif_rules.errors import CertifRulesError, DataError, Issue, IssuesError, UsageError
    from certif_rules.plugins.hookspecs import Donnees, Exporter, hookimpl
    from certif_rules.plugins.registry import Registry
    from certif_rules.services.ecriture import ecrire
    from certif_rules.services.lecture import Lecture

#: Where names that are no verbs are written: a plugin or an ``except`` does not pay for the verbs.
_ELSEWHERE = {
    **dict.fromkeys(("CertifRulesError", "DataError", "Issue", "IssuesError", "UsageError"), "errors"),
    **dict.fromkeys(("Donnees", "Exporter", "hookimpl"), "plugins.hookspecs"),
    "Bilan": "audit.conclusion",
    "Checklist": "audit.checklist",
    "Correction": "audit.correction",
    "Lecture": "services.lecture",
    "Rapport": "audit.contenu",
    "Registry": "plugins.registry",
    "ecrire": "services.ecriture",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'api')}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
