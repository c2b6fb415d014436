"""Data against the JSON Schemas of ``schemas/``: every fault at once, in French, where it was written.

The only module that knows jsonschema. Schemas refer to one another by file name, and only to files of that
folder: any other reference raises, nothing is ever fetched. A schema's own descriptions tell people what
was expected, so each is written to be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from certif_rules.errors import Issue, Location, first_of, nearest
from certif_rules.source.conforme import (
    SUFFIX,
    accepts,
    contents,
    is_date,
    properties_of,
    referred,
    repeated,
    schema_path,
    searched,
)
from certif_rules.source.yaml import PlacedDict, PlacedList, place

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator
    from referencing import Registry

_SHOWN = 40
#: Most problems listed, and most looked for: a file may hold a million of them.
_TOLD, _LOOKED_FOR = 200, 2_000
#: Most values that a file holds.
_MOST = 100_000
_TYPES = {
    "object": "un dictionnaire",
    "array": "une liste",
    "string": "un texte",
    "integer": "un entier",
    "boolean": "true ou false",
    "null": "null",
}


def check(data: Any, schema: str, name: str = "") -> list[Issue]:
    """Return what the schema ``schema`` finds wrong in ``data``, sorted by place; empty when nothing is.

    Args:
        data: what :mod:`certif_rules.source.yaml` read, which knows its places, or plain JSON data.
        schema: the short name of a schema.
        name: what to call plain data in messages, which then give the path to the fault.

    Raises:
        KeyError: there is no such schema.
    """
    if _overfull(data):
        where = Location(name) if name else place(data) if isinstance(data, PlacedDict | PlacedList) else None
        message = f"plus de {_MOST} valeurs : ce n’est pas un fichier de ce programme"
        return [Issue("fichier-trop-grand", message, where)]
    if accepts(schema, data):
        return []
    errors = list(islice(_validator(schema).iter_errors(data), _LOOKED_FOR + 1))
    unknown_format = [error for error in errors if error.validator == "const"]
    # Another format has other keys: what else was found would only mislead.
    translated = (issue for error in unknown_format or errors for issue in _issues(error, data, name))
    issues = list(islice(translated, _LOOKED_FOR + 1))
    return first_of(issues[:_LOOKED_FOR], _TOLD, more=max(len(errors), len(issues)) > _LOOKED_FOR)


def described(schema: str) -> tuple[str, ...]:
    """Return the keys that the schema ``schema`` describes of a whole file, in its order."""
    return tuple(properties_of(contents(schema + SUFFIX)))


def undescribed(data: Any, schema: str) -> Iterator[tuple[tuple[str | int, ...], list[str]]]:
    """Yield the way to each key that a schema takes without describing it, and what it knows there.

    ``data`` is what it accepts.
    """
    waiting: list[tuple[Any, Any, tuple[str | int, ...]]] = [(data, contents(schema + SUFFIX), ())]
    while waiting:
        value, rule, path = waiting.pop()
        known, others, items = _within(rule)
        inside: list[tuple[str | int, Any, Any]] = []
        if isinstance(value, list):
            inside = [(rank, child, items) for rank, child in enumerate(value)]
        elif isinstance(value, Mapping):
            inside = [(key, child, known.get(key, others)) for key, child in value.items()]
            yield from (((*path, key), list(known)) for key, _, inner in inside if inner is None)
        waiting += [
            (child, inner, (*path, step)) for step, child, inner in reversed(inside) if inner is not None
        ]


def _within(schema: Any) -> tuple[dict[str, Any], Any, Any]:
    """Return what a schema, or what it refers to, asks of each key it describes, of other keys, of items."""
    known: dict[str, Any] = {}
    others = items = None
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            known, others, items = _within(referred(schema["$ref"]))
        known |= schema.get("properties", {})
        others = schema.get("additionalProperties", others)
        items = schema.get("items", items)
    return known, others, items


def _overfull(data: Any) -> bool:
    """Return whether there is more in ``data`` than anyone writes: checking it all would take minutes."""
    waiting, number = [data], 0
    while waiting:
        value = waiting.pop()
        children = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        number += len(children)
        if number > _MOST:
            return True
        waiting += [child for child in children if not isinstance(child, str)]
    return False


@cache
def _registry() -> Registry[Any]:
    from referencing import Registry, Resource

    names = sorted(path.name for path in schema_path("commun").parent.glob("*" + SUFFIX))
    return Registry().with_resources((name, Resource.from_contents(contents(name))) for name in names)


def _ref(validator: Any, reference: str, value: object, _: object) -> Iterator[ValidationError]:
    """Yield what is wrong by a schema referred to, looked up once and not at each value."""
    yield from validator.descend(value, referred(reference))


@cache
def _validator(schema: str) -> Validator:
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    formats = FormatChecker(formats=())
    formats.checks("date")(is_date)
    # A registry of our own also forbids jsonschema to look for a schema elsewhere.
    checker: type[Validator] = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, validators={"$ref": _ref, "pattern": _pattern, "uniqueItems": _unique}
    )
    return checker(contents(schema + SUFFIX), registry=_registry(), format_checker=formats)


def _pattern(_: Validator, pattern: str, value: object, __: object) -> Iterator[ValidationError]:
    """Match as JSON Schema does, where ``$`` is the end of the text and not before a line feed."""
    from jsonschema.exceptions import ValidationError

    if isinstance(value, str) and not re.search(searched(pattern), value):
        yield ValidationError(pattern)


def _unique(_: Validator, wanted: bool, value: object, __: object) -> Iterator[ValidationError]:
    """Yield each item once, in a time that grows with their number only."""
    from jsonschema.exceptions import ValidationError

    if wanted and isinstance(value, list | tuple) and next(repeated(value), None) is not None:
        yield ValidationError("uniqueItems")


def _issues(error: Any, data: Any, name: str) -> Iterator[Issue]:
    """Yield the issues of one ``ValidationError``: one, or one for each key or item at fault."""
    path: list[str | int] = list(error.absolute_path)
    value, wanted, schema = error.instance, error.validator_value, error.schema
    faults: Iterable[tuple[_Words, list[str | int], str | None]]
    if error.validator == "required":
        for key in (key for key in wanted if key not in value):
            code, message, hint = _missing(key, schema)
            location, prefix = _locate(data, path, name, None)
            yield Issue(code, prefix + message, location, hint, champ=_champ(data, [*path, key]))
        return
    if error.validator in ("additionalProperties", "unevaluatedProperties"):
        known = properties_of(schema)
        faults = ((_unknown(key, known), path, key) for key in value if key not in known)
    elif error.validator == "uniqueItems":
        faults = ((_twice(value[index]), [*path, index], None) for index in repeated(value))
    else:
        of_key = "propertyNames" in error.absolute_schema_path
        words = _WORDS[error.validator](value, wanted, _description(schema))
        faults = ((words, path, value if of_key else None),)
    for (code, message, hint), where, key in faults:
        location, prefix = _locate(data, where, name, key)
        champ = _champ(data, where if key is None else [*where, key])
        yield Issue(code, prefix + message, location, hint, champ=champ)


def _locate(data: Any, path: list[str | int], name: str, key: str | None) -> tuple[Location | None, str]:
    """Return where ``path`` leads; for plain data, ``name`` and the path in words."""
    steps = path if key is None else [*path, key]
    parent = data
    for step in steps[:-1]:
        parent = parent[step]
    if isinstance(parent, PlacedDict | PlacedList):
        return place(parent, steps[-1] if steps else None, of_key=key is not None), ""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{_clean(step)}" for step in path).lstrip(".")
    return Location(name) if name else None, f"{words} : " if words else ""


def _champ(data: Any, path: list[str | int]) -> str:
    """Return the field that ``path`` leads to: an entry of a list is under its id, or its site."""
    names = []
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else data[step]
        named = data if isinstance(step, int) and isinstance(data, Mapping) else {}
        names.append(str(named.get("id", named.get("site", step))))
    return ".".join(names)


def _description(schema: Mapping[str, Any] | None) -> str | None:
    return schema.get("description") if schema else None


def _clean(text: str) -> str:
    """Return ``text`` on one line, short, without what a terminal would obey."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _as_json(value: Any, **options: Any) -> str:
    import json  # a checklist is put through no schema

    return json.dumps(value, **options)


def _show(value: Any) -> str:
    """Return ``value`` as people read it in a sentence."""
    if value is None:
        return "une valeur vide (null)"
    if isinstance(value, dict):
        return "un dictionnaire"
    if isinstance(value, list):
        return "une liste"
    return f"« {_clean(value)} »" if isinstance(value, str) else _clean(_as_json(value))


#: Code, message, hint.
_Words = tuple[str, str, str | None]


def _missing(key: str, schema: Mapping[str, Any]) -> _Words:
    hint = _description(properties_of(schema).get(key)) or _description(schema)
    return "cle-manquante", f"il manque la clé « {key} »", hint


def _unknown(key: str, known: Iterable[str]) -> _Words:
    hint = nearest(str(key), known) or f"clés admises : {', '.join(known)}"
    if " " in str(key):  # « {titre: Accueillir, orienter chacun} »: no key of ours has a space
        hint = f"un texte qui a une virgule se met entre guillemets ; {hint}"
    return "cle-inconnue", f"la clé {_show(key)} n’est pas connue ici", hint


def _twice(item: Any) -> _Words:
    return "valeur-en-double", f"{_show(item)} est en double", "retirer l’une des deux"


def _type(value: Any, wanted: str | list[str], description: str | None) -> _Words:
    expected = [wanted] if isinstance(wanted, str) else wanted
    message = f"attendu : {' ou '.join(_TYPES[kind] for kind in expected)} ; trouvé : {_show(value)}"
    if "string" in expected and isinstance(value, int):
        return "type-inattendu", message, f'écrire "{_as_json(value)}"'
    if "boolean" in expected and isinstance(value, str) and value.lower() in ("true", "false"):
        return "type-inattendu", message, f"écrire {value.lower()}"
    return "type-inattendu", message, description


def _enum(value: Any, wanted: list[str | None], _: str | None) -> _Words:
    words = [word for word in wanted if word is not None]
    admitted = ", ".join([*words, *(["null"] if None in wanted else [])])
    hint = nearest(str(value), words) or f"valeurs admises : {admitted}"
    return "valeur-inattendue", f"{_show(value)} n’est pas une valeur admise", hint


def _const(value: Any, wanted: int, _: str | None) -> _Words:
    message = f"le format {_show(value)} n’est pas connu de cette version, qui lit le format {wanted}"
    return "format-inconnu", message, f"écrire `format: {wanted}`, ou mettre certif-rules à jour"


def _plain(code: str, words: str) -> Callable[[Any, Any, str | None], _Words]:
    return lambda value, wanted, hint: (code, words.format(_show(value), wanted), hint)


#: For each keyword our schemas use, how to say what is wrong; those with one fault per key are above.
_WORDS: Mapping[str, Callable[[Any, Any, str | None], _Words]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _plain("forme-inattendue", "{0} n’a pas la forme attendue"),
    "format": _plain("date-invalide", "{0} n’est pas une date"),
    "not": _plain("cle-deplacee", "la clé {0} n’a pas sa place ici"),
    "minItems": _plain("liste-vide", "la liste est vide"),
    "minProperties": _plain("dictionnaire-vide", "le dictionnaire est vide"),
    "minimum": _plain("nombre-trop-petit", "{0} est plus petit que {1}"),
    "maximum": _plain("nombre-trop-grand", "{0} est plus grand que {1}"),
    "maxItems": _plain("liste-trop-longue", "la liste a plus de {1} éléments"),
    "maxLength": _plain("texte-trop-long", "ce texte a plus de {1} signes"),
}
