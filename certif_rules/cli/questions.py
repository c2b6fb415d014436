"""``certif-rules questions``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from certif_rules.blocs.typographie import prose
from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.french import french_command

if TYPE_CHECKING:
    from certif_rules.model.organisme import Fait
    from certif_rules.services.ebauche import Ebauche

_EFFETS = {"etat": "l’état de", "categories": "les catégories de", "textes": "les textes de"}


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@format_option("table", "json")
@click.pass_context
def command(ctx: click.Context, /, referentiel: str | None, format_: str, **options: Any) -> None:
    """Les faits encore inconnus dont la réponse changerait ce que dit la grille, et de quelles lignes.

    Une demande incomplète (sans date, sans catégorie…) reçoit d’abord ce qu’elle laisse à choisir ; ce qui
    lui manque est ensuite demandé, et l’état de sortie est 2.
    """
    from certif_rules.audit.examen import refusal
    from certif_rules.audit.questions import lines_of
    from certif_rules.cli.atelier import open_for
    from certif_rules.echanges.checklist import questions
    from certif_rules.errors import MANQUE
    from certif_rules.services.ebauche import study_request

    ebauche = study_request(open_for(ctx).registry, request(referentiel, options))
    if ebauche.checklist is None:
        if format_ == "table" and all(issue.code == MANQUE for issue in ebauche.issues):
            _show_choices(ebauche)
        raise refusal(list(ebauche.issues))
    resolved, asked = ebauche.checklist.referentiel, ebauche.questions
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
        paragraph(f"répondre par {_how(question.fait)}", 4)
        whom = "" if unparted else f"pour : {', '.join(question.categories)} ; "
        paragraph(f"{whom}change {' ; '.join(changes)}", 4, hanging=6)


def _how(fait: Fait) -> str:
    """Return the options that answer a fact."""
    nom, counted = fait.id, fait.nombre
    return f"--avec {nom}=N, en {counted.unite}" if counted else f"--avec {nom} ou --sans {nom}"


def _show_choices(ebauche: Ebauche) -> None:
    """Print what an incomplete request leaves to choose, as its latest edition has it."""
    if not ebauche.editions:
        return
    last = ebauche.editions[-1]
    if len(ebauche.editions) > 1:
        each = ", ".join(edition.id for edition in ebauche.editions)
        paragraph(f"La date choisira l’édition : {each}. Ce qui suit est de la dernière.")
    else:
        paragraph(f"Édition {last.id}.")
    choices = (
        ("audit.type", "--type", [(one.code, one.titre) for one in ebauche.types]),
        ("organisme.categories", "--categorie", [(one.id, one.titre) for one in ebauche.categories]),
    )
    for champ, option, values in choices:
        if ebauche.of_field(champ):
            click.echo()
            for code, titre in values:
                paragraph(f"{option} {code} : {prose(titre)}", hanging=4)
    if ebauche.faits:
        click.echo()
        paragraph("Faits auxquels on peut répondre ; ceux qui comptent dépendent de ce qui manque :")
    for fait in ebauche.faits:
        paragraph(prose(fait.question), 2, hanging=4)
        paragraph(f"répondre par {_how(fait)}", 4)
