"""Copies of one journal put together: nothing vanishes, and the order in which they come changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

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

    def give(self, cle: Endroit, valeur: str | None, base: int, acteur: str = "a") -> None:
        """Append a value, as somebody gives it who saw the journal up to ``base``."""
        champ = state(self.evenements, self.contenus).get(cle)
        if changes_nothing(champ, valeur, base):
            return
        version = len(self.evenements) + 1
        content = contained(valeur, sel=f"{acteur}{version}")
        event = Inscription(
            version=version,
            cle=cle,
            avant="",
            apres=content.empreinte,
            acteur=acteur,
            quand="2024",
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
            self.give(value.cle, value.valeur, value.base, value.acteur)

    def values(self) -> dict[Endroit, set[str | None]]:
        """The values that stand, by field; an empty field says nothing."""
        return {
            cle: {one.valeur for one in champ.versions}
            for cle, champ in state(self.evenements, self.contenus).items()
            if {one.valeur for one in champ.versions} != {None}
        }

    def ever(self, cle: Endroit) -> set[str | None]:
        """The values that were ever given to a field."""
        return {self.contenus[event.apres].valeur for event in self.evenements if event.cle == cle}


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


GIFTS = st.lists(
    st.tuples(st.sampled_from([NOTE, CONSTAT]), st.sampled_from(["a", "b", "c", None]), st.integers(0, 9)),
    max_size=6,
)


def gone_on(copy: Copie, gifts: Sequence[tuple[Endroit, str | None, int]], acteur: str) -> Copie:
    """A copy that somebody went on with; each was given having seen some of it, seldom all."""
    other = copy.copied()
    for cle, valeur, behind in gifts:
        other.give(cle, valeur, max(0, len(other.evenements) - behind), acteur)
    return other


@settings(max_examples=300, deadline=None)
@given(start=GIFTS, here=GIFTS, one=GIFTS, two=GIFTS, early=st.booleans())
def test_order_changes_nothing_and_nothing_vanishes(
    start: list[tuple[Endroit, str | None, int]],
    here: list[tuple[Endroit, str | None, int]],
    one: list[tuple[Endroit, str | None, int]],
    two: list[tuple[Endroit, str | None, int]],
    early: bool,
) -> None:
    """Two copies come back in any order: the same values stand; each new one is there, or had been said."""
    root = gone_on(begun((NOTE, "racine")), start, "a")
    first = gone_on(root, one, "b")
    ours = gone_on(root, here, "a") if early else root
    second = gone_on(ours, two, "c")
    ours = ours if early else gone_on(root, here, "a")
    forth, back = ours.copied(), ours.copied()
    forth.join(first)
    forth.join(second)
    back.join(second)
    back.join(first)
    assert forth.values() == back.values()
    for copy in (first, second):
        parted = common(ours.evenements, copy.evenements)
        for cle, champ in state(copy.evenements, copy.contenus).items():
            fresh = {v.valeur for v in champ.versions if v.version > parted and v.valeur is not None}
            assert fresh <= forth.values().get(cle, set()) | ours.ever(cle)


def test_a_word_that_one_copy_alone_says_stands() -> None:
    """Three people word the note from the same words: her words, his and mine stand, in whatever order."""
    ours = begun((NOTE, "ancienne"))
    hers, his = ours.copied(), ours.copied()
    hers.give(NOTE, "la sienne", 1, "elle")
    his.give(NOTE, "de lui", 1, "lui")
    ours.give(NOTE, "la mienne", 1)
    back = ours.copied()
    ours.join(hers)
    ours.join(his)
    back.join(his)
    back.join(hers)
    assert ours.values() == back.values() == {NOTE: {"la mienne", "la sienne", "de lui"}}
