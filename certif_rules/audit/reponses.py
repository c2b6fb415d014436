"""What was answered to a self-assessment, as read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from certif_rules.audit.demande import Demande
from certif_rules.errors import Location

if TYPE_CHECKING:  # personal data are looked for in answers: a checklist pays for no more than their shape
    from certif_rules.model.notation import Etendue

#: What is written in the place of a level where a line does not apply.
SANS_OBJET: Final = "sans_objet"


class ReponseDite(Struct, frozen=True, kw_only=True):
    """An answer is as read; ``ligne`` is an id or a printed number; ``niveau`` a number, a word, or none."""

    ligne: str
    niveau: int | str | None = None
    raison: str | None = None
    commentaire: str | None = None
    preuves: str | None = None
    lieu: Location | None = None

    @property
    def vide(self) -> bool:
        """Return whether nothing at all was written."""
        return not any((self.niveau is not None, self.raison, self.commentaire, self.preuves))


class Questionnaire(Struct, frozen=True, kw_only=True):
    """A questionnaire gives answers as read, ``demande`` their request (``None``: given beside them)."""

    nom: str
    reponses: tuple[ReponseDite, ...]
    demande: Demande | None = None
    referentiel: str | None = None
    empreinte: str | None = None
    etendue: Etendue | None = None
    fait_le: str | None = None
    lieux: Mapping[str, Location] = field(default_factory=dict)
