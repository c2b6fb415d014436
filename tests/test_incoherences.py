"""The contradictions and silences of the presentation: each is kept, and told by the commands it touches."""

from __future__ import annotations

from greffons import registry

from certif_rules.cli import COMMANDS
from certif_rules.demande import Demande
from certif_rules.services.vie import open_regime


def test_none_is_lost() -> None:
    """Thirty-eight were found; each has its reading or its question, and its slides."""
    vie = open_regime(registry(), Demande(referentiel="certifregion")).propre
    assert vie is not None
    assert set(vie.incoherences) == {f"INC-{n:02}" for n in range(1, 39)}
    for incoherence in vie.incoherences.values():
        assert incoherence.lecture or incoherence.question, incoherence.id
        assert any(source.startswith("S") for source in incoherence.sources), incoherence.id


def test_the_commands_they_name_are_ours() -> None:
    """A misspelt command would tell nobody."""
    coming = {"autodiagnostic", "dossier", "duree", "echantillon"}
    vie = open_regime(registry(), Demande(referentiel="certifregion")).propre
    assert vie is not None
    named = {commande for i in vie.incoherences.values() for commande in i.commandes}
    assert named - set(COMMANDS) - coming == set()
