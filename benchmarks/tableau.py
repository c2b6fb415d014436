"""The table of speeds: our work, the same work of another program, their ratio; then how each step grows.

    uv run python benchmarks/tableau.py --nist DOSSIER           prints
    uv run python benchmarks/tableau.py --nist DOSSIER --page    writes docs/vitesse.md and its drawing too

What is compared takes turns in one run: read the ratios. ``DOSSIER`` holds the two files of NIST (OSCAL
1.1.1), which do not ship with the program; without it, the rows that need them are left out, and it is said.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import croissance
import jugement
import nist
from chronos import ICI, environment, in_turns, ratio, spent, told, work
from courbe import number
from demarrage import CHECKLIST, DECOUVERTE
from rangs import TETES, Rang, ms, sums
from references import RACINE, SCHEMA, TRESTLE, XLSX, scripts_of, version_of
from synthetiques import lines, write_plugin

from certif_rules.cli import COMMANDS

PAGE, DESSIN = RACINE / "docs" / "vitesse.md", RACINE / "docs" / "images" / "croissance.svg"
DEBUT, FIN = "<!-- mesures : écrit par benchmarks/tableau.py -->", "<!-- fin des mesures -->"
TITRE_DU_DESSIN = "Ce que coûtent une ligne de référentiel, puis un organisme, selon leur nombre"


def starts(folder: Path, turns: int) -> Iterator[Rang]:
    """Yield the start-up times, against Python and the libraries that cannot be spared."""
    env = environment(folder)
    ours = [sys.executable, "-m", "certif_rules"]

    def of(*arguments: str) -> Callable[[], float]:
        return lambda: spent(arguments, env, folder)

    ways = {
        "click": of(sys.executable, "-c", "import click"),
        "--help": of(*ours, "--help"),
        "greffons": of(sys.executable, "-c", DECOUVERTE),
        "checklist": of(sys.executable, *CHECKLIST),
        **{name: of(*ours, name, "--help") for name in COMMANDS},
    }
    times = in_turns(turns, ways)
    click, scan = times["click"], times["greffons"]
    yield Rang(
        "`--help`", ms(median(times["--help"])), f"`import click` : {ms(median(click))}",
        ratio(times["--help"], click), "", 1.3, 1.2,
    )  # fmt: skip
    ratios = {name: ratio(times[name], click) for name in COMMANDS}
    slowest = max(ratios, key=lambda name: ratios[name])
    yield Rang(
        f"`--help` d’une sous-commande, la plus lente des {len(ratios)} (`{slowest}`)",
        ms(median(times[slowest])), f"`import click` : {ms(median(click))}", ratios[slowest], "", 2.2, 1.6,
    )  # fmt: skip
    yield Rang(
        "`checklist certifregion --format json`", ms(median(times["checklist"])),
        f"liste des greffons : {ms(median(scan))}", ratio(times["checklist"], scan), "", 1.8, 1.5,
    )  # fmt: skip


def rates(folder: Path, turns: int) -> Iterator[Rang]:
    """Yield how many checklists, each for another context, two seconds of processor give."""
    env = environment(folder)
    taken = [work(env, folder, "contextes", "2000", "1") for _ in range(turns)]
    for key, words, must, aim in (
        ("checklists", "checklists par seconde sur deux cœurs, contextes tous différents", 2_000, 4_000),
        ("json", "les mêmes, jusqu’aux octets du JSON", 600, 1_000),
    ):
        rate = 2 * median(value for turn in taken for value in turn[key])
        yield Rang(words, number(rate), "–", rate, "", must, aim, plus=True)


def counts(folder: Path) -> Iterator[Rang]:
    """Yield how many organisations are counted in a second of processor, their contexts all in memory."""
    for code, words, must, aim in (
        ("initial", "initial", 900_000, 2_000_000), ("surveillance", "de surveillance", 60_000, 500_000)
    ):  # fmt: skip
        taken = work(environment(folder), folder, "denombrement", code, "200000", "5")
        rate, engine = taken["colonnes"], taken["moteur"]
        what = f"organismes dénombrés par seconde et par cœur, `qualiopi`, audit {words}"
        yield Rang(what, number(rate), f"nos checklists : {number(engine)}", rate, "", must, aim, plus=True)


def memory(folder: Path) -> Iterator[Rang]:
    """Yield the memory that 744 days of one référentiel take over that of the first."""
    taken = work(environment(folder), folder, "jours", "744")
    yield Rang(
        "mémoire, un référentiel demandé à 744 dates", f"{number(taken['un'])} → {number(taken['tous'])} Mo",
        "–", taken["tous"] - taken["un"], " Mo", 5, 5,
    )  # fmt: skip


def checking(folder: Path, turns: int) -> Iterator[Rang]:
    """Yield the checking of 1,000 lines: seconds, and those of check-jsonschema on one of the two layers."""
    site = folder / "mille"
    donnees = write_plugin(site, "mille", *lines(1000))
    env = environment(folder)
    scripts = scripts_of(SCHEMA)
    files = [donnees / "exigence" / "1" / name for name in ("contenu.yaml", "lignes-00000.yaml")]
    schema = RACINE / "schemas" / "exigence.schema.json"
    times = in_turns(
        turns,
        {
            "nous": lambda: spent([sys.executable, "-m", "certif_rules", "valider", donnees], env, folder),
            "eux": lambda: spent([scripts / "check-jsonschema", "--schemafile", schema, *files], env, folder),
        },
    )
    ours, theirs = times["nous"], times["eux"]
    part = number(ratio(ours, theirs))
    reference = f"{SCHEMA}, la forme d’une couche seule : {ms(median(theirs))}, soit × {part}"
    yield Rang(
        "`valider` 1 000 lignes", ms(median(times["nous"])), reference, median(times["nous"]), " s", 1, 0.5
    )


def conclusions(turns: int) -> Iterator[Rang]:
    """Yield a conclusion on a mean, lines left to confirm."""
    for size, must, aim in ((100, 20, 20), (1_000, 200, 200)):
        taken = median(jugement.milliseconds(jugement.JUGEMENTS["une moyenne"], size) for _ in range(turns))
        yield Rang(
            f"conclusion sur une moyenne, {number(size)} lignes à confirmer", f"{number(taken)} ms", "–",
            taken, " ms", must, aim,
        )  # fmt: skip


def grids(folder: Path, turns: int) -> Iterator[Rang]:
    """Yield the grid as XLSX, against XlsxWriter alone making the same cells; then grids read back."""
    scripts, calls = scripts_of(XLSX), folder / "appels.json"
    env = environment(folder)
    script = ICI / "reference_xlsxwriter.py"
    times = in_turns(
        turns,
        {
            "nous": lambda: work(env, folder, "cellules", calls, "5"),
            "eux": lambda: told([scripts / "python", script, calls, "5"], env, folder),
        },
        warm=0,
    )
    ours, theirs = (sums(times[key], ("secondes",)) for key in ("nous", "eux"))
    yield Rang(
        "grille XLSX de `certifregion`", ms(median(ours)),
        f"{XLSX} seul, mêmes cellules : {ms(median(theirs))}",
        ratio(ours, theirs), "", 1.4, 1.15,
    )  # fmt: skip
    read = work(env, folder, "grilles", "10")["secondes"]
    yield Rang(
        "`lire`, grilles par seconde, dans un processus",
        number(1 / median(read)),
        "–",
        1 / median(read),
        "",
        60,
        100,
        plus=True,
    )


def growth(times: croissance.Mesures) -> Iterator[Rang]:
    """Yield what a line costs to read among 20,000, against one among 500."""
    by_line = {size: value / size for size, value in times[croissance.CHARGE].items()}
    few, many = by_line[500], max(by_line)
    yield Rang(
        f"lire le YAML, par ligne, de 500 à {number(many)} lignes",
        f"{number(few * 1e6)} → {number(by_line[many] * 1e6)} µs", "–", by_line[many] / few, " ×", 1.2, 1.05,
    )  # fmt: skip


def table(heads: tuple[str, ...], rows: list[list[str]]) -> list[str]:
    """Return a table in Markdown; all columns but the first are numbers."""
    return [
        f"| {' | '.join(heads)} |",
        f"| --- |{' ---: |' * (len(heads) - 1)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def machine() -> str:
    """Return on what this was measured, with no name of its own, and the versions of the others."""
    cores = os.cpu_count() or 1
    versions = ", ".join(f"{nom} {version_of(nom)}" for nom in (TRESTLE, SCHEMA, XLSX))
    return (
        f"{platform.system()} {platform.machine()}, {cores} cœur{'s' if cores > 1 else ''}, Python "
        f"{platform.python_version()} ; {versions}, chacun dans son environnement."
    )


def page_of(
    rows: list[Rang], times: croissance.Mesures, used: dict[int, float], population: croissance.Couts
) -> list[str]:
    """Return the part of the page that is measured."""
    sizes = tuple(next(iter(times.values())))
    by_size = [
        [number(size), *(number(values[size] * 1e6 / size) for values in times.values()), number(used[size])]
        for size in sizes
    ]
    by_one = [
        [number(size), ms(seconds), number(seconds * 1e6 / size), number(peak)]
        for size, (seconds, peak) in population.items()
    ]
    return [
        f"Mesuré sur {machine()}", "",
        *table(TETES, [rang.cells() for rang in rows]), "",
        "## Croissance", "",
        f"![{TITRE_DU_DESSIN}](images/{DESSIN.name})", "",
        "Microsecondes de processeur par ligne, et mémoire au plus haut d’une checklist :", "",
        *table(("lignes", *times, "mémoire (Mo)"), by_size), "",
        "Les lignes dues à chaque organisme d’un CSV, écrites en JSON (`lot`) :", "",
        *table(("organismes", "en tout", "µs par organisme", "mémoire (Mo)"), by_one),
    ]  # fmt: skip


def write_page(content: list[str]) -> None:
    """Replace what the page has between its two markers."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(DEBUT)
    _, _, after = rest.partition(FIN)
    text = "\n".join([before + DEBUT, "", *content, "", FIN + after])
    PAGE.write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """Measure, print, and write the page when it is asked."""
    parser = argparse.ArgumentParser(description="Le tableau des vitesses, et la croissance de chaque étape.")
    parser.add_argument("-n", type=int, default=5, help="nombre de tours de chaque mesure (5)")
    parser.add_argument("--nist", type=Path, help="dossier des deux fichiers du NIST")
    parser.add_argument("--page", action="store_true", help="écrire docs/vitesse.md et son dessin")
    options = parser.parse_args()
    lack = nist.missing(options.nist)
    if lack:
        print(f"NIST : {lack} ; ses trois mesures manquent.", file=sys.stderr)
    if lack and options.page:
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        steps: list[tuple[str, Callable[[], Iterator[Rang]]]] = [
            ("démarrage", lambda: starts(folder, options.n)),
            *([] if lack else [("NIST", lambda: nist.resolutions(folder, options.nist, options.n))]),
            ("contextes", lambda: rates(folder, min(options.n, 3))),
            ("dénombrer", lambda: counts(folder)),
            ("mémoire", lambda: memory(folder)),
            ("valider", lambda: checking(folder, min(options.n, 2))),
            ("moyennes", lambda: conclusions(options.n)),
            ("grilles", lambda: grids(folder, options.n)),
        ]
        rows: list[Rang] = []
        for rank, (name, step) in enumerate(steps, start=1):
            print(f"{rank}/{len(steps) + 1} {name}…", file=sys.stderr, flush=True)
            rows += step()
        print(f"{len(steps) + 1}/{len(steps) + 1} croissance…", file=sys.stderr, flush=True)
        times, used = croissance.of_lines(folder)
        print("  1 000 à 100 000 organismes…", file=sys.stderr, flush=True)
        population = croissance.of_organisations(folder)
    rows += growth(times)
    content = page_of(rows, times, used, population)
    print(*content, sep="\n")
    if options.page:
        DESSIN.write_text(croissance.drawing(times, population), encoding="utf-8", newline="\n")
        write_page(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
