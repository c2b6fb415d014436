"""A workbook of ours, filled: its request, then its rows compared with the checklist computed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist, point_key
from certif_rules.audit.constats import Dossier
from certif_rules.audit.silence import Silence
from certif_rules.documents import emetteur
from certif_rules.errors import DataError, Issue, Location
from certif_rules.grilles import feuilles as nommees
from certif_rules.grilles import grille as ecrite
from certif_rules.grilles.relecture.alentours import around
from certif_rules.grilles.relecture.feuille import RENOMMEE, LectureFeuille, doubts, formula
from certif_rules.grilles.relecture.levees import Suivi, of_findings, read_gaps
from certif_rules.grilles.relecture.propres import own_cells
from certif_rules.grilles.relecture.saisie import (
    SAISIE,
    Lu,
    Rangee,
    bad_day,
    day,
    findings,
    missing,
)
from certif_rules.grilles.relecture.tableur import Archive, Feuilles, refuse
from certif_rules.grilles.relecture.valeurs import folded
from certif_rules.model.base import Avertissement
from certif_rules.source.json import read_plain

_IDENTIFIANT = colonnes.IDENTIFIANT.titre
_CALCULEE = colonnes.ECHEANCE.titre


def open_workbook(content: bytes, name: str) -> Feuilles:
    """Return the sheets of a grid.

    Raises:
        DataError: see :class:`~certif_rules.grilles.relecture.tableur.Archive`; or it is not a grid of ours.
    """
    archive = Archive(content, name)
    if "xl/workbook.xml" in archive.names:
        from certif_rules.grilles.relecture.xlsx import read_sheets
    elif "content.xml" in archive.names:
        from certif_rules.grilles.relecture.ods import read_sheets
    else:
        raise refuse("classeur-etranger", "ce fichier n’est pas un classeur XLSX ou ODS", name)
    return read_sheets(archive)


def read_head(feuilles: Feuilles, name: str) -> Any:
    """Return the request that the grid answers, as it was written in it.

    Raises:
        DataError: the workbook is not ours, or its request cannot be read.
    """
    hint = "une grille s’obtient avec : certif-rules checklist … -o grille.xlsx"
    if not any(sheet.text(1, 1) == nommees.SIGNATURE for sheet in feuilles.values()):
        message = "ce classeur n’est pas une grille de ce programme, ou pas de cette version"
        raise refuse("classeur-etranger", message, name, hint)
    if nommees.DONNEES not in feuilles:
        sheets = (nommees.CONTEXTE, nommees.GRILLE, nommees.ECARTS, nommees.DONNEES)
        raise DataError(_absent(sheet, name) for sheet in sheets if sheet not in feuilles)
    sheet = feuilles[nommees.DONNEES]
    rows = sorted(row for row, column in sheet.cellules if column == 1 and row > 1)
    try:
        return read_plain("".join(sheet.text(row, 1) for row in rows))
    except ValueError:
        message = "les données de la grille ont été modifiées"
        where = Location(name, 2, 1, nommees.DONNEES)
        raise DataError(
            [Issue("cellule-modifiee", message, where, "reprendre la grille d’origine")]
        ) from None


def _absent(sheet: str, name: str) -> Issue:
    return Issue(
        "feuille-absente", f"la feuille « {sheet} » manque ou a été renommée", Location(name), RENOMMEE
    )


def read_rows(
    feuilles: Feuilles, checklist: Checklist, name: str, *, same_rules: bool, carried: Dossier
) -> Lu:
    """Return the findings of a grid and everything wrong with it; what is damaged hides nothing else.

    Args:
        feuilles: what :func:`open_workbook` gave.
        checklist: the checklist, computed again.
        name: the file, in messages.
        same_rules: compare the engine's cells; with other rules accepted, they were written by those.
        carried: what the grid was written with: findings made already, and those set aside that it shows.
    """
    propres = own_cells(checklist, carried.a_revoir)
    sheets = [(nommees.GRILLE, ecrite.headings(checklist), propres.lignes)]
    if propres.verifications:
        sheets.append((nommees.VERIFICATIONS, nommees.COLONNES_VERIFICATIONS, propres.verifications))
    issues: list[Issue] = []
    warnings: list[Avertissement] = []
    rangees: list[Rangee] = []
    lacking: dict[str, frozenset[str]] = {}
    for sheet, columns, expected in sheets:
        if sheet not in feuilles:
            issues.append(_absent(sheet, name))
            continue
        table = LectureFeuille(feuilles[sheet], name, sheet, columns, computed=(_CALCULEE,))
        issues += table.issues
        lacking[sheet] = table.lacks(colonnes.SAISIE)
        warnings += table.strangers()
        warnings += table.older(c for c in columns if emetteur.shows(checklist, c))
        rows, wrong, more = _rows(table, expected if same_rules else {}, emetteur.columns(checklist))
        rangees += rows
        issues += wrong
        warnings += more
        # Where rows cannot be told, none is said to be missing.
        if _IDENTIFIANT in table.columns and len(rows) == len(table.rows):
            issues += missing(checklist, rows, Location(name, 0, 0, sheet), among=expected)
    suivi = Suivi(lignes={}, par_site=None)
    before = {releve.ligne: releve for releve in carried.releves}
    keys = {point.id: point_key(point) for point in checklist.verifications}
    before |= {keys[r.ligne]: r for r in carried.verifications if r.ligne in keys}
    there = [part.site for releve in before.values() for part in releve.par_site if part.site]
    if nommees.ECARTS in feuilles:
        table = LectureFeuille(
            feuilles[nommees.ECARTS],
            name,
            nommees.ECARTS,
            ecrite.COLONNES_ECARTS,
            computed=ecrite.CALCULEES_ECARTS,
        )
        warnings += table.strangers()
        shown = {c for c in ecrite.COLONNES_ECARTS if emetteur.shows(checklist, c)}
        # Without gaps by site, the column of theirs would have been left empty.
        warnings += table.older(shown if there else shown - {colonnes.SITE_ECART.titre})
        lacking[nommees.ECARTS] = table.lacks(colonnes.ECARTS)
        suivi, wrong, mixed = read_gaps(table, checklist, there)
        issues += wrong
        suivi, wrong = of_findings(checklist, suivi, rangees, before)
        issues += wrong
        _sort(mixed, issues, warnings)
    else:
        issues.append(_absent(nommees.ECARTS, name))
    notified, where, mixed = _notified(feuilles, name)
    _sort(mixed, issues, warnings)
    warnings += around(feuilles, propres, name, same_rules=same_rules)
    lu = findings(checklist, rangees, suivi.lignes, notifie_le=notified, lieu_notification=where)
    # A cell that holds a formula or an error is said once: what it would have held is not missing as well.
    formulas = {i.location for i in issues if i.code in (formula(None).code, "cellule-en-erreur")}
    rest = (i for i in lu.issues if i.location not in formulas)
    gaps = lacking.get(nommees.ECARTS, frozenset())
    silence = Silence(
        lignes=gaps | lacking.get(nommees.GRILLE, frozenset()),
        verifications=gaps | lacking.get(nommees.VERIFICATIONS, frozenset()),
    )
    return replace(
        lu, issues=(*issues, *rest), avertissements=tuple(warnings), silence=silence, par_site=suivi.par_site
    )


def _rows(
    table: LectureFeuille, expected: Mapping[str, Mapping[str, str]], extra: Mapping[str, str]
) -> tuple[list[Rangee], list[Issue], list[Avertissement]]:
    """Return the rows that say which line they are of, the engine's cells that were edited, and the doubts.

    ``extra`` are the columns that a body adds, by key.
    """
    rangees: list[Rangee] = []
    issues: list[Issue] = []
    warnings: list[Avertissement] = []
    for row in table.rows:
        issues += table.formulas(row, except_for=_CALCULEE)
        _sort(table.doubtful(row, (*SAISIE, *extra.values())), issues, warnings)
        if not table.whole(row, _IDENTIFIANT):
            continue
        identifiant = folded(table.text(row, _IDENTIFIANT))
        rangees.append(
            Rangee(
                ligne=identifiant,
                saisie={column: table.text(row, column) for column in SAISIE},
                lieu=lambda column, row=row: table.place(row, column),  # type: ignore[misc]
                complements={cle: table.text(row, title) for cle, title in extra.items()},
                debut=table.first(row, (*SAISIE, *extra.values())),
            )
        )
        issues += table.edited(row, expected.get(identifiant, {}))
    return rangees, issues, warnings


def _sort(mixed: Iterable[Issue | Avertissement], issues: list[Issue], warnings: list[Avertissement]) -> None:
    """Put each doubt where it goes: what cannot be read stops the reading."""
    for doubt in mixed:
        if isinstance(doubt, Issue):
            issues.append(doubt)
        else:
            warnings.append(doubt)


def _notified(
    feuilles: Feuilles, name: str
) -> tuple[str | None, Location | None, list[Issue | Avertissement]]:
    """Return the day the findings were notified, where it is typed, and what is wrong with it."""
    if nommees.CONTEXTE not in feuilles:
        return None, None, [_absent(nommees.CONTEXTE, name)]
    sheet = feuilles[nommees.CONTEXTE]
    for (row, column), cell in sheet.cellules.items():
        if column == 1 and folded(cell.vue.texte) == folded(nommees.NOTIFIES):
            where = Location(name, row, 2, nommees.CONTEXTE)
            typed, text = sheet.cellules.get((row, 2)), sheet.text(row, 2)
            if typed is None or typed.blanche:
                return None, where, []
            if typed.formule:
                return None, where, [formula(where)]
            jour = day(text)
            return jour, where, [bad_day(text, where)] if jour is None else list(doubts(typed, where))
    where = Location(name, 0, 0, nommees.CONTEXTE)
    message = f"la rangée « {nommees.NOTIFIES} » a disparu"
    return None, where, [Issue("cellule-modifiee", message, where, "reprendre la grille d’origine")]
