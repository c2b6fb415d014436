"""Puts the made-up référentiel on the path, as if it were installed, before any entry point is looked for."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

FICTIF = Path(__file__).parent / "fictif"

if str(FICTIF) not in sys.path:
    sys.path.append(str(FICTIF))

# A law holds however busy the machine is.
settings.register_profile("sans_delai", deadline=None)
settings.load_profile("sans_delai")
