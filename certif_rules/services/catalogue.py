"""What is installed: référentiels, editions, periods, layers, gaps, contradictions of the sources."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from certif_rules.echanges.inventaire import edition
from certif_rules.errors import DataError, Issue, UsageError, suggestion
from certif_rules.model.referentiel import Referentiel
from certif_rules.model.vie import Vie
from certif_rules.noms import cle
from certif_rules.plugins.discovery import Plugins
from certif_rules.plugins.registry import Registry
from certif_rules.source.entree import content_of

#: The folder of examples, beside the natures of layers (see ``docs/greffons.md``), and how many it may hold.
_EXEMPLES: Final = "exemples"
_MOST: Final = 20


def describe(registry: Registry, name: str | None = None) -> tuple[list[dict[str, Any]], list[Issue]]:
    """Return each edition of each référentiel as plain data, and what is wrong with the others.

    An edition is resolved on the day its latest rules and guide came into use. ``name`` keeps those whose id
    or name holds it, however it is spelt. Where what is said around the audit is wrong, the edition is
    described all the same, and its contradictions are ``None``: they are not known to be none.

    Raises:
        UsageError: ``name`` is nobody's.
    """
    described: list[dict[str, Any]] = []
    issues: list[Issue] = []
    for nom in _named(registry, name) if name is not None else registry.referentiels():
        for couche in registry.layers(nom, "exigence"):
            try:
                day = registry.latest_day(couche)
                referentiel = registry.resolve(nom, day=day, edition=couche.id).referentiel
                vies = _lives(registry, referentiel, issues)
                described.append(edition(registry, couche, referentiel, vies))
            except DataError as error:
                issues.extend(error.issues)
    return described, list(dict.fromkeys(issues))


def _named(registry: Registry, name: str) -> list[str]:
    titles = {
        nom: [nom, *(c.nom for c in registry.layers(nom, "exigence") if c.nom)]
        for nom in registry.referentiels()
    }
    noms = [nom for nom, known in titles.items() if any(cle(name) in cle(title) for title in known)]
    if not noms:
        hint = suggestion(name, titles, "référentiels")
        raise UsageError([Issue("referentiel-inconnu", f"aucun référentiel « {name} »", None, hint)])
    return noms


def _lives(registry: Registry, referentiel: Referentiel, issues: list[Issue]) -> tuple[Vie, ...] | None:
    try:
        return registry.life(referentiel)
    except DataError as error:
        issues.extend(error.issues)
        return None


def examples(plugins: Plugins) -> list[tuple[str, bytes]]:
    """Return the examples of the installed plugins: the name of each file, and what it holds.

    They come by the name of the plugin, then of the file. One that cannot be read is left out.
    """
    read: list[tuple[str, bytes]] = []
    for _, donnees in sorted(plugins.donnees, key=lambda pair: (pair[0], str(pair[1].dossier))):
        files = sorted(islice((donnees.dossier / _EXEMPLES).glob("*.yaml"), _MOST))
        for path in files:
            try:
                read.append((path.name, content_of(path, ordinary=True)))
            except DataError:
                continue
    return read
