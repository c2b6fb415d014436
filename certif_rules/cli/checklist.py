"""``certif-rules checklist``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.contexte import context_options, dress_option, request
from certif_rules.cli.flux import Exemplaire, output_options
from certif_rules.cli.french import french_command
from certif_rules.cli.personnes import pseudonymise_option, say_replaced
from certif_rules.cli.usage import fautes
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.audit.checklist import Checklist

#: What lines in a state are called in the summary, one and several.
_COUNTERS = {
    "a_auditer": ("à auditer", "à auditer"),
    "a_confirmer": ("à confirmer", "à confirmer"),
    "non_audite": ("non due à cet audit", "non dues à cet audit"),
    "non_applicable": ("non applicable", "non applicables"),
}


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@click.option("--format", "format_", metavar="FORMAT", help="table (par défaut), json, md, csv, html…")
@dress_option("Habillage d’un organisme en YAML : logo, colonnes, phrases de fin.")
@pseudonymise_option
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, referentiel: str | None, format_: str | None, habillage: Path | None,
    pseudonymiser: bool, sortie: Path | None, remplacer: bool, **options: Any,
) -> None:  # fmt: skip
    """La checklist de REFERENTIEL (ou REFERENTIEL@EDITION) pour un audit.

    Chaque ligne porte son état et ses raisons. Ce qui n’est pas dit reste inconnu : la ligne est alors
    « à confirmer », et la commande « questions » dit ce qu’il faut demander.
    """
    from msgspec.structs import replace

    from certif_rules.cli.atelier import open_for
    from certif_rules.personnes.pseudonymes import personal_data, pseudonymised
    from certif_rules.services.checklist import make_checklist

    atelier = open_for(ctx)
    others = atelier.plugins.exporters
    exemplaire = Exemplaire("checklist", format_, sortie, replace=remplacer, others=others)
    dress = None
    with fautes():
        if habillage is not None:
            from certif_rules.habillage.fichier import read_habillage

            dress = read_habillage(habillage)
    demande = request(referentiel, options)
    if dress is not None:
        demande = replace(demande, habillage=dress)
    if pseudonymiser:
        say_replaced(personal_data(demande))
        demande = pseudonymised(demande)
    checklist = make_checklist(atelier.registry, demande)
    exemplaire.write(checklist)
    if exemplaire.path is not None:
        _summarise(checklist, exemplaire.path)


def _summarise(checklist: Checklist, path: Path) -> None:
    from certif_rules.cli.messages import say, warn_of

    referentiel = checklist.referentiel
    counts = ", ".join(count(n, *_COUNTERS[etat]) for etat, n in checklist.compteurs.items())
    say(f" : {referentiel.titre}, édition {referentiel.edition} : {counts}.", path)
    warn_of(checklist.avertissements)
