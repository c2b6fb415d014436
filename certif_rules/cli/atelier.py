"""Opening the registry for a command, and saying which plugins are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from certif_rules.services.atelier import Atelier


def open_for(ctx: click.Context) -> Atelier:
    """Return the registry over the installed plugins; a broken one is a warning on standard error."""
    from certif_rules.cli.messages import warn

    atelier = open_installed(ctx)
    for etat in atelier.plugins.casses:
        warn(f"greffon « {etat.nom} » écarté : {etat.cause}")
    return atelier


def open_installed(ctx: click.Context) -> Atelier:
    """Open the same without a word on broken plugins; warn of a name to leave out that is not installed."""
    from certif_rules.cli.messages import warn
    from certif_rules.errors import suggestion
    from certif_rules.services.atelier import open_atelier

    disabled = (ctx.find_root().obj or {}).get("disabled", ())
    atelier = open_atelier(disabled=disabled)
    for remarque in atelier.plugins.remarques:
        warn(remarque)
    known = {name: etat.nom for etat in atelier.plugins.etats for name in (etat.nom, etat.distribution)}
    for name in disabled:
        if name not in known:
            hint = suggestion(name, sorted(set(known.values())), "greffons")
            warn(f"aucun greffon « {name} » à écarter ; {hint}")
    return atelier
