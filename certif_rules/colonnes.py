"""The columns of a grid: the one table that grids, forms, findings files and a body's dress draw from.

To add a column that auditors fill: its row here, its field in :class:`certif_rules.audit.constats.Releve`,
its key in ``schemas/constats.schema.json``, and the document that shows it, if one does.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

#: How a column is filled: one of the findings permitted, annotations, references, words, a day, a site.
Genre = Literal["constat", "annotations", "liste", "texte", "jour", "site"]

_IDENTITE: Final = "elle dit de quelle ligne il s’agit"
_ETAT: Final = "elle dit l’état de la ligne"


class Colonne(Struct, frozen=True, kw_only=True):
    """A column belongs to the sheet Grille; widths are in characters, and 0 hides it.

    ``champ`` is the field of a finding that the auditor fills, empty where the engine writes; ``genre``
    says how it is filled, ``separateurs`` what parts its references. ``libelle`` is what messages and forms
    call it, ``indication`` and ``aide`` how to fill it in a form, in a workbook. ``montree`` says why it must
    be shown (``None``: a body may hide it). ``verification`` is its width in the sheet Vérifications
    (``None``: that has no such column). ``ordre`` is its place in forms and findings files, which hold it
    even when it is empty where ``toujours``. ``signature``: it says who assessed, or when. ``recente``: grids
    were written before the table had it, and are read without it.
    """

    titre: str
    largeur: int
    montree: str | None = None
    champ: str = ""
    genre: Genre = "texte"
    separateurs: str = "\n"
    libelle: str = ""
    indication: str = ""
    aide: str = ""
    verification: int | None = None
    ordre: int = 99
    toujours: bool = False
    signature: bool = False
    recente: bool = False


CONSTAT: Final = Colonne(
    titre="Constat",
    largeur=21,
    montree="elle porte le constat",
    champ="constat",
    genre="constat",
    libelle="constat",
    aide=(
        "Choisir dans la liste : elle n’offre que les constats permis sur cette ligne. "
        "Une cellule vide veut dire « à évaluer »."
    ),
    verification=16,
    ordre=0,
    toujours=True,
)
ANNOTATION: Final = Colonne(
    titre="Annotation",
    largeur=12,
    champ="annotations",
    genre="annotations",
    libelle="annotations",
    aide="S’ajoute au constat sans le changer ; plusieurs, séparées par des points-virgules.",
    ordre=3,
    toujours=True,
)
COMMENTAIRE: Final = Colonne(
    titre="Commentaire",
    largeur=22,
    montree="elle porte la raison du constat",
    champ="commentaire",
    libelle="commentaire",
    verification=28,
    ordre=1,
    toujours=True,
)
PREUVES_VUES: Final = Colonne(
    titre="Preuves vues",
    largeur=18,
    montree="elle porte les preuves, que le rapport demande pour chaque constat",
    champ="preuves_vues",
    genre="liste",
    libelle="preuves vues",
    indication="une référence par ligne",
    aide=(
        "Une référence par ligne (Alt + Entrée, ou Ctrl + Entrée dans LibreOffice). "
        "Aucune copie n’est nécessaire."
    ),
    verification=24,
    ordre=2,
    toujours=True,
)
#: What a formula of the workbook computes: the day by which a finding must be dealt with.
ECHEANCE: Final = Colonne(titre="Échéance de traitement", largeur=11, verification=12)
CONSTAT_PRECEDENT: Final = Colonne(
    titre="Constat précédent", largeur=12, montree="elle dit pourquoi la ligne est revue"
)
INDICATEUR: Final = Colonne(titre="Indicateur", largeur=11, montree=_IDENTITE)
INTITULE: Final = Colonne(titre="Intitulé", largeur=36, montree=_IDENTITE)
ORIGINE: Final = Colonne(titre="Origine", largeur=11, montree="elle dit quel référentiel demande la ligne")
#: The long texts: hidden in the sheet Grille, where they are compared, and whole in the sheet Textes.
NIVEAU: Final = Colonne(
    titre="Niveau attendu",
    largeur=0,
    montree="elle dit ce qui est attendu, les adaptations, et ce que les sources ne donnent pas",
)
PREUVES: Final = Colonne(titre="Exemples de preuves", largeur=0)
MOTIF: Final = Colonne(titre="Motif", largeur=0, montree="elle dit pourquoi la ligne est dans son état")
GRAVITE: Final = Colonne(titre="Gravité admise", largeur=0, montree="elle dit quels constats sont permis")
DUE: Final = Colonne(titre="À auditer à cette étape", largeur=9, montree=_ETAT)
IDENTIFIANT: Final = Colonne(titre="Identifiant", largeur=0, montree="la grille se relit par elle")

#: Where a finding is made; an audit of one site has no use for it.
SITE: Final = Colonne(
    titre="Site",
    largeur=9,
    montree="elle dit à quel site le constat est fait",
    champ="site",
    genre="site",
    libelle="site",
    aide=(
        "Identifiant du site où la ligne est vue, quand l’organisme en a plusieurs. "
        "Vide : le constat vaut pour tous."
    ),
    verification=9,
    ordre=7,
    recente=True,
)
#: The text that a finding rests on; a grid whose lines all have theirs has no use for it.
APPUI: Final = Colonne(
    titre="Texte d’appui",
    largeur=18,
    montree="elle dit sur quel texte repose le constat d’une ligne dont personne n’a donné le texte",
    champ="appui",
    libelle="texte d’appui",
    indication="document, page",
    aide=(
        "Sur une ligne dont personne n’a donné le texte : le document et la page sur lesquels le constat "
        "repose. Sans lui, la conclusion reste inconnue."
    ),
    ordre=8,
    recente=True,
)
#: The columns of the sheet Grille, in order.
GRILLE: Final[tuple[Colonne, ...]] = (
    Colonne(titre="Critère", largeur=8, montree=_IDENTITE),
    INDICATEUR,
    ORIGINE,
    INTITULE,
    NIVEAU,
    PREUVES,
    Colonne(titre="Applicabilité", largeur=14, montree=_ETAT),
    MOTIF,
    DUE,
    GRAVITE,
    CONSTAT,
    ANNOTATION,
    PREUVES_VUES,
    Colonne(
        titre="Échantillon",
        largeur=12,
        champ="echantillons",
        genre="liste",
        separateurs="\n;",
        libelle="échantillons",
        indication="un identifiant par ligne",
        aide="Identifiants sans nom de personne, séparés par des points-virgules.",
        ordre=4,
    ),
    COMMENTAIRE,
    CONSTAT_PRECEDENT,
    ECHEANCE,
    Colonne(
        titre="Évalué par",
        largeur=9,
        champ="evalue_par",
        libelle="évalué par",
        aide="Initiales de l’auditeur.",
        verification=10,
        ordre=5,
        signature=True,
    ),
    Colonne(
        titre="Évalué le",
        largeur=11,
        champ="evalue_le",
        genre="jour",
        libelle="évalué le",
        verification=12,
        ordre=6,
        signature=True,
    ),
    SITE,
    APPUI,
    IDENTIFIANT,
)
#: Those that the engine writes in the sheet Grille and that nobody sees there.
REPLIEES: Final = tuple(colonne for colonne in GRILLE if not colonne.largeur)
#: The level that a finding becomes once lifted; where no level is lifted, a grid has no use for it.
NIVEAU_LEVE: Final = Colonne(
    titre="Niveau après levée",
    largeur=17,
    champ="leve_constat",
    genre="constat",
    aide=(
        "Le niveau que devient un écart levé, avec son jour et qui l’a levé ; vide : il reste inconnu, et ce "
        "qui s’en calcule avec lui. Le constat de l’audit n’en change pas."
    ),
    recente=True,
)
#: How a finding is lifted: in the sheet Écarts, and in a CSV where levels are lifted.
LEVEE: Final[tuple[Colonne, ...]] = (
    Colonne(titre="Levé le", largeur=11, champ="leve_le", genre="jour"),
    Colonne(titre="Levé par", largeur=10, champ="leve_par"),
    NIVEAU_LEVE,
)
#: The columns of the sheet Écarts, in order: it names the lines, and the workbook fills two by itself.
SITE_ECART: Final = Colonne(
    titre=SITE.titre,
    largeur=SITE.largeur,
    genre="site",
    aide=(
        "Dans la feuille Écarts : le site dont l’écart se suit et se lève. Vide : l’écart de la ligne, tous "
        "sites ensemble."
    ),
    recente=True,
)
CONSTAT_ECART: Final = Colonne(titre="Constat", largeur=17)
ECHEANCE_ECART: Final = Colonne(titre="À traiter avant le", largeur=11)
ECARTS: Final[tuple[Colonne, ...]] = (
    INDICATEUR,
    SITE_ECART,
    CONSTAT_ECART,
    Colonne(titre="Énoncé de l’écart", largeur=26, champ="ecart.enonce"),
    Colonne(titre="Analyse des causes", largeur=20, champ="ecart.causes"),
    Colonne(titre="Correction", largeur=18, champ="ecart.correction"),
    Colonne(titre="Action corrective", largeur=20, champ="ecart.action_corrective"),
    Colonne(titre="Preuve", largeur=16, champ="ecart.preuve"),
    Colonne(titre="Plan reçu le", largeur=11, champ="ecart.plan_recu_le", genre="jour"),
    Colonne(titre="Plan accepté le", largeur=11, champ="ecart.plan_accepte_le", genre="jour"),
    ECHEANCE_ECART,
    *LEVEE,
)
#: What is filled of a gap: what follows it, then how it is lifted.
SUITE: Final = tuple(colonne for colonne in ECARTS if colonne.champ)
#: Those that a grid may lack, because it is older than they are: they read as empty there.
RECENTES: Final = frozenset(colonne.titre for colonne in (*GRILLE, *ECARTS) if colonne.recente)
#: The columns that auditors fill, in the order of the sheet; in that of forms and findings files.
SAISIE: Final = tuple(colonne for colonne in GRILLE if colonne.champ)
CHAMPS: Final = tuple(sorted(SAISIE, key=lambda colonne: colonne.ordre))


def fields(*genres: Genre) -> tuple[str, ...]:
    """Return the fields of a finding that are filled in one of these ways, in the order of findings files."""
    return tuple(colonne.champ for colonne in CHAMPS if colonne.genre in genres)


def signatures(*genres: Genre) -> tuple[str, ...]:
    """Return the fields that say who assessed (« texte »), or on which day (« jour »)."""
    return tuple(c.champ for c in CHAMPS if c.signature and c.genre in genres)
