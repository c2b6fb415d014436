"""``certif-rules dossier``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from certif_rules.cli.affichage import format_option
from certif_rules.cli.console import for_console
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.flux import check_free, output_options, to_file, write
from certif_rules.cli.french import french_command
from certif_rules.cli.personnes import pseudonymise_option, say_replaced
from certif_rules.cli.usage import fautes


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
    from certif_rules.services.formats import Format, choose, write_document

    path = to_file(sortie)
    ecrit, chosen = "attribution" if attribution else "dossier", None
    atelier = open_for(ctx)
    with fautes():
        check_free(path, replace=remplacer)
    with fautes():
        chosen = choose(ecrit, format_, path, atelier.plugins.exporters)
    demande = request(referentiel, options)
    if pseudonymiser:
        say_replaced(personal_data(demande))
        demande = pseudonymised(demande)
    dossier = open_file(atelier.registry, demande, attribution=attribution)

    assert chosen is not None
    if path is None and isinstance(chosen, Format) and chosen.nu:
        write(
            for_console(lambda plain: write_document(ecrit, chosen, dossier, poor=plain)),
            path,
            replace=remplacer,
        )
    else:
        write(write_document(ecrit, chosen, dossier), path, replace=remplacer)
