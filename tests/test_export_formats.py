"""What belongs to one format: widths, escapes, formulas, structure."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from fabrique import HOSTILES, LIGNES, checklist, contexte, organisme
from imprimes import html, md, table
from msgspec.structs import replace

from certif_rules.documents.formats.balises import anchor, el
from certif_rules.documents.formats.markdown import escape
from certif_rules.grilles import csv as csv_

LONG_WORD = "x" * 300


def hostile(nom: str) -> dict:
    return organisme(nom, sites=({"id": nom, "commune": nom},), contact=nom)


def test_table_fits() -> None:
    """No line of the table goes past eighty columns, what is copied whole excepted."""
    for line in table(checklist()).decode().splitlines():
        assert len(line) <= 80 or "https://" in line


def test_table_for_a_poor_console() -> None:
    """A console without the signs gets letters in their place, and loses no state."""
    text = table(checklist(), poor=True).decode()
    assert text.encode("latin-1")
    for sign in ("[X] à auditer", "[?] à confirmer", "[-] non audité", "[/] non applicable", "* label"):
        assert sign in text


def test_table_drives_no_terminal() -> None:
    """A typed text puts no sequence in the table that a terminal would act on."""
    assert b"\x1b" not in table(checklist(organisme=hostile("\x1b[31m")))


def test_table_shows_the_reasons_that_decide() -> None:
    """A line of the table gives what decides its state and leaves the rest out."""
    text = table(checklist()).decode()
    poussieres = text[text.index("Captage") : text.index("Archives")]
    assert "à renseigner" in poussieres
    assert "audit initial" not in poussieres


def test_table_names_categories_where_there_are_several() -> None:
    """A reason names its category only where the organisation has several."""
    several = replace(contexte(), organisme=replace(contexte().organisme, categories=("MEN", "VER")))
    assert "pour MEN" in table(checklist(contexte=several)).decode()
    assert "pour MEN" not in table(checklist()).decode()


@pytest.mark.parametrize("nom", HOSTILES)
def test_md_escapes_what_is_typed(nom: str) -> None:
    """A typed text makes no tag, link, code, title or cell in Markdown."""
    text = md(checklist(organisme=hostile(nom))).decode()
    bare = re.sub(r"\\.|<https://[^>]*>", "", text)
    assert "<" not in bare
    assert "](" not in bare
    assert "`code`" not in bare
    assert "# titre" not in re.findall(r"^# .*", text, re.MULTILINE)
    tables = [line for line in bare.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in tables} == {3, 4, 5, 6}


@pytest.mark.parametrize(
    ("typed", "escaped"),
    [
        ("1. premier", "1\\. premier"),
        ("- point", "\\- point"),
        ("+ point", "\\+ point"),
        ("# titre", "\\# titre"),
        ("=====", "\\====="),
        ("2024 travaux", "2024 travaux"),
        ("a@b.invalid", "a\\@b.invalid"),
        ("atelier@2021", "atelier@2021"),
        ("www.x.invalid http://y", "www\\.x.invalid http\\://y"),
        ("a\\*b*_c_", "a\\\\\\*b\\*\\_c\\_"),
        ("deux\n\n# lignes", "deux  # lignes"),
    ],
)
def test_md_escape(typed: str, escaped: str) -> None:
    """Each sign that Markdown would act on is escaped, and no other."""
    assert escape(typed) == escaped


def test_md_links_the_address_of_a_source_only() -> None:
    """The address of a source is a link; an address that someone typed is not."""
    text = md(checklist(organisme=hostile("https://exemple.invalid"))).decode()
    assert text.count("<https://") == 1
    assert "https\\://exemple.invalid" in text


@pytest.mark.parametrize(
    "start",
    ["=", "+", "-", "@", " =", "\t=", "\r=", "\n+", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u200b="],
)
def test_csv_never_begins_a_formula(start: str) -> None:
    """A spreadsheet runs nothing that a cell of the CSV holds."""
    lignes = (replace(LIGNES[0], indicateur=replace(LIGNES[0].indicateur, titre=f"{start}1+1")),)
    content = csv_.render(checklist(lignes=lignes)).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert row["titre"].startswith("'")


def test_csv_guards_whatever_blank_comes_first() -> None:
    """A blank before the sign of a formula does not hide it from the guard."""
    assert csv_.guard("\u00a0=1") == "'\u00a0=1"
    assert csv_.guard("\t") == "'\t"
    assert csv_.guard("a=1") == "a=1"
    assert csv_.guard("") == ""


def test_csv_is_what_spreadsheets_expect() -> None:
    """The CSV opens in a French spreadsheet by a double click, with its accents and columns."""
    content = csv_.render(checklist())
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b'"\r\n')
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0]["constats permis"].splitlines()[0] == "Conforme"
    assert rows[1]["état"] == "non applicable"
    assert {row["empreinte"] for row in rows} == {checklist().empreinte}
    assert rows[7]["label"] == "oui"


class Structure(HTMLParser):
    """Tags, their attributes, and whether they close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value)
            if name in {"href", "src"}:
                assert value.startswith("#")
                self.targets.append(value[1:])
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def structure(content: bytes) -> Structure:
    parsed = Structure()
    parsed.feed(content.decode())
    parsed.close()
    assert not parsed.open
    return parsed


@pytest.mark.parametrize("nom", ["Atelier", *HOSTILES])
def test_html_structure(nom: str) -> None:
    """A typed text adds no tag to the page, which fetches nothing and has no dead anchor."""
    content = html(checklist(organisme=hostile(nom)))
    parsed = structure(content)
    assert parsed.tags == structure(html(checklist(organisme=hostile("x")))).tags
    assert not {"script", "link", "img", "iframe"} & set(parsed.tags)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert set(parsed.targets) <= set(parsed.ids)
    for tag in ("header", "nav", "main", "footer", "h1"):
        assert parsed.tags.count(tag) == 1
    text = content.decode()
    assert '<html lang="fr">' in text
    assert text.count("<caption>") == text.count("<table")
    assert "url(" not in text
    assert "#000091" not in text


def test_html_boxes_only_where_a_finding_may_be_recorded() -> None:
    """The auditor gets boxes to tick where a finding is allowed, none ticked."""
    text = html(checklist()).decode()
    assert text.count('class="constat"') == sum(bool(ligne.constats_permis) for ligne in LIGNES)
    assert "checked" not in text


def test_html_folds_what_does_not_decide() -> None:
    """The page folds the detail of lines out of the audit, and of no other."""
    text = html(checklist()).decode()
    assert "<details>" not in text
    off = replace(LIGNES[2], etat="non_applicable", constats_permis=())
    assert "<details>" in html(checklist(lignes=(off,))).decode()


def test_html_source_that_is_not_declared_is_plain_text() -> None:
    """A source without an entry is printed without a dead link."""
    off = replace(LIGNES[0], motifs=(replace(LIGNES[0].motifs[0], sources=("ZZ",)),))
    text = html(checklist(lignes=(off,))).decode()
    assert "<span>ZZ</span>" in text
    assert "#source-ZZ" not in text


def test_elements_escape_everything_else() -> None:
    """Texts and attributes are escaped, and an anchor is made of safe letters."""
    assert el("p", "<b>", None, title='"&') == '<p title="&quot;&amp;">&lt;b&gt;</p>'
    assert anchor("a/É b") == "a---b"


def test_long_words_do_not_break_the_table() -> None:
    """A word wider than the table goes on below itself, none of its letters lost."""
    lines = table(checklist(organisme=organisme(LONG_WORD))).decode().splitlines()
    assert max(map(len, lines)) <= 80 or "https://" in max(lines, key=len)
    assert "".join(re.findall(r"x{4,}", "\n".join(lines))) == LONG_WORD
