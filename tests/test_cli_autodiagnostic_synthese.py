"""``autodiagnostic --reponses`` as people call it: the synthesis, then two of them compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from autodiagnostics import A10, AF, filled, json_file, text
from console import Console, process
from fabrique import HOSTILES


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def profil(tmp_path: Path) -> Path:
    path = tmp_path / "audit.yaml"
    path.write_text(json.dumps(AF, ensure_ascii=False), encoding="utf-8")
    return path


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


@pytest.mark.lent
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


def test_lines_without_an_axis_are_named_beside_the_radar(
    call: Console, profil: Path, tmp_path: Path
) -> None:
    """In the synthesis and in a comparison; not where every criterion is known."""
    file = filled(call, profil, tmp_path / "r.json", {"1": 3, "4": 1, "9": 2, "17": 1})
    said = "dont le critère n’est pas connu, n’ont pas d’axe dans le radar"
    for arguments in (["--reponses", file], ["--reponses", file, "--reponses", file]):
        shown = text(call("autodiagnostic", *arguments).out)
        assert f"Les lignes A, B, C, D, H, I, J, L, {said}" in shown
    national = {**AF, "referentiel": "qualiopi", "organisme": {"categories": ["AF"]}}
    other = filled(call, json_file(tmp_path / "q.json", national), tmp_path / "n.json", {"1": 3})
    assert "pas d’axe" not in text(call("autodiagnostic", "--reponses", other).out)


def test_a_poor_console_gets_the_nearest_signs(profil: Path) -> None:
    """Windows without our signs: no failure, every word there; an address alone is longer than a line."""
    reponse = process("autodiagnostic", "--profil", profil, env={"PYTHONIOENCODING": "cp1252"})
    assert reponse.status == 0
    shown = reponse.out.decode("cp1252")
    assert "* label" in " ".join(shown.replace("\xa0", " ").split())
    assert "? à confirmer" in shown.replace("\xa0", " ")
    assert max(len(line) for line in shown.splitlines() if "://" not in line) <= 80


@pytest.mark.lent
@pytest.mark.parametrize("hostile", HOSTILES)
def test_typed_texts_are_text(call: Console, tmp_path: Path, hostile: str) -> None:
    """A name or a note that attacks is printed as text in every format."""
    organisme = {**AF["organisme"], "nom": hostile}
    profil = json_file(tmp_path / "p.json", {**AF, "organisme": organisme})
    refused = call("autodiagnostic", "--profil", profil)
    if refused.codes == ["caractere-de-controle"]:
        return  # such a file is not read at all
    file = filled(call, profil, tmp_path / "r.json", {"1": 3})
    data = json.loads(file.read_text(encoding="utf-8"))
    data["reponses"][0]["commentaire"] = hostile
    json_file(file, data)
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
    """Progress is counted where both answer, and the rest is told apart."""
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
            json_file(tmp_path / f"{name}.json", {**data, "organisme": organisme, "reponses": entries})
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
    other = filled(call, json_file(tmp_path / "q.json", national), tmp_path / "b.json", {"1": 1})
    refused = call("autodiagnostic", "--reponses", label, "--reponses", other)
    assert (refused.status, refused.codes) == (2, ["comparaison-impossible"])
    earlier = filled(call, profil, tmp_path / "c.json", {"1": 1}, fait_le="2024-01-01")
    shown = text(call("autodiagnostic", "--reponses", label, "--reponses", earlier).out)
    assert "Le premier fichier est le plus récent des deux" in shown
