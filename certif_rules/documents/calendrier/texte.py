"""The calendar as plain text of eighty columns: the dates in their order, each with its rule and sources."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from certif_rules.blocs.typographie import plain, prose
from certif_rules.documents.mots import CONFIANCES, cite, sense
from certif_rules.francais import count
from certif_rules.model.base import Avertissement, Source
from certif_rules.model.vie import Incoherence
from certif_rules.vie.calendrier import DateCalculee, Suivi, in_titles, named
from certif_rules.vie.seances import EtatSeance, Plan
from certif_rules.vie.voies import in_words

WIDTH = 80
_LEAD = " " * len("2024-03-18  ")
_SUIVIS: Mapping[Suivi, str] = {
    "tenue": "tenue",
    "depassee": "non tenue",
    "hors_fenetre": "hors de la fenêtre",
    "trop_tot": "trop tôt",
    "en_retard": "EN RETARD",
    "passee": "passée",
    "ouverte": "ouverte",
    "a_venir": "à venir",
}
_SEANCES: Mapping[EtatSeance, str] = {
    "atteinte": "oui",
    "refusee": "non, trop tard",
    "possible": "encore possible",
    "impossible": "non, trop tard",
    "inconnue": "à dire",
}


class Page(Struct, frozen=True, kw_only=True):
    """What the text shows; ``evenements`` are (day, name, title), ``manquants`` (id, title).

    ``voies`` are the ways to have a date, by id; ``titres`` name the events and the dates.
    """

    titre: str
    evenements: tuple[tuple[date, str, str], ...]
    dates: tuple[DateCalculee, ...]
    manquants: tuple[tuple[str, str], ...]
    voies: Mapping[str, tuple[tuple[str, ...], ...]]
    titres: Mapping[str, str]
    plan: Plan | None
    avertissements: tuple[Avertissement, ...]
    incoherences: tuple[Incoherence, ...]
    sources: tuple[Source, ...]
    au: date | None
    report: bool
    territoire: str | None
    possibles: tuple[tuple[str, str], ...] = ()
    attend: str = ""


def render(page: Page) -> str:
    """The page as text, ended by a line feed; blanks are ordinary ones, to be copied and searched."""
    return plain("\n".join(_lines(page)) + "\n")


def _lines(page: Page) -> Iterator[str]:
    yield from _wrap(f"Calendrier : {page.titre}", "")
    yield "=" * min(WIDTH, len(page.titre) + len("Calendrier : "))
    where = f", et de {page.territoire}" if page.territoire else ""
    yield from _wrap(f"Jours ouvrés : du lundi au vendredi, sauf jours fériés nationaux{where}.", "")
    if page.report:
        yield from _wrap("Report au jour ouvré suivant, là où la règle le permet.", "")
    if page.au:
        yield from _wrap(f"Retards constatés au {page.au}.", "")
    given = (f"{day}  {titre} ({nom})" for day, nom, titre in page.evenements)
    yield from _section("Événements donnés", (line for text in given for line in _wrap(text, _LEAD, "")))
    ordered = sorted(
        (found for found in page.dates if found.premier), key=lambda found: found.premier or date.max
    )
    yield from _section("Dates", (line for found in ordered for line in _date(found, page)))
    idle = (found for found in page.dates if found.regle.sans_objet)
    yield from _section("Sans objet", (line for found in idle for line in _idle(found)))
    waiting = (f"{titre} : il faut {in_words(page.voies[nom])}" for nom, titre in page.manquants)
    yield from _section("Pas encore calculables", _bullets(waiting, "- "))
    named = (f"{nom} : {titre}" for nom, titre in page.possibles)
    yield from _section("Événements que l’on peut donner (--evenement NOM=AAAA-MM-JJ)", _bullets(named, "- "))
    if page.plan:
        yield from _section("Séances", _meetings(page.plan, page.attend, page.titres))
    warned = (f"{a.message} {cite(a.sources)}".rstrip() for a in page.avertissements)
    yield from _section("Avertissements", _bullets(warned, "! "))
    yield from _section("Ce que les sources contredisent ou taisent", _doubts(page.incoherences))
    cited = (f"[{source.id}] {source.titre}, {source.reference}" for source in page.sources)
    yield from _section("Sources", (line for text in cited for line in _wrap(text, "    ", "")))


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    body = list(lines)
    if body:
        yield ""
        yield heading
        yield "-" * len(heading)
        yield from body


def _date(found: DateCalculee, page: Page) -> Iterator[str]:
    """A date on its line, then what must be known of it."""
    regle = found.regle
    state = [_state(found, page.titres)] if found.suivi else []
    notes = [note for note in (sense(regle), "date donnée" if found.donnee else "", *state) if note]
    head = f"{found.titre}{' – ' + ', '.join(notes) if notes else ''}"
    if regle.fenetre:
        yield from _window(found, head, page)
    else:
        days = found.jours if found.jour is None else (found.jour,)
        lead = " puis ".join([str(day) for day in days[:1]])
        more = f" ; puis {', '.join(map(str, days[1:]))}" if days[1:] else ""
        yield from _wrap(f"{lead}  {head}{more}", _LEAD, "")
    if found.chome:
        yield from _wrap(_worked(found), _LEAD)
    if regle.prochaine is not None and not found.donnee:
        yield from _wrap(f"séances suivantes : {', '.join(map(str, found.jours))}", _LEAD)
    yield from _wrap(f"{regle.texte}{_calcul(found, page.titres)} {cite(regle.sources)}", _LEAD)
    doubts = [regle.certitude or ""]
    doubts += [f"confiance {CONFIANCES[regle.confiance]}"] if regle.confiance != "elevee" else []
    doubts += ["lecture"] if regle.lecture else []
    doubts += [f"voir {', '.join(regle.incoherences)}"] if regle.incoherences else []
    said = " ; ".join(doubt for doubt in doubts if doubt)
    if said:
        yield from _wrap(f"? {said}", _LEAD + "  ", _LEAD)


def _window(found: DateCalculee, head: str, page: Page) -> Iterator[str]:
    if found.du and found.au:
        yield from _wrap(f"{found.du}  {head} – du {found.du} au {found.au}", _LEAD, "")
    elif found.manquent:
        text = f"{found.premier}  {head} – fenêtre inconnue : il faut aussi {in_words(page.voies[found.id])}"
        yield from _wrap(text, _LEAD, "")
    else:
        yield from _wrap(f"{found.premier}  {head} – aucun jour commun", _LEAD, "")
    for ancre in found.ancres if len(found.regle.fenetre) > 1 else ():
        low = f", confiance {CONFIANCES[ancre.confiance]}" if ancre.confiance != "elevee" else ""
        since = named(ancre.evenement, page.titres)
        text = f"depuis {since} : du {ancre.du} au {ancre.au} {cite(ancre.sources)}{low}"
        yield from _wrap(f"- {text}", _LEAD + "  ", _LEAD)


def _worked(found: DateCalculee) -> str:
    """What kind of day it is, and the working day beside it."""
    day = f"jour non ouvré ({found.chome})"
    if found.jour_ouvre and found.jour_ouvre != found.jour:
        word = "dernier jour ouvré" if found.regle.ouvre == "avant" else "reporté au jour ouvré suivant"
        return f"{day} : {word} {found.jour_ouvre}"
    return f"{day} ; report permis par --report-jour-ouvre" if found.regle.report else day


def _calcul(found: DateCalculee, titres: Mapping[str, str]) -> str:
    if not found.calcul or found.origine:  # the rule of a finding is nothing but how it is counted
        return ""
    replaced = f", qui donne {found.calculee}" if found.calculee and found.calculee != found.jour else ""
    return f" ({in_titles(found.calcul, titres)}{replaced})"


def _state(found: DateCalculee, titres: Mapping[str, str]) -> str:
    assert found.suivi is not None
    word = _SUIVIS[found.suivi]
    if found.accomplie:
        side = "avant" if (found.ecart or 0) < 0 else "après"
        gap = f", {count(abs(found.ecart), 'jour')} {side}" if found.ecart else ""
        return f"{word} ({named(found.accomplie[0], titres)} le {found.accomplie[1]}{gap})"
    return word


def _idle(found: DateCalculee) -> Iterator[str]:
    regle = found.regle
    doubts = [f"confiance {CONFIANCES[regle.confiance]}"] if regle.confiance != "elevee" else []
    doubts += ["lecture"] if regle.lecture else []
    doubts += [f"voir {', '.join(regle.incoherences)}"] if regle.incoherences else []
    inside = f" ({' ; '.join(doubts)})" if doubts else ""
    yield from _wrap(f"- {found.titre} : {regle.texte} {cite(regle.sources)}{inside}", "  ", "")


def _meetings(plan: Plan, attend: str, titres: Mapping[str, str]) -> Iterator[str]:
    """A table: the meeting, its limit, the working day, whether the file reaches it."""
    if plan.recu:
        yield from _wrap(f"{attend} : le {plan.recu}.", "")
    elif plan.plancher:
        yield from _wrap(
            f"{attend} : pas avant le {plan.plancher[1]} ({named(plan.plancher[0], titres)}).", ""
        )
    else:
        yield from _wrap(f"{attend} : date inconnue.", "")
    yield from _wrap(f"Première séance possible : {plan.prochaine or 'aucune de la liste'}.", "")
    yield "séance      limite      jour ouvré  atteinte ?"
    for seance in plan.seances:
        late = f" ({count(seance.ecart, 'jour')})" if seance.ecart and seance.ecart > 0 else ""
        days = f"{seance.jour}  {seance.limite}  {seance.jour_ouvre}"
        yield f"{days}  {_SEANCES[seance.etat]}{late}"


def _doubts(incoherences: Iterable[Incoherence]) -> Iterator[str]:
    for value in incoherences:
        yield from _wrap(f"? {value.id} – {value.texte} {cite(value.sources)}", "  ", "")
        if value.lecture:
            yield from _wrap(f"Lecture retenue : {value.lecture}", "  ")
        if value.question:
            yield from _wrap(f"Reste à demander : {value.question}", "  ")


def _bullets(texts: Iterable[str], bullet: str) -> Iterator[str]:
    for text in texts:
        yield from _wrap(bullet + text, "  ", "")


def _wrap(text: str, indent: str, first: str | None = None) -> list[str]:
    """``text`` wrapped as French is: the blanks that bind are narrow until the page is whole."""
    return textwrap.wrap(
        prose(text), WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
