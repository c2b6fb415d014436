"""The workspace killed while people write: what it confirmed is there when it comes back."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from scripts import script_of

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.lent
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills in another way")
def test_what_was_confirmed_outlives_a_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kills while two people write; ``benchmarks/coupures.py`` gives fifty."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    script = script_of("benchmarks/coupures.py")
    assert script.faults(2, seed=3) == []
