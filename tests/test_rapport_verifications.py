"""The report says the checks that are no indicator, and the findings that count as another."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from grilles import grille
from msgspec.structs import replace
from rapports import FORMATS, a6, constats, findings_file, lay_out, pages, registre, squeezed, texte

from certif_rules.audit.conclusion import conclude
from certif_rules.audit.contenu import Rapport
from certif_rules.audit.rapport import make_report
from certif_rules.blocs.arbre import Case, Document, Tableau, Titre
from certif_rules.blocs.textes import line
from certif_rules.documents.checklist import papier
from certif_rules.documents.rapport.composition import report as compose
from certif_rules.documents.rapport.composition import sheets_only
from certif_rules.documents.rapport.redaction import gravity, gravity_sign
from certif_rules.errors import DataError
from certif_rules.services.rapport import report_file

TOUS = pytest.mark.parametrize("format_", sorted(FORMATS))
CHECK = "affichage_certificat"
SATISFIED = {"id": CHECK, "resultat": "satisfaite", "preuves_vues": ["Page d’accueil, vue ce jour"]}
FAILED = {
    "id": CHECK,
    "resultat": "non_satisfaite",
    "commentaire": "Le certificat n’est affiché nulle part.",
    "preuves_vues": ["Hall d’accueil, vu ce jour"],
    "evalue_par": "A. B.",
    "ecart": {"causes": "Cadre retiré pendant les travaux.", "plan_accepte_le": "2025-09-20"},
    "par_site": [{"site": "S2", "commentaire": "Rien au mur d’Albi."}],
}
LEFT = {"id": CHECK}
MINOR = {"constat": "nc_mineure", "commentaire": "Taux toujours absents."}


def surveillance(check: dict[str, Any] | None, **changes: Any) -> dict[str, Any]:
    """A surveillance where everything conforms but what ``changes`` says of the lines (« lignes »)."""
    said = changes.pop("lignes", {})
    data = {
        **{k: v for k, v in deepcopy(a6()).items() if k in ("format", "organisme")},
        "referentiel": "qualiopi",
        "audit": {"type": "surveillance", "date": "2025-09-01", "mode": "sur_site"},
        "precedent": {"type": "initial", "date": "2024-03-18", "constats": {}},
        "ecarts_notifies_le": "2025-09-10",
        **changes,
    }
    data["organisme"]["faits"] |= {"nouvel_entrant": False}
    head = {k: v for k, v in data.items() if k not in ("ecarts_notifies_le", "evaluation", "decision")}
    data["constats"] = constats(head, said)
    return data | ({"verifications": [check]} if check else {})


def report(data: dict[str, Any], folder: Path) -> Rapport:
    return report_file(registre(), findings_file(data, folder))[0]


def words(document: Document, format_: str = "html") -> str:
    return texte(lay_out(document, format_), format_)


def chapter(document: Document, name: str) -> list[Any]:
    """The blocks of a chapter."""
    titles = [n for n, b in enumerate(document.blocs) if isinstance(b, Titre) and b.niveau == 2]
    (start,) = (n for n in titles if str(document.blocs[n].texte).endswith(name))  # type: ignore[union-attr]
    return list(document.blocs[start + 1 : next((n for n in titles if n > start), None)])


def absent(found: str, *wanted: str) -> list[str]:
    return [text for text in wanted if squeezed(text) not in found]


def totals(rapport: Rapport) -> dict[str, dict[str, str]]:
    """The summary table, by row then column."""
    tables = [b for b in compose(rapport).blocs if isinstance(b, Tableau) and b.tetes[0] == "Critère"]
    heads = tables[0].tetes[1:]
    return {str(row[0]): dict(zip(heads, map(str, row[1:]), strict=True)) for row in tables[0].lignes}


# ---- a check that fails ----------------------------------------------------------------------------------


@TOUS
def test_a_failed_check_has_its_section_and_its_sheet(tmp_path: Path, format_: str) -> None:
    """« V1 » in words: result, comment, evidence, sites, follow-up, dates of a major."""
    document = compose(report(surveillance(FAILED), tmp_path))
    found = words(document, format_)
    section = found.split(squeezed("Vérifications hors indicateurs"))[-1]
    seen = ("V1 – Le certificat est affiché", "Non satisfaite", "Non-conformité majeure",
            "Le certificat n’est affiché nulle part.", "Hall d’accueil, vu ce jour", "Rien au mur d’Albi.",
            "10 décembre 2025", "plan d’actions accepté le 20 septembre 2025", "non levé")  # fmt: skip
    assert absent(section, *seen) == []
    sheet = found.rsplit(squeezed("Fiche de non-conformité – V1"), 1)[1]
    assert absent(
        sheet, "Le certificat est affiché", "Non-conformité majeure", "Correction avant 10 décembre 2025",
        "Vérification avant 10 janvier 2026", "Cadre retiré pendant les travaux.", "20 septembre 2025",
        "Le certificat n’est affiché nulle part.", "Référentiel national qualité (Qualiopi)", "[A2, AFF]",
    ) == []  # fmt: skip
    assert absent(found, "Vérification V1 – Non-conformité majeure", "V1 (non-conformité majeure)") == []


def test_a_failed_check_is_a_gap_after_those_of_the_lines(tmp_path: Path) -> None:
    """Its number, its finding, its dates; it counts in the summary and in what is missing."""
    rapport = report(surveillance(FAILED, lignes={"1": MINOR}), tmp_path)
    assert [(e.numero, e.constat) for e in rapport.ecarts] == [("1", "nc_mineure"), ("V1", "nc_majeure")]
    echeance = rapport.ecarts[1].echeance
    assert echeance is not None
    assert {nom: str(jour) for nom, jour in echeance.dates.items()} == {
        "correction_avant": "2025-12-10",
        "verification_avant": "2026-01-10",
    }
    counts = totals(rapport)
    found = {row: counts[row]["Non-conformité majeure"] for row in ("Vérifications", "Ensemble")}
    assert found == {"Vérifications": "1", "Ensemble": "1"}
    assert counts["Ensemble"]["Non-conformité mineure"] == "1"
    assert counts["Vérifications"]["Sans constat"] == "0"
    gaps = [m.texte for m in rapport.manques if m.rubrique == "Écarts"]
    assert "vérification V1 : correction, action corrective, preuve, plan reçu le" in gaps
    sheet = pages(lay_out(sheets_only(rapport), "pdf"))[-1]
    assert squeezed("Fiche de non-conformité – V1") in sheet
    assert squeezed("Taux toujours absents.") not in sheet


def test_gaps_that_lack_the_same_are_named_together(tmp_path: Path) -> None:
    """What several gaps lack is asked for in one sentence."""
    check = {k: v for k, v in FAILED.items() if k != "ecart"}
    rapport = report(surveillance(check, lignes={"1": MINOR, "17": MINOR}), tmp_path)
    (lacking,) = [m.texte for m in rapport.manques if m.rubrique == "Écarts"]
    assert lacking.startswith("lignes 1, 17, vérification V1 : causes, ")


def test_a_check_lifted_keeps_its_sheet_without_dates(tmp_path: Path) -> None:
    """A lifted check keeps its sheet and has no deadline left."""
    lifted = FAILED | {"leve_le": "2025-10-02", "leve_par": "K. L."}
    rapport = report(surveillance(lifted), tmp_path)
    assert [(e.numero, e.echeance) for e in rapport.ecarts] == [("V1", None)]
    found = words(sheets_only(rapport))
    assert absent(found, "Écart levé 2 octobre 2025 K. L.") == []
    assert squeezed("Correction avant") not in found


def test_a_check_whose_failure_has_no_finding(tmp_path: Path) -> None:
    """Its sheet says that no gravity is declared, and no date is made up."""
    rapport = report(surveillance(FAILED), tmp_path)
    bilan = rapport.bilan
    (point,) = bilan.checklist.verifications
    plain = replace(bilan.checklist, verifications=(replace(point, constat=None),))
    made = make_report(conclude(plain, bilan.dossier))
    assert [(e.numero, e.constat, e.echeance) for e in made.ecarts] == [("V1", None, None)]
    assert gravity(plain, made.ecarts[0]) == "Vérification non satisfaite, sans gravité déclarée"
    (sign,) = gravity_sign(plain, made.ecarts[0])
    assert (sign.symbole, sign.mot) == ("△", gravity(plain, made.ecarts[0]))
    assert absent(words(sheets_only(made)), "sans gravité déclarée", "aucun délai connu") == []


# ---- a check that holds, one left to make ----------------------------------------------------------------


@TOUS
def test_a_satisfied_check_has_no_sheet(tmp_path: Path, format_: str) -> None:
    """A satisfied check is counted and shown without a sheet of gaps."""
    rapport = report(surveillance(SATISFIED), tmp_path)
    assert rapport.ecarts == ()
    assert [m for m in rapport.manques if m.rubrique == "Vérifications"] == []
    found = words(compose(rapport), format_)
    assert absent(found, "Page d’accueil, vue ce jour", "Satisfaite", "1 satisfaite") == []
    assert squeezed("Fiche de non-conformité") not in found
    assert squeezed("Aucun écart n’est relevé") in found


@TOUS
@pytest.mark.parametrize("check", [LEFT, None])
def test_a_check_left_to_make_is_missing(tmp_path: Path, format_: str, check: dict[str, Any] | None) -> None:
    """Named in the list at the head and in its section; no sheet, nothing claimed."""
    rapport = report(surveillance(check), tmp_path)
    (left,) = [m.texte for m in rapport.manques if m.rubrique == "Vérifications"]
    assert left.startswith("à faire : V1, Le certificat est affiché")
    assert rapport.ecarts == ()
    assert totals(rapport)["Vérifications"]["Sans constat"] == "1"
    found = words(compose(rapport), format_)
    assert absent(found, "Vérifications : à faire : V1, Le certificat est affiché", "1 à faire") == []
    section = chapter(compose(rapport), "Vérifications hors indicateurs")
    (table,) = [b for b in section if isinstance(b, Tableau)]
    assert [piece.texte for piece in table.lignes[0][1]] == ["À faire"]  # type: ignore[union-attr]
    assert squeezed("Fiche de non-conformité") not in found


def test_a_check_without_evidence_is_said(tmp_path: Path) -> None:
    """A check without evidence is among what the report lacks."""
    rapport = report(surveillance({"id": CHECK, "resultat": "satisfaite"}), tmp_path)
    assert [m.texte for m in rapport.manques if m.rubrique == "Vérifications"] == ["sans preuve notée : V1"]


def test_an_audit_without_checks_says_nothing_of_them(tmp_path: Path) -> None:
    """A report on an audit without checks has no chapter on them."""
    rapport = report(a6(), tmp_path)
    assert rapport.points == ()
    assert "Vérifications" not in totals(rapport)
    assert squeezed("Vérifications hors indicateurs") not in words(compose(rapport))


def test_people_and_sites_of_a_check_are_those_of_the_audit(tmp_path: Path) -> None:
    """Who found a check does not decide; a site named there is declared, once."""
    decided = {"par": "A. B.", "le": "2025-10-01", "decision": "maintien"}
    sites = FAILED["par_site"]
    unknown = FAILED | {"par_site": [{"site": "S9"}]}
    for data, code in (
        (surveillance(FAILED, decision=decided), "decision-par-evaluateur"),
        (surveillance(unknown), "site-inconnu"),
        (surveillance(FAILED | {"par_site": [*sites, *sites]}), "site-en-double"),  # type: ignore[misc]
    ):
        with pytest.raises(DataError) as caught:
            report(data, tmp_path)
        assert [issue.code for issue in caught.value.issues] == [code]


# ---- a finding that counts as another --------------------------------------------------------------------


@TOUS
def test_a_minor_left_open_is_said_to_count_as_a_major(tmp_path: Path, format_: str) -> None:
    """On its line and its sheet, with its reason, its source and that it is a reading; dated as a major."""
    earlier = {"type": "initial", "date": "2024-03-18", "constats": {"2": "nc_mineure"}}
    data = surveillance(SATISFIED, precedent=earlier, lignes={"2": MINOR, "1": MINOR})
    rapport = report(data, tmp_path)
    assert [(e.numero, e.compte is not None) for e in rapport.ecarts] == [("1", False), ("2", True)]
    found = words(compose(rapport), format_)
    counted = squeezed("compte comme : Non-conformité majeure")
    why = squeezed("une mineure de l’audit précédent, non levée, devient majeure")
    line, sheets = found.split(squeezed("Fiche de non-conformité – 2L’écart"))
    assert squeezed(f"{MINOR['commentaire']}") in line
    for part in (line.split(squeezed("Constats par critère"))[-1], sheets):
        assert counted in part
        assert why in part
        assert squeezed("(lecture, confiance moyenne) [A5]") in part.split(why)[1]
    assert squeezed("10 décembre 2025") in sheets
    first = line.rsplit(squeezed("Fiche de non-conformité – 1"), 1)[1]
    assert counted not in first
    assert squeezed("2 (non-conformité mineure, compte comme : non-conformité majeure)") in found
    assert squeezed("chaque constat est compté comme il a été relevé") in found


def test_where_the_earlier_findings_are_unknown_it_may(tmp_path: Path) -> None:
    """Where the past is unknown, the report says what a gap may count as."""
    earlier = {"type": "initial", "date": "2024-03-18"}
    rapport = report(surveillance(SATISFIED, precedent=earlier, lignes={"2": MINOR}), tmp_path)
    found = words(compose(rapport))
    unsure = "peut compter comme : Non-conformité majeure – constats de l’audit précédent inconnus"
    assert absent(found, unsure) == []
    assert squeezed("Gravité Non-conformité mineure compte comme") not in found
    lifted = MINOR | {"leve_le": "2025-10-02", "leve_par": "K. L."}
    settled = report(surveillance(SATISFIED, precedent=earlier, lignes={"2": lifted}), tmp_path)
    assert [e.compte for e in settled.ecarts] == [None]


# ---- on paper --------------------------------------------------------------------------------------------


def test_the_paper_grid_ticks_the_three_results() -> None:
    """A check has the three results to tick and its number; a document required, one box."""
    audit = {"type": "surveillance", "date": "2025-09-01"}
    head = {k: v for k, v in surveillance(None).items() if k in ("format", "referentiel", "organisme")}
    made = grille(**head, audit=audit)
    tables = {b.legende: b for b in papier.compose(made).blocs if isinstance(b, Tableau)}
    (row,) = tables["Vérifications hors indicateurs"].lignes
    assert isinstance(row[0], tuple)
    assert line(row[0]).startswith("V1 – Le certificat est affiché")
    assert row[1] == Case(choix=("Satisfaite", "Non satisfaite", "À faire"))
    assert "Pièces exigées" not in tables
