"""The HTML checklist in Chromium: accessibility rules, widths, what prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fabrique import HOSTILES, LIGNES, checklist, organisme
from formulaires import ISSUES
from imprimes import html
from msgspec.structs import replace

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur

WIDTHS = (1280, 768, 360)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checklist with every kind of line, one of them folded, and a name that attacks."""
    folded = replace(LIGNES[2], etat="non_applicable", constats_permis=())
    nom = " ".join(HOSTILES) + "x" * 200
    path = tmp_path_factory.mktemp("html") / "grille.html"
    declared = organisme(nom, sites=({"id": nom, "commune": nom},))
    path.write_bytes(html(checklist(lignes=(*LIGNES, folded)[1:], organisme=declared)))
    return path


def page_of(browser: Any, document: Path, **options: Any) -> Any:
    page = browser.new_page(**options)
    page.goto(document.as_uri())
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_accessibility_issue(browser: Any, axe: str, document: Path, scheme: str, width: int) -> None:
    """axe finds no fault in the page of a checklist, whatever its width and colours."""
    page = page_of(browser, document, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.locator("details").first.evaluate("d => d.open = true")
    page.add_script_tag(path=axe)
    assert page.evaluate(ISSUES) == []
    page.close()


@pytest.mark.parametrize("width", [*WIDTHS, 650])
def test_no_horizontal_scrolling(browser: Any, document: Path, width: int) -> None:
    """The page of a checklist fits a telephone and a screen in width."""
    page = page_of(browser, document, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.close()


def test_nothing_runs_nor_is_fetched(browser: Any, document: Path) -> None:
    """The page of a checklist runs no script and asks the network for nothing."""
    asked: list[str] = []
    said: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))
    page.goto(document.as_uri())
    assert asked == [document.as_uri()]
    assert said == []
    page.close()


def test_folded_texts_are_printed(browser: Any, document: Path) -> None:
    """What is folded on the screen is on the paper."""
    page = page_of(browser, document)
    inside = page.locator("details .bloc").first
    assert not inside.is_visible()
    page.emulate_media(media="print")
    assert inside.bounding_box()["height"] > 0
    page.close()


def test_keyboard_skips_to_the_lines(browser: Any, document: Path) -> None:
    """The first key pressed can skip the head of the page."""
    page = page_of(browser, document)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "indicateurs"
    page.close()
