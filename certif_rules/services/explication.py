"""Every rule that decided the state of one line, with its sources and the place it is written at."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.echanges.checklist import change
from certif_rules.echanges.commun import cited_sources, worth
from certif_rules.errors import Issue, UsageError, suggestion
from certif_rules.model.referentiel import Changement
from certif_rules.noms import retrouver


class Explication(Struct, frozen=True, kw_only=True):
    """A line of a checklist, for one who wants to know why."""

    checklist: Checklist
    ligne: Ligne

    @property
    def changements(self) -> tuple[Changement, ...]:
        """What labels did to the line, the lowest first."""
        nom = self.ligne.indicateur.id
        changes = self.checklist.referentiel.changements
        return tuple(c for c in changes if (c.nature, c.cible) == ("indicateur", nom))

    @property
    def citees(self) -> tuple[str, ...]:
        """The sources of its reasons and of its changes, once each."""
        of_reasons = [source for motif in self.ligne.motifs for source in motif.sources]
        return tuple(dict.fromkeys([*of_reasons, *(s for c in self.changements for s in c.sources)]))


def explain(checklist: Checklist, indicateur: str) -> Explication:
    """Return the line named by its printed number (when only one bears it) or by its id.

    Raises:
        UsageError: no line, or several, bear that name.
    """
    lignes = checklist.lignes
    named = retrouver(indicateur, {li.indicateur.id: (li.indicateur.numero,) for li in lignes})
    matches = [li for li in lignes if li.indicateur.id in named]
    if len(matches) == 1:
        return Explication(checklist=checklist, ligne=matches[0])
    if matches:
        ids = ", ".join(li.indicateur.id for li in matches)
        message = f"« {indicateur} » désigne plusieurs lignes : {ids}"
        raise UsageError([Issue("ligne-ambigue", message, None, "écrire l’identifiant")])
    numeros = [li.indicateur.numero for li in lignes]
    hint = suggestion(indicateur, numeros, "lignes")
    raise UsageError([Issue("ligne-inconnue", f"aucune ligne « {indicateur} »", None, hint)])


def document(explication: Explication) -> dict[str, Any]:
    """Return the explanation as the values that are written; keys may be added to them, never renamed."""
    ligne = explication.ligne
    sources = explication.checklist.referentiel.sources
    return {
        "format": 1,
        "id": ligne.indicateur.id,
        "numero": ligne.indicateur.numero,
        "titre": ligne.indicateur.titre,
        "emplacement": ligne.indicateur.emplacement,
        "etat": ligne.etat,
        "categories": list(ligne.categories),
        "regles": [
            {
                "code": motif.code,
                "texte": motif.texte,
                "categories": list(motif.categories),
                "sources": list(motif.sources),
                **worth(motif, "confiance", "lecture"),
                "emplacements": list(motif.emplacements),
            }
            for motif in ligne.motifs
        ],
        "changements": [
            change(value) | {"emplacement": value.emplacement} for value in explication.changements
        ],
        "sources": cited_sources(sources.values(), explication.citees),
    }
