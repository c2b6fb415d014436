"""What the earlier audit left open makes a finding count as more, as data says; unknown stays unknown."""

from __future__ import annotations

from typing import Any

import pytest
from grilles import AF, FAITS, atelier
from msgspec.structs import replace

from certif_rules.audit.aggravation import counted, worst
from certif_rules.audit.conclusion import Bilan, conclude
from certif_rules.echanges.conclusion import document
from certif_rules.model.jugement import Aggravation, Delai, Jugement
from certif_rules.rules.contexte import ConstatPrecedent, Precedent
from certif_rules.services.constats import from_data, open_dossier

REGLE = Aggravation(
    constat="reserve", precedents=("reserve", "oubli"), devient="refus", types=("suivi",),
    motif="déjà dit", sources=("DOC",),
)  # fmt: skip
JUGEMENT = Jugement(origine="x", mesures={}, decisions=(), aggravations=(REGLE,))


def before(**constats: ConstatPrecedent) -> Precedent:
    return Precedent(constats={f"x/{ligne}": constat for ligne, constat in constats.items()})


OPEN, LIFTED = ConstatPrecedent(constat="reserve"), ConstatPrecedent(constat="reserve", ouvert=False)


@pytest.mark.parametrize(
    ("code", "precedent", "constat", "possibles", "certain"),
    [
        ("suivi", before(a=OPEN), "reserve", ("refus",), True),
        ("suivi", before(a=ConstatPrecedent(constat="oubli")), "reserve", ("refus",), True),
        ("suivi", before(a=LIFTED), "reserve", ("reserve",), True),
        ("suivi", before(a=ConstatPrecedent(constat="bon")), "reserve", ("reserve",), True),
        ("suivi", before(b=OPEN), "reserve", ("reserve",), True),
        ("suivi", before(a=OPEN), "bon", ("bon",), True),
        ("premier", before(a=OPEN), "reserve", ("reserve",), True),
        ("suivi", None, "reserve", ("reserve", "refus"), False),
        ("suivi", Precedent(type="premier"), "reserve", ("reserve", "refus"), False),
        ("suivi", None, "bon", ("bon",), True),
    ],
)
def test_what_a_finding_counts_as(
    code: str, precedent: Precedent | None, constat: str, possibles: tuple[str, ...], certain: bool
) -> None:
    """A finding made again counts as what the rule says, or as each possible when unsure."""
    compte = counted(JUGEMENT, code, precedent, "x/a", constat)
    assert (compte.possibles, compte.certaine) == (possibles, certain)
    assert (compte.regle is REGLE) is (possibles != (constat,))


def test_without_a_judgement_it_counts_as_itself() -> None:
    """Where no rule judges, a finding counts as it was made."""
    assert counted(None, "suivi", before(a=OPEN), "x/a", "reserve").possibles == ("reserve",)


def test_the_rule_that_speaks_of_the_finding_holds_whatever_stands_before() -> None:
    """Rules of another finding, and of other audits, are passed over; « reserve » is still made worse."""
    others = (replace(REGLE, constat="bon"), replace(REGLE, types=("premier",), devient="autre"))
    jugement = replace(JUGEMENT, aggravations=(*others, REGLE))
    assert counted(jugement, "suivi", before(a=OPEN), "x/a", "reserve").possibles == ("refus",)


def due(mois: int = 0, jours: int = 0, de: str = "notification") -> Delai:
    return Delai(de=de, mois=mois, jours=jours, sources=("DOC",))


@pytest.mark.parametrize(
    ("echeances", "expected"),
    [
        # Nothing is dated, or one finding alone: the rule that makes « refus » of « reserve » speaks alone.
        ({}, {"refus"}),
        ({"reserve": {"reponse": due(1)}}, {"refus"}),
        # Of three weights, all but the lightest are due sooner than another.
        (
            {"critique": {"a": due(1)}, "moyen": {"a": due(3)}, "leger": {"a": due(6)}},
            {"refus", "critique", "moyen"},
        ),
        ({"critique": {"a": due(3)}, "moyen": {"b": due(3)}}, {"refus"}),
        # A month may have 28 days, or 31: 45 days come after it for sure, 29 to 31 days do not.
        ({"critique": {"a": due(1)}, "moyen": {"a": due(jours=45)}}, {"refus", "critique"}),
        ({"critique": {"a": due(jours=29)}, "moyen": {"a": due(1)}}, {"refus"}),
        ({"critique": {"a": due(1)}, "moyen": {"a": due(jours=31)}}, {"refus"}),
        ({"critique": {"a": due(jours=27)}, "moyen": {"a": due(1)}}, {"refus", "critique"}),
        # What counts from another date of the finding, or from another event, compares with nothing.
        ({"critique": {"a": due(6), "b": due(1, de="a")}, "moyen": {"a": due(3)}}, {"refus", "moyen"}),
        (
            {"critique": {"a": due(6), "b": due(1, de="a")}, "moyen": {"a": due(6), "b": due(2, de="a")}},
            {"refus"},
        ),
        ({"critique": {"a": due(1, de="visite")}, "moyen": {"a": due(3)}}, {"refus"}),
    ],
)  # fmt: skip
def test_what_weighs_more_than_another(echeances: dict[str, dict[str, Delai]], expected: set[str]) -> None:
    """A finding weighs more when a lesser one becomes it, or when it is due sooner for sure."""
    assert worst([replace(JUGEMENT, echeances=echeances)]) == expected


def test_two_sets_of_rules_are_not_compared() -> None:
    """A label that gives a month to its gap does not make it graver than the gaps of its base."""
    base = Jugement(origine="base", mesures={}, decisions=(), echeances={"mineure": {"a": due(6)}})
    label = Jugement(origine="label", mesures={}, decisions=(), echeances={"alerte": {"a": due(1)}})
    assert worst([base, label]) == frozenset()


def surveillance(precedent: Any) -> Bilan:
    """A minor on line 2 at a surveillance, everything else conforming and checked."""
    head = {**AF, "audit": {"type": "surveillance", "date": "2025-09-01"},
            "organisme": {"categories": ["AF"], "faits": FAITS}}  # fmt: skip
    due = [1, 2, 4, 5, 6, 10, 11, 17, 19, 21, 22, 26, 27, 31, 32]
    minor = {"constat": "nc_mineure", "commentaire": "Taux absents."}
    constats = [{"id": str(n), **(minor if n == 2 else {"constat": "conforme"})} for n in due]
    checks = [{"id": "affichage_certificat", "resultat": "satisfaite"}]
    data = {**head, "precedent": precedent, "constats": constats, "verifications": checks}
    return conclude(*open_dossier(atelier(), from_data({**data, "ecarts_notifies_le": "2025-09-10"})))


def test_the_reason_is_printed_with_its_source_and_what_it_is_worth() -> None:
    """A reading of article 5, said to be one; the dates are those of a major, of which the file says why."""
    bilan = surveillance({"type": "initial", "constats": {"2": "nc_mineure"}})
    (reason,) = (m for m in bilan.conclusions[0].motifs if m.code == "aggravation")
    assert reason.texte.startswith("2 : ")
    assert (reason.sources, reason.lecture, reason.confiance) == (("A5",), True, "moyenne")
    (echeance,) = document(bilan)["echeances"]
    assert (echeance["constat"], echeance["compte_comme"]) == ("nc_mineure", "nc_majeure")
    assert (echeance["correction_avant"], echeance["verification_avant"]) == ("2025-12-10", "2026-01-10")


def test_an_unknown_earlier_audit_is_named() -> None:
    """With nothing known of it, the minor is measured as recorded and nothing is concluded."""
    bilan = surveillance({"type": "initial", "constats": None})
    (conclusion,) = bilan.conclusions
    assert (conclusion.delivrable, conclusion.mesures["mineures"], conclusion.mesures["majeures"]) == (
        None,
        1,
        0,
    )
    (reason,) = (m for m in conclusion.motifs if m.code == "aggravation_inconnue")
    assert reason.texte.startswith("2 : constats de l’audit précédent inconnus")
    (echeance,) = document(bilan)["echeances"]
    assert "compte_comme" not in echeance
    assert echeance["verification_avant"] is None
