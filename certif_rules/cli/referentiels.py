"""``certif-rules referentiels``."""

from __future__ import annotations

from typing import Any

import click

from certif_rules.blocs.typographie import day
from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.french import explain, french_command
from certif_rules.francais import count

_NATURES = {"exigence": "exigences", "regles": "règles", "guide": "guide"}


@french_command()
@click.argument("nom", required=False)
@format_option("table", "json")
@click.option(
    "--detail",
    is_flag=True,
    help="Liste aussi chaque lacune, chaque incohérence des sources et les faits à renseigner.",
)
@click.pass_context
def command(ctx: click.Context, /, nom: str | None, format_: str, detail: bool) -> int:
    """Les référentiels et leurs éditions : périodes, couches, lacunes, incohérences ; ceux que NOM désigne.

    Sans NOM, tous. Accents, capitales, apostrophes et espaces de NOM ne comptent pas.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.errors import DataError
    from certif_rules.services.catalogue import describe

    editions, issues = describe(open_for(ctx).registry, nom)
    if format_ == "json":
        show_json({"format": 1, "editions": editions})
    else:
        for position, edition in enumerate(editions):
            if position:
                click.echo()
            _show(edition, detail=detail)
    return explain(DataError(issues)) if issues else 0


def _show(edition: dict[str, Any], *, detail: bool) -> None:
    from certif_rules.documents.mots import field_name, quoted

    paragraph(f"{edition['referentiel']}@{edition['edition']} — {edition['titre']}", hanging=4)
    end = f" au {day(edition['au'])}" if edition["au"] else ", sans fin connue"
    if later := edition.get("remplacee"):
        end += f" ; {later['par']} la remplace le {day(later['du'])}"
    base = f", sur {edition['base']}" if edition["base"] else ""
    base += f", écrite depuis {edition['depuis']}" if edition.get("depuis") else ""
    paragraph(f"audits du {day(edition['du'])}{end}{base} ; greffon « {edition['plugin']} »", 4)
    paragraph(f"{count(edition['criteres'], 'critère')}, {count(edition['indicateurs'], 'indicateur')}", 4)
    paragraph(f"types d’audit : {', '.join(edition['types_audit'])}", 4, hanging=6)
    paragraph(f"catégories : {', '.join(edition['categories']) or 'aucune'}", 4, hanging=6)
    for couche in edition["couches"]:
        _show_layer(couche)
    lacunes, incoherences = edition["lacunes"], edition["incoherences"] or ()
    champs = sum(len(lacune["champs"]) for lacune in lacunes)
    listed = "" if detail else " (--detail les liste)"
    paragraph(f"lacunes : {len(lacunes)}, sur {champs} points{listed if lacunes else ''}", 4)
    if detail:
        for lacune in lacunes:
            subject = lacune["ligne"] or "ensemble"
            named = ", ".join(map(field_name, lacune["champs"]))
            paragraph(f"- {subject} ({named}) : {lacune['cherche']}", 6, hanging=8)
    if incoherences:
        paragraph(f"incohérences des sources : {len(incoherences)}{listed}", 4)
    if detail:
        for rubrique in edition["presentation"] or ():
            paragraph(f"{rubrique['titre']} :", 4)
            for texte in rubrique["textes"]:
                words = quoted(texte["texte"]) if texte.get("citation") else texte["texte"]
                paragraph(f"- {words} ({', '.join(texte['sources'])})", 6, hanging=8)
        for incoherence in incoherences:
            _show_contradiction(incoherence)
        paragraph("faits à renseigner :", 4)
        for fait, question in edition["faits"].items():
            paragraph(f"- {fait} : {question}", 6, hanging=8)
        paragraph("sources citées :", 4)
        for code, titre in edition["sources"].items():
            paragraph(f"- {code} : {titre}", 6, hanging=8)


def _show_contradiction(incoherence: dict[str, Any]) -> None:
    """Print what contradicts itself, what is made of it, and which commands tell it."""
    code, sources = incoherence["id"], ", ".join(incoherence["sources"])
    paragraph(f"- {code} ({sources}) : {incoherence['texte']}", 6, hanging=8)
    for label, text in (("lecture", incoherence["lecture"]), ("question", incoherence["question"])):
        if text:
            paragraph(f"{label} : {text}", 8)
    commandes = incoherence["commandes"]
    shown = f"montrée par : {', '.join(commandes)}" if commandes else "ne change la réponse d’aucune commande"
    paragraph(shown, 8)


def _show_layer(couche: dict[str, Any]) -> None:
    start = day(couche["du"])
    period = f"depuis le {start}" if couche["au"] is None else f"{start} – {day(couche['au'])}"
    if couche["admis_du"] != couche["du"]:
        period += f" (admis dès le {day(couche['admis_du'])})"
    read = "" if couche["lue"] else ", non lue"
    declared = "brouillon, sans révision" if couche["revision"] is None else f"révision {couche['revision']}"
    paragraph(f"- {_NATURES[couche['nature']]} {couche['id']} : {period}{read}, {declared}", 4, hanging=6)
