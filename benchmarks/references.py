"""The programs that the measures are held against, each in an environment of its own under ``.outils/``.

Their versions are in ``references.toml``. An environment is made once, and again when a version changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
ENVIRONNEMENTS = RACINE / ".outils" / "mesures"
TRESTLE, SCHEMA, XLSX = "compliance-trestle", "check-jsonschema", "XlsxWriter"


def pins_of(nom: str) -> list[str]:
    """Return every package of the environment of a program, with its version."""
    content = tomllib.loads((RACINE / "benchmarks" / "references.toml").read_text(encoding="utf-8"))
    pins: list[str] = content[nom]["pins"]
    return pins


def version_of(nom: str) -> str:
    """Return the version of a program that the measures use."""
    return next(pin.partition("==")[2] for pin in pins_of(nom) if pin.partition("==")[0] == nom.lower())


def scripts_of(nom: str) -> Path:
    """Return the folder of the programs of an environment, made when it is not there.

    Raises:
        SystemExit: it could not be made; what uv said is on the standard error.
    """
    folder = ENVIRONNEMENTS / nom.lower()
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    done = folder / "versions.txt"
    wanted = "\n".join(pins_of(nom))
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return scripts
    local = os.pathsep.join(str(RACINE / ".outils" / name) for name in ("bin", "Scripts"))
    uv = shutil.which("uv") or shutil.which("uv", path=local)
    if uv is None:
        raise SystemExit("Il faut uv pour installer ce à quoi l’on se compare.")
    shutil.rmtree(folder, ignore_errors=True)
    print(f"Installation de {nom} {version_of(nom)} dans .outils…", file=sys.stderr, flush=True)
    commands = (
        [uv, "venv", "-q", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "-q", "--python", str(scripts / "python"), *pins_of(nom)],
    )
    for command in commands:
        if subprocess.run(command, check=False).returncode:
            raise SystemExit(f"{nom} n’a pas pu être installé (le message est ci-dessus).")
    done.write_text(wanted, encoding="utf-8")
    return scripts
