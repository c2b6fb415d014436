"""Why a line is in its state, and which answers would change it."""

from __future__ import annotations

from msgspec import Struct

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.audit.deduction import rule_of
from certif_rules.audit.demande import Demande
from certif_rules.audit.questions import Question, questions
from certif_rules.errors import Issue, UsageError, suggestion
from certif_rules.model.jugement import RegleParSite
from certif_rules.model.referentiel import Changement, Referentiel
from certif_rules.noms import retrouver
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import prepare


class Explication(Struct, frozen=True, kw_only=True):
    """An explication is a line of a checklist, for one who wants to know why."""

    checklist: Checklist
    ligne: Ligne

    @property
    def changements(self) -> tuple[Changement, ...]:
        """Return what labels did to the line, the lowest first."""
        nom = self.ligne.indicateur.id
        changes = self.checklist.referentiel.changements
        return tuple(c for c in changes if (c.nature, c.cible) == ("indicateur", nom))

    @property
    def citees(self) -> tuple[str, ...]:
        """Return the sources of its reasons, of its changes and of the rule of its sites, once each."""
        resting = (*self.ligne.motifs, *self.changements, *([self.par_site] if self.par_site else ()))
        return tuple(dict.fromkeys(source for one in resting for source in one.sources))

    @property
    def par_site(self) -> RegleParSite | None:
        """Return the rule that makes its finding of those of several sites, where there is one."""
        return rule_of(self.checklist, self.ligne)


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


def ask(registry: Registry, demande: Demande) -> tuple[Referentiel, tuple[Question, ...]]:
    """Return the référentiel of a request, and the unknown facts whose answer would change a line.

    Raises:
        UsageError, DataError: the request is wrong or incomplete; everything is listed.
    """
    resolution, contexte = prepare(registry, demande)
    return resolution.referentiel, questions(resolution.referentiel, contexte)
