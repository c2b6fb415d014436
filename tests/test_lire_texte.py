"""XLSX whose cells are searched for in the text of a sheet: what is read is what a parser tells of each."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from grilles import fill_xlsx, grille
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.errors import DataError
from certif_rules.grilles import xlsx
from certif_rules.grilles.relecture import tableur
from certif_rules.grilles.relecture.grille import open_workbook
from certif_rules.grilles.relecture.tableur import Archive, CelluleLue
from certif_rules.grilles.relecture.valeurs import Vue

CONTENT = xlsx.render(grille())
FILLED = fill_xlsx(CONTENT, {"qualiopi/1": {"Constat": "Conforme", "Commentaire": "Vu < 3 fois & « relu »."}})
SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
RUN = '<r><rPr><b/><sz val="11"/></rPr><t>Titre</t></r><r><t xml:space="preserve">\nsuite &amp; fin</t></r>'
PARTS = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": '<workbook><sheets><sheet name="Un" id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<r><Relationship Id="r1" Target="worksheets/sheet1.xml"/></r>',
    "xl/styles.xml": '<s><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></s>',
    SHARED: f"<sst><si><t>un</t></si><si><t>d&#8217;eux_x000D_</t></si><si>{RUN}</si><si><t/></si></sst>",
}


def sheet(row: str, *, before: str = "", after: str = "") -> str:
    """A worksheet of one row, and what stands in its root beside its rows."""
    rows = f'<sheetData><row r="1">{row}</row></sheetData>'
    return f'<worksheet xmlns="urn:x">{before}{rows}{after}</worksheet>'


def book(content: str | bytes, **others: str) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {**PARTS, SHEET: content, **others}.items():
            archive.writestr(name, part)
    return out.getvalue()


def reading(content: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, set[str]]:
    """What is read of a workbook, or why it is not, and the parts of it that were told event by event."""
    parsed: set[str] = set()
    parse = Archive.parse

    def spied(self: Archive, member: str, *arguments: Any, **options: Any) -> None:
        parsed.add(member)
        parse(self, member, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "parse", spied)
        try:
            sheets = open_workbook(content, "grille.xlsx")
            seen: Any = {n: (list(s.cellules.items()), s.fusions, s.objets) for n, s in sheets.items()}
        except DataError as error:
            seen = [str(issue) for issue in error.issues]
    return seen, parsed


def both(content: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, set[str]]:
    """What is read of a workbook, the same event by event; with the parts that are not read by their text."""
    seen, parsed = reading(content, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(tableur, "MAX_SEARCHED", -1)
        assert reading(content, monkeypatch)[0] == seen
    return seen, parsed


@pytest.mark.parametrize("content", [CONTENT, FILLED], ids=["as written", "filled and saved by a library"])
def test_a_whole_grid(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid of ours, then as a library saves it, is read by its text, no cell of it otherwise."""
    seen, parsed = both(content, monkeypatch)
    assert {"Contexte", "Grille", "Écarts"} <= {*seen}
    assert not [name for name in parsed if name.startswith("xl/worksheets/sheet") or name == SHARED]


def test_what_cells_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shared and own texts, texts in several looks, numbers, dates, logic, errors, formulas, empty cells."""
    row = (
        '<c r="A1" s="0" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>'
        '<c r="D1" s="1"/><c r="E1" s="1" t="n"></c><c r="F1" s="1"><v>45334</v></c>'
        '<c r="G1" t="s"><v>3</v></c>'
        '<c r="H1" t="inlineStr"><is><t>« 3 &lt; 4 » &amp;amp;</t></is></c>'
        f'<c r="I1" t="inlineStr"><is>{RUN}</is></c><c r="J1" t="b"><v>1</v></c>'
        '<c r="K1" t="e"><v>#N/A</v></c><c r="L1"><f>1+1</f><v></v></c>'
        '<c r="M1"><f aca="false">TRUE()</f><v>1</v></c>'
        '<c r="N1"><v>2.50</v></c>'
        '<c r="O1"><f></f></c><c r="P1" t="str"><v>x</v></c><c r="Q1" t="d"><v>2024-02-12</v></c>'
    )
    seen, parsed = both(book(DECLARATION + sheet(row)), monkeypatch)
    assert parsed.isdisjoint({SHEET})
    assert dict(seen["Un"][0]) == {
        (1, 1): CelluleLue(Vue("un", "texte")),
        (1, 2): CelluleLue(Vue("d’eux\n", "texte")),
        (1, 3): CelluleLue(Vue("Titre\nsuite & fin", "texte")),
        (1, 6): CelluleLue(Vue("12/02/2024", "jour")),
        (1, 8): CelluleLue(Vue("« 3 < 4 » &amp;", "texte")),
        (1, 9): CelluleLue(Vue("Titre\nsuite & fin", "texte")),
        (1, 10): CelluleLue(Vue("VRAI", "booleen")),
        (1, 11): CelluleLue(Vue("#N/A", "erreur")),
        (1, 12): CelluleLue(Vue("", "texte"), formule=True),
        (1, 13): CelluleLue(Vue("VRAI", "booleen")),
        (1, 14): CelluleLue(Vue("2,5", "nombre")),
        (1, 15): CelluleLue(Vue("", "texte"), formule=True),
        (1, 16): CelluleLue(Vue("x", "texte")),
        (1, 17): CelluleLue(Vue("12/02/2024", "jour")),
    }


ONE = '<c r="A1"><v>1</v></c>'
TWO = '<c r="B1"><v>2</v></c>'
DEEP = "<x>" * 99
#: What is not written as foreseen: cells that are none, or whose place only the one before tells.
ODD: dict[str, str | bytes] = {
    "a comment": sheet(f"{ONE}<!-- > {TWO} <-->"),
    "a section of characters": sheet(f"{ONE}<![CDATA[ > {TWO} <]]>"),
    "an instruction": sheet(f"{ONE}<?x > {TWO} <y ?>"),
    "an attribute": sheet(f'{ONE}<x a="> {TWO} <y b="/>'),
    "a tag": sheet(f'{ONE}<x a="{TWO}"/>'),
    "a document type": f"<!DOCTYPE x>{sheet(ONE)}",
    "entities": f'<!DOCTYPE x [<!ENTITY a "aaaa">]>{sheet("<c r=&quot;A1&quot;><v>&a;</v></c>")}',
    "an unknown entity": sheet('<c r="A1" t="str"><v>&a;</v></c>'),
    "a reference to no character": sheet('<c r="A1" t="str"><v>&#1;</v></c>'),
    "a reference to the sign between texts": sheet('<c r="A1" t="str"><v>a&#64976;b</v></c>'),
    "the sign between texts": sheet('<c r="A1" t="str"><v>a\ufdd0b</v></c>'),
    "a control character": sheet('<c r="A1" t="str"><v>\x01</v></c>'),
    "an end of line": sheet('<c r="A1" t="str"><v>a\r\nb</v></c>'),
    "more than": sheet('<c r="A1" t="str"><v>]]></v></c>'),
    "another encoding": f'<?xml version="1.0" encoding="ISO-8859-1"?>{sheet(ONE)}',
    "bytes of another encoding": sheet('<c r="A1" t="str"><v>é</v></c>').encode("latin-1"),
    "two bytes a character": sheet(ONE).encode("utf-16"),
    "another version": f'<?xml version="1.1"?>{sheet(ONE)}',
    "a root that is a cell": ONE,
    "a cell before the root": f"{ONE}{sheet(TWO)}",
    "rows elsewhere": f'<worksheet><row r="1">{ONE}</row></worksheet>',
    "a row that another ends": sheet(f'{ONE}</row><x:row r="2">{TWO}</row><row r="3">{TWO}</x:row><row>'),
    "rows badly numbered": sheet(f'{ONE}</row><row r="x">{TWO}'),
    "an attribute twice on a row": sheet(f'{ONE}</row><row r="2" ht="1" ht="1">{TWO}'),
    "a cell in another": sheet(f'<c r="C1">{ONE}<v>3</v></c>'),
    "a cell in what is read aloud": sheet(f"<rPh>{ONE}</rPh>"),
    "no place": sheet(f"{ONE}<c><v>2</v></c>"),
    "no place after an empty cell": sheet('<c r="C1"/><c><v>2</v></c>'),
    "a row without its number": sheet(f'{ONE}</row><row>{TWO}'),
    "not closed": sheet(f"{ONE}<x>"),
    "closed by another": sheet('<c r="A1"><v>1</is></c>'),
    "no number": sheet('<c r="A1"><v>un</v></c>'),
    "no shared text": sheet('<c r="A1" t="s"><v>99</v></c>'),
    "too deep": sheet(ONE, after=f'{DEEP}<c r="B1"/>{DEEP.replace("<", "</")}'),
    "too deep, in its end": sheet(ONE, after=f"{'<x>' * 100}{'</x>' * 100}"),
    "not the same attribute once": sheet(f'{ONE}<x a="1" a="2"/>'),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_not_as_foreseen_is_read_by_events(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever hides a cell, or damages a sheet, gives what it gave: cells, or the same message."""
    _, parsed = both(book(ODD[name]), monkeypatch)
    assert SHEET in parsed


def test_what_is_read_again_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet that its text did not suffice to read is no larger: two formats, four texts, four cells."""
    monkeypatch.setattr(tableur, "MAX_CELLS", 2 + 4 + 4)
    seen, _ = both(book(sheet(f"{ONE}{TWO}<c r='C1'><v>3</v></c><c><v>4</v></c>")), monkeypatch)
    assert [place for place, _ in seen["Un"][0]] == [(1, 1), (1, 2), (1, 3), (1, 4)]


#: What a sheet may have besides cells of the usual form, without those being told one by one.
BESIDE = {
    "attributes of others": (f'{ONE}<c r="B1" vm="1" t="e"><v>#VALUE!</v></c>', ""),
    "a shared formula": (f'{ONE}<c r="B1"><f t="shared" si="0"/><v>3</v></c>', ""),
    "phonetic readings": (f'{ONE}<c r="B1" t="inlineStr"><is><t>a</t><rPh><t>b</t></rPh></is></c>', ""),
    "merged cells": (ONE, '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'),
    "names with a prefix": (f'{ONE}<x:c r="B1"><x:v>2</x:v></x:c>', '<x:mergeCell ref="A1:B2"/>'),
    "choices": (ONE, '<v><w sqref="A1"><formula1>Listes!$A$1</formula1></w></v><p a="1"/>'),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_is_read_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell of another form, or a merged area, among the usual ones: nothing of the sheet is lost."""
    row, after = BESIDE[name]
    seen, parsed = both(book(sheet(row, after=after)), monkeypatch)
    assert SHEET not in parsed
    assert ((1, 1), CelluleLue(Vue("1", "nombre"))) in seen["Un"][0]
    assert len(seen["Un"][1]) == after.count("mergeCell ref")


SNIPPETS = [
    *("<", ">", '"', "/", " ", "&", "&amp;", "&#8217;", "&#9;", "\n", "\r", "é", "’", "]]>", "<!--", "-->"),
    *("<x>", "</x>", "<x/>", '<x a="', '">', "<v>", "</v>", "<f>", "</f>", "<is><t>", "</t></is>", "<v/>"),
    *(ONE, TWO, '<c r="C1"/>', "<c/>", "<c><v>4</v></c>", ' s="1"', ' t="s"', ' t="str"', ' r="D4"', "</c>"),
    *('<row r="7">', "<row>", "</row>", f'<c r="E1" t="inlineStr"><is>{RUN}</is></c>'),
    '<mergeCell ref="A1:B2"/>',
]  # fmt: skip
WHOLE = sheet(
    f'{ONE}<c r="B1" s="1" t="s"><v>1</v></c><c r="C1" s="1"/>'
    '<c r="D1" t="inlineStr"><is><t>a &lt; b</t></is></c>'
    '</row><row r="2" spans="1:4"><c r="A2"><f>B1</f><v>3</v></c><c r="B2" t="b"><v>0</v></c>'
)
BORDERS = [match.start() for match in re.finditer('[<>"]', WHOLE)]


@pytest.mark.parametrize("edits", [1, 2])
def test_no_edit_is_read_in_two_ways(edits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anything put in a sheet, or taken out: it is refused, or read, as it would be event by event."""

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        text = WHOLE
        for _ in range(edits):
            at = data.draw(st.sampled_from(BORDERS)) + data.draw(st.integers(0, 1))
            taken = data.draw(st.sampled_from([0, 0, 1, 2, 6, 22]))
            text = text[:at] + data.draw(st.sampled_from(["", *SNIPPETS])) + text[at + taken :]
        both(book(text), monkeypatch)

    compare()
