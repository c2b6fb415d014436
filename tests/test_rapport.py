"""The report: what it says is computed once, and every format says it."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from console import Console
from rapports import (
    FORMATS,
    MINEURES,
    a6,
    absent_from,
    changed,
    computed,
    constats,
    findings_file,
    pages,
    report_bytes,
    squeezed,
    texte,
)

FORMATS_TRIES = sorted(FORMATS)
FINDINGS_SEEN = {
    "Taux publiés chaque trimestre.",
    "Émargement du règlement, dossier A-007",
    "Aucun émargement dans deux dossiers sur deux.",
    *MINEURES.values(),
}


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


# ---- story A6 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", FORMATS_TRIES)
def test_the_report_of_a6(call: Console, tmp_path: Path, format_: str) -> None:
    """A4’s four minors: all that a report must hold is in the words of each format."""
    data = a6()
    found = texte(report_bytes(call, data, tmp_path, format_), format_)
    seen = {preuve for entry in data["constats"] for preuve in entry["preuves_vues"]}
    assert len(seen) == 22
    assert absent_from(found, seen | FINDINGS_SEEN) == set()
    assert absent_from(found, {
        # référentiel, edition, guide, layers, digest
        "Référentiel national qualité (Qualiopi)", "édition 2019, guide V9", data["referentiel"]["empreinte"],
        "Arrêté du 6 juin 2019 (modalités d’audit), modifié le 31 mai 2023", "Textes appliqués",
        "deux documents qui ont la même appliquent les mêmes textes",
        # type of audit, scope, facts, sites, mode
        "Audit initial", "18 mars 2024", "AF, actions de formation", "S1 – Toulouse", "S2 – Albi",
        "à distance", "09:00 – 17:30", "Le prestataire sous-traite-t-il ou recourt-il au portage salarial ?",
        # objectives, people, samples
        "Vérifier que l’organisme satisfait au référentiel", "Responsable d’audit", "Certificateur d’exemple",
        "tirage au sort", "graine du tirage 7", "A-007, A-019, A-023, A-041",
        # what else limits the report
        "Un audit se fait par échantillon", "Les actions du soir, faute de séance",
        "La visite des salles d’Albi", "Aucun désaccord.", "Un carnet de liaison suit chaque stagiaire.",
        "Aucun audit précédent n’est renseigné.",
        # conclusion, evaluation, decision, dates, distribution
        "Délivrance possible sous réserve du plan d’actions",
        "Délivrer, sous réserve du plan d’actions.", "Plan d’actions accepté.", "29 septembre 2024",
        "26 avril 2024 : Plan d’actions attendu", "Remis aux seuls destinataires nommés.",
        "seul le texte officiel fait foi", "Capture du 2 avril 2024.", "12 avril 2024", "19 avril 2024",
        "Point fort",
    }) == set()  # fmt: skip
    assert "ouche appliquée" not in found
    assert "ouches appliquées" not in found


@pytest.mark.parametrize("format_", FORMATS_TRIES)
def test_four_sheets(call: Console, tmp_path: Path, format_: str) -> None:
    """One sheet per minor, in the report and alone; alone, there is nothing else."""
    wanted = {f"Fiche de non-conformité – {numero}" for numero in MINEURES}
    for options in ((), ("--fiches",)):
        found = texte(report_bytes(call, a6(), tmp_path, format_, *options), format_)
        assert set(re.findall(r"Fichedenonconformité–\d+", found)) == set(map(squeezed, wanted))
        assert ("Constatsparcritère" in found) is (options == ())
        assert (
            absent_from(found, {*MINEURES.values(), "Correction avant", "Écart levé", "Action corrective"})
            == set()
        )


def test_each_sheet_has_its_page(call: Console, tmp_path: Path) -> None:
    """In the PDF the sheets are four pages; nothing of one is on another’s."""
    found = pages(report_bytes(call, a6(), tmp_path, "pdf", "--fiches"))
    assert len(found) == 4
    for page, (numero, sentence) in zip(found, MINEURES.items(), strict=True):
        assert squeezed(f"Fiche de non-conformité – {numero}") in page
        assert [n for n, other in MINEURES.items() if squeezed(other) in page] == [numero]
        assert squeezed(sentence) in page


def test_counts_by_criterion(tmp_path: Path) -> None:
    """The counts of each criterion, over all its lines."""
    rapport = computed(a6(), tmp_path)
    found = {
        section.critere.numero: (
            len(section.lignes),
            section.constats["conforme"],
            section.constats["nc_mineure"],
            section.etats["non_applicable"],
        )
        for section in rapport.sections
        if section.critere
    }
    assert found == {
        "1": (2, 1, 1, 1), "2": (4, 4, 0, 1), "3": (4, 3, 1, 4), "4": (3, 2, 1, 1), "5": (2, 2, 0, 0),
        "6": (4, 4, 0, 3), "7": (3, 2, 1, 0),
    }  # fmt: skip
    assert sum(section.sans_constat for section in rapport.sections) == 0


def test_the_lines_that_do_not_apply_say_why(call: Console, tmp_path: Path) -> None:
    """Each line out of scope has its reason and its sources; so has one that the auditor put out."""
    twelve = {"constat": "non_applicable", "commentaire": "Aucune action de plus de deux jours."}
    data = changed("12", **twelve)
    rapport = computed(data, tmp_path)
    out = {vue.ligne.indicateur.numero for vue in rapport.non_applicables}
    assert out == {"3", "7", "12", "13", "14", "15", "16", "20", "27", "28", "29"}
    found = report_bytes(call, data, tmp_path).decode()
    chapter = found.split("Lignes qui ne s’appliquent pas</h2>")[1].split("<h2")[0]
    assert "apprentissage (CFA)" in chapter
    assert "Aucune action de plus de deux jours." in chapter
    rows = re.findall(r"<tr\b.*?</tr>", chapter, re.DOTALL)[1:]
    assert len(rows) == 11
    assert all("[" in row or "Auditeur" in row for row in rows)


# ---- what is missing ------------------------------------------------------------------------------------


def test_nothing_is_filled(call: Console, tmp_path: Path) -> None:
    """A file that says the least gives a report that names all that it lacks, and claims nothing of it."""
    tete = {k: v for k, v in a6().items() if k in ("format", "referentiel", "audit", "organisme")}
    tete["audit"] = {"type": "initial", "date": "2024-03-18"}
    tete["organisme"] = {"categories": ["AF"], "faits": tete["organisme"]["faits"]}
    short = {**tete, "referentiel": "qualiopi"}
    said = {"1": {"constat": "a_evaluer"}, "2": {"constat": "nc_mineure", "commentaire": "…"}}
    entries = constats(short, said, evidence=False)
    rapport = computed(short | {"constats": entries}, tmp_path)
    assert {(m.rubrique, m.texte.partition(" : ")[0]) for m in rapport.manques} == {
        ("Champ", "nom de l’organisme"), ("Champ", "sites de l’organisme"), ("Champ", "mode de l’audit"),
        ("Rapport", "objectifs de l’audit"), ("Rapport", "séances"), ("Rapport", "personnes par rôle"),
        ("Rapport", "échantillons examinés"), ("Rapport", "zones non couvertes"),
        ("Rapport", "écarts au plan d’audit"), ("Rapport", "désaccords non levés"),
        ("Rapport", "diffusion du rapport"), ("Rapport", "confidentialité"),
        ("Rapport", "suites et prochaines dates"), ("Constats", "lignes à évaluer"),
        ("Constats", "constats sans preuve notée"), ("Écarts", "jour où les écarts ont été notifiés"),
        ("Écarts", "ligne 2"), ("Évaluation", "par qui, quel jour, ce qui est recommandé"),
        ("Décision", "par qui, quel jour, ce qui est décidé"),
    }  # fmt: skip
    found = texte(report_bytes(call, short | {"constats": entries}, tmp_path), "html")
    for manque in rapport.manques:
        assert squeezed(manque.texte) in found
    assert squeezed("Conclusion impossible") in found
    claims = {
        "Aucun désaccord",
        "Le plan d’audit a été suivi",
        "Tout le champ de l’audit a été vu",
        "Toutes les lignes",
    }
    assert {claim for claim in claims if squeezed(claim) in found} == set()
    assert squeezed("Échéance non renseigné") in found


def test_a_complete_file_lacks_nothing_of_the_report(tmp_path: Path) -> None:
    """Only what the organisation still has to answer to the other three gaps is missing."""
    manques = computed(a6(), tmp_path).manques
    assert [(m.rubrique, m.texte) for m in manques] == [
        (
            "Écarts",
            "lignes 9, 17, 30 : causes, correction, action corrective, preuve, plan reçu le, plan accepté le",
        )
    ]


def test_evaluation_and_decision_are_two_blocks(call: Console, tmp_path: Path) -> None:
    """Each has its chapter, its people and its signature; one that is not taken stands empty."""
    found = report_bytes(call, a6(decision=None), tmp_path).decode()
    evaluation = found.split(". Évaluation</h2>")[1].split("<h2")[0]
    decision = found.split(". Décision</h2>")[1].split("<h2")[0]
    assert "A. B." in evaluation
    assert "A. B." not in decision
    assert "G. H." not in found
    assert decision.count("non renseigné") == 4
    taken = report_bytes(call, a6(), tmp_path).decode().split(". Décision</h2>")[1].split("<h2")[0]
    assert "G. H." in taken
    assert "non renseigné" not in taken


# ---- other audits ---------------------------------------------------------------------------------------


def surveillance(**changes: Any) -> dict[str, Any]:
    """A surveillance with two earlier minors: one is lifted today, the other stays."""
    tete = {
        **{k: v for k, v in a6().items() if k in ("format", "organisme")},
        "referentiel": "qualiopi",
        "audit": {"type": "surveillance", "date": "2025-09-01", "mode": "à distance"},
        "precedent": {
            "type": "initial",
            "date": "2024-03-18",
            "constats": {"2": "nc_mineure", "30": "nc_mineure"},
            "leves": ["2"],
        },
    }
    tete["organisme"] = deepcopy(tete["organisme"])
    tete["organisme"]["faits"] |= {"nouvel_entrant": False, "sous_traitance": True}
    said = {"30": {"constat": "nc_majeure", "commentaire": "Rien n’a changé depuis l’audit initial."}}
    data = {**tete, "ecarts_notifies_le": "2025-09-10", "constats": constats(tete, said)}
    return data | changes


def test_what_is_checked_apart_is_not_forgotten(call: Console, tmp_path: Path) -> None:
    """The checks of a surveillance that are no lines have their chapter; other audits have none."""
    found = texte(report_bytes(call, surveillance(), tmp_path), "html")
    rapport = computed(surveillance(), tmp_path)
    assert rapport.checklist.verifications
    chapter = found.split(squeezed("8. Vérifications hors indicateurs"))[-1].split(squeezed("9. Écarts"))[0]
    assert absent_from(chapter, {point.texte for point in rapport.checklist.verifications}) == set()
    assert squeezed("Vérifications hors indicateurs") not in texte(report_bytes(call, a6(), tmp_path), "html")


def test_a_decision_that_the_findings_do_not_call_for(call: Console, tmp_path: Path) -> None:
    """It is said beside the decision; without its reason, the report is incomplete."""
    notice = squeezed("Cette décision n’est pas celle que les constats appellent")
    other = {"par": "G. H.", "le": "2024-05-06", "decision": "non_delivrable"}
    for decision, noticed, lacks in (
        (other, True, True),
        (other | {"motif": "Écarts récurrents."}, True, False),
        (other | {"decision": "delivrable"}, False, False),
        (other | {"decision": "Ajournée."}, False, False),
    ):
        data = a6(decision=decision)
        assert (notice in texte(report_bytes(call, data, tmp_path), "html")) is noticed, decision
        manques = {m.texte for m in computed(data, tmp_path).manques}
        assert ("motif d’une décision que les constats n’appellent pas" in manques) is lacks, decision


@pytest.mark.parametrize("format_", FORMATS_TRIES)
def test_earlier_gaps_are_verified(call: Console, tmp_path: Path, format_: str) -> None:
    """Each earlier gap is shown with what this audit found of its line."""
    data = surveillance()
    rapport = computed(data, tmp_path)
    verified = {v.ligne.indicateur.numero: (v.constat, v.ouvert, v.vue.constat) for v in rapport.verifies}
    assert verified == {"2": ("nc_mineure", False, "conforme"), "30": ("nc_mineure", True, "nc_majeure")}
    assert {v.ligne.indicateur.numero for v in rapport.non_dues} == {"8", "9", "12", "18", "23", "24", "25"}
    found = texte(report_bytes(call, data, tmp_path, format_), format_)
    chapter = found.split(squeezed("10. Écarts de l’audit précédent"))[-1].split(squeezed("11. Lignes"))[0]
    assert (
        absent_from(chapter, {"levé depuis", "toujours ouvert", "Rien n’a changé depuis l’audit initial."})
        == set()
    )


def test_an_earlier_audit_unknown_or_without_gap(tmp_path: Path) -> None:
    """Unknown is not none: the first is missing, the second is said."""
    unknown = surveillance()
    unknown["precedent"] = {"type": "initial", "date": "2024-03-18"}
    unknown["constats"] = constats({k: v for k, v in unknown.items() if k != "constats"}, {})
    assert computed(unknown, tmp_path).verifies is None
    assert "constats de l’audit précédent" in {m.texte for m in computed(unknown, tmp_path).manques}
    none = surveillance()
    none["precedent"] |= {"constats": {}, "leves": []}
    none["constats"] = constats({k: v for k, v in none.items() if k != "constats"}, {})
    assert computed(none, tmp_path).verifies == ()
    assert not {m.texte for m in computed(none, tmp_path).manques if m.rubrique == "Audit précédent"}


def test_other_rules_are_printed(call: Console, tmp_path: Path) -> None:
    """Findings made with other rules are refused, or reported with the warning at the head."""
    data = a6()
    data["referentiel"] = data["referentiel"] | {"empreinte": "sha256:" + "0" * 64}
    refused = call("rapport", findings_file(data, tmp_path), "-o", tmp_path / "r.html")
    assert (refused.status, refused.codes) == (1, ["regles-differentes"])
    for options in ((), ("--fiches",)):
        found = report_bytes(call, data, tmp_path, "html", "--accepter-autres-regles", *options).decode()
        assert "constats faits avec d’autres règles, acceptées" in found.split("<h3")[0]


def test_many_sites(call: Console, tmp_path: Path) -> None:
    """What was seen at each of twelve sites stands under its line, grouped by site; the finding stays one."""
    sites = [{"id": f"S{n}", "commune": f"Commune {n}"} for n in range(1, 13)]
    data = deepcopy(a6(seances=[], echantillons=[]))
    data["organisme"]["sites"] = sites
    for entry in data["constats"]:
        numero = entry["id"].partition("/")[2]
        entry["par_site"] = [
            {"site": site["id"], "preuves_vues": [f"Pièce {numero}-{site['id']}"]} for site in sites
        ]
    rapport = computed(data, tmp_path)
    assert len(rapport.ecarts) == 4
    found = texte(report_bytes(call, data, tmp_path), "html")
    wanted = {f"Pièce {e['id'].partition('/')[2]}-{s['id']}" for e in data["constats"] for s in sites}
    assert len(wanted) == 264
    assert absent_from(found, wanted) == set()


def test_a_gap_at_a_site_bears_its_sign(call: Console, tmp_path: Path) -> None:
    """A major at S2 stands out in its row as one of a line does; what conforms at S1 has no sign."""
    parts = [
        {"site": "S1", "constat": "conforme"},
        {"site": "S2", "constat": "nc_majeure", "commentaire": "Effacé"},
    ]
    data = changed("9", constat="nc_majeure", commentaire="À un site", par_site=parts)
    found = texte(report_bytes(call, data, tmp_path), "html")
    assert "9–siteS1–ToulouseConforme" in found
    assert "9–siteS2–Albi■NonconformitémajeureEffacé" in found


def test_a_finding_lifted(call: Console, tmp_path: Path) -> None:
    """A gap lifted keeps its sheet, with the day and the author, and opens no date."""
    data = changed("17", leve_le="2024-05-02", leve_par="K. L.")
    sheets = pages(report_bytes(call, data, tmp_path, "pdf", "--fiches"))
    assert squeezed("Écart levé 2 mai 2024 K. L.") in sheets[2]
    assert squeezed("Correction avant") not in sheets[2]
    assert squeezed("Correction avant") in sheets[1]
