"""The contradictions and silences of the presentation: each is kept, and told by the commands it touches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from console import Console
from greffons import registry

from certif_rules.cli import COMMANDS
from certif_rules.demande import Demande
from certif_rules.services.vie import open_regime
from certif_rules.vie.model import Incoherence


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


CERTIFICAT = "certificats: {qualiopi: {notification: 2022-11-30, echeance: 2025-11-30}}\n"


def known() -> Mapping[str, Incoherence]:
    """The contradictions of the label, by name."""
    vie = open_regime(registry(), Demande(referentiel="certifregion")).propre
    assert vie is not None
    return vie.incoherences


def test_none_is_lost() -> None:
    """Thirty-eight were found; each has its reading or its question, and its slides."""
    assert set(known()) == {f"INC-{n:02}" for n in range(1, 39)}
    for incoherence in known().values():
        assert incoherence.lecture or incoherence.question, incoherence.id
        assert any(source.startswith("S") for source in incoherence.sources), incoherence.id


def test_the_commands_they_name_are_ours() -> None:
    """A misspelt command would tell nobody."""
    assert {commande for i in known().values() for commande in i.commandes} - set(COMMANDS) == set()


#: Situations that, together, meet all of what the presentation says.
AUDITS = {
    "initial": "",
    "complementaire": CERTIFICAT,
    "extension": "ajouts: {categories: [VAE]}\n",
    "surveillance": "precedent: {type: initial}\n",
    "surveillance sur documents": f"{CERTIFICAT}precedent: {{type: complementaire}}\n",
    "renouvellement": f"{CERTIFICAT}precedent: {{type: complementaire}}\n",
}
CYCLES = (
    "accord=2023-01-01 audit_initial=2023-05-31 ecarts_notifies_le=2023-06-02 comite=2023-08-31",
    "audit_complementaire=2023-05-31 comite=2023-08-31 echeance_qualiopi=2025-05-31",
)
DOCUMENTS = {
    "checklist": [("--format", "html", "-o", "-")],
    "dossier": [(), ("--attribution",)],
    "duree": [()],
    "autodiagnostic": [("--lignes", "toutes")],
}


@pytest.mark.parametrize("commande", ["calendrier", *DOCUMENTS])
def test_a_command_tells_those_that_touch_it(call: Console, tmp_path: Path, commande: str) -> None:
    """Whoever uses it reads each of them somewhere, by its number, in one of the situations at least."""
    expected = {nom for nom, i in known().items() if commande in i.commandes}
    assert expected
    said = b"".join(_said(call, tmp_path, commande)).decode()
    assert expected - set(re.findall(r"INC-\d\d", said)) == set()


def _said(call: Console, folder: Path, commande: str) -> Iterator[bytes]:
    if commande == "calendrier":
        for cycle in CYCLES:
            events = [word for event in cycle.split() for word in ("--evenement", event)]
            yield call(commande, "certifregion", *events, "--comites", "2023-08-31").out
        return
    for audit, more in AUDITS.items():
        profil = folder / "profil.yaml"
        profil.write_text(
            f"format: 1\nreferentiel: certifregion\naudit: {{type: {audit.split()[0]}, date: 2024-06-20}}\n"
            f"organisme: {{categories: [AF]}}\n{more}",
            encoding="utf-8",
        )
        for options in DOCUMENTS[commande]:
            reponse = call(commande, "--profil", str(profil), *options)
            assert reponse.status == 0, reponse.err
            yield reponse.out
