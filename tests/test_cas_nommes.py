"""The stories and worked examples of the domain: each is the name of cases that an auditor can read and run.

A name stands before the dash of the name of a case, with others or alone: « L2, WE-04 — … ». What each
asserts is in the YAML; here, only that none is lost, and that each is asked of the commands its values need.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from certif_rules.testing.fichier import read_cases

PLUGINS = Path(__file__).parents[1] / "plugins"
#: Story or worked example → the kinds of the cases that hold its values.
NAMED = {
    "A7": {"cas_calendrier"},
    "A9": {"cas_echantillon"},
    "A10": {"cas_autodiagnostic"},
    "L2": {"cas", "cas_calendrier", "cas_dossier"},
    "L5": {"cas_calendrier"},
    "L6": {"cas_dossier"},
    "L8": {"cas", "cas_dossier"},
    "WE-01": {"cas_calendrier"},
    "WE-02": {"cas_calendrier"},
    "WE-03": {"cas_calendrier", "cas_dossier"},
    "WE-04": {"cas", "cas_calendrier", "cas_dossier"},
    "WE-05": {"cas_dossier"},
    "WE-06": {"cas"},
    "WE-07": {"cas", "cas_dossier", "cas_duree"},
    "WE-08": {"cas_dossier"},
    "WE-09": {"cas_calendrier"},
}
NAME = re.compile(r"(?:A|L)\d+|WE-\d\d")


def named(nom: str) -> set[str]:
    """The stories and examples that the name of a case begins with."""
    head, dash, _ = nom.partition(" — ")
    return {part for part in head.split(", ") if NAME.fullmatch(part)} if dash else set()


def found() -> dict[str, set[str]]:
    """Each name, and the kinds of the cases that bear it."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for path in sorted(PLUGINS.glob("*/tests/cas/*.yaml")):
        kind, cases = read_cases(path)
        for case in cases:
            for name in named(case["nom"]):
                kinds[name].add(kind)
    return dict(kinds)


def test_each_story_and_worked_example_has_its_cases() -> None:
    """None is lost, none is misspelt, and each is asked of the commands that its values are of."""
    assert {name: kinds for name, kinds in found().items() if name in NAMED} == NAMED


@pytest.mark.parametrize(
    ("nom", "expected"),
    [
        ("L2, WE-04 — deux devis", {"L2", "WE-04"}),
        ("WE-08, INC-37 — sans établissement", {"WE-08"}),
        ("A10 — un critère", {"A10"}),
        ("INC-07 — le lieu, voir WE-03", set()),
        ("Sans nom d’exemple, L2", set()),
        ("WE-3 — mal écrit", set()),
    ],
)
def test_a_name_stands_before_the_dash(nom: str, expected: set[str]) -> None:
    """Alone or with others; elsewhere in the words of a case it names nothing."""
    assert named(nom) == expected
