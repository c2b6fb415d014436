"""The workspace by its gestures, in Chromium: the keyboard alone, what is refused, what is left too soon."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fenetres import issues, window
from visites import Visitor

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("django")

pytestmark = pytest.mark.navigateur

PROFIL = {
    "format": 1,
    "referentiel": "certifregion",
    "audit": {"type": "complementaire", "date": "2024-01-20"},
    "organisme": {"nom": "Atelier du Gué", "categories": ["AF"]},
    "certificats": {"qualiopi": {"notification": "2022-11-30", "echeance": "2025-11-30"}},
}


@pytest.fixture
def page(browser: Any, espace: str) -> Iterator[Any]:
    """A window on the workspace."""
    with window(browser, espace) as opened:
        yield opened


#: What has the focus, where nothing shows it; the browser shows by itself which part of a day has it.
INVISIBLE = """() => {
  const one = document.activeElement;
  const shown = one.matches("body, [type=date]") || getComputedStyle(one).outlineStyle !== "none";
  return shown ? null : one.outerHTML;
}"""


def tab_to(page: Any, role: str, name: str) -> None:
    """Press Tab until the focus is on something, as a person without a mouse does."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    for _ in range(90):
        page.keyboard.press("Tab")
        # Where the focus is, it is seen.
        assert page.evaluate(INVISIBLE) is None
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {name}")


def test_a_short_audit_by_the_keyboard_alone(page: Any, espace: str, tmp_path: Path) -> None:
    """From the first page to the sheet: a file, the perimeter, every line, a gap, a proof, the end."""
    (tmp_path / "profil.json").write_text(json.dumps(PROFIL), encoding="utf-8")
    page.keyboard.press("Tab")
    while page.evaluate(
        "() => document.activeElement.id !== 'fichier' && document.activeElement !== document.body"
    ):
        page.keyboard.press("Tab")
    page.locator("#fichier:focus").set_input_files(tmp_path / "profil.json")  # the system’s own window
    tab_to(page, "button", "Reprendre un fichier")
    page.keyboard.press("Enter")
    page.wait_for_url("**/preparer**")
    root = page.url.rpartition("/")[0]
    tab_to(page, "link", "Ouvrir")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ouvrir")
    tab_to(page, "checkbox", "Confirmer ce périmètre")
    page.keyboard.press("Space")
    tab_to(page, "textbox", "Qui le dit, par sa fonction ou ses initiales")
    page.keyboard.type("Direction")
    tab_to(page, "button", "Enregistrer ce qui est coché")
    page.keyboard.press("Enter")
    playwright.expect(page.get_by_role("main")).to_contain_text("D’accord : Direction")
    tab_to(page, "link", "Saisir")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement?.name === 'constat'")
    for _ in range(12):
        page.wait_for_function("() => document.activeElement?.name === 'constat'")
        line = page.evaluate("() => document.getElementById('constat').dataset.ligne")
        gap = line == "certifregion/E"
        page.keyboard.press("2" if gap else "1")
        page.keyboard.press("Tab")
        page.keyboard.type("Une convention sur trois n’est pas signée." if gap else f"Pièce {line[-1]}")
        page.keyboard.press("Control+Enter")
        page.wait_for_function(
            "line => document.getElementById('constat').dataset.ligne !== line"
            " || document.getElementById('quoi').innerText.includes('0 ligne')",
            arg=line,
        )
    playwright.expect(page.locator("#quoi")).to_contain_text("0 ligne à évaluer")
    tab_to(page, "link", "Clore")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clore")
    tab_to(page, "checkbox", "Il n’y en a pas")
    page.keyboard.press("Space")
    tab_to(page, "button", "Clore l’audit")
    page.keyboard.press("Enter")
    playwright.expect(page.get_by_role("main")).to_contain_text("Clos le")
    tab_to(page, "link", "Fiche de la réunion de clôture")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cloture.html**")
    playwright.expect(page.locator("body")).to_contain_text("Une convention sur trois n’est pas signée.")
    playwright.expect(page.locator("body")).to_contain_text("Signature")
    findings = json.loads(page.request.get(f"{root}/fichiers/constats.json").body())["constats"]
    gaps = [one["id"] for one in findings if one["constat"].startswith("nc_")]
    assert gaps == ["certifregion/E"]
    assert sum(one["constat"] == "conforme" for one in findings) == 11


def begun(espace: str) -> str:
    """The address of an audit begun."""
    return Visitor(espace).send("/reprendre", "p.json", json.dumps(QUALIOPI)).rpartition("/")[0]


QUALIOPI = {
    "format": 1,
    "referentiel": "qualiopi",
    "audit": {"type": "initial", "date": "2024-03-18"},
    "organisme": {
        "nom": "Atelier du Pont",
        "categories": ["AF"],
        "sites": [{"id": "Siège"}, {"id": "Annexe"}],
    },
}


def test_no_answer_is_lost_when_the_page_is_left_at_once(page: Any, espace: str) -> None:
    """Three answers given faster than the program takes them, then another step: all are recorded."""
    root = begun(espace)
    page.goto(f"{root}/preparer")
    names = ["alternance", "situation_travail", "plus_de_deux_jours"]
    gestures = """(names) => {
      for (const name of names) document.querySelector(`[name="fait.${name}"][value=oui]`).click();
      document.querySelector("nav a[href$='/ouvrir']").click();
    }"""
    page.evaluate(gestures, names)
    page.wait_for_url("**/ouvrir")
    told = json.loads(page.request.get(f"{root}/fichiers/constats.json").body())["organisme"]["faits"]
    assert told == dict.fromkeys(names, True)


def test_what_is_refused_is_said_where_it_is_and_accessible(page: Any, espace: str, axe: str) -> None:
    """A form without a day, a finding that sites forbid, a file that is none, an unknown address."""
    root = begun(espace)
    page.goto("/nouveau?referentiel=qualiopi")
    page.get_by_label("Organisme").fill("Élan")
    page.get_by_role("button", name="Commencer l’audit").click()
    playwright.expect(page.get_by_role("main")).to_contain_text("date de l’audit")
    playwright.expect(page.get_by_label("Organisme")).to_have_value("Élan")
    assert issues(page, Path(axe)) == []
    page.goto(f"{root}/saisir?ligne=qualiopi/17")
    page.get_by_text("Constats par site").click()
    page.get_by_label("Constat, site Annexe").select_option("nc_mineure")
    page.get_by_role("radio", name="Conforme", exact=True).check(force=True)
    page.get_by_role("button", name="Enregistrer et suivante").click()
    playwright.expect(page.get_by_role("alert").first).to_be_visible()
    assert issues(page, Path(axe)) == []
    page.goto("/")
    bad = {"name": "x.json", "mimeType": "application/json", "buffer": b"{}"}
    page.get_by_label("Profil, constats").set_input_files(files=[bad])
    page.get_by_role("button", name="Reprendre un fichier").click()
    playwright.expect(page.get_by_role("heading", name="À corriger")).to_be_visible()
    assert issues(page, Path(axe)) == []
    page.goto("/inconnue")
    playwright.expect(page.get_by_role("heading", name="Page introuvable")).to_be_visible()
    assert issues(page, Path(axe)) == []
