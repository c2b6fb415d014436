"""``certif-rules calendrier``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.affichage import format_option
from certif_rules.cli.console import PLAIN
from certif_rules.cli.contexte import merged, name
from certif_rules.cli.flux import FLUX, check_free, input_of, output_options, to_file, write
from certif_rules.cli.french import french_command
from certif_rules.cli.usage import fautes

if TYPE_CHECKING:
    from certif_rules.audit.constats import Dossier
    from certif_rules.audit.demande import Demande
    from certif_rules.errors import Fautes
    from certif_rules.vie.echeancier import Echeancier

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@french_command(gathers=True)
@click.argument("referentiel", required=False)
@click.option("--profil", type=FLUX, metavar="FICHIER",
              help="Profil : ses audits et ses certificats donnent leurs jours.")  # fmt: skip
@click.option("--constats", type=FLUX, metavar="FICHIER",
              help="Constats d’un audit, en place du profil : chaque écart a ses échéances.")  # fmt: skip
@click.option("--evenement", "evenements", multiple=True, metavar="NOM=AAAA-MM-JJ",
              help="Un événement et son jour (répétable).")  # fmt: skip
@click.option("--report-jour-ouvre", "report", is_flag=True,
              help="Reporte au jour ouvré suivant, là où la règle le permet.")  # fmt: skip
@click.option("--au", metavar="AAAA-MM-JJ", help="Jour auquel dire ce qui est en retard.")
@click.option("--comites", multiple=True, metavar="AAAA-MM-JJ|FICHIER",
              help="Séances prévues : un jour, ou un fichier d’un jour par ligne (répétable).")  # fmt: skip
@click.option("--cloture", type=click.IntRange(0, 366), default=0, metavar="JOURS",
              help="Jours à laisser entre un dépôt et la séance qui l’étudie ; 0 par défaut.")  # fmt: skip
@click.option("--territoire", metavar="NOM", help="Ajoute les jours fériés d’Alsace, de La Réunion…")
@click.option("--dossier", metavar="CODE", help="Code du dossier dans l’ICS : ses dates s’y mettent à jour.")
@click.option("--sequence", type=click.IntRange(0), default=0, metavar="N",
              help="Numéro de la mise à jour dans l’ICS ; 0 par défaut.")  # fmt: skip
@format_option("table", "json", "ics", of_file=True)
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, referentiel: str | None, format_: str | None, sortie: Path | None, remplacer: bool,
    dossier: str | None, sequence: int, **options: Any,
) -> None:  # fmt: skip
    """Les dates du cycle de REFERENTIEL, d’après les événements connus.

    Chaque date porte sa règle, sa source et sa certitude ; une date dont il manque un événement dit lequel.
    Aucune horloge : --au dit quel jour on est. Sans événement, la liste de ceux qu’on peut donner.
    Un écart n’a de date qu’avec --constats : ses délais sont ceux du référentiel de sa ligne.
    """
    from msgspec.structs import replace

    from certif_rules.audit.constats import Dossier
    from certif_rules.audit.demande import Demande
    from certif_rules.cli.atelier import open_for
    from certif_rules.echanges.calendrier import document
    from certif_rules.echanges.champs import as_bytes
    from certif_rules.services.calendrier import Saisie, make_calendar
    from certif_rules.services.formats import choose

    path = to_file(sortie)
    appel = fautes()
    with appel:
        check_free(path, replace=remplacer)
    with appel:
        format_ = choose("calendrier", format_, path).name
    if dossier is not None and not _CODE.fullmatch(dossier):
        hint = "des lettres sans accent, des chiffres, point, tiret ou souligné ; aucun nom de personne"
        appel.report("dossier-illisible", f"« {dossier} » n’est pas un code", None, hint)
    if format_ == "ics" and not (
        options["au"] or options["evenements"] or options["profil"] or options["constats"]
    ):
        message = "un fichier ICS a besoin d’un événement au moins"
        hint = "ajouter --evenement NOM=AAAA-MM-JJ, un profil ou des constats"
        appel.report("information-manquante", message, None, hint)
    if options["profil"] is not None and options["constats"] is not None:
        message, hint = "un fichier de constats est un profil : l’un ou l’autre", "retirer --profil"
        appel.report("demande-contradictoire", message, None, hint)
    profil, constats = options.pop("profil"), options.pop("constats")
    nom, edition = name(referentiel, appel)
    typed = Demande(referentiel=nom, edition=edition)
    read = _read(profil, constats, appel)
    written = read.demande if isinstance(read, Dossier) else read
    demande = typed
    if written is not None:
        demande = merged(written, typed, referentiel, appel)
    elif profil is not None or constats is not None:
        demande = replace(typed, illisible=True)
    demande = replace(demande, fautes=tuple(appel.issues))
    constate = read if isinstance(read, Dossier) else None
    value = make_calendar(open_for(ctx).registry, demande, Saisie(**options), constate)
    if format_ == "json":
        content = as_bytes(document(value))
    elif format_ == "ics":
        content = _ics(value, dossier, sequence)
    else:
        content = _table(value, to_terminal=path is None)
    write(content, path, replace=remplacer)


def _read(profil: Path | None, constats: Path | None, appel: Fautes) -> Demande | Dossier | None:
    """Return the file given, as read; ``None`` where there is none, or where it cannot be."""
    from certif_rules.audit.demande import read_profile
    from certif_rules.services.constats import read_dossier

    given = profil if constats is None else constats
    if given is not None:
        with appel:
            file = input_of(given)
            return read_profile(file) if constats is None else read_dossier(file)
    return None


def _ics(value: Echeancier, dossier: str | None, sequence: int) -> bytes:
    from certif_rules.cli.messages import warn
    from certif_rules.documents.calendrier.ics import left_out, render
    from certif_rules.vie.voies import needed

    for calculee in left_out(value.calendrier.dates):
        missing = f" : {needed(value.calendrier.voies[calculee.id])}" if calculee.manquent else ""
        warn(f"« {calculee.titre} » n’a pas de jour{missing} ; absent du fichier")
    for avertissement in value.avertissements:
        warn(avertissement.message, avertissement.code)
    return render(value, dossier=dossier, sequence=sequence)


def _table(value: Echeancier, *, to_terminal: bool) -> bytes:
    """Return the text; for a console that lacks our signs, with the nearest that it has."""
    from certif_rules.documents.calendrier.terminal import render

    text = "\n".join(map(render, (value, *value.autres)))
    encoding = (sys.stdout.encoding or "utf-8") if to_terminal else "utf-8"
    return text.encode(encoding, PLAIN)
