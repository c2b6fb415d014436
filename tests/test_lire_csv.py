"""A CSV that spreadsheets and other systems saved: lines, long fields, and what was cut."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from grilles import atelier, filled, grille

from certif_rules.errors import DataError
from certif_rules.grilles import csv as csv_
from certif_rules.services.lecture import read_grids

CHECKLIST = grille()


def told(path: Path) -> list[str]:
    return [a.code for a in read_grids(atelier(), [path]).avertissements]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_of_a_csv_end_as_any_system_ends_them(end: str, tmp_path: Path) -> None:
    """With CR only too: the same findings, lists of evidence included."""
    saisie = {"qualiopi/1": {"Constat": "Conforme", "Preuves vues": "site\nplaquette"}}
    path = filled(CHECKLIST, "csv", saisie, tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\r\n", end.encode()))
    releve = read_grids(atelier(), [path]).dossier.releves[0]
    assert (releve.constat, releve.preuves_vues) == ("conforme", ("site", "plaquette"))


def test_line_feeds_that_nobody_quoted_are_text_where_cr_ends_lines(tmp_path: Path) -> None:
    """Some programs end rows with CR and leave the LF of a cell without quotes: they stay in the cell."""
    path = filled(CHECKLIST, "csv", {"qualiopi/1": {"Commentaire": "un\ndeux"}}, tmp_path)
    text = path.read_bytes().replace(b"\r\n", b"\r")
    assert b'"un\ndeux"' in text
    path.write_bytes(text.replace(b'"un\ndeux"', b"un\ndeux"))
    assert read_grids(atelier(), [path]).dossier.releves[0].commentaire == "un\ndeux"


def test_a_long_field_is_read(tmp_path: Path) -> None:
    """A comment past what a library reads by default (131,072) and past what a cell holds is read whole."""
    long = "a" * 200_000
    path = filled(CHECKLIST, "csv", {"qualiopi/1": {"Constat": "Conforme", "Commentaire": long}}, tmp_path)
    assert read_grids(atelier(), [path]).dossier.releves[0].commentaire == long


def test_a_text_that_a_spreadsheet_cut_is_told(tmp_path: Path) -> None:
    """A comment of 32,767 characters, the most that a cell holds: its end may be lost."""
    for suffix in ("csv", "xlsx", "ods"):
        path = filled(CHECKLIST, suffix, {"qualiopi/1": {"Commentaire": "a" * 32_767}}, tmp_path)
        assert told(path) == ["texte_coupe"]


def test_a_request_that_is_long_is_in_pieces(tmp_path: Path) -> None:
    """No field of the request is longer than a cell holds, and its pieces are put together again."""
    checklist = grille(organisme={**CHECKLIST.organisme, "nom": "é" * 12_000, "categories": ["AF"]})
    content = csv_.render(checklist)
    # Each of its letters is written with six signs: 72,000 of them, in pieces of 30,000.
    head = content.decode("utf-8-sig").partition("\r\n")[0]
    assert head.endswith(f'"{csv_.DEMANDE}";"{csv_.DEMANDE} 2";"{csv_.DEMANDE} 3"')
    path = tmp_path / "grille.csv"
    path.write_bytes(content)
    assert told(path) == []
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert max(len(cell) for row in rows for cell in row[-3:]) == 30_000


def test_a_request_that_a_spreadsheet_cut_is_the_cause_that_is_told(tmp_path: Path) -> None:
    """A request in one field of 40,000 characters, saved by a spreadsheet: the cut is named."""
    path = filled(CHECKLIST, "csv", {}, tmp_path)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    for row in rows[1:]:
        row[-1] = row[-1].replace('"nom":"', '"nom":"' + "a" * 40_000)[:32_767]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    path.write_text(out.getvalue(), "utf-8", newline="")
    with pytest.raises(DataError, match="coupée par un tableur, à 32\u00a0767 caractères"):
        read_grids(atelier(), [path])
