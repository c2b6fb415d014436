"""A self-assessment and a comparison as JSON. Raw texts, ISO dates; keys may be added, never renamed."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from certif_rules.audit.checklist import Ligne
from certif_rules.echanges.champs import INCOHERENCE, Ecrivain, with_sources
from certif_rules.echanges.checklist import MOTIF, SENSIBLES, TEXTE, head
from certif_rules.model.base import Texte
from certif_rules.model.notation import Cle, Enonce, Notation
from certif_rules.model.personnes import DonneesSensibles
from certif_rules.model.vie import Incoherence
from certif_rules.rules.motifs import Motif
from certif_rules.vie.autodiagnostic import (
    Appreciation,
    Axe,
    Cadre,
    Cotation,
    Priorite,
    Score,
    Synthese,
    asked,
    contradictions,
    sources_of,
)
from certif_rules.vie.progression import AxeCompare, Comparaison, Progres

Objet = dict[str, Any]

_CRITERE = "id=critere.id numero=critere.numero titre=critere.titre"
_ecrire = Ecrivain(
    {
        Notation: "texte confiance lecture sources niveaux priorite amelioration_des arrondi",
        Cle: "mot texte",
        Enonce: "texte citation confiance lecture incoherences? sources",
        Axe: f"{_CRITERE} etat points=score.points maximum=score.maximum pourcent=score.pourcent"
        " repondues=score.repondues applicables=score.applicables plus_bas",
        AxeCompare: f"{_CRITERE} avant apres",
        Score: "points maximum pourcent repondues applicables",
        Priorite: "rang id=cotation.ligne.indicateur.id numero=cotation.ligne.indicateur.numero"
        " niveau=cotation.appreciation.niveau groupe",
        Ligne: "id=indicateur.id numero=indicateur.numero critere=critere.numero origine=indicateur.origine"
        " etat etiquettes=indicateur.etiquettes",
        Texte: TEXTE,
        Appreciation: "niveau raison commentaire preuves",
        Progres: "id=apres.ligne.indicateur.id numero=apres.ligne.indicateur.numero avant apres sens ecart"
        " reformulee",
        # A line among others goes by its id.
        Cotation: lambda cotation: cotation.ligne.indicateur.id,
        Motif: MOTIF,
        DonneesSensibles: SENSIBLES,
        Incoherence: INCOHERENCE,
    }
)


def synthesis(synthese: Synthese) -> Objet:
    """Return the synthesis as the values that are written."""
    cadre = synthese.cadre
    arrondi = "à l’entier le plus proche, un demi vers le haut"
    written = {
        "fait_le": synthese.fait_le,
        "notation": _ecrire(cadre.notation, arrondi=arrondi),
        "mention": cadre.regles.mention,
        "mentions": cadre.checklist.referentiel.mentions,
        "criteres": synthese.axes,
        "priorites": [_ecrire(p, rang=rang) for rang, p in enumerate(synthese.priorites, 1)],
        "ensemble": synthese.ensemble,
        "lignes": [_line(cadre, cotation) for cotation in synthese.cotations],
        "ecartees": [{"id": li.indicateur.id, "etat": li.etat, "motifs": li.motifs} for li in cadre.ecartees],
    }
    return _whole(cadre, written)


def comparison(comparaison: Comparaison) -> Objet:
    """Return a comparison as the values that are written."""
    ensemble, cadre = comparaison.ensemble, comparaison.apres.cadre
    written = {
        "avant": _one(comparaison.avant),
        "apres": _one(comparaison.apres),
        "editions_differentes": comparaison.editions_differentes,
        "criteres": comparaison.axes,
        "ensemble": {"avant": ensemble.avant, "apres": ensemble.apres},
        "lignes": [
            _ecrire(c, avant=_answer(c.avant), apres=_answer(c.apres)) for c in comparaison.changements
        ],
        "disparues": comparaison.disparues,
        "nouvelles": comparaison.nouvelles,
    }
    return _whole(cadre, written)


def request(cadre: Cadre) -> Objet:
    """Return what a file of answers starts with: enough to compute its grid again, whatever its dress."""
    return {**head(replace(cadre.checklist, habillage=None)), "etendue": cadre.etendue}


def empty(answers: Objet, cadre: Cadre) -> Objet:
    """Return the file of answers to fill, with what tags say of its lines, which is not to be filled."""
    tags = {li.indicateur.id: li.indicateur.etiquettes for li in cadre.retenues}
    written = [{**answer, "etiquettes": tags[answer["id"]]} for answer in answers["reponses"]]
    first = {key: value for key, value in answers.items() if key != "reponses"}
    return {**first, "mentions": _ecrire(cadre.checklist.referentiel.mentions), "reponses": written}


def _whole(cadre: Cadre, written: Objet) -> Objet:
    """Return ``written`` between what was asked and what everything rests on."""
    known, cited = cadre.incoherences, sources_of(cadre)
    written |= {
        "avertissements": (*cadre.avertissements, *cadre.checklist.notes),
        "incoherences": [known[id_] for id_ in contradictions(cadre)],
    }
    return with_sources({**request(cadre), **_ecrire(written)}, cited.values(), cited)


def _answer(cotation: Cotation) -> int | str | None:
    answer = cotation.appreciation
    return "sans_objet" if answer.sans_objet else answer.niveau


def _line(cadre: Cadre, cotation: Cotation) -> Objet:
    return {
        **_ecrire(cotation.ligne),
        **_ecrire(cotation.appreciation, niveau=_answer(cotation)),
        "incoherences": [i.id for i in asked(cadre, cotation.ligne)],
        "donnees_sensibles": cotation.ligne.indicateur.donnees_sensibles,
    }


def _one(synthese: Synthese) -> Objet:
    checklist = synthese.cadre.checklist
    return {
        "edition": checklist.referentiel.edition,
        "guide": checklist.referentiel.guide,
        "empreinte": checklist.empreinte,
        "fait_le": synthese.fait_le,
        "ensemble": synthese.ensemble,
    }
