"""An audit taken up from any file that a person gives, told by its content; and its profile, given back."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.constats import A_EVALUER
from certif_rules.echanges.archive import Colis, is_archive, read_archive
from certif_rules.echanges.champs import as_bytes
from certif_rules.echanges.constats import as_data, head_as_data
from certif_rules.errors import DataError, Issue, IssuesError, Location
from certif_rules.journal.etat import Etat, state
from certif_rules.journal.evenements import Endroit, Genre
from certif_rules.journal.fichier import findings_of
from certif_rules.journal.justesse import misplaced, unreadable
from certif_rules.plugins.registry import Registry
from certif_rules.services.constats import from_data
from certif_rules.services.espace import AuditEnCours, open_work
from certif_rules.source import schema
from certif_rules.source.donnees import place_of, read_given
from certif_rules.source.entree import MAX_CLASSEUR, FichierDonne, refuse_bigger

#: How YAML begins, its comments left: a key, or the mark of a document; a grid begins with a title.
_YAML: Final = re.compile(rb"(?:\s|#[^\n]*\n)*(?:---|[\"']?\w+[\"']?[ \t]*:(?:\s|$))")
#: What a file is called while its name is to say nothing of what it holds.
_SANS_NOM: Final = "<fichier>"
#: What a profile says beside its référentiel.
_DU_PROFIL: Final = ("audit", "organisme", "ajouts", "precedent", "certificats")
#: The lists of findings, by what their entries are about.
_LISTES: Final[Mapping[Genre, str]] = {"ligne": "constats", "verification": "verifications"}


class Prise(Struct, frozen=True, kw_only=True):
    """A file says of an audit the data of its findings, perhaps without any, or its whole journal."""

    nom: str
    data: Mapping[str, Any]
    archive: Colis | None = None

    @property
    def commence(self) -> bool:
        """Return whether findings are in it already."""
        return bool(self.data.get("constats"))


def taken_up(registry: Registry, nom: str, content: bytes) -> Prise:
    """Return the audit that a file says: profile, findings, filled grid, export of a form, archive.

    Args:
        registry: the rules that are installed.
        nom: the name that the file was given by; it says nothing of what it holds.
        content: the file.

    Raises:
        DataError: it is none of these, or what it says cannot be; everything is listed, with its place.
    """
    if not content:
        raise DataError([Issue("fichier-tronque", "fichier vide", Location(nom))])
    refuse_bigger(content, nom, MAX_CLASSEUR)
    archive = read_archive(content, nom) if is_archive(content) else None
    try:
        if archive is None:
            data = _said(registry, nom, content)
            _refuse_unknown_words(open_work(registry, data))
        else:
            data = as_judged(registry, state(archive.evenements, archive.contenus), archive.personnes, nom)
    except IssuesError as error:
        raise DataError(_placed(issue, nom) for issue in error.issues) from error
    name = archive.nom if archive else str((data.get("organisme") or {}).get("nom") or Path(nom).stem)
    return Prise(nom=name, data=data, archive=archive)


def as_judged(registry: Registry, etat: Etat, noms: Mapping[str, str], nom: str) -> Mapping[str, Any]:
    """Return the findings that a journal from elsewhere says, which every page and every command can read.

    Args:
        registry: the rules that are installed.
        etat: what the journal says.
        noms: the names of people by their key.
        nom: the file that it comes from.

    Raises:
        DataError, UsageError: it says what no page could show; everything is listed.
    """
    issues = (*misplaced(etat), *unreadable(etat))
    if issues:
        raise DataError(issues)
    data = findings_of(etat, noms)
    read_given(Path(nom), content=as_bytes(data))  # what no text holds, more levels than any file has
    _refuse_unknown_words(open_work(registry, data))
    return data


def _refuse_unknown_words(chantier: AuditEnCours) -> None:
    issues = tuple(_unknown_words(chantier))
    if issues:
        raise DataError(issues)


def _unknown_words(chantier: AuditEnCours) -> Iterator[Issue]:
    """Yield each word of a finding that its référentiel does not have: no page could say it."""
    constats = chantier.checklist.referentiel.constats
    for releve in chantier.dossier.releves:
        for one in (releve, *releve.par_site):
            if one.constat not in (None, A_EVALUER, *constats):
                known = ", ".join(constats)
                message = f"« {one.constat[:80]} » n’est pas un constat de ce référentiel"
                where = f"constats.{releve.ligne}"
                yield Issue("constat-inconnu", message, one.lieu, f"l’un de : {known}", champ=where)


def as_profile(chantier: AuditEnCours) -> bytes:
    """Return the profile of an audit: what is asked of it, its organisation and its facts."""
    head = head_as_data(chantier.dossier)
    stack: dict[str, Any] = head["referentiel"]
    profile: dict[str, Any] = {"format": 1, "referentiel": stack["id"]}
    profile |= {key: stack[key] for key in ("edition", "guide") if key in stack}
    return as_bytes(profile | {key: head[key] for key in _DU_PROFIL if key in head})


def disputes(data: Mapping[str, Any]) -> Iterator[tuple[Endroit, Any]]:
    """Yield every value that findings leave to settle, with where it stands."""
    yield from _values(data, Endroit("tete", ""))
    for genre, key in _LISTES.items():
        for entry in data.get(key) or ():
            place = Endroit(genre, "", str(entry["id"]))
            yield from _values(entry, place)
            for part in entry.get("par_site") or ():
                yield from _values(part, replace(place, site=str(part["site"])))


def _values(entry: Mapping[str, Any], place: Endroit) -> Iterator[tuple[Endroit, Any]]:
    for conflict in entry.get("a_accorder") or ():
        for given in conflict["valeurs"]:
            yield replace(place, champ=str(conflict["champ"])), given.get("valeur")


def _said(registry: Registry, nom: str, content: bytes) -> Mapping[str, Any]:
    """Return what a file says that is no archive: what people type is read as it is, grids are compared."""
    start = content[:4_000].removeprefix(BOM_UTF8).lstrip()
    if start.startswith(b"{") or _YAML.match(start):
        data = read_given(Path(nom), content=content, pasted=True)
        issues = list(_elsewhere(data))
        if not issues and "lignes" not in data:
            issues = schema.check(data, "constats" if "constats" in data else "profil", nom)
        if issues:
            raise DataError(issues)
        if "lignes" not in data:
            dossier = from_data({"constats": [], **data}, nom)
            return {**as_data(dossier), **({"textes": data["textes"]} if data.get("textes") else {})}
    from certif_rules.services.lecture import read_grids  # what reads workbooks, which few are given

    return as_data(read_grids(registry, [FichierDonne(_SANS_NOM, content)]).dossier)


def _elsewhere(data: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield the files that data name by their path: nobody sent them, and none is looked for here."""
    for key in ("habillage", "textes"):
        if isinstance(data.get(key), str):
            message = f"{key} : « {data[key]} » est un fichier à part, qui n’est pas dans celui-ci"
            hint = "retirer cette clé, ou reprendre un fichier de constats, qui le contient"
            yield Issue("fichier-illisible", message, place_of(data, key), hint)


def _placed(issue: Issue, nom: str) -> Issue:
    """Return an issue with the file as its place, where it names none."""
    place = issue.location
    if place is None:
        return replace(issue, location=Location(nom))
    if place.file == _SANS_NOM:
        return replace(issue, location=replace(place, file=nom))
    return issue
