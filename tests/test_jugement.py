"""Judging: exact against every completion, other ways of judging by data alone, thresholds that are data."""

from __future__ import annotations

import shutil
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from greffons import DONNEES, registry, seal
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from certif_rules.audit.completions import possible_decisions
from certif_rules.audit.distinctions import decide_beside, possible_beside
from certif_rules.audit.jugement import LigneJugee, measure
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
from certif_rules.model.referentiel import Constat, Indicateur
from certif_rules.testing.cas import differences
from certif_rules.testing.fichier import read_cases

NOTES = Path(__file__).parent / "fictif_notes"


def test_the_threshold_is_data(tmp_path: Path) -> None:
    """Changing 5 to 4 in a copy of the data changes the result, and nothing else was changed."""
    case = read_cases(DONNEES["qualiopi"].parent.parent / "tests" / "cas" / "conclusions.yaml")[1][0]
    assert differences(case, registry(qualiopi=DONNEES["qualiopi"])) == []
    copy = tmp_path / "donnees"
    shutil.copytree(DONNEES["qualiopi"], copy)
    (rules,) = copy.glob("regles/*/jugement.yaml")
    text = rules.read_text(encoding="utf-8")
    assert text.count("seuil: 5") == 1
    rules.write_text(text.replace("seuil: 5", "seuil: 4"), encoding="utf-8")
    seal(rules.parent)
    assert differences(case, registry(qualiopi=copy)) == [
        "qualiopi, decision : attendu delivrable, obtenu non_delivrable",
        "qualiopi, delivrable : attendu True, obtenu False",
        "qualiopi, majeures_equivalentes : attendu 0, obtenu 1",
        next(text for text in differences(case, registry(qualiopi=copy)) if "absent de" in text),
    ]


MOYENNE = "    moyenne: {moyenne: par_critere, titre: moyenne du domaine, sources: [DOC]}"


def resealed(copy: Path) -> None:
    """Seal the rules of a copy, and read them."""
    seal(copy / "regles" / "R1")
    registry(niveaux=copy).resolve("niveaux", day="2024-01-10")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("moyenne: par_critere, titre", "moyenne: par_critere, minimum: true, titre", "mesure-ambigue"),
        ("minimum: true, etiquette", "etiquette", "mesure-ambigue"),
        (
            MOYENNE,
            MOYENNE + "\n    s: {somme: [{mesure: moyenne}], titre: S, sources: [DOC]}",
            "mesure-ambigue",
        ),
        (
            MOYENNE,
            "    s: {somme: [{mesure: plancher}], titre: S, sources: [DOC]}\n" + MOYENNE,
            "mesure-inconnue",
        ),
        ("mesure: plancher, moins_de: 1", "mesure: planche, moins_de: 1", "mesure-inconnue"),
        ("mesure: plancher, moins_de: 1", "mesure: plancher", "regle-vide"),
        ("mesure: plancher, moins_de: 1", "mesure: plancher, critere: A, moins_de: 1", "mot-deplace"),
        ("critere: F, moins_de", "critere: Z, moins_de", "critere-inconnu"),
        ("moins_de: 1}", "moins_de: -1}", "nombre-trop-petit"),
        ('moins_de: "1.5"', 'moins_de: "un et demi"', "forme-inattendue"),
        ("code: accorde, delivrable: true,", "code: refuse, delivrable: true,", "decision-contraire"),
        (
            "delivrable: true, titre: label accordé",
            "delivrable: true, si: [{mesure: plancher, au_moins: 2}], titre: label accordé",
            "decision-manquante",
        ),
        (
            "    - code: refuse\n",
            "    - {code: tout, delivrable: true, titre: Tout, sources: [DOC]}\n    - code: refuse\n",
            "decision-manquante",
        ),
        ('moins_de: "1.5"', "moins_de: 7", "seuil-hors-portee"),
        ("mesure: plancher, moins_de: 1", "mesure: plancher, au_moins: 0", "seuil-hors-portee"),
        ("mesure: plancher, moins_de: 1", "mesure: plancher, plus_de: 3", "seuil-hors-portee"),
        (
            MOYENNE,
            MOYENNE + "\n    zz: {compte: [niveau_0], titre: Nombre, sources: [DOC]}"
            "\n    s: {somme: [{mesure: zz, seuil: 6}], titre: S, sources: [DOC]}",
            "seuil-hors-portee",
        ),
        (
            "types_audit:",
            "  echeances: {niveau_0: {suite: {de: fin, mois: 1, sources: [DOC]}}}\ntypes_audit:",
            "date-inconnue",
        ),
        (
            "types_audit:",
            "  echeances: {niveau_9: {suite: {de: ecarts_notifies_le, sources: [DOC]}}}\ntypes_audit:",
            "constat-inconnu",
        ),
    ],
)
def test_a_mistake_in_a_judgement_is_said(tmp_path: Path, before: str, after: str, code: str) -> None:
    """A judgement that would not mean anything is refused, at its place."""
    copy = tmp_path / "niveaux"
    shutil.copytree(NOTES / "niveaux", copy)
    path = copy / "regles" / "R1" / "contenu.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        resealed(copy)
    assert code in {issue.code for issue in refused.value.issues if issue.location and issue.location.line}


@pytest.mark.parametrize(
    ("comparison", "words"), [("plus_de: 3", "n’est jamais atteint"), ("au_moins: 0", "est toujours atteint")]
)
def test_a_threshold_out_of_reach_is_told_in_french(tmp_path: Path, comparison: str, words: str) -> None:
    """The least of levels 0 to 3 is never above 3, and always 0 at least."""
    copy = tmp_path / "niveaux"
    shutil.copytree(NOTES / "niveaux", copy)
    path = copy / "regles" / "R1" / "contenu.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("mesure: plancher, moins_de: 1", f"mesure: plancher, {comparison}"), encoding="utf-8"
    )
    with pytest.raises(DataError) as refused:
        resealed(copy)
    (issue,) = refused.value.issues
    assert issue.message == f"« plancher » va de 0 à 3 : le seuil {comparison[-1]} {words}"


def test_a_count_of_what_no_line_allows_is_out_of_reach(tmp_path: Path) -> None:
    """No line may be found at 0 any more: lines at 0 are never one."""
    copy = tmp_path / "echelle"
    shutil.copytree(NOTES / "echelle", copy)
    path = copy / "regles" / "R1" / "contenu.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count("constats: [niveau_0, niveau_1,") == 1
    path.write_text(text.replace("constats: [niveau_0, niveau_1,", "constats: [niveau_1,"), encoding="utf-8")
    seal(path.parent)
    with pytest.raises(DataError) as refused:
        registry(echelle=copy).resolve("echelle", day="2024-01-10")
    (issue,) = refused.value.issues
    assert issue.message == "« zeros » va de 0 à 0 : le seuil 1 n’est jamais atteint"


# ---- every completion -----------------------------------------------------------------------------------

CONSTATS = {
    nom: Constat(id=nom, titre=nom, sources=(), valeur=valeur, hors_portee=nom == "sans")
    for nom, valeur in (("a", "0"), ("b", "1"), ("c", "1.5"), ("d", "3"), ("e", None), ("sans", None))
}
NOMS = sorted(CONSTATS)
NOMBRES = st.sampled_from(["0", "1", "4/3", "1.5", "2", "3"])
CRITERES = (None, "x/A", "x/B")
SIMPLES = (
    Mesure(id="ab", titre="", sources=(), compte=("a", "b")),
    Mesure(id="etiquetees", titre="", sources=(), compte=("b", "c"), etiquette="rouge"),
    Mesure(id="moyenne", titre="", sources=(), moyenne="ensemble"),
    Mesure(id="domaines", titre="", sources=(), moyenne="par_critere"),
    Mesure(id="domaines_rouges", titre="", sources=(), moyenne="par_critere", etiquette="rouge"),
    Mesure(id="plancher", titre="", sources=(), minimum=True, etiquette="rouge"),
)


@st.composite
def jugements(draw: st.DrawFn) -> Jugement:
    """A judgement over every kind of measure, with sums of them and ordered decisions, some at one number."""
    addable = [m.id for m in SIMPLES if m.moyenne != "par_critere"]
    terms = st.builds(Terme, mesure=st.sampled_from(addable), seuil=st.none() | NOMBRES)
    total = Mesure(
        id="somme", titre="", sources=(), somme=tuple(draw(st.lists(terms, min_size=1, max_size=3)))
    )
    second = Mesure(
        id="double", titre="", sources=(), somme=(Terme(mesure="somme", seuil=draw(st.none() | NOMBRES)),)
    )
    mesures = {m.id: m for m in (*SIMPLES, total, second)}

    def condition(nom: str, critere: str | None, mots: list[str], nombre: str) -> Seuil:
        by_criterion = mesures[nom].moyenne == "par_critere"
        asked = dict.fromkeys(mots, nombre)
        return replace(Seuil(mesure=nom, critere=critere if by_criterion else None), **asked)

    conditions = st.builds(
        condition,
        st.sampled_from(sorted(mesures)),
        st.sampled_from(CRITERES),
        st.sampled_from([["au_moins"], ["plus_de"], ["au_plus"], ["moins_de"], ["au_moins", "au_plus"]]),
        NOMBRES,
    )
    ways = draw(st.lists(st.lists(conditions, min_size=1, max_size=2), max_size=3))
    decisions = [
        Decision(code=f"d{i}", delivrable=None, titre="", sources=(), si=tuple(si))
        for i, si in enumerate(ways)
    ]
    last = Decision(code="fin", delivrable=True, titre="", sources=())
    return Jugement(origine="x", mesures=mesures, decisions=(*decisions, last))


@st.composite
def lignes(draw: st.DrawFn) -> list[LigneJugee]:
    """A few lines, in a few criteria, each with the findings it may end with."""
    found = []
    for i in range(draw(st.integers(0, 5))):
        possible = draw(st.lists(st.sampled_from([*NOMS, None]), min_size=1, max_size=3, unique=True))
        indicateur = Indicateur(
            id=f"x/{i}", origine="x", code=str(i), numero=str(i), critere=draw(st.sampled_from(CRITERES)),
            titre=None, exigence=None, citation=False, portee=(), sources=(), confiance="elevee",
            etiquettes=("rouge",) if draw(st.booleans()) else (),
        )  # fmt: skip
        found.append(LigneJugee(indicateur=indicateur, possibles=tuple(possible)))
    return found


def holds(condition: Seuil, value: Fraction | None) -> bool:
    """Whether a measure is what a condition asks, read straight from the definition; none never is."""
    return value is not None and (
        (condition.au_moins is None or value >= Fraction(condition.au_moins))
        and (condition.plus_de is None or value > Fraction(condition.plus_de))
        and (condition.au_plus is None or value <= Fraction(condition.au_plus))
        and (condition.moins_de is None or value < Fraction(condition.moins_de))
    )


def decided(jugement: Jugement, known: list[LigneJugee]) -> str:
    """The decision on lines all known, read straight from the definition."""
    values = measure(jugement, CONSTATS, known)
    for decision in jugement.decisions:
        for condition in decision.si:
            value = values[condition.mesure]
            if isinstance(value, dict):
                each = [v for c, v in value.items() if condition.critere in (None, c)]
                if any(holds(condition, v) for v in each):
                    return decision.code
            elif holds(condition, value):  # type: ignore[arg-type]
                return decision.code
        if not decision.si:
            return decision.code
    raise AssertionError


@pytest.mark.lent
@settings(deadline=None)
@given(jugements(), lignes())
def test_every_completion_is_followed(jugement: Jugement, found: list[LigneJugee]) -> None:
    """The decisions possible are those of the completions, written out one by one: no more, no less."""
    completions = product(*(ligne.possibles for ligne in found))
    brute = {
        decided(jugement, [replace(li, possibles=(one,)) for li, one in zip(found, ending, strict=True)])
        for ending in completions
    }
    assert {d.code for d in possible_decisions(jugement, CONSTATS, found)} == brute


SEULES = (
    Mesure(id="m", titre="", sources=(), moyenne="ensemble"),
    Mesure(id="m", titre="", sources=(), moyenne="ensemble", etiquette="rouge"),
    Mesure(id="m", titre="", sources=(), moyenne="par_critere"),
)


@st.composite
def moyennes(draw: st.DrawFn) -> Jugement:
    """A judgement over one mean alone, which a threshold of each kind may cut, and a count or none."""
    words = st.sampled_from(["au_moins", "plus_de", "au_plus", "moins_de"])
    numbers = st.sampled_from(["-1", "0", "1/2", "1", "4/3", "1.5", "5/3", "2", "3", "4"])
    cuts = draw(st.lists(st.tuples(words, numbers), min_size=1, max_size=4))
    decisions = [
        Decision(code=f"d{i}", delivrable=None, titre="", sources=(),
                 si=(replace(Seuil(mesure="m"), **{word: number}),))
        for i, (word, number) in enumerate(cuts)
    ]  # fmt: skip
    if draw(st.booleans()):
        few = Decision(
            code="ab", delivrable=None, titre="", sources=(), si=(Seuil(mesure="ab", au_plus="1"),)
        )
        decisions.insert(draw(st.integers(0, len(decisions))), few)
    last = Decision(code="fin", delivrable=True, titre="", sources=())
    mesures = {"m": draw(st.sampled_from(SEULES)), "ab": SIMPLES[0]}
    return Jugement(origine="x", mesures=mesures, decisions=(*decisions, last))


@pytest.mark.lent
@settings(deadline=None)
@given(moyennes(), lignes())
def test_a_mean_is_told_at_its_thresholds_as_by_enumeration(
    jugement: Jugement, some: list[LigneJugee]
) -> None:
    """One mean, held without listing its values: what is under, at and over each threshold, and no more."""
    completions = product(*(ligne.possibles for ligne in some))
    brute = {
        decided(jugement, [replace(li, possibles=(one,)) for li, one in zip(some, ending, strict=True)])
        for ending in completions
    }
    assert {d.code for d in possible_decisions(jugement, CONSTATS, some)} == brute


def test_between_the_least_and_the_greatest_mean_some_are_out_of_reach() -> None:
    """One line worth 0 or 3: its mean is never under 2 and at least 1, though 0 and 3 stand around."""
    steps = (("bas", "1"), ("milieu", "2"))
    jugement = Jugement(
        origine="x",
        mesures={"m": SEULES[0]},
        decisions=(
            *(Decision(code=code, delivrable=None, titre="", sources=(), si=(Seuil(mesure="m", moins_de=t),))
              for code, t in steps),
            Decision(code="haut", delivrable=True, titre="", sources=()),
        ),
    )  # fmt: skip
    line = LigneJugee(indicateur=None, possibles=("a", "d"))
    assert [d.code for d in possible_decisions(jugement, CONSTATS, [line])] == ["bas", "haut"]
    # Two such lines: 0, 3/2 and 3.
    assert [d.code for d in possible_decisions(jugement, CONSTATS, [line, line])] == ["bas", "milieu", "haut"]


def test_a_mean_at_its_threshold_hides_none_above() -> None:
    """One line worth 1 or 3, judged at 1: it may be at the threshold, and it may be over."""
    at = Decision(code="au plus", delivrable=None, titre="", sources=(), si=(Seuil(mesure="m", au_plus="1"),))
    over = Decision(code="plus", delivrable=True, titre="", sources=())
    jugement = Jugement(origine="x", mesures={"m": SEULES[0]}, decisions=(at, over))
    line = LigneJugee(indicateur=None, possibles=("b", "d"))
    assert [d.code for d in possible_decisions(jugement, CONSTATS, [line])] == ["au plus", "plus"]


def test_a_mean_of_a_thousand_lines_to_confirm_is_judged() -> None:
    """Over 1,000 lines of any level or none, a mean of exactly 1.5 is within reach, and 3 is the most."""
    conditions = {
        "trop": Seuil(mesure="m", plus_de="3"),
        "bas": Seuil(mesure="m", moins_de="1.5"),
        "haut": Seuil(mesure="m", plus_de="1.5"),
    }
    decisions = [
        Decision(code=code, delivrable=False, titre="", sources=(), si=(condition,))
        for code, condition in conditions.items()
    ]
    last = Decision(code="rien ou juste", delivrable=True, titre="", sources=())
    jugement = Jugement(origine="x", mesures={"m": SEULES[0]}, decisions=(*decisions, last))
    line = LigneJugee(indicateur=None, possibles=("a", "b", "d", None))
    codes = [d.code for d in possible_decisions(jugement, CONSTATS, [line] * 1000)]
    assert codes == ["bas", "haut", "rien ou juste"]


@pytest.mark.lent
def test_several_means_of_a_thousand_lines_are_judged_together() -> None:
    """Each mean alone may be what is asked, and not both: half of the lines bear the label of the second.

    A mean of all of 2.6 at least, levels being 0 to 3, leaves that of the red half at 2.2 at least.
    """
    mesures = {"toutes": replace(SEULES[0], id="toutes"), "rouges": replace(SEULES[1], id="rouges")}

    def codes(rouges: str) -> list[str]:
        decisions = (
            Decision(code="bas", delivrable=False, titre="", sources=(),
                     si=(Seuil(mesure="toutes", moins_de="2.6"),)),
            Decision(code="rouges", delivrable=False, titre="", sources=(),
                     si=(Seuil(mesure="rouges", moins_de=rouges),)),
            Decision(code="fin", delivrable=True, titre="", sources=()),
        )  # fmt: skip
        jugement = Jugement(origine="x", mesures=mesures, decisions=decisions)
        return [d.code for d in possible_decisions(jugement, CONSTATS, found)]

    found = [
        LigneJugee(
            indicateur=Indicateur(
                id=f"x/{i}", origine="x", code=str(i), numero=str(i), critere=None, titre=None, exigence=None,
                citation=False, portee=(), sources=(), confiance="elevee",
                etiquettes=("rouge",) if i % 2 else (),
            ),
            possibles=("a", "b", "c", "d"),
        )
        for i in range(1000)
    ]  # fmt: skip
    assert codes("2.2") == ["bas", "fin"]
    assert codes("2.201") == ["bas", "rouges", "fin"]


def test_a_sum_over_a_mean_of_no_value_has_none() -> None:
    """A line at 1 or with no finding: a mean and a minimum add up to 2, or have no value, nor sums over them.

    Of no value, the sum reaches no threshold: that of 1 counts for nothing.
    """
    mesures = {
        "m": SEULES[0],
        "min": Mesure(id="min", titre="", sources=(), minimum=True),
        "s": Mesure(id="s", titre="", sources=(), somme=(Terme(mesure="m"), Terme(mesure="min"))),
        "ss": Mesure(id="ss", titre="", sources=(), somme=(Terme(mesure="s"),)),
        "seuil": Mesure(id="seuil", titre="", sources=(), somme=(Terme(mesure="s", seuil="1"),)),
        "seul": Mesure(id="seul", titre="", sources=(), somme=(Terme(mesure="min"),)),
    }
    decisions = (
        Decision(code="jamais", delivrable=None, titre="", sources=(),
                 si=(Seuil(mesure="seul", moins_de="1"),)),
        Decision(code="sans", delivrable=None, titre="", sources=(),
                 si=(Seuil(mesure="seuil", au_plus="0"),)),
        Decision(code="deux", delivrable=None, titre="", sources=(),
                 si=(Seuil(mesure="ss", au_moins="2", au_plus="2"),)),
        Decision(code="fin", delivrable=True, titre="", sources=()),
    )  # fmt: skip
    jugement = Jugement(origine="x", mesures=mesures, decisions=decisions)
    line = LigneJugee(indicateur=None, possibles=("b", None))
    assert [d.code for d in possible_decisions(jugement, CONSTATS, [line])] == ["sans", "deux"]


def test_measures_are_exact() -> None:
    """A third is a third: 4/3 is under 1.5, three thirds make one."""
    indicateur = Indicateur(
        id="x/1", origine="x", code="1", numero="1", critere="x/A", titre=None, exigence=None, citation=False,
        portee=(), etiquettes=(), sources=(), confiance="elevee",
    )  # fmt: skip
    jugement = Jugement(origine="x", mesures={"domaines": SIMPLES[3]}, decisions=())
    known = [LigneJugee(indicateur=indicateur, possibles=(nom,)) for nom in ("a", "b", "d", "sans")]
    assert measure(jugement, CONSTATS, known) == {"domaines": {"x/A": Fraction(4, 3)}}


def test_nothing_measured_satisfies_nothing() -> None:
    """A mean of no line is neither zero nor full marks."""
    last = Decision(code="fin", delivrable=True, titre="", sources=())
    for mot in ("au_moins", "plus_de", "au_plus", "moins_de"):
        condition = replace(Seuil(mesure="m"), **{mot: "0"})
        first = Decision(code="m", delivrable=False, titre="", sources=(), si=(condition,))
        mean = Mesure(id="m", titre="", sources=(), moyenne="ensemble")
        jugement = Jugement(origine="x", mesures={"m": mean}, decisions=(first, last))
        assert possible_decisions(jugement, CONSTATS, []) == (last,)


def test_a_large_grid_is_judged_at_once() -> None:
    """Sixty lines left to assess have more completions than can be written out."""
    jugement = Jugement(
        origine="x",
        mesures={m.id: m for m in SIMPLES},
        decisions=(
            Decision(code="non", delivrable=False, titre="", sources=(),
                     si=(Seuil(mesure="domaines", moins_de="1"),
                         Seuil(mesure="ab", au_moins="50"))),
            Decision(code="oui", delivrable=True, titre="", sources=()),
        ),
    )  # fmt: skip
    found = [
        LigneJugee(
            indicateur=Indicateur(
                id=f"x/{i}", origine="x", code=str(i), numero=str(i), critere=f"x/{i % 6}", titre=None,
                exigence=None, citation=False, portee=(), etiquettes=(), sources=(), confiance="elevee",
            ),
            possibles=("a", "b", "d"),
        )
        for i in range(60)
    ]  # fmt: skip
    assert [d.code for d in possible_decisions(jugement, CONSTATS, found)] == ["non", "oui"]


def test_a_sum_over_what_is_unknown_is_not_made() -> None:
    """Where nobody tells the level of a line, the measure that counts it is left out, and its sum too."""
    gap = next(iter(CONSTATS))
    count = Mesure(id="ecarts", titre="", sources=(), compte=(gap,))
    whole = Mesure(id="somme", titre="", sources=(), somme=(Terme(mesure="ecarts"),))
    jugement = Jugement(origine="x", mesures={"ecarts": count, "somme": whole}, decisions=())
    known = LigneJugee(indicateur=None, possibles=(gap,))
    assert measure(jugement, CONSTATS, [known]) == {"ecarts": 1, "somme": 1}
    assert measure(jugement, CONSTATS, [known, replace(known, inconnue=True)]) == {}


@settings(deadline=None)
@given(jugements(), lignes(), st.sampled_from(CRITERES), st.integers(0, 2), st.data())
def test_what_is_decided_beside_follows_every_completion(
    jugement: Jugement, some: list[LigneJugee], critere: str | None, turn: int, data: st.DataObject
) -> None:
    """Beside the label, on the same completion: without object where its decision is none of those asked."""
    *own, last = (replace(d, code=f"e-{d.code}") for d in jugement.decisions)
    codes = [decision.code for decision in jugement.decisions]
    distinction = Distinction(
        id="e", titre="", decisions=(*own[turn:], *own[:turn], last),
        si_decision=tuple(data.draw(st.lists(st.sampled_from(codes), unique=True))),
    )  # fmt: skip
    named = [
        replace(d, si=tuple(
            replace(c, critere=critere)
            if c.critere is None and jugement.mesures[c.mesure].moyenne == "par_critere" else c
            for c in d.si
        ))
        for d in distinction.decisions
    ]  # fmt: skip
    brute: set[str | None] = set()
    for ending in product(*(ligne.possibles for ligne in some)):
        known = [replace(li, possibles=(one,)) for li, one in zip(some, ending, strict=True)]
        granted = not distinction.si_decision or decided(jugement, known) in distinction.si_decision
        brute.add(decided(replace(jugement, decisions=tuple(named)), known) if granted else None)
    possible, without = possible_beside(jugement, CONSTATS, some, distinction, critere)
    assert {d.code for d in possible} | ({None} if without else set()) == brute


def beside(*conditions: Condition, si_decision: tuple[str, ...] = ()) -> Distinction:
    """What is decided beside the label by these conditions, or not."""
    oui = Decision(code="oui", delivrable=None, titre="oui", si=conditions)
    return Distinction(
        id="e", titre="", decisions=(oui, replace(oui, code="non", si=())), si_decision=si_decision
    )


def in_domain(critere: str, constat: str) -> LigneJugee:
    """A line of a domain, with its finding."""
    indicateur = Indicateur(
        id="x/1", origine="x", code="1", numero="1", critere=critere, titre=None, exigence=None,
        citation=False, portee=(), etiquettes=(), sources=(), confiance="elevee",
    )  # fmt: skip
    return LigneJugee(indicateur=indicateur, possibles=(constat,))


def test_a_domain_may_depend_on_another() -> None:
    """Decided for B, on the mean of A that the condition names: 3 in A gives it, whatever B is worth."""
    lines = [in_domain(critere, constat) for critere, constat in (("x/A", "d"), ("x/B", "a"))]
    jugement = Jugement(
        origine="x", mesures={"m": SEULES[2]}, decisions=(Decision(code="fin", delivrable=True, titre=""),)
    )
    for critere, code in ((None, "non"), ("x/A", "oui")):
        stars = beside(Seuil(mesure="m", critere=critere, au_moins="3"))
        possible, without = possible_beside(jugement, CONSTATS, lines, stars, "x/B")
        assert ([d.code for d in possible], without) == ([code], False)


def test_several_conditions_are_of_the_same_domain() -> None:
    """A is at 3, over 2; B at 1.5, between 1 and 2, which both domains reach: what B fulfils, A does not."""
    lines = [in_domain(critere, constat) for critere, constat in (("x/A", "d"), ("x/B", "c"))]
    fin = Decision(code="fin", delivrable=True, titre="")
    jugement = Jugement(origine="x", mesures={"m": SEULES[2]}, decisions=(fin,))
    low, high = Seuil(mesure="m", au_moins="1"), Seuil(mesure="m", au_plus="2")
    for condition in (
        UnCritere(un_critere=(low, high)),
        Toutes(toutes=(low, high)),
        Toutes(toutes=(replace(low, chaque=True), UnCritere(un_critere=(high,)))),
    ):
        codes = [
            [d.code for d in possible_beside(jugement, CONSTATS, lines, beside(condition), critere)[0]]
            for critere in ("x/A", "x/B")
        ]
        assert codes == [["non"], ["oui"]]


def test_the_label_may_read_what_is_not_read_beside() -> None:
    """Two lines at 0 or 3: the label asks that the sum reach one mean of 1.5, stars that no line be at 0."""
    mesures = {
        "m": SEULES[0],
        "ab": SIMPLES[0],
        "s": Mesure(id="s", titre="", somme=(Terme(mesure="m", seuil="1.5"),)),
    }
    refuse = Decision(code="refuse", delivrable=False, titre="", si=(Seuil(mesure="s", moins_de="1"),))
    accorde = Decision(code="accorde", delivrable=True, titre="")
    jugement = Jugement(origine="x", mesures=mesures, decisions=(refuse, accorde))
    lines = [LigneJugee(indicateur=None, possibles=("a", "d"))] * 2
    granted = beside(Seuil(mesure="ab", au_plus="0"), si_decision=("accorde",))
    possible, without = possible_beside(jugement, CONSTATS, lines, granted)
    # (0, 3) makes 1.5 and (3, 3) makes 3: granted, with a line at 0 or without; (0, 0) refuses.
    assert ([d.code for d in possible], without) == (["oui", "non"], True)
    refused = beside(Seuil(mesure="ab", au_plus="0"), si_decision=("refuse",))
    possible, without = possible_beside(jugement, CONSTATS, lines, refused)
    assert ([d.code for d in possible], without) == (["non"], True)


def test_nothing_is_decided_beside_what_nobody_can_know() -> None:
    """Even the only decision there is: it would be told with findings that nobody knows."""
    only = replace(beside(), decisions=(Decision(code="oui", delivrable=None, titre="oui"),))
    jugement = Jugement(origine="x", mesures={}, decisions=only.decisions, distinctions={"e": only})
    (octroi,) = decide_beside(jugement, CONSTATS, [], "visite", unknown="inconnu")
    assert (octroi.decision, octroi.possibles, octroi.texte, octroi.motifs) == (None, ("oui",), "inconnu", ())
