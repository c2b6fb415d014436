"""What the rules give, opinions, decisions and notifications: four things, in order, never mixed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from greffons import registry
from rapports import lay_out

from certif_rules.audit.compte_rendu import read_compte_rendu
from certif_rules.audit.demande import Demande
from certif_rules.audit.procedure import Procedure, follow_up
from certif_rules.cli.conclure import _show
from certif_rules.documents.dossier.attribution import award
from certif_rules.documents.rapport.composition import report as compose
from certif_rules.echanges.conclusion import document
from certif_rules.errors import DataError
from certif_rules.services.calendrier import Saisie, make_calendar
from certif_rules.services.conclusion import conclude_file
from certif_rules.services.constats import read_dossier
from certif_rules.services.dossier import open_file
from certif_rules.services.rapport import report_file
from certif_rules.source.schema import check
from certif_rules.testing.cas import differences
from certif_rules.testing.fichier import read_cases

NOTES = Path(__file__).parent / "fictif_notes"
_, CASES = read_cases(NOTES / "procedures.yaml")
REGISTRE = registry(deux_comites=NOTES / "deux_comites")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["nom"])
def test_who_gives_an_opinion_decides_and_notifies(case: dict[str, Any]) -> None:
    """Simple and binding opinions, proposals, a decider whom nobody names: a procedure by type of audit."""
    assert differences(case, REGISTRE) == []


def findings(folder: Path, type_: str = "initial", **acts: Any) -> Path:
    """A file of findings where everything is in order, and these acts."""
    path = folder / "constats.json"
    data = {
        "format": 1,
        "referentiel": "deux_comites",
        "audit": {"type": type_, "date": "2024-01-10"},
        "organisme": {"nom": "Organisme d’exemple", "categories": ["TOUT"]},
        "constats": [{"id": "A1", "constat": "tenu"}, {"id": "A2", "constat": "tenu"}],
        **acts,
    }
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


#: Both opinions are for, the jury adjourns and says why.
AILLEURS: dict[str, Any] = {
    "avis": [
        {"instance": "auditeur", "le": "2024-01-12", "avis": "pour"},
        {"instance": "commission", "le": "2024-01-31", "avis": "favorable", "motif": "Un bon dossier."},
    ],
    "decision": {"instance": "jury", "le": "2024-02-01", "decision": "ajourne", "motif": "Budget clos."},
    "notification": {"instance": "mairie", "le": "2024-02-29"},
}


def test_each_fault_is_told_with_its_place(tmp_path: Path) -> None:
    """Each act is told at its own line, all at once, with what to do."""
    path = findings(
        tmp_path, "renouvellement",
        avis=[{"instance": "commission", "le": "2024-02-03", "avis": "favorable"}],
        decision={"instance": "jury", "le": "2024-02-02", "decision": "refuse", "motif": "Autre chose."},
        notification={"instance": "jury", "le": "2024-02-01"},
    )  # fmt: skip
    with pytest.raises(DataError) as caught:
        conclude_file(REGISTRE, path)
    told = [(issue.code, issue.message, issue.hint) for issue in caught.value.issues]
    assert told == [
        (
            "decision-avant-avis",
            "la décision (2024-02-02) précède l’avis (2024-02-03)",
            "vérifier les deux dates",
        ),
        (
            "decision-contre-avis",
            "la décision « refuse » s’écarte d’un avis conforme : la commission d’examen, « Avis favorable »",
            "un avis conforme lie qui décide : Label accordé ou Décision ajournée",
        ),
        (
            "instance-inattendue",
            "notification de « jury », quand le référentiel nomme la mairie [DOC]",
            "instances : la mairie",
        ),
        (
            "notification-avant-decision",
            "la notification (2024-02-01) précède la décision (2024-02-02)",
            "vérifier les deux dates",
        ),
    ]
    places = [issue.location for issue in caught.value.issues]
    assert all(place and place.file == str(path) and place.column for place in places)
    assert len({place.column for place in places if place}) == 2


def test_a_file_that_no_rule_speaks_of_is_held_to_its_dates_only() -> None:
    """Without a procedure, any opinion and any body: what is recorded is followed, and nothing compared."""
    said = read_compte_rendu({"avis": [{"avis": "plutôt oui"}], "decision": {"decision": "non"}})
    followed = follow_up(Procedure(objet="essai"), said)
    assert [(acte.role, acte.prevu, acte.mot, acte.ecarts) for acte in followed] == [
        ("donne_avis", None, None, ()), ("decide", None, None, ()),
    ]  # fmt: skip


def test_an_act_on_the_base_is_none_of_the_label(tmp_path: Path) -> None:
    """A decision on another référentiel answers no act of this one, which still waits for its own."""
    path = findings(tmp_path, decision={"objet": "qualiopi", "decision": "delivrable"})
    with pytest.raises(DataError) as caught:
        conclude_file(REGISTRE, path)
    assert [issue.code for issue in caught.value.issues] == ["objet-inconnu"]
    said = read_compte_rendu({"decision": [{"objet": "base", "decision": "delivrable"}]})
    bilan, _ = conclude_file(REGISTRE, findings(tmp_path))
    decided = [acte for acte in follow_up(bilan.procedure, said) if acte.role == "decide"]
    assert [(acte.prevu is None, acte.rendu is None) for acte in decided] == [(True, False), (False, True)]


# ---- where it is told ------------------------------------------------------------------------------------


def chapters(page: str) -> dict[str, str]:
    """The text of each numbered chapter of a report, by its title."""
    text = re.sub(r"<[^>]+>", "|", page[page.index('id="chapitre-1"') :])
    text = re.sub(r"[|\s]*\|[|\s]*", "|", text.replace("\u202f", " ").replace("\u00a0", " "))
    parts = re.split(r"\|\d+\. ([^|]+)\|", text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_report_keeps_a_place_for_each(tmp_path: Path) -> None:
    """Nothing is recorded: opinion, decision and notification stand in order, with their words to tick."""
    rapport, _ = report_file(REGISTRE, findings(tmp_path))
    pages = chapters(lay_out(compose(rapport), "html").decode())
    names = list(pages)
    order = [
        names.index(n)
        for n in ("Conclusion", "Évaluation", "Avis", "Décision", "Notification de la décision")
    ]
    assert order == sorted(order)
    for word in ("Avis simple – l’auditeur", "Favorable à l’attribution", "Avis favorable avec réserve"):
        assert word in pages["Avis"]
    assert "Label accordé" in pages["Décision"]
    assert "Label accordé" not in pages["Avis"]
    assert "Revient à : la mairie." in pages["Notification de la décision"]
    assert {(m.rubrique, m.texte) for m in rapport.manques} >= {
        ("Avis", "l’auditeur, quel jour, dans quel sens"),
        ("Avis", "la commission d’examen, quel jour, dans quel sens"),
        ("Notification", "la mairie, quel jour"),
    }


def test_the_report_prints_the_reason_of_a_departure(tmp_path: Path) -> None:
    """What the rules give (accord possible), the opinions and the decision stand side by side, apart."""
    rapport, _ = report_file(REGISTRE, findings(tmp_path, **AILLEURS))
    pages = chapters(lay_out(compose(rapport), "html").decode())
    assert "Cette décision s’écarte d’un avis" in pages["Décision"]
    assert "Motif de la décision : Budget clos." in pages["Décision"]
    assert (
        "L’auditeur, « Favorable à l’attribution » ; la commission d’examen, « Avis favorable »"
        in pages["Décision"]
    )
    assert "n’est pas celle que les constats appellent" in pages["Décision"]  # ajourne is not accordable
    assert "|Par|le jury du label|" in pages["Décision"]
    assert "29 février 2024" in pages["Notification de la décision"]
    assert "Accord possible" in pages["Conclusion"]
    assert "Accord possible" not in pages["Avis"]
    assert not {"Avis", "Décision", "Notification"} & {m.rubrique for m in rapport.manques}


def test_an_opinion_other_than_what_the_findings_call_for_is_marked(tmp_path: Path) -> None:
    """« contre » goes with a refusal or an adjournment, and the findings call for an accord."""
    rapport, _ = report_file(REGISTRE, findings(tmp_path, avis=[{"instance": "auditeur", "avis": "contre"}]))
    pages = chapters(lay_out(compose(rapport), "html").decode())
    assert "Cet avis n’est pas ce que les constats appellent" in pages["Avis"]


def test_who_decides_is_said_unknown(tmp_path: Path) -> None:
    """No body is invented where the source names none."""
    path = findings(tmp_path, "visite", precedent={"type": "extension"})
    rapport, _ = report_file(REGISTRE, path)
    pages = chapters(lay_out(compose(rapport), "html").decode())
    assert "On ne sait pas à qui : le document ne dit pas qui décide après une visite." in pages["Décision"]
    assert "Avis" not in pages
    assert "Notification de la décision" not in pages


def test_an_act_that_may_not_be_called_for_is_to_confirm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The earlier audit is unknown: the opinion is not said missing, and is told as such everywhere."""
    rapport, _ = report_file(REGISTRE, findings(tmp_path, "visite", decision={"decision": "Visite validée"}))
    pages = chapters(lay_out(compose(rapport), "html").decode())
    assert "À confirmer : on ne sait pas encore si cet audit le demande." in pages["Avis"]
    assert "Avis" not in {m.rubrique for m in rapport.manques}
    _show(rapport.bilan)
    shown = capsys.readouterr().out.replace("\u202f", " ").replace("\u00a0", " ")
    assert "  Avis – la commission d’examen : à confirmer [DOC]" in shown
    assert "Visite validée, jour non renseigné" in " ".join(shown.split())


def test_nothing_is_told_where_nobody_says_who_decides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A référentiel with no folder ``vie``, or none of these acts there, is concluded as it was."""
    path = findings(tmp_path)
    data = json.loads(path.read_text(encoding="utf-8"))
    data |= {"referentiel": "avis", "audit": {"type": "visite", "date": "2024-01-10"}}
    data["constats"] = [{"id": f"A{n}", "constat": "favorable"} for n in range(1, 5)]
    path.write_text(json.dumps(data), encoding="utf-8")
    bilan, _ = conclude_file(registry(avis=NOTES / "avis"), path)
    _show(bilan)
    assert "ce qui revient à des personnes" not in capsys.readouterr().out
    assert "procedure" not in document(bilan)


def test_what_an_award_rests_on_says_what_each_opinion_is_worth() -> None:
    """Who proposes, who gives a binding opinion, and in which words, before any audit."""
    dossier = open_file(REGISTRE, Demande(referentiel="deux_comites"), attribution=True)
    page = " ".join(re.sub(r"<[^>]+>", " ", lay_out(award(dossier), "html").decode()).split())
    page = page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "donne un avis conforme : la commission d’examen" in page
    assert "propose : la commission d’examen" in page
    assert "« Étendre » ou « Ne pas étendre »" in page


def test_the_terminal_says_where_it_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line an act; what comes next is told from what must wait."""
    bilan, _ = conclude_file(REGISTRE, findings(tmp_path, avis=AILLEURS["avis"][:1]))
    _show(bilan)
    lines = capsys.readouterr().out.replace("\u202f", " ").replace("\u00a0", " ").splitlines()
    start = lines.index("Après l’audit, ce qui revient à des personnes :")
    assert lines[start + 1 : start + 5] == [
        "  Avis simple – l’auditeur : Favorable à l’attribution, le 12 janvier 2024 [DOC]",
        "  Avis simple – la commission d’examen : à venir, c’est son tour [DOC]",
        "  Décision – le jury du label : à venir, après ce qui précède [DOC]",
        "  Notification – la mairie : à venir, après ce qui précède [DOC]",
    ]


def test_the_json_is_what_its_schema_says(tmp_path: Path) -> None:
    """Whatever was recorded, the published schema accepts it."""
    for acts in ({}, AILLEURS, {"avis": [{"instance": "commission"}], "notification": {}}):
        bilan, _ = conclude_file(REGISTRE, findings(tmp_path, **acts))
        assert check(json.loads(json.dumps(document(bilan), default=list)), "sortieconclure") == []


# ---- the calendar ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # Three years from the decision (1 February 2024), two months from its notification (29 February).
        ((), {"fin": "2027-02-01", "recours": "2024-04-29"}),
        # A day that is typed wins over the file.
        (("notification=2024-03-05",), {"fin": "2027-02-01", "recours": "2024-05-05"}),
    ],
)
def test_delays_run_from_the_acts_recorded(
    tmp_path: Path, typed: tuple[str, ...], expected: dict[str, str]
) -> None:
    """The days of the decision and of its notification are those of the findings file."""
    dossier = read_dossier(findings(tmp_path, **AILLEURS))
    saisie = Saisie(evenements=typed, comites=(), report=False, cloture=0, au=None, territoire=None)
    calendar = make_calendar(REGISTRE, dossier.demande, saisie, dossier)
    assert {d.id: str(d.jour) for d in calendar.calendrier.dates} == expected
    assert str(calendar.evenements["avis"]) == "2024-01-31"


def test_the_act_of_another_type_of_audit_gives_no_day(tmp_path: Path) -> None:
    """After a visit nobody notifies: the day is not taken, and what counts from it is left out."""
    dossier = read_dossier(findings(tmp_path, "visite", notification={"le": "2024-02-29"}))
    saisie = Saisie(
        evenements=("decision=2024-02-01",), comites=(), report=False, cloture=0, au=None, territoire=None
    )
    calendar = make_calendar(REGISTRE, dossier.demande, saisie, dossier)
    assert [d.id for d in calendar.calendrier.dates] == ["fin"]
