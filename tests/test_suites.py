"""What a finding entails, said as it is recorded: with its rule and its source, or said unknown."""

from __future__ import annotations

from typing import Any

from grilles import AF, SURVEILLANCE, atelier

from certif_rules.audit.constats import Releve
from certif_rules.services.espace import AuditEnCours, open_work
from certif_rules.services.suites import Suites, entailed

MINEURE, MAJEURE = "nc_mineure", "nc_majeure"


def audit(head: dict[str, Any] = AF, minors: int = 0, **more: Any) -> AuditEnCours:
    """An audit under way, whose lines 2 and following have a minor already."""
    found = [{"id": f"qualiopi/{n}", "constat": MINEURE, "commentaire": "x"} for n in range(4, 4 + minors)]
    return open_work(atelier(), {**head, "constats": found, **more})


def suites(chantier: AuditEnCours, constat: str = MINEURE, ligne: str = "qualiopi/1", **more: Any) -> Suites:
    return entailed(
        atelier(), chantier, Releve(ligne=ligne, constat=constat, commentaire="Sans date.", **more)
    )


def said(value: Suites, code: str) -> list[tuple[str, bool, tuple[str, ...]]]:
    return [(one.texte, one.certaine, one.sources) for one in value.consequences if one.code == code]


def test_a_gap_asks_for_its_statement() -> None:
    """A minor without a word: it is asked for, and the fault is at the comment; conforming asks nothing."""
    bare = entailed(atelier(), audit(), Releve(ligne="qualiopi/1", constat=MINEURE))
    assert [fault.champ for fault in bare.fautes] == ["constats.qualiopi/1.commentaire"]
    assert said(bare, "enonce")[0][0] == "« Non-conformité mineure » demande un énoncé qui en donne la raison"
    fine = suites(audit(), "conforme")
    assert (fine.fautes, said(fine, "enonce"), said(fine, "echeance")) == ((), [], [])


def test_what_cannot_be_found_entails_nothing() -> None:
    """A finding that no line may have: its fault, and no count of it."""
    wrong = suites(audit(), "parfait")
    assert [fault.code for fault in wrong.fautes] == ["constat-non-permis"]
    assert (wrong.bascules, wrong.paliers, wrong.delais) == ((), (), ())


# ---- the earlier audit -------------------------------------------------------------------------------------


def surveilled(**constats: str) -> AuditEnCours:
    """A surveillance whose earlier audit left these findings, by printed number."""
    known = {"type": "initial", "date": "2024-03-18", "constats": {k[1:]: v for k, v in constats.items()}}
    return audit({**SURVEILLANCE, "precedent": known})


def test_a_minor_found_again_counts_as_a_major() -> None:
    """Left open on that line: a major by article 5, three months to correct; the old one may be lifted."""
    value = suites(surveilled(n1=MINEURE))
    assert value.compte.possibles == (MAJEURE,)
    ((texte, certaine, sources),) = said(value, "recidive")
    assert texte.startswith("« Non-conformité mineure » compte comme « Non-conformité majeure » : ")
    assert (certaine, sources) == (True, ("A5",))
    assert said(value, "ecart_different") == [("écart différent : lever l’ancien", True, ("A5",))]
    assert value.a_lever == "1"
    assert {one.compte for one in value.delais} == {MAJEURE}


def test_another_line_or_a_lifted_one_counts_as_it_is() -> None:
    """The earlier minor is of line 2: line 1 has but a minor, and nothing is offered."""
    value = suites(surveilled(n2=MINEURE))
    assert (value.compte.possibles, value.a_lever, said(value, "recidive")) == ((MINEURE,), None, [])


def test_an_earlier_audit_of_which_nothing_is_known_is_said_unknown() -> None:
    """Neither a minor nor a major: both dates, each with what it supposes, none certain."""
    value = suites(audit({**SURVEILLANCE, "precedent": {"type": "initial", "date": "2024-03-18"}}))
    assert value.compte.possibles == (MINEURE, MAJEURE)
    ((texte, certaine, _),) = said(value, "recidive")
    assert "ses constats ne sont pas donnés" in texte
    assert not certaine
    dated = said(value, "echeance")
    assert {known for _, known, _ in dated} == {False}
    assert [texte.split(",")[0] for texte, _, _ in dated] == [
        "compté comme « Non-conformité mineure »",
        "compté comme « Non-conformité majeure »",
        "compté comme « Non-conformité majeure »",
    ]


# ---- how many ----------------------------------------------------------------------------------------------


def test_the_fourth_minor_warns() -> None:
    """Three minors and this one: one more, and nothing can be delivered; the third says nothing yet."""
    fourth = suites(audit(minors=3))
    (palier,) = fourth.paliers
    assert (palier.avant, palier.apres, palier.seuil, palier.reste) == (3, 4, 5, 1)
    ((texte, certaine, sources),) = said(fourth, "encore")
    assert "un autre constat semblable, et ce serait « délivrance impossible" in texte
    assert (certaine, sources) == (True, ("A5", "CPNC", "NCD"))
    third = suites(audit(minors=2))
    assert (third.paliers[0].reste, said(third, "encore")) == (2, [])


def test_the_fifth_minor_settles_the_conclusion() -> None:
    """Whatever the other lines are worth: five minors are one major."""
    value = suites(audit(minors=4))
    (bascule,) = value.bascules
    assert (bascule.avant.decision, bascule.apres.decision) == (None, "non_delivrable")
    ((texte, certaine, _),) = said(value, "conclusion")
    assert certaine
    assert texte.startswith("Référentiel national qualité (Qualiopi) : délivrance impossible")
    assert "(avant : conclusion impossible : " in texte
    assert "le seuil de 5 est atteint" in said(value, "palier")[0][0]


def test_a_first_minor_leaves_the_conclusion_unknown() -> None:
    """Lines are left to assess: unknown is what is said, with how many."""
    ((texte, certaine, _),) = said(suites(audit()), "conclusion")
    assert "conclusion impossible" in texte
    assert not certaine


def test_a_conforming_line_entails_no_conclusion_that_others_settled() -> None:
    """Five minors settle it already: one more line that conforms says nothing of it, a sixth minor does."""
    settled = audit(minors=5)
    assert suites(settled, "conforme").consequences == ()
    assert "délivrance impossible" in said(suites(settled), "conclusion")[0][0]


# ---- by when -----------------------------------------------------------------------------------------------


def test_the_dates_follow_from_the_notification() -> None:
    """Notified on 31 March 2024: a major is corrected by 30 June, and verified by 30 July."""
    value = suites(audit(ecarts_notifies_le="2024-03-31"), MAJEURE)
    assert said(value, "echeance") == [
        ("correction avant : le 2024-06-30", True, ("A5", "CPNC")),
        ("vérification avant : le 2024-07-30", True, ("A5",)),
    ]


def test_without_a_notification_the_delay_is_said_and_no_date() -> None:
    """Six months for a minor, from a day that is not known: no figure stands for it."""
    value = suites(audit())
    assert said(value, "echeance") == [
        (
            "correction avant : 6 mois après la notification, dont le jour n’est pas donné",
            False,
            ("A5", "CPNC"),
        )
    ]
    assert [one.jour for one in value.delais] == [None]


def test_a_lifted_finding_opens_no_date() -> None:
    """Lifted: it counts no more, and nothing is due."""
    value = suites(audit(ecarts_notifies_le="2024-03-31"), leve_le="2024-04-02", leve_par="C. M.")
    assert (value.delais, value.paliers) == ((), ())


def test_the_label_says_what_its_rules_leave_unknown() -> None:
    """A gap on a line of the label: no delay and no decision are given by any source, and it is said so."""
    head = {**AF, "referentiel": "certifregion", "audit": {"type": "initial", "date": "2024-03-15"}}
    chantier = audit(head)
    ligne = next(li for li in chantier.checklist.lignes if li.indicateur.origine == "certifregion")
    value = suites(chantier, ligne=ligne.indicateur.id, appui="Référentiel V5, page 3")
    assert said(value, "delai_absent") == [("aucune source ne donne le délai pour corriger", False, ())]
    own = next(p for p in value.bascules if p.apres.objet == "certifregion")
    assert own.apres.delivrable is None


def test_the_audit_is_left_as_it_was() -> None:
    """What is proposed is not recorded."""
    chantier = audit()
    before = chantier.dossier
    suites(chantier)
    assert chantier.dossier == before
