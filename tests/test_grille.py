"""The grid that goes out: sheets, drop-downs, counters, protection, and the same bytes twice (story A3)."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from colonnes import ECARTS, NOTIFIES, SAISIE, VERIFICATIONS, check_values
from formules import Classeur
from grilles import OFFICE, SURVEILLANCE, TABLE, atelier, column, fill_xlsx, filled, follow_xlsx, grille
from openpyxl import load_workbook

from certif_rules.grilles import ods, xlsx
from certif_rules.grilles.classeur import TONS, Cellule, Feuille, height
from certif_rules.grilles.feuilles import COLONNES, DONNEES, GRILLE
from certif_rules.grilles.grille import build
from certif_rules.grilles.ods import open_formula
from certif_rules.services.lecture import read_grids

HOSTILE = '=HYPERLINK("http://exemple.invalid")'


@pytest.fixture(scope="module")
def classeur():
    return load_workbook(io.BytesIO(xlsx.render(grille())))


def choices(classeur, cell: str) -> list[str]:
    """What the drop-down of a cell of the sheet Grille offers."""
    for validation in classeur["Grille"].data_validations.dataValidation:
        if cell in validation.sqref:
            area = validation.formula1.removeprefix("Listes!")
            return [row[0].value for row in classeur["Listes"][area.replace("$", "")]]
    return []


def row_of(classeur, numero: str) -> int:
    sheet = classeur["Grille"]
    return next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, 2).value == numero)


def test_a3_lines_due_and_out(classeur) -> None:
    """One header, 23 rows due, 9 that do not apply: kept, greyed, labelled and reasoned."""
    sheet = classeur["Grille"]
    rows = [
        {name: sheet.cell(r, column(name)).value for name in COLONNES} for r in range(2, sheet.max_row + 1)
    ]
    assert [sheet.cell(1, c).value for c in range(1, len(COLONNES) + 1)] == list(COLONNES)
    due = [row for row in rows if row["À auditer à cette étape"] == "oui"]
    out = [row for row in rows if row["Applicabilité"] == "Non applicable"]
    assert (len(rows), len(due), len(out)) == (32, 23, 9)
    assert all(row["Motif"] for row in rows)
    greys = {sheet.cell(r, 7).fill.fgColor.rgb for r, row in enumerate(rows, 2) if row in out}
    assert greys == {"FFEAEEEC"}


def test_a3_drop_downs_offer_what_is_permitted(classeur) -> None:
    """No minor finding on line 11, one on line 9; every cell starts empty."""
    on_11, on_9 = (choices(classeur, f"K{row_of(classeur, n)}") for n in ("11", "9"))
    assert "Non-conformité mineure" not in on_11
    assert "Non-conformité majeure" in on_11
    assert on_9 == ["Conforme", "Non-conformité mineure", "Non-conformité majeure", "Non applicable"]
    assert {classeur["Grille"].cell(r, column("Constat")).value for r in range(2, 34)} == {None}


def test_a3_counters_are_live() -> None:
    """Findings typed are counted, dated from their notification, and named again on the sheet of gaps."""
    content = fill_xlsx(xlsx.render(grille(**SURVEILLANCE)), SAISIE)
    check_values(Classeur(follow_xlsx(content, notified=NOTIFIES, gaps=ECARTS, checks=VERIFICATIONS)))


def test_formulas_are_those_that_the_library_would_write() -> None:
    """None calls a function that older spreadsheets know under another name: they are written as they are."""
    from xlsxwriter.worksheet import Worksheet

    sheets = build(grille()).feuilles
    formulas = {c.formule for sheet in sheets for row in sheet.lignes for c in row if c.formule is not None}
    assert len(formulas) > 20
    assert {Worksheet()._prepare_formula(f"={formula}") for formula in formulas} == formulas


def test_a3_counters_of_an_empty_grid() -> None:
    """Before anything is typed, every line due is to assess, and nothing is found or dated."""
    computed = Classeur(xlsx.render(grille()))
    counters = computed.labelled("Contexte")
    assert counters["Lignes à auditer"] == counters["Lignes à auditer, sans constat"] == 23
    assert counters["Non-conformité mineure"] == counters["Conforme"] == 0
    assert not any(row["Échéance de traitement"] for row in computed.rows("Grille"))


def test_protection_and_print(classeur) -> None:
    """Protected without password, filtering allowed; answers unlocked; A4 landscape, one page wide."""
    sheet = classeur["Grille"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not sheet.protection.autoFilter
    assert sheet["D2"].protection.locked
    assert not sheet.cell(2, column("Constat")).protection.locked
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("L2", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0
    assert classeur["Listes"].sheet_state == classeur[DONNEES].sheet_state == "hidden"
    assert classeur.sheetnames[:5] == ["Contexte", "Grille", "Textes", "Écarts", "À propos"]


@pytest.mark.parametrize("module", [xlsx, ods])
def test_same_bytes_twice(module) -> None:
    """The same checklist gives the same grid, byte for byte."""
    assert module.render(grille()) == module.render(grille())


@pytest.mark.parametrize("module", [xlsx, ods])
def test_typed_text_is_never_a_formula(module) -> None:
    """A name that looks like a formula is a text in both formats; only the engine's formulas are formulas."""
    checklist = grille(organisme={"nom": HOSTILE, "categories": ["AF"]})
    content = module.render(checklist)
    if module is xlsx:
        cells = [c for sheet in load_workbook(io.BytesIO(content)) for row in sheet for c in row]
        assert HOSTILE in {c.value for c in cells if c.data_type == "s"}
        assert not [c for c in cells if c.data_type == "f" and "HYPERLINK" in str(c.value)]
        return
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("content.xml"))
    cells = list(root.iter(f"{TABLE}table-cell"))
    assert HOSTILE in {"".join(c.itertext()) for c in cells if c.get(f"{OFFICE}value-type") == "string"}
    assert not [c for c in cells if "HYPERLINK" in c.get(f"{TABLE}formula", "")]


def test_the_grid_carries_its_request() -> None:
    """The hidden sheet holds the request and the digest, in cells that every spreadsheet can hold."""
    sheet = next(f for f in build(grille()).feuilles if f.nom == DONNEES)
    texts = [row[0].texte for row in sheet.lignes]
    assert all(len(text) < 32_000 for text in texts)
    assert '"empreinte":"sha256:' in "".join(texts)
    assert " " not in "".join(texts[1:])


def test_rows_are_as_high_as_their_text() -> None:
    """A row of a grid is high enough for its text, hidden columns left aside."""
    sheet = Feuille(nom="x", largeurs=(20, 0), lignes=())
    one, many = (Cellule(text, "moteur") for text in ("court", "long " * 40))
    assert height(sheet, (one,)) < height(sheet, (many,)) <= 409
    assert height(sheet, (one, many)) == height(sheet, (one,)), "a hidden column takes no room"


@pytest.mark.parametrize(
    ("a1", "opened"),
    [
        ('COUNTIF(Grille!$K$2:$K$3,"a,B2")', 'of:=COUNTIF([$Grille.$K$2:.$K$3];"a,B2")'),
        (
            "INDEX('Écarts'!$J$2:$J$9,MATCH($B4,A1:A2,0))",
            "of:=INDEX([$'Écarts'.$J$2:.$J$9];MATCH([.$B4];[.A1:.A2];0))",
        ),
    ],
)
def test_formulas_of_opendocument(a1: str, opened: str) -> None:
    """A formula means the same in ODS as in XLSX."""
    assert open_formula(a1) == opened


def test_zeros_are_printed() -> None:
    """A counter at zero is a value: an ODS that does not ask for zeros would print an empty cell."""
    styles = zipfile.ZipFile(io.BytesIO(ods.render(grille()))).read("styles.xml").decode()
    printed = re.findall(r' style:print="([^"]*)"', styles)
    assert printed
    assert all("zero-values" in each.split() for each in printed)


# ---- the screen of an auditor --------------------------------------------------------------------------

#: A laptop: 1366 × 768, less what the spreadsheet and the system keep for themselves.
WIDTH, HEIGHT = 1_290, 430


@pytest.mark.parametrize("referentiel", ["qualiopi", "certifregion"])
def test_five_lines_are_on_the_screen_of_a_laptop(referentiel: str) -> None:
    """Number, title and finding are frozen together; wherever one scrolls, five lines at least are seen."""
    feuille = next(f for f in build(grille(referentiel=referentiel)).feuilles if f.nom == GRILLE)
    titles = [cell.texte for cell in feuille.lignes[0]]
    assert feuille.figees == titles.index("Constat") + 1
    frozen = sum(largeur * 7 + 5 for largeur in feuille.largeurs[: feuille.figees] if largeur)
    comment = titles.index("Commentaire")
    assert frozen < WIDTH - (feuille.largeurs[comment] * 7 + 5)
    assert sum(largeur * 7 + 5 for largeur in feuille.largeurs[: comment + 1] if largeur) < WIDTH
    head, *rows = (height(feuille, ligne) * 4 / 3 for ligne in feuille.lignes)
    assert head + max(sum(rows[n : n + 5]) for n in range(len(rows) - 4)) < HEIGHT


def test_long_texts_are_whole_in_their_own_sheet() -> None:
    """Requirement, level, evidence and reasons of line 1, whole; the grid has its title, and hides them."""
    classeur = build(grille())
    feuilles = {f.nom: f for f in classeur.feuilles}
    textes = [cell.texte for cell in feuilles["Textes"].lignes[1]]
    assert textes[1].startswith("Information publique sur l’offre\nMettre à la portée du public")
    grid = feuilles[GRILLE]
    titles = [cell.texte for cell in grid.lignes[0]]
    assert grid.lignes[1][titles.index("Intitulé")].texte == "Information publique sur l’offre"
    level = grid.lignes[1][titles.index("Niveau attendu")].texte
    assert level == " ".join(textes[2].split("\n"))
    hidden = {title for title, largeur in zip(titles, grid.largeurs, strict=True) if not largeur}
    assert {"Niveau attendu", "Exemples de preuves", "Motif", "Gravité admise"} <= hidden
    # A hidden cell of several lines would make its row as high as it.
    assert all("\n" not in grid.lignes[1][titles.index(t)].texte for t in hidden)


def test_findings_look_by_gravity() -> None:
    """A major has a square, a minor a triangle, what conforms a tick, what does not apply the empty set."""
    tons = build(grille(**SURVEILLANCE)).tons
    assert {words: TONS[ton].signe for words, ton in tons.items()} == {
        "Conforme": "✓",
        "Non-conformité mineure": "△",
        "Non-conformité majeure": "■",
        "Non applicable": "∅",
        "Satisfaite": "✓",
        "Non satisfaite": "■",
    }
    assert len({ton.fond for ton in TONS.values()}) == len({ton.signe for ton in TONS.values()}) == 4


def test_the_look_of_findings_is_in_both_formats(classeur) -> None:
    """The finding chosen changes the look of its cell; the sign is in the format of the text, never in it."""
    rules = classeur["Grille"].conditional_formatting
    (area,) = [zone for zone in rules if str(zone.sqref).startswith("K2")]
    major = next(r for r in area.rules if r.formula == ['$K2="Non-conformité majeure"'])
    assert (major.dxf.font.b, major.dxf.fill.bgColor.rgb) == (True, "FF8C1D18")
    assert major.dxf.numFmt.formatCode.endswith('"■ "@')
    archive = zipfile.ZipFile(io.BytesIO(ods.render(grille())))
    style = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
    maps = ElementTree.fromstring(archive.read("content.xml")).iter(f"{style}map")
    looks = {m.get(f"{style}condition"): m.get(f"{style}apply-style-name") for m in maps}
    assert looks['cell-content()="Non-conformité majeure"'] == "ton_grave"
    assert "<number:text>■ </number:text><number:text-content/>" in archive.read("styles.xml").decode()


def test_a_finding_saved_with_its_sign_is_read(tmp_path: Path) -> None:
    """A spreadsheet that saves what it shows writes « ■ Non-conformité majeure »."""
    saisie = {"qualiopi/1": {"Constat": "■ Non-conformité majeure", "Commentaire": "x"}}
    path = filled(grille(), "csv", saisie, tmp_path)
    assert read_grids(atelier(), [path]).dossier.releves[0].constat == "nc_majeure"


def test_rows_grow_as_they_are_filled(classeur) -> None:
    """The rows that are filled have no height set for good; those of the texts do."""
    archive = zipfile.ZipFile(io.BytesIO(xlsx.render(grille())))
    sheets = {
        name: archive.read(f"xl/worksheets/sheet{n}.xml") for n, name in enumerate(classeur.sheetnames, 1)
    }
    rigid = {name for name, content in sheets.items() if b"customHeight" in content}
    assert not rigid & {"Grille", "Écarts"}
    assert {"Contexte", "Textes"} <= rigid
