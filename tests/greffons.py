"""Distributions made in a folder: entry points, metadata and layers, as an installer would leave them."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from certif_rules.plugins.discovery import EtatPlugin, Plugins
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.testing.conformite import Conformite

ICI = Path(__file__).resolve().parent
PLUGINS = ICI.parent / "plugins"
#: The data of each plugin of this repository, made-up ones included.
DONNEES = {
    "qualiopi": PLUGINS / "qualiopi" / "certif_rules_qualiopi" / "donnees",
    "certifregion": PLUGINS / "certifregion" / "certif_rules_certifregion" / "donnees",
    "fictif": ICI / "fictif" / "certif_rules_fictif" / "donnees",
    "enseigne": ICI / "fictif" / "certif_rules_enseigne" / "donnees",
}

ENTETE = """\
from pathlib import Path

from certif_rules import Donnees, Exporter, hookimpl


"""
EDITIONS = """\
@hookimpl
def certif_rules_editions():
    return [Donnees(dossier=Path(__file__).parent / "donnees")]
"""


def registry(**dossiers: Path) -> Registry:
    """A registry over these folders of layers, by plugin name; by default, those of this repository."""
    found = dossiers or DONNEES
    return Registry([(nom, Donnees(dossier=dossier)) for nom, dossier in found.items()])


def distribution(
    site: Path, nom: str, code: str, *, points: dict[str, str] | None = None, donnees: Path | None = None
) -> Path:
    """A distribution ``greffon-<nom>`` 2.0 in the folder ``site``: a package of this code, and its data.

    ``points`` maps the names of its entry points to modules; by default, its name to its package.
    """
    package = site / f"greffon_{nom}"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(ENTETE + code, encoding="utf-8")
    if donnees is not None:
        shutil.copytree(donnees, package / "donnees")
    info = site / f"greffon_{nom}-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: greffon-{nom}\nVersion: 2.0\n", encoding="utf-8"
    )
    lines = [f"{name} = {module}" for name, module in (points or {nom: f"greffon_{nom}"}).items()]
    (info / "entry_points.txt").write_text("\n".join(["[certif_rules]", *lines, ""]), encoding="utf-8")
    return package


def couche(dossier: Path, entete: str, contenu: str = "") -> Path:
    """A layer written in ``dossier/<nature>/<id>``, sealed with its own digest."""
    said = dict(line.split(": ", 1) for line in entete.splitlines() if ": " in line)
    folder = dossier / said["nature"] / said["id"].strip('"')
    folder.mkdir(parents=True)
    revision = '  - {numero: 1, date: "2026-11-23", raison: Essai, empreinte: "sha256:a-calculer"}'
    (folder / "couche.yaml").write_text(f"format: 1\n{entete}revisions:\n{revision}\n", encoding="utf-8")
    if contenu:
        (folder / "contenu.yaml").write_text(f"format: 1\n{contenu}", encoding="utf-8")
    seal(folder)
    return folder


def seal(folder: Path) -> None:
    """Write in the last revision of a layer the digests of what it holds now."""
    from certif_rules.plugins.couche import read_body, read_header, read_life

    path = folder / "couche.yaml"
    en_tete = read_header(path, folder.parent.parent, "essai")
    corps = read_body(en_tete)
    if corps.non_declaree:
        text = path.read_text(encoding="utf-8")
        last = en_tete.couche.revisions[-1].empreinte
        path.write_text(text.replace(last, corps.empreinte), encoding="utf-8")
    vie = read_life(en_tete)
    if vie is not None and vie.non_declaree:
        text = path.read_text(encoding="utf-8")
        declared = en_tete.couche.revisions[-1].empreinte_vie
        assert declared is not None
        path.write_text(text.replace(declared, vie.empreinte), encoding="utf-8")


def declared(**folders: Path) -> Plugins:
    """Plugins as if these folders were installed, by name."""
    etats = [EtatPlugin(nom=nom, distribution=None, version=None, etat="actif") for nom in folders]
    donnees = [(nom, Donnees(dossier=folder)) for nom, folder in folders.items()]
    return Plugins(etats=tuple(etats), donnees=tuple(donnees), exporters=())


#: No setting collects the cases: the class runs them.
NO_SETTING = SimpleNamespace(getini=lambda _: [])


def failures(kit: type[Conformite]) -> dict[str, str]:
    """What each test of the kit says, of those that fail."""
    said = {}
    for name in (name for name in dir(kit) if name.startswith("test_")):
        arguments = (NO_SETTING,) if name == "test_cas" else ()
        try:
            getattr(kit(), name)(*arguments)
        except pytest.fail.Exception as failure:
            said[name.removeprefix("test_")] = str(failure)
    return said
