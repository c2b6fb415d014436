"""``certif-rules lire``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from certif_rules.cli.contexte import dress_option, other_rules_option, texts_option
from certif_rules.cli.flux import FICHIER, FLUX, check_free, input_of, output_options, to_file, write
from certif_rules.cli.french import french_command
from certif_rules.cli.personnes import pseudonymise_option, say_replaced
from certif_rules.francais import count

if TYPE_CHECKING:
    from certif_rules.errors import Issue
    from certif_rules.services.lecture import Lecture


@french_command()
@click.argument("grilles", nargs=-1, required=True, type=FLUX, metavar="GRILLE...")
@click.option(
    "--base", type=FICHIER, metavar="FICHIER",
    help="Le fichier dont toutes les grilles sont parties : ce que l’une y a effacé le reste.",
)  # fmt: skip
@click.option(
    "--dans",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DOSSIER",
    help="Lit chaque grille pour elle-même, et écrit ses constats dans ce dossier, sous son nom.",
)
@other_rules_option("une grille faite avec d’autres règles, avec un avertissement")
@dress_option("Habillage d’un organisme, pour une grille qui ne le porte pas.")
@texts_option
@pseudonymise_option
@output_options
@click.pass_context
def command(
    ctx: click.Context, /, grilles: tuple[Path, ...], base: Path | None, dans: Path | None,
    accepter_autres_regles: bool, pseudonymiser: bool, sortie: Path | None, remplacer: bool, **options: Any,
) -> None:  # fmt: skip
    """Les constats portés dans des grilles remplies (XLSX, ODS, CSV, JSON ; « - » lit l’entrée standard).

    La grille est comparée à la checklist recalculée, et chaque anomalie est dite avec sa cellule. Plusieurs
    grilles d’un même audit sont réunies par ligne, par site et par champ ; ce qui se contredit reste à
    accorder dans le fichier écrit, avec les deux valeurs. Les grilles ne sont jamais modifiées.
    Avec --dans, les grilles sont celles d’autant d’audits : l’une en faute n’empêche pas les autres.
    """
    from certif_rules.audit.textes import read_textes
    from certif_rules.cli.atelier import open_for
    from certif_rules.echanges.constats import write_dossier
    from certif_rules.errors import DataError, Issue, IssuesError, UsageError
    from certif_rules.habillage.fichier import read_habillage
    from certif_rules.services.lecture import read_grids

    path = to_file(sortie)
    targets = _targets(grilles, dans, replace=remplacer) if dans is not None else {}
    if targets and (path is not None or base is not None):
        message = "--dans lit chaque grille pour elle-même : il va sans -o ni --base"
        raise UsageError([Issue("usage", message, None, "retirer l’un ou l’autre")])
    check_free(path, replace=remplacer)
    dress = read_habillage(options["habillage"]) if options["habillage"] else None
    texts = read_textes(options["textes"]) if options["textes"] else None
    sources = {grille: input_of(grille, workbook=True) for grille in dict.fromkeys(grilles)}
    registry = open_for(ctx).registry
    wrong: list[Issue] = []
    written: set[tuple[int, int]] = set()
    for together, target in targets.items() or [(grilles, path)]:
        try:
            lecture = read_grids(
                registry, [sources[grille] for grille in together], base=base,
                other_rules=accepter_autres_regles, habillage=dress, textes=texts, pseudonymise=pseudonymiser,
            )  # fmt: skip
            if target is not None and not written.isdisjoint(_identity(target)):
                raise UsageError([_two_in_one(target)])
            write(write_dossier(lecture.dossier), target, replace=remplacer)
        except IssuesError as error:
            if not targets:
                raise
            wrong += error.issues
            continue
        written |= _identity(target) if target is not None else set()
        if pseudonymiser:
            say_replaced(lecture.remplaces)
        _summarise(lecture, target if targets else None)
    if wrong:
        raise DataError(wrong)


def _targets(grilles: tuple[Path, ...], dans: Path, *, replace: bool) -> dict[tuple[Path, ...], Path]:
    """Return the file to write for each grid alone.

    Raises:
        UsageError: two grids have one name, or a file is there already; all are listed.
    """
    from certif_rules.errors import Fautes, UsageError

    wrong = Fautes()
    targets: dict[tuple[Path, ...], Path] = {}
    if not dans.is_dir():
        message = f"écriture impossible : « {dans} » n’est pas un dossier"
        wrong.report("ecriture-impossible", message, None, "créer ce dossier, ou en choisir un autre")
    for grille in grilles:
        target = dans / f"{'entree' if str(grille) == '-' else grille.stem}.json"
        if target in targets.values():
            wrong.issues.append(_two_in_one(target))
        targets[(grille,)] = target
        with wrong:
            check_free(target, replace=replace)
    if wrong.issues:
        raise UsageError(wrong.issues)
    return targets


def _two_in_one(target: Path) -> Issue:
    from certif_rules.errors import Issue

    message = f"deux grilles s’écriraient dans « {target} »"
    return Issue("fichier-existant", message, None, "donner un autre nom à l’une d’elles")


def _identity(path: Path) -> set[tuple[int, int]]:
    """Return what the system calls a file, if it is there: two names may be one, by a link or by case."""
    try:
        stat = path.stat()
    except OSError:
        return set()
    return {(stat.st_dev, stat.st_ino)}


def _summarise(lecture: Lecture, path: Path | None) -> None:
    from certif_rules.cli.messages import say, warn_of

    releves = lecture.dossier.releves
    done = sum(releve.porte for releve in releves)
    filled = {releve.ligne for releve in releves if releve.porte}
    states = {ligne.indicateur.id: ligne.etat for ligne in lecture.checklist.lignes}
    left = sum(etat == "a_auditer" and i not in filled for i, etat in states.items())
    unsure = sum(etat == "a_confirmer" and i not in filled for i, etat in states.items())
    parts = [count(done, "ligne évaluée", "lignes évaluées"), f"{left} à évaluer", f"{unsure} à confirmer"]
    assessed = {releve.ligne for releve in lecture.dossier.verifications if releve.porte}
    unchecked = sum(point.id not in assessed for point in lecture.checklist.verifications)
    if unchecked:
        parts.append(count(unchecked, "vérification à faire", "vérifications à faire"))
    say(f"{' : ' if path else ''}{', '.join(parts)}.", path or "")
    warn_of((*lecture.avertissements, *lecture.checklist.avertissements))
