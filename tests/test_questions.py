"""``questions``: what is asked before an audit is what would change its document, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from console import Console

INITIAL = ("questions", "qualiopi", "--type", "initial", "--date", "2024-03-18")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def asked(call: Console, *options: str) -> dict[str, dict[str, Any]]:
    """The questions, by fact."""
    return {q["fait"]: q for q in call(*options, "--format", "json").json["questions"]}


def numbers(lines: list[str]) -> list[str]:
    return [line.partition("/")[2] for line in lines]


def test_categories_of_a_line_that_is_due_all_the_same(call: Console) -> None:
    """Beside apprenticeship, which is certifying by nature, AF changes for whom 3, 7 and 16 are seen."""
    found = asked(call, *INITIAL, "--categorie", "AF", "--categorie", "CFA")["certifiante"]
    assert found["categories"] == ["AF"]
    assert numbers(found["effets"]["categories"]) == ["3", "7", "16"]
    assert found["effets"]["etat"] == []


def test_texts_are_asked_for_too(call: Console) -> None:
    """At an initial audit a new entrant is judged otherwise on eight lines that are due in any case."""
    others = ("certifiante", "alternance", "situation_travail", "sous_traitance")
    known = [word for fact in others for word in ("--sans", fact)]
    options = (*INITIAL, "--categorie", "AF", *known, "--avec", "plus_de_deux_jours")
    found = asked(call, *options)
    assert list(found) == ["nouvel_entrant"]
    effects = found["nouvel_entrant"]["effets"]
    assert numbers(effects["textes"]) == ["2", "11", "19", "22", "24", "25", "26", "32"]
    assert effects["etat"] == effects["categories"] == []
    assert "change les textes de 2, 11, 19" in " ".join(call(*options).text.split())


def test_a_line_stands_under_its_strongest_effect(call: Console) -> None:
    """« certifiante » makes line 3 due and changes its texts: the line stands once, under its state."""
    effects = asked(call, *INITIAL, "--categorie", "AF")["certifiante"]["effets"]
    assert "3" in numbers(effects["etat"])
    assert "3" not in numbers(effects["textes"])


def test_nothing_about_lines_that_this_audit_leaves_aside(call: Console) -> None:
    """A complementary audit sees the label's own lines: of six facts unknown, one decides of one of them."""
    found = asked(
        call, "questions", "certifregion", "--type", "complementaire", "--date", "2024-03-18",
        "--categorie", "AF", "--certificat", "qualiopi=2022-05-12:2025-05-12",
    )  # fmt: skip
    assert list(found) == ["formation_a_distance"]
    assert found["formation_a_distance"]["lignes"] == ["certifregion/G"]


def test_a_request_without_its_day_says_what_there_is_to_choose(call: Console) -> None:
    """The type is given, the day and the categories are not: editions, categories and facts are."""
    answer = call("questions", "qualiopi", "--type", "initial", "--sans", "sous_traitance")
    lines = [" ".join(line.split()) for line in answer.text.splitlines()]
    assert answer.status == 2
    assert answer.codes == ["information-manquante"]
    assert "--date" in answer.err
    assert "La date choisira l’édition : 2019, 2026." in lines[0]
    categories = [line.split()[1] for line in lines if line.startswith("--categorie")]
    assert sorted(categories) == ["AF", "BC", "CFA", "VAE"]
    assert not [line for line in lines if line.startswith("--type")]
    assert "répondre par --avec certifiante ou --sans certifiante" in lines
    assert "sous_traitance" not in answer.text


def test_the_day_chooses_the_edition_before_the_type(call: Console) -> None:
    """On 15 March 2024 V5 is in force: its own five types are offered, and no category once one is given."""
    answer = call("questions", "certifregion", "--date", "2024-03-15", "--categorie", "AF")
    lines = answer.text.splitlines()
    assert answer.status == 2
    assert lines[0] == "Édition V5."
    assert [line.split()[1] for line in lines if line.startswith("--type")] == [
        "initial", "complementaire", "extension", "surveillance", "renouvellement",
    ]  # fmt: skip
    assert "--categorie" not in answer.text


def test_what_is_wrong_is_told_alone(call: Console) -> None:
    """A fact that is not one is wrong, whatever is missing beside: nothing is offered to choose."""
    answer = call("questions", "qualiopi", "--avec", "bof")
    assert (answer.status, answer.out) == (2, b"")
    assert "fait-inconnu" in answer.codes
