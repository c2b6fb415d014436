"""Code of others, run so that nothing it does stops the program: what it raised is its cause, on one line.

What it prints goes to standard error, since a document may be on its way to standard output. A real Ctrl-C
is told from a ``KeyboardInterrupt`` that the code raises by the signal itself.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from types import FrameType
from typing import TypeVar

from certif_rules.errors import cause, clipped

T = TypeVar("T")


class PluginError(Exception):
    """What a plugin does that the host cannot accept."""


def attempt(action: Callable[[], T]) -> tuple[T | None, str | None]:
    """Run foreign code and return what it gives, or why it failed."""
    with _interruptions() as interrupted, redirect_stdout(sys.stderr or StringIO()):
        try:
            return action(), None
        except PluginError as error:
            return None, clipped(str(error))
        except BaseException as error:  # whatever foreign code raises is its cause
            if interrupted:
                raise
            return None, clipped(cause(error))


@contextmanager
def _interruptions() -> Iterator[list[int]]:
    """Give the list of the interruptions that come meanwhile; each goes on to whom it was for."""
    came: list[int] = []
    former = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(former):
        yield came
        return

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        former(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield came
    finally:
        if signal.getsignal(signal.SIGINT) is note:
            signal.signal(signal.SIGINT, former)
