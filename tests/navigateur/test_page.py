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
from rapports import a6, computed

from certif_rules.blocs.arbre import Paragraphe
from certif_rules.documents.checklist import papier
from certif_rules.documents.formats import page
from certif_rules.documents.rapport.composition import report as compose

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur

WIDTHS = (1280, 768, 360)
DOCUMENTS = {
    "tout": lambda _: made(" ".join(HOSTILES) + "x" * 300),
    "papier": lambda _: papier.compose(checklist()),
    "court": lambda _: made(blocs=(Paragraphe(texte="Un paragraphe."),), logo=None),
    "rapport": lambda folder: compose(computed(a6(), folder)),
}

#: Words of a header that lie on two lines, but those that are longer than the words of a language.
COUPES = r"""() => {
  const cut = [];
  for (const head of document.querySelectorAll("th")) {
    if (head.closest("thead")?.offsetWidth < 3) continue;
    const walker = document.createTreeWalker(head, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if ([node.previousSibling, node.nextSibling].some((beside) => beside?.nodeName === "WBR")) continue;
      for (const word of node.data.matchAll(/(?<![^\s-])[^\s-]{1,26}(?![^\s-])/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const boxes = [...range.getClientRects()].filter((box) => box.width > 1);
        if (new Set(boxes.map((box) => Math.round(box.top))).size > 1) cut.push(word[0]);
      }
    }
  }
  return cut;
}"""


@pytest.fixture(scope="module", params=DOCUMENTS)
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    path: Path = folder / f"{request.param}.html"
    path.write_bytes(page.render(DOCUMENTS[request.param](folder)))
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


@pytest.mark.parametrize("width", [1366, 1280, 1000, 800, 650, 390])
def test_no_header_is_cut_inside_a_word(browser: Any, path: Path, width: int) -> None:
    """A table gives each of its columns the room of its header, or is laid out as cards."""
    opened = browser.new_page(viewport={"width": width, "height": 800})
    opened.goto(path.as_uri())
    assert opened.evaluate(COUPES) == []
    assert opened.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    opened.close()
