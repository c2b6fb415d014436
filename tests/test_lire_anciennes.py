"""Grids written before the table had some columns: they are read without them, and without any other not."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from grilles import AF, FAITS, FORMATS, SURVEILLANCE, TABLE, atelier, filled, grille, rezipped
from msgspec.structs import replace
from openpyxl import load_workbook
from test_lire_appui_et_levee import notes, scale

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import Releve
from certif_rules.colonnes import COMMENTAIRE, LEVEE, NIVEAU_LEVE, RECENTES, SITE
from certif_rules.errors import DataError
from certif_rules.services.lecture import Lecture, read_grids

SITES = [{"id": s, "commune": "Toulouse", "region": "Occitanie"} for s in ("S1", "S2")]
SAISIE = {
    "qualiopi/1": {"Constat": "Non-conformité mineure", "Commentaire": "Tarifs absents"},
    "qualiopi/4": {"Constat": "Conforme", "Preuves vues": "site\nplaquette", "Évalué le": "2025-09-01"},
}


def without_in_xlsx(content: bytes, title: str) -> bytes:
    book = load_workbook(io.BytesIO(content), rich_text=True)
    for sheet in book:
        place = next((cell.column for cell in sheet[1] if cell.value == title), None)
        if place is not None:
            sheet.delete_cols(place)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def without_in_ods(content: bytes, title: str) -> bytes:
    source = ZipFile(io.BytesIO(content))
    root = ElementTree.fromstring(source.read("content.xml"))
    for table in root.iter(f"{TABLE}table"):
        header, *rows = table.iter(f"{TABLE}table-row")
        titles = ["".join(cell.itertext()) for cell in header]
        if title in titles:
            for row in (header, *rows):
                row.remove(row[titles.index(title)])
    root.set("xmlns:of", "urn:oasis:names:tc:opendocument:xmlns:of:1.2")
    return rezipped(source, {"content.xml": ElementTree.tostring(root)})


def without_in_csv(content: bytes, title: str) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    place = rows[0].index(title.lower()) if title.lower() in rows[0] else len(rows[0])
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(r[:place] + r[place + 1 :] for r in rows)
    return out.getvalue().encode("utf-8-sig")


WITHOUT: dict[str, Callable[[bytes, str], bytes]] = {
    "xlsx": without_in_xlsx,
    "ods": without_in_ods,
    "csv": without_in_csv,
}


def older(checklist: Checklist, suffix: str, title: str, folder: Path) -> Path:
    """Return the filled grid without one of its columns."""
    path = filled(checklist, suffix, SAISIE, folder, "ancienne")
    before = path.read_bytes()
    path.write_bytes(WITHOUT[suffix](before, title))
    return path


def said(lecture: Lecture) -> tuple[list[Releve], list[Releve]]:
    """Return the findings and those of the checks, wherever they were read."""
    dossier = lecture.dossier
    plain: Any = lambda releves: [replace(r, lieu=None, lieux={}) for r in releves]  # noqa: E731
    return plain(dossier.releves), plain(dossier.verifications)


@pytest.mark.parametrize("title", sorted(RECENTES))
@pytest.mark.parametrize("suffix", WITHOUT)
def test_a_grid_older_than_a_column_is_read(suffix: str, title: str, tmp_path: Path) -> None:
    """The same findings as from the whole grid, at an audit with a check; nothing is told of no use."""
    checklist = grille(**SURVEILLANCE)
    whole = read_grids(atelier(), [filled(checklist, suffix, SAISIE, tmp_path)])
    lecture = read_grids(atelier(), [older(checklist, suffix, title, tmp_path)])
    assert said(lecture) == said(whole)
    constats = {r.ligne: r.constat for r in lecture.dossier.releves if r.porte}
    assert constats == {"qualiopi/1": "nc_mineure", "qualiopi/4": "conforme"}
    assert len(lecture.dossier.verifications) == 1
    assert lecture.avertissements == ()


@pytest.mark.parametrize("suffix", WITHOUT)
def test_a_csv_without_the_columns_of_a_lifting_is_read(suffix: str, tmp_path: Path) -> None:
    """A scale with levels to lift, by a version that did not ask for the level: it is told."""
    lecture = read_grids(notes(), [older(scale(), suffix, NIVEAU_LEVE.titre, tmp_path)])
    (told,) = lecture.avertissements
    assert (told.code, "niveau après levée" in told.message.lower()) == ("colonne_lue_vide", True)
    path = filled(scale(), "csv", {}, tmp_path, "avant")
    content = path.read_bytes()
    for colonne in LEVEE:
        content = without_in_csv(content, colonne.titre)
    path.write_bytes(content)
    assert [a.code for a in read_grids(notes(), [path]).avertissements] == ["colonne_lue_vide"] * 3


@pytest.mark.parametrize("suffix", WITHOUT)
def test_a_column_that_would_be_of_use_is_told(suffix: str, tmp_path: Path) -> None:
    """Two sites, and a grid that cannot say at which a finding was made: it is read, and told once."""
    checklist = grille(organisme={"categories": ["AF"], "faits": FAITS, "sites": SITES})
    lecture = read_grids(atelier(), [older(checklist, suffix, SITE.titre, tmp_path)])
    assert {r.site for r in lecture.dossier.releves} == {None}
    (told,) = lecture.avertissements
    assert told.code == "colonne_lue_vide"
    assert "« Site »" in told.message or "« site »" in told.message
    whole = read_grids(atelier(), [filled(checklist, suffix, SAISIE, tmp_path)])
    assert whole.avertissements == ()


@pytest.mark.parametrize("suffix", WITHOUT)
def test_a_column_of_every_grid_is_still_required(suffix: str, tmp_path: Path) -> None:
    """« Commentaire » was in the first grids: without it, the grid is refused, and that is all it is."""
    checklist = grille(**AF)
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [older(checklist, suffix, COMMENTAIRE.titre, tmp_path)])
    codes = {i.code for i in caught.value.issues}
    assert codes == {"colonne-absente", "commentaire-manquant"}
    assert COMMENTAIRE.titre not in RECENTES
    assert set(WITHOUT) < set(FORMATS)
