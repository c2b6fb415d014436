"""``certif-rules rapport``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.contexte import dress_option, other_rules_option, texts_option
from certif_rules.cli.flux import FLUX, check_free, input_of, output_options, to_file, write
from certif_rules.cli.french import french_command
from certif_rules.cli.personnes import pseudonymise_option, say_replaced
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.audit.contenu import Rapport
    from certif_rules.plugins.hookspecs import Exporter
    from certif_rules.services.formats import Format


@french_command()
@click.argument("constats", type=FLUX, metavar="CONSTATS")
@click.option("--format", "format_", metavar="FORMAT", help="html (par défaut), docx ou pdf.")
@click.option("--fiches", is_flag=True, help="Les fiches des écarts seules, une par page.")
@click.option("--cloture", is_flag=True, help="La fiche de la réunion de clôture seule, à signer.")
@other_rules_option("des constats faits avec d’autres règles, avec un avertissement imprimé")
@dress_option("Habillage d’un organisme en YAML : logo, sections, phrases de fin.")
@texts_option
@pseudonymise_option
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, constats: Path, format_: str | None, fiches: bool, cloture: bool,
    sortie: Path | None, remplacer: bool, **options: Any,
) -> None:  # fmt: skip
    """Le rapport d’audit de CONSTATS (JSON ou YAML ; « - » lit l’entrée standard).

    Il porte les constats, leurs preuves, la conclusion, et une fiche par écart. Ce qui n’est pas renseigné
    est écrit comme tel, avec la place de l’écrire à la main : rien n’est rempli.
    """
    from certif_rules.audit.textes import read_textes
    from certif_rules.cli.atelier import open_for
    from certif_rules.habillage.fichier import read_habillage
    from certif_rules.services.formats import choose, write_document
    from certif_rules.services.rapport import report_file

    path = to_file(sortie)
    check_free(path, replace=remplacer)
    atelier = open_for(ctx)
    ecrit = _asked(fiches=fiches, cloture=cloture)
    chosen = choose(ecrit, format_, path, atelier.plugins.exporters)
    _refuse_binary(chosen, sortie)
    source = input_of(constats)
    dress = read_habillage(options["habillage"]) if options["habillage"] else None
    texts = read_textes(options["textes"]) if options["textes"] else None
    rapport, replaced = report_file(
        atelier.registry,
        source,
        other_rules=options["accepter_autres_regles"],
        habillage=dress,
        textes=texts,
        pseudonymise=options["pseudonymiser"],
    )
    if options["pseudonymiser"]:
        say_replaced(replaced)
    _progress(f"mise en page ({chosen.name})…")
    content = write_document(ecrit, chosen, rapport)
    write(content, path, replace=remplacer)
    if path is not None:
        _summarise(rapport, path, content)


def _asked(*, fiches: bool, cloture: bool) -> str:
    """Return which document is asked for.

    Raises:
        UsageError: two are.
    """
    from certif_rules.errors import Issue, UsageError

    if fiches and cloture:
        message = "« --fiches » et « --cloture » demandent chacun un document"
        raise UsageError(
            [Issue("demande-contradictoire", message, None, "en garder un, puis demander l’autre")]
        )
    return "fiches" if fiches else "cloture" if cloture else "rapport"


def _refuse_binary(format_: Format | Exporter, sortie: Path | None) -> None:
    """Refuse to print a document that is not text, unless « -o - » asks for it."""
    from certif_rules.errors import Issue, UsageError
    from certif_rules.services.formats import Format

    if sortie is None and isinstance(format_, Format) and not format_.texte:
        message = f"le format « {format_.name} » n’est pas du texte : il lui faut un fichier"
        hint = f"ajouter -o rapport{format_.suffix}, ou « -o - » pour l’envoyer à un autre programme"
        raise UsageError([Issue("sortie-requise", message, None, hint)])


def _progress(text: str) -> None:
    from certif_rules.cli.messages import say

    if sys.stderr.isatty():
        say(text)


def _summarise(rapport: Rapport, path: Path, content: bytes) -> None:
    """Print what was written, what is missing, and the digest of the file, to be signed elsewhere."""
    from hashlib import sha256

    from certif_rules.cli.messages import say, warn_of

    lines = sum(len(section.lignes) for section in rapport.sections)
    gaps = count(len(rapport.ecarts), "écart")
    missing = count(len(rapport.manques), "élément non renseigné", "éléments non renseignés")
    say(f" : {count(lines, 'ligne')}, {gaps}, {missing}.", path)
    click.echo(f"sha256:{sha256(content).hexdigest()}", err=True)
    warn_of(rapport.bilan.avertissements)
