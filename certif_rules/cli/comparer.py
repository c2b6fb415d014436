"""``certif-rules comparer``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from certif_rules.cli.contexte import context_options, other_rules_option, request
from certif_rules.cli.flux import Exemplaire, output_options
from certif_rules.cli.french import french_command
from certif_rules.cli.usage import fautes


@french_command(gathers=True)
@click.argument("avant")
@click.argument("apres", metavar="APRES")
@context_options
@other_rules_option()
@click.option("--format", "format_", metavar="FORMAT", help="table (par défaut), json, md, html, docx, pdf.")
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, avant: str | None, apres: str | None, accepter_autres_regles: bool,
    format_: str | None, sortie: Path | None, remplacer: bool, **options: Any,
) -> None:  # fmt: skip
    """Ce qui change de AVANT à APRES, deux éditions écrites REFERENTIEL@EDITION.

    Lignes nouvelles, retirées, reformulées (mot à mot), renumérotées, divisées ou réunies ; règles et guides.
    Avec un profil ou des catégories, seules sont comparées les lignes de cet organisme, et l’on dit celles
    qui entrent, sortent ou changent d’état. Si AVANT est un fichier de constats ou une grille remplie, on dit
    aussi quels constats se gardent.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.cli.messages import warn
    from certif_rules.errors import UsageError
    from certif_rules.services.comparaison import compare_files
    from certif_rules.source.entree import MAX_CLASSEUR, standard_file

    appel, atelier = fautes(), open_for(ctx)
    others = atelier.plugins.exporters
    exemplaire = Exemplaire("editions", format_, sortie, replace=remplacer, others=others)
    for nom in ("edition", "guide"):
        if options[nom] is not None:
            message = f"--{nom} n’a pas de sens ici : les deux éditions sont nommées"
            appel.report("usage", message, None, "écrire REFERENTIEL@EDITION deux fois")
    if avant is None or apres is None:
        raise UsageError(appel.issues)
    source = standard_file(MAX_CLASSEUR) if avant == "-" else avant
    compared = compare_files(
        atelier.registry, source, apres, request(None, options), other_rules=accepter_autres_regles
    )
    exemplaire.write(compared)
    for avertissement in compared.avertissements:
        warn(avertissement.message, avertissement.code)
