"""Days that no layer covers: between two editions, or within an edition for the rules of its audits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from certif_rules.errors import Issue, from_emplacement
from certif_rules.model.referentiel import Couche
from certif_rules.plugins.choix import rules_for, written_for

#: What is written of each kind of layer.
_NOMS = {"exigence": "l’édition", "regles": "la couche de règles", "guide": "le guide"}


def holes(editions: Sequence[Couche], regles: Sequence[Couche], guides: Sequence[Couche]) -> Iterator[Issue]:
    """Yield each hole in the periods of a référentiel, at the layer that comes after it.

    Rules must cover the whole period of their edition; between guides alone there may be none.
    """
    yield from _between(editions)
    for edition in editions:
        own = rules_for(regles, edition)
        yield from _between(own)
        yield from _around(edition, own)
        yield from _between(written_for(guides, edition.id))


def _between(couches: Sequence[Couche]) -> Iterator[Issue]:
    ordered = sorted(couches, key=lambda couche: couche.admis_du)
    for index, later in enumerate(ordered[1:], 1):
        ends = [couche.au for couche in ordered[:index]]
        if any(end is None for end in ends):
            continue
        last = max(end for end in ends if end is not None)
        first = _day_after(last)
        if first < later.admis_du:
            yield _hole(first, _day_before(later.admis_du), later, f"avant {_NOMS[later.nature]} {later.id}")


def _around(edition: Couche, regles: Sequence[Couche]) -> Iterator[Issue]:
    """Yield the first and the last days of an edition that none of its rules covers.

    Rules taken from an earlier edition are not its author's: the hole is told at the edition.
    """
    if not regles:
        return
    first = min(regles, key=lambda couche: couche.admis_du)
    if first.admis_du > edition.admis_du:
        yield _hole(
            edition.admis_du, _day_before(first.admis_du), first, f"l’édition {edition.id} y est sans règles"
        )
    ends = [couche.au for couche in regles]
    last = None if None in ends else max(end for end in ends if end is not None)
    if last is not None and (edition.au is None or last < edition.au):
        latest = max(regles, key=lambda couche: couche.au or "")
        at = latest if edition.id in latest.pour else edition
        first_day = max(_day_after(last), edition.admis_du)
        yield _hole(first_day, edition.au, at, f"l’édition {edition.id} y est sans règles")


def _hole(first: str, last: str | None, couche: Couche, what: str) -> Issue:
    days = f"du {first} au {last}" if last else f"à partir du {first}"
    message = f"aucune couche ne vaut {days} : {what}"
    hint = "corriger `du` ou `au`, ou écrire la couche de ces jours"
    return Issue("periode-trouee", message, from_emplacement(couche.emplacement), hint)


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
