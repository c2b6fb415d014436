"""``certif-rules autodiagnostic``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.console import for_console
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.flux import check_free, input_of, output_options, to_file, write
from certif_rules.cli.french import french_command
from certif_rules.cli.personnes import pseudonymise_option, say_replaced
from certif_rules.cli.usage import fautes

if TYPE_CHECKING:
    from certif_rules.plugins.hookspecs import Exporter
    from certif_rules.services.formats import Format
    from certif_rules.vie.autodiagnostic import Cadre, Synthese
    from certif_rules.vie.progression import Comparaison

_FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
#: Most files of answers: the earlier, then the later.
_MOST = 2


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@click.option(
    "--reponses",
    "reponses",
    type=_FILE,
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
@click.option(
    "--habillage",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Habillage d’un organisme en YAML : logo, phrases de fin.",
)
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
    from certif_rules.services.formats import choose
    from certif_rules.services.reponses import read_answers

    path = to_file(sortie)
    appel, chosen, dress = fautes(), None, None
    ecrit = ("grille", "synthese", "comparaison")[min(len(reponses), _MOST)]
    atelier = open_for(ctx)
    with appel:
        check_free(path, replace=remplacer)
    with appel:
        chosen = choose(ecrit, format_, path, atelier.plugins.exporters)
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
    assert chosen is not None
    content = _content(ecrit, value, chosen, to_terminal=path is None)
    write(content, path, replace=remplacer)
    if path is not None:
        say(" : écrit.", path)
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


def _content(ecrit: str, value: Any, format_: Format | Exporter, *, to_terminal: bool) -> bytes:
    """Return the bytes of the document, with plain signs for a console that lacks ours."""
    from certif_rules.services.formats import Format, write_document

    if to_terminal and isinstance(format_, Format) and format_.nu:
        return for_console(lambda plain: write_document(ecrit, format_, value, poor=plain))
    return write_document(ecrit, format_, value)
