"""The context of an audit under way corrected: the lines that it moves, what its findings become.

A finding that its line no longer allows goes to ``a_revoir``, whole; what the journal must then say of it is
given field by field, so that taking the correction back gives each field its value again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.constats import A_EVALUER, Dossier
from certif_rules.audit.correction import Mouvement, correct
from certif_rules.audit.demande import Demande
from certif_rules.audit.precedent import read_precedent
from certif_rules.echanges.constats import as_data, head_as_data
from certif_rules.francais import count
from certif_rules.journal.evenements import Endroit
from certif_rules.journal.fichier import fields_of
from certif_rules.services.espace import AuditEnCours

#: What a findings file holds of findings set aside.
_A_REVOIR: Final = Endroit("tete", "a_revoir")


class ContexteCorrige(Struct, frozen=True, kw_only=True):
    """What a corrected context does: the lines that move, and the values that fields of findings take."""

    changements: tuple[Mouvement, ...]
    valeurs: tuple[tuple[Endroit, Any], ...]

    @property
    def phrase(self) -> str:
        """How many lines moved, and what became of the findings: none is ever lost."""
        return sentence(self.changements)


def corrected(avant: AuditEnCours, apres: AuditEnCours) -> ContexteCorrige:
    """Return what passing from one context to another does to the lines, and to the findings of ``avant``."""
    moved = replace(avant.dossier, demande=apres.dossier.demande)
    correction = correct(avant.checklist, apres.checklist, moved)
    before, after = _findings(avant.dossier), _findings(correction.dossier)
    return ContexteCorrige(
        changements=correction.changements,
        valeurs=tuple(
            (cle, after.get(cle)) for cle in {**before, **after} if before.get(cle) != after.get(cle)
        ),
    )


def sentence(changements: Iterable[Mouvement]) -> str:
    """Return in a sentence what moved: « 3 lignes ajoutées, 1 retirée, aucun constat perdu »."""
    moved = tuple(changements)
    if not moved:
        return "aucune ligne ne change"
    parts: list[str] = []
    for sens, one, several in (
        ("entree", "ajoutée", "ajoutées"),
        ("sortie", "retirée", "retirées"),
        ("changee", "changée", "changées"),
    ):
        number = sum(mouvement.sens == sens for mouvement in moved)
        noun = ("", "") if parts else ("ligne ", "lignes ")
        parts += [count(number, noun[0] + one, noun[1] + several)] if number else []
    again = sum(mouvement.a_revoir is not None for mouvement in moved)
    parts += [f"{count(again, 'constat')} à revoir, aucun perdu" if again else "aucun constat perdu"]
    return ", ".join(parts)


def earlier(nom: str, contenu: bytes) -> dict[str, Any]:
    """Return what a findings file says of its audit, as « precedent » of the one that follows it.

    Args:
        nom: how the file is called in messages.
        contenu: its bytes, in JSON or YAML.

    Raises:
        DataError: it cannot be read, its schema refuses it, or it leaves a finding to choose.
    """
    demande = Demande(precedent=read_precedent(Path(nom), stdin=contenu))
    data: dict[str, Any] = head_as_data(Dossier(demande=demande, releves=()))["precedent"]
    return data


def _findings(dossier: Dossier) -> dict[Endroit, Any]:
    """Return the fields of all findings that say something; a line to evaluate says nothing."""
    return {cle: value for cle, value in _said(dossier) if value not in (None, "", [], {}, A_EVALUER)}


def _said(dossier: Dossier) -> Iterator[tuple[Endroit, Any]]:
    for cle, value in fields_of(as_data(dossier)):
        if cle.genre != "tete" or cle == _A_REVOIR:
            yield cle, value
