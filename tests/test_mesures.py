"""Measures made of others, weights, conditions that hold together: exact, as every completion written out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_jugement import CONSTATS, NOMBRES, lignes

from certif_rules.audit.completions import possible_decisions
from certif_rules.audit.jugement import LigneJugee, Valeur, holds, measure
from certif_rules.model.jugement import Condition, Decision, Jugement, Mesure, Seuil, Terme, Toutes, UnCritere

POIDS = {"x/0": "2", "x/1": "1/2", "x/3": "3"}
SIMPLES = (
    Mesure(id="ab", titre="", sources=(), compte=("a", "b")),
    Mesure(id="moyenne", titre="", sources=(), moyenne="ensemble", poids=POIDS),
    Mesure(id="plancher", titre="", sources=(), minimum=True, etiquette="rouge"),
    Mesure(id="domaines", titre="", sources=(), moyenne="par_critere"),
    Mesure(id="rouges", titre="", sources=(), moyenne="par_critere", etiquette="rouge", poids=POIDS),
    Mesure(id="planchers", titre="", sources=(), minimum="par_critere"),
)
PAR_CRITERE = ["domaines", "rouges", "planchers"]


@st.composite
def mesures(draw: st.DrawFn) -> dict[str, Mesure]:
    """Measures by criterion, what is made of them with and without weights, and of those again."""
    poids = {"x/A": draw(NOMBRES.filter(lambda n: n != "0"))} if draw(st.booleans()) else {}
    over = [
        Mesure(
            id=f"de_{nom}", titre="", sources=(), moyenne_de=(nom,), poids=poids if nom == "domaines" else {}
        )
        for nom in PAR_CRITERE
    ]
    least = [Mesure(id=f"min_{nom}", titre="", sources=(), minimum_de=nom) for nom in PAR_CRITERE]
    each = [m for m in SIMPLES if not m.par_critere] + over + least
    chosen = draw(st.lists(st.sampled_from([m.id for m in each]), min_size=1, max_size=2, unique=True))
    of_each = Mesure(id="de_mesures", titre="", sources=(), moyenne_de=tuple(chosen), poids={chosen[0]: "3"})
    terms = st.builds(
        Terme, mesure=st.sampled_from([*(m.id for m in each), "de_mesures"]), seuil=st.none() | NOMBRES
    )
    some = tuple(draw(st.lists(terms, min_size=1, max_size=2)))
    total = Mesure(id="somme", titre="", sources=(), somme=some)
    return {m.id: m for m in (*SIMPLES, *over, *least, of_each, total)}


@st.composite
def seuils(draw: st.DrawFn, noms: list[str], *, alone: bool = True) -> Seuil:
    """One measure and a threshold or two; of a measure by criterion, of one, of any or of each."""
    nom = draw(st.sampled_from(noms))
    words = draw(
        st.sampled_from([["au_moins"], ["plus_de"], ["au_plus"], ["moins_de"], ["au_moins", "au_plus"]])
    )
    seuil = replace(Seuil(mesure=nom), **dict.fromkeys(words, draw(NOMBRES)))
    if alone and nom in PAR_CRITERE:
        how = draw(st.sampled_from(["un", "chaque", "x/A", "x/B"]))
        seuil = replace(seuil, chaque=how == "chaque", critere=how if how.startswith("x/") else None)
    return seuil


@st.composite
def jugements(draw: st.DrawFn) -> Jugement:
    """A judgement whose decisions rest on conditions of every kind."""
    held = draw(mesures())
    one = seuils(sorted(held))
    same = st.builds(
        lambda some: UnCritere(un_critere=tuple(some)),
        st.lists(seuils(PAR_CRITERE, alone=False), min_size=1, max_size=2),
    )
    both = st.builds(
        lambda some: Toutes(toutes=tuple(some)), st.lists(st.one_of(one, one, same), min_size=1, max_size=2)
    )
    ways = draw(st.lists(st.lists(st.one_of(one, same, both), min_size=1, max_size=2), max_size=3))
    decisions = [
        Decision(code=f"d{i}", delivrable=None, titre="", sources=(), si=tuple(si))
        for i, si in enumerate(ways)
    ]
    last = Decision(code="fin", delivrable=True, titre="", sources=())
    return Jugement(origine="x", mesures=held, decisions=(*decisions, last))


def true(condition: Condition, values: Mapping[str, Valeur]) -> bool:
    """Whether a condition holds, read straight from the definition."""
    if isinstance(condition, Toutes):
        return all(true(each, values) for each in condition.toutes)
    if isinstance(condition, UnCritere):
        criteria = {c for s in condition.un_critere for c in values[s.mesure]}  # type: ignore[union-attr]
        return any(
            all(holds(s, values[s.mesure].get(c)) for s in condition.un_critere)  # type: ignore[union-attr]
            for c in criteria
        )
    value = values[condition.mesure]
    if not isinstance(value, Mapping):
        return holds(condition, value)
    each = [v for c, v in value.items() if condition.critere in (None, c) and v is not None]
    if condition.chaque:
        return bool(each) and all(holds(condition, v) for v in each)
    return any(holds(condition, v) for v in each)


def decided(jugement: Jugement, known: list[LigneJugee]) -> str:
    """The decision on lines all known."""
    values = measure(jugement, CONSTATS, known)
    return next(d.code for d in jugement.decisions if not d.si or any(true(c, values) for c in d.si))


@settings(deadline=None)
@given(jugements(), lignes())
def test_every_completion_is_followed(jugement: Jugement, some: list[LigneJugee]) -> None:
    """The decisions possible are those of the completions, written out one by one: no more, no less."""
    completions = product(*(ligne.possibles for ligne in some))
    brute = {
        decided(jugement, [replace(li, possibles=(one,)) for li, one in zip(some, ending, strict=True)])
        for ending in completions
    }
    assert {d.code for d in possible_decisions(jugement, CONSTATS, some)} == brute
