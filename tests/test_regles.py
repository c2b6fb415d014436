"""What rules answer where two answers lie close: the last day, the one category, the line put right since."""

from __future__ import annotations

from datetime import date

from atelier import motif, referentiel
from fabrique import contexte
from msgspec.structs import replace

from certif_rules.model.base import Lacune, Regle
from certif_rules.rules.contexte import ConstatPrecedent, FaitDeclare, Organisme, Precedent
from certif_rules.rules.delais import add
from certif_rules.rules.faits import contradictions, origin, resolve, resolve_all
from certif_rules.rules.lacunes import matters
from certif_rules.rules.motifs import dedupe, rests_on


def test_the_first_and_last_months_of_the_calendar_are_in_it() -> None:
    """One month before 15 February of year 1, and one after 30 November 9999, there is still a day."""
    assert add(date(1, 2, 15), mois=-1) == date(1, 1, 15)
    assert add(date(9999, 11, 30), mois=1) == date(9999, 12, 30)


# ---- the earlier audit ----------------------------------------------------------------------------------

PRECEDENT = Precedent(
    constats={
        "atelier/1": ConstatPrecedent(constat="nc_mineure", ecart={"causes": "registre perdu"}),
        "atelier/2": ConstatPrecedent(constat="nc_mineure", ouvert=False, ecart={"causes": "four éteint"}),
        "atelier/3": ConstatPrecedent(constat="conforme"),
    },
    verifications={
        "logo": ConstatPrecedent(constat="non_satisfaite", ecart={"actions": "retirer le logo"}),
        "siege": ConstatPrecedent(constat="non_satisfaite", ouvert=False),
    },
)


def test_an_earlier_check_put_right_since_is_lifted() -> None:
    """Of two checks that failed, the one put right since is « levee »; of no check known, nothing is."""
    assert PRECEDENT.resultats == {"logo": "non_satisfaite", "siege": "levee"}
    assert Precedent().resultats is None


def test_what_was_typed_is_told_of_lines_and_checks_that_have_some() -> None:
    """Three of the five have a text; the line put right keeps its own, which no longer follows it."""
    assert PRECEDENT.ecarts == {
        "atelier/1": {"causes": "registre perdu"},
        "atelier/2": {"causes": "four éteint"},
        "verification:logo": {"actions": "retirer le logo"},
    }
    assert PRECEDENT.followed("atelier/1") == {"causes": "registre perdu"}
    assert PRECEDENT.followed("verification:logo") == {"actions": "retirer le logo"}
    assert PRECEDENT.followed("atelier/2") == {}
    assert PRECEDENT.followed("atelier/9") == {}


# ---- facts ----------------------------------------------------------------------------------------------

DEUX = Organisme(categories=("MEN", "VER"))


def test_a_contradiction_names_its_category_when_there_is_one_only() -> None:
    """Machines make dust: without dust in joinery alone, MEN is named; without any, no category is."""
    atelier = referentiel()
    machines = FaitDeclare(valeur=True)
    for said, categorie in (
        (FaitDeclare(par_categorie={"MEN": False, "VER": True}), "MEN"),
        (FaitDeclare(valeur=False), None),
    ):
        (one,) = contradictions(
            atelier, contexte(organisme=DEUX, faits={"machines": machines, "poussieres": said})
        )
        assert (one.fait, one.categorie, one.valeur) == ("poussieres", categorie, False)
        assert one.texte == "« machines » implique « poussieres »"


def test_a_category_by_nature_is_contradicted_by_name() -> None:
    """Glass is worked in a kiln: a glassworks without one contradicts it, and the value that cannot be."""
    (one,) = contradictions(
        referentiel(), contexte(organisme=DEUX, faits={"four": FaitDeclare(par_categorie={"VER": False})})
    )
    assert (one.fait, one.categorie, one.valeur) == ("four", "VER", False)
    assert one.texte == "le verre se travaille au four"


def test_a_fact_is_told_with_the_one_it_follows_from_both_ways() -> None:
    """Machines give dust; no dust gives no machines, and neither of them tells where what was said is from."""
    atelier = referentiel()
    for said, valeur, nom, texte in (
        ("machines", True, "poussieres", "il y a des poussières (suite de : l’atelier utilise des machines)"),
        (
            "poussieres",
            False,
            "machines",
            "l’atelier n’utilise pas de machines (suite de : il n’y a pas de poussières)",
        ),
    ):
        audit = contexte(faits={said: FaitDeclare(valeur=valeur)})
        values = resolve(atelier, audit, "MEN")
        given = origin(atelier, audit, "MEN", nom, values)
        assert given is not None
        assert given.texte == texte
        assert origin(atelier, audit, "MEN", said, values) is None
        assert origin(atelier, audit, "MEN", "four", values) is None


# ---- gaps -----------------------------------------------------------------------------------------------


def test_a_gap_matters_by_the_facts_that_it_names() -> None:
    """A derogation nobody spoke of may be claimed yet; one that was refused, or a plain fact, may not."""
    atelier = referentiel()

    def matter(fait: str, **said: FaitDeclare) -> bool | None:
        gap = Lacune(
            champs=("seuil",),
            cherche="Un seuil.",
            sources=("GD2",),
            ligne="atelier/4",
            si=(Regle(mots={"fait": fait}, sources=("GD2",)),),
        )
        audit = contexte(faits=said)
        return matters(gap, atelier, audit, resolve_all(atelier, audit))

    assert matter("insulaire") is None
    assert matter("insulaire", insulaire=FaitDeclare(valeur=False)) is False
    assert matter("insulaire", insulaire=FaitDeclare(valeur=True)) is True
    assert matter("insulaire", insulaire=FaitDeclare(par_categorie={"MEN": False})) is False
    assert matter("insulaire", insulaire=FaitDeclare(par_categorie={"VER": False})) is None
    assert matter("machines", machines=FaitDeclare(valeur=False)) is False
    assert matter("machines") is None


def test_a_gap_without_condition_matters_to_all() -> None:
    """What says nothing of whom it is for is for everyone: true, and known."""
    gap = Lacune(champs=("seuil",), cherche="Un seuil.", sources=("GD2",), ligne="atelier/4")
    audit = contexte()
    assert matters(gap, referentiel(), audit, resolve_all(referentiel(), audit)) is True


# ---- reasons --------------------------------------------------------------------------------------------


def test_reasons_rest_on_all_their_sources_and_the_weakest_confidence() -> None:
    """Two rules that differ by anything give all sources, the lesser confidence, a reading if one is."""
    sure = motif("perimetre", "due", "MEN", sources=("CH1",), confiance="elevee", incoherences=("I1",))
    for other, expected in (
        ({"sources": ("GD2", "CH1")}, (("CH1", "GD2"), "elevee", False, ("I1",))),
        ({"confiance": "faible"}, (("CH1",), "faible", False, ("I1",))),
        ({"lecture": True}, (("CH1",), "elevee", True, ("I1",))),
        ({"incoherences": ("I2",)}, (("CH1",), "elevee", False, ("I1", "I2"))),
        ({}, (("CH1",), "elevee", False, ("I1",))),
    ):
        given = rests_on(sure, replace(sure, **other))
        assert tuple(given[k] for k in ("sources", "confiance", "lecture", "incoherences")) == expected
        assert rests_on(sure, sure, replace(sure, **other)) == given


def test_the_same_reason_twice_is_one_for_both_categories() -> None:
    """« due » for joinery, then for glass, is one reason for both; « autre » stays another."""
    due = motif("perimetre", "due", "MEN", emplacements=("a:1",))
    alike = replace(due, categories=("VER",), emplacements=("a:2",))
    other = replace(due, texte="autre")
    assert dedupe([due, other, alike]) == (
        replace(due, categories=("MEN", "VER"), emplacements=("a:1", "a:2")),
        other,
    )
    assert dedupe([due, due]) == (due,)
