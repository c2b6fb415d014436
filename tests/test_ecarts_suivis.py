"""What was written of a gap follows it to the next audit: in grids, form, pages and report."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from console import Console
from openpyxl import load_workbook

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


#: An audit whose check failed, with its sheet; a surveillance makes it again.
VERIFIEE: dict[str, Any] = {
    **AVANT,
    "constats": [{"id": "2", "constat": "conforme"}],
    "verifications": [
        {
            "id": "affichage_certificat",
            "resultat": "non_satisfaite",
            "commentaire": "Certificat absent de l’accueil.",
            "ecart": {"enonce": "Le certificat n’est pas affiché.", "action_corrective": "Cadre commandé."},
        }
    ],
}
FICHE = [
    "non satisfaite",
    "commentaire\u00a0: Certificat absent de l’accueil.",
    "énoncé\u00a0: Le certificat n’est pas affiché.",
    "action corrective\u00a0: Cadre commandé.",
]


@pytest.fixture
def verifiee(tmp_path: Path) -> Path:
    """The findings of that audit, in a file."""
    path = tmp_path / "verifiee.json"
    path.write_text(json.dumps(VERIFIEE, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("format_", ["md", "html", "formulaire", "csv"])
def test_the_sheet_of_a_failed_check_stands_beside_it(call: Console, verifiee: Path, format_: str) -> None:
    """What was written of a check that failed is read where it is made again, as that of a line is."""
    out = call("checklist", *SUIVANTE, verifiee, "--format", format_, "-o", "-").out
    shown = unescape(out.decode("utf-8-sig"))
    assert [
        texte for texte in FICHE if texte.replace("\u00a0", " ") not in shown.replace("\u00a0", " ")
    ] == []


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv", "json"])
def test_it_goes_with_the_grid_and_comes_back(
    call: Console, verifiee: Path, tmp_path: Path, suffix: str
) -> None:
    """The grid shows and carries it: what is read back still has it, in the shape of a profile."""
    grid, constats = tmp_path / f"grille.{suffix}", tmp_path / "constats.json"
    assert call("checklist", *SUIVANTE, verifiee, "-o", grid).status == 0
    call("lire", grid, "-o", constats)
    read = json.loads(constats.read_text(encoding="utf-8"))["precedent"]
    assert read["verifications"] == {"affichage_certificat": "non_satisfaite"}
    assert read["ecarts"] == {
        "verification:affichage_certificat": {
            "commentaire": "Certificat absent de l’accueil.",
            "enonce": "Le certificat n’est pas affiché.",
            "action_corrective": "Cadre commandé.",
        }
    }
    if suffix == "xlsx":
        (cell,) = (
            str(cell.value)
            for cell in load_workbook(grid)["Vérifications"]["C"][1:]
            if "certificat" in str(cell.value).lower()
        )
        assert cell.replace("\u00a0", " ").splitlines()[-4:] == [
            "Audit précédent : non satisfaite", *(texte.replace("\u00a0", " ") for texte in FICHE[1:])
        ]  # fmt: skip
    report = unescape(call("rapport", constats, "--format", "html", "-o", "-").out.decode())
    start = report.index("Vérifications non satisfaites à l’audit précédent")
    earlier = report[start:].partition("</table>")[0]
    assert [texte for texte in ("toujours ouverte", *FICHE[1:]) if texte not in earlier] == []


@pytest.mark.parametrize("format_", ["md", "csv", "formulaire"])
def test_the_sheet_of_a_check_that_is_made_no_more(call: Console, verifiee: Path, format_: str) -> None:
    """A renewal makes no such check: what the surveillance wrote of it stands with the earlier audit."""
    verifiee.write_text(
        json.dumps({**VERIFIEE, "audit": {"type": "surveillance", "date": "2025-09-15"}}), encoding="utf-8"
    )
    renewal = ("qualiopi", "--type", "renouvellement", "--date", "2026-09-15", "--categorie", "AF")
    out = call("checklist", *renewal, "--precedent", verifiee, "--format", format_, "-o", "-").out
    shown = unescape(out.decode("utf-8-sig")).replace("\u00a0", " ").replace("\u202f", " ")
    assert (
        "affichage certificat non satisfaite (commentaire : Certificat absent de l’accueil., "
        "énoncé : Le certificat n’est pas affiché., action corrective : Cadre commandé.)"
    ) in shown


def test_the_sheet_of_a_check_put_right_is_over(call: Console, verifiee: Path) -> None:
    """Lifted, it is told in a word, and what was written of it follows no longer."""
    lifted = {**VERIFIEE["verifications"][0], "leve_le": "2025-04-02"}
    verifiee.write_text(json.dumps({**VERIFIEE, "verifications": [lifted]}), encoding="utf-8")
    shown = call("checklist", *SUIVANTE, verifiee, "--format", "md", "-o", "-").text
    assert "audit précédent : non satisfaite (levée)" in shown
    assert "Cadre commandé" not in shown
    read = call("checklist", *SUIVANTE, verifiee, "--format", "json").json["precedent"]
    assert read["verifications"] == {"affichage_certificat": "levee"}
    assert "ecarts" not in read


def test_people_named_in_the_sheet_of_a_check_are_replaced(call: Console, verifiee: Path) -> None:
    """An address typed there goes on demand; the name of the check stays."""
    check_ = {**VERIFIEE["verifications"][0], "commentaire": "Vu avec j.dupont@exemple.invalid."}
    verifiee.write_text(json.dumps({**VERIFIEE, "verifications": [check_]}), encoding="utf-8")
    hidden = call("checklist", *SUIVANTE, verifiee, "--format", "json", "--pseudonymiser").json["precedent"]
    assert hidden["ecarts"]["verification:affichage_certificat"]["commentaire"] == "Vu avec [courriel]."
    assert hidden["verifications"] == {"affichage_certificat": "non_satisfaite"}


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
