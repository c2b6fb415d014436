"""A check that failed at the earlier audit is carried to this one, and counts for nothing more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from console import Console
from msgspec.structs import replace
from rapports import FORMATS, absent_from, computed, findings_file, report_bytes, squeezed, texte
from test_rapport_verifications import CHECK, FAILED, SATISFIED, surveillance

from certif_rules.audit.rapport import make_report

RENEWAL = "qualiopi/renouvellement"
CHAPTER = squeezed("Vérifications non satisfaites à l’audit précédent, et ce qui en est vu à cet audit")


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def after(
    result: str | None, check: dict[str, Any] | None = None, audit: str = "surveillance"
) -> dict[str, Any]:
    """An audit after one where the check was found so; ``None``: nobody said.

    A surveillance never follows another here: its earlier audit is of a type not told.
    """
    earlier: dict[str, Any] = {"date": "2024-03-18", "constats": {}}
    if audit != "surveillance":
        earlier["type"] = "surveillance"
    if result is not None:
        earlier["verifications"] = {CHECK: result}
    said = {"type": audit, "date": "2025-09-01", "mode": "sur_site"}
    return surveillance(check, precedent=earlier, audit=said)


@pytest.mark.parametrize("format_", sorted(FORMATS))
@pytest.mark.parametrize(
    ("result", "since"), [("non_satisfaite", "toujours ouverte"), ("levee", "levée depuis")]
)
def test_it_is_recalled(call: Console, tmp_path: Path, format_: str, result: str, since: str) -> None:
    """A report recalls the earlier check and whether it was lifted."""
    found = texte(report_bytes(call, after(result, SATISFIED), tmp_path, format_), format_)
    chapter = found.split(CHAPTER)[-1].split(squeezed("Lignes qui ne s’appliquent pas"))[0]
    assert CHAPTER in found
    said = {"Le certificat est affiché dans les locaux", since, "Page d’accueil, vue ce jour"}
    assert absent_from(chapter, said | {"elle est rappelée, et n’est comptée pour rien de plus"}) == set()
    assert (squeezed("toujours ouverte") in chapter) is (since == "toujours ouverte")


def test_an_audit_that_does_not_check_recalls_it(call: Console, tmp_path: Path) -> None:
    """A renewal makes no check: what the surveillance found is recalled all the same, with its sources."""
    page = report_bytes(call, after("non_satisfaite", None, "renouvellement"), tmp_path)
    chapter = texte(page, "html").split(CHAPTER)[-1].split(squeezed("Lignes qui ne s’appliquent pas"))[0]
    assert absent_from(chapter, {"toujours ouverte", "ne se vérifie pas à cet audit", "[A2, AFF]"}) == set()
    assert squeezed("affichage du certificat (mentions obligatoires)") in texte(page, "html")


@pytest.mark.parametrize("first", ["surveillance", "renouvellement"])
def test_it_is_said_in_the_words_of_the_earlier_audit(tmp_path: Path, first: str) -> None:
    """Where two types of audit say one check in their own words, in whatever order they are declared."""
    rapport = computed(after("non_satisfaite", None, "renouvellement"), tmp_path)
    checklist = rapport.checklist
    types = dict(checklist.referentiel.types_audit)
    (check,) = types["qualiopi/surveillance"].verifications
    others = (replace(check, texte="D’autres mots"),)
    types[RENEWAL] = replace(types[RENEWAL], verifications=others)
    ordered = dict(sorted(types.items(), key=lambda item: item[1].code != first))
    referentiel = replace(checklist.referentiel, types_audit=ordered)
    bilan = replace(rapport.bilan, checklist=replace(checklist, referentiel=referentiel))
    assert [found.texte for found in make_report(bilan).verifications_precedentes] == [check.texte]


@pytest.mark.parametrize("result", ["satisfaite", None])
def test_what_did_not_fail_is_not_recalled(call: Console, tmp_path: Path, result: str | None) -> None:
    """Unknown is not satisfied: it is missing, and the report says so."""
    data = after(result, None, "renouvellement")
    lacks = "vérifications hors indicateurs de l’audit précédent"
    assert (lacks in {m.texte for m in computed(data, tmp_path).manques}) is (result is None)
    found = texte(report_bytes(call, data, tmp_path), "html")
    assert CHAPTER not in found
    unknown = squeezed("Les vérifications de l’audit précédent ne sont pas renseignées")
    assert (unknown in found) is (result is None)


def test_a_list_without_results_is_unknown(call: Console, tmp_path: Path) -> None:
    """An empty list of checks says of none that it was satisfied."""
    data = after(None, None, "renouvellement")
    data["precedent"]["verifications"] = {}
    assert [m for m in computed(data, tmp_path).manques if "vérifications hors" in m.texte]
    unknown = squeezed("Les vérifications de l’audit précédent ne sont pas renseignées")
    assert unknown in texte(report_bytes(call, data, tmp_path), "html")


def test_an_earlier_audit_without_checks_lacks_none(tmp_path: Path) -> None:
    """An initial audit, which has no check, is not told to lack one."""
    data = surveillance(SATISFIED)
    assert data["precedent"]["type"] == "initial"
    assert not [m for m in computed(data, tmp_path).manques if "vérifications hors" in m.texte]


def test_it_counts_for_nothing(call: Console, tmp_path: Path) -> None:
    """Neither the lines nor the conclusion are those of another earlier result."""
    found = []
    for result in ("satisfaite", "non_satisfaite", None):
        path = findings_file(after(result, FAILED), tmp_path)
        said = call("conclure", path, "--format", "json").json
        lines = call("checklist", "--profil", profile(tmp_path, result), "--format", "json").json["lignes"]
        found.append((said["conclusions"], said.get("echeances"), lines))
    assert found[0] == found[1] == found[2]


def profile(folder: Path, result: str | None, audit: str = "surveillance") -> Path:
    kept = ("format", "referentiel", "audit", "organisme", "precedent")
    data = {k: v for k, v in after(result, None, audit).items() if k in kept}
    return findings_file(data, folder, "profil.json")


def test_it_goes_from_one_audit_to_the_next(call: Console, tmp_path: Path) -> None:
    """The findings of an audit are the earlier audit of the next; a grid brings it back."""
    for check, result in (
        (FAILED, "non_satisfaite"),
        (FAILED | {"leve_le": "2025-10-01", "leve_par": "A. B."}, "levee"),
        (SATISFIED, "satisfaite"),
    ):
        earlier = findings_file(surveillance(check), tmp_path, "avant.json")
        now = profile(tmp_path, None, "renouvellement")
        grid = tmp_path / "grille.json"
        later = ("--date", "2026-02-02", "-o", grid, "--remplacer")
        written_ = call("checklist", "--profil", now, "--precedent", earlier, *later)
        assert written_.status == 0, written_.err
        assert json.loads(grid.read_bytes())["precedent"]["verifications"] == {CHECK: result}
        read = call("lire", grid)
        assert read.status == 0, read.err
        assert read.json["precedent"]["verifications"] == {CHECK: result}


def test_a_wrong_name_or_result_is_refused(call: Console, tmp_path: Path) -> None:
    """An earlier check that does not exist, or a wrong result, is refused."""
    data = json.loads(profile(tmp_path, None).read_text(encoding="utf-8"))
    for said, code in (
        ({"affichage": "satisfaite"}, "verification-inconnue"),
        ({CHECK: "oui"}, "valeur-inattendue"),
    ):
        data["precedent"]["verifications"] = said
        refused = call("checklist", "--profil", findings_file(data, tmp_path, "profil.json"))
        assert refused.status in (1, 2)
        assert refused.codes == [code]
