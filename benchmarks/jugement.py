"""How long a decision on a mean takes while lines are left to confirm, against the lines that it must read.

Each line may end with any of four levels, or with none that counts. The measures take turns; what a line
costs is shown beside the seconds: it grows with the lines, since the mean may be more.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from certif_rules.audit.jugement import LigneJugee, possible_decisions
from certif_rules.model.jugement import Decision, Jugement, Mesure, Seuil
from certif_rules.model.referentiel import Constat

#: The most milliseconds accepted, by number of lines.
VISES = {100: 20, 1000: 200}
NIVEAUX = {n: Constat(id=n, titre=n, sources=(), valeur=n[-1]) for n in ("n0", "n1", "n2", "n3")}
JUGEMENT = Jugement(
    origine="x",
    mesures={"moyenne": Mesure(id="moyenne", titre="", sources=(), moyenne="ensemble")},
    decisions=(
        Decision(
            code="non", delivrable=False, titre="", sources=(), si=(Seuil(mesure="moyenne", moins_de="1.5"),)
        ),
        Decision(code="oui", delivrable=True, titre="", sources=()),
    ),
)


def milliseconds(number: int) -> float:
    """Return the milliseconds of processor that deciding on ``number`` lines to confirm takes."""
    lignes = [LigneJugee(indicateur=None, possibles=(*NIVEAUX, None))] * number
    start = time.process_time()
    possible_decisions(JUGEMENT, NIVEAUX, lignes)
    return (time.process_time() - start) * 1000


def main() -> int:
    """Measure and print; 1 with ``--seuils`` when an aim is missed, else 0."""
    parser = argparse.ArgumentParser(description="Conclusion sur une moyenne, lignes à confirmer.")
    parser.add_argument("-n", type=int, default=5, help="nombre de mesures de chaque taille (5)")
    parser.add_argument("--seuils", action="store_true", help="échouer quand un temps visé est dépassé")
    options = parser.parse_args()
    rounds = [{number: milliseconds(number) for number in VISES} for _ in range(options.n)]
    missed = False
    print(f"{'lignes à confirmer':>20}{'médiane':>12}{'par ligne':>12}{'visé':>10}")
    for number, aim in VISES.items():
        median = statistics.median(one[number] for one in rounds)
        missed = missed or median > aim
        print(f"{number:20}{median:9.1f} ms{median / number * 1000:9.0f} µs{'≤ ' + str(aim) + ' ms':>10}")
    return int(options.seuils and missed)


if __name__ == "__main__":
    sys.exit(main())
