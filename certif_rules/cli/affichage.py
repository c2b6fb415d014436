"""Tables and JSON for the commands that list things."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

import click

from certif_rules.cli.flux import write

F = TypeVar("F", bound=Callable[..., Any])

#: Width of the lists, whatever the terminal: output never depends on being on one.
WIDTH = 80


def show_json(data: Any) -> None:
    """Print ``data`` as JSON on standard output: UTF-8 whatever the console, as documents are."""
    from certif_rules.echanges.champs import as_bytes

    write(as_bytes(data), None)


def show_json_line(data: Any) -> None:
    """Print ``data`` as JSON on one line of standard output: one of several."""
    from certif_rules.echanges.champs import as_line

    write(as_line(data), None)


def paragraph(text: str, indent: int = 0, *, hanging: int | None = None) -> None:
    """Print one paragraph, wrapped as French is; later lines are indented by ``hanging``."""
    from certif_rules.cli.messages import message

    lead, later = " " * indent, " " * (indent if hanging is None else hanging)
    for line in textwrap.wrap(
        message(text), WIDTH, initial_indent=lead, subsequent_indent=later, break_on_hyphens=False,
        break_long_words=False,
    ) or [""]:  # fmt: skip
        click.echo(line)


def format_option(*formats: str, of_file: bool = False) -> Callable[[F], F]:
    """Declare ``--format`` among ``formats``, by default the first, or that of the file with ``of_file``."""
    help_text = f"{formats[0]} (par défaut) ou {', '.join(formats[1:])}."
    default = None if of_file else formats[0]
    return click.option("--format", "format_", type=click.Choice(formats), default=default, help=help_text)
