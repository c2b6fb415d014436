"""What an auditor recorded: findings on lines, and what a findings file holds besides.

A finding starts as :data:`A_EVALUER`; nothing defaults to conforming.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.audit.compte_rendu import CompteRendu, Conflit
from certif_rules.audit.demande import Demande
from certif_rules.errors import Location
from certif_rules.model.base import Situe

#: The value of a line that was not assessed yet: the only one the core knows by name.
A_EVALUER = "a_evaluer"
#: What stands between those who assessed a line together.
ENTRE_SIGNATAIRES = " ; "
#: The two days of what follows a finding.
PLAN_RECU, PLAN_ACCEPTE = "plan_recu_le", "plan_accepte_le"


class Releve(Situe, frozen=True, kw_only=True):
    """A finding gives the id of its line, or of its check, what was found, and what goes with it.

    ``site`` is where it was made, ``None`` for the whole organisation. ``par_site`` are the findings of the
    line at each site, beside its own, which is the one for all of them. ``a_accorder`` is what two people
    said differently of a field; the one that was chosen stands in the field, which is empty until then.

    ``ligne`` may be a printed number until :func:`with_ids`. ``leve_le`` and ``evalue_le`` are ISO dates;
    ``leve_le`` is ``None`` while the finding is open, ``leve_constat`` the level that it became then.
    ``appui`` is the text that it rests on (document, page), where no source gives that of its line.
    ``ecart`` is what follows it, by key, as typed: causes, correction, proof… ``complements`` is what was
    typed in the columns that a body adds, by key. ``lieu`` is where it was read, ``lieux`` places its fields
    one by one where they were read so (« commentaire », « ecart.causes »).
    """

    ligne: str
    constat: str = A_EVALUER
    commentaire: str | None = None
    preuves_vues: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    echantillons: tuple[str, ...] = ()
    evalue_par: str | None = None
    evalue_le: str | None = None
    site: str | None = None
    leve_le: str | None = None
    leve_par: str | None = None
    appui: str | None = None
    leve_constat: str | None = None
    ecart: Mapping[str, str] = field(default_factory=dict)
    complements: Mapping[str, str] = field(default_factory=dict)
    par_site: tuple[Releve, ...] = ()
    a_accorder: tuple[Conflit, ...] = ()
    lieu: Location | None = None
    lieux: Mapping[str, Location] = field(default_factory=dict)

    @property
    def signataires(self) -> tuple[str, ...]:
        """Return who assessed the line, as typed: together, or each at a site."""
        there = (name for part in self.par_site for name in part.signataires)
        names = map(str.strip, (*(self.evalue_par or "").split(ENTRE_SIGNATAIRES), *there))
        return tuple(dict.fromkeys(filter(None, names)))

    @property
    def disputes(self) -> tuple[Conflit, ...]:
        """Return what two people said differently, and of which nobody chose, be it none of the values."""
        return tuple(c for c in self.a_accorder if not c.aucune and field_of(self, c.champ) is None)

    @property
    def porte(self) -> bool:
        """Return whether something was found: the line is no longer to assess."""
        return self.constat != A_EVALUER

    @property
    def somewhere(self) -> bool:
        """Return whether something was found of the line, or at one of its sites."""
        return self.porte or any(part.porte for part in self.par_site)

    @property
    def ouvert(self) -> bool:
        """Return whether something was found that was not lifted since."""
        return self.porte and self.leve_le is None

    def sans_levee(self) -> Releve:
        """Return the same finding as the audit left it."""
        return replace(self, leve_le=None, leve_par=None, leve_constat=None)


def field_of(releve: Releve, champ: str) -> str | None:
    """Return a text or a day of a finding by its name, « ecart.causes » included; ``None`` when empty."""
    nom, _, cle = champ.partition(".")
    value = getattr(releve, nom).get(cle) if cle else getattr(releve, nom)
    return None if value == A_EVALUER else value or None


class CoucheDite(Struct, frozen=True, kw_only=True):
    """A findings file says that it was made with this layer; ``empreinte`` is the digest of its content."""

    referentiel: str
    nature: str
    id: str
    empreinte: str | None


class ARevoir(Struct, frozen=True, kw_only=True):
    """This finding is kept whole, with why its line no longer allows it; ``verification``: it is a check's.

    ``revu_le`` is the ISO day somebody looked at it again, ``revu_par`` who did; ``None``: nobody yet.
    """

    raison: str
    releve: Releve
    verification: bool = False
    revu_le: str | None = None
    revu_par: str | None = None


class Depart(Struct, frozen=True, kw_only=True):
    """A start is what a file was written from, in the journal of its audit: a version, and its digest."""

    version: int
    empreinte: str


class Dossier(Struct, frozen=True, kw_only=True):
    """A findings file gives the request of its checklist, the findings, and apart those of the checks.

    ``empreinte`` is the digest of the rules it was made with (``None``: not given), ``couches`` their layers
    when it names them; ``notifie_le`` the ISO day the findings were notified to the organisation; ``lieux``
    places what was read, by name (« constats », « ecarts_notifies_le », « referentiel »). ``compte_rendu`` is
    what only a report uses; ``a_accorder`` is what two files say differently of it, or of the notification.
    ``depart`` is what a file sent by a workspace was written from.
    """

    demande: Demande
    releves: tuple[Releve, ...]
    empreinte: str | None = None
    notifie_le: str | None = None
    couches: tuple[CoucheDite, ...] = ()
    verifications: tuple[Releve, ...] = ()
    lieux: Mapping[str, Location] | None = None
    compte_rendu: CompteRendu = field(default_factory=CompteRendu)
    a_accorder: tuple[Conflit, ...] = ()
    a_revoir: tuple[ARevoir, ...] = ()
    depart: Depart | None = None

    def lieu(self, name: str) -> Location | None:
        """Return where a value was read; ``None`` when it does not come from a file."""
        return (self.lieux or {}).get(name)


def by_line(dossier: Dossier) -> Mapping[str, Releve]:
    """Return the findings by id of line."""
    return {releve.ligne: releve for releve in dossier.releves}


def by_point(dossier: Dossier) -> Mapping[str, Releve]:
    """Return the findings of the checks by their id."""
    return {releve.ligne: releve for releve in dossier.verifications}
