"""A self-assessment and a comparison as JSON. Raw texts, ISO dates; keys may be added, never renamed."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from certif_rules.echanges.checklist import head, reason, sensitive
from certif_rules.echanges.commun import as_bytes, cited_sources, contradiction, warnings, worth
from certif_rules.model.referentiel import Critere
from certif_rules.vie.autodiagnostic import (
    Cadre,
    Cotation,
    Priorite,
    Score,
    Synthese,
    asked,
    contradictions,
    sources_of,
)
from certif_rules.vie.progression import AxeCompare, Changement, Comparaison

Objet = dict[str, Any]


def render_synthesis(synthese: Synthese) -> bytes:
    """Return the synthesis as JSON."""
    return as_bytes(synthesis(synthese))


def render_comparison(comparaison: Comparaison) -> bytes:
    """Return the comparison as JSON."""
    return as_bytes(comparison(comparaison))


def synthesis(synthese: Synthese) -> Objet:
    """Return the synthesis as the values that are written."""
    cadre = synthese.cadre
    return {
        **request(cadre),
        "fait_le": synthese.fait_le,
        "notation": _notation(cadre),
        "mention": _enonce(cadre),
        "criteres": [
            {
                **_critere(axe.critere),
                "etat": axe.etat,
                **_score(axe.score),
                "plus_bas": [c.ligne.indicateur.id for c in axe.plus_bas],
            }
            for axe in synthese.axes
        ],
        "priorites": [_priorite(p, rang) for rang, p in enumerate(synthese.priorites, 1)],
        "ensemble": _score(synthese.ensemble),
        "lignes": [_cotation(cadre, c) for c in synthese.cotations],
        "ecartees": [
            {"id": li.indicateur.id, "etat": li.etat, "motifs": [reason(m) for m in li.motifs]}
            for li in cadre.ecartees
        ],
        **_tail(cadre),
    }


def comparison(comparaison: Comparaison) -> Objet:
    """Return a comparison as the values that are written."""
    avant, apres = comparaison.avant, comparaison.apres
    return {
        **request(apres.cadre),
        "avant": _one(avant),
        "apres": _one(apres),
        "editions_differentes": comparaison.editions_differentes,
        "criteres": [{**_critere(axe.critere), **_twice(axe)} for axe in comparaison.axes],
        "ensemble": _twice(comparaison.ensemble),
        "lignes": [_changement(c) for c in comparaison.changements],
        "disparues": [c.ligne.indicateur.id for c in comparaison.disparues],
        "nouvelles": [c.ligne.indicateur.id for c in comparaison.nouvelles],
        **_tail(apres.cadre),
    }


def request(cadre: Cadre) -> Objet:
    """Return what a file of answers starts with: enough to compute its grid again, whatever its dress."""
    return {**head(replace(cadre.checklist, habillage=None)), "etendue": cadre.etendue}


def _tail(cadre: Cadre) -> Objet:
    known, cited = cadre.incoherences, sources_of(cadre)
    return {
        "avertissements": warnings((*cadre.avertissements, *cadre.checklist.notes)),
        "incoherences": [contradiction(known[id_]) for id_ in contradictions(cadre)],
        "sources": cited_sources(cited.values(), cited),
    }


def _notation(cadre: Cadre) -> Objet:
    notation = cadre.notation
    return {
        "texte": notation.texte,
        **worth(notation, "confiance", "lecture"),
        "sources": list(notation.sources),
        "niveaux": [{"valeur": n.valeur, "titre": n.titre, "sens": n.sens} for n in notation.niveaux],
        "priorite": [{"mot": cle.mot, "texte": cle.texte} for cle in notation.priorite],
        "amelioration_des": notation.amelioration_des,
        "arrondi": "à l’entier le plus proche, un demi vers le haut",
    }


def _enonce(cadre: Cadre) -> Objet | None:
    mention = cadre.regles.mention
    if mention is None:
        return None
    return {
        "texte": mention.texte,
        "citation": mention.citation,
        **worth(mention, "confiance", "lecture"),
        "sources": list(mention.sources),
    }


def _critere(critere: Critere | None) -> Objet:
    if critere is None:
        return {"id": None, "numero": None, "titre": None}
    return {"id": critere.id, "numero": critere.numero, "titre": critere.titre}


def _score(score: Score) -> Objet:
    return {
        "points": score.points,
        "maximum": score.maximum,
        "pourcent": score.pourcent,
        "repondues": score.repondues,
        "applicables": score.applicables,
    }


def _priorite(priorite: Priorite, rang: int) -> Objet:
    ligne = priorite.cotation.ligne.indicateur
    return {
        "rang": rang,
        "id": ligne.id,
        "numero": ligne.numero,
        "niveau": priorite.cotation.appreciation.niveau,
        "groupe": priorite.groupe,
    }


def _answer(cotation: Cotation) -> int | str | None:
    answer = cotation.appreciation
    return "sans_objet" if answer.sans_objet else answer.niveau


def _cotation(cadre: Cadre, cotation: Cotation) -> Objet:
    ligne, answer = cotation.ligne, cotation.appreciation
    return {
        "id": ligne.indicateur.id,
        "numero": ligne.indicateur.numero,
        "critere": ligne.critere.numero if ligne.critere else None,
        "origine": ligne.indicateur.origine,
        "etat": ligne.etat,
        "niveau": _answer(cotation),
        "raison": answer.raison,
        "commentaire": answer.commentaire,
        "preuves": answer.preuves,
        "incoherences": [i.id for i in asked(cadre, ligne)],
        "donnees_sensibles": sensitive(ligne.indicateur.donnees_sensibles),
    }


def _one(synthese: Synthese) -> Objet:
    referentiel = synthese.cadre.checklist.referentiel
    return {
        "edition": referentiel.edition,
        "guide": referentiel.guide,
        "empreinte": synthese.cadre.checklist.empreinte,
        "fait_le": synthese.fait_le,
        "ensemble": _score(synthese.ensemble),
    }


def _twice(axe: AxeCompare) -> Objet:
    return {"avant": _score(axe.avant), "apres": _score(axe.apres)}


def _changement(changement: Changement) -> Objet:
    ligne = changement.apres.ligne.indicateur
    return {
        "id": ligne.id,
        "numero": ligne.numero,
        "avant": _answer(changement.avant),
        "apres": _answer(changement.apres),
        "sens": changement.sens,
        "ecart": changement.ecart,
        "reformulee": changement.reformulee,
    }
