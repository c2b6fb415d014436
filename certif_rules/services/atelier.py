"""From installed plugins to a registry: one call for every front end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from certif_rules.errors import DataError, Issue, IssuesError
from certif_rules.plugins.cache import user_cache
from certif_rules.plugins.discovery import Plugins, disabled_by_environment, load
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.services.formats import BUILTIN

#: Problems of a plugin that its cause lists.
_SHOWN = 5


class Atelier(Struct, frozen=True, kw_only=True):
    """An atelier has the plugins as found, broken data included, and the registry over those that work."""

    plugins: Plugins
    registry: Registry


def open_atelier(*, disabled: Iterable[str] = (), plugins: Plugins | None = None) -> Atelier:
    """Load the plugins (``plugins`` when already loaded) and index their layers."""
    loaded = plugins or load(disabled=[*disabled, *disabled_by_environment()], reserved=BUILTIN)
    registry = Registry(loaded.donnees, cache=user_cache())
    causes = {nom: _in_words(issues) for nom, issues in registry.problemes.items()}
    return Atelier(plugins=loaded.breaking(causes), registry=registry)


def with_project(registry: Registry, dossier: Path, *, here: Path) -> Registry:
    """Return a registry where the layers of a folder stand beside the others, and for those of the same name.

    Args:
        registry: the rules that are installed.
        dossier: the folder, ``<nature>/<id>/couche.yaml``.
        here: name files relative to this folder, where they are under it.

    Raises:
        DataError: the folder has no layer, or their headers are wrong; everything is listed.
    """
    projet = Registry([(dossier.name, Donnees(dossier=dossier))], names_from=here)
    issues = [issue for problems in projet.problemes.values() for issue in problems]
    if issues:
        raise DataError(issues)
    return registry.overlaid(projet)


def examined(atelier: Atelier) -> Plugins:
    """Return the plugins once all their data were read: what no command asked for yet may be wrong too."""
    registry = atelier.registry
    faults: dict[str, list[Issue]] = {}
    for couche in registry.all_layers():
        with _blaming(faults, registry.plugin_of(couche)):
            body = registry.body(couche)
            if body.non_declaree:
                raise DataError([body.non_declaree])
    for couche in [c for c in registry.all_layers() if c.nature == "exigence"]:
        with _blaming(faults, registry.plugin_of(couche)):
            day = registry.latest_day(couche)
            registry.life(registry.resolve(couche.referentiel, day=day, edition=couche.id).referentiel)
    return atelier.plugins.breaking({nom: _in_words(issues) for nom, issues in faults.items()})


@contextmanager
def _blaming(faults: dict[str, list[Issue]], plugin: str) -> Iterator[None]:
    try:
        yield
    except IssuesError as error:
        # What was said of a base is not said again of the label that rests on it.
        others = [issue for issues in faults.values() for issue in issues]
        fresh = [issue for issue in error.issues if issue not in others]
        if fresh:
            faults.setdefault(plugin, []).extend(fresh)


def _in_words(issues: Iterable[Issue]) -> str:
    """Return the first problems of a plugin on one line, and how many others there are."""
    lines = [" ".join(issue.lines()[0].split()) for issue in issues]
    more = [f"et {len(lines) - _SHOWN} autres"] if len(lines) > _SHOWN else []
    return " ; ".join([*lines[:_SHOWN], *more])
