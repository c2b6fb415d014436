"""The dates of a cycle: laws of delays, windows and working days, whatever the référentiel."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.model.cycle import (
    Ancre,
    Cycle,
    DateCycle,
    Decalage,
    Evenement,
    Ouvre,
    RegleDate,
    RegleSeance,
    TousLes,
)
from certif_rules.vie.calendrier import Calendrier, DateCalculee, Options, compute, meeting
from certif_rules.vie.feries import added, last_worked, next_worked, territories, territory, why_not_worked
from certif_rules.vie.seances import plan

DAYS = st.dates(min_value=date(2019, 6, 6), max_value=date(2040, 12, 31))
MONTHS = st.integers(-60, 60)
FRANCE = Options(chome=why_not_worked)


def day(text: str) -> date:
    return date.fromisoformat(text)


def rule(**values: object) -> RegleDate:
    return RegleDate(**{"texte": "règle", "sources": ("S",)} | values)  # type: ignore[arg-type]


def cycle(*regles: RegleDate, seances: RegleSeance | None = None, **entry: object) -> Cycle:
    """A cycle of two events and one date."""
    evenements = {nom: Evenement(id=nom, titre=nom.title()) for nom in ("depart", "autre", "arrivee")}
    date_ = DateCycle(id="date", titre="Date", regles=regles, **entry)  # type: ignore[arg-type]
    return Cycle(evenements=evenements, dates={"date": date_}, seances=seances)


def of(calendrier: Calendrier) -> DateCalculee:
    (found,) = calendrier.dates
    return found


# ---- public holidays ------------------------------------------------------------------------------------

FIXED = {"01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"}
EASTER = {
    2026: {"04-06", "05-14", "05-25"},
    2027: {"03-29", "05-06", "05-17"},
    2028: {"04-17", "05-25", "06-05"},
}


def holidays_of(year: int, territoire: str | None = None) -> set[str]:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return {
        f"{d:%m-%d}"
        for d in days
        if d.year == year and why_not_worked(d, territoire) not in (None, "samedi", "dimanche")
    }


@pytest.mark.parametrize("year", EASTER)
def test_the_eleven_national_days(year: int) -> None:
    """Those counted from Easter included, and no other."""
    assert holidays_of(year) == FIXED | EASTER[year]


#: Code du travail, L. 3422-2; at Saint-Martin both days are told, and to confirm.
ABOLITION = {
    "Mayotte": {"04-27"},
    "Martinique": {"05-22"},
    "Guadeloupe": {"05-27"},
    "Guyane": {"06-10"},
    "La Réunion": {"12-20"},
    "Saint-Barthélemy": {"10-09"},
    "Saint-Martin": {"05-27", "05-28"},
}


def test_a_holiday_of_use_is_no_holiday_of_law() -> None:
    """Schœlcher Day, Mid-Lent and Good Friday are worked in Guadeloupe: no law makes them holidays."""
    for worked in ("2026-07-21", "2026-03-12", "2026-04-03"):
        assert why_not_worked(day(worked), "Guadeloupe") is None
    assert why_not_worked(day("2026-05-27"), "Guadeloupe") == "Abolition de l’esclavage"


def test_what_a_territory_adds_is_told_with_its_condition_and_its_article() -> None:
    """Good Friday holds in some communes only; the day of Saint-Martin is to confirm."""
    assert "temple protestant ou une église mixte (code du travail, art. L. 3134-13)" in added("Moselle")
    assert "le 26 décembre" in added("Alsace")
    assert "à confirmer" in added("Saint-Martin")
    assert added("Guadeloupe") == "Abolition de l’esclavage le 27 mai (code du travail, art. L. 3422-2)"


def test_a_territory_adds_its_own() -> None:
    """Good Friday and 26 December in Alsace and Moselle, the abolition overseas; the case is free."""
    assert holidays_of(2026, "Alsace") - holidays_of(2026) == {"04-03", "12-26"}
    assert holidays_of(2026, "Moselle") == holidays_of(2026, "Alsace")
    assert {nom: holidays_of(2026, nom) - holidays_of(2026) for nom in ABOLITION} == ABOLITION
    assert territory("la reunion") == "La Réunion"
    assert territory("MOSELLE") == "Moselle"
    assert territory("Zone A") is None
    assert {"Alsace", "Moselle", "Guadeloupe", "Martinique", "Guyane", "Mayotte"} <= set(territories())


def test_why_a_day_is_not_worked() -> None:
    """The holiday rather than the day of the week; nothing on a working day."""
    assert why_not_worked(day("2026-11-01")) == "Toussaint"
    assert why_not_worked(day("2026-11-07")) == "samedi"
    assert why_not_worked(day("2026-11-08")) == "dimanche"
    assert why_not_worked(day("2026-11-09")) is None


@settings(deadline=None)  # the first asks the library for the holidays of a year
@given(DAYS)
def test_a_working_day_is_near_and_on_its_side(when: date) -> None:
    """The last one is not after, the next one not before; both are worked; a worked day is its own."""
    last, following = last_worked(when, why_not_worked), next_worked(when, why_not_worked)
    assert last <= when <= following
    assert why_not_worked(last) is None
    assert why_not_worked(following) is None
    assert (last == following == when) == (why_not_worked(when) is None)
    assert (following - last).days <= 5


# ---- laws of dates --------------------------------------------------------------------------------------


def limit(start: date, ecart: Decalage, *, ouvre: Ouvre | None = None, report: bool = False) -> DateCalculee:
    options = Options(chome=why_not_worked, report=report)
    regle = rule(au_plus_tard=ecart, ouvre=ouvre, report=ouvre == "apres")
    return of(compute(cycle(regle), {"depart": start}, options))


@settings(deadline=None)
@given(DAYS, MONTHS, MONTHS)
def test_a_longer_delay_never_ends_earlier(start: date, one: int, other: int) -> None:
    """Months that clamp keep their order."""
    first, second = sorted((one, other))
    shorter, longer = (limit(start, Decalage(de="depart", mois=n)).jour for n in (first, second))
    assert shorter is not None
    assert longer is not None
    assert shorter <= longer


@settings(deadline=None)
@given(DAYS, st.integers(1, 400), st.booleans())
def test_a_backward_limit_never_moves_forward(start: date, days: int, report: bool) -> None:
    """Not even when carrying over is asked for; the limit itself never moves."""
    found = limit(start, Decalage(de="depart", jours=-days), ouvre="avant", report=report)
    assert found.jour == start - timedelta(days=days)
    assert found.jour_ouvre is not None
    assert found.jour_ouvre <= found.jour
    assert why_not_worked(found.jour_ouvre) is None


@settings(deadline=None)
@given(DAYS, st.integers(0, 400))
def test_a_forward_limit_moves_only_when_asked(start: date, days: int) -> None:
    """It is given as it is, and its working day beside it."""
    ecart = Decalage(de="depart", jours=days)
    still, moved = limit(start, ecart, ouvre="apres"), limit(start, ecart, ouvre="apres", report=True)
    assert still.jour == moved.jour == start + timedelta(days=days)
    assert still.jour_ouvre is None
    assert moved.jour_ouvre is not None
    assert moved.jour_ouvre >= moved.jour


def test_carrying_over_must_be_allowed() -> None:
    """A rule that does not say so is never carried over."""
    regle = rule(au_plus_tard=Decalage(de="depart", jours=1), ouvre="apres")
    found = of(
        compute(cycle(regle), {"depart": day("2023-09-29")}, Options(chome=why_not_worked, report=True))
    )
    assert (found.jour, found.jour_ouvre) == (day("2023-09-30"), None)


INTERVALS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair)))


@settings(deadline=None)
@given(DAYS, st.integers(-400, 400), INTERVALS, INTERVALS)
def test_a_window_is_inside_each_anchor(
    start: date, apart: int, one: tuple[int, int], other: tuple[int, int]
) -> None:
    """Every day of it suits both; when none does, there is a warning and no date."""
    ancres = (Ancre(de="depart", mois=one), Ancre(de="autre", mois=other))
    events = {"depart": start, "autre": start + timedelta(days=apart)}
    calendrier = compute(cycle(rule(fenetre=ancres)), events, FRANCE)
    found = of(calendrier)
    codes = [warning.code for warning in calendrier.avertissements]
    assert len(found.ancres) == 2
    if found.du is None or found.au is None:
        assert (found.du, found.au, codes) == (None, None, ["fenetre_vide"])
        assert max(a.du for a in found.ancres) > min(a.au for a in found.ancres)
    else:
        assert codes == []
        assert all(a.du <= found.du <= found.au <= a.au for a in found.ancres)


def test_one_anchor_is_no_window() -> None:
    """It is given, with the event that the window still waits for."""
    ancres = (Ancre(de="depart", mois=(14, 22)), Ancre(de="autre", mois=(14, 22)))
    calendrier = compute(cycle(rule(fenetre=ancres)), {"depart": day("2023-03-15")}, FRANCE)
    found = of(calendrier)
    assert (found.du, found.au, found.manquent) == (None, None, ("autre",))
    assert [(a.evenement, a.du, a.au) for a in found.ancres] == [
        ("depart", day("2024-05-15"), day("2025-01-15"))
    ]
    assert calendrier.avertissements == ()


@settings(deadline=None)
@given(DAYS, st.integers(1, 60), st.integers(-500, 500), st.integers(0, 30))
def test_a_meeting_is_in_step_and_the_first(first: date, rhythm: int, apart: int, cloture: int) -> None:
    """A whole number of steps from the first, late enough, and the one before it was not."""
    sent = first + timedelta(days=apart)
    found = meeting(first, rhythm, sent, cloture)
    assert (found - first).days % rhythm == 0
    assert found >= first
    assert found >= sent + timedelta(days=cloture)
    assert found == first or found - timedelta(days=rhythm) < sent + timedelta(days=cloture)


def test_every_three_weeks() -> None:
    """The meetings of the first half of 2023, from 10 January."""
    start = day("2023-01-10")
    held = {meeting(start, 21, start + timedelta(days=n)) for n in range(140)}
    assert sorted(f"{d:%m-%d}" for d in held) == [
        "01-10", "01-31", "02-21", "03-14", "04-04", "04-25", "05-16", "06-06",
    ]  # fmt: skip


def test_what_comes_again_is_counted_from_its_start() -> None:
    """Month after month would lose days on the way: 31 January, then 28 February, then 31 March again."""
    regle = rule(tous_les=TousLes(de="depart", mois=1, jusqu_a="arrivee"))
    events = {"depart": day("2022-12-31"), "arrivee": day("2023-03-31")}
    assert of(compute(cycle(regle), events, FRANCE)).jours == (
        day("2023-01-31"),
        day("2023-02-28"),
        day("2023-03-31"),
    )


def test_the_first_rule_that_holds_gives_the_date() -> None:
    """« avec » is one of its events, « sans » none of them."""
    two, one = Decalage(de="depart", jours=2), Decalage(de="depart", jours=1)
    regles = (rule(avec=("autre", "arrivee"), sans=("autre",), au_plus_tard=two), rule(au_plus_tard=one))
    start, other = day("2023-01-10"), day("2023-05-01")
    for events, expected in (
        ({"depart": start}, "2023-01-11"),
        ({"depart": start, "arrivee": other}, "2023-01-12"),
        ({"depart": start, "arrivee": other, "autre": other}, "2023-01-11"),
    ):
        assert of(compute(cycle(*regles), events, FRANCE)).jour == day(expected)


def test_the_order_of_events_changes_nothing() -> None:
    """A mapping of days, however it was typed."""
    ancres = (Ancre(de="depart", jours=(1, 9)), Ancre(de="autre", jours=(1, 9)))
    events = {"depart": day("2023-03-15"), "autre": day("2023-03-17")}
    backwards = dict(reversed(events.items()))
    found = cycle(rule(fenetre=ancres))
    assert compute(found, events, FRANCE) == compute(found, backwards, FRANCE)


# ---- where a date stands --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("au", "done", "expected"),
    [
        (None, None, None),
        ("2023-02-10", None, "a_venir"),
        ("2023-02-11", None, "en_retard"),
        ("2023-02-11", "2023-02-10", "tenue"),
        (None, "2023-02-11", "depassee"),
        ("2023-01-01", "2023-02-11", "depassee"),
    ],
)
def test_a_limit_is_kept_or_late(au: str | None, done: str | None, expected: str | None) -> None:
    """The last day is still in time; an event given counts more than the day people say it is."""
    regle = rule(au_plus_tard=Decalage(de="depart", mois=1))
    events = {"depart": day("2023-01-10")} | ({"arrivee": day(done)} if done else {})
    options = Options(chome=why_not_worked, au=day(au) if au else None)
    assert of(compute(cycle(regle, fait_par=("arrivee",)), events, options)).suivi == expected


def test_a_limit_carried_over_is_kept_until_its_working_day() -> None:
    """Once carried over, the working day is the limit."""
    regle = rule(au_plus_tard=Decalage(de="depart", jours=1), ouvre="apres", report=True)
    events = {"depart": day("2023-09-29"), "arrivee": day("2023-10-02")}
    late, kept = (
        of(
            compute(
                cycle(regle, fait_par=("arrivee",)), events, Options(chome=why_not_worked, report=carried)
            )
        )
        for carried in (False, True)
    )
    assert (late.suivi, late.ecart) == ("depassee", 2)
    assert (kept.suivi, kept.ecart) == ("tenue", 0)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ("2024-05-14", ("hors_fenetre", -1)),
        ("2024-05-15", ("tenue", 0)),
        ("2025-01-15", ("tenue", 0)),
        ("2025-01-16", ("hors_fenetre", 1)),
    ],
)
def test_both_ends_of_a_window_are_inside(done: str, expected: tuple[str, int]) -> None:
    """A day before, a day after: outside."""
    regle = rule(fenetre=(Ancre(de="depart", mois=(14, 22)),))
    events = {"depart": day("2023-03-15"), "arrivee": day(done)}
    found = of(compute(cycle(regle, fait_par=("arrivee",)), events, FRANCE))
    assert (found.suivi, found.ecart) == expected


# ---- meetings -------------------------------------------------------------------------------------------

REUNIONS = RegleSeance(
    evenement="depart", titre="Réunion", attend="arrivee", limite="date", texte="une par trimestre",
    sources=("S",), plancher=("autre",), periode_mois=3,
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=8), DAYS)
def test_a_meeting_is_reached_when_its_limit_is_not_past(days: list[date], arrived: date) -> None:
    """Whatever the order of the list; the one proposed is the first reached."""
    found = cycle(rule(au_plus_tard=Decalage(de="depart", jours=-10)), seances=REUNIONS)
    events = {"arrivee": arrived}
    made = plan(found, days, compute(found, events, FRANCE), events, FRANCE)
    assert made is not None
    assert made == plan(found, days[::-1], compute(found, events, FRANCE), events, FRANCE)
    assert [s.jour for s in made.seances] == sorted(set(days))
    reached = [s.jour for s in made.seances if arrived + timedelta(days=10) <= s.jour]
    assert [s.jour for s in made.seances if s.etat == "atteinte"] == reached
    assert made.prochaine == (reached[0] if reached else None)


@settings(deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=8))
def test_the_periods_named_are_the_empty_ones(days: list[date]) -> None:
    """Every civil quarter between the first meeting and the last is named, or has a meeting."""
    found = cycle(rule(au_plus_tard=Decalage(de="depart", jours=-10)), seances=REUNIONS)
    made = plan(found, days, compute(found, {}, FRANCE), {}, FRANCE)
    assert made is not None
    empty = [a for a in made.avertissements if a.code == "periode_sans_seance"]
    held = {(d.year, (d.month - 1) // 3) for d in days}
    numbers = sorted(year * 4 + quarter for year, quarter in held)
    assert len(empty) + len(held) == numbers[-1] - numbers[0] + 1


def test_holidays_are_asked_of_the_territory() -> None:
    """The same limit, with the days of a territory."""
    regle = rule(au_plus_tard=Decalage(de="depart", jours=-1), ouvre="avant")
    alsace = Options(chome=partial(why_not_worked, territoire="Alsace"))
    events = {"depart": day("2026-04-04")}
    assert of(compute(cycle(regle), events, alsace)).jour_ouvre == day("2026-04-02")
    assert of(compute(cycle(regle), events, FRANCE)).jour_ouvre == day("2026-04-03")
