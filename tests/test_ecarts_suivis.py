"""What was written of a gap follows it to the next audit: in grids, form, pages and report."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from console import Console

FAITS = {
    "sous_traitance": False, "certifiante": False, "situation_travail": False, "alternance": False,
    "plus_de_deux_jours": True,
}  # fmt: skip
#: An initial audit: a gap that is still open with all that was written of it, and one that was lifted.
AVANT: dict[str, Any] = {
    "format": 1,
    "referentiel": {"id": "qualiopi"},
    "audit": {"type": "initial", "date": "2024-03-18"},
    "organisme": {"categories": ["AF"], "faits": FAITS},
    "constats": [
        {
            "id": "2",
            "constat": "nc_mineure",
            "commentaire": "Taux d’abandon absent.",
            "ecart": {"enonce": "Les abandons ne sont pas publiés.", "causes": "Page refaite sans eux."},
        },
        {"id": "9", "constat": "nc_mineure", "commentaire": "Règlement non remis.", "leve_le": "2024-05-02"},
    ],
}
TEXTES = [
    "commentaire\u00a0: Taux d’abandon absent.",
    "énoncé\u00a0: Les abandons ne sont pas publiés.",
    "causes\u00a0: Page refaite sans eux.",
]
SUIVANTE = (
    "qualiopi", "--type", "surveillance", "--date", "2025-09-15", "--categorie", "AF", "--precedent",
)  # fmt: skip


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    """Return the command line."""
    return Console(capfdbinary, monkeypatch)


@pytest.fixture
def avant(tmp_path: Path) -> Path:
    """The findings of the earlier audit, in a file."""
    path = tmp_path / "avant.json"
    path.write_text(json.dumps(AVANT, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("format_", ["md", "html", "formulaire", "csv"])
def test_the_texts_of_an_open_gap_stand_on_its_line(call: Console, avant: Path, format_: str) -> None:
    """The auditor reads them where the gap is checked again; those of a gap that was lifted are over."""
    shown = unescape(
        call("checklist", *SUIVANTE, avant, "--format", format_, "-o", "-").out.decode("utf-8-sig")
    )
    for texte in TEXTES:
        assert texte.replace("\u00a0", " ") in shown.replace("\u00a0", " ")
    assert "Règlement non remis" not in shown


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv", "json"])
def test_they_go_with_the_grid_and_come_back(call: Console, avant: Path, tmp_path: Path, suffix: str) -> None:
    """The grid carries them in its request: what is read back still has them, and so has the report."""
    grid, constats = tmp_path / f"grille.{suffix}", tmp_path / "constats.json"
    assert call("checklist", *SUIVANTE, avant, "-o", grid).status == 0
    call("lire", grid, "-o", constats)
    read = json.loads(constats.read_text(encoding="utf-8"))["precedent"]
    assert read["ecarts"] == {
        "qualiopi/2": {
            "commentaire": "Taux d’abandon absent.",
            "enonce": "Les abandons ne sont pas publiés.",
            "causes": "Page refaite sans eux.",
        }
    }
    report = unescape(call("rapport", constats, "--format", "html", "-o", "-").out.decode())
    earlier = report[report.index("Écarts de l’audit précédent, et ce qui en est vu") :].partition(
        "</table>"
    )[0]
    assert [texte for texte in TEXTES if texte not in earlier] == []


def test_people_named_in_them_are_told_and_replaced(call: Console, tmp_path: Path) -> None:
    """An address typed at the earlier audit is told as one typed today, and goes on demand."""
    path = tmp_path / "avant.json"
    comment = {"commentaire": "Vu avec j.dupont@exemple.invalid."}
    first, *others = AVANT["constats"]
    path.write_text(json.dumps({**AVANT, "constats": [first | comment, *others]}), encoding="utf-8")
    reponse = call("checklist", *SUIVANTE, path, "--format", "json")
    assert "donnee_personnelle" in {a["code"] for a in reponse.json["avertissements"]}
    hidden = call("checklist", *SUIVANTE, path, "--format", "json", "--pseudonymiser").json
    assert hidden["precedent"]["ecarts"]["qualiopi/2"]["commentaire"] == "Vu avec [courriel]."


def test_the_texts_of_each_site_follow_too(call: Console, tmp_path: Path) -> None:
    """What was written at a site says which; what was lifted there does not follow."""
    sites = [
        {
            "site": "S1",
            "constat": "nc_mineure",
            "commentaire": "Rien à l’accueil.",
            "ecart": {"causes": "Travaux."},
        },
        {"site": "S2", "constat": "nc_mineure", "commentaire": "Page ancienne.", "leve_le": "2024-05-02"},
    ]
    organisme = {**AVANT["organisme"], "sites": [{"id": "S1"}, {"id": "S2"}]}
    constats = [{**AVANT["constats"][0], "par_site": sites}]
    path = tmp_path / "avant.json"
    path.write_text(json.dumps({**AVANT, "organisme": organisme, "constats": constats}), encoding="utf-8")
    (texts,) = call("checklist", *SUIVANTE, path, "--format", "json").json["precedent"]["ecarts"].values()
    assert texts == {
        "commentaire": "Taux d’abandon absent. ; S1 : Rien à l’accueil.",
        "enonce": "Les abandons ne sont pas publiés.",
        "causes": "Page refaite sans eux. ; S1 : Travaux.",
    }
