"""The mutants of a module: each way to write one of its functions otherwise, by one change of its tree."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "certif_rules"

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
NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "ge": "gt",
    "both": "either",
    "either": "both",
}

#: A change to make in a tree: the node that it is seen at, what it does, and the doing.
Change = tuple[ast.AST, str, Callable[[], Any]]


class Mutant:
    """One change of one function of a module, between two of its lines."""

    def __init__(self, module: str, number: int, function: str, node: ast.AST, what: str) -> None:
        self.module, self.number, self.function = module, number, function
        self.first: int = node.lineno  # type: ignore[attr-defined]
        self.last: int = node.end_lineno  # type: ignore[attr-defined]
        seen = ast.unparse(node).split("\n")[0][:110]
        self.nom = f"{module}:{self.first} {function}#{number} [{what}] {seen}"

    def apply(self) -> bool:
        """Replace the code of the function, in this process; false when no function has that name."""
        tree = parsed(path_of(self.module))
        _, _, change = list(changes(tree))[self.number]
        change()
        name = str(path_of(self.module))
        code = _code_of(compile(ast.fix_missing_locations(tree), name, "exec"), self.function)
        dotted = f"{PACKAGE}.{self.module.replace('/', '.')}"
        function = _function_of(importlib.import_module(dotted), self.function)
        if code is None or function is None:
            return False
        function.__code__ = code
        return True


def path_of(module: str) -> Path:
    """Return the file of a module."""
    return ROOT / PACKAGE / f"{module}.py"


def mutants(module: str) -> list[Mutant]:
    """Return every mutant of a module; what stands outside functions (types, tables) has none."""
    tree = parsed(path_of(module))
    owners: dict[int, str] = {}

    def own(node: ast.AST, prefix: str, *, inside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            nom, within = prefix, inside
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and not inside:
                nom = f"{prefix}.{child.name}" if prefix else child.name
                within = isinstance(child, ast.FunctionDef)
            if within:
                owners[id(child)] = nom
            own(child, nom, inside=within)

    own(tree, "", inside=False)
    return [
        Mutant(module, number, owners[id(node)], node, what)
        for number, (node, what, _) in enumerate(changes(tree))
        if id(node) in owners
    ]


def parsed(path: Path) -> ast.Module:
    """Return the tree of a module, where what never changes (types, asserts, signatures) is silent."""
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
                parts = [value for value in node.values if isinstance(value, ast.Constant)]
            case ast.ClassDef():
                parts = [*node.bases, *node.keywords]
        for child in (child for part in parts if part for child in ast.walk(part)):
            child.silent = True  # type: ignore[attr-defined]
    return tree


def changes(tree: ast.Module) -> Iterator[Change]:
    """Yield each change to make in a tree, always in the same order."""
    for node in ast.walk(tree):
        if getattr(node, "silent", False):
            continue
        kind = _KINDS.get(type(node))
        if kind is not None:
            yield from kind(node)
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            yield from _statements(body if isinstance(body, list) else [])


def _statements(body: list[ast.stmt]) -> Iterator[Change]:
    for index, statement in enumerate(body):
        match statement:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Expr() | ast.AugAssign() | ast.Raise():
                yield statement, "drops the statement", _put(body, index, ast.Pass())
            case ast.Continue():
                yield statement, "continue → break", _put(body, index, ast.Break())
            case ast.Break():
                yield statement, "break → continue", _put(body, index, ast.Continue())


def _compare(node: ast.Compare) -> Iterator[Change]:
    for index, op in enumerate(node.ops):
        new = COMPARISONS[type(op)]
        yield node, f"{type(op).__name__} → {new.__name__}", _put(node.ops, index, new())


def _boolean(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    yield node, f"{type(node.op).__name__} → {other.__name__}", partial(setattr, node, "op", other())
    for index, value in enumerate(node.values):
        yield value, f"drops « {ast.unparse(value)} »", partial(_without, node, index)


def _unary(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node, f"drops {type(node.op).__name__}", partial(_bare, node)


def _operation(node: ast.BinOp | ast.AugAssign) -> Iterator[Change]:
    new = OPERATIONS.get(type(node.op))
    if new is not None:
        yield node, f"{type(node.op).__name__} → {new.__name__}", partial(setattr, node, "op", new())


def _constant(node: ast.Constant) -> Iterator[Change]:
    match node.value:
        case bool() as value:
            yield node, f"{value} → {not value}", partial(setattr, node, "value", not value)
        case int() as value:
            for other in (value + 1, value - 1):
                yield node, f"{value} → {other}", partial(setattr, node, "value", other)
        case str() as value if value.isidentifier():
            yield node, f"{value!r} → 'XX'", partial(setattr, node, "value", f"XX{value}")


def _name(node: ast.Name) -> Iterator[Change]:
    if node.id in NAMES:
        yield node, f"{node.id} → {NAMES[node.id]}", partial(setattr, node, "id", NAMES[node.id])


def _condition(node: ast.If | ast.While | ast.IfExp) -> Iterator[Change]:
    negated = ast.UnaryOp(ast.Not(), node.test)
    yield node.test, "negates the condition", partial(setattr, node, "test", negated)


def _filters(node: ast.comprehension) -> Iterator[Change]:
    for index, test in enumerate(node.ifs):
        yield test, "drops the filter", partial(node.ifs.pop, index)


def _return(node: ast.Return) -> Iterator[Change]:
    if node.value is not None:
        nothing = isinstance(node.value, ast.Constant) and node.value.value is None
        new = True if nothing else None
        yield node, f"returns {new}", partial(setattr, node, "value", ast.Constant(new))


_KINDS: dict[type[ast.AST], Callable[[Any], Iterator[Change]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.BinOp: _operation,
    ast.AugAssign: _operation,
    ast.Constant: _constant,
    ast.Name: _name,
    ast.If: _condition,
    ast.While: _condition,
    ast.IfExp: _condition,
    ast.comprehension: _filters,
    ast.Return: _return,
}


def _put(items: list[Any], index: int, new: Any) -> Callable[[], None]:
    return partial(items.__setitem__, index, new)


def _without(node: ast.BoolOp, index: int) -> None:
    left = [value for rank, value in enumerate(node.values) if rank != index]
    node.values = left if len(left) > 1 else left * 2  # « a or a » is a


def _bare(node: ast.UnaryOp) -> None:
    operand = node.operand
    node.__class__ = ast.BoolOp  # type: ignore[assignment]
    node.op, node.values = ast.Or(), [operand, operand]  # type: ignore[assignment, attr-defined]


def _code_of(code: CodeType, qualname: str) -> CodeType | None:
    within: CodeType | None = code
    for part in qualname.split("."):
        consts = within.co_consts if within else ()
        within = next((c for c in consts if isinstance(c, CodeType) and c.co_name == part), None)
    return within


def _function_of(module: ModuleType, qualname: str) -> FunctionType | None:
    owner: Any = module
    for part in qualname.split("."):
        owner = vars(owner).get(part)
    for nom in ("fget", "func", "__func__"):
        owner = getattr(owner, nom, owner)
    while hasattr(owner, "__wrapped__"):
        owner = owner.__wrapped__
    return owner if isinstance(owner, FunctionType) else None
