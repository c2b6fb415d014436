"""Answers to a self-assessment read back: JSON, YAML, or the CSV of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.demande import from_profile
from certif_rules.audit.reponses import SANS_OBJET, Questionnaire, ReponseDite
from certif_rules.errors import DataError, Location
from certif_rules.grilles.autodiagnostic import COLONNES
from certif_rules.grilles.csv import IDENTIFIANT
from certif_rules.grilles.relecture.csv import LectureCsv, changed_head, read_head
from certif_rules.grilles.relecture.valeurs import folded
from certif_rules.source.donnees import place_of, read_checked
from certif_rules.source.entree import FichierDonne, given_file, refuse_bigger
from certif_rules.source.schema import check

#: « sans objet » as people type it in a cell.
_SANS_OBJET = frozenset({"sans objet", "sans_objet", "so", "s.o."})


def read_answers(source: Path | FichierDonne) -> Questionnaire:
    """Return the answers in a file, whose name tells a CSV; nothing is checked against a référentiel yet.

    Raises:
        DataError: the file cannot be read, or its schema refuses it; every problem is listed.
    """
    fichier = given_file(source)
    name, content = fichier.nom, fichier.octets
    refuse_bigger(content, name)
    if fichier.suffixe == ".csv":
        return _from_csv(content, name)
    data = read_checked(Path(name), "reponses", content=content)
    return from_data(data, name)


def from_data(data: Any, name: str = "") -> Questionnaire:
    """Return the answers in data that its schema accepts; ``name`` is the file of plain data."""
    whole = Location(name) if name else None
    referentiel = data.get("referentiel")
    stack = referentiel if isinstance(referentiel, dict) else {"id": referentiel}
    keys = ("referentiel", "reponses", "fait_le")
    places = {key: where for key in keys if (where := place_of(data, key) or whole) is not None}
    fait_le = data.get("fait_le")
    return Questionnaire(
        nom=name,
        demande=from_profile(data) if data.get("organisme") is not None else None,
        referentiel=stack.get("id"),
        empreinte=stack.get("empreinte"),
        etendue=data.get("etendue"),
        fait_le=None if fait_le is None else str(fait_le),
        reponses=tuple(_dite(entry, place_of(entry, "id") or whole) for entry in data["reponses"]),
        lieux=places,
    )


def _dite(entry: Any, lieu: Location | None) -> ReponseDite:
    niveau = entry.get("niveau")
    return ReponseDite(
        ligne=str(entry["id"]),
        niveau=int(niveau) if isinstance(niveau, float) else niveau,  # 2.0 is a whole number too
        raison=entry.get("raison"),
        commentaire=entry.get("commentaire"),
        preuves=entry.get("preuves"),
        lieu=lieu,
    )


def _from_csv(content: bytes, name: str) -> Questionnaire:
    """Return the rows of our CSV; the request that it answers is repeated on each of them."""
    tableau = LectureCsv(content, name)
    missing = list(tableau.missing(COLONNES.values()))
    if missing:
        raise DataError(missing)
    head = read_head(tableau)
    if not isinstance(head, dict):
        raise DataError([changed_head(name)])
    issues = check({**head, "reponses": []}, "reponses", name)
    if issues:
        raise DataError([changed_head(name)])
    reponses = []
    for line, cells in tableau.body:
        typed = {key: tableau.text(cells, column).strip() or None for key, column in COLONNES.items()}
        entry = {**typed, "id": folded(tableau.text(cells, IDENTIFIANT)), "niveau": _level(typed["niveau"])}
        where = Location(name, line, tableau.columns[COLONNES["niveau"]] + 1)
        reponses.append(_dite(entry, where))
    return replace(from_data({**head, "reponses": []}, name), reponses=tuple(reponses))


def _level(cell: str | None) -> int | str | None:
    """Return a level as typed in a cell; what is no level is kept, to be refused by its name."""
    if cell is None:
        return None
    if cell.casefold() in _SANS_OBJET:
        return SANS_OBJET
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= 4 else cell
