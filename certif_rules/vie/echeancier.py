"""A calendar with what it was made of, for those who show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from certif_rules.model.base import Appui, Avertissement
from certif_rules.model.cycle import Cycle, Evenement
from certif_rules.model.vie import Incoherence
from certif_rules.vie.calendrier import Calendrier, Options
from certif_rules.vie.regime import Regime, named_editions
from certif_rules.vie.seances import Plan


class Echeancier(Struct, frozen=True, kw_only=True):
    """An echeancier is a calendar with what it was made of: régime, events by their days, options, meetings.

    ``organisme`` is whose it is, where a file says so; ``propres`` the warnings about what was given.
    ``editions`` are those that answer so, ``autres`` the calendars of those that do not: without a day, none
    is chosen.
    """

    regime: Regime
    cycle: Cycle
    declares: Mapping[str, Evenement]
    evenements: Mapping[str, date]
    options: Options
    territoire: str | None
    calendrier: Calendrier
    plan: Plan | None
    organisme: str | None = None
    propres: tuple[Avertissement, ...] = ()
    editions: tuple[str, ...] = ()
    autres: tuple[Echeancier, ...] = ()

    @property
    def titre(self) -> str:
        """Return the référentiel and its édition, or those that answer alike, as people read them."""
        referentiel = self.regime.referentiel
        return f"{referentiel.titre}, {named_editions(self.editions or (referentiel.edition,))}"

    @property
    def intitule(self) -> str:
        """Return the title, after the organisation whose dates they are, where one is named."""
        return f"{self.organisme} – {self.titre}" if self.organisme else self.titre

    @property
    def titres(self) -> Mapping[str, str]:
        """Return what each event and each date is called; an event goes before the date of its name."""
        dates = {nom: entry.titre for nom, entry in self.cycle.dates.items()}
        return dates | {nom: evenement.titre for nom, evenement in self.declares.items()}

    @property
    def avertissements(self) -> tuple[Avertissement, ...]:
        """Return everything to be told of the dates and of the meetings.

        What the choice of the layers calls for saying is left out: it speaks of the day of an audit, and none
        was asked about: rules that changed say from when themselves.
        """
        meetings = self.plan.avertissements if self.plan else ()
        return (*self.propres, *self.calendrier.avertissements, *meetings)

    @property
    def _regles(self) -> tuple[Appui, ...]:
        """Return the rules behind what is shown: of its dates, its events, its meetings."""
        dates = (calculee.regle for calculee in self.calendrier.dates)
        seances = (self.cycle.seances,) if self.plan and self.cycle.seances else ()
        return (*dates, *(self.declares[nom] for nom in self.evenements), *seances)

    @property
    def incoherences(self) -> tuple[Incoherence, ...]:
        """Return the contradictions of the sources that what is shown meets, in order."""
        cited = {code for regle in self._regles for code in regle.incoherences}
        known = self.regime.propre.incoherences if self.regime.propre else {}
        return tuple(value for code, value in known.items() if code in cited)

    @property
    def citees(self) -> set[str]:
        """Return the sources that what is shown cites."""
        ancres = (ancre for calculee in self.calendrier.dates for ancre in calculee.ancres)
        citing: tuple[Appui | Incoherence | Avertissement, ...]
        citing = (*self._regles, *ancres, *self.incoherences, *self.avertissements)
        return {source for one in citing for source in one.sources}
