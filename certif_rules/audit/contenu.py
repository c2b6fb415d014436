"""What an audit report is made of, as frozen values, nothing computed nor laid out."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from certif_rules.audit.aggravation import Compte
from certif_rules.audit.checklist import NON_SATISFAITE, Checklist, Ligne, Point
from certif_rules.audit.conclusion import Bilan
from certif_rules.audit.constats import Releve
from certif_rules.audit.deduction import ConstatDeduit
from certif_rules.audit.echeances import Echeance
from certif_rules.model.referentiel import Critere
from certif_rules.rules.motifs import Etat


class LigneVue(Struct, frozen=True):
    """A line comes with its finding, ``None`` while nobody recorded any.

    ``compte`` says what an open finding counts as, or may, where it is another; ``deduit`` by what rule it
    is made of those of several sites.
    """

    ligne: Ligne
    releve: Releve | None
    compte: Compte | None = None
    deduit: ConstatDeduit | None = None

    @property
    def constat(self) -> str | None:
        """Return the finding recorded, or ``None``."""
        return self.releve.constat if self.releve is not None and self.releve.porte else None

    def out_of_scope(self, checklist: Checklist) -> bool:
        """Return whether it does not apply: so says the engine, unless reversed, or so says the auditor."""
        if self.constat is None:
            return self.ligne.etat == "non_applicable"
        return checklist.referentiel.constats[self.constat].hors_portee


class PointVu(Struct, frozen=True):
    """This check is no line: it has a printed number (« V1 ») and what was found, ``None``: not recorded."""

    numero: str
    point: Point
    releve: Releve | None

    @property
    def resultat(self) -> str | None:
        """Return the result recorded, or ``None``: the check is left to make."""
        return self.releve.constat if self.releve is not None and self.releve.porte else None

    @property
    def constat(self) -> str | None:
        """Return the finding that its failure is; ``None`` where it did not fail, or none is declared."""
        return self.point.constat if self.resultat == NON_SATISFAITE else None


class Chapitre(Struct, frozen=True, kw_only=True):
    """A chapter has a criterion, its lines to see or seen, and counts over all of its lines.

    ``constats`` counts the lines by finding recorded, in the référentiel's order, none left out;
    ``etats`` by state; ``sans_constat`` the lines due without any.
    """

    critere: Critere | None
    lignes: tuple[LigneVue, ...]
    constats: Mapping[str, int]
    etats: Mapping[Etat, int]
    sans_constat: int


class Ecart(Struct, frozen=True, kw_only=True):
    """A gap stands on a line or a check, one of the two, and opens dates (``None``: none known, or lifted).

    ``constat`` is the finding that it is; ``None`` for a check that fails and of which none is declared.
    """

    numero: str
    constat: str | None
    releve: Releve
    echeance: Echeance | None
    ligne: Ligne | None = None
    point: Point | None = None
    compte: Compte | None = None
    deduit: ConstatDeduit | None = None


class ConstatVerifie(Struct, frozen=True, kw_only=True):
    """An earlier gap comes with what this audit found of its line."""

    ligne: Ligne
    constat: str
    ouvert: bool
    vue: LigneVue


class VerificationPrecedente(Struct, frozen=True, kw_only=True):
    """This is a check that failed at the earlier audit; ``vue`` is ``None`` where this one omits it."""

    cle: str
    texte: str
    sources: tuple[str, ...]
    ouverte: bool
    vue: PointVu | None


class Manque(Struct, frozen=True):
    """A lack names what a complete report has and was not given, and the field that would give it."""

    rubrique: str
    texte: str
    champ: str = ""


class Rapport(Struct, frozen=True, kw_only=True):
    """A report has ``verifies`` ``None`` when the earlier findings are not known, empty when there were none.

    ``non_applicables`` are the lines found, or left, out of scope; ``non_dues`` those this audit leaves
    aside; ``ouvertes`` those to confirm that nobody settled.
    """

    bilan: Bilan
    sections: tuple[Chapitre, ...]
    points: tuple[PointVu, ...]
    ecarts: tuple[Ecart, ...]
    verifies: tuple[ConstatVerifie, ...] | None
    verifications_precedentes: tuple[VerificationPrecedente, ...]
    non_applicables: tuple[LigneVue, ...]
    non_dues: tuple[LigneVue, ...]
    ouvertes: tuple[LigneVue, ...]
    manques: tuple[Manque, ...]

    @property
    def checklist(self) -> Checklist:
        """Return the checklist that the findings answer."""
        return self.bilan.checklist
