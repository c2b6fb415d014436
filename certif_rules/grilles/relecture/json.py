"""A checklist in JSON whose lines were given findings, under the keys of a findings file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import fields, replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.compte_rendu import CLES
from certif_rules.audit.constats import A_EVALUER, Dossier, Releve
from certif_rules.audit.recevabilite import check_findings
from certif_rules.echanges.checklist import render
from certif_rules.errors import DataError, Issue, Location
from certif_rules.grilles.relecture.tableur import MAX_ROWS, decode, refuse
from certif_rules.model.base import PLACES
from certif_rules.source.json import read

#: The keys a line is filled with: those of a finding; the others are the engine’s.
SAISIE = tuple(f.name for f in fields(Releve) if f.name not in {"ligne", *PLACES})
#: Those a check is filled with: its ``constat`` is the engine’s, what its failure is worth.
VERIFICATION = tuple("resultat" if key == "constat" else key for key in SAISIE)
_EMPTY: tuple[Any, ...] = (None, [], {}, "")


def load(content: bytes, name: str) -> Any:
    """Return the data of a JSON file.

    Raises:
        DataError: too big, or not a JSON object.
    """
    text = decode(content, name, "JSON")
    try:
        data = read(text, name, pasted=True)
    except DataError as error:
        raise DataError(_cut(issue) for issue in error.issues) from None
    if not {"constats", "lignes"} & data.keys():
        message = "ni constats, ni checklist écrite par ce programme"
        raise refuse("classeur-etranger", message, name)
    for key in ("constats", "lignes"):
        lines = data.get(key, [])
        if not isinstance(lines, list):
            raise refuse("classeur-etranger", f"« {key} » n’est pas une liste", name)
        if len(lines) > MAX_ROWS:
            raise refuse("fichier-trop-grand", f"plus de {MAX_ROWS} lignes", name)
    return data


def _cut(issue: Issue) -> Issue:
    """Return what is wrong of JSON that nobody types: ill written, it was cut on its way."""
    return replace(issue, code="fichier-tronque") if issue.code == "syntaxe" else issue


def as_findings(data: Any) -> Any:
    """Return the lines of a filled checklist as a findings file; its schema says what is wrong with it."""
    entries = []
    for line in data["lignes"]:
        given = line if isinstance(line, dict) else {}
        filled = {key: given[key] for key in SAISIE if given.get(key) not in _EMPTY}
        if filled or given.get("etat") == "a_auditer":
            entries.append({"id": given.get("id"), "constat": A_EVALUER, **filled})
    checks = [
        {"id": given.get("id"), **{key: given[key] for key in VERIFICATION if given.get(key) not in _EMPTY}}
        for given in _points(data)
    ]
    keys = (
        "format",
        "referentiel",
        "audit",
        "organisme",
        "ajouts",
        "precedent",
        "certificats",
        "habillage",
        "ecarts_notifies_le",
        *CLES,
    )
    head = {key: data[key] for key in keys if key in data}
    return {**head, "constats": entries, "verifications": checks}


def _points(data: Any) -> list[dict[str, Any]]:
    points = data.get("verifications")
    return [point for point in points if isinstance(point, dict)] if isinstance(points, list) else []


def compare(data: Any, checklist: Checklist, name: str, *, same_rules: bool) -> list[Issue]:
    """Return lines missing, unknown or twice, and values of the engine that were changed, by their path.

    With other rules the engine's values differ of themselves; which lines there are is checked all the same.
    """
    written = json.loads(render(checklist))
    issues: list[Issue] = []
    for key, entries, noun in (
        ("lignes", data["lignes"], "ligne"),
        ("verifications", _points(data), "vérification"),
    ):
        expected = {line["id"]: line for line in written[key]}
        issues += _compare(entries, expected, (name, key, noun), same_rules=same_rules)
    return issues


def _compare(
    entries: list[Any], expected: Mapping[str, Any], names: tuple[str, str, str], *, same_rules: bool
) -> Iterator[Issue]:
    """Yield the same for one list: the file, its key and what it is a list of are in ``names``."""
    name, key, noun = names
    seen: set[str] = set()
    for index, line in enumerate(entries):
        identifiant = line.get("id") if isinstance(line, dict) else None
        where = Location(f"{name}:{key}[{index}]")
        if not isinstance(identifiant, str) or identifiant not in expected:
            yield Issue("ligne-inconnue", f"aucune {noun} « {identifiant} » dans cette grille", where)
            continue
        if identifiant in seen:
            yield Issue("ligne-en-double", f"la {noun} {identifiant} apparaît deux fois", where)
        seen.add(identifiant)
        for field, value in expected[identifiant].items() if same_rules else ():
            if line.get(field) != value:
                message = f"« {field} » : cette valeur calculée a été modifiée"
                yield Issue("cellule-modifiee", message, where, "la rétablir")
    for identifiant in expected:
        if identifiant not in seen:
            message = f"la {noun} {identifiant} n’est plus dans le fichier"
            yield Issue("ligne-manquante", message, Location(name))


def check(checklist: Checklist, dossier: Dossier) -> list[Issue]:
    """Return what is impossible in the findings; :func:`compare` looks at which lines there are."""
    codes = ("ligne-manquante", "ligne-inconnue", "ligne-en-double", "verification-inconnue")
    return [i for i in check_findings(checklist, dossier) if i.code not in (*codes, "verification-en-double")]
