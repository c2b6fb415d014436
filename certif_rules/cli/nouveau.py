"""``certif-rules nouveau``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from certif_rules.cli.french import french_command
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.services.nouveau import Modele

_MODELES = ("edition", "suite", "label", "referentiel", "notation")


@french_command(gathers=True)
@click.argument("modele", type=click.Choice(_MODELES), metavar="MODELE")
@click.argument("nom", metavar="NOM")
@click.option("--edition", metavar="EDITION", help="Code de l’édition à écrire.")
@click.option("--du", metavar="AAAA-MM-JJ", help="Premier jour où elle s’applique.")
@click.option("--titre", metavar="TEXTE", help="Son titre ; sans lui, un titre « à écrire ».")
@click.option("--base", metavar="REF@EDITION", help="Ce sur quoi repose un label.")
@click.option(
    "--depuis",
    metavar="EDITION",
    help="L’édition d’avant, pour « edition » et « suite » ; par défaut, la dernière.",
)
@click.option("-o", "--sortie", type=click.Path(path_type=Path), metavar="DOSSIER", help="Dossier à créer.")
@click.pass_context
def command(
    ctx: click.Context, /, modele: Modele, nom: str, sortie: Path | None, **options: str | None
) -> None:
    """Commence un greffon dans un dossier neuf, prêt à s’installer, à se valider et à s’éditer.

    MODELE : « edition », l’édition suivante du référentiel NOM ; « suite », la même, écrite comme
    un changement de celle d’avant ; « label », un label NOM posé sur --base ;
    « referentiel », un référentiel NOM sans base ; « notation », un référentiel NOM noté par niveaux.
    Aucun texte n’est inventé : ce qui est à écrire est une lacune que les données déclarent.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.cli.flux import write, writing
    from certif_rules.cli.messages import printable, say
    from certif_rules.cli.usage import fautes
    from certif_rules.errors import UsageError
    from certif_rules.services.nouveau import Projet, begin
    from certif_rules.source.ecriture import write_folder

    if fautes().issues:
        raise UsageError(fautes().issues)
    projet = Projet(modele=modele, nom=nom, **options)
    squelette = begin(open_for(ctx), projet)
    folder = sortie or Path(squelette.distribution)
    with writing(folder):
        write_folder(folder, squelette.fichiers)
    say(f" : greffon commencé, {count(len(squelette.fichiers), 'fichier')}.", folder)
    say("Pour l’installer :")
    named = f'"{folder}"' if " " in str(folder) else str(folder)
    write(f"pip install -e {printable(named)}\n".encode(), None)
