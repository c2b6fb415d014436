"""Files of the workspace in Chromium: a plan sent, audits taken up, a colleague’s file, the agenda."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fenetres import window
from formulaires import choose, exported, field
from grilles import fill_xlsx
from pages import pdf_text, squashed
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
#: What was found of two lines, and is found again wherever the file goes.
CONSTATS = {"qualiopi/1": "conforme", "qualiopi/2": "nc_mineure"}
DITS = [
    {"id": "qualiopi/1", "constat": "conforme", "preuves_vues": ["Catalogue 2024"], "evalue_par": "A. B."},
    {"id": "qualiopi/2", "constat": "nc_mineure", "commentaire": "Aucune date.", "evalue_par": "A. B."},
]
#: What C. D. types of line 2 in her grid.
GRAVE = {
    "qualiopi/2": {
        "Constat": "Non-conformité majeure",
        "Commentaire": "Ni date ni taux.",
        "Évalué par": "C. D.",
    }
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


def downloaded(page: Any, control: Any) -> bytes:
    """What a link or a button makes the browser keep."""
    with page.expect_download() as kept_file:
        control.click()
    return Path(kept_file.value.path()).read_bytes()


def findings(page: Any, root: str) -> dict[str, str]:
    """What was found so far, by line."""
    data = json.loads(page.request.get(f"{root}/fichiers/constats.json").body())
    return {one["id"]: one["constat"] for one in data["constats"] if one["constat"] != "a_evaluer"}


def test_the_plan_is_sent_without_the_sample(page: Any, espace: str) -> None:
    """Opening and closing meetings, a person by function: Word and PDF hold them, and no drawn item."""
    root = begun(espace)
    Visitor(espace).read(
        f"{root}/ouvrir", base="99", quoi="tirer", objet="dossiers", noms="SESSION-7\nSESSION-8", taille="1"
    )
    assert "SESSION-" in page.request.get(f"{root}/fichiers/constats.json").text()
    page.goto(f"{root}/plan")
    for begins, ends, slot in (
        ("09:00", "09:30", "Réunion d’ouverture"),
        ("16:30", "17:00", "Réunion de clôture"),
    ):
        page.get_by_label("Objet").select_option(label=slot)
        page.get_by_label("De", exact=True).fill(begins)
        page.get_by_label("À", exact=True).fill(ends)
        page.get_by_role("button", name="Ajouter le créneau").click()
        playwright.expect(page.get_by_role("table").filter(has_text=begins).first).to_contain_text(slot)
    page.get_by_label("Fonction de la personne 1").fill("Responsable pédagogique")
    page.get_by_label("Initiales de la personne 1").fill("R. P.")
    page.get_by_role("button", name="Enregistrer les personnes").click()
    playwright.expect(page.get_by_label("Initiales de la personne 1")).to_have_value("R. P.")
    written = {}
    for kind in ("Word", "PDF"):
        page.goto(f"{root}/documents")
        page.get_by_role("row", name="Plan").get_by_role("button", name=kind).click()
        written[kind] = downloaded(page, page.get_by_role("link", name="Télécharger"))
    with zipfile.ZipFile(io.BytesIO(written["Word"])) as packed:
        words = packed.read("word/document.xml").decode().replace("\u00a0", " ")
        everything = "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    for awaited in ("Réunion d’ouverture", "Réunion de clôture", "Responsable pédagogique"):
        assert awaited in words
    assert "SESSION-" not in everything
    assert written["PDF"].startswith(b"%PDF-")
    told = squashed(pdf_text(written["PDF"]))
    assert squashed("Réunion d’ouverture") in told
    assert "SESSION" not in told


def test_what_is_to_review_stands_by_day_of_committee(page: Any, espace: str) -> None:
    """Three audits sent in another order than their committees: the nearest first, an unknown day last."""
    days = {"Atelier Mai": "2031-05-06", "Atelier Sans jour": "", "Atelier Mars": "2031-03-04"}
    for nom, day in days.items():
        page.goto(f"{begun(espace, organisme=AUDIT['organisme'] | {'nom': nom})}/suivre")
        page.get_by_label("Jour du comité").fill(day)
        page.get_by_role("button", name="Transmettre pour la revue").click()
        playwright.expect(page.get_by_role("button", name="Dire que c’est relu")).to_be_visible()
    page.goto("/a-relire")
    rows = [one.replace("\u00a0", " ") for one in page.locator("tbody tr").all_inner_texts()]
    assert [one.partition("\t")[0] for one in rows] == ["Atelier Mars", "Atelier Mai", "Atelier Sans jour"]
    for row, day in zip(rows, ("4 mars 2031", "6 mai 2031", "date non connue"), strict=True):
        assert day in row


def test_a_text_that_the_body_gives_is_told_as_its_own(page: Any, espace: str) -> None:
    """A line of the label without any text: given with its document and page, marked wherever it is read."""
    root = begun(espace, referentiel="certifregion", audit={"type": "initial", "date": "2023-01-09"})
    page.goto(f"{root}/saisir?ligne=certifregion/A")
    page.get_by_role("link", name="Donner le texte de l’organisme").click()
    line = page.locator("#certifregiona")
    line.get_by_text("Donner le texte").click()
    line.get_by_label("Exigence").fill("Le local est ouvert au public.")
    line.get_by_label("Document").fill("Guide remis par le label")
    line.get_by_label("Page").fill("12")
    line.get_by_role("button", name="Enregistrer").click()
    playwright.expect(page.locator("#certifregiona")).to_contain_text("texte donné")
    for place in ("saisir", "ligne"):
        page.goto(f"{root}/{place}?ligne=certifregion/A")
        main = page.get_by_role("main")
        playwright.expect(main).to_contain_text("Le local est ouvert au public.")
        playwright.expect(main).to_contain_text("texte donné par l’organisme")
        playwright.expect(main).not_to_contain_text("Aucune source ne donne le texte")
    playwright.expect(page.get_by_role("main")).to_contain_text("Guide remis par le label")


def test_deadlines_go_into_an_agenda(page: Any, espace: str) -> None:
    """The day before the end of a certificate, by which it is renewed: on the page, and in the agenda."""
    begun(
        espace,
        audit={"type": "surveillance", "date": "2031-02-03"},
        certificats={"qualiopi": {"notification": "2029-06-20", "echeance": "2032-06-19"}},
    )
    page.goto("/echeances")
    row = page.get_by_role("row").filter(has_text="Décision de renouvellement")
    playwright.expect(row).to_contain_text("18 juin 2032")
    agenda = downloaded(page, page.get_by_role("link", name="Mettre dans un agenda (ICS)")).decode()
    assert agenda.startswith("BEGIN:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20320618\r\n" in agenda


def from_form(page: Any, browser: Any, root: str, folder: Path, by: str = "") -> Path:
    """What the form of an audit exports, opened from a folder: as it is, or with a gap added."""
    form, path = folder / "formulaire.html", folder / "constats-du-formulaire.json"
    form.write_bytes(page.request.get(f"{root}/fichiers/releve-a-remplir.html").body())
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(form.as_uri())
    if by:
        opened.get_by_label("Vos initiales").fill(by)
        choose(opened, "2", "nc_majeure")
        field(opened, "2", "commentaire").fill("Ni date ni taux.")
    exported(opened, path)
    context.close()
    return path


def take_up(page: Any, *files: Path) -> None:
    """Choose files on the first page, and send them."""
    page.goto("/")
    page.get_by_label("Profil, constats, grille").set_input_files(files)
    page.get_by_role("button", name="Reprendre un fichier").click()


def root_of(page: Any) -> str:
    """The address of the audit that is shown."""
    return str(page.url.partition("?")[0].rpartition("/")[0])


def test_files_are_taken_up_by_the_first_page(page: Any, espace: str, browser: Any, tmp_path: Path) -> None:
    """A grid, a form’s export, the findings, the whole audit: one, then all at once, each finds the same."""
    root = begun(espace, constats=DITS)
    page.goto(f"{root}/documents")
    links = {
        "releve.xlsx": "La grille remplie, Excel",
        "constats.json": "Les constats, pour tout autre programme, JSON",
    }
    files = [from_form(page, browser, root, tmp_path)]
    for name, link in links.items():
        files.append(tmp_path / name)
        files[-1].write_bytes(downloaded(page, page.get_by_role("link", name=link, exact=True)))
    files.append(tmp_path / "entier.zip")
    files[-1].write_bytes(downloaded(page, page.get_by_role("button", name="Tout exporter")))
    with served(tmp_path / "ailleurs.sqlite3") as (_, elsewhere), window(browser, elsewhere) as other:
        take_up(other, files[-1])
        other.wait_for_url("**/saisir**")
        assert findings(other, root_of(other)) == CONSTATS
        take_up(other, *files[:-1])
        playwright.expect(other.locator(".dossiers > li")).to_have_count(4)
        names = other.locator(".dossiers .nom a")
        assert [one.partition(",")[0] for one in names.all_inner_texts()] == ["Atelier du Pont"] * 4
        for link in names.all():
            address = str(link.get_attribute("href"))
            assert findings(other, address.rpartition("/")[0]) == CONSTATS


def disputed(page: Any, root: str, path: Path) -> list[str]:
    """Join a colleague’s file by its page: who gives each value of the finding of line 2."""
    page.goto(f"{root}/accorder")
    page.get_by_label("Fichiers").set_input_files(path)
    page.get_by_label("De qui").fill("C. D.")
    page.get_by_role("button", name="Joindre").click()
    conflict = page.get_by_role("region", name="2 ").filter(has=page.get_by_role("heading", name="– constat"))
    playwright.expect(conflict).to_be_visible()
    return [" ".join(one.split()) for one in conflict.locator(".valeurs > li").all_inner_texts()]


@pytest.mark.parametrize("kind", ["grille", "formulaire"])
def test_a_colleague_is_named_where_two_disagree(
    page: Any, espace: str, browser: Any, tmp_path: Path, kind: str
) -> None:
    """A grid, or a form’s export, where C. D. finds line 2 graver than A. B. did since: both are named."""
    root = begun(espace, constats=DITS[:1])
    if kind == "formulaire":
        path = from_form(page, browser, root, tmp_path, by="C. D.")
    else:
        path = tmp_path / "releve.xlsx"
        grid = page.request.get(f"{root}/fichiers/releve.xlsx").body()
        path.write_bytes(fill_xlsx(grid, GRAVE))
    visitor = Visitor(espace)
    visitor.read("/moi", initiales="A. B.", nom="Ada Bernard")
    visitor.read(f"{root}/saisir?ligne=qualiopi/2", base="99", constat="nc_mineure", commentaire="Sans date.")
    mine, theirs = disputed(page, root, path)
    assert mine.startswith("Non-conformité mineure Ada Bernard, le ")
    assert theirs.startswith("Non-conformité majeure C. D., le ")
