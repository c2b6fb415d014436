"""The domain, actors: who admits, gives an opinion, decides, with their rhythm; and what an award gives.

An opinion and a decision are two interventions: a label whose prefect decides after the opinion of a
commission, or whose minister does, differs from one whose committee decides alone by its data only.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Struct, field

from certif_rules.model.base import Appui, Nomme
from certif_rules.model.candidature import Ressource, Si
from certif_rules.model.cycle import NomDate, NomIntervention

#: How far an opinion binds whoever decides after it: not at all, wholly, or as what is proposed to them.
NatureAvis = Literal["simple", "conforme", "proposition"]
#: The one that whoever decides must follow.
LIANT: NatureAvis = "conforme"

#: What an actor does of a matter. The list is the core's, the actors are the label's.
Role = Literal[
    "recoit", "examine", "admet", "valide", "choisit", "calcule", "audite", "donne_avis", "decide",
    "notifie", "delivre", "finance", "oriente",
]  # fmt: skip


class Rythme(Appui, frozen=True, kw_only=True):
    """A rhythm says how often an actor meets: a rule, a minimum, or what was announced (``nature``)."""

    texte: str
    nature: Literal["regle", "minimum", "annonce"] = "regle"


class Acteur(Appui, frozen=True, kw_only=True):
    """An actor is a committee, an authority, an organisation, or whoever applies (``candidat``)."""

    id: str
    nom: str
    candidat: bool = False
    rythmes: tuple[Rythme, ...] = ()


class Sens(Struct, frozen=True, kw_only=True):
    """A sens is one of the words that an opinion, or a decision, may be given in.

    ``decisions`` are the decisions that follow this opinion, ``regles`` those of the judgement that it agrees
    with. Without them nothing says so, and nothing is compared.
    """

    id: str
    titre: str
    decisions: tuple[Annotated[str, Nomme("décision")], ...] = ()
    regles: tuple[Annotated[str, Nomme("décision des règles")], ...] = ()


class Intervention(Appui, frozen=True, kw_only=True):
    """An intervention is what an actor does of a matter, and when; ``acteur`` is ``None`` where nobody says.

    ``nature`` is that of an opinion, ``sens`` are the words of an opinion or of a decision (none: any), and
    ``apres`` what comes before: the opinions that a decision follows, the decisions that are notified.
    """

    id: str
    objet: str
    role: Role
    acteur: Annotated[str, Nomme("acteur")] | None
    texte: str | None = None
    nature: NatureAvis | None = None
    sens: tuple[Sens, ...] = ()
    apres: tuple[NomIntervention, ...] = ()
    si: Si = ()
    inconnu: str | None = None


class Remise(Appui, frozen=True, kw_only=True):
    """A remise is something an award gives; ``a_signer``: to be dated and signed by whoever receives it."""

    id: str
    titre: str
    texte: str | None = None
    a_dater: bool = False
    a_signer: bool = False


class Publication(Appui, frozen=True, kw_only=True):
    """A publication says where an award is made public."""

    id: str
    titre: str
    pages: tuple[Ressource, ...] = ()


class Aboutissement(Appui, frozen=True, kw_only=True):
    """An outcome may open a date of the calendar, which ``date`` names; it is cited, not counted."""

    id: str
    titre: str
    texte: str
    motivee: bool = False
    date: NomDate | None = None


class Attribution(Struct, frozen=True, kw_only=True):
    """An attribution gives the outcomes of a request, what an award gives, and where it is published."""

    suites: tuple[Aboutissement, ...] = ()
    remises: tuple[Remise, ...] = ()
    publications: tuple[Publication, ...] = ()


class Instances(Struct, frozen=True, kw_only=True):
    """This record gives the actors by id, and what each does, in order."""

    acteurs: Mapping[str, Acteur] = field(default_factory=dict)
    interventions: tuple[Intervention, ...] = ()
