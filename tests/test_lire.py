"""Grids read back: the same findings from every format, and each mistake at its cell (story L9)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from grilles import FORMATS, atelier, column, filled, grille
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from certif_rules.audit.constats import Releve
from certif_rules.errors import DataError
from certif_rules.grilles import xlsx
from certif_rules.grilles.relecture.saisie import day
from certif_rules.services.lecture import read_grids

CHECKLIST = grille()
LIGNES = {ligne.indicateur.id: ligne for ligne in CHECKLIST.lignes}
TITRES = {c.id: c.titre for c in CHECKLIST.referentiel.constats.values()}


def problems(*paths: Path) -> set[str]:
    """« cell: code » of everything wrong."""
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), paths)
    return {f"{str(i.location).rpartition(':')[2]}: {i.code}" for i in caught.value.issues}


def read(*paths: Path) -> dict[str, Releve]:
    return {r.ligne: r for r in read_grids(atelier(), paths).dossier.releves}


def edited(folder: Path, change, name: str = "grille.xlsx") -> Path:
    """The grid with what ``change`` did to it in a spreadsheet."""
    book = load_workbook(io.BytesIO(xlsx.render(CHECKLIST)), rich_text=True)
    change(book)
    path = folder / name
    book.save(path)
    return path


# ---- round trips ---------------------------------------------------------------------------------

MOT = st.text("abcdeéèœ=+-@'<>&\"0", min_size=1, max_size=8)
TEXTE = st.lists(MOT, min_size=1, max_size=4).map(" ".join)


@st.composite
def saisies(draw):
    """Findings allowed on some lines, each with what goes with it."""
    found = {}
    open_lines = [i for i, ligne in LIGNES.items() if ligne.constats_permis]
    for identifiant in draw(st.lists(st.sampled_from(open_lines), unique=True, max_size=6)):
        constat = draw(st.sampled_from(LIGNES[identifiant].constats_permis))
        found[identifiant] = {
            "Constat": TITRES[constat],
            "Commentaire": draw(TEXTE),
            "Preuves vues": "\n".join(draw(st.lists(TEXTE, min_size=1, max_size=3))),
            "Échantillon": "\n".join(draw(st.lists(MOT, min_size=1, max_size=2))),
            "Évalué par": draw(MOT),
            "Évalué le": draw(st.dates()).isoformat(),
        }
    return found


@pytest.mark.lent
@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saisie=saisies())
def test_what_is_filled_is_what_is_read(suffix: str, saisie, tmp_path: Path) -> None:
    """For every format: each line filled reads as filled, and no other line is touched."""
    releves = read(filled(CHECKLIST, suffix, saisie, tmp_path))
    ids = {titre: identifiant for identifiant, titre in TITRES.items()}
    for identifiant, said in saisie.items():
        releve = releves.pop(identifiant)
        assert releve.constat == ids[said["Constat"]]
        assert releve.commentaire == said["Commentaire"]
        assert releve.preuves_vues == tuple(said["Preuves vues"].split("\n"))
        assert releve.echantillons == tuple(said["Échantillon"].split("\n"))
        assert (releve.evalue_par, releve.evalue_le) == (said["Évalué par"], said["Évalué le"])
    assert all(r == Releve(ligne=r.ligne, lieu=r.lieu) for r in releves.values())
    due = {i for i, ligne in LIGNES.items() if ligne.etat == "a_auditer"}
    assert set(releves) == due - set(saisie)


def test_sorted_hidden_filtered_and_widened(tmp_path: Path) -> None:
    """What a spreadsheet does to rows and columns changes nothing that is read."""

    def change(book) -> None:
        sheet = book["Grille"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        rows[0][column("Constat") - 1] = "Conforme"
        rows[0][column("Évalué le") - 1] = 45369
        for number, values in enumerate(reversed(rows), start=2):
            for place, value in enumerate(values, start=1):
                if place != column("Échéance de traitement"):
                    sheet.cell(number, place).value = value
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].width = 80

    releve = read(edited(tmp_path, change))["qualiopi/1"]
    assert (releve.constat, releve.evalue_le) == ("conforme", "2024-03-18")


def test_the_original_is_never_written_to(tmp_path: Path) -> None:
    """Reading a grid leaves the auditor's file untouched."""
    path = filled(CHECKLIST, "xlsx", {}, tmp_path)
    before = path.read_bytes()
    path.chmod(0o444)
    read(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "iso"),
    [("2024-03-18", "2024-03-18"), ("18/03/2024", "2024-03-18"), ("1.3.2024", "2024-03-01"),
     ("45369", "2024-03-18"),
     ("2024-03-18T00:00:00", "2024-03-18"), ("31/02/2024", None), ("mars", None), ("99999999", None),
     ("2024", None), ("18", None)],
)  # fmt: skip
def test_days(text: str, iso: str | None) -> None:
    """A day is read in each way that an auditor writes it."""
    assert day(text) == iso


# ---- mistakes, each at its cell ------------------------------------------------------------------


def test_l9_three_errors_with_their_cells(tmp_path: Path) -> None:
    """An unknown line, a changed engine column, a finding not allowed: all at once."""

    def change(book) -> None:
        sheet = book["Grille"]
        sheet["V34"] = "qualiopi/99"
        sheet["K34"] = "Conforme"
        sheet["E5"] = "moins exigeant"
        sheet["K12"] = "Non-conformité mineure"

    path = edited(tmp_path, change)
    assert load_workbook(path)["Grille"]["B12"].value == "11"
    assert problems(path) == {
        "Grille!V34: ligne-inconnue",
        "Grille!E5: cellule-modifiee",
        "Grille!K12: constat-non-permis",
    }


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("K2", "Non applicable", {"Grille!O2: commentaire-manquant"}),
        ("K2", "Presque", {"Grille!K2: constat-non-permis"}),
        ("K2", "=A1", {"Grille!K2: formule-inattendue"}),
        ("D2", "=A1", {"Grille!D2: formule-inattendue"}),
        ("S2", "hier", {"Grille!S2: date-invalide"}),
        ("L2", "Point noir", {"Grille!L2: annotation-inconnue"}),
        ("V2", "qualiopi/2", {"Grille!V3: ligne-en-double", "Grille: ligne-manquante"}),
        ("K1", "Note", {"Grille!A1: colonne-absente"}),
    ],
)
def test_a_mistake_is_named_at_its_cell(cell: str, value: str, expected: set[str], tmp_path: Path) -> None:
    """A mistake in a grid is told at its cell."""

    def change(book) -> None:
        book["Grille"][cell] = value

    assert expected <= problems(edited(tmp_path, change))


def test_a_formula_is_said_once(tmp_path: Path) -> None:
    """A comment that is a formula is not said to be missing too; one that is missing elsewhere is."""

    def change(book) -> None:
        for row in (2, 3):
            book["Grille"][f"K{row}"] = "Non-conformité mineure"
        book["Grille"]["O2"] = "=A1"

    expected = {"Grille!O2: formule-inattendue", "Grille!O3: commentaire-manquant"}
    assert problems(edited(tmp_path, change)) == expected


def test_sheets_and_merged_cells(tmp_path: Path) -> None:
    """A sheet renamed and cells merged are told, not misread."""

    def rename(book) -> None:
        book["Grille"].title = "Ma grille"

    assert {p.rpartition(" ")[2] for p in problems(edited(tmp_path, rename))} == {"feuille-absente"}

    def merge(book) -> None:
        book["Grille"].merge_cells("M2:N3")

    assert problems(edited(tmp_path, merge)) == {"Grille!M2: cellules-fusionnees"}

    def drop(book) -> None:
        book["Grille"].delete_rows(2)

    assert "Grille: ligne-manquante" in problems(edited(tmp_path, drop))


def test_follow_up_and_lifting(tmp_path: Path) -> None:
    """What the sheet Écarts says reaches the findings: nothing is lost."""

    def change(book) -> None:
        book["Grille"]["K2"], book["Grille"]["O2"] = "Non-conformité mineure", "Tarifs absents"
        book["Contexte"]["B10"] = "29/03/2024"
        assert book["Contexte"]["A10"].value.startswith("Écarts notifiés")
        sheet = book["Écarts"]
        for place, value in (
            ("A2", "1"),
            ("D2", "Tarifs"),
            ("E2", "Oubli"),
            ("L2", "2024-05-02"),
            ("M2", "AB"),
        ):
            sheet[place] = value

    path = edited(tmp_path, change)
    releve = read(path)["qualiopi/1"]
    assert releve.ecart == {"enonce": "Tarifs", "causes": "Oubli"}
    assert (releve.leve_le, releve.leve_par) == ("2024-05-02", "AB")
    assert read_grids(atelier(), [path]).dossier.notifie_le == "2024-03-29"


@pytest.mark.parametrize(
    ("constat", "cells", "expected"),
    [
        ("Non-conformité mineure", {"L2": "2024-01-02", "M2": "AB"}, "Écarts!L2: levee-avant-audit"),
        ("Non-conformité mineure", {"M2": "AB"}, "Écarts!M2: levee-sans-date"),
        ("Non-conformité mineure", {"L2": "2024-05-02"}, "Écarts!M2: levee-sans-auteur"),
        ("Conforme", {"L2": "2024-05-02", "M2": "AB"}, "Écarts!L2: levee-sans-objet"),
    ],
)
def test_a_wrong_lifting_is_named_by_its_cell(
    tmp_path: Path, constat: str, cells: dict[str, str], expected: str
) -> None:
    """What cannot be lifted is refused at the cell where it was typed, in the sheet of the gaps."""

    def change(book) -> None:
        book["Grille"]["K2"], book["Grille"]["O2"] = constat, "Tarifs absents"
        for place, value in {"A2": "1", **cells}.items():
            book["Écarts"][place] = value

    assert problems(edited(tmp_path, change)) == {expected}


def test_a_column_added_is_read_over_and_said(tmp_path: Path) -> None:
    """Notes in a column of one's own do not stop the reading: they are named as left where they are."""

    def change(book) -> None:
        book["Grille"]["Y1"], book["Grille"]["Y2"], book["Grille"]["Y3"] = "Mes notes", "à revoir", "=1+1"
        book["Grille"]["Z1"] = "Vide"
        book["Grille"]["K2"] = "Conforme"
        book["Écarts"]["O2"] = "sans titre"

    lecture = read_grids(atelier(), [edited(tmp_path, change)])
    assert lecture.dossier.releves[0].constat == "conforme"
    said = [(a.code, a.message) for a in lecture.avertissements]
    assert [code for code, _ in said] == ["colonne_ajoutee", "colonne_ajoutee"]
    assert "Grille!Y1" in said[0][1]
    assert "« Mes notes »" in said[0][1]
    assert "(2 cellules remplies)" in said[0][1]
    assert "Écarts!O1" in said[1][1]
    content = filled(CHECKLIST, "csv", {}, tmp_path).read_bytes()
    lines = content.replace(b"\r\n", b';"x"\r\n', 1)
    path = tmp_path / "plus.csv"
    path.write_bytes(lines)
    assert read_grids(atelier(), [path]).avertissements == ()


def test_what_is_damaged_does_not_hide_the_rest(tmp_path: Path) -> None:
    """Merged cells, a column gone, a sheet renamed: every other error is said in the same run."""

    def change(book) -> None:
        sheet = book["Grille"]
        sheet.merge_cells("D2:E3")
        sheet["L1"] = "Notes"
        sheet["S5"] = "hier"
        sheet["K12"] = "Non-conformité mineure"
        sheet["H9"] = "autre raison"
        book["Contexte"]["B10"] = "demain"
        book["Écarts"].title = "Suivi"

    assert problems(edited(tmp_path, change)) == {
        "Grille!D2: cellules-fusionnees",
        "Grille!A1: colonne-absente",
        "Grille!S5: date-invalide",
        "Grille!K12: constat-non-permis",
        "Grille!H9: cellule-modifiee",
        "Contexte!B10: date-invalide",
        f"{str(tmp_path / 'grille.xlsx').rpartition(':')[2]}: feuille-absente",
    }


def test_without_identifiers_no_line_is_said_to_be_missing(tmp_path: Path) -> None:
    """Where rows cannot be told apart, the column is what is wrong, and the other sheets are read."""

    def change(book) -> None:
        book["Grille"]["V1"] = "Clé"
        book["Écarts"]["A2"], book["Écarts"]["L2"] = "1", "hier"

    assert problems(edited(tmp_path, change)) == {
        "Grille!A1: colonne-absente",
        "Écarts!L2: date-invalide",
    }

    def merge(book) -> None:
        book["Grille"].merge_cells("S2:T3")
        book["Grille"]["K9"] = "Presque"

    assert problems(edited(tmp_path, merge)) == {
        "Grille!S2: cellules-fusionnees",
        "Grille!K9: constat-non-permis",
    }


def test_other_rules_are_refused_or_accepted(tmp_path: Path) -> None:
    """Another digest is refused with the difference named; accepted, it is a warning."""

    def change(book) -> None:
        cell = book["Données"]["A2"]
        start = cell.value.index('"empreinte":"sha256:') + 20
        cell.value = cell.value[:start] + "0" * 64 + cell.value[start + 64 :]

    path = edited(tmp_path, change)
    assert any("regles-differentes" in p for p in problems(path))
    lecture = read_grids(atelier(), [path], other_rules=True)
    assert "autres_regles" in {a.code for a in lecture.checklist.avertissements}
