"""Self-assessments and people: what answers tell of them is told with its place, or replaced. The dress."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from autodiagnostics import AF, filled, json_file, text
from console import Console
from habillages import habillage_file as dress_of

NOM, MEL, TEL = "Camille Durand", "camille.durand@exemple.fr", "06 12 34 56 78"
FORMATS = ("table", "html", "json")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def profil(tmp_path: Path) -> Path:
    return json_file(tmp_path / "audit.yaml", AF)


@pytest.fixture
def nommant(call: Console, profil: Path, tmp_path: Path) -> Path:
    """Answers that name people in each of the fields where one types."""
    path = filled(call, profil, tmp_path / "r.json", {"1": 2, "26": 1, "2": "sans_objet"})
    data = json.loads(path.read_text(encoding="utf-8"))
    for entry in data["reponses"]:
        if entry["numero"] == "1":
            entry["commentaire"] = f"Voir {MEL}"
        if entry["numero"] == "2":
            entry["raison"] = f"décidé par Mme {NOM}"
        if entry["numero"] == "26":
            entry["preuves"] = f"appel au {TEL}"
    return json_file(path, data)


def warned(found: Any) -> list[str]:
    return [a["message"] for a in found["avertissements"] if a["code"] == "donnee_personnelle"]


def test_people_named_in_answers_are_told_with_their_place(call: Console, nommant: Path) -> None:
    """One warning for each, its file, its line and its field, and never what was found."""
    said = warned(call("autodiagnostic", "--reponses", nommant, "--format", "json").json)
    expected = {
        "ligne 1, « commentaire » contient une adresse électronique",
        "ligne 2, « raison » contient un nom de personne",
        "ligne 26, « preuves » contient un numéro de téléphone",
    }
    assert {part for part in expected for message in said if part in message} == expected
    assert len(said) == len(expected)
    assert all(message.startswith(f"{nommant}:") for message in said)
    assert not any(secret in message for message in said for secret in (NOM, MEL, TEL))


def test_people_named_in_the_profile_are_told_too(call: Console, tmp_path: Path) -> None:
    """On the grid, before anything is answered."""
    organisme = {**AF["organisme"], "sites": [{"id": "S1", "commune": f"demander à Mme {NOM}"}]}
    profil = json_file(tmp_path / "p.json", {**AF, "organisme": organisme})
    shown = text(call("autodiagnostic", "--profil", profil).out)
    assert "profil, « sites commune » contient un nom de personne" in shown.replace(".", " ")


def test_a_file_written_tells_them_on_standard_error(call: Console, nommant: Path, tmp_path: Path) -> None:
    """Names in the answers are told when a file is written too."""
    found = call("autodiagnostic", "--reponses", nommant, "-o", tmp_path / "s.html")
    assert found.err.count("avertissement: donnee_personnelle :") == 3


def test_a_comparison_tells_those_of_both(call: Console, profil: Path, nommant: Path, tmp_path: Path) -> None:
    """Whichever of the two names people."""
    clean = filled(call, profil, tmp_path / "propre.json", {"1": 2})
    for both in ((nommant, clean), (clean, nommant)):
        arguments = [part for file in both for part in ("--reponses", file)]
        assert len(warned(call("autodiagnostic", *arguments, "--format", "json").json)) == 3


@pytest.mark.parametrize("format_", FORMATS)
def test_pseudonymised_answers_name_nobody(call: Console, nommant: Path, format_: str) -> None:
    """Replaced in every format, counted on standard error, and no longer warned of."""
    plain = call("autodiagnostic", "--reponses", nommant, "--format", format_).out
    assert MEL.split("@", maxsplit=1)[0] in text(plain).replace(" ", "")
    found = call("autodiagnostic", "--reponses", nommant, "--format", format_, "--pseudonymiser")
    shown = found.out.decode()
    assert not any(secret in shown for secret in ("Durand", MEL, TEL))
    assert "contient un" not in shown
    assert "adresse électronique (1), nom de personne (1)" in found.err


def test_lines_about_health_warn_where_one_types(call: Console, profil: Path, tmp_path: Path) -> None:
    """On the grid to fill in each of its formats, then beside the answers; and on no other line."""
    for suffix in (".html", ".csv", ".yaml", ".txt"):
        grid = tmp_path / f"g{suffix}"
        call("autodiagnostic", "--profil", profil, "-o", grid)
        assert "Données sensibles" in grid.read_text(encoding="utf-8-sig"), suffix
    file = filled(call, profil, tmp_path / "r.json", {"26": 2})
    shown = text(call("autodiagnostic", "--reponses", file).out)
    answers = shown.split("Toutes les réponses")[1]
    assert "! Données sensibles, ligne 26 Santé." in answers
    lignes = call("autodiagnostic", "--reponses", file, "--format", "json").json["lignes"]
    told = {li["numero"]: li["donnees_sensibles"] for li in lignes if li["donnees_sensibles"]}
    assert "26" in told
    assert {value["nature"] for value in told.values()} == {"sante"}
    assert len(told) < len(lignes) / 2


def test_it_wears_the_dress_of_a_body(call: Console, profil: Path, tmp_path: Path) -> None:
    """Logo and last sentences on the grid, the synthesis and the comparison; nothing of it in the answers."""
    corps = dress_of(tmp_path)
    file = filled(call, profil, tmp_path / "r.json", {"1": 2})
    dress = ["--habillage", corps, "--format", "html"]
    for arguments in (["--profil", profil], ["--reponses", file], ["--reponses", file, "--reponses", file]):
        page = call("autodiagnostic", *arguments, *dress).out.decode()
        assert "data:image/png;base64," in page
        assert "Certif’Exemple\u00a0: Merci de votre accueil" in page
        assert "data:image/png" not in call("autodiagnostic", *arguments, "--format", "html").out.decode()
    bare = call("autodiagnostic", "--profil", profil, "--format", "json").out
    assert call("autodiagnostic", "--profil", profil, "--format", "json", "--habillage", corps).out == bare


def test_a_dress_that_says_too_much_is_refused(call: Console, profil: Path, tmp_path: Path) -> None:
    """No body rewords a conclusion."""
    corps = dress_of(tmp_path, "format: 1\nemetteur: X\nconstats: {conforme: Bien}\n")
    refused = call("autodiagnostic", "--profil", profil, "--habillage", corps)
    assert (refused.status, refused.codes) == (1, ["mot-reglementaire"])
