"""The domain, application file: what a label asks of those who apply, as frozen values, nothing computed.

Steps, registration questions, routes, documents, funding, habilitated firms, place of the audit: all of it is
data of a rules layer (its folder ``vie``). The core knows what a document or a quote is, never which ones.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Struct, field

from certif_rules.model.base import (
    Appui,
    CodePrecedent,
    CodeTypeAudit,
    NomCategorie,
    NomFait,
    Nomme,
    NomReferentiel,
    Texte,
)

#: Whether the source says that a document is required of all, or of some; ``None`` when it does not say.
Classe = Literal["obligatoire", "conditionnee"]

NomQuestion = Annotated[str, Nomme("question")]
NomReponse = Annotated[str, Nomme("réponse")]
NomVoie = Annotated[str, Nomme("voie")]
NomPiece = Annotated[str, Nomme("pièce")]
NomEtape = Annotated[str, Nomme("étape")]


class Condition(Struct, frozen=True, kw_only=True):
    """A condition is a conjunction: every word that is given holds.

    ``inconnu`` is why nobody can say, where the rest holds. ``types`` and ``precedents`` are codes of audit
    types, ``voies`` routes, ``reponses`` the answers accepted to a question, ``pieces`` documents provided,
    ``categories`` categories of which the organisation has one, ``fait`` a fact that is true for one of its
    categories.
    """

    types: tuple[CodeTypeAudit, ...] = ()
    precedents: tuple[CodePrecedent, ...] = ()
    voies: tuple[NomVoie, ...] = ()
    reponses: Mapping[NomQuestion, tuple[NomReponse, ...]] = field(default_factory=dict)
    pieces: tuple[NomPiece, ...] = ()
    categories: tuple[NomCategorie, ...] = ()
    fait: NomFait | None = None
    sauf: "Condition | None" = None
    inconnu: str | None = None


#: A disjunction: one of the conditions holds. Empty: always.
Si = tuple[Condition, ...]


class Choix(Appui, frozen=True, kw_only=True):
    """An answer to a question leads to audit types, and something in a profile may say it by itself.

    ``region`` is that of a site of the organisation, ``certificat`` a référentiel it holds a certificate of.
    """

    id: str
    titre: str
    mene_a: tuple[CodeTypeAudit, ...] = ()
    region: str | None = None
    certificat: NomReferentiel | None = None


class Interrogation(Appui, frozen=True, kw_only=True):
    """A question is asked of the applicant: one of ``choix``, or the item ``champ`` of the organisation."""

    id: str
    texte: str
    choix: tuple[Choix, ...] = ()
    champ: str | None = None
    inscription: bool = False
    si: Si = ()


class Voie(Appui, frozen=True, kw_only=True):
    """A voie is a way to get the label, and says when it is the one."""

    id: str
    titre: str
    si: Si


class Mention(Appui, frozen=True, kw_only=True):
    """A mention is what a quote must carry; ``champ`` is where a file says it."""

    id: str
    titre: str
    champ: str
    si: Si = ()


class DevisAttendus(Struct, frozen=True, kw_only=True):
    """So many quotes are wanted, signed or not (``None``: not said), from as many firms, and what on each."""

    nombre: int
    signe: bool | None = None
    auditeurs_distincts: bool = False
    mentions: tuple[Mention, ...] = ()


class PriseEnCharge(Appui, frozen=True, kw_only=True):
    """Somebody else pays this share: an exact fraction of one."""

    taux: Fraction
    par: str


class Forme(Struct, frozen=True, kw_only=True):
    """A form is one of the papers that do for a document."""

    id: str
    titre: str


class Piece(Appui, frozen=True, kw_only=True):
    """A document of the file is due where ``si`` holds, and as its ``classe`` says.

    ``condition`` words a condition that the source leaves without content. ``signe`` is the signature wanted,
    ``validite_mois`` how long it is good from the day it was made. ``devis`` makes it quotes, ``certificat``
    a certificate held, read in the profile. ``champs`` are the fields of the profile that say all of it: once
    they are given, it is not asked for.
    """

    id: str
    titre: str
    classe: Classe | None
    si: Si = ()
    condition: str | None = None
    formes: tuple[Forme, ...] = ()
    etape: NomEtape | None = None
    signe: bool | None = None
    validite_mois: int | None = None
    devis: DevisAttendus | None = None
    certificat: NomReferentiel | None = None
    champs: tuple[str, ...] = ()
    precisions: tuple[Texte, ...] = ()
    prise_en_charge: PriseEnCharge | None = None


class Volet(Appui, frozen=True, kw_only=True):
    """A volet is a kind of file: when it is the one, its documents, what follows.

    ``inconnu``: nobody says which.
    """

    id: str
    titre: str
    si: Si
    pieces: tuple[NomPiece, ...] = ()
    suite: str | None = None
    inconnu: str | None = None


class ConditionFinancement(Appui, frozen=True, kw_only=True):
    """This is one condition of a funding."""

    id: str
    texte: str
    si: Si


class Financement(Appui, frozen=True, kw_only=True):
    """A funding says who pays which share of the audit, on which conditions; ``inconnu``: nobody says."""

    id: str
    titre: str
    si: Si
    taux: Fraction | None = None
    par: str | None = None
    conditions: tuple[ConditionFinancement, ...] = ()
    precisions: tuple[Texte, ...] = ()
    inconnu: str | None = None


class Ressource(Appui, frozen=True, kw_only=True):
    """A resource is a public page: its title, its address where one is known."""

    titre: str
    adresse: str | None = None


class Auditeur(Appui, frozen=True, kw_only=True):
    """An auditor is a habilitated auditing firm; no person is named."""

    id: str
    nom: str
    fiche: Ressource | None = None


class Phrase(Appui, frozen=True, kw_only=True):
    """A phrase is a sentence of a source on the place of an audit: the mode it leads to, and when."""

    texte: str
    mode: str
    si: Si = ()


class Lieu(Appui, frozen=True, kw_only=True):
    """A lieu is decided with reasons given, on site or at a distance; ``modes`` are its values."""

    id: str
    question: str
    si: Si
    modes: Mapping[str, str]
    phrases: tuple[Phrase, ...] = ()


class EnSuspens(Appui, frozen=True, kw_only=True):
    """This is left open by the sources, to be asked where ``si`` may hold."""

    id: str
    question: str
    si: Si


class Etape(Appui, frozen=True, kw_only=True):
    """A step of the application says what to do, what to read; steps are in order."""

    id: str
    titre: str
    autre_titre: str | None = None
    facultative: bool = False
    taches: tuple[Texte, ...] = ()
    ressources: tuple[Ressource, ...] = ()


class Candidature(Struct, frozen=True, kw_only=True):
    """A candidature gathers all that a label says of an application, by id, in order."""

    etapes: Mapping[str, Etape] = field(default_factory=dict)
    questions: Mapping[str, Interrogation] = field(default_factory=dict)
    voies: Mapping[str, Voie] = field(default_factory=dict)
    volets: Mapping[str, Volet] = field(default_factory=dict)
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    financements: Mapping[str, Financement] = field(default_factory=dict)
    auditeurs: Mapping[str, Auditeur] = field(default_factory=dict)
    lieux: Mapping[str, Lieu] = field(default_factory=dict)
    points: Mapping[str, EnSuspens] = field(default_factory=dict)
