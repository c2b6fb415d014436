"""Kill works on a population at random moments; what they make must be what an undisturbed run makes.

    uv run python benchmarks/arrets.py [-n 50]

Each round starts a work where the last kill left it, kills it, and looks for a process that outlived it. Two
rounds in three are followed by another; the third goes on to the end, and must then have made the same bytes,
and left nothing beside. The works are in turn JSON lines, Parquet, and documents made by two processes.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from chronos import after_kills
from lot import command, population

#: What each work writes, with which options, for how many organisations, in parts of how many.
WORKS = {
    "jsonl": (("-o", "dues.jsonl"), 3_000, 50),
    "parquet": (("-o", "dues.parquet"), 3_000, 50),
    "documents": (("--dans", ".", "--format", "json", "--processus", "2"), 400, 5),
}
#: Seconds that what a killed work began may outlive it.
PATIENCE = 10
#: The program, its parts cut smaller than they are, so that there are many between two kills.
PROGRAM = """
from certif_rules import cli
from certif_rules.services import travail
travail.PART = travail.PART_OF_DOCUMENTS = {}
if __name__ == "__main__":
    cli.main()
"""


class Work:
    """A work on a population, its folder, and what it makes when nobody disturbs it."""

    def __init__(self, name: str, folder: Path, smaller: int) -> None:
        options, number, part = WORKS[name]
        self.name = name
        self.folder = folder / name
        self.folder.mkdir()
        (folder / f"{name}-programme.py").write_text(PROGRAM.format(part), encoding="utf-8")
        population(folder / f"{name}.csv", number // smaller)
        _, _, _, *arguments = command(folder / f"{name}.csv", *options)
        self._run = [sys.executable, str(folder / f"{name}-programme.py"), *arguments]
        begin = time.perf_counter()
        self.finish()
        self.whole = time.perf_counter() - begin
        self.expected = self.state()
        self.clear()

    def start(self) -> subprocess.Popen[bytes]:
        """Start, or go on, in a group of processes of its own."""
        return subprocess.Popen(self._run, cwd=self.folder, stderr=subprocess.DEVNULL, start_new_session=True)

    def finish(self) -> None:
        """Go on to the end.

        Raises:
            CalledProcessError: it failed; what it said is on the standard error.
        """
        subprocess.run(self._run, cwd=self.folder, check=True, stderr=subprocess.PIPE)

    def clear(self) -> None:
        """Take away what was made."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def state(self) -> dict[str, str]:
        """Return the files that are there, and the digest of each."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def outlived(group: int) -> bool:
    """Tell whether a process of a group is still there after a while; it is then ended."""
    limit = time.perf_counter() + PATIENCE
    while time.perf_counter() < limit:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.02)
    os.killpg(group, signal.SIGKILL)
    return True


def faults(count: int, seed: int, *, names: Iterable[str] = WORKS, smaller: int = 1) -> list[str]:
    """Return what differed after ``count`` kills of those works, on populations so many times smaller."""
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets
    differing: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        works = [Work(work, Path(name), smaller) for work in names]
        for turn in range(count):
            work = works[turn % len(works)]
            run = work.start()
            time.sleep(draw.uniform(0.25, 1) * work.whole)
            if run.poll() is None:
                run.kill()
            run.wait()
            if outlived(run.pid):
                differing.append(f"coup {turn} ({work.name}) : un processus survit")
            if work.state() == work.expected:
                work.clear()
                continue
            if turn + len(works) >= count or draw.random() < 1 / 3:
                differing += _ended(work, turn)
    return differing


def _ended(work: Work, turn: int) -> list[str]:
    """Return what differs once a work that was killed has gone on to its end."""
    file = next((name for name in work.expected if name.startswith("dues.")), None)
    if file is not None and (work.folder / file).exists():  # killed once it had its name: it is whole
        if work.state().get(file) != work.expected[file]:
            return [f"coup {turn} ({work.name}) : un fichier entier diffère"]
        (work.folder / file).unlink()
    try:
        work.finish()
    except subprocess.CalledProcessError as error:
        return [f"coup {turn} ({work.name}) : {error.stderr.decode(errors='replace')}"]
    same = work.state() == work.expected
    work.clear()
    return [] if same else [f"coup {turn} ({work.name}) : ce qui est fait diffère"]


if __name__ == "__main__":
    sys.exit(after_kills("Un lot après des arrêts brutaux.", faults))
