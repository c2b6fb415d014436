"""Compiled layers in the wheel of a plugin: the first command on a machine parses no YAML either.

A build hook of hatchling. A plugin asks for it by one line, with the core (and the plugins that its labels
rest on) among what its build requires. What is built stands beside the layers, and is read under the key of
all that their files hold: where anything differs (a file, the version of the program), it is as if absent.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import EntryPoint
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from pluggy import HookimplMarker

from certif_rules.errors import IssuesError
from certif_rules.plugins.cache import Cache, compiled_beside
from certif_rules.plugins.discovery import discover, load
from certif_rules.plugins.hookspecs import GROUP, Donnees
from certif_rules.plugins.registry import Registry


def compile_layers(donnees: Iterable[tuple[str, Donnees]], couches: Path, target: Path) -> None:
    """Write in ``target`` the compiled forms of the editions that the folder ``couches`` declares.

    Of each edition, as it is on the last days that change it, or what it rests on: an earlier day is compiled
    where it is asked for. What is wrong is left for who reads the layers to hear of.

    Args:
        donnees: (plugin name, declaration) pairs: that of the folder, and those of what it rests on.
        couches: one of their folders.
        target: where to write; where they are read is ``compiled_beside`` the folder.
    """
    declared = list(donnees)
    registry = Registry(declared, cache=Cache(target, couches=couches))
    ours = {nom for nom, each in declared if each.dossier == couches}
    layers = registry.all_layers()
    last = max((couche.admis_du for couche in layers), default="")
    editions = [c for c in layers if c.nature == "exigence" and registry.plugin_of(c) in ours]
    for couche in editions:
        for day in {registry.latest_day(couche), max(couche.du, min(last, couche.au or last))}:
            with suppress(IssuesError):
                resolution = registry.resolve(couche.referentiel, day=day, edition=couche.id)
                registry.life(resolution.referentiel)


def compiled_files(points: Mapping[str, str], racine: Path, target: Path) -> dict[Path, Path]:
    """Compile what the entry points of a plugin declare, and return where each file goes, by where it is.

    Args:
        points: names of the entry points of our group, with the modules that they name.
        racine: the folder where these modules are imported from.
        target: an empty folder to write in.
    """
    sys.path.insert(0, str(racine))
    try:
        own = [EntryPoint(nom, module, GROUP) for nom, module in points.items()]
        donnees = load([*own, *(point for point, _ in discover()[0] if point.name not in points)]).donnees
    finally:
        sys.path.remove(str(racine))
    places: dict[Path, Path] = {}
    for rank, couches in enumerate(each.dossier for nom, each in donnees if nom in points):
        forms = target / str(rank)
        if not compiled_beside(couches).exists():  # built from a source archive, which holds them
            compile_layers(donnees, couches, forms)
        files = sorted(forms.iterdir()) if forms.exists() else []
        places |= {file: compiled_beside(couches) / file.name for file in files}
    return places


@HookimplMarker("hatch")
def hatch_register_build_hook() -> type[Any]:
    """Return the hook that ``[tool.hatch.build.hooks.certif-rules]`` asks for."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class CompiledLayersHook(BuildHookInterface):  # type: ignore[misc]  # without types
        """This hook puts compiled layers in wheels and source archives, not in an editable installation."""

        PLUGIN_NAME = "certif-rules"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Compile, and say which files join."""
            self.target = Path(mkdtemp(prefix="certif-rules-"))
            points = self.metadata.core.entry_points.get(GROUP, {})
            if version == "editable":
                return
            for file, place in compiled_files(points, Path(self.root), self.target).items():
                inside = place.relative_to(self.root).as_posix()
                build_data["force_include"][str(file)] = inside

        def finalize(self, *_: Any) -> None:
            """Remove what was compiled, once it is in place."""
            rmtree(self.target, ignore_errors=True)

    return CompiledLayersHook
