"""All the checks, on files: layers with everything they refer to, profiles, findings, cases, checklists."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.demande import Demande, PrecedentDit, findings, from_profile
from certif_rules.audit.examen import check as check_request
from certif_rules.errors import (
    DataError,
    Issue,
    IssuesError,
    Location,
    UsageError,
    from_emplacement,
    suggestion,
)
from certif_rules.habillage.fichier import check_habillage
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.choix import competing
from certif_rules.plugins.couche import HEADER, LIFE
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import in_force
from certif_rules.source.donnees import read_given
from certif_rules.source.entree import content_of
from certif_rules.source.schema import check, schema_path
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
    ("regles", frozenset({"types_audit", "constats_permis", "derogations"})),
    ("exigence", frozenset({"indicateurs", "criteres", "ajouts", "modifications", "retraits", "faits"})),
    ("exigence", frozenset({"categories", "controles"})),
    ("guide", frozenset({"lignes", "portees"})),
    ("exigence", frozenset({"sources"})),
)
#: Those that people type, read without the stricter rules of référentiel data.
_TYPED = (None, "profil", "habillage", "constats", "checklist", "reponses")


def validate(
    paths: Sequence[Path], installed: Iterable[tuple[str, Donnees]], *, here: Path
) -> tuple[int, list[Issue]]:
    """Check every path: a file, or a folder that holds layers, profiles or cases at any depth.

    Args:
        paths: what to check.
        installed: the data of the installed plugins, for the bases that a label rests on; those that the
            paths replace are left out.
        here: name files relative to this folder, where they are under it.

    Returns: how many files were read, and every problem, sorted by place.
    """
    files, issues = _files(paths)
    folders = sorted({file.parent.parent.parent for file in files if file.name == HEADER})
    given = [(_shown(folder, here), Donnees(dossier=folder)) for folder in folders]
    issues += _check_layers(given, list(installed), here)
    registry = Registry(installed)
    named = {path.absolute() for path in paths}
    alone = [file for file in files if not any(file.is_relative_to(folder) for folder in folders)]
    for file in alone:
        # Found in a folder, a pipe or a device is not what anyone named: it is not waited for.
        issues += _check_file(file, _shown(file, here), registry, ordinary=file not in named)
    return len(files), list(DataError(issues).issues)


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[Issue]]:
    files: set[Path] = set()
    issues = []
    for path in paths:
        full = path.absolute()
        if full.is_dir():
            inside, closed = _inside(full)
            issues += closed
            if not inside and not closed:
                issues.append(
                    Issue("dossier-vide", "aucun fichier YAML dans ce dossier", Location(str(path)))
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


def _check_layers(
    given: list[tuple[str, Donnees]], installed: list[tuple[str, Donnees]], here: Path
) -> list[Issue]:
    """Return the layers of the given folders, each édition resolved with each of its rules and guides."""
    if not given:
        return []
    own = Registry(given, names_from=here)
    issues = [issue for problems in own.problemes.values() for issue in problems]
    keys = {couche.cle for couche in own.all_layers()}
    others = [pair for pair in installed if not _declares(pair, keys)]
    registry = Registry([*given, *others], thorough=True, names_from=here)
    for nom in sorted({key[0] for key in keys}):
        issues.extend(_editions(nom, registry.layers(nom, "exigence")))
        for couche in registry.layers(nom, "exigence"):
            for day in _days(registry, couche):
                try:
                    registry.life(registry.resolve(nom, day=day, edition=couche.id).referentiel)
                except DataError as error:
                    issues.extend(error.issues)
                except UsageError as error:
                    issues.extend(_at(issue, couche) for issue in error.issues)
    for key in sorted(keys):
        issues.extend(_unread(registry, key))
    return issues


def _editions(nom: str, editions: Sequence[Couche]) -> Iterator[Issue]:
    """Yield the editions in force the same day, and those that replace one nobody declares."""
    yield from competing(nom, editions)
    known = [couche.id for couche in editions]
    for couche in editions:
        if couche.remplace is not None and couche.remplace not in known:
            message = f"{nom} n’a pas d’édition « {couche.remplace} » à remplacer"
            hint = suggestion(couche.remplace, known, "éditions")
            yield Issue("edition-inconnue", message, from_emplacement(couche.emplacement), hint)


def _declares(pair: tuple[str, Donnees], keys: set[tuple[str, str, str]]) -> bool:
    return any(couche.cle in keys for couche in Registry([pair]).all_layers())


def _days(registry: Registry, couche: Couche) -> list[str]:
    """Days that between them bring every layer written for the edition into play."""
    layers = [c for kind in ("regles", "guide") for c in registry.layers(couche.referentiel, kind)]
    mine = [c.admis_du for c in layers if couche.id in c.pour]
    return sorted({couche.du, *mine})


def _unread(registry: Registry, key: tuple[str, str, str]) -> Iterator[Issue]:
    """Problems of a body that no resolution reads, such as a guide for no edition."""
    couche = next(c for c in registry.all_layers() if c.cle == key)
    try:
        body = registry.body(couche)
    except DataError as error:
        yield from error.issues
    else:
        if body.non_declaree:
            yield body.non_declaree


def _at(issue: Issue, couche: Couche) -> Issue:
    return Issue(issue.code, issue.message, from_emplacement(couche.emplacement), issue.hint)


def _check_file(file: Path, name: str, registry: Registry, *, ordinary: bool) -> list[Issue]:
    """Return a file that belongs to no layer: recognised by its keys."""
    try:
        data = _read(content_of(file, name, ordinary=ordinary), file, name)
    except DataError as error:
        return list(error.issues)
    kind = _kind(data)
    if kind is None:
        message = "ni données de référentiel, ni profil, ni constats, ni cas : aucune clé connue"
        return [Issue("nature-inconnue", message, Location(name, 1, 1), "voir docs/format-donnees.md")]
    if kind == "habillage":
        return check_habillage(data, file.parent)[0]
    issues = check(data, kind, name)
    if kind in ("profil", "constats") and not issues:
        issues_of_names = _check_names(data, kind, registry)
        # Plain JSON does not remember where its values are.
        issues = [replace(issue, location=issue.location or Location(name)) for issue in issues_of_names]
    return issues


def _read(content: bytes, file: Path, name: str) -> Any:
    """Read YAML or JSON, leniently when it is not référentiel data."""
    lenient = read_given(file, content=content, name=name)
    kind = _kind(lenient)
    typed = kind in _TYPED or (kind or "").startswith(_CASES)
    return lenient if typed else read_bytes(content, name)


def _kind(data: Any) -> str | None:
    if not isinstance(data, dict):
        return None
    if {"constats", "organisme"} <= data.keys():
        return "constats"
    cases = (key.replace("_", "") for key in map(str, data) if re.fullmatch(rf"{_CASES}_[a-z_]+", key))
    known = next((kind for kind in cases if schema_path(kind).exists()), None)
    return known or next((kind for kind, keys in _KINDS if keys & data.keys()), None)


def _check_names(data: Any, kind: str, registry: Registry) -> list[Issue]:
    """Return what a profile, or findings, say of a référentiel, as far as they go: nothing is missed.

    Without a date nor an édition, only what is wrong in every édition is wrong.
    """
    demande = from_profile(data)
    if demande.referentiel is None:
        return []
    constats = Demande(precedent=_findings(data) if kind == "constats" else None)
    by_edition: list[list[Issue]] = []
    for possible in _dated(demande, registry):
        try:
            referentiel = in_force(registry, possible).referentiel
        except IssuesError as error:
            by_edition.append(list(error.issues))
        else:
            by_edition.append(
                [*check_request(demande, referentiel).issues, *check_request(constats, referentiel).issues]
            )
    everywhere = set.intersection(*({_fault(issue) for issue in issues} for issues in by_edition))
    return [issue for issue in by_edition[-1] if _fault(issue) in everywhere]


def _findings(data: Any) -> PrecedentDit:
    """Return the findings as of this audit; lines left to assess are lines too."""
    lines = tuple(entry["id"] for entry in data["constats"])
    return replace(findings(data), type=None, date=None, indicateurs_audites=lines)


def _dated(demande: Demande, registry: Registry) -> list[Demande]:
    """Return the request on its date, or on the first day of each édition that it may be about."""
    editions = registry.layers(demande.referentiel or "", "exigence")
    if demande.date is not None or not editions:
        return [replace(demande, date=demande.date or date.min.isoformat())]
    named = [c for c in editions if c.id == demande.edition]
    if demande.edition is not None:
        return [replace(demande, date=(named or editions)[0].du)]
    return [replace(demande, date=c.du, edition=c.id) for c in editions]


def _fault(issue: Issue) -> tuple[str, str, Location | None]:
    """Return what makes an issue the same in two éditions: the names it suggests may differ."""
    return (issue.code, issue.message, issue.location)
