"""What a run imports, and where it may not go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from greffons import DONNEES

from certif_rules.cli import COMMANDS
from certif_rules.plugins.couche import HEADER

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("qualiopi", "certifregion")


def python(code: str) -> str:
    """What a fresh interpreter prints for ``code``."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules_after(code: str) -> set[str]:
    """The modules loaded once ``code`` has run; what it prints is left out."""
    end = "\nimport sys\nprint('\\n@' + ' '.join(sys.modules))\n"
    return set(python(code + end).rpartition("@")[2].split())


CALL = "from certif_rules.cli import run\nassert run({!r}) == 0\n"
AUDIT = ["--type", "initial", "--date", "2024-03-18", "--categorie", "AF"]
HEAVY = {"click", "pluggy", "ruamel", "ruamel.yaml", "jsonschema", "referencing"}


def test_importing_the_package_is_free() -> None:
    """A plugin that only needs a marker pays for nothing: the package alone imports none of its parts."""
    loaded = modules_after("import certif_rules")
    assert {name for name in loaded if name.startswith("certif_rules")} == {"certif_rules"}
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("module", ["collecte", "conformite"])
def test_a_run_of_pytest_pays_nothing(module: str) -> None:
    """What every run of pytest loads, in any project, is pytest alone; so are the tests to inherit."""
    loaded = modules_after(f"import certif_rules.testing.{module}")
    names = {"certif_rules", "certif_rules.testing", f"certif_rules.testing.{module}"}
    assert {name for name in loaded if name.startswith("certif_rules")} == names
    assert loaded & (HEAVY - {"pluggy"} | {"msgspec"}) == set()


def test_help_is_light() -> None:
    """``--help`` loads neither the plugins, nor the reader, nor the validator, nor the domain."""
    loaded = modules_after(CALL.format(["--help"]))
    domain = {f"certif_rules.{folder}" for folder in ("model", "plugins", "source", "audit")}
    assert loaded & (HEAVY - {"click"} | domain | {"msgspec", "certif_rules.errors"}) == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_is_as_light(command: str) -> None:
    """What a command needs to run is imported when it runs: its help loads neither records nor services."""
    loaded = modules_after(CALL.format([command, "--help"]))
    folders = ("audit", "documents", "echanges", "model", "plugins", "services", "source", "vie")
    unwanted = {"msgspec", "certif_rules.errors", *(f"certif_rules.{folder}" for folder in folders)}
    assert loaded & (HEAVY - {"click"} | unwanted) == set()


def test_a_checklist_imports_what_it_uses() -> None:
    """A checklist in JSON, from layers already published, needs no validator and no other exporter."""
    loaded = modules_after(CALL.format(["checklist", "qualiopi", *AUDIT, "--format", "json"]))
    assert "certif_rules.echanges.checklist" in loaded
    others = {name for name in loaded if name.startswith(("certif_rules.documents.", "certif_rules.grilles"))}
    others -= {"certif_rules.documents.formats", "certif_rules.documents.formats.extras"}
    assert loaded & {"jsonschema", "referencing", "rpds"} | others == set()
    assert {name for name in loaded if name.startswith("certif_rules.vie")} == set()


def test_a_checklist_opens_no_connection() -> None:
    """Every référentiel gives its checklist on a machine where no socket can be made."""
    code = "import socket\ndef refuse(*args, **kwargs):\n    raise AssertionError('réseau')\n"
    code += "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
    for nom in SHIPPED:
        for format_ in ("json", "html"):
            code += CALL.format(["checklist", nom, *AUDIT, "--format", format_])
    assert python(code).count("<!DOCTYPE html>") == len(SHIPPED)


def test_the_layers_are_where_the_wheel_takes_them() -> None:
    """Every layer of every plugin stands in its package, at <nature>/<id>, and nowhere else."""
    for nom, dossier in DONNEES.items():
        headers = sorted(dossier.parent.rglob(HEADER))
        assert headers, nom
        assert headers == sorted(dossier.glob(f"*/*/{HEADER}"))
