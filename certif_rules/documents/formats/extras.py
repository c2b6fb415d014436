"""Formats whose library comes with an extra only: whether it is there, and what to say when not."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from certif_rules.errors import Issue, UsageError

#: Format → the module of its library, the extra that brings it, and what needs none.
LIBRARIES: Final = {
    "docx": ("docx", "tout", "html"),
    "pdf": ("typst", "tout", "html"),
    "parquet": ("pyarrow", "parquet", "csv"),
}


def check(format_: str) -> None:
    """Make sure that the library of a format is installed, without importing it.

    Raises:
        UsageError: it is not; the message says what to install.
    """
    library, extra, other = LIBRARIES.get(format_, ("", "", ""))
    if not library or _installed(library):
        return
    message = f"le format « {format_} » demande une bibliothèque qui n’est pas installée"
    hint = f'installer le complément : pip install "certif-rules[{extra}]" ; ou choisir {other}'
    raise UsageError([Issue("format-non-installe", message, None, hint)])


def _installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):  # what `find_spec` raises of a module taken out of the way
        return False
