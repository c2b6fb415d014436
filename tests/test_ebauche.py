"""A request being written: what it gives so far, and what is missing or wrong of it, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from grilles import AF, FAITS, atelier
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.audit.demande import from_profile
from certif_rules.services.checklist import make_checklist
from certif_rules.services.ebauche import Ebauche, study


def studied(**data: Any) -> Ebauche:
    return study(atelier(), data)


def wrong(ebauche: Ebauche) -> dict[str, str]:
    return {issue.champ: issue.code for issue in ebauche.issues}


def test_nothing_filled_lacks_four_fields() -> None:
    """An empty page knows nothing, and says what it lacks; empty fields are no fields."""
    lacking = dict.fromkeys(
        ("referentiel.id", "audit.type", "audit.date", "organisme.categories"), "information-manquante"
    )
    for ebauche in (
        studied(),
        studied(referentiel={"id": ""}, audit={"type": None, "date": ""}, organisme={"categories": []}),
    ):
        assert wrong(ebauche) == lacking
        assert (ebauche.editions, ebauche.types, ebauche.checklist) == ((), (), None)


def test_a_name_alone_gives_what_there_is_to_choose() -> None:
    """Without a day both editions may be; the types and the categories of the latest are there."""
    ebauche = studied(referentiel="qualiopi")
    assert [couche.id for couche in ebauche.editions] == ["2019", "2026"]
    assert ebauche.referentiel is None
    assert {"initial", "surveillance", "amenage", "extension"} <= {t.code for t in ebauche.types}
    assert {c.id for c in ebauche.categories} == {"AF", "BC", "VAE", "CFA"}
    assert {"audit.type", "audit.date", "organisme.categories"} == set(wrong(ebauche))


def test_a_day_chooses_the_edition() -> None:
    """On 15 March 2024 V5 is in force, alone; the facts to answer leave out the one that is said."""
    ebauche = studied(
        referentiel="certifregion", audit={"date": "2024-03-15"}, organisme={"faits": {"alternance": False}}
    )
    assert [couche.id for couche in ebauche.editions] == ["V5"]
    assert ebauche.referentiel is not None
    assert ebauche.referentiel.edition == "V5"
    names = [fait.id for fait in ebauche.faits]
    assert "sous_traitance" in names
    assert "alternance" not in names
    assert set(wrong(ebauche)) == {"audit.type", "organisme.categories"}


def test_a_whole_request_has_its_lines_and_its_questions() -> None:
    """What the command gives; a fact that is not said is asked, with the lines it changes."""
    data = AF | {"organisme": {"categories": ["AF"], "faits": {**FAITS, "nouvel_entrant": None}}}
    ebauche = studied(**data)
    assert ebauche.issues == ()
    assert ebauche.checklist is not None
    assert ebauche.checklist.lignes == make_checklist(atelier(), from_profile(data)).lignes
    assert [question.fait.id for question in ebauche.questions] == ["nouvel_entrant"]


def test_what_is_wrong_is_told_and_the_rest_is_read() -> None:
    """A type that is a number, a day that is none, a fact misspelt: each at its field, none missing."""
    ebauche = studied(
        referentiel="qualiopi",
        audit={"type": 3, "date": "2024-13-01"},
        organisme={"categories": ["AF"], "faits": {"alternanse": True}},
    )
    assert wrong(ebauche) == {
        "audit.type": "type-inattendu",
        "audit.date": "date-invalide",
        "organisme.faits.alternanse": "fait-inconnu",
    }
    assert ebauche.types[0].code == "initial"
    assert [i.champ for i in ebauche.of_field("organisme.faits")] == ["organisme.faits.alternanse"]


def test_two_values_that_contradict_stand_at_their_field() -> None:
    """Alternance implies training at work: denying it is a fault of that fact, and no line is given."""
    faits = {**FAITS, "alternance": True, "situation_travail": {"AF": False}}
    ebauche = studied(**AF | {"organisme": {"categories": ["AF"], "faits": faits}})
    assert wrong(ebauche) == {"organisme.faits.situation_travail.AF": "fait-contraire"}
    assert ebauche.checklist is None


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["qualiopi", "initial", "2024-03-18", "AF", "x"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(
        st.sampled_from(["id", "type", "date", "categories", "faits", "constats", "edition", "sites", "x.y"]),
        inner, max_size=3,
    ),
    max_leaves=6,
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "format",
        "referentiel",
        "audit",
        "organisme",
        "precedent",
        "certificats",
        "ajouts",
        "constats",
        "edition",
        "z",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_is_posted_nothing_raises(data: dict[str, Any]) -> None:
    """Any data at all: faults, or a checklist, and never both."""
    ebauche = study(atelier(), data)
    assert (ebauche.checklist is None) == bool(ebauche.issues)


@pytest.mark.parametrize("champ", ["referentiel", "audit", "organisme"])
def test_a_part_that_is_a_list_is_a_fault_of_its_field(champ: str) -> None:
    """What its schema refuses whole is told once; what it would have given is not said missing beside."""
    ebauche = studied(**AF | {champ: [1]})
    assert champ in wrong(ebauche)
    assert not [c for c in wrong(ebauche) if c.startswith(f"{champ}.")]
