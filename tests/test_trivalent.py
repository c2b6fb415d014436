"""Kleene's logic: its tables, and the laws the engine relies on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certif_rules.rules.trivalent import Trivalent, both, choose, either, negate

VALUES: tuple[Trivalent, ...] = (True, None, False)
values = st.sampled_from(VALUES)
lists = st.lists(values)


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        (True, True, True, True),
        (True, None, None, True),
        (True, False, False, True),
        (None, True, None, True),
        (None, None, None, None),
        (None, False, False, None),
        (False, True, False, True),
        (False, None, False, None),
        (False, False, False, False),
    ],
)
def test_truth_tables(
    left: Trivalent, right: Trivalent, conjunction: Trivalent, disjunction: Trivalent
) -> None:
    """The nine pairs of each connective."""
    assert both([left, right]) is conjunction
    assert either([left, right]) is disjunction


def test_of_nothing() -> None:
    """A rule without words holds; a list of no rules does not."""
    assert both([]) is True
    assert either([]) is False


def test_negation() -> None:
    """The opposite of unknown is unknown."""
    assert [negate(value) for value in VALUES] == [False, None, True]


@pytest.mark.parametrize("when_true", VALUES)
@pytest.mark.parametrize("when_false", VALUES)
def test_choice(when_true: Trivalent, when_false: Trivalent) -> None:
    """An unknown guard leaves decided what both branches agree on, and nothing else."""
    assert choose(True, when_true, when_false) is when_true
    assert choose(False, when_true, when_false) is when_false
    assert choose(None, when_true, when_false) is (when_true if when_true is when_false else None)


@given(lists)
def test_de_morgan(items: list[Trivalent]) -> None:
    """Negating a conjunction is the disjunction of the negations."""
    assert negate(both(items)) is either(negate(item) for item in items)


@given(st.permutations(VALUES * 2).flatmap(lambda items: st.tuples(st.just(items), st.integers(0, 6))))
def test_order_is_nothing(drawn: tuple[list[Trivalent], int]) -> None:
    """The order of the words of a rule, or of the rules of a list, changes nothing."""
    items = drawn[0][: drawn[1]]
    assert both(items) is both(reversed(items))
    assert either(items) is either(reversed(items))


@given(lists, st.data())
def test_learning_never_changes_what_was_decided(items: list[Trivalent], data: st.DataObject) -> None:
    """Giving a value to unknowns keeps every answer that was already true or false."""
    known = [data.draw(st.booleans()) if item is None else item for item in items]
    for connective in (both, either):
        before = connective(items)
        assert before is None or connective(known) is before
        assert connective(known) is not None
