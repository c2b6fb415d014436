"""Formats whose library comes with the extra « tout » only: whether it is there, and what to say when not."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from certif_rules.errors import Issue, UsageError

#: Format → the modules of its libraries.
LIBRARIES: Final = {"docx": ("docx",), "pdf": ("typst",)}


def check(format_: str) -> None:
    """Make sure that the library of a format is installed, without importing it.

    Raises:
        UsageError: it is not; the message says what to install.
    """
    if all(map(_installed, LIBRARIES.get(format_, ()))):
        return
    message = f"le format « {format_} » demande une bibliothèque qui n’est pas installée"
    hint = 'installer le complément : pip install "certif-rules[tout]" ; ou choisir html'
    raise UsageError([Issue("format-non-installe", message, None, hint)])


def _installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):  # what `find_spec` raises of a module taken out of the way
        return False
