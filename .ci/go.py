"""Run the newcomer’s commands with nothing installed but Python: ``essai``, ``ouvrir``, ``test``, ``site``.

uv does the work. It is taken from the PATH, else installed beside the project, in ``.outils``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
OUTILS = RACINE / ".outils"
PAGE = "checklist-certifregion.html"
SITE = ".outils/site/index.html"
ESSAI = [
    *("certif-rules", "checklist", "certifregion", "--type", "initial", "--date", "2024-03-18"),
    *("--categorie", "AF", "--avec", "sous_traitance", "--avec", "plus_de_deux_jours"),
    *("--avec", "formation_a_distance", "--sans", "certifiante", "--sans", "alternance"),
    *("--sans", "situation_travail", "--sans", "nouvel_entrant", "-o", PAGE, "--remplacer"),
]
USAGE = """\
Usage : python3 .ci/go.py essai            une grille d’audit Certif’Région, en HTML
        python3 .ci/go.py ouvrir           un audit d’exemple, dans le navigateur de cette machine
        python3 .ci/go.py test [options]   les tests ; les options vont à pytest
        python3 .ci/go.py site             la documentation, en pages à lire hors ligne"""
SANS_PYTHON = "certif-rules demande Python 3.11 ou plus récent ; celui-ci est {}."
SANS_UV = """\
Il faut uv, ou pip pour l’installer ici même :
  Debian, Ubuntu         apt install python3-pip
  Fedora                 dnf install python3-pip
  Windows, macOS, autre  {} -m ensurepip --upgrade
puis relancer cette commande."""
SANS_RESEAU = "pip n’a pas pu installer uv (son message est ci-dessus) : vérifier le réseau, ou installer uv."


def find_uv() -> str:
    """Path of uv, installed first when it is nowhere.

    Raises:
        SystemExit: there is no pip, or pip failed; the message says what to do.
    """
    local = os.pathsep.join(str(OUTILS / folder) for folder in ("bin", "Scripts"))
    found = shutil.which("uv") or shutil.which("uv", path=local)
    if found:
        return found
    if find_spec("pip") is None:
        raise SystemExit(SANS_UV.format(sys.executable))
    print("Installation de uv dans .outils…", file=sys.stderr, flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--root-user-action=ignore", "--upgrade", "--target", str(OUTILS), "uv"]
    subprocess.run(pip, check=False)
    found = shutil.which("uv", path=local)
    if not found:
        raise SystemExit(SANS_RESEAU)
    return found


def uv_run(command: list[str]) -> int:
    """Exit status of ``command`` run by uv in the project, on the Python that runs this script."""
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    env.setdefault("UV_PYTHON", sys.executable)
    env.setdefault("UV_PYTHON_DOWNLOADS", "never")
    env.setdefault("UV_SYSTEM_CERTS", "true")  # as pip does: networks with an authority of their own
    return subprocess.run([find_uv(), "run", *command], cwd=RACINE, env=env, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the sub-command named first in ``arguments``; its exit status, 2 when there is none such."""
    if sys.version_info < (3, 11):
        print(SANS_PYTHON.format(sys.version.split()[0]), file=sys.stderr)
        return 1
    if arguments[:1] == ["test"]:
        # The slow tests come last and in families: whoever has no more takes from the other.
        return uv_run(["pytest", "-q", "-n", "auto", "--dist", "worksteal", *arguments[1:]])
    if arguments == ["ouvrir"]:
        return uv_run(["certif-rules", "ouvrir", ".outils/audits.sqlite3", "--exemple"])
    pages = {"essai": (ESSAI, PAGE), "site": (["--group", "site", "python", ".ci/site.py"], SITE)}
    if len(arguments) == 1 and arguments[0] in pages:
        command, page = pages[arguments[0]]
        status = uv_run(command)
        if status == 0:
            print("À ouvrir dans un navigateur : {}".format(RACINE / page))
        return status
    print(USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
