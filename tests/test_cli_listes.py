"""``referentiels``, ``plugins``, ``questions``, ``expliquer``: what they list, as a table and as JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from console import AUDIT, Console

from certif_rules.blocs.typographie import plain

FACTS = (
    "sous_traitance",
    "certifiante",
    "situation_travail",
    "alternance",
    "plus_de_deux_jours",
    "nouvel_entrant",
)


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def longest(out: bytes) -> int:
    """The longest line that could have been folded."""
    return max(len(line) for line in out.decode().splitlines() if " " in line.strip() and "/" not in line)


@pytest.mark.parametrize("name", ["referentiels", "plugins"])
def test_json_says_what_the_table_says(call: Console, name: str) -> None:
    """Both forms go to standard output, list the same things, and the table fits 80 columns."""
    table, data = call(name), call(name, "--format", "json")
    assert (table.status, data.status, table.err, data.err) == (0, 0, "", "")
    assert data.json["format"] == 1
    key = {"referentiels": "editions", "plugins": "plugins"}[name]
    text = table.text
    for item in data.json[key]:
        assert (item.get("nom") or f"{item['referentiel']}@{item['edition']}") in text
    assert longest(table.out) <= 80


def test_an_edition_shows_its_period_layers_and_gaps(call: Console) -> None:
    """An edition says its period, base, layers, counts, plugin and gaps; its days are read in words."""
    editions = {
        (e["referentiel"], e["edition"]): e for e in call("referentiels", "--format", "json").json["editions"]
    }
    label = editions["certifregion", "V5"]
    assert label["base"] == "qualiopi@2019"
    assert label["plugin"] == "certifregion"
    assert label["lacunes"]
    decree = editions["qualiopi", "2019"]
    assert (decree["du"], decree["au"]) == ("2019-06-06", "2026-10-31")
    assert (decree["criteres"], decree["indicateurs"]) == (7, 32)
    assert {couche["nature"] for couche in decree["couches"]} == {"exigence", "regles", "guide"}
    assert editions["qualiopi", "2026"]["indicateurs"] == 33
    text = plain(" ".join(call("referentiels", "qualiopi").text.split()))
    assert "audits du 6 juin 2019 au 31 octobre 2026 ;" in text
    assert "guide V9 : depuis le 8 mars 2024 (admis dès le 8 janvier 2024)," in text


def test_detail_lists_facts_and_gaps(call: Console) -> None:
    """``--detail`` adds every gap and every fact with its question."""
    text = call("referentiels", "--detail").text
    assert "faits à renseigner :" in text
    assert "- certifiante : La prestation mène-t-elle" in text
    assert len(text) > len(call("referentiels").text)


def test_a_plugin_left_out(call: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--sans-plugin`` leaves a plugin out of everything, which is said, and is no failure."""
    reponse = call("--sans-plugin", "certifregion", "plugins")
    assert reponse.status == 0
    assert "certifregion : désactivé (certif-rules-certifregion " in reponse.text
    refused = call("--sans-plugin", "certifregion", "checklist", "certifregion", *AUDIT[1:])
    assert (refused.status, refused.codes) == (2, ["referentiel-inconnu"])
    monkeypatch.setenv("CERTIF_RULES_DISABLE_PLUGINS", "certifregion, autre")
    assert call("checklist", "certifregion", *AUDIT[1:]).err == refused.err


@pytest.mark.parametrize("name", ["plugins", "referentiels"])
def test_a_plugin_to_leave_out_that_is_not_installed(call: Console, name: str) -> None:
    """A name to leave out that no plugin bears is a warning, with what could be meant."""
    reponse = call("--sans-plugin", "qualiopy", name)
    assert reponse.status == 0
    expected = "avertissement: aucun greffon « qualiopy » à écarter ; vouliez-vous dire « qualiopi » ?\n"
    assert reponse.err == expected
    assert call("--sans-plugin", "certif-rules-qualiopi", "plugins").err == ""


# ---- questions ------------------------------------------------------------------------------------------


def test_questions_are_those_that_change_a_line(call: Console) -> None:
    """Each question names its fact, the question to ask, its categories and the lines it may change."""
    reponse = call("questions", *AUDIT, "--format", "json")
    assert (reponse.status, reponse.err) == (0, "")
    found = {question["fait"]: question for question in reponse.json["questions"]}
    assert "7" in {ligne.removeprefix("qualiopi/") for ligne in found["certifiante"]["lignes"]}
    assert found["certifiante"]["categories"] == ["AF"]
    assert found["certifiante"]["question"].endswith("?")
    text = call("questions", *AUDIT).text
    for question in found.values():
        assert f"--avec {question['fait']} ou --sans {question['fait']}" in " ".join(text.split())
    assert longest(text.encode()) <= 80


def test_once_answered_nothing_is_asked(call: Console) -> None:
    """When every fact is given there is no question left, and it says so."""
    answers = [word for fact in FACTS for word in ("--sans", fact)]
    assert call("questions", *AUDIT, *answers, "--format", "json").json["questions"] == []
    assert call("questions", *AUDIT, *answers).text.startswith("Aucune question")


def test_questions_need_a_context(call: Console) -> None:
    """What is missing is asked for, as for a checklist; a program is given nothing."""
    reponse = call("questions", "qualiopi", "--format", "json")
    assert (reponse.status, reponse.out, reponse.codes) == (2, b"", ["information-manquante"])


# ---- expliquer ------------------------------------------------------------------------------------------


def test_every_rule_has_its_source_and_its_place(call: Console) -> None:
    """Each rule that decided comes with its sources and the ``file:line`` where it is written."""
    reponse = call("expliquer", "certifregion", "7", *AUDIT[1:], "--avec", "certifiante", "--format", "json")
    assert (reponse.status, reponse.err) == (0, "")
    document = reponse.json
    assert (document["id"], document["etat"]) == ("qualiopi/7", "a_auditer")
    assert [rule["code"] for rule in document["regles"]] == ["applicable", "perimetre"]
    plugins = Path(__file__).parent.parent / "plugins"
    for rule in document["regles"]:
        assert rule["sources"]
        assert set(rule["sources"]) <= document["sources"].keys()
        for emplacement in rule["emplacements"]:
            name, _, line = emplacement.rpartition(":")
            plugin = plugins / name.split("/")[0].removeprefix("certif_rules_")
            assert int(line) <= len((plugin / name).read_text(encoding="utf-8").splitlines())


def test_the_table_shows_the_same_rules(call: Console) -> None:
    """The table says the state in words, then each rule, its sources and its place."""
    arguments = ("certifregion", "7", *AUDIT[1:])
    text = call("expliquer", *arguments).text
    joined = " ".join(text.split())
    assert "État : à confirmer" in text
    for rule in call("expliquer", *arguments, "--format", "json").json["regles"]:
        assert f"- {rule['code']} : " in text
        assert f"sources : {', '.join(rule['sources'])}" in joined
        assert all(emplacement in joined for emplacement in rule["emplacements"])
    assert longest(text.encode()) <= 80


def test_confidence_is_said_in_french(call: Console) -> None:
    """A confidence that is not high is printed with its accents."""
    shown = set()
    for numero in range(1, 34):
        options = ("--type", "surveillance", "--date", "2027-03-01", "--categorie", "CFA")
        out = call("expliquer", "qualiopi@2026", str(numero), *options).text
        shown |= set(re.findall(r"confiance : (.*)", out))
    assert shown
    assert shown <= {"moyenne", "faible", "non vérifiée"}


@pytest.mark.parametrize("name", ["g", "G", "certifregion/G"])
def test_a_line_by_number_or_by_id(call: Console, name: str) -> None:
    """A line is named by its printed number, in any case, or by its id."""
    assert (
        call("expliquer", "certifregion", name, *AUDIT[1:], "--format", "json").json["id"] == "certifregion/G"
    )


def test_an_unknown_line_is_refused(call: Console) -> None:
    """A line that is not there is status 2, with those there are."""
    reponse = call("expliquer", "qualiopi", "Z9", *AUDIT[1:])
    assert (reponse.status, reponse.out, reponse.codes) == (2, b"", ["ligne-inconnue"])
    assert "« Z9 »" in reponse.err
