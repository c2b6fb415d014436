"""The form in Chromium, from a ``file://`` address, clicked through as an auditor does.

Needs Chromium on the path, ``playwright``, and axe-core: ``AXE_JS`` is the path of its ``axe.min.js``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fabrique import HOSTILES, LIGNES, checklist, contexte, organisme
from greffons import DONNEES, registry

from certif_rules.contexte import Organisme
from certif_rules.demande import Demande, FaitDit
from certif_rules.export import formulaire
from certif_rules.schema import check
from certif_rules.services.checklist import make_checklist
from certif_rules.services.constats import open_dossier, read_dossier

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur

WIDTHS = (1280, 360)
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("refused", "SecurityError"); },
});"""
FULL_STORAGE = """const put = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  if (value.length > 400) throw new DOMException("full", "QuotaExceededError");
  put.call(this, key, value);
};"""
ISSUES = """async () => {
  const found = await axe.run(document);
  const told = node => `${node.target} ${node.failureSummary}`;
  return found.violations.map(rule => `${rule.id}: ${rule.nodes.map(told).join(" | ")}`);
}"""

#: Out by a fact: the auditor may bring it back with a note.
HORS = replace(
    LIGNES[3],
    indicateur=replace(LIGNES[3].indicateur, id="atelier/6", code="6", numero="6"),
    etat="non_applicable",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formulaire")


@pytest.fixture(scope="module")
def document(folder: Path) -> Path:
    """The form of an audit of the shipped data: every kind of line."""
    facts = {
        "sous_traitance": True,
        "plus_de_deux_jours": True,
        "formation_a_distance": True,
        "certifiante": False,
    }
    asked = Demande(
        referentiel="certifregion",
        type_audit="initial",
        date="2024-03-18",
        categories=("AF",),
        organisme={"nom": "Organisme d’exemple"},
        faits=tuple(FaitDit(nom, None, valeur) for nom, valeur in facts.items()),
    )
    path = folder / "audit.html"
    path.write_bytes(formulaire.render(make_checklist(registry(**DONNEES), asked)))
    return path


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Path:
    """The made-up label, with a line to bring back, and a name that attacks."""
    nom = " ".join(HOSTILES) + "</script><img src=x onerror=alert(1)>" + "x" * 200
    declared = organisme(nom, sites=({"id": nom, "commune": nom},))
    asked = contexte(organisme=Organisme(categories=("MEN",), nom=nom))
    value = checklist(lignes=(*LIGNES, HORS), organisme=declared, contexte=asked)
    path = folder / "hostile.html"
    path.write_bytes(formulaire.render(value))
    return path


@pytest.fixture
def ouvrir(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a form in a browser of its own, where an error of the script fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def run(path: Path, *, script: str = "", width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield run
    for context in contexts:
        context.close()
    assert errors == []


def line(page: Any, numero: str) -> Any:
    """The line that bears a number."""
    return page.locator("article").filter(has=page.locator(f"h3 .numero:text-is('{numero}')"))


def choose(page: Any, numero: str, constat: str) -> None:
    line(page, numero).locator(f"input[type=radio][value={constat}]").check()


def field(page: Any, numero: str, champ: str) -> Any:
    return line(page, numero).locator(f"[data-champ={champ}]")


def fill(page: Any) -> None:
    """Some of an audit: findings, a comment, evidence, an annotation, a sample."""
    page.get_by_label("Vos initiales").fill("J. D.")
    choose(page, "1", "conforme")
    field(page, "1", "preuves_vues").fill("Site public (12/03)\n\n  Catalogue 2024 ")
    field(page, "1", "echantillons").fill("C-014")
    line(page, "1").get_by_label("Point fort").check()
    choose(page, "2", "nc_mineure")
    field(page, "2", "commentaire").fill("<b>Aucun</b> taux d’abandon ; « 5 % » ?")


def exported(page: Any, path: Path) -> Any:
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter les constats").click()
    download.value.save_as(path)
    return json.loads(path.read_text(encoding="utf-8"))


def load(page: Any, path: Path) -> None:
    """Import, and wait until it was read: the field is then emptied."""
    page.locator("#fichier").set_input_files(path)
    playwright.expect(page.locator("#fichier")).to_have_value("")


def by_id(findings: Any) -> dict[str, Any]:
    return {entry["id"]: entry for entry in findings["constats"]}


def accept(page: Any, *, answer: bool = True) -> list[str]:
    """Answers what the page asks, and keeps the questions."""
    asked: list[str] = []

    def reply(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept() if answer else dialog.dismiss()

    page.on("dialog", reply)
    return asked


# ---- filling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_a_reload_keeps_what_was_typed(ouvrir: Any, document: Path, width: int) -> None:
    page = ouvrir(document, width=width)
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


def test_a_crash_keeps_what_was_typed(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
    fill(page)
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(document.as_uri())
    assert line(again, "2").locator("input[value=nc_mineure]").is_checked()


def test_two_tabs_show_the_same(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
    other = page.context.new_page()
    other.goto(document.as_uri())
    fill(page)
    playwright.expect(other.locator("#avancement")).to_contain_text("2 sur")
    choose(other, "4", "conforme")
    playwright.expect(page.locator("#avancement")).to_contain_text("3 sur")


def test_another_dossier_has_a_memory_of_its_own(ouvrir: Any, document: Path, hostile: Path) -> None:
    page = ouvrir(document)
    fill(page)
    page.goto(hostile.as_uri())
    assert page.locator("#avancement").inner_text().startswith("0 sur")


def test_erase_asks_then_erases(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
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


def test_a_memory_that_cannot_be_read_is_set_aside(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
    fill(page)
    page.evaluate("Object.keys(localStorage).forEach(key => { localStorage[key] = 'abîmé'; })")
    page.reload()
    assert "illisible" in page.get_by_role("alert").first.inner_text()
    assert page.evaluate("Object.values(localStorage)") == ["abîmé", "abîmé"]


def test_without_its_script_it_says_so(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document, java_script_enabled=False)
    assert "ne garde rien" in page.locator("#alerte").inner_text()
    assert not ouvrir(document).locator("#alerte").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_without_storage_it_says_so_and_warns(ouvrir: Any, document: Path, width: int) -> None:
    page = ouvrir(document, script=NO_STORAGE, width=width)
    assert page.locator("#alerte").is_visible()
    fill(page)
    assert "Exporter les constats avant" in page.locator("#alerte").inner_text()
    assert page.locator("#etat").inner_text().startswith("Non enregistré")
    asked = accept(page, answer=True)
    page.reload()
    assert asked == ["beforeunload"]
    assert page.locator("#avancement").inner_text().startswith("0 sur")


def test_a_full_memory_is_told_and_tried_again(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document, script=FULL_STORAGE)
    assert not page.locator("#alerte").is_visible()
    choose(page, "1", "conforme")
    field(page, "1", "commentaire").fill("x" * 500)
    assert "Exporter les constats avant" in page.locator("#alerte").inner_text()
    field(page, "1", "commentaire").fill("Vu.")
    assert not page.locator("#alerte").is_visible()
    assert page.locator("#etat").inner_text().startswith("Enregistré")
    page.reload()
    assert field(page, "1", "commentaire").input_value() == "Vu."


def test_without_storage_what_was_exported_may_be_left(ouvrir: Any, document: Path, tmp_path: Path) -> None:
    page = ouvrir(document, script=NO_STORAGE)
    fill(page)
    exported(page, tmp_path / "constats.json")
    asked = accept(page)
    page.reload()
    assert asked == []
    load(page, tmp_path / "constats.json")
    assert page.locator("#avancement").inner_text().startswith("2 sur")


def test_with_storage_leaving_asks_nothing(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
    fill(page)
    asked = accept(page)
    page.reload()
    assert asked == []


def test_a_comment_is_asked_for_where_the_finding_needs_one(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
    choose(page, "2", "nc_mineure")
    comment = field(page, "2", "commentaire")
    assert comment.get_attribute("aria-invalid") == "true"
    assert "demande un commentaire" in line(page, "2").locator(".manque").inner_text()
    assert "commentaire à écrire" in line(page, "2").locator(".suivi").inner_text()
    comment.fill("Aucun taux publié.")
    assert comment.get_attribute("aria-invalid") == "false"
    assert line(page, "2").locator(".suivi").inner_text() == "✓ Non-conformité mineure"


def test_a_line_out_by_a_fact_comes_back_with_a_note(ouvrir: Any, hostile: Path, tmp_path: Path) -> None:
    page = ouvrir(hostile)
    assert line(page, "2").locator("input").count() == 0
    assert line(page, "5").locator("input").count() == 0
    line(page, "6").locator("summary").first.click()
    choose(page, "6", "conforme")
    assert "demande une note" in line(page, "6").locator(".manque").inner_text()
    field(page, "6", "commentaire").fill("Une machine vue sur place.")
    entry = by_id(exported(page, tmp_path / "constats.json"))["atelier/6"]
    assert (entry["constat"], entry["commentaire"]) == ("conforme", "Une machine vue sur place.")


# ---- export and import ------------------------------------------------------------------------------------


def test_the_export_is_a_findings_file(ouvrir: Any, document: Path, tmp_path: Path) -> None:
    page = ouvrir(document)
    fill(page)
    page.get_by_label("Écarts notifiés").fill("2024-03-29")
    findings = exported(page, tmp_path / "constats.json")
    assert check(findings, "constats") == []
    value, dossier = open_dossier(registry(**DONNEES), read_dossier(tmp_path / "constats.json"))
    due = {li.indicateur.id for li in value.lignes if li.etat == "a_auditer"}
    assert {releve.ligne for releve in dossier.releves} == due
    assert dossier.notifie_le == "2024-03-29"
    first, second = by_id(findings)["qualiopi/1"], by_id(findings)["qualiopi/2"]
    assert first["preuves_vues"] == ["Site public (12/03)", "Catalogue 2024"]
    assert (first["annotations"], first["echantillons"]) == (["point_fort"], ["C-014"])
    assert second["commentaire"] == "<b>Aucun</b> taux d’abandon ; « 5 % » ?"
    assert {e["constat"] for e in findings["constats"]} == {"conforme", "nc_mineure", "a_evaluer"}


@pytest.mark.parametrize("width", WIDTHS)
def test_import_gives_back_what_was_exported(ouvrir: Any, document: Path, tmp_path: Path, width: int) -> None:
    page = ouvrir(document, width=width)
    fill(page)
    before = exported(page, tmp_path / "constats.json")
    lifted = by_id(before)["qualiopi/2"] | {"leve_le": "2024-06-01", "leve_par": "A. B.", "cle_a_part": 1}
    before["constats"] = [lifted if e["id"] == "qualiopi/2" else e for e in before["constats"]]
    before["note_a_part"] = "gardée"
    (tmp_path / "repris.json").write_text(json.dumps(before), encoding="utf-8")
    other = ouvrir(document, width=width)
    load(other, tmp_path / "repris.json")
    assert "Importé" in other.locator("#etat").inner_text()
    assert field(other, "2", "commentaire").input_value().startswith("<b>")
    assert exported(other, tmp_path / "encore.json") == before
    other.reload()
    assert exported(other, tmp_path / "toujours.json") == before


def test_import_asks_before_it_replaces(ouvrir: Any, document: Path, tmp_path: Path) -> None:
    page = ouvrir(document)
    exported(page, tmp_path / "vide.json")
    fill(page)
    asked = accept(page, answer=False)
    load(page, tmp_path / "vide.json")
    assert asked == ["confirm"]
    assert page.locator("#avancement").inner_text().startswith("2 sur")


def test_import_reads_lines_by_their_printed_number(ouvrir: Any, document: Path, tmp_path: Path) -> None:
    page = ouvrir(document)
    findings = exported(page, tmp_path / "constats.json")
    del findings["referentiel"]["empreinte"]
    findings["audit"] = {"type": "certifregion/initial", "date": "2024-03-18"}
    findings["constats"] = [{"id": "1", "constat": "conforme"}]
    (tmp_path / "court.json").write_text(json.dumps(findings), encoding="utf-8")
    load(page, tmp_path / "court.json")
    assert line(page, "1").locator("input[value=conforme]").is_checked()


def changed(findings: Any, **changes: Any) -> Any:
    """The findings with other values, keys of objects being replaced one by one."""
    return findings | {k: findings[k] | v if isinstance(v, dict) else v for k, v in changes.items()}


REFUSALS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "rules": (lambda f: changed(f, referentiel={"empreinte": "sha256:" + "0" * 64}), "empreinte des règles"),
    "edition": (
        lambda f: changed(f, referentiel={"edition": "V4"}),
        "édition : « V5 » dans ce formulaire, « V4 »",
    ),
    "guide": (lambda f: changed(f, referentiel={"guide": "V8"}), "guide : « V9 »"),
    "referentiel": (lambda f: changed(f, referentiel="qualiopi"), "référentiel : « certifregion »"),
    "organisation": (
        lambda f: changed(f, organisme={"nom": "<i>Autre</i>"}),
        "« <i>Autre</i> » dans le fichier",
    ),
    "categories": (lambda f: changed(f, organisme={"categories": ["BC"]}), "catégories"),
    "facts": (lambda f: changed(f, organisme={"faits": {}}), "faits"),
    "date": (lambda f: changed(f, audit={"date": "2024-03-19"}), "date de l’audit"),
    "type": (lambda f: changed(f, audit={"type": "surveillance"}), "type d’audit"),
    "additions": (lambda f: f | {"ajouts": {"categories": ["CFA"]}}, "ajouts, categories"),
    "certificates": (lambda f: f | {"certificats": {"x": {}}}, "certificats"),
    "not permitted": (
        lambda f: f | {"constats": [{"id": "4", "constat": "nc_mineure"}]},
        "ligne 4 : le constat",
    ),
    "unknown line": (
        lambda f: f | {"constats": [{"id": "99", "constat": "conforme"}]},
        "ligne inconnue : « 99 »",
    ),
    "twice": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme"}] * 2},
        "ligne 1 : deux constats",
    ),
    "annotation": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme", "annotations": ["bravo"]}]},
        "annotation inconnue, « bravo »",
    ),
    "shape": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme", "commentaire": 3}]},
        "commentaire a une forme",
    ),
    "day": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme", "evalue_le": "hier"}]},
        "evalue_le a une forme",
    ),
    "entry": (lambda f: f | {"constats": [None]}, "ligne inconnue"),
    "profile": (
        lambda f: {k: v for k, v in f.items() if k != "constats"},
        "n’est pas un fichier de constats",
    ),
    "format": (lambda f: f | {"format": 2}, "format « 2 » inconnu"),
    "list": (lambda f: [f], "n’est pas un fichier de constats"),
}


def test_what_is_refused_is_named_and_changes_nothing(ouvrir: Any, document: Path, tmp_path: Path) -> None:
    page = ouvrir(document)
    fill(page)
    findings = exported(page, tmp_path / "constats.json")
    for name, (change, expected) in REFUSALS.items():
        (tmp_path / "faux.json").write_text(json.dumps(change(findings)), encoding="utf-8")
        load(page, tmp_path / "faux.json")
        said = page.locator("#refus").inner_text().replace("\u00a0", " ").replace("\u202f", " ")
        assert expected in said, name
        assert page.evaluate("document.activeElement.id") == "refus"
    (tmp_path / "faux.json").write_text("{", encoding="utf-8")
    load(page, tmp_path / "faux.json")
    assert "n’est pas du JSON" in page.locator("#refus").inner_text()
    assert page.locator("i").count() == 0
    assert exported(page, tmp_path / "encore.json") == findings


# ---- finding one's way ------------------------------------------------------------------------------------


def shown(page: Any) -> list[str]:
    return [text.strip() for text in page.locator("article:visible h3 .numero").all_inner_texts()]


def search(page: Any, text: str) -> list[str]:
    page.get_by_label("Chercher").fill(text)
    return shown(page)


def test_search_ignores_accents_case_and_apostrophes(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
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


def test_filter_by_criterion_and_by_what_is_left(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
    page.get_by_label("Critère", exact=True).select_option(index=1)
    assert shown(page) == ["1", "2", "3"]
    choose(page, "1", "conforme")
    page.get_by_label("Reste à faire seulement").check()
    assert shown(page) == ["2"]
    choose(page, "2", "conforme")
    assert shown(page) == ["2"], "a line stays under the finger that fills it"
    page.get_by_role("button", name="Retirer ce qui est fait").click()
    assert shown(page) == []
    page.get_by_role("button", name="Ligne suivante").click()
    assert "4" in shown(page)
    assert (
        page.evaluate("document.activeElement.closest('article').querySelector('.numero').textContent") == "4"
    )


def test_progress_and_counters(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
    assert page.locator("#avancement").inner_text() == "0 sur 37 évaluées"
    fill(page)
    assert page.locator("#avancement").inner_text() == "2 sur 37 évaluées"
    assert page.locator("#jauge").evaluate("g => [g.value, g.max]") == [2, 37]
    assert page.locator("#comptes li").all_inner_texts()[:3] == [
        "35 À évaluer",
        "1 Conforme",
        "1 Non-conformité mineure",
    ]
    assert page.locator("#indicateurs > section").first.locator(".faites").inner_text() == "2 sur 2 évaluées"
    assert page.locator("nav .faites").first.inner_text() == "2 sur 2 évaluées"
    choose(page, "2", "a_evaluer")
    assert page.locator("#avancement").inner_text() == "1 sur 37 évaluées"


def test_by_the_keyboard_alone(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
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


# ---- the page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", ["", NO_STORAGE], ids=["storage", "no storage"])
def test_no_accessibility_issue(
    ouvrir: Any, axe: str, hostile: Path, scheme: str, width: int, script: str, tmp_path: Path
) -> None:
    page = ouvrir(hostile, script=script, width=width, color_scheme=scheme, bypass_csp=True)
    choose(page, "1", "nc_mineure")
    (tmp_path / "faux.json").write_text("{", encoding="utf-8")
    load(page, tmp_path / "faux.json")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.add_script_tag(path=axe)
    assert page.evaluate(ISSUES) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_horizontal_scrolling(ouvrir: Any, document: Path, hostile: Path, width: int) -> None:
    for path in (document, hostile):
        page = ouvrir(path, width=width)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_hostile_name_stays_a_name(ouvrir: Any, browser: Any, hostile: Path, tmp_path: Path) -> None:
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


def test_it_prints(ouvrir: Any, document: Path) -> None:
    page = ouvrir(document)
    fill(page)
    page.emulate_media(media="print")
    assert not page.locator(".barre").is_visible()
    assert field(page, "2", "commentaire").is_visible()
    assert page.pdf().startswith(b"%PDF")
