"""The context options, the same wherever a context is needed, and the request they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from certif_rules.demande import Demande, merge, parse_fact, read_precedent, read_profile
from certif_rules.errors import Issue, UsageError

_REPEATABLE = "répétable"

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--profil", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FICHIER",
                 help="Profil de l’audit en YAML ; « - » lit l’entrée standard."),
    click.option("--type", "type_audit", metavar="TYPE", help="Type d’audit : initial, surveillance…"),
    click.option("--date", "date", metavar="AAAA-MM-JJ", help="Date de l’audit : elle choisit l’édition."),
    click.option("--edition", metavar="EDITION", help="Impose une édition, quelle que soit la date."),
    click.option("--guide", metavar="GUIDE", help="Impose un guide de lecture."),
    click.option("--categorie", "categories", multiple=True, metavar="CODE",
                 help=f"Catégorie d’actions ({_REPEATABLE})."),
    click.option("--avec", "avec", multiple=True, metavar="FAIT[:CATEGORIE]",
                 help=f"Un fait est vrai ({_REPEATABLE})."),
    click.option("--sans", "sans", multiple=True, metavar="FAIT[:CATEGORIE]",
                 help=f"Un fait est faux ({_REPEATABLE})."),
    click.option("--precedent", type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER",
                 help="Constats de l’audit précédent (JSON)."),
    click.option("--ajout-categorie", "ajout_categories", multiple=True, metavar="CODE",
                 help=f"Catégorie ajoutée par une extension ({_REPEATABLE})."),
    click.option("--ajout-site", "ajout_sites", multiple=True, metavar="SITE",
                 help=f"Site ajouté par une extension ({_REPEATABLE})."),
    click.option("--certificat", "certificats", multiple=True, metavar="NOM=DEBUT:FIN",
                 help=f"Certificat détenu, avec ses dates ({_REPEATABLE})."),
)  # fmt: skip


def context_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the context options to a command; it receives them in ``**options`` for :func:`request`."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def request(referentiel: str | None, options: dict[str, Any]) -> Demande:
    """The request made by the argument, the profile and the options.

    Raises:
        UsageError, DataError: the argument contradicts the profile or the options, or a file is wrong.
    """
    typed = _typed(referentiel, options)
    profil = options["profil"]
    if profil is None:
        return typed
    stdin = click.get_binary_stream("stdin").read() if str(profil) == "-" else None
    written = read_profile(Path("<entrée standard>") if stdin is not None else profil, stdin=stdin)
    edition = (referentiel or "").partition("@")[2]
    if edition and written.edition and edition != written.edition:
        message = f"édition : « {edition} » en argument, « {written.edition} » dans le profil"
        raise UsageError([Issue("demande-contradictoire", message, None, "retirer l’une des deux")])
    return merge(written, typed)


def _typed(referentiel: str | None, options: dict[str, Any]) -> Demande:
    nom, _, edition = (referentiel or "").partition("@")
    if edition and options["edition"] and edition != options["edition"]:
        message = f"édition : « {edition} » dans l’argument, « {options['edition']} » en option"
        raise UsageError([Issue("demande-contradictoire", message, None, "retirer l’une des deux")])
    facts = [parse_fact(text, True) for text in options["avec"]]
    facts += [parse_fact(text, False) for text in options["sans"]]
    return Demande(
        referentiel=nom or None,
        edition=edition or options["edition"],
        guide=options["guide"],
        type_audit=options["type_audit"],
        date=options["date"],
        categories=options["categories"],
        faits=tuple(facts),
        ajout_categories=options["ajout_categories"],
        ajout_sites=options["ajout_sites"],
        precedent=read_precedent(options["precedent"]) if options["precedent"] else None,
        certificats=_certificats(options["certificats"]),
    )


def _certificats(texts: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    found = {}
    for text in texts:
        nom, equal, dates = text.partition("=")
        debut, colon, fin = dates.partition(":")
        if not (nom and equal and colon):
            hint = "par exemple --certificat qualiopi=2022-05-12:2025-05-12".replace("qualiopi", nom or "NOM")
            raise UsageError([Issue("certificat-illisible", f"« {text} » n’a pas la forme NOM=DEBUT:FIN", None, hint)])
        found[nom] = (debut, fin)
    return found
