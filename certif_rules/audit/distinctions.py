"""What is decided beside the label, on the same lines and measures: stars, a mention, each domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from certif_rules.audit.completions import Completions
from certif_rules.audit.jugement import LigneJugee
from certif_rules.audit.raisons import MotifConclusion, in_words, taken
from certif_rules.model.jugement import Decision, Distinction, Jugement
from certif_rules.model.referentiel import Constat
from certif_rules.rules.motifs import rests_on

#: What is decided where the label’s decision leaves no object.
SANS_OBJET = "sans_objet"


class Octroi(Struct, frozen=True, kw_only=True):
    """An octroi is what is decided of a distinction, for one criterion (an id) where it is decided for each.

    ``decision`` is ``None`` while several are possible: ``possibles`` are their codes, in order.
    ``SANS_OBJET``, the last, is one of them.
    """

    id: str
    titre: str
    critere: str | None
    decision: str | None
    possibles: tuple[str, ...]
    texte: str
    motifs: tuple[MotifConclusion, ...]


def decide_beside(
    jugement: Jugement, constats: Mapping[str, Constat], lignes: Sequence[LigneJugee], code_type: str, *,
    unknown: str,
) -> Iterator[Octroi]:  # fmt: skip
    """Yield what is decided beside the label, in order.

    Args:
        jugement: what exists at this audit type.
        constats: every finding known.
        lignes: the lines judged.
        code_type: the audit type (its code), for how decisions read.
        unknown: why nothing can be concluded of them; empty where it can.
    """
    for distinction in jugement.distinctions.values():
        criteres: dict[str | None, None] = {None: None}
        if distinction.par_critere:
            criteres = dict.fromkeys(ligne.critere for ligne in lignes if ligne.critere is not None)
        for critere in criteres:
            if unknown:
                possible, without = distinction.decisions, bool(distinction.si_decision)
            else:
                possible, without = possible_beside(jugement, constats, lignes, distinction, critere)
            texte, motifs = _in_words(jugement, distinction, possible, code_type, without=without)
            possibles = (*dict.fromkeys(d.code for d in possible), *((SANS_OBJET,) if without else ()))
            yield Octroi(
                id=distinction.id,
                titre=distinction.titre,
                critere=critere,
                decision=possibles[0] if len(possibles) == 1 and not unknown else None,
                possibles=possibles,
                texte=unknown or texte,
                motifs=() if unknown else motifs,
            )


def _in_words(
    jugement: Jugement, distinction: Distinction, possible: Sequence[Decision], code_type: str, *,
    without: bool,
) -> tuple[str, tuple[MotifConclusion, ...]]:  # fmt: skip
    reasons = taken(jugement, possible, code_type)
    if not reasons:
        granting = (d for d in jugement.decisions if d.code in distinction.si_decision)
        texte = f"seulement avec : {in_words(taken(jugement, granting, code_type))}"
        motif = MotifConclusion(code=SANS_OBJET, texte=texte, **rests_on(distinction))
        return f"sans objet ({texte})", (motif,)
    if without or len(reasons) > 1:
        return f"indéterminé : {in_words(reasons)}{', ou sans objet' if without else ''}", ()
    return in_words(reasons), tuple(reasons)


def possible_beside(
    jugement: Jugement,
    constats: Mapping[str, Constat],
    lignes: Sequence[LigneJugee],
    distinction: Distinction,
    critere: str | None = None,
) -> tuple[tuple[Decision, ...], bool]:
    """Return the decisions that some completion gives beside the label, and whether one gives it no object.

    Both are decided on the same completion. ``critere`` is the criterion that it is decided for.
    """
    search = Completions(jugement, constats, lignes)
    decisions = distinction.au_critere(critere, jugement.mesures) if critere else distinction.decisions
    label = jugement.decisions if distinction.si_decision else ()
    reached: set[int] = set()
    without = False
    for added, known in search.worlds((*label, *decisions)):
        if not label:
            search.take(decisions, added, known, reached)
        for index, held in search.outcomes(label, added, known):
            if label[index].code in distinction.si_decision:
                if search.possible(held):
                    search.take(decisions, held, known, reached)
            elif not without:
                without = search.possible(held)
    return tuple(d for index, d in enumerate(distinction.decisions) if index in reached), without
