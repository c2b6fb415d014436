"""All the checks, on files: layers with everything they refer to, profiles, findings, cases, checklists."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.errors import (
    DataError,
    Issue,
    Location,
    UsageError,
    from_emplacement,
    suggestion,
)
from certif_rules.habillage.fichier import check_habillage
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Couche, Nature
from certif_rules.plugins.choix import competing, written_for
from certif_rules.plugins.couche import HEADER, LIFE
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.services.ecrits import Ecrit, check_findings, check_profile, check_textes
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
#: The keys of the texts that a body gives, which are lines of a layer without their criterion.
_TEXTES = frozenset({"format", "sources", "indicateurs"})
#: What two layers in force the same day are told by.
_COMPETING = {"editions-concurrentes", "couches-concurrentes"}
#: Those that people type, read without the stricter rules of référentiel data.
_TYPED = (None, "profil", "habillage", "constats", "checklist", "reponses", "textes")


class Validation(Struct, frozen=True, kw_only=True):
    """How many files were read, every problem by its place, and what their authors must know besides.

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
    of_layers, remarks = _check_layers(given, list(installed), here)
    issues += of_layers
    warnings: list[Avertissement] = []
    registry = Registry(installed)
    named = {path.absolute() for path in paths}
    alone = [file for file in files if not any(file.is_relative_to(folder) for folder in folders)]
    for file in alone:
        # Found in a folder, a pipe or a device is not what anyone named: it is not waited for.
        ecrit = _check_file(file, _shown(file, here), registry, ordinary=file not in named)
        issues += [_from(issue, here) for issue in ecrit.problemes]
        warnings += ecrit.avertissements
    return Validation(
        fichiers=len(files),
        problemes=DataError(issues).issues,
        remarques=DataError(remarks).issues,
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


def _from(issue: Issue, here: Path) -> Issue:
    """Return an issue at a place named from a folder: it may be in a file that another one names."""
    place = issue.location
    return replace(issue, location=place and replace(place, file=_shown(Path(place.file), here)))


def _check_layers(
    given: list[tuple[str, Donnees]], installed: list[tuple[str, Donnees]], here: Path
) -> tuple[list[Issue], list[Issue]]:
    """Return what is wrong of the layers of the given folders, and what is likely not meant.

    Each édition is resolved with each of its rules and guides.
    """
    if not given:
        return [], []
    own = Registry(given, names_from=here)
    issues = [issue for problems in own.problemes.values() for issue in problems]
    keys = {couche.cle for couche in own.all_layers()}
    others = [pair for pair in installed if not _declares(pair, keys)]
    registry = Registry([*given, *others], thorough=True, names_from=here)
    for nom in sorted({key[0] for key in keys}):
        issues.extend(_competing(registry, nom))
        for couche in registry.layers(nom, "exigence"):
            for day in _days(registry, couche):
                try:
                    registry.life(registry.resolve(nom, day=day, edition=couche.id).referentiel)
                except DataError as error:
                    # Two layers in force are told once, on their first day.
                    issues.extend(i for i in error.issues if i.code not in _COMPETING)
                except UsageError as error:
                    issues.extend(_at(issue, couche) for issue in error.issues)
    for key in sorted(keys):
        issues.extend(_unread(registry, key))
    return issues, [_of_draft(couche) for couche in own.all_layers() if couche.brouillon]


def _of_draft(couche: Couche) -> Issue:
    message = "cette couche est un brouillon : un greffon installé n’en contient pas"
    hint = "une fois finie : --ecrire-empreintes, puis ôter `brouillon`"
    return Issue("brouillon-a-finir", message, from_emplacement(couche.emplacement), hint)


def _competing(registry: Registry, nom: str) -> Iterator[Issue]:
    """Yield the layers in force the same day, and those that replace one nobody declares."""
    editions = registry.layers(nom, "exigence")
    yield from competing(editions)
    yield from _replaced("exigence", editions)
    for nature in ("regles", "guide"):
        layers = registry.layers(nom, nature)
        for edition in editions:
            yield from competing(written_for(layers, edition.id))
        yield from _replaced(nature, layers)


def _replaced(nature: Nature, layers: Sequence[Couche]) -> Iterator[Issue]:
    """Yield the layers that replace one nobody declares."""
    known = [couche.id for couche in layers]
    for couche in layers:
        if couche.remplace is not None and couche.remplace not in known:
            where = from_emplacement(couche.emplacement)
            if nature == "exigence":
                message = f"{couche.referentiel} n’a pas d’édition « {couche.remplace} » à remplacer"
                hint = suggestion(couche.remplace, known, "éditions")
                yield Issue("edition-inconnue", message, where, hint)
            else:
                message = f"{couche.referentiel} n’a pas de couche « {couche.remplace} » à remplacer"
                hint = suggestion(couche.remplace, known, "couches")
                yield Issue("couche-inconnue", message, where, hint)


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
