"""What a finding counts as, given what the earlier audit left open on its line: pure, unknown kept."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from certif_rules.model.jugement import Aggravation, Jugement
from certif_rules.rules.contexte import Precedent


class Compte(Struct, frozen=True, kw_only=True):
    """A finding counts as any of ``possibles``; ``regle`` may make it more, and ``certaine`` says if it does.

    ``certaine`` is false where nothing is known of the earlier audit.
    """

    possibles: tuple[str, ...]
    regle: Aggravation | None = None
    certaine: bool = True


def worst(jugements: Iterable[Jugement]) -> frozenset[str]:
    """Return the findings that a lesser one becomes when it is found open again, by these rules."""
    return frozenset(regle.devient for jugement in jugements for regle in jugement.aggravations)


def counted(
    jugement: Jugement | None, code_type: str, precedent: Precedent | None, ligne: str, constat: str
) -> Compte:
    """Return what ``constat`` counts as on the line ``ligne``.

    Args:
        jugement: how the référentiel of the line concludes; ``None`` when it does not say.
        code_type: the code of the audit type.
        precedent: the earlier audit, ``None`` when nothing is known of it.
        ligne: the id of the line.
        constat: the finding recorded, or that may be.
    """
    for regle in jugement.aggravations if jugement else ():
        if constat != regle.constat or code_type not in regle.types:
            continue
        if precedent is None or precedent.constats is None:
            return Compte(possibles=(constat, regle.devient), regle=regle, certaine=False)
        earlier = precedent.constats.get(ligne)
        if earlier is not None and earlier.ouvert and earlier.constat in regle.precedents:
            return Compte(possibles=(regle.devient,), regle=regle)
    return Compte(possibles=(constat,))
