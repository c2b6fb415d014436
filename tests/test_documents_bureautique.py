"""DOCX documents through a real LibreOffice: nothing leaves its column, no page is lost, French all along."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from documents import document
from fabrique import checklist
from grilles import AF, grille
from pages import letters, pdf_text, squashed
from test_bureautique import convert

from certif_rules.blocs.arbre import Document, Tableau
from certif_rules.documents.checklist import papier
from certif_rules.documents.formats import docx
from certif_rules.documents.formats.rendu import gabarit
from certif_rules.documents.mots import title

pytestmark = pytest.mark.bureautique


def printed(value: Document, folder: Path) -> bytes:
    """The document as LibreOffice prints it."""
    folder.mkdir(exist_ok=True)
    path = folder / "document.docx"
    path.write_bytes(docx.render(value))
    return convert(path, "pdf", folder).read_bytes()


@pytest.mark.parametrize("texte", ["y" * 300, "M" * 300, "é-" * 150])
@pytest.mark.parametrize("paysage", [False, True])
def test_no_table_overflows(texte: str, paysage: bool, tmp_path: Path) -> None:
    """A word of 300 letters in a narrow column stays there; everything stays between the margins."""
    heads = ("a", texte, "b")
    table = Tableau(legende="A", tetes=heads, lignes=(heads,), largeurs=(30, 15, 30))
    short = Document(titre="A", sujet="A", date="2024-03-01", pied="A", paysage=paysage, blocs=(table,))
    sheet = gabarit(short)
    point = 72 / 25.4
    column = sheet.texte * point / 75
    found = [box for _, c, box in letters(printed(short, tmp_path / "un")) if c in texte]
    assert len(found) == 600
    assert min(box[0] for box in found) > sheet.marge * point + 30 * column
    assert max(box[2] for box in found) < sheet.marge * point + 45 * column
    boxes = [box for _, _, box in letters(printed(document(texte, paysage=paysage), tmp_path / "deux"))]
    assert min(box[0] for box in boxes) > sheet.marge * point - 2
    assert max(box[2] for box in boxes) < (sheet.largeur - sheet.marge) * point + 2


@pytest.mark.parametrize("referentiel", ["qualiopi", "certifregion"])
def test_the_paper_grid_prints(referentiel: str, tmp_path: Path) -> None:
    """Turned A4, thin, in French, every line there."""
    made = grille(**AF | {"referentiel": referentiel})
    content = printed(papier.compose(made), tmp_path)
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in reader.pages} == {(842, 595)}
    assert len(reader.pages) <= 22
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    text = squashed(pdf_text(content))
    assert [
        ligne.indicateur.id for ligne in made.lignes if squashed(title(ligne, 160))[:60] not in text
    ] == []


def test_every_block_prints(tmp_path: Path) -> None:
    """LibreOffice prints every kind of block of a DOCX, with its page numbers."""
    text = squashed(pdf_text(printed(document("Unique"), tmp_path)))
    wanted = ("Rapport – Unique", "Second chapitre", "Une section", "Signatures", "page 1 sur 2", "2. Unique")
    assert [words for words in wanted if squashed(words) not in text] == []
    assert text.count("☐") == 6
    assert "Grille" in pdf_text(printed(papier.compose(checklist()), tmp_path / "papier"))
