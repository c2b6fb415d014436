"""Opening the registry for a command, and saying which plugins are broken."""

from __future__ import annotations

import click

from certif_rules.cli.french import printable
from certif_rules.services.atelier import Atelier, open_atelier


def open_for(ctx: click.Context) -> Atelier:
    """The registry over the installed plugins; a broken one is a warning on standard error."""
    options = ctx.find_root().obj or {}
    atelier = open_atelier(disabled=options.get("disabled", ()))
    for etat in atelier.plugins.casses:
        click.echo(printable(f"avertissement: greffon « {etat.nom} » écarté : {etat.cause}"), err=True)
    return atelier
