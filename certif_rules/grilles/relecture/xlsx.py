"""XLSX → sheets: values, where formulas and merged cells are. Styles are not read."""

from __future__ import annotations

import posixpath
import re
from string import ascii_uppercase

from certif_rules.grilles.relecture.tableur import Archive, CelluleLue, FeuilleLue, refuse

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
#: A control character that XML does not hold is written ``_x000D_``.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WORKBOOK = "xl/workbook.xml"


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
    shared = _shared(archive)
    feuilles: dict[str, FeuilleLue] = {}
    for name, member in sheets.items():
        reader = _Sheet(archive, shared)
        archive.parse(member, reader.start, reader.end, reader.text)
        feuilles[name] = reader.feuille
    return feuilles


def _index(archive: Archive) -> tuple[dict[str, str], bool]:
    """Return the file of each sheet, by name, and whether days are counted from 1904."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}
    flags: set[str] = set()

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            flags.add("1904")
        if tag == "sheet":
            sheets[attributes.get("name", "")] = attributes.get("id", "")

    archive.parse("xl/_rels/workbook.xml.rels", relation, lambda _: None)
    archive.parse(_WORKBOOK, sheet, lambda _: None)
    members = {}
    for name, identifier in sheets.items():
        target = targets.get(identifier, "")
        members[name] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    if len(set(members.values())) < len(members):
        raise refuse("classeur-etranger", "deux feuilles ont le même contenu", archive.name)
    return members, bool(flags)


def _shared(archive: Archive) -> list[str]:
    """Return the texts that cells refer to by number."""
    member = next((n for n in archive.names if n.lower() == "xl/sharedstrings.xml"), None)
    if member is None:
        return []
    texts: list[str] = []
    parts: list[str] = []
    inside: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            parts.clear()
        inside.append(tag)

    def end(tag: str) -> None:
        inside.pop()
        if tag == "si":
            archive.count(1, 0)
            texts.append(_decode("".join(parts)))

    def text(data: str) -> None:
        # Phonetic readings stand beside the text, in « rPh ».
        if inside and inside[-1] == "t" and "rPh" not in inside:
            parts.append(data)

    archive.parse(member, start, end, text)
    return texts


class _Sheet:
    """The reading of one worksheet, element by element."""

    def __init__(self, archive: Archive, shared: list[str]) -> None:
        self.archive, self.shared = archive, shared
        self.feuille = FeuilleLue()
        self.row = self.column = 0
        self.kind = ""
        self.formula = False
        self.inside: list[str] = []
        self.parts: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.inside.append(tag)
        if tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif tag == "c":
            place = _place(attributes.get("r", ""))
            self.row, self.column = place or (self.row, self.column + 1)
            self.kind, self.formula = attributes.get("t", "n"), False
            self.parts = []
        elif tag == "f":
            self.formula = True
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            start, stop = _place(first), _place(last or first)
            if start and stop:
                self.archive.count(1, 0)
                self.feuille.fusions.append((*start, *stop))

    def end(self, tag: str) -> None:
        self.inside.pop()
        if tag == "c" and (self.parts or self.formula):
            value = self._value("".join(self.parts))
            self.archive.count(1, len(str(value)))
            if value != "" or self.formula:
                jour = self.kind == "d"
                self.feuille.cellules[self.row, self.column] = CelluleLue(value, self.formula, jour)

    def text(self, data: str) -> None:
        if self.inside and self.inside[-1] in ("v", "t") and "rPh" not in self.inside:
            self.parts.append(data)

    def _value(self, raw: str) -> str | float:
        if self.kind == "s":
            number = int(raw) if raw.isdecimal() else -1
            if not 0 <= number < len(self.shared):
                raise refuse("fichier-tronque", "un texte partagé manque", self.archive.name)
            return self.shared[number]
        if self.kind == "n" and raw:
            return float(raw)
        return _decode(raw)


def _place(reference: str) -> tuple[int, int] | None:
    """(row, column) of « K14 », or of the first cell of « K14:L15 »."""
    match = _REFERENCE.match(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * len(ascii_uppercase) + ascii_uppercase.index(letter) + 1
    return int(match[2]), column


def _decode(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text).replace("\r\n", "\n")
