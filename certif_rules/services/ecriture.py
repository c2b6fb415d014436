"""The bytes of any value of the services: a value chooses its document, and its format is the caller’s.

Machine formats are those of ``echanges/``; the others stand in the one table of :mod:`services.formats`.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.conclusion import Bilan
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.correction import Correction
from certif_rules.audit.editions import EditionsComparees
from certif_rules.audit.plan import PlanAudit
from certif_rules.audit.rebasage import Rebasage
from certif_rules.echanges import calendrier as calendrier_json
from certif_rules.echanges import conclusion as conclusion_json
from certif_rules.echanges import duree as duree_json
from certif_rules.echanges import echantillon as echantillon_json
from certif_rules.echanges.champs import as_bytes
from certif_rules.echanges.checklist import explanation
from certif_rules.echanges.constats import as_data
from certif_rules.errors import Issue, UsageError
from certif_rules.services import formats as _formats
from certif_rules.services.atelier import open_atelier
from certif_rules.services.explication import Explication
from certif_rules.services.lecture import Lecture
from certif_rules.vie.apercu import DossierEtudie
from certif_rules.vie.autodiagnostic import Cadre, Synthese
from certif_rules.vie.duree import DureeAudit
from certif_rules.vie.echantillon import Prelevement
from certif_rules.vie.echeancier import Echeancier
from certif_rules.vie.progression import Comparaison


@singledispatch
def ecrire(valeur: object, format: str = "json") -> bytes:  # noqa: A002, ARG001
    """Write a value of this module as the bytes of a document; same value, same bytes.

    Args:
        valeur: what one of the functions of this module returned.
        format: « json » for every value but a report and a plan (html, docx, pdf); the others of the command
            as well.

    Raises:
        UsageError: no such format for that value, or its library is not installed.
        TypeError: no document is made of such a value.
    """
    raise TypeError(f"no document is made of a {type(valeur).__name__}")


def _in_formats(ecrit: str) -> Any:
    """Return the writer of a value in the formats of its document, those of plugins included."""
    ours = _formats.LIVRABLES[ecrit].formats

    def write(valeur: Any, format: str = "json" if "json" in ours else ours[0]) -> bytes:  # noqa: A002
        others = () if format in ours else open_atelier().plugins.exporters
        return _formats.write_document(ecrit, _formats.choose(ecrit, format, None, others), valeur)

    return write


_ECRITS: dict[type[Any], str] = {
    Checklist: "checklist",
    Rapport: "rapport",
    PlanAudit: "plan",
    DossierEtudie: "dossier",
    Cadre: "grille",
    Synthese: "synthese",
    Comparaison: "comparaison",
    Correction: "reprise",
    EditionsComparees: "editions",
    Rebasage: "rebasage",
}
for _kind, _ecrit in _ECRITS.items():
    ecrire.register(_kind, _in_formats(_ecrit))


def _in_json(document: Any) -> Any:
    """Return the writer of a value that has no other document than its JSON."""

    def write(valeur: Any, format: str = "json") -> bytes:  # noqa: A002
        if format != "json":
            message = f"aucun format « {format} » pour cette valeur"
            raise UsageError([Issue("format-inconnu", message, None, "formats : json")])
        return as_bytes(document(valeur))

    return write


for _type, _document in (
    (Bilan, conclusion_json.document),
    (DureeAudit, duree_json.document),
    (Echeancier, calendrier_json.document),
    (Explication, lambda valeur: explanation(valeur.checklist, valeur.ligne, valeur.changements)),
    (Lecture, lambda valeur: as_data(valeur.dossier)),
    (Prelevement, echantillon_json.document),
):
    ecrire.register(_type, _in_json(_document))
