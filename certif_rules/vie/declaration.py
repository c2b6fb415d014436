"""What a person says of their application file, already checked; not given is unknown, never false."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct, field

from certif_rules.rules.contexte import Certificat
from certif_rules.rules.trivalent import Trivalent


class PieceDite(Struct, frozen=True, kw_only=True):
    """A document is as told; ``fournie`` is ``None`` when nobody knows, ``forme`` is the paper given."""

    fournie: Trivalent = True
    fourni_le: date | None = None
    etabli_le: date | None = None
    expire_le: date | None = None
    signe: bool | None = None
    forme: str | None = None


class DevisDit(Struct, frozen=True, kw_only=True):
    """A quote is as told: firm, euros in cents, days as an exact fraction, the funding line as printed."""

    auditeur: str
    montant: int | None = None
    duree_jours: Fraction | None = None
    financement: str | bool | None = None
    signe: bool | None = None
    expire_le: date | None = None


class Depot(Struct, frozen=True, kw_only=True):
    """A depot gathers all that is told of an application.

    ``pieces`` is ``None`` when documents were not described at all: then none is missing yet. ``type`` and
    ``precedent`` are codes of audit types. ``jour`` is the day validities are compared to: that of the
    filing, else that of the audit. ``reponses`` maps questions to answers; ``deduites``
    names those read elsewhere in the profile. ``champs`` are the fields that the profile gives of the
    organisation, ``faits`` what is known of each fact, for one of its categories at least.
    """

    type: str | None = None
    type_deduit_de: str | None = None
    precedent: str | None = None
    depot_le: date | None = None
    audit_le: date | None = None
    nom: str | None = None
    categories: tuple[str, ...] = ()
    champs: frozenset[str] = frozenset()
    faits: Mapping[str, Trivalent] = field(default_factory=dict)
    reponses: Mapping[str, str] = field(default_factory=dict)
    deduites: frozenset[str] = frozenset()
    pieces: Mapping[str, PieceDite] | None = None
    devis: tuple[DevisDit, ...] | None = None
    certificats: Mapping[str, Certificat] = field(default_factory=dict)
    auditeur: str | None = None
    mode: str | None = None
    motif_mode: str | None = None

    @property
    def jour(self) -> date | None:
        """Return the day of comparison; never that of a clock."""
        return self.depot_le or self.audit_le

    @property
    def decrit(self) -> bool:
        """Return whether the documents were described, be it as none."""
        return self.pieces is not None or self.devis is not None
