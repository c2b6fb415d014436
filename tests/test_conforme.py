"""The quick answer, yes, to whether data are as a schema asks: never where jsonschema finds a fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certif_rules.source import yaml as source
from certif_rules.source.conforme import accepts, compiled
from certif_rules.source.schema import _validator

VALIDES = sorted((Path(__file__).parent / "exemples" / "valides").iterdir())
#: What is put in place of a value: of every kind, and near what keywords bound.
AUTRES: tuple[Any, ...] = (
    None,
    True,
    0,
    1.0,
    -1.5,
    10**9,
    "",
    "2024-02-30",
    "mot",
    [],
    ["a", "a"],
    {},
    {"pour": 1},
)
#: The most values of one example that are replaced, spread over it.
REMPLACES = 10


def slots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place in data: what holds it, and its key or rank."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from slots(value[key])


def agree(name: str, data: Any) -> bool:
    """Whether both answer alike."""
    return accepts(name, data) is (next(_validator(name).iter_errors(data), None) is None)


@pytest.mark.parametrize("path", VALIDES, ids=lambda path: path.name)
def test_the_quick_answer_is_that_of_jsonschema(path: Path) -> None:
    """An example is taken at once; a value of it replaced, removed or added, both answer alike."""
    name = path.stem.partition("-")[0]
    data = source.read_bytes(path.read_bytes(), path.name, strict=False)
    assert accepts(name, data)
    places = list(slots(data))
    for holder, key in places[:: max(1, len(places) // REMPLACES)]:
        before = holder[key]
        for other in AUTRES:
            holder[key] = other
            assert agree(name, data), (key, other)
        if isinstance(holder, dict):
            del holder[key]
            assert agree(name, data), key
            holder["inconnue"] = 1
            assert agree(name, data), "inconnue"
            del holder["inconnue"]
        holder[key] = before
    assert accepts(name, data)


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [True]},
        {"type": "object", "patternProperties": {"a": True}},
        {"enum": [1]},
        {"const": None},
        {"format": "email"},
        {"not": {"minimum": 3}},
        {"if": {"pattern": "a"}, "then": True},
        {"type": "inconnu"},
    ],
)
def test_what_is_not_known_is_left_to_jsonschema(schema: Any) -> None:
    """A keyword, or a use of one, that our schemas do not have is never answered yes: it is looked at."""
    assert not any(compiled(schema)(value) for value in AUTRES)


def test_true_and_false_are_schemas() -> None:
    """A schema may be true, which takes everything, or false, which takes nothing."""
    assert compiled(True)(object())
    assert not compiled(False)(None)
