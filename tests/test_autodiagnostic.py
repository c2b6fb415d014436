"""The laws of a self-assessment: what an answer may change, and what it may not."""

from __future__ import annotations

import random

import pytest
from autodiagnostics import answers, cadre, cadre_national, synthese
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from certif_rules.model.notation import Autodiagnostic
from certif_rules.vie.autodiagnostic import Appreciation, Score, Synthese, assess, gather, prioritise
from certif_rules.vie.progression import compare

NUMEROS = [li.indicateur.numero for li in cadre_national().retenues]
#: Levels by printed number; ``None`` is « does not apply », an absent line is unanswered.
LEVELS = st.dictionaries(st.sampled_from(NUMEROS), st.one_of(st.none(), st.integers(0, 3)))


def ranks(value: Synthese) -> dict[str, int]:
    return {p.cotation.ligne.indicateur.numero: rang for rang, p in enumerate(value.priorites)}


def scores(value: Synthese) -> dict[str, Score]:
    return {axe.critere.numero: axe.score for axe in value.axes if axe.critere}


def criterion_of(numero: str) -> str:
    ligne = next(li for li in cadre_national().retenues if li.indicateur.numero == numero)
    assert ligne.critere is not None
    return ligne.critere.numero


@settings(deadline=None)
@given(LEVELS, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_nothing(
    levels: dict[str, int | None], chance: random.Random
) -> None:
    """A file may list its lines in any order."""
    where = cadre_national()
    items = list(answers(where, levels).items())
    straight = assess(where, dict(items))
    chance.shuffle(items)
    assert assess(where, dict(items)) == straight


@settings(deadline=None)
@given(LEVELS, st.sampled_from(NUMEROS), st.integers(0, 2))
def test_a_better_level_never_costs(levels: dict[str, int | None], numero: str, niveau: int) -> None:
    """A level raised lowers no score, and never makes its line more pressing."""
    where = cadre_national()
    before = synthese(where, {**levels, numero: niveau})
    after = synthese(where, {**levels, numero: niveau + 1})
    for critere, score in scores(before).items():
        assert scores(after)[critere].points * score.maximum >= score.points * scores(after)[critere].maximum
    assert after.ensemble.points == before.ensemble.points + 1
    assert ranks(after).get(numero, len(NUMEROS)) >= ranks(before)[numero]


@settings(deadline=None)
@given(LEVELS, st.sampled_from(NUMEROS), st.one_of(st.none(), st.integers(0, 3)))
def test_an_answer_changes_its_criterion_only(
    levels: dict[str, int | None], numero: str, niveau: int | None
) -> None:
    """Scores of the other criteria, and the order of the other lines, stay."""
    where = cadre_national()
    before = synthese(where, {key: value for key, value in levels.items() if key != numero})
    after = synthese(where, {**levels, numero: niveau})
    changed = {c for c, score in scores(after).items() if score != scores(before)[c]}
    assert changed == {criterion_of(numero)}
    others = [[key for key in ranks(value) if key != numero] for value in (before, after)]
    assert others[0] == others[1]


@settings(deadline=None)
@given(LEVELS)
def test_what_is_left_is_what_applies_and_is_not_at_its_best(levels: dict[str, int | None]) -> None:
    """The list holds each line once; unanswered ones are in it, « does not apply » and full marks are not."""
    value = synthese(cadre_national(), levels)
    expected = {n for n in NUMEROS if levels.get(n, "unanswered") not in (None, 3)}
    assert set(ranks(value)) == expected
    assert len(value.priorites) == len(expected)


@settings(deadline=None)
@given(LEVELS)
def test_scores_count_answered_lines_only(levels: dict[str, int | None]) -> None:
    """Neither a line unanswered nor one that does not apply adds to the points or to the maximum."""
    value = synthese(cadre_national(), levels)
    given_levels = [v for v in levels.values() if v is not None]
    assert value.ensemble.points == sum(given_levels)
    assert value.ensemble.maximum == 3 * len(given_levels)
    assert value.ensemble.applicables == len(NUMEROS) - sum(v is None for v in levels.values())


@pytest.mark.parametrize(
    ("points", "maximum", "pourcent"),
    [(4, 6, 67), (3, 9, 33), (0, 3, 0), (3, 3, 100), (1, 200, 1), (1, 201, 0), (0, 0, None)],
)
def test_rounding_is_to_the_nearest_a_half_going_up(points: int, maximum: int, pourcent: int | None) -> None:
    """As the documents say it; nothing answered has no per cent."""
    assert Score(points=points, maximum=maximum, repondues=1, applicables=1).pourcent == pourcent


def test_without_keys_the_order_is_that_of_the_referentiel() -> None:
    """A référentiel may declare no priority at all."""
    where = cadre_national()
    value = synthese(where, dict.fromkeys(NUMEROS, 1))
    plain = prioritise(replace(where.notation, priorite=(), amelioration_des=None), value.cotations)
    assert [p.cotation.ligne.indicateur.numero for p in plain] == NUMEROS
    assert {p.groupe for p in plain} == {"ecart"}


def test_a_label_keeps_what_it_does_not_say() -> None:
    """Levels of the base, mention of the label; contradictions beside lines add up."""
    regles = cadre().regles
    national = cadre_national().regles
    assert regles.notation == national.notation
    assert regles.mention is not None
    assert national.mention is None
    assert gather([None, national, Autodiagnostic()]) == national
    assert len(regles.reperes) == 4


def test_criteria_not_seen_at_this_audit_are_not_spoken_of() -> None:
    """Only a criterion that does not apply to the organisation is « does not apply »."""
    where = cadre()
    hidden = tuple(
        replace(li, etat="non_audite") if li.critere and li.critere.numero == "1" else li
        for li in where.checklist.lignes
    )
    value = assess(replace(where, checklist=replace(where.checklist, lignes=hidden)), {})
    assert "1" not in scores(value)
    none = tuple(
        replace(li, etat="non_applicable") if li.critere and li.critere.numero == "1" else li
        for li in where.checklist.lignes
    )
    value = assess(replace(where, checklist=replace(where.checklist, lignes=none)), {})
    assert next(axe for axe in value.axes if axe.critere and axe.critere.numero == "1").etat == "sans_objet"


def test_lines_without_a_known_criterion_come_last_and_together() -> None:
    """They have a row, and no criterion is invented for them."""
    value = synthese(cadre(), {"A": 1, "C": 3})
    assert [axe.critere.numero if axe.critere else None for axe in value.axes] == [*"12345678", None]
    assert (value.axes[-1].score.points, value.axes[-1].score.applicables) == (4, 8)


@settings(deadline=None)
@given(LEVELS, LEVELS)
def test_a_comparison_told_backwards_says_the_contrary(
    first: dict[str, int | None], second: dict[str, int | None]
) -> None:
    """What goes up one way goes down the other; scores are those of lines with a level both times."""
    where = cadre_national()
    one, two = synthese(where, first), synthese(where, second)
    there, back = compare(one, two), compare(two, one)
    assert [c.ecart for c in there.changements] == [
        None if c.ecart is None else -c.ecart for c in back.changements
    ]
    assert (there.ensemble.avant, there.ensemble.apres) == (back.ensemble.apres, back.ensemble.avant)
    both = [n for n in NUMEROS if first.get(n) is not None and second.get(n) is not None]
    assert there.ensemble.avant.points == sum(first[n] or 0 for n in both)
    assert there.ensemble.avant.maximum == there.ensemble.apres.maximum == 3 * len(both)


def test_lines_of_one_only_are_named() -> None:
    """A comparison of two grids counts the lines that both have, and names the others."""
    label, national = synthese(cadre(), {"1": 1, "E": 2}), synthese(cadre_national(), {"1": 3})
    compared = compare(national, label)
    assert {c.ligne.indicateur.numero for c in compared.nouvelles} == set("ABCDEFGHIJKL")
    assert compared.disparues == ()
    assert [c.apres.ligne.indicateur.numero for c in compared.changements if c.sens == "baisse"] == ["1"]
    assert compared.ensemble.apres.maximum == 3


def test_an_answer_is_a_level_or_a_reason() -> None:
    """Zero is an answer."""
    assert Appreciation(niveau=0).repondue
    assert Appreciation(sans_objet=True, raison="essai").repondue
    assert not Appreciation(commentaire="vu").repondue
