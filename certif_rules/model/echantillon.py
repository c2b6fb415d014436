"""The domain, life of a label: how many sites are seen at an audit, as frozen values, nothing computed."""

from typing import Literal

from msgspec import Struct

from certif_rules.model.base import Appui, CodePrecedent, Texte

#: How the root is made a whole number of sites.
Arrondi = Literal["au_plus_proche", "superieur", "inferieur"]


class Designation(Struct, frozen=True, kw_only=True):
    """A designation names sites that an audit sees: those added to it, or bearing a word of the profile."""

    ajoutes: bool = False
    etiquette: str | None = None


class RegleSites(Appui, frozen=True, kw_only=True):
    """A rule gives the sites of audit types: ``coefficient`` (as written) × root of their number, or which.

    ``tous``: all of them. ``ceux``: those that one of these designations holds of, ``texte`` in words. Where
    neither says it, ``coefficient`` is ``None`` if no source gives a number. ``non_vus`` sites at least were
    not seen at the earlier audit. ``du`` and ``au`` (ISO, both included) bound the audits it rules.
    ``en_plus`` says what is always seen besides the sample.
    """

    types: tuple[CodePrecedent, ...]
    coefficient: str | None = None
    tous: bool = False
    ceux: tuple[Designation, ...] = ()
    texte: str | None = None
    arrondi: Arrondi = "au_plus_proche"
    non_vus: int = 0
    en_plus: str | None = None
    du: str | None = None
    au: str | None = None


class MethodeEchantillon(Struct, frozen=True, kw_only=True):
    """This is what one référentiel says of samples; ``dossiers``, of samples of files, if anything."""

    sites: tuple[RegleSites, ...] = ()
    remarques: tuple[Texte, ...] = ()
    dossiers: tuple[Texte, ...] = ()
