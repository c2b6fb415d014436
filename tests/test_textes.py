"""``--textes``: what a body gives for lines without text, and what a finding without text is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console

from certif_rules.blocs.typographie import plain

AUDIT = (
    "certifregion", "--type", "complementaire", "--date", "2024-06-03", "--categorie", "AF",
    "--certificat", "qualiopi=2023-01-01:2026-01-01",
)  # fmt: skip
#: The label's lines that no source gives: A and B have neither title nor requirement.
CORPS = """format: 1
sources:
  REF: {titre: Référentiel complet du label, reference: "exemplaire de l’organisme, page 12"}
indicateurs:
  - code: A
    titre: Un titre
    exigence: Une exigence
    niveau_attendu: {texte: Un niveau, sources: [REF]}
    preuves: [{texte: Une preuve, sources: [REF]}]
    sources: [REF]
"""
MARK = "(texte donné par l’organisme)"


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def corps(tmp_path: Path) -> Path:
    path = tmp_path / "corps.yaml"
    path.write_text(CORPS, encoding="utf-8")
    return path


def line(data: Any, code: str) -> Any:
    return next(li for li in data["lignes"] if li["id"] == f"certifregion/{code}")


def test_texts_are_shown_as_given_by_the_body(call: Console, corps: Path) -> None:
    """Each is marked wherever it is printed, cites the body's document, and fills its gap."""
    without = call("checklist", *AUDIT, "--format", "json").json
    given = call("checklist", *AUDIT, "--textes", corps, "--format", "json").json
    assert line(without, "A")["exigence"] is None
    shown = line(given, "A")
    assert (shown["titre"], shown["exigence"]) == (f"Un titre {MARK}", f"Une exigence {MARK}")
    assert shown["niveau_attendu"] == f"Un niveau {MARK}"
    assert [p["texte"] for p in shown["preuves"]] == [f"Une preuve {MARK}"]
    assert given["sources"]["REF"]["titre"] == f"Référentiel complet du label {MARK}"
    missing = {
        champ
        for lacune in given["lacunes"]
        if lacune["ligne"] == "certifregion/A"
        for champ in lacune["champs"]
    }
    assert missing == {"critere", "portee", "gravite"}
    assert line(given, "B") == line(without, "B")
    for format_ in ("table", "md", "html", "csv", "formulaire"):
        assert MARK in plain(call("checklist", *AUDIT, "--textes", corps, "--format", format_).out.decode())


def test_they_have_a_digest_of_their_own(call: Console, corps: Path) -> None:
    """That of the rules is the same with them and without; another text is another digest."""
    without = call("checklist", *AUDIT, "--format", "json").json
    given = call("checklist", *AUDIT, "--textes", corps, "--format", "json").json
    assert given["referentiel"]["empreinte"] == without["referentiel"]["empreinte"]
    assert "textes" not in without
    assert given["textes"]["nom"] == "corps.yaml"
    warned = {a["code"]: a["message"] for a in given["avertissements"]}
    assert given["textes"]["empreinte"] in warned["textes_donnes"]
    corps.write_text(CORPS.replace("Une exigence", "Une autre"), encoding="utf-8")
    other = call("checklist", *AUDIT, "--textes", corps, "--format", "json").json
    assert other["textes"]["empreinte"] != given["textes"]["empreinte"]


def test_a_profile_names_them(call: Console, corps: Path) -> None:
    """From its own folder; a file that is not there is told."""
    profil = corps.parent / "audit.yaml"
    profil.write_text("format: 1\ntextes: corps.yaml\norganisme: {categories: [AF]}\n", encoding="utf-8")
    options = ("certifregion", "--type", "initial", "--date", "2024-06-03", "--profil", profil)
    given = call("checklist", *options, "--format", "json").json
    assert line(given, "A")["titre"] == f"Un titre {MARK}"
    profil.write_text(profil.read_text("utf-8").replace("corps", "absent"), encoding="utf-8")
    absent = call("checklist", *options)
    assert (absent.status, absent.codes) == (1, ["fichier-illisible"])


def test_two_auditors_of_whom_one_has_them(call: Console, corps: Path) -> None:
    """Their grids join in any order; findings name the texts by their digest, and are read with the file."""
    grids = []
    for name, more in (("a.csv", ()), ("b.csv", ("--textes", corps))):
        grids.append(corps.parent / name)
        call("checklist", *AUDIT, *more, "-o", grids[-1])
    for order in (grids, grids[::-1]):
        reponse = call("lire", *order)
        assert reponse.status == 0, reponse.err
        assert reponse.json["textes"]["nom"] == "corps.yaml"
        assert "contenu" not in reponse.json["textes"]
    findings = corps.parent / "constats.json"
    findings.write_bytes(reponse.out)
    assert "textes_absents" in call("conclure", findings).text
    findings.write_text(json.dumps({**reponse.json, "textes": "corps.yaml"}), encoding="utf-8")
    told = call("conclure", findings).text
    assert "textes_donnes" in told
    assert "textes_absents" not in told
    corps.write_text(CORPS.replace("Une exigence", "Une autre"), encoding="utf-8")
    call("checklist", *AUDIT, "--textes", corps, "-o", corps.parent / "c.csv")
    apart = call("lire", grids[1], corps.parent / "c.csv")
    assert (apart.status, apart.codes) == (1, ["dossiers-differents"])
    assert "textes" in apart.err


def test_every_command_takes_them(call: Console, corps: Path) -> None:
    """What follows a grid made without them shows them too, and each file written names their digest."""
    grid, findings = corps.parent / "a.csv", corps.parent / "constats.json"
    call("checklist", *AUDIT, "-o", grid)
    read = call("lire", grid, "--textes", corps)
    assert (read.status, read.json["textes"]["nom"]) == (0, "corps.yaml")
    assert "textes donnés par l’organisme" in plain(read.err)
    call("lire", grid, "-o", findings)
    assert "textes" not in json.loads(findings.read_bytes())
    concluded_ = call("conclure", findings, "--textes", corps, "--format", "json")
    told = {a["code"]: a["message"] for a in concluded_.json["avertissements"]}
    assert read.json["textes"]["empreinte"] in told["textes_donnes"]
    report = call("rapport", findings, "--textes", corps)
    assert f"Un titre {MARK}" in plain(report.out.decode())
    assert MARK not in plain(call("rapport", findings).out.decode())
    carried = call("reprendre", findings, "--textes", corps)
    assert carried.json["textes"] == read.json["textes"]
    line_a = call("expliquer", "certifregion", "A", *AUDIT[1:], "--textes", corps)
    assert f"Un titre {MARK}" in plain(line_a.text)
    data = call("autodiagnostic", *AUDIT, "--textes", corps, "--format", "json")
    assert MARK in plain(data.text)
    assert call("questions", *AUDIT, "--textes", corps).status == 0


def test_findings_made_with_other_texts_are_told(call: Console, corps: Path) -> None:
    """Those given here win over those of the grid, which are named with their digest."""
    grid = corps.parent / "a.json"
    call("checklist", *AUDIT, "--textes", corps, "-o", grid)
    corps.write_text(CORPS.replace("Une exigence", "Une autre"), encoding="utf-8")
    read = call("lire", grid, "--textes", corps)
    assert "constats faits avec d’autres textes" in plain(read.err)
    corps.write_text(CORPS.replace("code: A", "code: ZZ"), encoding="utf-8")
    wrong = call("lire", grid, "--textes", corps)
    assert (wrong.status, wrong.codes) == (1, ["ligne-inconnue"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("code: A", "code: ZZ"), "ligne-inconnue"),
        (("code: A", "code: C"), "texte-deja-donne"),
        (("sources: [REF]}\n", "sources: [AUTRE]}\n"), "source-inconnue"),
        (("format: 1", "format: 2"), "format-inconnu"),
        (("    titre: Un titre", "    portee: []"), "cle-inconnue"),
        (("REF: {titre", "S11: {titre"), "source-differente"),
    ],
)
def test_what_a_body_may_not_give(call: Console, corps: Path, change: tuple[str, str], code: str) -> None:
    """A line that is not there, a text that the référentiel has, a source of nobody: each has its place."""
    assert change[0] in CORPS
    corps.write_text(CORPS.replace(*change), encoding="utf-8")
    reponse = call("checklist", *AUDIT, "--textes", corps)
    assert reponse.status == 1
    assert code in reponse.codes
    assert f"{corps}:" in reponse.err


def concluded(call: Console, folder: Path, entries: list[dict[str, Any]]) -> Any:
    path = folder / "constats.json"
    data = {
        "format": 1,
        "referentiel": "certifregion",
        "audit": {"type": "complementaire", "date": "2024-06-03"},
        "organisme": {"categories": ["AF"], "faits": {"formation_a_distance": True}},
        "certificats": {"qualiopi": {"notification": "2023-01-01", "echeance": "2026-01-01"}},
        "constats": entries,
    }
    path.write_text(json.dumps(data), encoding="utf-8")
    reponse = call("conclure", path, "--format", "json")
    assert reponse.status == 0, reponse.err
    return next(c for c in reponse.json["conclusions"] if c["objet"] == "certifregion")


def test_a_finding_without_text_concludes_nothing(call: Console, tmp_path: Path) -> None:
    """All twelve lines conform, six of them without any text: unknown until each says what it rests on."""
    data = call("checklist", *AUDIT, "--avec", "formation_a_distance", "--format", "json").json
    own = [li for li in data["lignes"] if li["id"].startswith("certifregion/") and li["constats_permis"]]
    bare = [li["numero"] for li in own if li["exigence"] is None]
    found = [{"id": li["id"], "constat": "conforme"} for li in own if "conforme" in li["constats_permis"]]
    silent = concluded(call, tmp_path, found)
    assert silent["delivrable"] is None
    assert silent["motifs"][0]["code"] == "texte_absent"
    assert silent["motifs"][0]["texte"].startswith(", ".join(bare) + " : ")
    assert "6 constats sans le texte sur lequel ils reposent" in silent["texte"]
    found.sort(key=lambda entry: entry["id"] != "certifregion/A")
    told = [{**entry, "appui": "Référentiel V5, page 12"} for entry in found]
    assert "texte_absent" not in {m["code"] for m in concluded(call, tmp_path, told)["motifs"]}
    blank = [{**entry, "appui": "Référentiel V5, page 12"} for entry in found[1:]]
    assert concluded(call, tmp_path, [found[0], *blank])["texte"].startswith(
        "conclusion impossible : 1 constat"
    )
