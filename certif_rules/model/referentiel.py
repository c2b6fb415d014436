"""The domain: a resolved référentiel as frozen values, nothing computed and nothing read from disk.

Every class is immutable and keyword-only; what ``emplacement`` is, ``model/base.py`` says.
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

from certif_rules.model.base import (
    Appui,
    CodePrecedent,
    Confiance,
    IdTypeAudit,
    Lacune,
    NomConstat,
    NomEtiquette,
    NomReferentiel,
    NomSource,
    Regle,
    Situe,
    Source,
    Texte,
)
from certif_rules.model.jugement import Annotation, Jugement
from certif_rules.model.organisme import Categorie, Fait, Vocabulaire
from certif_rules.model.personnes import Conservation, DonneesSensibles

Nature = Literal["exigence", "regles", "guide"]
#: What measures are made over at an audit that sees some lines only: the cycle's latest values, or its own.
Report = Literal["reprise", "seules"]


class Revision(Struct, frozen=True, kw_only=True):
    """A revision is one of our own corrections to a layer: number, date, reason and digests of its content.

    ``empreinte_vie`` is that of what it says around the audit, where it says something.
    """

    numero: int
    date: str
    raison: str
    empreinte: str
    empreinte_vie: str | None = None


class Reconnaissance(Appui, frozen=True, kw_only=True):
    """A recognition is a period when a label is recognised, both ends included, and the decision saying so.

    ``numero`` and ``le`` are those of the decision. ``en_attente``: what it will be is not known yet.
    """

    du: str
    au: str
    par: str
    decision: str | None = None
    numero: str | None = None
    le: str | None = None
    en_attente: bool = False
    note: str | None = None


class Couche(Situe, frozen=True, kw_only=True):
    """A layer's header is the frozen unit, with the period it rules and what it was written for.

    Dates are ISO civil dates, both ends included. ``admis_du`` is the first day it may be used, ``du`` the
    first day it must be, ``au`` the last (``None``: no end known). ``lue`` is false when the text was not
    read: another layer's content is then used in its place, with a warning. ``nom`` is the name of the
    référentiel, given by its exigence layers. ``remplace`` is the layer of the same kind that this one ends,
    the day before ``du``. ``brouillon``: still being written, no revision declares its content. ``depuis`` is
    the edition that this one is a change of, ``lignee`` that one and those before it, the nearest first.
    """

    referentiel: str
    nature: Nature
    id: str
    titre: str
    nom: str | None
    admis_du: str
    du: str
    au: str | None
    pour: tuple[str, ...]
    remplace: str | None = None
    lue: bool = True
    base: str | None
    confiance: Confiance
    note: str | None
    reconnaissance: tuple[Reconnaissance, ...]
    lacunes: tuple[Lacune, ...]
    sources: tuple[NomSource, ...]
    revisions: tuple[Revision, ...]
    brouillon: bool = False
    depuis: str | None = None
    lignee: tuple[str, ...] = ()
    emplacement: str = ""

    @property
    def cle(self) -> tuple[str, str, str]:
        """Return what identifies a layer among all plugins: référentiel, nature, id."""
        return (self.referentiel, self.nature, self.id)


class Evolution(Struct, frozen=True, kw_only=True):
    """An evolution says how a line differs from the edition named by ``depuis``.

    ``issu_de`` are the codes that it had there: another one, several put together, one that was split.
    """

    depuis: str
    nature: Literal["fond", "forme", "aucune", "nouveau"]
    texte: str | None = None
    issu_de: tuple[str, ...] = ()
    sources: tuple[NomSource, ...]


class Alias(Struct, frozen=True, kw_only=True):
    """An alias is another code the sources use for the same line, settled or not."""

    code: str
    statut: Literal["resolu", "non_resolu"]
    texte: str
    sources: tuple[NomSource, ...]


class Changement(Situe, frozen=True, kw_only=True):
    """A change says what a label or an edition does to a criterion or a line below it, why, on what sources.

    ``champs`` are the fields that it replaces; none: it takes the node away. ``numero`` is what people read,
    ``edition`` the one that does it, where it is a change of another.
    """

    nature: Literal["critere", "indicateur"]
    cible: str
    numero: str
    origine: str
    champs: tuple[str, ...]
    motif: str
    sources: tuple[NomSource, ...]
    edition: str | None = None
    emplacement: str = ""


class Critere(Situe, frozen=True, kw_only=True):
    """A criterion has the id ``origine/code``; ``titre`` is ``None`` when no source gives it."""

    id: str
    origine: str
    code: str
    numero: str
    titre: str | None
    sources: tuple[NomSource, ...]
    variantes: tuple[Texte, ...] = ()
    lacunes: tuple[Lacune, ...] = ()
    emplacement: str = ""


class Indicateur(Appui, frozen=True, kw_only=True):
    """An indicateur is a line; its ``None`` texts are absent from the sources and listed in ``lacunes``.

    ``critere`` is the id of its criterion, or ``None``. ``portee`` is a list of rules, one of which must
    hold. ``constats_permis`` are the findings that may be recorded where the line is audited.
    """

    id: str
    origine: str
    code: str
    numero: str
    critere: str | None
    titre: str | None
    exigence: str | None
    citation: bool = False
    portee: tuple[Regle, ...]
    etiquettes: tuple[str, ...]
    constats_permis: tuple[str, ...] = ()
    gravite: Texte | None = None
    niveau_attendu: Texte | None = None
    preuves: tuple[Texte, ...] = ()
    precisions: tuple[Texte, ...] = ()
    adaptations: tuple[Texte, ...] = ()
    commentaires: tuple[Texte, ...] = ()
    variantes: tuple[Texte, ...] = ()
    evolution: Evolution | None = None
    alias: tuple[Alias, ...] = ()
    lacunes: tuple[Lacune, ...] = ()
    donnees_sensibles: DonneesSensibles | None = None
    emplacement: str = ""


class Constat(Struct, frozen=True, kw_only=True):
    """A finding may be recorded, as people read it.

    ``hors_portee``: it says the line does not apply. ``commentaire_requis``: it needs a comment. ``valeur``
    is what it is worth in a mean or a minimum. ``ecart``: a level that may be lifted; a finding that the
    judgement counts or dates needs not say so.
    """

    id: str
    titre: str
    sources: tuple[NomSource, ...]
    hors_portee: bool = False
    commentaire_requis: bool = False
    valeur: str | None = None
    ecart: bool = False


class Exigence(Situe, frozen=True, kw_only=True):
    """The context of an audit type must hold this: an addition, a certificate valid on the day.

    ``certificat_si_donne`` asks for no certificate, but one that is given must be valid on the day.
    """

    mot: Literal["ajout", "certificat_valide", "certificat_si_donne"]
    valeur: tuple[str, ...]
    texte: str
    sources: tuple[NomSource, ...]
    emplacement: str = ""


class Controle(Struct, frozen=True, kw_only=True):
    """A controle is a document required, or a check that is no indicator, where ``regle`` holds.

    ``constat`` is what a failed check is worth, ``compte_pour`` the référentiel whose conclusion counts it.
    """

    id: str
    texte: str
    regle: Regle
    constat: NomConstat | None = None
    compte_pour: NomReferentiel = ""


class SitesExtension(Appui, frozen=True, kw_only=True):
    """This record says which sites an added site brings to the audit, by what the organisation was before."""

    multisite: str
    monosite: str
    inconnu: str


class ModeInattendu(Appui, frozen=True, kw_only=True):
    """The rules of an audit do not foresee this way of holding it (« a_distance »); ``texte`` says why."""

    mode: str
    texte: str


class Rappel(Texte, frozen=True, kw_only=True):
    """People preparing an audit must know this; it does not stand after an earlier audit of some types."""

    sauf_precedents: tuple[CodePrecedent, ...] = ()


class TypeAudit(Situe, frozen=True, kw_only=True):
    """An audit type says what it makes due, what it needs, what stands beside it; ``id`` is qualified.

    ``sinon`` is read on a line that is not due, in its place the ``motif`` of the first of ``sinon_selon``
    that holds, ``sinon_pieces`` where documents stand in for the audit. ``report`` says what the lines
    that it does not see are worth; ``ouvre_cycle``: nothing is carried from before it.
    """

    id: str
    origine: str
    code: str
    titre: str
    perimetre: tuple[Regle, ...]
    sinon: str
    sources: tuple[NomSource, ...]
    sinon_pieces: str | None = None
    sinon_selon: tuple[Regle, ...] = ()
    exige: tuple[Exigence, ...] = ()
    precedents: tuple[CodePrecedent, ...] | None = None
    report: Report | None = None
    ouvre_cycle: bool = False
    pieces: tuple[Controle, ...] = ()
    verifications: tuple[Controle, ...] = ()
    rappels: tuple[Rappel, ...] = ()
    modes_inattendus: tuple[ModeInattendu, ...] = ()
    sites: SitesExtension | None = None
    lacunes: tuple[Lacune, ...] = ()
    emplacement: str = ""


class Derogation(Struct, frozen=True, kw_only=True):
    """The perimeter of ``types`` is replaced by that of the type ``comme`` where ``garde`` holds."""

    types: tuple[IdTypeAudit, ...]
    garde: Regle
    comme: IdTypeAudit


class Equivalence(Struct, frozen=True, kw_only=True):
    """A certificate of another scheme exempts a line at ``types``, or at all audits, where ``garde`` holds.

    ``titre`` is how people name the certificate.
    """

    certificat: str
    titre: str
    garde: Regle
    types: tuple[IdTypeAudit, ...] = ()


class CoucheRetenue(Struct, frozen=True, kw_only=True):
    """This layer is in force on the audit date; ``contenu`` is the one read in its place, if any."""

    couche: Couche
    contenu: Couche


class TextesDonnes(Struct, frozen=True, kw_only=True):
    """A body gives these texts: the name of its file, what it says, its digest, the lines completed."""

    nom: str
    empreinte: str
    contenu: Mapping[str, Any]
    lignes: tuple[str, ...]


class Referentiel(Struct, frozen=True, kw_only=True):
    """A resolved référentiel lays one layer of each kind on its base; order is the printing order.

    ``jugements`` and ``conservations`` are by origin, base first; an origin that declares none has none.
    ``changements`` are what labels do to what they rest on, the lowest first. ``mentions`` are what a tag of
    lines says of them, by tag.
    """

    id: str
    titre: str
    edition: str
    base: str | None
    guide: str | None
    couches: tuple[CoucheRetenue, ...]
    categories: Mapping[str, Categorie]
    faits: Mapping[str, Fait]
    criteres: Mapping[str, Critere]
    indicateurs: Mapping[str, Indicateur]
    constats: Mapping[str, Constat]
    types_audit: Mapping[str, TypeAudit]
    derogations: tuple[Derogation, ...]
    sources: Mapping[str, Source]
    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    jugements: Mapping[str, Jugement] = field(default_factory=dict)
    conservations: Mapping[str, Conservation] = field(default_factory=dict)
    changements: tuple[Changement, ...] = ()
    mentions: Mapping[NomEtiquette, Texte] = field(default_factory=dict)
    equivalences: tuple[Equivalence, ...] = ()
    vocabulaire: Vocabulaire = field(default_factory=Vocabulaire)

    @property
    def origines(self) -> tuple[str, ...]:
        """Return the référentiels of the stack, base first."""
        return tuple(dict.fromkeys(c.couche.referentiel for c in self.couches))

    @property
    def sans_categories(self) -> bool:
        """Return whether it parts organisations into no category."""
        return any(categorie.implicite for categorie in self.categories.values())

    def nom_de(self, origine: str) -> str:
        """Return a référentiel of the stack as people call it, else its identifier."""
        layers = (retenue.couche for retenue in self.couches)
        return next((c.nom for c in layers if c.referentiel == origine and c.nom), origine)

    def couche_de(self, origine: str, nature: Nature) -> Couche | None:
        """Return the layer of one kind that a référentiel has in the stack, if it has one."""
        layers = (retenue.couche for retenue in self.couches)
        return next((c for c in layers if (c.referentiel, c.nature) == (origine, nature)), None)

    @property
    def lacunes(self) -> tuple[Lacune, ...]:
        """Return every declared gap, of the layers, the criteria, the lines and the audit types, in order."""
        return (
            *(lacune for retenue in self.couches for lacune in retenue.contenu.lacunes),
            *(lacune for critere in self.criteres.values() for lacune in critere.lacunes),
            *(lacune for ligne in self.indicateurs.values() for lacune in ligne.lacunes),
            *(lacune for type_audit in self.types_audit.values() for lacune in type_audit.lacunes),
        )
