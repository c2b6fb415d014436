"""Judgement on a few lines, each value worked out by hand: what random cases rarely draw."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace
from test_jugement import CONSTATS
from test_mesures import line, reached

from certif_rules.audit.jugement import LigneJugee, levels, measure
from certif_rules.model.jugement import Jugement, Mesure, Seuil, Terme, Toutes


def mesure(nom: str, **way: object) -> Mesure:
    return Mesure(id=nom, titre="", **way)  # type: ignore[arg-type]


AB = mesure("ab", compte=("a", "b"))
MOYENNE = mesure("moyenne", moyenne="ensemble")
MOINDRE = mesure("moindre", minimum=True)
DOMAINES = mesure("domaines", moyenne="par_critere")
DE = mesure("de", moyenne_de=("domaines",))
BAS = mesure("bas", minimum_de="domaines")
POINTS = mesure("points", somme=(Terme(mesure="moindre", seuil="1"),))


def judged(*mesures: Mesure) -> Jugement:
    return Jugement(origine="x", mesures={m.id: m for m in mesures}, decisions=())


def test_levels_are_means_minima_and_what_is_made_of_them() -> None:
    """A number of lines is no level, nor a sum of it; a mean, a minimum, the points of one are."""
    deux = mesure("deux", somme=(Terme(mesure="ab"),))
    every = judged(AB, MOYENNE, MOINDRE, DOMAINES, BAS, POINTS, deux)
    assert levels(every) == {"moyenne", "moindre", "domaines", "bas", "points"}


def test_what_one_of_its_measures_lacks_is_not_made() -> None:
    """A line of unknown value hides the mean; 0 is counted all the same; the mean of both is not made."""
    both = mesure("deux", moyenne_de=("ab", "moyenne"))
    some = [line(7, "x/A", "a"), replace(line(8, "x/A", "d"), inconnue=True)]
    assert measure(judged(AB, MOYENNE, both), CONSTATS, some) == {"ab": Fraction(1)}


def test_nothing_measured_gives_no_sum_and_no_point() -> None:
    """Without a line there is no mean, so no sum of it; a minimum that is none reaches no threshold."""
    somme = mesure("somme", somme=(Terme(mesure="moyenne"),))
    values = measure(judged(MOYENNE, somme, MOINDRE, POINTS), CONSTATS, [])
    assert values == {"moyenne": None, "somme": None, "moindre": None, "points": 0}


def test_a_domain_with_a_line_of_unknown_value_has_none() -> None:
    """A has a line at 0 and one that nobody knows; B, at 3, is told all the same, and no mean of both is."""
    some = [line(6, "x/A", "a"), replace(line(7, "x/A", "d"), inconnue=True), line(8, "x/B", "d")]
    assert measure(judged(DOMAINES, DE), CONSTATS, some) == {"domaines": {"x/B": Fraction(3)}}


def test_points_weigh_in_a_mean_what_they_are_worth() -> None:
    """The least is 3: one point; no line is at 0 or 1: the mean of both is 1/2, at least 1/2 and under 1."""
    both = mesure("deux", moyenne_de=("points", "ab"))
    some = [line(7, "x/A", "d")]
    for value, codes in (("1/2", {"oui"}), ("3/4", {"non"}), ("1", {"non"})):
        assert reached(some, Seuil(mesure="deux", au_moins=value), MOINDRE, POINTS, both) == codes


def test_the_least_mean_may_be_no_level() -> None:
    """Lines at 1 and 3 in A, at 3 in B: means of 2 and 3, the least is 2, which no finding is worth."""
    somme = mesure("somme_bas", somme=(Terme(mesure="bas"),))
    some = [line(6, "x/A", "b"), line(7, "x/A", "d"), line(8, "x/B", "d")]
    for value, codes in (("2", {"oui"}), ("5/2", {"non"})):
        assert reached(some, Seuil(mesure="somme_bas", au_moins=value), BAS, somme) == codes


def test_conditions_that_hold_apart_may_not_together() -> None:
    """A line of A at 0 or 3, one of B at 1: some domain at 3, or some at 0, never both, in either order."""
    some = [line(7, "x/A", "a", "d"), line(8, "x/B", "b")]
    high, low = Seuil(mesure="domaines", au_moins="3"), Seuil(mesure="domaines", au_plus="0")
    for one in (high, low):
        assert reached(some, one) == {"oui", "non"}
    for both in ((high, low), (low, high)):
        assert reached(some, Toutes(toutes=both)) == {"non"}


def test_a_mean_that_is_added_has_the_lines_that_it_weighs() -> None:
    """A line at 3, another at 3 or not measured: the mean is 3 either way, never 3/2 nor 6."""
    somme = mesure("somme", somme=(Terme(mesure="moyenne"),))
    some = [line(7, "x/A", "d"), line(8, "x/A", "d", None)]
    for value, codes in (("3/2", {"non"}), ("3", {"oui"}), ("6", {"non"})):
        at = Seuil(mesure="somme", au_moins=value, au_plus=value)
        assert reached(some, at, MOYENNE, somme) == codes


def test_a_line_without_value_leaves_its_criterion_to_the_others() -> None:
    """In A, a line that is worth nothing and one at 3 or not measured; B is at 0: 3/2, or 0, in a sum too."""
    somme = mesure("somme", somme=(Terme(mesure="de"),))
    some = [line(6, "x/A", "e"), line(7, "x/A", "d", None), line(8, "x/B", "a")]
    for value, codes in (("0", {"oui", "non"}), ("3/2", {"oui", "non"}), ("3", {"non"})):
        at = Seuil(mesure="somme", au_moins=value, au_plus=value)
        assert reached(some, at, DE, somme) == codes


def test_a_mean_of_domains_counts_the_lines_of_each() -> None:
    """A at 3 or not measured, B at 0, C at 3: 2, or 3/2, at least 3/2 with three lines at 0, always.

    A at 0, by one line or two, and B at 3: 3/2, at most 2 with a line at 0, always.
    """
    low = [line(number, "x/B", "a") for number in (1, 2, 3)]
    some = [line(6, "x/A", "d", None), *low, line(7, "x/C", "d")]
    ab = Seuil(mesure="ab", au_moins="1")
    assert reached(some, Toutes(toutes=(Seuil(mesure="de", au_moins="3/2"), ab)), DE) == {"oui"}
    assert reached(some, Toutes(toutes=(ab, Seuil(mesure="de", au_moins="3/2"))), DE) == {"oui"}
    some = [line(6, "x/A", "a"), line(7, "x/A", "a", None), line(8, "x/B", "d")]
    assert reached(some, Toutes(toutes=(Seuil(mesure="de", au_plus="2"), ab)), DE) == {"oui"}
    assert reached(some, Toutes(toutes=(ab, Seuil(mesure="de", au_plus="2"))), DE) == {"oui"}


def test_the_least_domain_is_compared_in_every_way() -> None:
    """A at 0 or 3, B at 3: the least is 0 or 3, over 1 or not, never over 3 or under 0."""
    some = [line(7, "x/A", "a", "d"), line(8, "x/B", "d")]
    for way, codes in (
        ({"plus_de": "1"}, {"oui", "non"}),
        ({"plus_de": "3"}, {"non"}),
        ({"au_moins": "3"}, {"oui", "non"}),
        ({"au_plus": "1"}, {"oui", "non"}),
        ({"au_plus": "3"}, {"oui"}),
        ({"moins_de": "0"}, {"non"}),
        ({"moins_de": "1"}, {"oui", "non"}),
        ({"plus_de": "0", "moins_de": "3"}, {"non"}),
    ):
        assert reached(some, replace(Seuil(mesure="bas"), **way), BAS) == codes


def test_a_mean_of_measures_is_of_those_that_have_a_value() -> None:
    """No level was given: the mean of both is that of the number, 0; with a line at 3 too, it is 3/2.

    The least of one line at 3 weighs as much as no line at 0 or 1: 3/2.
    """
    both = mesure("deux", moyenne_de=("moyenne", "ab"))
    for possibles, zero, half in (
        (("e",), {"oui"}, {"non"}),
        (("d",), {"non"}, {"oui"}),
        (("d", "e"), {"oui", "non"}, {"oui", "non"}),
    ):
        some = [line(7, "x/A", *possibles)]
        at = Seuil(mesure="deux", au_moins="0", au_plus="0")
        assert reached(some, at, MOYENNE, both) == zero
        assert reached(some, replace(at, au_moins="3/2", au_plus="3/2"), MOYENNE, both) == half
    least = mesure("deux", moyenne_de=("moindre", "ab"))
    for value, codes in (("3/2", {"oui"}), ("2", {"non"}), ("6", {"non"})):
        assert reached([line(7, "x/A", "d")], Seuil(mesure="deux", au_moins=value), MOINDRE, least) == codes


def test_a_number_between_levels_is_reached_by_no_domain() -> None:
    """Two domains at 0 or 3 each: none is 2, whatever else holds with it; one is 3, or none is."""
    some = [line(7, "x/A", "a", "d"), line(8, "x/B", "a", "d")]
    always = Seuil(mesure="ab", au_moins="0")
    for value, codes in (("2", {"non"}), ("3", {"oui", "non"})):
        exactly = Seuil(mesure="domaines", au_moins=value, au_plus=value)
        for both in ((exactly, always), (always, exactly)):
            assert reached(some, Toutes(toutes=both)) == codes


def test_domains_that_may_have_no_value_are_chosen_together() -> None:
    """A at 3 or not measured, B at 0 or not: 3, 0 or 3/2, never 1; at 3, nothing is at 0."""
    some = [line(7, "x/A", "d", None), line(8, "x/B", "a", None)]
    for value, codes in (
        ("3", {"oui", "non"}),
        ("0", {"oui", "non"}),
        ("3/2", {"oui", "non"}),
        ("1", {"non"}),
    ):
        assert reached(some, Seuil(mesure="de", au_moins=value, au_plus=value), DE) == codes
    high, zero = Seuil(mesure="de", au_moins="3"), Seuil(mesure="ab", au_moins="1")
    for both in ((high, zero), (zero, high)):
        assert reached(some, Toutes(toutes=both), DE) == {"non"}


def test_a_mean_of_domains_that_is_added_is_not_that_of_lines() -> None:
    """Two lines of A at 3, one of B at 0: the mean of the domains is 3/2, that of the lines would be 2."""
    somme = mesure("somme", somme=(Terme(mesure="de"),))
    some = [line(6, "x/A", "d"), line(7, "x/A", "d"), line(8, "x/B", "a")]
    for value, codes in (("3/2", {"oui"}), ("2", {"non"})):
        assert reached(some, Seuil(mesure="somme", au_moins=value, au_plus=value), DE, somme) == codes


def test_a_mean_of_domains_that_cannot_change_is_sure_to_the_unit() -> None:
    """A at 3 or not measured, B at 3: the mean is 3 and no line at 0 or 1, however A ends."""
    some = [line(7, "x/A", "d", None), line(8, "x/B", "d")]
    exactly, none = Seuil(mesure="de", au_moins="3", au_plus="3"), Seuil(mesure="ab", au_plus="0")
    for both in ((exactly, none), (none, exactly)):
        assert reached(some, Toutes(toutes=both), DE) == {"oui"}


def test_domains_that_may_have_no_value_weigh_what_is_told_of_them() -> None:
    """A at 3 or not measured weighs 2, B at 0 or not 1: both make 2, never 3/2.

    A line of A at 0 beside: the domain is at 3/2 or 0, and with B at 0 for sure, 3/4 or 0, never 1.
    """
    heavy = mesure("lourd", moyenne_de=("domaines",), poids={"x/A": "2"})
    some = [line(7, "x/A", "d", None), line(8, "x/B", "a", None)]
    for value, codes in (("2", {"oui", "non"}), ("3/2", {"non"})):
        assert reached(some, Seuil(mesure="lourd", au_moins=value, au_plus=value), heavy) == codes
    some = [line(6, "x/A", "a"), line(7, "x/A", "d", None), line(8, "x/B", "a")]
    for value, codes in (("3/4", {"oui", "non"}), ("0", {"oui", "non"}), ("1", {"non"})):
        assert reached(some, Seuil(mesure="de", au_moins=value, au_plus=value), DE) == codes


def test_what_stands_in_no_criterion_is_in_no_mean_of_domains() -> None:
    """A check at 3 beside A at 0: the mean of the domains is 0, and no domain is at 3."""
    some = [line(7, "x/A", "a"), LigneJugee(indicateur=None, possibles=("d",))]
    assert reached(some, Seuil(mesure="de", au_moins="0", au_plus="0"), DE) == {"oui"}
    assert reached(some, Seuil(mesure="domaines", au_moins="3")) == {"non"}
    assert reached(some, Seuil(mesure="domaines", chaque=True, au_plus="0")) == {"oui"}


def test_means_and_minima_of_one_domain_are_of_the_same_lines() -> None:
    """A line at 3 or not measured, one at 0 or not: mean and least are 3/2 and 0, 3 and 3, or 0 and 0."""
    bas = mesure("planchers", minimum="par_critere")
    least = mesure("de_planchers", moyenne_de=("planchers",))
    some = [line(7, "x/A", "d", None), line(8, "x/A", "a", None)]
    for mean, low, codes in (
        ("3/2", "0", {"oui", "non"}),
        ("3", "3", {"oui", "non"}),
        ("0", "0", {"oui", "non"}),
        ("3/2", "3", {"non"}),
        ("3", "0", {"non"}),
        ("0", "3", {"non"}),
    ):
        at = [Seuil(mesure=nom, au_moins=v, au_plus=v) for nom, v in (("de", mean), ("de_planchers", low))]
        assert reached(some, Toutes(toutes=tuple(at)), DE, bas, least) == codes
