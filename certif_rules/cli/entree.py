"""Where files come from: « - » is standard input, read once and called so in messages."""

from __future__ import annotations

import sys
from pathlib import Path

#: What standard input is called in messages.
ENTREE = Path("<entrée standard>")


def input_of(path: Path) -> tuple[Path, bytes | None]:
    """What to call a file in messages, and what standard input holds when it is « - »."""
    return (ENTREE, sys.stdin.buffer.read()) if str(path) == "-" else (path, None)
