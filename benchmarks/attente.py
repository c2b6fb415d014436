"""What a document written in PDF costs to whoever types meanwhile: seconds a note takes to be recorded.

    uv run python benchmarks/attente.py [-n 60] [--seuils]

Somebody records notes one after the other, first alone, then while reports are written in PDF, each asked as
soon as the last one is ready. The machine must be idle: these are seconds, not ratios.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

from visites import Visitor, served

#: By how much a note may be late, at the 95th centile.
SEUIL = 0.050


def notes(visitor: Visitor, root: str, count: int, word: str) -> list[float]:
    """Return the seconds that each note took, from what was typed to the page that comes after it."""
    taken = []
    for rank in range(count):
        begin = time.perf_counter()
        visitor.read(f"{root}/saisir?ligne=qualiopi/1", base="99999", commentaire=f"{word} {rank}")
        visitor.read(f"{root}/saisir?ligne=qualiopi/2")
        taken.append(time.perf_counter() - begin)
    return taken


def reports(visitor: Visitor, root: str, enough: Event, written: list[float]) -> None:
    """Ask for reports in PDF, one after the other; note the seconds that each took.

    Raises:
        AssertionError: one could not be written.
    """
    line = 0
    while not enough.is_set():
        line += 1
        # A report is asked again only once what it says has changed.
        visitor.read(f"{root}/saisir?ligne=qualiopi/3", base="99999", commentaire=f"état {line}")
        begin = time.perf_counter()
        page = visitor.read(f"{root}/travaux", piece="rapport.pdf")
        while "data-attend" in (shown := visitor.read(page)):
            time.sleep(0.05)
        assert re.search("Télécharger", shown), shown
        written.append(time.perf_counter() - begin)


def late(seconds: list[float]) -> float:
    """Return the 95th centile."""
    return statistics.quantiles(seconds, n=20)[-1]


def main(arguments: list[str]) -> int:
    """Print both, and return 1 where a note is too late and ``--seuils`` is asked."""
    parser = argparse.ArgumentParser(description="Mesurer ce qu’un PDF fait attendre.")
    parser.add_argument("-n", type=int, default=60, help="notes, seul puis pendant les PDF")
    parser.add_argument("--seuils", action="store_true", help="échouer au-delà de 50 ms")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "audits.sqlite3") as (_, address):
        typing, printing = Visitor(address), Visitor(address)
        root = typing.dossier()
        notes(typing, root, 5, "avant")
        alone = notes(typing, root, options.n, "seul")
        enough, written = Event(), list[float]()
        thread = Thread(target=reports, args=(printing, root, enough, written))
        thread.start()
        while not written and thread.is_alive():  # the first opens the process that writes
            time.sleep(0.05)
        beside = notes(typing, root, options.n, "pendant")
        enough.set()
        thread.join()
    cost = late(beside) - late(alone)
    for words, seconds in (("seul", alone), ("pendant des PDF", beside), ("un PDF", written)):
        middle, worst = statistics.median(seconds), late(seconds) if len(seconds) > 1 else seconds[0]
        print(f"{words:16} médiane {middle * 1000:6.0f} ms, p95 {worst * 1000:6.0f} ms, {len(seconds)} fois")
    print(f"retard au p95 : {cost * 1000:.0f} ms (au plus {SEUIL * 1000:.0f})")
    return int(options.seuils and cost > SEUIL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
