"""``certif-rules conclure``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certif_rules.blocs.typographie import day, prose, with_days
from certif_rules.cli.affichage import format_option, paragraph, show_json, show_json_line
from certif_rules.cli.contexte import other_rules_option, texts_option
from certif_rules.cli.flux import FLUX, input_of
from certif_rules.cli.french import french_command
from certif_rules.cli.personnes import pseudonymise_option, say_replaced

if TYPE_CHECKING:
    from certif_rules.audit.conclusion import Bilan, Conclusion
    from certif_rules.audit.raisons import MotifConclusion

_VERDICTS = {True: "rien ne s’y oppose", False: "impossible en l’état", None: "inconnu"}
#: Whose the rest is: a conclusion is none of these.
_A_DES_PERSONNES = (
    "Ce que donnent les règles d’après les constats, et rien de plus : l’avis de l’auditeur, la revue et la "
    "décision reviennent à des personnes."
)


@french_command()
@click.argument("constats", nargs=-1, required=True, type=FLUX, metavar="CONSTATS...")
@other_rules_option()
@texts_option
@pseudonymise_option
@format_option("table", "json")
@click.pass_context
def command(
    ctx: click.Context, /, constats: tuple[Path, ...], accepter_autres_regles: bool, textes: Path | None,
    pseudonymiser: bool, format_: str,
) -> None:  # fmt: skip
    """La conclusion qu’appellent les constats de CONSTATS (JSON ou YAML ; « - » lit l’entrée standard).

    Une conclusion par référentiel. Elle reste inconnue tant que les lignes à évaluer ou à confirmer peuvent
    la changer. Un constat levé (leve_le, leve_par) n’est plus compté.
    Plusieurs fichiers sont conclus l’un après l’autre, chacun pour lui-même ; en JSON, un objet par ligne. Un
    fichier en faute n’empêche pas les autres.
    """
    from certif_rules.audit.textes import read_textes
    from certif_rules.cli.atelier import open_for
    from certif_rules.errors import DataError, Issue, IssuesError
    from certif_rules.services.conclusion import conclude_file

    texts = read_textes(textes) if textes else None
    registry = open_for(ctx).registry
    wrong: list[Issue] = []
    read = cache(input_of)  # standard input, named twice, is read once
    for given in constats:
        try:
            source = read(given)
            bilan, replaced = conclude_file(
                registry, source, other_rules=accepter_autres_regles, textes=texts,
                pseudonymise=pseudonymiser,
            )  # fmt: skip
        except IssuesError as error:
            if len(constats) == 1:
                raise
            wrong += error.issues
            continue
        if pseudonymiser:
            say_replaced(replaced)
        path = source if isinstance(source, Path) else Path(source.nom)
        _print(bilan, format_, path if len(constats) > 1 else None)
    if wrong:
        raise DataError(wrong)


def _print(bilan: Bilan, format_: str, among: Path | None) -> None:
    """Print a conclusion; that of one file ``among`` several is under its name, a line of JSON each."""
    from certif_rules.echanges.conclusion import document

    if among is None and format_ == "json":
        show_json(document(bilan))
    elif format_ == "json":
        show_json_line({"fichier": str(among), **document(bilan)})
    elif among is None:
        _show(bilan)
    else:
        click.echo(f"=== {among}")  # on one line, whatever its length
        _show(bilan)
        click.echo()


def _show(bilan: Bilan) -> None:
    from certif_rules.cli.messages import message

    referentiel = bilan.checklist.referentiel
    contexte = bilan.checklist.contexte
    type_audit = bilan.checklist.type_audit
    nom = contexte.organisme.nom
    paragraph(f"{prose(referentiel.titre)}, édition {referentiel.edition}")
    paragraph(f"{prose(type_audit.titre)} du {day(contexte.date)}" + (f" — {nom}" if nom else ""))
    paragraph(_A_DES_PERSONNES)
    for heading, conclusions in (("À l’audit", bilan.a_l_audit), ("Après levée", bilan.conclusions)):
        if conclusions and bilan.a_l_audit:
            click.echo()
            paragraph(f"{heading} :")
        for conclusion in conclusions:
            click.echo()
            _show_conclusion(bilan, conclusion)
    _show_procedure(bilan)
    if bilan.echeances and bilan.dossier.notifie_le:
        click.echo()
        paragraph(f"Échéances des constats non levés, notifiés le {day(bilan.dossier.notifie_le)} :")
    for echeance in bilan.echeances:
        counted = echeance.compte_comme or echeance.constat
        titre = prose(referentiel.constats[counted].titre)
        nom = echeance.ligne.indicateur.numero if echeance.ligne else f"vérification « {echeance.id} »"
        jugement = referentiel.jugements.get(echeance.origine or "")
        delais = jugement.echeances.get(counted, {}) if jugement else {}
        days = " ; ".join(
            f"{prose(delais[date].titre_ou(date))} le {day(jour)}"
            for date, jour in echeance.dates.items()
            if jour and date in delais
        )
        sources = f" [{', '.join(echeance.sources)}]"
        paragraph(f"{nom} — {titre} : {days}{sources}", 2, hanging=6)
    for heading, listed in (
        ("Avertissements :", bilan.avertissements),
        ("Ce que valent les textes :", bilan.checklist.notes),
    ):
        if listed:
            click.echo()
            paragraph(heading)
        for avertissement in listed:
            paragraph(f"- {avertissement.code} : {message(with_days(avertissement.message))}", 2, hanging=4)


def _show_procedure(bilan: Bilan) -> None:
    """Print where the opinions, the decisions and the notifications stand; nothing where there is none."""
    from certif_rules.audit.procedure import follow_up, opinion
    from certif_rules.documents.actes import act_heading, act_state

    followed = follow_up(bilan.procedure, bilan.dossier.compte_rendu)
    if followed:
        click.echo()
        paragraph("Après l’audit, ce qui revient à des personnes :")
    for suivi in followed:
        rule = suivi.prevu.intervention if suivi.prevu else None
        sources = f" [{', '.join(rule.sources)}]" if rule else ""
        unknown = f" ({prose(rule.inconnu)})" if rule and rule.inconnu else ""
        words = f"{act_heading(bilan.procedure, suivi)}{unknown} : {act_state(suivi)}"
        paragraph(f"{prose(words)}{sources}", 2, hanging=6)
        for avis in suivi.ecarts:
            paragraph(prose(f"s’écarte de l’avis : {opinion(bilan.procedure, avis)}"), 6)


def _show_conclusion(bilan: Bilan, conclusion: Conclusion) -> None:
    from certif_rules.documents.mots import at_length, in_figures

    referentiel = bilan.checklist.referentiel
    paragraph(f"{conclusion.objet} : {prose(conclusion.texte)}", hanging=4)
    paragraph(f"d’après les règles : {_VERDICTS[conclusion.delivrable]}", 2)
    for distinction in conclusion.distinctions:
        numero = f" ({referentiel.criteres[distinction.critere].numero})" if distinction.critere else ""
        titre = f"{prose(distinction.titre)}{numero}"
        paragraph(f"{titre} : {prose(distinction.texte)}{_sources(*distinction.motifs)}", 2, hanging=4)
        for words in (words for motif in distinction.motifs for words in at_length(motif)):
            paragraph(words, 4)
    jugement = referentiel.jugements.get(conclusion.objet)
    for nom, value in conclusion.mesures.items() if jugement else ():
        titre = prose(jugement.mesures[nom].titre) if jugement else nom
        if isinstance(value, Mapping):
            each = ", ".join(
                f"{referentiel.criteres[critere].numero} : {in_figures(child)}"
                for critere, child in value.items()
            )
            paragraph(f"{titre} : {each or 'sans valeur'}", 2, hanging=4)
        else:
            paragraph(f"{titre} : {in_figures(value)}", 2, hanging=4)
    for motif in conclusion.motifs:
        paragraph(f"- {prose(motif.texte)}{_sources(motif)}", 2, hanging=4)
        for words in at_length(motif):
            paragraph(words, 4)


def _sources(*motifs: MotifConclusion) -> str:
    cited = ", ".join(source for motif in motifs for source in motif.sources)
    return f" [{cited}]" if cited else ""
