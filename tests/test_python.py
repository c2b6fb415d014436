"""What Python programs import: the names of the package, and its page, example by example."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import certif_rules as cr

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "python.md").read_text(encoding="utf-8")


def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples, one after another as a reader types them, do what they assert."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for number, example in enumerate(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL), start=1):
        exec(compile(example, f"docs/python.md, example {number}", "exec"), names)
    assert "synthese" in names


def test_every_public_name_is_there_and_explained() -> None:
    """``dir()`` gives the public names alone; each is imported, says what it is, and stands in the page."""
    assert sorted(dir(cr)) == sorted([*cr.__all__, "__version__"])
    for name in cr.__all__:
        value = getattr(cr, name)
        assert inspect.getdoc(value), name
        assert re.search(rf"`(?:cr\.)?{name}\b", PAGE), name
    with pytest.raises(AttributeError, match="no attribute 'chekclist'"):
        cr.chekclist  # type: ignore[attr-defined]  # noqa: B018


def test_the_signatures_of_the_page_are_true() -> None:
    """A verb of the page takes the parameters that its row names."""
    rows = re.findall(r"^\| `([a-z_]+)\(([^`]*)\)`", PAGE, re.MULTILINE)
    assert {name for name, _ in rows} == {n for n in cr.__all__ if n.islower() and n != "hookimpl"}
    for name, arguments in rows:
        parameters = inspect.signature(getattr(cr, name)).parameters
        shown = [a.strip("* ") for a in arguments.split(",") if a.strip("* …")]
        declared = ["registre" if p == "registry" else p for p in parameters]
        assert [p for p in declared if p in shown] == shown
        assert len(shown) == len(declared) or "…" in arguments, name


@pytest.mark.parametrize("value", [None, {}, "checklist"])
def test_only_our_values_are_written(value: object) -> None:
    """Anything else is refused by its type."""
    with pytest.raises(TypeError, match=type(value).__name__):
        cr.ecrire(value)


def test_a_format_that_a_value_has_not_is_refused() -> None:
    """The refusal names the formats that there are."""
    registry = cr.open_registry()
    audit = {"type": "initial", "date": "2024-03-18"}
    profil = {"format": 1, "referentiel": "qualiopi", "audit": audit, "organisme": {"categories": ["AF"]}}
    explication = cr.expliquer(cr.checklist(registry, profil), "1")
    with pytest.raises(cr.UsageError, match="formats : json"):
        cr.ecrire(explication, "pdf")
