"""The one way in for bytes and texts: a file, a pipe, a device, standard input, never more than a limit.

No more than the limit, and one byte, is ever read: what has no end is refused as what is too big is.
"""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path

from msgspec import Struct

from certif_rules.errors import DataError, Issue, Location

#: Largest text read, in bytes. The largest layer shipped is a hundred times smaller.
MAX_BYTES = 5_000_000
#: Largest workbook read, in bytes: photographs pasted in a grid weigh a hundred times what is typed there.
MAX_CLASSEUR = 64_000_000
#: What standard input is called in messages.
ENTREE = "<entrée standard>"
#: How workbooks, documents and archives start: what people give in place of the findings read from it.
_ZIP = b"PK\x03\x04"


#: What no text holds: controls, invisible ends of line, changes of direction, halves of characters.
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
#: What comes with a text that is pasted, and is not seen: other ends of line, changes of direction.
_PASTED = {ord(c): "\n" for c in "\x0b\x0c\r\x85\u2028\u2029"} | dict.fromkeys(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
)


def as_seen(text: str) -> str:
    """Return a text that was typed or pasted as its author saw it: one kind of line end, nothing invisible.

    A control that has no business in a text stays, to be refused.
    """
    return text.replace("\r\n", "\n").translate(_PASTED) if CONTROL.search(text) else text


def content_of(
    path: Path, name: str | None = None, *, most: int = MAX_BYTES, ordinary: bool = False
) -> bytes:
    """Return what the file at ``path`` holds, cut one byte after the limit ``most``.

    Args:
        path: the file, or a pipe or a device that a person named.
        name: what to call it in messages.
        most: how many bytes it may hold.
        ordinary: refuse pipes and devices, which could be waited for without end: files that no one named.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        if ordinary and stat.S_IFMT(path.stat().st_mode) not in (stat.S_IFREG, stat.S_IFDIR):
            raise _unreadable("ce n’est pas un fichier ordinaire", path, name)
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except (OSError, ValueError) as error:  # the latter for a name that no file has
        missing = isinstance(error, FileNotFoundError)
        reason = "fichier introuvable" if missing else "lecture impossible"
        raise _unreadable(reason, path, name) from error


def _unreadable(reason: str, path: Path, name: str | None) -> DataError:
    return DataError([Issue("fichier-illisible", f"{reason} : {path.name}", Location(name or str(path)))])


class FichierDonne(Struct, frozen=True):
    """This is a file as it was given: what to call it in messages, what it holds, where those it names are.

    Without a folder, it came alone, from someone who has no business in ours: no other file is read for it.
    """

    nom: str
    octets: bytes
    dossier: Path | None = None

    @property
    def suffixe(self) -> str:
        """Return what its name ends with, « .xlsx »; nothing for a name that says nothing."""
        return Path(self.nom).suffix.lower()


def given_file(source: Path | FichierDonne, *, most: int = MAX_BYTES) -> FichierDonne:
    """Return a file, read where it is a path, cut one byte after the limit ``most``.

    Raises:
        DataError: it cannot be read.
    """
    if isinstance(source, FichierDonne):
        return source
    return FichierDonne(str(source), content_of(source, most=most), source.parent)


def standard_file(most: int = MAX_BYTES) -> FichierDonne:
    """Return standard input as a file of the current folder.

    Raises:
        DataError: it is closed, or cannot be read.
    """
    return FichierDonne(ENTREE, standard_input(most), Path())


def standard_input(most: int = MAX_BYTES) -> bytes:
    """Return what standard input holds, cut one byte after the limit.

    Raises:
        DataError: it is closed, or cannot be read.
    """
    stream = None if sys.stdin is None else getattr(sys.stdin, "buffer", None)
    try:
        if stream is not None and not stream.closed:
            content: bytes = stream.read(most + 1)
            return content
    except OSError as error:
        issue = Issue("fichier-illisible", "lecture impossible", Location(ENTREE))
        raise DataError([issue]) from error
    hint = "donner un fichier, ou le rediriger : certif-rules … - < FICHIER"
    raise DataError([Issue("fichier-illisible", "l’entrée standard est fermée", Location(ENTREE), hint)])


def refuse_bigger(content: bytes, name: str, most: int = MAX_BYTES) -> None:
    """Refuse what holds more than ``most`` bytes.

    Raises:
        DataError: it does.
    """
    if len(content) > most:
        message = f"fichier de plus de {most // 1_000_000} Mo : ce n’est pas un fichier de ce programme"
        raise DataError([Issue("fichier-trop-grand", message, Location(name))])


def decoded(content: bytes, name: str) -> str:
    """Return the text of a file: UTF-8, with or without a byte-order mark.

    Raises:
        DataError: it is too big, or not UTF-8; the place of the first byte that is not is told.
    """
    refuse_bigger(content, name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        where = Location(name, line, len(before) - before.rfind("\n"))
        message, hint = "le fichier n’est pas en UTF-8", "enregistrer le fichier en UTF-8"
        if content.startswith(_ZIP):
            message = "ce fichier est un classeur, un document ou une archive, non un texte en UTF-8"
            hint = "pour une grille remplie : certif-rules lire GRILLE -o constats.json"
        raise DataError([Issue("encodage", message, where, hint)]) from error
