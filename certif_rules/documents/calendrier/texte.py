"""The calendar as plain text of eighty columns: the dates in their order, each with its rule and sources."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from certif_rules.blocs.typographie import plain, prose
from certif_rules.documents.mots import aside, cite, remarks, sense
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


class Agenda(Struct, frozen=True, kw_only=True):
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


def render(page: Agenda) -> str:
    """Return the page as text, ended by a line feed; blanks are ordinary ones, to be copied and searched."""
    return plain("\n".join(_lines(page)) + "\n")


def _lines(page: Agenda) -> Iterator[str]:
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
        (calculee for calculee in page.dates if calculee.premier),
        key=lambda calculee: calculee.premier or date.max,
    )
    yield from _section("Dates", (line for calculee in ordered for line in _date(calculee, page)))
    idle = (calculee for calculee in page.dates if calculee.regle.sans_objet)
    yield from _section("Sans objet", (line for calculee in idle for line in _idle(calculee)))
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


def _date(calculee: DateCalculee, page: Agenda) -> Iterator[str]:
    """Yield a date on its line, then what must be known of it."""
    regle = calculee.regle
    state = [_state(calculee, page.titres)] if calculee.suivi else []
    notes = [note for note in (sense(regle), "date donnée" if calculee.donnee else "", *state) if note]
    head = f"{calculee.titre}{' – ' + ', '.join(notes) if notes else ''}"
    if regle.fenetre:
        yield from _window(calculee, head, page)
    else:
        days = calculee.jours if calculee.jour is None else (calculee.jour,)
        lead = " puis ".join([str(day) for day in days[:1]])
        more = f" ; puis {', '.join(map(str, days[1:]))}" if days[1:] else ""
        yield from _wrap(f"{lead}  {head}{more}", _LEAD, "")
    if calculee.chome:
        yield from _wrap(_worked(calculee), _LEAD)
    if regle.prochaine is not None and not calculee.donnee:
        yield from _wrap(f"séances suivantes : {', '.join(map(str, calculee.jours))}", _LEAD)
    yield from _wrap(f"{regle.texte}{_calcul(calculee, page.titres)} {cite(regle.sources)}", _LEAD)
    doubtful = " ; ".join(filter(None, [regle.certitude, *remarks(regle)]))
    if doubtful:
        yield from _wrap(f"? {doubtful}", _LEAD + "  ", _LEAD)


def _window(calculee: DateCalculee, head: str, page: Agenda) -> Iterator[str]:
    if calculee.du and calculee.au:
        yield from _wrap(f"{calculee.du}  {head} – du {calculee.du} au {calculee.au}", _LEAD, "")
    elif calculee.manquent:
        ways = in_words(page.voies[calculee.id])
        text = f"{calculee.premier}  {head} – fenêtre inconnue : il faut aussi {ways}"
        yield from _wrap(text, _LEAD, "")
    else:
        yield from _wrap(f"{calculee.premier}  {head} – aucun jour commun", _LEAD, "")
    for ancre in calculee.ancres if len(calculee.regle.fenetre) > 1 else ():
        since = named(ancre.evenement, page.titres)
        text = f"depuis {since} : du {ancre.du} au {ancre.au}{aside(remarks(ancre), ancre.sources)}"
        yield from _wrap(f"- {text}", _LEAD + "  ", _LEAD)


def _worked(calculee: DateCalculee) -> str:
    """Return what kind of day it is, and the working day beside it."""
    day = f"jour non ouvré ({calculee.chome})"
    if calculee.jour_ouvre and calculee.jour_ouvre != calculee.jour:
        word = "dernier jour ouvré" if calculee.regle.ouvre == "avant" else "reporté au jour ouvré suivant"
        return f"{day} : {word} {calculee.jour_ouvre}"
    return f"{day} ; report permis par --report-jour-ouvre" if calculee.regle.report else day


def _calcul(calculee: DateCalculee, titres: Mapping[str, str]) -> str:
    if not calculee.calcul or calculee.origine:  # the rule of a finding is nothing but how it is counted
        return ""
    replaced = (
        f", qui donne {calculee.calculee}" if calculee.calculee and calculee.calculee != calculee.jour else ""
    )
    return f" ({in_titles(calculee.calcul, titres)}{replaced})"


def _state(calculee: DateCalculee, titres: Mapping[str, str]) -> str:
    assert calculee.suivi is not None
    word = _SUIVIS[calculee.suivi]
    if calculee.accomplie:
        side = "avant" if (calculee.ecart or 0) < 0 else "après"
        gap = f", {count(abs(calculee.ecart), 'jour')} {side}" if calculee.ecart else ""
        return f"{word} ({named(calculee.accomplie[0], titres)} le {calculee.accomplie[1]}{gap})"
    return word


def _idle(calculee: DateCalculee) -> Iterator[str]:
    regle = calculee.regle
    after = aside(remarks(regle), regle.sources)
    yield from _wrap(f"- {calculee.titre} : {regle.texte}{after}", "  ", "")


def _meetings(plan: Plan, attend: str, titres: Mapping[str, str]) -> Iterator[str]:
    """Yield a table: the meeting, its limit, the working day, whether the file reaches it."""
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
    """Return ``text`` wrapped as French is: the blanks that bind are narrow until the page is whole."""
    return textwrap.wrap(
        prose(text), WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
