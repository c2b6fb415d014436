"""What is taken back, warned of, filed later or lifted in the workspace, by the gestures of a person."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fenetres import window
from visites import Visitor, served

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("django")

pytestmark = pytest.mark.navigateur

AUDIT: dict[str, Any] = {
    "format": 1,
    "referentiel": "qualiopi",
    "audit": {"type": "initial", "date": "2024-03-18"},
    "organisme": {"nom": "Atelier du Pont", "categories": ["AF"]},
}
SURVEILLANCE: dict[str, Any] = {
    "audit": {"type": "surveillance", "date": "2025-06-10"},
    "precedent": {"type": "initial", "date": "2024-04-02", "constats": {"1": "nc_mineure"}},
}


@pytest.fixture
def page(browser: Any, espace: str) -> Iterator[Any]:
    """A window on the workspace."""
    with window(browser, espace) as opened:
        yield opened


def begun(espace: str, **given: Any) -> str:
    """The address of an audit begun from a file."""
    sent_to = Visitor(espace).send("/reprendre", "a.json", json.dumps(AUDIT | given))
    return sent_to.partition("?")[0].rpartition("/")[0]


def constats(page: Any, root: str) -> dict[str, Any]:
    """The findings file of an audit."""
    return dict(json.loads(page.request.get(f"{root}/fichiers/constats.json").body()))


def test_a_corrected_answer_is_undone_by_its_button(page: Any, espace: str) -> None:
    """« Oui » to subcontracting brings a line; « Annuler cette correction » makes it unknown again."""
    root = begun(espace)
    page.goto(f"{root}/preparer")
    question = page.get_by_role("group", name="sous-traite-t-il")
    question.get_by_role("radio", name="Oui", exact=True).first.check()
    moved = page.locator("#mouvements")
    playwright.expect(moved).to_contain_text("Ce que la réponse change")
    assert constats(page, root)["organisme"]["faits"] == {"sous_traitance": True}
    moved.get_by_role("button", name="Annuler cette correction").click()
    playwright.expect(question.get_by_role("radio", name="Oui", exact=True).first).not_to_be_checked()
    assert "faits" not in constats(page, root)["organisme"]


def test_a_way_to_a_place_of_the_page_keeps_what_is_typed(page: Any, espace: str) -> None:
    """A disagreement is typed, not recorded: « Donner ce jour », further down the page, leaves it there."""
    minor = {"id": "qualiopi/1", "constat": "nc_mineure", "commentaire": "Sans date."}
    page.goto(f"{begun(espace, constats=[minor])}/clore")
    typed = page.get_by_label("Désaccords")
    typed.fill("L’organisme conteste la ligne 1.")
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Donner ce jour").click()
    page.wait_for_url("**/clore#notifie")
    page.wait_for_timeout(500)
    assert page.evaluate("window.same") is True
    assert typed.input_value() == "L’organisme conteste la ligne 1."


def test_the_fourth_minor_warns_before_it_is_recorded(page: Any, espace: str) -> None:
    """Three minors stand: the fourth, chosen and not recorded, says that one more reaches five."""
    three = [
        {"id": f"qualiopi/{rank}", "constat": "nc_mineure", "commentaire": "Sans date."} for rank in (1, 2, 3)
    ]
    root = begun(espace, constats=three)
    page.goto(f"{root}/saisir?ligne=qualiopi/8")
    page.get_by_role("radio", name="Non-conformité mineure", exact=True).check(force=True)
    warned = page.locator("#effets li.attention")
    playwright.expect(warned.first).to_contain_text("encore 1 avant le seuil de 5")
    minors = [one["id"] for one in constats(page, root)["constats"] if one["constat"] == "nc_mineure"]
    assert minors == ["qualiopi/1", "qualiopi/2", "qualiopi/3"]


def test_a_minor_that_is_another_one_lifts_the_old(page: Any, espace: str) -> None:
    """A minor where one was left counts as a major; « écart différent » lifts the old one."""
    root = begun(espace, **SURVEILLANCE)
    page.goto(f"{root}/saisir?ligne=qualiopi/1")
    page.get_by_role("radio", name="Non-conformité mineure", exact=True).check(force=True)
    playwright.expect(page.locator("#effets")).to_contain_text("compte comme « Non-conformité majeure »")
    page.locator("#commentaire").fill("Autre cause.")
    page.get_by_role("button", name="Écart différent : lever l’ancien").click()
    playwright.expect(page.locator("#constat .vient")).to_be_visible()
    assert constats(page, root)["precedent"]["leves"] == ["1"]
    page.goto(f"{root}/saisir?ligne=qualiopi/1")
    playwright.expect(page.locator("#commentaire")).to_have_value("Autre cause.")
    playwright.expect(page.locator("#effets")).not_to_contain_text("compte comme")


def test_a_note_is_filed_later_and_a_paper_asked(page: Any, espace: str) -> None:
    """A note without a line is « à classer », then of line 4; a paper asked there waits in the list."""
    root = begun(espace)
    page.goto(f"{root}/preuves")
    notes = page.get_by_role("region", name="Notes")
    notes.get_by_label("Note", exact=True).fill("Le planning change chaque semaine.")
    notes.get_by_role("button", name="Noter").click()
    note = notes.get_by_role("listitem").filter(has_text="Le planning change").first
    playwright.expect(note).to_contain_text("à classer")
    note.get_by_text("Corriger, lier").click()
    note.get_by_label("Lignes").fill("4")
    note.get_by_role("button", name="Enregistrer").click()
    playwright.expect(note.locator(".puce a")).to_have_text(["4"])
    note.locator(".puce a").click()
    aside = page.get_by_role("complementary", name="Pour juger")
    playwright.expect(aside).to_contain_text("Le planning change chaque semaine.")
    aside.get_by_text("Demander une pièce, noter").click()
    aside.get_by_label("Pièce demandée").fill("Planning de mars")
    aside.get_by_label("À qui").fill("Direction")
    aside.get_by_role("button", name="Noter").click()
    playwright.expect(aside.get_by_role("list").first).to_be_visible()
    playwright.expect(aside).to_contain_text("Planning de mars")
    page.goto(f"{root}/preuves")
    paper = page.get_by_role("region", name="Pièces demandées").get_by_role("listitem").first
    playwright.expect(paper).to_contain_text("Planning de mars")
    playwright.expect(paper).to_contain_text("Direction")
    playwright.expect(paper.locator(".puce a")).to_have_text(["4"])


def test_lines_that_do_not_apply_are_confirmed_one_then_all(page: Any, espace: str) -> None:
    """One line by its own button, the others together: each row says who agreed, and none is left."""
    facts = dict.fromkeys(("certifiante", "alternance", "situation_travail", "sous_traitance"), False)
    root = begun(espace, organisme=AUDIT["organisme"] | {"faits": facts})
    page.goto(f"{root}/ouvrir")
    form = page.locator("#confirmer")
    rows = form.locator("tbody tr")
    count = rows.count()
    assert count > 1
    page.get_by_label("Qui le dit").fill("Direction")
    rows.first.get_by_role("button", name="Confirmer").click()
    playwright.expect(rows.filter(has_text="D’accord : Direction")).to_have_count(1)
    playwright.expect(rows.first).to_contain_text("D’accord : Direction")
    page.get_by_label("Qui le dit").fill("Responsable")
    form.get_by_role("button", name="Pour l").click()
    playwright.expect(rows.filter(has_text="D’accord : Responsable")).to_have_count(count - 1)
    playwright.expect(form).to_contain_text("Toutes sont confirmées ou discutées.")


def test_a_surveillance_samples_what_came_since(page: Any, espace: str) -> None:
    """Four actions, two before the last audit of 2 April 2024: the two that are left are both drawn."""
    root = begun(espace, **SURVEILLANCE)
    page.goto(f"{root}/ouvrir")
    page.get_by_role("textbox", name="Un nom par ligne").fill(
        "ACTION-A;2024-01-10\nACTION-B;2024-04-01\nACTION-C;2024-04-02\nACTION-D;2025-01-05"
    )
    playwright.expect(page.get_by_label("Seulement depuis l’audit précédent")).to_be_checked()
    page.get_by_label("Combien en tirer").fill("2")
    page.get_by_role("button", name="Tirer l’échantillon").click()
    row = page.get_by_role("row").filter(has_text="Graine")
    playwright.expect(row).to_contain_text("2 plus anciens écartés")
    playwright.expect(row).to_contain_text("ACTION-C")
    playwright.expect(row).to_contain_text("ACTION-D")
    playwright.expect(row).not_to_contain_text("ACTION-A")
    playwright.expect(row).not_to_contain_text("ACTION-B")


def stopped(run: subprocess.Popen[str]) -> None:
    """End a run of the workspace as Ctrl-C does."""
    run.send_signal(signal.SIGINT)
    run.wait(20)


def test_what_is_typed_while_the_program_is_stopped_stays(browser: Any, tmp_path: Path) -> None:
    """The page says that nothing is recorded and keeps what is typed; recorded once it is back."""
    base = tmp_path / "audits.sqlite3"
    with served(base) as (run, address):
        root = begun(address)
        context = browser.new_context(base_url=address.partition("/?")[0])
        page = context.new_page()
        page.goto(address)
        page.goto(f"{root}/saisir?ligne=qualiopi/1")
        stopped(run)
    page.get_by_role("radio", name="Conforme", exact=True).check(force=True)
    page.locator("#commentaire").fill("Vu au secrétariat.")
    page.get_by_role("button", name="Enregistrer et suivante").click()
    playwright.expect(page.locator("#etat")).to_contain_text("le programme ne répond plus")
    playwright.expect(page.locator("#commentaire")).to_have_value("Vu au secrétariat.")
    port = address.partition("/?")[0].rpartition(":")[2]
    with served(base, "--port", port) as (_, again):
        # Another run has another key: its refusal erases nothing either.
        page.get_by_role("button", name="Enregistrer et suivante").click()
        playwright.expect(page.locator("#etat")).to_contain_text("rouvrir l’espace par son adresse")
        playwright.expect(page.locator("#commentaire")).to_have_value("Vu au secrétariat.")
        context.new_page().goto(again)
        page.get_by_role("button", name="Enregistrer et suivante").click()
        playwright.expect(page.locator("#constat")).to_have_attribute("data-ligne", "qualiopi/2")
        (line,) = (one for one in constats(page, root)["constats"] if one["id"] == "qualiopi/1")
        assert (line["constat"], line["commentaire"]) == ("conforme", "Vu au secrétariat.")
    context.close()


def test_a_context_half_typed_survives_an_answer(page: Any, espace: str) -> None:
    """A site is typed and not recorded; a question is answered: the site stays, and both are recorded."""
    root = begun(espace)
    page.goto(f"{root}/preparer?corriger=1")
    page.get_by_label("Nom du site 1").fill("Annexe")
    page.get_by_role("group", name="sous-traite-t-il").get_by_role("radio", name="Oui").first.check()
    playwright.expect(page.locator("#mouvements")).to_contain_text("Ce que la réponse change")
    playwright.expect(page.get_by_label("Nom du site 1")).to_have_value("Annexe")
    page.get_by_role("button", name="Enregistrer le contexte").click()
    playwright.expect(page.locator("#le-contexte dl")).to_contain_text("Annexe")
    organisme = constats(page, root)["organisme"]
    assert organisme["sites"] == [{"id": "Annexe"}]
    assert organisme["faits"] == {"sous_traitance": True}


def test_five_sites_are_typed_at_once(page: Any) -> None:
    """Two rows are there at first; the last one written in brings another, and each becomes a site."""
    page.goto("/nouveau?referentiel=qualiopi")
    page.get_by_label("Organisme").fill("Atelier du Gué")
    page.get_by_label("Type d’audit").select_option("initial")
    page.get_by_label("Jour de l’audit", exact=True).fill("2024-03-18")
    page.get_by_role("checkbox", name="AF – ").first.check()
    names = ["Nantes", "Angers", "Le Mans", "Laval", "Cholet"]
    for rank, name in enumerate(names, 1):
        page.get_by_label(f"Nom du site {rank}", exact=True).fill(name)
        page.get_by_label(f"Commune du site {rank}", exact=True).fill(name)
    page.get_by_role("button", name="Commencer l’audit").click()
    page.wait_for_url("**/preparer")
    sites = constats(page, page.url.removesuffix("/preparer"))["organisme"]["sites"]
    assert sites == [{"id": name, "commune": name} for name in names]


def test_a_text_not_sent_is_not_left_without_asking(page: Any, espace: str) -> None:
    """A disagreement is typed: leaving asks first; once it is recorded, nothing is asked."""
    root, boxes = begun(espace), list[str]()
    page.on("dialog", lambda box: boxes.append(box.type))
    page.goto(f"{root}/clore")
    page.get_by_label("Désaccords").fill("L’organisme conteste.")
    page.goto(f"{root}/suivre")
    assert boxes == ["beforeunload"]
    page.goto(f"{root}/clore")
    page.get_by_label("Désaccords").fill("L’organisme conteste.")
    page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_load_state()
    playwright.expect(page.get_by_label("Désaccords")).to_have_value("L’organisme conteste.")
    page.goto(f"{root}/suivre")
    assert boxes == ["beforeunload"]
