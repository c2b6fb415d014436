"""The journal of an audit: nothing that was confirmed is lost, whoever came first; a change is told."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from certif_rules.journal.annexes import annexes, tie
from certif_rules.journal.etat import changes_nothing, state
from certif_rules.journal.evenements import (
    DEBUT,
    Contenu,
    Endroit,
    Inscription,
    broken_at,
    contained,
    falsified,
    sealed,
)
from certif_rules.journal.fichier import fields_of, findings_of

CONSTAT = Endroit("ligne", "constat", "qualiopi/1")
NOTE = Endroit("ligne", "commentaire", "qualiopi/1")


def chain(*said: tuple[Endroit, Any, int]) -> tuple[list[Inscription], dict[str, Contenu]]:
    """The events of values given one after the other, each from a base; Alice and Bob in turn."""
    contents: dict[str, Contenu] = {}
    events: list[Inscription] = []
    last, before = DEBUT, ""
    for version, (cle, valeur, base) in enumerate(said, start=1):
        content = contained(valeur, sel=f"sel {version}")
        contents[content.empreinte] = content
        events.append(
            sealed(
                Inscription(
                    version=version, cle=cle, avant=before, apres=content.empreinte,
                    acteur=("Alice", "Bob")[version % 2], quand=f"2026-01-01T10:00:{version:02}Z", base=base,
                ),
                last,
            )
        )  # fmt: skip
        last, before = events[-1].empreinte, content.empreinte
    return events, contents


def values(*said: tuple[Endroit, Any, int]) -> dict[Endroit, list[Any]]:
    """What stands in each field, once these values were given."""
    return {cle: [v.valeur for v in champ.versions] for cle, champ in state(*chain(*said)).items()}


def test_who_has_seen_a_value_replaces_it() -> None:
    """The second finding was given with the first before one's eyes: it alone stands."""
    assert values((CONSTAT, "conforme", 0), (CONSTAT, "mineure", 1)) == {CONSTAT: ["mineure"]}


def test_two_people_who_did_not_see_each_other_are_both_kept() -> None:
    """From the same page, « conforme » and « mineure »: someone must choose, and who chooses settles."""
    both = ((CONSTAT, "conforme", 0), (CONSTAT, "mineure", 0))
    assert values(*both) == {CONSTAT: ["conforme", "mineure"]}
    assert state(*chain(*both))[CONSTAT].valeur is None
    assert values(*both, (CONSTAT, "mineure", 2)) == {CONSTAT: ["mineure"]}


def test_another_field_is_no_conflict_and_the_same_value_neither() -> None:
    """One finds, the other comments; both write the same finding: nothing is left to settle."""
    assert values((CONSTAT, "conforme", 0), (NOTE, "vu le 3", 0)) == {
        CONSTAT: ["conforme"],
        NOTE: ["vu le 3"],
    }
    assert values((CONSTAT, "conforme", 0), (CONSTAT, "conforme", 0)) == {CONSTAT: ["conforme"]}


@given(st.lists(st.tuples(st.sampled_from([CONSTAT, NOTE]), st.sampled_from("abc")), max_size=4))
def test_the_order_of_arrival_changes_nothing(said: list[tuple[Endroit, str]]) -> None:
    """Whatever is said from one and the same page is kept, and is the same in any order."""
    expected = {cle: {v for c, v in said if c == cle} for cle, _ in said}
    for order in permutations(said):
        assert {c: set(v) for c, v in values(*((*one, 0) for one in order)).items()} == expected


def test_a_change_of_an_event_is_told() -> None:
    """An altered actor, a missing event, two exchanged ones: the chain breaks where it is."""
    events, contents = chain((CONSTAT, "conforme", 0), (NOTE, "vu", 1), (CONSTAT, "mineure", 2))
    assert broken_at(events) is None
    assert broken_at([events[0], replace(events[1], acteur="Carole"), events[2]]) == 2
    assert broken_at([events[0], events[2]]) == 2
    assert broken_at([events[1], events[0], events[2]]) == 1
    assert falsified(contents) == ()
    digest = events[1].apres
    assert falsified({**contents, digest: contained("autre chose", sel="sel 2")}) == (digest,)


def test_an_erased_text_breaks_no_chain() -> None:
    """A comment that named somebody is erased: the events verify, and the field is empty."""
    events, contents = chain((CONSTAT, "conforme", 0), (NOTE, "Madame Untel", 1))
    del contents[events[1].apres]
    assert broken_at(events) is None
    assert state(events, contents)[NOTE].valeur is None
    assert findings_of(state(events, contents))["constats"] == [{"id": "qualiopi/1", "constat": "conforme"}]


def test_a_short_value_is_not_guessed_from_its_digest() -> None:
    """The same finding has another digest each time: nobody reads « conforme » from the events alone."""
    assert contained("conforme", sel="un").empreinte != contained("conforme", sel="deux").empreinte


def test_what_is_already_so_makes_no_event() -> None:
    """Saving a page without a change writes nothing; emptying what was never filled neither."""
    champs = state(*chain((CONSTAT, "conforme", 0)))
    assert changes_nothing(champs[CONSTAT], "conforme", 1)
    assert not changes_nothing(champs[CONSTAT], "mineure", 1)
    assert changes_nothing(None, "", 0)
    assert not changes_nothing(None, "conforme", 0)
    disputed = state(*chain((CONSTAT, "conforme", 0), (CONSTAT, "mineure", 0)))
    assert not changes_nothing(disputed[CONSTAT], "mineure", 2)


FILE = {
    "format": 1,
    "referentiel": {"id": "qualiopi"},
    "audit": {"date": "2024-03-18", "type": "initial"},
    "organisme": {
        "categories": ["AF"],
        "faits": {"sous_traitance": True, "alternance": False},
        "nom": "Élan",
    },
    "constats": [
        {
            "id": "qualiopi/1",
            "constat": "mineure",
            "commentaire": "sans date",
            "ecart": {"causes": "oubli"},
            "par_site": [{"site": "S1", "constat": "mineure"}, {"site": "S2", "constat": "conforme"}],
        }
    ],
    "verifications": [{"id": "logo", "resultat": "satisfaite"}],
    "objectifs": ["voir"],
}


def test_a_findings_file_goes_in_and_out_whole() -> None:
    """Every field of a file becomes an event; their fold is the file again."""
    said = [(cle, valeur, 0) for cle, valeur in fields_of(FILE)]
    assert findings_of(state(*chain(*said))) == FILE


def test_what_is_to_settle_is_told_as_the_files_tell_it() -> None:
    """Both values stand under ``a_accorder``, with their authors, and the field is to assess."""
    assert findings_of(state(*chain((CONSTAT, "conforme", 0), (CONSTAT, "mineure", 0))))["constats"] == [
        {
            "id": "qualiopi/1",
            "constat": "a_evaluer",
            "a_accorder": [
                {
                    "champ": "constat",
                    "valeurs": [{"valeur": "conforme", "par": "Bob"}, {"valeur": "mineure", "par": "Alice"}],
                }
            ],
        }
    ]


def test_a_proof_noted_once_is_seen_on_each_line_that_it_is_tied_to() -> None:
    """Its reference and what was noted of it, in a sentence, after the proofs that the line names itself."""
    proof = {
        Endroit("preuve", "reference", "p1"): "Livret d’accueil",
        Endroit("preuve", "vu_le", "p1"): "2024-03-18",
        Endroit("preuve", "initiales", "p1"): "A. B.",
        Endroit("preuve", "echantillon", "p1"): "3",
        Endroit("preuve", "site", "p1"): "Lyon",
        Endroit("preuve", "ecran", "p1"): True,
        Endroit("preuve", "detenteur", "p1"): "l’organisme",
        Endroit("preuve", "garde_jusqu_au", "p1"): "2027-12-31",
        tie("preuve", "p1", "qualiopi/1"): True,
        tie("preuve", "p1", "qualiopi/2"): True,
        tie("preuve", "p1", "qualiopi/3"): None,
        tie("preuve", "p1", "verification:deroulement"): True,
        Endroit("ligne", "preuves_vues", "qualiopi/1"): ["Site internet"],
    }
    sentence = (
        "Livret d’accueil (vu le 18 mars 2024, A. B., échantillon 3, site Lyon, vu à l’écran, "
        "copie chez l’organisme jusqu’au 31 décembre 2027)"
    )
    data = findings_of(state(*chain(*((cle, value, 99) for cle, value in proof.items()))))
    seen = {entry["id"]: entry["preuves_vues"] for entry in data["constats"]}
    assert seen == {"qualiopi/1": ["Site internet", sentence], "qualiopi/2": [sentence]}
    assert data["verifications"] == [
        {"id": "deroulement", "resultat": "a_evaluer", "preuves_vues": [sentence]}
    ]
    again = state(*chain(*((cle, value, 99) for cle, value in (*proof.items(), *fields_of(data)))))
    assert findings_of(again) == data


def test_a_removed_proof_is_seen_nowhere() -> None:
    """What was removed, or has no reference yet, says nothing of its lines."""
    said = (
        (Endroit("preuve", "reference", "p1"), "Livret", 99),
        (tie("preuve", "p1", "qualiopi/1"), True, 99),
        (Endroit("preuve", "retire", "p1"), True, 99),
        (tie("preuve", "p2", "qualiopi/1"), True, 99),
    )
    assert findings_of(state(*chain(*said)))["constats"] == []


def test_a_thing_whose_every_field_was_undone_is_gone() -> None:
    """A note begun by mistake and undone is listed nowhere; one that two people word otherwise still is."""
    said = (
        (Endroit("note", "texte", "n1"), "vu", 0),
        (Endroit("note", "texte", "n1"), None, 1),
        (Endroit("note", "texte", "n2"), "une", 2),
        (Endroit("note", "texte", "n2"), "deux", 2),
    )
    assert [note.id for note in annexes(state(*chain(*said)), "note")] == ["n2"]


def test_who_assessed_is_said_by_name() -> None:
    """The journal holds a key, the file a name; a name that was typed elsewhere stays as it is."""
    said = (
        (Endroit("ligne", "evalue_par", "qualiopi/1"), "k1", 99),
        (Endroit("ligne", "evalue_par", "qualiopi/2"), "A. Martin", 99),
    )
    data = findings_of(state(*chain(*said)), {"k1": "B. Durand"})
    assert [entry["evalue_par"] for entry in data["constats"]] == ["B. Durand", "A. Martin"]


def test_a_text_that_the_body_gives_rests_on_its_document() -> None:
    """Two lines of one page share its source; without a document, a text is not given."""
    said = (
        (Endroit("texte", "exigence", "label/A"), "Accueillir.", 99),
        (Endroit("texte", "niveau_attendu", "label/A"), "Un accueil écrit.", 99),
        (Endroit("texte", "document", "label/A"), "Référentiel V5", 99),
        (Endroit("texte", "page", "label/A"), "page 12", 99),
        (Endroit("texte", "titre", "label/B"), "Suivre", 99),
        (Endroit("texte", "document", "label/B"), "Référentiel V5", 99),
        (Endroit("texte", "page", "label/B"), "page 12", 99),
        (Endroit("texte", "exigence", "label/C"), "Évaluer.", 99),
    )
    textes = findings_of(state(*chain(*said)))["textes"]
    assert textes["contenu"] == {
        "format": 1,
        "sources": {"D1": {"titre": "Référentiel V5, page 12", "reference": "Référentiel V5"}},
        "indicateurs": [
            {
                "code": "label/A",
                "exigence": "Accueillir.",
                "niveau_attendu": {"texte": "Un accueil écrit.", "sources": ["D1"]},
                "sources": ["D1"],
            },
            {"code": "label/B", "titre": "Suivre", "sources": ["D1"]},
        ],
    }
