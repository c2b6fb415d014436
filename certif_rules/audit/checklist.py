"""The checklist as a value: what every exporter receives and none of them computes.

Texts are plain French, typed as in the data: typography and markup belong to the exporters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.errors import DataError
from certif_rules.habillage.modele import Habillage
from certif_rules.habillage.regles import HabillageDit, build, problems, problems_with
from certif_rules.model.base import Appui, Avertissement, Lacune, Texte
from certif_rules.model.organisme import Fait
from certif_rules.model.referentiel import Critere, Indicateur, Referentiel, TextesDonnes, TypeAudit
from certif_rules.rules.contexte import VERIFICATION, Contexte, FaitsParCategorie
from certif_rules.rules.faits import out_of_region
from certif_rules.rules.motifs import ETATS, Etat, Motif

#: What may be found of a check: it holds, or it fails, and then counts as the finding declared for it.
RESULTATS = ("satisfaite", "non_satisfaite")
SATISFAITE, NON_SATISFAITE = RESULTATS
#: Confidences of a layer whose note tells what its texts are worth, whatever it is.
_DOUBTFUL = ("faible", "non_verifiee")


#: Whether a document required was received, as declared.
Reception = Literal["recue", "non_recue", "non_dite"]
#: The same in words, of a document.
RECEPTIONS: Mapping[Reception, str] = {
    "recue": "reçu",
    "non_recue": "non reçu",
    "non_dite": "réception non renseignée",
}


class Ligne(Struct, frozen=True, kw_only=True, gc=False):
    """A line gives one indicator, due or not, with its state and every reason for it.

    ``categories`` are those for which the line is due. ``preuves``, ``precisions``, ``adaptations`` and
    ``lacunes`` are already restricted to this organisation and this audit.
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
    lacunes: tuple[Lacune, ...]
    constat_precedent: str | None


class Point(Struct, frozen=True, kw_only=True):
    """A point asks for a document or a check; ``certain`` is false when its rule could not be decided.

    Of a document, ``reception`` says whether it was received; of a check, it is ``None``.

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
    reception: Reception | None = None


class SitesAudites(Appui, frozen=True, kw_only=True):
    """An extension brings these sites to the audit; ``sites`` is ``None`` when they are not known."""

    sites: tuple[str, ...] | None
    texte: str


class Checklist(Struct, frozen=True, kw_only=True):
    """A checklist answers for one audit; ``lignes`` holds every indicator, in the référentiel's order.

    ``faits`` is what was made of the facts: declared, by nature, deduced. ``invocables`` maps each derogation
    that must be claimed to whether it was, by this context.
    ``organisme`` is what was declared, ready to be printed or written as JSON. ``habillage`` is how the body
    dresses its documents; it changes nothing of what they say. ``textes`` are those that a body gave.
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
    textes: TextesDonnes | None = None
    habillage: Habillage | None = None

    @property
    def type_audit(self) -> TypeAudit:
        """Return the type of the audit."""
        return self.referentiel.types_audit[self.contexte.type_audit]

    @property
    def notes(self) -> tuple[Avertissement, ...]:
        """Return what the texts applied are worth: notes of the requirements, of layers that are not sure."""
        return tuple(
            Avertissement("note_de_couche", f"{couche.titre} : {couche.note}", couche.sources)
            for couche in (retenue.couche for retenue in self.referentiel.couches)
            if couche.note and (couche.nature == "exigence" or couche.confiance in _DOUBTFUL)
        )

    @property
    def plusieurs_sites(self) -> tuple[str, ...]:
        """Return the ids of the sites where findings may be made; none for one, or where nobody said."""
        ids = (*(str(s["id"]) for s in self.contexte.organisme.sites), *self.contexte.ajouts.sites)
        return tuple(dict.fromkeys(ids)) if len(set(ids)) > 1 else ()

    @property
    def compteurs(self) -> dict[Etat, int]:
        """Return how many lines stand in each state, every state present."""
        return {etat: sum(ligne.etat == etat for ligne in self.lignes) for etat in ETATS}

    @property
    def groupes(self) -> tuple[tuple[Critere | None, tuple[Ligne, ...]], ...]:
        """Return the lines by criterion, in order; those without a known one come last, under ``None``."""
        groupes: dict[str | None, tuple[Critere | None, list[Ligne]]] = {}
        for ligne in self.lignes:
            cle = ligne.critere.id if ligne.critere else None
            groupes.setdefault(cle, (ligne.critere, []))[1].append(ligne)
        return tuple((critere, tuple(lignes)) for critere, lignes in groupes.values())


def in_order(avertissements: Iterable[Avertissement]) -> tuple[Avertissement, ...]:
    """Return what changes this audit, then what holds at every audit of its type."""
    return tuple(sorted(avertissements, key=lambda a: a.rappel))


def warned(checklist: Checklist, more: Iterable[Avertissement]) -> Checklist:
    """Return ``checklist`` with more to be warned of; what holds at every audit of its type stays last."""
    return replace(checklist, avertissements=in_order((*checklist.avertissements, *more)))


def elsewhere(checklist: Checklist, fait: Fait) -> bool:
    """Return whether a derogation nobody claimed is of a region where no site is."""
    return not checklist.invocables.get(fait.id) and out_of_region(fait, checklist.contexte)


def point_key(point: Point) -> str:
    """Return how a check is called beside the ids of lines, none of which has « : »."""
    return f"{VERIFICATION}{point.id}"


def point_numbers(checklist: Checklist) -> dict[str, str]:
    """Return the printed number of each check by its key, « V1 »; the key where a line is called so."""
    lines = {ligne.indicateur.numero for ligne in checklist.lignes}
    numbers = {}
    for rank, value in enumerate(checklist.verifications, start=1):
        key = point_key(value)
        numbers[key] = key if f"V{rank}" in lines else f"V{rank}"
    return numbers


def dressed(checklist: Checklist, dit: HabillageDit | None) -> Checklist:
    """Return ``checklist`` in the dress that was asked for, as it is when none was.

    Raises:
        DataError: what the body's file says cannot be said of this référentiel; everything is listed.
    """
    if dit is None:
        return checklist
    issues = [*problems(dit.data), *problems_with(checklist.referentiel, dit.data)]
    if issues:
        raise DataError(issues)
    return dress(checklist, build(dit))


def dress(checklist: Checklist, habillage: Habillage) -> Checklist:
    """Return the same checklist, whose annotations take the names that the body gives them."""
    referentiel = checklist.referentiel
    noms = habillage.annotations
    annotations = {a.id: replace(a, titre=noms.get(a.id, a.titre)) for a in referentiel.annotations.values()}
    return replace(checklist, referentiel=replace(referentiel, annotations=annotations), habillage=habillage)
