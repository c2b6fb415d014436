"""``certif-rules rebaser``."""

from __future__ import annotations

from pathlib import Path

import click

from certif_rules.cli.flux import Exemplaire, output_options, writing
from certif_rules.cli.french import french_command
from certif_rules.cli.usage import fautes
from certif_rules.francais import count


@french_command(gathers=True)
@click.argument("label")
@click.argument("base")
@click.option("--brouillon", type=click.Path(path_type=Path), metavar="DOSSIER", help="Écrit les couches.")
@click.option("--edition", metavar="EDITION", help="Code de la nouvelle édition du label (avec --brouillon).")
@click.option("--du", metavar="AAAA-MM-JJ", help="Premier jour où elle s’applique (avec --brouillon).")
@click.option("--format", "format_", metavar="FORMAT", help="table (par défaut), md, html, docx, pdf.")
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, label: str, base: str, format_: str | None, sortie: Path | None, remplacer: bool,
    **options: str | Path | None,
) -> None:  # fmt: skip
    """Ce que touche LABEL (LABEL@EDITION) dans sa base, porté sur BASE (REFERENTIEL@EDITION).

    Une page dit ce que le label modifie, retire, complète ou nomme dans ses règles, et ce que cela devient.
    Avec --brouillon, les couches du label sur cette base s’écrivent dans un dossier neuf, valides aussitôt :
    une opération qui n’a plus d’objet y est un commentaire, avec sa raison.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.cli.messages import issue_lines, say
    from certif_rules.errors import UsageError
    from certif_rules.services.rebasage import draft, rebase_label
    from certif_rules.source.ecriture import write_folder

    atelier = open_for(ctx)
    others = atelier.plugins.exporters
    exemplaire = Exemplaire("rebasage", format_, sortie, replace=remplacer, others=others)
    if fautes().issues:
        raise UsageError(fautes().issues)
    rebasage = rebase_label(atelier, label, base)
    folder = options["brouillon"]
    if isinstance(folder, Path):
        edition, du = (None if options[nom] is None else str(options[nom]) for nom in ("edition", "du"))
        brouillon = draft(atelier, rebasage, edition=edition, du=du)
        with writing(folder):
            write_folder(folder, brouillon.fichiers)
        say(
            f" : brouillon de l’édition {brouillon.edition}, {count(len(brouillon.fichiers), 'fichier')}.",
            folder,
        )
        for issue in brouillon.problemes:
            for line in issue_lines(issue):
                click.echo(line, err=True)
    exemplaire.write(rebasage)
