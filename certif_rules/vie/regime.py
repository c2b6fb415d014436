"""A référentiel with what its layers say around the audit, for the commands that need no audit to answer."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from certif_rules.audit.demande import Demande
from certif_rules.errors import Issue
from certif_rules.francais import noun
from certif_rules.model.base import Source
from certif_rules.model.referentiel import Referentiel, TypeAudit
from certif_rules.model.vie import Vie


class Regime(Struct, frozen=True, kw_only=True):
    """A regime is a référentiel resolved, with what its layers say around the audit, base first."""

    referentiel: Referentiel
    vies: tuple[Vie, ...]

    @property
    def propre(self) -> Vie | None:
        """Return what the référentiel asked for says itself, its bases left out."""
        return next((vie for vie in self.vies if vie.origine == self.referentiel.id), None)

    @property
    def sources(self) -> dict[str, Source]:
        """Return every source that may be cited, in the order they are declared."""
        return {code: source for vie in self.vies for code, source in vie.sources.items()}


def named_editions(noms: tuple[str, ...]) -> str:
    """Return « édition V5 », « éditions V5 et V6 »."""
    return f"{noun(len(noms), 'édition')} {' et '.join(noms)}"


def missing_subject(regime: Regime, subject: str, part: Callable[[Vie], object], rubrique: str) -> Issue:
    """Return the issue of a référentiel whose data say nothing of a subject, naming the bases that do.

    Args:
        regime: what was asked about.
        subject: what is not told, as a complement: « de la durée des audits ».
        part: where a layer tells of it; ``None`` where it does not.
        rubrique: the section of the data that would tell of it.
    """
    nom = regime.referentiel.id
    message = f"aucune source lue pour « {nom} » ne parle {subject}"
    others = [vie.origine for vie in regime.vies if vie.origine != nom and part(vie) is not None]
    ask = f"demander plutôt {', '.join(others)}, sur quoi il repose" if others else None
    hint = f"{ask or 'le demander à l’organisme qui certifie ou labellise'} ; {to_write(regime, rubrique)}"
    return Issue("sujet-absent", message, None, hint)


def to_write(regime: Regime, rubrique: str) -> str:
    """Return where the author of a référentiel says what its data do not."""
    regles = regime.referentiel.couche_de(regime.referentiel.id, "regles")
    folder = f"regles/{regles.id if regles else '…'}/vie"
    return f"son auteur l’écrit dans {folder}/{rubrique}.yaml, sous « {rubrique} »"


def audit_type(regime: Regime, demande: Demande) -> TypeAudit | None:
    """Return the audit type that a request names, ``None`` where it names none that is known."""
    nom = regime.referentiel.id
    own = {t.code: t for t in regime.referentiel.types_audit.values() if t.origine == nom}
    return own.get((demande.type_audit or "").removeprefix(f"{nom}/"))
