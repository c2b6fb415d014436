"""Opinions, decisions and notifications in words: what each is called, whose it is, where it stands."""

from __future__ import annotations

from collections.abc import Mapping

from certif_rules.audit.procedure import ActeSuivi, Procedure, name_of, word_of
from certif_rules.blocs.typographie import clean, day, prose
from certif_rules.francais import capital
from certif_rules.model.acteurs import LIANT, NatureAvis, Role

#: What each act is called.
ACTES: Mapping[Role, str] = {"donne_avis": "avis", "decide": "décision", "notifie": "notification"}
#: What an opinion is called, by what it is worth to whoever decides.
NATURES: Mapping[NatureAvis, str] = {
    "simple": "avis simple",
    LIANT: "avis conforme",
    "proposition": "proposition",
}
#: What an opinion of this nature makes of the decision.
EFFETS: Mapping[NatureAvis, str] = {
    "simple": "Qui décide peut s’en écarter, et dit pourquoi.",
    LIANT: "Il lie qui décide.",
    "proposition": "Qui décide peut en décider autrement, et dit pourquoi.",
}


def act_name(suivi: ActeSuivi) -> str:
    """Return what an act is called: « avis conforme », « décision »."""
    nature = suivi.prevu.intervention.nature if suivi.prevu is not None else None
    return ACTES[suivi.role] if nature is None else NATURES[nature]


def act_heading(procedure: Procedure, suivi: ActeSuivi) -> str:
    """Return what an act is called and whose it is: « Avis conforme – le jury »."""
    who = name_of(procedure, suivi)
    declared = suivi.prevu is not None and suivi.prevu.acteur is not None
    return " – ".join(filter(None, (capital(act_name(suivi)), prose(who) if declared else clean(who))))


def act_word(suivi: ActeSuivi) -> str:
    """Return the word of what was recorded, by its title, else as typed; empty where there is none."""
    if suivi.mot is not None:
        return prose(suivi.mot.titre)
    return clean((suivi.rendu and word_of(suivi.rendu)) or "")


def act_state(suivi: ActeSuivi) -> str:
    """Return where an act stands: what was recorded and when, else whether its turn has come."""
    if suivi.rendu is None:
        if suivi.prevu is not None and not suivi.prevu.certain:
            return "à confirmer"
        return "à venir, c’est son tour" if suivi.attendu else "à venir, après ce qui précède"
    on = f"le {day(suivi.rendu.le)}" if suivi.rendu.le else "jour non renseigné"
    word = act_word(suivi) or ("" if suivi.role == "notifie" else "sens non renseigné")
    return ", ".join(filter(None, (word, on)))
