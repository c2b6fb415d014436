"""What a user installs: the built distributions, their content, and a first checklist from them alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from roues import uv

from certif_rules.plugins.cache import COMPILED, ENV_CACHE, NONE

pytestmark = pytest.mark.roues

ROOT = Path(__file__).resolve().parent.parent
#: Distribution → package, and the folder of the tree → where it travels.
CONTENT = {
    "certif_rules": {"certif_rules": "certif_rules", "schemas": "certif_rules/schemas"},
    "certif_rules_qualiopi": {"plugins/qualiopi/certif_rules_qualiopi": "certif_rules_qualiopi"},
    "certif_rules_certifregion": {
        "plugins/certifregion/certif_rules_certifregion": "certif_rules_certifregion"
    },
}


@pytest.fixture(scope="module")
def from_sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the three sdists, and of the wheels built from them."""
    folder = tmp_path_factory.mktemp("sdists")
    uv("build", "--quiet", "--all-packages", "--out-dir", folder)
    return folder


@pytest.fixture(scope="module")
def scripts(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a clean environment where the three wheels are installed, and nothing else of ours."""
    venv = tmp_path_factory.mktemp("clean") / "venv"
    uv("venv", "--quiet", "--python", sys.executable, venv)
    uv("pip", "install", "--quiet", "--python", venv, *sorted(wheels.glob("*.whl")))
    return venv / ("Scripts" if sys.platform == "win32" else "bin")


def wheel(folder: Path, name: str) -> Path:
    [path] = folder.glob(f"{name}-*.whl")
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tree(folder: Path) -> dict[str, bytes]:
    """What of ``folder`` is the project's: not the caches of Python."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("name", CONTENT)
def test_wheel_holds_the_tree_byte_for_byte(wheels: Path, name: str) -> None:
    """The wheel has every file of the sources, unchanged, and no other but what is compiled of the layers."""
    expected = {
        f"{target}/{path}": content
        for source, target in CONTENT[name].items()
        for path, content in tree(ROOT / source).items()
    }
    found = members(wheel(wheels, name))
    compiled = f"{name}/donnees{COMPILED}/"
    assert {
        path: content
        for path, content in found.items()
        if ".dist-info/" not in path and not path.startswith(compiled)
    } == expected
    assert f"{name}/py.typed" in found


@pytest.mark.parametrize("name", CONTENT)
def test_wheel_of_the_sdist_is_the_same(wheels: Path, from_sdist: Path, name: str) -> None:
    """Building from the source archive gives the same wheel."""
    assert wheel(from_sdist, name).read_bytes() == wheel(wheels, name).read_bytes()


@pytest.mark.parametrize("name", ["certif_rules_qualiopi", "certif_rules_certifregion"])
def test_plugins_travel_with_data_and_licences(wheels: Path, name: str) -> None:
    """The wheel of a plugin brings its data and both licences."""
    names = members(wheel(wheels, name))
    assert any(path.startswith(f"{name}/donnees/exigence/") for path in names)
    licences = {path.rsplit("/", 1)[1] for path in names if ".dist-info/licenses/" in path}
    assert licences == {"LICENSE", "LICENSE-DONNEES.md"}


CONTEXT = ("--type", "initial", "--date", "2024-03-18", "--categorie", "AF", "--format", "json")


@pytest.mark.parametrize("nom", ["qualiopi", "certifregion"])
def test_the_first_command_compiles_nothing(nom: str, scripts: Path, tmp_path: Path) -> None:
    """Wheels bring what is compiled of their layers: nothing goes to the cache, the bytes are the same."""
    cache = tmp_path / "cache"
    one, two = (
        run(scripts, tmp_path, "checklist", nom, *CONTEXT, cache=where) for where in (str(cache), NONE)
    )
    assert one == two
    assert not cache.exists()


def test_sdist_of_the_core_leaves_the_plugins_out(from_sdist: Path) -> None:
    """The source archive of the core has its tests, not the plugins."""
    [path] = from_sdist.glob("certif_rules-*.tar.gz")
    with tarfile.open(path) as archive:
        folders = {name.split("/")[1] for name in archive.getnames()}
    assert {"certif_rules", "schemas", "tests"} <= folders
    assert not folders & {"plugins", ".venv", ".outils", "dist"}


def run(scripts: Path, folder: Path, *arguments: str, cache: str = "") -> str:
    env = {**os.environ, "PYTHONUTF8": "1", ENV_CACHE: cache or str(folder / "cache")}
    env.pop("PYTHONPATH", None)
    command = [str(scripts / "certif-rules"), *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_installed_program_knows_both_referentiels(scripts: Path, tmp_path: Path) -> None:
    """Installed from wheels alone, the program lists both référentiels."""
    listed = run(scripts, tmp_path, "referentiels")
    assert "qualiopi" in listed
    assert "certifregion" in listed


def test_installed_program_makes_a_checklist(scripts: Path, tmp_path: Path) -> None:
    """Installed from wheels alone, the program makes a whole checklist."""
    context = ("--type", "initial", "--date", "2024-03-18", "--categorie", "AF")
    document = json.loads(run(scripts, tmp_path, "checklist", "certifregion", *context, "--format", "json"))
    assert len(document["lignes"]) == 44


def test_installed_program_speaks_french(scripts: Path, tmp_path: Path) -> None:
    """The catalogue of messages travels in the wheel, and the language of the machine changes nothing."""
    assert run(scripts, tmp_path, "checklist", "--help").startswith("Usage : certif-rules checklist")


def test_installed_plugins_hold_what_every_plugin_must(scripts: Path, tmp_path: Path) -> None:
    """The conformity tests of both plugins pass outside the repository, on the wheels, with pytest alone."""
    uv("pip", "install", "--quiet", "--python", scripts.parent, "pytest")
    for nom in ("qualiopi", "certifregion"):
        shutil.copytree(ROOT / "plugins" / nom / "tests", tmp_path / nom)
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    command = [scripts / "python", "-m", "pytest", "-q", "--import-mode=importlib", "."]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].startswith("20 passed")
