"""The events of a calendar: those typed, and those that a profile or findings already say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from certif_rules.audit.constats import Dossier
from certif_rules.audit.demande import Demande
from certif_rules.audit.examen import parse_day, readable_day
from certif_rules.audit.precedent import PrecedentDit
from certif_rules.audit.procedure import Procedure
from certif_rules.errors import Fautes, Issue, Location, suggestion
from certif_rules.model.cycle import Evenement
from certif_rules.source.entree import content_of, decoded
from certif_rules.vie.actes import days_of_acts
from certif_rules.vie.feries import territories, territory

#: Years that an event may be of: any other is a slip of the keyboard.
ANNEES = (1970, 2199)
#: The day that findings files give by that name.
_NOTIFIES = "ecarts_notifies_le"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def days_typed(texts: Iterable[str]) -> dict[str, date]:
    """Return the events typed whose day can be read; what is wrong of the others is told elsewhere."""
    pairs = (text.partition("=") for text in texts)
    return {nom: day for nom, _, text in pairs if (day := readable_day(text)) is not None}


def file_events(
    declares: Mapping[str, Evenement], demande: Demande, dossier: Dossier | None, procedure: Procedure,
    fautes: Fautes,
) -> dict[str, date]:  # fmt: skip
    """Return the events that a file says: the days of its audits, certificates, acts and notification."""
    audits = list(_audits(demande))
    acts = {} if dossier is None else days_of_acts(procedure, dossier.compte_rendu)
    given: dict[str, tuple[str, Location | None]] = {}
    for nom, event in declares.items():
        audit = next((text for code, text, _ in audits if code in event.audits and text), None)
        if audit is not None:
            given[nom] = (audit, demande.lieu("date"))
        elif event.certificat is not None:
            held = demande.certificats.get(event.certificat.de)
            after = event.certificat.apres
            if held is not None and (not after or any(code in after for code, _, _ in audits)):
                day = held.notification if event.certificat.jour == "notification" else held.echeance
                given[nom] = (day, demande.lieu("certificats"))
        act = next((acts[act] for act in event.interventions if act in acts), None)
        if act is not None:
            given[nom] = act
    if dossier is not None and dossier.notifie_le is not None and _NOTIFIES in declares:
        given[_NOTIFIES] = (dossier.notifie_le, dossier.lieu(_NOTIFIES))
    days = {nom: day_of(nom, text, fautes, lieu) for nom, (text, lieu) in given.items()}
    return {nom: day for nom, day in days.items() if day is not None}


def _audits(demande: Demande) -> Iterator[tuple[str | None, str | None, Location | None]]:
    """Yield the code and the day of the audit of a file, then of the earlier ones."""
    code = (demande.type_audit or "").rpartition("/")[2] or None
    yield code, demande.date, demande.lieu("date")
    precedent: PrecedentDit | None = demande.precedent
    while precedent is not None:
        yield precedent.type, precedent.date, precedent.lieu
        precedent = precedent.precedent


def typed_events(
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
        day = day_of(nom, day_text, fautes)
        if day is None or nom not in declares:
            continue
        if evenements.setdefault(nom, day) != day:
            message = f"« {nom} » est donné deux fois : {evenements[nom]}, puis {day}"
            fautes.report("evenement-contradictoire", message, None, "n’en garder qu’un")
    return evenements


def disorder(declares: Mapping[str, Evenement], evenements: Mapping[str, date]) -> Iterator[Issue]:
    """Yield the days that cannot be: one before another that precedes it, events of two cycles."""
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


def day_of(nom: str, text: str, fautes: Fautes, lieu: Location | None = None) -> date | None:
    """Return the day that a text says, of a year that may be; what is wrong of it goes to ``fautes``."""
    day = None
    with fautes:
        day = parse_day(text, nom, lieu)
    if day is not None and not ANNEES[0] <= day.year <= ANNEES[1]:
        message = f"{nom} : l’année {day.year} n’est pas entre {ANNEES[0]} et {ANNEES[1]}"
        fautes.report("date-invalide", message, lieu, "corriger l’année")
        return None
    return day


def meetings_typed(texts: Iterable[str]) -> tuple[list[date], Fautes]:
    """Read the days of meetings: each text is a day, or a file of one day a line (« # » starts a remark)."""
    jours: list[date] = []
    fautes = Fautes()
    for text in texts:
        lines: Iterable[tuple[str, Location | None]] = (
            [(text, None)] if _DAY.fullmatch(text) else _lines(Path(text), fautes)
        )
        days = (day_of("--comites", line, fautes, lieu) for line, lieu in lines)
        jours.extend(day for day in days if day is not None)
    return jours, fautes


def _lines(path: Path, fautes: Fautes) -> Iterator[tuple[str, Location | None]]:
    content = ""
    with fautes:
        content = decoded(content_of(path), str(path))
    for number, line in enumerate(content.splitlines(), 1):
        text = line.partition("#")[0].strip()
        if text:
            yield text, Location(str(path), number, 1)


def territory_typed(text: str | None, fautes: Fautes) -> str | None:
    """Return the territory of that name; an unknown one goes to ``fautes``."""
    if text is None:
        return None
    nom = territory(text)
    if nom is None:
        hint = suggestion(text, territories(), "territoires")
        fautes.report("territoire-inconnu", f"aucun territoire « {text} »", None, hint)
    return nom
