"""What a référentiel says around the audit, for the commands that need no audit to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

from msgspec.structs import replace

from certif_rules.audit.demande import Demande
from certif_rules.audit.examen import readable_day
from certif_rules.errors import Issue, IssuesError
from certif_rules.model.base import Avertissement
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.choix import in_force, nearest_edition
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import Recherche, look_up
from certif_rules.vie.regime import Regime

T = TypeVar("T")
#: By what name the day of the earlier audit goes among those of events.
PRECEDENT = "precedent"


def look_up_regime(
    registry: Registry,
    demande: Demande,
    lacks: Iterable[Issue] = (),
    *,
    jours: Mapping[str, date] | None = None,
) -> Recherche[Regime]:
    """Look for the régime of a request: on the date of its audit, else on the day that the events say.

    That day is the first of an audit, those before this one included, else the first of all. Where no day is
    known, the latest édition is taken: :func:`other_editions` are those that it could be as well.

    Args:
        registry: the rules that are installed.
        demande: what was asked.
        lacks: what it misses.
        jours: the day of the events that are known, by name.

    Raises:
        DataError: wrong data; everything is listed.
    """
    issues = list(lacks)
    if demande.referentiel is None and not issues and not demande.illisible:
        names = ", ".join(registry.referentiels()) or "aucun"
        message = "il manque le référentiel"
        issues.append(Issue("information-manquante", message, None, f"référentiels : {names}"))
    if demande.date is None and demande.referentiel is not None:
        days = _known(demande, jours or {})
        date_, edition = _when(registry, demande.referentiel, demande.edition, days)
        demande = replace(demande, date=date_, edition=edition)
    recherche = look_up(registry, demande, issues)
    regimes = (Regime(referentiel=r.referentiel, vies=registry.life(r.referentiel)) for r in recherche.choix)
    return Recherche(tuple(regimes), recherche.issues, unique=recherche.unique)


def _known(demande: Demande, jours: Mapping[str, date]) -> dict[str, date]:
    """Return the days given, with that of the first of the earlier audits that a file tells of."""
    known = dict(jours)
    precedent = demande.precedent
    while precedent is not None:
        day = readable_day(precedent.date)
        if day is not None:
            known[PRECEDENT] = min(day, known.get(PRECEDENT, day))
        precedent = precedent.precedent
    return known


def _when(
    registry: Registry, texte: str, edition: str | None, jours: Mapping[str, date]
) -> tuple[str, str | None]:
    """Return the day and the edition to resolve, where the request says no day."""
    editions = _editions(registry, texte)
    if not editions:
        # Of an unknown name, the registry says what is wrong, whatever the day.
        return "0001-01-01", edition
    if edition is not None or not jours:
        named = [c for c in editions if c.id == edition] or editions
        return registry.latest_day(named[-1]), edition or named[-1].id
    day = _deciding(registry, editions, jours).isoformat()
    if in_force(editions, day):
        return day, None
    near = nearest_edition(editions, day)
    return registry.latest_day(near), near.id


def _editions(registry: Registry, texte: str) -> list[Couche]:
    try:
        return registry.layers(registry.identify(texte), "exigence")
    except IssuesError:
        return []


def _deciding(registry: Registry, editions: Iterable[Couche], jours: Mapping[str, date]) -> date:
    """Return the first day of an audit, else the first of all, by what the cycles say of their events."""
    audits = {PRECEDENT}
    for couche in editions:
        with suppress(IssuesError):  # its data are wrong: whoever asks for that édition will be told
            for vie in _regime_of(registry, couche).vies:
                if vie.origine == couche.referentiel and vie.cycle is not None:
                    audits |= {nom for nom, event in vie.cycle.evenements.items() if event.audits}
    return min([day for nom, day in jours.items() if nom in audits] or jours.values())


def _regime_of(registry: Registry, couche: Couche) -> Regime:
    day = registry.latest_day(couche)
    referentiel = registry.resolve(couche.referentiel, day=day, edition=couche.id).referentiel
    return Regime(referentiel=referentiel, vies=registry.life(referentiel))


def other_editions(
    registry: Registry, demande: Demande, regime: Regime, jours: Mapping[str, date]
) -> tuple[Regime, ...]:
    """Return the régimes of the other éditions, where neither a day nor a name chose among them.

    Raises:
        DataError: the data of one of them are wrong.
    """
    if demande.date is not None or demande.edition is not None or _known(demande, jours):
        return ()
    referentiel = regime.referentiel
    layers = registry.layers(referentiel.id, "exigence")
    return tuple(_regime_of(registry, couche) for couche in layers if couche.id != referentiel.edition)


def out_of_force(
    registry: Registry, demande: Demande, regime: Regime, jours: Mapping[str, date]
) -> Iterator[Avertissement]:
    """Yield that no edition was in force on the days given, and which one answers."""
    referentiel, days = regime.referentiel, _known(demande, jours)
    if demande.date is not None or demande.edition is not None or not days:
        return
    editions = registry.layers(referentiel.id, "exigence")
    day = _deciding(registry, editions, days).isoformat()
    if not in_force(editions, day):
        message = (
            f"aucune édition de {referentiel.id} n’est en vigueur le {day} : "
            f"l’édition {referentiel.edition} sert à sa place"
        )
        yield Avertissement("edition_hors_periode", message)


def by_edition(
    registry: Registry, demande: Demande, regime: Regime, jours: Mapping[str, date], value: T,
    answer: Callable[[Regime], T | None], document: Callable[[T], Mapping[str, Any]],
) -> tuple[tuple[str, ...], tuple[T, ...]]:  # fmt: skip
    """Return the éditions that answer as ``value``, oldest first, and the answers of those that do not.

    Args:
        registry: the rules that are installed.
        demande: what was asked.
        regime: that of ``value``.
        jours: the days given beside, by event.
        value: the answer of the édition taken.
        answer: gives that of another, ``None`` where it refuses what was asked.
        document: writes an answer; what names the référentiel is not compared.
    """

    def content(of: T) -> dict[str, Any]:
        return {key: part for key, part in document(of).items() if key != "referentiel"}

    mine = content(value)
    same, apart = {regime.referentiel.edition}, list[T]()
    for other in other_editions(registry, demande, regime, jours):
        its = answer(other)
        if its is None:
            continue
        if content(its) == mine:
            same.add(other.referentiel.edition)
        else:
            apart.append(its)
    known = (couche.id for couche in registry.layers(regime.referentiel.id, "exigence"))
    return tuple(nom for nom in known if nom in same), tuple(apart)
