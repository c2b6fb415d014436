"""Documents made of blocks as pages, in Chromium: accessibility rules, widths, what is fetched, what prints.

Needs Chromium on the path, ``playwright``, and axe-core: ``AXE_JS`` is the path of its ``axe.min.js``.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from documents import document as made
from fabrique import HOSTILES, checklist
from formulaires import ISSUES

from certif_rules.blocs.arbre import Paragraphe
from certif_rules.documents.checklist import papier
from certif_rules.documents.formats import page

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur

WIDTHS = (1280, 768, 360)
DOCUMENTS = {
    "tout": lambda: made(" ".join(HOSTILES) + "x" * 300),
    "papier": lambda: papier.compose(checklist()),
    "court": lambda: made(blocs=(Paragraphe(texte="Un paragraphe."),), logo=None),
}


@pytest.fixture(scope="module", params=DOCUMENTS)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("page") / f"{request.param}.html"
    path.write_bytes(page.render(DOCUMENTS[request.param]()))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_is_accessible_and_fits(browser: Any, axe: str, path: Path, scheme: str, width: int) -> None:
    """Each document as a page is without fault for axe, fits, and fetches nothing."""
    asked: list[str] = []
    opened = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 800})
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(path.as_uri())
    assert [url for url in asked if not url.startswith("data:image/")] == [path.as_uri()]
    assert opened.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    opened.add_script_tag(path=axe)
    assert opened.evaluate(ISSUES) == []
    opened.close()


def test_the_keyboard_skips_to_the_content(browser: Any, path: Path) -> None:
    """The first key pressed can skip to the content of a document."""
    opened = browser.new_page()
    opened.goto(path.as_uri())
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "contenu"
    opened.close()


def test_it_prints_within_the_page(browser: Any, path: Path) -> None:
    """No letter of a printed page falls outside its paper."""
    from pages import letters

    opened = browser.new_page()
    opened.goto(path.as_uri())
    printed = opened.pdf(prefer_css_page_size=True, format="A4")
    opened.close()
    import pypdf

    width = float(pypdf.PdfReader(io.BytesIO(printed)).pages[0].mediabox.width)
    boxes = [box for _, _, box in letters(printed)]
    assert min(box[0] for box in boxes) > 30
    assert max(box[2] for box in boxes) < width - 30
