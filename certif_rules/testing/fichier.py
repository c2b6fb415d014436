"""A file of cases: its kind, said by its key; what runs a case of that kind; what one says of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from certif_rules.errors import DataError, IssuesError
from certif_rules.plugins.registry import Registry
from certif_rules.services.atelier import open_atelier
from certif_rules.source.donnees import read_given
from certif_rules.source.schema import check

#: The key of a file of cases, and the module whose ``differences(case, registry)`` runs one; the schema that
#: describes the file has the name of the key, less its underscores.
KINDS: Mapping[str, str] = {
    "cas": "cas",
    "cas_duree": "duree",
    "cas_echantillon": "echantillon",
    "cas_dossier": "dossier",
    "cas_autodiagnostic": "autodiagnostic",
    "cas_calendrier": "calendrier",
}


@cache
def installed() -> Registry:
    """Return the registry over the installed plugins, opened once for a run of cases."""
    return open_atelier().registry


def read_cases(path: Path) -> tuple[str, list[dict[str, Any]]]:
    """Return the kind of the cases of a file, and the cases.

    Raises:
        DataError: the file is not a file of cases.
    """
    data = read_given(path)
    kind = next((key for key in KINDS if key in data), "cas")
    issues = check(data, kind.replace("_", ""))
    if issues:
        raise DataError(issues)
    cases: list[dict[str, Any]] = data[kind]
    return kind, cases


def differences(kind: str, case: Mapping[str, Any], registry: Registry) -> list[str]:
    """Return what a case of this kind expects and does not get, in French; empty when all holds."""
    run: Callable[[Mapping[str, Any], Registry], list[str]]
    run = import_module(f"certif_rules.testing.{KINDS[kind]}").differences
    return run(case, registry)


def refused(error: IssuesError, wanted: str | Iterable[str] | None) -> list[str]:
    """Return what is wrong with a refusal: the case wants none, or other codes.

    Args:
        error: the refusal.
        wanted: its code, or its codes, as the case writes them under ``erreur``; ``None``: none is wanted.
    """
    if wanted is None:
        return [f"refus inattendu : {error}"]
    codes = sorted({issue.code for issue in error.issues})
    expected = sorted([wanted] if isinstance(wanted, str) else wanted)
    return [] if codes == expected else [f"refus : {unlike(expected, codes)}\n{error}"]


#: What the values of YAML and of JSON are called.
_KINDS = {
    bool: "vrai ou faux", int: "un entier", float: "un nombre à virgule", str: "un texte", list: "une liste",
    dict: "un dictionnaire", type(None): "rien",
}  # fmt: skip


def unlike(wanted: Any, obtained: Any) -> str:
    """Return « attendu A, obtenu B »; where both print alike, what each is: « 3 (un texte) »."""
    if str(wanted) != str(obtained):
        return f"attendu {wanted}, obtenu {obtained}"
    kinds = [_KINDS.get(type(value), f"un {type(value).__name__}") for value in (wanted, obtained)]
    return f"attendu {wanted} ({kinds[0]}), obtenu {obtained} ({kinds[1]})"
