"""The domain, self-assessment: levels, what comes first, what is said of it, as frozen values.

A référentiel of the stack may say a part of it only: a label keeps the levels of its base and adds its own
mention, or declares levels of its own.
"""

from typing import Literal

from msgspec import Struct

from certif_rules.model.base import Appui, IdLigne, NomConstat, NomIncoherence

#: The lines asked about: those to see at the audit, or every line that applies or may apply.
Etendue = Literal["audit", "toutes"]


class Niveau(Struct, frozen=True, kw_only=True):
    """A level may be chosen on a line; ``valeur`` is what it is worth in a score."""

    valeur: int
    titre: str
    sens: str | None = None


class Cle(Struct, frozen=True, kw_only=True):
    """This key orders the list of what to improve, one of several, and says how that is explained.

    ``gravite``: lines where every gap that may be found is among ``seuls`` come first while they are
    unanswered or below level ``sous``; ``ecarts`` are the findings that are gaps, ``titre`` names these
    lines. ``niveau``: lower levels first, lines unanswered just before level ``sans_reponse_avant``.
    """

    mot: Literal["gravite", "niveau"]
    texte: str
    titre: str | None = None
    ecarts: tuple[NomConstat, ...] = ()
    seuls: tuple[NomConstat, ...] = ()
    sous: int = 0
    sans_reponse_avant: int = 0


class Notation(Appui, frozen=True, kw_only=True):
    """A notation says how a self-assessment is counted: ``niveaux`` go up, the last one is worth full marks.

    From level ``amelioration_des`` on, what is left to do is an improvement, no longer a gap (``None``: the
    difference is not made).
    """

    niveaux: tuple[Niveau, ...]
    priorite: tuple[Cle, ...]
    amelioration_des: int | None
    texte: str

    @property
    def plein(self) -> int:
        """Return what a line is worth at best."""
        return self.niveaux[-1].valeur


class Enonce(Appui, frozen=True, kw_only=True):
    """This is said of the self-assessment; ``citation`` marks the words of the source itself."""

    texte: str
    citation: bool = False


class Repere(Struct, frozen=True, kw_only=True):
    """A repere gives contradictions of the sources to be told beside ``lignes`` (ids)."""

    lignes: tuple[IdLigne, ...]
    incoherences: tuple[NomIncoherence, ...]


class Autodiagnostic(Struct, frozen=True, kw_only=True):
    """These rules of self-assessment are one référentiel's; ``None`` and empty parts are left to its base."""

    notation: Notation | None = None
    etendue: Etendue | None = None
    etendue_dite: Enonce | None = None
    mention: Enonce | None = None
    enonces: tuple[Enonce, ...] = ()
    reperes: tuple[Repere, ...] = ()
