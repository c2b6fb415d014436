"""Findings carried to the corrected context of their audit, from a findings file or a filled grid."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from certif_rules.audit.correction import Correction, correct
from certif_rules.audit.demande import Demande, merge
from certif_rules.francais import count
from certif_rules.plugins.registry import Registry
from certif_rules.services.checklist import make_checklist
from certif_rules.services.constats import with_rules
from certif_rules.services.lecture import Lecture, read_grids
from certif_rules.source.entree import FichierDonne

#: What a profile may leave unsaid that the findings say.
_DE_L_AUDIT = (
    "referentiel",
    "type_audit",
    "date",
    "mode",
    "precedent",
    "habillage",
    "textes_dits",
    "dossier",
)


def carry(
    registry: Registry,
    source: Path | FichierDonne,
    demande: Demande,
    *,
    profil: bool = False,
    other_rules: bool = False,
) -> Correction:
    """Return the findings of a file carried to the context that ``demande`` corrects.

    Args:
        registry: the rules that are installed.
        source: a findings file, the export of a form, a filled grid.
        demande: what is corrected, or the whole request.
        profil: ``demande`` is a profile: facts that it does not say are not taken from the file.
        other_rules: accept findings made with other rules.

    Raises:
        UsageError, DataError: the file or the corrected context are wrong; everything is listed.
    """
    lecture = read_grids(registry, [source], other_rules=other_rules)
    before = lecture.dossier.demande
    corrected = _completed(demande, before) if profil else merge(_free(before, demande), demande)
    return carry_reading(registry, lecture, corrected)


def carry_reading(registry: Registry, lecture: Lecture, corrected: Demande) -> Correction:
    """Return findings already read, carried to the context that ``corrected`` asks for.

    Raises:
        UsageError, DataError: that context is wrong; everything is listed.
    """
    apres = make_checklist(registry, corrected)
    dossier = with_rules(apres, replace(lecture.dossier, demande=corrected))
    return replace(correct(lecture.checklist, apres, dossier), avertissements=lecture.avertissements)


def in_words(correction: Correction) -> str:
    """Return how many lines a correction moves, that no finding is lost, how many are to look at again."""
    entered, left, changed = (
        sum(one.sens == sens for one in correction.changements) for sens in ("entree", "sortie", "changee")
    )
    again = sum(one.revu_le is None for one in correction.dossier.a_revoir)
    moved = [count(entered, "ligne ajoutée", "lignes ajoutées"), count(left, "retirée")]
    moved += [count(changed, "changée")] if changed else []
    review = f" ; {count(again, 'constat')} à revoir" if again else ""
    return f"{', '.join(moved)}, aucun constat perdu{review}"


def _completed(profil: Demande, before: Demande) -> Demande:
    """Return a profile with what it does not say of the audit itself, and the findings do."""
    own = {nom: getattr(profil, nom) or getattr(before, nom) for nom in _DE_L_AUDIT}
    return replace(profil, **own, certificats={**before.certificats, **profil.certificats})


def _free(before: Demande, demande: Demande) -> Demande:
    """Return the request of the findings; a corrected date chooses its edition and its guide again."""
    if demande.date is None or demande.date == before.date:
        return before
    return replace(before, edition=None, guide=None)
