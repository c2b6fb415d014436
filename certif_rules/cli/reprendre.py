"""``certif-rules reprendre``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.contexte import context_options, other_rules_option, request
from certif_rules.cli.flux import FLUX, Exemplaire, input_of, output_options
from certif_rules.cli.french import french_command
from certif_rules.cli.usage import fautes

if TYPE_CHECKING:
    from certif_rules.audit.correction import Correction, Mouvement

_SENS = {"entree": "entre", "sortie": "sort", "changee": "change"}


@french_command(gathers=True)
@click.argument("constats", type=FLUX, metavar="CONSTATS")
@context_options
@other_rules_option()
@click.option(
    "--format", "format_", metavar="FORMAT", help="json (par défaut), formulaire, ou le format d’une grille."
)
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, constats: Path, accepter_autres_regles: bool, format_: str | None,
    sortie: Path | None, remplacer: bool, **options: Any,
) -> None:  # fmt: skip
    """Reprend les constats de CONSTATS (fichier, formulaire exporté ou grille) dans leur contexte corrigé.

    Ce qui est corrigé vient de --profil ou des options (--sans FAIT). Chaque ligne qui entre, sort
    ou change est dite avec sa raison ; un constat que sa ligne ne permet plus est gardé entier, « à revoir ».
    Avec -o, le suffixe dit quoi écrire : un fichier de constats, ou la grille et le formulaire déjà remplis.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.errors import UsageError
    from certif_rules.services.correction import carry

    exemplaire = Exemplaire("reprise", format_, sortie, replace=remplacer)
    demande = request(None, options)
    if demande.fautes or fautes().issues:
        raise UsageError([*fautes().issues, *demande.fautes])
    source = input_of(constats, workbook=True)
    correction = carry(
        open_for(ctx).registry, source, demande, profil=options["profil"] is not None,
        other_rules=accepter_autres_regles,
    )  # fmt: skip
    exemplaire.write(correction)
    _summarise(correction)


def _summarise(correction: Correction) -> None:
    from certif_rules.cli.messages import say, warn
    from certif_rules.services.correction import in_words

    for changement in correction.changements:
        say(_line(changement))
    say(f"{in_words(correction)}.")
    for avertissement in (*correction.checklist.avertissements, *correction.avertissements):
        warn(avertissement.message, avertissement.code)


def _line(changement: Mouvement) -> str:
    from certif_rules.documents.mots import SIGNES

    both = dict.fromkeys((changement.avant, changement.apres))
    states = " → ".join(SIGNES[e].mot if e else "absente" for e in both)
    if len(both) == 1 and not changement.a_revoir:
        states += " ; ce qui y est demandé n’est plus le même"
    why = f" : {' ; '.join(changement.motifs)}" if changement.motifs else ""
    constat = f" ; constat « {changement.constat} »" if changement.constat else ""
    again = f" à revoir : {changement.a_revoir}" if changement.a_revoir else " gardé" if constat else ""
    return f"ligne {changement.numero} {_SENS[changement.sens]} ({states}){why}{constat}{again}"
