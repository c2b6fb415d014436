"""The calendar as iCalendar (RFC 5545): all-day events that every agenda imports, the same bytes each time.

No clock: DTSTAMP is the day that people say it is, else the last of the days given. No name of anyone: a UID
is made of the date, of the référentiel and of a file code, or of a digest of the days given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from certif_rules.blocs.typographie import prose
from certif_rules.documents.mots import at_length, sense
from certif_rules.francais import capital
from certif_rules.vie.calendrier import DateCalculee

if TYPE_CHECKING:
    from icalendar import Event

    from certif_rules.model.base import Source

_DAY = timedelta(days=1)


def render(
    dates: tuple[DateCalculee, ...],
    *,
    titre: str,
    referentiel: str,
    stamp: date,
    evenements: Mapping[str, date],
    sources: Mapping[str, Source],
    dossier: str | None = None,
    sequence: int = 0,
) -> bytes:
    """Return the dates that have a day, as one calendar; a window of which only a part is known is left out.

    Args:
        dates: those of a calendar.
        titre: name of the référentiel, for people.
        referentiel: its id, for the UIDs.
        stamp: the day of DTSTAMP.
        evenements: the days given; they tell one file from another in the UIDs without ``dossier``.
        sources: titles of the sources cited.
        dossier: a code of the file, that keeps its UIDs when its days change.
        sequence: how many times the calendar of this file was made again.
    """
    from icalendar import Calendar

    file = dossier or _digest(evenements)
    calendar = Calendar()
    calendar.add("prodid", "-//certif-rules//calendrier//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for calculee in dates:
        for suffix, first, last in _days(calculee):
            event = _event(calculee, first, last, titre, sources)
            event.add("uid", f"{calculee.id.replace('/', '.')}{suffix}.{file}.{referentiel}@certif-rules")
            event.add("dtstamp", datetime(stamp.year, stamp.month, stamp.day, tzinfo=UTC))
            event.add("sequence", sequence)
            calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def left_out(dates: tuple[DateCalculee, ...]) -> tuple[DateCalculee, ...]:
    """Return the dates with something due that have no day to be put in an agenda."""
    return tuple(d for d in dates if not d.regle.sans_objet and not list(_days(d)))


def _days(calculee: DateCalculee) -> Iterator[tuple[str, date, date]]:
    """Yield a suffix of the UID, the first and the last day of each event."""
    if calculee.regle.tous_les is not None:
        for number, day in enumerate(calculee.jours, 1):
            yield f"-{number}", day, day
    elif calculee.jour is not None:
        yield "", calculee.jour, calculee.jour
    elif calculee.du is not None and calculee.au is not None:
        yield "", calculee.du, calculee.au


def _event(
    calculee: DateCalculee, first: date, last: date, titre: str, sources: Mapping[str, Source]
) -> Event:
    from icalendar import Event

    event = Event()
    event.add("summary", _summary(calculee, titre))
    event.add("description", _description(calculee, sources))
    event.add("dtstart", first)
    event.add("dtend", last + _DAY)
    event.add("transp", "TRANSPARENT")
    return event


def _summary(calculee: DateCalculee, titre: str) -> str:
    inside = [sense(calculee.regle)] if sense(calculee.regle) else []
    if calculee.jour_ouvre is not None and calculee.jour_ouvre != calculee.jour:
        word = "dernier jour ouvré" if calculee.regle.ouvre == "avant" else "reporté au"
        inside.append(f"{word} {calculee.jour_ouvre}")
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
