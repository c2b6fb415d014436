"""What findings of sites make of their line, one at a time: one site or two, a line that applies nowhere."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from test_par_site import AVIS, findings, opened

from certif_rules.audit.constats import A_EVALUER
from certif_rules.audit.deduction import ConstatDeduit, deduced
from certif_rules.model.jugement import RegleParSite
from certif_rules.services.constats import from_data, open_dossier


def of_sites(constat: dict[str, Any], *sites: str) -> ConstatDeduit | None:
    """What is made of line Q2, or of Q1 where the finding says so, in an organisation of these sites."""
    entry = {"id": "Q2", **constat}
    data = findings({}, organisme={"categories": ["TOUT"], "sites": [{"id": site} for site in sites]})
    others = [one for one in data["constats"] if one["id"] != entry["id"]]
    deduits = deduced(*open_dossier(opened(), from_data({**data, "constats": [*others, entry]})))
    return deduits.get(f"reseau/{entry['id']}")


def everywhere(constat: str, *sites: str) -> dict[str, Any]:
    there = [{"site": site, "constat": constat, "commentaire": "Vu."} for site in sites]
    return {"constat": A_EVALUER, "par_site": there}


def test_a_line_of_one_site_is_what_it_is_there() -> None:
    """With one site no rule is needed, whether the finding names it, or the line was not seen."""
    assert of_sites({"constat": "favorable"}, "S1") is None
    assert of_sites({"constat": "favorable", "site": "S1"}, "S1") is None
    assert of_sites({"constat": A_EVALUER}, "S1") is None


def test_a_line_of_two_sites_waits_for_both() -> None:
    """Seen at S1 alone, S2 is missing; seen nowhere, both are, and the line may end with any finding."""
    one = of_sites({"constat": "favorable", "site": "S1"}, "S1", "S2")
    assert one is not None
    assert (one.parts, one.manquants, one.constat) == ((("S1", "favorable"),), ("S2",), None)
    none = of_sites({"constat": A_EVALUER}, "S1", "S2")
    assert none is not None
    assert (none.parts, none.manquants, none.issues) == ((), ("S1", "S2"), tuple(sorted(AVIS)))


def test_a_line_that_applies_nowhere_does_not_apply() -> None:
    """« Non pertinent » at both sites is that of the line; at one of them, it is left out."""
    for constat, nom in (("non_pertinent", "Q1"), ("non_pertinent", "Q2"), ("reserve", "Q2")):
        one = of_sites({"id": nom, **everywhere(constat, "S1", "S2")}, "S1", "S2")
        assert one is not None
        assert (one.constat, one.issues) == (constat, (constat,))
    mixed = everywhere("non_pertinent", "S1")["par_site"] + everywhere("refus", "S2")["par_site"]
    one = of_sites({"constat": A_EVALUER, "par_site": mixed}, "S1", "S2")
    assert one is not None
    assert one.constat == "refus"


def test_sites_that_differ_are_what_the_rule_says() -> None:
    """Favourable at S1 and reserved at S2: reserved by the rule that asks that all be favourable."""
    mixed = everywhere("favorable", "S1")["par_site"] + everywhere("reserve", "S2")["par_site"]
    one = of_sites({"id": "Q1", "constat": A_EVALUER, "par_site": mixed}, "S1", "S2")
    assert one is not None
    assert one.constat == "reserve"


def test_sites_that_nobody_counted_may_be_anything() -> None:
    """Favourable at both sites known, the worst of them and others may be any; once refused, it stays so."""
    one = of_sites(everywhere("favorable", "S1", "S2"))
    assert one is not None
    assert (one.manquants, one.issues) == (None, ("favorable", "refus", "reserve"))
    one = of_sites(everywhere("refus", "S1", "S2"))
    assert one is not None
    assert (one.manquants, one.constat) == (None, "refus")


def test_a_line_without_a_rule_hides_none_after_it() -> None:
    """Q3 has no rule: read first or last, the four others have what their sites make."""
    checklist, dossier = open_dossier(opened(), from_data(findings({})))
    lines = {"reseau/P1", "reseau/P2", "reseau/Q1", "reseau/Q2"}
    bare = replace(dossier, releves=())
    for order in (checklist.lignes, checklist.lignes[::-1]):
        assert {*deduced(replace(checklist, lignes=order), bare)} == lines


def by_rule(rule: RegleParSite, *constats: dict[str, Any]) -> dict[str, ConstatDeduit]:
    """What this rule alone makes, level 1 being worth 3/2, beside a label that declares no rule."""
    data = findings({})
    names = {one["id"] for one in constats}
    data["constats"] = [*(one for one in data["constats"] if one["id"] not in names), *constats]
    checklist, dossier = open_dossier(opened(), from_data(data))
    label = replace(checklist.referentiel.jugements["reseau"], constats_par_site=(rule,))
    jugements = {"reseau": label, "autre": replace(label, constats_par_site=())}
    worth = replace(checklist.referentiel.constats["niveau_1"], valeur="3/2")
    referentiel = replace(
        checklist.referentiel,
        jugements=jugements,
        constats={**checklist.referentiel.constats, "niveau_1": worth},
    )
    return deduced(replace(checklist, referentiel=referentiel), dossier)


PIRE = RegleParSite(regle="pire", motif="M", sources=(), ordre=("refus", "reserve", "favorable"))


def test_a_rule_that_names_no_line_is_for_all() -> None:
    """Q3 has no rule of its own: refused at one of its sites, it is, by the rule for every line."""
    mixed = everywhere("favorable", "S1", "S3")["par_site"] + everywhere("refus", "S2")["par_site"]
    deduits = by_rule(PIRE, {"id": "Q3", "constat": A_EVALUER, "par_site": mixed})
    assert {nom: one.constat for nom, one in deduits.items()} == {"reseau/Q3": "refus"}


def test_a_site_to_assess_is_not_seen() -> None:
    """Favourable at S1 and S3, to assess at S2: S2 is missing, and the worst of the three may be any."""
    mixed = everywhere("favorable", "S1", "S3")["par_site"] + everywhere(A_EVALUER, "S2")["par_site"]
    one = by_rule(PIRE, {"id": "Q3", "constat": A_EVALUER, "par_site": mixed})["reseau/Q3"]
    assert (one.manquants, one.issues) == (("S2",), ("favorable", "refus", "reserve"))


def test_a_mean_leaves_out_what_has_no_value() -> None:
    """Opinions have no value: two that differ leave the line to either; 3/2 and 2 make 7/4."""
    moyenne = replace(PIRE, regle="moyenne", ordre=())
    mixed = everywhere("favorable", "S1", "S3")["par_site"] + everywhere("refus", "S2")["par_site"]
    levels = everywhere("niveau_1", "S1")["par_site"] + everywhere("niveau_2", "S2")["par_site"]
    levels += everywhere("non_pertinent", "S3")["par_site"]
    deduits = by_rule(
        moyenne,
        {"id": "Q3", "constat": A_EVALUER, "par_site": mixed},
        {"id": "P1", "constat": A_EVALUER, "par_site": levels},
    )
    assert deduits["reseau/Q3"].issues == ("favorable", "refus")
    assert deduits["reseau/P1"].constat == "moyenne des sites : 7/4"


def test_a_line_that_is_not_audited_has_no_finding_to_wait_for() -> None:
    """No finding may be recorded on a line that is not due: its sites leave nothing open."""
    checklist, dossier = open_dossier(opened(), from_data(findings({})))
    lines = tuple(replace(ligne, constats_permis=()) for ligne in checklist.lignes)
    assert deduced(replace(checklist, lignes=lines), replace(dossier, releves=())) == {}
