"""The workspace by the clock: first page, an answer, memory.

    uv run python benchmarks/espace.py [-n 10000] [--seuils]

- From the command to its first page, on a new file and on one that is there: median of nine.
- An answer on four categories, from the form to the whole page that shows what it moves: the 95th centile.
- The memory of the program at its most, after so many requests, which asked three hundred different days.

Needs Linux for the memory. The machine must be idle: these are seconds, not ratios.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from visites import Visitor, served

#: What must hold (seconds, MB), and how it is called.
SEUILS = {
    "première page, fichier neuf (s)": 2.0,
    "première page, fichier existant (s)": 1.2,
    "une réponse, quatre catégories, p95 (s)": 0.150,
    "mémoire, au plus (Mo)": 120.0,
}
DAYS = 300


def profile(day: date, categories: int = 4) -> str:
    """Return the profile of nobody, asked on a day, by the first référentiel of the installed plugins."""
    from certif_rules.services.atelier import open_atelier
    from certif_rules.services.catalogue import describe

    editions, _ = describe(open_atelier().registry)
    edition = max(editions, key=lambda one: len(one["categories"]))
    return json.dumps(
        {
            "format": 1,
            "referentiel": edition["referentiel"],
            "audit": {"type": next(iter(edition["types_audit"])), "date": day.isoformat()},
            "organisme": {"nom": "Personne", "categories": list(edition["categories"])[:categories]},
        }
    )


def first_page(base: Path) -> float:
    """Return the seconds from the command to its first page."""
    begin = time.perf_counter()
    with served(base) as (_, address):
        Visitor(address)
        return time.perf_counter() - begin


def answers(visitor: Visitor, dossier: str, count: int) -> list[float]:
    """Return the seconds that each answer to a question took: yes, no and unknown in turn."""
    page = visitor.read(f"{dossier}/preparer")
    questions = list(dict.fromkeys(re.findall(r'name="(fait\.[^"]+)" value="oui"', page)))
    spent = []
    for rank in range(count):
        answer = ("oui", "non", "inconnu")[rank // len(questions) % 3]
        begin = time.perf_counter()
        visitor.read(f"{dossier}/preparer", base="999999", **{questions[rank % len(questions)]: answer})
        spent.append(time.perf_counter() - begin)
    return spent


def most_memory(pid: int) -> float:
    """Return the memory of a program at its most, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def measured(requests: int, starts: int) -> dict[str, float]:
    """Return each measure, by the name of its limit."""
    today = date(2024, 3, 18)
    with tempfile.TemporaryDirectory() as folder:
        fresh = [first_page(Path(folder) / f"{rank}.sqlite3") for rank in range(starts)]
        base = Path(folder) / "0.sqlite3"
        again = [first_page(base) for _ in range(starts)]
        with served(base) as (server, address):
            visitor = Visitor(address)
            dossier = visitor.send("/reprendre", "profil.json", profile(today)).rpartition("/")[0]
            answers(visitor, dossier, 30)
            spent = answers(visitor, dossier, 200)
            for rank in range(min(DAYS, requests)):
                visitor.send("/reprendre", "profil.json", profile(today + timedelta(rank)))
            for rank in range(requests):
                visitor.read(f"{dossier}/{('preparer', 'saisir', 'clore')[rank % 3]}")
            memory = most_memory(server.pid)
    values = statistics.median(fresh), statistics.median(again), statistics.quantiles(spent, n=20)[-1], memory
    return dict(zip(SEUILS, values, strict=True))


def main() -> int:
    """Measure, print, compare."""
    parser = argparse.ArgumentParser(description="L’espace de travail, à la montre.")
    parser.add_argument("-n", type=int, default=10_000, help="nombre de requêtes (10 000)")
    parser.add_argument("--demarrages", type=int, default=9, help="nombre de démarrages de chaque sorte (9)")
    parser.add_argument("--seuils", action="store_true", help="échouer au double de ce qui doit tenir")
    options = parser.parse_args()
    values = measured(options.n, options.demarrages)
    for name, value in values.items():
        print(f"{name:<42} {value:8.3f}   pour {SEUILS[name]}")
    return int(options.seuils and any(value > 2 * SEUILS[name] for name, value in values.items()))


if __name__ == "__main__":
    sys.exit(main())
