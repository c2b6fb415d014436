"""The modules of the core, as the tests of its shape read them: by name, as text, as a tree, as strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "certif_rules"


def name_of(path: Path) -> str:
    """``export.html`` for ``certif_rules/export/html.py``; a package is named by its folder."""
    parts = [part for part in path.relative_to(CORE).with_suffix("").parts if part != "__init__"]
    return ".".join(parts) or "certif_rules"


MODULES = {name_of(path): path for path in sorted(CORE.rglob("*.py"))}


def text_of(name: str) -> str:
    return MODULES[name].read_text(encoding="utf-8")


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(text_of(name))


def documented(tree: ast.Module) -> set[int]:
    """The docstrings of a module, by the identity of their nodes."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(n.body[0].value)  # type: ignore[attr-defined]
        for n in ast.walk(tree)
        if isinstance(n, owners) and ast.get_docstring(n) is not None
    }


def strings(name: str) -> Iterator[str]:
    """The texts a module holds, docstrings excepted."""
    tree = tree_of(name)
    docs = documented(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
