"""From the pairs (line, category) to the state of a line, by the table of ``docs/codes.md``."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from certif_rules.model.referentiel import Constat, Indicateur
from certif_rules.rules.motifs import ETATS, Etat, Motif, Reponse
from certif_rules.rules.trivalent import Trivalent


class Couple(Struct, frozen=True, kw_only=True, gc=False):
    """A pair answers for one category whether the line applies, and whether it is due."""

    categorie: str
    portee: Reponse
    perimetre: Reponse

    @property
    def etat(self) -> Etat:
        """Return the state of this pair alone."""
        return state(self.portee.valeur, self.perimetre.valeur)

    @property
    def motifs(self) -> tuple[Motif, ...]:
        """Return its reasons; whether a line is due is not worth saying of one that does not apply."""
        if self.portee.valeur is False:
            return self.portee.motifs
        return self.portee.motifs + self.perimetre.motifs


def state(portee: Trivalent, perimetre: Trivalent) -> Etat:
    """Return the state of a pair. Joining categories before asking for the perimeter would be an error."""
    if portee is False:
        return "non_applicable"
    if perimetre is False:
        return "non_audite"
    return "a_auditer" if portee and perimetre else "a_confirmer"


def strongest(couples: tuple[Couple, ...]) -> Etat:
    """Return the state of a line: the strongest of its pairs."""
    return couples[0].etat if len(couples) == 1 else min((c.etat for c in couples), key=ETATS.index)


def findings(
    indicateur: Indicateur, etat: Etat, couples: tuple[Couple, ...], constats: Mapping[str, Constat]
) -> tuple[str, ...]:
    """Return the findings that may be recorded on a line.

    A line out by category allows only the finding that says so; one out by a fact may be reversed by the
    auditor, so it keeps them all; a line that is not due receives none.
    """
    if etat == "non_audite":
        return ()
    if etat != "non_applicable":
        return indicateur.constats_permis
    codes = {motif.code for couple in couples for motif in couple.motifs}
    if codes == {"hors_categorie"}:
        return tuple(c for c in indicateur.constats_permis if constats[c].hors_portee)
    return indicateur.constats_permis
