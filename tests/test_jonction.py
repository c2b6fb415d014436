"""Copies of one journal put together: nothing vanishes, and the order in which they come changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from certif_rules.journal.etat import changes_nothing, state
from certif_rules.journal.evenements import Contenu, Endroit, Inscription, contained, sealed
from certif_rules.journal.jonction import brought, common

NOTE, CONSTAT = Endroit("ligne", "commentaire", "un/1"), Endroit("ligne", "constat", "un/1")


class Copie(Struct):
    """A copy of a journal, with the contents of its events."""

    evenements: list[Inscription]
    contenus: dict[str, Contenu]

    def give(self, cle: Endroit, valeur: str | None, base: int, acteur: str = "a", sel: str = "") -> None:
        """Append a value, as somebody gives it who saw the journal up to ``base``.

        One that another copy brings has its salt, and comes later.
        """
        champ = state(self.evenements, self.contenus).get(cle)
        if not sel and changes_nothing(champ, valeur, base):
            return
        version = len(self.evenements) + 1
        content = contained(valeur, sel=sel or f"{acteur}{version}")
        event = Inscription(
            version=version,
            cle=cle,
            avant="",
            apres=content.empreinte,
            acteur=acteur,
            quand="2025" if sel else "2024",
            base=base,
        )
        before = self.evenements[-1].empreinte if self.evenements else "sha256:" + "0" * 64
        self.evenements.append(sealed(event, before))
        self.contenus[content.empreinte] = content

    def copied(self) -> Copie:
        """A copy that goes its own way."""
        return Copie(list(self.evenements), dict(self.contenus))

    def join(self, other: Copie) -> None:
        """Bring in what another copy says since it parted from this one."""
        both = {**self.contenus, **other.contenus}
        for value in list(brought(self.evenements, other.evenements, both)):
            self.give(value.cle, value.valeur, value.base, value.acteur, value.sel)

    def values(self) -> dict[Endroit, set[str]]:
        """The words that stand, by field; ``""`` where it was emptied beside others, however it was."""
        champs = state(self.evenements, self.contenus).items()
        words = {cle: {one.valeur or "" for one in champ.versions} for cle, champ in champs}
        return {cle: standing for cle, standing in words.items() if standing != {""}}


def either_way(ours: Copie, one: Copie, two: Copie) -> tuple[Copie, Copie]:
    """What a copy becomes when two others come, the first one first, then the second one first."""
    forth, back = ours.copied(), ours.copied()
    for joined, others in ((forth, (one, two)), (back, (two, one))):
        for other in others:
            joined.join(other)
    return forth, back


def begun(*gifts: tuple[Endroit, str]) -> Copie:
    """A journal in which these values were given, each having seen the ones before."""
    copy = Copie([], {})
    for cle, valeur in gifts:
        copy.give(cle, valeur, len(copy.evenements))
    return copy


def test_what_only_one_copy_changed_is_changed() -> None:
    """The colleague worded the note again, nobody did here: her words replace the old ones, alone."""
    ours = begun((NOTE, "ancienne"))
    theirs = ours.copied()
    theirs.give(NOTE, "nouvelle", 1, "elle")
    ours.give(CONSTAT, "conforme", 1)
    ours.join(theirs)
    assert ours.values() == {NOTE: {"nouvelle"}, CONSTAT: {"conforme"}}


def test_what_both_changed_stands_twice() -> None:
    """Both worded the note again from the same words: both stand, even though she wrote hers twice."""
    ours = begun((NOTE, "ancienne"))
    theirs = ours.copied()
    theirs.give(NOTE, "brouillon", 1, "elle")
    theirs.give(NOTE, "la sienne", 2, "elle")
    ours.give(NOTE, "la mienne", 1)
    ours.join(theirs)
    assert ours.values() == {NOTE: {"la mienne", "la sienne"}}


def test_a_choice_made_elsewhere_holds_here() -> None:
    """Two notes stood when the copy left; she chose one: it is chosen here too."""
    ours = begun((CONSTAT, "conforme"))
    ours.give(NOTE, "une", 1)
    ours.give(NOTE, "deux", 1)
    theirs = ours.copied()
    theirs.give(NOTE, "deux", 3, "elle")
    ours.join(theirs)
    assert ours.values()[NOTE] == {"deux"}


def test_joining_twice_adds_nothing() -> None:
    """The same copy given again makes no event."""
    ours = begun((NOTE, "ancienne"))
    theirs = ours.copied()
    theirs.give(NOTE, "nouvelle", 1, "elle")
    ours.join(theirs)
    before = len(ours.evenements)
    ours.join(theirs)
    assert len(ours.evenements) == before


def test_two_audits_have_nothing_in_common() -> None:
    """Journals whose first events differ share no version; those of a copy share all that came before it."""
    one, other = begun((NOTE, "un")), begun((NOTE, "deux"))
    assert common(one.evenements, other.evenements) == 0
    two = one.copied()
    one.give(CONSTAT, "conforme", 1)
    two.give(CONSTAT, "autre", 1)
    assert common(one.evenements, two.evenements) == 1


#: A field, what is said there (``*``: words of one’s own), and how many events its author had not seen.
Geste = tuple[Endroit, str | None, int]
GESTES = st.lists(
    st.tuples(
        st.sampled_from([NOTE, CONSTAT]), st.sampled_from([None, "", "un", "deux", "*"]), st.integers(0, 9)
    ),
    max_size=6,
)


def gone_on(copy: Copie, gestes: Sequence[Geste], acteur: str) -> Copie:
    """A copy that somebody went on with, having seen some of it, seldom all."""
    other = copy.copied()
    for cle, words, behind in gestes:
        last = len(other.evenements)
        other.give(cle, f"{acteur}{last}" if words == "*" else words, max(0, last - behind), acteur)
    return other


@pytest.mark.lent
@settings(max_examples=1_000, deadline=None)
@given(start=GESTES, here=GESTES, one=GESTES, two=GESTES, early=st.booleans())
def test_order_changes_nothing_and_nothing_vanishes(
    start: list[Geste], here: list[Geste], one: list[Geste], two: list[Geste], early: bool
) -> None:
    """Two copies come back in any order: the same words stand, and every one that a copy says anew.

    Two people may say the same, empty a field each, or say again what somebody replaced.
    """
    root = gone_on(begun((NOTE, "racine")), start, "a")
    first = gone_on(root, one, "b")
    ours = gone_on(root, here, "d") if early else root
    second = gone_on(ours, two, "c")
    ours = ours if early else gone_on(root, here, "d")
    forth, back = either_way(ours, first, second)
    assert forth.values() == back.values()
    for copy in (first, second):
        parted = common(ours.evenements, copy.evenements)
        then = Copie(copy.evenements[:parted], copy.contenus).values()
        for cle, words in copy.values().items():
            assert words - then.get(cle, set()) - {""} <= forth.values().get(cle, set())
    again = len(forth.evenements)
    forth.join(second)
    assert len(forth.evenements) == again


def test_two_people_who_say_the_same_are_two() -> None:
    """He and I say « un »; she read mine and emptied the field: his word stands beside her silence."""
    ours = begun((NOTE, "ancienne"))
    his = ours.copied()
    his.give(NOTE, "un", 1, "lui")
    ours.give(NOTE, "un", 1)
    hers = ours.copied()
    hers.give(NOTE, None, 2, "elle")
    forth, back = either_way(ours, his, hers)
    assert forth.values() == back.values() == {NOTE: {"un", ""}}


def test_a_copy_given_again_does_not_undo_a_choice() -> None:
    """Her note came and was settled here in mine: her copy, given again, opens nothing."""
    ours = begun((NOTE, "ancienne"))
    theirs = ours.copied()
    theirs.give(NOTE, "la sienne", 1, "elle")
    ours.give(NOTE, "la mienne", 1)
    ours.join(theirs)
    ours.give(NOTE, "la mienne", len(ours.evenements))
    ours.join(theirs)
    assert ours.values() == {NOTE: {"la mienne"}}


def test_what_was_erased_here_does_not_come_back() -> None:
    """Her note came, then its content was erased here: her copy, given again, does not write it anew."""
    ours = begun((NOTE, "ancienne"))
    theirs = ours.copied()
    theirs.give(NOTE, "Mme Untel", 1, "elle")
    ours.join(theirs)
    del ours.contenus[ours.evenements[-1].apres]
    before = len(ours.evenements)
    ours.join(theirs)
    assert (len(ours.evenements), ours.values()) == (before, {})


def test_a_word_that_one_copy_alone_says_stands() -> None:
    """Three people word the note from the same words: her words, his and mine stand, in whatever order."""
    ours = begun((NOTE, "ancienne"))
    hers, his = ours.copied(), ours.copied()
    hers.give(NOTE, "la sienne", 1, "elle")
    his.give(NOTE, "de lui", 1, "lui")
    ours.give(NOTE, "la mienne", 1)
    forth, back = either_way(ours, hers, his)
    assert forth.values() == back.values() == {NOTE: {"la mienne", "la sienne", "de lui"}}
