"""How many organisations are counted in a second of processor, by columns and by the engine, in the same run.

Columns are in memory, a byte an organisation and a column, drawn from a seed: categories, facts, earlier
audit. The engine answers a thousand other contexts, sharing what it shares. Limits are ratios of the two:
they hold on any machine, and catch a doubling. The last rows read a CSV, as ``denombrer`` does.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from partage import JOUR, drawn

from certif_rules.audit.demande import Demande
from certif_rules.audit.partage import shared_lines
from certif_rules.calcul.compilation import Programme, compile_lines
from certif_rules.calcul.encodage import Encodage, split
from certif_rules.calcul.evaluation import count_due
from certif_rules.plugins.registry import Registry
from certif_rules.rules.contexte import Contexte
from certif_rules.services.atelier import open_atelier
from certif_rules.services.denombrement import count_population
from certif_rules.services.lot import Lot
from certif_rules.services.organismes import organisations, read_correspondance

#: By audit type: organisations a second that must be counted, and the least ratio accepted to the engine.
VISES = {"initial": (900_000, 750), "surveillance": (60_000, 500)}
#: Contexts that are different; columns repeat them.
CONTEXTES = 1_000
CATEGORIES = ("AF", "BC", "VAE", "CFA")


def seconds(work: Callable[[], object], n: int) -> float:
    """Return the median of the seconds of processor that some work takes."""
    return statistics.median(_once(work) for _ in range(n))


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


class Debits(Struct, frozen=True):
    """Organisations a second by columns and by the engine; seconds to compile; how many columns."""

    colonnes: float
    moteur: float
    compiler: float
    nombre: int


def rates(registry: Registry, nom: str, code: str, number: int, n: int) -> Debits:
    """Return the rates of both ways for one audit type."""
    referentiel = registry.resolve(nom, day=JOUR.isoformat()).referentiel
    type_audit = referentiel.types_audit[f"{nom}/{code}"]
    chance = random.Random(7)  # noqa: S311 - draws examples, the same each time
    contextes = [replace(drawn(referentiel, chance), type_audit=type_audit.id) for _ in range(CONTEXTES)]
    programme = compile_lines(referentiel, type_audit)
    cells = _columns(programme, Encodage(referentiel), contextes, number)
    return Debits(
        colonnes=number / seconds(lambda: count_due(programme, number, cells), n),
        moteur=CONTEXTES / seconds(lambda: [shared_lines(referentiel, one) for one in contextes], 1),
        compiler=seconds(lambda: compile_lines(referentiel, type_audit), n),
        nombre=len(programme.colonnes),
    )


def compared(registry: Registry, nom: str, code: str, number: int, n: int) -> bool:
    """Print the rates of both ways for one audit type; return whether the ratio is what it must be."""
    debits = rates(registry, nom, code, number, n)
    aim, ratio = VISES[code]
    times = debits.colonnes / debits.moteur
    counted = f"{debits.nombre:9}{debits.compiler * 1e3:9.0f} ms{debits.colonnes:13,.0f}{aim:13,}"
    print(f"{nom:>13} {code:<13}{counted}{debits.moteur:10,.0f}{times:10,.0f}{f'≥ {ratio}':>10}")
    return times >= ratio


def _columns(
    programme: Programme, encodage: Encodage, contextes: list[Contexte], number: int
) -> dict[tuple[str, ...], bytes]:
    records = b"".join(encodage.record(contexte, programme.colonnes) for contexte in contextes)
    short = split(records, programme.colonnes)
    return {name: (cells * (number // len(contextes) + 1))[:number] for name, cells in short.items()}


def from_file(registry: Registry, number: int) -> None:
    """Print how many rows of a CSV are counted in a second, contexts repeated or nearly all different."""
    chance = random.Random(7)  # noqa: S311 - draws examples, the same each time
    facts = tuple(registry.resolve("qualiopi", day=JOUR.isoformat()).referentiel.faits)
    for title, named in (("un fait", facts[:1]), ("tous les faits", facts)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            heads = [*CATEGORIES, *named]
            (folder / "c.yaml").write_text(
                f"format: 1\ncategories: {{{', '.join(f'{c}: {c}' for c in CATEGORIES)}}}\n"
                f"faits: {{{', '.join(f'{f}: {f}' for f in named)}}}\n",
                encoding="utf-8",
            )
            with (folder / "of.csv").open("w", encoding="utf-8") as file:
                file.write(";".join(heads) + "\n")
                for _ in range(number):
                    file.write(";".join(["1", *(chance.choice("01") for _ in heads[1:])]) + "\n")
            by = read_correspondance(folder / "c.yaml")
            demande = Demande(referentiel="qualiopi", type_audit="initial", date=JOUR.isoformat())
            lot = Lot(registry, demande, by, "of.csv")
            start = time.process_time()
            for _ in organisations(folder / "of.csv", by):
                pass
            read = time.process_time() - start
            count_population([lot], organisations(folder / "of.csv", by), by)
            spent = time.process_time() - start - read
            print(f"{title:>27} : {number / spent:10,.0f} rangées/s, dont lire {100 * read / spent:.0f} %")


def main() -> int:
    """Measure and print; 1 with ``--seuils`` when a ratio is missed, else 0."""
    parser = argparse.ArgumentParser(description="Organismes dénombrés par seconde de processeur.")
    parser.add_argument("-n", type=int, default=5, help="nombre de mesures (5)")
    parser.add_argument("--organismes", type=int, default=200_000, help="nombre d’organismes (200000)")
    parser.add_argument("--seuils", action="store_true", help="échouer quand un rapport n’est pas atteint")
    options = parser.parse_args()
    registry = open_atelier().registry
    print(
        f"{'':>27}{'colonnes':>9}{'compiler':>12}{'organ./s':>13}{'voulu':>13}{'moteur/s':>10}"
        f"{'rapport':>10}{'voulu':>10}"
    )
    reached = [
        compared(registry, nom, code, options.organismes, options.n)
        for nom in ("qualiopi", "certifregion")
        for code in VISES
    ]
    from_file(registry, min(options.organismes, 20_000))
    return int(options.seuils and not all(reached))


if __name__ == "__main__":
    sys.exit(main())
