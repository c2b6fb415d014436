"""A reading guide: expected levels, evidence, precisions, adaptations; and the portées left to it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.construction.lecteur import Lecteur, read_sources
from certif_rules.construction.surcouche import without
from certif_rules.model.base import Regle, Source, Texte
from certif_rules.model.referentiel import Indicateur
from certif_rules.rules.mots import MOTS_PORTEE


class LigneGuide(Struct, frozen=True, kw_only=True):
    """This record gives what the guide says of one line."""

    niveau_attendu: Texte | None
    gradation: Texte | None
    preuves: tuple[Texte, ...]
    precisions: tuple[Texte, ...]
    adaptations: tuple[Texte, ...]
    commentaires: tuple[Texte, ...]


class CorpsGuide(Struct, frozen=True, kw_only=True):
    """This body gathers what a guide holds, by id of line."""

    sources: Mapping[str, Source]
    lignes: Mapping[str, LigneGuide]
    portees: Mapping[str, tuple[Regle, ...]]


def build_guide(body: Mapping[str, Any], lecteur: Lecteur, known: Mapping[str, Source]) -> CorpsGuide:
    """Return the body of the layer."""
    sources = read_sources(lecteur, body, known)
    lignes = {}
    for code, node in (body.get("lignes") or {}).items():
        lignes[_cite(code, node, lecteur)] = lecteur.read(LigneGuide, node)
    portees = {
        _cite(code, nodes, lecteur): tuple(lecteur.regle(node, MOTS_PORTEE) for node in nodes)
        for code, nodes in (body.get("portees") or {}).items()
    }
    return CorpsGuide(sources=sources, lignes=lignes, portees=portees)


def annotate(indicateur: Indicateur, guide: CorpsGuide) -> Indicateur:
    """Return the line with what the guide adds to it. The exigence's own texts come first and are kept."""
    portee = guide.portees.get(indicateur.id, indicateur.portee)
    ligne = guide.lignes.get(indicateur.id)
    if ligne is None:
        return replace(indicateur, portee=portee)
    given = {c for c in ("niveau_attendu", "preuves") if getattr(ligne, c) and not getattr(indicateur, c)}
    return replace(
        indicateur,
        portee=portee,
        lacunes=without(indicateur.lacunes, given),
        niveau_attendu=indicateur.niveau_attendu or ligne.niveau_attendu,
        preuves=indicateur.preuves + ligne.preuves,
        precisions=indicateur.precisions + ligne.precisions,
        adaptations=indicateur.adaptations + ligne.adaptations,
        commentaires=indicateur.commentaires
        + ((ligne.gradation,) if ligne.gradation else ())
        + ligne.commentaires,
    )


def _cite(code: str, node: Any, lecteur: Lecteur) -> str:
    return lecteur.cite("indicateur", lecteur.qualify(code), node)
