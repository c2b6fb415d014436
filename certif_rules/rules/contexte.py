"""The audit a checklist is asked for: plain facts about one organisation, one audit, one day.

Everything here is what a person typed, already checked against a référentiel (see ``verification``):
categories are declared ones, keys are ids, dates are dates. Not given is never read as false.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from msgspec import Struct, field

from certif_rules.rules.trivalent import Trivalent, both

#: What stands before the name of a check where ids of lines stand, none of which has « : ».
VERIFICATION = "verification:"
#: Why a certificate does not stand between its first and its last day.
EtatCertificat = Literal["suspendu", "retire"]
#: The value of each fact, by category.
FaitsParCategorie = Mapping[str, Mapping[str, Trivalent]]


class FaitDeclare(Struct, frozen=True, kw_only=True):
    """A declared fact has one value for all categories, or one per category (which wins).

    Of a fact that is a number, ``nombre`` and ``nombres`` are what was typed, and the values what its
    threshold makes of them: nothing, while no source gives it.
    """

    valeur: bool | None = None
    par_categorie: Mapping[str, bool] = field(default_factory=dict)
    nombre: str | None = None
    nombres: Mapping[str, str] = field(default_factory=dict)

    def number(self, categorie: str) -> str | None:
        """Return the number typed for a category, or for all of them."""
        return self.nombres.get(categorie, self.nombre)


class ConstatPrecedent(Struct, frozen=True, kw_only=True):
    """This is a finding, or the result of a check, of an earlier audit.

    It is ``ouvert`` until it is lifted, ``apres`` being what it became then.

    ``ecart`` is what was typed of one that is still open, by key: comment, statement, causes, actions…
    """

    constat: str
    ouvert: bool = True
    apres: str | None = None
    ecart: Mapping[str, str] = field(default_factory=dict)


class Precedent(Struct, frozen=True, kw_only=True):
    """The earlier audit has a ``None`` for each unknown; an empty ``constats`` is « none, and it is known ».

    Keys of ``constats`` and members of ``indicateurs_audites`` are ids of lines. ``verifications`` are
    the results of the checks that are no lines, by their id: ``satisfaite``, or ``non_satisfaite``, which may
    have been put right since; one that is not there is unknown. ``edition`` is that of its rules,
    ``precedent`` the audit before it.
    """

    type: str | None = None
    date: date | None = None
    indicateurs_audites: frozenset[str] | None = None
    constats: Mapping[str, ConstatPrecedent] | None = None
    verifications: Mapping[str, ConstatPrecedent] | None = None
    edition: str | None = None
    precedent: Precedent | None = None

    @property
    def resultats(self) -> Mapping[str, str] | None:
        """Return the results of the checks as a profile says them: ``levee`` of one put right since."""
        checks = self.verifications
        return None if checks is None else {k: c.constat if c.ouvert else "levee" for k, c in checks.items()}

    @property
    def ecarts(self) -> Mapping[str, Mapping[str, str]]:
        """Return what was typed of lines and checks, as a profile says it."""
        return {cle: dict(entry.ecart) for cle, entry in self._entries.items() if entry.ecart}

    def followed(self, cle: str) -> Mapping[str, str]:
        """Return what was typed of a line, or of a check, which is still open."""
        entry = self._entries.get(cle)
        return entry.ecart if entry and entry.ouvert else {}

    @property
    def _entries(self) -> Mapping[str, ConstatPrecedent]:
        checks = {f"{VERIFICATION}{nom}": check for nom, check in (self.verifications or {}).items()}
        return {**(self.constats or {}), **checks}


class Ajouts(Struct, frozen=True, kw_only=True):
    """An extension adds categories (ids) and sites (ids)."""

    categories: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()


class Certificat(Struct, frozen=True, kw_only=True):
    """The organisation holds a certificate: first and last day, both included.

    ``etat`` is why it does not stand on the day of the audit, ``None`` where it does; ``certain`` is false
    where nobody knows whether it does. It covers ``categories`` and ``sites`` (ids), all where ``None``.
    """

    notification: date
    echeance: date
    etat: EtatCertificat | None = None
    categories: tuple[str, ...] | None = None
    sites: tuple[str, ...] | None = None
    certain: bool = True


class Organisme(Struct, frozen=True, kw_only=True):
    """An organisation is audited; only ``categories`` is needed, the rest is printed as given."""

    categories: tuple[str, ...]
    nom: str | None = None
    siren: str | None = None
    nda: str | None = None
    chiffre_affaires: int | None = None
    sites: tuple[Mapping[str, Any], ...] = ()


class Contexte(Struct, frozen=True, kw_only=True):
    """A context is one audit: ``type_audit`` is the qualified id of a declared type, ``date`` a civil date.

    ``recues`` says of the documents that stand in for an audit whether each was received.
    """

    type_audit: str
    date: date
    organisme: Organisme
    faits: Mapping[str, FaitDeclare] = field(default_factory=dict)
    ajouts: Ajouts = field(default_factory=Ajouts)
    precedent: Precedent | None = None
    certificats: Mapping[str, Certificat] = field(default_factory=dict)
    mode: str | None = None
    recues: Mapping[str, bool] = field(default_factory=dict)

    @property
    def certifiees(self) -> tuple[str, ...]:
        """Return the categories already certified: those of the organisation less those being added."""
        return tuple(c for c in self.organisme.categories if c not in self.ajouts.categories)

    @property
    def categories(self) -> tuple[str, ...]:
        """Return every category to look at, those being added included."""
        return tuple(dict.fromkeys((*self.organisme.categories, *self.ajouts.categories)))

    def holds(self, nom: str, categorie: str) -> Trivalent:
        """Return whether a certificate stands on the day of the audit, for a category and at every site.

        One that is not given is not held: it exempts of nothing that was not shown.
        """
        certificat = self.certificats.get(nom)
        if certificat is None or not certificat.notification <= self.date <= certificat.echeance:
            return False
        if certificat.etat is not None:
            return False
        if certificat.categories is not None and categorie not in certificat.categories:
            return False
        stands = True if certificat.certain else None
        if certificat.sites is None:
            return stands
        sites = {*(site["id"] for site in self.organisme.sites), *self.ajouts.sites}
        return both((stands, sites <= {*certificat.sites} if sites else None))

    @property
    def sites_anterieurs(self) -> tuple[str, ...]:
        """Return the ids of the sites known before the audit: those listed less those being added."""
        return tuple(s["id"] for s in self.organisme.sites if s["id"] not in self.ajouts.sites)
