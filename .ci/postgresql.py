"""Run a command over a PostgreSQL server of its own: ``python .ci/postgresql.py pytest …``.

The server of Debian's packages runs in a temporary folder, without a network, for the time of the command,
which finds its address in ``CERTIF_RULES_BASE``. An administrator becomes « postgres », as the server asks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

BINAIRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def quietly(command: list[str], folder: Path) -> None:
    """Run a command of the server in its folder, which whoever it becomes may read.

    Raises:
        CalledProcessError: it failed.
    """
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


def main(command: list[str]) -> int:
    """Run ``command``; return its exit status."""
    if not BINAIRES:
        print("PostgreSQL n’est pas installé : apt install postgresql", file=sys.stderr)
        return 2
    root = os.name == "posix" and os.geteuid() == 0
    as_server = ["runuser", "-u", "postgres", "--"] if root else []
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data = folder / "data"
    if root:
        shutil.chown(folder, "postgres")
    control = [*as_server, str(BINAIRES[-1] / "pg_ctl"), "-D", str(data), "-w"]
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    try:
        initdb = [*as_server, str(BINAIRES[-1] / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
        quietly([*initdb, "-E", "UTF8", "--locale=C.UTF-8"], folder)
        quietly([*control, "-l", str(folder / "journal"), "-o", options, "start"], folder)
        try:
            address = f"postgresql://postgres@{quote(str(folder), safe='')}/postgres"
            return subprocess.run(
                command, env={**os.environ, "CERTIF_RULES_BASE": address}, check=False
            ).returncode
        finally:
            quietly([*control, "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
