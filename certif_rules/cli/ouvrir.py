"""``certif-rules ouvrir``: the workspace, in the browser of this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from certif_rules.blocs.typographie import clean
from certif_rules.cli.affichage import paragraph
from certif_rules.cli.french import french_command


@french_command()
@click.argument("fichier", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port ; sans lui, un port libre.")
@click.option("--sans-navigateur", is_flag=True, help="Écrit l’adresse sans ouvrir de navigateur.")
@click.option(
    "--copie", type=click.Path(path_type=Path), help="Dossier où une seconde copie est gardée, désormais."
)
@click.option("--sans-copie", is_flag=True, help="Ne garde plus de seconde copie ; celle qui existe reste.")
@click.option("--exemple", is_flag=True, help="Commence l’audit d’un organisme inventé, s’il n’y en a aucun.")
@click.option("--verifier", is_flag=True, help="Vérifie le journal de chaque audit, et s’arrête.")
def command(
    fichier: Path | None,
    port: int,
    sans_navigateur: bool,
    copie: Path | None,
    sans_copie: bool,
    exemple: bool,
    verifier: bool,
) -> None:
    """Un audit entier dans le navigateur de cette machine, sans réseau : préparer, saisir, clore, suivre.

    FICHIER garde les audits ; sans lui, un fichier du dossier de données de l’utilisateur. Ctrl-C arrête.
    """
    from certif_rules.errors import Issue, UsageError

    if find_spec("django") is None or find_spec("waitress") is None:
        message, hint = "l’espace de travail demande Django et waitress", 'pip install "certif-rules[web]"'
        raise UsageError([Issue("complement-absent", message, None, hint)])
    from certif_rules.web.copie import chosen
    from certif_rules.web.serveur import already_open, serve, verified

    base = (fichier or _usual()).resolve()

    if verifier:
        audits = verified(base)
        for nom, alteration in audits:
            paragraph(f"{clean(nom)} : {alteration or 'le journal se vérifie'}", hanging=4)
        if not audits:
            paragraph(f"Aucun audit dans {base.name}.")
        if any(alteration for _, alteration in audits):
            raise click.exceptions.Exit(1)
        return

    def ready(address: str) -> None:
        paragraph(f"L’espace de travail est ouvert : {address}")
        if not sans_navigateur:
            click.launch(address)

    if other := already_open(base):
        ready(other)
        if copie or sans_copie:
            paragraph("Il est déjà ouvert : la seconde copie changera à sa prochaine ouverture.")
            chosen(base, copie, none=sans_copie)
        return
    base.parent.mkdir(parents=True, exist_ok=True)
    serve(base, port, ready, chosen(base, copie, none=sans_copie), exemple=exemple)


def _usual() -> Path:
    """Return the file of the user's data folder."""
    return Path(click.get_app_dir("certif-rules")) / "audits.sqlite3"
