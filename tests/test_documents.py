"""Documents made of blocks, in each format: what they say, how they are built, what cannot break them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import images
import pytest
from documents import CHOIX, document, png
from fabrique import HOSTILES
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import docx_text, letters, pdf_text, squashed

from certif_rules.blocs.arbre import Document, Image, Paragraphe, Tableau, Titre
from certif_rules.blocs.textes import line
from certif_rules.blocs.typographie import clean
from certif_rules.documents.formats import docx, page, pdf
from certif_rules.documents.formats.rendu import ready
from certif_rules.errors import DataError

TESTS = Path(__file__).parent
SYSTEME = {name: os.environ[name] for name in ("SYSTEMROOT", "PATH") if name in os.environ}


class Html(HTMLParser):
    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.inside = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside != "style":
            self.text += data

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def html_text(content: bytes) -> str:
    return Html(content).text


RENDUS: dict[str, tuple[Callable[[Document], bytes], Callable[[bytes], str]]] = {
    "html": (page.render, html_text),
    "docx": (docx.render, docx_text),
    "pdf": (pdf.render, pdf_text),
}
TOUS = pytest.mark.parametrize("format_", RENDUS)
ATTAQUES = (
    *HOSTILES,
    '#import "@preview/x:1.0.0": * #panic("x") $x^2$ \\ `raw` *gras* _it_ = Titre @ref <label> // /* [c]',
    "]]> <![CDATA[ </w:t> &lt; ]]&gt; <!-- -->",
    "a\x00b\x0bc\x7fd\ud800e\ufffff",
    '\\u0022 "} , {" #sys.inputs ${x} %PDF',
    'w:w="col0" w:val="x"',
)


def said(format_: str, value: Document) -> str:
    render, read = RENDUS[format_]
    return squashed(read(render(value)))


@TOUS
@pytest.mark.parametrize("texte", ATTAQUES)
def test_what_people_type_is_text(format_: str, texte: str) -> None:
    """Code of every kind is printed as it was typed, wherever it was: in eighteen places of the body."""
    shown = line(texte) if format_ != "pdf" else line(texte).replace("\uff1d", "\ufffd")
    assert said(format_, document(texte)).count(squashed(shown)) >= 18


@TOUS
def test_every_word_of_every_block_is_there(format_: str) -> None:
    """Each format prints every word of every kind of block."""
    text = said(format_, document("Unique"))
    expected = [
        "Rapport – Unique", "Premier chapitre Unique", "avant Unique", "après", "Libellé", "valeur",
        "Une section", "Un tableau Unique", "Constat", "Preuves vues", *CHOIX, "aucune",
        "Second chapitre", "deux", "premier", "encore", "Oui", "Signatures", "Évaluation", "Décision",
    ]  # fmt: skip
    assert [words for words in expected if squashed(words) not in text] == []


@TOUS
def test_boxes_are_empty_unless_said(format_: str) -> None:
    """Nothing is ticked beforehand: two boxes are, in the eight of the document."""
    text = said(format_, document())
    assert text.count("☐") == 6
    assert text.count("☒") == 2
    assert f"☒{squashed(CHOIX[1])}" in text


@TOUS
def test_same_bytes_in_two_processes(format_: str) -> None:
    """Whatever the order of hashing."""
    module = RENDUS[format_][0].__module__
    code = (
        f"import hashlib, {module} as m; from documents import document;"
        "print(hashlib.sha256(m.render(document())).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(TESTS), "PYTHONUTF8": "1"} | SYSTEME,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F), min_size=1, max_size=60)


@pytest.mark.lent
@TOUS
@settings(max_examples=25, deadline=None)
@given(texte=ANY)
def test_any_string_makes_a_document(format_: str, texte: str) -> None:
    """Lone surrogates, noncharacters, characters that no font draws: a file is made all the same."""
    assert "Secondchapitre" in said(format_, document(texte))


@TOUS
@settings(max_examples=25, deadline=None)
@given(texte=LATIN)
def test_any_latin_text_comes_out_whole(format_: str, texte: str) -> None:
    """Any Latin text typed can be read in each format."""
    value = document(blocs=(Paragraphe(texte=f"début {texte} fin"),), sommaire=False)
    assert squashed(clean(f"début {texte} fin")) in said(format_, value)


@settings(max_examples=60, deadline=None)
@given(texte=ANY)
def test_no_string_adds_markup_to_a_page(texte: str) -> None:
    """No text adds a tag to a page, but for the places where a long word may be cut."""
    assert [tag for tag, _ in Html(page.render(document(f"x\ny{texte}"))).tags if tag == "script"] == []
    plain, typed = (Html(page.render(document(t))).tags for t in ("xy", f"xy{clean(texte)}"))
    assert [tag for tag in typed if tag[0] != "wbr"] == plain


@TOUS
def test_fractions_of_lines_stay_lines(format_: str) -> None:
    """Line breaks typed in a note are kept, whatever the system that typed them."""
    render, read = RENDUS[format_]
    value = document(blocs=(Paragraphe(texte="première\r\ndeuxième\rtroisième\n\ncinquième"),))
    content = render(value)
    if format_ == "html":
        assert b"premi\xc3\xa8re<br>deuxi\xc3\xa8me<br>troisi\xc3\xa8me<br><br>cinqui\xc3\xa8me" in content
    else:
        lines = [text.strip() for text in read(content).splitlines()]
        start = lines.index("première")
        expected = ["première", "deuxième", "troisième", "cinquième"]
        assert [text for text in lines[start:] if text][:4] == expected


LONGS = ["y" * 300, "M" * 300, "7/" * 150, "W-" * 150, "œ" * 300]


@pytest.mark.parametrize("paysage", [False, True])
@pytest.mark.parametrize("texte", LONGS)
def test_a_long_word_stays_in_its_column(texte: str, paysage: bool) -> None:
    """A word of 300 letters in a narrow column, between two others: each of its letters is in that column."""
    heads = ("a", texte, "b")
    content = pdf.render(
        Document(
            titre="A", sujet="A", date="2024-03-01", pied="A", paysage=paysage,
            blocs=(Tableau(legende="A", tetes=heads, lignes=(heads,), largeurs=(30, 15, 30)),),
        )
    )  # fmt: skip
    width, edge = (842, 13 * 72 / 25.4) if paysage else (595, 17 * 72 / 25.4)
    third = (width - 2 * edge) / 75
    found = [box for _, c, box in letters(content) if c in texte]
    assert len(found) == 600
    assert min(box[0] for box in found) > edge + 30 * third
    assert max(box[2] for box in found) < edge + 45 * third


@pytest.mark.parametrize("paysage", [False, True])
@pytest.mark.parametrize("texte", LONGS)
def test_a_long_word_stays_on_the_page(texte: str, paysage: bool) -> None:
    """Wherever it is typed: title, foot, lists, notices, boxes to tick."""
    width, edge = (842, 13 * 72 / 25.4) if paysage else (595, 17 * 72 / 25.4)
    boxes = [box for _, _, box in letters(pdf.render(document(texte, paysage=paysage)))]
    assert min(box[0] for box in boxes) > edge - 1
    assert max(box[2] for box in boxes) < width - edge + 1
    assert min(box[1] for box in boxes) > 20


def test_missing_glyphs_are_said() -> None:
    """What the fonts of a PDF cannot draw is replaced, and the document says so."""
    assert "n’ont pas de dessin" not in pdf_text(pdf.render(document("œuvre ★ à confirmer")))
    text = pdf_text(pdf.render(document("Ana \U0001f642 漢字 ok")))
    assert "Ana \ufffd \ufffd\ufffd ok" in text
    assert "n’ont pas de dessin" in text
    assert "漢字" in docx_text(docx.render(document("漢字")))


def test_usual_characters_are_drawn() -> None:
    """The list of characters that are not looked up is right: else PDF/UA would refuse the document."""
    usual = "".join(sorted(pdf._USUAL))
    assert "n’ont pas de dessin" not in pdf_text(pdf.render(document(usual)))


def test_headings_skip_no_level_and_have_their_own_anchors() -> None:
    """Headings go down one level at a time, each with a link of its own."""
    titles = (("a", 4, "x"), ("b", 2, "x"), ("c", 4, ""), ("d", 4, "sommaire"), ("\x00", 3, "é !"))
    blocks = tuple(Titre(texte=t, niveau=n, ancre=a) for t, n, a in titles)  # type: ignore[arg-type]
    found = [b for b in ready(blocks) if isinstance(b, Titre)]
    assert [(t.texte, t.niveau) for t in found] == [("a", 2), ("b", 2), ("c", 3), ("d", 4), ("–", 3)]
    assert len({t.ancre for t in found}) == 5
    assert "sommaire" not in {t.ancre for t in found}
    assert all(re.fullmatch(r"[A-Za-z0-9.-]+", t.ancre) for t in found)


# ---- HTML -----------------------------------------------------------------------------------------------


def test_a_page_can_be_read_by_everyone() -> None:
    """Language, title, main, skip link, contents, captions, scopes, alternative texts."""
    content = page.render(document("Unique"))
    found = Html(content)
    tags = [tag for tag, _ in found.tags]
    assert content.startswith(b'<!DOCTYPE html>\n<html lang="fr">')
    assert (tags.count("h1"), tags.count("main"), tags.count("nav"), tags.count("title")) == (1, 1, 1, 1)
    ids = found.values("id")
    assert len(ids) == len(set(ids))
    links = [value.removeprefix("#") for tag, name, value in found.attributes if (tag, name) == ("a", "href")]
    assert set(links) <= set(ids)
    assert links[0] == "contenu"
    assert tags.count("caption") == tags.count("table") == 3
    assert all("scope" in names for tag, names in found.tags if tag == "th")
    assert [v for t, n, v in found.attributes if (t, n) == ("img", "alt")] == ["Logo Unique", "Disque Unique"]
    assert all(value.startswith("data:image/") for value in found.values("src"))


def test_one_chapter_needs_no_contents() -> None:
    """A document of one chapter has no table of contents."""
    content = page.render(document(blocs=(Titre(texte="Seul", niveau=2), Paragraphe(texte="x"))))
    assert "nav" not in [tag for tag, _ in Html(content).tags]


def test_pictures_say_what_they_are() -> None:
    """A picture in a page declares its kind, with or without words."""
    jpeg = Image(contenu=b"\xff\xd8\xff\xe0", texte="photo", largeur=10)
    content = page.render(document(logo=None, blocs=(jpeg, Image(contenu=png(), texte="", largeur=10))))
    assert [value.split(";")[0] for value in Html(content).values("src")] == [
        "data:image/jpeg",
        "data:image/png",
    ]


def test_a_picture_that_cannot_be_decoded_is_one_message() -> None:
    """A logo may be whole, piece by piece, and hold nothing that can be drawn."""
    spoilt = images.png(2000, 1000)
    with pytest.raises(DataError, match="ne se décode pas") as error:
        pdf.render(document(logo=Image(contenu=spoilt, texte="logo", largeur=20)))
    assert [issue.code for issue in error.value.issues] == ["image-illisible"]
