"""The report as other programs open it: what a PDF says of itself, a DOCX that LibreOffice prints, a page."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pages import letters, pdf_tags
from rapports import MINEURES, a6, findings_file, lay_out, registre, squeezed, texte
from test_bureautique import convert

from certif_rules.blocs.arbre import Document, Titre
from certif_rules.documents.rapport.composition import report as compose
from certif_rules.services.rapport import report_file


def composed(folder: Path, data: dict[str, Any] | None = None) -> Document:
    return compose(report_file(registre(), findings_file(data or a6(), folder))[0])


def test_the_pdf_of_a_report(tmp_path: Path) -> None:
    """Tagged, in French, PDF/UA; its headings are those of the report, a caption and heads per table."""
    document = composed(tmp_path)
    content = lay_out(document, "pdf")
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"].value, root["/Lang"]) == (True, "fr-FR")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Rapport d’audit – Référentiel national qualité (Qualiopi)"
    tags = pdf_tags(content)
    found = [str(text) for role, text in tags if re.fullmatch(r"H\d", role)]
    wanted = [bloc.texte for bloc in document.blocs if isinstance(bloc, Titre)]
    assert found[-len(wanted) :] == wanted
    roles = [role for role, _ in tags]
    assert roles.count("Table") > 20
    assert roles.count("TH") > roles.count("Table")


def test_the_page_of_a_report(tmp_path: Path) -> None:
    """French, captions, heads with their scope, headings in order, nothing told by colour alone."""
    page = lay_out(composed(tmp_path), "html").decode()
    assert '<html lang="fr"' in page
    tables = re.findall(r"<table\b.*?</table>", page, re.DOTALL)
    assert tables
    assert [t[:80] for t in tables if "<caption>" not in t] == []
    assert [th for th in re.findall(r"<th\b[^>]*>", page) if "scope=" not in th] == []
    levels = [int(n) for n in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert "Délivrance" in texte(page.encode(), "html"), "the verdict is a word"


@pytest.mark.bureautique
def test_the_docx_of_a_report_prints(tmp_path: Path) -> None:
    """LibreOffice prints every word between the margins, each sheet on a page of its own."""
    path = tmp_path / "rapport.docx"
    path.write_bytes(lay_out(composed(tmp_path), "docx"))
    content = convert(path, "pdf", tmp_path).read_bytes()
    boxes = [box for _, _, box in letters(content)]
    margin = 17 * 72 / 25.4
    assert min(box[0] for box in boxes) > margin - 2
    assert max(box[2] for box in boxes) < 595 - margin + 2
    from rapports import pages

    starts = [
        [n for n in MINEURES if squeezed(f"Fiche de non-conformité – {n}L’écart") in page]
        for page in pages(content)
    ]
    assert starts[-4:] == [[n] for n in MINEURES]
