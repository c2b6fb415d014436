"""An audit of a made-up organisation, for whoever looks around."""

from typing import Any, Final

EXEMPLE: Final[dict[str, Any]] = {
    "format": 1,
    "referentiel": {"id": "certifregion"},
    "audit": {"type": "initial", "date": "2024-03-18"},
    "organisme": {
        "nom": "Atelier d’exemple",
        "categories": ["AF"],
        "faits": {"sous_traitance": True, "plus_de_deux_jours": True, "certifiante": False},
    },
}
