"""Why a conclusion is what it is: the decision taken and what it rests on, a line left, a remark."""

from __future__ import annotations

from collections.abc import Iterable

from certif_rules.model.base import Appui
from certif_rules.model.jugement import Decision, Jugement
from certif_rules.rules.motifs import each_once, rests_on


class MotifConclusion(Appui, frozen=True, kw_only=True):
    """A reason gives why a conclusion is what it is: a decision, a line left, a remark, its sources."""

    code: str
    texte: str


def taken(jugement: Jugement, possible: Iterable[Decision], code_type: str) -> list[MotifConclusion]:
    """Return the decisions that are taken as reasons, with their sources and those of what they compare.

    Of several ways to one decision, the last asks for the least: the others are not certain.
    """
    reasons = []
    for decision in {d.code: d for d in possible}.values():
        compared = {seuil.mesure: None for condition in decision.si for seuil in condition.seuils}
        worth = rests_on(decision)
        worth["sources"] = each_once(decision.sources, *(jugement.mesures[nom].sources for nom in compared))
        texte = decision.titre_pour(code_type)
        reasons.append(MotifConclusion(code="decision", texte=texte, **worth))
    return reasons


def in_words(motifs: Iterable[MotifConclusion]) -> str:
    """Return the decisions that are taken as one text: those which read alike, once."""
    return ", ou ".join(dict.fromkeys(motif.texte for motif in motifs))
