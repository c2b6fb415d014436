"""Which layer rules on a day: pure choices over headers, by the date of the audit and never by today's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from certif_rules.model.referentiel import Couche, CoucheRetenue


def in_force(couches: Iterable[Couche], day: str) -> list[Couche]:
    """The layers that may be used on ``day`` (ISO date, both ends included), the latest published first."""
    admitted = [c for c in couches if c.admis_du <= day and (c.au is None or day <= c.au)]
    return sorted(admitted, key=lambda c: (c.admis_du, c.du, c.id), reverse=True)


def written_for(couches: Iterable[Couche], edition: str) -> list[Couche]:
    """The layers written for this edition (an exigence layer's id)."""
    return [couche for couche in couches if edition in couche.pour]


def with_content(couche: Couche, couches: Sequence[Couche]) -> CoucheRetenue | None:
    """``couche`` with its content, or that of the nearest layer read when it was not.

    The nearest later layer is preferred: amendments and new guides mostly complete the former text. ``None``
    when no layer of the kind was read.
    """
    if couche.lue:
        return CoucheRetenue(couche=couche, contenu=couche)
    read = sorted((c for c in couches if c.lue), key=lambda c: (c.admis_du, c.id))
    later = [c for c in read if c.admis_du >= couche.admis_du]
    nearest = later[0] if later else (read[-1] if read else None)
    return CoucheRetenue(couche=couche, contenu=nearest) if nearest else None


def period(couche: Couche) -> str:
    """The period of a layer, for people: « du 2019-06-06 au 2026-10-31 »."""
    if couche.au is None:
        return f"depuis le {couche.admis_du}"
    return f"du {couche.admis_du} au {couche.au}"
