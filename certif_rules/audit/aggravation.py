"""What a finding counts as, given what the earlier audit left open on its line: pure, unknown kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from certif_rules.model.jugement import Aggravation, Delai, Jugement
from certif_rules.rules.contexte import Precedent


class Compte(Struct, frozen=True, kw_only=True):
    """A finding counts as any of ``possibles``; ``regle`` may make it more, and ``certaine`` says if it does.

    ``certaine`` is false where nothing is known of the earlier audit.
    """

    possibles: tuple[str, ...]
    regle: Aggravation | None = None
    certaine: bool = True


def worst(jugements: Iterable[Jugement]) -> frozenset[str]:
    """Return the findings that weigh more than another by these rules.

    A lesser one becomes it when it is found open again, or it is due sooner than another of the same rules.
    """
    every = tuple(jugements)
    become = {regle.devient for jugement in every for regle in jugement.aggravations}
    pressing = {
        constat
        for jugement in every
        for constat, dates in jugement.echeances.items()
        if any(_due_sooner(dates, others) for others in jugement.echeances.values())
    }
    return frozenset(become | pressing)


def _due_sooner(dates: Mapping[str, Delai], others: Mapping[str, Delai]) -> bool:
    """Return whether one of these dates certainly comes before all the others that the same event opens."""
    rivals = [delai for delai in others.values() if delai.de not in others]
    for delai in dates.values():
        same = [rival for rival in rivals if rival.de == delai.de]
        if same and all(_is_before(delai, rival) for rival in same):
            return True
    return False


def _is_before(delai: Delai, autre: Delai) -> bool:
    """Return whether a delay ends before another on any day: a month has from 28 to 31 days."""
    months = autre.mois - delai.mois
    return delai.jours - autre.jours < (28 if months > 0 else 31) * months


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
