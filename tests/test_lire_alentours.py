"""What a filled grid holds besides its findings, and what grows around it: read, or told with its place."""

from __future__ import annotations

import csv
import io
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from grilles import SURVEILLANCE, atelier, column, filled, grille, place_ods, rezipped
from habillages import habillee
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from certif_rules.audit.demande import from_profile, read_profile
from certif_rules.errors import DataError
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import ods, xlsx
from certif_rules.services.checklist import make_checklist
from certif_rules.services.lecture import Lecture, read_grids

CHECKLIST = grille()
CONFORME = {"qualiopi/1": {"Constat": "Conforme"}}


def told(path: Path) -> list[tuple[str, str]]:
    """« (code, place) » of everything that is told of a grid that is read."""
    lecture = read_grids(atelier(), [path])
    return [(a.code, a.message.removeprefix(f"{path}:").split(" : ")[0]) for a in lecture.avertissements]


def constat(lecture: Lecture) -> str:
    return lecture.dossier.releves[0].constat


def refused(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [path])
    return [(i.code, str(i.location).removeprefix(f"{path}:")) for i in caught.value.issues]


def edited(folder: Path, change: Callable, checklist=CHECKLIST) -> Path:
    book = load_workbook(io.BytesIO(xlsx.render(checklist)), rich_text=True)
    change(book)
    path = folder / "grille.xlsx"
    book.save(path)
    return path


def with_members(path: Path, changes: dict[str, bytes]) -> Path:
    with ZipFile(io.BytesIO(path.read_bytes())) as source:
        path.write_bytes(rezipped(source, changes))
    return path


def in_content(path: Path, before: str, after: str) -> Path:
    """The ODS with something written before the first ``before`` of its sheet Grille."""
    with ZipFile(io.BytesIO(path.read_bytes())) as source:
        text = source.read("content.xml").decode()
        start = text.index('table:name="Grille"')
        place = text.index(before, start)
        changed = text[:place] + after + text[place:]
        path.write_bytes(rezipped(source, {"content.xml": changed.encode()}))
    return path


# ---- sheets ---------------------------------------------------------------------------------------


def test_a_sheet_added_or_copied_is_told(tmp_path: Path) -> None:
    """A sheet of notes, and a copy of « Grille » that holds a major: each is named; an empty one is not."""

    def change(book) -> None:
        book["Grille"]["K2"] = "Conforme"
        copy = book.copy_worksheet(book["Grille"])
        copy.title = "Grille (2)"
        copy["K2"] = "Non-conformité majeure"
        book.create_sheet("Mes notes")["A1"] = "rappeler mardi"
        book.create_sheet("Vide")
        book.create_sheet("Blanc")["C3"] = " "

    path = edited(tmp_path, change)
    assert told(path) == [("feuille_ajoutee", "Grille (2)"), ("feuille_ajoutee", "Mes notes")]
    copied, notes = read_grids(atelier(), [path]).avertissements
    assert "une copie de « Grille » (1 constat porté)" in copied.message
    assert "(1 cellule remplie)" in notes.message
    assert constat(read_grids(atelier(), [path])) == "conforme"


def test_a_sheet_added_is_told_through_ods(tmp_path: Path) -> None:
    """The same through ODS, a copy of the sheet of checks included."""
    path = tmp_path / "grille.ods"
    checklist = make_checklist(atelier(), from_profile(SURVEILLANCE))
    path.write_bytes(ods.render(checklist))
    with ZipFile(io.BytesIO(path.read_bytes())) as source:
        text = source.read("content.xml").decode()
        start = text.rindex("<table:table ", 0, text.index('table:name="Vérifications"'))
        end = text.index("</table:table>", start) + len("</table:table>")
        copied = text[start:end].replace('table:name="Vérifications"', 'table:name="Vérifications_2"')
        notes = (
            '<table:table table:name="Mes notes"><table:table-row>'
            '<table:table-cell office:value-type="string">'
            "<text:p>rappeler</text:p></table:table-cell></table:table-row></table:table>"
        )
        changed = text[:end] + copied + notes + text[end:]
        path.write_bytes(rezipped(source, {"content.xml": changed.encode()}))
    assert told(path) == [("feuille_ajoutee", "Vérifications_2"), ("feuille_ajoutee", "Mes notes")]
    assert "une copie de « Vérifications »" in read_grids(atelier(), [path]).avertissements[0].message


def test_what_is_typed_where_nothing_is_read(tmp_path: Path) -> None:
    """Notes beside the context, a name changed there: told; the day of notification is read, not told."""

    def change(book) -> None:
        book["Contexte"]["D3"] = "parking à droite"
        book["Contexte"]["B10"] = "2024-03-29"
        labels = {row[0].value: row[1] for row in book["Contexte"].iter_rows(max_col=2)}
        labels["Date de l’audit"].value = "2024-03-19"
        book["À propos"]["A90"] = "lu"

    path = edited(tmp_path, change)
    codes = told(path)
    assert [code for code, _ in codes] == ["cellule_ajoutee"] * 3
    assert ("cellule_ajoutee", "Contexte!D3") in codes
    assert ("cellule_ajoutee", "À propos!A90") in codes
    assert read_grids(atelier(), [path]).dossier.notifie_le == "2024-03-29"


def test_what_is_typed_above_the_header_or_over_a_formula(tmp_path: Path) -> None:
    """A title put above the columns, a deadline typed where a formula was: told, and the rest is read."""

    def change(book) -> None:
        sheet = book["Grille"]
        sheet["K2"], sheet["Q3"] = "Conforme", "18/06/2024"
        book["Écarts"]["K2"] = "mardi"
        sheet.insert_rows(1)
        sheet["D1"] = "Audit de mars"
        for row in sheet.iter_rows(min_row=3):  # openpyxl does not move what formulas refer to
            row[16].value = None if str(row[16].value).startswith("=") else row[16].value

    path = edited(tmp_path, change)
    assert told(path) == [
        ("cellule_ajoutee", "Grille!D1"),
        ("cellule_ajoutee", "Grille!Q4"),
        ("cellule_ajoutee", "Écarts!K2"),
    ]
    assert constat(read_grids(atelier(), [path])) == "conforme"


@pytest.mark.parametrize("module", [xlsx, ods])
def test_nothing_is_told_of_a_grid_in_the_dress_of_a_body(module: ModuleType, tmp_path: Path) -> None:
    """Its logo, its columns and its closing sentences are ours."""
    path = tmp_path / f"grille.{module.__name__.rpartition('.')[2]}"
    path.write_bytes(module.render(habillee(tmp_path)))
    assert told(path) == []


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv"])
def test_nothing_is_told_of_a_grid_that_was_only_filled(suffix: str, tmp_path: Path) -> None:
    """A grid filled and nothing else: no warning about the file."""
    assert told(filled(CHECKLIST, suffix, CONFORME, tmp_path)) == []


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_the_place_of_a_warning_is_not_typed(suffix: str, tmp_path: Path) -> None:
    """Warnings printed with their place in a profile: read again, they have none, and nobody typed them.

    123 456 789 has a wrong key; the comment of an earlier gap holds an address.
    """
    profil = tmp_path / "profil.yaml"
    profil.write_text(
        """\
format: 1
audit: {type: surveillance, date: "2026-03-10"}
organisme: {siren: "123456789", categories: [AF]}
precedent:
  date: "2025-01-10"
  constats: {"1": nc_mineure}
  ecarts: {"1": {commentaire: "écrire à a.b@exemple.fr"}}
""",
        encoding="utf-8",
    )
    demande = replace(read_profile(profil), referentiel="qualiopi")
    checklist = make_checklist(atelier(), demande)
    placed = [a.message for a in checklist.avertissements if a.message.startswith(str(profil))]
    assert len(placed) == 2
    lecture = read_grids(atelier(), [filled(checklist, suffix, CONFORME, tmp_path)])
    assert "cellule_ajoutee" not in {a.code for a in lecture.avertissements}


# ---- notes, comments, pictures ----------------------------------------------------------------------


def test_notes_threads_and_pictures_are_told_with_their_cell_in_xlsx(tmp_path: Path) -> None:
    """A note at M3, a thread at O4 told once with the note for it, a picture at P6, a text box at C8."""

    def change(book) -> None:
        book["Grille"]["K2"] = "Conforme"
        book["Grille"]["M3"].comment = Comment("demander la date", "AB")
        book["Grille"]["O4"].comment = Comment("[Threaded comment]", "tc={1}")

    path = edited(tmp_path, change)
    with ZipFile(io.BytesIO(path.read_bytes())) as archive:
        names = archive.namelist()
        relations = next(n for n in names if n.startswith("xl/worksheets/_rels/"))
        text = archive.read(relations).decode()
    kinds = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    drawing = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing"
    more = (
        f'<Relationship Id="t1" Type="{kinds}" Target="../threadedComments/threadedComment1.xml"/>'
        f'<Relationship Id="d1" Type="{drawing}" Target="/xl/drawings/drawing9.xml"/>'
    )
    anchors = "".join(
        f"<xdr:twoCellAnchor><xdr:from><xdr:col>{col}</xdr:col><xdr:colOff>12</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row></xdr:from><xdr:to><xdr:col>99</xdr:col><xdr:row>99</xdr:row></xdr:to>{inside}</xdr:twoCellAnchor>"
        for col, row, inside in ((15, 5, "<xdr:pic/>"), (2, 7, "<xdr:sp><a:t>voir</a:t></xdr:sp>"))
    )
    spaces = 'xmlns:xdr="urn:x" xmlns:a="urn:a"'
    with_members(
        path,
        {
            relations: text.replace("</Relationships>", f"{more}</Relationships>").encode(),
            "xl/threadedComments/threadedComment1.xml": (
                b'<ThreadedComments><threadedComment ref="O4"><text>revoir</text></threadedComment>'
                b'<threadedComment ref="O4"><text>vu</text></threadedComment></ThreadedComments>'
            ),
            "xl/drawings/drawing9.xml": f"<xdr:wsDr {spaces}>{anchors}</xdr:wsDr>".encode(),
        },
    )
    assert told(path) == [
        ("note_de_cellule", "Grille!M3"),
        ("note_de_cellule", "Grille!O4"),
        ("image_collee", "Grille!P6"),
        ("image_collee", "Grille!C8"),
    ]
    assert constat(read_grids(atelier(), [path])) == "conforme"


def test_notes_and_pictures_are_told_with_their_cell_in_ods(tmp_path: Path) -> None:
    """A note and a picture in cells, their texts apart; a drawing laid on the sheet has no cell."""
    note = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>demander</text:p>'
        "</office:annotation><text:p>plaquette</text:p></table:table-cell>"
    )
    picture = (
        "<table:table-cell><draw:frame><draw:image/><text:p>légende</text:p></draw:frame></table:table-cell>"
    )
    path = tmp_path / "grille.ods"
    places = {(2, column("Preuves vues")): note, (6, column("Commentaire")): picture}
    path.write_bytes(place_ods(ods.render(CHECKLIST), "Grille", places))
    assert told(path) == [("note_de_cellule", "Grille!M2"), ("image_collee", "Grille!O6")]
    assert read_grids(atelier(), [path]).dossier.releves[0].preuves_vues == ("plaquette",)
    path.write_bytes(ods.render(CHECKLIST))
    shapes = "<table:shapes><draw:custom-shape><text:p>attention</text:p></draw:custom-shape></table:shapes>"
    in_content(path, "<table:table-column", shapes)
    assert told(path) == [("image_collee", "Grille")]


def test_a_picture_put_in_a_cell_is_one(tmp_path: Path) -> None:
    """Excel writes #VALUE! where a picture is put in the cell: a picture is told, and no error."""
    path = filled(CHECKLIST, "xlsx", CONFORME, tmp_path)
    member = "xl/worksheets/sheet2.xml"
    with ZipFile(io.BytesIO(path.read_bytes())) as archive:
        text = archive.read(member).decode()
    cell = '<c r="M5" t="e" vm="1"><v>#VALUE!</v></c>'
    changed, count = re.subn(r'<c r="M5"[^>]*?(/>|>.*?</c>)', cell, text)
    assert count == 1
    with_members(path, {member: changed.encode()})
    assert told(path) == [("image_collee", "Grille!M5")]


def test_many_notes_are_counted(tmp_path: Path) -> None:
    """Twenty-five notes: twenty are told, then how many there are besides."""

    def change(book) -> None:
        for row in range(2, 27):
            book["Grille"][f"M{row}"].comment = Comment("à voir", "AB")

    codes = told(edited(tmp_path, change))
    assert len(codes) == 21
    assert codes[-1] == ("note_de_cellule", "Grille")
    message = read_grids(atelier(), [tmp_path / "grille.xlsx"]).avertissements[-1].message
    assert " : 5 fois encore, " in message


def test_the_logo_of_the_body_is_not_told(tmp_path: Path) -> None:
    """The picture at the first cell of « Contexte » is the one that we put there."""
    picture = "<table:table-cell><draw:frame><draw:image/></draw:frame></table:table-cell>"
    path = tmp_path / "grille.ods"
    path.write_bytes(place_ods(ods.render(CHECKLIST), "Contexte", {(1, 1): picture}))
    assert told(path) == []
    path.write_bytes(place_ods(ods.render(CHECKLIST), "Contexte", {(1, 2): picture}))
    assert told(path) == [("image_collee", "Contexte!B1")]


# ---- below the grid ---------------------------------------------------------------------------------


def test_blanks_below_the_grid_are_nothing(tmp_path: Path) -> None:
    """A blank at K60, a formula of the column of deadlines dragged to row 34: the grid is read."""

    def change(book) -> None:
        sheet = book["Grille"]
        sheet["K2"] = "Conforme"
        sheet["K60"] = " "
        sheet["Q34"] = '=IF(Contexte!$B$10="","",1)'

    path = edited(tmp_path, change)
    assert constat(read_grids(atelier(), [path])) == "conforme"
    path = tmp_path / "grille.ods"
    blank = '<table:table-cell office:value-type="string"><text:p><text:s/></text:p></table:table-cell>'
    path.write_bytes(place_ods(ods.render(CHECKLIST), "Grille", {(60, 11): blank}))
    assert told(path) == []


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv"])
def test_what_is_filled_below_the_grid_is_named(suffix: str, tmp_path: Path) -> None:
    """A text below the grid is refused at its own cell, not at the empty one of the identifier."""
    path = tmp_path / f"grille.{suffix}"
    if suffix == "xlsx":
        edited(tmp_path, lambda book: book["Grille"].__setitem__("O40", "oublié"))
    elif suffix == "ods":
        text = '<table:table-cell office:value-type="string"><text:p>oublié</text:p></table:table-cell>'
        path.write_bytes(place_ods(ods.render(CHECKLIST), "Grille", {(40, 15): text}))
    else:
        rows = list(csv.reader(io.StringIO(csv_.render(CHECKLIST).decode("utf-8-sig")), delimiter=";"))
        place = rows[0].index("commentaire")
        last = [
            "oublié" if n == place else cell if n == len(rows[0]) - 1 else ""
            for n, cell in enumerate(rows[1])
        ]
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows([*rows, last])
        path.write_bytes(out.getvalue().encode())
    (where,) = {place for code, place in refused(path) if code == "ligne-inconnue"}
    assert where == "Grille!O40" if suffix != "csv" else where.endswith(f":{place + 1}")


@pytest.mark.lent
def test_thousands_of_formatted_rows_are_read(tmp_path: Path) -> None:
    """Eight thousand rows with a colour and nothing else do not hide the findings, nor take minutes."""

    def change(book) -> None:
        sheet = book["Grille"]
        sheet["K2"] = "Conforme"
        fill = PatternFill("solid", fgColor="FFFFCC")
        for row in range(34, 8_034):
            for place in range(1, 21):
                sheet.cell(row, place).fill = fill

    path = edited(tmp_path, change)
    start = time.process_time()
    assert constat(read_grids(atelier(), [path])) == "conforme"
    assert time.process_time() - start < 20


def test_photographs_do_not_hide_the_grid(tmp_path: Path) -> None:
    """Six photographs of four megabytes, and a blank page scanned (70 MB unpacked): the grid is read."""
    path = filled(CHECKLIST, "xlsx", CONFORME, tmp_path)
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/page.bmp", bytes(70_000_000))
        for number in range(6):
            archive.writestr(f"xl/media/image{number}.jpg", os.urandom(4_000_000))
    assert constat(read_grids(atelier(), [path])) == "conforme"


def test_too_many_photographs_are_the_cause_that_is_told(tmp_path: Path) -> None:
    """A file past the limit: its weight is named, and what to take out of it."""
    path = filled(CHECKLIST, "xlsx", CONFORME, tmp_path)
    with ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image.jpg", bytes(65_000_000))
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [path])
    (issue,) = caught.value.issues
    assert issue.code == "fichier-trop-grand"
    assert "64 Mo" in issue.message
    assert issue.hint
    assert "images" in issue.hint


def test_a_cell_of_ours_that_is_too_long_says_that_it_is_cut(tmp_path: Path) -> None:
    """A requirement of 40,000 characters is in the workbook up to what a cell holds, and says so."""
    lignes = list(CHECKLIST.lignes)
    long = replace(lignes[0], indicateur=replace(lignes[0].indicateur, exigence="mot " * 10_000))
    checklist = replace(CHECKLIST, lignes=(long, *lignes[1:]))
    book = load_workbook(io.BytesIO(xlsx.render(checklist)))
    text = str(book["Textes"]["B2"].value)
    assert len(text) == 32_767
    assert text.endswith("(coupé ici : un tableur ne garde pas plus de 32\u00a0767 caractères)")


# ---- time ---------------------------------------------------------------------------------------------


def test_blanks_before_a_text_take_time_in_proportion(tmp_path: Path) -> None:
    """A hundred thousand blanks in a cell of ODS: a second at most, where they took minutes."""
    cell = (
        f'<table:table-cell office:value-type="string"><text:p>{" " * 100_000}x</text:p></table:table-cell>'
    )
    path = tmp_path / "grille.ods"
    path.write_bytes(ods.render(CHECKLIST))
    row = f"<table:table-row>{cell}</table:table-row>"
    in_content(path, "<table:table-header-rows", row)
    start = time.process_time()
    read_grids(atelier(), [path])
    assert time.process_time() - start < 10


def test_blanks_written_in_a_row_are_text(tmp_path: Path) -> None:
    """LibreOffice writes « un  deux » with its two blanks; an end of line in the file is its layout."""
    path = tmp_path / "grille.ods"
    cell = "<table:table-cell><text:p>un  deux\n   trois</text:p></table:table-cell>"
    path.write_bytes(place_ods(ods.render(CHECKLIST), "Grille", {(2, column("Commentaire")): cell}))
    assert read_grids(atelier(), [path]).dossier.releves[0].commentaire == "un  deux trois"


@pytest.mark.lent
def test_empty_elements_are_counted(tmp_path: Path) -> None:
    """Twelve million empty elements in six sheets: refused at two million, with what to do."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(xlsx.render(CHECKLIST))) as source, ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name in source.namelist():
            sheet = name.startswith("xl/worksheets/sheet")
            archive.writestr(name, b"<a>" + b"<c/>" * 2_000_000 + b"</a>" if sheet else source.read(name))
        archive.writestr("xl/media/photo.jpg", os.urandom(200_000))
    path = tmp_path / "grille.xlsx"
    path.write_bytes(out.getvalue())
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [path])
    (issue,) = caught.value.issues
    assert "2 millions de cellules, presque toutes vides" in issue.message
    assert issue.hint
    assert "supprimer les rangées" in issue.hint
