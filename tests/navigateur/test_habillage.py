"""The form in the dress of a body, in Chromium: its logo is shown, its column is kept and exported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grilles import atelier
from habillages import habillee
from images import svg

from certif_rules.formulaires import checklist as formulaire
from certif_rules.services.lecture import read_grids

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur

CHAMP = "article[data-ligne='0'] [data-champ='complements.reference_interne']"


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """The dressed form, opened from a file: any message of the console fails the test."""
    (tmp_path / "logo.svg").write_bytes(svg('<rect width="40" height="10" fill="#123"/>'))
    text = (
        "format: 1\nemetteur: Certif’Exemple\nlogo: logo.svg\n"
        "colonnes: {ajoutees: [{cle: reference_interne, titre: Référence interne}]}\n"
    )
    path = tmp_path / "audit.html"
    path.write_bytes(formulaire.render(habillee(tmp_path, text)))
    said: list[str] = []
    context = browser.new_context()
    opened = context.new_page()
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(path.as_uri())
    yield opened
    context.close()
    assert said == []


def exported(page: Any, path: Path) -> Any:
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter les constats").first.click()
    download.value.save_as(path)
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_logo_is_shown(page: Any) -> None:
    """The policy of the page lets it be drawn; it has its words."""
    logo = page.get_by_role("img", name="Certif’Exemple")
    assert logo.evaluate("image => image.complete && image.naturalWidth > 0")


def test_an_added_column_is_kept_exported_and_taken_back(page: Any, tmp_path: Path) -> None:
    """A column that a body added is saved, exported and imported as typed."""
    page.locator(CHAMP).fill("R-1 <b>")
    page.reload()
    assert page.locator(CHAMP).input_value() == "R-1 <b>"
    path = tmp_path / "constats.json"
    first = exported(page, path)["constats"][0]
    assert first["complements"] == {"reference_interne": "R-1 <b>"}
    lecture = read_grids(atelier(), [path])
    assert lecture.dossier.releves[0].complements == {"reference_interne": "R-1 <b>"}
    page.locator(CHAMP).fill("")
    assert exported(page, tmp_path / "vide.json")["constats"][0]["complements"] == {}
    page.locator("#fichier").set_input_files(path)
    playwright.expect(page.locator(CHAMP)).to_have_value("R-1 <b>")


def test_a_spoilt_column_is_not_imported(page: Any, tmp_path: Path) -> None:
    """An added column of a wrong kind is refused by its name."""
    path = tmp_path / "constats.json"
    data = exported(page, path)
    data["constats"][0]["complements"] = {"reference_interne": 3}
    path.write_text(json.dumps(data), encoding="utf-8")
    page.locator("#fichier").set_input_files(path)
    playwright.expect(page.locator("#refus")).to_contain_text("complements")
    assert page.locator(CHAMP).input_value() == ""
