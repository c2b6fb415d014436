"""The layers in the folder that a plugin declares: their headers, and what would be left out in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from certif_rules.errors import Fautes, Issue, Location, from_emplacement
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.cache import Cache
from certif_rules.plugins.couche import HEADER, LIFE, MOST_FILES, EnTete, bytes_of, read_header
from certif_rules.plugins.hookspecs import Donnees


def headers_in(
    donnees: Donnees, racine: Path, plugin: str, cache: Cache | None
) -> tuple[list[EnTete], list[Issue]]:
    """Return the headers in a folder that can be read, and everything wrong with the folder and the others.

    Args:
        donnees: the folder, and whether it was installed.
        racine: what names in messages are relative to.
        plugin: the name of the plugin that declares it.
        cache: where compiled forms are.
    """
    dossier = donnees.dossier
    try:
        inside = list(islice(dossier.glob("*/*"), MOST_FILES + 1))
        if len(inside) > MOST_FILES:
            message = f"plus de {MOST_FILES} fichiers et dossiers : ce n’est pas un dossier de couches"
            return [], [Issue("fichier-trop-grand", message, Location(str(dossier)))]
        layers = sorted(path for path in inside if path.is_dir())
        issues = list(_astray(dossier, layers, racine))
        paths = [layer / HEADER for layer in layers if (layer / HEADER).exists()]
    except (OSError, ValueError) as error:
        reason = f"lecture impossible : {type(error).__name__}"
        return [], [Issue("fichier-illisible", reason, Location(str(dossier)))]
    names = [path.relative_to(racine).as_posix() for path in paths]
    contents = [bytes_of(path, name) for path, name in zip(paths, names, strict=True)]
    faults = Fautes(*issues)
    parts = (plugin, names)
    key = cache.key_of(zip(names, contents, strict=True)) if cache else None
    compiled = cache.read_any(dossier, parts, key, tuple[Couche, ...]) if cache and key else None
    if compiled is not None and len(compiled) == len(paths):
        dossiers = [path.parent for path in paths]
        each = zip(compiled, (c for c in contents if isinstance(c, bytes)), dossiers, strict=True)
        en_tetes = [
            EnTete(couche=couche, contenu=content, dossier=dossier, racine=racine, plugin=plugin)
            for couche, content, dossier in each
        ]
        return en_tetes, [*issues, *_unfinished(en_tetes, donnees)]
    en_tetes = []
    for path, content in zip(paths, contents, strict=True):
        with faults:
            en_tetes.append(read_header(path, racine, plugin, content))
    if cache and key and not faults.issues:
        couches = tuple(e.couche for e in en_tetes)
        cache.write(dossier, parts, key, couches, tuple[Couche, ...])
    return en_tetes, [*faults.issues, *_unfinished(en_tetes, donnees)]


def _unfinished(en_tetes: Iterable[EnTete], donnees: Donnees) -> Iterator[Issue]:
    """Yield the drafts that were installed: a layer is finished in the folder where it is written."""
    for couche in (e.couche for e in en_tetes if e.couche.brouillon and donnees.installe):
        message = f"{couche.nature}/{couche.id} est un brouillon : un greffon installé n’en contient pas"
        hint = "le finir avec certif-rules valider --ecrire-empreintes ; en attendant, pip install -e"
        yield Issue("brouillon-installe", message, from_emplacement(couche.emplacement), hint)


def duplicates(declared: Mapping[Any, Sequence[EnTete]]) -> Iterator[tuple[str, Issue]]:
    """Yield each plugin that declares a layer of another, and why all of them are refused."""
    for cle, en_tetes in declared.items():
        if len(en_tetes) < 2:
            continue
        names = " et ".join(f"« {e.plugin} »" for e in en_tetes)
        message = f"{cle[0]} {cle[1]}/{cle[2]} est déclaré par {names} : tous sont refusés"
        hint = "désinstaller l’un des deux, ou l’écarter avec --sans-plugin"
        for en_tete in en_tetes:
            related = tuple(
                (from_emplacement(e.couche.emplacement), f"greffon {e.plugin}")
                for e in en_tetes
                if e is not en_tete
            )
            where = from_emplacement(en_tete.couche.emplacement)
            yield en_tete.plugin, Issue("couche-en-double", message, where, hint, related)


def _astray(dossier: Path, layers: Sequence[Path], racine: Path) -> Iterator[Issue]:
    """Yield what would be left out in silence: a layer without its header, a file that is not YAML."""
    for layer in layers:
        files = _visible(layer)
        name = layer.relative_to(racine).as_posix()
        if files and not (layer / HEADER).exists():
            message = f"cette couche n’a pas d’en-tête {HEADER}"
            yield Issue(
                "en-tete-manquant", message, Location(name), "écrire l’en-tête, ou retirer le dossier"
            )
        yield from _ignored(files, name)
        if (layer / LIFE).is_dir():
            yield from _ignored(_visible(layer / LIFE), f"{name}/{LIFE}")
    if not layers:
        message = f"aucune couche dans ce dossier (<nature>/<id>/{HEADER})"
        yield Issue("dossier-vide", message, Location(str(dossier)))


def _visible(folder: Path) -> list[Path]:
    """Return the first files of a folder, and no more than a layer may have: reading it tells the rest."""
    inside = islice(folder.iterdir(), MOST_FILES + 1)
    return sorted(path for path in inside if not path.name.startswith((".", "__")))


def _ignored(files: Iterable[Path], folder: str) -> Iterator[Issue]:
    """Yield the files that nobody reads; only a rules layer has a folder ``vie``."""
    for path in files:
        life = path.name == LIFE and path.is_dir() and path.parent.parent.name == "regles"
        if path.suffix == ".yaml" or life:
            continue
        message = "ce fichier ne sera pas lu : une couche est faite de fichiers .yaml"
        hint = "le renommer en .yaml, ou le retirer"
        yield Issue("fichier-ignore", message, Location(f"{folder}/{path.name}"), hint)
