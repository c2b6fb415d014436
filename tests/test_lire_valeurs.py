"""Values of a kind that a text column does not expect: read as the spreadsheet shows them, or told."""

from __future__ import annotations

import io
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from grilles import atelier, column, fill_csv, grille, place_ods
from openpyxl import load_workbook

from certif_rules.errors import DataError
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import ods, xlsx
from certif_rules.grilles.relecture.valeurs import read_format
from certif_rules.services.lecture import Lecture, read_grids

CHECKLIST = grille()
XLSX, ODS = xlsx.render(CHECKLIST), ods.render(CHECKLIST)
NBSP = "\u00a0"
HALF_PAST_TWO, NINE = map(datetime.fromisoformat, ("2024-02-12T14:30", "2024-03-18T09:00"))


def in_xlsx(folder: Path, cells: dict[str, tuple[Any, str]]) -> Path:
    """The grid with values put in cells, each with its format."""
    book = load_workbook(io.BytesIO(XLSX), rich_text=True)
    for place, (value, code) in cells.items():
        cell = book["Grille"][place]
        cell.value, cell.number_format = value, code
        if isinstance(value, str) and value.startswith("#"):
            cell.data_type = "e"
    path = folder / "grille.xlsx"
    book.save(path)
    return path


def in_ods(folder: Path, cells: dict[tuple[int, int], str]) -> Path:
    path = folder / "grille.ods"
    path.write_bytes(place_ods(ODS, "Grille", cells))
    return path


def value(kind: str, said: str, display: str, more: str = "") -> str:
    """A cell as LibreOffice writes it."""
    name = "value" if kind in ("float", "percentage", "currency") else f"{kind}-value"
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{said}"{more}>'
        f"<text:p>{display}</text:p></table:table-cell>"
    )


def comment(path: Path) -> tuple[str | None, list[str]]:
    """What is read in the comment of the first line, and the codes of what is told."""
    lecture = read_grids(atelier(), [path])
    releve = next(r for r in lecture.dossier.releves if r.ligne == "qualiopi/1")
    return releve.commentaire, [a.code for a in lecture.avertissements]


def text(held: str, display: str) -> str:
    """A text that a format shows otherwise, as LibreOffice writes it; it says both then."""
    beside = "" if held == display else f' office:string-value="{held}"'
    return (
        f'<table:table-cell office:value-type="string"{beside}><text:p>{display}</text:p></table:table-cell>'
    )


def true(kind: str, said: str, display: str) -> str:
    return value(kind, said, display, ' table:formula="of:=TRUE()"')


TOLD = ["valeur_mise_en_forme"]
VALUES: dict[str, tuple[Any, str, str, str, list[str]]] = {
    "day": (date(2024, 2, 12), "dd/mm/yyyy", value("date", "2024-02-12", "12/02/2024"), "12/02/2024", []),
    "day_in_words": (
        date(2024, 2, 12), "[$-40C]dddd d mmmm yyyy", value("date", "2024-02-12", "lundi 12 février 2024"),
        "12/02/2024", [],
    ),
    # « 3/4 » typed for three files of four: the spreadsheet made a day of it, and shows no year.
    "day_without_year": (date(2024, 4, 3), "d-mmm", value("date", "2024-04-03", "3-avr"), "03/04/2024", TOLD),
    "month": (date(2024, 2, 1), "mmm-yy", value("date", "2024-02-01", "févr-24"), "01/02/2024", TOLD),
    "moment": (
        HALF_PAST_TWO, "dd/mm/yyyy hh:mm",
        value("date", "2024-02-12T14:30:00", "12/02/2024 14:30"), "12/02/2024 14:30", [],
    ),
    # The hour is there, and is not shown.
    "moment_shown_as_day": (
        HALF_PAST_TWO, "dd/mm/yyyy", value("date", "2024-02-12T14:30:00", "12/02/2024"),
        "12/02/2024", [],
    ),
    "true": (True, "General", value("boolean", "true", "VRAI"), "VRAI", []),
    "false": (False, "General", value("boolean", "false", "FAUX"), "FAUX", []),
    "hour": (14.5 / 24, "hh:mm", value("time", "PT14H30M00S", "14:30"), "14:30", []),
    "elapsed": (timedelta(hours=26, minutes=5), "[h]:mm", value("time", "PT26H05M00S", "26:05"), "26:05", []),
    "seconds": (14.5 / 24, "h:mm:ss", value("time", "PT14H30M00S", "14:30:00"), "14:30:00", []),
    "percent": (0.125, "0.00%", value("percentage", "0.125", "12,50 %"), f"12,50{NBSP}%", []),
    # Half of a percent goes up, as spreadsheets do.
    "percent_rounded": (0.125, "0%", value("percentage", "0.125", "13%"), f"13{NBSP}%", []),
    "number": (12.5, "General", value("float", "12.5", "12,5"), "12,5", []),
    "whole": (1234567, "General", value("float", "1234567", "1234567"), "1234567", []),
    "decimals": (9.99, "0.0", value("float", "9.99", "10,0"), "10,0", []),
    "thousands": (1234.5, "#,##0.00", value("float", "1234.5", "1 234,50"), "1234,50", []),
    "third": (
        1 / 3, "General", value("float", "0.333333333333333", "0,333333333333333"), "0,333333333333333", [],
    ),
    "euros": (
        12.5, '#,##0.00\\ "€"', value("currency", "12.5", "12,50 €", ' office:currency="EUR"'),
        f"12,50{NBSP}€", [],
    ),
    # Shown « 01000 », held as 1000.
    "zeros": (1000, "00000", value("float", "1000", "01000"), "1000", TOLD),
    # 75 minutes: what is shown first is no hour.
    "minutes": (
        timedelta(minutes=75), "[mm]:ss", value("time", "PT01H15M00S", "75:00"), "01:15:00", TOLD
    ),
    "afternoon": (14.5 / 24, "hh:mm AM/PM", value("time", "PT14H30M00S", "02:30 PM"), "14:30", []),
    "noon": (0.5, "hh:mm AM/PM", value("time", "PT12H00M00S", "12:00 PM"), "12:00", []),
    # A word for nothing, and one for less than nothing.
    "nothing": (0, '0;-0;"néant"', value("float", "0", "néant"), "0", TOLD),
    "loss": (-3, '0;"perte"', value("float", "-3", "perte"), "-3", TOLD),
    "hidden": (0, "0;-0;", value("float", "0", "x"), "0", TOLD),
    "nothing_of_two": (0, '0;;"rien"', value("float", "0", "rien"), "0", TOLD),
    "negative": (-3.5, "#,##0.00;[Red]-#,##0.00", value("float", "-3.5", "-3,50"), "-3,50", []),
    "negative_euros": (
        -3.5, '#,##0.00\\ "€";(#,##0.00\\ "€")',
        value("currency", "-3.5", "(3,50 €)", ' office:currency="EUR"'), f"-3,50{NBSP}€", [],
    ),
    "words": (3, '0" ans"', value("float", "3", "3 ans"), "3", TOLD),
}  # fmt: skip


#: Formats that show nothing of what a cell holds, or something else; those that show it all the same.
HIDDEN: dict[str, tuple[Any, str, str, str, list[str]]] = {
    # What hides every number, or all that is typed: the person sees nothing, and the value is there.
    "hidden_number": (12, ";;;", value("float", "12", ""), "12", TOLD),
    "hidden_text": ("vu", ";;;", text("vu", ""), "vu", TOLD),
    "hidden_day": (date(2024, 2, 12), ";;;", value("float", "45334", ""), "45334", TOLD),
    "hidden_logic": (True, ";;;", true("float", "1", ""), "VRAI", TOLD),
    "hidden_by_numbers_alone": ("vu", ";;", text("vu", "vu"), "vu", []),
    "hidden_quotes": (12, '"";"";"";""', value("float", "12", ""), "12", TOLD),
    "hidden_above": (12, '[>5]"";0', value("float", "12", ""), "12", TOLD),
    "hidden_zero": (0, "#", value("float", "0", ""), "0", TOLD),
    "hidden_when_rounded": (0.25, "#", value("float", "0.25", ""), "0,25", TOLD),
    "shown_as_stars": (12, "**", value("float", "12", "****"), "12", TOLD),
    "day_hidden_at_zero": (0, "dd/mm/yyyy;;", value("date", "1899-12-30", ""), "30/12/1899", TOLD),
    # Another text than what was typed, or one with words around it.
    "masked_text": ("vu", ';;;"masqué"', text("vu", "masqué"), "vu", TOLD),
    "words_around": ("vu", '"non "@', text("vu", "non vu"), "vu", TOLD),
    "words_around_a_number": (12, '@" ans"', value("float", "12", "12 ans"), "12", TOLD),
    "plain_text": ("vu", "0;-0;0;@", text("vu", "vu"), "vu", []),
    "accounts_text": ("vu", "_-* #,##0_-;-* #,##0_-;_-* -_-;_-@_-", text("vu", "vu"), "vu", []),
    "day_or_text": (
        date(2024, 2, 12), "dd/mm/yyyy;@", value("date", "2024-02-12", "12/02/2024"), "12/02/2024", [],
    ),
    "negative_or_text": (-3, "0;@", value("float", "-3", "-3"), "-3", []),
    # Thousands: « 12 » for twelve thousand.
    "thousands_of": (12_000, "#,##0,", value("float", "12000", "12"), "12000", TOLD),
    "thousands_bare": (12_000, "#,", value("float", "12000", "12"), "12000", TOLD),
    "as_many_decimals_as_needed": (3, "0.##", value("float", "3", "3"), "3", []),
    "too_big_for_decimals": (1e30, "0.##", value("float", "1E30", "1E+030"), "1E+30", TOLD),
    "one_decimal_needed": (3.5, "0.0##", value("float", "3.5", "3,5"), "3,5", []),
    "a_round_percentage": (0.5, "0.#%", value("percentage", "0.5", "50%"), f"50{NBSP}%", []),
}  # fmt: skip


@pytest.mark.parametrize("case", VALUES)
def test_the_same_value_is_read_the_same_through_both(case: str, tmp_path: Path) -> None:
    """What is read is what the person saw; where that cannot be told, the cell is named."""
    said, code, cell, expected, told = VALUES[case]
    assert comment(in_xlsx(tmp_path, {"O2": (said, code)})) == (expected, told)
    assert comment(in_ods(tmp_path, {(2, column("Commentaire")): cell})) == (expected, told)


def test_what_a_format_hides_is_read_and_told(tmp_path: Path) -> None:
    """One value on each line, in its comment: what it holds is read, and its cell told if it is not seen."""
    rows = dict(enumerate(HIDDEN.values(), start=2))
    place = column("Commentaire")
    paths = (
        in_xlsx(tmp_path, {f"O{row}": (said, code) for row, (said, code, *_) in rows.items()}),
        in_ods(tmp_path, {(row, place): cell for row, (_, _, cell, _, _) in rows.items()}),
    )
    for path in paths:
        lecture = read_grids(atelier(), [path])
        comments = {r.ligne: r.commentaire for r in lecture.dossier.releves}
        read = [comments.get(ligne.indicateur.id) for ligne in CHECKLIST.lignes]
        assert read[: len(rows)] == [expected for *_, expected, _ in rows.values()]
        told = {a.message.partition(" : ")[0] for a in lecture.avertissements if [a.code] == TOLD}
        assert told == {f"{path}:Grille!O{row}" for row, (*_, codes) in rows.items() if codes}


def test_what_is_told_names_its_cell(tmp_path: Path) -> None:
    """A day without its year in the column of evidence: the cell, what was read, and what to do."""
    path = in_xlsx(tmp_path, {"M4": (date(2024, 4, 3), "d-mmm")})
    (told,) = read_grids(atelier(), [path]).avertissements
    assert told.message == (
        f"{path}:Grille!M4 : une date mise en forme, lu « 03/04/2024 » ; si la cellule montre autre chose, "
        "la mettre au format « Texte » et l’y écrire"
    )


def refused(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [path])
    return [(i.code, str(i.location).removeprefix(f"{path}:")) for i in caught.value.issues]


def test_an_error_is_named_through_each_format(tmp_path: Path) -> None:
    """A cell that shows #N/A is an anomaly: typed, as LibreOffice writes it, and as it is saved in CSV."""
    error = (
        '<table:table-cell table:formula="of:=#N/A" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    expected = [("cellule-en-erreur", "Grille!O2")]
    assert refused(in_xlsx(tmp_path, {"O2": ("#N/A", "General")})) == expected
    assert refused(in_ods(tmp_path, {(2, column("Commentaire")): error})) == expected
    path = tmp_path / "grille.csv"
    content = csv_.render(CHECKLIST)
    path.write_bytes(fill_csv(content, {"qualiopi/1": {"Commentaire": "#N/A"}}))
    place = content.decode("utf-8-sig").splitlines()[0].split(";").index('"commentaire"') + 1
    assert refused(path) == [("cellule-en-erreur", f"2:{place}")]


def test_logic_that_libreoffice_writes_as_a_formula(tmp_path: Path) -> None:
    """VRAI typed by a person is no formula, though LibreOffice writes it so; a real one is."""
    cell = (
        '<table:table-cell table:formula="of:=TRUE()" office:value-type="float" office:value="1">'
        "<text:p>VRAI</text:p></table:table-cell>"
    )
    assert comment(in_ods(tmp_path, {(2, column("Commentaire")): cell})) == ("VRAI", [])
    assert comment(in_xlsx(tmp_path, {"O2": ("=TRUE()", "General")})) == ("VRAI", [])
    assert refused(in_xlsx(tmp_path, {"O2": ("=TRUE()+1", "General")})) == [
        ("formule-inattendue", "Grille!O2")
    ]


def test_a_column_of_days_reads_what_shows_a_day(tmp_path: Path) -> None:
    """A moment shown as a day is that day; a moment shown with its hour is refused, through both formats."""
    place = (2, column("Évalué le"))
    shown = value("date", "2024-03-18T09:00:00", "18/03/2024")
    for path in (
        in_xlsx(tmp_path, {"S2": (NINE, "dd/mm/yyyy")}),
        in_ods(tmp_path, {place: shown}),
    ):
        (releve,) = (r for r in read_grids(atelier(), [path]).dossier.releves if r.ligne == "qualiopi/1")
        assert releve.evalue_le == "2024-03-18"
    whole = value("date", "2024-03-18T09:00:00", "18/03/2024 09:00")
    assert refused(in_xlsx(tmp_path, {"S2": (NINE, "dd/mm/yyyy hh:mm")})) == [("date-invalide", "Grille!S2")]
    assert refused(in_ods(tmp_path, {place: whole})) == [("date-invalide", "Grille!S2")]


def test_numbers_put_by_a_program_in_our_cells_are_ours(tmp_path: Path) -> None:
    """« 1 » written back as the number 1 in « Indicateur » is not a change."""
    path = in_xlsx(tmp_path, {"B2": (1, "General"), "K2": ("Conforme", "@")})
    lecture: Lecture = read_grids(atelier(), [path])
    assert lecture.dossier.releves[0].constat == "conforme"


def test_the_day_of_notification_is_told_too(tmp_path: Path) -> None:
    """« 29-mars » in the sheet of the context is read with the year that the spreadsheet gave, and told."""
    book = load_workbook(io.BytesIO(XLSX), rich_text=True)
    book["Contexte"]["B10"] = date(2024, 3, 29)
    book["Contexte"]["B10"].number_format = "d-mmm"
    path = tmp_path / "grille.xlsx"
    book.save(path)
    lecture = read_grids(atelier(), [path])
    assert lecture.dossier.notifie_le == "2024-03-29"
    assert [a.code for a in lecture.avertissements] == TOLD
    assert "Contexte!B10" in lecture.avertissements[0].message


@pytest.mark.parametrize("part", ["[$", '"', ";", "[h", "\\", "[$" + "a" * 120])
def test_a_format_is_read_in_proportion_to_its_length(part: str) -> None:
    """Two thousand formats as long as a spreadsheet takes, with brackets and quotes that nothing closes."""
    code = (part * 255)[:255]
    start = time.process_time()
    for _ in range(2_000):
        read_format(code)
    assert time.process_time() - start < 2
