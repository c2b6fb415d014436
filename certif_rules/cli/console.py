"""What a console that lacks some of our characters is given in their place."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
import unicodedata
from collections.abc import Callable
from contextlib import suppress

#: Name of the error handler, for ``str.encode`` and for streams.
PLAIN = "certif_rules.plain"

_NEAREST = {
    "\u2019": "'", "\u2018": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-",
    "→": "->", "œ": "oe", "Œ": "OE", "€": "EUR", "×": "x",
}  # fmt: skip


def make_streams_safe() -> None:
    """Let standard output and error write the nearest characters they have, rather than stop."""
    _fill_closed()
    if sys.stdout is None:
        sys.stdout = _Closed()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=PLAIN)


class _Closed(io.TextIOBase):
    """What stands for a standard output that was closed before the program began: it takes nothing."""

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


def silence_streams() -> None:
    """Send what is left to write nowhere: the interpreter flushes both streams when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
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
