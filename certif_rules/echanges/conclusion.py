"""The conclusions of an audit as JSON, under the request of its checklist."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from certif_rules.audit.conclusion import Bilan, Conclusion
from certif_rules.audit.distinctions import Octroi
from certif_rules.audit.echeances import Echeance
from certif_rules.audit.jugement import Nombre
from certif_rules.audit.raisons import MotifConclusion
from certif_rules.echanges.champs import Ecrivain, with_sources
from certif_rules.echanges.checklist import head


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
        Fraction: number,
    }
)
#: A measure that bears the name of one of our keys would not hide it.
_CLES = frozenset(
    {
        "objet",
        "decision",
        "delivrable",
        "texte",
        "a_evaluer",
        "a_confirmer",
        "a_verifier",
        "repris",
        "distinctions",
    }
)


def document(bilan: Bilan) -> dict[str, Any]:
    """Return the conclusions as the values that are written; keys may be added to them, never renamed."""
    checklist = bilan.checklist
    checked = {point.compte_pour for point in checklist.verifications}
    request = head(checklist)
    first = [_conclusion(c, checked=c.objet in checked) for c in bilan.a_l_audit]
    written = {
        "conclusions": [_conclusion(c, checked=c.objet in checked) for c in bilan.conclusions],
        **({"a_l_audit": first} if first else {}),
        "echeances": [{**_ecrire(e), **e.dates, "sources": e.sources} for e in bilan.echeances],
        "avertissements": (*bilan.avertissements, *checklist.notes),
    }
    return {
        **{key: request[key] for key in ("format", "referentiel", "audit", "organisme")},
        **with_sources(_ecrire(written), checklist.referentiel.sources.values()),
    }


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
