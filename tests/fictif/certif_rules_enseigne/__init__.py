"""A label that does not exist, laid on the made-up référentiel of the repair workshops."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from certif_rules import Donnees, hookimpl


@hookimpl
def certif_rules_editions() -> Iterable[Donnees]:
    """The layers of this plugin."""
    yield Donnees(dossier=Path(__file__).parent / "donnees")
