"""``certif-rules plugins``."""

from __future__ import annotations

import click

from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.french import french_command

_ETATS = {"actif": "actif", "desactive": "désactivé", "casse": "cassé"}


@french_command()
@format_option("table", "json")
@click.pass_context
def command(ctx: click.Context, /, format_: str) -> int:
    """Les greffons installés et leur état ; le code de sortie est 1 si l’un d’eux est cassé."""
    from certif_rules.cli.atelier import open_installed
    from certif_rules.echanges.inventaire import plugins_as_data
    from certif_rules.services.atelier import examined

    plugins = examined(open_installed(ctx))
    if format_ == "json":
        show_json(plugins_as_data(plugins.etats))
    else:
        for etat in plugins.etats:
            paragraph(f"{etat.nom} : {_ETATS[etat.etat]} ({etat.distribution} {etat.version})", hanging=4)
            if etat.cause:
                paragraph(f"cause : {etat.cause}", 4, hanging=6)
        if not plugins.etats:
            paragraph("Aucun greffon installé.")
    return 1 if plugins.casses else 0
