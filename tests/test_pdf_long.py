"""A long PDF is one tagged document: all its texts in order, numbered pages, a contents page that leads."""

from __future__ import annotations

import io
import re
from functools import cache

import pytest
from documents import document
from pypdf import PdfReader

from certif_rules.blocs.arbre import Bloc, Document, Fiche, Paragraphe, Tableau, Titre
from certif_rules.documents.formats import pdf

PHRASE = "Le programme a été vu ; deux dossiers ne portent pas de date. "


def chapter(number: int) -> list[Bloc]:
    """Some six pages, each text of its own."""
    rows = tuple((f"ligne {number}-{n}", f"note {number}-{n}. " + PHRASE * 12) for n in range(20))
    return [
        Titre(texte=f"Chapitre {number}", niveau=2),
        Paragraphe(texte=f"debut {number}. " + PHRASE * 8),
        Titre(texte=f"Partie {number}", niveau=3),
        Tableau(legende=f"Table {number}", tetes=("Ligne", "Note"), lignes=rows, largeurs=(1, 3)),
        Fiche(legende=f"Fiche {number}", rangs=((f"rubrique {number}", PHRASE * 4),)),
    ]


@cache
def report() -> PdfReader:
    """Eight chapters, some fifty pages."""
    blocs = tuple(bloc for number in range(8) for bloc in chapter(number))
    document = Document(
        titre="Un long rapport", sujet="Essai", date="2024-03-01", pied="Pied", blocs=blocs, sommaire=True
    )
    return PdfReader(io.BytesIO(pdf.render(document)))


@pytest.mark.lent
def test_everything_is_there_in_its_order_and_every_page_is_numbered() -> None:
    """No row is lost at the end of a page, and « page 3 sur 50 » is true on each."""
    texts = [page.extract_text() for page in report().pages]
    words = re.findall(r"debut \d|note \d-\d+|rubrique \d", " ".join(texts))
    assert words == [
        word
        for n in range(8)
        for word in (f"debut {n}", *(f"note {n}-{k}" for k in range(20)), f"rubrique {n}")
    ]
    total = len(texts)
    assert [re.findall(r"page (\d+) sur (\d+)", text) for text in texts] == [
        [(str(number), str(total))] for number in range(1, total + 1)
    ]


@pytest.mark.lent
def test_outline_and_table_of_contents_lead_to_the_headings() -> None:
    """The outline of the reader and the printed contents name the page where each chapter begins."""
    pages = [page.extract_text() for page in report().pages]
    title, *chapters = report().outline
    assert title.title == "Un long rapport"
    tops = [item for item in chapters if not isinstance(item, list)]
    assert [item.title for item in tops] == [f"Chapitre {n}" for n in range(8)]
    assert [[sub.title for sub in item] for item in chapters if isinstance(item, list)] == [
        [f"Partie {n}"] for n in range(8)
    ]
    starts = [report().get_destination_page_number(item) for item in tops]
    assert all(
        re.search(rf"{item.title}\s+debut", pages[start])
        for item, start in zip(tops, starts, strict=True)
        if start is not None
    )
    printed = re.findall(r"Chapitre (\d)[ .]*(\d+)$", pages[0], re.MULTILINE)
    assert printed == [(str(n), str(start + 1)) for n, start in enumerate(starts) if start is not None]


def test_the_whole_claims_the_standard_and_its_contents_are_tagged_as_such() -> None:
    """A reader for the blind is told that the file is PDF/UA-1, and hears of a table of contents."""
    root = report().trailer["/Root"].get_object()
    about = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    kinds = set()
    stack = [root["/StructTreeRoot"]]
    while stack:
        one = stack.pop().get_object()
        if isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            kinds.add(one.get("/S"))
            stack += [one["/K"]] if "/K" in one and not isinstance(one["/K"], int) else []
    assert {"/Document", "/H1", "/H2", "/H3", "/TOC", "/TOCI", "/Table"} <= kinds


def rows_by_page(number: int) -> list[int]:
    """How many rows of a table of so many stand on each page."""
    table = Tableau(
        legende="Table",
        tetes=("Rang", "Valeur"),
        lignes=tuple((f"rang {n}.", "x") for n in range(number)),
        largeurs=(1, 1),
    )
    pages = PdfReader(io.BytesIO(pdf.render(document(blocs=(table,), sommaire=False)))).pages
    return [len(re.findall(r"rang \d", page.extract_text())) for page in pages]


def test_no_row_of_a_table_is_alone_at_the_head_of_a_page() -> None:
    """One row more than a page holds takes another with it: the last two of a long table stay together."""
    (whole,) = rows_by_page(49)
    assert rows_by_page(whole + 1) == [whole - 1, 2]
    assert rows_by_page(whole + 3) == [whole, 3]
