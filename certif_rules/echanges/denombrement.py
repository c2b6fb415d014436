"""How many organisations owe each line, as JSON: no organisation is named."""

from __future__ import annotations

from typing import Any

from certif_rules.audit.denombrement import Comptes, Denombrement
from certif_rules.echanges.champs import RESUME, Ecrivain
from certif_rules.model.referentiel import Indicateur, Referentiel

_ecrire = Ecrivain(
    {
        Referentiel: RESUME,
        Comptes: "referentiel empreinte avertissements sans_colonnes",
        Indicateur: "id numero titre effectifs",
    }
)


def document(denombrement: Denombrement) -> dict[str, Any]:
    """Return the counts as the values that are written; keys may be added to them, never renamed.

    A line that a set of rules does not have is ``null`` there.
    """
    comptes = denombrement.comptes
    return {
        "format": 1,
        "organismes": denombrement.nombre,
        "rangees_ecartees": len({issue.location for issue in denombrement.ecartees}),
        "regles": [
            _ecrire(c, avertissements=list(dict.fromkeys(a.code for a in c.avertissements))) for c in comptes
        ],
        "lignes": [
            _ecrire(line, effectifs=[c.effectifs.get(line.id) for c in comptes])
            for line in denombrement.lignes
        ],
    }
