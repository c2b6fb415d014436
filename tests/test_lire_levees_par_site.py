"""A gap at one of the sites is lifted in its row of the sheet Écarts: there, and at no other site."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from grilles import AF, FAITS, atelier, filled, grille, place_ods
from openpyxl import load_workbook
from test_lire_anciennes import WITHOUT

import certif_rules as cr
from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import Releve
from certif_rules.errors import DataError
from certif_rules.grilles.grille import COLONNES_ECARTS
from certif_rules.services.lecture import Lecture, read_grids

CLASSEURS = ("xlsx", "ods")
SITES: dict[str, Any] = {"categories": ["AF"], "faits": FAITS, "sites": [{"id": "S1"}, {"id": "S2"}]}
MINEURE = "nc_mineure"
#: The causes at S2 are longer than a cell holds; nobody follows the gap of S1 yet.
PARTS: list[dict[str, Any]] = [
    {"site": "S1", "constat": MINEURE, "commentaire": "Absent à S1"},
    {
        "site": "S2", "constat": MINEURE, "commentaire": "Absent à S2",
        "leve_le": "2024-05-02", "leve_par": "AB",
        "ecart": {"causes": "Oubli, " * 5000 + "fin", "plan_recu_le": "2024-04-02"},
    },
]  # fmt: skip


@cache
def written(suffix: str) -> bytes:
    """A grid written with line 9 found at two sites, whose gravity for both was chosen."""
    nine = {"id": "qualiopi/9", "constat": MINEURE, "commentaire": "Aux deux sites", "par_site": PARTS}
    others = (
        {"id": ligne.indicateur.id, "constat": "a_evaluer"}
        for ligne in two_sites().lignes
        if ligne.indicateur.id != nine["id"]
    )
    profil = {**AF, "organisme": SITES}
    correction = cr.reprendre(atelier(), {**profil, "constats": [nine, *others]}, profil=profil)
    return cr.ecrire(correction, suffix)


@cache
def two_sites() -> Checklist:
    return grille(organisme=SITES)


def carried(suffix: str, folder: Path) -> Path:
    path = folder / f"grille.{suffix}"
    path.write_bytes(written(suffix))
    return path


def typed(path: Path, cells: Mapping[tuple[int, str], str]) -> Path:
    """The same with cells of the sheet Écarts written over, by row and column; some are emptied."""
    places = {(row, COLONNES_ECARTS.index(title) + 1): text for (row, title), text in cells.items()}
    if path.suffix == ".xlsx":
        book = load_workbook(path, rich_text=True)
        for (row, column), text in places.items():
            cell = book["Écarts"].cell(row, column)
            cell.value = text or None
            if text:
                cell.data_type = "s"
        book.save(path)
    else:
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        filled_in = {
            place: cell.format(text) if text else "<table:table-cell/>" for place, text in places.items()
        }
        path.write_bytes(place_ods(path.read_bytes(), "Écarts", filled_in))
    return path


def parts(lecture: Lecture) -> dict[str | None, Releve]:
    (nine,) = (r for r in lecture.dossier.releves if r.ligne == "qualiopi/9")
    return {part.site: part for part in nine.par_site}


def lifting(releve: Releve) -> tuple[Any, ...]:
    return releve.leve_le, releve.leve_par, dict(releve.ecart)


def problems(path: Path) -> set[tuple[str, str]]:
    """The cell and the code of everything wrong with a grid."""
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [path])
    titles = COLONNES_ECARTS
    return {
        (f"{titles[i.location.column - 1]} {i.location.line}", i.code)
        for i in caught.value.issues
        if i.location
    }


@pytest.mark.parametrize("suffix", CLASSEURS)
def test_each_gap_of_a_site_has_its_row(suffix: str, tmp_path: Path) -> None:
    """Line 9 at S1, then at S2, each with the finding made there; read as it is, nothing has changed."""
    path = carried(suffix, tmp_path)
    if suffix == "xlsx":
        rows = [
            [c.value for c in row]
            for row in load_workbook(path, data_only=True)["Écarts"].iter_rows(max_row=4)
        ]
        assert [row[:3] for row in rows[1:3]] == [
            ["9", "S1", "Non-conformité mineure"], ["9", "S2", "Non-conformité mineure"],
        ]  # fmt: skip
        assert rows[3][:2] == [None, None]
        assert rows[2][rows[0].index("Levé par")] == "AB"
    there = parts(read_grids(atelier(), [path]))
    assert lifting(there["S1"]) == (None, None, {})
    assert lifting(there["S2"]) == ("2024-05-02", "AB", PARTS[1]["ecart"])


@pytest.mark.parametrize("suffix", CLASSEURS)
def test_a_lifting_typed_goes_to_its_site(suffix: str, tmp_path: Path) -> None:
    """S1 is lifted and followed, S2 whose cells were emptied is open again; the line itself is not lifted."""
    cells = {
        (2, "Levé le"): "06/05/2024", (2, "Levé par"): "CD", (2, "Action corrective"): "Affichage",
        (3, "Levé le"): "", (3, "Levé par"): "", (3, "Analyse des causes"): "Autre",
    }  # fmt: skip
    lecture = read_grids(atelier(), [typed(carried(suffix, tmp_path), cells)])
    there = parts(lecture)
    assert lifting(there["S1"]) == ("2024-05-06", "CD", {"action_corrective": "Affichage"})
    assert lifting(there["S2"]) == (None, None, {"causes": "Autre", "plan_recu_le": "2024-04-02"})
    assert (there["S1"].constat, there["S2"].commentaire) == (MINEURE, "Absent à S2")
    (nine,) = (r for r in lecture.dossier.releves if r.ligne == "qualiopi/9")
    assert (lifting(nine), nine.commentaire) == ((None, None, {}), "Aux deux sites")


@pytest.mark.parametrize("suffix", CLASSEURS)
def test_a_row_without_site_is_that_of_the_line(suffix: str, tmp_path: Path) -> None:
    """Beside those of its sites, the gap of the whole line is lifted in a row of its own; rows may move."""
    cells = {
        (2, "Site"): "s2", (2, "Levé le"): "2024-05-02", (2, "Levé par"): "AB",
        (3, "Site"): "S1", (3, "Levé le"): "", (3, "Levé par"): "", (3, "Analyse des causes"): "",
        (3, "Plan reçu le"): "",
        (4, "Indicateur"): "9", (4, "Levé le"): "2024-05-07", (4, "Levé par"): "EF",
    }  # fmt: skip
    lecture = read_grids(atelier(), [typed(carried(suffix, tmp_path), cells)])
    there = parts(lecture)
    assert (lifting(there["S1"]), lifting(there["S2"])) == ((None, None, {}), ("2024-05-02", "AB", {}))
    (nine,) = (r for r in lecture.dossier.releves if r.ligne == "qualiopi/9")
    assert lifting(nine) == ("2024-05-07", "EF", {})


@pytest.mark.parametrize("suffix", CLASSEURS)
@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {
                (2, "Site"): "S7",
                (2, "Plan reçu le"): "hier",
                (3, "Levé le"): "2024-01-02",
                (3, "Plan reçu le"): "2024-01-02",
                (4, "Indicateur"): "4",
                (4, "Site"): "S1",
                (4, "Levé par"): "AB",
                (5, "Indicateur"): "9",
                (5, "Site"): "S2",
            },
            {
                ("Site 2", "site-inconnu"),
                ("Plan reçu le 2", "date-invalide"),
                ("Levé le 3", "levee-avant-audit"),
                ("Plan reçu le 3", "plan-avant-audit"),
                ("Site 4", "levee-sans-constat"),
                ("Indicateur 5", "ligne-en-double"),
            },
        ),
        (
            {(2, "Levé le"): "2024-05-02", (3, "Levé le"): ""},
            {("Levé par 2", "levee-sans-auteur"), ("Levé par 3", "levee-sans-date")},
        ),
    ],
)
def test_what_is_wrong_is_named_at_its_cell(
    suffix: str, cells: dict[tuple[int, str], str], expected: set[tuple[str, str]], tmp_path: Path
) -> None:
    """A site that nobody declares, two rows for one gap, a line not seen there, days that cannot be."""
    assert problems(typed(carried(suffix, tmp_path), cells)) == expected


@pytest.mark.parametrize("suffix", CLASSEURS)
def test_a_line_seen_at_one_site_is_lifted_with_it_or_without(suffix: str, tmp_path: Path) -> None:
    """The sheet Grille says S1: the row « 1, S1 » and the row « 1 » are of the same finding; S2 has none."""
    said = {"qualiopi/1": {"Constat": "Non-conformité mineure", "Commentaire": "Non", "Site": "S1"}}
    row = {(2, "Indicateur"): "1", (2, "Levé le"): "2024-05-02", (2, "Levé par"): "AB"}
    for site in ("", "s1"):
        path = typed(filled(two_sites(), suffix, said, tmp_path), {**row, (2, "Site"): site})
        (one,) = (r for r in read_grids(atelier(), [path]).dossier.releves if r.ligne == "qualiopi/1")
        assert (one.site, lifting(one), one.par_site) == ("S1", ("2024-05-02", "AB", {}), ())
    path = typed(filled(two_sites(), suffix, said, tmp_path), {**row, (2, "Site"): "S2"})
    assert problems(path) == {("Site 2", "levee-sans-constat")}
    twice = {**row, (3, "Indicateur"): "1", (3, "Site"): "S1", (3, "Preuve"): "Photo"}
    path = typed(filled(two_sites(), suffix, said, tmp_path), twice)
    assert problems(path) == {("Site 3", "ligne-en-double")}


@pytest.mark.parametrize("suffix", CLASSEURS)
def test_a_grid_without_the_column_keeps_what_was_lifted(suffix: str, tmp_path: Path) -> None:
    """Written before it: the sites keep what the file carries, and each sheet says that it lacks.

    Its rows were those of lines only: emptied here, as that version left them.
    """
    rows = {(row, "Indicateur"): "" for row in (2, 3)} | {
        (3, title): "" for title in ("Levé le", "Levé par", "Analyse des causes", "Plan reçu le")
    }
    path = typed(carried(suffix, tmp_path), rows)
    path.write_bytes(WITHOUT[suffix](path.read_bytes(), "Site"))
    lecture = read_grids(atelier(), [path])
    assert lifting(parts(lecture)["S2"]) == ("2024-05-02", "AB", PARTS[1]["ecart"])
    assert [a.code for a in lecture.avertissements] == ["colonne_lue_vide", "colonne_lue_vide"]


def test_one_site_hides_the_column(tmp_path: Path) -> None:
    """Nobody with a single site is asked for it."""
    for checklist, hidden in ((grille(), True), (two_sites(), False)):
        path = filled(checklist, "xlsx", {}, tmp_path)
        assert load_workbook(path)["Écarts"].column_dimensions["B"].hidden is hidden
