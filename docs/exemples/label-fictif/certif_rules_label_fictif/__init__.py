"""Label fictif (inventé) : les données sont dans ``donnees/``, ce module dit seulement où."""

from pathlib import Path

from certif_rules import Donnees, hookimpl


@hookimpl
def certif_rules_editions() -> list[Donnees]:
    """Déclare les couches de ce greffon."""
    return [Donnees(dossier=Path(__file__).parent / "donnees")]
