"""``certif-rules expliquer``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from certif_rules.blocs.typographie import prose
from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.french import french_command
from certif_rules.cli.usage import fautes

if TYPE_CHECKING:
    from certif_rules.rules.motifs import Motif
    from certif_rules.services.explication import Explication


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@click.argument("indicateur", required=False, metavar="INDICATEUR")
@context_options
@format_option("table", "json")
@click.pass_context
def command(
    ctx: click.Context, /, referentiel: str | None, indicateur: str | None, format_: str, **options: Any
) -> None:
    """Les règles qui décident de l’état de INDICATEUR, chacune avec sa source et son fichier:ligne.

    REFERENTIEL (ou REFERENTIEL@EDITION) peut manquer si un profil le donne.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.echanges.checklist import explanation
    from certif_rules.services.checklist import make_checklist
    from certif_rules.services.explication import explain

    if indicateur is None and options["profil"] is not None:
        referentiel, indicateur = None, referentiel
    if indicateur is None:
        hint = "le numéro ou l’identifiant d’une ligne, après le référentiel"
        fautes().report("usage", "il manque INDICATEUR", None, hint)
    demande = request(referentiel, options)
    checklist = make_checklist(open_for(ctx).registry, demande)
    explication = explain(checklist, indicateur or "")
    if format_ == "json":
        show_json(explanation(checklist, explication.ligne, explication.changements))
    else:
        _show(explication)


def _show(explication: Explication) -> None:
    from certif_rules.documents.mots import SIGNES, at_length, categories, field_name

    ligne, checklist = explication.ligne, explication.checklist
    indicateur = ligne.indicateur
    titre = indicateur.titre or indicateur.exigence or "texte absent de la source"
    paragraph(f"{indicateur.numero} — {prose(titre)} ({indicateur.id})", hanging=4)
    paragraph(f"État : {SIGNES[ligne.etat].mot}", 2)
    if due := categories(checklist, ligne):
        paragraph(f"Dû pour : {', '.join(due)}", 2)
    for motif in ligne.motifs:
        click.echo()
        _show_reason(motif, explication)
    for change in explication.changements:
        click.echo()
        champs = ", ".join(map(field_name, change.champs))
        by = f"l’édition {change.edition}" if change.edition else change.origine
        paragraph(f"- modifiée par {by} ({champs}) : {prose(change.motif)}", 2, hanging=4)
        paragraph(f"sources : {', '.join(change.sources)}", 4)
        paragraph(f"règle : {change.emplacement}", 4, hanging=6)
    if explication.par_site is not None:
        regle = explication.par_site
        click.echo()
        paragraph(f"- plusieurs sites : {prose(regle.motif)}", 2, hanging=4)
        for words in at_length(regle):
            paragraph(words, 4)
        paragraph(f"sources : {', '.join(regle.sources)}", 4)
        paragraph(f"règle : {regle.emplacement}", 4, hanging=6)
    click.echo()
    paragraph(f"La ligne est écrite en {indicateur.emplacement}.", 2, hanging=4)
    for identifiant in explication.citees:
        source = checklist.referentiel.sources[identifiant]
        paragraph(f"[{identifiant}] {prose(source.titre)}. {source.reference}", 2, hanging=4)


def _show_reason(motif: Motif, explication: Explication) -> None:
    from certif_rules.documents.mots import at_length

    many = len(explication.checklist.contexte.categories) > 1
    where = f" ({', '.join(motif.categories)})" if many and motif.categories else ""
    paragraph(f"- {motif.code}{where} : {prose(motif.texte)}", 2, hanging=4)
    for words in at_length(motif):
        paragraph(words, 4)
    if motif.sources:
        paragraph(f"sources : {', '.join(motif.sources)}", 4)
    for emplacement in motif.emplacements:
        paragraph(f"règle : {emplacement}", 4, hanging=6)
