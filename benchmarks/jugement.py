"""How long a decision takes while lines are left to confirm, against the lines that it must read.

Each line may end with any of four levels, or with none that counts. One judgement rests on a mean, another
on several measures that share lines: means of all, of each criterion and of each label, a minimum, a count
and a sum; the last on the mean of the means of criteria, beside them, a count and a mean of all: each
criterion is then written out, and fewer lines are asked. The measures take turns.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from certif_rules.audit.completions import possible_decisions
from certif_rules.audit.jugement import LigneJugee
from certif_rules.model.jugement import Decision, Jugement, Mesure, Seuil, Terme
from certif_rules.model.referentiel import Constat, Indicateur

#: The most milliseconds accepted, by number of lines: what is asked of few falls more between whole lines.
LIGNES = {100: 50, 1000: 200}
VISES = {"une moyenne": LIGNES, "plusieurs": LIGNES, "domaines": {32: 250, 100: 5000}}
NIVEAUX = {n: Constat(id=n, titre=n, sources=(), valeur=n[-1]) for n in ("n0", "n1", "n2", "n3")}


def _jugement(mesures: tuple[Mesure, ...], *conditions: tuple[Seuil, ...]) -> Jugement:
    decisions = [
        Decision(code=f"d{i}", delivrable=False, titre="", sources=(), si=si)
        for i, si in enumerate(conditions)
    ]
    last = Decision(code="oui", delivrable=True, titre="", sources=())
    return Jugement(origine="x", mesures={m.id: m for m in mesures}, decisions=(*decisions, last))


JUGEMENTS = {
    "une moyenne": _jugement(
        (Mesure(id="moyenne", titre="", sources=(), moyenne="ensemble"),),
        (Seuil(mesure="moyenne", moins_de="1.5"),),
    ),
    "plusieurs": _jugement(
        (
            Mesure(id="moyenne", titre="", sources=(), moyenne="ensemble"),
            Mesure(id="domaines", titre="", sources=(), moyenne="par_critere"),
            Mesure(id="rouges", titre="", sources=(), moyenne="ensemble", etiquette="rouge"),
            Mesure(id="vertes", titre="", sources=(), moyenne="ensemble", etiquette="vert"),
            Mesure(id="plancher", titre="", sources=(), minimum=True, etiquette="rouge"),
            Mesure(id="zeros", titre="", sources=(), compte=("n0",)),
            Mesure(id="points", titre="", sources=(), somme=(
                Terme(mesure="zeros"), Terme(mesure="moyenne", seuil="2"))),
        ),
        (Seuil(mesure="vertes", plus_de="2.9", moins_de="2.91"), Seuil(mesure="plancher", moins_de="1")),
        (Seuil(mesure="domaines", moins_de="1.5"), Seuil(mesure="rouges", moins_de="2")),
        (Seuil(mesure="moyenne", au_plus="2"), Seuil(mesure="points", plus_de="300")),
        (Seuil(mesure="moyenne", au_moins="2.75"), Seuil(mesure="domaines", critere="x/1", au_moins="2.5")),
        (Seuil(mesure="zeros", au_moins="350"),),
    ),
    "domaines": _jugement(
        (
            Mesure(id="domaine", titre="", moyenne="par_critere"),
            Mesure(id="globale", titre="", moyenne_de=("domaine",)),
            Mesure(id="zeros", titre="", compte=("n0",)),
            Mesure(id="moyenne", titre="", moyenne="ensemble"),
        ),
        (
            Seuil(mesure="globale", moins_de="1.5"),
            Seuil(mesure="moyenne", moins_de="1.5"),
            Seuil(mesure="zeros", au_moins="4"),
        ),
        (Seuil(mesure="globale", moins_de="2.5"), Seuil(mesure="domaine", moins_de="2")),
        (Seuil(mesure="globale", moins_de="2.6"),),
    ),
}  # fmt: skip


def _lignes(number: int) -> list[LigneJugee]:
    return [
        LigneJugee(
            indicateur=Indicateur(
                id=f"x/{i}", origine="x", code=str(i), numero=str(i), critere=f"x/{i % 7}", titre=None,
                exigence=None, citation=False, portee=(), sources=(), confiance="elevee",
                etiquettes=((), ("rouge",), ("vert",), ("rouge", "vert"))[i % 4],
            ),
            possibles=(*NIVEAUX, None),
        )
        for i in range(number)
    ]  # fmt: skip


def milliseconds(jugement: Jugement, number: int) -> float:
    """Return the milliseconds of processor that deciding on ``number`` lines to confirm takes."""
    lignes = _lignes(number)
    start = time.process_time()
    possible_decisions(jugement, NIVEAUX, lignes)
    return (time.process_time() - start) * 1000


def main() -> int:
    """Measure and print; 1 with ``--seuils`` when an aim is missed, else 0."""
    parser = argparse.ArgumentParser(description="Conclusion pendant que des lignes restent à confirmer.")
    parser.add_argument("-n", type=int, default=5, help="nombre de mesures de chaque taille (5)")
    parser.add_argument("--seuils", action="store_true", help="échouer quand un temps visé est dépassé")
    options = parser.parse_args()
    each = [(nom, number) for nom in JUGEMENTS for number in VISES[nom]]
    rounds = [{(nom, n): milliseconds(JUGEMENTS[nom], n) for nom, n in each} for _ in range(options.n)]
    missed = False
    print(f"{'mesures':14}{'lignes à confirmer':>20}{'médiane':>12}{'par ligne':>12}{'visé':>10}")
    for nom, number in each:
        median, aim = statistics.median(one[nom, number] for one in rounds), VISES[nom][number]
        missed = missed or median > aim
        shown = f"{median:9.1f} ms{median / number * 1000:9.0f} µs{f'≤ {aim} ms':>10}"
        print(f"{nom:14}{number:20}{shown}")
    return int(options.seuils and missed)


if __name__ == "__main__":
    sys.exit(main())
