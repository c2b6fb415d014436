"""Code of others, run so that nothing it does stops the program: what it raised is its cause, on one line.

What it prints goes to standard error, since a document may be on its way to standard output. A real Ctrl-C
is told from a ``KeyboardInterrupt`` that the code raises by the signal itself. Code that does not come back
is interrupted by an alarm, where the system has one that nobody uses.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from io import StringIO
from types import FrameType
from typing import Final, TypeVar

from certif_rules.errors import cause, clipped

T = TypeVar("T")

#: How many seconds one call to a plugin may take.
ENV_SECONDS: Final = "CERTIF_RULES_PLUGIN_SECONDS"
_SECONDS: Final = 60.0
#: It may catch what interrupts it, and try again: it is interrupted anew, until it is between two tries.
_AGAIN: Final = 0.02


class PluginError(Exception):
    """This error says what a plugin does that the host cannot accept."""


class _Endless(BaseException):
    """This exception interrupts a plugin that does not come back: not for its own ``except Exception``."""


class _Watch:
    """A watch tells whether foreign code still runs, and whether it was interrupted."""

    def __init__(self) -> None:
        self.seconds = _allowed()
        self.running = True
        self.interrupted = False


def attempt(action: Callable[[], T]) -> tuple[T | None, str | None]:
    """Run foreign code and return what it gives, or why it failed."""
    with _interruptions() as interrupted, redirect_stdout(sys.stderr or StringIO()), _bounded() as watch:
        try:
            value = action()
            watch.running = False
        except BaseException as error:  # whatever foreign code raises is its cause
            watch.running = False
            if interrupted:
                raise
            if watch.interrupted:
                return None, f"il n’a pas rendu la main en {watch.seconds:g} s ({ENV_SECONDS} donne plus)"
            return None, clipped(str(error) if isinstance(error, PluginError) else cause(error))
        return value, None


def _allowed() -> float:
    try:
        seconds = float(os.environ.get(ENV_SECONDS, ""))
    except ValueError:
        return _SECONDS
    return seconds if 0 < seconds <= threading.TIMEOUT_MAX else _SECONDS


@contextmanager
def _bounded() -> Iterator[_Watch]:
    """Interrupt what runs inside once it has had its time, and again until it lets go.

    Nothing is interrupted on Windows, outside the first thread, nor where the host uses the alarm: an
    exception set in a thread from another (``PyThreadState_SetAsyncExc``) may slow that thread for good.
    """
    watch = _Watch()
    main = threading.current_thread() is threading.main_thread()
    free = main and hasattr(signal, "setitimer") and not any(signal.getitimer(signal.ITIMER_REAL))
    with _alarm(watch) if free else nullcontext():
        yield watch


@contextmanager
def _alarm(watch: _Watch) -> Iterator[None]:
    def interrupt(_: int, frame: FrameType | None) -> None:
        # Never in this module: what it does between two lines is not the plugin's.
        if watch.running and frame is not None and frame.f_code.co_filename != __file__:
            watch.interrupted = True
            raise _Endless

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, watch.seconds, _AGAIN)
    try:
        yield
    finally:
        watch.running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if former is None else former)


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
