"""From typed events to a calendar, and the calendar as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.demande import Demande
from certif_rules.audit.verification import parse_day
from certif_rules.echanges.checklist import contradiction, warnings, worth
from certif_rules.errors import Fautes, Issue, Location, suggestion
from certif_rules.model.base import Avertissement, Source
from certif_rules.model.cycle import Cycle, Evenement
from certif_rules.model.vie import Incoherence
from certif_rules.plugins.registry import Registry
from certif_rules.services.vie import Regime, look_up_regime, referentiel_as_data, sources_as_data
from certif_rules.source.yaml import read_text
from certif_rules.vie.calendrier import Calendrier, DateCalculee, Options, compute
from certif_rules.vie.feries import territories, territory, why_not_worked
from certif_rules.vie.seances import Plan, plan
from certif_rules.vie.traitement import starts, treatment

#: Years that an event may be of: any other is a slip of the keyboard.
ANNEES = (1970, 2199)
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
    """A calendar with what it was made of: régime, events in the order of their days, options, meetings."""

    regime: Regime
    cycle: Cycle
    declares: Mapping[str, Evenement]
    evenements: Mapping[str, date]
    options: Options
    territoire: str | None
    calendrier: Calendrier
    plan: Plan | None

    @property
    def titre(self) -> str:
        """The référentiel and its édition, as people read them."""
        referentiel = self.regime.referentiel
        return f"{referentiel.titre}, édition {referentiel.edition}"

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
        return (*self.calendrier.avertissements, *meetings)

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


def make_calendar(registry: Registry, demande: Demande, saisie: Saisie) -> Echeancier:
    """Return the calendar that the events of ``saisie`` give.

    Raises:
        UsageError, DataError: no such référentiel, no cycle, unknown events, wrong days, an order that
            cannot be, a list of meetings that cannot be read; everything is listed.
    """
    seances = _meetings(saisie.comites)  # once, whatever is looked at: a file may be a pipe
    recherche = look_up_regime(registry, demande)
    regime, lu = recherche.settle([_read(choice, saisie, seances) for choice in recherche.choix])
    referentiel = regime.referentiel
    cycle = regime.propre.cycle if regime.propre else None
    assert cycle is not None
    declares, evenements, nom = lu.declares, lu.evenements, lu.territoire
    options = Options(
        chome=partial(why_not_worked, territoire=nom), report=saisie.report, cloture=saisie.cloture, au=lu.au
    )
    calendrier = compute(cycle, evenements, options)
    titres = {nom: declare.titre for nom, declare in declares.items()}
    findings = treatment(referentiel.jugements, referentiel.constats, evenements, options, titres)
    calendrier = replace(calendrier, dates=(*calendrier.dates, *findings))
    return Echeancier(
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


def _read(regime: Regime, saisie: Saisie, seances: tuple[list[date], Fautes]) -> _Lu:
    lu = _Lu()
    cycle = regime.propre.cycle if regime.propre else None
    lu.au = _day("--au", saisie.au, lu) if saisie.au is not None else None
    lu.territoire = _territory(saisie.territoire, lu)
    if cycle is None:
        others = [vie.origine for vie in regime.vies if vie.cycle]
        message = f"aucune source lue pour « {regime.referentiel.id} » ne parle des dates de son cycle"
        hint = f"celles de sa base le disent : calendrier {others[-1]}" if others else None
        lu.report("cycle-absent", message, None, hint or "choisir un autre référentiel")
        return lu
    lu.declares = {**cycle.evenements, **_of_judgement(regime, cycle)}
    lu.evenements = _events(regime.referentiel.id, lu.declares, saisie.evenements, lu)
    if saisie.comites and cycle.seances is None:
        message = "les règles de ce référentiel ne parlent d’aucune séance"
        lu.report("seances-absentes", message, None, "retirer --comites")
        return lu
    lu.jours = seances[0]
    lu.issues += seances[1].issues
    return lu


# ---- what was typed -------------------------------------------------------------------------------------


def _events(
    referentiel: str, declares: Mapping[str, Evenement], texts: Iterable[str], fautes: Fautes
) -> dict[str, date]:
    """Return the events given; what is wrong with one does not keep the others from being checked."""
    evenements: dict[str, date] = {}
    for text in texts:
        nom, equal, day_text = text.partition("=")
        if not (nom and equal and day_text):
            hint = f"par exemple --evenement {next(iter(declares))}=2024-03-18"
            fautes.report("evenement-illisible", f"« {text} » n’a pas la forme NOM=AAAA-MM-JJ", None, hint)
            continue
        if nom not in declares:
            message = f"{referentiel} ne connaît pas l’événement « {nom} »"
            hint = suggestion(nom, declares, "événements")
            fautes.report("evenement-inconnu", message, None, hint)
        day = _day(nom, day_text, fautes)
        if day is None or nom not in declares:
            continue
        if evenements.setdefault(nom, day) != day:
            message = f"« {nom} » est donné deux fois : {evenements[nom]}, puis {day}"
            fautes.report("evenement-contradictoire", message, None, "n’en garder qu’un")
    fautes.issues += _disorder(declares, evenements)
    return evenements


def _disorder(declares: Mapping[str, Evenement], evenements: Mapping[str, date]) -> Iterator[Issue]:
    for nom, day in evenements.items():
        for other in _before(declares, nom):
            if other in evenements and day < evenements[other]:
                message = f"« {nom} » ({day}) vient avant « {other} » ({evenements[other]})"
                yield Issue("ordre-impossible", message, None, "corriger l’une des deux dates")
        for other in declares[nom].exclut:
            if other in evenements:
                message = f"« {nom} » et « {other} » ne sont pas d’un même cycle"
                yield Issue("evenement-contradictoire", message, None, "n’en garder qu’un")


def _before(declares: Mapping[str, Evenement], nom: str) -> list[str]:
    """Return every event that must not come after ``nom``, near or far."""
    seen: dict[str, None] = {}
    todo = list(declares[nom].pas_avant)
    while todo:
        other = todo.pop()
        if other not in seen:
            seen[other] = None
            todo.extend(declares[other].pas_avant)
    return [other for other in declares if other in seen]


def _day(nom: str, text: str, fautes: Fautes, lieu: Location | None = None) -> date | None:
    day = None
    with fautes:
        day = parse_day(text, nom, lieu)
    if day is not None and not ANNEES[0] <= day.year <= ANNEES[1]:
        message = f"{nom} : l’année {day.year} n’est pas entre {ANNEES[0]} et {ANNEES[1]}"
        fautes.report("date-invalide", message, lieu, "corriger l’année")
        return None
    return day


def _meetings(texts: Iterable[str]) -> tuple[list[date], Fautes]:
    """Read the days of meetings: each text is a day, or a file of one day a line (« # » starts a remark)."""
    jours: list[date] = []
    fautes = Fautes()
    for text in texts:
        lines: Iterable[tuple[str, Location | None]] = (
            [(text, None)] if _DAY.fullmatch(text) else _lines(Path(text), fautes)
        )
        days = (_day("--comites", line, fautes, lieu) for line, lieu in lines)
        jours.extend(day for day in days if day is not None)
    return jours, fautes


def _lines(path: Path, fautes: Fautes) -> Iterator[tuple[str, Location | None]]:
    content = ""
    with fautes:
        content = read_text(path)
    for number, line in enumerate(content.splitlines(), 1):
        text = line.partition("#")[0].strip()
        if text:
            yield text, Location(str(path), number, 1)


def _territory(text: str | None, fautes: Fautes) -> str | None:
    if text is None:
        return None
    nom = territory(text)
    if nom is None:
        hint = suggestion(text, territories(), "territoires")
        fautes.report("territoire-inconnu", f"aucun territoire « {text} »", None, hint)
    return nom


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
