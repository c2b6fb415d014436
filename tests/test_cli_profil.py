"""``--profil``: the file as documented, options that win over it, and what is wrong in it."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from console import PROFIL, Console, words

from certif_rules.blocs.typographie import plain
from certif_rules.services.formats import BUILTIN


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The profile of the documentation, ``audit.yaml`` in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "audit.yaml"
    path.write_text(PROFIL, encoding="utf-8")
    return path


def made(call: Console, *options: str, stdin: str = "") -> Any:
    """The checklist of ``audit.yaml`` (or of standard input) and of options, as JSON."""
    profil = "-" if stdin else "audit.yaml"
    reponse = call("checklist", "--profil", profil, "--format", "json", *options, stdin=stdin)
    assert reponse.status == 0, reponse.err
    return reponse.json


@pytest.mark.usefixtures("audit")
def test_the_documented_profile_is_read_as_printed(call: Console) -> None:
    """Every value of the documented profile is in the checklist it gives."""
    document = made(call)
    assert document["referentiel"]["id"] == "certifregion"
    assert document["referentiel"]["edition"] == "V5"
    assert document["audit"].items() >= {"type": "initial", "date": "2024-03-15", "mode": "sur_site"}.items()
    assert document["organisme"] == {
        "nom": "Organisme d'exemple",
        "siren": "123456782",
        "nda": "76310000000",
        "chiffre_affaires": 320000,
        "categories": ["AF"],
        "faits": {"sous_traitance": True, "certifiante": False, "formation_a_distance": True},
        "sites": [{"id": "S1", "commune": "Toulouse", "region": "Occitanie"}],
    }
    assert document["ajouts"] == {"categories": ["CFA"], "sites": ["S2"]}
    assert document["precedent"]["type"] == "initial"
    assert document["precedent"]["date"] == "2023-01-10"
    assert document["precedent"]["indicateurs_audites"] == ["qualiopi/1", "qualiopi/2"]
    assert document["precedent"]["constats"] == {"qualiopi/2": "nc_mineure", "qualiopi/30": "nc_mineure"}
    assert document["certificats"] == {"qualiopi": {"notification": "2022-05-12", "echeance": "2025-05-12"}}


@pytest.mark.usefixtures("audit")
def test_standard_input_is_a_profile(call: Console) -> None:
    """``--profil -`` gives the same document as the file."""
    assert made(call, stdin=PROFIL) == made(call)


@pytest.mark.usefixtures("audit")
def test_every_command_with_a_context_takes_it(call: Console) -> None:
    """The référentiel may be left out, for every command that needs a context."""
    assert call("questions", "--profil", "audit.yaml").status == 0
    assert call("expliquer", "7", "--profil", "audit.yaml").status == 0
    assert call("expliquer", "certifregion@V5", "7", "--profil", "audit.yaml").status == 0
    assert call("valider", "audit.yaml").status == 0


AS_TYPED = """format: 1
referentiel: qualiopi
audit: {type: initial, date: 2024-03-15}
organisme:
  chiffre_affaires: 640 000 €
  categories: [af, App]
  faits:
    sous_traitance: oui
    plus_de_deux_jours: Oui
    certifiante: {Of: non}
"""


def test_values_are_read_as_people_type_them(call: Console) -> None:
    """« oui », « 640 000 € », « af »: what is written back is true, 640000, AF; APP is the CFA category."""
    organisme = made(call, stdin=AS_TYPED)["organisme"]
    assert organisme == {
        "chiffre_affaires": 640000,
        "categories": ["AF", "CFA"],
        "faits": {"sous_traitance": True, "plus_de_deux_jours": True, "certifiante": {"AF": False}},
    }


@pytest.mark.parametrize(
    ("typed", "instead", "hint"),
    [
        (
            "640 000 €",
            "640 0000",
            "Chiffre d’affaires, en euros entiers : 640000, ou 640 000 comme on l’écrit.",
        ),
        ("640 000 €", "12,5", "Chiffre d’affaires, en euros entiers : 640000, ou 640 000 comme on l’écrit."),
        ("sous_traitance: oui", "sous_traitance: ouais", "oui, non (ou true, false), un nombre, null"),
        ("{Of: non}", "{Of: nan}", "oui, non (ou true, false), un nombre, ou null"),
    ],
)
def test_a_value_that_says_nothing_is_refused(call: Console, typed: str, instead: str, hint: str) -> None:
    """What is neither yes nor no, nor whole euros, is no guess: it is refused with what to write."""
    reponse = call("checklist", "--profil", "-", stdin=AS_TYPED.replace(typed, instead))
    assert (reponse.status, reponse.codes) == (1, ["forme-inattendue"])
    assert hint in plain(reponse.err)


def test_dates_may_be_quoted_or_not(call: Console) -> None:
    """Quotes around dates and codes change nothing."""
    quoted = PROFIL
    for text in ("2024-03-15", "2023-01-10", "2022-05-12", "2025-05-12", "V5", "S1"):
        quoted = quoted.replace(text, f'"{text}"')
    assert made(call, stdin=quoted) == made(call, stdin=PROFIL)


def test_json_and_a_windows_file_are_profiles(call: Console) -> None:
    """JSON, a byte-order mark and Windows ends of line are read alike."""
    asked = {"format": 1, "referentiel": "qualiopi", "audit": {"type": "initial", "date": "2024-03-18"}}
    text = json.dumps({**asked, "organisme": {"categories": ["AF"], "faits": {}}}, indent=2)
    assert made(call, stdin=text) == made(call, stdin="\ufeff" + text.replace("\n", "\r\n"))


def test_two_keys_are_enough(call: Console) -> None:
    """Only ``format`` and the categories are required; the rest is asked for by name, or given in options."""
    profil = "format: 1\norganisme: {categories: [AF]}\n"
    reponse = call("checklist", "--profil", "-", stdin=profil)
    assert (reponse.status, reponse.codes) == (2, ["information-manquante"])
    assert "référentiel" in reponse.err
    assert "--categorie" not in reponse.err
    made(call, "qualiopi", "--type", "initial", "--date", "2024-03-18", stdin=profil)


# ---- options win ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "path", "expected"),
    [
        (("--type", "surveillance"), ("audit", "type"), "surveillance"),
        (("--date", "2024-09-01"), ("audit", "date"), "2024-09-01"),
        (("--edition", "V5"), ("referentiel", "edition"), "V5"),
        (("--guide", "V7"), ("referentiel", "guide"), "V7"),
        (("--categorie", "VAE", "--categorie", "BC"), ("organisme", "categories"), ["VAE", "BC"]),
        (("--avec", "certifiante"), ("organisme", "faits", "certifiante"), True),
        (("--sans", "sous_traitance"), ("organisme", "faits", "sous_traitance"), False),
        # CFA is left aside: there the fact holds by nature, and « false » would be a contradiction.
        (("--avec", "certifiante:AF"), ("organisme", "faits", "certifiante"), {"AF": True}),
        (("--ajout-categorie", "VAE"), ("ajouts",), {"categories": ["VAE"], "sites": ["S2"]}),
        (("--ajout-site", "S3"), ("ajouts",), {"categories": ["CFA"], "sites": ["S3"]}),
        (
            ("--certificat", "qualiopi=2023-01-01:2026-01-01"),
            ("certificats", "qualiopi"),
            {"notification": "2023-01-01", "echeance": "2026-01-01"},
        ),
        (
            ("--certificat", "certifregion=2023-01-01:2026-01-01"),
            ("certificats", "qualiopi", "notification"),
            "2022-05-12",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.usefixtures("audit")
def test_an_option_wins_over_the_profile(
    call: Console, options: tuple[str, ...], path: tuple[str, ...], expected: object
) -> None:
    """Each option replaces what the profile says of the same thing, and nothing else."""
    found = made(call, *options)
    for key in path:
        found = found[key]
    assert found == expected


@pytest.mark.usefixtures("audit")
def test_an_edition_given_as_an_option_wins(call: Console) -> None:
    """``--edition`` wins over the profile's, even unknown: the option is then the one at fault."""
    reponse = call("checklist", "--profil", "audit.yaml", "--edition", "V6")
    assert (reponse.status, reponse.codes) == (2, ["edition-introuvable"])


@pytest.mark.parametrize("written", ["{AF: true}", "{OF: true}", "true", "{OF: true, VAE: true}"])
def test_a_fact_given_as_an_option_wins_under_any_name(call: Console, written: str) -> None:
    """``--sans X:AF`` wins over the profile's value for the category, whatever name the profile uses."""
    profil = (
        "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2024-03-18}\n"
        f"organisme: {{categories: [AF], faits: {{certifiante: {written}}}}}\n"
    )
    faits = made(call, "--sans", "certifiante:AF", stdin=profil)["organisme"]["faits"]
    assert faits["certifiante"] is False or faits["certifiante"]["AF"] is False


@pytest.mark.parametrize(
    ("argument", "words"),
    [("qualiopi", "« qualiopi » en argument, « certifregion » dans le profil"),
     ("certifregion@V6", "« V6 » en argument, « V5 » dans le profil")],
)  # fmt: skip
@pytest.mark.usefixtures("audit")
def test_an_argument_against_the_profile_is_a_usage_error(call: Console, argument: str, words: str) -> None:
    """The argument names the same référentiel and edition as the profile, or status 2."""
    reponse = call("checklist", argument, "--profil", "audit.yaml")
    assert (reponse.status, reponse.codes) == (2, ["demande-contradictoire"])
    assert words in reponse.err
    assert call("checklist", "certifregion@V5", "--profil", "audit.yaml").status == 0


# ---- what is wrong in a profile -------------------------------------------------------------------------


def test_every_problem_is_one_line_with_its_place(call: Console, tmp_path: Path) -> None:
    """Each problem of a profile is ``file:line:column: code: message``, all at once, status 1."""
    path = tmp_path / "audit.yaml"
    path.write_text(
        "format: 1\n"
        "organisme:\n"
        "  categories: [AF, AF]\n"
        "  faits: {certifiante: peut-être}\n"
        'audit: {date: "2024-03-18T10:00"}\n'
        "certif: {}\n",
        encoding="utf-8",
    )
    reponse = call("checklist", "--profil", path)
    assert (reponse.status, reponse.out) == (1, b"")
    lines = [line for line in reponse.err.splitlines() if not line.startswith(" ")]
    assert [line.removeprefix(f"{path}:").split(": ")[:2] for line in lines[:-1]] == [
        ["3:20", "valeur-en-double"],
        ["4:24", "forme-inattendue"],
        ["5:15", "date-invalide"],
        ["6:1", "cle-inconnue"],
    ]
    assert lines[-1] == "4 problèmes."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("format: 1\norganisme: {categories: [AF\n", "syntaxe"),
        ("", "fichier-vide"),
        ("- liste\n", "type-inattendu"),
        ("format: 2\norganisme: {categories: [AF]}\n", "format-inconnu"),
        ("organisme: {categories: [AF]}\n", "cle-manquante"),
        ("format: 1\n", "cle-manquante"),
        ("format: 1\norganisme: &a {categories: [AF]}\n", "ancre"),
        ("format: 1\nformat: 1\norganisme: {categories: [AF]}\n", "cle-en-double"),
        ("!!python/object/apply:os.system [echo]\n", "etiquette"),
        ('format: 1\norganisme: {nom: "\\e[31m", categories: [AF]}\n', "caractere-de-controle"),
        ("[" * 200, "trop-profond"),
    ],
    ids=lambda value: value if value.replace("-", "").isalpha() else "",
)
def test_broken_yaml_is_never_a_traceback(call: Console, text: str, code: str) -> None:
    """What is not a profile is status 1, a code and a place, without a traceback."""
    reponse = call("checklist", "--profil", "-", stdin=text)
    assert (reponse.status, reponse.out) == (1, b"")
    assert code in reponse.codes
    assert "<entrée standard>" in reponse.err
    assert "Traceback" not in reponse.err


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (("certifregion", "certifregio"), "referentiel-inconnu", "2:14"),
        (("V5 ", "V6 "), "edition-introuvable", "3:10"),
        (("edition: V5", "guide: V99"), "guide-introuvable", "3:8"),
        (("edition: V5", ""), "", ""),
        (("type: initial, date: 2024-03-15", "type: initia, date: 2024-03-15"), "type-inconnu", "4:15"),
        (("[AF]", "[AFF]"), "categorie-inconnue", "10:15"),
        (("certifiante", "certifante"), "fait-inconnu", "11:45"),
        (("certifiante: false", "certifiante: {CFA: false}"), "fait-contraire", "11:52"),
        (("[CFA]", "[CFAA]"), "categorie-inconnue", "13:9"),
        (("type: initial   ", "type: visite    "), "type-inconnu", "15:3"),
        (('"30"', '"300"'), "ligne-inconnue", "18:38"),
        (("30\": nc_mineure", "30\": nc_mineur"), "constat-inconnu", "18:37"),
        (("echeance: 2025", "echeance: 2021"), "date-invalide", "19:14"),
        (("{qualiopi:", "{qualiopy:"), "certificat-inconnu", "19:14"),
        (("sous_traitance: true", "sous_traitence: "), "fait-inconnu", "11:27"),
        (("date: 2023-01-10", "date: 2024-03-16"), "date-invalide", "15:3"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
@pytest.mark.usefixtures("audit")
def test_a_wrong_name_in_a_profile_has_its_place(
    call: Console, audit: Path, change: tuple[str, str], code: str, place: str
) -> None:
    """A name that no référentiel knows is a problem of the file: status 1, at its line."""
    before, after = change
    text = PROFIL.replace(before, after)
    assert text != PROFIL
    audit.write_text(text, encoding="utf-8")
    reponse = call("checklist", "--profil", "audit.yaml")
    assert (reponse.status, reponse.codes) == ((1, [code]) if code else (0, []))
    if code:
        assert reponse.err.startswith(f"audit.yaml:{place}: {code}: ")
        assert call("valider", "audit.yaml").text == reponse.err


def test_a_date_without_edition_is_placed(call: Console) -> None:
    """A date of a profile on which nothing is in force is a problem of the file."""
    text = (
        "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2001-01-01}\n"
        "organisme: {categories: [AF]}\n"
    )
    reponse = call("checklist", "--profil", "-", stdin=text)
    assert (reponse.status, reponse.codes) == (1, ["edition-introuvable"])
    assert reponse.err.startswith("<entrée standard>:3:30: ")


@pytest.mark.parametrize("name", ["absent.yaml", "dossier/absent.yaml"])
def test_a_profile_that_is_not_there(call: Console, tmp_path: Path, name: str) -> None:
    """A missing file is status 1 and its name."""
    reponse = call("checklist", "--profil", tmp_path / name)
    assert (reponse.status, reponse.out) == (1, b"")
    assert "fichier introuvable" in reponse.err
    assert "Traceback" not in reponse.err


@pytest.mark.parametrize("empty", ["  faits:", "  sites:", "precedent:", "ajouts:", "certificats:"])
def test_an_empty_block_is_an_absent_one(call: Console, empty: str) -> None:
    """A block with nothing under it says nothing; findings with nothing under them are ambiguous."""
    profil = "format: 1\nreferentiel: qualiopi\naudit: {type: initial, date: 2024-03-18}\n"
    profil += "organisme:\n  categories: [AF]\n"
    assert made(call, stdin=f"{profil}{empty}\n") == made(call, stdin=profil)
    refused = call("checklist", "--profil", "-", stdin=f"{profil}precedent: {{constats: }}\n")
    assert (refused.status, refused.codes) == (1, ["type-inattendu"])


# ---- hostile text ---------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script> =CMD|' /C calc'!A0 | a | b | [x](javascript:1) `c` **g** &amp; é"


def hostile_profile(nom: str) -> str:
    organisme = {
        "nom": nom, "siren": "=1+1", "nda": "@SUM(1)", "categories": ["AF"],
        "sites": [{"id": "-S1", "commune": nom, "region": "+R"}],
    }  # fmt: skip
    audit = {"type": "initial", "date": "2024-03-18", "mode": "<b>sur site</b>"}
    return json.dumps({"format": 1, "referentiel": "qualiopi", "audit": audit, "organisme": organisme})


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name) for name, _ in attrs] or [(tag, "")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.lent
@pytest.mark.parametrize("format_", BUILTIN)
def test_a_hostile_name_stays_text(call: Console, format_: str) -> None:
    """Names that look like markup, formulas or commands change nothing in a document but its words."""
    plain = call("checklist", "--profil", "-", "--format", format_, stdin=hostile_profile("Organisme"))
    reponse = call("checklist", "--profil", "-", "--format", format_, stdin=hostile_profile(HOSTILE))
    assert reponse.status == 0, reponse.err
    text = words(reponse.out)
    assert not [c for c in text if not c.isprintable() and c not in "\n\r\t\u00a0\u202f\ufeff"]
    if format_ == "json":
        assert json.loads(text)["organisme"]["nom"] == HOSTILE
    elif format_ == "html":
        tags, before = _Tags(), _Tags()
        tags.feed(text)
        before.feed(plain.out.decode())
        assert tags.found == before.found
        assert "alert(1)" in tags.text
    elif format_ == "csv":
        rows, before_rows = (
            list(csv.reader(io.StringIO(t.removeprefix("\ufeff")), delimiter=";"))
            for t in (text, plain.out.decode())
        )
        assert [len(row) for row in rows] == [len(row) for row in before_rows]
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-", "\t"))]
    elif format_ == "md":
        assert "<script>" not in text
        assert "](javascript" not in text.replace("\\]", "")


def test_a_change_of_direction_is_refused_in_a_profile(call: Console) -> None:
    """Characters that reverse what is read have no place in a name."""
    text = hostile_profile("x").replace('"x"', '"\u202egnirts"')
    reponse = call("checklist", "--profil", "-", stdin=text)
    assert (reponse.status, reponse.codes[0]) == (1, "caractere-de-controle")
    assert "\u202e" not in reponse.err
