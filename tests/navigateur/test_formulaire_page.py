"""Finding one’s way in the form; its accessibility, its widths, what it prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from formulaires import (
    ISSUES,
    NO_STORAGE,
    WIDTHS,
    by_id,
    choose,
    exported,
    field,
    fill,
    line,
    load,
)

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur


def shown(page: Any) -> list[str]:
    return [text.strip() for text in page.locator("article:visible h3 .numero").all_inner_texts()]


def search(page: Any, text: str) -> list[str]:
    page.get_by_label("Chercher").fill(text)
    return shown(page)


def test_search_ignores_accents_case_and_apostrophes(ouvrir: Any, formulaire: Path) -> None:
    """A line is found however its words are typed."""
    page = ouvrir(formulaire)
    found = search(page, "RESULTATS")
    assert "2" in found
    assert len(found) < 44
    assert search(page, "résultats") == found
    assert search(page, "l’offre") == search(page, "l'offre") != []
    assert search(page, "14") == ["14"]
    assert search(page, "g") == ["G"]
    assert search(page, "introuvable") == []
    assert page.locator("#affichees").inner_text() == "0 ligne affichée sur 44"
    page.get_by_label("Chercher").fill("")
    field(page, "1", "preuves_vues").fill("Registre Zébré")
    assert search(page, "zebre") == ["1"]


def test_filter_by_criterion_and_by_what_is_left(ouvrir: Any, formulaire: Path) -> None:
    """The filters show the lines that are left, and none moves while filled."""
    page = ouvrir(formulaire)
    page.get_by_label("Critère", exact=True).select_option(index=1)
    assert shown(page) == ["1", "2", "3"]
    choose(page, "1", "conforme")
    page.get_by_label("Reste à faire seulement").check()
    assert shown(page) == ["2"]
    choose(page, "2", "conforme")
    assert shown(page) == ["2"], "a line stays under the finger that fills it"
    page.get_by_role("button", name="Retirer ce qui est fait").click()
    assert shown(page) == []
    page.get_by_role("button", name="Prochaine ligne à faire").click()
    assert "4" in shown(page)
    assert (
        page.evaluate("document.activeElement.closest('article').querySelector('.numero').textContent") == "4"
    )


def here(page: Any) -> str:
    """The number of the line where the focus is."""
    return page.evaluate("document.activeElement.closest('article').querySelector('.numero').textContent")


def test_ways_from_a_line_to_another(ouvrir: Any, formulaire: Path) -> None:
    """One goes to the line after, to the line before, or past those that are done."""
    page = ouvrir(formulaire)
    after, before = (page.get_by_role("button", name=f"Ligne {way}") for way in ("suivante", "précédente"))
    after.click()
    assert here(page) == "1"
    after.click()
    assert here(page) == "2"
    before.click()
    assert here(page) == "1"
    choose(page, "1", "conforme")
    choose(page, "2", "conforme")
    line(page, "1").locator("input[value=conforme]").focus()
    page.get_by_role("button", name="Prochaine ligne à faire").click()
    assert here(page) == "4", "line 3 has no choice at this audit, and line 2 is done"


def test_a_line_fits_a_telephone_until_it_is_unfolded(ouvrir: Any, formulaire: Path) -> None:
    """At 390 pixels, what is filled of any line takes less than 600, its texts being folded."""
    page = ouvrir(formulaire, width=390)
    heights = page.locator("article.a_auditer, article.a_confirmer").evaluate_all(
        "lines => lines.map(line => line.getBoundingClientRect().height)"
    )
    assert len(heights) == 37
    assert max(heights) < 600


#: The colour, the border and the sign of a choice.
LOOK = """label => {
  const { color, borderTopStyle, borderTopWidth } = getComputedStyle(label);
  return [color, borderTopStyle + borderTopWidth, label.querySelector(".signe")?.textContent ?? ""];
}"""


def test_gaps_of_different_gravity_look_different(ouvrir: Any, formulaire: Path) -> None:
    """Chosen, a conforming line, a minor and a major differ in their sign, their border and their colour."""
    page = ouvrir(formulaire)
    looks = []
    for constat in ("conforme", "nc_mineure", "nc_majeure"):
        choose(page, "1", constat)
        looks.append(line(page, "1").locator(f"label:has(input[value={constat}])").evaluate(LOOK))
    for colour, border, sign in zip(*looks, strict=True):
        assert len({colour, border, sign}) == 3


def test_progress_and_counters(ouvrir: Any, formulaire: Path) -> None:
    """The auditor sees how many lines are done, in all and by finding."""
    page = ouvrir(formulaire)
    assert page.locator("#avancement").inner_text() == "0 sur 37 évaluées"
    fill(page)
    assert page.locator("#avancement").inner_text() == "2 sur 37 évaluées"
    assert page.locator("#jauge").evaluate("g => [g.value, g.max]") == [2, 37]
    assert page.locator("#comptes li").all_inner_texts()[:3] == [
        "À évaluer : 35",
        "Conforme : 1",
        "Non-conformité mineure : 1",
    ]
    assert page.locator("#indicateurs > section").first.locator(".faites").inner_text() == "2 sur 2 évaluées"
    assert page.locator("nav .faites").first.inner_text() == "2 sur 2 évaluées"
    choose(page, "2", "a_evaluer")
    assert page.locator("#avancement").inner_text() == "1 sur 37 évaluées"


def test_by_the_keyboard_alone(ouvrir: Any, formulaire: Path) -> None:
    """A line can be reached and filled without a mouse."""
    page = ouvrir(formulaire)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "indicateurs"
    page.get_by_role("button", name="Ligne suivante").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert line(page, "1").locator("input[value=conforme]").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Vu.")
    assert field(page, "1", "commentaire").input_value() == "Vu."
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", ["", NO_STORAGE], ids=["storage", "no storage"])
def test_no_accessibility_issue(
    ouvrir: Any, axe: str, hostile: Path, scheme: str, width: int, script: str, tmp_path: Path
) -> None:
    """axe finds no fault in the form, whatever its state, width and colours."""
    page = ouvrir(hostile, script=script, width=width, color_scheme=scheme, bypass_csp=True)
    choose(page, "1", "nc_mineure")
    (tmp_path / "faux.json").write_text("{", encoding="utf-8")
    load(page, tmp_path / "faux.json")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.add_script_tag(path=axe)
    assert page.evaluate(ISSUES) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_horizontal_scrolling(ouvrir: Any, formulaire: Path, hostile: Path, width: int) -> None:
    """The form fits a telephone and a screen in width."""
    for path in (formulaire, hostile):
        page = ouvrir(path, width=width)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_hostile_name_stays_a_name(ouvrir: Any, browser: Any, hostile: Path, tmp_path: Path) -> None:
    """A hostile name runs nothing and asks the network for nothing."""
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))
    page.goto(hostile.as_uri())
    field(page, "1", "commentaire").fill("</textarea><script>alert(1)</script>")
    findings = exported(page, tmp_path / "constats.json")
    load(page, tmp_path / "constats.json")
    assert findings["organisme"]["nom"].startswith("<script>alert(1)</script>")
    assert by_id(findings)["atelier/1"]["commentaire"] == "</textarea><script>alert(1)</script>"
    assert [url for url in asked if not url.startswith("blob:")] == [hostile.as_uri()]
    assert [message for message in said if "Remplacer" not in message] == []
    page.close()


def test_it_prints(ouvrir: Any, formulaire: Path) -> None:
    """The printed form shows what was typed, without its buttons."""
    page = ouvrir(formulaire)
    fill(page)
    page.emulate_media(media="print")
    assert not page.locator(".barre").is_visible()
    assert field(page, "2", "commentaire").is_visible()
    assert page.pdf().startswith(b"%PDF")
