"""``certif-rules valider``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from certif_rules.cli.affichage import show_json
from certif_rules.cli.french import french_command

if TYPE_CHECKING:
    from certif_rules.plugins.revision import Declaration


@french_command()
@click.argument("chemins", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CHEMIN...")
@click.option("--format", "format_", type=click.Choice(["texte", "json"]), default="texte",
              help="texte (par défaut) ou json.")  # fmt: skip
@click.option("--ecrire-empreintes", is_flag=True,
              help="Écrit les empreintes qui manquent, si rien d’autre n’est à corriger.")  # fmt: skip
@click.option("--date", "jour", metavar="AAAA-MM-JJ", help="Jour de la révision à ajouter.")
@click.option("--raison", metavar="TEXTE", help="Raison de la révision à ajouter : ce qui a changé.")
@click.pass_context
def command(
    ctx: click.Context, /, chemins: tuple[Path, ...], format_: str, ecrire_empreintes: bool,
    jour: str | None, raison: str | None,
) -> int:  # fmt: skip
    """Contrôle des fichiers de données : couches, profils, constats, textes, habillages, cas.

    Un dossier est parcouru en entier. Chaque problème est écrit fichier:ligne:colonne: code: message. Ce qui
    n’est pas une erreur mais se vérifie, un SIREN dont la clé est fausse, est un avertissement.

    --ecrire-empreintes donne son empreinte à la révision qui l’attend (sha256:a-calculer) ; à une couche
    déclarée qui a changé, il ajoute la révision suivante, avec --date et --raison. Rien d’autre ne change
    dans le fichier.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.cli.messages import issue_lines, say, warn_of
    from certif_rules.echanges.inventaire import problems
    from certif_rules.errors import tally
    from certif_rules.services.empreintes import write_digests
    from certif_rules.services.validation import validate

    if not ecrire_empreintes and (jour or raison):
        raise click.UsageError("--date et --raison sont ceux d’une révision : ajouter --ecrire-empreintes")
    donnees = open_for(ctx).plugins.donnees
    if ecrire_empreintes:
        ecriture = write_digests(chemins, donnees, here=Path.cwd(), jour=jour, raison=raison)
        validation = ecriture.validation
        for declaration in ecriture.declarations:
            say(*_told(declaration))
    else:
        validation = validate(chemins, donnees, here=Path.cwd())
    count, issues = validation.fichiers, validation.problemes
    if format_ == "json":
        show_json(problems(count, issues, validation.avertissements))
    else:
        for issue in issues:
            for line in issue_lines(issue):
                click.echo(line)
    warn_of(validation.avertissements)
    read = "fichiers lus" if count > 1 else "fichier lu"
    say(f"{count} {read}, {tally(issues)}.")
    return 1 if issues else 0


def _told(declaration: Declaration) -> tuple[str, str]:
    """Return what was done to a file, and the file."""
    done = "ajoutée, avec son empreinte" if declaration.nouvelle else "empreinte écrite"
    return f" : révision {declaration.numero}, {done}.", declaration.fichier
