"""« L’audit : « oui » ; œuvre, 5 % » goes out in every format and comes back as it was typed (story M10)."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from console import words
from fabrique import checklist, organisme
from grilles import atelier, filled, grille
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.blocs.typographie import clean, prose
from certif_rules.services.formats import BUILTIN, choose, write_document
from certif_rules.services.lecture import read_grids

TAPE = "L’audit : « oui » ; œuvre, 5 % — l'élève, 1er"
SERRE = "L’audit\u00a0: «\u00a0oui\u00a0»\u202f; œuvre, 5\u00a0%"


@pytest.mark.parametrize("texte", [TAPE, SERRE])
@pytest.mark.parametrize("format_", BUILTIN)
def test_what_was_typed_is_printed_as_it_was(format_: str, texte: str) -> None:
    """A name is data: no format changes its blanks nor its apostrophes; only lines may be broken."""
    content = write_document(
        "checklist", choose("checklist", format_, None), checklist(organisme=organisme(texte))
    )
    text = unescape(words(content)).replace("\\u202f", "\u202f").replace("\\u00a0", "\u00a0")
    if format_ in {"table", "md"}:
        text = text.replace("\\", "")
    assert texte in text.replace("\n", " ")


@pytest.mark.parametrize("texte", [TAPE, SERRE])
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv", "json"])
def test_what_was_typed_in_a_grid_comes_back(suffix: str, texte: str, tmp_path: Path) -> None:
    """Typography never alters what an auditor typed."""
    saisie = {
        "qualiopi/1": {"Constat": "Non-conformité mineure", "Commentaire": texte, "Preuves vues": texte}
    }
    path = filled(grille(), suffix, saisie, tmp_path)
    (releve,) = [r for r in read_grids(atelier(), [path]).dossier.releves if r.commentaire]
    assert releve.commentaire == texte
    assert releve.preuves_vues == (texte,)


@settings(max_examples=200)
@given(st.text("aé1 :;!?«»%€'’.\u00a0\u202f", max_size=30))
def test_typography_changes_no_word(texte: str) -> None:
    """Blanks and apostrophes only, whatever the text."""
    blanks = str.maketrans({" ": None, "\u00a0": None, "\u202f": None, "'": "’"})
    assert prose(texte).translate(blanks) == clean(texte).translate(blanks)


@pytest.mark.parametrize("format_", ["table", "md", "html", "formulaire", "docx", "xlsx", "ods"])
def test_a_digest_says_what_it_is_for(format_: str) -> None:
    """« Empreinte » is a word of the house: where an auditor reads it, one phrase says what it is for."""
    content = write_document("checklist", choose("checklist", format_, None), checklist())
    assert "deux documents qui ont la même appliquent les mêmes textes" in " ".join(words(content).split())
