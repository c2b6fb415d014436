"""Layers in folders, with everything that they refer to: what ``valider`` finds wrong of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from certif_rules.errors import DataError, Issue, UsageError, from_emplacement, suggestion
from certif_rules.model.referentiel import Couche, Nature
from certif_rules.plugins.choix import competing, rules_for, written_for
from certif_rules.plugins.couche import has_life, read_life
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.services.elagage import hidden

#: What two layers in force the same day are told by.
_COMPETING = {"editions-concurrentes", "couches-concurrentes"}


class Couches(Struct, frozen=True, kw_only=True):
    """This record has what is wrong of layers, the registry of all they may refer to, and their keys."""

    problemes: tuple[Issue, ...]
    registry: Registry
    cles: frozenset[tuple[str, str, str]]


def check_layers(
    given: list[tuple[str, Donnees]], installed: list[tuple[str, Donnees]], here: Path
) -> Couches:
    """Check the layers of the given folders, each édition resolved with each of its rules and guides."""
    if not given:
        return Couches(problemes=(), registry=Registry(installed), cles=frozenset())
    own = Registry(given, names_from=here)
    keys = frozenset(couche.cle for couche in own.all_layers())
    others = [pair for pair in installed if not _declares(pair, keys)]
    registry = Registry([*given, *others], thorough=True, names_from=here)
    issues = [*_of_headers(own), *_resolved(registry, keys)]
    lives = [couche for couche in own.all_layers() if has_life(own.header(couche))]
    if issues:  # what they hide of what is said around audits, which is read of a layer that holds
        formless = (issue for couche in lives for issue in _formless(own, couche))
        issues += [issue for issue in formless if issue not in issues]

    def again(copied: Sequence[tuple[str, Donnees]], root: Path) -> Iterator[Issue]:
        headers = Registry(copied, names_from=root)
        inside = frozenset(couche.cle for couche in headers.all_layers())
        yield from _of_headers(headers)
        faults: list[Issue] = []
        every = Registry([*copied, *others], thorough=True, names_from=root, fautes=faults)
        yield from _resolved(every, inside, tolerant=True)
        yield from faults

    stacked = bool(lives) or any(couche.base or couche.depuis for couche in own.all_layers())
    issues += hidden(given, issues, here, again, stacked=stacked)
    return Couches(problemes=tuple(issues), registry=registry, cles=keys)


def _formless(registry: Registry, couche: Couche) -> list[Issue]:
    """Return what no schema accepts in what a layer says around audits."""
    try:
        read_life(registry.header(couche), thorough=True)
    except DataError as error:
        return [issue for issue in error.issues if issue.code != "empreinte-inconnue"]
    return []


def _of_headers(registry: Registry) -> list[Issue]:
    return [issue for problems in registry.problemes.values() for issue in problems]


def _resolved(
    registry: Registry, keys: frozenset[tuple[str, str, str]], *, tolerant: bool = False
) -> list[Issue]:
    """Return what is wrong of these layers, each édition resolved with all that is written for it."""
    issues: list[Issue] = []
    for nom in sorted({key[0] for key in keys}):
        issues.extend(_competing(registry, nom))
        for couche in registry.layers(nom, "exigence"):
            for day in days_of(registry, couche):
                try:
                    registry.life(registry.resolve(nom, day=day, edition=couche.id).referentiel)
                except DataError as error:
                    # Two layers in force are told once, on their first day.
                    issues.extend(i for i in error.issues if i.code not in _COMPETING)
                except UsageError as error:
                    issues.extend(_at(issue, couche) for issue in error.issues)
                except (LookupError, TypeError, AttributeError, ValueError, RecursionError):
                    # What is made in spite of faults may hold together no more: nothing else is told of it.
                    if not tolerant:
                        raise
    for key in sorted(keys):
        issues.extend(_unread(registry, key))
    return issues


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


def _declares(pair: tuple[str, Donnees], keys: frozenset[tuple[str, str, str]]) -> bool:
    return any(couche.cle in keys for couche in Registry([pair]).all_layers())


def days_of(registry: Registry, couche: Couche) -> list[str]:
    """Return the days that between them bring every layer written for an edition into play."""
    rules = rules_for(registry.layers(couche.referentiel, "regles"), couche)
    guides = written_for(registry.layers(couche.referentiel, "guide"), couche.id)
    # Rules taken from an earlier edition ruled it before there was this one.
    days = {c.admis_du for c in (*rules, *guides) if couche.id in c.pour or c.admis_du > couche.du}
    return sorted({couche.du, *days})


def _unread(registry: Registry, key: tuple[str, str, str]) -> Iterator[Issue]:
    """Return problems of a body that no resolution reads, such as a guide for no edition."""
    couche = next((c for c in registry.all_layers() if c.cle == key), None)
    if couche is None:  # what is wrong of its header is told, and it is no layer
        return
    try:
        body = registry.body(couche)
    except DataError as error:
        yield from error.issues
    else:
        if body.non_declaree:
            yield body.non_declaree


def _at(issue: Issue, couche: Couche) -> Issue:
    return Issue(issue.code, issue.message, from_emplacement(couche.emplacement), issue.hint)
