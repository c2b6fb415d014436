"""``autodiagnostic`` as people call it: the grid and its files, answers, their synthesis, two compared."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from autodiagnostics import PROFIL
from console import Console, process
from fabrique import HOSTILES
from greffons import DONNEES

from certif_rules.schema import check
from certif_rules.source import read_bytes

AF = {"format": 1, **PROFIL}
#: The self-assessment of the documentation: two criteria answered.
A10 = {"1": 3, "2": 1, "30": 2, "31": 0, "32": 1}


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def profil(tmp_path: Path) -> Path:
    path = tmp_path / "audit.yaml"
    path.write_text(json.dumps(AF, ensure_ascii=False), encoding="utf-8")
    return path


def written(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def filled(call: Console, profil: Path, path: Path, levels: dict[str, Any], **more: Any) -> Path:
    """The grid in JSON with these levels, by printed number."""
    grid = call("autodiagnostic", "--profil", profil, "--format", "json").json
    for entry in grid["reponses"]:
        entry["niveau"] = levels.get(entry["numero"])
        entry["raison"] = "essai" if entry["niveau"] == "sans_objet" else None
    return written(path, {**grid, **more})


def text(document: bytes) -> str:
    return " ".join(document.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


# ---- the grid -------------------------------------------------------------------------------------------


def test_the_grid_has_the_lines_of_the_audit_and_names_the_others(call: Console, profil: Path) -> None:
    """Lines to confirm are in it and marked; those left out are listed with their reason."""
    shown = text(call("autodiagnostic", "--profil", profil).out)
    assert "31 – Difficultés" in shown
    assert "◐ à confirmer" in shown
    assert "Lignes écartées (9)" in shown
    assert "réservé à l'apprentissage" in shown.replace("’", "'")
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
    profil = written(tmp_path / "p.json", {**AF, "audit": audit, "precedent": precedent})
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
    file = written(tmp_path / "r.json", {"format": 1, "reponses": entries})
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
    file = written(tmp_path / "r.json", {"format": 1, "reponses": [entry]})
    reponse = call("autodiagnostic", "--profil", profil, "--reponses", file)
    assert (reponse.status, reponse.codes) == (1, [code])


def test_other_rules_are_told_not_refused(call: Console, profil: Path, tmp_path: Path) -> None:
    """Old answers may be read with new rules; the reader knows."""
    file = filled(call, profil, tmp_path / "r.json", {"1": 3})
    data = json.loads(file.read_text(encoding="utf-8"))
    same = call("autodiagnostic", "--reponses", file, "--format", "json").json
    data["referentiel"]["empreinte"] = "sha256:" + "0" * 64
    other = call("autodiagnostic", "--reponses", written(file, data), "--format", "json").json
    codes = [{a["code"] for a in found["avertissements"]} for found in (same, other)]
    assert codes[1] - codes[0] == {"autres_regles"}


def test_the_file_and_the_argument_may_not_disagree(call: Console, profil: Path, tmp_path: Path) -> None:
    file = filled(call, profil, tmp_path / "r.json", {})
    assert call("autodiagnostic", "qualiopi", "--reponses", file).codes == ["demande-contradictoire"]
    bare = written(tmp_path / "b.json", {"format": 1, "referentiel": "qualiopi", "reponses": []})
    refused = call("autodiagnostic", "--profil", profil, "--reponses", bare)
    assert (refused.status, refused.codes) == (2, ["demande-contradictoire"])


def test_standard_input_serves_once(call: Console, profil: Path, tmp_path: Path) -> None:
    file = filled(call, profil, tmp_path / "r.json", {"1": 3})
    content = file.read_text(encoding="utf-8")
    assert call("autodiagnostic", "--reponses", "-", "--format", "json", stdin=content).status == 0
    twice = call("autodiagnostic", "--reponses", "-", "--reponses", "-", stdin=content)
    assert (twice.status, twice.codes) == (2, ["demande-contradictoire"])
    three = call("autodiagnostic", *(["--reponses", file] * 3))
    assert (three.status, three.codes) == (2, ["trop-de-reponses"])


# ---- the synthesis --------------------------------------------------------------------------------------


def test_the_table_comes_first_and_nothing_is_promised(call: Console, profil: Path, tmp_path: Path) -> None:
    """The order of the parts; the disclaimer, the proposal, fractions and reasons are printed."""
    file = filled(call, profil, tmp_path / "r.json", {**A10, "E": 1, "4": "sans_objet"})
    shown = text(call("autodiagnostic", "--reponses", file).out)
    parts = [
        "Ce que ce résultat ne garantit pas", "Score de chaque critère", "En barres", "En radar",
        "Par quoi commencer", "risque majeur", "Sur l’ensemble des lignes", "Toutes les réponses",
        "Lignes écartées",
    ]  # fmt: skip
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)
    assert "67 % (4/6)" in shown
    assert "aucune norme publique" in shown
    assert "n’annoncent aucune décision d’audit" in shown
    assert "raison : essai" in shown
    assert "★ label" in shown
    assert "certifi" not in shown.split("Par quoi commencer")[1].split("Indicateurs à améliorer")[0]


@pytest.mark.parametrize("incoherence", ["INC-02", "INC-05", "INC-06", "INC-20", "INC-30", "INC-38"])
def test_contradictions_of_the_sources_are_told(
    call: Console, profil: Path, tmp_path: Path, incoherence: str
) -> None:
    """On the grid and on the synthesis, in JSON too, with the reading chosen or the question left."""
    file = filled(call, profil, tmp_path / "r.json", A10)
    found = call("autodiagnostic", "--reponses", file, "--format", "json").json
    (told,) = [i for i in found["incoherences"] if i["id"] == incoherence]
    assert told["lecture"] or told["question"]
    assert set(told["sources"]) <= set(found["sources"])
    for arguments in (["--profil", profil], ["--reponses", file]):
        shown = text(call("autodiagnostic", *arguments).out)
        assert f"⚠ {incoherence} :" in shown


def test_contradictions_about_a_line_stand_beside_it(call: Console, profil: Path, tmp_path: Path) -> None:
    """F and its categories, G and its condition, the letters that the presentation never names."""
    file = filled(call, profil, tmp_path / "r.json", A10)
    lignes = call("autodiagnostic", "--reponses", file, "--format", "json").json["lignes"]
    told = {li["numero"]: li["incoherences"] for li in lignes if li["incoherences"]}
    assert told == {
        "E": ["INC-05"],
        "F": ["INC-02", "INC-05"],
        "G": ["INC-05", "INC-30"],
        **{letter: ["INC-06"] for letter in "ABDIL"},
    }


def test_a_referentiel_without_levels_says_so(call: Console, tmp_path: Path) -> None:
    """The rules of 2019 were not read: those read in their place serve; a made-up label has its own words."""
    shown = call(
        "autodiagnostic", "enseigne", "--type", "bapteme", "--date", "2022-03-01", "--categorie", "ELEC"
    )
    assert "« Se noter ne vaut pas l’enseigne »" in text(shown.out)
    assert "5 – toujours" in text(shown.out)


def test_pages_and_files_hold_the_pictures(call: Console, profil: Path, tmp_path: Path) -> None:
    """HTML holds bars and radar as pictures with an alternative; two runs give the same bytes."""
    levels = {li: n % 4 for n, li in enumerate(["1", "4", "9", "17", "21", "23", "30"])}
    file = filled(call, profil, tmp_path / "r.json", levels, fait_le="2024-02-01")
    out = tmp_path / "s.html"
    assert call("autodiagnostic", "--reponses", file, "-o", out).status == 0
    page = out.read_text(encoding="utf-8")
    assert page.count("data:image/svg+xml;base64,") == 2
    assert page.count("les valeurs sont dans le tableau") == 2
    assert 'class="rouge"' in page
    again = tmp_path / "t.html"
    call("autodiagnostic", "--reponses", file, "-o", again)
    assert again.read_bytes() == out.read_bytes()


def test_a_poor_console_gets_the_nearest_signs(profil: Path) -> None:
    """Windows without our signs: no failure, every word there; an address alone is longer than a line."""
    reponse = process("autodiagnostic", "--profil", profil, env={"PYTHONIOENCODING": "cp1252"})
    assert reponse.status == 0
    shown = reponse.out.decode("cp1252")
    assert "* label" in " ".join(shown.replace("\xa0", " ").split())
    assert "[?] à confirmer" in shown.replace("\xa0", " ")
    assert max(len(line) for line in shown.splitlines() if "://" not in line) <= 80


@pytest.mark.parametrize("hostile", HOSTILES)
def test_typed_texts_are_text(call: Console, tmp_path: Path, hostile: str) -> None:
    """A name or a note that attacks is printed as text in every format."""
    organisme = {**AF["organisme"], "nom": hostile}
    profil = written(tmp_path / "p.json", {**AF, "organisme": organisme})
    refused = call("autodiagnostic", "--profil", profil)
    if refused.codes == ["caractere-de-controle"]:
        return  # such a file is not read at all
    file = filled(call, profil, tmp_path / "r.json", {"1": 3})
    data = json.loads(file.read_text(encoding="utf-8"))
    data["reponses"][0]["commentaire"] = hostile
    written(file, data)
    for format_ in ("table", "json", "html"):
        document = call("autodiagnostic", "--reponses", file, "--format", format_).out.decode()
        assert "<script>alert" not in document if format_ == "html" else True
        assert "\x1b" not in document
    for format_ in ("html", "csv", "yaml"):
        grid = tmp_path / f"g.{format_}"
        assert call("autodiagnostic", "--profil", profil, "-o", grid).status == 0
        content = grid.read_bytes().decode("utf-8")
        assert "\x1b" not in content
        assert "<script>alert" not in content if format_ == "html" else True
    for format_ in ("csv", "yaml"):
        back = call("autodiagnostic", "--reponses", tmp_path / f"g.{format_}", "--format", "json")
        assert back.json["organisme"]["nom"] == hostile


# ---- two of them ----------------------------------------------------------------------------------------


def test_two_are_compared_on_what_both_have(call: Console, profil: Path, tmp_path: Path) -> None:
    before = filled(call, profil, tmp_path / "a.json", {"1": 3, "2": 1, "31": 0}, fait_le="2024-01-10")
    after = filled(call, profil, tmp_path / "b.json", {"1": 3, "2": 2, "30": 3}, fait_le="2024-02-10")
    both = ["--reponses", before, "--reponses", after]
    found = call("autodiagnostic", *both, "--format", "json").json
    moved = {li["numero"]: (li["sens"], li["ecart"]) for li in found["lignes"] if li["sens"] != "inchange"}
    assert moved == {"2": ("hausse", 1), "30": ("repondue", None), "31": ("sans_reponse", None)}
    first = next(c for c in found["criteres"] if c["numero"] == "1")
    assert (first["avant"]["points"], first["apres"]["points"], first["avant"]["maximum"]) == (4, 5, 6)
    assert found["editions_differentes"] is False
    shown = text(call("autodiagnostic", *both).out)
    assert "67 % (4/6) 83 % (5/6) ▲ +16" in shown
    assert "À savoir avant de comparer" not in shown


def test_other_texts_are_said_before_comparing(call: Console, tmp_path: Path) -> None:
    """Two editions: said in the head, and the lines whose wording changed are named."""
    organisme = {"categories": ["AF"], "faits": {}}
    files = []
    for name, day in (("a", "2026-10-01"), ("b", "2026-11-02")):
        data = {"format": 1, "referentiel": "qualiopi", "audit": {"type": "initial", "date": day}}
        entries = [{"id": "qualiopi/1", "niveau": 1}]
        files.append(
            written(tmp_path / f"{name}.json", {**data, "organisme": organisme, "reponses": entries})
        )
    both = ["--reponses", files[0], "--reponses", files[1]]
    found = call("autodiagnostic", *both, "--format", "json").json
    assert (found["avant"]["edition"], found["apres"]["edition"]) == ("2019", "2026")
    assert found["editions_differentes"] is True
    reworded = {li["numero"] for li in found["lignes"] if li["reformulee"]}
    assert {"1", "2", "12"} <= reworded
    assert not {"4", "5", "6"} & reworded
    shown = text(call("autodiagnostic", *both).out)
    assert "édition 2019, puis 2026" in shown
    assert "Lignes dont l’énoncé a changé, à comparer avec prudence : 1, 2," in shown


def test_what_cannot_be_compared_is_refused(call: Console, profil: Path, tmp_path: Path) -> None:
    """Two référentiels; days that say the contrary of the order given are only told."""
    label = filled(call, profil, tmp_path / "a.json", {"1": 1}, fait_le="2024-03-01")
    national = {**AF, "referentiel": "qualiopi", "organisme": {"categories": ["AF"]}}
    other = filled(call, written(tmp_path / "q.json", national), tmp_path / "b.json", {"1": 1})
    refused = call("autodiagnostic", "--reponses", label, "--reponses", other)
    assert (refused.status, refused.codes) == (2, ["comparaison-impossible"])
    earlier = filled(call, profil, tmp_path / "c.json", {"1": 1}, fait_le="2024-01-01")
    shown = text(call("autodiagnostic", "--reponses", label, "--reponses", earlier).out)
    assert "Le premier fichier est le plus récent des deux" in shown


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
    assert call("valider", written(grid, data)).status == 1


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
