"""Compiled layers, in the user's cache or beside the layers: data read back by their types, never code.

An entry is a checksum, the key it was made under (all that the files it stands for hold, rather than a digest
of it: to compare is quicker than to load what makes one), and the data. Another key, a cut or changed entry,
records of another shape: it is as if absent, and what it stands for is made again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar
from zlib import crc32

from msgspec import MsgspecError, Struct, msgpack

from certif_rules import __version__
from certif_rules.errors import DataError
from certif_rules.source.ecriture import write_file
from certif_rules.source.entree import content_of

#: The folder of the cache, or a word that asks for none.
ENV_CACHE = "CERTIF_RULES_CACHE"
NONE = "non"
#: What the name of a folder of layers ends with, where their compiled forms stand beside it.
COMPILED = "_compile"
#: To be raised when what is written changes without a change of the program's version.
_FORMAT = 1
#: Bytes of a checksum, and of the length of a key.
_SUM, _LENGTH = 4, 8
#: Longest word at the start of the name of an entry.
_WORD = 40
#: Largest entry read: that of twenty thousand lines is a third of it.
_MOST = 64_000_000
#: The folders whose code makes records of text.
_MAKERS = ("source", "model", "rules", "construction", "plugins")
#: One decoder is made at a time: msgspec hands another thread what it knows of a record before it is whole,
#: and ends the program.
_LOCK: Final = Lock()

_T = TypeVar("_T")


class Cache(Struct, frozen=True):
    """A cache keeps compiled forms in one folder, a file each: what cannot be read or written is absent.

    ``couches`` is the one folder of layers that they travel with, when they do: wherever it is copied, and
    made by the code of a version rather than by that of a working copy.
    """

    dossier: Path
    couches: Path | None = None

    def through(
        self, donnees: Path, parts: Sequence[Any], key: bytes, kind: Any, make: Callable[[], _T]
    ) -> _T:
        """Return what was written of ``parts`` under a key, else what ``make`` returns, kept for next time.

        ``donnees`` is the folder of layers that it is made of first: what is compiled may stand beside it.
        """
        value: _T | None = self.read_any(donnees, parts, key, kind)
        if value is None:
            value = make()
            self.write(donnees, parts, key, value, kind)
        return value

    def key_of(self, files: Iterable[tuple[str, bytes | DataError]], *parts: Any) -> bytes | None:
        """Return the key of what this version makes of files and ``parts``; ``None`` if one is unreadable."""
        return key_of(files, *parts, code=[] if self.couches else None)

    def read_any(self, donnees: Path, parts: Sequence[Any], key: bytes, kind: Any) -> Any:
        """Return what stands under this key beside a folder of layers, else in this one, else ``None``."""
        for forms in (Cache(compiled_beside(donnees), couches=donnees), self):
            value = forms.read(donnees, parts, key, kind)
            if value is not None:
                return value
        return None

    def read(self, donnees: Path, parts: Sequence[Any], key: bytes, kind: Any) -> Any:
        """Return what was written of ``parts`` under this key, as a ``kind``, else ``None``."""
        try:
            content = content_of(self._path(donnees, parts), most=_MOST, ordinary=True)
        except DataError:
            return None
        sealed = content[_SUM:]
        if content[:_SUM] != _checksum(sealed) or not sealed.startswith(key):
            return None
        return _decoded(memoryview(sealed)[len(key) :], kind)

    def write(self, donnees: Path, parts: Sequence[Any], key: bytes, value: Any, kind: Any) -> None:
        """Write a value where it can be, and where reading it gives the same."""
        if self.couches not in (None, donnees):
            return
        with suppress(OSError, ValueError):  # the latter for a place in a file whose name is no text
            payload = msgpack.encode(value, enc_hook=_pair)
            again = _decoded(payload, kind)
            if again is None or msgpack.encode(again, enc_hook=_pair) != payload:
                return
            self.dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_file(self._path(donnees, parts), _checksum(key + payload) + key + payload, replace=True)

    def _path(self, donnees: Path, parts: Sequence[Any]) -> Path:
        """Return the place of an entry, whose name any system takes, with a word for who looks there."""
        word = "".join(c for c in str(parts[0]) if c.isascii() and c.isalnum())[:_WORD]
        place = "" if self.couches else str(donnees.parent.parent)
        return self.dossier / f"{word}-{crc32(ascii((place, *parts)).encode()):08x}.msgpack"


def user_cache() -> Cache | None:
    """Return the cache of who runs the program, where the system keeps such things, or where they want it."""
    wanted = os.environ.get(ENV_CACHE)
    if wanted == NONE:
        return None
    try:
        folder = Path(wanted).absolute() if wanted else _folder()
    except (OSError, RuntimeError):  # no current folder, no home
        return None
    return Cache(folder)


def _folder() -> Path:
    """Return the folder that the system sets apart for what programs can make again."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local or Path.home() / "AppData" / "Local") / "certif-rules" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "certif-rules"
    xdg = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (xdg if xdg.is_absolute() else Path.home() / ".cache") / "certif-rules"


def compiled_beside(donnees: Path) -> Path:
    """Return the folder where the compiled forms of a folder of layers travel with it."""
    return donnees.with_name(f"{donnees.name}{COMPILED}")


def key_of(
    files: Iterable[tuple[str, bytes | DataError]], *parts: Any, code: list[Any] | None = None
) -> bytes | None:
    """Return the key of what this version makes of files and ``parts``; ``None`` if one cannot be read.

    ``code`` is the state of the code that makes it, by default of that which runs.
    """
    contents = []
    for _, content in (listed := list(files)):
        if isinstance(content, DataError):
            return None
        contents.append(content)
    names = [(name, len(content)) for (name, _), content in zip(listed, contents, strict=True)]
    state = _working_copy() if code is None else code
    key = b"".join((ascii((_FORMAT, __version__, state, names, parts)).encode(), *contents))
    return len(key).to_bytes(_LENGTH, "big") + key


def _checksum(content: bytes) -> bytes:
    return crc32(content).to_bytes(_SUM, "big")


@cache
def _working_copy() -> list[tuple[str, int, int]]:
    """Return the state of the code in a working copy, where it changes under one version; else nothing."""
    package = Path(__file__).resolve().parent.parent  # a folder of packages may link to a working copy
    if not (package.parent / "pyproject.toml").exists():
        return []
    stats = ((e.name, e.stat()) for folder in _MAKERS for e in os.scandir(package / folder))
    return sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats if name.endswith(".py"))


def _decoded(payload: bytes | memoryview, kind: Any) -> Any:
    """Return what the bytes hold if it has the types of ``kind``, else ``None``: they may be anybody's."""
    with _LOCK:
        decoder = _decoder(kind)
    try:
        return decoder.decode(payload)
    except (MsgspecError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


@cache
def _decoder(kind: Any) -> msgpack.Decoder[Any]:
    return msgpack.Decoder(kind, dec_hook=_fraction)


def _pair(value: Any) -> tuple[int, int]:
    """Return a fraction, the one value of the model that is no plain data, as two numbers."""
    from fractions import Fraction  # a checklist has none

    if isinstance(value, Fraction):
        return value.numerator, value.denominator
    raise NotImplementedError


def _fraction(kind: type[Any], value: Any) -> Any:
    numerator, denominator = value
    return kind(numerator, denominator)
