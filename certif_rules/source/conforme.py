"""Whether data are as a schema asks: a quick answer that is never yes by mistake.

The schemas are compiled to functions, for the keywords that those of ``schemas/`` use. What is not plainly
accepted is left to :mod:`certif_rules.source.schema`, which knows the whole standard, and says each fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

SUFFIX: Final = ".schema.json"
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Accepte = Callable[[Any], bool]


def schema_path(name: str) -> Path:
    """Return the file of the schema ``name`` (« couche », « profil »…), in the wheel or in the checkout."""
    package = Path(__file__).parent.parent
    folder = package / "schemas" if (package / "schemas").is_dir() else package.parent / "schemas"
    return folder / (name + SUFFIX)


@cache
def contents(name: str) -> Any:
    """Return the schema in the file ``name``, whose references name their file.

    Raises:
        KeyError: there is no such schema.
    """
    path = schema_path(name.removesuffix(SUFFIX))
    if not path.is_file():
        raise KeyError(name)
    return _absolute(json.loads(path.read_text(encoding="utf-8")), name)


def _absolute(schema: Any, name: str) -> Any:
    """Return a schema whose references name their file: each leads to one place, wherever it is read."""
    if isinstance(schema, list):
        return [_absolute(item, name) for item in schema]
    if not isinstance(schema, dict):
        return schema
    whole = {key: _absolute(value, name) for key, value in schema.items()}
    if str(whole.get("$ref", "")).startswith("#"):
        whole["$ref"] = name + whole["$ref"]
    return whole


@cache
def referred(reference: str) -> Any:
    """Return what a reference leads to: a file, or a place in it.

    Raises:
        KeyError: it leads nowhere.
    """
    name, _, way = reference.partition("#")
    schema = contents(name)
    for step in way.split("/")[1:]:
        schema = schema[step.replace("~1", "/").replace("~0", "~")]
    return schema


def accepts(name: str, data: Any) -> bool:
    """Return whether the schema ``name`` (« couche ») plainly takes ``data``."""
    return _at(name + SUFFIX)(data)


@cache
def _at(reference: str) -> Accepte:
    return compiled(referred(reference))


def compiled(schema: Any) -> Accepte:
    """Return what accepts the values that a schema takes; it takes none where it does not know a keyword."""
    if schema is True or schema is False:
        return lambda _: schema
    checks = []
    for keyword, wanted in schema.items():
        if keyword in _WORDLESS:
            continue
        make = _KEYWORDS.get(keyword)
        if make is None:
            return _none
        checks.append(make(wanted, schema))
    if len(checks) == 1:
        return checks[0]

    def accepted(value: Any) -> bool:
        for check in checks:  # noqa: SIM110 - half the time of ``all`` with a generator, at each value
            if not check(value):
                return False
        return True

    return accepted


def _none(_: Any) -> bool:
    return False


def is_date(value: object) -> bool:
    """Return whether a text is a day that exists; what is no text is no concern of ``format``."""
    if not isinstance(value, str):
        return True
    try:
        return bool(_DATE.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def searched(pattern: str) -> str:
    """Return a pattern as JSON Schema reads it: ``$`` is the end of the text and not before a line feed."""
    return re.sub(r"\$$", r"\\Z", pattern)


def repeated(items: Iterable[Any]) -> Iterator[int]:
    """Yield the places of items that stand earlier in the list too."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        text = json.dumps(item, sort_keys=True, default=str)
        if text in seen:
            yield index
        seen.add(text)


# ---- keywords -------------------------------------------------------------------------------------------


def _integer(value: Any) -> bool:
    return _number(value) and (isinstance(value, int) or value.is_integer())


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: Final[Mapping[str, Accepte]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": _integer,
    "boolean": lambda value: value is True or value is False,
    "null": lambda value: value is None,
    "number": _number,
}


def _type(wanted: str | list[str], _: Any) -> Accepte:
    if isinstance(wanted, str):
        return _TYPES.get(wanted, _none)
    kinds = [_TYPES.get(kind, _none) for kind in wanted]
    return lambda value: any(kind(value) for kind in kinds)


def _ref(reference: str, _: Any) -> Accepte:
    def accepted(value: Any) -> bool:
        return _at(reference)(value)  # found when it is asked: a schema may lead back to itself

    return accepted


def _properties(wanted: Mapping[str, Any], _: Any) -> Accepte:
    known = {key: compiled(schema) for key, schema in wanted.items()}

    def accepted(value: Any) -> bool:
        if isinstance(value, dict):
            for key, child in value.items():
                check = known.get(key)
                if check is not None and not check(child):
                    return False
        return True

    return accepted


def _beside(names: Iterable[str], wanted: Any) -> Accepte:
    """Return what takes these keys of a mapping whatever they hold, and the others as ``wanted`` does."""
    known, others = frozenset(names), compiled(wanted)
    return lambda value: (
        not isinstance(value, dict) or all(key in known or others(child) for key, child in value.items())
    )


def properties_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that a schema describes, those of the definition it refers to included."""
    properties = dict(schema.get("properties", {}))
    if "$ref" in schema:
        properties |= properties_of(referred(schema["$ref"]))
    return properties


def _required(wanted: list[str], _: Any) -> Accepte:
    return lambda value: not isinstance(value, dict) or all(key in value for key in wanted)


def _each(kind: type[Any], wanted: Any) -> Accepte:
    """Return what takes a list whose items, or a mapping whose names, are all as ``wanted`` asks."""
    check = compiled(wanted)
    return lambda value: not isinstance(value, kind) or all(map(check, value))


def _pattern(wanted: str, _: Any) -> Accepte:
    search = re.compile(searched(wanted)).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _enum(wanted: list[Any], _: Any) -> Accepte:
    if not all(word is None or isinstance(word, str) for word in wanted):
        return _none
    return lambda value: (value is None or isinstance(value, str)) and value in wanted


def _const(wanted: Any, _: Any) -> Accepte:
    if isinstance(wanted, str):
        return lambda value: isinstance(value, str) and value == wanted
    return lambda value: _number(value) and value == wanted if _number(wanted) else False


def _not(wanted: Any, _: Any) -> Accepte:
    check = compiled(wanted)
    return (lambda value: not check(value)) if _decides(wanted) else _none


def _if(wanted: Any, schema: Mapping[str, Any]) -> Accepte:
    condition, then, other = map(compiled, (wanted, schema.get("then", True), schema.get("else", True)))
    return (lambda value: then(value) if condition(value) else other(value)) if _decides(wanted) else _none


def _decides(schema: Any) -> bool:
    """Return whether what a compiled schema refuses is refused indeed, and not only left to be looked at."""
    if not isinstance(schema, dict):
        return True
    words = [*schema.get("enum", ()), schema.get("const")]
    return (
        set(schema) <= {*_WORDLESS, "type", "required", "properties", "const", "enum"}
        and all(word is None or isinstance(word, str) for word in words)
        and all(map(_decides, schema.get("properties", {}).values()))
    )


_WORDLESS: Final = frozenset({"description", "title", "$schema", "$id", "$defs", "then", "else"})
_KEYWORDS: Final[Mapping[str, Callable[[Any, Any], Accepte]]] = {
    "$ref": _ref,
    "type": _type,
    "properties": _properties,
    "additionalProperties": lambda wanted, schema: _beside(schema.get("properties", ()), wanted),
    "unevaluatedProperties": lambda wanted, schema: _beside(properties_of(schema), wanted),
    "required": _required,
    "items": lambda wanted, _: _each(list, wanted),
    "propertyNames": lambda wanted, _: _each(dict, wanted),
    "pattern": _pattern,
    "enum": _enum,
    "const": _const,
    "format": lambda wanted, _: is_date if wanted == "date" else _none,
    "not": _not,
    "if": _if,
    "minItems": lambda wanted, _: lambda value: not isinstance(value, list) or len(value) >= wanted,
    "maxItems": lambda wanted, _: lambda value: not isinstance(value, list) or len(value) <= wanted,
    "minProperties": lambda wanted, _: lambda value: not isinstance(value, dict) or len(value) >= wanted,
    "maxLength": lambda wanted, _: lambda value: not isinstance(value, str) or len(value) <= wanted,
    "minimum": lambda wanted, _: lambda value: not _number(value) or value >= wanted,
    "maximum": lambda wanted, _: lambda value: not _number(value) or value <= wanted,
    "uniqueItems": lambda wanted, _: (
        lambda value: not wanted or not isinstance(value, list) or next(repeated(value), None) is None
    ),
}
