"""A calendar as JSON: each date with its rule, those that cannot be computed with what they wait for."""

from __future__ import annotations

from typing import Any

from certif_rules.echanges.champs import INCOHERENCE, RESUME, Ecrivain, with_sources
from certif_rules.model.cycle import RegleDate
from certif_rules.model.referentiel import Referentiel
from certif_rules.model.vie import Incoherence
from certif_rules.vie.calendrier import DateCalculee, FenetreAncre
from certif_rules.vie.echeancier import Echeancier
from certif_rules.vie.fetes import TERRITORIALES, Fete
from certif_rules.vie.seances import Plan, Seance

_ecrire = Ecrivain(
    {
        Referentiel: RESUME,
        RegleDate: "sources confiance titre regle=texte certitude? visee? lecture? incoherences?",
        DateCalculee: "calcul? non_ouvre=chome? evenements_manquants=manquent? voies? donnee? calculee?"
        " origine? constat? suivi? accomplie? ecart_jours=ecart?",
        FenetreAncre: "evenement du au sources confiance",
        Plan: "recu pas_avant prochaine seances",
        Seance: "le=jour limite jour_ouvre etat ecart_jours=ecart",
        Incoherence: INCOHERENCE,
        Fete: "titre jour? paques? condition? source",
    }
)


def document(value: Echeancier) -> dict[str, Any]:
    """Return the calendar as the values that are written; keys may be added to them, never renamed."""
    calendrier, options, plan = value.calendrier, value.options, value.plan
    written = {
        "format": 1,
        "referentiel": value.regime.referentiel,
        "evenements": value.evenements,
        "options": {
            "report_jour_ouvre": options.report,
            "cloture": options.cloture,
            "au": options.au,
            "territoire": value.territoire,
            **({"feries_du_territoire": TERRITORIALES[value.territoire]} if value.territoire else {}),
        },
        "dates": [_date(calculee, value) for calculee in calendrier.dates],
        "non_calculees": [
            {
                "id": nom,
                "titre": value.cycle.dates[nom].titre,
                "evenements_manquants": missing,
                "voies": calendrier.voies[nom],
            }
            for nom, missing in calendrier.manquants.items()
        ],
        **({"seances": _ecrire(plan, pas_avant=_day(plan.plancher))} if plan else {}),
        **({"organisme": value.organisme} if value.organisme else {}),
        **({"editions": value.editions} if len(value.editions) > 1 else {}),
        **({"autres_editions": [document(other) for other in value.autres]} if value.autres else {}),
        "avertissements": value.avertissements,
        "incoherences": value.incoherences,
    }
    return with_sources(_ecrire(written), value.regime.sources.values(), value.citees)


def _date(calculee: DateCalculee, value: Echeancier) -> dict[str, Any]:
    voies = value.calendrier.voies.get(calculee.id) or None
    return {
        "id": calculee.id,
        **_when(calculee),
        **_ecrire(calculee.regle, titre=calculee.titre),
        **_ecrire(calculee, voies=voies, accomplie=_day(calculee.accomplie)),
    }


def _when(calculee: DateCalculee) -> dict[str, Any]:
    """Return the days of a date, under the keys of its form."""
    forme = calculee.regle.forme
    if forme == "sans_objet":
        return {"sans_objet": calculee.regle.texte}
    if forme == "fenetre":
        return {"du": calculee.du, "au": calculee.au, "ancres": calculee.ancres}
    if forme == "a_partir_du":
        return {"a_partir_du": calculee.jour}
    if forme == "prochaine":
        return {"le": calculee.jour, "suivantes": calculee.jours}
    if forme == "tous_les":
        return {"au_plus_tard": calculee.jours[0], "jour_ouvre": None, "occurrences": calculee.jours}
    return {"au_plus_tard": calculee.jour, "jour_ouvre": calculee.jour_ouvre}


def _day(event: tuple[str, Any] | None) -> dict[str, Any] | None:
    return event and {"evenement": event[0], "le": event[1]}
