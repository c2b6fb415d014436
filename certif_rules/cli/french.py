"""click in French: help, usage errors, and the one way this program reports what is wrong."""

from __future__ import annotations

import errno
import gettext
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from certif_rules.cli.usage import fautes, wrong_values

#: The catalogue of the messages of click, in French; ``.ci/catalogue.py`` compiles it. Help needs no pathlib.
_LOCALE, _DOMAIN = os.path.join(os.path.dirname(__file__), "locale"), "click"  # noqa: PTH118, PTH120


@contextmanager
def in_french() -> Iterator[None]:
    """Let click speak French, whatever the language of the machine, and leave the process as it was."""
    domain, language = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(_DOMAIN, _LOCALE)
    gettext.textdomain(_DOMAIN)
    os.environ["LANGUAGE"] = "fr"
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if language is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = language


#: Help is the same on every terminal, and off one.
SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "terminal_width": 80}


class FrenchFormatter(click.HelpFormatter):
    """This formatter breaks the lines of the help where French breaks them."""

    def write_text(self, text: str) -> None:
        from certif_rules.blocs.typographie import bound  # a document of data needs none of it

        super().write_text(bound(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        from certif_rules.blocs.typographie import bound

        super().write_dl([(name, bound(text)) for name, text in rows], *args, **options)


class FrenchContext(click.Context):
    """This context formats the help of a command in French."""

    formatter_class = FrenchFormatter


class FrenchCommand(click.Command):
    """This command tells every wrong value at once, empty ones included.

    With ``gathers``, it runs in spite of them, those values not being given: its function must then raise
    what :func:`certif_rules.cli.usage.fautes` holds, with what it finds itself, before it does anything.
    """

    context_class = FrenchContext

    def __init__(self, *args: Any, gathers: bool = False, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.gathers = gathers

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing:  # what is typed is being completed: nothing of it is wrong yet
            return super().parse_args(ctx, args)
        issues = list(wrong_values(self, ctx, args))
        if issues and not self.gathers:
            from certif_rules.errors import UsageError

            raise UsageError(issues)
        if issues:
            fautes(ctx).issues.extend(issues)
            return []
        ctx.params.clear()
        return super().parse_args(ctx, list(args))


class FrenchGroup(FrenchCommand, click.Group):
    """This group lists its commands without importing them."""

    command_class = FrenchCommand

    def short_helps(self) -> list[tuple[str, str]]:
        """Return (name, help) of each command, in order."""
        raise NotImplementedError

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl(self.short_helps())

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            from certif_rules.errors import suggestion

            names = self.list_commands(ctx)
            raise click.UsageError(
                f"aucune commande « {name} » ({suggestion(name, names, 'commandes')})", ctx
            )
        return super().resolve_command(ctx, args)


def french_command(**attributes: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Return ``click.command`` with French help and ``-h``; see :class:`FrenchCommand` for ``gathers``."""
    return click.command(cls=FrenchCommand, context_settings=SETTINGS, **attributes)


def explain(error: BaseException) -> int:
    """Say on standard error what went wrong, without a traceback; the exit status that goes with it."""
    from certif_rules.errors import DataError, IssuesError

    with suppress(OSError):  # nowhere to say it: the status says it alone
        for line in _told(error):
            click.echo(line, err=True)
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        return 130
    wrong_data = isinstance(error, DataError)
    return 2 if isinstance(error, IssuesError | click.UsageError) and not wrong_data else 1


def _told(error: BaseException) -> Iterator[str]:
    """Yield the lines that say what went wrong."""
    from certif_rules.cli.messages import in_options, issue_lines, message, printable
    from certif_rules.errors import CertifRulesError, IssuesError, cause, clipped, tally

    if isinstance(error, IssuesError):
        issues = in_options(error.issues)
        for issue in issues:
            yield from issue_lines(issue)
        if len(issues) > 1:
            yield f"{tally(issues)}."
    elif isinstance(error, click.exceptions.Exit | click.Abort):
        return
    elif isinstance(error, click.exceptions.NoArgsIsHelpError):
        yield error.message
    elif isinstance(error, click.UsageError):
        yield f"usage: {message(clipped(_words(error)))}"
        if error.ctx is not None:
            yield f"    → {error.ctx.command_path} --help"
    elif isinstance(error, OSError | click.FileError):
        yield _of_system(error)
    elif isinstance(error, MemoryError):
        yield f"memoire-insuffisante: {message('la mémoire manque pour ce travail')}"
        yield "    → fermer d’autres programmes, ou donner moins à la fois"
    elif isinstance(error, CertifRulesError):
        yield message(str(error))
    else:
        yield f"erreur-interne: {printable(clipped(cause(error)))}"  # for us: as it is
        yield "    → relancer avec --verbose avant la commande, et signaler la trace obtenue"


def _of_system(error: OSError | click.FileError) -> str:
    """Return what the system refused: a file, or without its name, a stream or the current folder."""
    from certif_rules.cli.messages import message, printable

    name = getattr(error, "filename", None)
    number = getattr(error, "errno", None)
    if name is None and number in _OF_OUTPUT:
        return f"<sortie standard>: ecriture-impossible: {message(reason(error))}"
    if name is None and number == errno.ENOENT:
        return f"fichier-illisible: {message('le dossier courant n’existe plus')}"
    where = f"{name}: " if name else ""
    return f"{printable(where)}fichier-illisible: {message(reason(error))}"


#: What only writing to a stream can meet, when no file is named.
_OF_OUTPUT = frozenset({errno.ENOSPC, errno.EBADF, errno.EIO, errno.EFBIG})


def reason(error: OSError | click.FileError) -> str:
    """Return why the system refused a file, in French where it is a usual reason."""
    number = error.errno if isinstance(error, OSError) else None
    words = error.strerror if isinstance(error, OSError) else error.message
    return _REASONS.get(number or 0) or words or str(error)


_REASONS = {
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.ENOTDIR: "fichier ou dossier introuvable",
    errno.EISDIR: "c’est un dossier",
    errno.EACCES: "droits insuffisants",
    errno.EPERM: "droits insuffisants",
    errno.EROFS: "le support est en lecture seule",
    errno.ENOSPC: "il n’y a plus de place",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.ELOOP: "ce lien symbolique tourne en rond",
    errno.EBADF: "elle est fermée",
    errno.EFBIG: "le fichier serait trop grand",
}


def _words(error: click.UsageError) -> str:
    """Return what is wrong of a call; an unknown option may have its place elsewhere, or be another."""
    if not isinstance(error, click.NoSuchOption):
        return error.message
    call = _in_its_place(error.option_name, error.ctx) if error.ctx is not None else None
    if call is not None:
        return f"l’option {error.option_name} se met avant la commande : {call}"
    near = f" (vouliez-vous dire {', '.join(error.possibilities)} ?)" if error.possibilities else ""
    return f"{error.message}{near}"


def _in_its_place(option: str, ctx: click.Context) -> str | None:
    """Return the call with an option of the program before the command; ``None`` if it is no such option."""
    root = ctx.find_root()
    param = next((p for p in root.command.params if option in p.opts), None)
    if param is None or ctx is root:
        return None
    value = "" if getattr(param, "is_flag", False) else f" {param.make_metavar(ctx)}"
    return f"{root.info_name} {option}{value} {ctx.info_name} …"
