"""The workspace killed while people write: what it confirmed is there when it comes back."""

from __future__ import annotations

import signal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.lent
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills in another way")
def test_what_was_confirmed_outlives_a_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kills while two people write; ``benchmarks/coupures.py`` gives fifty."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    spec = spec_from_file_location("coupures", ROOT / "benchmarks" / "coupures.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.faults(2, seed=3) == []
