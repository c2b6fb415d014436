"""Self-assessments in Chromium: the form clicked through, the pages under axe, the drawings measured.

Needs Chromium on the path, ``playwright``, and axe-core: ``AXE_JS`` is the path of its ``axe.min.js``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from autodiagnostics import cadre, demande, registre, synthese
from fabrique import HOSTILES
from formulaires import ISSUES, WIDTHS, line
from habillages import dit
from msgspec.structs import replace

from certif_rules.services.autodiagnostic import make_grid, synthesis
from certif_rules.services.formats import FORMATS, write_document
from certif_rules.services.reponses import read_answers
from certif_rules.source.schema import check
from certif_rules.vie.progression import compare

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur

#: Texts of a drawing of which a part is outside of it, in units of the drawing.
OUTSIDE = """() => [...document.querySelectorAll("text")].filter(node => {
  const box = node.getBBox(), view = document.querySelector("svg").viewBox.baseVal;
  return box.x < view.x || box.y < view.y || box.x + box.width > view.x + view.width
    || box.y + box.height > view.y + view.height;
}).map(node => node.textContent)"""
#: Levels that leave a criterion without answer, one that does not apply, one at each end.
LEVELS = {
    "1": 3,
    "2": 3,
    "4": 1,
    "5": 0,
    "9": 2,
    "17": 1,
    "E": 0,
    "21": 2,
    "22": None,
    "23": 2,
    "K": 1,
    "C": 2,
}
LATER = {**LEVELS, "4": 3, "23": None, "30": 1}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The form, a synthesis, a comparison, and a form whose organisation has a name that attacks."""
    folder = tmp_path_factory.mktemp("autodiagnostic")
    nom = " ".join(HOSTILES) + "</script><img src=x onerror=alert(1)>" + "x" * 200
    organisme = {"nom": nom, "categories": ["AF"]}
    one, two = synthese(cadre(), dict(LEVELS)), synthese(cadre(), dict(LATER))
    made = {
        "formulaire": write_document("grille", FORMATS["html"], cadre()),
        "hostile": write_document(
            "grille", FORMATS["html"], make_grid(registre(), demande(organisme=organisme))
        ),
        "synthese": write_document("synthese", FORMATS["html"], one),
        "comparaison": write_document("comparaison", FORMATS["html"], compare(one, two)),
    }
    for name, content in made.items():
        (folder / f"{name}.html").write_bytes(content)
    return {name: folder / f"{name}.html" for name in made}


def choose(page: Any, numero: str, value: str) -> None:
    line(page, numero).locator(f"input[type=radio][value='{value}']").check()


def exported(page: Any, path: Path) -> Any:
    with page.expect_download() as download:
        page.get_by_role("button", name="Exporter les réponses").first.click()
    download.value.save_as(path)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["formulaire", "hostile", "synthese", "comparaison"])
def test_no_page_has_a_violation_nor_overflows(
    ouvrir: Any, pages: dict[str, Path], axe: str, name: str, width: int
) -> None:
    """axe finds no fault in the self-assessment, and it fits its window."""
    for scheme in ("light", "dark"):
        page = ouvrir(pages[name], width=width, bypass_csp=True, color_scheme=scheme)
        page.evaluate(Path(axe).read_text(encoding="utf-8"))
        assert page.evaluate(ISSUES) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["synthese", "comparaison"])
def test_no_label_of_a_drawing_is_cut(ouvrir: Any, pages: dict[str, Path], tmp_path: Path, name: str) -> None:
    """As the browser lays the words out, in its own fonts."""
    page = ouvrir(pages[name])
    sources = page.evaluate("[...document.querySelectorAll('figure img')].map(image => image.src)")
    assert len(sources) == 2
    for number, source in enumerate(sources):
        drawing = tmp_path / f"{number}.html"
        drawing.write_text(
            page.evaluate("async source => '<!DOCTYPE html>' + await (await fetch(source)).text()", source),
            encoding="utf-8",
        )
        assert ouvrir(drawing).evaluate(OUTSIDE) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_words_of_the_drawings_are_large_enough_to_read(
    ouvrir: Any, pages: dict[str, Path], width: int
) -> None:
    """On a telephone the smallest name is at least nine pixels high."""
    page = ouvrir(pages["synthese"], width=width)
    scales = page.evaluate(
        "[...document.querySelectorAll('figure img')]"
        ".map(image => image.getBoundingClientRect().width / image.naturalWidth)"
    )
    assert min(scales) * 15 >= 9


@pytest.mark.parametrize("width", WIDTHS)
def test_a_grid_filled_offline_is_read_back(
    ouvrir: Any, pages: dict[str, Path], tmp_path: Path, width: int
) -> None:
    """Levels, a reason that is asked for, a comment; a reload keeps them; the program reads the export."""
    page = ouvrir(pages["formulaire"], width=width)
    page.locator("#fait_le").fill("2024-02-01")
    choose(page, "1", "0")
    choose(page, "2", "sans_objet")
    reason = line(page, "2").locator("[data-champ=raison]")
    assert reason.get_attribute("aria-invalid") == "true"
    assert "! raison à écrire" in line(page, "2").locator(".suivi").inner_text()
    reason.fill("<b>aucun</b> résultat")
    assert reason.get_attribute("aria-invalid") == "false"
    line(page, "1").locator("[data-champ=commentaire]").fill("à faire")
    page.reload()
    assert page.locator("#avancement").inner_text() == "2 sur 35 répondues"
    assert line(page, "1").locator("input[value='0']").is_checked()
    file = tmp_path / "reponses.json"
    data = exported(page, file)
    assert check(data, "reponses") == []
    found = synthesis(registre(), read_answers(file), demande())
    answered = {
        c.ligne.indicateur.numero: (c.appreciation.niveau, c.appreciation.raison, c.appreciation.commentaire)
        for c in found.cotations
        if c.appreciation.repondue
    }
    assert answered == {"1": (0, None, "à faire"), "2": (None, "<b>aucun</b> résultat", None)}
    assert found.fait_le == "2024-02-01"


def test_import_takes_back_what_was_exported_and_refuses_the_rest(
    ouvrir: Any, pages: dict[str, Path], tmp_path: Path
) -> None:
    """Answers exported come back; any other file is refused."""
    page = ouvrir(pages["formulaire"])
    choose(page, "1", "3")
    choose(page, "G", "1")
    file = tmp_path / "r.json"
    data = exported(page, file)
    again = ouvrir(pages["formulaire"])
    again.locator("#fichier").set_input_files(file)
    playwright.expect(again.locator("#avancement")).to_have_text("2 sur 35 répondues")
    assert line(again, "G").locator("input[value='1']").is_checked()
    data["reponses"][0]["niveau"] = 9
    data["reponses"][1]["id"] = "qualiopi/99"
    data["reponses"][2]["raison"] = 3
    file.write_text(json.dumps(data), encoding="utf-8")
    again.locator("#fichier").set_input_files(file)
    playwright.expect(again.locator("#refus li")).to_have_count(3)
    assert again.locator("#avancement").inner_text() == "2 sur 35 répondues"
    data["organisme"]["categories"] = ["BC"]
    file.write_text(json.dumps(data), encoding="utf-8")
    again.locator("#fichier").set_input_files(file)
    playwright.expect(again.locator("#refus li")).to_have_count(1)
    assert "catégories" in again.locator("#refus").inner_text()


def test_without_its_script_it_says_so_and_nothing_typed_runs(ouvrir: Any, pages: dict[str, Path]) -> None:
    """A browser without scripts is told; a hostile name runs nothing."""
    page = ouvrir(pages["formulaire"], java_script_enabled=False)
    assert "ne garde rien" in page.locator("#alerte").inner_text()
    hostile = ouvrir(pages["hostile"])
    assert hostile.locator("img").count() == 0
    assert not hostile.locator("#alerte").is_visible()


def test_a_dressed_form_shows_its_logo(ouvrir: Any, tmp_path: Path) -> None:
    """The policy of the page lets the picture of the body be drawn, and nothing else."""
    dressed = make_grid(registre(), replace(demande(), habillage=dit(tmp_path)))
    path = tmp_path / "habille.html"
    path.write_bytes(write_document("grille", FORMATS["html"], dressed))
    logo = ouvrir(path).get_by_role("img", name="Certif’Exemple")
    assert logo.evaluate("image => image.complete && image.naturalWidth > 0")
