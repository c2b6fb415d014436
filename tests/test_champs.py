"""Records written as JSON values by a table of lines."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.echanges.champs import APPUI, Ecrivain, with_sources
from certif_rules.echanges.gravure import Graveur
from certif_rules.model.acteurs import Acteur, Rythme
from certif_rules.model.base import Appui, Lacune, Source, Texte

LACUNE = Lacune(champs=("titre",), cherche="partout", sources=("S1",), emplacement="a.yaml:3")
TEXTE = Texte(texte="Un texte.", sources=("S1",))


def test_a_record_is_written_whole_without_its_place() -> None:
    """Every field in order, empty or not; where it was written is nobody else's business."""
    written = Ecrivain({})(LACUNE)
    assert list(written.items()) == [
        ("ligne", None), ("champs", ["titre"]), ("cherche", "partout"), ("sources", ["S1"]),
        ("si", []),
    ]  # fmt: skip


def test_what_goes_without_saying_is_left_out() -> None:
    """A key marked « ? » is written where it says more than its default, a false or empty default too."""
    ecrire = Ecrivain({Texte: "texte categories confiance? citation?"})
    assert ecrire(TEXTE) == {"texte": "Un texte.", "categories": None}
    doubtful = Texte(texte="Un texte.", sources=("S1",), confiance="faible", citation=True)
    assert ecrire(doubtful) == {
        "texte": "Un texte.", "categories": None, "confiance": "faible", "citation": True,
    }  # fmt: skip


class Fiche(Struct, kw_only=True):
    """A record with what defaults may be: none, empty, made anew."""

    texte: Texte | None = None
    vus: tuple[str, ...] | None = None
    notes: dict[str, str] = field(default_factory=dict)


def test_an_empty_list_is_not_an_unknown() -> None:
    """« None, and it is known » is written where the default is « not given »; an empty default is not."""
    ecrire = Ecrivain({Fiche: "*?"})
    assert ecrire(Fiche()) == {}
    assert ecrire(Fiche(vus=(), notes={})) == {"vus": []}


def test_a_key_may_stand_for_the_end_of_a_way() -> None:
    """Through what is not there, the way ends at « null »."""
    ecrire = Ecrivain({Fiche: "dit=texte.texte vus"})
    assert ecrire(Fiche(texte=TEXTE)) == {"dit": "Un texte.", "vus": None}
    assert ecrire(Fiche()) == {"dit": None, "vus": None}


def test_a_line_may_name_what_no_record_holds() -> None:
    """What is given besides takes its place among the keys, and goes before the field of its name."""
    ecrire = Ecrivain({Texte: "texte valeur confiance"})
    given = ecrire(TEXTE, valeur=date(2024, 3, 18), confiance="moyenne")
    assert list(given.items()) == [("texte", "Un texte."), ("valeur", "2024-03-18"), ("confiance", "moyenne")]


def test_one_line_holds_for_all_that_is_made_of_a_record() -> None:
    """What a rule says itself comes first, at any depth, then what it rests on."""
    ecrire = Ecrivain({Appui: f"* {APPUI}"})
    rythme = Rythme(texte="Chaque mois.", sources=("S2",), lecture=True)
    acteur = Acteur(id="comite", nom="Comité", rythmes=(rythme,), sources=("S1",))
    assert list(ecrire(acteur).items()) == [
        ("id", "comite"),
        ("nom", "Comité"),
        ("candidat", False),
        ("rythmes", [{"texte": "Chaque mois.", "nature": "regle", "sources": ["S2"], "lecture": True}]),
        ("sources", ["S1"]),
    ]


def test_a_line_written_often_is_written_alike() -> None:
    """Of many records of a type, the line is compiled: keys, defaults and ways stay the same."""
    ecrire = Ecrivain(
        {Fiche: "dit=texte.texte texte vus? notes? fin=texte.situation", Texte: "texte confiance? sources"}
    )
    fiches = [
        Fiche(),
        Fiche(texte=TEXTE, vus=("a",)),
        Fiche(
            texte=Texte(texte="Doux", sources=("S2", "S1"), confiance="faible"),
            vus=(),
            notes={"sources": "b"},
        ),
    ]
    expected: list[dict[str, Any]] = [
        {"dit": None, "texte": None, "fin": None},
        {"dit": "Un texte.", "texte": {"texte": "Un texte.", "sources": ["S1"]}, "vus": ["a"], "fin": None},
        {
            "dit": "Doux", "texte": {"texte": "Doux", "confiance": "faible", "sources": ["S2", "S1"]},
            "vus": [], "notes": {"sources": "b"}, "fin": None,
        },
    ]  # fmt: skip
    for _ in range(200):
        assert [ecrire(fiche) for fiche in fiches] == expected
        assert [list(ecrire(fiche)) for fiche in fiches] == [list(one) for one in expected]


def test_an_engraved_record_is_its_json_at_its_margin() -> None:
    """The first times, then compiled: the text of the values, and the sources that they cite at any depth."""
    ecrire = Ecrivain(
        {
            Fiche: "dit=texte.texte texte vus? notes? fin=texte.situation seul=texte.sources",
            Texte: "texte confiance? sources",
        }
    )
    graver = Graveur(ecrire, margin="    ", communs={Texte})
    doubtful = replace(TEXTE, confiance="faible")
    fiches = [
        Fiche(),
        Fiche(texte=TEXTE, vus=("a", "« b »\n")),
        Fiche(texte=doubtful, vus=(), notes={"sources": "b"}),
        Fiche(texte=replace(TEXTE, sources=("S2", "S1"))),
        Fiche(texte=replace(TEXTE, texte="Doux")),
        Fiche(texte=replace(doubtful, sources=())),
    ]
    texts = [json.dumps(ecrire(fiche), ensure_ascii=False, indent=2) for fiche in fiches]
    cited: list[set[str]] = [set(), {"S1"}, {"S1"}, {"S1", "S2"}, {"S1"}, set()]
    for _ in range(60):
        engraved = [*graver(fiches)]
        assert [text.decode() for text, _ in engraved] == [text.replace("\n", "\n    ") for text in texts]
        assert [{*cites} for _, cites in engraved] == cited


def test_what_json_lacks_has_one_form() -> None:
    """Sets are sorted, days are ISO, fractions as the table says; what has no form is refused."""
    ecrire = Ecrivain({Fraction: str})
    written = ecrire({"a": frozenset({"z", "b"}), "b": date(2024, 2, 29), "c": (Fraction(5, 3), 1, None)})
    assert written == {"a": ["b", "z"], "b": "2024-02-29", "c": ["5/3", 1, None]}
    with pytest.raises(TypeError, match="Fraction has no JSON form"):
        Ecrivain({})(Fraction(1, 2))


def test_the_sources_are_those_cited_at_any_depth() -> None:
    """In the order they are declared, a nature where there is one."""
    known = [
        Source(id=i, titre=f"Texte {i}", reference="p. 1", nature=n)
        for i, n in zip("ABC", "xyz", strict=True)
    ]
    known.append(Source(id="D", titre="Texte D", reference="p. 2"))
    written = with_sources({"lignes": [{"motifs": [{"sources": ["D"]}]}, {"sources": ["B"]}]}, known)
    assert list(written["sources"].items()) == [
        ("B", {"titre": "Texte B", "reference": "p. 1", "nature": "y"}),
        ("D", {"titre": "Texte D", "reference": "p. 2"}),
    ]
