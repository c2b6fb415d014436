"""The conclusions of an audit as JSON, under the request of its checklist."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from certif_rules.audit.compte_rendu import AvisRendu, DecisionPrise, NotificationFaite
from certif_rules.audit.conclusion import Bilan, Conclusion
from certif_rules.audit.distinctions import Octroi
from certif_rules.audit.echeances import Echeance
from certif_rules.audit.jugement import Nombre
from certif_rules.audit.procedure import Acte, ActeSuivi, follow_up, name_of, opinion
from certif_rules.audit.raisons import MotifConclusion
from certif_rules.echanges.champs import APPUI, SENS, Ecrivain, with_sources
from certif_rules.echanges.checklist import head
from certif_rules.model.acteurs import Intervention, Sens
from certif_rules.model.base import Source


def number(value: Nombre) -> int | str | None:
    """Return an exact number: an integer, else a fraction as text (« 5/3 »)."""
    if value is None:
        return None
    return value.numerator if Fraction(value).denominator == 1 else str(value)


_ecrire = Ecrivain(
    {
        Conclusion: "objet decision delivrable texte",
        Octroi: "id titre critere? decision possibles texte motifs",
        MotifConclusion: "code texte sources confiance? lecture?",
        Echeance: "id constat compte_comme?",
        Intervention: f"id objet role acteur texte nature? sens? apres? inconnu {APPUI}",
        Sens: SENS,
        AvisRendu: "instance le texte=avis motif",
        DecisionPrise: "instance le texte=decision motif",
        NotificationFaite: "instance le texte motif",
        Fraction: number,
    }
)
#: A measure that bears the name of one of our keys would not hide it.
_CLES = frozenset(
    "objet decision delivrable texte a_evaluer a_confirmer a_verifier repris distinctions".split()  # noqa: SIM905
)


def document(bilan: Bilan) -> dict[str, Any]:
    """Return the conclusions as the values that are written; keys may be added to them, never renamed."""
    checklist = bilan.checklist
    checked = {point.compte_pour for point in checklist.verifications}
    request = head(checklist)
    followed = follow_up(bilan.procedure, bilan.dossier.compte_rendu)
    first = [_conclusion(c, checked=c.objet in checked) for c in bilan.a_l_audit]
    written = {
        "conclusions": [_conclusion(c, checked=c.objet in checked) for c in bilan.conclusions],
        **({"a_l_audit": first} if first else {}),
        "echeances": [{**_ecrire(e), **e.dates, "sources": e.sources} for e in bilan.echeances],
        **({"procedure": [_act(bilan, acte) for acte in followed]} if followed else {}),
        "avertissements": (*bilan.avertissements, *checklist.notes),
    }
    return {
        **{key: request[key] for key in ("format", "referentiel", "audit", "organisme")},
        **with_sources(_ecrire(written), _sources(bilan)),
    }


def _sources(bilan: Bilan) -> Iterable[Source]:
    """Return every source that may be cited: those of the rules, then those of what surrounds the audit."""
    rules = bilan.checklist.referentiel.sources
    return (*rules.values(), *(source for source in bilan.procedure.sources if source.id not in rules))


def _act(bilan: Bilan, acte: ActeSuivi) -> dict[str, Any]:
    """Write an act that is called for, recorded, or both: never what the rules give."""
    prevu = acte.prevu
    declared = {} if prevu is None else {**_ecrire(prevu.intervention), "certain": prevu.certain}
    return {
        "role": acte.role,
        **({"prevu": declared} if declared else {}),
        "nom": name_of(bilan.procedure, acte) or None,
        "attendu": acte.attendu,
        "rendu": _recorded(acte.rendu),
        "sens": None if acte.mot is None else acte.mot.id,
        **({"s_ecarte_de": [opinion(bilan.procedure, avis) for avis in acte.ecarts]} if acte.ecarts else {}),
    }


def _recorded(acte: Acte | None) -> Any:
    """Write what was recorded, its word as typed; a notification has none."""
    return _ecrire(acte, texte=None, motif=None) if isinstance(acte, NotificationFaite) else _ecrire(acte)


def _conclusion(conclusion: Conclusion, *, checked: bool) -> dict[str, Any]:
    return {
        **_ecrire(conclusion),
        **{nom: value for nom, value in conclusion.mesures.items() if nom not in _CLES},
        "a_evaluer": len(conclusion.a_evaluer),
        "a_confirmer": len(conclusion.a_confirmer),
        **({"a_verifier": len(conclusion.a_verifier)} if checked else {}),
        "motifs": conclusion.motifs,
        **({"distinctions": conclusion.distinctions} if conclusion.distinctions else {}),
        **({"repris": _carried(conclusion)} if conclusion.repris else {}),
    }


def _carried(conclusion: Conclusion) -> dict[str, Any]:
    return {
        ligne: {"constat": reprise.constat, "le": reprise.le}
        for ligne, reprise in conclusion.repris.items()
        if reprise.connue
    }
