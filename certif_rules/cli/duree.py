"""``certif-rules duree``."""

from __future__ import annotations

from typing import Any

import click

from certif_rules.blocs.typographie import prose
from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.french import french_command
from certif_rules.cli.usage import fautes
from certif_rules.cli.vie import show_contradictions, show_remarks, show_sources, show_title, worth


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@click.option(
    "--chiffre-affaires", type=click.IntRange(min=0), metavar="EUROS", help="Chiffre d’affaires, en euros."
)
@click.option("--sites", type=click.IntRange(min=1), metavar="N", help="Nombre de sites de l’organisme.")
@click.option(
    "--sites-echantillonnes", type=click.IntRange(min=0), metavar="N",
    help="Sites que l’audit échantillonne ; par défaut, ce que disent les règles.",
)  # fmt: skip
@format_option("table", "json")
@click.pass_context
def command(
    ctx: click.Context, /, referentiel: str | None, chiffre_affaires: int | None, sites: int | None,
    sites_echantillonnes: int | None, format_: str, **options: Any,
) -> None:  # fmt: skip
    """La durée d’un audit, d’après les barèmes connus.

    Une case que les sources lues ne donnent pas est nommée, et la durée reste inconnue : rien n’est estimé.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.echanges.duree import document
    from certif_rules.services.duree import make_duration

    appel = fautes()
    duration = make_duration(
        open_for(ctx).registry,
        request(referentiel, options),
        chiffre_affaires=appel.given("chiffre_affaires", chiffre_affaires),
        sites=appel.given("sites", sites),
        echantillonnes=sites_echantillonnes,
    )
    data = document(duration)
    if format_ == "json":
        show_json(data)
    else:
        _show(data)


def _show(data: dict[str, Any]) -> None:
    fixee = data["fixee"]
    show_title("Durée de l’audit", data)
    if data["bareme"]:
        paragraph(f"Durée : {in_words(data['jours'])}")
        paragraph(f"{prose(data['bareme']['titre'])} [{', '.join(data['bareme']['sources'])}]", 2)
        for poste in data["postes"]:
            paragraph(f"- {_days(poste['jours'])} : {prose(poste['texte'])}{worth(poste)}", 2, hanging=4)
    elif fixee:
        paragraph("Durée : fixée hors barème" if fixee["connue"] else "Durée : inconnue")
        paragraph(f"{prose(fixee['texte'])}{worth(fixee)}", 2)
    else:
        paragraph("Durée : inconnue, les sources lues ne donnent pas la durée de cet audit")
    show_remarks(data["remarques"])
    show_contradictions(data["incoherences"])
    show_sources(data["sources"])


def in_words(days: str | None) -> str:
    """Return « 1,5 jour »; a duration of less than two days is singular in French."""
    if days is None:
        return "inconnue (une partie n’est donnée par aucune source lue)"
    return f"{days.replace('.', ',')} jour{'' if days.startswith(('0', '1.')) or days == '1' else 's'}"


def _days(days: str | None) -> str:
    return "inconnu" if days is None else in_words(days)
