"""All the checks, on files: layers with everything they refer to, profiles, findings, cases, checklists."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.errors import (
    DataError,
    Issue,
    Location,
)
from certif_rules.habillage.fichier import check_habillage
from certif_rules.model.base import Avertissement
from certif_rules.plugins.couche import HEADER, LIFE
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.services.couches import check_layers
from certif_rules.services.ecrits import Ecrit, check_findings, check_profile, check_textes
from certif_rules.services.remarques import remarks
from certif_rules.source.conforme import schema_path
from certif_rules.source.donnees import read_given
from certif_rules.source.entree import content_of
from certif_rules.source.schema import check
from certif_rules.source.yaml import read_bytes

#: The key of a file of cases, or how it starts; its schema has the name of the key, less its underscores.
_CASES = "cas"
#: How a file that stands alone is recognised: the first kind of which it has one of the keys.
_KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    (_CASES, frozenset({_CASES})),
    ("reponses", frozenset({"reponses"})),
    ("checklist", frozenset({"compteurs"})),
    ("couche", frozenset({"nature", "revisions"})),
    ("constats", frozenset({"ecarts_notifies_le"})),
    ("profil", frozenset({"organisme"})),
    ("habillage", frozenset({"emetteur", "phrases_de_fin"})),
    ("regles", frozenset({"types_audit", "constats_permis", "derogations", "equivalences"})),
    ("exigence", frozenset({"indicateurs", "criteres", "ajouts", "modifications", "retraits", "faits"})),
    ("exigence", frozenset({"categories", "controles"})),
    ("guide", frozenset({"lignes", "portees"})),
    ("exigence", frozenset({"sources"})),
)
#: The keys of the texts that a body gives, which are lines of a layer without their criterion.
_TEXTES = frozenset({"format", "sources", "indicateurs"})
#: Those that people type, read without the stricter rules of référentiel data.
_TYPED = (None, "profil", "habillage", "constats", "checklist", "reponses", "textes")


class Validation(Struct, frozen=True, kw_only=True):
    """A validation counts the files read, gives each problem by its place, and what authors must know too.

    ``remarques`` are what is allowed in data and likely not meant; they have places too.
    """

    fichiers: int
    problemes: tuple[Issue, ...]
    remarques: tuple[Issue, ...] = ()
    avertissements: tuple[Avertissement, ...] = ()


def validate(paths: Sequence[Path], installed: Iterable[tuple[str, Donnees]], *, here: Path) -> Validation:
    """Check every path: a file, or a folder that holds layers, profiles or cases at any depth.

    Args:
        paths: what to check.
        installed: the data of the installed plugins, for the bases that a label rests on; those that the
            paths replace are left out.
        here: name files relative to this folder, where they are under it.
    """
    files, issues = files_at(paths)
    folders = sorted({file.parent.parent.parent for file in files if file.name == HEADER})
    given = [(_shown(folder, here), Donnees(dossier=folder)) for folder in folders]
    couches = check_layers(given, list(installed), here)
    issues += couches.problemes
    warnings: list[Avertissement] = []
    cases: list[Any] = []
    registry = Registry(installed)
    named = {path.absolute() for path in paths}
    alone = [file for file in files if not any(file.is_relative_to(folder) for folder in folders)]
    for file in alone:
        # Found in a folder, a pipe or a device is not what anyone named: it is not waited for.
        ecrit = _check_file(file, _shown(file, here), registry, ordinary=file not in named)
        issues += [_from(issue, here) for issue in ecrit.problemes]
        warnings += ecrit.avertissements
        cases += ecrit.cas
    return Validation(
        fichiers=len(files),
        problemes=DataError(issues).issues,
        remarques=DataError(remarks(couches.registry, couches.cles, cases)).issues,
        avertissements=tuple(warnings),
    )


def files_at(paths: Sequence[Path]) -> tuple[list[Path], list[Issue]]:
    """Return the files at these paths, those of a layer with the others of it, and what cannot be read."""
    files: set[Path] = set()
    issues = []
    for path in paths:
        full = path.absolute()
        if full.is_dir():
            inside, closed = _inside(full)
            issues += closed
            if not inside and not closed:
                issues.append(
                    Issue("dossier-vide", "aucun fichier YAML dans ce dossier", Location(str(full)))
                )
            files.update(inside)
        elif full.exists():
            files.add(full)
            layer = full.parent.parent if full.parent.name == LIFE else full.parent
            if (layer / HEADER).exists():
                files.update(layer.rglob("*.yaml"))
        else:
            issues.append(Issue("fichier-illisible", "fichier introuvable", Location(str(path))))
    return sorted(files), issues


def _inside(folder: Path) -> tuple[list[Path], list[Issue]]:
    """Return the YAML files of a folder at any depth, and an issue for each folder that cannot be opened."""
    closed: list[OSError] = []
    files = [
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=closed.append)
        for name in names
        if name.endswith((".yaml", ".yml"))
    ]
    hint = "vérifier les droits"
    issues = [
        Issue("fichier-illisible", "ce dossier ne peut pas être lu", Location(str(error.filename)), hint)
        for error in closed
    ]
    return files, issues


def _shown(path: Path, here: Path) -> str:
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _from(issue: Issue, here: Path) -> Issue:
    """Return an issue at a place named from a folder: it may be in a file that another one names."""
    place = issue.location
    return replace(issue, location=place and replace(place, file=_shown(Path(place.file), here)))


def _check_file(file: Path, name: str, registry: Registry, *, ordinary: bool) -> Ecrit:
    """Return what a file that belongs to no layer says wrongly: it is recognised by its keys."""
    try:
        data = _read(content_of(file, name, ordinary=ordinary), file, name)
    except DataError as error:
        return Ecrit(problemes=error.issues)
    kind = _kind(data)
    if kind is None:
        message = "ni données de référentiel, ni profil, ni constats, ni cas : aucune clé connue"
        hint = "voir docs/format-donnees.md"
        return Ecrit(problemes=(Issue("nature-inconnue", message, Location(name, 1, 1), hint),))
    if kind == "habillage":
        return Ecrit(problemes=tuple(check_habillage(data, file.parent)[0]))
    issues = check(data, kind, name)
    if kind == _CASES and not issues:
        return Ecrit(cas=(data,))
    further = _FURTHER.get(kind)
    if issues or further is None:
        return Ecrit(problemes=tuple(issues))
    return further(data, name, file.parent, registry)


#: What is checked of a kind of file besides its schema.
_FURTHER: Mapping[str, Callable[[Any, str, Path, Registry], Ecrit]] = {
    "profil": check_profile,
    "constats": check_findings,
    "textes": check_textes,
}


def _read(content: bytes, file: Path, name: str) -> Any:
    """Read YAML or JSON, leniently when it is not référentiel data."""
    lenient = read_given(file, content=content, name=name)
    kind = _kind(lenient)
    typed = kind in _TYPED or (kind or "").startswith(_CASES)
    return lenient if typed else read_bytes(content, name)


def _of_a_layer(lines: Any) -> bool:
    """Return whether lines are declared, each in its criterion, and not only given texts."""
    return isinstance(lines, list) and any(isinstance(line, dict) and "critere" in line for line in lines)


def _kind(data: Any) -> str | None:
    if not isinstance(data, dict):
        return None
    if {"constats", "organisme"} <= data.keys():
        return "constats"
    if "indicateurs" in data and data.keys() <= _TEXTES and not _of_a_layer(data["indicateurs"]):
        return "textes"
    cases = (key.replace("_", "") for key in map(str, data) if re.fullmatch(rf"{_CASES}_[a-z_]+", key))
    known = next((kind for kind in cases if schema_path(kind).exists()), None)
    return known or next((kind for kind, keys in _KINDS if keys & data.keys()), None)
