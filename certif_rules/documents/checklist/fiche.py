"""One line of the référentiel as people read it: blocks of texts, each with its remarks and its sources."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from certif_rules.audit.checklist import Checklist, Ligne
from certif_rules.blocs.typographie import INSECABLE, clean, prose
from certif_rules.documents.emetteur import shows
from certif_rules.documents.mots import (
    ABSENT,
    DONNEES_SENSIBLES,
    evolution,
    field_name,
    finding,
    quoted,
    reason_remarks,
    remarks,
    sensitive,
    wording,
)
from certif_rules.model.base import Lacune, Texte
from certif_rules.model.personnes import DonneesSensibles
from certif_rules.model.referentiel import Alias, Indicateur
from certif_rules.rules.motifs import Motif


class Alinea(Struct, frozen=True, kw_only=True):
    """A text ready to be laid out, what stands beside it, and the ids of its sources."""

    texte: str
    remarques: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Bloc(Struct, frozen=True, kw_only=True):
    """A named group of texts, never empty."""

    titre: str
    elements: tuple[Alinea, ...]


def requirement(indicateur: Indicateur) -> Alinea:
    """Return the requirement, quoted when it is a quotation; said to be absent when no source gives it."""
    if indicateur.exigence is None:
        return Alinea(texte=f"Énoncé{INSECABLE}: {ABSENT}")
    texte = quoted(indicateur.exigence) if indicateur.citation else prose(indicateur.exigence)
    return Alinea(texte=texte, remarques=tuple(remarks(indicateur)), sources=indicateur.sources)


def reasons(checklist: Checklist, motifs: Iterable[Motif]) -> tuple[Alinea, ...]:
    """Return reasons, in order."""
    return tuple(
        Alinea(texte=prose(m.texte), remarques=tuple(reason_remarks(checklist, m)), sources=m.sources)
        for m in motifs
    )


def blocks(checklist: Checklist, ligne: Ligne) -> tuple[Bloc, ...]:
    """Return the texts of a line besides its requirement and its reasons; an absent one has none."""
    indicateur = ligne.indicateur
    earlier = [Alinea(texte=finding(checklist, ligne.constat_precedent))] if ligne.constat_precedent else []
    evolutions = [indicateur.evolution] if indicateur.evolution else []
    warned = [indicateur.donnees_sensibles] if indicateur.donnees_sensibles else []
    groups = (
        (DONNEES_SENSIBLES, [warning(value) for value in warned]),
        ("Constat précédent", earlier),
        ("Niveau attendu", _texts(filter(None, (indicateur.niveau_attendu,)))),
        ("Gravité d’un écart", _texts(filter(None, (indicateur.gravite,)))),
        ("Exemples de preuves", _texts(ligne.preuves if shows(checklist, "Exemples de preuves") else ())),
        ("Précisions", _texts(ligne.precisions)),
        ("Adaptations", _texts(ligne.adaptations)),
        ("Commentaires", _texts(indicateur.commentaires)),
        ("Autres rédactions", _texts(indicateur.variantes)),
        ("Autres codes", [_alias(alias) for alias in indicateur.alias]),
        ("Évolution", [Alinea(texte=evolution(e), sources=e.sources) for e in evolutions]),
        ("Absent des sources", [_gap(lacune) for lacune in indicateur.lacunes]),
    )
    return tuple(Bloc(titre=titre, elements=tuple(elements)) for titre, elements in groups if elements)


def warning(value: DonneesSensibles) -> Alinea:
    """Return what notes on a line may reveal: to be read before anything is written."""
    return Alinea(texte=sensitive(value), remarques=tuple(remarks(value)), sources=value.sources)


def _texts(textes: Iterable[Texte]) -> list[Alinea]:
    return [Alinea(texte=wording(t), remarques=tuple(remarks(t)), sources=t.sources) for t in textes]


def _alias(alias: Alias) -> Alinea:
    settled = () if alias.statut == "resolu" else ("non résolu",)
    return Alinea(
        texte=f"{clean(alias.code)}{INSECABLE}: {prose(alias.texte)}",
        remarques=settled,
        sources=alias.sources,
    )


def _gap(lacune: Lacune) -> Alinea:
    champs = ", ".join(map(field_name, lacune.champs))
    return Alinea(texte=f"{champs}{INSECABLE}: {prose(lacune.cherche)}", sources=lacune.sources)
