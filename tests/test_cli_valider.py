"""``valider``: files of any kind, each problem on its line, for people and for programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from console import PROFIL, Console

from certif_rules.source.schema import check

EXEMPLES = Path(__file__).parent / "exemples"
DONNEES = Path(__file__).parent.parent / "plugins" / "qualiopi" / "certif_rules_qualiopi" / "donnees"

#: A profile without type nor date, in which four names are wrong.
WRONG = """\
referentiel: qualiopi
organisme: {categories: [XX], faits: {certifante: }}
precedent: {indicateurs_audites: [300], constats: {"1": parfait}}
"""


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_shipped_data_have_no_problem(call: Console) -> None:
    """Our own data are valid: status 0, nothing on standard output, a count on standard error."""
    reponse = call("valider", DONNEES)
    assert (reponse.status, reponse.out) == (0, b"")
    assert reponse.err.endswith("0 problème.\n")


def test_one_problem_is_one_line(call: Console, folder: Path) -> None:
    """A problem is ``file:line:column: code: message`` with a path relative to here, status 1."""
    (folder / "sous").mkdir()
    (folder / "sous" / "audit.yaml").write_text(
        PROFIL.replace("sous_traitance", "sous_traitence"), encoding="utf-8"
    )
    reponse = call("valider", "sous")
    assert reponse.status == 1
    first, hint = reponse.text.splitlines()
    assert first.startswith("sous/audit.yaml:11:27: fait-inconnu: ")
    assert hint == "    → vouliez-vous dire « sous_traitance » ?"
    assert reponse.err == "1 fichier lu, 1 problème.\n"


def test_json_tells_the_same(call: Console, folder: Path) -> None:
    """The JSON form has the place, the code, the message and the hint of each problem."""
    (folder / "audit.yaml").write_text(PROFIL.replace("sous_traitance", "sous_traitence"), encoding="utf-8")
    reponse = call("valider", "audit.yaml", "--format", "json")
    assert reponse.status == 1
    (problem,) = reponse.json["problemes"]
    assert reponse.json["fichiers"] == 1
    assert (problem["fichier"], problem["ligne"], problem["colonne"]) == ("audit.yaml", 11, 27)
    assert (problem["code"], problem["lieux"]) == ("fait-inconnu", [])
    assert problem["conseil"] == "vouliez-vous dire « sous_traitance » ?"


def test_every_kind_of_file_is_recognised(call: Console, folder: Path) -> None:
    """A profile, findings and a checklist are recognised by their keys, and checked."""
    (folder / "audit.yaml").write_text(PROFIL, encoding="utf-8")
    arguments = ("qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF")
    assert call("checklist", *arguments, "-o", "grille.json").status == 0
    assert check(json.loads((folder / "grille.json").read_text(encoding="utf-8")), "checklist") == []
    constats = {"format": 1, "organisme": {"categories": ["AF"]}, "constats": []}
    (folder / "constats.json").write_text(json.dumps(constats), encoding="utf-8")
    assert call("valider", "audit.yaml", "grille.json", "constats.json").status == 0
    (folder / "grille.json").write_text('{"format": 1, "compteurs": 3}', encoding="utf-8")
    (folder / "constats.json").write_text(json.dumps(constats | {"constats": [{}]}), encoding="utf-8")
    wrong = call("valider", "grille.json", "constats.json").text
    assert "grille.json:1:28: type-inattendu: " in wrong
    assert "constats.json:1:65: cle-manquante: " in wrong


def test_json_that_yaml_cannot_read_is_read(call: Console, folder: Path) -> None:
    """A JSON file is valid whatever JSON escapes it holds."""
    constats = {"format": 1, "organisme": {"categories": ["AF"], "nom": "Forma\U0001f600"}, "constats": []}
    (folder / "constats.json").write_text(json.dumps(constats, indent="\t"), encoding="utf-8")
    assert call("valider", "constats.json").status == 0
    (folder / "constats.json").write_text(json.dumps(constats | {"constats": 3}), encoding="utf-8")
    assert "constats.json:1:81: type-inattendu: " in call("valider", "constats.json").text


def test_a_profile_with_additions_is_a_profile(call: Console, folder: Path) -> None:
    """``ajouts`` and ``edition`` are keys of a profile too: its dates need no quotes."""
    (folder / "audit.yaml").write_text(PROFIL, encoding="utf-8")
    assert call("valider", "audit.yaml").status == 0


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("absent.yaml", None, "fichier-illisible"),
        ("autre.yaml", "cle: valeur\n", "nature-inconnue"),
        ("casse.yaml", "a: [1\n", "syntaxe"),
        ("casse.json", '{"a": [1}', "syntaxe"),
        ("vide.yaml", "", "fichier-vide"),
    ],
)
def test_a_file_that_is_nothing_known(
    call: Console, folder: Path, name: str, text: str | None, code: str
) -> None:
    """A missing, broken or unknown file is a problem like another."""
    if text is not None:
        (folder / name).write_text(text, encoding="utf-8")
    reponse = call("valider", name)
    assert reponse.status == 1
    assert f": {code}: " in reponse.text
    assert reponse.text.startswith(name)
    assert "Traceback" not in reponse.err


def test_an_empty_folder_is_a_problem(call: Console, folder: Path) -> None:
    """A folder without a YAML file is likely a mistake, and said so."""
    (folder / "vide").mkdir()
    reponse = call("valider", "vide")
    assert reponse.status == 1
    assert "vide: dossier-vide: " in reponse.text


def test_a_layer_is_checked_with_what_it_refers_to(call: Console, folder: Path) -> None:
    """A copy of shipped data in which a source has gone is refused, although the plugin is installed."""
    shutil.copytree(DONNEES, folder / "donnees")
    guide = folder / "donnees" / "guide" / "V9" / "lignes-1.yaml"
    text = guide.read_text(encoding="utf-8")
    guide.write_text(text.replace("sources: [G9", "sources: [G99", 1), encoding="utf-8")
    out = call("valider", "donnees").text
    assert "donnees/guide/V9/lignes-1.yaml:" in out
    assert "source-inconnue" in out
    assert "« G99 »" in out
    assert "empreinte-inconnue" in out


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("organisme: {categories: [XX]}\n", []),
        ("referentiel: qualiopi\norganisme: {categories: [AF]}\n", []),
        ("referentiel: qualiopy\norganisme: {categories: [AF]}\n", ["referentiel-inconnu"]),
        (
            WRONG,
            ["categorie-inconnue", "constat-inconnu", "fait-inconnu", "ligne-inconnue"],
        ),
        (
            "referentiel: qualiopi\nedition: 2019\norganisme: {categories: [AF]}\naudit: {type: visite}\n",
            ["type-inconnu"],
        ),
        ("referentiel: qualiopi\nedition: 1789\norganisme: {categories: [AF]}\n", ["edition-introuvable"]),
    ],
)
def test_an_incomplete_profile_is_checked_as_far_as_it_goes(
    call: Console, folder: Path, text: str, codes: list[str]
) -> None:
    """Names are checked in a profile without a type or a date, which it may leave to the options."""
    (folder / "audit.yaml").write_text(f"format: 1\n{text}", encoding="utf-8")
    reponse = call("valider", "audit.yaml", "--format", "json")
    assert sorted(problem["code"] for problem in reponse.json["problemes"]) == codes
    assert all(problem["ligne"] for problem in reponse.json["problemes"])


@pytest.mark.parametrize("dated", [{}, {"audit": {"type": "initial", "date": "2024-03-18"}}])
def test_the_names_of_findings_are_checked(call: Console, folder: Path, dated: dict[str, object]) -> None:
    """The lines and the findings of a findings file are known ones, lines left to assess included."""
    found = [("1", "conforme"), ("2", "parfait"), ("300", "conforme"), ("301", "a_evaluer")]
    constats = {
        "format": 1, "referentiel": {"id": "qualiopi"}, "organisme": {"categories": ["AF"]}, **dated,
        "constats": [{"id": line, "constat": constat} for line, constat in found],
    }  # fmt: skip
    (folder / "constats.json").write_text(json.dumps(constats), encoding="utf-8")
    out = call("valider", "constats.json").text
    # With its date, the checklist is known, and what each line may receive.
    code = "constat-non-permis" if dated else "constat-inconnu"
    assert [words for words in (code, "« parfait »", "« 300 »", "« 301 »") if words not in out] == []
    assert "« 1 »" not in out


#: What a body gives: A has neither title nor requirement in the sources, 1 has both.
TEXTES = """\
format: 1
sources:
  REF: {titre: Référentiel complet, reference: page 12}
indicateurs:
  - {code: A, titre: Un titre, sources: [REF]}
"""


def test_the_texts_of_a_body_are_checked(call: Console, folder: Path) -> None:
    """They are known by their lines without a criterion, and told against the édition that they fit best."""
    (folder / "corps.yaml").write_text(TEXTES, encoding="utf-8")
    assert call("valider", "corps.yaml").status == 0
    wrong = (
        TEXTES
        + """\
  - {code: certifregion/ZZ, titre: Un titre, sources: [REFF]}
  - {code: qualiopi/1, exigence: Une autre, sources: [REF]}
  - {code: A, titre: Encore, sources: [REF]}
"""
    )
    (folder / "corps.yaml").write_text(wrong, encoding="utf-8")
    out = call("valider", "corps.yaml").text.splitlines()
    assert [line.split(": ")[:2] for line in out if line.startswith("corps")] == [
        ["corps.yaml:6:12", "ligne-inconnue"],
        ["corps.yaml:6:56", "source-inconnue"],
        ["corps.yaml:7:34", "texte-deja-donne"],
        ["corps.yaml:8:12", "ligne-en-double"],
    ]
    (folder / "corps.yaml").write_text(TEXTES.replace("titre: Un titre", "titr: Un"), encoding="utf-8")
    assert "corps.yaml:5:15: cle-inconnue: " in call("valider", "corps.yaml").text


def test_a_profile_is_checked_with_its_application_and_its_files(call: Console, folder: Path) -> None:
    """Three faults of three kinds at once: a document that the label does not ask, a dress, texts."""
    (folder / "corps.yaml").write_text(TEXTES.replace("code: A", "code: ZZ"), encoding="utf-8")
    (folder / "audit.yaml").write_text(
        "format: 1\nreferentiel: certifregion\naudit: {type: initial, date: 2024-03-18}\n"
        "organisme: {categories: [AF]}\ndossier: {pieces: {immatriculatio: oui}}\ntextes: corps.yaml\n",
        encoding="utf-8",
    )
    out = call("valider", "audit.yaml").text
    assert "audit.yaml:5:36: piece-inconnue: " in out
    assert "corps.yaml:5:12: ligne-inconnue: " in out
    (folder / "audit.yaml").write_text(
        "format: 1\norganisme: {categories: [AF]}\nhabillage: absent.yaml\n", encoding="utf-8"
    )
    assert "audit.yaml:3:12: fichier-illisible: " in call("valider", "audit.yaml").text


def test_findings_are_checked_against_their_checklist(call: Console, folder: Path) -> None:
    """What is wrong is told at once, by three checks; what is left to write is a warning."""
    lines = call("checklist", "qualiopi", "--type", "initial", "--date", "2024-03-18", "--categorie", "AF",
                 "--format", "json").lignes.values()  # fmt: skip
    due = [{"id": li["id"], "constat": "a_evaluer"} for li in lines if li["etat"] == "a_auditer"]
    data = {
        "format": 1, "referentiel": {"id": "qualiopi"}, "organisme": {"categories": ["AF"]},
        "audit": {"type": "initial", "date": "2024-03-18"}, "constats": due,
    }  # fmt: skip
    (folder / "constats.json").write_text(json.dumps(data), encoding="utf-8")
    assert call("valider", "constats.json").status == 0
    due[0] |= {"constat": "nc_mineure", "evalue_lee": "2024-03-18"}
    due[1]["constat"] = "parfait"
    del due[2:]
    number = len(json.loads((folder / "constats.json").read_text(encoding="utf-8"))["constats"])
    data["ecarts_notifies_le"] = "2024-03-01"
    data["referentiel"]["empreinte"] = "sha256:" + "0" * 64
    (folder / "constats.json").write_text(json.dumps(data), encoding="utf-8")
    reponse = call("valider", "constats.json", "--format", "json")
    codes = [problem["code"] for problem in reponse.json["problemes"]]
    assert sorted(codes) == ["constat-non-permis", "notification-avant-audit", "regles-differentes"]
    (left,) = reponse.json["avertissements"]
    assert left["message"].startswith(
        f"constats.json : {number - 2} lignes dues sans constat, 1 commentaire à"
    )


def test_a_line_by_its_number_alone(call: Console, folder: Path) -> None:
    """A number typed without quotes is the number of a line: 1 is one of them, 300 is none."""
    constats = {
        "format": 1, "referentiel": "qualiopi", "organisme": {"categories": ["AF"]},
        "constats": [{"id": 1, "constat": "conforme"}, {"id": 300, "constat": "conforme"}],
    }  # fmt: skip
    (folder / "constats.json").write_text(json.dumps(constats), encoding="utf-8")
    reponse = call("valider", "constats.json")
    assert (reponse.status, reponse.text.count("ligne-inconnue")) == (1, 1)


def test_a_siren_whose_key_is_wrong_is_a_warning(call: Console, folder: Path) -> None:
    """In a profile and in findings, with its place: nothing is refused. 1+4+3+8+5+3+7+7+9 = 47."""
    (folder / "audit.yaml").write_text(PROFIL.replace("123456782", "123456789"), encoding="utf-8")
    reponse = call("valider", "audit.yaml")
    assert (reponse.status, reponse.out) == (0, b"")
    assert reponse.err.startswith(
        "avertissement: siren_faux : audit.yaml:7:10 : le SIREN « 123456789 » a une clé"
    )
    constats = {"format": 1, "organisme": {"categories": ["AF"], "siren": "123456789"}, "constats": []}
    (folder / "constats.json").write_text(json.dumps(constats), encoding="utf-8")
    told = call("valider", "constats.json", "--format", "json").json
    assert told["problemes"] == []
    (warned,) = told["avertissements"]
    assert (warned["code"], warned["message"].split(" : ")[0]) == ("siren_faux", "constats.json:1:60")
