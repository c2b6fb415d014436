"""What a workbook holds once read, whatever wrote it, and the archive that both formats are.

Read here rather than by a library: those at hand say neither which cells hold a formula nor which are merged,
and make a table as large as the farthest cell, which a hostile file can place anywhere.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final, Literal, TypeVar
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from msgspec import Struct, field

from certif_rules.errors import DataError, Issue, Location
from certif_rules.grilles.relecture.regulier import Patron, Relecteur, ends, parted
from certif_rules.grilles.relecture.valeurs import Vue
from certif_rules.source.entree import MAX_BYTES, MAX_CLASSEUR

#: Most rows or lines: the largest référentiels have hundreds.
MAX_ROWS = 10_000
#: Most XML that an archive may hold once unpacked, in bytes, and how many files; pictures are not unpacked.
MAX_UNPACKED = 60_000_000
MAX_FILES = 1_000
#: Largest part read at once, in bytes; how deep elements go, and how many there are over all parts.
MAX_PART = 10_000_000
MAX_DEPTH = 100
MAX_ELEMENTS = 2_000_000
#: Most cells with something in them, over all sheets, and most characters, each as often as it is repeated.
MAX_CELLS = 200_000
MAX_CHARACTERS = 10_000_000
#: Largest part whose elements are searched for in its text, which is then in memory several times over.
MAX_SEARCHED = 4_000_000
#: A grid shrinks to a tenth; what shrinks to a four-hundredth was made to.
MAX_RATIO = 400

#: The other ways of packing are unpacked whole, however little of them is asked for.
_PACKED = frozenset({ZIP_STORED, ZIP_DEFLATED})
#: What a damaged archive makes the library raise.
_DAMAGED = (BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)
#: The parts that are read, of all those of a workbook.
_READ: Final = (".xml", ".rels")
_IMAGES: Final = "retirer du classeur les images collées (ou les compresser), puis l’enregistrer"
_NOUVEAU: Final = "l’enregistrer à nouveau depuis un tableur"
_RANGEES: Final = (
    "supprimer les rangées et les colonnes vides mises en forme autour de la grille, puis enregistrer "
    "(ou copier ce qui est saisi dans une grille neuve)"
)
#: How much of a part is unpacked at a time.
_CHUNK: Final = 65_536
#: How files of the former formats begin, and encrypted ones.
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


class CelluleLue(Struct, frozen=True, gc=False):
    """A cell has something in it: what it shows, and whether a formula gave it."""

    vue: Vue
    formule: bool = False

    @property
    def blanche(self) -> bool:
        """Return whether nothing is seen in it."""
        return not self.formule and not self.vue.texte.strip()


class ObjetPose(Struct, frozen=True):
    """An object lies on a cell without being its value; ``place`` is (0, 0) for the sheet as a whole."""

    place: tuple[int, int]
    nature: Literal["note", "image", "dessin"]


class FeuilleLue(Struct):
    """A sheet has cells by (row, column) from 1, and merged areas: first row and column, last ones."""

    cellules: dict[tuple[int, int], CelluleLue] = field(default_factory=dict)
    fusions: list[tuple[int, int, int, int]] = field(default_factory=list)
    objets: list[ObjetPose] = field(default_factory=list)

    def text(self, row: int, column: int) -> str:
        """Return what a cell shows, nothing when there is none."""
        cellule = self.cellules.get((row, column))
        return "" if cellule is None else cellule.vue.texte


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


L = TypeVar("L", bound=Relecteur)


class _Locals(dict[str, str]):
    """This table parts each XML name from its prefix once; a file that has ever new ones fills nothing."""

    def __init__(self) -> None:
        super().__init__()
        #: Those that have none: most attributes, which are then passed as they are.
        self.plain: set[str] = set()

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition(":")[2]
        if len(self) < MAX_FILES:
            self[tag] = name
            if name == tag:
                self.plain.add(tag)
        return name

    def of(self, attributes: dict[str, str]) -> dict[str, str]:
        """Return attributes by their names without prefix."""
        return {self[name]: value for name, value in attributes.items()}


class Archive:
    """An archive gives the files of a workbook, whose sizes were all checked before any was read."""

    def __init__(self, content: bytes, name: str) -> None:
        """Open ``content``, called ``name`` in messages.

        Raises:
            DataError: too big, encrypted, truncated, with macros, or no workbook at all.
        """
        self.name = name
        self._cells = self._characters = self._elements = self._unpacked = 0
        if len(content) > MAX_CLASSEUR:
            message = f"fichier de plus de {MAX_CLASSEUR // 1_000_000} Mo : ce qui est saisi n’en pèse pas un"
            raise refuse("fichier-trop-grand", message, name, _IMAGES)
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
        total = sum(entry.file_size for entry in entries if entry.filename.lower().endswith(_READ))
        if total > MAX_UNPACKED or total / max(len(content), 1) > MAX_RATIO:
            message = f"contenu démesuré : {total // 1_000_000} Mo une fois décompressé"
            raise refuse("fichier-trop-grand", message, name, _RANGEES)
        if len(entries) > MAX_FILES:
            message = f"contenu démesuré : {len(entries)} fichiers dans le classeur"
            raise refuse("fichier-trop-grand", message, name, _IMAGES)
        if any(entry.flag_bits & 1 for entry in entries):
            raise refuse("fichier-chiffre", "archive chiffrée", name, "retirer le mot de passe")
        if any(entry.compress_type not in _PACKED for entry in entries):
            message = "une compression que les tableurs n’emploient pas"
            raise refuse("fichier-illisible", message, name, _NOUVEAU)
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
        if self._size(member) > MAX_PART:
            message = f"« {member} » : plus de {MAX_PART // 1_000_000} Mo une fois décompressé"
            raise refuse("fichier-trop-grand", message, self.name)
        return b"".join(self._chunks(member))

    def _size(self, member: str) -> int:
        if member not in self.names:
            raise refuse("classeur-etranger", f"il manque « {member} » dans le classeur", self.name)
        return self._zip.getinfo(member).file_size

    def _chunks(self, member: str) -> Iterator[bytes]:
        """Yield one file piece by piece; no more than was declared is unpacked."""
        left = self._size(member)
        try:
            with self._zip.open(member) as stream:
                while left and (piece := stream.read(min(left, _CHUNK))):
                    left -= len(piece)
                    self._unpacked += len(piece)
                    if self._unpacked > MAX_UNPACKED:
                        message = f"plus de {MAX_UNPACKED // 1_000_000} Mo une fois décompressé"
                        raise refuse("fichier-trop-grand", message, self.name, _RANGEES)
                    yield piece
        except _DAMAGED as error:
            raise self._broken() from error
        if left:
            raise self._broken()

    def run(self, member: str, relecteur: Callable[[bool], L], patron: Patron) -> L:
        """Return a reader of ``member`` that has read it: by its text where its elements have the ``patron``.

        Args:
            member: the part to read.
            relecteur: what gives a reader, told whether it is to read by text.
            patron: how programs write most of the elements.

        Raises:
            DataError: as :meth:`parse` does.
        """
        counts = self._cells, self._characters, self._elements, self._unpacked
        try:
            if self._size(member) <= MAX_SEARCHED:
                return self._searched(member, relecteur(True), patron)
        except (DataError, expat.ExpatError, LookupError, ValueError, OverflowError):
            pass  # what is wrong, if anything, is told by the reading that follows
        self._cells, self._characters, self._elements, self._unpacked = counts
        plain = relecteur(False)
        self.parse(member, plain.start, plain.end, plain.text, only=plain.only, inside=plain.inside)
        return plain

    def _searched(self, member: str, relecteur: L, patron: Patron) -> L:
        """Read ``member`` by its text.

        Raises:
            DataError, expat.ExpatError, LookupError, ValueError, OverflowError: it is to be read otherwise.
        """
        content = self.read(member)
        self._elements += content.count(b"<") - content.count(b"</")
        if self._elements > MAX_ELEMENTS:
            raise self._too_many(member)
        around, elements = parted(content, patron)
        inside, place, take = relecteur.inside, list(patron.dans), relecteur.take
        parser = expat.ParserCreate()
        parser.buffer_text = True
        self._listen(parser, member, (relecteur.start, relecteur.end), relecteur.only, inside)
        parser.CharacterDataHandler = relecteur.text
        for before, element in zip(around, elements, strict=False):
            if before and (not inside or not patron.entre.fullmatch(before)):
                parser.Parse(before.encode(), False)
                # Of the same name but for a prefix, an element would be ended by another's end.
                if inside != place or f":{place[-1]}" in before:
                    raise ValueError("an element where none should be")
            take(*element)
        if ends(around[-1], relecteur.only):
            parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
        parser.Parse(around[-1].encode(), True)
        return relecteur

    def parse(
        self,
        member: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        *,
        only: Collection[str] | None = None,
        inside: list[str] | None = None,
    ) -> None:
        """Run over the XML of ``member``: names of elements and attributes come without their prefix.

        Args:
            member: the part to read.
            start: what is called at the beginning of an element.
            end: what is called at its end.
            text: what is called of the characters between.
            only: the elements that ``start`` and ``end`` are called for; all of them by default.
            inside: a list that holds the names of the open elements meanwhile, the innermost last.

        Raises:
            DataError: it is missing, is not XML, goes too deep, or declares a document type.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        self._listen(parser, member, (start, end), only, [] if inside is None else inside)
        if text is not None:
            parser.CharacterDataHandler = text
        try:
            for piece in self._chunks(member):
                # No fewer than there are: of an end, UTF-16 shows the beginning only.
                self._elements += piece.count(b"<") - piece.count(b"</")
                if self._elements > MAX_ELEMENTS:
                    raise self._too_many(member)
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._broken() from error
        except LookupError as error:
            message = f"« {member} » est dans un codage de caractères inconnu"
            raise refuse("fichier-illisible", message, self.name, _NOUVEAU) from error
        except (ValueError, OverflowError, UnicodeError) as error:
            raise refuse("fichier-tronque", f"« {member} » est illisible", self.name) from error

    def _listen(
        self,
        parser: expat.XMLParserType,
        member: str,
        handlers: tuple[Callable[[str, dict[str, str]], None], Callable[[str], None] | None],
        only: Collection[str] | None,
        inside: list[str],
    ) -> None:
        """Have the elements of ``only`` told by their names without prefix.

        Every element passes here: what is done for each is what reading a workbook costs.
        """
        start, end = handlers
        local = _Locals()
        plain = local.plain.issuperset
        deepest = MAX_DEPTH
        enter, leave = inside.append, inside.pop

        def doctype(*_: object) -> None:
            raise refuse("classeur-etranger", f"« {member} » déclare un type de document", self.name)

        def started(tag: str, attributes: dict[str, str]) -> None:
            name = local[tag]
            enter(name)
            if len(inside) > deepest:
                message = f"« {member} » : plus de {MAX_DEPTH} éléments les uns dans les autres"
                raise refuse("fichier-trop-grand", message, self.name)
            if only is None or name in only:
                start(name, attributes if plain(attributes) else local.of(attributes))

        def ended(_: str) -> None:
            name = leave()
            if end is not None and (only is None or name in only):
                end(name)

        parser.StartDoctypeDeclHandler = doctype
        parser.StartElementHandler = started
        parser.EndElementHandler = ended

    def _too_many(self, member: str) -> DataError:
        message = (
            f"« {member} » : plus de {MAX_ELEMENTS // 1_000_000} millions de cellules, presque toutes vides"
        )
        return refuse("fichier-trop-grand", message, self.name, _RANGEES)

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
