"""From installed plugins to a registry: one call for every front end."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from certif_rules.plugins.discovery import Plugins, disabled_by_environment, load
from certif_rules.plugins.registry import Registry
from certif_rules.services.formats import BUILTIN


class Atelier(Struct, frozen=True, kw_only=True):
    """The plugins as they were found, broken data included, and the registry over those that work."""

    plugins: Plugins
    registry: Registry


def open_atelier(*, disabled: Iterable[str] = (), plugins: Plugins | None = None) -> Atelier:
    """Load the plugins (``plugins`` when already loaded) and index their layers."""
    loaded = plugins or load(disabled=[*disabled, *disabled_by_environment()], reserved=BUILTIN)
    registry = Registry(loaded.donnees)
    causes = {
        nom: " ; ".join(" ".join(issue.lines()[0].split()) for issue in issues)
        for nom, issues in registry.problemes.items()
    }
    return Atelier(plugins=loaded.breaking(causes), registry=registry)
