"""How many checklists a second of processor, each for another context: states and reasons, then JSON.

The contexts are drawn from a seed: audit types, categories, facts, additions and an earlier audit. A round
draws its own; only lines are kept from one to the next. Limits are ratios to lines answered one by one, in
the same run: they hold on any machine, and catch a doubling.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.lignes import build_lines
from certif_rules.echanges.checklist import render
from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.contexte import Ajouts, ConstatPrecedent, Contexte, FaitDeclare, Organisme, Precedent
from certif_rules.rules.faits import contradictions
from certif_rules.services.atelier import open_atelier
from certif_rules.services.checklist import build

#: What each answer does: lines alone and nothing kept, whole checklists, their JSON.
A_NEUF, LISTES, JSON = "lignes, chacune à neuf", "checklists", "checklists en JSON"
#: The least ratio accepted to lines answered one by one.
VISES = {LISTES: 3.0, JSON: 1.1}
JOUR = date(2024, 3, 18)


def drawn(referentiel: Referentiel, chance: random.Random) -> Contexte:
    """Return one audit at random that contradicts nothing."""
    categories, lines = list(referentiel.categories), list(referentiel.indicateurs)
    constats = list(referentiel.constats)
    types = [t.id for t in referentiel.types_audit.values() if t.origine == referentiel.id]
    while True:
        asked = chance.sample(categories, chance.randint(1, len(categories)))
        contexte = Contexte(
            type_audit=chance.choice(types),
            date=JOUR,
            organisme=Organisme(categories=tuple(asked)),
            faits={
                nom: FaitDeclare(valeur=chance.random() < 0.5)
                for nom in referentiel.faits
                if chance.random() < 0.7
            },
            ajouts=Ajouts(categories=tuple(chance.sample(categories, chance.choice([0, 0, 1])))),
            precedent=chance.choice([None, _precedent(lines, constats, chance)]),
        )
        if not contradictions(referentiel, contexte):
            return contexte


def _precedent(lines: list[str], constats: list[str], chance: random.Random) -> Precedent:
    found = {line: ConstatPrecedent(constat=chance.choice(constats)) for line in chance.sample(lines, 2)}
    return Precedent(indicateurs_audites=frozenset(chance.sample(lines, len(lines) // 2)), constats=found)


def rate(answer: Callable[[Contexte], object], contextes: list[Contexte]) -> float:
    """Return how many contexts are answered in a second of processor."""
    start = time.process_time()
    for contexte in contextes:
        answer(contexte)
    return len(contextes) / (time.process_time() - start)


def main() -> int:
    """Measure and print; 1 with ``--seuils`` when an aim is missed, else 0."""
    parser = argparse.ArgumentParser(description="Checklists par seconde, sur des contextes tous différents.")
    parser.add_argument("referentiel", nargs="?", default="certifregion")
    parser.add_argument("-n", type=int, default=3, help="nombre de mesures (3)")
    parser.add_argument("--contextes", type=int, default=2000, help="nombre de contextes (2000)")
    parser.add_argument(
        "--seuils", action="store_true", help="échouer quand un rapport visé n’est pas atteint"
    )
    options = parser.parse_args()
    resolution = open_atelier().registry.resolve(options.referentiel, day=JOUR.isoformat())
    chance = random.Random(7)  # noqa: S311 - draws examples, the same each time

    def checklist(contexte: Contexte) -> Checklist:
        return build(resolution, contexte)

    ways: dict[str, Callable[[Contexte], object]] = {
        A_NEUF: lambda contexte: build_lines(resolution.referentiel, contexte),
        LISTES: checklist,
        JSON: lambda contexte: render(checklist(contexte)),
    }
    missed, base = False, 0.0
    print(f"{'':>26}{'par seconde':>14}{'rapport':>10}{'visé':>10}")
    for name, way in ways.items():
        median = statistics.median(
            rate(way, [drawn(resolution.referentiel, chance) for _ in range(options.contextes)])
            for _ in range(options.n)
        )
        base, aim = base or median, VISES.get(name)
        missed = missed or (aim is not None and median / base < aim)
        print(f"{name:>26}{median:14.0f}{median / base:10.1f}{f'≥ {aim}' if aim else '':>10}")
    return int(options.seuils and missed)


if __name__ == "__main__":
    sys.exit(main())
