"""How each step grows: from 50 to 20,000 lines, from 1,000 to 100,000 organisations; each in its process."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from statistics import median

from chronos import ICI, environment, spent, work
from courbe import Panneau, draw, number
from lot import SIZES
from synthetiques import lines, write_plugin

LIGNES = (50, 500, 5_000, 20_000)
NOM = "essai"
CHARGE, COMPILE, LISTE, CONTROLE, CLASSEUR = (
    "lire le YAML", "lire la forme compilée", "checklist", "valider", "XLSX"
)  # fmt: skip
#: Seconds of processor by step, then by size.
Mesures = dict[str, dict[int, float]]
#: Seconds of processor and MB at most, by size.
Couts = dict[int, tuple[float, float]]


def of_lines(folder: Path, sizes: tuple[int, ...] = LIGNES) -> tuple[Mesures, dict[int, float]]:
    """Return the seconds of each step by number of lines, and the MB that a checklist takes at most."""
    times: Mesures = {step: {} for step in (CHARGE, COMPILE, LISTE, CONTROLE, CLASSEUR)}
    memory = {}
    for size in sizes:
        print(f"  {number(size)} lignes…", file=sys.stderr, flush=True)
        site = folder / f"lignes-{size}"
        donnees = write_plugin(site, NOM, *lines(size))
        yaml, compiled = (environment(folder, site=site, compiled=kept) for kept in (False, True))
        # The first of these writes the compiled form that the others read.
        work(compiled, folder, "chargement", NOM)
        turns = 5 if size < 5_000 else 1
        for step, env in ((CHARGE, yaml), (COMPILE, compiled)):
            times[step][size] = median(work(env, folder, "chargement", NOM)["secondes"] for _ in range(turns))
        steps = work(compiled, folder, "croissance", NOM)
        times[LISTE][size], times[CLASSEUR][size] = steps["checklist"] - times[COMPILE][size], steps["xlsx"]
        memory[size] = steps["memoire"]
        times[CONTROLE][size] = work(compiled, folder, "validation", donnees)["secondes"]
    return times, memory


def of_organisations(folder: Path, sizes: tuple[int, ...] = SIZES) -> Couts:
    """Return the seconds and MB that answering a population takes, by number of organisations."""
    table = folder / "organismes.csv"
    command: list[str | Path] = [sys.executable, ICI / "lot.py", "--csv", table, "-n", *map(str, sizes)]
    spent(command, environment(folder), folder)
    with table.open(encoding="utf-8", newline="") as file:
        return {
            int(row["organismes"]): (float(row["secondes"]), float(row["mo"])) for row in csv.DictReader(file)
        }


def drawing(times: Mesures, population: Couts) -> str:
    """Return the two panels: what one line costs, what one organisation costs, as their number grows."""
    by_line = {
        step: tuple(value * 1e6 / size for size, value in values.items()) for step, values in times.items()
    }
    sizes = tuple(next(iter(times.values())))
    by_one = {"lot, en JSON": tuple(value * 1e6 / size for size, (value, _) in population.items())}
    description = (
        "Deux graphiques à échelles logarithmiques. En haut, les microsecondes que coûte une ligne, de "
        f"{number(sizes[0])} à {number(sizes[-1])} lignes, pour cinq étapes : {', '.join(by_line)}. En bas, "
        f"celles d’un organisme, de {number(min(population))} à {number(max(population))}. Une courbe "
        "plate veut dire que le temps croît comme le nombre. La page donne les mêmes nombres en tableaux."
    )
    panels = (
        Panneau("Ce que coûte une ligne, en microsecondes", "lignes du référentiel", sizes, by_line),
        Panneau("Ce que coûte un organisme, en microsecondes", "organismes", tuple(population), by_one),
    )
    return draw(panels, "Croissance des temps de certif-rules", description)
