"""The calendar as plain text of eighty columns: the dates in their order, each with its rule and sources."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from certif_rules.blocs.typographie import day, plain, prose, with_days
from certif_rules.documents.mots import aside, cite, remarks, sense
from certif_rules.francais import count
from certif_rules.model.vie import Incoherence
from certif_rules.vie.calendrier import Calendrier, DateCalculee, Suivi, in_titles, named
from certif_rules.vie.echeancier import Echeancier
from certif_rules.vie.feries import added
from certif_rules.vie.seances import EtatSeance, Plan
from certif_rules.vie.voies import in_words, needed

WIDTH = 80
#: What stands before a title: the longest day there is.
_LEAD = " " * len("JJ septembre AAAA  ")
_ISO = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
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


def render(page: Echeancier) -> str:
    """Return a calendar as text, ended by a line feed; blanks are ordinary, to be copied and searched."""
    return plain("\n".join(_lines(page)) + "\n")


def _lines(page: Echeancier) -> Iterator[str]:
    calendrier, declares, titres = page.calendrier, page.declares, page.titres
    yield from _wrap(f"Calendrier : {page.titre}", "")
    yield "=" * min(WIDTH, len(page.titre) + len("Calendrier : "))
    if page.organisme:
        yield from _wrap(page.organisme, "")
    where = f", et de {page.territoire} : {added(page.territoire)}" if page.territoire else ""
    yield from _wrap(f"Jours ouvrés : du lundi au vendredi, sauf jours fériés nationaux{where}.", "")
    if page.options.report:
        yield from _wrap("Report au jour ouvré suivant, là où la règle le permet.", "")
    if page.options.au:
        yield from _wrap(f"Retards constatés au {page.options.au}.", "")
    given = (_dated(when, f"{declares[nom].titre} ({nom})") for nom, when in page.evenements.items())
    yield from _section("Événements donnés", (line for lines in given for line in lines))
    ordered = sorted(
        (calculee for calculee in calendrier.dates if calculee.premier),
        key=lambda calculee: calculee.premier or date.max,
    )
    voies = calendrier.voies
    yield from _section(
        "Dates", (line for calculee in ordered for line in _date(calculee, calendrier, titres))
    )
    idle = (calculee for calculee in calendrier.dates if calculee.regle.sans_objet)
    yield from _section("Sans objet", (line for calculee in idle for line in _idle(calculee)))
    waiting = (f"{page.cycle.dates[nom].titre} : {needed(voies[nom])}" for nom in calendrier.manquants)
    yield from _section("Pas encore calculables", _bullets(waiting, "- "))
    named = (f"{e.id} : {e.titre}" for e in (() if page.evenements else declares.values()))
    yield from _section("Événements que l’on peut donner (--evenement NOM=AAAA-MM-JJ)", _bullets(named, "- "))
    if page.plan:
        seances = page.cycle.seances
        attend = declares[seances.attend].titre if seances else ""
        yield from _section("Séances", _meetings(page.plan, attend, titres))
    warned = (f"{with_days(a.message)} {cite(a.sources)}".rstrip() for a in page.avertissements)
    yield from _section("Avertissements", _bullets(warned, "! "))
    yield from _section("Ce que les sources contredisent ou taisent", _doubts(page.incoherences))
    known, citees = page.regime.sources.items(), page.citees
    cited = (f"[{source.id}] {source.titre}, {source.reference}" for code, source in known if code in citees)
    yield from _section("Sources", (line for text in cited for line in _wrap(text, "    ", "")))


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    body = list(lines)
    if body:
        yield ""
        yield heading
        yield "-" * len(heading)
        yield from body


def _date(calculee: DateCalculee, calendrier: Calendrier, titres: Mapping[str, str]) -> Iterator[str]:
    """Yield a date on its line, then what must be known of it."""
    regle = calculee.regle
    state = [_state(calculee, titres)] if calculee.suivi else []
    notes = [note for note in (sense(regle), "date donnée" if calculee.donnee else "", *state) if note]
    head = f"{calculee.titre}{' – ' + ', '.join(notes) if notes else ''}"
    if regle.fenetre:
        yield from _window(calculee, head, calendrier, titres)
    else:
        days = calculee.jours if calculee.jour is None else (calculee.jour,)
        more = f" ; puis {', '.join(map(str, days[1:]))}" if days[1:] else ""
        yield from _dated(days[0], f"{head}{more}")
    if calculee.chome:
        yield from _wrap(_worked(calculee), _LEAD)
    if regle.prochaine is not None and not calculee.donnee:
        yield from _wrap(f"séances suivantes : {', '.join(map(str, calculee.jours))}", _LEAD)
    yield from _wrap(f"{regle.texte}{_calcul(calculee, titres)} {cite(regle.sources)}", _LEAD)
    doubtful = " ; ".join(filter(None, [regle.certitude, *remarks(regle)]))
    if doubtful:
        yield from _wrap(f"? {doubtful}", _LEAD + "  ", _LEAD)


def _window(
    calculee: DateCalculee, head: str, calendrier: Calendrier, titres: Mapping[str, str]
) -> Iterator[str]:
    if calculee.du and calculee.au:
        yield from _dated(calculee.du, f"{head} – du {calculee.du} au {calculee.au}")
    elif calculee.manquent:
        ways = calendrier.voies[calculee.id]
        missing = f"il faut aussi {in_words(ways)}" if ways else needed(ways)
        yield from _dated(calculee.premier, f"{head} – fenêtre inconnue : {missing}")
    else:
        yield from _dated(calculee.premier, f"{head} – aucun jour commun")
    for ancre in calculee.ancres if len(calculee.regle.fenetre) > 1 else ():
        since = named(ancre.evenement, titres)
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
    wide = len(_LEAD)
    yield "".join(word.ljust(wide) for word in ("séance", "limite", "jour ouvré")) + "atteinte ?"
    for seance in plan.seances:
        late = f" ({count(seance.ecart, 'jour')})" if seance.ecart and seance.ecart > 0 else ""
        days = "".join(plain(day(d)).ljust(wide) for d in (seance.jour, seance.limite, seance.jour_ouvre))
        yield f"{days}{_SEANCES[seance.etat]}{late}"


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


def _dated(when: date | None, text: str) -> list[str]:
    """Return a day, then what falls on it, in two columns."""
    first = "" if when is None else plain(day(when))
    return _wrap(text, _LEAD, first.ljust(len(_LEAD)))


def _wrap(text: str, indent: str, first: str | None = None) -> list[str]:
    """Return ``text``, its days in words, wrapped as French is: the blanks that bind stay until the end."""
    return textwrap.wrap(
        prose(_ISO.sub(lambda iso: day(iso[0]), text)), WIDTH,
        initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
