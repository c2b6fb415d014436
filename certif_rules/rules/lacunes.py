"""A gap of the sources matters to some: what they do not say of others is no concern of an audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from certif_rules.model.base import Lacune
from certif_rules.model.referentiel import Referentiel
from certif_rules.rules.contexte import Contexte, FaitsParCategorie
from certif_rules.rules.faits import out_of_region
from certif_rules.rules.mots import MOTS, MOTS_ORGANISME, Cas, Mot, judge
from certif_rules.rules.trivalent import Trivalent, either


def matters(
    lacune: Lacune, referentiel: Referentiel, contexte: Contexte, faits: FaitsParCategorie
) -> Trivalent:
    """Return whether a gap matters to an audit, for one category at least."""
    if not lacune.si:
        return True
    indicateur = next(iter(referentiel.indicateurs.values()))  # no word of its rules reads one
    cases = [Cas(referentiel, contexte, faits, indicateur, categorie) for categorie in faits]
    return either(judge(regle, cas, _MOTS).valeur for cas in cases for regle in lacune.si)


def relevant(
    lacunes: Iterable[Lacune], referentiel: Referentiel, contexte: Contexte, faits: FaitsParCategorie
) -> tuple[Lacune, ...]:
    """Return the gaps that matter, or may: what is not known leaves none out."""
    return tuple(la for la in lacunes if matters(la, referentiel, contexte, faits) is not False)


def _fait(valeur: str, cas: Cas) -> Trivalent:
    """Return whether a fact holds; a derogation that nobody spoke of may still be claimed.

    Nobody claims one of a region where no site is.
    """
    value = cas.faits[cas.categorie][valeur]
    fait, declared = cas.referentiel.faits[valeur], cas.contexte.faits.get(valeur)
    spoken = declared is not None and declared.par_categorie.get(cas.categorie, declared.valeur) is not None
    if value is False and fait.a_invoquer and not spoken and not out_of_region(fait, cas.contexte):
        return None
    return value


_MOTS: Mapping[str, Mot] = {**{mot: MOTS[mot] for mot in MOTS_ORGANISME}, "fait": _fait}
