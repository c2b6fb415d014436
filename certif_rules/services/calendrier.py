"""From typed events to a calendar, and the calendar as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.constats import Dossier
from certif_rules.audit.demande import Demande
from certif_rules.audit.echeances import Echeance, deadline_warnings, deadlines
from certif_rules.echanges.commun import contradiction, warnings, worth
from certif_rules.errors import Fautes
from certif_rules.model.base import Avertissement, Source
from certif_rules.model.cycle import Cycle, Evenement
from certif_rules.model.vie import Incoherence
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
from certif_rules.services.vie import (
    Regime,
    look_up_regime,
    other_editions,
    out_of_force,
    referentiel_as_data,
    sources_as_data,
)
from certif_rules.vie.calendrier import Calendrier, DateCalculee, Options, compute
from certif_rules.vie.feries import why_not_worked
from certif_rules.vie.seances import Plan, plan
from certif_rules.vie.traitement import no_line, of_findings, starts, treatment

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TITRE_PAR_DEFAUT = "Notification des écarts à l’organisme"


class Saisie(Struct, frozen=True, kw_only=True):
    """What was typed: ``NOM=AAAA-MM-JJ`` texts, days or files of meetings, and the options."""

    evenements: tuple[str, ...] = ()
    comites: tuple[str, ...] = ()
    report: bool = False
    cloture: int = 0
    au: str | None = None
    territoire: str | None = None


class Echeancier(Struct, frozen=True, kw_only=True):
    """A calendar with what it was made of: régime, events in the order of their days, options, meetings.

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
        """The référentiel and its édition, or those that answer alike, as people read them."""
        referentiel = self.regime.referentiel
        noms = self.editions or (referentiel.edition,)
        word = "édition" if len(noms) == 1 else "éditions"
        return f"{referentiel.titre}, {word} {' et '.join(noms)}"

    @property
    def intitule(self) -> str:
        """The title, after whose dates they are."""
        return f"{self.organisme} – {self.titre}" if self.organisme else self.titre

    @property
    def titres(self) -> Mapping[str, str]:
        """What each event and each date is called; an event goes before the date of the same name."""
        dates = {nom: entry.titre for nom, entry in self.cycle.dates.items()}
        return dates | {nom: evenement.titre for nom, evenement in self.declares.items()}

    @property
    def sources(self) -> Mapping[str, Source]:
        """Every source that may be cited, in the order they are declared."""
        return {code: source for vie in self.regime.vies for code, source in vie.sources.items()}

    @property
    def avertissements(self) -> tuple[Avertissement, ...]:
        """Everything to be told of the dates and of the meetings.

        What the choice of the layers calls for saying is left out: it speaks of the day of an audit, and none
        was asked about: rules that changed say from when themselves.
        """
        meetings = self.plan.avertissements if self.plan else ()
        return (*self.propres, *self.calendrier.avertissements, *meetings)

    @property
    def incoherences(self) -> tuple[Incoherence, ...]:
        """The contradictions of the sources that what is shown meets, in order."""
        cited = {code for calculee in self.calendrier.dates for code in calculee.regle.incoherences}
        cited |= {code for nom in self.evenements for code in self.declares[nom].incoherences}
        if self.plan and self.cycle.seances:
            cited |= set(self.cycle.seances.incoherences)
        known = self.regime.propre.incoherences if self.regime.propre else {}
        return tuple(value for code, value in known.items() if code in cited)

    @property
    def citees(self) -> set[str]:
        """The sources that what is shown cites."""
        rules = {source for calculee in self.calendrier.dates for source in calculee.regle.sources}
        rules |= {
            source for calculee in self.calendrier.dates for a in calculee.ancres for source in a.sources
        }
        rules |= {source for nom in self.evenements for source in self.declares[nom].sources}
        rules |= {source for i in self.incoherences for source in i.sources}
        rules |= {source for a in self.avertissements for source in a.sources}
        return rules | (set(self.cycle.seances.sources) if self.plan and self.cycle.seances else set())


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
    value = replace(value, propres=(*late, *value.propres))
    others = () if days else other_editions(registry, demande, regime)
    every = [(other, _read(other, demande, dossier, saisie, seances)) for other in others]
    beside = [_made(other, read, saisie, demande) for other, read in every if not read.issues]
    alike = [other for other in beside if _content(other) == _content(value)]
    known = [c.id for c in registry.layers(regime.referentiel.id, "exigence")]
    same = {regime.referentiel.edition, *(other.regime.referentiel.edition for other in alike)}
    return replace(
        value,
        editions=tuple(nom for nom in known if nom in same),
        autres=tuple(other for other in beside if other not in alike),
    )


def _content(value: Echeancier) -> dict[str, Any]:
    return {key: content for key, content in document(value).items() if key != "referentiel"}


def _made(regime: Regime, lu: _Lu, saisie: Saisie, demande: Demande) -> Echeancier:
    referentiel = regime.referentiel
    cycle = regime.propre.cycle if regime.propre else None
    assert cycle is not None
    declares, evenements, nom = lu.declares, lu.evenements, lu.territoire
    options = Options(
        chome=partial(why_not_worked, territoire=nom), report=saisie.report, cloture=saisie.cloture, au=lu.au
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
    checklist, opened = open_dossier(registry, opened, other_rules=True)
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
    """What was typed, as far as it could be read, and what is wrong of it."""

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
    typed = typed_events(regime.referentiel.id, lu.declares, saisie.evenements, lu)
    lu.evenements = {**file_events(lu.declares, demande, dossier, lu), **typed}
    lu.issues += disorder(lu.declares, lu.evenements)
    if saisie.comites and cycle.seances is None:
        message = "les règles de ce référentiel ne parlent d’aucune séance"
        lu.report("seances-absentes", message, None, "retirer --comites")
        return lu
    lu.jours = seances[0]
    lu.issues += seances[1].issues
    return lu


# ---- as JSON --------------------------------------------------------------------------------------------


def document(value: Echeancier) -> dict[str, Any]:
    """Return the calendar as the values that are written; keys may be added to them, never renamed."""
    return {
        "format": 1,
        "referentiel": referentiel_as_data(value.regime.referentiel),
        "evenements": {nom: day.isoformat() for nom, day in value.evenements.items()},
        "options": {
            "report_jour_ouvre": value.options.report,
            "cloture": value.options.cloture,
            "au": _iso(value.options.au),
            "territoire": value.territoire,
        },
        "dates": [_date(calculee, value.calendrier.voies) for calculee in value.calendrier.dates],
        "non_calculees": [
            {
                "id": nom,
                "titre": value.cycle.dates[nom].titre,
                "evenements_manquants": list(missing),
                "voies": [list(way) for way in value.calendrier.voies[nom]],
            }
            for nom, missing in value.calendrier.manquants.items()
        ],
        **({"seances": _plan(value.plan)} if value.plan else {}),
        **({"organisme": value.organisme} if value.organisme else {}),
        **({"editions": list(value.editions)} if len(value.editions) > 1 else {}),
        **({"autres_editions": [document(other) for other in value.autres]} if value.autres else {}),
        "avertissements": warnings(value.avertissements),
        "incoherences": [contradiction(i) for i in value.incoherences],
        "sources": sources_as_data(value.regime.vies, value.citees),
    }


def _date(calculee: DateCalculee, voies: Mapping[str, tuple[tuple[str, ...], ...]]) -> dict[str, Any]:
    regle = calculee.regle
    optional: dict[str, Any] = {
        "certitude": regle.certitude,
        "visee": regle.visee or None,
        **worth(regle),
        "calcul": calculee.calcul or None,
        "non_ouvre": calculee.chome,
        "evenements_manquants": list(calculee.manquent) or None,
        "voies": [list(way) for way in voies.get(calculee.id, ())] or None,
        "donnee": calculee.donnee or None,
        "calculee": _iso(calculee.calculee),
        "origine": calculee.origine,
        "constat": calculee.constat,
        "suivi": calculee.suivi,
        "accomplie": {"evenement": calculee.accomplie[0], "le": _iso(calculee.accomplie[1])}
        if calculee.accomplie
        else None,
        "ecart_jours": calculee.ecart,
    }
    return {
        "id": calculee.id,
        **_when(calculee),
        "sources": list(regle.sources),
        "confiance": regle.confiance,
        "titre": calculee.titre,
        "regle": regle.texte,
        **{key: content for key, content in optional.items() if content is not None},
    }


def _when(calculee: DateCalculee) -> dict[str, Any]:
    regle = calculee.regle
    if regle.sans_objet:
        return {"sans_objet": regle.texte}
    if regle.fenetre:
        anchors = [
            {
                "evenement": a.evenement,
                "du": _iso(a.du),
                "au": _iso(a.au),
                "sources": list(a.sources),
                **worth(a, "confiance"),
            }
            for a in calculee.ancres
        ]
        return {"du": _iso(calculee.du), "au": _iso(calculee.au), "ancres": anchors}
    if regle.a_partir_du is not None:
        return {"a_partir_du": _iso(calculee.jour)}
    if regle.prochaine is not None:
        return {"le": _iso(calculee.jour), "suivantes": [day.isoformat() for day in calculee.jours]}
    if regle.tous_les is not None:
        days = [day.isoformat() for day in calculee.jours]
        return {"au_plus_tard": days[0], "jour_ouvre": None, "occurrences": days}
    return {"au_plus_tard": _iso(calculee.jour), "jour_ouvre": _iso(calculee.jour_ouvre)}


def _plan(value: Plan) -> dict[str, Any]:
    floor = value.plancher
    return {
        "recu": _iso(value.recu),
        "pas_avant": {"evenement": floor[0], "le": _iso(floor[1])} if floor else None,
        "prochaine": _iso(value.prochaine),
        "seances": [
            {
                "le": _iso(s.jour),
                "limite": _iso(s.limite),
                "jour_ouvre": _iso(s.jour_ouvre),
                "etat": s.etat,
                "ecart_jours": s.ecart,
            }
            for s in value.seances
        ],
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
