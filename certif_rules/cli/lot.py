"""``certif-rules lot``: checklists of a population, by parts that a kill does not undo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.flux import FICHIER, check_free, output_options, to_file, write, writing
from certif_rules.cli.french import french_command
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.errors import Issue
    from certif_rules.services.destinations import Destination
    from certif_rules.services.ouvriers import Ouvriers
    from certif_rules.services.travail import Avancee, Chantier

#: Most faults told one by one.
_MOST_FAULTS = 50
#: Tables, by the suffix of the file to write; the first is the one of standard output.
_TABLES = {".jsonl": "jsonl", ".csv": "csv", ".parquet": "parquet"}


@french_command()
@click.argument("fichier", type=FICHIER)
@click.argument("referentiel", required=False)
@click.option(
    "--colonnes", type=FICHIER, required=True, metavar="FICHIER", help="Ce que dit chaque colonne (YAML)."
)
@context_options
@click.option(
    "--format",
    "format_",
    metavar="FORMAT",
    help="jsonl (par défaut), csv ou parquet ; avec --dans, un format de checklist.",
)
@click.option(
    "--dans",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DOSSIER",
    help="Écrit dans ce dossier la checklist de chaque organisme, un document chacun.",
)
@click.option(
    "--processus",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processus qui travaillent ; par défaut un seul, ou avec --dans un par processeur.",
)
@click.option(
    "--dask", metavar="ADRESSE", help="Confie le travail aux ouvriers d’un ordonnanceur Dask, qui le lisent."
)
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, fichier: Path, referentiel: str | None, colonnes: Path, format_: str | None,
    dans: Path | None, sortie: Path | None, remplacer: bool, **options: Any,
) -> None:  # fmt: skip
    """Les lignes dues à chaque organisme de FICHIER, un CSV d’une rangée par organisme.

    Le profil et les options disent l’audit, qui est le même pour tous ; le CSV dit de chacun ses catégories
    et ses faits. Une rangée en faute est dite avec sa ligne, et les autres répondues. Interrompu, le travail
    reprend où il en était.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.services.lot import Lot
    from certif_rules.services.organismes import organisations, read_correspondance
    from certif_rules.services.travail import Chantier, begin, work

    path, processus, dask = to_file(sortie), options["processus"], options["dask"]
    others = (options[name] for name in ("profil", "textes", "precedent"))
    read = (fichier, colonnes, *filter(None, others))
    forme = _forme(format_, path, dans, together=processus is not None and dask is not None)
    check_free(path, replace=remplacer)
    by = read_correspondance(colonnes)
    commun = request(referentiel, options)
    atelier = open_for(ctx)
    lot = Lot(atelier.registry, commun, by, str(fichier))
    chantier = Chantier(
        commun=commun,
        correspondance=by,
        name=str(fichier),
        forme=forme,
        documents=dans is not None,
        empreinte=lot.resolution.empreinte,
        ecartes=tuple((ctx.find_root().obj or {}).get("disabled", ())),
    )
    begin(atelier, lot, chantier)
    with (
        _destination(chantier, path, dans, read, replace=remplacer) as destination,
        _ouvriers(processus, dask, documents=dans is not None) as ouvriers,
    ):
        _follow(work(chantier, organisations(fichier, by), destination, ouvriers), fichier, dans or path)


def _forme(format_: str | None, path: Path | None, dans: Path | None, *, together: bool) -> str:
    """Return the table to write, or the format of documents.

    Raises:
        UsageError: the options do not go together, there is no such table, or its library is not installed.
    """
    from certif_rules.documents.formats.extras import check
    from certif_rules.errors import Fautes, UsageError, suggestion

    wrong = Fautes()
    if together:
        wrong.report("usage", "--processus et --dask sont deux façons de répartir", None, "retirer l’une")
    if dans is not None and path is not None:
        wrong.report("usage", "--dans écrit un document par organisme : il va sans -o", None, "retirer l’un")
    if dans is not None and not dans.is_dir():
        message = f"écriture impossible : « {dans} » n’est pas un dossier"
        wrong.report("ecriture-impossible", message, None, "créer ce dossier, ou en choisir un autre")
    if dans is not None and format_ is None:
        wrong.report("usage", "--dans va avec --format", None, "par exemple --format html")
    tables = list(_TABLES.values())
    forme = format_ or (_TABLES.get(path.suffix.lower()) if path is not None else None) or tables[0]
    if dans is None:
        if forme not in tables:
            hint = f"{suggestion(forme, tables, 'formats')} ; un autre format va avec --dans"
            wrong.report("format-inconnu", f"aucun format « {forme} »", None, hint)
        with wrong:
            check(forme)
        if forme == "parquet" and path is None:
            message, hint = "le format « parquet » s’écrit dans un fichier", "ajouter -o FICHIER.parquet"
            wrong.report("sortie-requise", message, None, hint)
    if wrong.issues:
        raise UsageError(wrong.issues)
    return forme


@contextmanager
def _destination(
    chantier: Chantier, path: Path | None, dans: Path | None, read: tuple[Path, ...], *, replace: bool
) -> Iterator[Destination]:
    """Open where the parts go, or tell why not; the work comes from the first two files that are read."""
    from certif_rules.services.destinations import VersDossier, VersFichier, VersFlux
    from certif_rules.services.organismes import digest_of
    from certif_rules.source.parties import parts_of

    target = dans / "lot" if dans is not None else path
    if target is None:
        yield VersFlux(lambda content: write(content, None))
        return
    cle = chantier.key(map(digest_of, read[:2]))
    with writing(target), parts_of(target, cle) as parties:
        if dans is not None:
            yield VersDossier(parties, dans, read, replace=replace)
        else:
            yield VersFichier(parties, chantier.forme, replace=replace)


def _ouvriers(
    processus: int | None, dask: str | None, *, documents: bool
) -> AbstractContextManager[Ouvriers]:
    from certif_rules.services.ouvriers import cluster, here, processes, processors

    if dask is not None:
        return cluster(dask)
    number = processus or (processors() if documents else 1)
    return processes(number) if number > 1 else here()


def _follow(steps: Iterable[Avancee], fichier: Path, target: Path | None) -> None:
    """Go through the steps of a work, show how it goes, and say what was wrong of the rows.

    Raises:
        DataError: some were in fault; the first are listed.
    """
    from certif_rules.cli.avancement import progress
    from certif_rules.cli.messages import say
    from certif_rules.errors import DataError, first_of
    from certif_rules.services.organismes import about_how_many

    first: list[Issue] = []
    rows = wrong = beyond = 0
    with progress(lambda: about_how_many(fichier), "rangée", "rangées") as advance:
        for step in steps:
            rows += step.rangees
            wrong += len({issue.location for issue in step.fautes})
            free = _MOST_FAULTS - len(first)
            first += step.fautes[:free]
            beyond += len(step.fautes[free:])
            advance(step.rangees, step.deja)
    if target is not None:
        right = count(rows - wrong, "organisme répondu", "organismes répondus")
        say(f" : {right}, {wrong} en faute.", target)
    if first:
        raise DataError(first_of(first, _MOST_FAULTS, beyond=beyond))
