"""What ``valider`` tells other programs: our JSON, SARIF 2.1.0, the annotations of GitHub."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from console import PROFIL, Console

from certif_rules.echanges.anomalies import as_annotations, as_data, as_sarif
from certif_rules.errors import Issue, Location
from certif_rules.model.base import Avertissement
from certif_rules.source.schema import check

PROBLEMES = (
    Issue(
        "fait-inconnu", "fait « a, b: 100 % »", Location("un dossier/é.yaml", 3, 7), "ligne une\nligne deux"
    ),
    Issue("fichier-illisible", "introuvable", Location("/absent.yaml")),
    Issue("cle-en-double", "en double", Location("a.yaml", 9, 1), None, ((Location("a.yaml", 2, 1), "ici"),)),
    Issue("usage", "sans lieu"),
)
REMARQUES = (Issue("brouillon-a-finir", "un brouillon", Location("a.yaml", 1, 0)),)
AVERTISSEMENTS = (Avertissement("siren_faux", "une clé fausse"),)
TOLD = (PROBLEMES, REMARQUES, AVERTISSEMENTS)


def test_json_has_each_kind_by_its_name() -> None:
    """Problems, remarks and warnings are three lists, and the published schema accepts them."""
    data = as_data(3, *TOLD)
    assert [len(data[key]) for key in ("problemes", "remarques", "avertissements")] == [4, 1, 1]
    assert data["remarques"][0]["ligne"] == 1
    assert check(json.loads(json.dumps(data)), "sortievalider") == []


def test_sarif_places_each_result() -> None:
    """Six results: four errors, two warnings; a file as a whole has no region, a column counts from 1."""
    (run,) = as_sarif(*TOLD)["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted({i.code for i in (*PROBLEMES, *REMARQUES)} | {"siren_faux"})
    results = run["results"]
    assert [result["level"] for result in results] == ["error"] * 4 + ["warning"] * 2
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in results)
    first, whole, double, nowhere, remark, _ = results
    (place,) = first["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "un%20dossier/%C3%A9.yaml"},
        "region": {"startLine": 3, "startColumn": 7},
    }
    assert first["message"]["text"] == "fait « a, b: 100 % »\n→ ligne une\nligne deux"
    assert whole["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "file:///absent.yaml"}}
    assert double["relatedLocations"][0]["message"] == {"text": "ici"}
    assert "locations" not in nowhere
    assert remark["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 1}


def test_annotations_are_escaped() -> None:
    """A line each: « % », ends of line, and in the properties « : » and « , », as GitHub reads them."""
    assert as_annotations(*TOLD) == [
        (
            "::error file=un dossier/é.yaml,line=3,col=7,title=fait-inconnu"
            "::fait « a, b: 100 %25 »%0A→ ligne une%0Aligne deux"
        ),
        "::error file=/absent.yaml,title=fichier-illisible::introuvable",
        "::error file=a.yaml,line=9,col=1,title=cle-en-double::en double",
        "::error title=usage::sans lieu",
        "::warning file=a.yaml,line=1,col=0,title=brouillon-a-finir::un brouillon",
        "::warning title=siren_faux::une clé fausse",
    ]
    (line,) = as_annotations([Issue("usage", "x", Location("c:/a,b.yaml", 1, 2))])
    assert line == "::error file=c%3A/a%2Cb.yaml,line=1,col=2,title=usage::x"


@pytest.fixture
def call(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Console:
    monkeypatch.chdir(tmp_path)
    return Console(capfdbinary, monkeypatch)


def test_the_command_tells_other_programs(call: Console, tmp_path: Path) -> None:
    """One fault in a profile: its place in each form, status 1, and the count apart from the document."""
    (tmp_path / "audit.yaml").write_text(PROFIL.replace("sous_traitance", "sous_traitence"), encoding="utf-8")
    sarif = call("valider", "audit.yaml", "--format", "sarif")
    (result,) = sarif.json["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 11, "startColumn": 27}
    assert (sarif.status, sarif.err) == (1, "1 fichier lu, 1 problème.\n")
    github = call("valider", "audit.yaml", "--format", "github")
    assert github.text.startswith("::error file=audit.yaml,line=11,col=27,title=fait-inconnu::")
    assert (github.status, github.text.count("\n")) == (1, 1)


@pytest.mark.sarif
def test_sarif_as_its_schema_says() -> None:
    """The official schema, which an npm package of Microsoft carries (SARIF_SCHEMA), accepts every form.

    It refuses a level that it does not know, and a region without a line: it does check.
    """
    from jsonschema import Draft4Validator

    schema: dict[str, Any] = json.loads(Path(os.environ["SARIF_SCHEMA"]).read_text(encoding="utf-8"))
    assert "SARIF" in schema["title"]
    validator = Draft4Validator(schema)
    for told in ((), TOLD[:1], TOLD):
        assert list(validator.iter_errors(as_sarif(*(told or ((),))))) == []
    spoilt = as_sarif(*TOLD)
    spoilt["runs"][0]["results"][0]["level"] = "fatal"
    spoilt["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"] = {"startLine": 0}
    assert len(list(validator.iter_errors(spoilt))) == 2
