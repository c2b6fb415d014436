"""What a workbook holds once read, whatever wrote it, and the archive that both formats are.

Read here rather than by a library: those at hand say neither which cells hold a formula nor which are merged,
and make a table as large as the farthest cell, which a hostile file can place anywhere.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from msgspec import Struct, field

from certif_rules.errors import DataError, Issue, Location
from certif_rules.source.entree import MAX_BYTES, MAX_CLASSEUR

#: Most rows or lines: the largest référentiels have hundreds.
MAX_ROWS = 10_000
#: Most that an archive may hold once unpacked, in bytes, and how many files.
MAX_UNPACKED = 60_000_000
MAX_FILES = 1_000
#: Largest XML file read in it, in bytes, and how deep its elements go; a photograph may be bigger.
MAX_PART = 10_000_000
MAX_DEPTH = 100
#: Most elements over all its XML files: reading them takes a few seconds.
MAX_ELEMENTS = 1_500_000
#: Most cells with something in them, over all sheets, and most characters, each as often as it is repeated.
MAX_CELLS = 200_000
MAX_CHARACTERS = 10_000_000
#: A grid shrinks to a tenth; what shrinks to a four-hundredth was made to.
MAX_RATIO = 400

#: The other ways of packing are unpacked whole, however little of them is asked for.
_PACKED = frozenset({ZIP_STORED, ZIP_DEFLATED})
#: What a damaged archive makes the library raise.
_DAMAGED = (BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
#: How files of the former formats begin, and encrypted ones.
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


class CelluleLue(Struct, frozen=True):
    """A cell with something in it: a text, a number or an ISO day, and whether a formula gave it."""

    valeur: str | float
    formule: bool = False
    jour: bool = False


class FeuilleLue(Struct):
    """A sheet: cells by (row, column) from 1, and each merged area: first row and column, last ones."""

    cellules: dict[tuple[int, int], CelluleLue] = field(default_factory=dict)
    fusions: list[tuple[int, int, int, int]] = field(default_factory=list)

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell, empty when there is none; a whole number has no decimals."""
        cellule = self.cellules.get((row, column))
        if cellule is None:
            return ""
        if isinstance(cellule.valeur, str):
            return cellule.valeur
        return str(int(cellule.valeur)) if cellule.valeur.is_integer() else repr(cellule.valeur)


Feuilles = Mapping[str, FeuilleLue]


def refuse(code: str, message: str, name: str, hint: str | None = None) -> DataError:
    """Return the one error of a file that is not read further."""
    return DataError([Issue(code, message, Location(name), hint)])


def decode(content: bytes, name: str, kind: str, hint: str | None = None) -> str:
    """Return the text of a file of this kind (« CSV »), called ``name`` in messages.

    Raises:
        DataError: too big, or not UTF-8; ``hint`` says how to mend the latter.
    """
    if len(content) > MAX_BYTES:
        raise refuse("fichier-trop-grand", f"fichier de plus de {MAX_BYTES // 1_000_000} Mo", name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("fichier-illisible", f"ce {kind} n’est pas en UTF-8", name, hint) from None


class Archive:
    """The files of a workbook, whose sizes were all checked before any was read."""

    def __init__(self, content: bytes, name: str) -> None:
        """Open ``content``, called ``name`` in messages.

        Raises:
            DataError: too big, encrypted, truncated, with macros, or no workbook at all.
        """
        self.name = name
        self._cells = self._characters = self._elements = 0
        if len(content) > MAX_CLASSEUR:
            message = f"fichier de plus de {MAX_CLASSEUR // 1_000_000} Mo : ce n’est pas une grille"
            raise refuse("fichier-trop-grand", message, name)
        if content.startswith(OLE):
            hint = "retirer le mot de passe, ou enregistrer en XLSX ou en ODS"
            raise refuse("fichier-chiffre", "fichier chiffré, ou d’un ancien format (.xls)", name, hint)
        if not content.startswith(b"PK"):
            raise refuse("classeur-etranger", "ce fichier n’est pas un classeur XLSX ou ODS", name)
        try:
            self._zip = ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except _DAMAGED as error:
            raise self._broken() from error
        self.names = frozenset(entry.filename for entry in entries)
        total = sum(entry.file_size for entry in entries)
        packed = max(len(content), 1)
        if total > MAX_UNPACKED or len(entries) > MAX_FILES or total / packed > MAX_RATIO:
            message = (
                f"contenu démesuré : {total // 1_000_000} Mo une fois décompressé, {len(entries)} fichiers"
            )
            raise refuse("fichier-trop-grand", message, name)
        if any(entry.flag_bits & 1 for entry in entries):
            raise refuse("fichier-chiffre", "archive chiffrée", name, "retirer le mot de passe")
        if any(entry.compress_type not in _PACKED for entry in entries):
            hint = "l’enregistrer à nouveau depuis un tableur"
            raise refuse("fichier-illisible", "une compression que les tableurs n’emploient pas", name, hint)
        if any(
            n.lower().endswith("vbaproject.bin") or n.startswith(("Basic/", "Scripts/")) for n in self.names
        ):
            hint = "l’enregistrer sans macros"
            raise refuse("classeur-a-macros", "ce classeur contient des macros", name, hint)

    def read(self, member: str) -> bytes:
        """Return the content of one file.

        Raises:
            DataError: it is missing, too big or damaged.
        """
        if member not in self.names:
            raise refuse("classeur-etranger", f"il manque « {member} » dans le classeur", self.name)
        size = self._zip.getinfo(member).file_size
        if size > MAX_PART:
            message = f"« {member} » : plus de {MAX_PART // 1_000_000} Mo une fois décompressé"
            raise refuse("fichier-trop-grand", message, self.name)
        try:
            # No more than was declared is unpacked: without a size, all of it would be, then cut.
            with self._zip.open(member) as stream:
                content = stream.read(size)
        except _DAMAGED as error:
            raise self._broken() from error
        if len(content) != size:
            raise self._broken()
        return content

    def parse(
        self,
        member: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Run over the XML of ``member``: names of elements and attributes come without their prefix.

        Raises:
            DataError: it is missing, is not XML, goes too deep, or declares a document type.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def doctype(*_: object) -> None:
            raise refuse("classeur-etranger", f"« {member} » déclare un type de document", self.name)

        depth = 0

        def started(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self._elements += 1
            if self._elements > MAX_ELEMENTS:
                message = f"plus de {MAX_ELEMENTS} éléments : des rangées vides mises en forme, sans doute"
                hint = "supprimer les rangées vides sous la grille, et enregistrer"
                raise refuse("fichier-trop-grand", message, self.name, hint)
            if depth > MAX_DEPTH:
                message = f"« {member} » : plus de {MAX_DEPTH} éléments les uns dans les autres"
                raise refuse("fichier-trop-grand", message, self.name)
            start(_local(tag), {_local(key): value for key, value in attributes.items()})

        def ended(tag: str) -> None:
            nonlocal depth
            depth -= 1
            end(_local(tag))

        parser.StartDoctypeDeclHandler = doctype
        parser.StartElementHandler = started
        parser.EndElementHandler = ended
        if text is not None:
            parser.CharacterDataHandler = text
        content = self.read(member)
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise self._broken() from error
        except (ValueError, OverflowError, LookupError) as error:  # the last: an encoding that is not one
            raise refuse("fichier-tronque", f"« {member} » est illisible", self.name) from error

    def count(self, cells: int, characters: int) -> None:
        """Add to what the workbook holds, before it is made.

        Raises:
            DataError: more than any grid holds.
        """
        self._cells += cells
        self._characters += characters
        if self._cells > MAX_CELLS:
            message = f"plus de {MAX_CELLS} cellules remplies ou fusionnées"
            raise refuse("fichier-trop-grand", message, self.name)
        if self._characters > MAX_CHARACTERS:
            message = f"plus de {MAX_CHARACTERS // 1_000_000} millions de caractères"
            raise refuse("fichier-trop-grand", message, self.name)

    def _broken(self) -> DataError:
        hint = "le copier ou le télécharger à nouveau"
        return refuse("fichier-tronque", "fichier tronqué ou abîmé", self.name, hint)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
