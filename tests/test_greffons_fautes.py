"""What a plugin may do wrong, as a table: it is named with its cause, and its neighbour works."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from greffons import DONNEES, EDITIONS, distribution

from certif_rules.errors import DataError
from certif_rules.plugins.couche import files_of, read_header
from certif_rules.plugins.discovery import discover, load
from certif_rules.plugins.etranger import attempt
from certif_rules.plugins.hookspecs import Donnees, hookimpl
from certif_rules.plugins.index import headers_in

HOOK = "@hookimpl\ndef certif_rules_editions():\n    "
RENDU = """\
def write(checklist):
    {}


@hookimpl
def certif_rules_exporters():
    return [Exporter(name="panne", suffix=".panne", value=write)]
"""
MUET = "class Muet(Exception):\n    def __str__(self):\n        raise SystemExit(0)\n\n\n"
BAPTEME = ["checklist", "fictif", "--type", "bapteme", "--date", "2022-03-01", "--categorie", "COUT"]

LONG = "il n’a pas rendu la main en 2 s"

#: What the code of a plugin does, and what its cause says.
FAUTES = {
    "base_exception": ("raise BaseException()\n", "BaseException"),
    "interrupt": ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    "exit": ("raise SystemExit(0)\n", "SystemExit"),
    "generator_exit": ("raise GeneratorExit\n", "GeneratorExit"),
    "hook_base": (f"{HOOK}raise BaseException('x')\n", "BaseException : x"),
    "hook_interrupt": (f"{HOOK}raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    "unprintable": (f"{MUET}raise Muet\n", "Muet : une erreur qui ne se laisse pas afficher"),
    "long": ("raise ValueError('x' * 10**6)\n", "ValueError : xxx"),
    "endless": (
        f"{HOOK}while True:\n        yield Donnees(dossier=Path('a'))\n",
        "plus de 1000 déclarations",
    ),
    "spins": ("while True:\n    pass\n", LONG),
    "sleeps": ("import time\n\ntime.sleep(3600)\n", LONG),
    "waits": ("import threading\n\nthreading.Event().wait()\n", LONG),
    "tries_again": (
        "while True:\n    try:\n        int('x')\n    except BaseException:\n        pass\n",
        LONG,
    ),
    "hook_spins": (f"{HOOK}while True:\n        pass\n", LONG),
    "yields_nothing": (f"{HOOK}while True:\n        pass\n    yield\n", LONG),
    "none": (f"{HOOK}return [None]\n", "doit rendre des Donnees, non None"),
    "folder": (f"{HOOK}return [Donnees(dossier='a')]\n", "doit être un pathlib.Path"),
    "name": (
        "@hookimpl\ndef certif_rules_exporters():\n    return [Exporter(name=[], suffix='.x', value=len)]\n",
        "Exporter.name doit être un texte",
    ),
    "way": (
        "@hookimpl\ndef certif_rules_exporters():\n    return [Exporter(name='x', suffix='.x', value=3)]\n",
        "Exporter.value doit être une fonction",
    ),
    "no_hook": ("x = 1\n", "il ne déclare rien"),
    "evil_repr": (
        f"class Mal:\n    def __repr__(self):\n        raise BaseException('x')\n\n\n{HOOK}return [Mal()]\n",
        "BaseException : x",
    ),
}


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, with the distributions of ``site`` first on its path."""
    path = os.pathsep.join([str(site), str(Path(__file__).parent / "fictif")])
    env = os.environ | {"PYTHONPATH": path, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"CERTIF_RULES_PLUGIN_SECONDS": "2"}  # what never ends is not waited for
    command = [sys.executable, "-m", "certif_rules", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=env, check=False)


def states(site: Path) -> dict[str, tuple[str, str]]:
    """The state and the cause of each plugin, from the JSON of ``plugins``."""
    done = run(site, "plugins", "--format", "json")
    assert "Traceback" not in done.stderr
    return {p["nom"]: (p["etat"], p["cause"] or "") for p in json.loads(done.stdout)["plugins"]}


@pytest.mark.lent
@pytest.mark.parametrize("fault", FAUTES)
def test_a_fault_names_its_plugin_and_hides_no_other(tmp_path: Path, fault: str) -> None:
    """One plugin is broken with its cause on one short line; the made-up one beside it is active."""
    code, cause = FAUTES[fault]
    distribution(tmp_path, "mauvais", code)
    found = states(tmp_path)
    assert found["mauvais"][0] == "casse"
    assert cause in found["mauvais"][1]
    assert len(found["mauvais"][1]) < 400
    assert found["fictif"] == ("actif", "")


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("exit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise BaseException('panne')", "BaseException : panne"),
        ("while True: pass", LONG),
    ],
)
def test_a_renderer_that_leaves_is_a_failure(tmp_path: Path, code: str, cause: str) -> None:
    """Status 1 and the format named: never status 0 without the file."""
    distribution(tmp_path, "pannes", RENDU.format(code))
    done = run(tmp_path, *BAPTEME, "-o", str(tmp_path / "a.panne"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "format-en-echec" in done.stderr
    assert cause in done.stderr.replace("\u00a0", " ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "a.panne").exists()


def test_what_a_plugin_prints_is_not_in_the_document(tmp_path: Path) -> None:
    """A ``print`` at import, or in a hook, goes to standard error: the JSON stays JSON."""
    distribution(tmp_path, "bavard", f"print('import')\n\n\n{HOOK}print('crochet')\n    return []\n")
    done = run(tmp_path, "plugins", "--format", "json")
    assert {p["nom"] for p in json.loads(done.stdout)["plugins"]} >= {"bavard", "fictif"}
    assert "import" in done.stderr
    assert "crochet" in done.stderr


def test_what_another_package_left_is_ignored(tmp_path: Path) -> None:
    """The folder of an interrupted pip, entry points in another encoding: every command goes on."""
    (tmp_path / "-umpy-1.21.0.dist-info").mkdir()
    autre = tmp_path / "autre-1.0.dist-info"
    autre.mkdir()
    (autre / "entry_points.txt").write_bytes("[console_scripts]\nétat = autre:main\n".encode("latin-1"))
    done = run(tmp_path, *BAPTEME)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_our_own_group_in_broken_metadata_is_told(tmp_path: Path) -> None:
    """A package that meant to be a plugin, and cannot be read, is told rather than ignored."""
    autre = tmp_path / "autre-1.0.dist-info"
    autre.mkdir()
    (autre / "entry_points.txt").write_bytes("[certif_rules]\nétat = autre\n".encode("latin-1"))
    done = run(tmp_path, "plugins")
    assert done.returncode == 0
    assert "autre-1.0.dist-info" in done.stderr
    assert "écarté, métadonnées illisibles" in done.stderr


def test_two_versions_of_one_plugin_are_told(tmp_path: Path) -> None:
    """Which one is in use is said; the other is not loaded beside it."""
    for version, site in (("2.0", tmp_path / "a"), ("3.0", tmp_path / "b")):
        distribution(site, "double", EDITIONS, donnees=DONNEES["enseigne"])
        info = next(site.glob("*.dist-info"))
        text = (info / "METADATA").read_text(encoding="utf-8").replace("2.0", version)
        (info / "METADATA").write_text(text, encoding="utf-8")
    done = run(Path(os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")])), "plugins")
    words = done.stderr.replace("\u00a0", " ")
    assert "deux versions de « greffon-double » sont installées : 2.0, employée, et 3.0" in words


@pytest.mark.parametrize(
    ("change", "code"),
    [("\nx: [\n", "syntaxe"), ("\n# rien\nautre: 1\n", "cle-inconnue"), ("", "")],
    ids=["yaml", "digest", "sound"],
)
def test_plugins_reads_the_data(tmp_path: Path, change: str, code: str) -> None:
    """A body that no command read yet is read: unreadable YAML, or other rules than were declared."""
    package = distribution(tmp_path, "corps", EDITIONS, donnees=DONNEES["qualiopi"])
    path = min((package / "donnees" / "guide").rglob("lignes*.yaml"))
    path.write_text(path.read_text(encoding="utf-8") + change, encoding="utf-8")
    done = run(tmp_path, "--sans-plugin", "qualiopi", "plugins", "--format", "json")
    found = {p["nom"]: p for p in json.loads(done.stdout)["plugins"]}["corps"]
    assert (found["etat"], done.returncode) == (("casse", 1) if code else ("actif", 0))
    assert code in (found["cause"] or "")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_among_the_data_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe where a layer's file should be breaks that plugin, and nothing waits."""
    package = distribution(tmp_path, "tuyau", EDITIONS)
    (package / "donnees" / "regles" / "a").mkdir(parents=True)
    os.mkfifo(package / "donnees" / "regles" / "a" / "couche.yaml")
    found = states(tmp_path)
    assert "pas un fichier ordinaire" in found["tuyau"][1]
    assert found["fictif"][0] == "actif"


@pytest.mark.lent
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_a_plugin_opens_is_not_waited_for(tmp_path: Path) -> None:
    """A plugin that reads a named pipe as it is imported is interrupted in its wait, and named."""
    os.mkfifo(tmp_path / "tube")
    distribution(tmp_path, "tube", f"open({str(tmp_path / 'tube')!r}).read()\n")
    found = states(tmp_path)
    assert found["tube"] == ("casse", f"{LONG} (CERTIF_RULES_PLUGIN_SECONDS donne plus)")
    assert found["fictif"][0] == "actif"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_metadata_that_never_come_are_not_waited_for(tmp_path: Path) -> None:
    """The metadata of another package are a named pipe: it is no business of ours, and nothing hangs."""
    (tmp_path / "autre-1.0.dist-info").mkdir()
    os.mkfifo(tmp_path / "autre-1.0.dist-info" / "entry_points.txt")
    done = run(tmp_path, "plugins")
    assert (done.returncode, "autre" in done.stderr) == (0, False)


# ---- where there is no alarm ---------------------------------------------------------------------------


def without_alarm(action: Callable[[], Any]) -> Any:
    """What an action gives in another thread, where no alarm can be set, as on Windows."""
    given: list[Any] = []
    thread = threading.Thread(target=lambda: given.append(action()), daemon=True)
    thread.start()
    thread.join(30)
    (value,) = given  # none, if it still waits
    return value


def test_another_thread_is_not_interrupted() -> None:
    """Outside the first thread no alarm can be set: what comes back is given all the same."""
    assert without_alarm(lambda: attempt(lambda: 7)) == (7, None)


def test_declarations_without_end_are_counted_without_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A generator that never ends is left after a thousand declarations, wherever it runs."""

    class Sans:
        @hookimpl
        def certif_rules_editions(self) -> Iterator[Donnees]:
            while True:
                yield Donnees(dossier=Path("a"))

    point = metadata.EntryPoint("sans", "sans", "certif_rules")
    monkeypatch.setattr(metadata.EntryPoint, "load", lambda _: Sans())
    (etat,) = without_alarm(lambda: load([point])).etats
    assert (etat.etat, etat.cause) == ("casse", "certif_rules_editions rend plus de 1000 déclarations")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["entry_points.txt", "METADATA"])
def test_metadata_that_never_come_are_refused_without_an_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A pipe, a device, a file that no one wrote: refused before any is opened."""
    distribution(tmp_path, "tube", "")
    path = tmp_path / "greffon_tube-2.0.dist-info" / name
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    for make, why in (
        (lambda: os.mkfifo(path), "n’est pas un fichier ordinaire"),
        (lambda: path.symlink_to("/dev/zero"), "n’est pas un fichier ordinaire"),
        (lambda: path.write_bytes(b"[certif_rules]\n" + b" " * 5_000_000), "fait plus de 5 Mo"),
    ):
        path.unlink()
        make()
        points, remarks = without_alarm(discover)
        assert points == []
        # Of a pipe or a device, nobody can tell that it spoke of our group.
        readable = name == "METADATA" or path.is_file()
        assert [why in remark for remark in remarks] == [True] * readable


def test_a_folder_that_no_one_wrote_is_not_read_through(tmp_path: Path) -> None:
    """Too many files where layers stand, or in a layer; too much in one: one issue each."""
    donnees = shutil.copytree(DONNEES["qualiopi"], tmp_path / "donnees")
    layer = next(path for path in (donnees / "guide").iterdir() if path.is_dir())
    for n in range(1_001):
        (layer / f"x{n:04}.yaml").write_bytes(b"")
    en_tete = read_header(layer / "couche.yaml", tmp_path, "essai")
    ((name, error),) = files_of(en_tete)
    assert isinstance(error, DataError)
    assert (name, error.issues[0].code) == (f"donnees/guide/{layer.name}", "fichier-trop-grand")
    for path in layer.glob("x*.yaml"):
        path.unlink() if path.name > "x0011.yaml" else path.write_bytes(b"#" * 5_000_000)
    told = [content for _, content in files_of(en_tete) if isinstance(content, DataError)]
    assert [error.issues[0].message for error in told] == [
        "cette couche tient plus de 50 Mo : ce n’est pas une couche"
    ]
    (donnees / "exigence").mkdir(exist_ok=True)
    for n in range(1_001):
        (donnees / "exigence" / f"y{n}").mkdir()
    en_tetes, (issue,) = headers_in(Donnees(dossier=donnees), tmp_path, "essai", None)
    assert (en_tetes, issue.code) == ([], "fichier-trop-grand")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm")
def test_an_alarm_of_the_host_is_left_alone() -> None:
    """A host that uses the alarm keeps it, with its handler: it rings while a plugin runs and after."""
    rung: list[int] = []
    former = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05, 3600)
        assert attempt(lambda: time.sleep(0.2)) == (None, None)
        assert rung == [signal.SIGALRM]
        assert signal.getitimer(signal.ITIMER_REAL)[1] == 3600
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm")
def test_the_alarm_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that spins is interrupted after its time; no alarm and no handler of ours is left behind."""

    def spin() -> None:
        while True:
            pass

    monkeypatch.setenv("CERTIF_RULES_PLUGIN_SECONDS", "0.2")
    former = signal.getsignal(signal.SIGALRM)
    assert (attempt(spin)[1] or "").split(" (")[0] == "il n’a pas rendu la main en 0.2 s"
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == former


@pytest.mark.parametrize("given", ["", "beaucoup", "0", "-1", "nan", "inf"])
def test_a_time_that_is_none(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """What is no number of seconds leaves the usual minute: the action runs, and nothing is raised."""
    monkeypatch.setenv("CERTIF_RULES_PLUGIN_SECONDS", given)
    assert attempt(lambda: 7) == (7, None)
