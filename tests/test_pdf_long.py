"""A long PDF: laid out by stretches, it is one document all the same, with its tags, outline and links."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

import pikepdf
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pypdf import PdfReader

from certif_rules.blocs.arbre import Bloc, Document, Fiche, Paragraphe, Tableau, Titre
from certif_rules.documents.formats import pdf
from certif_rules.documents.formats.troncons import SUITE, cut

PHRASE = "Le programme a été vu ; deux dossiers ne portent pas de date. "
LEVELS: tuple[Literal[2, 3, 4], ...] = (2, 3, 4)


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


def document(chapters: int) -> Document:
    blocs = tuple(bloc for number in range(chapters) for bloc in chapter(number))
    return Document(
        titre="Un long rapport", sujet="Essai", date="2024-03-01", pied="Pied", blocs=blocs, sommaire=True
    )  # fmt: skip


@cache
def made() -> bytes:
    return pdf.render(document(8))


@cache
def reader() -> PdfReader:
    return PdfReader(io.BytesIO(made()))


def elements(root: Any) -> Iterator[Any]:
    """The elements of a structure, in their order."""
    stack = [root]
    while stack:
        one = stack.pop()
        if isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
        kids = one.get("/K") if isinstance(one, pikepdf.Dictionary) else None
        if kids is not None:
            stack += reversed(list(kids) if isinstance(kids, pikepdf.Array) else [kids])


def test_a_long_document_is_laid_out_by_stretches_and_a_short_one_is_not() -> None:
    assert len(cut(document(8).blocs)) > 3
    assert len(cut(document(1).blocs)) == 1


def test_everything_is_there_in_its_order_and_every_page_is_numbered() -> None:
    texts = [page.extract_text() for page in reader().pages]
    words = re.findall(r"debut \d|note \d-\d+|rubrique \d", " ".join(texts))
    expected = [
        word
        for n in range(8)
        for word in (f"debut {n}", *(f"note {n}-{k}" for k in range(20)), f"rubrique {n}")
    ]
    assert words == expected
    total = len(texts)
    assert [re.findall(r"page (\d+) sur (\d+)", text) for text in texts] == [
        [(str(number), str(total))] for number in range(1, total + 1)
    ]


def test_outline_and_table_of_contents_lead_to_the_headings() -> None:
    pages = [page.extract_text() for page in reader().pages]
    [title, chapters] = reader().outline
    assert title.title == "Un long rapport"
    tops = [item for item in chapters if not isinstance(item, list)]
    nested = [[sub.title for sub in item] for item in chapters if isinstance(item, list)]
    assert [item.title for item in tops] == [f"Chapitre {n}" for n in range(8)]
    assert nested == [[f"Partie {n}"] for n in range(8)]
    for item in tops:
        page = reader().get_destination_page_number(item)
        assert page is not None
        assert re.search(rf"{item.title}\s+debut", pages[page])
    with pikepdf.open(io.BytesIO(made())) as opened:
        rank = {page.objgen: number for number, page in enumerate(opened.pages)}
        notes = [note for page in opened.pages for note in page.get("/Annots", [])]
        assert all("/A" not in note for note in notes)
        led = sorted({rank[note.Dest[0].objgen] for note in notes})
    assert led == [reader().get_destination_page_number(item) for item in tops]
    printed = re.findall(r"Chapitre (\d)[ .]*(\d+)$", pages[0], re.MULTILINE)
    assert printed == [(str(n), str(page + 1)) for n, page in enumerate(led)]


def test_tags_are_one_tree_that_every_page_and_cell_is_in() -> None:
    with pikepdf.open(io.BytesIO(made())) as opened:
        root = opened.Root.StructTreeRoot
        assert [one.S for one in root.K] == ["/Document"]
        found = list(elements(root.K[0]))
        assert sum(one.S == "/H1" for one in found) == 1  # the title of the whole
        kept = {one.objgen for one in found}
        nums = list(root.ParentTree.Nums)
        keys = [int(key) for key in nums[::2]]
        assert keys == sorted(set(keys))
        assert keys[-1] < int(root.ParentTreeNextKey)
        assert [int(page.StructParents) for page in opened.pages] == sorted(
            {int(page.StructParents) for page in opened.pages}
        )
        parents = dict(zip(keys, nums[1::2], strict=True))
        for page in opened.pages:
            owners = [one for one in parents[int(page.StructParents)] if one is not None]
            assert owners
            assert all(one.objgen in kept and one.Pg.objgen == page.objgen for one in owners)
            for note in page.get("/Annots", []):
                assert parents[int(note.StructParent)].objgen in kept
        names = [str(one.ID) for one in found if "/ID" in one]
        assert len(names) == len(set(names))
        assert [str(name) for name in root.IDTree.Names[::2]] == sorted(names)
        tables = [list(elements(one)) for one in found if one.S == "/Table"]
        assert len(tables) > 8
        for table in tables:  # A cell names the headings of its own table, not those of another stretch.
            cited = {
                str(name)
                for one in table
                if isinstance(one.get("/A"), pikepdf.Array)
                for attribute in one.A
                for name in attribute.get("/Headers", [])
            }
            own = {str(one.ID) for one in table if "/ID" in one}
            assert cited
            assert cited <= own


def test_what_is_said_of_the_whole_is_true_of_it() -> None:
    with pikepdf.open(io.BytesIO(made())) as opened:
        about = opened.Root.Metadata.read_bytes().decode()
        assert f"<xmpTPg:NPages>{len(opened.pages)}</xmpTPg:NPages>" in about
        assert "<pdfuaid:part>1</pdfuaid:part>" in about
        assert str(opened.Root.Lang) == "fr-FR"
        assert bool(opened.Root.MarkInfo.Marked)
        assert str(opened.docinfo.Title) == "Un long rapport"
        assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)


def test_two_runs_give_the_same_bytes() -> None:
    assert pdf.render(document(8)) == made()


BLOCS = st.one_of(
    st.builds(Paragraphe, texte=st.text(max_size=60)),
    st.builds(Titre, texte=st.text("ab", min_size=1, max_size=9), niveau=st.sampled_from(LEVELS)),
    st.lists(st.text("xyz", max_size=40), min_size=1, max_size=9).map(
        lambda cells: Tableau(
            legende="T", tetes=("A",), lignes=tuple((cell,) for cell in cells), largeurs=(1,)
        )
    ),
)


@given(st.lists(BLOCS, max_size=14), st.integers(1, 120))
def test_stretches_hold_every_block_once_and_no_heading_ends_one(blocs: list[Bloc], taille: int) -> None:
    stretches = cut(blocs, taille)
    assert all(stretches) or not blocs
    assert not any(isinstance(stretch[-1], Titre) for stretch in stretches[:-1])
    back: list[Bloc] = []
    for bloc in (bloc for stretch in stretches for bloc in stretch):
        last = back[-1] if back else None
        if (
            isinstance(bloc, Tableau)
            and isinstance(last, Tableau)
            and bloc.legende == SUITE.format(legende="T")
        ):
            back[-1] = replace(last, lignes=last.lignes + bloc.lignes)
        else:
            back.append(bloc)
    assert back == blocs
