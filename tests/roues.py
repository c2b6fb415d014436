"""uv as the tests of wheels use it: to build, and to install what was built."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def find_uv() -> str:
    """The path of uv, which ``uv run`` gives to what it runs."""
    program = os.environ.get("UV") or shutil.which("uv")
    assert program, "uv is needed: run these tests with `uv run`"
    return program


def uv(*arguments: str | Path) -> None:
    """Run uv in the repository, outside of the environment of the tests."""
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run([find_uv(), *arguments], check=True, cwd=ROOT, env=env)
