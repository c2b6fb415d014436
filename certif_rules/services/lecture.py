"""Filled grids → findings: each file is read, compared with the checklist computed again, then joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from certif_rules.coherence import check_compte_rendu
from certif_rules.compte_rendu import VuSurSite, join_comptes_rendus
from certif_rules.confidentialite import Trace, pseudonymised, traces
from certif_rules.constats import A_EVALUER, Dossier, Releve, with_ids
from certif_rules.errors import DataError, Issue, Location
from certif_rules.habillage import HabillageDit, agree, problems
from certif_rules.lecture import csv_, grille, json_
from certif_rules.lecture.tableur import MAX_BYTES
from certif_rules.registry import Registry
from certif_rules.resultat import Checklist
from certif_rules.schema import check
from certif_rules.services.constats import (
    from_data,
    head_as_data,
    open_checklist,
    with_personal_warnings,
)

_AUTRES_REGLES = "autres_regles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """What one or several grids of an audit say, and the checklist they answer.

    ``remplaces`` are the personal data that were replaced, when that was asked for.
    """

    checklist: Checklist
    dossier: Dossier
    remplaces: tuple[Trace, ...] = ()


def read_grids(
    registry: Registry,
    paths: Sequence[Path],
    *,
    other_rules: bool = False,
    habillage: HabillageDit | None = None,
    pseudonymise: bool = False,
) -> Lecture:
    """The findings of these grids of one audit, joined. The files are opened for reading only.

    Args:
        registry: the rules that are installed.
        paths: workbooks (XLSX, ODS), CSV or JSON files, the export of the form included.
        other_rules: accept grids made with other rules, with a warning.
        habillage: the file of the body, for grids that do not carry its dress.
        pseudonymise: replace personal data once the grids are joined, rather than warn of them.

    Raises:
        DataError: anything wrong with any of them, or findings of two that differ; everything is listed.
    """
    options = _Options(registry, other_rules, habillage)
    readings: list[tuple[str, Lecture]] = []
    issues: list[Issue] = []
    for path in paths:
        try:
            content = _content(path)
            readings.append((str(path), _read(options, content, path)))
        except DataError as error:
            issues.extend(error.issues)
    if issues:
        raise DataError(issues)
    return _for_people(_join(readings), pseudonymise=pseudonymise)


def _for_people(lecture: Lecture, *, pseudonymise: bool) -> Lecture:
    """Personal data are warned about with their cell, or replaced and counted."""
    if not pseudonymise:
        checklist = with_personal_warnings(lecture.checklist, lecture.dossier)
        return replace(lecture, checklist=checklist)
    kept = [a for a in lecture.checklist.avertissements if a.code != "donnee_personnelle"]
    return Lecture(
        checklist=pseudonymised(replace(lecture.checklist, avertissements=tuple(kept))),
        dossier=pseudonymised(lecture.dossier),
        remplaces=traces(lecture.dossier),
    )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = "fichier introuvable" if isinstance(error, FileNotFoundError) else "lecture impossible"
        raise DataError([Issue("fichier-illisible", reason, Location(str(path)))]) from error


@dataclass(frozen=True, slots=True)
class _Options:
    """How grids are read: with which rules, in which dress when they carry none."""

    registry: Registry
    other_rules: bool
    habillage: HabillageDit | None


def _read(options: _Options, content: bytes, path: Path) -> Lecture:
    name = str(path)
    if not content:
        raise DataError([Issue("fichier-tronque", "fichier vide", Location(name))])
    if path.suffix.lower() == ".json":
        return _read_json(options, content, name)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        tableau = csv_.Tableau(content, name)
        checklist, dossier = _open(options, csv_.read_head(tableau), name)
        releves, issues = csv_.read_rows(tableau, checklist, same_rules=_same(checklist))
    else:
        feuilles = grille.open_workbook(content, name)
        checklist, dossier = _open(options, grille.read_head(feuilles, name), name)
        notified, where, issues = grille.notified(feuilles, name)
        dossier = replace(dossier, notifie_le=notified)
        if where is not None:
            dossier = replace(dossier, lieux={**(dossier.lieux or {}), "ecarts_notifies_le": where})
        releves, wrong = grille.read_rows(feuilles, checklist, name, same_rules=_same(checklist))
        issues = [*issues, *wrong, *_notified_too_early(checklist, dossier)]
    if issues:
        raise DataError(issues)
    return Lecture(checklist=checklist, dossier=replace(dossier, releves=releves))


def _read_json(options: _Options, content: bytes, name: str) -> Lecture:
    data = json_.load(content, name)
    grid = "constats" not in data
    checklist, dossier = _open(options, json_.as_findings(data) if grid else data, name)
    dossier, issues = with_ids(checklist.referentiel, dossier)
    if grid:
        issues += json_.compare(data, checklist, name, same_rules=_same(checklist))
        _, impossible = json_.check(checklist, dossier)
        issues += impossible
    else:
        from certif_rules.constats import check_findings

        issues += check_findings(checklist, dossier)
    issues += check_compte_rendu(checklist, dossier)
    if issues:
        raise DataError(issues)
    return Lecture(checklist=checklist, dossier=dossier)


def _open(options: _Options, head: Any, name: str) -> tuple[Checklist, Dossier]:
    """The checklist computed again from a grid’s own request, and a findings file without findings yet."""
    data = {"constats": [], **head} if isinstance(head, dict) else head
    issues = check(data, "constats", name)
    if issues:
        raise DataError(issues)
    dossier = _dressed(from_data(data, name), options.habillage, name)
    return open_checklist(options.registry, dossier, other_rules=options.other_rules), dossier


def _dressed(dossier: Dossier, given: HabillageDit | None, name: str) -> Dossier:
    """The findings in the dress that their grid carries, else in the one that was given.

    Raises:
        DataError: the two differ.
    """
    carried = dossier.demande.habillage
    if given is None:
        return dossier
    if carried is None:
        return replace(dossier, demande=replace(dossier.demande, habillage=given))
    if not problems(carried.data) and not agree(carried, given):
        message = "cette grille porte un autre habillage que celui de --habillage"
        hint = "retirer --habillage : la grille se relit avec le sien"
        raise DataError([Issue("habillage-different", message, Location(name), hint)])
    return dossier


def _same(checklist: Checklist) -> bool:
    """Whether the engine’s cells were written by the rules that are installed."""
    return all(a.code != _AUTRES_REGLES for a in checklist.avertissements)


def _notified_too_early(checklist: Checklist, dossier: Dossier) -> list[Issue]:
    day = checklist.contexte.date.isoformat()
    if dossier.notifie_le is None or dossier.notifie_le >= day:
        return []
    message = f"les écarts sont notifiés le {dossier.notifie_le}, avant l’audit ({day})"
    where = dossier.lieu("ecarts_notifies_le")
    return [Issue("notification-avant-audit", message, where, "vérifier la date")]


# ---- several grids of one audit -----------------------------------------------------------------------


def _join(readings: list[tuple[str, Lecture]]) -> Lecture:
    """One reading of several: a line is taken where it was filled, two fillings must be equal.

    Raises:
        DataError: the grids are of different audits, or differ on a line; nobody’s finding is dropped.
    """
    (first_name, first), *others = readings
    issues: list[Issue] = []
    kept = {releve.ligne: releve for releve in first.dossier.releves}
    notified, notified_in = first.dossier.notifie_le, first_name
    compte_rendu = first.dossier.compte_rendu
    for name, lecture in others:
        issues += _different_audits(first_name, first.dossier, name, lecture.dossier)
        dossier = lecture.dossier
        if notified is not None and dossier.notifie_le not in (None, notified):
            message = (
                f"notification des écarts : {notified} dans {notified_in}, {dossier.notifie_le} dans {name}"
            )
            issues.append(Issue("constats-contradictoires", message, Location(name), "garder l’une des deux"))
        notified = notified or dossier.notifie_le
        compte_rendu, differing = join_comptes_rendus(compte_rendu, dossier.compte_rendu)
        for cle in differing:
            message = f"« {cle} » n’est pas le même dans {name} que dans ce qui est lu avant"
            issues.append(Issue("constats-contradictoires", message, Location(name), "n’en garder qu’un"))
        for releve in dossier.releves:
            earlier = kept.get(releve.ligne)
            if earlier is None or _blank(earlier):
                kept[releve.ligne] = releve
            elif not _blank(releve) and _values(releve) != _values(earlier):
                issues.append(_conflict(first.checklist, earlier, releve))
    if issues:
        raise DataError(issues)
    dress = (lecture for _, lecture in readings if lecture.dossier.demande.habillage is not None)
    first = next(dress, first)
    order = {ligne.indicateur.id: n for n, ligne in enumerate(first.checklist.lignes)}
    releves = tuple(sorted(kept.values(), key=lambda r: order.get(r.ligne, len(order))))
    joined = replace(first.dossier, releves=releves, notifie_le=notified, compte_rendu=compte_rendu)
    return replace(first, dossier=joined)


def _values(releve: Releve) -> Releve:
    return replace(releve, lieu=None)


def _blank(releve: Releve) -> bool:
    return _values(releve) == Releve(ligne=releve.ligne)


def _different_audits(first_name: str, first: Dossier, name: str, other: Dossier) -> list[Issue]:
    one, two = head_as_data(first), head_as_data(other)
    # A grid without a dress may be read with one that has it; two different dresses are two documents.
    apart = {"ecarts_notifies_le"} | (
        {"habillage"} if one.get("habillage") is None or two.get("habillage") is None else set()
    )
    keys = sorted(k for k in {*one, *two} - apart if one.get(k) != two.get(k))
    if not keys:
        return []
    message = f"cette grille n’est pas du même audit que {first_name} : {', '.join(keys)}"
    return [
        Issue("dossiers-differents", message, Location(name), "lire ensemble les grilles d’un même audit")
    ]


def _conflict(checklist: Checklist, one: Releve, two: Releve) -> Issue:
    """Two fillings of a line that differ: both values, each at its cell."""
    indicateur = checklist.referentiel.indicateurs[one.ligne]
    differing = [key for key in _FIELDS if getattr(one, key) != getattr(two, key)]
    said = " ; ".join(f"{_FIELDS[k]} : {_said(one, k)} / {_said(two, k)}" for k in differing)
    message = f"la ligne {indicateur.numero} est remplie deux fois, autrement : {said}"
    related = ((one.lieu, "autre valeur"),) if one.lieu else ()
    hint = "s’accorder, et vider ou corriger l’une des deux"
    return Issue("constats-contradictoires", message, two.lieu, hint, related)


_FIELDS = {
    "constat": "constat",
    "commentaire": "commentaire",
    "preuves_vues": "preuves vues",
    "annotations": "annotations",
    "echantillons": "échantillons",
    "evalue_par": "évalué par",
    "evalue_le": "évalué le",
    "leve_le": "levé le",
    "leve_par": "levé par",
    "ecart": "suivi de l’écart",
    "complements": "colonnes ajoutées",
    "par_site": "vu par site",
}


def _said(releve: Releve, key: str) -> str:
    value = getattr(releve, key)
    if key == "constat" and value == A_EVALUER:
        return "à évaluer"
    if isinstance(value, tuple):
        value = ", ".join(part.site if isinstance(part, VuSurSite) else part for part in value)
    if isinstance(value, dict):
        value = ", ".join(value.values())
    return f"« {value} »" if value else "rien"
