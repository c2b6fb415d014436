"""A SIREN against its key: what is certain is told, with its place; nothing is refused."""

from __future__ import annotations

import pytest
from console import Console

from certif_rules.audit.demande import Demande
from certif_rules.audit.siren import has_right_key, siren_warnings

PROFIL = """\
format: 1
referentiel: qualiopi
audit: {type: initial, date: 2024-03-18}
organisme:
  siren: "123456789"
  categories: [AF]
"""


@pytest.mark.parametrize(
    ("siren", "right"),
    [
        ("123456782", True),  # 1+4+3+8+5+3+7+7+2 = 40
        ("356000000", True),  # La Poste: 3+1+6 = 10
        ("732829320", True),  # 7+6+2+7+2+9+3+4+0 = 40
        ("123456789", False),  # 47
        ("123456872", False),  # two digits the wrong way round: 43
    ],
)
def test_the_key_of_a_siren(siren: str, right: bool) -> None:
    """Every second digit from the right is doubled, its digits added: the sum ends in zero. Done by hand."""
    assert has_right_key(siren) is right


@pytest.mark.parametrize(
    ("siren", "told"),
    [
        ("123 456 789", ["a une clé fausse"]),
        ("12345678", ["a 8 chiffres"]),
        (123456789, ["a une clé fausse"]),
        ("123 456 782", []),
        ("en cours", []),
        (None, []),
    ],
)
def test_only_what_is_certain_is_told(siren: object, told: list[str]) -> None:
    """A number that cannot be a SIREN is told; words, a right key and an absent one are not."""
    messages = [a.message for a in siren_warnings(Demande(organisme={"siren": siren}))]
    assert len(messages) == len(told)
    assert all(words in message for words, message in zip(told, messages, strict=True))


@pytest.mark.parametrize("command", ["checklist", "dossier", "calendrier"])
def test_a_wrong_siren_is_told_with_its_place(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """The profile is taken, and the warning names the line of its SIREN."""
    reponse = Console(capfdbinary, monkeypatch)(command, "--profil", "-", "--format", "json", stdin=PROFIL)
    assert reponse.status == 0
    (warned,) = [a["message"] for a in reponse.json["avertissements"] if a["code"] == "siren_faux"]
    assert warned.startswith("<entrée standard>:5:10 : le SIREN « 123456789 » a une clé fausse")


def test_a_wrong_siren_is_told_in_a_self_assessment(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files to fill hold no warning; the page does, once, beside the SIREN that it shows."""
    reponse = Console(capfdbinary, monkeypatch)(
        "autodiagnostic", "--profil", "-", "--format", "html", stdin=PROFIL
    )
    assert reponse.status == 0
    assert reponse.out.decode().count("a une clé fausse") == 1
