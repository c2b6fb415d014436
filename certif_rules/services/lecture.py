"""Filled grids → findings: each file is read, compared with the checklist computed again, then joined."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.coherence import check_compte_rendu
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.audit.demande import with_files
from certif_rules.audit.recevabilite import check_findings, with_ids
from certif_rules.audit.reunion import Apport, join_dossiers
from certif_rules.audit.silence import Silence, kept_from
from certif_rules.audit.sites import undecided
from certif_rules.audit.textes import TextesDits
from certif_rules.echanges.constats import head_as_data
from certif_rules.errors import DataError, Issue, Location, first_of
from certif_rules.grilles.relecture import csv as csv_
from certif_rules.grilles.relecture import grille
from certif_rules.grilles.relecture import json as json_
from certif_rules.grilles.relecture.surplus import with_carried
from certif_rules.grilles.relecture.tableur import OLE, refuse
from certif_rules.habillage.regles import HabillageDit, agree, problems
from certif_rules.model.base import Avertissement
from certif_rules.personnes.pseudonymes import (
    DonneePersonnelle,
    personal_data,
    pseudonymised,
    without_personal_warnings,
)
from certif_rules.plugins.registry import Registry
from certif_rules.services.constats import (
    check_procedure,
    from_data,
    open_checklist,
    with_personal_warnings,
)
from certif_rules.source.donnees import read_given
from certif_rules.source.entree import CONTROL, MAX_CLASSEUR, FichierDonne, as_seen, given_file
from certif_rules.source.schema import check
from certif_rules.source.yaml import control_character

_AUTRES_REGLES = "autres_regles"
#: What may still be to write in findings that are not finished.
_A_FINIR = ("ligne-manquante", "commentaire-manquant", "levee-sans-auteur", "levee-sans-date")
#: Most problems of one file that are listed.
_TOLD = 500


class Lecture(Struct, frozen=True, kw_only=True):
    """A reading gives what one or several grids of an audit say, and the checklist they answer.

    ``avertissements`` are about the files read, not about the audit; ``remplaces`` are the personal data that
    were replaced, when that was asked for; ``silence`` is what the file has no place for.
    """

    checklist: Checklist
    dossier: Dossier
    avertissements: tuple[Avertissement, ...] = ()
    remplaces: tuple[DonneePersonnelle, ...] = ()
    silence: Silence = Silence()


def read_grids(
    registry: Registry,
    sources: Sequence[Path | FichierDonne],
    *,
    base: Path | FichierDonne | None = None,
    other_rules: bool = False,
    habillage: HabillageDit | None = None,
    textes: TextesDits | None = None,
    pseudonymise: bool = False,
    unfinished: bool = False,
) -> Lecture:
    """Return the findings of these grids of one audit, joined. The files are opened for reading only.

    What two of them say differently of a field is no error: both values stand in the findings, each is told.

    Args:
        registry: the rules that are installed.
        sources: workbooks (XLSX, ODS), CSV or JSON files, the export of the form included; their content
            says what they are where their name does not.
        base: the file that all of them were made from, so that what one erased is not there again.
        other_rules: accept grids made with other rules, with a warning.
        habillage: the file of the body, for grids that do not carry its dress.
        textes: what the body gives for lines without text; a grid is compared with its own all the same.
        pseudonymise: replace personal data once the grids are joined, rather than warn of them.
        unfinished: take findings that still lack something: a line, a statement, who lifted a gap.

    Raises:
        DataError: anything wrong with any of them; everything is listed.
    """
    options = _Options(registry, other_rules, habillage, frozenset(_A_FINIR if unfinished else ()))
    readings: list[tuple[str, Lecture]] = []
    issues: list[Issue] = []
    for source in (*sources, *([base] if base else [])):
        try:
            fichier = given_file(source, most=MAX_CLASSEUR)
            readings.append((fichier.nom, _read(options, fichier)))
        except DataError as error:
            issues.extend(first_of(error.issues, _TOLD))
    if issues:
        raise DataError(issues)
    start = readings.pop() if base else None
    lecture = _with_texts(options, _join(readings, start), textes)
    return _for_people(lecture, pseudonymise=pseudonymise)


def _with_texts(options: _Options, lecture: Lecture, textes: TextesDits | None) -> Lecture:
    """Return the findings with the texts of the body, which a grid made without them answers as well."""
    if textes is None:
        return lecture
    dossier = replace(lecture.dossier, demande=replace(lecture.dossier.demande, textes=textes))
    checklist = open_checklist(options.registry, dossier, other_rules=options.other_rules)
    return replace(lecture, checklist=checklist, dossier=dossier)


def _for_people(lecture: Lecture, *, pseudonymise: bool) -> Lecture:
    """Warn about personal data with their cell, or replace and count them."""
    if not pseudonymise:
        checklist = with_personal_warnings(lecture.checklist, lecture.dossier)
        return replace(lecture, checklist=checklist)
    return replace(
        lecture,
        checklist=pseudonymised(without_personal_warnings(lecture.checklist)),
        dossier=pseudonymised(lecture.dossier),
        remplaces=personal_data(lecture.dossier),
    )


_KINDS = {
    **dict.fromkeys((".json",), "json"),
    **dict.fromkeys((".yaml", ".yml"), "yaml"),
    **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods", ".ots"), "classeur"),
    **dict.fromkeys((".html", ".htm"), "html"),
}


def _kind(content: bytes, suffix: str) -> str:
    """Return what a file is: by its suffix, else by how it begins."""
    if suffix in _KINDS:
        return _KINDS[suffix]
    start = content[:200].removeprefix(BOM_UTF8).lstrip().lower()
    if content.startswith((b"PK", OLE)) or not start:
        text = b"word/document.xml" in content and b"xl/workbook.xml" not in content
        return "papier" if text else "classeur"
    if start.startswith(b"%pdf"):
        return "papier"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "json" if start.startswith((b"{", b"[")) else "csv"


class _Options(Struct, frozen=True):
    """This says how grids are read: with which rules, in which dress when they carry none."""

    registry: Registry
    other_rules: bool
    habillage: HabillageDit | None
    tolerated: frozenset[str]

    def refuse(self, issues: Iterable[Issue]) -> None:
        """Refuse what is wrong of a file, but what it may still lack.

        Raises:
            DataError: anything else is.
        """
        wrong = [issue for issue in issues if issue.code not in self.tolerated]
        if wrong:
            raise DataError(wrong)


def _read(options: _Options, fichier: FichierDonne) -> Lecture:
    name, content = fichier.nom, fichier.octets
    kind = _kind(content, fichier.suffixe)
    if not content:
        raise DataError([Issue("fichier-tronque", "fichier vide", Location(name))])
    if kind == "html":
        hint = "ouvrir le formulaire, « Exporter les constats », et lire le fichier JSON qu’il donne"
        raise refuse("classeur-etranger", "une page HTML ne contient pas ce qui y a été saisi", name, hint)
    if kind == "papier":
        hint = "reporter les constats dans le classeur ou le formulaire du même audit"
        raise refuse("classeur-etranger", "une grille sur papier (DOCX, PDF) ne se relit pas", name, hint)
    if kind in ("json", "yaml"):
        return _read_json(options, fichier, typed=kind == "yaml")
    if kind == "csv":
        tableau = csv_.LectureCsv(content, name)
        checklist, dossier = _open(options, csv_.read_head(tableau), fichier)
        lu = csv_.read_rows(tableau, checklist, same_rules=_same(checklist))
        lu = with_carried(checklist, dossier, lu, suite=False)
    else:
        feuilles = grille.open_workbook(content, name)
        checklist, dossier = _open(options, grille.read_head(feuilles, name), fichier)
        lu = grille.read_rows(feuilles, checklist, name, same_rules=_same(checklist), carried=dossier)
        lu = with_carried(checklist, dossier, lu, suite=True)
    releves, verifications = _as_seen(lu.releves), _as_seen(lu.verifications)
    options.refuse((*lu.issues, *_controls((*releves, *verifications), name)))
    dossier = replace(dossier, releves=releves, verifications=verifications, notifie_le=lu.notifie_le)
    return Lecture(checklist=checklist, dossier=dossier, avertissements=lu.avertissements, silence=lu.silence)


def _as_seen(releves: Iterable[Releve]) -> tuple[Releve, ...]:
    """Return findings whose comments hold nothing invisible that was pasted with them."""
    return tuple(replace(r, commentaire=r.commentaire and as_seen(r.commentaire)) for r in releves)


def _controls(releves: Iterable[Releve], name: str) -> Iterator[Issue]:
    """Yield the control characters of comments, which no command would read back."""
    for releve in releves:
        control = CONTROL.search(releve.commentaire or "")
        if control:
            where = releve.lieux.get("commentaire") or releve.lieu or Location(name)
            yield control_character(control.group(), where)


def _read_json(options: _Options, fichier: FichierDonne, *, typed: bool) -> Lecture:
    """Read findings, or a filled checklist; ``typed``: in YAML, as people type it."""
    name, content = fichier.nom, fichier.octets
    given = read_given(Path(name), content=content) if typed else json_.load(content, name)
    data = json_.known(given, name)
    grid = "constats" not in data
    checklist, dossier = _open(options, json_.as_findings(data) if grid else data, fichier)
    dossier, issues = with_ids(checklist.referentiel, dossier)
    if grid:
        issues += json_.compare(data, checklist, name, same_rules=_same(checklist))
        issues += json_.check(checklist, dossier)
    else:
        issues += check_findings(checklist, dossier)
    issues += check_compte_rendu(checklist, dossier)
    options.refuse((*issues, *check_procedure(options.registry, checklist, dossier)))
    strangers = tuple(json_.strangers(data, checklist, name))
    silence = json_.silence(data)
    return Lecture(checklist=checklist, dossier=dossier, avertissements=strangers, silence=silence)


def _open(options: _Options, head: Any, fichier: FichierDonne) -> tuple[Checklist, Dossier]:
    """Return the checklist of a grid’s own request, and a findings file without findings yet."""
    name = fichier.nom
    data = {"constats": [], **head} if isinstance(head, dict) else head
    issues = check(data, "constats", name)
    if issues:
        raise DataError(issues)
    dossier = from_data(data, name)
    dossier = replace(dossier, demande=with_files(dossier.demande, data, fichier.dossier))
    dossier = _dressed(dossier, options.habillage, name)
    return open_checklist(options.registry, dossier, other_rules=options.other_rules), dossier


def _dressed(dossier: Dossier, given: HabillageDit | None, name: str) -> Dossier:
    """Return the findings in the dress that their grid carries, else in the one that was given.

    Raises:
        DataError: the two differ.
    """
    carried = dossier.demande.habillage
    if given is None:
        return dossier
    if carried is None:
        return replace(dossier, demande=replace(dossier.demande, habillage=given))
    if not problems(carried.data) and not agree(carried, given):
        message = "cette grille porte un autre habillage que celui qui est donné"
        hint = "n’en donner aucun : la grille se relit avec le sien"
        raise DataError([Issue("habillage-different", message, Location(name), hint)])
    return dossier


def _same(checklist: Checklist) -> bool:
    """Return whether the engine’s cells were written by the rules that are installed."""
    return all(a.code != _AUTRES_REGLES for a in checklist.avertissements)


# ---- several grids of one audit -----------------------------------------------------------------------


def _join(readings: list[tuple[str, Lecture]], base: tuple[str, Lecture] | None) -> Lecture:
    """Return one reading of several, joined by line, site and field, and what is left to decide of it.

    Raises:
        DataError: the grids are of different audits.
    """
    if base:
        start = base[1].dossier
        readings = [
            (name, replace(one, dossier=kept_from(start, one.dossier, one.silence))) for name, one in readings
        ]
    (first_name, first), *others = readings
    issues = [
        issue
        for name, lecture in (*others, *([base] if base else []))
        for issue in different_audits(first_name, first, name, lecture)
    ]
    if issues:
        raise DataError(issues)
    one, dossier = Path(first_name).name, first.dossier
    for name, lecture in others:
        un, deux = Apport(nom=one, dossier=dossier), Apport(nom=Path(name).name, dossier=lecture.dossier)
        dossier = join_dossiers(first.checklist, un, deux, base[1].dossier if base else None)
    dress = (lecture for _, lecture in readings if lecture.dossier.demande.habillage is not None)
    dressed = next(dress, first)
    demandes = [lecture.dossier.demande for _, lecture in readings]
    demande = replace(
        dressed.dossier.demande,
        textes_dits=next(filter(None, (one.textes_dits for one in demandes)), None),
        dossier=next(filter(None, (one.dossier for one in demandes)), None),
    )
    dossier = replace(dossier, demande=demande)
    read = tuple(a for _, lecture in readings for a in lecture.avertissements)
    left = tuple(undecided(first.checklist, dossier))
    return replace(dressed, dossier=dossier, avertissements=(*read, *left))


def different_audits(first_name: str, first: Lecture, name: str, other: Lecture) -> list[Issue]:
    """Return why two readings are not of one audit; nothing where they are."""
    one, two = head_as_data(first.dossier), head_as_data(other.dossier)
    # One without a dress, or texts, may be read with one that has it; two different ones are two documents.
    apart = {"depart", "ecarts_notifies_le", "dossier"} | {
        key for key in ("habillage", "textes") if one.get(key) is None or two.get(key) is None
    }
    keys = sorted(k for k in {*one, *two} - apart if one.get(k) != two.get(k))
    # Of an application, what this audit looks at: a grid carries no more of it.
    here, there = (lecture.checklist.contexte.recues for lecture in (first, other))
    if here and there and here != there:
        keys.append("dossier")
    if not keys:
        return []
    message = f"cette grille n’est pas du même audit que {first_name} : {', '.join(keys)}"
    return [
        Issue("dossiers-differents", message, Location(name), "lire ensemble les grilles d’un même audit")
    ]
