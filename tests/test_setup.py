"""The newcomer's script (``.ci/go.py``) and what the three distributions must keep in common."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from scripts import script_of

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ["qualiopi", "certifregion"]


@pytest.fixture
def go() -> ModuleType:
    return script_of(".ci/go.py")


@pytest.fixture
def empty_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, go: ModuleType) -> Path:
    """A machine with pip but without uv: nothing on the PATH, nothing in ``.outils``."""
    monkeypatch.setattr(go, "find_spec", lambda _: object())
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(go, "OUTILS", tmp_path / "outils")
    return tmp_path / "outils"


class Runs:
    """Stands for ``subprocess.run``: keeps what was asked, answers with a status."""

    def __init__(self, status: int = 0) -> None:
        self.status = status
        self.calls: list[tuple[list[str], dict[str, object]]] = []

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        self.calls.append((command, options))
        return subprocess.CompletedProcess(command, self.status)


def put_uv(folder: Path) -> Path:
    """A file that looks like uv on this system."""
    folder.mkdir(parents=True, exist_ok=True)
    uv = folder / ("uv.exe" if sys.platform == "win32" else "uv")
    uv.write_bytes(b"")
    uv.chmod(0o755)
    return uv


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, go: ModuleType) -> Runs:
    stub = Runs()
    monkeypatch.setattr(go.subprocess, "run", stub)
    return stub


@pytest.mark.parametrize("folder", ["bin", "Scripts"])
def test_uv_installed_before_is_found(go: ModuleType, empty_path: Path, runs: Runs, folder: str) -> None:
    """A second run uses the uv that the first one installed, and asks the network for nothing."""
    uv = put_uv(empty_path / folder)
    assert Path(go.find_uv()) == uv
    assert runs.calls == []


def test_uv_of_the_path_comes_first(
    go: ModuleType, empty_path: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The uv of the user is used rather than the one of the project."""
    put_uv(empty_path / "bin")
    uv = put_uv(tmp_path / "path")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert Path(go.find_uv()) == uv


def test_uv_is_installed_beside_the_project(
    go: ModuleType, empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without uv, pip puts it in the project's own folder, never in the system."""
    commands = []

    def pip(command: list[str], **options: object) -> None:
        commands.append(command)
        put_uv(empty_path / "bin")

    monkeypatch.setattr(go.subprocess, "run", pip)
    assert Path(go.find_uv()) == put_uv(empty_path / "bin")
    assert commands[0][:4] == [sys.executable, "-m", "pip", "install"]
    assert commands[0][-3:] == ["--target", str(empty_path), "uv"]


def test_without_pip_says_what_to_install(
    go: ModuleType, empty_path: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without pip, the message names the command to type."""
    monkeypatch.setattr(go, "find_spec", lambda _: None)
    with pytest.raises(SystemExit, match="apt install python3-pip"):
        go.find_uv()
    assert runs.calls == []


def test_pip_that_fails_is_not_taken_for_a_success(go: ModuleType, empty_path: Path, runs: Runs) -> None:
    """When pip installs nothing, the script stops and says so."""
    with pytest.raises(SystemExit, match="pip n’a pas pu installer uv"):
        go.find_uv()


def test_essai_writes_the_page_in_the_project(
    go: ModuleType, runs: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The trial makes its page in the project, whatever environment is active, and says where."""
    monkeypatch.setattr(go, "find_uv", lambda: "uv")
    monkeypatch.setenv("VIRTUAL_ENV", "elsewhere")
    for name in ("UV_PYTHON", "UV_PYTHON_DOWNLOADS"):
        monkeypatch.delenv(name, raising=False)
    assert go.main(["essai"]) == 0
    [(command, options)] = runs.calls
    assert command[:5] == ["uv", "run", "certif-rules", "checklist", "certifregion"]
    assert "--remplacer" in command
    assert options["cwd"] == ROOT
    env = options["env"]
    assert isinstance(env, dict)
    assert env["UV_PYTHON"] == sys.executable
    assert env["UV_PYTHON_DOWNLOADS"] == "never"
    assert "VIRTUAL_ENV" not in env
    assert str(ROOT / "checklist-certifregion.html") in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["test", "-k", "un nom"], ["essai"]])
def test_exit_status_is_passed_on(
    go: ModuleType,
    runs: Runs,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A failure of the tests or of the trial is the script's own, and no success is printed."""
    monkeypatch.setattr(go, "find_uv", lambda: "uv")
    runs.status = 5
    assert go.main(arguments) == 5
    assert capsys.readouterr().out == ""


def test_options_go_to_pytest(go: ModuleType, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows “test” reaches pytest as it was typed."""
    monkeypatch.setattr(go, "find_uv", lambda: "uv")
    assert go.main(["test", "-k", "un nom"]) == 0
    shared_out = ["-n", "auto", "--dist", "worksteal"]
    assert runs.calls[0][0] == ["uv", "run", "pytest", "-q", *shared_out, "-k", "un nom"]


@pytest.mark.parametrize("arguments", [[], ["aide"], ["essai", "--format", "json"]])
def test_anything_else_shows_the_usage(
    go: ModuleType, runs: Runs, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A sub-command that does not exist runs nothing and shows those that do."""
    assert go.main(arguments) == 2
    assert "essai" in capsys.readouterr().err
    assert runs.calls == []


def test_an_old_python_is_refused_in_words(
    go: ModuleType, runs: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Python older than 3.11 gets a sentence, not a traceback."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    assert go.main(["essai"]) == 1
    assert "Python 3.11 ou plus récent" in capsys.readouterr().err
    assert runs.calls == []


def project(folder: Path) -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return table


@pytest.mark.parametrize("name", PLUGINS)
def test_plugins_accept_the_core_beside_them(name: str) -> None:
    """Their bound is the next minor version, so it moves with the core's."""
    major, minor, _ = str(project(ROOT)["version"]).split(".")
    bound = f">={major}.{minor},<{major}.{int(minor) + 1}"
    dependencies = project(ROOT / "plugins" / name)["dependencies"]
    assert isinstance(dependencies, list)
    assert f"certif-rules{bound}" in dependencies


@pytest.mark.parametrize("name", PLUGINS)
@pytest.mark.parametrize("licence", ["LICENSE", "LICENSE-DONNEES.md"])
def test_plugins_carry_the_licences_of_the_project(name: str, licence: str) -> None:
    """A plugin installed alone brings both licences with it."""
    assert (ROOT / "plugins" / name / licence).read_bytes() == (ROOT / licence).read_bytes()


@pytest.mark.parametrize("folder", [".", *(f"plugins/{name}" for name in PLUGINS)])
def test_readmes_travel_with_their_distribution(folder: str) -> None:
    """A distribution that has a README declares it."""
    declared = project(ROOT / folder).get("readme")
    assert declared == ("README.md" if (ROOT / folder / "README.md").exists() else None)


@pytest.mark.roues
def test_every_dependency_is_pinned_and_no_pin_is_idle() -> None:
    """The pinned versions are those that uv would install, all of them and no other."""
    subprocess.run([os.environ["UV"], "lock", "--quiet"], check=True, cwd=ROOT)
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    locked = {
        f"{package['name']}=={package['version']}" for package in lock if "registry" in package["source"]
    }
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]
    assert set(settings["constraint-dependencies"]) == locked


def test_version_of_the_package_is_the_distribution_s() -> None:
    """The version that the program prints is the one that is installed."""
    import certif_rules

    assert certif_rules.__version__ == project(ROOT)["version"]


def test_every_pure_module_is_where_pyproject_says() -> None:
    """A pattern of the pure modules that matches no file, as after a move, would check nothing."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    patterns = settings["coverage"]["run"]["include"]
    assert [pattern for pattern in patterns if not any(ROOT.glob(pattern))] == []


class Item:
    """Stands for a collected test: its name, and whether it is marked slow."""

    def __init__(self, nodeid: str, *, slow: bool) -> None:
        self.nodeid = nodeid
        self.slow = slow

    def get_closest_marker(self, name: str) -> bool:
        return self.slow and name == "lent"

    def add_marker(self, name: str) -> None:
        assert (self.slow, name) == (True, "no_cover")


def test_every_edge_has_tests(pytestconfig: pytest.Config) -> None:
    """A name that fits no file of tests would trace what it meant to spare."""
    conftest = pytestconfig.pluginmanager.get_plugin(str(ROOT / "tests" / "conftest.py"))
    paths = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]
    assert [edge for edge in conftest.EDGES if not any(path.startswith(edge) for path in paths)] == []


def test_the_sample_of_slow_tests_is_the_same_everywhere(pytestconfig: pytest.Config) -> None:
    """One slow test in N stays, chosen by its name alone; those that are quick all stay."""
    conftest = pytestconfig.pluginmanager.get_plugin(str(ROOT / "tests" / "conftest.py"))
    slow = [Item(f"tests/test_a.py::test_b[{rank}]", slow=True) for rank in range(100)]
    quick = [Item(f"tests/test_a.py::test_c[{rank}]", slow=False) for rank in range(100)]

    def sample(one_in: int, items: list[Item]) -> list[Item]:
        config = SimpleNamespace(getoption=lambda _: one_in, hook=SimpleNamespace(pytest_deselected=dict))
        conftest.pytest_collection_modifyitems(config, items)
        return items

    assert sample(1, slow + quick) == slow + quick
    chosen = sample(4, slow + quick)
    assert [item for item in chosen if not item.slow] == quick
    assert 10 < len(chosen) - len(quick) < 40
    assert set(sample(4, quick + slow[::-1])) == set(chosen)
