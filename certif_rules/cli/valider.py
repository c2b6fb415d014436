"""``certif-rules valider``."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certif_rules.cli.affichage import format_option, show_json
from certif_rules.cli.french import french_command
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.plugins.hookspecs import Donnees
    from certif_rules.plugins.revision import Declaration
    from certif_rules.services.validation import Validation


@french_command()
@click.argument("chemins", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="CHEMIN...")
@format_option("texte", "json", "sarif", "github")
@click.option("--ecrire-empreintes", is_flag=True,
              help="Écrit les empreintes qui manquent, si rien d’autre n’est à corriger.")  # fmt: skip
@click.option("--date", "jour", metavar="AAAA-MM-JJ", help="Jour de la révision à ajouter.")
@click.option("--raison", metavar="TEXTE", help="Raison de la révision à ajouter : ce qui a changé.")
@click.option(
    "--surveiller", is_flag=True, help="Contrôle de nouveau à chaque enregistrement ; Ctrl-C arrête."
)
@click.pass_context
def command(
    ctx: click.Context, /, chemins: tuple[Path, ...], format_: str, ecrire_empreintes: bool,
    jour: str | None, raison: str | None, surveiller: bool,
) -> int:  # fmt: skip
    """Contrôle des fichiers de données : couches, profils, constats, textes, habillages, cas.

    Un dossier est parcouru en entier. Chaque problème est écrit fichier:ligne:colonne: code: message. Ce qui
    n’est pas une erreur mais se vérifie est un avertissement, et ne change pas l’état de sortie.

    --format json, sarif (SARIF 2.1.0) ou github (des annotations) : pour d’autres programmes.

    --ecrire-empreintes donne son empreinte à la révision qui l’attend (sha256:a-calculer) ; à une couche
    déclarée qui a changé, il ajoute la révision suivante, avec --date et --raison. Rien d’autre ne change
    dans le fichier.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.cli.messages import say
    from certif_rules.services.empreintes import write_digests
    from certif_rules.services.validation import validate

    if not ecrire_empreintes and (jour or raison):
        raise click.UsageError("--date et --raison sont ceux d’une révision : ajouter --ecrire-empreintes")
    if surveiller and (ecrire_empreintes or format_ != "texte"):
        raise click.UsageError("--surveiller va sans --ecrire-empreintes, et sans autre --format que texte")
    donnees = open_for(ctx).plugins.donnees
    if surveiller:
        return watch(chemins, donnees)
    if ecrire_empreintes:
        ecriture = write_digests(chemins, donnees, here=Path.cwd(), jour=jour, raison=raison)
        validation = ecriture.validation
        for declaration in ecriture.declarations:
            say(*_told(declaration))
    else:
        validation = validate(chemins, donnees, here=Path.cwd())
    show(validation, format_)
    return 1 if validation.problemes else 0


def watch(chemins: tuple[Path, ...], donnees: tuple[tuple[str, Donnees], ...]) -> int:
    """Check at once, then at each save, until Ctrl-C; the status is that of the last check."""
    from certif_rules.cli.messages import say
    from certif_rules.services.surveillance import changes
    from certif_rules.services.validation import validate

    status = 0
    with suppress(KeyboardInterrupt):
        for _ in changes(chemins):
            validation = validate(chemins, donnees, here=Path.cwd())
            show(validation, "texte")
            status = 1 if validation.problemes else 0
            say("Surveillance en cours ; Ctrl-C pour arrêter.")
    return status


def show(validation: Validation, format_: str) -> None:
    """Print what is wrong on standard output, what else is to be known and how much on standard error."""
    from certif_rules.cli.messages import printable, say, warn_of
    from certif_rules.echanges import anomalies
    from certif_rules.errors import tally

    lists = (validation.problemes, validation.remarques, validation.avertissements)
    if format_ == "json":
        show_json(anomalies.as_data(validation.fichiers, *lists))
    elif format_ == "sarif":
        show_json(anomalies.as_sarif(*lists))
    elif format_ == "github":
        for line in anomalies.as_annotations(*lists):
            click.echo(printable(line))
    else:
        _print(validation)
    warn_of(validation.avertissements)
    words = [count(validation.fichiers, "fichier lu", "fichiers lus"), tally(validation.problemes)]
    words += [count(len(validation.remarques), "avertissement")] if validation.remarques else []
    say(", ".join(words) + ".")


def _print(validation: Validation) -> None:
    """Print each problem on its line, then each remark, whose line says that it is a warning."""
    from msgspec.structs import replace

    from certif_rules.cli.messages import in_options, issue_lines

    remarks = (replace(issue, code=f"avertissement: {issue.code}") for issue in validation.remarques)
    for issue in (*in_options(validation.problemes), *remarks):
        for line in issue_lines(issue):
            click.echo(line)


def _told(declaration: Declaration) -> tuple[str, str]:
    """Return what was done to a file, and the file."""
    done = "ajoutée, avec son empreinte" if declaration.nouvelle else "empreinte écrite"
    return f" : révision {declaration.numero}, {done}.", declaration.fichier
