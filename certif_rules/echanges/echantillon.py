"""A sample as JSON: its rule, its seed, its method and its list, so that anybody can draw it again."""

from __future__ import annotations

from typing import Any

from certif_rules.echanges.champs import REMARQUE, RESUME, Ecrivain, with_sources
from certif_rules.model.base import Texte
from certif_rules.model.echantillon import Designation, RegleSites
from certif_rules.model.referentiel import Referentiel
from certif_rules.vie.echantillon import METHODE, Prelevement

_ecrire = Ecrivain(
    {
        Referentiel: RESUME,
        RegleSites: "coefficient arrondi non_vus en_plus tous? ceux? texte? confiance lecture? sources",
        Designation: "ajoutes? etiquette?",
        Texte: REMARQUE,
    }
)


def document(value: Prelevement) -> dict[str, Any]:
    """Return the sample as the values that are written; keys may be added to them, never renamed."""
    regle, tirage, asked, referentiel = value.regle, value.tirage, value.demande, value.regime.referentiel
    type_audit = referentiel.types_audit.get(f"{referentiel.id}/{value.type_audit}")
    written = {
        "format": 1,
        "referentiel": referentiel,
        "audit": {"type": value.type_audit, "titre": type_audit and type_audit.titre},
        "objet": asked.objet,
        "regle": regle and _ecrire(regle, arrondi=asked.arrondi or regle.arrondi),
        "population": {"taille": tirage.population, "empreinte": tirage.empreinte},
        "depuis": asked.depuis,
        "anterieurs": asked.anterieurs,
        "fonction_centrale": asked.centrale,
        "graine": tirage.graine,
        "graine_tiree": asked.graine_tiree,
        "methode": METHODE,
        "taille": len(tirage.liste),
        "liste": tirage.liste,
        "non_vus": tirage.non_vus,
        **({"editions": value.editions} if len(value.editions) > 1 else {}),
        **({"autres_editions": [document(other) for other in value.autres]} if value.autres else {}),
        "avertissements": value.avertissements,
        "remarques": value.remarques,
    }
    return with_sources(_ecrire(written), value.regime.sources.values())
