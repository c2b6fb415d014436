"""Faults carry their field: a page puts each beside its input, and the command line says its options."""

from __future__ import annotations

from typing import Any

import pytest
from console import Console
from grilles import AF, FAITS, atelier, grille

from certif_rules.audit.constats import Releve
from certif_rules.audit.demande import from_profile
from certif_rules.audit.recevabilite import check_finding
from certif_rules.errors import IssuesError
from certif_rules.journal.evenements import Endroit
from certif_rules.services.checklist import make_checklist
from certif_rules.source.schema import check

CHECKLIST = grille()


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def refused(**changes: Any) -> dict[str, str]:
    """The fault of each field of a request that is wrong."""
    with pytest.raises(IssuesError) as wrong:
        make_checklist(atelier(), from_profile(AF | changes))
    return {issue.champ: issue.code for issue in wrong.value.issues}


def of_finding(**changes: Any) -> list[str]:
    """The fields at fault of a finding of line 1, of an audit held on 18 March 2024."""
    releve = Releve(ligne="qualiopi/1", **changes)
    return [issue.champ for issue in check_finding(CHECKLIST, releve)]


def test_each_missing_field_is_an_issue_of_its_own() -> None:
    """An empty request lacks four fields, and no word of it is for the command line."""
    with pytest.raises(IssuesError) as wrong:
        make_checklist(atelier(), from_profile({"organisme": {}}))
    issues = wrong.value.issues
    assert {issue.champ: issue.message for issue in issues} == {
        "organisme.categories": "il manque au moins une catégorie",
        "audit.date": "il manque la date de l’audit",
        "audit.type": "il manque le type d’audit",
        "referentiel.id": "il manque le référentiel",
    }
    assert [issue.hint for issue in issues] == [None] * 4


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"referentiel": "qualiopy"}, {"referentiel.id": "referentiel-inconnu"}),
        ({"edition": "2000"}, {"referentiel.edition": "edition-introuvable"}),
        ({"audit": {"type": "initial", "date": "2010-01-01"}}, {"audit.date": "edition-introuvable"}),
        (
            {"audit": {"type": "initiale", "date": "2024-03-32"}},
            {"audit.type": "type-inconnu", "audit.date": "date-invalide"},
        ),
        (
            {"organisme": {"categories": ["ZZ"], "faits": {"sous_traitanse": True}}},
            {
                "organisme.categories": "categorie-inconnue",
                "organisme.faits.sous_traitanse": "fait-inconnu",
            },
        ),
        (
            {"organisme": {"categories": ["AF"], "faits": {"alternance": {"ZZ": True}}}},
            {"organisme.faits.alternance.ZZ": "categorie-inconnue"},
        ),
        (
            {
                "precedent": {
                    "type": "initiale", "date": "2030-01-01", "constats": {"1": "parfait", "77": "conforme"}
                }
            },
            {
                "precedent.type": "type-inconnu",
                "precedent.date": "date-invalide",
                "precedent.constats.1": "constat-inconnu",
                "precedent.constats.77": "ligne-inconnue",
            },
        ),
        (
            {"certificats": {"qualiopi": {"notification": "2025-01-01", "echeance": "2022-01-01"}}},
            {"certificats.qualiopi.echeance": "date-invalide"},
        ),
    ],
)  # fmt: skip
def test_a_wrong_request_says_which_field(changes: dict[str, Any], expected: dict[str, str]) -> None:
    """Each value that cannot be carries the path of its field, all at once."""
    assert refused(**changes) == expected


@pytest.mark.parametrize(
    ("changes", "champs"),
    [
        ({"constat": "parfait"}, ["constats.qualiopi/1.constat"]),
        ({"constat": "nc_mineure"}, ["constats.qualiopi/1.commentaire"]),
        ({"annotations": ("zz",)}, ["constats.qualiopi/1.annotations"]),
        (
            {"constat": "nc_mineure", "commentaire": "x", "leve_le": "2024-03-01"},
            ["constats.qualiopi/1.leve_par", "constats.qualiopi/1.leve_le"],
        ),
        ({"ecart": {"plan_recu_le": "2024-03-01"}}, ["constats.qualiopi/1.ecart.plan_recu_le"]),
        (
            {"par_site": (Releve(ligne="qualiopi/1", site="S1", constat="nc_mineure"),)},
            ["constats.qualiopi/1.par_site.S1.commentaire"],
        ),
    ],
)
def test_a_wrong_finding_says_which_field(changes: dict[str, Any], champs: list[str]) -> None:
    """The field is under the id of its line, and under its site where it was seen at one."""
    assert of_finding(**changes) == champs


def test_a_file_that_its_schema_refuses_says_which_field() -> None:
    """An entry of a list is named by its id, whatever its rank; a key that is missing is the field."""
    data = {
        "format": 1,
        "organisme": {"categories": ["AF"]},
        "audit": {"date": "hier"},
        "constats": [
            {"id": "qualiopi/1", "constat": "conforme"},
            {"id": "qualiopi/2", "constat": 3},
            {"id": "x"},
        ],
    }
    assert {issue.champ for issue in check(data, "constats")} == {
        "audit.date", "constats.qualiopi/2.constat", "constats.x.constat"
    }  # fmt: skip


def test_a_place_of_the_journal_has_the_path_of_its_faults() -> None:
    """What a page posts and what is said of it bear the same name."""
    assert Endroit("tete", "audit.date").chemin == "audit.date"
    assert Endroit("ligne", "ecart.causes", "qualiopi/1", "S1").chemin == (
        "constats.qualiopi/1.par_site.S1.ecart.causes"
    )
    assert Endroit("verification", "resultat", "v1").chemin == "verifications.v1.resultat"


# ---- the command line -----------------------------------------------------------------------------------


def test_what_is_missing_is_one_sentence_with_its_options(call: Console) -> None:
    """Four fields, one line: in the order of the call, each with what gives it."""
    reponse = call("checklist")
    assert (
        "information-manquante: il manque le référentiel (en argument), le type d’audit (--type), la date de "
        "l’audit (--date AAAA-MM-JJ), au moins une catégorie (--categorie)\n"
        "    → les donner en option, ou dans un profil : --profil audit.yaml\n"
    ) in reponse.err.replace("\u00a0", " ").replace("\u202f", " ")


def test_what_a_file_lacks_is_said_without_options(call: Console, tmp_path: Any) -> None:
    """Findings without a date nor a type: one line at their place; no option of the command gives them."""
    path = tmp_path / "c.json"
    path.write_text(
        '{"format": 1, "referentiel": "qualiopi", "organisme": {"categories": ["AF"]}, "constats": []}'
    )
    reponse = call("conclure", path)
    assert reponse.status == 1
    assert "il manque le type d’audit, la date de l’audit\n" in reponse.err.replace("\u00a0", " ")
    assert "--date" not in reponse.err


def test_the_same_fault_of_two_fields_is_printed_once(call: Console) -> None:
    """A category that is wrong twice is one thing to say, with the option of the first."""
    reponse = call(
        "checklist", "qualiopi", "--type", "extension", "--date", "2024-03-18", "--categorie", "ZZ",
        "--ajout-categorie", "ZZ",
    )  # fmt: skip
    assert reponse.codes == ["categorie-inconnue"]


def test_what_an_audit_needs_is_said_with_its_options(call: Console) -> None:
    """A complementary audit needs a certificate, an extension an addition: each option is named."""
    day = ("--date", "2024-03-15", "--categorie", "AF")
    needed = call("checklist", "certifregion", "--type", "complementaire", *day).err
    assert "--certificat qualiopi=DEBUT:FIN" in needed
    assert "--ajout-categorie, --ajout-site" in call("checklist", "qualiopi", "--type", "extension", *day).err


def test_facts_of_the_example_are_known() -> None:
    """The request that the others change is sound."""
    assert make_checklist(atelier(), from_profile(AF | {"organisme": {"categories": ["AF"], "faits": FAITS}}))
