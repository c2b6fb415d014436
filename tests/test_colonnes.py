"""A column more: a row of the table, and every format writes it, reads it back and counts beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from colonnes import AJOUTS, SAISIE, answers, check_values, extended
from formules import Classeur
from openpyxl import load_workbook


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the grids of the package with columns more are left."""
    return tmp_path_factory.mktemp("grilles")


@pytest.fixture(scope="module")
def extended_answers(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the package with columns more reads in its own grids."""
    house = extended(tmp_path_factory.mktemp("maison"))
    found = answers(house, folder)
    assert Path(found["package"]) == house / "certif_rules"
    return found


@pytest.mark.lent
@pytest.mark.parametrize("name", ["xlsx", "ods", "csv", "json", "formulaire", "constats"])
def test_a_column_more_is_read_back(extended_answers: dict[str, Any], name: str) -> None:
    """A text, references and a day typed in the columns added come back from each format."""
    releves = extended_answers["lus"][name]
    filled = {ligne: {champ: releve[champ] for champ in AJOUTS} for ligne, releve in releves.items()}
    assert filled["qualiopi/1"] == {champ: read for champ, (_, _, _, read) in AJOUTS.items()}
    empty = {champ: [] if genre == "liste" else None for champ, (genre, *_) in AJOUTS.items()}
    assert all(values == empty for ligne, values in filled.items() if ligne != "qualiopi/1")
    constats = {ligne: releves[ligne]["constat"] for ligne in SAISIE}
    assert constats == {"qualiopi/1": "nc_mineure", "qualiopi/4": "nc_majeure", "qualiopi/11": "conforme"}


def test_a_column_more_stands_before_the_finding(extended_answers: dict[str, Any], folder: Path) -> None:
    """The columns are where the table puts them, in both sheets, and those that follow have moved."""
    book = load_workbook(folder / "vide.xlsx")
    for sheet in ("Grille", "Vérifications"):
        titles = [cell.value for cell in book[sheet][1]]
        place = titles.index("Constat")
        assert titles[place - len(AJOUTS) : place] == [titre for _, titre, _, _ in AJOUTS.values()]
    assert book["Grille"]["K1"].value != "Constat"


def test_formulas_follow_the_columns(extended_answers: dict[str, Any], folder: Path) -> None:
    """Counters, deadlines and the sheet of gaps give the values of the findings, three columns farther."""
    check_values(Classeur((folder / "grille.xlsx").read_bytes()))


def test_personal_data_in_a_column_more_are_replaced(extended_answers: dict[str, Any]) -> None:
    """A mail address typed there is found and hidden, as anywhere else that people type."""
    assert extended_answers["pseudonymise"]["qualiopi/1"]["salle"] == "Bâtiment B, voir [courriel]"
