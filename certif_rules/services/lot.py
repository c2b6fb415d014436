"""Checklists of a whole population: each distinct context answered once, then given to all who have it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.demande import Demande, FaitDit
from certif_rules.audit.siren import siren_warnings
from certif_rules.echanges.champs import as_line
from certif_rules.errors import MANQUE, DataError, Issue, IssuesError, Location, suggestion
from certif_rules.grilles.csv import guard
from certif_rules.model.base import Avertissement
from certif_rules.plugins.registry import Registry, Resolution
from certif_rules.rules.contexte import Contexte
from certif_rules.services.checklist import build, make_checklist, prepare
from certif_rules.services.organismes import IDENTITE, Correspondance, Organisation

#: The most contexts kept; beyond, all of them are dropped.
_MOST: Final = 4096


class Dues(Struct, frozen=True):
    """A row is what is answered of one organisation; its checklist is that of all who share its context."""

    organisation: Organisation
    checklist: Checklist
    avertissements: tuple[Avertissement, ...]


class Lot:
    """A batch asks one request for every organisation of a file.

    Args:
        registry: the rules that are installed.
        commun: what is asked of all: référentiel, audit, date, and the facts that are the same.
        correspondance: what the columns of the file say.
        name: what to call the file in messages.

    Raises:
        UsageError, DataError: the request is wrong whoever it is about, or a column names an unknown fact.
    """

    def __init__(
        self, registry: Registry, commun: Demande, correspondance: Correspondance, name: str
    ) -> None:
        self._registry = registry
        self._commun = commun
        self._name = name
        self._answers: dict[Any, Checklist | tuple[Issue, ...]] = {}
        every = tuple(correspondance.categories) or commun.categories
        #: The rules, and the audit as if an organisation had every category and said nothing.
        self.resolution, self.contexte = self._prepare(replace(commun, categories=every))
        own, known = self.resolution.referentiel.id, self.resolution.referentiel.faits
        unknown = [nom for nom in correspondance.facts if nom not in known]
        if unknown:
            raise DataError(
                Issue(
                    "fait-inconnu", f"{own} n’a pas de fait « {nom} »", None, suggestion(nom, known, "faits")
                )
                for nom in unknown
            )

    def answer(self, organisation: Organisation) -> Dues | list[Issue]:
        """Return what is answered of an organisation, or everything wrong with it, at its row."""
        if organisation.categories == ():
            return self.faults(organisation)
        cle = (organisation.categories, organisation.faits)
        if cle not in self._answers:
            if len(self._answers) >= _MOST:
                self._answers.clear()
            self._answers[cle] = self._answered(organisation)
        answer = self._answers[cle]
        if not isinstance(answer, Checklist):
            return self.faults(organisation, answer)
        if organisation.fautes:
            return self.faults(organisation)
        about = tuple(siren_warnings(Demande(organisme=organisation.identite)))
        return Dues(organisation, answer, about)

    def checklist(self, organisation: Organisation) -> Checklist | list[Issue]:
        """Return the checklist of an organisation, as if it were asked for alone: its own, with its name."""
        if organisation.categories == ():
            return self.faults(organisation)
        others = {key: value for key, value in self._commun.organisme.items() if key not in IDENTITE}
        demande = replace(self._demande(organisation), organisme={**organisation.identite, **others})
        try:
            checklist = make_checklist(self._registry, demande)
        except IssuesError as error:
            return self.faults(organisation, error.issues)
        return self.faults(organisation) or checklist

    def prepared(self, organisation: Organisation) -> tuple[Resolution, Contexte]:
        """Return the rules and the audit of an organisation.

        Raises:
            UsageError, DataError: what it says cannot be; all of it is listed.
        """
        return self._prepare(self._demande(organisation))

    def faults(self, organisation: Organisation, of_request: Iterable[Issue] = ()) -> list[Issue]:
        """Return what is wrong with an organisation, then with its request, at its row."""
        where = Location(self._name, organisation.rang, 1)
        return [*organisation.fautes, *(replace(issue, location=where) for issue in of_request)]

    def _answered(self, organisation: Organisation) -> Checklist | tuple[Issue, ...]:
        try:
            return build(*self.prepared(organisation))
        except IssuesError as error:
            return error.issues

    def _demande(self, organisation: Organisation) -> Demande:
        faits = (FaitDit(nom, None, value) for nom, value in organisation.faits)
        categories = organisation.categories
        return replace(
            self._commun,
            faits=(*self._commun.faits, *faits),
            categories=self._commun.categories if categories is None else categories,
        )

    def _prepare(self, demande: Demande) -> tuple[Resolution, Contexte]:
        return prepare(self._registry, demande)


def lots_of(
    asked: Iterable[tuple[Registry, Path | None, Demande]], by: Correspondance, name: str
) -> list[Lot]:
    """Return a lot for each request, of its rules, and of the profile that it comes from if from one alone.

    Raises:
        UsageError, DataError: some are wrong; all is listed, in the profile where it is to be mended.
    """
    lots: list[Lot] = []
    errors: list[IssuesError] = []
    for registry, profile, demande in asked:
        try:
            lots.append(Lot(registry, demande, by, name))
        except IssuesError as error:
            own = (_in_profile(issue, profile) for issue in error.issues)
            errors.append(DataError(own) if profile else error)
    if errors:
        raise type(errors[0])(issue for error in errors for issue in error.issues)
    return lots


def _in_profile(issue: Issue, profile: Path | None) -> Issue:
    """Return what is wrong with a request at the profile where it is to be mended."""
    if issue.location or profile is None:
        return issue
    hint = "l’écrire dans ce profil" if issue.code == MANQUE else issue.hint
    return replace(issue, location=Location(str(profile)), hint=hint)


def as_data(rangee: Dues) -> dict[str, Any]:
    """Return a row as the values of one line of JSON."""
    organisation, checklist = rangee.organisation, rangee.checklist
    states: Mapping[str, list[str]] = {"a_auditer": [], "a_confirmer": []}
    for ligne in checklist.lignes:
        if ligne.etat in states:
            states[ligne.etat].append(ligne.indicateur.id)
    return {
        "rang": organisation.rang,
        **organisation.identite,
        "referentiel": edition_of(rangee),
        "empreinte": checklist.empreinte,
        "categories": list(checklist.contexte.categories),
        **states,
        "avertissements": warning_codes(rangee),
    }


def edition_of(rangee: Dues) -> str:
    """Return the référentiel of a row, and its edition."""
    referentiel = rangee.checklist.referentiel
    return f"{referentiel.id}@{referentiel.edition}"


def warning_codes(rangee: Dues) -> list[str]:
    """Return the codes of the warnings of a row, once each."""
    warnings = (*rangee.checklist.avertissements, *rangee.avertissements)
    return list(dict.fromkeys(warning.code for warning in warnings))


def lines_of(_: int, rows: Iterable[Dues]) -> bytes:
    """Return the rows of a part as lines of JSON."""
    return b"".join(as_line(as_data(row)) for row in rows)


def table_of(lot: Lot, correspondance: Correspondance) -> Callable[[int, Iterable[Dues]], bytes]:
    """Return what writes the rows of a part as CSV: who each is, then a column a line, by its number.

    The heads stand before the first part (rank 0). A cell that a spreadsheet would run begins with ``'``.
    """
    numbers = [indicateur.numero for indicateur in lot.resolution.referentiel.indicateurs.values()]

    def render(rank: int, rows: Iterable[Dues]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        if rank == 0:
            text.write("\ufeff")
            writer.writerow(map(guard, ("rang", *correspondance.organisme, "categories", *numbers)))
        writer.writerows(map(guard, _cells(row, correspondance)) for row in rows)
        return text.getvalue().encode()

    return render


def _cells(rangee: Dues, correspondance: Correspondance) -> Iterator[str]:
    organisation = rangee.organisation
    yield str(organisation.rang)
    yield from (organisation.identite.get(part, "") for part in correspondance.organisme)
    yield " ".join(rangee.checklist.contexte.categories)
    yield from (ligne.etat for ligne in rangee.checklist.lignes)
