"""Grids as auditors fill them: the file is edited, never made by the code that reads it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import greffons
from openpyxl import load_workbook

from certif_rules import colonnes
from certif_rules.audit.checklist import Checklist
from certif_rules.audit.demande import from_profile
from certif_rules.echanges import checklist as json_
from certif_rules.formulaires import checklist as formulaire
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import ods, xlsx
from certif_rules.grilles.feuilles import COLONNES, NOTIFIES
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import make_checklist

#: What is typed on a line, by column of the sheet Grille.
Saisie = Mapping[str, Mapping[str, str]]

FAITS = {
    "sous_traitance": True, "certifiante": False, "alternance": False, "situation_travail": False,
    "plus_de_deux_jours": True, "nouvel_entrant": False,
}  # fmt: skip
AF: dict[str, Any] = {
    "format": 1,
    "referentiel": "qualiopi",
    "audit": {"type": "initial", "date": "2024-03-18"},
    "organisme": {"nom": "=Organisme  d’exemple", "categories": ["AF"], "faits": FAITS},
}
#: The surveillance that follows, with a check that is no indicator.
SURVEILLANCE: dict[str, Any] = {
    **AF,
    "audit": {"type": "surveillance", "date": "2025-09-01"},
    "organisme": {"categories": ["AF"], "faits": FAITS},
    "precedent": {"type": "initial", "date": "2024-03-18", "constats": {}},
}


#: The columns that the dress of the tests adds, last in the grid, with their keys.
AJOUTEES = {"Référence interne": "reference_interne", "Vu, où ?": "lieu"}


@cache
def atelier() -> Registry:
    return greffons.registry()


def grille(**changes: Any) -> Checklist:
    """The checklist of the worked example: a training body that subcontracts, at its initial audit."""
    return make_checklist(atelier(), from_profile(AF | changes))


def column(name: str) -> int:
    return [*COLONNES, *AJOUTEES].index(name) + 1


def fill_xlsx(content: bytes, saisie: Saisie) -> bytes:
    book = load_workbook(io.BytesIO(content), rich_text=True)
    sheet = book["Grille"]
    for row in range(2, sheet.max_row + 1):
        for name, text in saisie.get(str(sheet.cell(row, column("Identifiant")).value), {}).items():
            cell = sheet.cell(row, column(name))
            cell.value = text
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def follow_xlsx(
    content: bytes, *, notified: date, gaps: Sequence[str] = (), checks: Saisie | None = None
) -> bytes:
    """Return the workbook with its findings notified, its gaps followed, and its checks made.

    ``gaps`` are the lines and checks named on the sheet Écarts; ``checks`` is what is typed of each check.
    """
    book = load_workbook(io.BytesIO(content), rich_text=True)
    labels = {row[0].value: row[1] for row in book["Contexte"].iter_rows(max_col=2)}
    labels[NOTIFIES].value = notified
    for row, name in enumerate(gaps, start=2):
        book["Écarts"].cell(row, 1).value = name
    if checks:
        header, *rows = book["Vérifications"].iter_rows()
        titles = [cell.value for cell in header]
        for row in rows:
            for title, text in checks.get(row[titles.index("Identifiant")].value, {}).items():
                row[titles.index(title)].value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def fill_ods(content: bytes, saisie: Saisie) -> bytes:
    source = ZipFile(io.BytesIO(content))
    root = ElementTree.fromstring(source.read("content.xml"))
    table = next(t for t in root.iter(f"{TABLE}table") if t.get(f"{TABLE}name") == "Grille")
    for row in table.iter(f"{TABLE}table-row"):
        cells = list(row)
        said = saisie.get("".join(cells[column("Identifiant") - 1].itertext()), {})
        for name, text in said.items():
            cell = cells[column(name) - 1]
            cell.set(f"{OFFICE}value-type", "string")
            for line in text.split("\n"):
                _paragraph(ElementTree.SubElement(cell, f"{TEXT}p"), line)
    for cell in root.iter(f"{TABLE}table-cell"):
        if f"{TABLE}formula" in cell.attrib:  # what it was worth before
            for name in ("value", "value-type", "string-value"):
                cell.attrib.pop(f"{OFFICE}{name}", None)
            cell[:] = []
    # The prefix of formulas stands in values only: ElementTree does not know that it is used.
    root.set("xmlns:of", "urn:oasis:names:tc:opendocument:xmlns:of:1.2")
    return rezipped(source, {"content.xml": ElementTree.tostring(root)})


def place_ods(content: bytes, sheet: str, cells: Mapping[tuple[int, int], str]) -> bytes:
    """Return the workbook with cells (row, column, from 1) replaced by what is written of them, as XML."""
    source = ZipFile(io.BytesIO(content))
    root = ElementTree.fromstring(source.read("content.xml"))
    names = ("table", "text", "office")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    spaces += ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    table = next(t for t in root.iter(f"{TABLE}table") if t.get(f"{TABLE}name") == sheet)
    rows = list(table.iter(f"{TABLE}table-row"))
    while len(rows) < max((row for row, _ in cells), default=0):
        rows.append(ElementTree.SubElement(table, f"{TABLE}table-row"))
    for (row, column_), written in cells.items():
        while len(rows[row - 1]) < column_:
            ElementTree.SubElement(rows[row - 1], f"{TABLE}table-cell")
        rows[row - 1][column_ - 1] = ElementTree.fromstring(f"<r {spaces}>{written}</r>")[0]
    root.set("xmlns:of", "urn:oasis:names:tc:opendocument:xmlns:of:1.2")
    return rezipped(source, {"content.xml": ElementTree.tostring(root)})


def rezipped(source: ZipFile, changed: Mapping[str, bytes]) -> bytes:
    """Return an archive with some of its members replaced or added."""
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for member in dict.fromkeys([*source.namelist(), *changed]):
            archive.writestr(member, changed.get(member) or source.read(member))
    return out.getvalue()


def _paragraph(node: ElementTree.Element, line: str) -> None:
    """Every blank by its own element: the format folds those that are written."""
    first, *rest = line.split(" ")
    node.text = first
    for part in rest:
        ElementTree.SubElement(node, f"{TEXT}s").tail = part


def fill_csv(content: bytes, saisie: Saisie) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    labels = {label: rows[0].index(name) for name, label in csv_.SAISIE.items() if name in rows[0]}
    labels |= {name: place for place, name in enumerate(rows[0]) if name in AJOUTEES}
    for row in rows[1:]:
        for name, text in saisie.get(row[rows[0].index(csv_.IDENTIFIANT)], {}).items():
            row[labels[name]] = csv_.guard(text)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def as_json(typed: Mapping[str, str], constats: Mapping[str, str]) -> dict[str, Any]:
    """Return what is typed on a line under the keys of a findings file."""
    entry: dict[str, Any] = {}
    for colonne in colonnes.SAISIE:
        if colonne.champ and colonne.titre in typed:
            text = typed[colonne.titre]
            named = constats[text] if colonne.genre == "constat" else text
            entry[colonne.champ] = text.split("\n") if colonne.genre == "liste" else named
    added = {AJOUTEES[title]: text for title, text in typed.items() if title in AJOUTEES}
    return entry | ({"complements": added} if added else {})


def fill_json(content: bytes, saisie: Saisie, constats: Mapping[str, str]) -> bytes:
    data = json.loads(content)
    for line in data["lignes"]:
        line.update(as_json(saisie.get(line["id"], {}), constats))
    return json.dumps(data).encode()


def fill_form(content: bytes, saisie: Saisie, constats: Mapping[str, str]) -> bytes:
    """What the button « Exporter » of the form gives: `fichier` and `vierge` of checklist.js."""
    found = re.search(r'<script[^>]* id="donnees"[^>]*>(.*?)</script>', content.decode(), re.DOTALL)
    assert found
    donnees = json.loads(found[1])
    empty = {
        champ["nom"]: [] if champ["genre"] in ("liste", "annotations") else None
        for champ in donnees["champs"]
    }
    empty |= {"leve_le": None, "leve_par": None, **({"complements": {}} if donnees["complements"] else {})}
    entries, checks = [], []
    for line in donnees["lignes"]:
        typed = saisie.get(line["id"], {})
        found = {**empty, "constat": donnees["a_evaluer"], **as_json(typed, constats)}
        if "verification" in line:
            checks.append({"id": line["verification"], "resultat": found.pop("constat"), **found})
        elif typed or line["etat"] == "a_auditer":
            entries.append({"id": line["id"], **found})
    exported = {**donnees["tete"], "ecarts_notifies_le": None, "constats": entries}
    exported |= {"verifications": checks} if checks else {}
    return (json.dumps(exported, ensure_ascii=False, indent=2) + "\n").encode()


FORMATS: dict[str, tuple[Callable[[Checklist], bytes], Callable[..., bytes]]] = {
    "xlsx": (xlsx.render, fill_xlsx),
    "ods": (ods.render, fill_ods),
    "csv": (csv_.render, fill_csv),
    "json": (json_.render, fill_json),
}


def filled(checklist: Checklist, suffix: str, saisie: Saisie, folder: Path, name: str = "grille") -> Path:
    """The grid of ``checklist`` in one format, filled, as a file."""
    render, fill = FORMATS[suffix]
    constats = {c.titre: c.id for c in checklist.referentiel.constats.values()}
    more = (constats,) if suffix == "json" else ()
    path = folder / f"{name}.{suffix}"
    path.write_bytes(fill(render(checklist), saisie, *more))
    return path


def exported_form(checklist: Checklist, saisie: Saisie, folder: Path) -> Path:
    """What the form of ``checklist``, filled, exports, as a file."""
    constats = {c.titre: c.id for c in checklist.referentiel.constats.values()}
    path = folder / "formulaire.json"
    path.write_bytes(fill_form(formulaire.render(checklist), saisie, constats))
    return path
