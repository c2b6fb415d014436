"""XLSX → sheets: what cells show, where formulas, merged cells, notes and pictures are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache, partial
from string import ascii_uppercase
from typing import Literal

from msgspec.structs import replace

from certif_rules.grilles.relecture.regulier import TEXTE, TEXTES, Patron
from certif_rules.grilles.relecture.tableur import Archive, CelluleLue, FeuilleLue, ObjetPose, refuse
from certif_rules.grilles.relecture.valeurs import (
    BUILTIN,
    GENERAL,
    Mise,
    Vue,
    constant,
    iso,
    logic,
    number,
    read_format,
)

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
#: A control character that XML does not hold is written ``_x000D_``.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WORKBOOK, _STYLES = "xl/workbook.xml", "xl/styles.xml"
#: A cell, as spreadsheets and their libraries write it: its place, its style, its type.
_CELL = r'<c r="{}[A-Z]{{1,3}}[0-9]{{1,7}})"(?: s="{}[0-9]{{1,5}})")?(?: t="{}[A-Za-z]{{1,9}})")?'
_NAMED, _PASSED = _CELL.format(*["("] * 3), _CELL.format(*["(?:"] * 3)
#: One that is empty, with those that follow it; or its formula, and its value or its texts.
_CELLS = Patron(
    elements=re.compile(
        rf"{_NAMED}(?:(?:/>|></c>)(?>(?:{_PASSED}(?:/>|></c>))*)"
        rf'|>(?:<f(?: aca="false")?>({TEXTE})</f>)?(?:<v>({TEXTE})</v>|<v ?/>|<is>{TEXTES}</is>)?</c>)'
    ),
    entre=re.compile(
        r'</row><row r="[0-9]{1,7}"'
        + "".join(
            f'(?: {name}="[A-Za-z0-9.:]*")?'
            for name in (
                *("spans", "customFormat", "ht", "hidden", "customHeight", "outlineLevel", "collapsed"),
                "x14ac:dyDescent",
            )
        )
        + ">"
    ),
    textes=4,
    dans=("worksheet", "sheetData", "row"),
)
_TEXTS = Patron(elements=re.compile(f"<si>{TEXTES}</si>"), entre=re.compile("(?!)"), textes=2, dans=("sst",))


def read_sheets(archive: Archive) -> dict[str, FeuilleLue]:
    """Return the sheets of the workbook, by name, in order.

    Raises:
        DataError: it is damaged, with macros, or holds too much.
    """
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        hint = "l’enregistrer en .xlsx, sans macros"
        raise refuse("classeur-a-macros", "ce classeur admet des macros (.xlsm)", archive.name, hint)
    sheets, system_1904 = _index(archive)
    if system_1904:
        hint = "désactiver « calendrier depuis 1904 » dans le tableur, vérifier les dates, et enregistrer"
        raise refuse("calendrier-ancien", "ce classeur compte les jours depuis 1904", archive.name, hint)
    shared, formats = _shared(archive), _formats(archive)
    feuilles: dict[str, FeuilleLue] = {}
    for name, member in sheets.items():
        reader = archive.run(member, partial(_Sheet, archive, shared, formats), _CELLS)
        reader.feuille.objets.extend(_laid(archive, member))
        feuilles[name] = reader.feuille
    return feuilles


def _index(archive: Archive) -> tuple[dict[str, str], bool]:
    """Return the file of each sheet, by name, and whether days are counted from 1904."""
    targets = {identifier: target for identifier, _, target in _relations(archive, _WORKBOOK)}
    sheets: dict[str, str] = {}
    flags: set[str] = set()

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            flags.add("1904")
        if tag == "sheet":
            sheets[attributes.get("name", "")] = attributes.get("id", "")

    archive.parse(_WORKBOOK, sheet, only={"workbookPr", "sheet"})
    members = {name: targets.get(identifier, "") for name, identifier in sheets.items()}
    if len(set(members.values())) < len(members):
        raise refuse("classeur-etranger", "deux feuilles ont le même contenu", archive.name)
    return members, bool(flags)


def _relations(archive: Archive, member: str) -> list[tuple[str, str, str]]:
    """Return what a part refers to: an id, the last word of its type, the part."""
    folder, _, name = member.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    wanted: list[tuple[str, str, str]] = []

    def relation(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(f"/{folder}", attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            wanted.append((attributes.get("Id", ""), kind, target.lstrip("/")))

    if relations in archive.names or member == _WORKBOOK:
        archive.parse(relations, relation, only={"Relationship"})
    return wanted


def _laid(archive: Archive, member: str) -> Iterator[ObjetPose]:
    """Yield what is laid on a sheet: notes, threads of comments, pictures and drawings."""
    notes: dict[tuple[int, int], None] = {}
    drawings = _Drawings(archive)

    def note(_: str, attributes: dict[str, str]) -> None:
        archive.count(1, 0)
        notes[_place(attributes.get("ref", "")) or (0, 0)] = None

    for _, kind, target in _relations(archive, member):
        if kind in ("comments", "threadedComment") and target in archive.names:
            # A thread has a note that stands for it where threads are not known.
            archive.parse(target, note, only={"comment", "threadedComment"})
        elif kind == "drawing" and target in archive.names:
            archive.parse(target, drawings.start, drawings.end, drawings.text, inside=drawings.inside)
    yield from (ObjetPose(place, "note") for place in notes)
    yield from drawings.objets


class _Drawings:
    """This reader takes what is drawn on a sheet: each anchor says its first cell, from zero."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.objets: list[ObjetPose] = []
        self.nature: Literal["image", "dessin"] = "dessin"
        self.place = {"row": "", "col": ""}
        self.inside: list[str] = []

    def start(self, tag: str, _: dict[str, str]) -> None:
        if tag.endswith("Anchor"):
            self.nature, self.place = "dessin", {"row": "", "col": ""}
        elif tag == "pic":
            self.nature = "image"

    def text(self, data: str) -> None:
        if self.inside[-2:-1] == ["from"] and self.inside[-1] in self.place:
            self.place[self.inside[-1]] += data

    def end(self, tag: str) -> None:
        if tag.endswith("Anchor"):
            self.archive.count(1, 0)
            row, column = (int(self.place[key] or -1) + 1 for key in ("row", "col"))
            self.objets.append(ObjetPose((row, column), self.nature))


def _formats(archive: Archive) -> list[Mise]:
    """Return how cells show numbers, by style."""
    codes: dict[int, Mise] = dict(BUILTIN)
    formats: list[Mise] = []
    inside: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            archive.count(1, 0)
            codes[int(attributes.get("numFmtId", "0"))] = read_format(attributes.get("formatCode", ""))
        elif "cellXfs" in inside:
            archive.count(1, 0)
            formats.append(codes.get(int(attributes.get("numFmtId", "0")), GENERAL))

    if _STYLES in archive.names:
        archive.parse(_STYLES, start, only={"numFmt", "xf"}, inside=inside)
    return formats


def _shared(archive: Archive) -> list[str]:
    """Return the texts that cells refer to by number."""
    member = next((n for n in archive.names if n.lower() == "xl/sharedstrings.xml"), None)
    if member is None:
        return []
    return archive.run(member, lambda _: _Texts(archive), _TEXTS).texts


class _Texts:
    """This reader takes the texts that cells share."""

    only = frozenset({"si"})

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.inside: list[str] = []

    def start(self, _: str, __: dict[str, str]) -> None:
        self.parts.clear()

    def end(self, _: str) -> None:
        self.take("".join(self.parts))

    def text(self, data: str) -> None:
        # Phonetic readings stand beside the text, in « rPh ».
        if self.inside and self.inside[-1] == "t" and "rPh" not in self.inside:
            self.parts.append(data)

    def take(self, text: str | None, run: str | None = None) -> None:
        self.archive.count(1, 0)
        self.texts.append(_decode(text or run or ""))


class _Sheet:
    """This reader takes one worksheet, element by element, or cell by cell (``searched``)."""

    only = frozenset({"c", "row", "f", "mergeCell"})

    def __init__(self, archive: Archive, shared: list[str], formats: list[Mise], searched: bool) -> None:
        self.archive, self.shared, self.formats, self.searched = archive, shared, formats, searched
        #: Whether a format shows something else than the texts it is given: hardly any does.
        self.hiding = not all(mise.texte for mise in formats)
        self.feuille = FeuilleLue()
        self.row = self.column = 0
        self.cell: dict[str, str] = {}
        self.formula: list[str] | None = None
        self.inside: list[str] = []
        self.parts: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            place = _place(attributes.get("r", ""))
            if place is None:
                self._follow()
                self.column += 1
            else:
                self.row, self.column = place
            self.cell, self.formula, self.parts = attributes, None, []
        elif tag == "row":
            if "r" not in attributes:
                self._follow()
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif tag == "f":
            self.formula = []
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            start, stop = _place(first), _place(last or first)
            if start and stop:
                self.archive.count(1, 0)
                self.feuille.fusions.append((*start, *stop))

    def _follow(self) -> None:
        """Refuse what has no place but after another: by text, empty cells are passed over."""
        if self.searched:
            raise ValueError("no place")

    def text(self, data: str) -> None:
        innermost = self.inside[-1]
        if innermost in ("v", "t"):
            if "rPh" not in self.inside:
                self.parts.append(data)
        elif innermost == "f" and self.formula is not None:
            self.formula.append(data)

    def end(self, tag: str) -> None:
        if tag == "c":
            formula = None if self.formula is None else "".join(self.formula)
            style, kind = self.cell.get("s", "0"), self.cell.get("t", "n")
            self._hold(style, kind, formula, "".join(self.parts), image="vm" in self.cell)

    def take(
        self,
        reference: str | None,
        style: str | None,
        kind: str | None,
        formula: str | None,
        value: str | None,
        text: str | None,
        run: str | None,
    ) -> None:
        raw = value or text or run
        if raw or formula is not None:
            self.row, self.column = _place(reference or "") or (0, 0)
            self._hold(style or "0", kind or "n", formula, raw or "")

    def _hold(self, style: str, kind: str, formula: str | None, raw: str, *, image: bool = False) -> None:
        """Hold what the cell says; ``raw`` is its value, ``image`` whether it may be a picture."""
        if not raw and formula is None:
            return
        typed = constant(formula) if formula else None
        vue = typed or self._seen(kind, raw, style, image=image)
        if self.hiding and vue.nature in ("texte", "booleen") and vue.fidele and not self._mise(style).texte:
            vue = replace(vue, fidele=False)
        self.archive.count(1, len(vue.texte))
        calculee = formula is not None and typed is None
        if vue.texte or calculee:
            self.feuille.cellules[self.row, self.column] = CelluleLue(vue, calculee)

    def _mise(self, style: str) -> Mise:
        rank = int(style)
        return self.formats[rank] if rank < len(self.formats) else GENERAL

    def _seen(self, kind: str, raw: str, style: str, *, image: bool) -> Vue:
        if kind == "s":
            index = int(raw) if raw.isdecimal() else -1
            if not 0 <= index < len(self.shared):
                raise refuse("fichier-tronque", "un texte partagé manque", self.archive.name)
            return Vue(self.shared[index], "texte")
        if kind == "n" and raw:
            return number(float(raw), self._mise(style))
        if kind == "b":
            return logic(None, value=raw.strip() == "1")
        if kind == "d":
            return iso(raw)
        if kind == "e" and image:
            # A picture put in the cell; what stands there is for programs that know no such thing.
            self.feuille.objets.append(ObjetPose((self.row, self.column), "image"))
            return Vue("", "image")
        return Vue(_decode(raw), "erreur" if kind == "e" else "texte")


@lru_cache(maxsize=16_384)  # the cells of one grid, that others have too
def _place(reference: str) -> tuple[int, int] | None:
    """Return (row, column) of « K14 », or of the first cell of « K14:L15 »."""
    match = _REFERENCE.match(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * len(ascii_uppercase) + ascii_uppercase.index(letter) + 1
    return int(match[2]), column


def _decode(text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
