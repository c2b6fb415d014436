"""What a référentiel says around the audit, for the commands that need no audit to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.demande import Demande
from certif_rules.echanges.checklist import cited_sources, worth
from certif_rules.errors import Issue
from certif_rules.model.base import Texte
from certif_rules.model.referentiel import Referentiel, TypeAudit
from certif_rules.model.vie import Vie
from certif_rules.plugins.registry import Registry, Resolution
from certif_rules.services.checklist import Recherche, look_up


class Regime(Struct, frozen=True, kw_only=True):
    """A référentiel resolved, with what its layers say around the audit, base first."""

    resolution: Resolution
    vies: tuple[Vie, ...]

    @property
    def referentiel(self) -> Referentiel:
        """The référentiel itself."""
        return self.resolution.referentiel

    @property
    def propre(self) -> Vie | None:
        """What the référentiel asked for says itself, its bases left out."""
        return next((vie for vie in self.vies if vie.origine == self.referentiel.id), None)


def look_up_regime(registry: Registry, demande: Demande, lacks: Iterable[Issue] = ()) -> Recherche[Regime]:
    """Look for the régime of a request: on the date of its audit, else on that of the latest layers.

    Without a date nor an édition, the latest édition is taken: rules that changed say from when themselves.

    Args:
        registry: the rules that are installed.
        demande: what was asked.
        lacks: what it misses.

    Raises:
        DataError: wrong data; everything is listed.
    """
    issues = list(lacks)
    if demande.referentiel is None and not issues and not demande.illisible:
        names = ", ".join(registry.referentiels()) or "aucun"
        message = "il manque le référentiel"
        issues.append(Issue("information-manquante", message, None, f"référentiels : {names}"))
    if demande.date is None and demande.referentiel is not None:
        demande = replace(demande, date=_latest(registry, demande.referentiel, demande.edition))
    recherche = look_up(registry, demande, issues)
    regimes = (Regime(resolution=r, vies=registry.life(r.referentiel)) for r in recherche.choix)
    return Recherche(tuple(regimes), recherche.issues, unique=recherche.unique)


def _latest(registry: Registry, nom: str, edition: str | None) -> str:
    editions = registry.layers(nom, "exigence")
    named = [c for c in editions if c.id == edition] or editions
    # Of an unknown name, the registry says what is wrong, whatever the day.
    return registry.latest_day(named[-1]) if named else "0001-01-01"


def missing_subject(regime: Regime, subject: str, part: Callable[[Vie], object]) -> Issue:
    """Return the issue of a référentiel whose data say nothing of a subject, naming the bases that do.

    Args:
        regime: what was asked about.
        subject: what is not told, as a complement: « de la durée des audits ».
        part: where a layer tells of it; ``None`` where it does not.
    """
    nom = regime.referentiel.id
    message = f"aucune source lue pour « {nom} » ne parle {subject}"
    others = [vie.origine for vie in regime.vies if vie.origine != nom and part(vie) is not None]
    hint = f"demander plutôt {', '.join(others)}, sur quoi il repose" if others else None
    return Issue("sujet-absent", message, None, hint or "le demander à l’organisme qui certifie ou labellise")


def audit_type(regime: Regime, demande: Demande) -> TypeAudit | None:
    """Return the audit type that a request names, ``None`` where it names none that is known."""
    nom = regime.referentiel.id
    own = {t.code: t for t in regime.referentiel.types_audit.values() if t.origine == nom}
    return own.get((demande.type_audit or "").removeprefix(f"{nom}/"))


def referentiel_as_data(referentiel: Referentiel) -> dict[str, str]:
    """Return the référentiel of an answer."""
    return {"id": referentiel.id, "edition": referentiel.edition, "titre": referentiel.titre}


def remarks_as_data(textes: Iterable[Texte]) -> list[dict[str, Any]]:
    """Return what must be known, with what each remark is worth."""
    return [
        {
            "texte": texte.texte,
            **worth(texte, "confiance"),
            **({"citation": True} if texte.citation else {}),
            "sources": list(texte.sources),
        }
        for texte in textes
    ]


def sources_as_data(vies: Iterable[Vie], cited: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the sources cited, as every JSON document lists them, in the order they are declared."""
    known = {key: source for vie in vies for key, source in vie.sources.items()}
    return cited_sources(known.values(), cited)
