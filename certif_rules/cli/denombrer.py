"""``certif-rules denombrer``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.blocs.typographie import prose
from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.flux import FICHIER
from certif_rules.cli.french import french_command
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.audit.demande import Demande
    from certif_rules.audit.denombrement import Denombrement
    from certif_rules.plugins.registry import Registry

#: Most faults told one by one.
_MOST_FAULTS = 50
#: Widths of the number of a line, of its title, of a count: eighty columns for two sets of rules.
_NUMERO, _TITRE, _COMPTE = 5, 34, 10


@french_command()
@click.argument("fichier", type=FICHIER)
@click.argument("referentiel", required=False)
@click.option(
    "--colonnes", type=FICHIER, required=True, metavar="FICHIER", help="Ce que dit chaque colonne (YAML)."
)
@click.option("--contre", type=FICHIER, metavar="PROFIL", help="Un autre audit, compté à côté du premier.")
@click.option(
    "--projet",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DOSSIER",
    help="Des couches non publiées, pour le second compte seul.",
)
@context_options
@format_option("table", "json")
@click.pass_context
def command(
    ctx: click.Context, /, fichier: Path, referentiel: str | None, colonnes: Path, contre: Path | None,
    projet: Path | None, format_: str, **options: Any,
) -> None:  # fmt: skip
    """Combien d’organismes de FICHIER doivent chaque ligne, et pour combien cela reste à confirmer.

    Avec --contre, les mêmes organismes sont comptés sous une autre édition ou un autre type d’audit ; avec
    --projet, sous des règles qui ne sont pas publiées. Un organisme qu’un des deux refuse n’est compté dans
    aucun ; une rangée en faute est dite.
    """
    from certif_rules.audit.demande import read_profile
    from certif_rules.cli.atelier import open_for
    from certif_rules.cli.messages import warn_of
    from certif_rules.echanges.denombrement import document
    from certif_rules.errors import DataError, first_of
    from certif_rules.services.atelier import with_project
    from certif_rules.services.denombrement import count_population
    from certif_rules.services.lot import lots_of
    from certif_rules.services.organismes import organisations, read_correspondance

    by = read_correspondance(colonnes)
    registry = open_for(ctx).registry
    demande = request(referentiel, options)
    asked: list[tuple[Registry, Path | None, Demande]] = [(registry, None, demande)]
    if contre or projet:
        others = with_project(registry, projet.absolute(), here=Path.cwd()) if projet else registry
        asked.append((others, contre, read_profile(contre) if contre else demande))
    denombrement = count_population(lots_of(asked, by, str(fichier)), organisations(fichier, by), by)
    if format_ == "json":
        show_json(document(denombrement))
    else:
        _show(denombrement, projet)
    warn_of(dict.fromkeys(a for comptes in denombrement.comptes for a in comptes.avertissements))
    if denombrement.ecartees:
        raise DataError(first_of(denombrement.ecartees, _MOST_FAULTS))


def _show(denombrement: Denombrement, projet: Path | None) -> None:
    left_out = len({issue.location for issue in denombrement.ecartees})
    counted = count(denombrement.nombre, "organisme compté", "organismes comptés")
    paragraph(f"{counted}, {count(left_out, 'rangée écartée', 'rangées écartées')}.")
    for rank, comptes in enumerate(denombrement.comptes, 1):
        referentiel = comptes.referentiel
        with_layers = f", avec les couches de {projet}" if projet and rank > 1 else ""
        paragraph(f"{rank}. {prose(referentiel.titre)}, édition {referentiel.edition}{with_layers}")
        if comptes.sans_colonnes:
            paragraph(f"   Compté contexte par contexte : {comptes.sans_colonnes} n’a pas de colonne.")
    heads = [
        f"{rank} {word}" for rank, _ in enumerate(denombrement.comptes, 1) for word in ("due", "à conf.")
    ]
    click.echo()
    click.echo(_row("n°", "ligne", heads))
    for indicateur in denombrement.lignes:
        numbers: list[str] = []
        for comptes in denombrement.comptes:
            effectif = comptes.effectifs.get(indicateur.id)
            numbers += [str(effectif.dues), str(effectif.a_confirmer)] if effectif else ["–", "–"]
        titre = prose(indicateur.titre or "sans texte")
        click.echo(_row(indicateur.numero, titre, numbers))


def _row(numero: str, titre: str, numbers: list[str]) -> str:
    shown = titre if len(titre) <= _TITRE else titre[: _TITRE - 1] + "…"
    return (
        f"{numero:<{_NUMERO}}{shown:<{_TITRE}}"
        + "".join(f"{number:>{_COMPTE}}" for number in numbers).rstrip()
    )
