"""The table of speeds: our work, the same work of another program, their ratio; then how each step grows.

    uv run python benchmarks/tableau.py --nist DOSSIER           prints
    uv run python benchmarks/tableau.py --nist DOSSIER --page    writes docs/vitesse.md and its drawing too

What is compared takes turns in one run: read the ratios. ``DOSSIER`` holds the two files of NIST (OSCAL
1.1.1), which do not ship with the program; without it, the rows that need them are left out, and it is said.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from statistics import median

import croissance
import jugement
from chronos import ICI, environment, in_turns, ratio, spent, told, work
from courbe import number
from demarrage import CHECKLIST, DECOUVERTE
from msgspec import Struct
from references import RACINE, SCHEMA, TRESTLE, XLSX, scripts_of, version_of
from synthetiques import JOUR, lines, oscal, write_plugin

from certif_rules.cli import COMMANDS

PAGE, DESSIN = RACINE / "docs" / "vitesse.md", RACINE / "docs" / "images" / "croissance.svg"
DEBUT, FIN = "<!-- mesures : écrit par benchmarks/tableau.py -->", "<!-- fin des mesures -->"
#: The files of NIST, and the digests of those that the page measures.
CATALOGUE, PROFIL = (
    "NIST_SP-800-53_rev4_catalog-min.json",
    "NIST_SP-800-53_rev4_MODERATE-baseline_profile.json",
)
EMPREINTES = {
    CATALOGUE: "188ed7f962e79297a965fbd8a3532e14cffe4e0ec2f38d36174dfa6b7416a19b",
    PROFIL: "c5e48e731d11b6780d437e57a4fac27aca04500c698b60be68ad25e206c34b0d",
}


TITRE_DU_DESSIN = "Ce que coûtent une ligne de référentiel, puis un organisme, selon leur nombre"


class Rang(Struct, frozen=True):
    """A row: what is measured, ours and the other’s as text, the figure that has limits, and these limits.

    ``plus`` says that more is better; ``figure`` is a ratio where there is a reference.
    """

    quoi: str
    nous: str
    reference: str
    figure: float
    unite: str
    doit: float
    vise: float
    plus: bool = False

    @property
    def tenu(self) -> str:
        """Say which of the limits the figure keeps to."""
        for words, limit in (("visé", self.vise), ("dû", self.doit)):
            if self.figure >= limit if self.plus else self.figure <= limit:
                return words
        return "manqué"

    def cells(self) -> list[str]:
        """Return the cells of the row."""
        sign = "≥" if self.plus else "≤"
        limits = (f"{sign} {number(limit)}{self.unite}" for limit in (self.doit, self.vise))
        return [
            self.quoi,
            self.nous,
            self.reference,
            f"{number(self.figure)}{self.unite}",
            *limits,
            self.tenu,
        ]


TETES = ("mesure", "nous", "référence", "chiffre", "dû", "visé", "tenu")


def ms(seconds: float) -> str:
    """Return a time as it is read."""
    return f"{number(seconds * 1000)} ms" if seconds < 1 else f"{number(seconds)} s"


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


def nist(folder: Path, source: Path, turns: int) -> Iterator[Rang]:
    """Yield the resolution of a profile of NIST, against trestle: as a command, then in process."""
    site, workspace = folder / "nist", folder / "trestle"
    write_plugin(site, "nist", *oscal(source / CATALOGUE, source / PROFIL))
    scripts = scripts_of(TRESTLE)
    env = environment(folder, site=site)
    plain = environment(folder)
    _workspace(workspace, source, scripts / "trestle", plain)
    asked = [
        "checklist",
        "nist",
        "--type",
        "moderate",
        "--date",
        JOUR,
        "--categorie",
        "SI",
        "--format",
        "json",
    ]
    resolve = ["author", "profile-resolve", "-n", "moderate", "-o", "resolu"]
    as_commands = in_turns(
        turns,
        {
            "nous": lambda: spent([sys.executable, "-m", "certif_rules", *asked], env, folder),
            "eux": lambda: spent([scripts / "trestle", *resolve], plain, workspace),
        },
    )
    yield _faster(
        "catalogue du NIST et profil MODERATE, en une commande", as_commands["nous"], as_commands["eux"], 6, 8
    )
    script = ICI / "reference_trestle.py"
    in_process = in_turns(
        turns,
        {
            "nous": lambda: work(env, folder, "nist", "3"),
            "eux": lambda: told([scripts / "python", script, workspace, "3"], plain, workspace),
        },
        warm=0,
    )
    ours, theirs = in_process["nous"], in_process["eux"]
    due = {(mine["dues"], other["controles"]) for mine, other in zip(ours, theirs, strict=True)}
    if any(one != two for one, two in due):
        raise SystemExit(f"Les contrôles retenus diffèrent : {due}.")
    # Text on both sides: what is answered is there to be written.
    sides = {
        "charger et résoudre": (("tout", "json"), ("tout", "json"), 4, 10),
        "résoudre, une fois chargé, la première fois": (("premiere", "json"), ("charge", "json"), 20, 40),
        "résoudre, une fois chargé, les fois suivantes": (("encore",), ("charge", "json"), 20, 40),
    }
    for words, (mine, other, must, aim) in sides.items():
        yield _faster(
            f"le même, dans un processus : {words}", _sums(ours, mine), _sums(theirs, other), must, aim
        )


def _sums(turns: list[dict[str, list[float]]], keys: tuple[str, ...]) -> list[float]:
    """Return for each turn the median of the sums of some of its times."""
    return [median(map(sum, zip(*(turn[key] for key in keys), strict=True))) for turn in turns]


def _faster(quoi: str, ours: list[float], theirs: list[float], must: float, aim: float) -> Rang:
    reference = f"{TRESTLE} : {ms(median(theirs))}"
    return Rang(quoi, ms(median(ours)), reference, ratio(theirs, ours), " ×", must, aim, plus=True)


def _workspace(workspace: Path, source: Path, trestle: Path, env: Mapping[str, str]) -> None:
    """Lay out the catalogue and the profile as trestle wants them; the profile names its catalogue there."""
    workspace.mkdir()
    spent([trestle, "init", "--local"], env, workspace)
    for kind, name, content in (
        ("catalogs/nist", "catalog", json.loads((source / CATALOGUE).read_text(encoding="utf-8"))),
        ("profiles/moderate", "profile", json.loads((source / PROFIL).read_text(encoding="utf-8"))),
    ):
        for one in content[name].get("imports", ()):
            one["href"] = "trestle://catalogs/nist/catalog.json"
        (workspace / kind).mkdir(parents=True)
        (workspace / kind / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")


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
    schemas = RACINE / "schemas"
    times = in_turns(
        turns,
        {
            "nous": lambda: spent([sys.executable, "-m", "certif_rules", "valider", donnees], env, folder),
            "eux": lambda: spent(
                [scripts / "check-jsonschema", "--schemafile", "exigence.schema.json", *files], env, schemas
            ),
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
    ours, theirs = (_sums(times[key], ("secondes",)) for key in ("nous", "eux"))
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


def missing(source: Path | None) -> str:
    """Return why the files of NIST cannot be measured; nothing when they can."""
    if source is None:
        return "dossier non donné (--nist)"
    for name, digest in EMPREINTES.items():
        path = source / name
        if not path.is_file():
            return f"{name} n’est pas dans ce dossier"
        if sha256(path.read_bytes()).hexdigest() != digest:
            return f"{name} n’a pas l’empreinte attendue"
    return ""


def main() -> int:
    """Measure, print, and write the page when it is asked."""
    parser = argparse.ArgumentParser(description="Le tableau des vitesses, et la croissance de chaque étape.")
    parser.add_argument("-n", type=int, default=5, help="nombre de tours de chaque mesure (5)")
    parser.add_argument("--nist", type=Path, help="dossier des deux fichiers du NIST")
    parser.add_argument("--page", action="store_true", help="écrire docs/vitesse.md et son dessin")
    options = parser.parse_args()
    lack = missing(options.nist)
    if lack:
        print(f"NIST : {lack} ; ses trois mesures manquent.", file=sys.stderr)
    if lack and options.page:
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        steps: list[tuple[str, Callable[[], Iterator[Rang]]]] = [
            ("démarrage", lambda: starts(folder, options.n)),
            *([] if lack else [("NIST", lambda: nist(folder, options.nist, options.n))]),
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
