"""Mutation testing: what the tests would not notice if a rule were written otherwise.

One process imports pytest and the tests once. Each mutant is a forked child where the code of one function is
replaced, whatever imported it; only the tests that reach its lines run, the quickest first, until one fails.
Nothing is written into the package. Unix only.
"""

from __future__ import annotations

import argparse
import ast
import copy
import functools
import gc
import importlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from resource import RLIMIT_CPU, setrlimit
from types import CodeType, FunctionType
from typing import Any

import pytest
from coverage import Coverage

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "certif_rules"
#: What judges: rules, the overlay, judgement.
MODULES = (
    *(f"rules/{nom}" for nom in ("contexte", "delais", "faits", "lacunes", "motifs", "mots", "perimetre")),
    *("rules/portee", "rules/trivalent", "construction/surcouche", "construction/lignee"),
    *(f"audit/{nom}" for nom in ("jugement", "completions", "sommes", "cumuls", "apports", "distinctions")),
    *("audit/deduction", "audit/etats", "audit/aggravation"),
)
#: The tests that judge them, quick ones.
TESTS = (
    *(f"tests/test_{nom}.py" for nom in ("jugement", "mesures", "sommes", "trivalent", "refuge", "depuis")),
    *(f"tests/test_{nom}.py" for nom in ("changements", "aggravation", "decisions_par_type", "delais")),
    *(f"tests/test_{nom}.py" for nom in ("fictif", "lois", "calcul", "partage", "fautes", "conformite")),
    *(*(f"tests/test_{nom}.py" for nom in ("ecarts_suivis", "constats", "incoherences", "par_site", "traces")),
    *(f"tests/test_{nom}.py" for nom in ("avant_audit", "rapport_precedent", "echantillon")),
    "tests/fictif", "tests/fictif_suite", "plugins/qualiopi/tests", "plugins/certifregion/tests"),
)
#: What makes the records of layers, which the cache would give back unchanged.
BEFORE_CACHE = "construction/"

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "ge": "gt", "both": "either", "either": "both"}

Change = Callable[[], None]


def changes(tree: ast.Module) -> Iterator[tuple[ast.AST, str, Change]]:
    """Yield each change to make in a tree: the node it is seen at, what it does, and the doing."""
    for node in ast.walk(tree):
        if getattr(node, "silent", False):
            continue
        match node:
            case ast.Compare():
                for index, op in enumerate(node.ops):
                    new = COMPARISONS[type(op)]
                    yield node, f"{type(op).__name__} → {new.__name__}", _set(node.ops, index, new())
            case ast.BoolOp():
                other = ast.Or if isinstance(node.op, ast.And) else ast.And
                yield node, f"{type(node.op).__name__} → {other.__name__}", _attr(node, "op", other())
                for index, value in enumerate(node.values):
                    yield value, f"drops « {ast.unparse(value)} »", _without(node, index)
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                yield node, f"drops {type(node.op).__name__}", _bare(node)
            case ast.BinOp() | ast.AugAssign() if type(node.op) in OPERATIONS:
                new_op = OPERATIONS[type(node.op)]
                yield node, f"{type(node.op).__name__} → {new_op.__name__}", _attr(node, "op", new_op())
            case ast.Constant(value=bool() as value):
                yield node, f"{value} → {not value}", _attr(node, "value", not value)
            case ast.Constant(value=int() as value):
                for other_value in (value + 1, value - 1):
                    yield node, f"{value} → {other_value}", _attr(node, "value", other_value)
            case ast.Constant(value=str() as value) if value.isidentifier():
                yield node, f"{value!r} → 'XX'", _attr(node, "value", "XX" + value)
            case ast.Name(id=nom) if nom in NAMES:
                yield node, f"{nom} → {NAMES[nom]}", _attr(node, "id", NAMES[nom])
            case ast.If() | ast.While() | ast.IfExp():
                yield node.test, "negates the condition", _negate(node)
            case ast.comprehension() if node.ifs:
                for index, test in enumerate(node.ifs):
                    yield test, "drops the filter", functools.partial(node.ifs.pop, index)
            case ast.Return(value=value) if value is not None:
                if not (isinstance(value, ast.Constant) and value.value is None):
                    yield node, "returns None", _attr(node, "value", ast.Constant(None))
                else:
                    yield node, "returns True", _attr(node, "value", ast.Constant(True))
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            for index, statement in enumerate(body if isinstance(body, list) else ()):
                drop = _set(body, index, ast.Pass())
                match statement:
                    case ast.Expr(value=ast.Constant()):
                        continue
                    case ast.Expr() | ast.AugAssign() | ast.Raise():
                        yield statement, "drops the statement", drop
                    case ast.Continue():
                        yield statement, "continue → break", _set(body, index, ast.Break())
                    case ast.Break():
                        yield statement, "break → continue", _set(body, index, ast.Continue())


def _set(items: list[Any], index: int, new: Any) -> Change:
    return functools.partial(items.__setitem__, index, new)


def _attr(node: ast.AST, nom: str, new: Any) -> Change:
    return functools.partial(setattr, node, nom, new)


def _without(node: ast.BoolOp, index: int) -> Change:
    def change() -> None:
        left = [value for rank, value in enumerate(node.values) if rank != index]
        node.values = left if len(left) > 1 else left * 2  # « a or a » is a

    return change


def _bare(node: ast.UnaryOp) -> Change:
    def change() -> None:
        operand = node.operand
        node.__class__ = ast.BoolOp  # type: ignore[assignment]
        node.op, node.values = ast.Or(), [operand, operand]  # type: ignore[assignment, attr-defined]

    return change


def _negate(node: ast.If | ast.While | ast.IfExp) -> Change:
    def change() -> None:
        node.test = ast.UnaryOp(ast.Not(), node.test)

    return change


def parsed(path: Path) -> ast.Module:
    """Return the tree of a module, what is not mutated marked: annotations, asserts, decorators, calls of types."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        match node:
            case ast.FunctionDef():
                parts = [node.returns, node.args, *node.decorator_list]
            case ast.AnnAssign():
                parts = [node.annotation]
            case ast.Assert():
                parts = [node]
            case ast.JoinedStr():
                parts = [v for v in node.values if isinstance(v, ast.Constant)]
            case ast.ClassDef():
                parts = [*node.bases, *node.keywords]
        for part in parts:
            for child in ast.walk(part) if part else ():
                child.silent = True  # type: ignore[attr-defined]
    return tree


class Mutant:
    """One change of one function of a module."""

    def __init__(self, module: str, path: Path, number: int, function: str, node: ast.AST, what: str) -> None:
        self.module, self.path, self.number, self.function, self.what = module, path, number, function, what
        self.first, self.last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        self.seen = ast.unparse(node).split("\n")[0][:110]

    @property
    def nom(self) -> str:
        return f"{self.module}:{self.first} {self.function}#{self.number} [{self.what}] {self.seen}"

    def apply(self) -> bool:
        """Replace the code of the function, in this process; false when no function has that name."""
        tree = parsed(self.path)
        for number, (_, _, change) in enumerate(list(changes(tree))):
            if number == self.number:
                change()
        code = _code_of(compile(ast.fix_missing_locations(tree), str(self.path), "exec"), self.function)
        function = _function_of(importlib.import_module(_dotted(self.module)), self.function)
        if code is None or function is None:
            return False
        function.__code__ = code
        return True


def _dotted(module: str) -> str:
    return f"{PACKAGE}.{module.replace('/', '.')}"


def _code_of(code: CodeType, qualname: str) -> CodeType | None:
    for part in qualname.split("."):
        code = next((c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == part), None)  # type: ignore[assignment]
        if code is None:
            return None
    return code


def _function_of(module: Any, qualname: str) -> FunctionType | None:
    owner = module
    for part in qualname.split("."):
        owner = vars(owner).get(part)
    for nom in ("fget", "func", "__func__"):
        owner = getattr(owner, nom, None) if hasattr(owner, nom) else owner
    while hasattr(owner, "__wrapped__"):
        owner = owner.__wrapped__
    return owner if isinstance(owner, FunctionType) else None


def mutants(module: str) -> list[Mutant]:
    """Return every mutant of a module, those inside functions only: the rest is told to the types."""
    path = ROOT / PACKAGE / f"{module}.py"
    tree = parsed(path)
    owners: dict[int, str] = {}

    def own(node: ast.AST, prefix: str, inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            nom, within = prefix, inside
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and not inside:
                nom = f"{prefix}.{child.name}" if prefix else child.name
                within = isinstance(child, ast.FunctionDef)
            if within:
                owners[id(child)] = nom
            own(child, nom, within)

    own(tree, "", False)
    return [
        Mutant(module, path, number, owners[id(node)], node, what)
        for number, (node, what, _) in enumerate(changes(tree))
        if id(node) in owners
    ]


class Runner:
    """A pytest plugin that keeps the collected tests and runs them in children."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.files = {str(ROOT / PACKAGE / f"{module}.py"): module for module in options.modules}
        self.failed: str | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for wrapper in [o for o in gc.get_objects() if type(o) is functools._lru_cache_wrapper]:
            wrapper.cache_clear()
        gc.freeze()
        self.items = [i for i in session.items if not i.get_closest_marker("lent")]
        print(f"{len(self.items)} tests", flush=True)
        self.measure()
        self.judge()
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

    def run(self, items: list[pytest.Item]) -> str | None:
        """Run tests in this process until one fails; return it."""
        for item, after in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self.failed:
                return self.failed
        return None

    def measure(self) -> None:
        """Find what each test reaches and how long it takes, file by file."""
        kept = Path(self.options.mesure)
        self.reached: dict[str, dict[str, list[int]]] = {}
        self.times: dict[str, float] = {}
        if kept.exists():
            self.reached, self.times = json.loads(kept.read_text("utf-8"))
        by_file: dict[str, list[pytest.Item]] = {}
        for item in self.items:
            by_file.setdefault(item.nodeid.split("::")[0], []).append(item)
        for nom, items in by_file.items():
            if any(item.nodeid in self.times for item in items):
                continue
            start = time.time()
            os.environ["CERTIF_RULES_CACHE"] = "non"
            answer = self.child(functools.partial(self.traced, items), 600)
            if isinstance(answer, str):
                print(nom, answer, flush=True)
                continue
            for nodeid, (lines, seconds) in answer.items():
                self.reached[nodeid], self.times[nodeid] = lines, seconds
            print(f"{nom}: {len(items)} tests, {time.time() - start:.1f} s", flush=True)
            kept.write_text(json.dumps([self.reached, self.times]), "utf-8")

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

    def judge(self) -> None:
        """Try the mutants, each in a child, and write what becomes of them."""
        places = {item.nodeid: item for item in self.items}
        out = Path(self.options.sortie)
        seen = {json.loads(line)["nom"] for line in out.read_text("utf-8").splitlines()} if out.exists() else set()
        again = None
        if self.options.encore:
            lines = map(json.loads, Path(self.options.encore).read_text("utf-8").splitlines())
            again = {line["nom"] for line in lines if line["etat"] not in ("killed", "timeout")}
        for module in self.options.modules:
            every = mutants(module)
            drawn = random.Random(f"{self.options.graine} {module}").sample(every, len(every))
            if self.options.nombre:
                drawn = drawn[: self.options.nombre]
            if again is not None:
                drawn = [m for m in every if m.nom in again]
            if self.options.ligne:
                drawn = [m for m in every if self.options.ligne in m.nom]
            cold = module.startswith(BEFORE_CACHE)
            os.environ["CERTIF_RULES_CACHE"] = "non" if cold else self.options.cache
            count: dict[str, int] = {}
            start = time.time()
            for mutant in sorted(drawn, key=lambda m: m.number):
                if mutant.nom in seen:
                    continue
                if time.time() > self.options.fin:
                    print("time is up", flush=True)
                    return
                names = [
                    nodeid
                    for nodeid, reached in self.reached.items()
                    if nodeid in places
                    and any(mutant.first <= line <= mutant.last for line in reached.get(module, ()))
                ]
                names.sort(key=lambda nodeid: self.times[nodeid])
                spent, chosen = 0.0, []
                for nodeid in names:
                    spent += self.times[nodeid]
                    if spent > self.options.secondes and chosen:
                        break
                    chosen.append(places[nodeid])

                def work(mutant: Mutant = mutant, chosen: list[pytest.Item] = chosen) -> str | None:
                    return (self.run(chosen) or "survives") if mutant.apply() else "no function"

                result = self.child(work, 5 + int(10 * spent)) if chosen else "no test"
                kind = result if result in ("survives", "no test", "no function", "timeout") else "killed"
                count[kind] = count.get(kind, 0) + 1
                with out.open("a", encoding="utf-8") as file:
                    record = {"nom": mutant.nom, "module": module, "etat": kind, "par": result}
                    file.write(json.dumps({**record, "tests": len(chosen)}, ensure_ascii=False) + "\n")
                if kind not in ("killed", "timeout"):
                    print(f"{kind} ({len(chosen)}/{len(names)}): {mutant.nom}", flush=True)
            print(f"== {module}: {len(drawn)}/{len(every)} {count} {time.time() - start:.0f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=list(MODULES))
    parser.add_argument("-n", "--nombre", type=int, default=0, help="mutants drawn in each module (0: all)")
    parser.add_argument("--graine", type=int, default=13)
    parser.add_argument("--secondes", type=float, default=8, help="most seconds of tests for one mutant")
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--encore", help="try again those that an earlier run, written there, left alive")
    parser.add_argument("--ligne", help="only the mutants whose name holds this")
    parser.add_argument("--tests", nargs="*", default=list(TESTS))
    parser.add_argument("--mesure", default=str(Path(tempfile.gettempdir()) / "mutations-mesure.json"))
    parser.add_argument("--sortie", default=str(Path(tempfile.gettempdir()) / "mutations.jsonl"))
    options = parser.parse_args()
    options.fin = time.time() + 60 * options.minutes
    options.cache = tempfile.mkdtemp(prefix="mutations-")
    os.chdir(ROOT)
    arguments = ["-q", "-n", "0", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header"]
    return int(pytest.main([*arguments, *options.tests], plugins=[Runner(options)]))


if __name__ == "__main__":
    sys.exit(main())
