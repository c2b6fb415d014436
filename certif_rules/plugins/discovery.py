"""Finding, loading and describing plugins: one failure never hides the others.

pluggy's own loop loses the name of the plugin that fails and lets it stop the rest; so each entry point is
loaded, and each implementation called, in its own ``try``, in the order of their names.
"""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pluggy
from msgspec import Struct
from msgspec.structs import replace

from certif_rules.errors import suggestion
from certif_rules.plugins import hookspecs
from certif_rules.plugins.etranger import PluginError, attempt
from certif_rules.plugins.hookspecs import GROUP, HOOKS, Donnees, Exporter
from certif_rules.source.entree import MAX_BYTES, content_of

#: Names of plugins to leave out, separated by commas.
ENV_DISABLED = "CERTIF_RULES_DISABLE_PLUGINS"
#: Most declarations that one hook returns: a generator may have no end.
_MOST = 1_000


class EtatPlugin(Struct, frozen=True, kw_only=True):
    """A plugin is as ``certif-rules plugins`` shows it; ``cause`` says why it is broken."""

    nom: str
    distribution: str | None
    version: str | None
    etat: Literal["actif", "desactive", "casse"]
    cause: str | None = None


class Plugins(Struct, frozen=True, kw_only=True):
    """This record gives what the plugins contribute, and the state of each, by name."""

    etats: tuple[EtatPlugin, ...]
    donnees: tuple[tuple[str, Donnees], ...]
    exporters: tuple[Exporter, ...]
    #: What must be known of how they are installed.
    remarques: tuple[str, ...] = ()

    @property
    def casses(self) -> tuple[EtatPlugin, ...]:
        """Return the broken ones."""
        return tuple(etat for etat in self.etats if etat.etat == "casse")

    def breaking(self, causes: dict[str, str]) -> Plugins:
        """Return the same, with those of ``causes`` broken (their data could not be used)."""
        etats = tuple(
            replace(e, etat="casse", cause=causes[e.nom]) if e.nom in causes and e.etat == "actif" else e
            for e in self.etats
        )
        return replace(self, etats=etats)


#: An entry point, with the distribution that it comes from and its version, as far as they can be read.
_Point = tuple[metadata.EntryPoint, tuple[str | None, str | None]]


def discover() -> tuple[list[_Point], list[str]]:
    """Return the entry points installed under our group, and what must be known of how they are.

    Of a distribution installed twice, the first on the path is imported, and so the one that is loaded. What
    another package left broken behind it is no business of ours, unless it speaks of our group.
    """
    points: list[_Point] = []
    remarks: list[str] = []
    versions: dict[str, str] = {}
    for dist in metadata.distributions():
        facts, why = attempt(partial(_facts, dist))
        if facts is None:
            if _speaks_of_us(dist):
                folder = Path(str(getattr(dist, "_path", "?"))).name
                remarks.append(f"paquet « {folder} » écarté, métadonnées illisibles ({why}) : le réinstaller")
            continue
        origin, ours = facts
        name, version = map(str, origin)
        known = versions.setdefault(name.lower().replace("_", "-"), version)
        if known == version:
            points += ((point, origin) for point in ours)
        elif ours:
            remarks.append(f"deux versions de « {name} » sont installées : {known}, employée, et {version}")
    return points, remarks


def _facts(dist: metadata.Distribution) -> tuple[tuple[str | None, str | None], list[metadata.EntryPoint]]:
    """Return the name and the version of a distribution, and its entry points that are ours.

    Raises:
        PluginError: what says them would be waited for, or read, without end.
    """
    _refuse_endless(dist, "entry_points.txt")
    ours = [point for point in dist.entry_points if point.group == GROUP]
    if not ours:
        return ("", ""), ours
    _refuse_endless(dist, "METADATA", "PKG-INFO")
    return _origin(dist), ours


def _refuse_endless(dist: metadata.Distribution, *names: str) -> None:
    """Refuse a pipe, a device, or what no one wrote: nothing else bounds it where there is no alarm."""
    folder = getattr(dist, "_path", None)
    for path in (folder / name for name in names if isinstance(folder, Path)):  # an archive holds files alone
        try:
            status = path.stat()
        except OSError:  # a distribution may lack it
            continue
        if not stat.S_ISREG(status.st_mode):
            raise PluginError(f"{path.name} n’est pas un fichier ordinaire")
        if status.st_size > MAX_BYTES:
            raise PluginError(f"{path.name} fait plus de {MAX_BYTES // 1_000_000} Mo")


def _speaks_of_us(dist: metadata.Distribution) -> bool:
    """Return whether the entry points of a distribution name our group, as far as they can be read."""
    try:
        path = Path(str(dist.locate_file("")), getattr(dist, "_path", ""), "entry_points.txt")
        return f"[{GROUP}]".encode() in content_of(path, ordinary=True)
    except Exception:  # noqa: BLE001 - as above
        return False


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
    homes: dict[str, metadata.Distribution | None] = {}
    left_out = set(disabled)
    remarks: list[str] = []
    if entry_points is None:
        points, remarks = discover()
    else:
        points = [(point, attempt(partial(_origin, point.dist))[0] or (None, None)) for point in entry_points]
    for point, (distribution, version) in _unique(points):
        etat = EtatPlugin(nom=point.name, distribution=distribution, version=version, etat="actif")
        homes[point.name] = point.dist
        if point.name in etats:
            cause = f"deux greffons portent le nom « {point.name} » : renommer l’un des deux"
            etats[point.name] = replace(etats[point.name], etat="casse", cause=cause)
            if manager.has_plugin(point.name):
                manager.unregister(name=point.name)
        elif left_out & {etat.nom, etat.distribution}:
            etats[point.name] = replace(etat, etat="desactive")
        else:
            _, why = attempt(partial(_register, manager, point))
            etats[point.name] = replace(etat, etat="casse", cause=why) if why else etat
    plugins = _collect(manager, etats, reserved)
    donnees = ((nom, replace(d, installe=_copied(d.dossier, homes[nom]))) for nom, d in plugins.donnees)
    return replace(plugins, donnees=tuple(donnees), remarques=tuple(remarks))


def _copied(dossier: Path, dist: metadata.Distribution | None) -> bool:
    """Return whether an installer copied a folder from a wheel: it stands beside what it says of the wheel.

    What is installed as editable, or found on the path, is the folder where its author works.
    """
    try:
        if dist is None or not dossier.is_relative_to(Path(str(dist.locate_file("")))):
            return False
        return dist.read_text("WHEEL") is not None
    except Exception:  # noqa: BLE001 - metadata are what anyone wrote
        return False


def disabled_by_environment() -> list[str]:
    """Return names listed in the environment variable :data:`ENV_DISABLED`."""
    return [name.strip() for name in os.environ.get(ENV_DISABLED, "").split(",") if name.strip()]


def _origin(dist: metadata.Distribution | None) -> tuple[str | None, str | None]:
    """Return the name of a distribution, and its version, as far as it says them."""
    if dist is None:
        return None, None
    facts = dist.metadata  # read at each call
    name, version = (str(facts[key]) if key in facts else None for key in ("Name", "Version"))
    return name, version


def _unique(points: Iterable[_Point]) -> list[_Point]:
    """Sorted by name; the same entry point seen twice (an editable install beside another) counts once."""
    seen = {(str(p.name), str(p.value), origin[0] or ""): (p, origin) for p, origin in points}
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
    if not manager.get_hookcallers(plugin):
        manager.unregister(plugin)
        raise PluginError(f"il ne déclare rien : aucun crochet ({', '.join(HOOKS)}) n’y porte « @hookimpl »")


def _collect(
    manager: pluggy.PluginManager, etats: dict[str, EtatPlugin], reserved: Collection[str]
) -> Plugins:
    donnees: list[tuple[str, Donnees]] = []
    exporters: dict[str, tuple[str, Exporter]] = {}

    def breaks(nom: str, why: str) -> None:
        etats[nom] = replace(etats[nom], etat="casse", cause=why)

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
            declared = list(islice(implementation.function(), _MOST + 1))
            if len(declared) > _MOST:
                raise PluginError(f"{caller.name} rend plus de {_MOST} déclarations")
            for item in declared:
                if not isinstance(item, expected):
                    raise PluginError(f"{caller.name} doit rendre des {expected.__name__}, non {item!r:.60}")
                items.append(_checked(item))

        _, why = attempt(run)
        if why:
            breaks(implementation.plugin_name, why)
        else:
            results.append((implementation.plugin_name, items))
    return results


def _checked(item: Any) -> Donnees | Exporter:
    """Return a declaration of our own types, which nothing of its author's can surprise later.

    Raises:
        PluginError: a field is not what it should be.
    """
    if isinstance(item, Donnees):
        if not isinstance(item.dossier, Path):
            raise PluginError(f"Donnees.dossier doit être un pathlib.Path, non {item.dossier!r:.60}")
        return Donnees(dossier=Path(str(item.dossier)))
    for field in ("name", "suffix"):
        if not isinstance(getattr(item, field), str) or not getattr(item, field).strip():
            raise PluginError(f"Exporter.{field} doit être un texte, non {getattr(item, field)!r:.60}")
    ways = {way: getattr(item, way) for way in ("document", "value", "render")}
    for way, function in ways.items():
        if function is not None and not callable(function):
            raise PluginError(f"Exporter.{way} doit être une fonction, non {function!r:.60}")
    return Exporter(name=str(item.name), suffix=str(item.suffix), **ways)
