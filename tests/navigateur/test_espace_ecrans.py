"""Every screen and state of the workspace in Chromium: accessible, in both themes, never attacked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ecrans import filled, screens
from fenetres import BUREAU, TELEPHONE, issues, overflow, window

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("django")


pytestmark = pytest.mark.navigateur

#: A screen of 1366 pixels by 768, at 200 %.
DOUBLE = {"width": 683, "height": 384}
#: A sheet of A4, within the margins that Chromium leaves.
FEUILLE = {"width": 717, "height": 1046}
#: What an attack would have put in a page, or set in it.
INTRUS = """() => [...document.querySelectorAll(
  "img:not(.trace), iframe, object, embed, style, script:not([src])")]
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


#: What is shown in part only: hidden by its own box, or, on paper, where nobody scrolls.
COUPES = """(papier) => [...document.querySelectorAll("body *")].filter((one) => {
  if (!one.checkVisibility() || one.closest(".cache, svg") || one.matches("input, select")) return false;
  const { overflowX, overflowY } = getComputedStyle(one);
  const cut = (way) => way === "hidden" || way === "clip" || (papier && way !== "visible");
  return (cut(overflowX) && one.scrollWidth > one.clientWidth + 1)
    || (cut(overflowY) && one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def racines(page: Any, espace: str, axe: str) -> dict[str, str]:
    """The audits that are looked at; before, the screens of nobody’s are, with nothing in them."""
    for empty in ("/", "/a-relire", "/echeances", "/moi"):
        page.goto(empty)
        look(page, axe)
    return filled(espace)


def look(page: Any, axe: str) -> None:
    """Look at what is shown, on a desk, on a telephone in the dark, at 200 %, on paper: nothing is cut."""
    page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(BUREAU)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    seen = {"intrus": page.evaluate(INTRUS), "mouvements": page.evaluate(MOUVEMENTS)}
    seen["large"] = issues(page, Path(axe)) + too_wide(page)
    page.set_viewport_size(DOUBLE)
    seen["agrandi"] = too_wide(page) + page.evaluate(COUPES, False)
    page.set_viewport_size(TELEPHONE)
    page.emulate_media(color_scheme="dark")
    seen["étroit, sombre"] = issues(page, Path(axe)) + too_wide(page)
    page.set_viewport_size(FEUILLE)
    page.emulate_media(media="print", color_scheme="light")
    seen["papier"] = [one.inner_text() for one in page.get_by_role("navigation").all() if one.is_visible()]
    seen["papier"] += too_wide(page) + page.evaluate(COUPES, True)
    page.emulate_media(media="screen")
    page.set_viewport_size(BUREAU)
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
    page.goto(screen.format(**racines))
    look(page, axe)


# ---- states: what is refused, empty, open, absent ---------------------------------------------------------

#: The answers of a self-assessment, twice: the second is compared with the first.
REPONSES = [
    {"format": 1, "referentiel": "qualiopi", "reponses": [{"id": "qualiopi/1", "niveau": 1 + rank}]}
    for rank in (0, 1)
]


def press(page: Any, name: str) -> None:
    """Press the first button of that name that is shown."""
    page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def give(page: Any, label: str, name: str, content: str) -> None:
    """Choose a file by its field."""
    given = {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()}
    page.get_by_label(label).set_input_files(files=[given])


def no_day(page: Any) -> None:
    """A new audit, without its day."""
    page.goto("/nouveau?referentiel=qualiopi")
    press(page, "Commencer l’audit")


def no_category(page: Any) -> None:
    """A context corrected to none: the day and the categories are taken away."""
    page.goto("{q}/preparer?corriger=1")
    page.get_by_label("Jour de l’audit", exact=True).fill("")
    for box in page.get_by_role("group", name="Catégories", exact=True).get_by_role("checkbox").all():
        box.uncheck()
    press(page, "Enregistrer le contexte")


def moved(page: Any) -> None:
    """An answer, and beside it what it moves, with the way back."""
    page.goto("{q}/preparer")
    page.get_by_role("group", name="sous-traite-t-il").get_by_role("radio", name="Oui", exact=True).check()
    page.get_by_role("button", name="Annuler cette correction").wait_for()


def upside_down(page: Any) -> None:
    """A slot that ends before it begins."""
    page.goto("{q}/plan")
    page.get_by_label("De", exact=True).fill("12:00")
    page.get_by_label("À", exact=True).fill("09:00")
    press(page, "Ajouter le créneau")


def confirmed_by_nobody(page: Any) -> None:
    """Nothing is ticked, nobody said it."""
    page.goto("{q}/ouvrir")
    page.get_by_label("Qui le dit").fill("")
    press(page, "Enregistrer ce qui est coché")


def drawn_of_nothing(page: Any) -> None:
    """A sample of a size that is none, of a population given twice."""
    page.goto("{q}/ouvrir")
    page.get_by_label("Combien en tirer").fill("x")
    page.get_by_role("textbox", name="Un nom par ligne").fill("D-1")
    page.get_by_label("Ou un nombre").fill("3")
    press(page, "Tirer l’échantillon")


def drawn(page: Any) -> None:
    """A sample, and what draws it again."""
    page.goto("{q}/ouvrir")
    page.get_by_label("Ou un nombre").fill("9")
    page.get_by_label("Combien en tirer").fill("3")
    page.get_by_label("Seulement depuis").uncheck()
    press(page, "Tirer l’échantillon")
    page.get_by_role("cell", name="Graine").wait_for()


def unsaid(page: Any) -> None:
    """A gap without its statement, at one site, while the whole is said conforming."""
    page.goto("{q}/saisir?ligne=qualiopi/17")
    page.get_by_role("radio", name="Conforme", exact=True).check(force=True)
    press(page, "Enregistrer et suivante")


def proposed(page: Any) -> None:
    """The lines and the questions that a few letters propose."""
    page.goto("{q}/saisir?ligne=qualiopi/1")
    page.keyboard.press("Control+k")
    page.keyboard.type("for")
    page.get_by_role("listbox").wait_for()


def entailed(page: Any) -> None:
    """A minor gap found again: what it entails is said before it is recorded."""
    page.goto("{q}/saisir?ligne=qualiopi/19")
    page.get_by_role("radio", name="mineure").check(force=True)
    page.locator("#effets li").first.wait_for()


def nothing_noted(page: Any) -> None:
    """A proof without its reference."""
    page.goto("{q}/preuves")
    page.locator("summary", has_text="Ajouter une preuve").click()
    press(page, "Ajouter une preuve")


def without_document(page: Any) -> None:
    """A text that says not where it was read."""
    page.goto("{l}/textes")
    page.get_by_text("Donner le texte", exact=True).first.click()
    page.get_by_label("Exigence").locator("visible=true").fill("Mot pour mot.")
    press(page, "Enregistrer")


def no_findings(page: Any) -> None:
    """A colleague’s file that is none."""
    page.goto("{q}/accorder")
    give(page, "Fichiers", "x.json", "{")
    press(page, "Joindre")


def notified_before(page: Any) -> None:
    """Gaps notified before the audit."""
    page.goto("{q}/clore")
    page.get_by_label("Écarts notifiés le").fill("2020-01-01")
    page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).click()


def decided_before(page: Any) -> None:
    """A decision before the audit, by who evaluated."""
    page.goto("{q}/suivre")
    page.get_by_label("Ce qui est recommandé").fill("Renouveler.")
    page.get_by_label("Par", exact=False).first.fill("Ada Bernard")
    press(page, "Proposer l’avis")
    region = page.get_by_role("region", name="Décision", exact=True)
    region.get_by_text("Enregistrer").first.click()
    form = region.locator("form").first
    form.get_by_label("Personnes").fill("Ada Bernard")
    form.get_by_label("Le", exact=True).fill("2020-01-01")
    form.get_by_label("Décision").fill("favorable")
    form.get_by_role("button", name="Enregistrer").click()


def reviewed_by_nobody(page: Any) -> None:
    """A review that nobody signs, after a remark."""
    page.goto("{l}/suivre")
    press(page, "Transmettre pour la revue")
    page.get_by_label("Remarque", exact=True).fill("La preuve n’est pas datée.")
    press(page, "Ajouter la remarque")
    look_at = page.get_by_role("list").filter(has_text="La preuve n’est pas datée.")
    look_at.first.wait_for()


def lifted_before(page: Any) -> None:
    """A gap lifted before the audit."""
    page.goto("{q}/ecarts")
    page.get_by_label("Levé le").first.fill("2020-01-01")
    press(page, "Lever l’écart")


def nothing_filled(page: Any) -> None:
    """What the report lacks, sent as empty as it was."""
    page.goto("{q}/manques")
    page.locator("#manques summary").first.click()
    press(page, "Enregistrer")


def next_before(page: Any) -> None:
    """The surveillance before the audit."""
    page.goto("{q}/suivant")
    page.get_by_label("Jour de l’audit").fill("2020-01-01")
    press(page, "Préparer la surveillance")


def no_answers(page: Any) -> None:
    """A self-assessment that is no file of answers."""
    page.goto("{q}/autodiagnostic")
    give(page, "Réponses", "x.json", "{")
    press(page, "Garder et montrer")


def assessed_twice(page: Any) -> None:
    """Two self-assessments: levels, pictures, what changed since."""
    for answers in REPONSES:
        page.goto("{q}/autodiagnostic")
        give(page, "Réponses", "r.json", json.dumps(answers))
        press(page, "Garder et montrer")
        page.get_by_role("heading", name="Score par critère").wait_for()
    page.get_by_text("Depuis le dernier autodiagnostic").first.wait_for()


def nobody(page: Any) -> None:
    """Somebody without a name or initials."""
    page.goto("/moi")
    press(page, "Ajouter, et saisir sous ce nom")


def no_audit(page: Any) -> None:
    """A file that begins no audit."""
    page.goto("/")
    give(page, "Profil, constats", "x.json", "{}")
    press(page, "Reprendre un fichier")


def nowhere(page: Any) -> None:
    """An address that leads nowhere."""
    page.goto("/inconnue")


def another_way(page: Any) -> None:
    """The address of a form, opened as a page."""
    page.goto("{q}/transmettre")


def without_key(page: Any) -> None:
    """A key that is not this run’s."""
    page.goto("/?jeton=autre")


def expired(page: Any) -> None:
    """A page open too long: what was typed is given back."""
    page.goto("{q}/clore")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_label("Désaccords").fill("L’organisme conteste le deuxième écart.")
    page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).click()


def handed_over(page: Any) -> None:
    """A report handed over, and shown again as it was."""
    page.goto("{q}/documents")
    press(page, "Remettre le rapport")
    page.get_by_role("link", name="Rapport remis le").first.click()


#: What each state says, by what brings it.
ETATS: dict[Callable[[Any], None], str] = {
    no_day: "date de l’audit",
    no_category: "date de l’audit",
    moved: "aucun constat perdu",
    upside_down: "avant de commencer",
    confirmed_by_nobody: "Rien n’est coché",
    drawn_of_nothing: "de plusieurs façons",
    drawn: "Population",
    unsaid: "site",
    proposed: "",
    entailed: "majeure",
    nothing_noted: "référence",
    without_document: "ce texte est sans source",
    no_findings: "x.json",
    notified_before: "avant l’audit",
    decided_before: "décide et a évalué",
    reviewed_by_nobody: "Renvoyer à l’auditeur",
    lifted_before: "avant",
    nothing_filled: "rien n’est écrit",
    next_before: "vient après celui-ci",
    no_answers: "une valeur était attendue",
    assessed_twice: "Depuis le dernier autodiagnostic",
    nobody: "initiales",
    no_audit: "À corriger",
    nowhere: "Page introuvable",
    another_way: "Ce geste n’est pas possible ici",
    without_key: "Accès refusé",
    expired: "L’organisme conteste le deuxième écart.",
    handed_over: "octet",
}


class _Racines:
    """This page goes to the addresses of the audits by the letter that stands for them."""

    def __init__(self, page: Any, roots: dict[str, str]) -> None:
        self._page, self._roots = page, roots

    def __getattr__(self, name: str) -> Any:
        return getattr(self._page, name)

    def goto(self, address: str) -> None:
        self._page.goto(address.format(**self._roots))


@pytest.mark.parametrize("state", ETATS, ids=lambda state: state.__name__)
def test_a_state_is_accessible_and_says_what_it_is(
    page: Any, axe: str, racines: dict[str, str], state: Callable[[Any], None]
) -> None:
    """What is refused, open, drawn or absent says so in its words, and holds as the screens do."""
    state(_Racines(page, racines))
    page.wait_for_load_state()
    playwright.expect(page.get_by_role("main")).to_contain_text(ETATS[state])
    look(page, axe)


@pytest.mark.skipif(sys.platform != "linux", reason="limits the files of another program as Linux does")
def test_a_full_disk_says_so_and_loses_nothing(
    page: Any, axe: str, racines: dict[str, str], programme: tuple[subprocess.Popen[str], str]
) -> None:
    """Nothing can be written: a clear page; once there is room again, the same page takes what was typed."""
    import resource

    pid = programme[0].pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    page.goto(f"{racines['l']}/clore")
    page.get_by_label("Désaccords").fill("La date est contestée.")
    button = page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (512, before[1]))
    try:
        button.click()
        playwright.expect(page.get_by_role("heading", name="Fichier indisponible")).to_be_visible()
        look(page, axe)
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    page.go_back()
    playwright.expect(page.get_by_label("Désaccords")).to_have_value("La date est contestée.")
    button.click()
    page.wait_for_load_state()
    page.goto(f"{racines['l']}/clore")
    playwright.expect(page.get_by_label("Désaccords")).to_have_value("La date est contestée.")
