"""What the slides tell of the label itself, and of its six most valued indicators, each with its slide."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile

import pytest
from console import Console
from greffons import registry

import certif_rules as cr
from certif_rules.audit.demande import Demande
from certif_rules.echanges.checklist import document
from certif_rules.services.catalogue import describe
from certif_rules.services.checklist import make_checklist

#: Slide 12, « Les indicateurs les plus valorisés »: these letters, in this order.
VALORISES = ["C", "E", "F", "G", "H", "J"]


def test_the_six_most_valued_are_told_with_their_slide() -> None:
    """Six lines say it, in the texts that every document prints; the JSON has what their tag means."""
    demande = Demande(referentiel="certifregion", type_audit="initial", date="2024-03-18", categories=("AF",))
    written = document(make_checklist(registry(), demande))
    mention = written["mentions"]["plus_valorise"]
    assert "« Les indicateurs les plus valorisés »" in mention["texte"]
    assert mention["sources"] == ["S12"]
    told = [
        li["numero"]
        for li in written["lignes"]
        if mention["texte"] in [c["texte"] for c in li["commentaires"]]
    ]
    assert told == ["E", "F", "G", "C", "H", "J"]  # those of criterion 4 first, in the order of the criteria
    assert sorted(told) == VALORISES
    assert [li["numero"] for li in written["lignes"] if "plus_valorise" in li["etiquettes"]] == told


PROFIL = {
    "format": 1,
    "referentiel": "certifregion",
    "audit": {"type": "initial", "date": "2024-03-18"},
    "organisme": {"categories": ["AF"], "faits": {"formation_a_distance": True}},
}
PARMI = "Parmi « Les indicateurs les plus valorisés »"


def words(document: bytes) -> str:
    """The texts of a document, whatever holds them, on one line, with plain blanks."""
    if document.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            parts = [archive.read(name) for name in archive.namelist() if name.endswith(".xml")]
        document = b" ".join(parts)
    text = html.unescape(re.sub(r"<[^>]+>", " ", document.decode("utf-8", "replace")))
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.mark.parametrize("format_", ["table", "md", "csv", "html", "formulaire", "xlsx", "ods", "docx"])
def test_each_document_tells_it_on_each_line(format_: str) -> None:
    """On each of the six lines, whoever reads it and in whatever; once for all among the texts applied."""
    text = words(cr.ecrire(cr.checklist(registry(), PROFIL), format_))
    assert text.count(PARMI) >= len(VALORISES)
    if format_ in ("table", "md", "csv", "html"):
        assert f"Indicateurs E, F, G, C, H, J : {PARMI}" in text
        assert text.count(PARMI) >= len(VALORISES) + 1


def test_the_report_tells_it_on_each_line() -> None:
    """Beside the finding of each of the six."""
    lines = cr.checklist(registry(), PROFIL).lignes
    findings = [{"id": li.indicateur.id, "constat": "a_evaluer"} for li in lines if li.etat == "a_auditer"]
    report = cr.rapport(registry(), {**PROFIL, "constats": findings})
    assert words(cr.ecrire(report, "html")).count(PARMI) == len(VALORISES) + 1


@pytest.mark.parametrize("format_", ["table", "html", "csv", "yaml", "docx"])
def test_the_self_assessment_tells_it_on_each_line(format_: str) -> None:
    """Each of the six, where it is to be assessed; the page has the texts applied too."""
    text = words(cr.ecrire(cr.autodiagnostic(registry(), PROFIL), format_))
    assert text.count(PARMI) == len(VALORISES) + (format_ == "html")


def test_the_self_assessment_tells_it_in_json() -> None:
    """The grid to fill and the synthesis name the six lines by their tag, and say what it means."""
    cadre = cr.autodiagnostic(registry(), PROFIL)
    grid = json.loads(cr.ecrire(cadre, "json"))
    synthesis = json.loads(cr.ecrire(cr.autodiagnostic(registry(), reponses=grid), "json"))
    assert "S12" in synthesis["sources"]
    for written, lines in ((grid, grid["reponses"]), (synthesis, synthesis["lignes"])):
        assert written["mentions"]["plus_valorise"]["texte"].startswith(PARMI)
        assert written["mentions"]["plus_valorise"]["sources"] == ["S12"]
        told = [line["numero"] for line in lines if "plus_valorise" in line["etiquettes"]]
        assert told == ["E", "F", "G", "C", "H", "J"]


def test_the_label_is_told_slide_by_slide() -> None:
    """S05 to S09 and S28: history, partners, sister bodies, 175 labels, tools, meetings."""
    (edition,), issues = describe(registry(), "certifregion")
    assert issues == []
    told = {rubrique["id"]: rubrique["textes"] for rubrique in edition["presentation"]}
    assert list(told) == ["demarche", "histoire", "partenaires", "instances", "enjeux", "outils", "reunions"]
    cited = {source for textes in told.values() for texte in textes for source in texte["sources"]}
    assert cited == {"S05", "S06", "S07", "S08", "S09", "S28"}
    assert cited <= set(edition["sources"])
    assert [t["sources"] for t in told["histoire"] if "175 labels" in t["texte"]] == [["S06"]]
    assert any("QualiFormAgri" in t["texte"] for t in told["instances"])
    assert any(t["texte"].startswith("Six comités de labellisation") for t in told["reunions"])


def test_the_periods_of_recognition_are_told() -> None:
    """Two that a decision gave, one that is awaited."""
    (edition,), _ = describe(registry(), "certifregion")
    periods = [(p["du"], p["numero"], p["le"], p["en_attente"]) for p in edition["reconnaissance"]]
    assert periods == [
        ("2020-01-01", None, "2019-12-23", False),
        ("2023-01-01", "2022-12-406", "2022-12-15", False),
        ("2026-01-01", None, None, True),
    ]


def test_detail_prints_it(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """« referentiels --detail » prints each heading; without it, none."""
    call = Console(capfdbinary, monkeypatch)
    flat = " ".join(call("referentiels", "certifregion", "--detail").text.split())
    assert "175 labels Certif’Région délivrés en 2021-2022. (S06)" in flat
    assert "« 2012 : Premiers labels octroyés » (S06)" in flat
    assert "Premiers labels" not in call("referentiels", "certifregion").text
