"""A checklist in JSON whose lines were given findings, under the keys of a findings file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from msgspec.structs import fields, replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import A_EVALUER, Dossier, Releve
from certif_rules.audit.recevabilite import check_findings
from certif_rules.audit.silence import Silence
from certif_rules.colonnes import ECARTS, GRILLE
from certif_rules.echanges.checklist import render
from certif_rules.errors import DataError, Issue, Location, nearest
from certif_rules.grilles.relecture.tableur import MAX_ROWS, decode, refuse
from certif_rules.model.base import PLACES, Avertissement
from certif_rules.source.json import read
from certif_rules.source.schema import described, undescribed

#: The keys a line is filled with: those of a finding; the others are the engine’s.
SAISIE = tuple(f.name for f in fields(Releve) if f.name not in {"ligne", *PLACES})
#: Those a check is filled with: its ``constat`` is the engine’s, what its failure is worth.
VERIFICATION = tuple("resultat" if key == "constat" else key for key in SAISIE)
#: The fields of columns that findings files were written without.
_RECENTES = {c.champ for c in (*GRILLE, *ECARTS) if c.recente and c.champ}
_EMPTY: tuple[Any, ...] = (None, [], {}, "")
#: Most unknown keys that are told one by one, and most characters of the way to one.
_TOLD, _LONG = 20, 120


def load(content: bytes, name: str) -> Any:
    """Return the data of a JSON file.

    Raises:
        DataError: it is not a JSON object.
    """
    text = decode(content, name, "JSON")
    try:
        return read(text, name, pasted=True)
    except DataError as error:
        raise DataError(_cut(issue) for issue in error.issues) from None


def known(data: Any, name: str) -> Any:
    """Return data that are findings, or a checklist, and not too long.

    Raises:
        DataError: they are neither, or too long.
    """
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
    """Return the lines of a filled checklist as a findings file; its schema says what is wrong with it.

    Every key of a findings file is taken; the others are the engine’s, or told by :func:`strangers`.
    """
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
    head = {key: data[key] for key in described("constats") if key in data}
    return {**head, "constats": entries, "verifications": checks}


def silence(data: Any) -> Silence:
    """Return the fields that no entry of a file has as a key: it says nothing of them, be it by ``null``.

    A checklist has none of its own; a findings file leaves out what is empty, so that only those that came
    to be after the first files are looked for.
    """
    grid = "constats" not in data
    wanted = {c for c in SAISIE if c != "constat"} if grid else _RECENTES
    whole = {"compte_rendu", "a_accorder", "a_revoir", "notifie_le"} if grid else set()
    return Silence(
        lignes=frozenset(wanted - _said(data["lignes" if grid else "constats"])),
        verifications=frozenset(wanted - _said(_points(data))),
        dossier=frozenset(whole - ({"notifie_le"} if "ecarts_notifies_le" in data else set())),
    )


def _said(entries: list[Any]) -> set[str]:
    """Return the keys of the entries of a list, those of the findings by site among them."""
    whole = [entry for entry in entries if isinstance(entry, dict)]
    return _keys(whole) | _keys(part for entry in whole for part in entry.get("par_site") or ())


def strangers(data: Any, checklist: Checklist, name: str) -> Iterator[Avertissement]:
    """Yield each key of a file that neither a findings file nor a checklist has: its value is not kept.

    It is told once, at its first place, however many entries have it.
    """
    whole = json.loads(render(checklist))
    ours = {"constats": _keys(whole["lignes"]), "verifications": _keys(whole["verifications"])}
    shown = {**data, "constats": data["lignes"]} if "constats" not in data else data
    unknown: dict[tuple[str, ...], tuple[str, str | None]] = {}
    for path, known in undescribed(shown, "constats"):
        *above, key = path
        steps = tuple(step for step in above if isinstance(step, str))
        if key in (ours[steps[0]] if len(steps) == 1 and steps[0] in ours else _at(whole, steps)):
            continue
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
        if "constats" not in data and steps[:1] == ("constats",):
            where = where.replace("constats", "lignes", 1)
        if (*steps, str(key)) not in unknown:
            unknown[(*steps, str(key))] = (where[:_LONG], nearest(str(key)[:_LONG], known))
    for where, hint in islice(unknown.values(), _TOLD):
        message = f"{name}:{where} : cette clé n’est pas connue, sa valeur n’est pas gardée"
        yield Avertissement("cle_ignoree", f"{message} ; {hint}" if hint else message)
    if len(unknown) > _TOLD:
        yield Avertissement("cle_ignoree", f"{name} : {len(unknown) - _TOLD} autres clés ne sont pas connues")


def _keys(entries: Any) -> set[str]:
    """Return the keys that the engine writes in a list."""
    return {key for entry in entries for key in entry}


def _at(whole: Any, steps: Iterable[str]) -> set[str]:
    """Return the keys that the engine writes at the end of a way, whatever the rank in lists."""
    values = [whole]
    for step in steps:
        inside = [value[step] for value in values if isinstance(value, dict) and step in value]
        values = [each for value in inside for each in (value if isinstance(value, list) else [value])]
    return _keys(value for value in values if isinstance(value, dict))


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
