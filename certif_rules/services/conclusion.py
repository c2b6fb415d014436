"""From a findings file to its conclusions, and those as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from certif_rules.audit.conclusion import Bilan, Conclusion, conclude
from certif_rules.audit.echeances import Echeance
from certif_rules.audit.jugement import Nombre, Valeur
from certif_rules.echanges.checklist import head
from certif_rules.echanges.commun import appui, cited_sources, warnings
from certif_rules.habillage.regles import HabillageDit
from certif_rules.personnes.pseudonymes import (
    DonneePersonnelle,
    personal_data,
    pseudonymised,
    without_personal_warnings,
)
from certif_rules.plugins.registry import Registry
from certif_rules.services.constats import open_dossier, read_dossier


def conclude_file(
    registry: Registry, path: Path, *, stdin: bytes | None = None, other_rules: bool = False,
    habillage: HabillageDit | None = None, pseudonymise: bool = False,
) -> tuple[Bilan, tuple[DonneePersonnelle, ...]]:  # fmt: skip
    """Return the conclusions of a findings file (arguments of ``read_dossier`` and ``open_dossier``).

    ``habillage`` is the dress of a body, in place of the one the file carries. With ``pseudonymise``, the
    personal data replaced come with them; without, they are warned about.

    Raises:
        DataError: the file is wrong, was made with other rules, or holds impossible findings; all are listed.
    """
    read = read_dossier(path, stdin=stdin)
    if habillage is not None:  # the file itself carries names and columns only
        read = replace(read, demande=replace(read.demande, habillage=habillage))
    # Checked as typed: once replaced, two people cannot be told apart.
    checklist, dossier = open_dossier(registry, read, other_rules=other_rules)
    if not pseudonymise:
        return conclude(checklist, dossier), ()
    checklist, dossier = pseudonymised(without_personal_warnings(checklist)), pseudonymised(dossier)
    return conclude(checklist, dossier), personal_data(read)


def document(bilan: Bilan) -> dict[str, Any]:
    """Return the conclusions as the values that are written; keys may be added to them, never renamed."""
    checklist = bilan.checklist
    checked = {point.compte_pour for point in checklist.verifications}
    conclusions = [_conclusion(c, checked=c.objet in checked) for c in bilan.conclusions]
    first = [_conclusion(c, checked=c.objet in checked) for c in bilan.a_l_audit]
    echeances = [_echeance(echeance) for echeance in bilan.echeances]
    avertissements = warnings((*bilan.avertissements, *checklist.notes))
    cited = {
        source
        for item in (*(m for c in (*conclusions, *first) for m in c["motifs"]), *echeances, *avertissements)
        for source in item["sources"]
    }
    request = head(checklist)
    return {
        **{key: request[key] for key in ("format", "referentiel", "audit", "organisme")},
        "conclusions": conclusions,
        **({"a_l_audit": first} if first else {}),
        "echeances": echeances,
        "avertissements": avertissements,
        "sources": cited_sources(checklist.referentiel.sources.values(), cited),
    }


_CLES = frozenset(
    {"objet", "decision", "delivrable", "texte", "a_evaluer", "a_confirmer", "a_verifier", "repris"}
)


def _conclusion(conclusion: Conclusion, *, checked: bool) -> dict[str, Any]:
    """Return ``conclusion``; a measure that bears the name of one of our keys would not hide it."""
    mesures = {nom: _value(value) for nom, value in conclusion.mesures.items()}
    return {
        "objet": conclusion.objet,
        "decision": conclusion.decision,
        "delivrable": conclusion.delivrable,
        "texte": conclusion.texte,
        **{nom: value for nom, value in mesures.items() if nom not in _CLES},
        "a_evaluer": len(conclusion.a_evaluer),
        "a_confirmer": len(conclusion.a_confirmer),
        **({"a_verifier": len(conclusion.a_verifier)} if checked else {}),
        "motifs": [
            {
                "code": motif.code,
                "texte": motif.texte,
                **appui(motif),
            }
            for motif in conclusion.motifs
        ],
        **({"repris": _carried(conclusion)} if conclusion.repris else {}),
    }


def _carried(conclusion: Conclusion) -> dict[str, Any]:
    return {
        ligne: {"constat": reprise.constat, "le": reprise.le and reprise.le.isoformat()}
        for ligne, reprise in conclusion.repris.items()
        if reprise.connue
    }


def _echeance(echeance: Echeance) -> dict[str, Any]:
    return {
        "id": echeance.id,
        "constat": echeance.constat,
        **({"compte_comme": echeance.compte_comme} if echeance.compte_comme else {}),
        **{nom: None if day is None else day.isoformat() for nom, day in echeance.dates.items()},
        "sources": list(echeance.sources),
    }


def _value(value: Valeur) -> Any:
    if isinstance(value, Mapping):
        return {critere: number(child) for critere, child in value.items()}
    return number(value)


def number(value: Nombre) -> int | str | None:
    """Return an exact number: an integer, else a fraction as text (« 5/3 »)."""
    if value is None:
        return None
    return value.numerator if Fraction(value).denominator == 1 else str(value)
