"""``certif-rules questions``."""

from __future__ import annotations

from typing import Any

import click

from certif_rules.blocs.typographie import prose
from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.french import french_command

_EFFETS = {"etat": "l’état de", "categories": "les catégories de", "textes": "les textes de"}


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@format_option("table", "json")
@click.pass_context
def command(ctx: click.Context, /, referentiel: str | None, format_: str, **options: Any) -> None:
    """Les faits encore inconnus dont la réponse changerait ce que dit la grille, et de quelles lignes."""
    from certif_rules.audit.questions import lines_of
    from certif_rules.cli.atelier import open_for
    from certif_rules.echanges.checklist import questions
    from certif_rules.services.explication import ask

    resolved, asked = ask(open_for(ctx).registry, request(referentiel, options))
    if format_ == "json":
        show_json(questions(asked, resolved))
        return
    if not asked:
        paragraph("Aucune question : aucun fait inconnu ne changerait ce que dit cette grille.")
    unparted = resolved.sans_categories
    for question in asked:
        changes = (
            f"{_EFFETS[effet]} {', '.join(line.numero for line in lines)}"
            for effet, lines in lines_of(question, resolved)
        )
        paragraph(prose(question.fait.question), hanging=4)
        nom, counted = question.fait.id, question.fait.nombre
        how = f"--avec {nom}=N, en {counted.unite}" if counted else f"--avec {nom} ou --sans {nom}"
        paragraph(f"répondre par {how}", 4)
        whom = "" if unparted else f"pour : {', '.join(question.categories)} ; "
        paragraph(f"{whom}change {' ; '.join(changes)}", 4, hanging=6)
