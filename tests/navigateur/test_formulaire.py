"""The form filled in Chromium, from a ``file://`` address, as an auditor does; with and without storage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from formulaires import (
    FULL_STORAGE,
    NO_STORAGE,
    WIDTHS,
    accept,
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


@pytest.mark.parametrize("width", WIDTHS)
def test_a_reload_keeps_what_was_typed(ouvrir: Any, formulaire: Path, width: int) -> None:
    """An auditor who reloads the page loses nothing."""
    page = ouvrir(formulaire, width=width)
    fill(page)
    assert "Enregistré dans ce navigateur" in page.locator("#etat").inner_text()
    page.reload()
    assert "reprise" in page.locator("#etat").inner_text()
    assert line(page, "1").locator("input[value=conforme]").is_checked()
    assert field(page, "1", "preuves_vues").input_value() == "Site public (12/03)\nCatalogue 2024"
    assert line(page, "1").get_by_label("Point fort").is_checked()
    assert field(page, "1", "evalue_par").input_value() == "J. D."
    assert field(page, "2", "commentaire").input_value() == "<b>Aucun</b> taux d’abandon ; « 5 % » ?"
    assert page.locator("b").count() == 0


def test_a_crash_keeps_what_was_typed(ouvrir: Any, formulaire: Path) -> None:
    """An auditor whose tab dies loses nothing."""
    page = ouvrir(formulaire)
    fill(page)
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(formulaire.as_uri())
    assert line(again, "2").locator("input[value=nc_mineure]").is_checked()


def test_two_tabs_show_the_same(ouvrir: Any, formulaire: Path) -> None:
    """Two tabs on one audit follow each other, and neither erases the other's work."""
    page = ouvrir(formulaire)
    other = page.context.new_page()
    other.goto(formulaire.as_uri())
    fill(page)
    comment = field(page, "2", "commentaire").input_value()
    # The last thing typed: the count is right before it has come.
    playwright.expect(field(other, "2", "commentaire")).to_have_value(comment)
    playwright.expect(other.locator("#avancement")).to_contain_text("2 sur")
    choose(other, "4", "conforme")
    playwright.expect(page.locator("#avancement")).to_contain_text("3 sur")
    assert field(page, "2", "commentaire").input_value() == comment


def test_another_dossier_has_a_memory_of_its_own(ouvrir: Any, formulaire: Path, hostile: Path) -> None:
    """Another audit opens empty in the same browser."""
    page = ouvrir(formulaire)
    fill(page)
    page.goto(hostile.as_uri())
    assert page.locator("#avancement").inner_text().startswith("0 sur")


def test_erase_asks_then_erases(ouvrir: Any, formulaire: Path) -> None:
    """Nothing is erased before the auditor agrees."""
    page = ouvrir(formulaire)
    fill(page)
    asked = accept(page, answer=False)
    page.get_by_role("button", name="Tout effacer").click()
    assert page.locator("#avancement").inner_text().startswith("2 sur")
    page.evaluate("window.confirm = () => true")
    page.get_by_role("button", name="Tout effacer").click()
    assert asked == ["confirm"]
    assert page.locator("#avancement").inner_text().startswith("0 sur")
    assert field(page, "1", "preuves_vues").input_value() == ""
    page.reload()
    assert page.locator("#avancement").inner_text().startswith("0 sur")
    assert page.evaluate("localStorage.length") == 0


def test_a_memory_that_cannot_be_read_is_set_aside(ouvrir: Any, formulaire: Path) -> None:
    """A damaged memory is told and kept aside, and the form still works."""
    page = ouvrir(formulaire)
    fill(page)
    # Damaged as the page opens: what a page writes as it leaves, the next one may not see yet.
    page.add_init_script("Object.keys(localStorage).forEach(key => { localStorage[key] = 'abîmé'; })")
    page.reload()
    assert "illisible" in page.get_by_role("alert").first.inner_text()
    assert page.evaluate("Object.values(localStorage)") == ["abîmé", "abîmé"]


def test_without_its_script_it_says_so(ouvrir: Any, formulaire: Path) -> None:
    """A browser without scripts is told that nothing will be kept."""
    page = ouvrir(formulaire, java_script_enabled=False)
    assert "ne garde rien" in page.locator("#alerte").inner_text()
    assert not ouvrir(formulaire).locator("#alerte").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_without_storage_it_says_so_and_warns(ouvrir: Any, formulaire: Path, width: int) -> None:
    """A browser without storage asks to export, and warns on leaving."""
    page = ouvrir(formulaire, script=NO_STORAGE, width=width)
    assert page.locator("#alerte").is_visible()
    fill(page)
    assert "Exporter les constats avant" in page.locator("#alerte").inner_text()
    assert page.locator("#etat").inner_text().startswith("Non enregistré")
    asked = accept(page, answer=True)
    page.reload()
    assert asked == ["beforeunload"]
    assert page.locator("#avancement").inner_text().startswith("0 sur")


def test_a_full_memory_is_told_and_tried_again(ouvrir: Any, formulaire: Path) -> None:
    """A full memory is told, and saving goes on once there is room."""
    page = ouvrir(formulaire, script=FULL_STORAGE)
    assert not page.locator("#alerte").is_visible()
    choose(page, "1", "conforme")
    field(page, "1", "commentaire").fill("x" * 500)
    assert "Exporter les constats avant" in page.locator("#alerte").inner_text()
    field(page, "1", "commentaire").fill("Vu.")
    assert not page.locator("#alerte").is_visible()
    assert page.locator("#etat").inner_text().startswith("Enregistré")
    page.reload()
    assert field(page, "1", "commentaire").input_value() == "Vu."


def test_without_storage_what_was_exported_may_be_left(ouvrir: Any, formulaire: Path, tmp_path: Path) -> None:
    """After an export the page may be left without a question."""
    page = ouvrir(formulaire, script=NO_STORAGE)
    fill(page)
    exported(page, tmp_path / "constats.json")
    asked = accept(page)
    page.reload()
    assert asked == []
    load(page, tmp_path / "constats.json")
    assert page.locator("#avancement").inner_text().startswith("2 sur")


def test_with_storage_leaving_asks_nothing(ouvrir: Any, formulaire: Path) -> None:
    """Where everything is saved, leaving asks nothing."""
    page = ouvrir(formulaire)
    fill(page)
    asked = accept(page)
    page.reload()
    assert asked == []


def test_a_comment_is_asked_for_where_the_finding_needs_one(ouvrir: Any, formulaire: Path) -> None:
    """A non-conformity without a comment is shown as unfinished."""
    page = ouvrir(formulaire)
    choose(page, "2", "nc_mineure")
    comment = field(page, "2", "commentaire")
    assert comment.get_attribute("aria-invalid") == "true"
    assert "demande un commentaire" in line(page, "2").locator(".manque").inner_text()
    assert "commentaire à écrire" in line(page, "2").locator(".suivi").inner_text()
    comment.fill("Aucun taux publié.")
    assert comment.get_attribute("aria-invalid") == "false"
    assert line(page, "2").locator(".suivi").inner_text() == "✓ Non-conformité mineure"


def test_a_line_out_by_a_fact_comes_back_with_a_note(ouvrir: Any, hostile: Path, tmp_path: Path) -> None:
    """The auditor may bring back a line that a fact left out, with a reason."""
    page = ouvrir(hostile)
    assert line(page, "2").locator("input").count() == 0
    assert line(page, "5").locator("input").count() == 0
    line(page, "6").locator("summary").first.click()
    choose(page, "6", "conforme")
    assert "demande une note" in line(page, "6").locator(".manque").inner_text()
    field(page, "6", "commentaire").fill("Une machine vue sur place.")
    entry = by_id(exported(page, tmp_path / "constats.json"))["atelier/6"]
    assert (entry["constat"], entry["commentaire"]) == ("conforme", "Une machine vue sur place.")
