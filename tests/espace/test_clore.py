"""Clore: the gravest gap first, with its dates; what is left, the disagreements, the sheet, and closing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from espaces import COMPLEMENTAIRE, begun_with, found, seen, text, version

pytest.importorskip("django")


def an_audit(navigateur: Any, **lines: tuple[str, str]) -> str:
    """An audit of training actions, on 18 March 2024, with these findings."""
    given = {
        "referentiel": "qualiopi",
        "type": "initial",
        "date": "2024-03-18",
        "nom": "Élan",
        "categories": ["AF"],
    }
    root = navigateur.post("/nouveau", given).headers["Location"].removesuffix("/preparer")
    found(navigateur, root, **lines)
    return str(root)


def test_gaps_come_gravest_first_with_dates_counted_by_hand(navigateur: Any) -> None:
    """A minor on line 1, a major on line 4: the major first, to correct in three months, the minor in six."""
    root = an_audit(navigateur, n1=("nc_mineure", "Sans date."), n4=("nc_majeure", "Rien de tracé."))
    page = text(navigateur.get(f"{root}/clore"))
    assert "à compter de la notification" in page
    assert page.index("Rien de tracé.") < page.index("Sans date.")
    navigateur.post(f"{root}/clore", {"base": version(root), "ecarts_notifies_le": "2024-05-31"})
    page = text(navigateur.get(f"{root}/clore"))
    major, minor = (
        page[page.index("Rien de tracé.") : page.index("Sans date.")],
        page[page.index("Sans date.") :],
    )
    assert "31\u00a0août\u00a02024" in major
    assert "30\u00a0novembre\u00a02024" in minor
    sheet = text(navigateur.get(f"{root}/fichiers/cloture.html"))
    assert sheet.index("Rien de tracé.") < sheet.index("Sans date.")
    assert "Pour l’équipe d’audit" in sheet
    assert "Pour l’organisme" in sheet


def test_a_day_that_cannot_be_is_told_beside_what_was_typed(navigateur: Any) -> None:
    """A notification before the audit, a day that is none: refused, what was typed still there."""
    root = an_audit(navigateur)
    before = version(root)
    early = navigateur.post(f"{root}/clore", {"base": before, "ecarts_notifies_le": "2024-01-02"})
    assert early.status_code == 422
    assert "avant l’audit" in text(early)
    assert 'value="2024-01-02"' in text(early)
    wrong = navigateur.post(f"{root}/clore", {"base": before, "ecarts_notifies_le": "31/05/2024"})
    assert "ce jour ne se lit pas" in text(wrong)
    assert version(root) == before


def test_no_disagreement_is_something_said(navigateur: Any) -> None:
    """Nothing typed says nothing; the box says « none, and it is known », which the report prints."""
    import json

    root = an_audit(navigateur)
    navigateur.post(f"{root}/clore", {"base": version(root), "desaccords": ""})
    assert "desaccords" not in json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    navigateur.post(f"{root}/clore", {"base": version(root), "desaccords": "", "aucun_desaccord": "on"})
    assert json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)["desaccords"] == []
    assert "Aucun désaccord." in text(navigateur.get(f"{root}/fichiers/cloture.html"))
    navigateur.post(f"{root}/clore", {"base": version(root), "desaccords": "L’indicateur 4\nL’indicateur 6"})
    data = json.loads(navigateur.get(f"{root}/fichiers/constats.json").content)
    assert data["desaccords"] == ["L’indicateur 4", "L’indicateur 6"]


def test_what_is_left_has_one_action_each(navigateur: Any) -> None:
    """Twenty-one lines are due without a finding; one found, twenty are left, and the way leads there."""
    root = an_audit(navigateur)
    assert "21 lignes à évaluer\u00a0: 1, 2, 4" in text(navigateur.get(f"{root}/clore"))
    found(navigateur, root, n1=("conforme", ""))
    page = text(navigateur.get(f"{root}/clore"))
    assert "20 lignes à évaluer\u00a0: 2, 4" in page
    assert f'href="{root}/saisir?ligne=qualiopi/2">Saisir</a>' in page
    assert "Aucun écart. Les points forts restent à relire." in page


def test_the_conclusion_waits_while_something_is_to_settle(navigateur: Any) -> None:
    """Two notes on one line: no conclusion is shown until somebody chooses, and the page says where."""
    root = an_audit(navigateur)
    line = f"{root}/saisir?ligne=qualiopi/2"
    shown = seen(navigateur, line)
    for note in ("la première", "la seconde"):
        navigateur.post(line, {"base": shown, "commentaire": note})
    for page in ("clore", "suivre"):
        content = text(navigateur.get(f"{root}/{page}"))
        assert "La conclusion attend" in content
        assert "conclusion impossible" not in content
        assert f'href="{root}/accorder"' in content


def test_a_closed_audit_changes_with_a_reason(navigateur: Any) -> None:
    """After « Clore l’audit », changing a finding asks why; the page says when it was closed."""
    root = an_audit(navigateur, n1=("nc_mineure", "Sans date."))
    navigateur.post(f"{root}/cloture", {"base": version(root)})
    assert re.search(r"Clos le \d", text(navigateur.get(f"{root}/clore")))
    line = f"{root}/saisir?ligne=qualiopi/1"
    refused = navigateur.post(line, {"base": version(root), "constat": "conforme"})
    assert refused.status_code == 422
    assert "dire pourquoi" in text(refused)
    given = {"base": version(root), "constat": "conforme", "raison": "date retrouvée"}
    assert navigateur.post(line, given).status_code == 302


def test_words_that_attack_are_printed_as_they_are(navigateur: Any) -> None:
    """A statement, a disagreement that are markup elsewhere are text in the page and in its sheet."""
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    root = an_audit(navigateur, n1=("nc_mineure", attack))
    navigateur.post(f"{root}/clore", {"base": version(root), "desaccords": attack})
    for page in (
        "clore",
        "ecarts",
        "suivre",
        "manques",
        "suivant",
        "documents",
        "fichiers/cloture.html?voir=1",
    ):
        content = text(navigateur.get(f"{root}/{page}"))
        assert "<script>alert" not in content
        assert "<img src=x" not in content


def test_a_gap_that_no_source_dates_waits_for_no_notification(navigateur: Any) -> None:
    """A gap of the label, whose delay no source gives: the day of notification would change nothing."""
    root = begun_with(navigateur, **COMPLEMENTAIRE)
    gap = {"base": version(root), "constat": "nc_mineure", "commentaire": "Une issue encombrée."}
    navigateur.post(f"{root}/saisir?ligne=certifregion/E", gap)
    page = text(navigateur.get(f"{root}/clore"))
    assert "Une issue encombrée." in page
    assert "aucune source ne donne de délai" in page
    assert "à compter de la notification" not in page
