"""``autodiagnostic`` as people call it: the grid and its files, the answers that are read back."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from autodiagnostics import A10, AF, filled, json_file, text
from console import Console
from greffons import DONNEES

from certif_rules.source.schema import check
from certif_rules.source.yaml import read_bytes


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def profil(tmp_path: Path) -> Path:
    path = tmp_path / "audit.yaml"
    path.write_text(json.dumps(AF, ensure_ascii=False), encoding="utf-8")
    return path


# ---- the grid -------------------------------------------------------------------------------------------


def test_the_grid_has_the_lines_of_the_audit_and_names_the_others(call: Console, profil: Path) -> None:
    """Lines to confirm are in it and marked; those left out are listed with their reason."""
    shown = text(call("autodiagnostic", "--profil", profil).out)
    assert "31 – Difficultés" in shown
    assert "? à confirmer" in shown
    assert "Lignes écartées (9)" in shown
    assert "∅ non applicable, réservé à l’apprentissage (CFA) [J9, D26]" in shown
    assert "ne garantissent ni l’obtention de la certification Qualiopi" in shown
    assert "[S25]" in shown


@pytest.mark.parametrize("suffix", [".json", ".yaml", ".csv"])
def test_every_file_to_fill_is_read_back(call: Console, profil: Path, tmp_path: Path, suffix: str) -> None:
    """Empty, each gives the same synthesis: nothing answered, nothing counted as zero."""
    grid = tmp_path / f"grille{suffix}"
    assert call("autodiagnostic", "--profil", profil, "-o", grid).status == 0
    found = call("autodiagnostic", "--reponses", grid, "--format", "json").json
    assert {c["etat"] for c in found["criteres"]} == {"sans_reponse"}
    assert found["ensemble"] == {
        "points": 0, "maximum": 0, "pourcent": None, "repondues": 0, "applicables": 35,
    }  # fmt: skip
    assert len(found["priorites"]) == 35


def test_a_spreadsheet_filled_says_what_was_typed(call: Console, profil: Path, tmp_path: Path) -> None:
    """Levels as digits, « sans objet » as people write it, a reason, whatever the separator."""
    grid = tmp_path / "grille.csv"
    call("autodiagnostic", "--profil", profil, "-o", grid)
    rows = list(csv.reader(io.StringIO(grid.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))
    column = {name: index for index, name in enumerate(rows[0])}
    for row in rows[1:]:
        if row[column["indicateur"]] == "1":
            row[column["niveau"]] = " 2 "
        if row[column["indicateur"]] == "4":
            row[column["niveau"]], row[column["raison si sans objet"]] = "Sans objet", "aucun besoin"
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=",").writerows(rows)
    grid.write_text(out.getvalue(), encoding="utf-8")
    lignes = call("autodiagnostic", "--reponses", grid, "--format", "json").json["lignes"]
    found = {li["numero"]: (li["niveau"], li["raison"]) for li in lignes if li["niveau"] is not None}
    assert found == {"1": (2, None), "4": ("sans_objet", "aucun besoin")}


def test_a_wrong_cell_is_named_by_its_place(call: Console, profil: Path, tmp_path: Path) -> None:
    """An answer that does not exist is told at its cell."""
    grid = tmp_path / "grille.csv"
    call("autodiagnostic", "--profil", profil, "-o", grid)
    lines = grid.read_bytes().decode("utf-8-sig").split("\r\n")
    lines[1] = lines[1].replace('"● à auditer";"";', '"● à auditer";"beaucoup";')
    grid.write_bytes("\r\n".join(lines).encode())
    reponse = call("autodiagnostic", "--reponses", grid)
    assert (reponse.status, reponse.codes) == (1, ["niveau-inconnu"])
    assert "grille.csv:2:7: " in reponse.err


def test_json_follows_its_schema_and_yaml_says_the_same(call: Console, profil: Path) -> None:
    """The two files hold the same request and the same lines."""
    data = call("autodiagnostic", "--profil", profil, "--format", "json").json
    assert check(data, "reponses") == []
    plain = call("autodiagnostic", "--profil", profil, "--format", "yaml").out
    read = read_bytes(plain, "grille.yaml", strict=False)
    assert [entry["id"] for entry in read["reponses"]] == [entry["id"] for entry in data["reponses"]]
    assert read["organisme"] == data["organisme"]


def test_the_lines_asked_may_be_all_of_them(call: Console, tmp_path: Path) -> None:
    """The choice travels with the file; nothing due is a refusal that says what to do."""
    audit = {"type": "surveillance", "date": "2024-03-18"}
    precedent = {"type": "complementaire", "date": "2023-03-01", "constats": {}}
    profil = json_file(tmp_path / "p.json", {**AF, "audit": audit, "precedent": precedent})
    refused = call("autodiagnostic", "--profil", profil)
    assert (refused.status, refused.codes) == (2, ["autodiagnostic-vide"])
    assert "--lignes toutes" in refused.err
    grid = tmp_path / "toutes.json"
    assert call("autodiagnostic", "--profil", profil, "--lignes", "toutes", "-o", grid).status == 0
    assert call("autodiagnostic", "--reponses", grid, "--format", "json").json["etendue"] == "toutes"


# ---- answers --------------------------------------------------------------------------------------------


def test_answers_alone_take_the_profile_given(call: Console, profil: Path, tmp_path: Path) -> None:
    """A few lines typed by hand are enough; without an organisation, it is asked for by name."""
    entries = [{"id": numero, "niveau": niveau} for numero, niveau in A10.items()]
    file = json_file(tmp_path / "r.json", {"format": 1, "reponses": entries})
    found = call("autodiagnostic", "--profil", profil, "--reponses", file, "--format", "json").json
    scores = {c["numero"]: (c["points"], c["maximum"], c["pourcent"]) for c in found["criteres"]}
    assert (scores["1"], scores["7"]) == ((4, 6, 67), (3, 9, 33))
    missing = call("autodiagnostic", "--reponses", file)
    assert (missing.status, set(missing.codes)) == (2, {"information-manquante"})


def test_everything_impossible_is_said_at_once(call: Console, profil: Path, tmp_path: Path) -> None:
    """Each with its line in the file; nothing is written."""
    wrong = {"1": 4, "2": "sans_objet", "14": 2, "99": 1}
    lines = [f'  - {{id: "{numero}", niveau: {niveau}}}' for numero, niveau in [*wrong.items(), ("1", 2)]]
    file = tmp_path / "r.yaml"
    file.write_text("\n".join(["format: 1", "reponses:", *lines]) + "\n", encoding="utf-8")
    out = tmp_path / "s.html"
    reponse = call("autodiagnostic", "--profil", profil, "--reponses", file, "-o", out)
    assert reponse.status == 1
    assert sorted(reponse.codes) == [
        "ligne-en-double", "ligne-inconnue", "ligne-non-retenue", "niveau-inconnu", "raison-manquante",
    ]  # fmt: skip
    for number in (3, 4, 5, 6, 7):
        assert f"r.yaml:{number}:" in reponse.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"id": "1", "niveau": "deux"}, "forme-inattendue"),
        ({"id": "1", "niveau": True}, "type-inattendu"),
        ({"id": "1", "niveau": 1.5}, "forme-inattendue"),
        ({"id": "1", "nivau": 1}, "cle-inconnue"),
        ({"niveau": 1}, "cle-manquante"),
    ],
)
def test_the_shape_of_a_file_is_checked(
    call: Console, profil: Path, tmp_path: Path, entry: dict[str, Any], code: str
) -> None:
    """A file of answers of another shape is refused with its code."""
    file = json_file(tmp_path / "r.json", {"format": 1, "reponses": [entry]})
    reponse = call("autodiagnostic", "--profil", profil, "--reponses", file)
    assert (reponse.status, reponse.codes) == (1, [code])


def test_other_rules_are_told_not_refused(call: Console, profil: Path, tmp_path: Path) -> None:
    """Old answers may be read with new rules; the reader knows."""
    file = filled(call, profil, tmp_path / "r.json", {"1": 3})
    data = json.loads(file.read_text(encoding="utf-8"))
    same = call("autodiagnostic", "--reponses", file, "--format", "json").json
    data["referentiel"]["empreinte"] = "sha256:" + "0" * 64
    other = call("autodiagnostic", "--reponses", json_file(file, data), "--format", "json").json
    codes = [{a["code"] for a in found["avertissements"]} for found in (same, other)]
    assert codes[1] - codes[0] == {"autres_regles"}


def test_the_file_and_the_argument_may_not_disagree(call: Console, profil: Path, tmp_path: Path) -> None:
    """Answers for one référentiel are never counted on another."""
    file = filled(call, profil, tmp_path / "r.json", {})
    assert call("autodiagnostic", "qualiopi", "--reponses", file).codes == ["demande-contradictoire"]
    bare = json_file(tmp_path / "b.json", {"format": 1, "referentiel": "qualiopi", "reponses": []})
    refused = call("autodiagnostic", "--profil", profil, "--reponses", bare)
    assert (refused.status, refused.codes) == (2, ["demande-contradictoire"])


def test_standard_input_serves_once(call: Console, profil: Path, tmp_path: Path) -> None:
    """Answers come from a pipe, once in a call."""
    file = filled(call, profil, tmp_path / "r.json", {"1": 3})
    content = file.read_text(encoding="utf-8")
    assert call("autodiagnostic", "--reponses", "-", "--format", "json", stdin=content).status == 0
    twice = call("autodiagnostic", "--reponses", "-", "--reponses", "-", stdin=content)
    assert (twice.status, twice.codes) == (2, ["demande-contradictoire"])
    three = call("autodiagnostic", *(["--reponses", file] * 3))
    assert (three.status, three.codes) == (2, ["trop-de-reponses"])


# ---- files and data -----------------------------------------------------------------------------------


def test_formats_are_those_of_what_is_asked(call: Console, profil: Path, tmp_path: Path) -> None:
    """A synthesis is no spreadsheet; a suffix that says nothing is refused before any work."""
    file = filled(call, profil, tmp_path / "r.json", {"1": 1})
    assert call("autodiagnostic", "--reponses", file, "--format", "csv").codes == ["format-inconnu"]
    assert call("autodiagnostic", "--profil", profil, "-o", tmp_path / "g.xyz").codes == ["format-inconnu"]
    assert call("autodiagnostic", "--profil", profil, "-o", file).codes == ["fichier-existant"]


def test_answers_and_cases_are_checked_as_data_are(call: Console, profil: Path, tmp_path: Path) -> None:
    """``valider`` knows both by their key."""
    grid = tmp_path / "grille.json"
    call("autodiagnostic", "--profil", profil, "-o", grid)
    assert call("valider", grid).status == 0
    data = json.loads(grid.read_text(encoding="utf-8"))
    data["reponses"][0]["niveau"] = "beaucoup"
    assert call("valider", json_file(grid, data)).status == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("valeur: 2,", "valeur: 0,"),
        ("sans_reponse_avant: 0", "sans_reponse_avant: 1"),
        (", sans_reponse_avant: 0", ""),
        ("mot: niveau, sans_reponse_avant: 0", "mot: niveau, sans_reponse_avant: 0, sous: 2"),
    ],
)
def test_levels_that_contradict_one_another_are_refused(
    call: Console, tmp_path: Path, before: str, after: str
) -> None:
    """Levels go up, thresholds are levels, each key has what it needs and nothing else."""
    donnees = shutil.copytree(DONNEES["fictif"], tmp_path / "certif_rules_fictif" / "donnees")
    path = donnees / "regles" / "charte-1" / "vie" / "autodiagnostic.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    reponse = call("valider", donnees)
    assert "notation-incoherente" in reponse.err + reponse.out.decode()
