"""A layer on disk: its header, its body merged from its files, its digest, and whether it was published.

A rules layer may have a second body, in its folder ``vie``: what it says around the audit.

A layer whose content has the digest of one of its revisions was validated when that revision was made: its
files are not put through the schemas again. Any other content is, and is refused until a revision says so,
unless its header says that it is a draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from certif_rules.errors import DataError, Fautes, Issue, Location
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.empreinte import digest_of_layer, digest_of_life
from certif_rules.source.entree import content_of
from certif_rules.source.schema import check
from certif_rules.source.yaml import PlacedDict, place, read_bytes

HEADER = "couche.yaml"
#: The folder of a rules layer that holds its second body; also the name of its schema.
LIFE = "vie"

#: Most files in a folder of layers, and most bytes in one: what is larger was not written by anyone.
MOST_FILES, _MOST_BYTES = 1_000, 50_000_000

#: What a revision says of a digest that is still to be written.
TO_WRITE = "sha256:a-calculer"

#: Files by their name in messages, with their bytes or why there are none.
Fichiers = tuple[tuple[str, bytes | DataError], ...]


class EnTete(Struct, frozen=True, kw_only=True):
    """A header is as read: its model, its bytes, its folder, and the plugin that declares it."""

    couche: Couche
    contenu: bytes
    dossier: Path
    racine: Path
    plugin: str

    def name_of(self, path: Path) -> str:
        """Return how ``path`` is named in messages: relative to what holds the plugin's package."""
        return path.relative_to(self.racine).as_posix()

    @property
    def data(self) -> PlacedDict:
        """Return what its file holds, read anew: only a body that is read asks for it, or a message."""
        return _parsed(self.contenu, self.name_of(self.dossier / HEADER))


class Corps(Struct, frozen=True, kw_only=True):
    """The body of a layer has its sections merged, and its digest.

    ``non_declaree`` is the issue to raise when no revision declares that digest, once the rest is checked.
    """

    sections: Mapping[str, Any]
    empreinte: str
    non_declaree: Issue | None


def read_header(path: Path, racine: Path, plugin: str, content: bytes | DataError | None = None) -> EnTete:
    """Return the header at ``path`` (a ``couche.yaml``), whose ``content`` may have been read already.

    Raises:
        DataError: the file cannot be read as a header; every problem is listed.
    """
    # What is compiled needs none of it.
    from certif_rules.construction.couche import build_couche
    from certif_rules.construction.lecteur import Lecteur

    name = path.relative_to(racine).as_posix()
    content = bytes_of(path, name) if content is None else content
    if isinstance(content, DataError):
        raise content
    data = read_bytes(content, name)
    lecteur = Lecteur(origine=str(data.get("referentiel")), sans_references=True)
    try:
        couche = build_couche(data, lecteur)
        misplaced = (couche.nature, couche.id) != (path.parent.parent.name, path.parent.name)
    except (KeyError, TypeError, AttributeError) as error:
        unreadable = Issue("type-inattendu", "l’en-tête n’a pas la forme attendue", Location(name))
        raise DataError(check(data, "couche") or [unreadable]) from error
    if lecteur.issues:
        raise DataError(lecteur.issues)
    if misplaced:
        message = f"l’en-tête dit « {couche.nature}/{couche.id} », le dossier dit autre chose"
        hint = f"ranger la couche dans {couche.nature}/{couche.id}/"
        raise DataError([Issue("couche-mal-rangee", message, place(data, "id"), hint)])
    return EnTete(couche=couche, contenu=content, dossier=path.parent, racine=racine, plugin=plugin)


def files_of(en_tete: EnTete, *, life: bool = False) -> Fichiers:
    """Return the files of the body of a layer, or of its second, in the order of their names."""
    folder = en_tete.dossier / LIFE if life else en_tete.dossier
    paths = sorted(islice(folder.glob("*.yaml"), MOST_FILES + 1))
    if len(paths) > MOST_FILES:
        message = f"plus de {MOST_FILES} fichiers : ce n’est pas une couche"
        name = en_tete.name_of(folder)
        return ((name, DataError([Issue("fichier-trop-grand", message, Location(name))])),)
    files, room = [], _MOST_BYTES
    for path in paths:
        name = en_tete.name_of(path)
        if path.name != HEADER and room >= 0:
            content = bytes_of(path, name)
            room -= 0 if isinstance(content, DataError) else len(content)
            files.append((name, content if room >= 0 else _too_much(name)))
    return tuple(files)


def _too_much(name: str) -> DataError:
    message = f"cette couche tient plus de {_MOST_BYTES // 1_000_000} Mo : ce n’est pas une couche"
    return DataError([Issue("fichier-trop-grand", message, Location(name))])


def bytes_of(path: Path, name: str) -> bytes | DataError:
    """Return what a file holds, or why it cannot be read: others are to be read first."""
    try:
        # Found by walking a folder: a pipe or a device would be waited for without end.
        return content_of(path, name, ordinary=True)
    except DataError as error:
        return error


def read_body(
    en_tete: EnTete, fichiers: Fichiers | None = None, *, thorough: bool = False, life: bool = False
) -> Corps:
    """Return the body of a layer, or its second; ``thorough``: put through the schemas whatever its digest.

    Raises:
        DataError: a file that cannot be read, or that its schema refuses.
    """
    fichiers = files_of(en_tete, life=life) if fichiers is None else fichiers
    issues: list[Issue] = []
    sections = _merge(_read_files(fichiers), issues)
    key, digest = ("empreinte_vie", digest_of_life) if life else ("empreinte", digest_of_layer)
    empreinte = digest(en_tete.data, sections)
    publiee = any(getattr(revision, key) == empreinte for revision in en_tete.couche.revisions)
    if thorough or not publiee:
        if not life:
            name = en_tete.name_of(en_tete.dossier / HEADER)
            issues.extend(_refused(en_tete.contenu, name, "couche"))
        schema = LIFE if life else en_tete.couche.nature
        readable = ((content, name) for name, content in fichiers if isinstance(content, bytes))
        issues.extend(issue for content, name in readable for issue in _refused(content, name, schema))
    free = publiee or en_tete.couche.brouillon
    undeclared = None if free else _undeclared(en_tete, key, empreinte)
    if issues:
        raise DataError([*issues, undeclared] if undeclared else issues)
    return Corps(sections=sections, empreinte=empreinte, non_declaree=undeclared)


def has_life(en_tete: EnTete) -> bool:
    """Return whether a layer says something around the audit."""
    return (en_tete.dossier / LIFE).is_dir()


def read_life(en_tete: EnTete, fichiers: Fichiers | None = None, *, thorough: bool = False) -> Corps | None:
    """Return what a layer says around the audit, from its folder ``vie``; ``None`` when it has none.

    Raises:
        DataError: a file that cannot be read, or that its schema refuses.
    """
    return read_body(en_tete, fichiers, thorough=thorough, life=True) if has_life(en_tete) else None


def sections_of(en_tete: EnTete) -> tuple[Mapping[str, Any], Mapping[str, Any], bool]:
    """Return the sections of the body of a layer, those of its second, and whether all files are in them.

    A file that cannot be read, or that its schema refuses, is left out.
    """
    bodies = []
    whole = True
    for life, schema in ((False, en_tete.couche.nature), (True, LIFE)):
        files: list[PlacedDict] = []
        for name, content in files_of(en_tete, life=life):
            if isinstance(content, bytes) and not _wrong(content, name, schema):
                files.append(_parsed(content, name))
            else:
                whole = False
        bodies.append(_merge(files, []))
    return bodies[0], bodies[1], whole


@lru_cache(maxsize=1024)
def _parsed(content: bytes, name: str) -> PlacedDict:
    """Return the data of a file, read once however often it is asked for: nobody changes them."""
    return read_bytes(content, name)


@lru_cache(maxsize=1024)
def _refused(content: bytes, name: str, schema: str) -> tuple[Issue, ...]:
    """Return what a schema finds wrong in a file, looked for once."""
    return tuple(check(_parsed(content, name), schema))


def _wrong(content: bytes, name: str, schema: str) -> bool:
    """Return whether a file cannot be read, or is refused by its schema."""
    try:
        return bool(_refused(content, name, schema))
    except DataError:
        return True


def forget() -> None:
    """Forget the files that were read: for who measures what a first reading takes."""
    _parsed.cache_clear()
    _refused.cache_clear()


def _read_files(fichiers: Fichiers) -> list[PlacedDict]:
    """Return the data of the files of a body.

    Raises:
        DataError: some cannot be read; what the others hold would only mislead.
    """
    faults = Fautes()
    files: list[PlacedDict] = []
    for name, content in fichiers:
        with faults:
            if isinstance(content, DataError):
                raise content
            files.append(_parsed(content, name))
    if faults.issues:
        raise DataError(faults.issues)
    return files


def _merge(files: list[PlacedDict], issues: list[Issue]) -> dict[str, Any]:
    """Merge sections of all files: lists end to end, mappings united; a key given twice is an issue."""
    merged: dict[str, Any] = {}
    for data in files:
        for section, content in data.items():
            if section == "format":
                continue
            if section not in merged:
                merged[section] = dict(content) if isinstance(content, PlacedDict) else content
            elif isinstance(content, list) and isinstance(merged[section], list):
                merged[section] = [*merged[section], *content]
            elif isinstance(content, PlacedDict) and isinstance(merged[section], dict):
                for key in content:
                    if key in merged[section]:
                        message = f"« {key} » est donné par deux fichiers de la couche"
                        issues.append(Issue("cle-en-double", message, place(content, key, of_key=True)))
                merged[section].update(content)
            else:
                message = f"la rubrique « {section} » n’a pas la même forme dans un autre fichier"
                issues.append(Issue("type-inattendu", message, place(data, section)))
    return merged


def _undeclared(en_tete: EnTete, key: str, empreinte: str) -> Issue:
    """Return the issue of a digest that no revision bears; the second body stands beside the first."""
    revisions = en_tete.couche.revisions
    numero = max((r.numero for r in revisions), default=0) + 1
    ask = "certif-rules valider --ecrire-empreintes"
    what = "le contenu de la couche" if key == "empreinte" else f"le contenu du dossier {LIFE}/ de la couche"
    if open_revision(en_tete.couche):
        hint = f'la révision {numero - 1} porte {key}: "{empreinte}" ; {ask} l’écrit'
    elif key == "empreinte":
        shown = f'{{numero: {numero}, date: "AAAA-MM-JJ", raison: "…", empreinte: "{empreinte}"}}'
        hint = f"si le changement est voulu, ajouter la révision {numero} : {shown} ; {ask} l’ajoute"
    else:
        shown = f'{key}: "{empreinte}"'
        hint = f"si le changement est voulu, la révision qui le déclare porte {shown} ; {ask} l’ajoute"
    message = f"{what} n’est celui d’aucune révision déclarée"
    return Issue("empreinte-inconnue", message, place(en_tete.data, "revisions"), hint)


def open_revision(couche: Couche) -> bool:
    """Return whether the last revision is still to be given its digests."""
    return any(TO_WRITE in (r.empreinte, r.empreinte_vie) for r in couche.revisions[-1:])
