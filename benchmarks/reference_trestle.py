"""What compliance-trestle takes to resolve a profile, run in its own environment; JSON on the output.

    python reference_trestle.py WORKSPACE TURNS

``tout`` reads the files and resolves; ``charge`` resolves with the catalogue and the profile in memory,
handed over by the function that would read them; ``json`` writes the resolved catalogue as text.
"""

from __future__ import annotations

import contextlib
import copy
import json
import sys
import time
from pathlib import Path
from typing import Any

from trestle.core.profile_resolver import ProfileResolver
from trestle.core.remote import cache

PROFIL, CATALOGUE = "trestle://profiles/moderate/profile.json", "trestle://catalogs/nist/catalog.json"


class _EnMemoire:
    """What trestle asks for a model that is read already."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def get_oscal(self) -> Any:
        """Return the model and its type."""
        return self._model


def measure(root: Path, turns: int) -> dict[str, Any]:
    """Return the seconds of processor of each turn."""
    times: dict[str, Any] = {"tout": [], "charge": [], "json": []}
    fetcher = cache.FetcherFactory.get_fetcher
    read = {href: fetcher(root, href).get_oscal() for href in (PROFIL, CATALOGUE)}
    resolved: Any = None
    for _ in range(turns):
        start = time.process_time()
        resolved = ProfileResolver.get_resolved_profile_catalog(root, PROFIL)
        middle = time.process_time()
        resolved.oscal_serialize_json()
        times["tout"].append(middle - start)
        times["json"].append(time.process_time() - middle)
        fresh = copy.deepcopy(read)  # resolving changes what it is given
        cache.FetcherFactory.get_fetcher = lambda _root, href, own=fresh: _EnMemoire(own[href])
        start = time.process_time()
        ProfileResolver.get_resolved_profile_catalog(root, PROFIL)
        times["charge"].append(time.process_time() - start)
        cache.FetcherFactory.get_fetcher = fetcher
    times["controles"] = sum(_count(group) for group in resolved.groups)
    return times


def _count(owner: Any) -> int:
    """Return how many controls are in a group or a control, those inside them included."""
    return sum(1 + _count(control) for control in owner.controls or ())


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        answer = measure(Path(sys.argv[1]), int(sys.argv[2]))
    json.dump(answer, sys.stdout)
