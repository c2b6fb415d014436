"""``certif-rules questions``."""

from __future__ import annotations

from typing import Any

import click

from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.atelier import open_for
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.french import french_command
from certif_rules.services.checklist import prepare
from certif_rules.services.questions import document, lines_of, questions

_EFFETS = {"etat": "l’état de", "categories": "les catégories de", "textes": "les textes de"}


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@format_option("table", "json")
@click.pass_context
def command(ctx: click.Context, /, referentiel: str | None, format_: str, **options: Any) -> None:
    """Les faits encore inconnus dont la réponse changerait ce que dit la grille, et de quelles lignes."""
    demande = request(referentiel, options)
    resolution, contexte = prepare(open_for(ctx).registry, demande)
    resolved = resolution.referentiel
    asked = questions(resolved, contexte)
    if format_ == "json":
        show_json(document(asked, resolved))
        return
    if not asked:
        paragraph("Aucune question : aucun fait inconnu ne changerait ce que dit cette grille.")
    for question in asked:
        changes = (
            f"{_EFFETS[effet]} {', '.join(line.numero for line in lines)}"
            for effet, lines in lines_of(question, resolved)
        )
        paragraph(f"{question.fait.question}", hanging=4)
        paragraph(f"répondre par --avec {question.fait.id} ou --sans {question.fait.id}", 4)
        paragraph(f"pour : {', '.join(question.categories)} ; change {' ; '.join(changes)}", 4, hanging=6)
