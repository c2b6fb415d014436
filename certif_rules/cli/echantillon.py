"""``certif-rules echantillon``."""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.blocs.typographie import day, prose
from certif_rules.cli.affichage import format_option, paragraph, show_json
from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.flux import FLUX, input_of
from certif_rules.cli.french import french_command
from certif_rules.cli.usage import fautes
from certif_rules.cli.vie import show_remarks, show_sources, show_title, worth
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.audit.demande import Demande
    from certif_rules.services.population import Population

#: A seed that nobody guesses from the file.
_SEED_BYTES = 8
_ARRONDIS = ("au_plus_proche", "superieur", "inferieur")


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@context_options
@click.option(
    "--objet",
    type=click.Choice(["sites", "dossiers"]),
    default="sites",
    help="sites (par défaut) ou dossiers.",
)
@click.option(
    "--population", type=FLUX, metavar="FICHIER",
    help="Noms parmi lesquels tirer, un par ligne ; par défaut, les sites du profil.",
)  # fmt: skip
@click.option(
    "--graine", metavar="TEXTE",
    help="Graine du tirage : la même redonne la même liste ; par défaut, tirée au sort et imprimée.",
)  # fmt: skip
@click.option(
    "--depuis", metavar="AAAA-MM-JJ",
    help="Dossiers de ce jour ou d’après : celui de l’audit précédent. Le jour suit chaque nom, après « ; ».",
)  # fmt: skip
@click.option(
    "--taille", type=click.IntRange(min=1), metavar="N", help="Combien en tirer, au lieu de la règle."
)
@click.option("--arrondi", type=click.Choice(_ARRONDIS), help="Arrondi à la place de celui de la règle.")
@click.option(
    "--deja-vu", "vus", multiple=True, metavar="NOM", help="Site vu à l’audit précédent (répétable)."
)
@click.option("--aucun-vu", is_flag=True, help="Aucun site n’a été vu à un audit précédent.")
@click.option(
    "--fonction-centrale", "centrale", metavar="NOM", help="Site vu de toute façon, hors du tirage."
)
@format_option("table", "json")
@click.pass_context
def command(
    ctx: click.Context, /, referentiel: str | None, population: Path | None, vus: tuple[str, ...],
    aucun_vu: bool, format_: str, **options: Any,
) -> None:  # fmt: skip
    """Un échantillon de sites ou de dossiers, que chacun peut retirer à l’identique.

    La graine, la taille, la méthode et l’empreinte de la population sont imprimées ; l’ordre des noms ne
    compte pas.
    """
    from msgspec.structs import replace

    from certif_rules.audit.examen import parse_day
    from certif_rules.cli.atelier import open_for
    from certif_rules.echanges.echantillon import document
    from certif_rules.errors import Issue, UsageError
    from certif_rules.services.echantillon import make_sample
    from certif_rules.vie.echantillon import DemandeTirage

    appel = fautes()
    if aucun_vu and vus:
        appel.report("usage", "--aucun-vu et --deja-vu se contredisent", None, "n’en garder qu’un")
    asked = {key: options.pop(key) for key in ("objet", "taille", "arrondi", "centrale", "depuis")}
    asked["taille"] = appel.given("taille", asked["taille"])
    graine = options.pop("graine")
    if asked["depuis"] is not None:
        with appel:
            parse_day(asked["depuis"], "--depuis")
    demande = request(referentiel, options)
    read = None
    with appel:
        if str(population) == "-" and "-" in map(str, (options["profil"], options["precedent"])):
            message = "la population et un autre fichier ne peuvent venir tous deux de l’entrée standard"
            hint = "donner l’un des deux en fichier"
            raise UsageError([Issue("demande-contradictoire", message, None, hint)])
        read = _population(population, demande, asked["depuis"] if asked["objet"] == "dossiers" else None)
    if read is None:
        demande = replace(demande, fautes=tuple(appel.issues), illisible=True)
    tirage = DemandeTirage(
        population=read.noms if read else (),
        anterieurs=read.anterieurs if read else 0,
        vus=vus or (() if aucun_vu else None),
        graine=graine if graine is not None else secrets.token_hex(_SEED_BYTES),
        graine_tiree=graine is None,
        **asked,
    )
    data = document(make_sample(open_for(ctx).registry, demande, tirage))
    if format_ == "json":
        show_json(data)
        return
    for number, one in enumerate((data, *data.get("autres_editions", ()))):
        if number:
            click.echo()
        _show(one)


def _population(path: Path | None, demande: Demande, depuis: str | None) -> Population:
    from certif_rules.services.population import Population, listed_sites, parse_population
    from certif_rules.source.entree import given_file

    if path is None:
        return Population(listed_sites(demande))
    fichier = given_file(input_of(path))
    return parse_population(fichier.octets, fichier.nom, depuis=depuis)


def _show(data: dict[str, Any]) -> None:
    from certif_rules.cli.messages import message

    regle, population = data["regle"], data["population"]
    show_title("Échantillon", data)
    drawn = count(data["taille"], data["objet"].removesuffix("s"))
    paragraph(f"Tirage : {drawn} sur {population['taille']}")
    for name in data["liste"]:
        unseen = data["non_vus"] is not None and name in data["non_vus"]
        paragraph(f"- {name}{' (non vu à l’audit précédent)' if unseen else ''}", 2, hanging=4)
    if data["fonction_centrale"]:
        paragraph(f"- {data['fonction_centrale']} : fonction centrale, hors du tirage", 2, hanging=4)
    click.echo()
    if regle:
        paragraph(f"Règle : {_rule(regle)}{worth(regle)}", hanging=2)
    else:
        paragraph("Taille : donnée, aucune règle ne l’a fixée")
    drawn = " (tirée au sort : la garder, elle redonne cette liste)" if data["graine_tiree"] else ""
    paragraph(f"Graine : {data['graine']}{drawn}")
    paragraph(f"Méthode : {data['methode']}", hanging=2)
    paragraph(f"Population : {population['empreinte']}", hanging=2)
    if data["depuis"]:
        older = count(data["anterieurs"], "nom écarté", "noms écartés")
        paragraph(
            f"Depuis l’audit précédent : le {day(date.fromisoformat(data['depuis']))} ou après ({older})"
        )
    for avertissement in data["avertissements"]:
        paragraph(f"Attention : {message(avertissement['message'])}", hanging=2)
    show_remarks(data["remarques"])
    show_sources(data["sources"])


def _rule(regle: dict[str, Any]) -> str:
    if regle.get("tous") or regle.get("ceux"):
        return "tous les sites" if regle.get("tous") else prose(regle["texte"])
    from certif_rules.services.tirage import rule_in_words

    return rule_in_words(regle["coefficient"], regle["arrondi"], regle["non_vus"], regle["en_plus"])
