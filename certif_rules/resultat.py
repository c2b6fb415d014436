"""The checklist as a value: what every exporter receives and none of them computes.

Texts are plain French, typed as in the data: typography and markup belong to the exporters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from certif_rules.contexte import Contexte, FaitsParCategorie
from certif_rules.model import Confiance, Critere, Indicateur, Lacune, Referentiel, Texte
from certif_rules.model_habillage import Habillage

Etat = Literal["a_auditer", "a_confirmer", "non_audite", "non_applicable"]

#: The four states, strongest first: a line takes the strongest of its pairs (contract §1).
ETATS: tuple[Etat, ...] = ("a_auditer", "a_confirmer", "non_audite", "non_applicable")

#: What may be found of a check: it holds, or it fails, and then counts as the finding declared for it.
RESULTATS = ("satisfaite", "non_satisfaite")
SATISFAITE, NON_SATISFAITE = RESULTATS

CodeMotif = Literal[
    "applicable",
    "hors_categorie",
    "condition_non_remplie",
    "condition_inconnue",
    "portee_inconnue",
    "perimetre",
    "perimetre_inconnu",
    "hors_perimetre",
    "constat_precedent",
    "precedent_inconnu",
    "non_vue",
    "ajout",
    "derogation",
    "pieces",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Motif:
    """Why a line is in its state: a code of the closed list, words for people, sources.

    ``categories`` are those the reason holds for. ``lecture`` marks a reading of the sources;
    ``emplacements`` are the ``file:line`` of the rules that answered.
    """

    code: CodeMotif
    texte: str
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    confiance: Confiance = "elevee"
    lecture: bool = False
    emplacements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Avertissement:
    """Something true of the whole checklist that its reader must know."""

    code: str
    message: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ligne:
    """One indicator, due or not, with its state and every reason for it.

    ``categories`` are those for which the line is due. ``preuves``, ``precisions`` and ``adaptations`` are
    already restricted to this organisation and this audit.
    """

    indicateur: Indicateur
    critere: Critere | None
    etat: Etat
    categories: tuple[str, ...]
    motifs: tuple[Motif, ...]
    constats_permis: tuple[str, ...]
    preuves: tuple[Texte, ...]
    precisions: tuple[Texte, ...]
    adaptations: tuple[Texte, ...]
    constat_precedent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A document required or a check to make; ``certain`` is false when the rule could not be decided.

    Of a check, ``constat`` is the finding when it fails (``None``: none is declared), and ``compte_pour`` the
    référentiel whose conclusion counts it.
    """

    id: str
    texte: str
    sources: tuple[str, ...]
    certain: bool
    constat: str | None = None
    note: str | None = None
    compte_pour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesAudites:
    """The sites an extension brings to the audit; ``sites`` is ``None`` when that is not known."""

    sites: tuple[str, ...] | None
    texte: str
    sources: tuple[str, ...]
    confiance: Confiance


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """A checklist for one audit. ``lignes`` holds every indicator, in the référentiel's order.

    ``faits`` is what was made of the facts: declared, by nature, deduced. ``invocables`` maps each derogation
    that must be claimed to whether it was, by this context.
    ``organisme`` is what was declared, ready to be printed or written as JSON. ``habillage`` is how the body
    dresses its documents; it changes nothing of what they say.
    """

    referentiel: Referentiel
    empreinte: str
    contexte: Contexte
    faits: FaitsParCategorie
    organisme: Mapping[str, Any]
    avertissements: tuple[Avertissement, ...]
    lignes: tuple[Ligne, ...]
    pieces: tuple[Point, ...]
    verifications: tuple[Point, ...]
    sites: SitesAudites | None
    invocables: Mapping[str, bool]
    lacunes: tuple[Lacune, ...]
    habillage: Habillage | None = None

    @property
    def compteurs(self) -> dict[Etat, int]:
        """How many lines stand in each state, every state present."""
        return {etat: sum(ligne.etat == etat for ligne in self.lignes) for etat in ETATS}

    @property
    def groupes(self) -> tuple[tuple[Critere | None, tuple[Ligne, ...]], ...]:
        """The lines by criterion, in order; those without a known criterion come last, under ``None``."""
        groupes: dict[str | None, tuple[Critere | None, list[Ligne]]] = {}
        for ligne in self.lignes:
            cle = ligne.critere.id if ligne.critere else None
            groupes.setdefault(cle, (ligne.critere, []))[1].append(ligne)
        return tuple((critere, tuple(lignes)) for critere, lignes in groupes.values())


def point_key(point: Point) -> str:
    """How a check is called beside the ids of lines, none of which has « : »."""
    return f"verification:{point.id}"


def point_numbers(checklist: Checklist) -> dict[str, str]:
    """The printed number of each check, by its key: « V1 », « V2 »; the key where a line is called so."""
    lines = {ligne.indicateur.numero for ligne in checklist.lignes}
    found = {}
    for rank, value in enumerate(checklist.verifications, start=1):
        key = point_key(value)
        found[key] = key if f"V{rank}" in lines else f"V{rank}"
    return found
