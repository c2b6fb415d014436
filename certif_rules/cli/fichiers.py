"""Files in and out: « - » is standard input or output; a document is written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from certif_rules.cli.french import reason
from certif_rules.errors import DataError, Issue, Location, UsageError
from certif_rules.source.entree import ENTREE, standard_input


def input_of(path: Path) -> tuple[Path, bytes | None]:
    """Return what to call a file in messages, and what standard input holds when it is « - »."""
    return (Path(ENTREE), standard_input()) if str(path) == "-" else (path, None)


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``-o`` and ``--remplacer``."""
    function = click.option("--remplacer", is_flag=True, help="Remplace le fichier s’il existe.")(function)
    kind = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
    return click.option(
        "-o", "--sortie", "sortie", type=kind, metavar="FICHIER", help="Écrit dans un fichier."
    )(function)


def to_file(sortie: Path | None) -> Path | None:
    """Return the file to write, or ``None`` for standard output (« - » included)."""
    return None if sortie is None or str(sortie) == "-" else sortie


def check_free(path: Path | None, *, replace: bool) -> None:
    """Refuse, before any work, to replace a file without being told to.

    Raises:
        UsageError: the file exists, or is a device, which nothing may replace.
    """
    if path is None or not path.exists():
        return
    if not path.is_file():
        hint = "choisir un autre nom, ou « - » pour la sortie standard"
        raise UsageError(
            [Issue("fichier-existant", f"« {path} » n’est pas un fichier ordinaire", None, hint)]
        )
    if not replace:
        hint = "ajouter --remplacer, ou choisir un autre nom"
        raise UsageError([Issue("fichier-existant", f"« {path} » existe déjà", None, hint)])


def write(content: bytes, path: Path | None) -> None:
    """Write a document: to standard output, or to a temporary file that then takes its name.

    Raises:
        DataError: the file cannot be written; what was there is untouched.
    """
    if path is None:
        sys.stdout.flush()
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:
            sys.stdout.write(content.decode("utf-8"))
        else:
            binary.write(content)
            binary.flush()
        return
    try:
        _replace(path.resolve(), content)
    except OSError as error:
        raise _unwritable(path, error) from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".certif-rules.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> DataError:
    message = f"écriture impossible : {reason(error)}"
    return DataError(
        [Issue("ecriture-impossible", message, Location(str(path)), "vérifier le dossier et les droits")]
    )


def _umask() -> int:
    """Return the umask, which can only be read by setting it."""
    current = os.umask(0o077)
    os.umask(current)
    return current
