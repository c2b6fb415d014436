"""The stories and worked examples of the domain: each is the name of cases that an auditor can read and run.

A name stands before the dash of the name of a case, with others or alone: « L2, WE-04 — … ». What each
asserts is in the YAML; here, only that none is lost, and that each is asked of the commands its values need.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from certif_rules.testing.fichier import read_cases

PLUGINS = Path(__file__).parents[1] / "plugins"
#: Story or worked example → the kinds of the cases that hold its values, and how many of each kind.
NAMED = {
    "A7": {"cas_calendrier": 2},
    "A9": {"cas_echantillon": 7},
    "A10": {"cas_autodiagnostic": 3},
    "L2": {"cas": 2, "cas_calendrier": 2, "cas_dossier": 3},
    "L5": {"cas_calendrier": 5},
    "L6": {"cas_dossier": 3},
    "L8": {"cas": 1, "cas_dossier": 4},
    "WE-01": {"cas_calendrier": 1},
    "WE-02": {"cas_calendrier": 1},
    "WE-03": {"cas_calendrier": 1, "cas_dossier": 1},
    "WE-04": {"cas": 2, "cas_calendrier": 1, "cas_dossier": 2},
    "WE-05": {"cas_dossier": 1},
    "WE-06": {"cas": 1},
    "WE-07": {"cas": 2, "cas_dossier": 1, "cas_duree": 1},
    "WE-08": {"cas_dossier": 2},
    "WE-09": {"cas_calendrier": 1},
}
NAME = re.compile(r"(?:A|L)\d+|WE-\d\d")


def named(nom: str) -> set[str]:
    """The stories and examples that the name of a case begins with."""
    head, dash, _ = nom.partition(" — ")
    return {part for part in head.split(", ") if NAME.fullmatch(part)} if dash else set()


def found() -> dict[str, Counter[str]]:
    """Each name, and how many cases of each kind bear it."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(PLUGINS.glob("*/tests/cas/*.yaml")):
        kind, cases = read_cases(path)
        for case in cases:
            for name in named(case["nom"]):
                kinds[name][kind] += 1
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
