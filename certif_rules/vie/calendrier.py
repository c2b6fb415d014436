"""From the days known of a cycle to all its dates: pure, and never a clock.

A delay is counted once, by :func:`certif_rules.rules.delais.add`, from the event or the date that its rule
names. A limit is never moved; its working day stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.francais import count, noun
from certif_rules.model.base import Appui, Avertissement
from certif_rules.model.cycle import Ancre, Cycle, DateCycle, Decalage, Prochaine, RegleDate, TousLes
from certif_rules.rules.delais import add
from certif_rules.rules.motifs import rests_on
from certif_rules.vie.feries import Chome, last_worked, next_worked
from certif_rules.vie.voies import starts, ways

#: Where a date stands: against the event that fulfils it, or the day that people say it is.
Suivi = Literal["tenue", "depassee", "hors_fenetre", "trop_tot", "en_retard", "passee", "ouverte", "a_venir"]


class Options(Struct, frozen=True, kw_only=True):
    """This says how to compute: which days are not worked, and the choices that rules leave to people.

    ``cloture``: a file must have been sent that many days before a meeting to be heard there. ``au``: the day
    that lateness is measured on.
    """

    chome: Chome
    report: bool = False
    cloture: int = 0
    au: date | None = None


class FenetreAncre(Appui, frozen=True, kw_only=True):
    """A window counts from one event whose day is known, both ends included."""

    evenement: str
    du: date
    au: date


class DateCalculee(Struct, frozen=True, kw_only=True):
    """A date of the calendar comes with the rule that gave it.

    ``jour`` is the limit, the earliest day or the day of a meeting; ``jours`` the limits that come again, or
    the meetings that follow; ``du`` and ``au`` a window. ``calcul`` says what was added to what.
    ``donnee``: the day was given as an event, ``calculee`` being then what the rule gives. ``origine`` and
    ``constat`` are those of a delay of the judgement. ``accomplie`` is the event that fulfils it, with its
    day, and ``ecart`` the days it is late by (early, when negative).
    """

    id: str
    titre: str
    regle: RegleDate
    jour: date | None = None
    jour_ouvre: date | None = None
    chome: str | None = None
    jours: tuple[date, ...] = ()
    du: date | None = None
    au: date | None = None
    ancres: tuple[FenetreAncre, ...] = ()
    manquent: tuple[str, ...] = ()
    calcul: str = ""
    donnee: bool = False
    calculee: date | None = None
    origine: str | None = None
    constat: str | None = None
    suivi: Suivi | None = None
    accomplie: tuple[str, date] | None = None
    ecart: int | None = None

    @property
    def premier(self) -> date | None:
        """Return the day that places it among the others; ``None`` when it has none."""
        known = [ancre.du for ancre in self.ancres]
        return self.jour or self.du or min([*self.jours, *known], default=None)


class Calendrier(Struct, frozen=True, kw_only=True):
    """A calendar has each date that can be computed, those that cannot with what they await, and warnings.

    ``voies`` are all the ways to have each date that is not known (:func:`certif_rules.vie.voies.ways`).
    """

    dates: tuple[DateCalculee, ...]
    manquants: Mapping[str, tuple[str, ...]]
    avertissements: tuple[Avertissement, ...]
    voies: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


def compute(cycle: Cycle, evenements: Mapping[str, date], options: Options) -> Calendrier:
    """Compute the calendar of events already checked; the order they are given in changes nothing."""
    calcul = _Calcul(cycle, evenements, options)
    for entry in cycle.dates.values():
        calcul.add(entry)
    dates = tuple(follow(cycle, date_, evenements, options) for date_ in calcul.dates)
    waiting = [*calcul.manquants, *(calculee.id for calculee in dates if calculee.manquent)]
    return Calendrier(
        dates=dates,
        manquants=calcul.manquants,
        avertissements=tuple(_warnings(cycle, dates)),
        voies={id_: ways(cycle, id_, evenements) for id_ in waiting},
    )


def meeting(first: date, rhythm: int, sent: date, cloture: int = 0) -> date:
    """Return the first meeting for a file sent on ``sent``, ``cloture`` days at least before it.

    Meetings come every ``rhythm`` days from ``first``, and none was before.
    """
    days = (sent - first).days + cloture
    return first + timedelta(days=max(0, -(-days // rhythm)) * rhythm)


class _Calcul(Struct):
    cycle: Cycle
    evenements: Mapping[str, date]
    options: Options
    dates: list[DateCalculee] = field(default_factory=list)
    manquants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _known: dict[str, date] = field(default_factory=dict)
    _sans_objet: dict[str, DateCalculee] = field(default_factory=dict)

    def add(self, entry: DateCycle) -> None:
        """Compute one date, after those it may be counted from."""
        regle = next((r for r in entry.regles if self._holds(r)), None)
        if regle is None:
            return
        calculee = self._apply(entry, regle)
        given = None if regle.sans_objet else self.evenements.get(entry.id)
        if given is not None:
            self.manquants.pop(entry.id, None)
            blank = DateCalculee(id=entry.id, titre=entry.titre, regle=regle)
            base = blank if calculee is None else calculee
            calculee = self._on(replace(base, donnee=True, calculee=base.jour, manquent=()), given)
        if calculee is None:
            return
        self.dates.append(calculee)
        if calculee.jour is not None:
            self._known[entry.id] = calculee.jour
        elif calculee.regle.sans_objet:
            self._sans_objet[entry.id] = calculee

    def _holds(self, regle: RegleDate) -> bool:
        given = self.evenements
        if regle.avec and not any(nom in given for nom in regle.avec):
            return False
        if any(nom in given for nom in regle.sans):
            return False
        for nom, borne in regle.si.items():
            day = given.get(nom)
            if day is None or not borne.admits(day):
                return False
        return True

    def _apply(self, entry: DateCycle, regle: RegleDate) -> DateCalculee | None:
        blank = DateCalculee(id=entry.id, titre=entry.titre, regle=regle)
        if regle.sans_objet:
            return blank
        counted = starts(regle)
        stopped = next((self._sans_objet[nom] for nom in counted if nom in self._sans_objet), None)
        if stopped is not None:
            return replace(blank, regle=stopped.regle)
        missing = self._missing(counted)
        if regle.fenetre:
            return self._window(blank, missing)
        if missing:
            self.manquants[entry.id] = missing
            return None
        if regle.prochaine is not None:
            return self._next(blank, regle.prochaine)
        return self._again(blank, regle.tous_les) if regle.tous_les else self._once(blank)

    def _on(self, calculee: DateCalculee, day: date) -> DateCalculee:
        """Return the date on its day, with its working day."""
        regle, options = calculee.regle, self.options
        ouvre: date | None = None
        if regle.ouvre == "avant":
            ouvre = last_worked(day, options.chome)
        elif regle.ouvre == "apres" and regle.report and options.report:
            ouvre = next_worked(day, options.chome)
        return replace(calculee, jour=day, jour_ouvre=ouvre, chome=options.chome(day))

    def _once(self, blank: DateCalculee) -> DateCalculee | None:
        ecart = blank.regle.au_plus_tard or blank.regle.a_partir_du
        day = ecart and add(self._day(ecart.de), mois=ecart.mois, jours=ecart.jours)
        return self._on(replace(blank, calcul=formula(ecart)), day) if ecart and day else None

    def _next(self, blank: DateCalculee, prochaine: Prochaine) -> DateCalculee:
        first, rhythm = self._day(prochaine.de), prochaine.rythme_jours
        sent = self._day(prochaine.apres)
        day = meeting(first, rhythm, sent, self.options.cloture)
        calcul = f"{prochaine.de} + {(day - first).days // rhythm} × {rhythm} jours"
        following = tuple(day + timedelta(days=rhythm * n) for n in (1, 2, 3))
        return self._on(replace(blank, jours=following, calcul=calcul), day)

    def _again(self, blank: DateCalculee, again: TousLes) -> DateCalculee | None:
        start, end = self._day(again.de), self._day(again.jusqu_a)
        days: list[date] = []
        while (day := add(start, mois=again.mois * (len(days) + 1))) is not None and day <= end:
            days.append(day)
        if not days:
            return None
        calcul = f"{again.de} + {again.mois} mois, puis encore, jusqu’à {again.jusqu_a}"
        return replace(blank, jours=tuple(days), calcul=calcul)

    def _window(self, blank: DateCalculee, missing: tuple[str, ...]) -> DateCalculee | None:
        ancres = [ancre for a in blank.regle.fenetre if (ancre := self._anchor(a)) is not None]
        if not ancres:
            self.manquants[blank.id] = missing
            return None
        calcul = " ; ".join(_range(a) for a in blank.regle.fenetre)
        window = replace(blank, ancres=tuple(ancres), manquent=missing, calcul=calcul)
        if len(ancres) < len(blank.regle.fenetre):
            return window
        start, end = max(a.du for a in ancres), min(a.au for a in ancres)
        return window if start > end else replace(window, du=start, au=end)

    def _anchor(self, ancre: Ancre) -> FenetreAncre | None:
        if self._missing([ancre.de]):
            return None
        day = self._day(ancre.de)
        start = add(day, mois=ancre.mois[0], jours=ancre.jours[0])
        end = add(day, mois=ancre.mois[1], jours=ancre.jours[1])
        if start is None or end is None:
            return None
        return FenetreAncre(evenement=ancre.de, du=start, au=end, **rests_on(ancre))

    def _day(self, nom: str) -> date:
        """Return the day given for an event, else that of the date of the same name."""
        given = self.evenements.get(nom)
        return self._known[nom] if given is None else given

    def _missing(self, starts: Iterable[str]) -> tuple[str, ...]:
        """Return the events to give for these days to be known."""
        noms: dict[str, None] = {}
        for nom in starts:
            if nom in self.evenements or nom in self._known:
                continue
            noms |= dict.fromkeys(self.manquants.get(nom, (nom,)))
        return tuple(noms)


def follow(
    cycle: Cycle, calculee: DateCalculee, evenements: Mapping[str, date], options: Options
) -> DateCalculee:
    """Return the date with where it stands: against what fulfils it, else on the day people say it is."""
    entry = cycle.dates.get(calculee.id)
    done = (
        next(((nom, evenements[nom]) for nom in entry.fait_par if nom in evenements), None) if entry else None
    )
    first, last = _span(calculee)
    if first is None and last is None:
        return calculee
    if done is not None:
        day = done[1]
        early = first is not None and day < first
        late = last is not None and day > last
        gap = (day - first).days if early and first else (day - last).days if late and last else 0
        word: Suivi = "tenue"
        if calculee.du is not None and (early or late):
            word = "hors_fenetre"
        elif early or late:
            word = "trop_tot" if early else "depassee"
        return replace(calculee, suivi=word, accomplie=done, ecart=gap)
    if options.au is None or calculee.donnee:
        return calculee
    if last is not None and options.au > last:
        return replace(calculee, suivi="en_retard" if entry and entry.fait_par else "passee")
    if first is not None and options.au >= first:
        return replace(calculee, suivi="ouverte")
    return replace(calculee, suivi="a_venir")


def _span(calculee: DateCalculee) -> tuple[date | None, date | None]:
    """Return the first and the last day at which a date is kept."""
    if calculee.regle.forme == "fenetre":
        return calculee.du, calculee.au
    if calculee.regle.forme == "a_partir_du":
        return calculee.jour, None
    if calculee.jours and calculee.jour is None:
        return None, calculee.jours[-1]
    moved = calculee.regle.ouvre == "apres" and calculee.jour_ouvre is not None
    return None, calculee.jour_ouvre if moved else calculee.jour


def named(nom: str, titres: Mapping[str, str]) -> str:
    """Return an event or a date by its title, between quotation marks; by its name where it has none."""
    return f"« {titres[nom]} »" if nom in titres else nom


def in_titles(calcul: str, titres: Mapping[str, str]) -> str:
    """Return how a date is counted (``calcul``), its events and dates being called by their titles."""
    return re.sub(r"[a-z][a-z0-9_]*", lambda word: named(word[0], titres), calcul)


def formula(ecart: Decalage) -> str:
    """Return how a day is counted, in French: « notification + 36 mois »."""
    counted = ((ecart.mois, "mois"), (ecart.jours, noun(abs(ecart.jours), "jour")))
    parts = [f"{'+' if n > 0 else '-'} {abs(n)} {unit}" for n, unit in counted if n]
    return " ".join([ecart.de, *parts])


def _range(ancre: Ancre) -> str:
    unit, (first, last) = ("mois", ancre.mois) if ancre.mois != (0, 0) else ("jours", ancre.jours)
    return f"{ancre.de} + {first} à {last} {unit}"


def _warnings(cycle: Cycle, dates: tuple[DateCalculee, ...]) -> Iterator[Avertissement]:
    days = {calculee.id: calculee for calculee in dates}
    for calculee in dates:
        regle = calculee.regle
        if calculee.ancres and calculee.du is None and not calculee.manquent:
            message = (
                f"« {calculee.titre} » : les fenêtres n’ont aucun jour commun, aucune n’est donc retenue"
            )
            yield Avertissement("fenetre_vide", message, regle.sources)
        if calculee.donnee and calculee.calculee is not None and calculee.calculee != calculee.jour:
            message = (
                f"« {calculee.titre} » : la date donnée ({calculee.jour}) remplace celle que la règle donne "
                f"({calculee.calculee})"
            )
            yield Avertissement("date_remplacee", message, regle.sources)
        if calculee.suivi in ("depassee", "hors_fenetre", "trop_tot") and calculee.accomplie:
            yield Avertissement("date_non_tenue", _late(cycle, calculee), regle.sources)
        after = cycle.dates[calculee.id].pas_apres if calculee.id in cycle.dates else None
        other = days.get(after) if after else None
        if other is not None and calculee.jour and other.jour and calculee.jour > other.jour:
            message = f"« {calculee.titre} » ({calculee.jour}) tombe après « {other.titre} » ({other.jour})"
            yield Avertissement("date_apres_une_autre", message, regle.sources)


def _late(cycle: Cycle, calculee: DateCalculee) -> str:
    assert calculee.accomplie is not None
    nom, day = calculee.accomplie
    days = abs(calculee.ecart or 0)
    gap = count(days, "jour")
    side = "trop tôt" if (calculee.ecart or 0) < 0 else "de retard"
    what = "la visée, qui n’est pas une règle," if calculee.regle.visee else "la date"
    event = cycle.evenements[nom].titre if nom in cycle.evenements else nom
    return f"« {calculee.titre} » : {what} n’est pas tenue : « {event} » est du {day}, {gap} {side}"
