"""click in French: help, usage errors, and the one way this program reports what is wrong."""

from __future__ import annotations

import errno
import inspect
from collections.abc import Callable
from typing import Any

import click

from certif_rules.cli.messages import bound, issue_lines, message, printable, say
from certif_rules.cli.usage import blank, fautes, wrong_values
from certif_rules.errors import CertifRulesError, DataError, IssuesError, UsageError, suggestion

#: Help is the same on every terminal, and off one.
SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "terminal_width": 80}


class FrenchCommand(click.Command):
    """A command whose help is in French, and that tells every wrong value at once, empty ones included.

    With ``gathers``, it runs in spite of them, those values not being given: its function must then raise
    what :func:`certif_rules.cli.usage.fautes` holds, with what it finds itself, before it does anything.
    """

    def __init__(self, *args: Any, gathers: bool = False, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.gathers = gathers

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        try:
            if ctx.resilient_parsing or not any(blank(value) for value in given.values()):
                return super().parse_args(ctx, list(args))
        except click.UsageError:
            issues = list(wrong_values(self, ctx, args))
            if not issues:
                raise
        else:
            # Before click makes a path of a blank, or we take it for a value not given.
            issues = list(wrong_values(self, ctx, args))
        if not self.gathers:
            raise UsageError(issues)
        fautes(ctx).issues.extend(issues)
        return self._parse_without(ctx, args)

    def _parse_without(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse again, what is wrong being left out: click does so to complete what is typed."""
        ctx.params.clear()
        ctx.resilient_parsing = True
        try:
            super().parse_args(ctx, list(args))
        finally:
            ctx.resilient_parsing = False
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        for param in self.get_params(ctx):
            nom = param.name or ""
            if nom not in ctx.params:
                continue
            if blank(given.get(nom)):
                ctx.params[nom] = None
            if ctx.params[nom] is None and nom in given:
                fautes(ctx).refused.add(nom)
            if ctx.params[nom] is None and param.multiple:
                ctx.params[nom] = ()
        ctx.args = []
        return []

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(bound(inspect.cleandoc(self.help)))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Affiche cette aide."
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, _usage(self.collect_usage_pieces(ctx)), prefix="Usage : ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [record for p in options if (record := p.get_help_record(ctx)) is not None]
        if records:
            with formatter.section("Options "):
                formatter.write_dl([(names, bound(_notes(text))) for names, text in records])


class FrenchGroup(FrenchCommand, click.Group):
    """A group whose help is in French and whose commands are not imported to be listed."""

    command_class = FrenchCommand

    def short_helps(self) -> list[tuple[str, str]]:
        """(name, help) of each command, in order."""
        raise NotImplementedError

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Commandes "):
            formatter.write_dl([(name, bound(text)) for name, text in self.short_helps()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            names = self.list_commands(ctx)
            raise click.UsageError(
                f"aucune commande « {name} » ({suggestion(name, names, 'commandes')})", ctx
            )
        return super().resolve_command(ctx, args)


def french_command(**attributes: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """``click.command`` with French help and ``-h``; see :class:`FrenchCommand` for ``gathers``."""
    return click.command(cls=FrenchCommand, context_settings=SETTINGS, **attributes)


def explain(error: BaseException) -> int:
    """Say on standard error what went wrong, without a traceback; the exit status that goes with it."""
    if isinstance(error, IssuesError):
        for issue in error.issues:
            for line in issue_lines(issue):
                click.echo(line, err=True)
        if len(error.issues) > 1:
            click.echo(f"{len(error.issues)} problèmes.", err=True)
        return 1 if isinstance(error, DataError) else 2
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        return 130
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.message, err=True)
        return 2
    if isinstance(error, click.UsageError):
        click.echo(f"usage: {message(_translate(error))}", err=True)
        if error.ctx is not None:
            click.echo(f"    → {error.ctx.command_path} --help", err=True)
        return 2
    if isinstance(error, OSError | click.FileError):
        name = getattr(error, "filename", None)
        where = f"{name}: " if name else ""
        click.echo(f"{printable(where)}fichier-illisible: {message(reason(error))}", err=True)
        return 1
    if isinstance(error, CertifRulesError):
        say(str(error))
        return 1
    internal = f"{type(error).__name__} : {error}"  # for us: as it is
    click.echo(f"erreur-interne: {printable(internal)}", err=True)
    click.echo("    → relancer avec --verbose avant la commande, et signaler la trace obtenue", err=True)
    return 1


def reason(error: OSError | click.FileError) -> str:
    """Why the system refused a file, in French where it is a usual reason."""
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
}


def _translate(error: click.UsageError) -> str:
    option = getattr(error, "option_name", None)
    if isinstance(error, click.NoSuchOption):
        call = _in_its_place(error.option_name, error.ctx) if error.ctx is not None else None
        if call is not None:
            return f"l’option {option} se met avant la commande : {call}"
        near = f" (vouliez-vous dire {', '.join(error.possibilities)} ?)" if error.possibilities else ""
        return f"option inconnue {option}{near}"
    if isinstance(error, click.BadOptionUsage):
        if "requires" in error.message:
            return f"l’option {option} attend une valeur"
        return f"l’option {option} n’attend pas de valeur"
    if error.message == "Missing command.":
        return "il manque une commande"
    return error.message


def _in_its_place(option: str, ctx: click.Context) -> str | None:
    """The call with an option of the program before the command; ``None`` if it is no such option."""
    root = ctx.find_root()
    param = next((p for p in root.command.params if option in p.opts), None)
    if param is None or ctx is root:
        return None
    value = "" if getattr(param, "is_flag", False) else f" {param.make_metavar(ctx)}"
    return f"{root.info_name} {option}{value} {ctx.info_name} …"


def _usage(pieces: list[str]) -> str:
    return " ".join(pieces).replace("COMMAND [ARGS]", "COMMANDE [ARGUMENTS]")


def _notes(text: str) -> str:
    return text.replace("[required]", "[obligatoire]").replace("[default: ", "[par défaut : ")
