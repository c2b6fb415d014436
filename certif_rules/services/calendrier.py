"""From typed events to a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import Dossier
from certif_rules.audit.demande import Demande
from certif_rules.audit.echeances import Echeance, deadline_warnings, deadlines
from certif_rules.audit.procedure import Procedure
from certif_rules.audit.siren import siren_warnings
from certif_rules.echanges.calendrier import document
from certif_rules.errors import Fautes
from certif_rules.model.cycle import Cycle, Evenement
from certif_rules.plugins.registry import Registry
from certif_rules.services.constats import open_dossier
from certif_rules.services.evenements import (
    day_of,
    days_typed,
    disorder,
    file_events,
    meetings_typed,
    territory_typed,
    typed_events,
)
from certif_rules.services.vie import by_edition, look_up_regime, out_of_force
from certif_rules.vie.actes import called_for
from certif_rules.vie.calendrier import DateCalculee, Options, compute
from certif_rules.vie.echeancier import Echeancier
from certif_rules.vie.feries import why_not_worked
from certif_rules.vie.regime import Regime
from certif_rules.vie.seances import plan
from certif_rules.vie.traitement import no_line, of_findings, starts, treatment

_TITRE_PAR_DEFAUT = "Notification des écarts à l’organisme"


class Saisie(Struct, frozen=True, kw_only=True):
    """An input gives what was typed: ``NOM=AAAA-MM-JJ`` texts, days or files of meetings, and the options."""

    evenements: tuple[str, ...] = ()
    comites: tuple[str, ...] = ()
    report: bool = False
    cloture: int = 0
    au: str | None = None
    territoire: str | None = None
    sans_feries: bool = False


def make_calendar(
    registry: Registry, demande: Demande, saisie: Saisie, dossier: Dossier | None = None
) -> Echeancier:
    """Return the calendar that the events of ``saisie`` give, and those that a file says already.

    Args:
        registry: the rules that are installed.
        demande: what was asked, with what a profile says.
        saisie: what was typed; an event typed wins over the file.
        dossier: findings as read: their lines say which delays they have.

    Raises:
        UsageError, DataError: no such référentiel, no cycle, unknown events, wrong days, an order that
            cannot be, a list of meetings or findings that cannot be read; everything is listed.
    """
    seances = meetings_typed(saisie.comites)  # once, whatever is looked at: a file may be a pipe
    days = days_typed(saisie.evenements)
    recherche = look_up_regime(registry, demande, jours=days)
    regime, lu = recherche.settle(
        [_read(choice, demande, dossier, saisie, seances) for choice in recherche.choix]
    )
    value = _made(regime, lu, saisie, demande)
    if dossier is not None:
        value = _with_findings(registry, value, dossier)
    late = out_of_force(registry, demande, regime, days)
    value = replace(value, propres=(*late, *value.propres, *siren_warnings(demande)))

    def answer(other: Regime) -> Echeancier | None:
        read = _read(other, demande, dossier, saisie, seances)
        return None if read.issues else _made(other, read, saisie, demande)

    editions, autres = by_edition(registry, demande, regime, days, value, answer, document)
    return replace(value, editions=editions, autres=autres)


def follow(
    registry: Registry, checklist: Checklist, dossier: Dossier, *, sans_feries: bool = False
) -> Echeancier:
    """Return the calendar of an audit under way: what its file says, findings still missing or not.

    Args:
        registry: the rules that are installed.
        checklist: its checklist.
        dossier: its findings.
        sans_feries: leave out which days are not worked, whose table takes long to load.

    Raises:
        UsageError, DataError: no cycle is known, or the days of the file cannot be.
    """
    demande, saisie, none = dossier.demande, Saisie(sans_feries=sans_feries), meetings_typed(())
    recherche = look_up_regime(registry, demande)
    regime, lu = recherche.settle(
        [_read(choice, demande, dossier, saisie, none) for choice in recherche.choix]
    )
    return _with_deadlines(_made(regime, lu, saisie, demande), checklist, dossier)


def deadlines_alone(checklist: Checklist, dossier: Dossier) -> tuple[DateCalculee, ...]:
    """Return the dates of each open finding, where no cycle says the others."""
    options = Options(chome=_worked)
    return tuple(of_findings(deadlines(checklist, dossier), checklist.referentiel, options, {}))


def _worked(_day: date) -> None:
    """Say of no day that nobody works on it."""


def _made(regime: Regime, lu: _Lu, saisie: Saisie, demande: Demande) -> Echeancier:
    referentiel = regime.referentiel
    cycle = regime.propre.cycle if regime.propre else None
    assert cycle is not None
    declares, evenements, nom = lu.declares, lu.evenements, lu.territoire
    options = Options(
        chome=_worked if saisie.sans_feries else partial(why_not_worked, territoire=nom),
        report=saisie.report,
        cloture=saisie.cloture,
        au=lu.au,
    )
    calendrier = compute(cycle, evenements, options)
    named = demande.organisme.get("nom")
    value = Echeancier(
        regime=regime,
        cycle=cycle,
        declares=declares,
        evenements=dict(
            sorted(evenements.items(), key=lambda pair: (pair[1], list(declares).index(pair[0])))
        ),
        options=options,
        territoire=nom,
        calendrier=calendrier,
        plan=plan(cycle, lu.jours, calendrier, evenements, options) if saisie.comites else None,
        organisme=None if named is None else str(named),
    )
    if len(referentiel.origines) > 1:
        # A finding has the delays of the référentiel of its line, and nobody said on which line it is.
        return replace(value, propres=tuple(no_line(referentiel, evenements)))
    titres = {nom: declare.titre for nom, declare in declares.items()}
    findings = treatment(referentiel.jugements, referentiel.constats, evenements, options, titres)
    return replace(value, calendrier=replace(calendrier, dates=(*calendrier.dates, *findings)))


def _with_findings(registry: Registry, value: Echeancier, dossier: Dossier) -> Echeancier:
    """Return the calendar with the dates of each open finding, and nothing said of any other."""
    notified = value.evenements.get("ecarts_notifies_le")
    opened = replace(dossier, notifie_le=None if notified is None else notified.isoformat())
    return _with_deadlines(value, *open_dossier(registry, opened, other_rules=True))


def _with_deadlines(value: Echeancier, checklist: Checklist, opened: Dossier) -> Echeancier:
    """Return the calendar with the dates of each open finding of an audit already read."""
    echeances: tuple[Echeance, ...] = tuple(deadlines(checklist, opened))
    titres = {nom: declare.titre for nom, declare in value.declares.items()}
    dates = of_findings(echeances, checklist.referentiel, value.options, titres)
    own = (d for d in value.calendrier.dates if d.origine is None)
    codes = ("notification_absente", "delai_absent", "autres_regles")
    warned = (*checklist.avertissements, *deadline_warnings(checklist, opened))
    return replace(
        value,
        calendrier=replace(value.calendrier, dates=(*own, *dates)),
        propres=tuple(a for a in warned if a.code in codes),
    )


def _of_judgement(regime: Regime, cycle: Cycle) -> dict[str, Evenement]:
    """Return the events of the judgement's delays that the cycle does not declare."""
    return {
        nom: Evenement(id=nom, titre=_TITRE_PAR_DEFAUT)
        for nom in starts(regime.referentiel.jugements)
        if nom not in cycle.evenements
    }


class _Lu(Fautes):
    """A reading has what was typed, as far as it could be read, and what is wrong of it."""

    def __init__(self) -> None:
        super().__init__()
        self.declares: Mapping[str, Evenement] = {}
        self.evenements: Mapping[str, date] = {}
        self.jours: list[date] = []
        self.au: date | None = None
        self.territoire: str | None = None


def _read(
    regime: Regime, demande: Demande, dossier: Dossier | None, saisie: Saisie,
    seances: tuple[list[date], Fautes],
) -> _Lu:  # fmt: skip
    lu = _Lu()
    cycle = regime.propre.cycle if regime.propre else None
    lu.au = day_of("--au", saisie.au, lu) if saisie.au is not None else None
    lu.territoire = territory_typed(saisie.territoire, lu)
    if cycle is None:
        others = [vie.origine for vie in regime.vies if vie.cycle]
        message = f"aucune source lue pour « {regime.referentiel.id} » ne parle des dates de son cycle"
        hint = f"celles de sa base le disent : calendrier {others[-1]}" if others else None
        lu.report("cycle-absent", message, None, hint or "choisir un autre référentiel")
        return lu
    lu.declares = {**cycle.evenements, **_of_judgement(regime, cycle)}
    acts = Procedure() if dossier is None else called_for(regime.referentiel, demande, regime.vies)
    typed = typed_events(regime.referentiel.id, lu.declares, saisie.evenements, lu)
    lu.evenements = {**file_events(lu.declares, demande, dossier, acts, lu), **typed}
    lu.issues += disorder(lu.declares, lu.evenements)
    if saisie.comites and cycle.seances is None:
        message = "les règles de ce référentiel ne parlent d’aucune séance"
        lu.report("seances-absentes", message, None, "retirer --comites")
        return lu
    lu.jours = seances[0]
    lu.issues += seances[1].issues
    return lu
