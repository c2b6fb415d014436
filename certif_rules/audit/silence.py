"""A file says nothing of what it has no place for: it keeps what it was made from, and erases nothing.

A grid may be older than a column, or have no cell for what a findings file holds beside; in a file where
that column stands, an empty cell is what a person left empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.compte_rendu import CompteRendu
from certif_rules.audit.constats import Dossier, Releve

_RIEN = CompteRendu()


class Silence(Struct, frozen=True, kw_only=True):
    """A silence names the fields that a file has no place for: of findings, of checks, of the whole file."""

    lignes: frozenset[str] = frozenset()
    verifications: frozenset[str] = frozenset()
    dossier: frozenset[str] = frozenset()


def kept_from(base: Dossier, dossier: Dossier, silence: Silence) -> Dossier:
    """Return what a file says, with what the one that it was made from says where it has no place to."""
    own = {champ: getattr(dossier, champ) for champ in silence.dossier}
    whole = {champ: getattr(base, champ) for champ, value in own.items() if not value or value == _RIEN}
    return replace(
        dossier,
        releves=tuple(_filled(base.releves, dossier.releves, silence.lignes)),
        verifications=tuple(_filled(base.verifications, dossier.verifications, silence.verifications)),
        **whole,
    )


def _filled(before: Sequence[Releve], now: Sequence[Releve], silent: frozenset[str]) -> Iterator[Releve]:
    """Yield the findings of a file, then those of lines of which it only lacks the place to say something."""
    known = {releve.ligne: releve for releve in before}
    for releve in now:
        former = known.pop(releve.ligne, None)
        yield releve if former is None else _whole(former, releve, silent)
    for former in known.values():
        empty = Releve(ligne=former.ligne)
        releve = _whole(former, empty, silent)
        if releve != empty:
            yield releve


def _whole(former: Releve, releve: Releve, silent: frozenset[str]) -> Releve:
    if releve.site is not None and former.par_site and "par_site" in silent:
        # It says what was found at one of the sites, and nothing of the others.
        there = {part.site: part for part in former.par_site}
        own = _whole(there.get(releve.site, releve), releve, silent - {"par_site"})
        return replace(former, par_site=tuple({**there, releve.site: own}.values()))
    whole = replace(releve, **{c: getattr(former, c) for c in silent if not getattr(releve, c)})
    # No level after a lifting that somebody took away.
    return whole if whole.leve_le else replace(whole, leve_constat=releve.leve_constat)
