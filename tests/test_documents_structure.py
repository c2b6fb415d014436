"""How DOCX and PDF documents are built, seen by other libraries: language, headings, tables, boxes, dates."""

from __future__ import annotations

import io
import sys
import zipfile
from typing import Any

import pypdf
import pytest
from documents import CHOIX, document
from pages import W14, W, docx_part, pdf_tags

from certif_rules.blocs.arbre import Image, Paragraphe
from certif_rules.documents.formats import docx, page, pdf
from certif_rules.errors import UsageError

A_VOIR = document("Unique")


# ---- PDF ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> bytes:
    return pdf.render(A_VOIR)


def test_a_pdf_says_what_it_is(made: bytes) -> None:
    """Tagged, in French, its title shown in the window, marked as PDF/UA, its date that of the document."""
    reader = pypdf.PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "fr-FR"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Rapport – Unique"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date().isoformat() == "2024-03-01"
    assert {round(n) for p in reader.pages for n in p.mediabox} == {0, 595, 842}
    fonts = {
        f["/BaseFont"].split("+")[1]
        for p in reader.pages
        for f in (font.get_object() for font in p["/Resources"]["/Font"].values())
    }
    assert all(name.startswith(("Libertinus", "DejaVuSansMono", "NewCM")) for name in fonts)


def test_a_pdf_has_headings_and_tables(made: bytes) -> None:
    """Levels in order, a caption per table, a head per column, lists, alternative texts."""
    tags = pdf_tags(made)
    roles = [role for role, _ in tags]
    levels = [(role, str(text)) for role, text in tags if role in {"H1", "H2", "H3"}]
    assert [role for role, _ in levels] == ["H1", "H1", "H2", "H3", "H2"]
    assert [text for _, text in levels][-3:] == ["Premier chapitre Unique", "Une section", "Second chapitre"]
    assert roles.count("Table") == 3
    assert roles.count("Caption") == 2
    assert roles.count("TH") == 1 + 4 + 4
    assert {"L", "LI", "TOC", "TOCI"} <= set(roles)
    assert [text for role, text in tags if role == "Figure"] == ["Logo Unique", "Disque Unique"]
    outline = [
        entry.title for entry in pypdf.PdfReader(io.BytesIO(made)).outline if not isinstance(entry, list)
    ]
    assert outline


def test_a_head_is_repeated_on_each_page() -> None:
    """The head of a long table is on each of its pages."""
    from pages import pdf_text

    from certif_rules.blocs.arbre import Tableau

    rows = tuple((str(n), "texte") for n in range(150))
    table = Tableau(legende="Longue", tetes=("Rang", "Valeur"), lignes=rows, largeurs=(1, 4))
    value = document(blocs=(table,), sommaire=False)
    content = pdf.render(value)
    count = len(pypdf.PdfReader(io.BytesIO(content)).pages)
    assert count > 2
    assert pdf_text(content).count("Rang") == count
    assert pdf_text(content).count("Longue") == 1


def opened_docx(content: bytes) -> Any:
    import docx as python_docx

    return python_docx.Document(io.BytesIO(content))


# ---- DOCX -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written() -> bytes:
    return docx.render(A_VOIR)


def test_a_docx_says_what_it_is(written: bytes) -> None:
    """French in every style, title, fixed dates, no trace of who or when."""
    opened = opened_docx(written)
    properties = opened.core_properties
    assert (properties.title, properties.subject, properties.language) == (
        "Rapport – Unique",
        "Unique",
        "fr-FR",
    )
    assert (properties.author, properties.comments, properties.last_modified_by) == ("", "", "")
    moments = {str(moment)[:19] for moment in (properties.created, properties.modified)}
    assert moments == {"2024-03-01 00:00:00"}
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        parts = "".join(package.read(n).decode() for n in package.namelist() if n.endswith(".xml"))
    styles = docx_part(written, "word/styles.xml")
    languages = {v for node in styles.iter(f"{W}lang") for v in node.attrib.values()}
    assert languages == {"fr-FR"}
    assert "en-US" not in parts
    assert "python-docx" not in parts


def test_a_docx_has_real_headings(written: bytes) -> None:
    """A word processor finds the headings in its navigation."""
    opened = opened_docx(written)
    found = [
        (p.style.name, p.text) for p in opened.paragraphs if p.style and p.style.name.startswith("Heading")
    ]
    assert found == [
        ("Heading 1", "Rapport – Unique"),
        ("Heading 2", "Premier chapitre Unique"),
        ("Heading 3", "Une section"),
        ("Heading 2", "Second chapitre"),
    ]
    body = docx_part(written)
    names = [node.get(f"{W}name") for node in body.iter(f"{W}bookmarkStart")]
    links = [node.get(f"{W}anchor") for node in body.iter(f"{W}hyperlink")]
    assert len(names) == len(set(names))
    assert len(links) == 2
    assert set(links) <= set(names)


def test_tables_of_a_docx(written: bytes) -> None:
    """Captions, a head that is repeated, rows that are not cut, the same widths in the grid and the cells."""
    body = docx_part(written)
    tables = list(body.iter(f"{W}tbl"))
    captions = [node.get(f"{W}val") for node in body.iter(f"{W}tblCaption")]
    assert captions == ["Unique", "Un tableau Unique", "Signatures"]
    visible = [p for p in body.iter(f"{W}p") if p.find(f"{W}pPr/{W}pStyle[@{W}val='Caption']") is not None]
    assert ["".join(p.itertext()) for p in visible] == captions
    for table in tables:
        grid = [int(node.get(f"{W}w") or 0) for node in table.iter(f"{W}gridCol")]
        assert abs(sum(grid) - 176 / 25.4 * 1440) < 5
        for row in table.iter(f"{W}tr"):
            assert [int(node.get(f"{W}w") or 0) for node in row.iter(f"{W}tcW")] == grid
            assert row.find(f"{W}trPr/{W}cantSplit") is not None
    heads = [[row.find(f"{W}trPr/{W}tblHeader") is not None for row in t.iter(f"{W}tr")] for t in tables]
    assert heads == [[False, False], [True, False, False], [True, False, False]]


def test_a_row_longer_than_a_page_may_be_cut() -> None:
    """A row is kept whole unless it is longer than a page."""
    from certif_rules.blocs.arbre import Tableau

    table = Tableau(legende="L", tetes=("a", "b"), lignes=(("1", "mot " * 3000), ("2", "x")), largeurs=(1, 4))
    value = document(blocs=(table,), sommaire=False)
    rows = list(docx_part(docx.render(value)).iter(f"{W}tr"))
    assert [row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows] == [True, False, True]
    from pages import pdf_text

    assert pdf_text(pdf.render(value)).count("mot") == 3000


def test_boxes_of_a_docx_can_be_ticked(written: bytes) -> None:
    """Content controls, with a name, a state and a number of their own."""
    body = docx_part(written)
    controls = list(body.iter(f"{W}sdt"))
    assert len(controls) == 3 + 3 + 2
    states = [node.get(f"{W14}val") for node in body.iter(f"{W14}checked")]
    assert [i for i, state in enumerate(states) if state == "1"] == [4, 6]
    names = [node.get(f"{W}val") for node in body.iter(f"{W}alias")]
    assert names == [*CHOIX, *CHOIX, "Oui", "Unique"]
    numbers = [node.get(f"{W}val") for node in body.iter(f"{W}id")]
    assert len(set(numbers)) == len(numbers) == 8


def test_lists_of_a_docx_start_again(written: bytes) -> None:
    """Each numbered list of a DOCX begins at one."""
    numbers = [n.get(f"{W}val") for n in docx_part(written).iter(f"{W}numId")]
    assert len(numbers) == 2 + 2 + 1
    assert len(set(numbers)) == 3
    known = {n.get(f"{W}numId") for n in docx_part(written, "word/numbering.xml").iter(f"{W}num")}
    assert set(numbers) <= known


def test_pictures_and_foot_of_a_docx(written: bytes) -> None:
    """The pictures of a DOCX have their words, and every viewer can show them."""
    body = docx_part(written)
    pictures = [node for node in body.iter() if node.tag.endswith("}docPr")]
    assert [node.get("descr") for node in pictures] == ["Logo Unique", "Disque Unique"]
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        media = [n for n in package.namelist() if n.startswith("word/media/")]
        assert {n.rpartition(".")[2] for n in media} == {"png"}
        foot = next(
            package.read(n).decode() for n in package.namelist() if "footer" in n and n.endswith(".xml")
        )
    assert "Unique" in foot
    assert "PAGE" in foot
    assert "NUMPAGES" in foot


# ---- without the libraries ------------------------------------------------------------------------------


@pytest.mark.parametrize(("module", "library", "name"), [(docx, "docx", "docx"), (pdf, "typst", "pdf")])
def test_a_missing_library_is_said(
    monkeypatch: pytest.MonkeyPatch, module: object, library: str, name: str
) -> None:
    """Without its library, a format is refused with what to install."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError) as caught:
        module.render(A_VOIR)  # type: ignore[attr-defined]
    (issue,) = caught.value.issues
    assert issue.code == "format-non-installe"
    assert f"« {name} »" in issue.message
    assert "certif-rules[tout]" in (issue.hint or "")
    assert b"Unique" in page.render(A_VOIR)


def test_without_the_compiler_a_docx_has_no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures stay; a drawing is left out, and the words that go with it remain."""
    monkeypatch.setitem(sys.modules, "typst", None)
    dessin_seul = document(
        blocs=(Image(contenu=b"<svg/>", texte="x", largeur=9, svg=True), Paragraphe(texte="là"))
    )
    body = docx_part(docx.render(dessin_seul))
    assert [n.get("descr") for n in body.iter() if n.tag.endswith("}docPr")] == ["Logo Du texte."]
    assert "là" in "".join(body.itertext())
    assert pdf.png(Image(contenu=b"<svg/>", texte="x", largeur=9, svg=True)) is None
