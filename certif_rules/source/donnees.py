"""Reading the files that people give: profiles, findings, answers, in YAML or JSON."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from certif_rules.errors import DataError, Location
from certif_rules.source.entree import content_of, decoded
from certif_rules.source.schema import check
from certif_rules.source.yaml import PlacedDict, PlacedList, place, read


def place_of(node: Any, key: str | int) -> Location | None:
    """Return the place of a key in data read from a file; plain data have none."""
    if isinstance(node, PlacedList) or (isinstance(node, PlacedDict) and key in node):
        return place(node, key)
    return None


def as_texts(value: Any) -> str | list[str]:
    """Return a value as text, or each of those of a list."""
    return [str(item) for item in value] if isinstance(value, list) else str(value)


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


def number_of(text: str) -> str | None:
    """Return a number as people type it (« 12 », « 1,5 »), with a point; nothing where it is none."""
    number = text.strip().replace(",", ".")
    return number if _NUMBER.fullmatch(number) else None


_NUMBER = re.compile(r"\d{1,9}([.]\d{1,9})?", re.ASCII)
_TRUTHS = {"oui": True, "non": False, "true": True, "false": False}


def read_given(
    path: Path, *, content: bytes | None = None, name: str | None = None, pasted: bool = False
) -> PlacedDict:
    """Return the data of a YAML or JSON file that a person gives; its schema is still to be asked.

    Args:
        path: the file.
        content: the content, when it was read elsewhere.
        name: what to call the file in messages.
        pasted: take what is invisible out of the texts of JSON, which people pasted in a form.

    Raises:
        DataError: the file cannot be read, or holds what no file of ours may hold.
    """
    name = name or str(path)
    text = decoded(content_of(path, name) if content is None else content, name)
    try:
        return read(text, name, strict=False)
    except DataError as error:
        # JSON is YAML, but for some of its escapes and blanks: no other refusal has an appeal.
        appealed = {"syntaxe", "caractere-de-controle"} if pasted else {"syntaxe"}
        if not text.lstrip().startswith("{") or {issue.code for issue in error.issues} - appealed:
            raise
        from certif_rules.source import json

        try:
            return json.read(text, name, pasted=pasted)
        except DataError as of_json:
            broken = any(issue.code == "syntaxe" for issue in of_json.issues)
            raise (error if broken else of_json) from None


def read_checked(path: Path, schema: str, *, content: bytes | None = None) -> Any:
    """Return the data of a YAML or JSON file that its schema accepts (arguments of :func:`read_given`).

    Raises:
        DataError: the file cannot be read, or its schema refuses it; every problem is listed.
    """
    data = read_given(path, content=content, pasted=True)
    issues = check(data, schema, str(path))
    if issues:
        raise DataError(issues)
    return data
