"""What each sheet of paper holds: nothing alone at its foot or its head, no header cut, no blank half."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

import pytest
from autodiagnostics import cadre, synthese
from documents import document as made
from pages import letters, pdf_text, squashed
from rapports import MINEURES, pages, squeezed
from test_bureautique import convert
from test_documents_vrais import paper, report, sheets

from certif_rules.blocs.arbre import Document, Fiche, Morceau, Paragraphe, Tableau, Titre
from certif_rules.blocs.textes import line, passages, simple
from certif_rules.documents.autodiagnostic import grille, progression
from certif_rules.documents.autodiagnostic import synthese as synthese_
from certif_rules.documents.formats import docx, pdf
from certif_rules.vie.progression import compare

NIVEAUX = {"1": 3, "2": 2, "4": 2, "5": 0, "9": 2, "17": 1, "E": 0, "21": 2, "23": 2, "K": 1, "C": 2, "30": 1}


def assessed(_folder: Path) -> Document:
    return synthese_.compose(synthese(cadre(), dict(NIVEAUX)))


def compared(_folder: Path) -> Document:
    later = synthese(cadre(), NIVEAUX | {"5": 2, "E": 3})
    return progression.compose(compare(synthese(cadre(), dict(NIVEAUX)), later))


def questions(_folder: Path) -> Document:
    return grille.compose(cadre())


DOCUMENTS: dict[str, Callable[..., Document]] = {
    "rapport": report, "fiches": sheets, "papier": paper,
    "questions": questions, "synthese": assessed, "comparaison": compared,
}  # fmt: skip
TOUS = pytest.mark.parametrize("nom", DOCUMENTS)


def of_pdf(document: Document, _folder: Path) -> bytes:
    return pdf.render(document)


def of_docx(document: Document, folder: Path) -> bytes:
    path = folder / "document.docx"
    path.write_bytes(docx.render(document))
    content: bytes = convert(path, "pdf", folder).read_bytes()
    return content


SORTIES = pytest.mark.parametrize(
    "sortie", [of_pdf, pytest.param(of_docx, marks=pytest.mark.bureautique)], ids=["pdf", "docx"]
)
Sortie = Callable[[Document, Path], bytes]


def lines(content: bytes) -> Iterator[list[str]]:
    """The lines of each page, from its head to its foot, without what is printed under it."""
    for _, page in groupby(letters(content), key=lambda letter: letter[0]):
        rows: dict[int, list[str]] = {}
        for _, letter, (_, bottom, _, top) in page:
            if bottom > 56:
                rows.setdefault(round((bottom + top) / 8), []).append(letter)
        yield ["".join(rows[height]) for height in sorted(rows, reverse=True)]


@SORTIES
@TOUS
def test_nothing_waits_at_the_foot_of_a_page(nom: str, sortie: Sortie, tmp_path: Path) -> None:
    """A heading, the caption of a table or its head is on the page of what it announces."""
    document = DOCUMENTS[nom](tmp_path)
    blocs = tuple(simple(document.blocs))
    alone = {squashed(bloc.texte) for bloc in blocs if isinstance(bloc, Titre)}
    for bloc in blocs:
        if isinstance(bloc, Tableau | Fiche):
            alone.add(squashed(line(bloc.legende)))
        if isinstance(bloc, Tableau):
            alone.add(squashed("".join(map(line, bloc.tetes))))
    last = [page[-1] for page in lines(sortie(document, tmp_path)) if page]
    assert [words for words in last if words in alone] == []
    assert len(last) > 2


@SORTIES
def test_a_short_table_is_not_cut_and_no_line_is_left_alone(sortie: Sortie, tmp_path: Path) -> None:
    """Thirty tables and paragraphs: a heading with its rows, never one line of four, wherever a page ends."""
    blocs: list[Paragraphe | Tableau | Titre] = []
    for number in range(30):
        blocs.append(Paragraphe(texte=(Morceau("\n".join(f"P{number}L{n}." for n in range(4))),)))
        blocs += [Paragraphe(texte="Entre deux.")] * (number % 4)
        blocs.append(Titre(texte=f"T{number}H.", niveau=2))
        rows = tuple((f"T{number}R{n}.", "Texte") for n in range(3))
        blocs.append(Tableau(legende=f"T{number}L.", tetes=("Nom", "Texte"), lignes=rows, largeurs=(1, 2)))
    found = pages(sortie(made(blocs=tuple(blocs), sommaire=False), tmp_path))
    assert len(found) > 4
    for number in range(30):
        table = [len(re.findall(rf"T{number}[RLH]\d?\.", page)) for page in found]
        assert list(filter(None, table)) == [5]
        beside = [len(re.findall(rf"P{number}L\d\.", page)) for page in found]
        assert sorted(filter(None, beside)) in ([4], [2, 2])


@SORTIES
@TOUS
def test_no_word_of_a_header_is_cut(nom: str, sortie: Sortie, tmp_path: Path) -> None:
    """The words of the heads of columns and of rows are whole as often as the document says them."""
    document = DOCUMENTS[nom](tmp_path)
    wanted: Counter[str] = Counter()
    for bloc in simple(document.blocs):
        if isinstance(bloc, Tableau):
            wanted.update(word for head in bloc.tetes for word in _words(line(head)))
            for row in bloc.lignes:
                said = " ".join(run.texte for passage in passages(row[0]) for run in passage)
                wanted.update(_words(said))
    seen = Counter(_words(pdf_text(sortie(document, tmp_path))))
    assert wanted - seen == Counter()


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s–/-]+", text.replace("'", "’")) if len(word) > 3]


@SORTIES
def test_no_page_of_a_self_assessment_is_half_empty(sortie: Sortie, tmp_path: Path) -> None:
    """Each page but the last is written down to its lower third; bars and radar are on one page."""
    for compose in (assessed, compared):
        content = sortie(compose(tmp_path), tmp_path)
        lowest: dict[int, float] = {}
        for number, _, (_, bottom, _, _) in letters(content):
            if bottom > 56:
                lowest[number] = min(lowest.get(number, bottom), bottom)
        assert [number for number, bottom in sorted(lowest.items())[:-1] if bottom > 842 * 0.45] == []
        (drawn,) = [page for page in pages(content) if "Enbarres" in page]
        assert "Enradar" in drawn


@pytest.mark.bureautique
def test_each_sheet_of_a_docx_has_its_page(tmp_path: Path) -> None:
    """As LibreOffice prints them, the sheets of a report are its last four pages, one each."""
    found = pages(of_docx(report(tmp_path), tmp_path))[-4:]
    for page, numero in zip(found, MINEURES, strict=True):
        assert page.startswith(squeezed(f"Fiche de non-conformité – {numero}"))
