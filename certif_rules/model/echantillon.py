"""The domain, life of a label: how many sites are seen at an audit, as frozen values, nothing computed."""

from typing import Literal

from msgspec import Struct

from certif_rules.model.base import Appui, CodePrecedent, Texte

#: How the root is made a whole number of sites.
Arrondi = Literal["au_plus_proche", "superieur", "inferieur"]


class RegleSites(Appui, frozen=True, kw_only=True):
    """The number of sites at some audit types: ``coefficient`` (as written) × the root of their number.

    ``coefficient`` is ``None`` where no source gives a number. ``non_vus`` sites at least were not seen at
    the earlier audit. ``du`` and ``au`` (ISO, both included) bound the audits it rules. ``en_plus`` says what
    is always seen besides the sample.
    """

    types: tuple[CodePrecedent, ...]
    coefficient: str | None
    arrondi: Arrondi = "au_plus_proche"
    non_vus: int = 0
    en_plus: str | None = None
    du: str | None = None
    au: str | None = None


class MethodeEchantillon(Struct, frozen=True, kw_only=True):
    """What one référentiel says of samples. ``dossiers`` is what it says of samples of files, if anything."""

    sites: tuple[RegleSites, ...] = ()
    remarques: tuple[Texte, ...] = ()
    dossiers: tuple[Texte, ...] = ()
