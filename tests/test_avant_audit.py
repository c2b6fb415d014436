"""What a grid says before an audit: where it is held, what stands in for it, what is still open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console

from certif_rules.blocs.typographie import plain

DOCUMENTS = """format: 1
referentiel: certifregion
audit: {type: surveillance, date: 2024-12-02}
organisme: {categories: [AF]}
precedent:
  {type: complementaire, date: 2023-04-03, constats: {B: nc_mineure, C: nc_mineure, D: conforme}, leves: [C]}
dossier: {pieces: {rapport_audit_interne: oui, maintien_qualiopi: {fourni: non}}}
"""
MAINTIEN = "« la notification de maintien du Certificat Qualiopi », date non donnée"
INTERNE = "« un rapport d’audit qualité interne (Critère 8– indicateur K du référentiel) », date non donnée"


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def warned(call: Console, *options: str, stdin: str = "") -> dict[str, str]:
    data: Any = call("checklist", *options, "--format", "json", stdin=stdin).json
    return {a["code"]: plain(a["message"]) for a in data["avertissements"]}


def test_two_documents_stand_in_for_the_audit(call: Console) -> None:
    """The notice comes first, as its state; of two minors one was lifted: the other is still open."""
    codes = warned(call, "--profil", "-", stdin=DOCUMENTS)
    assert list(codes)[:2] == ["sans_audit", "ecarts_ouverts"]
    expected = (
        f"pas d’audit : deux documents à recevoir, dans l’ordre : {MAINTIEN} (non reçu) ; {INTERNE} (reçu)"
    )
    assert codes["sans_audit"] == plain(expected)
    assert codes["ecarts_ouverts"] == "écarts encore ouverts : B (non-conformité mineure)"
    text = plain(" ".join(call("checklist", "--profil", "-", stdin=DOCUMENTS).text.split()))
    assert text.index("pas d’audit") < text.index("Un nouveau site") < text.index("Critère 1")


def test_what_nobody_says_of_them_is_not_guessed(call: Console) -> None:
    """Without the application nor the earlier findings, neither reception nor gaps are known."""
    silent = DOCUMENTS[: DOCUMENTS.index("precedent:")] + "precedent: {type: complementaire}\n"
    codes = warned(call, "--profil", "-", stdin=silent)
    assert codes["sans_audit"].count("réception non renseignée") == 2
    assert codes["ecarts_ouverts"] == "écarts encore ouverts : non renseignés"
    none = DOCUMENTS.replace("{B: nc_mineure, C: nc_mineure, D: conforme}, leves: [C]", "{}")
    assert warned(call, "--profil", "-", stdin=none)["ecarts_ouverts"] == "écarts encore ouverts : aucun"


def test_an_audit_that_sees_lines_is_one(call: Console) -> None:
    """After an initial audit the surveillance is an audit; of a route not given, nobody knows."""
    for route in ("initial", "amenage"):
        assert "sans_audit" not in warned(
            call, "--profil", "-", stdin=DOCUMENTS.replace("{type: complementaire", f"{{type: {route}")
        )
    options = ("certifregion", "--type", "surveillance", "--date", "2024-12-02", "--categorie", "AF")
    assert "sans_audit" not in warned(call, *options)


@pytest.mark.parametrize(
    ("referentiel", "type_audit", "mode", "is_warned"),
    [
        ("qualiopi", "initial", "a_distance", True),
        ("qualiopi", "initial", "À distance", True),
        ("qualiopi", "initial", "sur_site", False),
        ("qualiopi", "renouvellement", "a_distance", True),
        ("qualiopi", "surveillance", "a_distance", False),
        ("certifregion", "initial", "a_distance", True),
        ("certifregion", "renouvellement", "a_distance", True),
    ],
)
def test_where_the_audit_is_held(
    call: Console, referentiel: str, type_audit: str, mode: str, is_warned: bool
) -> None:
    """Initial and renewal audits are held on site, and how surely; a surveillance, at a distance."""
    profil = f"format: 1\naudit: {{mode: {mode}}}\norganisme: {{categories: [AF]}}\n"
    options = (referentiel, "--type", type_audit, "--date", "2024-06-03", "--profil", "-")
    codes = warned(call, *options, stdin=profil)
    assert ("mode_inattendu" in codes) is is_warned
    if is_warned:
        assert "mode « à distance » : " in codes["mode_inattendu"]
        assert "se fait sur site" in codes["mode_inattendu"]
        assert codes["mode_inattendu"].endswith("(confiance moyenne)")
    assert ("Lieu" in str(codes.get("rappel"))) is (type_audit == "surveillance")


@pytest.mark.parametrize("indicateur", ["12", "19"])
def test_what_is_read_has_curved_apostrophes(call: Console, indicateur: str) -> None:
    """Reasons, titles and questions are typed with straight ones in the data."""
    audit = ("qualiopi", "--type", "surveillance", "--date", "2024-06-03", "--categorie", "AF")
    arguments = ("qualiopi", indicateur, *audit[1:])
    for text in (call("expliquer", *arguments).text, call("questions", *audit).text):
        assert "’" in text
        assert "'" not in text


def test_a_count_agrees_with_what_it_counts(call: Console, tmp_path: Path) -> None:
    """One line is « non due », of none or several the adjective follows."""
    audit = ("--type", "initial", "--date", "2024-06-03", "--categorie", "CFA")
    err = plain(call("checklist", "qualiopi", *audit, "-o", tmp_path / "g.json").err)
    data: Any = json.loads((tmp_path / "g.json").read_text("utf-8"))["compteurs"]
    out = data["non_applicable"]
    assert f"{out} non applicable{'s' if out > 1 else ''}." in err
    assert "0 non due à cet audit" in err


@pytest.mark.parametrize(
    ("sites", "printed"),
    [
        ("[{id: S1, region: Occitanie}]", False),
        ("[{id: S1, region: Occitanie}, {id: S2, region: mayotte}]", True),
        ("[{id: S1, region: Occitanie}, {id: S2, commune: Paris}]", True),
        ("[]", True),
    ],
)
def test_a_derogation_of_a_region_is_for_those_who_are_there(
    call: Console, sites: str, printed: bool
) -> None:
    """Mayotte is printed where a site is there, or may be; claimed, it is printed in any case."""
    profil = f"format: 1\norganisme: {{categories: [AF], sites: {sites}}}\n"
    options = ("checklist", "qualiopi", "--type", "initial", "--date", "2025-03-03", "--profil", "-")
    for format_ in ("table", "md", "html"):
        text = call(*options, "--format", format_, stdin=profil).out.decode()
        assert ("conditions d’audit propres à Mayotte" in " ".join(text.split())) is printed
    claimed = call(*options, "--avec", "mayotte", stdin=profil).text
    assert "propres à Mayotte (art. 10 bis" in plain(" ".join(claimed.split()))
