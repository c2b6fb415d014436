"""A long file written by parts beside it, so that what was done before a kill is neither lost nor redone.

Parts are in a folder named after the file, which one work at a time holds. Each bears the key of its work:
those of another are removed, and nothing else that is there. When all are there they become the file.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from msgspec import MsgspecError, convert, to_builtins

from certif_rules.errors import DataError, Issue, Location
from certif_rules.source.ecriture import hold, sweep, write_file

_LOCK, _PREFIX, _KEY = "verrou", "partie-", 20


def in_a_row(parts: Sequence[Path], stream: BinaryIO) -> None:
    """Pour files one after another."""
    for path in parts:
        with path.open("rb") as part:
            shutil.copyfileobj(part, stream)


class Parties:
    """A held folder has the parts of the file at ``path`` written so far (see :func:`parts_of`)."""

    def __init__(self, path: Path, folder: Path, key: str) -> None:
        self._path = path
        self._folder = folder
        self._prefix = f"{_PREFIX}{key[:_KEY]}-"
        for left in _parts_in(folder):
            if not left.name.startswith(self._prefix):
                left.unlink()

        sweep(folder)

    def known(self, rank: int) -> list[Issue] | None:
        """Return what was wrong with the rows of a part that is there; ``None`` where it is to be written."""
        if not self._part(rank).is_file():
            return None
        try:
            return convert(json.loads(self._faults(rank).read_bytes()), list[Issue])
        except (OSError, ValueError, MsgspecError):  # removed, or changed: the part is written again
            return None

    def add(self, rank: int, content: bytes, faults: Sequence[Issue]) -> None:
        """Write a part, with what was wrong with its rows."""
        written = json.dumps(to_builtins(faults))
        write_file(self._faults(rank), written.encode(), replace=True, swept=True)
        write_file(self._part(rank), content, replace=True, swept=True)

    def join(
        self, number: int, *, replace: bool, by: Callable[[Sequence[Path], BinaryIO], None] = in_a_row
    ) -> None:
        """Make the file of its first ``number`` parts, which ``by`` pours into it.

        Raises:
            FileExistsError: it came to exist meanwhile, and may not be replaced; the parts stay.
            OSError: it cannot be written; the parts stay.
        """
        parts = [self._part(rank) for rank in range(number)]
        write_file(self._path, lambda stream: by(parts, stream), replace=replace)
        self.clear()

    def clear(self) -> None:
        """Remove the parts, which are of no more use."""
        for part in _parts_in(self._folder):
            with suppress(OSError):
                part.unlink()

    def _part(self, rank: int) -> Path:
        return self._folder / f"{self._prefix}{rank:06}"

    def _faults(self, rank: int) -> Path:
        return self._folder / f"{self._prefix}{rank:06}.json"


@contextmanager
def parts_of(path: Path, key: str) -> Iterator[Parties]:
    """Hold the folder of the parts of a file, and remove it at the end if it is empty.

    Raises:
        DataError: another work holds it, or it is no folder.
        OSError: it cannot be written.
    """
    folder = path.with_name(f"{path.name}.parties")
    lock = folder / _LOCK
    with suppress(FileExistsError):
        folder.mkdir()
    if not folder.is_dir():
        raise _refused(folder, "ce n’est pas un dossier : les parties du travail n’y ont pas de place")
    with lock.open("ab") as stream:
        if hold(stream) is False or not _same(stream, lock):
            raise _refused(folder, "un autre travail écrit le même fichier en ce moment")
        try:
            yield Parties(path, folder, key)
        finally:
            ended = not any(_parts_in(folder))
            if ended and os.name != "nt":  # there an open file cannot be removed
                _remove(folder)
    if ended and os.name == "nt":
        _remove(folder)


def _refused(folder: Path, message: str) -> DataError:
    hint = "attendre qu’il finisse, ou choisir un autre nom" if folder.is_dir() else "choisir un autre nom"
    return DataError([Issue("ecriture-impossible", message, Location(str(folder)), hint)])


def _same(stream: BinaryIO, path: Path) -> bool:
    """Tell whether a file that was opened is still there: who held it may have removed it since."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _parts_in(folder: Path) -> list[Path]:
    return list(folder.glob(f"{_PREFIX}*"))


def _remove(folder: Path) -> None:
    with suppress(OSError):  # what is not ours stays, with its folder
        (folder / _LOCK).unlink()
        folder.rmdir()
