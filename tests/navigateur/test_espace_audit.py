"""Whole audits in Chromium, by what a person reads: from the first page to the surveillance of the year after."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ecrans  # noqa: F401 - shows the way to the windows
import pytest

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("django")

from fenetres import BUREAU, TELEPHONE, overflow, window
from visites import served

pytestmark = pytest.mark.navigateur

MANIERES: dict[str, dict[str, Any]] = {
    "bureau": {"viewport": BUREAU},
    "téléphone": {"viewport": TELEPHONE},
    "sans JavaScript": {"viewport": BUREAU, "java_script_enabled": False},
}


@pytest.fixture(scope="module")
def espace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The first address of a run of the workspace, on a file of its own."""
    with served(tmp_path_factory.mktemp("espace") / "audits.sqlite3") as (_, address):
        yield address


@pytest.fixture(params=MANIERES)
def page(request: pytest.FixtureRequest, browser: Any, espace: str) -> Iterator[Any]:
    """A window on the workspace: a desk’s, a telephone’s, one without JavaScript."""
    with window(browser, espace, **MANIERES[request.param]) as opened:
        opened.sans_script = request.param == "sans JavaScript"
        yield opened


def press(page: Any, name: str, inside: Any = None) -> None:
    """Press a button that posts, and wait for the page that it gives."""
    button = (inside or page).get_by_role("button", name=name, exact=True)
    posted(page, button.click)


def posted(page: Any, gesture: Callable[[], None]) -> None:
    """Make a gesture that posts a form, and wait for what it shows."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        gesture()
    page.wait_for_load_state()
    if not page.sans_script:
        # Nothing is still to be sent: its answer is shown in the next turn of the page.
        page.evaluate("() => new Promise((done) => setTimeout(done, 50))")


def follow(page: Any, name: str, inside: Any = None) -> None:
    """Follow a link, to a page that fits."""
    (inside or page).get_by_role("link", name=name, exact=True).click()
    page.wait_for_load_state()
    assert overflow_of(page) <= 0


def overflow_of(page: Any) -> int:
    """How many pixels a page is too wide by; nobody can tell without a script."""
    try:
        return overflow(page)
    except playwright.Error:
        return 0


def named(page: Any) -> None:
    """Say who records, if nobody has yet."""
    if page.get_by_role("link", name="Dire qui saisit").count():
        follow(page, "Dire qui saisit")
        page.get_by_label("Initiales").last.fill("A. B.")
        page.get_by_label("Nom").last.fill("Ada Bernard")
        press(page, "Ajouter, et saisir sous ce nom")
        page.goto("/")


def step(page: Any, name: str) -> None:
    """Go to a step of the audit."""
    follow(page, name, page.get_by_role("navigation", name="Étapes de l’audit"))


def answer(page: Any, question: str, word: str) -> None:
    """Answer a question of the page Préparer."""
    group = page.get_by_role("group", name=question)
    choice = group.get_by_role("radio", name=word, exact=True).first
    if page.sans_script:
        choice.check()
        press(page, "Enregistrer les réponses")
    else:
        posted(page, choice.check)


def record(page: Any, root: str, line: str, finding: str, note: str = "", proof: str = "") -> None:
    """Record a line, and see the next one."""
    page.goto(f"{root}/saisir?ligne={line}")
    page.get_by_role("radio", name=finding, exact=True).check(force=True)
    if note:
        page.locator("#commentaire").fill(note)
    if proof:
        page.get_by_label("Preuves vues").fill(proof)
    press(page, "Enregistrer et suivante")


def sent(page: Any, address: str) -> bytes:
    """A file that the workspace gives."""
    response = page.request.get(address)
    assert response.ok, address
    return bytes(response.body())


def begin(page: Any, referentiel: str, nom: str, type_audit: str, jour: str, *categories: str) -> None:
    """Fill the form of a new audit, which is left to send."""
    page.goto("/")
    named(page)
    follow(page, "Nouvel audit")
    page.get_by_label("Référentiel").select_option(referentiel)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Organisme").fill(nom)
    page.get_by_label("Type d’audit").select_option(type_audit)
    page.get_by_label("Jour de l’audit", exact=True).fill(jour)
    for code in categories:
        page.get_by_role("checkbox", name=f"{code} – ").first.check()


def root_of(page: Any) -> str:
    """The address of the audit that is shown."""
    return str(page.url.partition("?")[0].rpartition("/")[0])


def concluded(findings: bytes, folder: Path) -> bytes:
    """What the command line concludes of findings."""
    (folder / "constats.json").write_bytes(findings)
    command = [sys.executable, "-m", "certif_rules", "conclure", "constats.json", "--format", "json"]
    return subprocess.run(command, capture_output=True, check=False, cwd=folder).stdout


def of_colleague(findings: bytes, folder: Path, name: str) -> Path:
    """The file of a colleague: she found everything conforming, but a minor gap on line 2 and a major one on 22."""
    data = json.loads(findings)
    found = {"qualiopi/2": "nc_mineure", "qualiopi/22": "nc_majeure"}
    for one in data["constats"]:
        if one["constat"] == "a_evaluer":
            one |= {
                "constat": found.get(one["id"], "conforme"),
                "evalue_par": "C. D.",
                "evalue_le": "2024-03-19",
            }
            one |= {"commentaire": f"Vu par C. D., ligne {one['id']}.", "preuves_vues": ["Dossier C-014"]}
    path = folder / name
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_an_audit_from_its_first_page_to_the_next_surveillance(page: Any, tmp_path: Path) -> None:
    """AF and CFA, two sites, a fact corrected, two auditors: closed, lifted, decided, and followed by another."""
    expect = playwright.expect
    begin(page, "qualiopi", "Atelier du Pont", "initial", "2024-03-18", "AF", "CFA")
    page.get_by_label("Nom du site 1").fill("Siège")
    page.get_by_label("Nom du site 2").fill("Annexe")
    press(page, "Commencer l’audit")
    root = root_of(page)

    # Préparer: the answers, then the plan.
    for question, word in (
        ("certification professionnelle", "Oui"),
        ("formations en alternance", "Oui"),
        ("situation de travail", "Oui"),
        ("sous-traite-t-il", "Non"),
        ("plus de deux jours", "Oui"),
        ("nouvel entrant", "Non"),
    ):
        answer(page, question, word)
    expect(page.get_by_role("heading", name="Les lignes de cet audit")).to_be_visible()
    follow(page, "Plan")
    page.get_by_label("Objet").select_option(index=1)
    page.get_by_label("De", exact=True).fill("09:00")
    page.get_by_label("À", exact=True).fill("12:30")
    page.get_by_label("Auditeurs, par leurs initiales").fill("A. B., C. D.")
    press(page, "Ajouter le créneau")
    expect(page.get_by_role("table").filter(has_text="09:00")).to_be_visible()

    # Ouvrir: the perimeter and the line that is out.
    step(page, "Ouvrir")
    page.get_by_label("Confirmer ce périmètre").check()
    page.get_by_label("Qui le dit").fill("Direction")
    press(page, "Enregistrer ce qui est coché")

    # Saisir: a minor gap found at one site, a proof; then a fact turns out otherwise.
    record(page, root, "qualiopi/1", "Conforme", proof="Catalogue 2024")
    record(
        page, root, "qualiopi/17", "Non-conformité mineure", "Deux postes en panne, sans date de réparation."
    )
    before = sent(page, f"{root}/fichiers/constats.json")
    step(page, "Préparer")
    answer(page, "sous-traite-t-il", "Oui")
    expect(page.locator("main")).to_contain_text("aucun constat perdu")
    expect(page.locator("main")).to_contain_text("1 ligne ajoutée")
    kept = {
        one["id"]: one["constat"]
        for one in json.loads(sent(page, f"{root}/fichiers/constats.json"))["constats"]
    }
    found = {one["id"]: one["constat"] for one in json.loads(before)["constats"]}
    assert {i: c for i, c in kept.items() if c != "a_evaluer"} == {
        i: c for i, c in found.items() if c != "a_evaluer"
    }

    # À accorder: the colleague left with the audit as it is now; meanwhile line 2 is found conforming here.
    taken = page.request.get(f"{root}/fichiers/constats.json")
    name = taken.headers["content-disposition"].partition('"')[2].rstrip('"')
    theirs = of_colleague(taken.body(), tmp_path, name)
    record(page, root, "qualiopi/2", "Conforme", proof="Page « Nos résultats »")
    page.goto(f"{root}/accorder")
    page.get_by_label("Fichiers").set_input_files(theirs)
    press(page, "Joindre")
    conflict = page.get_by_role("region", name="constat").filter(has_text="Indicateurs de résultats")
    expect(conflict).to_be_visible()
    press(page, "Choisir cette valeur", conflict.get_by_role("listitem").filter(has_text="mineure"))
    while page.get_by_role("button", name="Choisir cette valeur").count():
        posted(page, page.get_by_role("button", name="Choisir cette valeur").last.click)
    expect(page.locator("main")).to_contain_text("Rien n’est à accorder")

    # Clore: the gaps, the gravest first, the day they were notified, the sheet.
    step(page, "Clore")
    rows = page.get_by_role("row").all_inner_texts()
    assert [("majeure" in row, "mineure" in row) for row in rows[1:4]] == [
        (True, False),
        (False, True),
        (False, True),
    ]
    page.get_by_label("Écarts notifiés le").fill("2024-03-20")
    page.get_by_label("Il n’y en a pas").check()
    press(page, "Enregistrer", page.get_by_role("main"))
    press(page, "Clore l’audit")
    follow(page, "Fiche de la réunion de clôture")
    expect(page.locator("body")).to_contain_text("Signature")
    page.goto(f"{root}/suivre")

    # Suivre: the opinion, the review by somebody else, the decision, the gaps lifted.
    page.get_by_label("Ce qui est recommandé").fill("Délivrer une fois l’écart majeur levé.")
    page.get_by_label("Par", exact=False).first.fill("Ada Bernard")
    page.get_by_label("Le", exact=True).first.fill("2024-03-20")
    press(page, "Proposer l’avis")
    press(page, "Transmettre pour la revue")
    page.get_by_label("Relu par").fill("Élise Faure")
    page.get_by_label("En résumé").fill("Complet.")
    press(page, "Dire que c’est relu")
    expect(page.get_by_role("region", name="Revue par une autre personne")).to_contain_text("Élise Faure")
    decide(page, "Décision", "Responsable des décisions", "2024-04-02")

    # Écarts: the major one is treated, then lifted; what was found at the audit stays as it was.
    step(page, "Suivre")
    follow(page, "Écarts", page.get_by_role("navigation", name="Suivre"))
    gap = page.get_by_role("region", name="22 ")
    gap.get_by_label("Action corrective").fill("Plan de développement des compétences écrit.")
    press(page, "Enregistrer le suivi", gap)
    gap = page.get_by_role("region", name="22 ")
    gap.get_by_label("Levé le").fill("2024-04-15")
    gap.get_by_label("Levé par").fill("A. B.")
    press(page, "Lever l’écart", gap)
    expect(page.get_by_role("region", name="22 ")).to_contain_text("15 avril 2024")
    expect(page.get_by_role("region", name="22 ")).to_contain_text("majeure")

    # What is exported is what the command line concludes, byte for byte.
    findings = sent(page, f"{root}/fichiers/constats.json")
    assert sent(page, f"{root}/fichiers/conclusion.json") == concluded(findings, tmp_path)
    kinds = {one["id"]: one["constat"] for one in json.loads(findings)["constats"]}
    assert (kinds["qualiopi/2"], kinds["qualiopi/17"], kinds["qualiopi/22"]) == (
        "nc_mineure",
        "nc_mineure",
        "nc_majeure",
    )
    assert sorted(kinds.values()).count("conforme") == 29

    # The year after: one date is typed, and every earlier gap stands in its own words.
    step(page, "Suivre")
    follow(page, "Préparer la surveillance", page.get_by_role("navigation", name="Suivre"))
    page.get_by_label("Jour de l’audit").fill("2025-09-15")
    press(page, "Préparer la surveillance")
    after = root_of(page)
    assert after != root
    for line, words in (("17", "Deux postes en panne"), ("22", "Vu par C. D."), ("2", "Vu par C. D.")):
        page.goto(f"{after}/saisir?ligne=qualiopi/{line}")
        expect(page.get_by_role("main")).to_contain_text(words)
    assert overflow_of(page) <= 0


def decide(page: Any, section: str, who: str, day: str) -> None:
    """Record a decision, by its form."""
    region = page.get_by_role("region", name=section, exact=True)
    region.get_by_text("Enregistrer").first.click()
    form = region.locator("form").first
    form.get_by_label("Qui, par fonction").fill(who)
    form.get_by_label("Le", exact=True).fill(day)
    form.get_by_label("Décision").fill("favorable")
    press(page, "Enregistrer", form)
    playwright.expect(region).to_contain_text(who)
