"""A long file written by parts beside it, so that what was done before a kill is neither lost nor redone.

Parts are in a folder named after the file. They are those of one work, told by its key: another key empties
the folder. When all are there they become the file, at once, and the folder goes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import astuple

from certif_rules.errors import Issue, Location
from certif_rules.source.ecriture import write_file

_KEY = "cle"


class Parties:
    """The parts of the file at ``path`` written so far.

    Raises:
        OSError: the folder beside it cannot be written.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._folder = path.with_name(f"{path.name}.parties")
        known = self._folder / _KEY
        if not known.is_file() or known.read_text(encoding="utf-8") != key:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir()
            write_file(known, key.encode(), replace=True)

    def known(self, rank: int) -> list[Issue] | None:
        """Return what was wrong with the rows of a part that is there; ``None`` where it is to be written."""
        if not self._part(rank).is_file():
            return None
        written = json.loads(self._faults(rank).read_bytes())
        return [Issue(code, message, Location(*place), hint) for code, message, place, hint in written]

    def add(self, rank: int, content: bytes, faults: Sequence[Issue]) -> None:
        """Write a part, with what was wrong with its rows."""
        written = [(i.code, i.message, astuple(i.location or Location("")), i.hint) for i in faults]
        write_file(self._faults(rank), json.dumps(written).encode(), replace=True)
        write_file(self._part(rank), content, replace=True)

    def finish(self, number: int, *, replace: bool) -> None:
        """Make the file of its first ``number`` parts.

        Raises:
            FileExistsError: it came to exist meanwhile, and may not be replaced; the parts stay.
            OSError: it cannot be written; the parts stay.
        """
        write_file(self._path, [self._part(rank) for rank in range(number)], replace=replace)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _part(self, rank: int) -> Path:
        return self._folder / f"{rank:06}"

    def _faults(self, rank: int) -> Path:
        return self._folder / f"{rank:06}.json"
