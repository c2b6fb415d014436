"""What rules answer where two answers lie close: the last day, the one category, the line put right since."""

from __future__ import annotations

from datetime import date
from typing import Any

from atelier import CATEGORIES, FAITS, INFORMATION, TYPE, TYPE_BASE, motif, referentiel
from fabrique import contexte
from msgspec.structs import replace

from certif_rules.model.base import Lacune, Regle
from certif_rules.model.organisme import Nombre, ParNature
from certif_rules.model.referentiel import Controle, Derogation, Equivalence
from certif_rules.rules.contexte import (
    Ajouts,
    Certificat,
    ConstatPrecedent,
    Contexte,
    FaitDeclare,
    Organisme,
    Precedent,
)
from certif_rules.rules.delais import add
from certif_rules.rules.faits import awaited, contradictions, origin, out_of_region, resolve, resolve_all
from certif_rules.rules.lacunes import matters
from certif_rules.rules.motifs import Reponse, dedupe, rests_on
from certif_rules.rules.mots import _SETS, MOTS, Cas, judge
from certif_rules.rules.perimetre import before, perimetre
from certif_rules.rules.portee import portee


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


def test_a_certificate_stands_on_its_first_and_last_days() -> None:
    """Held from 1 to 30 September: on both days, and neither the day before nor the day after."""
    held = Certificat(notification=date(2024, 9, 1), echeance=date(2024, 9, 30))
    for day, stands in (
        (date(2024, 8, 31), False),
        (date(2024, 9, 1), True),
        (date(2024, 9, 30), True),
        (date(2024, 10, 1), False),
    ):
        assert contexte(date=day, certificats={"iso": held}, ajouts=Ajouts()).holds("iso", "MEN") is stands


# ---- facts ----------------------------------------------------------------------------------------------

DEUX = Organisme(categories=("MEN", "VER"))


def test_a_contradiction_names_its_category_when_there_is_one_only() -> None:
    """Machines make dust: without dust in joinery alone, MEN is named; without any, no category is."""
    atelier = referentiel()
    machines = FaitDeclare(valeur=True)
    for declared, categorie in (
        (FaitDeclare(par_categorie={"MEN": False, "VER": True}), "MEN"),
        (FaitDeclare(valeur=False), None),
    ):
        (one,) = contradictions(
            atelier, contexte(organisme=DEUX, faits={"machines": machines, "poussieres": declared})
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
    """Machines give dust, no dust gives no machines; what was said follows from nothing."""
    atelier = referentiel()
    for declared, valeur, nom, texte in (
        ("machines", True, "poussieres", "il y a des poussières (suite de : l’atelier utilise des machines)"),
        (
            "poussieres",
            False,
            "machines",
            "l’atelier n’utilise pas de machines (suite de : il n’y a pas de poussières)",
        ),
    ):
        audit = contexte(faits={declared: FaitDeclare(valeur=valeur)})
        values = resolve(atelier, audit, "MEN")
        given = origin(atelier, audit, "MEN", nom, values)
        assert given is not None
        assert given.texte == texte
        assert origin(atelier, audit, "MEN", declared, values) is None
        assert origin(atelier, audit, "MEN", "four", values) is None
    elsewhere = FaitDeclare(par_categorie={"VER": True})
    audit = contexte(faits={"machines": FaitDeclare(valeur=True), "poussieres": elsewhere})
    assert origin(atelier, audit, "MEN", "poussieres", resolve(atelier, audit, "MEN")) is not None
    assert origin(atelier, audit, "VER", "poussieres", resolve(atelier, audit, "VER")) is None


def test_a_fact_that_follows_from_nothing_has_no_origin() -> None:
    """Nothing is said of machines or dust: neither follows; here a kiln, by nature, tells of an island."""
    atelier, audit = referentiel(), contexte(faits={})
    values = resolve(atelier, audit, "MEN")
    assert [origin(atelier, audit, "MEN", nom, values) for nom in ("machines", "poussieres")] == [None, None]
    chain = [replace(f, implique=("insulaire",)) if f.id == "four" else f for f in FAITS]
    atelier = referentiel(faits={f.id: f for f in chain})
    one = origin(atelier, audit, "VER", "insulaire", resolve(atelier, audit, "VER"))
    assert one is not None
    assert one.texte == "l’atelier est sur une île (suite de : l’atelier a un four)"


def test_no_site_is_out_of_a_region_when_none_is_known() -> None:
    """Of Brittany: a site there is in, one of Corsica out; one of no region, or none, leaves a doubt."""
    breton = replace(FAITS[3], region="Bretagne")
    for sites, out in (
        (({"id": "S1", "region": "bretagne"},), False),
        (({"id": "S1", "region": "Corse"},), True),
        (({"id": "S1", "region": "Corse"}, {"id": "S2"}), False),
        ((), False),
    ):
        audit = contexte(organisme=Organisme(categories=("MEN",), sites=sites), ajouts=Ajouts())
        assert out_of_region(breton, audit) is out
    assert out_of_region(FAITS[3], contexte()) is False


def test_facts_follow_one_another_in_any_order() -> None:
    """Machines give dust, dust a kiln: with machines there is a kiln; without it, there are none."""
    chain = [replace(f, implique=("four",)) if f.id == "poussieres" else f for f in FAITS]
    for order in (chain, chain[::-1]):
        atelier = referentiel(faits={f.id: f for f in order})
        for nom, valeur in (("machines", True), ("four", False)):
            values = resolve(atelier, contexte(faits={nom: FaitDeclare(valeur=valeur)}), "MEN")
            assert [values[n] for n in ("machines", "poussieres", "four")] == [valeur] * 3


def test_nothing_is_waited_for_once_a_threshold_is_given() -> None:
    """Twelve benches at least: a threshold; without it, the order that will give it is what is waited for."""
    nombre = Nombre(unite="bancs", comparaison="au_moins", seuil="12", attend="un arrêté")
    assert awaited(replace(FAITS[0], nombre=nombre)) is None
    assert awaited(replace(FAITS[0], nombre=replace(nombre, seuil=None))) == "un arrêté"
    assert awaited(FAITS[0]) is None


# ---- gaps -----------------------------------------------------------------------------------------------


def test_a_gap_matters_by_the_facts_that_it_names() -> None:
    """A derogation nobody spoke of may be claimed yet; one that was refused, or a plain fact, may not."""
    atelier = referentiel()

    def matter(fait: str, **declared: FaitDeclare) -> bool | None:
        gap = Lacune(
            champs=("seuil",),
            cherche="Un seuil.",
            sources=("GD2",),
            ligne="atelier/4",
            si=(Regle(mots={"fait": fait}, sources=("GD2",)),),
        )
        audit = contexte(faits=declared)
        return matters(gap, atelier, audit, resolve_all(atelier, audit))

    assert matter("insulaire") is None
    assert matter("insulaire", insulaire=FaitDeclare(valeur=False)) is False
    assert matter("insulaire", insulaire=FaitDeclare(valeur=True)) is True
    assert matter("insulaire", insulaire=FaitDeclare(par_categorie={"MEN": False})) is False
    assert matter("insulaire", insulaire=FaitDeclare(par_categorie={"VER": False})) is None
    assert matter("machines", machines=FaitDeclare(valeur=False)) is False
    assert matter("machines") is None
    assert (
        matter("machines", poussieres=FaitDeclare(valeur=False)) is False
    )  # nobody said it, yet it is known


def test_a_gap_matters_where_a_derogation_holds_by_nature() -> None:
    """A joinery that is on an island by nature has not to say so: the gap matters, for sure."""
    nature = ParNature(categorie="MEN", texte="île", sources=("CH1",), confiance="elevee")
    iles = [replace(f, par_nature=(nature,)) if f.id == "insulaire" else f for f in FAITS]
    label, audit = referentiel(faits={f.id: f for f in iles}), contexte(faits={})
    rule = Regle(mots={"fait": "insulaire"}, sources=("GD2",))
    gap = Lacune(champs=("seuil",), cherche="Un seuil.", sources=("GD2",), ligne="atelier/4", si=(rule,))
    assert matters(gap, label, audit, resolve_all(label, audit)) is True


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


# ---- the perimeter --------------------------------------------------------------------------------------


def regle(sources: tuple[str, ...] = ("GD2",), **changes: Any) -> Regle:
    return Regle(**{"mots": {"toutes": True}, "sources": sources} | changes)


def cas(audit: Contexte | None = None, **changes: Any) -> Cas:
    """The first line of the workshop, for joinery."""
    audit, label = audit or contexte(precedent=None), referentiel(**changes)
    return Cas(label, audit, resolve_all(label, audit), INFORMATION, "MEN")


AILLEURS = regle(mots={"lignes": ("atelier/2",)})


def test_a_line_that_is_not_due_says_why() -> None:
    """The common words, or those of the documents that stand for the audit; the sources are the rules’.

    A reason of its own gives way to the documents, and is the common one where it has no words.
    """
    visite = replace(TYPE, perimetre=(AILLEURS,), sinon="vu ailleurs", sinon_pieces="vu sur pièces")
    pieces = (Controle(id="plan", texte="Le plan", regle=regle()),)
    own = regle(("CH1",), motif="four éteint")
    for type_audit, expected in (
        (visite, ("hors_perimetre", "vu ailleurs", ("GD2",))),
        (replace(visite, perimetre=()), ("hors_perimetre", "vu ailleurs", ("D07",))),
        (replace(visite, pieces=pieces), ("pieces", "vu sur pièces", ("GD2",))),
        (replace(visite, pieces=pieces, sinon_pieces=None), ("pieces", "vu ailleurs", ("GD2",))),
        (replace(visite, sinon_selon=(AILLEURS, own)), ("hors_perimetre", "four éteint", ("CH1",))),
        (replace(visite, sinon_selon=(regle(("CH1",)),)), ("hors_perimetre", "vu ailleurs", ("CH1",))),
        (replace(visite, sinon_selon=(own,), pieces=pieces), ("pieces", "vu sur pièces", ("GD2",))),
    ):
        reponse = perimetre(cas(), type_audit)
        (one,) = reponse.motifs
        assert (reponse.valeur, one.code, one.texte, one.sources) == (False, *expected)


def test_what_is_not_known_says_what_to_give() -> None:
    """The earlier audit, the question of the fact, or the words of the rule: of what is unknown, no other."""
    machines = contexte(precedent=None, faits={"machines": FaitDeclare(valeur=True)})
    rien = contexte(precedent=None, faits={})
    constat = {"constat_precedent": ("nc_mineure",)}
    question = "à renseigner : Le travail produit-il des poussières ?"
    for rule, audit, code, texte in (
        (regle(mots=constat, motif="un écart"), rien, "precedent_inconnu",
         "audit précédent à renseigner (un écart)"),
        (regle(mots=constat, inconnu="un doute"), rien, "precedent_inconnu",
         "audit précédent à renseigner (un doute)"),
        (regle(mots=constat), rien, "precedent_inconnu", "audit précédent à renseigner"),
        (regle(mots={"fait": "poussieres"}), rien, "perimetre_inconnu", question),
        (regle(mots={"fait": "machines"}, inconnu="non réglé"), machines, "perimetre_inconnu", "non réglé"),
        (regle(inconnu="non réglé", motif="due"), rien, "perimetre_inconnu", "non réglé"),
        (regle(sauf=regle(mots={"fait": "poussieres"}), motif="due"), rien, "perimetre_inconnu", "due"),
    ):  # fmt: skip
        reponse = perimetre(cas(audit), replace(TYPE, perimetre=(rule,)))
        (one,) = reponse.motifs
        assert (reponse.valeur, one.code, one.texte) == (None, code, texte)


def test_only_what_decides_is_a_reason() -> None:
    """A rule that holds is enough, one not settled is no reason; a rule of no words gives none."""
    rules = (regle(motif="due"), regle(inconnu="non réglé"))
    assert [one.texte for one in perimetre(cas(), replace(TYPE, perimetre=rules)).motifs] == ["due"]
    bare = (regle(), regle(sauf=regle(mots={"fait": "poussieres"})))
    for rule in bare:
        (one,) = perimetre(cas(contexte(precedent=None, faits={})), replace(TYPE, perimetre=(rule,))).motifs
        assert one.texte == ""


def test_an_equivalence_exempts_a_line_that_is_due() -> None:
    """A certificate held takes the line out, a doubtful one leaves it to confirm; at its audits alone."""
    held = Certificat(notification=date(2024, 1, 1), echeance=date(2025, 1, 1))
    named = Equivalence(certificat="iso", titre="ISO 9", garde=regle())
    for one, equivalence, line, expected in (
        (held, named, regle(), (False, "equivalence", "certificat ISO 9")),
        (held, replace(named, garde=regle(motif="déjà vu")), regle(), (False, "equivalence", "déjà vu")),
        (held, replace(named, types=(TYPE.id,)), regle(), (False, "equivalence", "certificat ISO 9")),
        (held, replace(named, types=("x/y",)), regle(motif="due"), (True, "perimetre", "due")),
        (held, named, AILLEURS, (False, "hors_perimetre", TYPE.sinon)),
        (replace(held, certain=False), named, regle(),
         (None, "perimetre_inconnu", "équivalence à confirmer : certificat ISO 9")),
    ):  # fmt: skip
        audit = contexte(precedent=None, certificats={"iso": one}, ajouts=Ajouts())
        reponse = perimetre(cas(audit, equivalences=(equivalence,)), replace(TYPE, perimetre=(line,)))
        assert (reponse.valeur, reponse.motifs[0].code, reponse.motifs[0].texte) == expected


def test_a_line_was_seen_as_its_earlier_finding_says() -> None:
    """A finding that it does not apply: not seen; another: as the list says; by an unknown audit: unknown."""

    def seen(constat: str | None, **changes: Any) -> bool | None:
        constats = {"atelier/1": ConstatPrecedent(constat=constat)} if constat else {}
        earlier = Precedent(constats=constats, **changes)
        one = cas(contexte(precedent=earlier))
        return perimetre(one, replace(TYPE, perimetre=(regle(mots={"vue": True}),))).valeur

    every = frozenset({"atelier/1"})
    assert seen("nc_mineure", indicateurs_audites=every) is True
    assert seen("non_applicable", indicateurs_audites=every) is False
    assert seen(None, indicateurs_audites=every) is True
    assert seen("nc_mineure", indicateurs_audites=frozenset()) is False
    assert seen(None, type="initial") is True
    assert seen(None, type="jamais_vu") is None
    assert seen(None) is None


def test_a_certificate_may_have_stood_at_the_earlier_audit() -> None:
    """From its first day to its last, both included; at an audit of no known date, it may always have."""
    held = Certificat(notification=date(2023, 1, 10), echeance=date(2023, 1, 20))
    for day, may in (
        (date(2023, 1, 9), False),
        (date(2023, 1, 10), True),
        (date(2023, 1, 20), True),
        (date(2023, 1, 21), False),
        (None, True),
    ):
        assert ("iso" in before(contexte(certificats={"iso": held}), Precedent(date=day))) is may


# ---- words ----------------------------------------------------------------------------------------------


def test_a_rule_of_many_lines_names_the_same_as_one_of_few() -> None:
    """Fifteen lines, sixteen or seventeen: the first of the workshop is due where it is one of them."""
    for others in (14, 15, 16):
        names = tuple(f"atelier/{100 + rank}" for rank in range(others))
        named, other = (regle(mots={"lignes": (*names, line)}) for line in ("atelier/1", "atelier/7"))
        for _ in range(2):  # a rule that was read once answers the same
            assert judge(named, cas(), MOTS).valeur is True
            assert judge(other, cas(), MOTS).valeur is False


def test_the_lists_of_rules_that_are_held_are_bounded() -> None:
    """Eleven hundred rules of twenty lines each: a thousand lists are held at most."""
    one = cas()
    for rank in range(1_100):
        names = tuple(f"atelier/{rank}-{line}" for line in range(20))
        assert judge(regle(mots={"lignes": names}), one, MOTS).valeur is False
    assert 0 < len(_SETS) <= 1_000


def test_an_edition_is_that_of_the_requirements_of_the_line() -> None:
    """The line is of the workshop’s 2021: neither its rules R1 nor the V5 of the label laid on it count."""
    for named, valeur in (("2021", True), ("R1", False), ("V5", False), ("2020", False)):
        assert judge(regle(mots={"edition": (named,)}), cas(), MOTS).valeur is valeur


def test_a_perimeter_taken_from_another_type_gives_its_reasons() -> None:
    """The label’s first audit sees what the workshop’s does, whose reason is told in its place."""
    types = {t.id: t for t in (TYPE, replace(TYPE_BASE, perimetre=(regle(mots={"fait": "poussieres"}),)))}
    comme = replace(TYPE, perimetre=(regle(mots={"comme": "atelier/initial"}, motif="comme à l’atelier"),))
    (one,) = perimetre(cas(contexte(precedent=None, faits={}), types_audit=types), comme).motifs
    question = "à renseigner : Le travail produit-il des poussières ?"
    assert (one.code, one.texte) == ("perimetre_inconnu", question)
    both = regle(mots={"comme": "atelier/initial", "fait": "poussieres"})
    types = {t.id: t for t in (TYPE, replace(TYPE_BASE, perimetre=(regle(motif="vue à l’atelier"),)))}
    audit = contexte(precedent=None, faits={})
    (one,) = perimetre(cas(audit, types_audit=types), replace(TYPE, perimetre=(both,))).motifs
    assert one.texte == question  # its own condition comes first


def test_a_derogation_replaces_the_perimeter_by_another() -> None:
    """On an island, the type of the workshop is in force; where nobody knows, only what both say is sure."""
    visite = replace(TYPE, perimetre=(AILLEURS,))
    for garde, due, valeur, texte in (
        (regle(), True, True, ""),
        (regle(motif="sur une île"), True, True, "sur une île"),
        (regle(mots={"fait": "insulaire"}, motif="sur une île"), True, False, TYPE.sinon),
        (regle(inconnu="île à confirmer"), True, None, "dérogation à confirmer : île à confirmer"),
        (regle(sauf=regle(mots={"fait": "poussieres"}), motif="sur une île"), True, None,
         "dérogation à confirmer : sur une île"),
        (regle(sauf=regle(mots={"fait": "poussieres"})), True, None, "dérogation à confirmer : "),
        (regle(inconnu="île à confirmer"), False, False, TYPE.sinon),
    ):  # fmt: skip
        base = replace(TYPE_BASE, perimetre=(regle() if due else AILLEURS,))
        derogation = Derogation(types=(TYPE.id,), garde=garde, comme=base.id)
        one = cas(
            contexte(precedent=None, faits={}),
            types_audit={t.id: t for t in (TYPE, base)},
            derogations=(derogation,),
        )
        reponse = perimetre(one, visite)
        assert (reponse.valeur, reponse.motifs[0].texte) == (valeur, texte)
        assert perimetre(one, base).valeur is due


def test_a_derogation_adds_no_doubt_to_the_same_doubt() -> None:
    """Where both perimeters wait for one fact, the island changes nothing: the fact alone is asked."""
    waiting = (regle(mots={"fait": "poussieres"}),)
    base = replace(TYPE_BASE, perimetre=waiting)
    derogation = Derogation(types=(TYPE.id,), garde=regle(inconnu="île à confirmer"), comme=base.id)
    one = cas(
        contexte(precedent=None, faits={}),
        types_audit={t.id: t for t in (TYPE, base)},
        derogations=(derogation,),
    )
    reponse = perimetre(one, replace(TYPE, perimetre=waiting))
    assert reponse.valeur is None
    assert [m.texte for m in reponse.motifs] == ["à renseigner : Le travail produit-il des poussières ?"]


# ---- the scope ------------------------------------------------------------------------------------------


def scope(*regles: Regle, **declared: FaitDeclare) -> Reponse:
    """Whether a line of these rules is for a joinery that says so."""
    machines = replace(FAITS[0], sources=("GD2",), emplacement="faits.yaml:3")
    trades = (*CATEGORIES, replace(CATEGORIES[0], id="POT", titre="poterie", a_qui="à la poterie"))
    one = cas(
        contexte(faits=declared),
        faits={f.id: f for f in (machines, *FAITS[1:])},
        categories={c.id: c for c in trades},
    )
    return portee(replace(one, indicateur=replace(INFORMATION, portee=regles)))


def test_a_scope_rests_on_the_fact_that_gives_another() -> None:
    """Dust known from the machines: the reason cites both, and both places; said, the rule alone."""
    poussieres = regle(("CH1",), mots={"fait": "poussieres"}, emplacement="portee.yaml:7")
    (one,) = scope(poussieres, machines=FaitDeclare(valeur=True)).motifs
    assert one.texte == "il y a des poussières (suite de : l’atelier utilise des machines)"
    assert (one.sources, one.emplacements) == (("CH1", "GD2"), ("portee.yaml:7", "faits.yaml:3"))
    (one,) = scope(
        replace(poussieres, mots={"fait": "machines"}), poussieres=FaitDeclare(valeur=False)
    ).motifs
    assert one.texte == "l’atelier n’utilise pas de machines (suite de : il n’y a pas de poussières)"
    assert (one.sources, one.emplacements) == (("CH1", "GD2"), ("portee.yaml:7", "faits.yaml:3"))
    (one,) = scope(poussieres, poussieres=FaitDeclare(valeur=True)).motifs
    assert one.texte == "il y a des poussières"
    assert (one.sources, one.emplacements) == (("CH1",), ("portee.yaml:7",))


def test_a_line_out_says_by_what() -> None:
    """By its category where no rule is open to it, else by the facts of those that are, or their words."""
    verrerie, poterie = (regle(mots={"categories": (id_,)}) for id_ in ("VER", "POT"))
    closed = regle(mots={"toutes": False}, motif="close")
    poussieres = regle(mots={"fait": "poussieres"})
    sans = FaitDeclare(valeur=False)
    for regles, code, texte in (
        ((verrerie,), "hors_categorie", "réservé à la verrerie (VER)"),
        ((verrerie, regle(mots={"categories": ()})), "hors_categorie", "réservé à la verrerie (VER)"),
        ((verrerie, poterie), "hors_categorie", "réservé à la verrerie (VER) et à la poterie (POT)"),
        ((verrerie, poussieres), "condition_non_remplie", "il n’y a pas de poussières"),
        ((poussieres, poussieres), "condition_non_remplie", "il n’y a pas de poussières"),
        ((regle(mots={"toutes": False}),), "condition_non_remplie", "exclue par la portée"),
        ((closed, replace(closed, motif="fermée")), "condition_non_remplie", "close"),
    ):
        (one,) = scope(*regles, poussieres=sans).motifs
        assert (one.code, one.texte) == (code, texte)


def test_a_line_for_all_says_for_whom() -> None:
    """With categories, it is for this one; without any, for every organisation."""
    (one,) = scope(regle()).motifs
    assert one.texte == "applicable à cette catégorie d’actions"
    every = replace(CATEGORIES[0], implicite=True)
    one_case = cas(categories={every.id: every})
    (one,) = portee(replace(one_case, indicateur=replace(INFORMATION, portee=(regle(),)))).motifs
    assert one.texte == "applicable à tout organisme"
    (one,) = scope(regle(sauf=regle(mots={"fait": "poussieres"}))).motifs
    assert (one.code, one.texte) == ("portee_inconnue", "")
