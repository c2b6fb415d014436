"""``certif-rules dossier``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from certif_rules.cli.affichage import format_option
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.flux import Exemplaire, output_options
from certif_rules.cli.french import french_command
from certif_rules.cli.personnes import pseudonymise_option, say_replaced


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@click.option("--attribution", is_flag=True, help="Ce que donne une attribution, et les instances.")
@format_option("table", "json", "md", "html", of_file=True)
@pseudonymise_option
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, referentiel: str | None, attribution: bool, format_: str | None,
    pseudonymiser: bool, sortie: Path | None, remplacer: bool, **options: Any,
) -> None:  # fmt: skip
    """Le dossier de candidature à REFERENTIEL : ce qui est là, ce qui manque, ce qui reste à demander.

    Le profil dit, sous « dossier », quelles pièces et quels devis sont déposés. Le résultat est « complet »,
    « incomplet » ou « à confirmer » ; il ne dit rien des exigences.
    Sans profil, la commande dit ce qu’il faut réunir.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.personnes.pseudonymes import personal_data, pseudonymised
    from certif_rules.services.dossier import open_file

    atelier = open_for(ctx)
    ecrit, others = "attribution" if attribution else "dossier", atelier.plugins.exporters
    exemplaire = Exemplaire(ecrit, format_, sortie, replace=remplacer, others=others)
    demande = request(referentiel, options)
    if pseudonymiser:
        say_replaced(personal_data(demande))
        demande = pseudonymised(demande)
    exemplaire.write(open_file(atelier.registry, demande, attribution=attribution))
