"""Seconds of processor of commands, in turns: a slow moment of the machine falls on all that is compared."""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from certif_rules.plugins.cache import ENV_CACHE, NONE

ICI = Path(__file__).resolve().parent


def environment(folder: Path, *, site: Path | None = None, compiled: bool = True) -> dict[str, str]:
    """Return the environment of a command that keeps what it compiles in ``folder``, for the next.

    Args:
        folder: what is kept of Python’s modules and of our layers.
        site: a folder of plugins made for a measure.
        compiled: whether compiled layers are read and written.
    """
    env = {**os.environ, "PYTHONUTF8": "1", "PYTHONPYCACHEPREFIX": str(folder / "pyc")}
    env[ENV_CACHE] = str(folder / "couches") if compiled else NONE
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.pop("PYTHONPATH", None)
    return env | ({"PYTHONPATH": str(site)} if site else {})


def spent(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> float:
    """Return the seconds of processor of a command.

    Raises:
        subprocess.CalledProcessError: it failed; what it said is on the standard error.
    """
    before = _of_children()
    done = subprocess.run(command, check=False, capture_output=True, cwd=cwd, env=env)
    if done.returncode:
        sys.stderr.buffer.write(done.stderr)
        done.check_returncode()
    return _of_children() - before


def _of_children() -> float:
    """Return seconds of processor of the processes that ended, as finely as the system counts them."""
    try:
        import resource
    except ImportError:  # Windows
        times = os.times()
        return times.children_user + times.children_system
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def told(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path) -> Any:
    """Return the JSON that a command writes; it measures itself."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=cwd, env=env)
    return json.loads(done.stdout)


def work(env: Mapping[str, str], cwd: Path, *arguments: str | Path) -> Any:
    """Return what ``travaux.py`` measures of our own work, in a process of its own."""
    return told([sys.executable, ICI / "travaux.py", *arguments], env, cwd)


def seconds(action: Callable[[], object]) -> float:
    """Return the seconds of processor that an action takes in this process."""
    gc.collect()
    start = time.process_time()
    action()
    return time.process_time() - start


def in_turns(number: int, ways: Mapping[str, Callable[[], Any]], *, warm: int = 1) -> dict[str, list[Any]]:
    """Return what each way gives at each of ``number`` turns, after ``warm`` that are forgotten."""
    times: dict[str, list[Any]] = {nom: [] for nom in ways}
    for turn in range(number + warm):
        for nom, way in ways.items():
            value = way()
            if turn >= warm:
                times[nom].append(value)
    return times


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios, turn by turn."""
    return statistics.median(one / two for one, two in zip(ours, theirs, strict=True))


def after_kills(titre: str, faults: Callable[[int, int], Sequence[str]]) -> int:
    """Kill as often as the command line says, print what differs; 1 when something does.

    Args:
        titre: what is killed, for ``--help``.
        faults: what differs after a number of kills, whose moments a seed draws.
    """
    parser = argparse.ArgumentParser(description=titre)
    parser.add_argument("-n", type=int, default=50, help="nombre d’arrêts (50)")
    parser.add_argument("--graine", type=int, default=1, help="ce qui tire les moments (1)")
    options = parser.parse_args()
    differing = faults(options.n, options.graine)
    print(*differing, f"{options.n} arrêts, {len(differing)} différences", sep="\n")
    return int(bool(differing))
