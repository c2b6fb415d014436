"""The calendar as iCalendar (RFC 5545): all-day events that every agenda imports, the same bytes each time.

No clock: DTSTAMP is the day that people say it is, else the last of the days given. A UID names nobody: it is
made of the date, of the référentiel and of a file code, or of a digest of the days given. A window is two
reminders, its first day and its last: months in a row would hide everything else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from certif_rules.blocs.typographie import day as spelled
from certif_rules.blocs.typographie import prose
from certif_rules.documents.mots import at_length, sense
from certif_rules.francais import capital
from certif_rules.vie.calendrier import DateCalculee, in_titles
from certif_rules.vie.echeancier import Echeancier

if TYPE_CHECKING:
    from icalendar import Alarm, Event

    from certif_rules.model.base import Source

_DAY = timedelta(days=1)
_PROGRAMME = "-//certif-rules//calendrier//FR"
#: When an agenda rings, unless it is done: a week before what is due, on the morning of what opens.
_WEEK_BEFORE, _THAT_MORNING = timedelta(days=-7), timedelta(hours=9)


def render(value: Echeancier, *, dossier: str | None = None, sequence: int = 0) -> bytes:
    """Return the dates that have a day, as one calendar; a window of which only a part is known is left out.

    Args:
        value: the dates, and the days given: these tell one file from another in UIDs without ``dossier``.
        dossier: a code of the file, that keeps its UIDs when its days change.
        sequence: how many times the calendar of this file was made again.
    """
    from icalendar import Calendar

    stamp = value.options.au or max(value.evenements.values(), default=None)
    assert stamp is not None
    titres, sources = value.titres, value.regime.sources
    own = f"{dossier or _digest(value.evenements)}.{value.regime.referentiel.id}@certif-rules"
    calendar = Calendar()
    calendar.add("prodid", _PROGRAMME)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for each in value.calendrier.dates:
        calculee = replace(each, calcul=in_titles(each.calcul, titres))
        for suffix, day, opens in _days(calculee):
            event = _event(calculee, suffix, day, value.intitule, sources)
            if calculee.accomplie is None:
                event.add_component(_alarm(event, opens=opens))
            event.add("uid", f"{calculee.id.replace('/', '.')}{suffix}.{own}")
            event.add("dtstamp", datetime(stamp.year, stamp.month, stamp.day, tzinfo=UTC))
            event.add("sequence", sequence)
            calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def joined(calendars: Iterable[bytes]) -> bytes:
    """Return the events of several calendars as one, in their order."""
    from icalendar import Calendar

    whole = Calendar()
    for name, text in (("prodid", _PROGRAMME), ("version", "2.0"), ("calscale", "GREGORIAN")):
        whole.add(name, text)
    for calendar in calendars:
        for event in Calendar.from_ical(calendar).walk("VEVENT"):
            whole.add_component(event)
    content: bytes = whole.to_ical()
    return content


def left_out(dates: tuple[DateCalculee, ...]) -> tuple[DateCalculee, ...]:
    """Return the dates with something due that have no day to be put in an agenda."""
    return tuple(d for d in dates if not d.regle.sans_objet and not list(_days(d)))


def _days(calculee: DateCalculee) -> Iterator[tuple[str, date, bool]]:
    """Yield a suffix of the UID, the day of each event, and whether something opens that day."""
    if calculee.regle.tous_les is not None:
        for number, day in enumerate(calculee.jours, 1):
            yield f"-{number}", day, False
    elif calculee.jour is not None:
        yield "", calculee.jour, calculee.regle.a_partir_du is not None
    elif calculee.du is not None and calculee.au is not None:
        yield _DEBUT, calculee.du, True
        yield _FIN, calculee.au, False


#: The two ends of a window, in UIDs.
_DEBUT, _FIN = "-debut", "-fin"


def _event(
    calculee: DateCalculee, suffix: str, day: date, titre: str, sources: Mapping[str, Source]
) -> Event:
    from icalendar import Event

    event = Event()
    event.add("summary", _summary(calculee, suffix, titre))
    event.add("description", _description(calculee, sources))
    event.add("dtstart", day)
    event.add("dtend", day + _DAY)
    event.add("transp", "TRANSPARENT")
    return event


def _alarm(event: Event, *, opens: bool) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(event["summary"]))
    alarm.add("trigger", _THAT_MORNING if opens else _WEEK_BEFORE)
    return alarm


def _summary(calculee: DateCalculee, suffix: str, titre: str) -> str:
    inside = [sense(calculee.regle)] if sense(calculee.regle) else []
    if suffix == _DEBUT and calculee.au is not None:
        inside = [f"à partir de ce jour, jusqu’au {spelled(calculee.au)}"]
    elif suffix == _FIN and calculee.du is not None:
        inside = [f"dernier jour, depuis le {spelled(calculee.du)}"]
    if calculee.jour_ouvre is not None and calculee.jour_ouvre != calculee.jour:
        word = "dernier jour ouvré" if calculee.regle.ouvre == "avant" else "reporté au"
        inside.append(f"{word} {spelled(calculee.jour_ouvre)}")
    beside = f" ({', '.join(inside)})" if inside else ""
    return prose(f"{calculee.titre}{beside} – {titre}")


def _description(calculee: DateCalculee, sources: Mapping[str, Source]) -> str:
    regle = calculee.regle
    lines = [regle.texte]
    if calculee.calcul and not calculee.origine:
        lines.append(f"Calcul : {calculee.calcul}")
    if regle.certitude:
        lines.append(f"À savoir : {regle.certitude}")
    lines += map(capital, at_length(regle))
    cited = (sources[code] for code in regle.sources if code in sources)
    lines += [f"[{source.id}] {source.titre}" for source in cited]
    return "\n".join(map(prose, lines))


def _digest(evenements: Mapping[str, date]) -> str:
    text = "\n".join(f"{nom}={day.isoformat()}" for nom, day in sorted(evenements.items()))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
