"""Which opinions, decisions and notifications an audit calls for, by what its référentiel says around it."""

from __future__ import annotations

from collections.abc import Iterator

from certif_rules.audit.compte_rendu import CompteRendu
from certif_rules.audit.demande import Demande
from certif_rules.audit.procedure import ROLES, ActePrevu, Procedure, follow_up
from certif_rules.errors import Location
from certif_rules.model.candidature import Candidature
from certif_rules.model.referentiel import Referentiel
from certif_rules.model.vie import Vie
from certif_rules.vie.conditions import judge
from certif_rules.vie.depot import read_deposit
from certif_rules.vie.pieces import provided


def called_for(referentiel: Referentiel, demande: Demande, vies: tuple[Vie, ...]) -> Procedure:
    """Return the acts that follow an audit, in order: those that the référentiel asked for declares.

    Args:
        referentiel: the whole stack resolved.
        demande: what was said of it: the path of an application may decide who acts.
        vies: what the layers say around the audit, base first.
    """
    vie = next((vie for vie in vies if vie.origine == referentiel.id), None)
    prevus = () if vie is None else tuple(_acts(referentiel, demande, vie))
    if vie is None or not prevus:
        return Procedure(objet=referentiel.id)
    cited = {code for prevu in prevus for code in prevu.intervention.sources}
    jugement = referentiel.jugements.get(referentiel.id)
    return Procedure(
        objet=referentiel.id,
        prevus=prevus,
        decisions=tuple(dict.fromkeys(d.code for d in jugement.decisions)) if jugement else (),
        acteurs=vie.instances.acteurs,
        sources=tuple(source for code, source in vie.sources.items() if code in cited),
    )


def _acts(referentiel: Referentiel, demande: Demande, vie: Vie) -> Iterator[ActePrevu]:
    interventions = [i for i in vie.instances.interventions if i.role in ROLES]
    if not interventions:
        return
    candidature = vie.dossier or Candidature()
    depot = read_deposit(demande, referentiel, candidature).depot
    fournies = provided(candidature, depot)
    for intervention in interventions:
        valeur = judge(intervention.si, candidature, depot, fournies).valeur
        if valeur is not False:
            acteur = None if intervention.acteur is None else vie.instances.acteurs[intervention.acteur]
            yield ActePrevu(intervention=intervention, acteur=acteur, certain=valeur is True)


def days_of_acts(procedure: Procedure, compte_rendu: CompteRendu) -> dict[str, tuple[str, Location | None]]:
    """Return the day recorded for each intervention, as written, and where it stands."""
    return {
        suivi.prevu.intervention.id: (suivi.rendu.le, suivi.rendu.lieu)
        for suivi in follow_up(procedure, compte_rendu)
        if suivi.prevu is not None and suivi.rendu is not None and suivi.rendu.le is not None
    }
