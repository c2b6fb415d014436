"""The domain, actors: who admits, gives an opinion, decides, with their rhythm; and what an award gives.

An opinion and a decision are two interventions: a label whose prefect decides after the opinion of a
commission, or whose minister does, differs from one whose committee decides alone by its data only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from certif_rules.model.base import Appui
from certif_rules.model.candidature import Ressource, Si

#: What an actor does of a matter. The list is the core's, the actors are the label's.
Role = Literal[
    "recoit", "examine", "admet", "valide", "choisit", "calcule", "audite", "donne_avis", "decide",
    "notifie", "delivre", "finance", "oriente",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rythme(Appui):
    """How often an actor meets: a rule, a minimum, or what was announced (``nature``)."""

    texte: str
    nature: Literal["regle", "minimum", "annonce"] = "regle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acteur(Appui):
    """A committee, an authority, an organisation, or whoever applies (``candidat``)."""

    id: str
    nom: str
    candidat: bool = False
    rythmes: tuple[Rythme, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention(Appui):
    """What an actor does of a matter, and when; ``acteur`` is ``None`` where nobody says who."""

    id: str
    objet: str
    role: Role
    acteur: str | None
    texte: str | None = None
    si: Si = ()
    inconnu: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remise(Appui):
    """Something an award gives; ``a_signer``: to be dated and signed by whoever receives it."""

    id: str
    titre: str
    texte: str | None = None
    a_dater: bool = False
    a_signer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Appui):
    """Where an award is made public."""

    id: str
    titre: str
    pages: tuple[Ressource, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite(Appui):
    """An outcome. ``date`` names the date of the calendar that it opens; it is cited, not counted."""

    id: str
    titre: str
    texte: str
    motivee: bool = False
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The outcomes of a request, what an award gives, and where it is published."""

    suites: tuple[Suite, ...] = ()
    remises: tuple[Remise, ...] = ()
    publications: tuple[Publication, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instances:
    """The actors by id, and what each does, in order."""

    acteurs: Mapping[str, Acteur] = field(default_factory=dict)
    interventions: tuple[Intervention, ...] = ()
