"""``certif-rules autodiagnostic``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.contexte import context_options, dress_option, request
from certif_rules.cli.flux import FLUX, Exemplaire, input_of, output_options
from certif_rules.cli.french import french_command
from certif_rules.cli.personnes import pseudonymise_option, say_replaced
from certif_rules.cli.usage import fautes

if TYPE_CHECKING:
    from certif_rules.vie.autodiagnostic import Cadre, Synthese
    from certif_rules.vie.progression import Comparaison

#: Most files of answers: the earlier, then the later.
_MOST = 2


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@click.option(
    "--reponses",
    "reponses",
    type=FLUX,
    multiple=True,
    metavar="FICHIER",
    help="Réponses (JSON, YAML, CSV) à dépouiller, ou « - » ; deux fois : avant, puis après (répétable).",
)
@click.option(
    "--lignes",
    "etendue",
    type=click.Choice(["audit", "toutes"]),
    help="Lignes à évaluer : celles de l’audit, ou toutes.",
)
@click.option(
    "--format", "format_", metavar="FORMAT", help="table (par défaut), html, json, csv, yaml, docx, pdf."
)
@dress_option("Habillage d’un organisme en YAML : logo, phrases de fin.")
@pseudonymise_option
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, referentiel: str | None, reponses: tuple[Path, ...], etendue: Any,
    format_: str | None, pseudonymiser: bool, sortie: Path | None, remplacer: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Une grille d’autodiagnostic pour REFERENTIEL, ou ce que disent des réponses.

    Sans --reponses, la grille à remplir : un formulaire (html), un fichier (csv, yaml, json) ou du papier.
    Avec, la synthèse ; deux fois, ce qui a changé de l’une à l’autre. Un autodiagnostic ne garantit rien.
    """
    from msgspec.structs import replace

    from certif_rules.cli.atelier import open_for
    from certif_rules.cli.messages import say, warn_of
    from certif_rules.habillage.fichier import read_habillage
    from certif_rules.personnes.pseudonymes import personal_data, pseudonymised
    from certif_rules.services.autodiagnostic import compare_syntheses, make_grid, synthesis
    from certif_rules.services.reponses import read_answers

    appel, dress = fautes(), None
    ecrit = ("grille", "synthese", "comparaison")[min(len(reponses), _MOST)]
    atelier = open_for(ctx)
    others = atelier.plugins.exporters
    exemplaire = Exemplaire(ecrit, format_, sortie, replace=remplacer, others=others)
    with appel:
        dress = read_habillage(options["habillage"]) if options["habillage"] is not None else None
    _check_inputs(reponses, options)
    answers = []
    for file in reponses:
        with appel:
            answers.append(read_answers(input_of(file)))
    typed = request(referentiel, options)
    if len(answers) < len(reponses):
        typed = replace(typed, illisible=True)
    if dress is not None:
        typed = replace(typed, habillage=dress)
    if pseudonymiser:
        say_replaced((*personal_data(typed), *(trace for one in answers for trace in personal_data(one))))
        typed, answers = pseudonymised(typed), [pseudonymised(one) for one in answers]
    registry = atelier.registry
    value: Cadre | Synthese | Comparaison
    if not answers:
        value = cadre = make_grid(registry, typed, etendue=etendue)
    else:
        syntheses = [
            synthesis(registry, one, typed, argument=referentiel, etendue=etendue) for one in answers
        ]
        cadre = syntheses[-1].cadre
        value = syntheses[0] if len(syntheses) == 1 else compare_syntheses(*syntheses)
    exemplaire.write(value)
    if exemplaire.path is not None:
        say(" : écrit.", exemplaire.path)
        warn_of(cadre.avertissements)


def _check_inputs(reponses: tuple[Path, ...], options: dict[str, Any]) -> None:
    """Refuse more than two files of answers, and two uses of standard input.

    Raises:
        UsageError: more than that.
    """
    from certif_rules.errors import Issue, UsageError

    if len(reponses) > _MOST:
        message = f"--reponses se donne une ou deux fois, et non {len(reponses)}"
        raise UsageError([Issue("trop-de-reponses", message, None, "comparer deux à deux")])
    piped = [value for value in (*reponses, options["profil"], options["precedent"]) if str(value) == "-"]
    if len(piped) > 1:
        message = "deux fichiers ne peuvent venir tous deux de l’entrée standard"
        raise UsageError([Issue("demande-contradictoire", message, None, "donner l’un des deux en fichier")])
