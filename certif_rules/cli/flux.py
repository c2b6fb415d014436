"""Files in and out: « - » is standard input or output; a document is written whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.console import for_console
from certif_rules.cli.french import reason
from certif_rules.cli.usage import fautes

if TYPE_CHECKING:
    from certif_rules.errors import UsageError
    from certif_rules.plugins.hookspecs import Exporter
    from certif_rules.services.formats import Format
    from certif_rules.source.entree import FichierDonne


#: A file, and one that may be « - », the standard input or output.
FICHIER = click.Path(path_type=Path, dir_okay=False)
FLUX = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
#: The name of the parameter that says which file to write.
_OUTPUT = "sortie"


def input_of(path: Path, *, workbook: bool = False) -> Path | FichierDonne:
    """Return a file to read: what standard input holds when it is « - », which may be a workbook."""
    from certif_rules.source.entree import MAX_BYTES, MAX_CLASSEUR, standard_file

    return standard_file(MAX_CLASSEUR if workbook else MAX_BYTES) if str(path) == "-" else path


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``-o`` and ``--remplacer``."""
    function = click.option("--remplacer", is_flag=True, help="Remplace le fichier s’il existe.")(function)
    return click.option(
        "-o", "--sortie", _OUTPUT, type=FLUX, metavar="FICHIER", help="Écrit dans un fichier."
    )(function)


def to_file(sortie: Path | None) -> Path | None:
    """Return the file to write, or ``None`` for standard output (« - » included)."""
    return None if sortie is None or str(sortie) == "-" else sortie


def check_free(path: Path | None, *, replace: bool) -> None:
    """Refuse, before any work, to replace a file without being told to, and what the command reads ever.

    Raises:
        UsageError: the file exists, is one of those to read, or is a device, which nothing may replace.
    """
    from certif_rules.errors import Issue, UsageError

    if path is None or not path.exists():
        return
    other = "choisir un autre nom"
    if not path.is_file():
        hint = f"{other}, ou « - » pour la sortie standard"
        raise UsageError(
            [Issue("fichier-existant", f"« {path} » n’est pas un fichier ordinaire", None, hint)]
        )
    if any(file.exists() and file.samefile(path) for file in _files_to_read()):
        message = f"« {path} » est un des fichiers à lire : il n’est jamais remplacé"
        raise UsageError([Issue("fichier-existant", message, None, other)])
    if not replace:
        raise _taken(path)


class Exemplaire:
    """It writes one document of a command, in the format and to the file asked for, else to standard output.

    What is wrong of the two is kept with the issues of the call.
    """

    def __init__(
        self, ecrit: str, format_: str | None, sortie: Path | None, *, replace: bool,
        others: Iterable[Exporter] = (),
    ) -> None:  # fmt: skip
        from certif_rules.services.formats import choose

        self.path = to_file(sortie)
        self._ecrit, self._replace = ecrit, replace
        self._format: Format | Exporter | None = None
        with fautes():
            check_free(self.path, replace=replace)
        with fautes():
            self._format = choose(ecrit, format_, self.path, others)

    def write(self, value: Any) -> None:
        """Write a value; a console that lacks our signs is given plain ones, in a format that has them."""
        from certif_rules.services.formats import Format, write_document

        ecrit, format_ = self._ecrit, self._format
        assert format_ is not None
        if self.path is None and isinstance(format_, Format) and format_.nu:
            content = for_console(lambda plain: write_document(ecrit, format_, value, poor=plain))
        else:
            content = write_document(ecrit, format_, value)
        write(content, self.path, replace=self._replace)


def _files_to_read() -> Iterator[Path]:
    """Yield the files that the call names, but the one to write."""
    ctx = click.get_current_context()
    for param in ctx.command.params:
        value = ctx.params.get(param.name or "")
        if isinstance(param.type, click.Path) and param.name != _OUTPUT and value is not None:
            yield from value if isinstance(value, tuple) else (value,)


def write(content: bytes, path: Path | None, *, replace: bool = False) -> None:
    """Write a document: to standard output, or to a file, whole or not at all.

    Raises:
        UsageError: the file came to exist since :func:`check_free`, and may not be replaced.
        DataError: it cannot be written; what was there is untouched.
    """
    from certif_rules.source.ecriture import write_file

    if path is None:
        _print(content)
        return
    with writing(path):
        write_file(path, content, replace=replace)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell why a file could not be written inside.

    Raises:
        UsageError: the file came to exist meanwhile, and may not be replaced.
        DataError: it cannot be written; what was there is untouched.
    """
    from certif_rules.errors import DataError, Issue, Location

    try:
        yield
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        message = f"écriture impossible : {reason(error)}"
        hint = "vérifier le dossier et les droits"
        raise DataError([Issue("ecriture-impossible", message, Location(str(path)), hint)]) from error


def _print(content: bytes) -> None:
    """Write to standard output: a terminal is given text, which :class:`Terminal` makes harmless."""
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None or sys.stdout.isatty():
        sys.stdout.write(_text(content))
        sys.stdout.flush()
    else:
        binary.write(content)
        binary.flush()


def _text(content: bytes) -> str:
    """Return a document as text: UTF-8, or a table in the letters of the console.

    Raises:
        UsageError: it is neither.
    """
    for encoding in ("utf-8", sys.stdout.encoding):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    from certif_rules.errors import Issue, UsageError

    message = "ce document n’est pas du texte : un terminal ne peut pas le montrer"
    hint = "ajouter -o FICHIER, ou l’envoyer à un autre programme"
    raise UsageError([Issue("sortie-requise", message, None, hint)])


def _taken(path: Path) -> UsageError:
    from certif_rules.errors import Issue, UsageError

    hint = "ajouter --remplacer, ou choisir un autre nom"
    return UsageError([Issue("fichier-existant", f"« {path} » existe déjà", None, hint)])
