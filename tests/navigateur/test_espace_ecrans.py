"""Every screen of the workspace in Chromium: accessible, in both themes and widths, never attacked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ecrans import filled, screens
from fenetres import BUREAU, TELEPHONE, issues, overflow, window

pytest.importorskip("playwright.sync_api")
pytest.importorskip("django")


pytestmark = pytest.mark.navigateur

#: A screen of 1366 pixels by 768, at 200 %.
DOUBLE = {"width": 683, "height": 384}
#: What an attack would have put in a page, or set in it.
INTRUS = """() => [...document.querySelectorAll("img, iframe, object, embed, style, script:not([src])")]
  .map((one) => one.outerHTML).concat([...document.querySelectorAll("*")]
  .filter((one) => [...one.attributes].some(({ name }) => name.startsWith("on") || name === "style"))
  .map((one) => one.outerHTML), window.attaque ? ["attaque"] : [])"""
#: What still moves.
MOUVEMENTS = """() => [...document.querySelectorAll("*")].filter((one) => {
  const { transitionDuration, animationDuration } = getComputedStyle(one);
  return `${transitionDuration}, ${animationDuration}`.split(", ").some((one) => parseFloat(one));
}).map((one) => one.outerHTML)"""


@pytest.fixture(scope="module")
def page(browser: Any, espace: str) -> Iterator[Any]:
    """A window on the workspace: an error, a box, a request to elsewhere fail the module."""
    with window(browser, espace) as opened:
        yield opened


@pytest.fixture(scope="module")
def racines(page: Any, espace: str, axe: str) -> dict[str, str]:
    """The audits that are looked at; before, the first screen of all is, with nothing in it."""
    look(page, axe, "/")
    return filled(espace)


def look(page: Any, axe: str, address: str) -> None:
    """Go there: axe says nothing, on a desk and on a telephone in the dark; nothing is too wide."""
    page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(BUREAU)
    page.goto(address)
    seen = {"intrus": page.evaluate(INTRUS), "mouvements": page.evaluate(MOUVEMENTS)}
    seen["large"] = issues(page, Path(axe)) + too_wide(page)
    page.set_viewport_size(DOUBLE)
    seen["agrandi"] = too_wide(page)
    page.set_viewport_size(TELEPHONE)
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    seen["étroit, sombre"] = issues(page, Path(axe)) + too_wide(page)
    page.emulate_media(media="print", color_scheme="light")
    seen["papier"] = [one.inner_text() for one in page.get_by_role("navigation").all() if one.is_visible()]
    assert {name: faults for name, faults in seen.items() if faults} == {}


def too_wide(page: Any) -> list[str]:
    """What makes a page scroll sideways."""
    wide = """() => [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .slice(0, 5).map((one) => one.outerHTML.slice(0, 200))"""
    return page.evaluate(wide) or ["?"] if overflow(page) > 0 else []


@pytest.mark.parametrize("screen", screens())
def test_a_screen_is_accessible_and_cannot_be_attacked(
    page: Any, axe: str, racines: dict[str, str], screen: str
) -> None:
    """Each screen holds in both themes, at 1366 and 390 pixels, at 200 %, on paper; words stay words."""
    look(page, axe, screen.format(**racines))
