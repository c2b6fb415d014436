"""The Certif’Région Occitanie label, laid over the national quality standard (Qualiopi).

The label itself is under ``donnees/``; this module only says where.
"""

from pathlib import Path

from certif_rules import Donnees, hookimpl


@hookimpl
def certif_rules_editions() -> list[Donnees]:
    """Declare the layers of this plugin."""
    return [Donnees(dossier=Path(__file__).parent / "donnees")]
