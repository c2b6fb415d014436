"""Files looked at again and again: what changed since the last look.

Their dates and sizes are asked for every few hundredths of a second, which costs a few thousandths for all
the files of a référentiel: a library that the system tells of changes would be one more to install, and is
told nothing of a folder on a network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from certif_rules.services.validation import files_at

#: Seconds between two looks: what is left of two tenths checks the largest référentiel shipped.
PAUSE = 0.03

_Etat = dict[Path, tuple[int, int, int]]


def pause() -> None:
    """Wait a little; Ctrl-C ends it."""
    Event().wait(PAUSE)


def changes(paths: Sequence[Path]) -> Iterator[None]:
    """Yield at once, then each time that a file at these paths was written, made or removed."""
    seen = _state(paths)
    yield
    while True:
        pause()
        now = _state(paths)
        if now != seen:
            seen = now
            yield


def _state(paths: Sequence[Path]) -> _Etat:
    """Return what tells whether each file is as it was."""
    state: _Etat = {}
    files, _ = files_at(paths)
    for file in files:
        try:
            stat = file.stat()
        except OSError:  # gone meanwhile: an editor gives its name to another file
            continue
        state[file] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return state
