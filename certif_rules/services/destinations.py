"""Where the parts of a work on a population are put down: a stream, a file, or a folder of documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final, Protocol
from unicodedata import normalize

from msgspec import Struct

from certif_rules.errors import Issue, UsageError
from certif_rules.services.organismes import Organisation
from certif_rules.services.parquet import join_parquet
from certif_rules.source.ecriture import sweep, write_file
from certif_rules.source.parties import Parties, in_a_row

#: Digits of a rank, and the most letters that follow it in the name of a document.
_RANK, _LONGEST = 6, 60
_OTHER: Final = re.compile(r"[^a-z0-9]+")


class Rendu(Struct, frozen=True):
    """A rendu is what is answered of a part: a piece of the table, or documents by name; what was wrong."""

    table: bytes
    documents: tuple[tuple[str, bytes], ...]
    fautes: tuple[Issue, ...]


class Destination(Protocol):
    """A destination takes parts, in order."""

    def known(self, rank: int) -> Sequence[Issue] | None:
        """Return what was wrong with a part that is there since before; ``None`` where it is to be done."""

    def add(self, rank: int, rendu: Rendu) -> None:
        """Put a part down."""

    def finish(self, number: int) -> None:
        """Make what ``number`` parts make."""


class VersFlux:
    """A stream takes parts: one that was written is gone, and nothing is there since before."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def known(self, _: int) -> None:
        """Return that the part is to be done."""

    def add(self, _: int, rendu: Rendu) -> None:
        """Write the part."""
        self._write(rendu.table)

    def finish(self, _: int) -> None:
        """Do nothing: all is written."""


class VersFichier:
    """A file appears whole, made of parts that wait beside it."""

    def __init__(self, parties: Parties, forme: str, *, replace: bool) -> None:
        self._parties = parties
        self._join = join_parquet if forme == "parquet" else in_a_row
        self._replace = replace

    def known(self, rank: int) -> Sequence[Issue] | None:
        """Return what was wrong with a part that waits already."""
        return self._parties.known(rank)

    def add(self, rank: int, rendu: Rendu) -> None:
        """Let the part wait beside the file."""
        self._parties.add(rank, rendu.table, rendu.fautes)

    def finish(self, number: int) -> None:
        """Make the file."""
        self._parties.join(number, replace=self._replace, by=self._join)


class VersDossier:
    """A folder takes documents: a part is noted as done once all of its documents are there.

    Args:
        parties: what is done, noted in a folder inside.
        folder: where documents go.
        read: files that are read, which no document replaces.
        replace: documents that are there may be replaced; otherwise they must be the same, as they are where
            the work was stopped in the midst of a part.
    """

    def __init__(self, parties: Parties, folder: Path, read: Collection[Path], *, replace: bool) -> None:
        self._parties = parties
        self._folder = folder
        self._read = read
        self._replace = replace
        sweep(folder)

    def known(self, rank: int) -> Sequence[Issue] | None:
        """Return what was wrong with a part whose documents are all there."""
        return self._parties.known(rank)

    def add(self, rank: int, rendu: Rendu) -> None:
        """Write the documents of a part, then note that it is done.

        Raises:
            UsageError: another is there, and may not be replaced; those before it are written.
        """
        for name, content in rendu.documents:
            path = self._folder / name
            if path.exists() and any(path.samefile(other) for other in self._read if other.exists()):
                message, hint = f"« {path} » est lu : il n’est jamais modifié", "choisir un autre dossier"
                raise UsageError([Issue("fichier-existant", message, None, hint)])
            if not self._replace and path.is_file() and path.read_bytes() == content:
                continue
            try:
                write_file(path, content, replace=self._replace, swept=True)
            except FileExistsError as error:
                message, hint = f"« {path} » existe déjà", "ajouter --remplacer, ou choisir un autre dossier"
                raise UsageError([Issue("fichier-existant", message, None, hint)]) from error
        self._parties.add(rank, b"", rendu.fautes)

    def finish(self, _: int) -> None:
        """Forget what was done: all is."""
        self._parties.clear()


def document_name(organisation: Organisation, suffix: str) -> str:
    """Return the name of the document of an organisation: its rank, then the first thing said of who it is.

    Two ranks give two names, on a system that ignores case too; the rest is for people, in plain letters.
    """
    first = next(iter(organisation.identite.values()), "")
    letters = normalize("NFKD", first).encode("ascii", "ignore").decode().lower()
    said_of = _OTHER.sub("-", letters).strip("-")[:_LONGEST].strip("-")
    return f"{organisation.rang:0{_RANK}}{'-' if said_of else ''}{said_of}{suffix}"
