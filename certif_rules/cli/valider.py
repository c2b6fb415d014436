"""``certif-rules valider``."""

from __future__ import annotations

from pathlib import Path

import click

from certif_rules.cli.affichage import show_json
from certif_rules.cli.french import french_command


@french_command()
@click.argument("chemins", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CHEMIN...")
@click.option("--format", "format_", type=click.Choice(["texte", "json"]), default="texte",
              help="texte (par défaut) ou json.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, chemins: tuple[Path, ...], format_: str) -> int:
    """Contrôle des fichiers de données : couches, profils, constats, textes, habillages, cas.

    Un dossier est parcouru en entier. Chaque problème est écrit fichier:ligne:colonne: code: message. Ce qui
    n’est pas une erreur mais se vérifie, un SIREN dont la clé est fausse, est un avertissement.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.cli.messages import issue_lines, say, warn_of
    from certif_rules.echanges.inventaire import problems
    from certif_rules.services.validation import validate

    atelier = open_for(ctx)
    validation = validate(chemins, atelier.plugins.donnees, here=Path.cwd())
    count, issues = validation.fichiers, validation.problemes
    if format_ == "json":
        show_json(problems(count, issues, validation.avertissements))
    else:
        for issue in issues:
            for line in issue_lines(issue):
                click.echo(line)
    warn_of(validation.avertissements)
    read = "fichiers lus" if count > 1 else "fichier lu"
    noun = "problèmes" if len(issues) > 1 else "problème"
    say(f"{count} {read}, {len(issues)} {noun}.")
    return 1 if issues else 0
