"""Mutation testing: what the tests would not notice if a rule were written otherwise.

One process imports pytest and the tests once. Each mutant is a forked child where the code of one function is
replaced, whatever imported it; only the tests that reach its lines run there, the quickest first, until one
fails. Nothing is written into the package. Not on Windows, which has no fork.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from resource import RLIMIT_CPU, setrlimit
from typing import Any

import pytest
from coverage import Coverage
from mutants import ROOT, Mutant, mutants, path_of

#: What judges: rules, the overlay, judgement.
MODULES = (
    *(f"rules/{nom}" for nom in ("contexte", "delais", "faits", "lacunes", "motifs", "mots", "perimetre")),
    *("rules/portee", "rules/trivalent", "construction/surcouche", "construction/lignee"),
    *(f"audit/{nom}" for nom in ("jugement", "completions", "sommes", "cumuls", "apports", "distinctions")),
    *("audit/deduction", "audit/etats", "audit/aggravation"),
)
#: The tests that judge them, quick ones.
TESTS = (
    *(f"tests/test_{nom}.py" for nom in ("regles", "surcouche", "completions", "cumuls", "distinctions")),
    *(f"tests/test_{nom}.py" for nom in ("jugement", "mesures", "sommes", "trivalent", "refuge", "depuis")),
    *(f"tests/test_{nom}.py" for nom in ("changements", "aggravation", "decisions_par_type", "delais")),
    *(f"tests/test_{nom}.py" for nom in ("fictif", "lois", "calcul", "partage", "fautes", "conformite")),
    *(f"tests/test_{nom}.py" for nom in ("deduction", "ecarts_suivis", "constats", "incoherences")),
    *(f"tests/test_{nom}.py" for nom in ("par_site", "avant_audit", "rapport_precedent", "echantillon")),
    *("tests/fictif", "tests/fictif_suite", "plugins/qualiopi/tests", "plugins/certifregion/tests"),
)
#: What makes the records of layers, which the cache would give back unchanged.
BEFORE_CACHE = "construction/"
#: What a mutant ends as when a test caught it.
CAUGHT = ("killed", "timeout")


class Runner:
    """A pytest plugin that runs in children the tests that were collected."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.files = {str(path_of(module)): module for module in options.modules}
        self.cache = tempfile.mkdtemp(prefix="mutations-")
        self.failed: str | None = None
        self.items: dict[str, pytest.Item] = {}
        self.reached: dict[str, dict[str, list[int]]] = {}
        self.times: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the test that fails."""
        if report.failed:
            self.failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure the tests, then judge the mutants, in place of running the tests."""
        for wrapper in [one for one in gc.get_objects() if type(one) is functools._lru_cache_wrapper]:
            wrapper.cache_clear()
        gc.freeze()
        self.items = {item.nodeid: item for item in session.items if not item.get_closest_marker("lent")}
        print(f"{len(self.items)} tests", flush=True)
        self.measure()
        for module in self.options.modules:
            if time.time() < self.options.fin:
                self.judge(module)
        return True

    def child(self, work: Callable[[], Any], seconds: int) -> Any:
        """Return what ``work`` returns in a forked child; « timeout » after so many seconds of processor."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as answer:
            pid = os.fork()
            if pid == 0:
                try:
                    setrlimit(RLIMIT_CPU, (seconds, seconds))
                    null = os.open(os.devnull, os.O_RDWR)
                    for number in (0, 1, 2):
                        os.dup2(null, number)
                    json.dump(work(), answer)
                    answer.flush()
                finally:
                    os._exit(0)
            _, status = os.waitpid(pid, 0)
            if os.WIFSIGNALED(status):
                return "timeout"
            answer.seek(0)
            text = answer.read()
            return json.loads(text) if text else "died"

    # ---- what tests reach -------------------------------------------------------------------------------

    def measure(self) -> None:
        """Find what each test reaches and how long it takes, file by file; kept for the next run."""
        store = Path(self.options.mesure)
        if store.exists():
            self.reached, self.times = json.loads(store.read_text("utf-8"))
        by_file: dict[str, list[pytest.Item]] = {}
        for nodeid, item in self.items.items():
            by_file.setdefault(nodeid.split("::")[0], []).append(item)
        os.environ["CERTIF_RULES_CACHE"] = "non"
        for nom, items in by_file.items():
            if any(item.nodeid in self.times for item in items):
                continue
            answer = self.child(functools.partial(self.traced, items), 600)
            if isinstance(answer, str):
                print(f"{nom}: {answer}", flush=True)
                continue
            for nodeid, (lines, seconds) in answer.items():
                self.reached[nodeid], self.times[nodeid] = lines, seconds
            store.write_text(json.dumps([self.reached, self.times]), "utf-8")

    def traced(self, items: list[pytest.Item]) -> dict[str, Any]:
        """Run tests, and return the lines that each reaches in each module, and how long it takes."""
        coverage = Coverage(data_file=None, include=list(self.files), config_file=False)
        times: dict[str, float] = {}
        coverage.start()
        for item, after in zip(items, [*items[1:], None], strict=True):
            coverage.switch_context(item.nodeid)
            start = time.process_time()
            self.failed = None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if not self.failed:  # what fails without a mutant judges none
                times[item.nodeid] = time.process_time() - start
        coverage.stop()
        data = coverage.get_data()
        reached: dict[str, dict[str, list[int]]] = {nodeid: {} for nodeid in times}
        for file in data.measured_files():
            for line, contexts in data.contexts_by_lineno(file).items():
                for nodeid in reached.keys() & set(contexts):
                    reached[nodeid].setdefault(self.files[file], []).append(line)
        return {nodeid: (reached[nodeid], seconds) for nodeid, seconds in times.items()}

    # ---- what mutants become ----------------------------------------------------------------------------

    def judge(self, module: str) -> None:
        """Try the mutants of a module, each in a child, and write what becomes of them."""
        os.environ["CERTIF_RULES_CACHE"] = "non" if module.startswith(BEFORE_CACHE) else self.cache
        every = mutants(module)
        drawn = self.drawn(module, every)
        count: Counter[str] = Counter()
        for mutant in drawn:
            if time.time() > self.options.fin:
                break
            chosen, seconds = self.chosen(mutant)
            work = functools.partial(self.tried, mutant, chosen)
            result = self.child(work, 5 + int(10 * seconds)) if chosen else "no test"
            etat = result if result in ("survives", "no test", "timeout") else "killed"
            count[etat] += 1
            record = {"nom": mutant.nom, "module": module, "etat": etat, "par": result, "tests": len(chosen)}
            with Path(self.options.sortie).open("a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            if etat not in CAUGHT:
                print(f"{etat} ({len(chosen)} tests): {mutant.nom}", flush=True)
        print(f"== {module}: {len(drawn)} of {len(every)}, {dict(count)}", flush=True)

    def drawn(self, module: str, every: list[Mutant]) -> list[Mutant]:
        """Return the mutants to try, in order: a sample, or those that an earlier run left alive."""
        done = {record["nom"] for record in _records(self.options.sortie)}
        if self.options.encore:
            alive = {r["nom"] for r in _records(self.options.encore) if r["etat"] not in CAUGHT}
            return [mutant for mutant in every if mutant.nom in alive - done]
        chance = random.Random(f"{self.options.graine} {module}")  # noqa: S311 - a sample, the same each time
        some = set(chance.sample([mutant.nom for mutant in every], len(every))[: self.options.nombre])
        return [mutant for mutant in every if mutant.nom in some - done]

    def chosen(self, mutant: Mutant) -> tuple[list[pytest.Item], float]:
        """Return the tests that reach the lines of a mutant, the quickest first, and how long they take."""
        names = [
            nodeid
            for nodeid in self.times
            if nodeid in self.items
            and any(
                mutant.first <= line <= mutant.last for line in self.reached[nodeid].get(mutant.module, ())
            )
        ]
        names.sort(key=lambda nodeid: self.times[nodeid])
        chosen: list[pytest.Item] = []
        spent = 0.0
        for nodeid in names:
            if chosen and spent + self.times[nodeid] > self.options.secondes:
                break
            spent += self.times[nodeid]
            chosen.append(self.items[nodeid])
        return chosen, spent

    def tried(self, mutant: Mutant, items: list[pytest.Item]) -> str:
        """Run tests on a mutant, in this process, until one fails; return it, or what is said of none."""
        if not mutant.apply():
            return "no test"
        for item, after in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self.failed:
                return self.failed
        return "survives"


def _records(path: str | Path) -> list[dict[str, Any]]:
    path = Path(path)
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def main() -> int:
    """Try mutants, and say which ones no test catches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES), help="rules/portee… (all by default)")
    parser.add_argument("-n", "--nombre", type=int, help="mutants drawn in each module (all by default)")
    parser.add_argument("--graine", type=int, default=13, help="what the sample is drawn from")
    parser.add_argument("--secondes", type=float, default=8, help="most seconds of tests for one mutant")
    parser.add_argument("--minutes", type=float, default=600, help="when to stop")
    parser.add_argument("--encore", help="try again those that an earlier run, written there, left alive")
    parser.add_argument("--tests", nargs="*", default=list(TESTS))
    folder = Path(tempfile.gettempdir())
    parser.add_argument("--mesure", default=str(folder / "mutations-mesure.json"), help="what tests reach")
    parser.add_argument("--sortie", default=str(folder / "mutations.jsonl"), help="what mutants became")
    options = parser.parse_args()
    options.fin = time.time() + 60 * options.minutes
    os.chdir(ROOT)
    return int(
        pytest.main(["-q", "-n", "0", "-s", "-p", "no:cacheprovider", *options.tests], [Runner(options)])
    )


if __name__ == "__main__":
    sys.exit(main())
