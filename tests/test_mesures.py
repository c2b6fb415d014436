"""Measures made of others, weights, conditions that hold together: exact, as every completion written out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from greffons import registry, seal
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_jugement import CONSTATS, NOMBRES, holds, lignes

from certif_rules.audit.completions import possible_decisions
from certif_rules.audit.distinctions import possible_beside
from certif_rules.audit.jugement import LigneJugee, Valeur, measure
from certif_rules.errors import DataError
from certif_rules.model.jugement import (
    Condition,
    Decision,
    Distinction,
    Jugement,
    Mesure,
    Seuil,
    Terme,
    Toutes,
    UnCritere,
)
from certif_rules.model.referentiel import Indicateur
from certif_rules.services.validation import validate
from certif_rules.testing.cas import differences
from certif_rules.testing.fichier import read_cases

NOTES = Path(__file__).parent / "fictif_notes"
_, CASES = read_cases(NOTES / "domaines.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["nom"])
def test_domains_are_weighed_and_compared_together(case: dict[str, Any]) -> None:
    """Means of means, least of means, weights, conditions that hold together: worked out by hand."""
    assert differences(case, registry(domaines=NOTES / "domaines")) == []


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the référentiel whose rules were changed."""
    copy = tmp_path / "domaines"
    shutil.copytree(NOTES / "domaines", copy)
    path = copy / "regles" / "R1" / "contenu.yaml"
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    seal(path.parent)
    return copy


DOMAINE = "domaine: {moyenne: par_critere, poids: {A1: 2},"
GLOBALE = "globale: {moyenne_de: domaine, poids: {B: 2},"
PLUS_BASSE = "{minimum_de: domaine,"
NOTE = "note: {moyenne_de: [globale, lignes], poids: {globale: 3},"
LIGNES = "lignes: {moyenne: ensemble,"
CHAQUE = "{mesure: domaine, chaque: true, au_moins: 2}"
ZEROS = "{mesure: zeros, au_plus: 0}"
ENSEMBLE = "toutes: [{mesure: note, au_moins: 2}, {mesure: plus_basse, au_moins: 1}]"
UN = "{mesure: plancher, au_moins: 2}"
MEME = '{un_critere: [{mesure: domaine, au_moins: "2.5"}, {mesure: plancher, au_moins: 2}]}'
REFUSE = "    - {code: refuse,"


def decision(si: str) -> tuple[str, str]:
    """One decision more, before the last."""
    more = f"    - {{code: autre, delivrable: null, si: [{si}], titre: Autre, sources: [DOC]}}\n"
    return REFUSE, more + REFUSE


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((DOMAINE, DOMAINE.replace("A1: 2", "A1: 0")), "« A1 » ne pèse rien"),
        ((DOMAINE, DOMAINE.replace("A1: 2", "autre/A1: 2")), "« autre/A1 » est une ligne d’un autre"),
        ((GLOBALE, GLOBALE.replace("B: 2", "Z: 2")), "critère « domaines/Z » : nom inconnu"),
        ((NOTE, NOTE.replace("globale: 3", "zeros: 3")), "« zeros » n’est pas de celles"),
        ((PLUS_BASSE, "{minimum_de: domaine, poids: {A: 2},"), "ne compte que dans une moyenne"),
        ((LIGNES, "lignes: {minimum: true, poids: {A1: 2},"), "ne compte que dans une moyenne"),
        ((GLOBALE, "globale: {moyenne_de: domaine, etiquette: rouge,"), "n’a pas d’étiquette"),
        ((GLOBALE, "globale: {moyenne_de: domain, poids: {B: 2},"), "« domain » : nom inconnu"),
        ((NOTE, NOTE.replace("[globale, lignes]", "lignes").replace("globale", "A")), "pas une valeur par"),
        ((NOTE, NOTE.replace("[globale, lignes]", "[globale, domaine]")), "elle ne s’additionne pas"),
        ((PLUS_BASSE, "{minimum_de: globale,"), "« globale » n’a pas une valeur par critère"),
        ((PLUS_BASSE, "{minimum_de: domaine, moyenne: ensemble,"), "d’une façon et d’une seule"),
        ((CHAQUE, "{mesure: globale, chaque: true, au_moins: 2}"), "« globale » n’a pas une valeur"),
        ((CHAQUE, "{mesure: domaine, chaque: true, critere: A, au_moins: 2}"), "ou sur chacun"),
        ((UN, "{mesure: zeros, au_moins: 2}"), "« zeros » n’a pas une valeur par critère"),
        ((UN, "{mesure: plancher, critere: A, au_moins: 2}"), "« critere » n’a pas de sens sous"),
        ((ZEROS, "{toutes: [{mesure: zeros, au_plus: 0}]}"), "« toutes » n’a pas de sens sous « toutes »"),
        ((ENSEMBLE, ENSEMBLE + "\n          au_moins: 1"), "réunit des conditions, sans rien d’autre"),
        ((CHAQUE, "{chaque: true, au_moins: 2}"), "compare une mesure, ou en réunit d’autres"),
        ((CHAQUE, "{mesure: domaine, chaque: true}"), "compare la mesure à un nombre"),
        ((CHAQUE, "{mesure: domaine, chaque: true, au_moins: 4}"), "« domaine » va de 0 à 3"),
        ((UN, "{mesure: plancher, au_moins: 4}"), "« plancher » va de 0 à 3"),
        ((ENSEMBLE, ENSEMBLE.replace("note, au_moins: 2", "note, au_moins: 5")), "« note » va de 0 à 3"),
        (decision("{mesure: zeros, au_moins: 2, au_plus: 1}"), "ses conditions se contredisent"),
        (decision("{toutes: [{mesure: note, au_moins: 2}, {mesure: note, moins_de: 2}]}"), "se contredisent"),
        (decision("{mesure: plus_basse, au_moins: 2}, {mesure: zeros, au_moins: 3, au_plus: 2}"), ""),
        (decision(ENSEMBLE.replace("toutes: ", "{toutes: ").replace("2}, {", "3}, {") + "}"), "prise avant"),
        (decision(MEME.replace('"2.5"', "3")), "prise avant"),
        (decision(MEME.replace('"2.5"', "2")), ""),
        (decision("{toutes: [{mesure: domaine, au_plus: 0}, {mesure: domaine, au_moins: 1}]}"), ""),
        (decision("{mesure: domaine, critere: B, au_moins: 3}"), ""),
        (decision("{mesure: domaine, chaque: true, au_moins: 3}"), ""),
        (
            (REFUSE, "".join(
                f"    - {{code: c{n}, delivrable: null, si: [{{mesure: domaine, {how}au_moins: {n}}}],"
                " titre: C, sources: [DOC]}\n"
                for n, how in ((1, "chaque: true, "), (2, "chaque: true, "))
            ) + REFUSE),
            "« c2 » : une autre décision",
        ),
        (
            (REFUSE, "".join(
                f"    - {{code: c{n}, delivrable: null, si: [{{mesure: domaine, {how}au_moins: {n}}}],"
                " titre: C, sources: [DOC]}\n"
                for n, how in ((1, "chaque: true, "), (2, ""))
            ) + REFUSE),
            "",
        ),
    ],
)  # fmt: skip
def test_what_would_mean_nothing_is_refused(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    """One sentence for the one fault, at its place; none where some findings lead to the decision."""
    copy = changed(tmp_path, change)
    if not words:
        registry(domaines=copy).resolve("domaines", day="2024-01-10")
        return
    with pytest.raises(DataError) as error:
        registry(domaines=copy).resolve("domaines", day="2024-01-10")
    (issue,) = (issue for issue in error.value.issues if words in issue.message)
    assert issue.location is not None
    assert issue.location.line


SUIVI = (
    "  - {id: suivi, titre: Suivi, perimetre: [{toutes: true, sources: [DOC]}], sinon: hors,"
    " sources: [DOC]}\n"
)


def test_a_mean_reads_measures_that_exist_where_it_does(tmp_path: Path) -> None:
    """The mean of the lines is made at visits only, and the mark at every audit."""
    changes = (LIGNES, LIGNES + " types: [visite],"), ("types_audit:\n", "types_audit:\n" + SUIVI)
    with pytest.raises(DataError) as error:
        registry(domaines=changed(tmp_path, *changes)).resolve("domaines", day="2024-01-10")
    assert [(i.code, i.message) for i in error.value.issues] == [
        (
            "mesure-absente",
            "la mesure « note » lit la mesure « lignes », qui n’existe pas (type d’audit : « suivi »)",
        )
    ]


def test_the_weight_of_an_unknown_line_is_refused(tmp_path: Path) -> None:
    """No edition has a line Z1: what it weighs is a mistake, where it is written."""
    copy = changed(tmp_path, (DOMAINE, DOMAINE.replace("A1: 2", "Z1: 2")))
    validation = validate([copy], [], here=tmp_path)
    assert [(i.code, i.message) for i in validation.problemes] == [
        ("ligne-inconnue", "indicateur « domaines/Z1 » : nom inconnu")
    ]


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


@pytest.mark.lent
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


def own(condition: Condition, critere: str) -> Toutes | Seuil:
    """What a condition asks in one criterion: of measures by criterion, their value there, or in each."""
    if not isinstance(condition, Seuil):
        return Toutes(toutes=tuple(own(each, critere) for each in condition.seuils))  # type: ignore[arg-type]
    free = condition.mesure in PAR_CRITERE and condition.critere is None and not condition.chaque
    return replace(condition, critere=critere) if free else condition


@pytest.mark.lent
@settings(deadline=None, max_examples=40)
@given(jugements(), lignes(), st.sampled_from([None, "x/A", "x/B"]), st.booleans())
def test_what_is_decided_beside_follows_every_completion(
    jugement: Jugement, some: list[LigneJugee], critere: str | None, anyway: bool
) -> None:
    """Beside the label, for one criterion or none: as every completion written out decides it."""
    *before, last = (replace(d, code=f"e-{d.code}") for d in jugement.decisions)
    distinction = Distinction(
        id="e", titre="", decisions=(*before[::-1], last), si_decision=() if anyway else ("fin",)
    )
    named = [
        replace(d, si=tuple(own(c, critere) if critere else c for c in d.si)) for d in distinction.decisions
    ]
    brute: set[str | None] = set()
    for ending in product(*(ligne.possibles for ligne in some)):
        known = [replace(li, possibles=(one,)) for li, one in zip(some, ending, strict=True)]
        granted = anyway or decided(jugement, known) == "fin"
        brute.add(decided(replace(jugement, decisions=tuple(named)), known) if granted else None)
    possible, without = possible_beside(jugement, CONSTATS, some, distinction, critere)
    assert {d.code for d in possible} | ({None} if without else set()) == brute


def line(number: int, critere: str, *possibles: str | None) -> LigneJugee:
    """A line of a criterion, and what it may end with: a is worth 0, b 1, c 1.5 and d 3."""
    indicateur = Indicateur(
        id=f"x/{number}", origine="x", code=str(number), numero=str(number), critere=critere, titre=None,
        exigence=None, citation=False, portee=(), sources=(), confiance="elevee", etiquettes=(),
    )  # fmt: skip
    return LigneJugee(indicateur=indicateur, possibles=possibles)


def reached(some: list[LigneJugee], condition: Condition, *more: Mesure) -> set[str]:
    """Whether a condition may hold, and whether it may not."""
    oui = Decision(code="oui", delivrable=True, titre="", si=(condition,))
    mesures = {m.id: m for m in (*SIMPLES, *more)}
    jugement = Jugement(origine="x", mesures=mesures, decisions=(oui, replace(oui, code="non", si=())))
    return {d.code for d in possible_decisions(jugement, CONSTATS, some)}


DE_DOMAINES = Mesure(id="de", titre="", moyenne_de=("domaines",))


def test_the_mean_of_minima_is_not_that_of_lines() -> None:
    """Lines at 0 and 3 in one criterion: its minimum is 0, and so is the mean of one minimum."""
    de_planchers = Mesure(id="de", titre="", moyenne_de=("planchers",))
    some = [line(7, "x/A", "a"), line(8, "x/A", "d")]
    assert reached(some, Seuil(mesure="de", au_moins="1"), de_planchers) == {"non"}


def test_a_criterion_may_be_left_without_any_line_measured() -> None:
    """A line of A at 3 or not measured, one of B at 0: the mean of the domains is 3/2, or 0, and so a sum."""
    some = [line(7, "x/A", "d", None), line(8, "x/B", "a")]
    somme = Mesure(id="somme", titre="", somme=(Terme(mesure="de"),))
    for nom in ("de", "somme"):
        for value, codes in (("0", {"oui", "non"}), ("3/2", {"oui", "non"}), ("1", {"non"})):
            at = Seuil(mesure=nom, au_moins=value, au_plus=value)
            assert reached(some, at, DE_DOMAINES, somme) == codes


def test_the_least_mean_of_the_domains_is_added() -> None:
    """A line of A at 0 or 3, one of B at 1: the least of both means is 0 or 1, and so is what adds it."""
    mesures = (
        Mesure(id="min", titre="", minimum_de="domaines"),
        Mesure(id="somme", titre="", somme=(Terme(mesure="min"),)),
    )
    some = [line(7, "x/A", "a", "d"), line(8, "x/B", "b")]
    for value, codes in (("0", {"oui", "non"}), ("1", {"oui", "non"}), ("1/2", {"non"}), ("3", {"non"})):
        assert reached(some, Seuil(mesure="somme", au_moins=value, au_plus=value), *mesures) == codes


def test_where_no_domain_is_measured_no_condition_holds() -> None:
    """No line at all, or one in no domain: neither each domain nor the least of them is anything."""
    least = Mesure(id="min", titre="", minimum_de="domaines")
    for some in ([], [LigneJugee(indicateur=None, possibles=("a", "d"))]):
        for seuil in (
            Seuil(mesure="domaines", chaque=True, au_moins="0"),
            Seuil(mesure="min", au_plus="3"),
            Seuil(mesure="min", au_moins="0"),
        ):
            assert reached(some, seuil, least) == {"non"}


def test_one_mean_is_had_with_other_counts() -> None:
    """Two lines of A, each at 0, 1.5 or 3: a mean of 1.5 by 1.5 twice, no 0, or by 0 and 3, one."""
    some = [line(n, "x/A", "a", "c", "d", None) for n in (7, 8)]
    mean = Seuil(mesure="de", au_moins="1.5", au_plus="1.5")
    for number, codes in (("0", {"oui", "non"}), ("1", {"oui", "non"}), ("2", {"non"})):
        both = Toutes(toutes=(mean, Seuil(mesure="ab", au_moins=number, au_plus=number)))
        assert reached(some, both, DE_DOMAINES) == codes


def test_like_lines_of_other_weights_are_told_apart() -> None:
    """Two lines at 0 or 3 that weigh 2 and 1/2: 0, 3/5, 12/5 or 3, and never 3/2."""
    some = [line(0, "x/A", "a", "d"), line(1, "x/A", "a", "d")]
    for value, codes in (("3/5", {"oui", "non"}), ("12/5", {"oui", "non"}), ("3/2", {"non"})):
        assert reached(some, Seuil(mesure="moyenne", au_moins=value, au_plus=value)) == codes


def test_measures_weigh_what_is_told_of_them() -> None:
    """One line at 0 or 3: a mean of 0 beside one line counted, or of 3 beside none; 1/4, or 9/4."""
    both = Mesure(id="deux", titre="", moyenne_de=("moyenne", "ab"), poids={"moyenne": "3"})
    some = [line(7, "x/A", "a", "d")]
    for value, codes in (("1/4", {"oui", "non"}), ("9/4", {"oui", "non"}), ("3/2", {"non"})):
        assert reached(some, Seuil(mesure="deux", au_moins=value, au_plus=value), both) == codes


def test_what_stands_in_no_criterion_hides_no_mean_of_criteria() -> None:
    """A check of unknown value is in no domain: the means of domains are known, and the mean of them."""
    hidden = LigneJugee(indicateur=None, possibles=("a", "d"), inconnue=True)
    jugement = Jugement(origine="x", mesures={m.id: m for m in (SIMPLES[3], DE_DOMAINES)}, decisions=())
    values = measure(jugement, CONSTATS, [line(7, "x/A", "d"), line(8, "x/B", "c"), hidden])
    assert values == {"domaines": {"x/A": 3, "x/B": Fraction(3, 2)}, "de": Fraction(9, 4)}


def test_what_another_measure_is_made_of_is_used() -> None:
    """No decision compares the mean of the lines, which the mark is made of: nothing to remark."""
    validation = validate([NOTES / "domaines"], [], here=NOTES)
    assert [i.message for i in validation.remarques if i.code == "mesure-inutile"] == []
