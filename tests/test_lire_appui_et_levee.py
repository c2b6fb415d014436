"""The text that a finding rests on and the level after a lifting: shown where they serve, read as typed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from greffons import registry
from grilles import FORMATS, as_json, atelier, exported_form, filled, grille, place_ods
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from test_lire import TEXTE

import certif_rules as cr
from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist
from certif_rules.audit.constats import Releve
from certif_rules.audit.demande import from_profile
from certif_rules.audit.recevabilite import levels_after_lifting
from certif_rules.echanges import checklist as json_
from certif_rules.echanges.constats import write_dossier
from certif_rules.errors import DataError
from certif_rules.formulaires import checklist as formulaire
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import xlsx
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import make_checklist
from certif_rules.services.lecture import Lecture, read_grids

NOTES = Path(__file__).parent / "fictif_notes"
CLASSEURS = ("xlsx", "ods")
#: A label of which no source gives the text of some lines, « A » among them.
SANS_TEXTE: dict[str, Any] = {
    "referentiel": "certifregion",
    "audit": {"type": "complementaire", "date": "2024-06-03"},
    "organisme": {"categories": ["AF"], "faits": {"formation_a_distance": True}},
    "certificats": {"qualiopi": {"notification": "2023-01-01", "echeance": "2026-01-01"}},
}
BARE = "certifregion/A"
FIRST = "echelle/F1"


@cache
def notes(nom: str = "echelle") -> Registry:
    return registry(**{nom: NOTES / nom})


@cache
def scale(nom: str = "echelle") -> Checklist:
    """Return the checklist of a made-up référentiel whose findings are levels."""
    dit = {
        "referentiel": nom,
        "audit": {"type": "visite", "date": "2025-03-10"},
        "organisme": {"categories": ["TOUT"]},
    }
    return make_checklist(notes(nom), from_profile({"format": 1, **dit}))


@cache
def bare() -> Checklist:
    return make_checklist(atelier(), from_profile({"format": 1, **SANS_TEXTE}))


def hidden(checklist: Checklist, sheet: str, title: str) -> bool:
    """Return whether a column of the workbook is folded away."""
    page = load_workbook(io.BytesIO(xlsx.render(checklist)))[sheet]
    place = next(cell.column for cell in page[1] if cell.value == title)
    return any(d.hidden and d.min <= place <= d.max for d in page.column_dimensions.values())


# ---- where they serve ---------------------------------------------------------------------------------


def test_the_text_cited_is_asked_where_a_line_has_none() -> None:
    """At the complementary audit of the label, six lines have no text; all those of Qualiopi have theirs."""
    for checklist, serves in ((bare(), True), (grille(), False), (scale(), False)):
        assert hidden(checklist, "Grille", "Texte d’appui") is not serves
        header = csv_.render(checklist).decode("utf-8-sig").partition("\r\n")[0]
        assert ('"texte d’appui"' in header) is serves
        assert ('data-champ="appui"' in formulaire.render(checklist).decode()) is serves


def test_the_level_after_a_lifting_is_asked_where_a_level_is_a_gap() -> None:
    """0 and 1 are declared gaps on one scale, no level is on the other, and those of Qualiopi are words."""
    words = ("niveau_0", "niveau_1", "niveau_2", "niveau_3")
    for checklist, levels in ((scale(), words), (scale("niveaux"), ()), (grille(), ())):
        assert levels_after_lifting(checklist) == levels
        assert hidden(checklist, "Écarts", "Niveau après levée") is not bool(levels)
        header = csv_.render(checklist).decode("utf-8-sig").partition("\r\n")[0].split(";")
        lifted = [name for name in header if name in ('"levé le"', '"levé par"', '"niveau après levée"')]
        assert len(lifted) == (3 if levels else 0)
        about = load_workbook(io.BytesIO(xlsx.render(checklist)))["À propos"]
        told = any(row[0].value == "Niveau après levée" for row in about.iter_rows())
        assert told is bool(levels)


def test_the_levels_are_chosen_from_a_list() -> None:
    """The drop-down has the four levels in words, and neither what is out of scope nor what is to assess."""
    book = load_workbook(io.BytesIO(xlsx.render(scale())))
    (rule,) = [
        v for v in book["Écarts"].data_validations.dataValidation if "N2" in str(v.sqref) and v.type == "list"
    ]
    sheet, _, area = rule.formula1.rpartition("!")
    cells = book[sheet][area.replace("$", "")]
    assert [cell.value for (cell,) in cells] == ["0", "1", "2", "3"]


# ---- what is typed is what is read --------------------------------------------------------------------


def levelled(suffix: str, folder: Path, constat: str, gap: Mapping[str, str]) -> Path:
    """Return the grid of the scale: F1 found, then lifted as ``gap`` says, by column."""
    checklist = scale()
    saisie = {FIRST: {"Constat": constat, "Commentaire": "Rien n’est écrit."}}
    if suffix == "formulaire":
        return lifted_form(folder, saisie, gap)
    path = filled(checklist, suffix, saisie, folder)
    content = path.read_bytes()
    titles = [c.titre for c in colonnes.ECARTS]
    places = {(2, titles.index(title) + 1): text for title, text in {"Indicateur": "F1", **gap}.items()}
    if suffix == "xlsx":
        book = load_workbook(io.BytesIO(content), rich_text=True)
        for (row, column), text in places.items():
            cell = book["Écarts"].cell(row, column)
            cell.value, cell.data_type = text, "s"
        book.save(path)
    elif suffix == "ods":
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        path.write_bytes(
            place_ods(content, "Écarts", {where: cell.format(escape(t)) for where, t in places.items()})
        )
    elif suffix == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
        (row,) = (row for row in rows if row[rows[0].index("identifiant")] == FIRST)
        for title, text in gap.items():
            row[rows[0].index(title.lower())] = csv_.guard(text)
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
        path.write_bytes(out.getvalue().encode("utf-8-sig"))
    return path


def lifted_form(folder: Path, saisie: Mapping[str, Mapping[str, str]], gap: Mapping[str, str]) -> Path:
    """Return what the form exports of a file that said the lifting, which it carries and does not change."""
    path = exported_form(scale(), saisie, folder)
    data = json.loads(path.read_bytes())
    (entry,) = (e for e in data["constats"] if e["id"] == FIRST)
    ids = {c.titre: c.id for c in scale().referentiel.constats.values()}
    said = as_json(saisie[FIRST], ids) | {c.champ: gap[c.titre] for c in colonnes.LEVEE if c.titre in gap}
    entry |= said | ({"leve_constat": ids[said["leve_constat"]]} if "leve_constat" in said else {})
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def first(lecture: Lecture, ligne: str = FIRST) -> Releve:
    (releve,) = (r for r in lecture.dossier.releves if r.ligne == ligne)
    return releve


def rewritten(lecture: Lecture, known: Registry, folder: Path) -> Lecture:
    """Return what the findings file says of these findings, written then read."""
    path = folder / "constats.json"
    path.write_bytes(write_dossier(lecture.dossier))
    return read_grids(known, [path])


@pytest.mark.parametrize("suffix", [*CLASSEURS, "csv", "formulaire"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    levels=st.sampled_from([("0", "1"), ("0", "3"), ("1", "0"), ("1", "2")]),
    jour=st.dates(min_value=date(2025, 3, 10)),
    auteur=TEXTE,
)
def test_a_lifting_to_a_level_comes_back(
    suffix: str, levels: tuple[str, str], jour: Any, auteur: str, tmp_path: Path
) -> None:
    """From each format, then from the findings file: the finding stays, the new level is beside it."""
    before, after = levels
    gap = {"Levé le": jour.isoformat(), "Levé par": auteur, "Niveau après levée": after}
    lecture = read_grids(notes(), [levelled(suffix, tmp_path, before, gap)])
    expected = (f"niveau_{before}", jour.isoformat(), auteur, f"niveau_{after}")
    for one in (lecture, rewritten(lecture, notes(), tmp_path)):
        releve = first(one)
        assert (releve.constat, releve.leve_le, releve.leve_par, releve.leve_constat) == expected
        assert all(r.leve_constat is None for r in one.dossier.releves if r.ligne != FIRST)


@pytest.mark.parametrize("suffix", [*FORMATS, "formulaire"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(appui=TEXTE)
def test_the_text_cited_comes_back(suffix: str, appui: str, tmp_path: Path) -> None:
    """From each format, then from the findings file, as it was typed: equal signs and quotes included."""
    saisie = {BARE: {"Constat": "Conforme", "Texte d’appui": appui}}
    path = (
        exported_form(bare(), saisie, tmp_path)
        if suffix == "formulaire"
        else filled(bare(), suffix, saisie, tmp_path)
    )
    lecture = read_grids(atelier(), [path])
    for one in (lecture, rewritten(lecture, atelier(), tmp_path)):
        assert (first(one, BARE).constat, first(one, BARE).appui) == ("conforme", appui)
        assert all(r.appui is None for r in one.dossier.releves if r.ligne != BARE)


# ---- what is wrong with it ----------------------------------------------------------------------------

LIFTED = {"Levé le": "2025-04-02", "Levé par": "J. D."}


@pytest.mark.parametrize("suffix", [*CLASSEURS, "csv"])
@pytest.mark.parametrize(
    ("gap", "constat", "expected"),
    [
        ({**LIFTED, "Niveau après levée": "△ 1"}, "0", "niveau_1"),
        ({**LIFTED, "Niveau après levée": "niveau_2"}, "0", "niveau_2"),
        # What says that nobody chose, with a sign or without: the level stays unknown.
        ({**LIFTED, "Niveau après levée": "✓ à évaluer"}, "0", None),
        ({**LIFTED, "Niveau après levée": "à évaluer"}, "0", None),
        (LIFTED, "0", None),
    ],
)
def test_a_level_is_read_by_its_words(
    suffix: str, gap: dict[str, str], constat: str, expected: str | None, tmp_path: Path
) -> None:
    """With the sign that a spreadsheet may have saved, or by its id; nothing is made up of a blank."""
    releve = first(read_grids(notes(), [levelled(suffix, tmp_path, constat, gap)]))
    assert (releve.leve_le, releve.leve_constat) == ("2025-04-02", expected)


@pytest.mark.parametrize("suffix", [*CLASSEURS, "csv"])
@pytest.mark.parametrize(
    ("gap", "constat", "expected"),
    [
        ({**LIFTED, "Niveau après levée": "Presque"}, "0", {("niveau après levée", "constat-non-permis")}),
        ({**LIFTED, "Niveau après levée": "0"}, "0", {("niveau après levée", "constat-non-permis")}),
        (
            {**LIFTED, "Niveau après levée": "Non pertinent"},
            "0",
            {("niveau après levée", "constat-non-permis")},
        ),
        ({"Niveau après levée": "2"}, "0", {("niveau après levée", "levee-sans-date")}),
        ({**LIFTED, "Levé le": "hier"}, "0", {("levé le", "date-invalide"), ("levé par", "levee-sans-date")}),
        ({"Levé le": "2025-04-02"}, "0", {("levé par", "levee-sans-auteur")}),
        ({**LIFTED, "Levé le": "2025-03-01"}, "0", {("levé le", "levee-avant-audit")}),
    ],
)
def test_a_wrong_lifting_is_named_at_its_cell(
    suffix: str, gap: dict[str, str], constat: str, expected: set[tuple[str, str]], tmp_path: Path
) -> None:
    """In the sheet Écarts, or on the row of the line in a CSV."""
    path = levelled(suffix, tmp_path, constat, gap)
    with pytest.raises(DataError) as caught:
        read_grids(notes(), [path])
    header = [c.titre.lower() for c in colonnes.ECARTS]
    if suffix == "csv":
        header = next(
            csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";")
        )
    places = [(issue.location, issue.code) for issue in caught.value.issues]
    assert {where.line for where, _ in places if where} == {2}
    assert {(header[where.column - 1], code) for where, code in places if where} == expected


@pytest.mark.parametrize("suffix", [*CLASSEURS, "csv"])
def test_a_grid_filled_beforehand_has_both(suffix: str, tmp_path: Path) -> None:
    """Findings carried to their context: the text cited and the level after come back from its cells."""
    for checklist, known, releve in (
        (bare(), atelier(), {"id": BARE, "constat": "conforme", "appui": "Référentiel, page 12"}),
        (
            scale(),
            notes(),
            {"id": FIRST, "constat": "niveau_0", "commentaire": "Rien", "leve_le": "2025-04-01",
             "leve_par": "AB", "leve_constat": "niveau_2"},
        ),
    ):  # fmt: skip
        others = [li.indicateur.id for li in checklist.lignes if li.etat == "a_auditer"]
        tete = json_.head(checklist)
        asked = {key: tete["audit"][key] for key in ("type", "date")}
        profil = {**tete, "referentiel": tete["referentiel"]["id"], "audit": asked}
        findings = [releve, *({"id": i, "constat": "a_evaluer"} for i in others if i != releve["id"])]
        correction = cr.reprendre(known, {**profil, "constats": findings}, profil=profil)
        path = tmp_path / f"{checklist.referentiel.id}.{suffix}"
        path.write_bytes(cr.ecrire(correction, suffix))
        (back,) = [r for r in read_grids(known, [path]).dossier.releves if r.ligne == releve["id"]]
        assert {key: getattr(back, key) for key in releve if key != "id"} == {
            key: value for key, value in releve.items() if key != "id"
        }
