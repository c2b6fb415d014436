"""The duration of an audit as JSON: each item with its source; an unknown number of days is ``null``."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from certif_rules.echanges.champs import INCOHERENCE, REMARQUE, RESUME, Ecrivain, with_sources
from certif_rules.model.bareme import Bareme, DureeSansBareme
from certif_rules.model.base import Texte
from certif_rules.model.referentiel import Referentiel
from certif_rules.model.vie import Incoherence
from certif_rules.vie.duree import DureeAudit, Poste
from certif_rules.vie.montants import exact

_ecrire = Ecrivain(
    {
        Referentiel: RESUME,
        Bareme: "id titre sources",
        Poste: "texte jours confiance lecture? sources",
        DureeSansBareme: "texte connue confiance incoherences? sources",
        Texte: REMARQUE,
        Incoherence: INCOHERENCE,
        Fraction: exact,
    }
)


def document(audit: DureeAudit) -> dict[str, Any]:
    """Return the duration as the values that are written; keys may be added to them, never renamed."""
    calcul, contexte, referentiel = audit.calcul, audit.contexte, audit.regime.referentiel
    type_audit, organisme = referentiel.types_audit[contexte.type_audit], contexte.organisme
    written = {
        "format": 1,
        "referentiel": referentiel,
        "audit": {"type": type_audit.code, "titre": type_audit.titre, "date": contexte.date},
        "organisme": {
            "categories": organisme.categories,
            "chiffre_affaires": organisme.chiffre_affaires,
            "sites": audit.sites,
        },
        "bareme": calcul.bareme,
        "jours": calcul.jours,
        "postes": calcul.postes,
        "fixee": calcul.sans_bareme,
        "remarques": audit.remarques,
        "incoherences": audit.incoherences,
    }
    return with_sources(_ecrire(written), audit.regime.sources.values())
