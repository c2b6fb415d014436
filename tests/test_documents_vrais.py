"""The documents that are handed over – report, sheets, paper grid – as other programs open and print them."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
from grilles import AF, grille
from pages import W, docx_part, letters, pdf_tags
from rapports import MINEURES, a6, findings_file, registre, squeezed, texte
from test_bureautique import convert

from certif_rules.blocs.arbre import Document, Tableau, Titre
from certif_rules.documents.checklist import papier
from certif_rules.documents.formats import docx, pdf
from certif_rules.documents.formats.rendu import gabarit
from certif_rules.documents.rapport.composition import report as compose
from certif_rules.documents.rapport.composition import sheets_only
from certif_rules.services.rapport import report_file

LONG = "M" * 300


def report(folder: Path, *, sheets: bool = False, word: str = "") -> Document:
    """The report of A6; ``word`` is added to what was typed of each gap and of the organisation."""
    data: dict[str, Any] = a6()
    if word:
        data["organisme"] = data["organisme"] | {"nom": f"Organisme {word}"}
        for entry in data["constats"]:
            entry["preuves_vues"] = [word]
            if entry["constat"] != "conforme":
                entry["commentaire"] = f"{entry['commentaire']} {word}"
    rapport = report_file(registre(), findings_file(data, folder))[0]
    return sheets_only(rapport) if sheets else compose(rapport)


def paper(folder: Path, *, word: str = "") -> Document:
    organisme = {**AF["organisme"], "nom": f"Organisme {word}".strip()}
    return papier.compose(grille(**AF | {"referentiel": "certifregion", "organisme": organisme}))


def sheets(folder: Path, *, word: str = "") -> Document:
    return report(folder, sheets=True, word=word)


DOCUMENTS: dict[str, Callable[..., Document]] = {"rapport": report, "fiches": sheets, "papier": paper}
TOUS = pytest.mark.parametrize("nom", DOCUMENTS)


def headings(document: Document) -> list[str]:
    return [squeezed(str(bloc.texte)) for bloc in document.blocs if isinstance(bloc, Titre)]


@TOUS
def test_a_pdf_is_tagged_in_french_with_its_title(nom: str, tmp_path: Path) -> None:
    """A screen reader gets a tagged PDF, in French, with its title."""
    document = DOCUMENTS[nom](tmp_path)
    content = pdf.render(document)
    reader = pypdf.PdfReader(io.BytesIO(content))
    root = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"].value, root["/Lang"]) == (True, "fr-FR")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert squeezed(reader.metadata.title or "") == squeezed(document.titre)
    tags = pdf_tags(content)
    found = [squeezed(str(text)) for role, text in tags if re.fullmatch(r"H\d", role)]
    wanted = headings(document)
    assert found[-len(wanted) :] == wanted
    roles = [role for role, _ in tags]
    assert roles.count("Table") >= sum(isinstance(bloc, Tableau) for bloc in document.blocs) > 0
    assert roles.count("TH") > roles.count("Table")


@TOUS
def test_a_docx_is_in_french_with_its_title_and_headings(nom: str, tmp_path: Path) -> None:
    """A DOCX declares French and its title, and has headings to go by."""
    import docx as python_docx

    document = DOCUMENTS[nom](tmp_path)
    content = docx.render(document)
    opened = python_docx.Document(io.BytesIO(content))
    assert squeezed(opened.core_properties.title) == squeezed(document.titre)
    assert opened.core_properties.language == "fr-FR"
    found = [squeezed(p.text) for p in opened.paragraphs if p.style and p.style.name.startswith("Heading")]
    assert found[-len(headings(document)) :] == headings(document)
    assert {v for n in docx_part(content, "word/styles.xml").iter(f"{W}lang") for v in n.attrib.values()} == {
        "fr-FR"
    }
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


@pytest.mark.parametrize("nom", ["rapport", "fiches"])
@pytest.mark.parametrize("format_", ["docx", "pdf"])
def test_every_finding_is_in_the_text(nom: str, format_: str, tmp_path: Path) -> None:
    """Every finding that an auditor wrote is in the documents."""
    content = {"docx": docx, "pdf": pdf}[format_].render(DOCUMENTS[nom](tmp_path))
    found = texte(content, format_)
    assert [sentence for sentence in MINEURES.values() if squeezed(sentence) not in found] == []


@cache
def _margins(paysage: bool) -> tuple[float, float]:
    sheet = gabarit(Document(titre="A", sujet="A", date="2024-03-01", pied="A", paysage=paysage, blocs=()))
    point = 72 / 25.4
    return sheet.marge * point - 2, (sheet.largeur - sheet.marge) * point + 2


@TOUS
def test_a_long_word_stays_between_the_margins_of_a_pdf(nom: str, tmp_path: Path) -> None:
    """A word longer than a line does not run off a PDF."""
    document = DOCUMENTS[nom](tmp_path, word=LONG)
    _between_margins(document, pdf.render(document))


@pytest.mark.bureautique
@TOUS
def test_a_long_word_stays_between_the_margins_that_libreoffice_prints(nom: str, tmp_path: Path) -> None:
    """A word longer than a line does not run off a printed DOCX."""
    document = DOCUMENTS[nom](tmp_path, word=LONG)
    path = tmp_path / "document.docx"
    path.write_bytes(docx.render(document))
    _between_margins(document, convert(path, "pdf", tmp_path).read_bytes())


def _between_margins(document: Document, content: bytes) -> None:
    left, right = _margins(document.paysage)
    boxes = [box for _, _, box in letters(content)]
    assert sum(c == "M" for _, c, _ in letters(content)) >= len(LONG)
    assert min(box[0] for box in boxes) > left
    assert max(box[2] for box in boxes) < right


# ---- progress -------------------------------------------------------------------------------------------


@pytest.mark.lent
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
def test_progress_is_said_on_a_terminal_only(tmp_path: Path) -> None:
    """What takes long is named while it is done, on standard error and where somebody looks at it."""
    import pty

    path = findings_file(a6(), tmp_path)
    command = [sys.executable, "-m", "certif_rules", "rapport", str(path), "--format", "pdf", "-o", "-"]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    piped = subprocess.run(command, capture_output=True, check=True, env=env)
    assert b"mise en page" not in piped.stderr
    master, slave = pty.openpty()
    shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=slave, check=True, env=env)
    os.close(slave)
    said = os.read(master, 65536).decode()
    os.close(master)
    assert "mise en page (pdf)…" in said
    assert shown.stdout == piped.stdout
