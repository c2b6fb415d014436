"""A console is given something else for the characters that it lacks, or that would drive it."""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import sys
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

#: Name of the error handler, for ``str.encode`` and for streams.
PLAIN = "certif_rules.plain"

_NEAREST = {
    "\u2019": "'", "\u2018": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-",
    "→": "->", "œ": "oe", "Œ": "OE", "€": "EUR", "×": "x",
}  # fmt: skip


#: What drives a terminal, or turns the order of reading round: controls, C1 included, and marks of direction.
_DRIVES = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)


def make_streams_safe() -> None:
    """Let standard output and error write the nearest characters they have, and drive no terminal."""
    _fill_closed()
    if sys.stdout is None:
        sys.stdout = _Closed()
    sys.stdout, sys.stderr = _safe(sys.stdout), _safe(sys.stderr)


def _safe(stream: Any) -> Any:
    if not isinstance(stream, io.TextIOWrapper) or isinstance(stream, Terminal):
        return stream
    if stream.isatty():
        return Terminal(stream.buffer, encoding=stream.encoding, errors=PLAIN, line_buffering=True)
    stream.reconfigure(errors=PLAIN)
    return stream


class Terminal(io.TextIOWrapper):
    """A terminal is shown « � » for what would drive it; a file keeps what it is given."""

    def write(self, text: str) -> int:
        return super().write(_DRIVES.sub("\ufffd", text))


class _Closed(io.TextIOBase):
    """This stream stands for a standard output closed before the program began: it takes nothing."""

    encoding = "utf-8"

    def write(self, _: str) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def _fill_closed() -> None:
    """Let no file that is opened take the number of a closed stream, which libraries write to."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def for_console(render: Callable[[bool], bytes]) -> bytes:
    """Return a text in the letters of standard output: ``render(True)`` where it lacks some."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        return render(False).decode("utf-8").encode(encoding)
    except UnicodeEncodeError:
        return render(True).decode("utf-8").encode(encoding, PLAIN)


def silence_streams(*streams: TextIO) -> None:
    """Send what is left to write nowhere: the interpreter flushes both streams when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams or (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # a stream of a test, without a file behind it
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_nearest, error.object[error.start : error.end])), error.end


def _nearest(character: str) -> str:
    """Return without its accent, in ASCII signs, or « ? »."""
    decomposed = unicodedata.normalize("NFKD", _NEAREST.get(character, character))
    letters = "".join(c for c in decomposed if c.isascii())
    return letters or ("" if unicodedata.combining(character) else "?")


codecs.register_error(PLAIN, _plain)
