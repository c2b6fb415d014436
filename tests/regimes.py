"""The régime of a request, for tests that ask nothing else of it."""

from __future__ import annotations

from certif_rules.audit.demande import Demande
from certif_rules.errors import Fautes
from certif_rules.plugins.registry import Registry
from certif_rules.services.vie import look_up_regime
from certif_rules.vie.regime import Regime


def open_regime(registry: Registry, demande: Demande) -> Regime:
    """Return the régime of a request of which nothing else is asked.

    Raises:
        UsageError, DataError: no such référentiel or édition, or wrong data; everything is listed.
    """
    recherche = look_up_regime(registry, demande)
    regime, _ = recherche.settle([Fautes() for _ in recherche.choix])
    return regime
