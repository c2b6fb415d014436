"""The command line: it presents, and never computes.

Each command is the module of its name, imported when it is called; ``contexte`` reads the options they share.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from certif_rules import __version__
from certif_rules.cli.console import make_streams_safe, silence_streams
from certif_rules.cli.french import SETTINGS, FrenchGroup, explain, in_french

#: Commands: what ``--help`` says of each; the module ``cli.<name>`` has ``command``.
COMMANDS: dict[str, str] = {
    "referentiels": "Les référentiels et leurs éditions : périodes, couches, lacunes.",
    "plugins": "Les greffons installés et leur état.",
    "checklist": "La checklist d’un audit, chaque ligne avec sa raison.",
    "questions": "Les faits inconnus qui changeraient une ligne.",
    "expliquer": "Les règles qui décident de l’état d’une ligne.",
    "lire": "Les constats portés dans des grilles remplies.",
    "reprendre": "Les constats repris dans leur contexte corrigé, rien n’est perdu.",
    "conclure": "La conclusion qu’appellent les constats d’un audit, et leurs échéances.",
    "rapport": "Le rapport d’un audit et les fiches de ses écarts : HTML, DOCX, PDF.",
    "calendrier": "Les dates du cycle, d’après celles que l’on connaît ; format ICS.",
    "dossier": "Le dossier de candidature : pièces, financement, ce qui manque ; l’attribution.",
    "duree": "La durée d’un audit, d’après les barèmes connus.",
    "echantillon": "Un échantillon de sites ou de dossiers, reproductible.",
    "autodiagnostic": "Une grille d’autodiagnostic, sa synthèse, et ce qui change de l’un à l’autre.",
    "ouvrir": "Un audit entier dans le navigateur de cette machine, sans réseau.",
    "lot": "Les lignes dues à chaque organisme d’un fichier, une rangée chacun.",
    "denombrer": "Combien d’organismes d’un fichier doivent chaque ligne, sous une édition ou deux.",
    "comparer": "Ce qui change d’une édition à l’autre, pour tous ou pour un organisme.",
    "rebaser": "Un label porté sur une autre édition de sa base : ce que cela touche, un brouillon.",
    "nouveau": "Un greffon commencé : édition suivante, label, référentiel, notation.",
    "valider": "Contrôle des fichiers de données, avec le lieu de chaque erreur.",
}


class _ReaderGone(Exception):  # noqa: N818 - nothing is wrong
    """The reader of our output has what it wanted.

    It is not an ``OSError``: click would make a failure of it.
    """


@contextmanager
def _reader() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise _ReaderGone from error


class _LazyGroup(FrenchGroup):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"certif_rules.cli.{cmd_name}").command
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _reader():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _reader():
            return super().invoke(ctx)

    def short_helps(self) -> list[tuple[str, str]]:
        return list(COMMANDS.items())


@click.group(cls=_LazyGroup, context_settings=SETTINGS, subcommand_metavar="COMMANDE [ARGUMENTS]...")
@click.version_option(__version__, prog_name="certif-rules", message="%(prog)s %(version)s",
                      help="Affiche la version.")  # fmt: skip
@click.option(
    "--verbose", is_flag=True, expose_value=False, help="Montre la trace complète d’une erreur interne."
)
@click.option(
    "--sans-plugin", "sans_plugin", multiple=True, metavar="NOM", help="Écarte un greffon (répétable)."
)
@click.pass_context
def cli(ctx: click.Context, sans_plugin: tuple[str, ...]) -> None:
    """Des référentiels en greffons, et les checklists d’audit qu’on en tire.

    Chaque ligne d’une checklist dit si elle est due à cet audit, et pourquoi.
    """
    ctx.obj = {"disabled": list(sans_plugin)}


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit with status 0, 1 (data), 2 (usage) or 130 (Ctrl-C)."""
    make_streams_safe()
    args = sys.argv[1:] if arguments is None else arguments
    status = run(args)
    try:
        sys.stdout.flush()
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            status = explain(error)
        silence_streams()
    if sys.stderr is not None:  # closed from the start
        try:
            sys.stderr.flush()
        except OSError:  # nowhere to say it: the status says it alone
            silence_streams(sys.stderr)
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run one call and return its exit status; ``--verbose`` shows a traceback, and changes no status."""
    try:
        with in_french():
            result: Any = cli.main(args=arguments, prog_name="certif-rules", standalone_mode=False)
    except _ReaderGone:
        silence_streams()
        return 0
    except KeyboardInterrupt:
        return 130
    except SystemExit:  # the completion of shells; that of a plugin never comes so far
        raise
    except BaseException as error:  # noqa: BLE001 - the code of plugins and of libraries runs too
        if "--verbose" in arguments and not isinstance(error, click.ClickException | click.Abort):
            import traceback

            traceback.print_exception(error)
        status = explain(error)
        if isinstance(error, OSError):
            try:
                sys.stdout.flush()
            except OSError:  # told already: what is left would be refused again at the end
                silence_streams(sys.stdout)
        return status
    return result if isinstance(result, int) else 0
