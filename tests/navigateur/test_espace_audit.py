"""Whole audits in Chromium, by what a person reads: from the first page to the next surveillance."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fenetres import BUREAU, TELEPHONE, overflow, window

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("django")


pytestmark = pytest.mark.navigateur

DESACCORD = "L’organisme conteste l’écart de la ligne 22."
MANIERES: dict[str, dict[str, Any]] = {
    "bureau": {"viewport": BUREAU},
    "téléphone": {"viewport": TELEPHONE},
    "sans JavaScript": {"viewport": BUREAU, "java_script_enabled": False},
}


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
    """The file of a colleague: everything conforming, but a minor gap on line 2, a major one on 22."""
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


def found(page: Any, root: str) -> dict[str, str]:
    """What was found so far, by line."""
    data = json.loads(sent(page, f"{root}/fichiers/constats.json"))
    return {one["id"]: one["constat"] for one in data["constats"] if one["constat"] != "a_evaluer"}


def prepare(page: Any) -> str:
    """Préparer: begin the audit, answer, put a slot in the plan; return the address of the audit."""
    begin(page, "qualiopi", "Atelier du Pont", "initial", "2024-03-18", "AF", "CFA")
    page.get_by_label("Nom du site 1").fill("Siège")
    page.get_by_label("Nom du site 2").fill("Annexe")
    press(page, "Commencer l’audit")
    for question, word in (
        ("certification professionnelle", "Oui"),
        ("formations en alternance", "Oui"),
        ("situation de travail", "Oui"),
        ("sous-traite-t-il", "Non"),
        ("plus de deux jours", "Oui"),
        ("nouvel entrant", "Non"),
    ):
        answer(page, question, word)
    playwright.expect(page.get_by_role("heading", name="Les lignes de cet audit")).to_be_visible()
    follow(page, "Durée et documents")
    playwright.expect(page.get_by_role("heading", name="Durée", level=2)).to_be_visible()
    follow(page, "Plan")
    page.get_by_label("Objet").select_option(index=1)
    page.get_by_label("De", exact=True).fill("09:00")
    page.get_by_label("À", exact=True).fill("12:30")
    page.get_by_label("Auditeurs, par leurs initiales").fill("A. B., C. D.")
    press(page, "Ajouter le créneau")
    playwright.expect(page.get_by_role("table").filter(has_text="09:00")).to_be_visible()
    return root_of(page)


def open_it(page: Any, root: str) -> None:
    """Ouvrir: the perimeter is confirmed; the seed is drawn and shown there, and the plan says none of it."""
    step(page, "Ouvrir")
    page.get_by_label("Confirmer ce périmètre").check()
    page.get_by_label("Qui le dit").fill("Direction")
    press(page, "Enregistrer ce qui est coché")
    playwright.expect(page.locator("main")).not_to_contain_text("Graine")
    page.get_by_role("textbox", name="Un nom par ligne").fill("SESSION-A\nSESSION-B\nSESSION-C")
    page.get_by_label("Combien en tirer").fill("2")
    press(page, "Tirer l’échantillon")
    row = page.get_by_role("row").filter(has_text="Graine")
    playwright.expect(row).to_contain_text("SESSION-")
    (sample,) = json.loads(sent(page, f"{root}/fichiers/constats.json"))["echantillons"]
    playwright.expect(row).to_contain_text(sample["graine"])
    plan = sent(page, f"{root}/fichiers/plan.html").decode()
    assert "SESSION-" not in plan
    assert sample["graine"] not in plan


def at_one_site(page: Any, root: str) -> None:
    """Saisir: a gap at one site forbids « conforme »; its gravity for the whole is chosen, with a reason."""
    page.goto(f"{root}/saisir?ligne=qualiopi/17")
    page.get_by_text("Constats par site").click()
    page.get_by_label("Constat, site Siège").select_option("conforme")
    page.get_by_label("Constat, site Annexe").select_option("nc_mineure")
    page.get_by_label("Énoncé ou note, site Annexe").fill("Deux postes en panne, à l’annexe.")
    page.get_by_role("radio", name="Conforme", exact=True).check(force=True)
    press(page, "Enregistrer et suivante")
    playwright.expect(page.get_by_role("alert").first).to_be_visible()
    assert "qualiopi/17" not in found(page, root)
    page.get_by_role("radio", name="Non-conformité mineure", exact=True).check(force=True)
    page.locator("#commentaire").fill("Deux postes en panne, sans date de réparation : une salle sur cinq.")
    press(page, "Enregistrer et suivante")


def correct(page: Any, root: str) -> None:
    """Préparer again: a fact turns out otherwise, a line enters, no finding is lost."""
    before = found(page, root)
    step(page, "Préparer")
    answer(page, "sous-traite-t-il", "Oui")
    playwright.expect(page.locator("main")).to_contain_text("1 ligne ajoutée, 0 retirée")
    playwright.expect(page.locator("main")).to_contain_text("aucun constat perdu")
    assert found(page, root) == before


def settle(page: Any, root: str, folder: Path) -> None:
    """À accorder: a colleague took the audit away; meanwhile line 2 is recorded otherwise than she will."""
    taken = page.request.get(f"{root}/fichiers/constats.json")
    name = taken.headers["content-disposition"].partition('"')[2].rstrip('"')
    theirs = of_colleague(taken.body(), folder, name)
    record(page, root, "qualiopi/2", "Conforme", proof="Page « Nos résultats »")
    page.goto(f"{root}/accorder")
    page.get_by_label("Fichiers").set_input_files(theirs)
    press(page, "Joindre")
    conflict = page.get_by_role("region", name="constat").filter(has_text="Indicateurs de résultats")
    playwright.expect(conflict).to_be_visible()
    press(page, "Choisir cette valeur", conflict.get_by_role("listitem").filter(has_text="mineure"))
    while page.get_by_role("button", name="Choisir cette valeur").count():
        posted(page, page.get_by_role("button", name="Choisir cette valeur").last.click)
    playwright.expect(page.locator("main")).to_contain_text("Rien n’est à accorder")


def close(page: Any, root: str) -> None:
    """Clore: the gaps, the gravest first, the day they were notified, the sheet to sign."""
    step(page, "Clore")
    rows = page.get_by_role("row").filter(has_text="Non-conformité").all_inner_texts()
    assert ["majeure" in row for row in rows] == [True, False, False]
    page.get_by_label("Écarts notifiés le").fill("2024-03-20")
    page.get_by_label("Désaccords").fill(DESACCORD)
    press(page, "Enregistrer", page.get_by_role("main"))
    playwright.expect(page.get_by_label("Désaccords")).to_have_value(DESACCORD)
    press(page, "Clore l’audit")
    follow(page, "Fiche de la réunion de clôture")
    playwright.expect(page.locator("body")).to_contain_text("Signature")
    playwright.expect(page.locator("body")).to_contain_text(DESACCORD)
    assert DESACCORD in sent(page, f"{root}/fichiers/rapport.html").decode()
    page.goto(f"{root}/suivre")


def judge(page: Any) -> None:
    """Suivre: the opinion of who audited, the review by somebody else, the decision by a third."""
    page.get_by_label("Ce qui est recommandé").fill("Délivrer une fois l’écart majeur levé.")
    page.get_by_label("Par", exact=False).first.fill("Ada Bernard")
    page.get_by_label("Le", exact=True).first.fill("2024-03-20")
    press(page, "Proposer l’avis")
    press(page, "Transmettre pour la revue")
    page.get_by_label("Ligne", exact=True).select_option("qualiopi/17")
    page.get_by_label("Remarque", exact=True).fill("De quelle salle s’agit-il ?")
    press(page, "Ajouter la remarque")
    page.get_by_label("Relu par").fill("Élise Faure")
    page.get_by_label("En résumé").fill("Nommer la salle.")
    press(page, "Renvoyer à l’auditeur")
    review = page.get_by_role("region", name="Revue par une autre personne")
    playwright.expect(review).to_contain_text("Renvoyé à l’auditeur")
    remark = review.get_by_role("listitem").filter(has_text="De quelle salle")
    playwright.expect(remark.get_by_role("link", name="Ligne 17")).to_be_visible()
    remark.get_by_label("Réponse").fill("La salle 3.")
    remark.get_by_label("Réglée").check()
    press(page, "Répondre", remark)
    press(page, "Transmettre pour la revue")
    page.get_by_label("Relu par").fill("Élise Faure")
    page.get_by_label("En résumé").fill("Complet.")
    press(page, "Dire que c’est relu")
    playwright.expect(page.get_by_role("region", name="Revue par une autre personne")).to_contain_text(
        "Élise Faure"
    )
    decide(page, "Décision", "Responsable des décisions", "2024-04-02")


def lift(page: Any) -> None:
    """Écarts: the major one is treated, then lifted; what was found at the audit stays as it was."""
    step(page, "Suivre")
    follow(page, "Écarts", page.get_by_role("navigation", name="Suivre"))
    gap = page.get_by_role("region", name="22 ")
    gap.get_by_label("Action corrective").fill("Plan de développement des compétences écrit.")
    press(page, "Enregistrer le suivi", gap)
    gap = page.get_by_role("region", name="22 ")
    gap.get_by_label("Levé le").fill("2024-04-15")
    gap.get_by_label("Levé par").fill("A. B.")
    press(page, "Lever l’écart", gap)
    playwright.expect(page.get_by_role("region", name="22 ")).to_contain_text("15 avril 2024")
    playwright.expect(page.get_by_role("region", name="22 ")).to_contain_text("majeure")


def surveil(page: Any, root: str) -> None:
    """The year after: one date is typed, and what the earlier audit found stands in its own words."""
    step(page, "Suivre")
    follow(page, "Préparer la surveillance", page.get_by_role("navigation", name="Suivre"))
    page.get_by_label("Jour de l’audit").fill("2025-09-15")
    press(page, "Préparer la surveillance")
    after = root_of(page)
    assert after != root
    for line, words in (
        ("17", "Deux postes en panne"),
        ("22", "Non-conformité majeure"),
        ("2", "Vu par C. D."),
    ):
        page.goto(f"{after}/saisir?ligne=qualiopi/{line}")
        playwright.expect(page.get_by_role("main")).to_contain_text(words)
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


def test_an_audit_from_its_first_page_to_the_next_surveillance(page: Any, tmp_path: Path) -> None:
    """AF and CFA, two sites, a fact corrected, two auditors; the command line concludes the same."""
    root = prepare(page)
    open_it(page, root)
    record(page, root, "qualiopi/1", "Conforme", proof="Catalogue 2024")
    at_one_site(page, root)
    correct(page, root)
    settle(page, root, tmp_path)
    close(page, root)
    judge(page)
    lift(page)
    findings = sent(page, f"{root}/fichiers/constats.json")
    assert sent(page, f"{root}/fichiers/conclusion.json") == concluded(findings, tmp_path)
    (at_sites,) = (one for one in json.loads(findings)["constats"] if one["id"] == "qualiopi/17")
    sites = {one["site"]: one["constat"] for one in at_sites["par_site"]}
    assert sites == {"Siège": "conforme", "Annexe": "nc_mineure"}
    gaps = {"qualiopi/2": "nc_mineure", "qualiopi/17": "nc_mineure", "qualiopi/22": "nc_majeure"}
    assert found(page, root) == {f"qualiopi/{rank}": "conforme" for rank in range(1, 33)} | gaps
    surveil(page, root)


@pytest.mark.parametrize("page", ["bureau", "téléphone"], indirect=True)
def test_a_complementary_audit_of_a_label(page: Any, tmp_path: Path) -> None:
    """The label alone: twelve lines, those without a text on what the body gave, one gap, the conclusion."""
    expect = playwright.expect
    begin(page, "certifregion", "Atelier du Gué", "complementaire", "2024-01-20", "AF")
    page.get_by_text("Certificats détenus").click()
    held = page.get_by_role("group", name="qualiopi")
    held.get_by_label("Du", exact=True).fill("2022-11-30")
    held.get_by_label("au", exact=True).fill("2025-11-30")
    press(page, "Commencer l’audit")
    root = root_of(page)
    for line in "ABCDEFGHIJKL":
        page.goto(f"{root}/saisir?ligne=certifregion/{line}")
        if page.get_by_label("Texte sur lequel le constat repose").count():
            page.get_by_label("Texte sur lequel le constat repose").fill("Référentiel remis, page 4")
        if line == "E":
            page.get_by_role("radio", name="mineure").check(force=True)
            page.locator("#commentaire").fill("Une convention sur trois n’est pas signée.")
        else:
            page.get_by_role("radio", name="Conforme", exact=True).check(force=True)
        press(page, "Enregistrer et suivante")
    expect(page.locator("#quoi")).to_contain_text("0 ligne à évaluer")
    step(page, "Clore")
    expect(page.get_by_role("row").filter(has_text="Une convention sur trois")).to_have_count(1)
    findings = sent(page, f"{root}/fichiers/constats.json")
    kinds = {one["id"]: one["constat"] for one in json.loads(findings)["constats"]}
    due = {f"certifregion/{line}": "conforme" for line in "ABCDFGHIJKL"} | {"certifregion/E": "nc_mineure"}
    assert kinds == due
    assert sent(page, f"{root}/fichiers/conclusion.json") == concluded(findings, tmp_path)
