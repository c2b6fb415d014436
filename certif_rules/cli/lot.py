"""``certif-rules lot``: checklists of a population, by parts that a kill does not undo."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.contexte import context_options, request
from certif_rules.cli.flux import check_free, output_options, to_file, write, writing
from certif_rules.cli.french import french_command
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.errors import Issue
    from certif_rules.services.lot import Lot, Rangee
    from certif_rules.services.organismes import Organisation

#: Rows of a part.
PART = 5000
#: Most faults told one by one.
_MOST_FAULTS = 50
_FILE = click.Path(path_type=Path, dir_okay=False)


@french_command()
@click.argument("fichier", type=_FILE)
@click.argument("referentiel", required=False)
@click.option(
    "--colonnes", type=_FILE, required=True, metavar="FICHIER", help="Ce que dit chaque colonne (YAML)."
)
@context_options
@click.option(
    "--format",
    "format_",
    type=click.Choice(("jsonl", "csv")),
    help="jsonl (par défaut) ou csv, une rangée par organisme.",
)
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, fichier: Path, referentiel: str | None, colonnes: Path, format_: str | None,
    sortie: Path | None, remplacer: bool, **options: Any,
) -> None:  # fmt: skip
    """Les lignes dues à chaque organisme de FICHIER, un CSV d’une rangée par organisme.

    Le profil et les options disent l’audit, qui est le même pour tous ; le CSV dit de chacun ses catégories
    et ses faits. Une rangée en faute est dite avec sa ligne, et les autres répondues. Interrompu, le travail
    reprend où il en était.
    """
    from certif_rules.cli.atelier import open_for
    from certif_rules.errors import DataError, first_of
    from certif_rules.services.lot import Lot, lines_of, table_of
    from certif_rules.services.organismes import organisations, read_correspondance

    path = to_file(sortie)
    check_free(path, replace=remplacer)
    by = read_correspondance(colonnes)
    commun = request(referentiel, options)
    lot = Lot(open_for(ctx).registry, commun, by, str(fichier))
    kind = format_ or ("csv" if path is not None and path.suffix == ".csv" else "jsonl")
    render = table_of(lot, by) if kind == "csv" else lines_of
    parts = _parts(organisations(fichier, by))
    if path is None:
        faults = _to_standard_output(lot, parts, render)
    else:
        key = _key(kind, (fichier, colonnes), commun, lot)
        with writing(path):
            faults = _to_file(lot, parts, render, path, key=key, replace=remplacer)
    if faults:
        raise DataError(first_of(faults, _MOST_FAULTS))


Render = Callable[[int, Iterable["Rangee"]], bytes]


def _parts(population: Iterator[Organisation | Issue]) -> Iterator[list[Organisation | Issue]]:
    while part := list(islice(population, PART)):
        yield part


def _answered(lot: Lot, part: Iterable[Organisation | Issue]) -> tuple[list[Rangee], list[Issue]]:
    from certif_rules.errors import Issue

    rows: list[Rangee] = []
    faults: list[Issue] = []
    for organisation in part:
        answer = [organisation] if isinstance(organisation, Issue) else lot.answer(organisation)
        if isinstance(answer, list):
            faults += answer
        else:
            rows.append(answer)
    return rows, faults


def _to_standard_output(lot: Lot, parts: Iterable[list[Organisation | Issue]], render: Render) -> list[Issue]:
    issues: list[Issue] = []
    for rank, part in enumerate(parts):
        rows, faults = _answered(lot, part)
        write(render(rank, rows), None)
        issues += faults
    return issues


def _to_file(
    lot: Lot,
    parts: Iterable[list[Organisation | Issue]],
    render: Render,
    path: Path,
    *,
    key: str,
    replace: bool,
) -> list[Issue]:
    from certif_rules.cli.messages import say
    from certif_rules.source.parties import parts_of

    issues: list[Issue] = []
    number, rank = 0, -1
    with parts_of(path, key) as written:
        for rank, part in enumerate(parts):
            faults = written.known(rank)
            if faults is None:
                rows, faults = _answered(lot, part)
                written.add(rank, render(rank, rows), faults)
            issues += faults
            number += len(part)
            if sys.stderr.isatty():
                say(f"{count(number, 'rangée lue', 'rangées lues')}…")
        if rank < 0:
            rank = 0
            written.add(rank, render(rank, []), [])
        written.finish(rank + 1, replace=replace)
    wrong = len({issue.location for issue in issues})
    say(f" : {count(number - wrong, 'organisme répondu', 'organismes répondus')}, {wrong} en faute.", path)
    return issues


def _key(kind: str, files: Iterable[Path], commun: object, lot: Lot) -> str:
    """Return what tells this work from another: its files, what is asked, the rules, the program."""
    from hashlib import sha256

    from certif_rules import __version__
    from certif_rules.services.organismes import digest_of

    asked = (kind, PART, *map(digest_of, files), repr(commun), lot.resolution.empreinte, __version__)
    return sha256(repr(asked).encode()).hexdigest()
