"""Finding, loading and describing plugins: one failure never hides the others.

pluggy's own loop loses the name of the plugin that fails and lets it stop the rest; so each entry point is
loaded, and each implementation called, in its own ``try``, in the order of their names.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import pluggy
from msgspec import Struct
from msgspec.structs import replace

from certif_rules.errors import suggestion
from certif_rules.plugins import hookspecs
from certif_rules.plugins.hookspecs import GROUP, HOOKS, Donnees, Exporter

#: Names of plugins to leave out, separated by commas.
ENV_DISABLED = "CERTIF_RULES_DISABLE_PLUGINS"


class EtatPlugin(Struct, frozen=True, kw_only=True):
    """A plugin as ``certif-rules plugins`` shows it; ``cause`` says why it is broken."""

    nom: str
    distribution: str | None
    version: str | None
    etat: Literal["actif", "desactive", "casse"]
    cause: str | None = None


class Plugins(Struct, frozen=True, kw_only=True):
    """What the plugins contribute, and the state of each, by name."""

    etats: tuple[EtatPlugin, ...]
    donnees: tuple[tuple[str, Donnees], ...]
    exporters: tuple[Exporter, ...]

    @property
    def casses(self) -> tuple[EtatPlugin, ...]:
        """The broken ones."""
        return tuple(etat for etat in self.etats if etat.etat == "casse")

    def breaking(self, causes: dict[str, str]) -> Plugins:
        """Return the same, with those of ``causes`` broken (their data could not be used)."""
        etats = tuple(
            replace(e, etat="casse", cause=causes[e.nom]) if e.nom in causes and e.etat == "actif" else e
            for e in self.etats
        )
        return replace(self, etats=etats)


def discover() -> list[metadata.EntryPoint]:
    """Return the entry points installed under our group."""
    return list(metadata.entry_points(group=GROUP))


def load(
    entry_points: Iterable[metadata.EntryPoint] | None = None,
    *,
    disabled: Iterable[str] = (),
    reserved: Collection[str] = (),
) -> Plugins:
    """Load every plugin, in the order of their names.

    Args:
        entry_points: those to load; by default the installed ones.
        disabled: names of plugins (or of their distributions) to leave out.
        reserved: names of formats that no plugin may take: those of the program.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    etats: dict[str, EtatPlugin] = {}
    left_out = set(disabled)
    for point in _unique(discover() if entry_points is None else entry_points):
        etat = EtatPlugin(
            nom=point.name,
            distribution=point.dist.name if point.dist else None,
            version=point.dist.version if point.dist else None,
            etat="actif",
        )
        if point.name in etats:
            cause = f"deux greffons portent le nom « {point.name} » : renommer l’un des deux"
            etats[point.name] = replace(etats[point.name], etat="casse", cause=cause)
            if manager.has_plugin(point.name):
                manager.unregister(name=point.name)
        elif left_out & {etat.nom, etat.distribution}:
            etats[point.name] = replace(etat, etat="desactive")
        else:
            cause_or_none = _attempt(partial(_register, manager, point))
            etats[point.name] = replace(etat, etat="casse", cause=cause_or_none) if cause_or_none else etat
    return _collect(manager, etats, reserved)


def disabled_by_environment() -> list[str]:
    """Return names listed in the environment variable :data:`ENV_DISABLED`."""
    return [name.strip() for name in os.environ.get(ENV_DISABLED, "").split(",") if name.strip()]


def _unique(points: Iterable[metadata.EntryPoint]) -> list[metadata.EntryPoint]:
    """Sorted by name; the same entry point seen twice (an editable install beside another) counts once."""
    seen = {(p.name, p.value, p.dist.name if p.dist else ""): p for p in points}
    return [seen[key] for key in sorted(seen)]


def _register(manager: pluggy.PluginManager, point: metadata.EntryPoint) -> None:
    plugin = point.load()
    for name in dir(plugin):
        if (
            name.startswith(f"{GROUP}_")
            and name not in HOOKS
            and hasattr(getattr(plugin, name), f"{GROUP}_impl")
        ):
            raise PluginError(f"crochet inconnu « {name} » : {suggestion(name, HOOKS, 'crochets')}")
    manager.register(plugin, name=point.name)


def _collect(
    manager: pluggy.PluginManager, etats: dict[str, EtatPlugin], reserved: Collection[str]
) -> Plugins:
    donnees: list[tuple[str, Donnees]] = []
    exporters: dict[str, tuple[str, Exporter]] = {}

    def breaks(nom: str, cause: str) -> None:
        etats[nom] = replace(etats[nom], etat="casse", cause=cause)

    for nom, returned in _call(manager.hook.certif_rules_editions, Donnees, breaks):
        donnees.extend((nom, item) for item in returned)
    for nom, returned in _call(manager.hook.certif_rules_exporters, Exporter, breaks):
        for item in returned:
            if sum(way is not None for way in (item.document, item.value, item.render)) != 1:
                breaks(nom, f"le format « {item.name} » donne « document » ou « value » : l’un des deux")
            if item.render is not None:
                message = f"{nom}: Exporter.render of « {item.name} » is now Exporter.value, or .document"
                warnings.warn(message, DeprecationWarning, stacklevel=2)
            if item.name in reserved:
                breaks(nom, f"le format « {item.name} » est déjà celui du programme : changer de nom")
            if item.name in exporters:
                for guilty in {nom, exporters[item.name][0]}:
                    breaks(guilty, f"le format « {item.name} » est déclaré par deux greffons")
            exporters[item.name] = (nom, item)
    return Plugins(
        etats=tuple(etats[nom] for nom in sorted(etats)),
        donnees=tuple(pair for pair in donnees if etats[pair[0]].etat == "actif"),
        exporters=tuple(e for nom, e in exporters.values() if etats[nom].etat == "actif"),
    )


def _call(
    caller: pluggy.HookCaller, expected: type[Any], breaks: Callable[[str, str], None]
) -> list[tuple[str, Sequence[Any]]]:
    """Return each implementation on its own: (plugin name, what it declares)."""
    results: list[tuple[str, Sequence[Any]]] = []
    for implementation in sorted(caller.get_hookimpls(), key=lambda impl: impl.plugin_name):
        items: list[Any] = []

        def run(implementation: Any = implementation, items: list[Any] = items) -> None:
            items.extend(implementation.function())
            for item in items:
                if not isinstance(item, expected):
                    raise PluginError(f"{caller.name} doit rendre des {expected.__name__}, non {item!r:.60}")
                if isinstance(item, Donnees) and not isinstance(item.dossier, Path):
                    raise PluginError(f"Donnees.dossier doit être un pathlib.Path, non {item.dossier!r:.60}")

        cause = _attempt(run)
        if cause:
            breaks(implementation.plugin_name, cause)
        else:
            results.append((implementation.plugin_name, items))
    return results


class PluginError(Exception):
    """What a plugin does that the host cannot accept."""


def _attempt(action: Callable[[], None]) -> str | None:
    """Run foreign code: ``None`` when it went well, else the cause, on one line."""
    try:
        action()
    except PluginError as error:
        return str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever foreign code raises is its cause
        words = " ".join(str(error).split())
        return f"{type(error).__name__} : {words}" if words else type(error).__name__
    return None
