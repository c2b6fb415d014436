"""Saisir in Chromium: lines recorded by the keyboard alone, no word lost, the focus where it is awaited."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from espaces import ENVIRONNEMENT, PROFIL

pytestmark = pytest.mark.navigateur
pytest.importorskip("django")


@pytest.fixture(scope="session")
def espace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The first address of a workspace that runs over a new file."""
    base = tmp_path_factory.mktemp("saisir") / "audits.sqlite3"
    env = {name: value for name, value in os.environ.items() if name not in ENVIRONNEMENT}
    command = [sys.executable, "-m", "certif_rules", "ouvrir", str(base), "--sans-navigateur"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**env, "PYTHONUNBUFFERED": "1"}
    ) as run:
        assert run.stdout is not None
        yield next(line.strip() for line in run.stdout if line.startswith("http"))
        run.terminate()


@pytest.fixture
def saisir(browser: Any, espace: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens a line of an audit begun for the test, in a browser where an error of the script fails it."""
    contexts: list[Any] = []
    errors: list[str] = []
    profil = tmp_path / "audit.yaml"
    profil.write_bytes(PROFIL)

    def run(ligne: str, *, width: int = 1366, height: int = 640, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(espace)
        page.set_input_files("input[type=file]", profil)
        page.locator("form:has(input[type=file]) button").first.click()
        page.wait_for_url("**/dossier/**")
        page.goto(f"{page.url.rpartition('/')[0]}/saisir?ligne={ligne}")
        return page

    yield run
    for context in contexts:
        context.close()
    assert errors == []


def active(page: Any) -> str:
    """The name or the id of what has the focus."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.name"))


def on(page: Any, ligne: str) -> None:
    """Waits until a line is shown, its focus on the findings."""
    page.wait_for_selector(f'#constat[data-ligne="{ligne}"] input[name=constat]:focus')


def recorded(page: Any, ligne: str) -> str:
    """What the board says of a line."""
    return str(page.locator(f'.damier [data-ligne="{ligne}"]').get_attribute("aria-label"))


def test_conforme_with_a_known_proof_takes_four_keys(saisir: Callable[..., Any]) -> None:
    """1, Tab, three letters, Enter, Ctrl+Enter: finding and proof are recorded, the next line is ready."""
    page = saisir("qualiopi/1")
    on(page, "qualiopi/1")
    page.keyboard.press("Digit1")
    page.keyboard.press("Tab")
    assert active(page) == "preuve"
    page.keyboard.type("Livret d’accueil")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    on(page, "qualiopi/2")
    page.keyboard.press("Numpad1")
    page.keyboard.press("Tab")
    page.keyboard.type("liv")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    on(page, "qualiopi/3")
    assert "Conforme" in recorded(page, "qualiopi/2")
    page.goto(page.url.partition("?")[0].replace("/saisir", "/preuves"))
    assert page.locator("#t-preuve ~ .choses > li").count() == 1
    assert page.locator("#t-preuve ~ .choses .puce a").all_inner_texts() == ["1", "2"]


def test_a_minor_takes_three_keys_and_its_statement(saisir: Callable[..., Any]) -> None:
    """2, Tab to the statement, Ctrl+Enter; what it entails is said before; the page never scrolls."""
    page = saisir("qualiopi/1")
    on(page, "qualiopi/1")
    page.keyboard.press("Digit2")
    page.wait_for_selector("#effets li")
    page.keyboard.press("Tab")
    assert active(page) == "commentaire"
    page.keyboard.type("Aucune date.")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.keyboard.press("Control+Enter")
    on(page, "qualiopi/2")
    assert "mineure" in recorded(page, "qualiopi/1")


def test_a_mouse_takes_three_clicks_and_three_letters(saisir: Callable[..., Any]) -> None:
    """A finding, then the proof that is proposed, then the next line: the field takes the focus by itself."""
    page = saisir("qualiopi/1")
    on(page, "qualiopi/1")
    page.keyboard.press("Tab")
    page.keyboard.type("Livret d’accueil")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector('#constat[data-ligne="qualiopi/2"], .vient')
    page.locator('.damier [data-ligne="qualiopi/3"]').click()
    on(page, "qualiopi/3")
    page.locator("label.f-fait").click()
    page.keyboard.type("liv")
    page.locator(".ajout .liste li").click()
    page.locator("#suivante").click()
    page.wait_for_selector('#constat:not([data-ligne="qualiopi/3"])')
    assert "Conforme" in recorded(page, "qualiopi/3")


def test_two_windows_are_told_and_settle_by_one_press(saisir: Callable[..., Any]) -> None:
    """The second window learns at once that both wrote, keeps one value, and the line is settled."""
    page = saisir("qualiopi/1")
    on(page, "qualiopi/1")
    other = page.context.new_page()
    other.goto(page.url)
    on(other, "qualiopi/1")
    page.locator("#commentaire").fill("la première")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".vient")
    other.locator("#commentaire").fill("la seconde")
    other.keyboard.press("Control+Enter")
    other.wait_for_selector(".accord")
    assert other.locator(".accord .version p").all_inner_texts()[0].startswith("la première")
    other.locator(".accord button").first.click()
    other.wait_for_selector("#constat:not(:has(.accord))")
    assert other.locator("#commentaire").input_value() == "la première"


def test_digits_are_words_in_a_text(saisir: Callable[..., Any]) -> None:
    """A digit typed in the note is a digit, and chooses nothing."""
    page = saisir("qualiopi/1")
    on(page, "qualiopi/1")
    page.locator("#commentaire").focus()
    page.keyboard.type("12")
    assert page.locator("#commentaire").input_value() == "12"
    assert page.locator("input[name=constat]:checked").get_attribute("value") == "a_evaluer"


def test_arrows_pass_over_choices_and_record_none(saisir: Callable[..., Any]) -> None:
    """Two arrows, then back to what stood: no event was made of the way."""
    page = saisir("qualiopi/1")
    on(page, "qualiopi/1")
    page.keyboard.press("Digit0")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Digit0")
    page.keyboard.press("Alt+ArrowDown")
    on(page, "qualiopi/2")
    assert page.locator(".vient").count() == 0
    assert "à évaluer" in recorded(page, "qualiopi/1")


def test_moving_on_records_what_was_typed(saisir: Callable[..., Any]) -> None:
    """A note typed, then a tile clicked, then Alt+↑: the note is there, and the page said it."""
    page = saisir("qualiopi/1")
    on(page, "qualiopi/1")
    page.locator("#commentaire").fill("à revoir avec la direction")
    page.locator('.damier [data-ligne="qualiopi/2"]').click()
    on(page, "qualiopi/2")
    assert "commentaire" in page.locator(".vient").inner_text()
    page.keyboard.press("Alt+ArrowUp")
    on(page, "qualiopi/1")
    assert page.locator("#commentaire").input_value() == "à revoir avec la direction"


def test_a_line_is_found_by_four_keys_and_an_act_undone_by_one(saisir: Callable[..., Any]) -> None:
    """Ctrl+K, 2, 6, Enter; a finding by mistake; Ctrl+Z gives it back and says what was undone."""
    page = saisir("qualiopi/1")
    on(page, "qualiopi/1")
    page.keyboard.press("Control+k")
    page.keyboard.press("Digit2")
    page.keyboard.press("Digit6")
    page.keyboard.press("Enter")
    on(page, "qualiopi/26")
    page.keyboard.press("Digit1")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector('#constat:not([data-ligne="qualiopi/26"])')
    assert "Conforme" not in recorded(page, "qualiopi/1")
    chosen = recorded(page, "qualiopi/26")
    page.wait_for_selector("input[name=constat]:focus")
    page.keyboard.press("Control+z")
    on(page, "qualiopi/26")
    assert "Annulé" in page.locator(".vient").inner_text()
    assert recorded(page, "qualiopi/26") != chosen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
def test_the_pages_have_no_fault_of_accessibility(
    saisir: Callable[..., Any], axe: str, width: int, scheme: str
) -> None:
    """Axe finds nothing on a line and the pages around it; none is wider than the screen."""
    page = saisir("qualiopi/1", width=width, color_scheme=scheme, bypass_csp=True)
    page.locator("input[name=constat]").nth(1).check()
    page.locator("#preuve").fill("Livret")
    page.locator("#ajouter").click()
    page.locator("#suivante").click()
    page.wait_for_selector("#faute-commentaire")
    root = page.url.partition("/saisir")[0]
    for address in (
        "",
        f"{root}/damier?ligne=qualiopi/1",
        f"{root}/preuves",
        f"{root}/textes",
        f"{root}/ligne?ligne=qualiopi/1",
    ):
        if address:
            page.goto(address)
        page.add_script_tag(path=axe)
        faults = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes[0].html))")
        assert faults == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_without_scripts_the_same_is_recorded(saisir: Callable[..., Any]) -> None:
    """No script: a finding, a new proof by its field, the next line; then the proof known by its name."""
    page = saisir("qualiopi/1", java_script_enabled=False)
    for _ in range(2):
        page.locator("label.f-fait").click()
        page.locator("#preuve").fill("Livret")
        page.locator("#suivante").click()
    page.goto(page.url.partition("/saisir")[0] + "/preuves")
    assert page.locator("#t-preuve ~ .choses .puce a").all_inner_texts() == ["1", "2"]


def test_a_tile_records_what_was_typed_without_scripts(saisir: Callable[..., Any]) -> None:
    """No script: a statement is typed, another line chosen on the board; back on the first, it is there."""
    page = saisir("qualiopi/1", java_script_enabled=False)
    page.locator("#commentaire").fill("Vu au secrétariat.")
    page.locator('.damier [data-ligne="qualiopi/4"]').click()
    assert page.locator("#constat").get_attribute("data-ligne") == "qualiopi/4"
    page.locator('.damier [data-ligne="qualiopi/1"]').click()
    assert page.locator("#commentaire").input_value() == "Vu au secrétariat."


def test_the_three_columns_have_their_widths_and_nothing_scrolls(saisir: Callable[..., Any]) -> None:
    """1366 by 768: a bar of 48, 272, 726 and 368 across, a foot of 56; every tile shows without scrolling."""
    page = saisir("qualiopi/1", height=768)
    width = {
        name: page.locator(name).bounding_box()["width"] for name in ("#damier", "#constat", ".pour-juger")
    }
    assert width == {"#damier": 272, "#constat": 726, ".pour-juger": 368}
    assert page.locator("header").bounding_box()["height"] == 48
    assert page.locator(".pied").bounding_box()["height"] in (56, 57)
    last = page.locator(".damier [data-ligne]").last.bounding_box()
    assert last["y"] + last["height"] < 768
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
