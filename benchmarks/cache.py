"""Kill commands at random moments while they compile layers; the cache must serve as if none had been.

    uv run python benchmarks/cache.py [-n 50]

Each round starts a command on a cache that was emptied or left as the last kill made it, and kills it after a
part of the time that the whole takes. Then the answer must have the bytes of an undisturbed run, twice: from
what the kill left, and from what that run left.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from chronos import after_kills

from certif_rules.plugins.cache import ENV_CACHE, NONE

DOSSIER = ("-m", "certif_rules", "dossier", "certifregion", "--type", "initial", "--date", "2024-03-18",
           "--categorie", "AF", "--format", "json")  # fmt: skip


def started(folder: str) -> subprocess.Popen[bytes]:
    """Start the command with its cache in ``folder``, which may be the word for none."""
    env = {**os.environ, "PYTHONUTF8": "1", ENV_CACHE: folder}
    return subprocess.Popen([sys.executable, *DOSSIER], stdout=subprocess.PIPE, env=env)


def answer(folder: str) -> bytes:
    """Return the answer of a whole run.

    Raises:
        RuntimeError: it failed; what it said is on the standard error.
    """
    run = started(folder)
    out, _ = run.communicate()
    if run.returncode:
        raise RuntimeError(f"status {run.returncode}")
    return out


def faults(count: int, seed: int) -> list[str]:
    """Return what differed after one of ``count`` kills, and what was left that should not be."""
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets
    differing = []
    expected = answer(NONE)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        answer(folder)
        whole = time.perf_counter() - begin
        names = sorted(path.name for path in Path(folder).iterdir())
        for turn in range(count):
            if draw.random() < 0.7:
                for path in Path(folder).glob("*.msgpack"):
                    path.unlink()
            run = started(folder)
            time.sleep(draw.uniform(0.2, 1) * whole)
            run.kill()
            run.communicate()
            if [answer(folder), answer(folder)] != [expected, expected]:
                differing.append(f"coup {turn} : la réponse diffère")
            if sorted(path.name for path in Path(folder).glob("*.msgpack")) != names:
                differing.append(f"coup {turn} : le cache n’est pas entier")
    return differing


if __name__ == "__main__":
    sys.exit(after_kills("Le cache après des arrêts brutaux.", faults))
