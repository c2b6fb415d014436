"""The context options, the same wherever a context is needed, and the request they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from certif_rules.cli.flux import FICHIER, FLUX, input_of
from certif_rules.cli.usage import fautes

if TYPE_CHECKING:
    from certif_rules.audit.certificats import CertificatDit
    from certif_rules.audit.demande import Demande, FaitDit
    from certif_rules.audit.precedent import PrecedentDit
    from certif_rules.errors import Fautes

_TEXTES = "Textes de l’organisme pour les lignes qui n’en ont pas (YAML)."
#: Option, name of its value in the request, what it takes, help. In the order of ``--help``.
_OPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("--profil", "profil", "FICHIER", "Profil de l’audit en YAML ; « - » lit l’entrée standard."),
    ("--type", "type_audit", "TYPE", "Type d’audit."),
    ("--date", "date", "AAAA-MM-JJ", "Date de l’audit : elle choisit l’édition."),
    ("--edition", "edition", "EDITION", "Impose une édition, quelle que soit la date."),
    ("--guide", "guide", "GUIDE", "Impose un guide de lecture."),
    ("--categorie", "categories", "CODE", "Catégorie d’actions (répétable)."),
    ("--avec", "avec", "FAIT[:CATEGORIE][=NOMBRE]", "Un fait est vrai, ou vaut ce nombre (répétable)."),
    ("--sans", "sans", "FAIT[:CATEGORIE]", "Un fait est faux (répétable)."),
    ("--textes", "textes", "FICHIER", _TEXTES),
    ("--precedent", "precedent", "FICHIER", "Constats de l’audit précédent (JSON), ou « - »."),
    ("--ajout-categorie", "ajout_categories", "CODE", "Catégorie ajoutée par une extension (répétable)."),
    ("--ajout-site", "ajout_sites", "SITE", "Site ajouté par une extension (répétable)."),
    ("--certificat", "certificats", "NOM=DEBUT:FIN", "Certificat détenu et ses dates (répétable)."),
)
_TYPES: dict[str, click.Path] = {"profil": FLUX, "precedent": FLUX, "textes": FICHIER}

#: The options that a request holds as they are typed.
_TELS_QUELS = ("guide", "type_audit", "date", "categories", "ajout_categories", "ajout_sites")

F = TypeVar("F", bound=Callable[..., Any])


def context_options(function: F) -> F:
    """Add the context options to a command; it receives them in ``**options`` for :func:`request`."""
    for option, name, metavar, text in reversed(_OPTIONS):
        decorate: Callable[[F], F] = click.option(
            option, name, type=_TYPES.get(name), multiple="répétable" in text, metavar=metavar, help=text
        )
        function = decorate(function)
    return function


#: ``--textes`` alone, of a command whose context is in the file that it reads.
texts_option = click.option("--textes", type=FICHIER, metavar="FICHIER", help=_TEXTES)


def other_rules_option(
    accepted: str = "des constats faits avec d’autres règles, avec un avertissement",
) -> Callable[[F], F]:
    """Return ``--accepter-autres-regles``; its help says what is ``accepted``."""
    return click.option("--accepter-autres-regles", is_flag=True, help=f"Accepte {accepted}.")


def dress_option(text: str) -> Callable[[F], F]:
    """Return ``--habillage``."""
    return click.option("--habillage", type=FICHIER, metavar="FICHIER", help=text)


def request(referentiel: str | None, options: dict[str, Any]) -> Demande:
    """Return the request made by the argument, the profile and the options.

    What is wrong of them, and what the command found wrong before, is in its ``fautes``: it is raised with
    all the rest by those who open the référentiel.
    """
    from msgspec.structs import replace

    from certif_rules.audit.demande import read_profile

    appel = fautes()
    typed = _typed(referentiel, options, appel)
    profil = options["profil"]
    typed_only = replace(typed, illisible="profil" in appel.refused)
    if profil is not None and str(profil) == str(options["precedent"]) == "-":
        typed_only = replace(typed, illisible=True)  # told with the earlier findings: neither was read
    elif profil is not None:
        written = None
        with appel:
            written = read_profile(input_of(profil))
        typed_only = (
            replace(typed, illisible=True) if written is None else merged(written, typed, referentiel, appel)
        )
    return replace(typed_only, fautes=tuple(appel.issues))


def merged(written: Demande, typed: Demande, referentiel: str | None, appel: Fautes) -> Demande:
    """Return the profile with the options; where the argument contradicts it, the rest is still looked at."""
    from msgspec.structs import replace

    from certif_rules.audit.demande import merge

    with appel:
        return merge(written, typed, argument=referentiel)
    return merge(written, replace(typed, referentiel=None, edition=None))


def _typed(referentiel: str | None, options: dict[str, Any], appel: Fautes) -> Demande:
    from certif_rules.audit.demande import Demande, parse_fact
    from certif_rules.audit.textes import read_textes

    nom, edition = name(referentiel, appel)
    if edition and options["edition"] and edition != options["edition"]:
        message = f"édition : « {edition} » dans l’argument, « {options['edition']} » en option"
        appel.report("demande-contradictoire", message, None, "retirer l’une des deux")
    facts: list[FaitDit] = []
    for text, valeur in (*((t, True) for t in options["avec"]), *((t, False) for t in options["sans"])):
        with appel:
            facts.append(parse_fact(text, valeur))
    precedent = None
    with appel:
        precedent = _precedent(options["precedent"], options["profil"])
    textes = None
    with appel:
        textes = read_textes(options["textes"]) if options["textes"] is not None else None
    certificats: dict[str, CertificatDit] = {}
    for text in options["certificats"]:
        with appel:
            certificats |= _certificat(text)
    return Demande(
        referentiel=nom,
        edition=edition or options["edition"],
        faits=tuple(facts),
        **{nom: options[nom] for nom in _TELS_QUELS},
        precedent=precedent,
        textes=textes,
        certificats=certificats,
    )


def name(referentiel: str | None, appel: Fautes) -> tuple[str | None, str | None]:
    """Return the name and the edition of the argument; what is wrong of it leaves its name known."""
    from certif_rules.audit.demande import parse_name

    with appel:
        return parse_name(referentiel)
    return (referentiel or "").partition("@")[0] or None, None


def _precedent(precedent: Path | None, profil: Path | None) -> PrecedentDit | None:
    from certif_rules.audit.precedent import read_precedent
    from certif_rules.errors import Issue, UsageError

    if precedent is None:
        return None
    if str(precedent) == str(profil) == "-":
        message = "le profil et les constats précédents ne peuvent venir tous deux de l’entrée standard"
        raise UsageError([Issue("demande-contradictoire", message, None, "donner l’un des deux en fichier")])
    return read_precedent(input_of(precedent))


def _certificat(text: str) -> dict[str, CertificatDit]:
    from certif_rules.audit.certificats import CertificatDit
    from certif_rules.errors import Issue, UsageError

    nom, equal, dates = text.partition("=")
    debut, colon, fin = dates.partition(":")
    if not (nom and equal and colon):
        hint = f"par exemple --certificat {nom or 'NOM'}=2022-05-12:2025-05-12"
        message = f"« {text} » n’a pas la forme NOM=DEBUT:FIN"
        raise UsageError([Issue("certificat-illisible", message, None, hint)])
    return {nom: CertificatDit(notification=debut, echeance=fin)}
