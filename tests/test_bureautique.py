"""Grids through a real LibreOffice: what it saves is read back the same, and it clips no row (story A3)."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import colonnes
import pytest
from colonnes import answers, check_values, extended
from formules import Classeur
from grilles import AF, SURVEILLANCE, TABLE, atelier, fill_xlsx, filled, follow_xlsx, grille
from openpyxl import load_workbook
from test_lire_appui_et_levee import BARE, FIRST, bare, first, levelled, notes
from test_lire_valeurs import VALUES, in_xlsx

from certif_rules.audit.constats import Releve
from certif_rules.grilles import ods, xlsx
from certif_rules.grilles.classeur import height
from certif_rules.grilles.feuilles import ECARTS
from certif_rules.grilles.grille import build
from certif_rules.services.lecture import read_grids

pytestmark = pytest.mark.bureautique

SAISIE = {
    "qualiopi/1": {
        "Constat": "Non-conformité mineure",
        "Commentaire": "=1+1, puis\nseconde ligne",
        "Preuves vues": "Site, page tarifs\n@contrat",
        "Échantillon": "D-01\nD-02",
        "Évalué par": "AB",
        "Évalué le": "2024-03-18",
    },
    "qualiopi/3": {"Constat": "Non applicable"},
    "qualiopi/11": {"Constat": "Non-conformité majeure", "Commentaire": "Aucune trace"},
}


def convert(path: Path, kind: str, folder: Path) -> Path:
    """``path`` saved by LibreOffice in another format."""
    office = shutil.which("soffice") or pytest.fail("LibreOffice n’est pas installé")
    folder.mkdir(parents=True, exist_ok=True)
    profile = f"-env:UserInstallation={(folder / 'profil').resolve().as_uri()}"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", kind, "--outdir", folder, path],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return folder / f"{path.stem}.{kind}"


def read(path: Path) -> list[Releve]:
    releves = read_grids(atelier(), [path]).dossier.releves
    return [Releve(**{k: getattr(r, k) for k in Releve.__slots__ if k != "lieu"}) for r in releves]


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_saved_by_libreoffice_reads_the_same(suffix: str, tmp_path: Path) -> None:
    """XLSX → ODS → XLSX, and from ODS: same findings; drop-downs, header and counters are kept."""
    path = filled(grille(), suffix, SAISIE, tmp_path)
    expected = read(path)
    assert sum(r.porte for r in expected) == 3
    opened = convert(path, "ods", tmp_path / "un")
    saved = convert(opened, "xlsx", tmp_path / "deux")
    assert read(opened) == expected
    assert read(saved) == expected
    # Nothing of ours is taken for what a person added.
    assert [read_grids(atelier(), [p]).avertissements for p in (path, opened, saved)] == [()] * 3
    book = load_workbook(io.BytesIO(saved.read_bytes()))
    sheet = book["Grille"]
    assert [sheet.cell(1, c).value for c in (1, 11, 22)] == ["Critère", "Constat", "Identifiant"]
    assert sheet.print_title_rows == "$1:$1"
    offered = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
    assert any("Listes" in formula for formula in offered.values())
    values = load_workbook(io.BytesIO(saved.read_bytes()), data_only=True)["Contexte"]
    counters = {values.cell(r, 1).value: values.cell(r, 2).value for r in range(1, values.max_row + 1)}
    assert counters["Non-conformité mineure"] == 1
    assert counters["Lignes à auditer, sans constat"] == 21


def test_a_lifting_and_a_text_cited_are_read_the_same(tmp_path: Path) -> None:
    """A 0 lifted to 2, a line without text that cites one: the same once LibreOffice saved them, twice."""
    gap = {"Levé le": "2025-04-02", "Levé par": "J. D.", "Niveau après levée": "2"}
    cited = {BARE: {"Constat": "Conforme", "Texte d’appui": "Référentiel V5, page 12"}}
    (tmp_path / "appui").mkdir()
    scaled = levelled("xlsx", tmp_path, "0", gap)
    bare_ = filled(bare(), "xlsx", cited, tmp_path / "appui")
    for n, (known, ligne, path) in enumerate(((notes(), FIRST, scaled), (atelier(), BARE, bare_))):
        opened = convert(path, "ods", tmp_path / f"un{n}")
        for saved in (opened, convert(opened, "xlsx", tmp_path / f"deux{n}")):
            lecture = read_grids(known, [saved])
            assert lecture.avertissements == ()
            releve = first(lecture, ligne)
            lifted = (releve.leve_le, releve.leve_par, releve.leve_constat)
            assert lifted == (("2025-04-02", "J. D.", "niveau_2") if ligne == FIRST else (None,) * 3)
            assert releve.appui == (None if ligne == FIRST else "Référentiel V5, page 12")


def test_values_of_any_kind_are_read_the_same(tmp_path: Path) -> None:
    """Days, hours, shares, sums and logic typed in the comments: the same from XLSX, ODS, XLSX again.

    All but a zero that its format hides: an ODS shows nothing there, as where a program wrote no text at all.
    """
    values = [value for name, value in VALUES.items() if name != "hidden"]
    cells = {f"O{row}": (said, code) for row, (said, code, *_) in enumerate(values, start=2)}
    path = in_xlsx(tmp_path, cells)
    lecture = read_grids(atelier(), [path])
    texts = [r.commentaire for r in lecture.dossier.releves if r.commentaire]
    assert texts == [expected for *_, expected, _ in values]
    opened = convert(path, "ods", tmp_path / "un")
    for saved in (opened, convert(opened, "xlsx", tmp_path / "deux")):
        again = read_grids(atelier(), [saved])
        assert [r.commentaire for r in again.dossier.releves if r.commentaire] == texts
        assert [a.code for a in again.avertissements] == [a.code for a in lecture.avertissements]


STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
POINTS = {"in": 72.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "pt": 1.0}


def heights(path: Path, sheet: str) -> list[float]:
    """The height of each row of a sheet of a flat OpenDocument file, in points."""
    root = ElementTree.parse(path).getroot()
    styles = {}
    for style in root.iter(f"{STYLE}style"):
        for found in style.iter(f"{STYLE}table-row-properties"):
            length = found.get(f"{STYLE}row-height") or "0pt"
            styles[style.get(f"{STYLE}name")] = float(length[:-2]) * POINTS[length[-2:]]
    table = next(t for t in root.iter(f"{TABLE}table") if t.get(f"{TABLE}name") == sheet)
    rows = [r for r in table.iter(f"{TABLE}table-row") if "".join(r.itertext()).strip()]
    return [styles[r.get(f"{TABLE}style-name")] for r in rows]


@pytest.mark.parametrize("referentiel", ["qualiopi", "certifregion"])
def test_no_row_is_clipped(referentiel: str, tmp_path: Path) -> None:
    """Every row is at least as high as LibreOffice would make it, and hardly higher."""
    checklist = grille(**AF | {"referentiel": referentiel})
    source = ZipFile(io.BytesIO(ods.render(checklist)))
    path = tmp_path / "libre.ods"
    with ZipFile(path, "w") as archive:
        for member in source.namelist():
            content = source.read(member).replace(b'optimal-row-height="false"', b'optimal-row-height="true"')
            archive.writestr(member, content)
    best = convert(path, "fods", tmp_path / "fods")
    for feuille in build(checklist).feuilles:
        if feuille.cachee or feuille.nom == ECARTS:
            continue
        ours = [height(feuille, ligne) for ligne in feuille.lignes if any(c.texte for c in ligne)]
        wanted = heights(best, feuille.nom)
        assert len(ours) == len(wanted)
        short = [(n, a, b) for n, (a, b) in enumerate(zip(ours, wanted, strict=True), start=1) if a < b - 0.5]
        assert short == [], feuille.nom
        # Six points of air, which is much for a row of one line.
        assert sum(ours) - 6 * len(ours) < 1.3 * sum(wanted), feuille.nom


@pytest.mark.parametrize("more", [False, True], ids=["ours", "extended"])
def test_libreoffice_computes_what_the_findings_say(more: bool, tmp_path: Path) -> None:
    """Counters, deadlines and the sheet of gaps, recalculated by LibreOffice; so with columns added."""
    path = tmp_path / "grille.xlsx"
    if more:
        (tmp_path / "maison").mkdir()
        answers(extended(tmp_path / "maison"), tmp_path)
    else:
        content = fill_xlsx(xlsx.render(grille(**SURVEILLANCE)), colonnes.SAISIE)
        path.write_bytes(
            follow_xlsx(
                content,
                notified=colonnes.NOTIFIES,
                gaps=colonnes.ECARTS,
                checks=colonnes.VERIFICATIONS,
            )
        )
    saved = convert(convert(path, "ods", tmp_path / "un"), "xlsx", tmp_path / "deux")
    check_values(Classeur(saved.read_bytes(), recalculated=True))
    if more:
        counted = Classeur(
            convert(tmp_path / "grille.ods", "xlsx", tmp_path / "trois").read_bytes(), recalculated=True
        )
        counters = counted.labelled("Contexte")
        assert (counters["Lignes à auditer, sans constat"], counters["Non-conformité majeure"]) == (11, 1)
