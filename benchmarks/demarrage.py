"""Start-up times of certif-rules against what cannot be saved: Python, and the libraries it stands on.

One run, on one machine: read the ratios. What is counted is processor time, which depends less on what else
the machine does; the commands take turns, so that a slow moment falls on all of them. Bytecode and compiled
layers are kept in a folder of the run, whatever the environment says: any command after the first has them.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from certif_rules.plugins.cache import ENV_CACHE

DECOUVERTE = "import click, pluggy, importlib.metadata as m; m.entry_points(group='certif_rules')"
CHECKLIST = (
    *("-m", "certif_rules", "checklist", "certifregion", "--type", "initial", "--date", "2024-03-18"),
    *("--categorie", "AF", "--format", "json"),
)


@dataclass(frozen=True)
class Mesure:
    """A command and the one it is held against.

    ``aim`` is the largest ratio of their medians that is accepted; ``None`` for a reference.
    """

    label: str
    arguments: tuple[str, ...]
    reference: str | None = None
    aim: float | None = None


MESURES = {
    "a": Mesure("import click", ("-c", "import click")),
    "b": Mesure("certif-rules --help", ("-m", "certif_rules", "--help"), "a", 1.3),
    "c": Mesure("click, pluggy et la liste des greffons", ("-c", DECOUVERTE)),
    "d": Mesure("certif-rules checklist certifregion", CHECKLIST, "c", 1.8),
    "e": Mesure("certif-rules rapport --help", ("-m", "certif_rules", "rapport", "--help"), "a", 1.6),
}


def duration(arguments: tuple[str, ...], folder: str) -> float:
    """Return seconds of processor that Python takes to run ``arguments`` from ``folder``.

    Raises:
        subprocess.CalledProcessError: the command failed; what it said is on the standard error.
    """
    kept = {"PYTHONPYCACHEPREFIX": str(Path(folder, "pyc")), ENV_CACHE: str(Path(folder, "couches"))}
    env = {**os.environ, "PYTHONUTF8": "1", **kept}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    start = _spent()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=folder, env=env)
    return _spent() - start


def _spent() -> float:
    """Return seconds of processor that the processes of this one took so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def medians(count: int) -> dict[str, float]:
    """Median seconds of each command over ``count`` interleaved rounds, after one that warms the caches."""
    times: dict[str, list[float]] = {key: [] for key in MESURES}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(count + 1):
            for key, mesure in MESURES.items():
                seconds = duration(mesure.arguments, folder)
                if turn:
                    times[key].append(seconds)
    return {key: statistics.median(values) for key, values in times.items()}


def table(found: dict[str, float]) -> tuple[list[str], bool]:
    """Return the lines of the table, in French, and whether every ratio keeps to its aim."""
    lines = [f"{'':3}{'commande':40}{'médiane':>9}{'rapport':>12}{'visé':>8}"]
    kept = True
    for key, mesure in MESURES.items():
        line = f"{key:3}{mesure.label:40}{found[key] * 1000:6.0f} ms"
        if mesure.reference and mesure.aim:
            ratio = found[key] / found[mesure.reference]
            kept = kept and ratio <= mesure.aim
            shown = f"{key}/{mesure.reference} = {ratio:.2f}".replace(".", ",")
            line += f"{shown:>12}{'≤ ' + str(mesure.aim).replace('.', ','):>8}"
            line += "" if ratio <= mesure.aim else "  dépassé"
        lines.append(line)
    return lines, kept


def main() -> int:
    """Measure and print; 1 with ``--seuils`` when an aim is missed, else 0."""
    parser = argparse.ArgumentParser(description="Temps de démarrage de certif-rules.")
    parser.add_argument("-n", type=int, default=15, help="nombre de mesures de chaque commande (15)")
    parser.add_argument("--seuils", action="store_true", help="échouer quand un rapport visé est dépassé")
    options = parser.parse_args()
    lines, kept = table(medians(options.n))
    version = sys.version.split()[0]
    print(f"Python {version}, médianes de {options.n} mesures entrelacées", *lines, sep="\n")
    return int(options.seuils and not kept)


if __name__ == "__main__":
    sys.exit(main())
