"""What a population costs, by its size: seconds of processor and memory of ``certif-rules lot``, a row.

    uv run python benchmarks/lot.py [-n 1000 10000 100000] [--csv FICHIER] [--seuils]

Each size has a process of its own, whose memory at most the system gives. Times are those of processors, the
processes of a pool included, so that they hold on a machine that does other things. The cost of a row is
drawn from two sizes, so that what starting costs is left out of it.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLONNES = """\
format: 1
organisme: {nom: denomination, siren: siren, nda: nda}
categories: {AF: certif.AF, BC: certif.BC, VAE: certif.VAE, CFA: certif.CFA}
faits: {sous_traitance: st}
"""
HEADS = ("nda", "denomination", "siren", "certif.AF", "certif.BC", "certif.VAE", "certif.CFA", "st")
AUDIT = ("qualiopi", "--type", "initial", "--date", "2024-03-18")
TABLES = ("jsonl", "csv", "parquet")
SIZES = (1_000, 10_000, 100_000)
#: What ``--seuils`` accepts from the last size but one to the last: the cost of a row, and more memory.
MOST_RATIO, MOST_MORE_MB = 1.5, 16.0


def population(path: Path, number: int) -> None:
    """Write a population: every set of categories, a fact that is true, false or not told."""
    draw = random.Random(7)  # noqa: S311 - draws examples, the same each time
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter=";", lineterminator="\n")
        rows.writerow(HEADS)
        for rank in range(number):
            chosen = draw.randrange(1, 16)
            categories = ["true" if chosen >> bit & 1 else "false" for bit in range(4)]
            siren, fact = f"{draw.randrange(10**9):09}", draw.choice(("", "oui", "non"))
            rows.writerow((f"{rank:011}", f"Organisme nº {rank}", siren, *categories, fact))


def command(population: Path, *options: str | Path) -> list[str]:
    """Return the command on a population, whose columns are told beside it."""
    colonnes = population.with_name("colonnes.yaml")
    colonnes.write_text(COLONNES, encoding="utf-8")
    return [
        *(sys.executable, "-m", "certif_rules", "lot", str(population), *AUDIT),
        *("--colonnes", str(colonnes), *map(str, options)),
    ]


def measure(number: int, forme: str = "jsonl", processus: int = 1) -> tuple[float, float]:
    """Return the seconds of processor and the MB at most of a population of ``number`` organisations.

    ``forme`` is a table, or a format of checklists: each organisation then has its document.

    Raises:
        RuntimeError: the command failed; what it said is on the standard error.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        population(folder / "organismes.csv", number)
        (folder / "documents").mkdir()
        table = ("-o", folder / f"dues.{forme}")
        target = table if forme in TABLES else ("--dans", folder / "documents", "--format", forme)
        run = command(folder / "organismes.csv", *target, "--processus", str(processus))
        process = subprocess.Popen(run, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"status {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> int:
    """Measure and print; 1 with ``--seuils`` when growth is not flat."""
    parser = argparse.ArgumentParser(description="Ce que coûte une population, selon sa taille.")
    parser.add_argument("-n", type=int, nargs="+", default=SIZES, help="tailles (1000 10000 100000)")
    parser.add_argument("--format", default="jsonl", help="jsonl, csv, parquet, ou un format de checklist")
    parser.add_argument("--processus", type=int, default=1, help="processus qui travaillent (1)")
    parser.add_argument("--csv", type=Path, help="écrire aussi les nombres dans ce fichier")
    parser.add_argument("--seuils", action="store_true", help="échouer quand un coût croît avec la taille")
    options = parser.parse_args()
    rows: list[tuple[int, float, float, float]] = []
    print(f"{'organismes':>12}{'s':>9}{'Mo':>8}{'µs par rangée':>16}{'rapport':>10}{'montre, s':>11}")
    for number in options.n:
        clock = time.perf_counter()
        seconds, peak = measure(number, options.format, options.processus)
        clock = time.perf_counter() - clock
        before = rows[-1] if rows else (0, 0.0, 0.0, 0.0)
        each = (seconds - before[1]) / (number - before[0]) * 1e6
        ratio = f"{each / before[3]:.2f}" if len(rows) > 1 else "–"
        print(f"{number:>12}{seconds:>9.2f}{peak:>8.0f}{each:>16.1f}{ratio:>10}{clock:>11.1f}", flush=True)
        rows.append((number, seconds, peak, each))
    if options.csv:
        with options.csv.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("organismes", "secondes", "mo", "us_par_rangee"), *rows])
    (_, _, memory, cost), (_, _, last_memory, last_cost) = rows[-2:]
    grows = last_memory - memory > MOST_MORE_MB or (len(rows) > 2 and last_cost / cost > MOST_RATIO)
    return int(options.seuils and grows)


if __name__ == "__main__":
    sys.exit(main())
