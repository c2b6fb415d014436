"""How each step grows: from 50 to 20,000 lines, from 1,000 to 100,000 organisations; each in its process."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from chronos import environment, work
from courbe import Panneau, draw, number
from synthetiques import lines, write_plugin

LIGNES = (50, 500, 5_000, 20_000)
ORGANISMES = (1_000, 10_000, 100_000)
NOM = "essai"
CHARGE, COMPILE, LISTE, CONTROLE, CLASSEUR = (
    "lire le YAML", "lire la forme compilée", "checklist", "valider", "XLSX"
)  # fmt: skip
COLONNES = """\
format: 1
organisme: {nom: denomination, siren: siren, nda: nda}
categories: {AF: certif.AF, CFA: certif.CFA, VAE: certif.VAE, BC: certif.BC}
faits: {sous_traitance: sous_traitance}
"""

#: Seconds of processor by step, then by size.
Mesures = dict[str, dict[int, float]]


def of_lines(folder: Path, sizes: tuple[int, ...] = LIGNES) -> tuple[Mesures, dict[int, float]]:
    """Return the seconds of each step by number of lines, and the MB that a checklist takes at most."""
    times: Mesures = {step: {} for step in (CHARGE, COMPILE, LISTE, CONTROLE, CLASSEUR)}
    memory = {}
    for size in sizes:
        print(f"  {number(size)} lignes…", file=sys.stderr, flush=True)
        site = folder / f"lignes-{size}"
        donnees = write_plugin(site, NOM, *lines(size))
        yaml, compiled = (environment(folder, site=site, compiled=kept) for kept in (False, True))
        turns = max(1, 2_000 // size)
        times[CHARGE][size] = work(yaml, folder, "chargement", NOM, str(turns))["secondes"]
        # The first of these writes the compiled form that the others read.
        work(compiled, folder, "chargement", NOM, "1")
        times[COMPILE][size] = work(compiled, folder, "chargement", NOM, str(turns))["secondes"]
        steps = work(compiled, folder, "croissance", NOM)
        times[LISTE][size], times[CLASSEUR][size] = steps["checklist"] - times[COMPILE][size], steps["xlsx"]
        memory[size] = steps["memoire"]
        times[CONTROLE][size] = work(compiled, folder, "validation", donnees)["secondes"]
    return times, memory


def of_organisations(folder: Path, sizes: tuple[int, ...] = ORGANISMES) -> dict[int, dict[str, float]]:
    """Return the seconds and MB that answering a population takes, by number of organisations."""
    (folder / "colonnes.yaml").write_text(COLONNES, encoding="utf-8")
    env = environment(folder)
    answers = {}
    for size in sizes:
        print(f"  {number(size)} organismes…", file=sys.stderr, flush=True)
        path = folder / f"organismes-{size}.csv"
        write_population(path, size)
        answers[size] = work(env, folder, "population", path, folder / "colonnes.yaml")
    return answers


def drawing(times: Mesures, population: dict[int, dict[str, float]]) -> str:
    """Return the two panels: what one line costs, what one organisation costs, as their number grows."""
    by_line = {
        step: tuple(value * 1e6 / size for size, value in values.items()) for step, values in times.items()
    }
    sizes = tuple(next(iter(times.values())))
    by_one = {"lot, en JSON": tuple(value["secondes"] * 1e6 / size for size, value in population.items())}
    description = (
        "Deux graphiques à échelles logarithmiques. En haut, les microsecondes que coûte une ligne, de "
        f"{number(sizes[0])} à {number(sizes[-1])} lignes, pour cinq étapes : {', '.join(by_line)}. En bas, celles que coûte un "
        f"organisme, de {number(min(population))} à {number(max(population))}. Une courbe plate veut dire que le temps croît "
        "comme le nombre. Les mêmes nombres sont dans les tableaux de la page."
    )
    panels = (
        Panneau("Ce que coûte une ligne, en microsecondes", "lignes du référentiel", sizes, by_line),
        Panneau("Ce que coûte un organisme, en microsecondes", "organismes", tuple(population), by_one),
    )
    return draw(panels, "Croissance des temps de certif-rules", description)


def write_population(path: Path, size: int) -> None:
    """Write a CSV of the columns of the public list: sixteen kinds of organisations, a fact for some."""
    chance = random.Random(11)  # noqa: S311 - draws examples, the same each time
    kinds = [[chance.choice(("true", "false")) for _ in range(3)] for _ in range(16)]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("nda;denomination;siren;certif.AF;certif.CFA;certif.VAE;certif.BC;sous_traitance\n")
        for rank in range(size):
            known = ";".join(["true", *chance.choice(kinds), chance.choice(("oui", "non", ""))])
            file.write(f"{rank:011};Organisme {rank};{rank:09};{known}\n")
