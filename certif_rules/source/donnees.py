"""Reading the files that people give: profiles, findings, answers, in YAML or JSON."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from certif_rules.errors import DataError, Location
from certif_rules.source.schema import check
from certif_rules.source.yaml import Sequence, Table, place, read_bytes, read_file


def place_of(node: Any, key: str | int) -> Location | None:
    """Return the place of a key in data read from a file; plain data have none."""
    if isinstance(node, Sequence) or (isinstance(node, Table) and key in node):
        return place(node, key)
    return None


def as_text(value: Any) -> str | None:
    """Return a value as text, whatever YAML made of it; ``None`` stays ``None``."""
    return None if value is None else str(value)


def as_truth(value: Any) -> Any:
    """Return « oui » and « non », « true » and « false », as people type them, as what they say.

    Any other value is left as it is.
    """
    return _TRUTHS.get(value.lower(), value) if isinstance(value, str) else value


def as_euros(value: Any) -> Any:
    """Return « 640 000 » or « 640 000 € » as a number of euros; any other value as it is."""
    if not isinstance(value, str):
        return value
    digits = "".join(value.removesuffix("€").split())
    return int(digits) if digits.isdecimal() else value


_TRUTHS = {"oui": True, "non": False, "true": True, "false": False}


def read_checked(path: Path, schema: str, *, content: bytes | None = None) -> Any:
    """Return the data of a YAML or JSON file that its schema accepts.

    Args:
        path: the file; its name is used in messages.
        schema: the short name of a schema.
        content: the content, when it was read elsewhere.

    Raises:
        DataError: the file cannot be read, or its schema refuses it; every problem is listed.
    """
    name = str(path)
    try:
        data = read_file(path, strict=False) if content is None else read_bytes(content, name, strict=False)
    except DataError as error:
        # JSON is YAML, but for some of its escapes.
        plain = _json_object(path, content)
        if plain is None:
            raise error from None
        data = plain
    issues = check(data, schema, name)
    if issues:
        raise DataError(issues)
    return data


def _json_object(path: Path, content: bytes | None) -> Any:
    with suppress(ValueError, OSError, RecursionError):
        data = json.loads((path.read_bytes() if content is None else content).decode("utf-8-sig"))
        return data if isinstance(data, dict) else None
    return None
