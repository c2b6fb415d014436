"""What the rules give, opinions, decisions and notifications: four things, in order, never mixed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from greffons import registry

from certif_rules.testing.cas import differences
from certif_rules.testing.fichier import read_cases

NOTES = Path(__file__).parent / "fictif_notes"
_, CASES = read_cases(NOTES / "procedures.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["nom"])
def test_who_gives_an_opinion_decides_and_notifies(case: dict[str, Any]) -> None:
    """Simple and binding opinions, proposals, a decider whom nobody names: a procedure by type of audit."""
    assert differences(case, registry(deux_comites=NOTES / "deux_comites")) == []
