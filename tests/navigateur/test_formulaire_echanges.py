"""What the form exports and imports, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from colonnes import answers, extended
from formulaires import (
    NO_STORAGE,
    WIDTHS,
    by_id,
    choose,
    document_of,
    exported,
    field,
    fill,
    line,
    load,
)
from greffons import DONNEES, registry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certif_rules.audit.constats import Releve
from certif_rules.audit.precedent import ConstatDit, PrecedentDit
from certif_rules.services.constats import open_dossier, read_dossier
from certif_rules.services.lecture import read_grids
from certif_rules.source.schema import check

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur


def test_the_export_is_a_findings_file(ouvrir: Any, formulaire: Path, tmp_path: Path) -> None:
    """What the form exports follows the schema and is concluded from."""
    page = ouvrir(formulaire)
    fill(page)
    page.get_by_label("Écarts notifiés").fill("2024-03-29")
    findings = exported(page, tmp_path / "constats.json")
    assert check(findings, "constats") == []
    value, dossier = open_dossier(registry(**DONNEES), read_dossier(tmp_path / "constats.json"))
    due = {li.indicateur.id for li in value.lignes if li.etat == "a_auditer"}
    assert {releve.ligne for releve in dossier.releves} == due
    assert dossier.notifie_le == "2024-03-29"
    first, second = by_id(findings)["qualiopi/1"], by_id(findings)["qualiopi/2"]
    assert first["preuves_vues"] == ["Site public (12/03)", "Catalogue 2024"]
    assert (first["annotations"], first["echantillons"]) == (["point_fort"], ["C-014"])
    assert second["commentaire"] == "<b>Aucun</b> taux d’abandon ; « 5 % » ?"
    assert {e["constat"] for e in findings["constats"]} == {"conforme", "nc_mineure", "a_evaluer"}


@pytest.mark.parametrize("width", WIDTHS)
def test_import_gives_back_what_was_exported(
    ouvrir: Any, formulaire: Path, tmp_path: Path, width: int
) -> None:
    """An export comes back whole, keys that the form does not show included."""
    page = ouvrir(formulaire, width=width)
    fill(page)
    before = exported(page, tmp_path / "constats.json")
    lifted = by_id(before)["qualiopi/2"] | {"leve_le": "2024-06-01", "leve_par": "A. B.", "cle_a_part": 1}
    before["constats"] = [lifted if e["id"] == "qualiopi/2" else e for e in before["constats"]]
    before["note_a_part"] = "gardée"
    (tmp_path / "repris.json").write_text(json.dumps(before), encoding="utf-8")
    other = ouvrir(formulaire, width=width)
    load(other, tmp_path / "repris.json")
    assert "Importé" in other.locator("#etat").inner_text()
    assert field(other, "2", "commentaire").input_value().startswith("<b>")
    assert exported(other, tmp_path / "encore.json") == before
    other.reload()
    assert exported(other, tmp_path / "toujours.json") == before


def test_a_gap_is_followed_and_lifted_in_the_form(ouvrir: Any, formulaire: Path, tmp_path: Path) -> None:
    """All that a findings file says of a gap is typed there, exported, and comes back by the import."""
    page = ouvrir(formulaire)
    fill(page)
    page.get_by_label("Écarts notifiés").fill("2024-03-29")
    line(page, "2").get_by_text("Suite de l’écart et levée").click()
    typed = {
        "ecart.enonce": "Abandons non publiés.", "ecart.causes": "Page refaite.",
        "ecart.plan_recu_le": "2024-04-20", "leve_le": "2024-06-01", "leve_par": "A. B.",
    }  # fmt: skip
    for champ, text in list(typed.items())[:-1]:
        field(page, "2", champ).fill(text)
    assert "levée sans auteur" in line(page, "2").inner_text()
    field(page, "2", "leve_par").fill("A. B.")
    assert "(levé)" in line(page, "2").inner_text()
    findings = exported(page, tmp_path / "constats.json")
    entry = by_id(findings)["qualiopi/2"]
    assert check(findings, "constats") == []
    assert (entry["leve_le"], entry["leve_par"]) == ("2024-06-01", "A. B.")
    assert entry["ecart"] == {champ[6:]: text for champ, text in typed.items() if champ.startswith("ecart.")}
    _, dossier = open_dossier(registry(**DONNEES), read_dossier(tmp_path / "constats.json"))
    assert [r.ligne for r in dossier.releves if r.leve_le] == ["qualiopi/2"]
    other = ouvrir(formulaire)
    load(other, tmp_path / "constats.json")
    assert {champ: field(other, "2", champ).input_value() for champ in typed} == typed
    assert exported(other, tmp_path / "encore.json") == findings


def test_import_reads_lines_by_their_printed_number(ouvrir: Any, formulaire: Path, tmp_path: Path) -> None:
    """A findings file written by hand, with printed numbers, is taken."""
    page = ouvrir(formulaire)
    findings = exported(page, tmp_path / "constats.json")
    del findings["referentiel"]["empreinte"]
    findings["audit"] = {"type": "certifregion/initial", "date": "2024-03-18"}
    findings["constats"] = [{"id": "1", "constat": "conforme"}]
    (tmp_path / "court.json").write_text(json.dumps(findings), encoding="utf-8")
    load(page, tmp_path / "court.json")
    assert line(page, "1").locator("input[value=conforme]").is_checked()


def changed(findings: Any, **changes: Any) -> Any:
    """The findings with other values, keys of objects being replaced one by one."""
    return findings | {k: findings[k] | v if isinstance(v, dict) else v for k, v in changes.items()}


REFUSALS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "rules": (lambda f: changed(f, referentiel={"empreinte": "sha256:" + "0" * 64}), "empreinte des règles"),
    "edition": (
        lambda f: changed(f, referentiel={"edition": "V4"}),
        "édition : « V5 » dans ce formulaire, « V4 »",
    ),
    "guide": (lambda f: changed(f, referentiel={"guide": "V8"}), "guide : « V9 »"),
    "referentiel": (lambda f: changed(f, referentiel="qualiopi"), "référentiel : « certifregion »"),
    "organisation": (
        lambda f: changed(f, organisme={"nom": "<i>Autre</i>"}),
        "« <i>Autre</i> » dans le fichier",
    ),
    "categories": (lambda f: changed(f, organisme={"categories": ["BC"]}), "catégories"),
    "facts": (lambda f: changed(f, organisme={"faits": {}}), "faits"),
    "date": (lambda f: changed(f, audit={"date": "2024-03-19"}), "date de l’audit"),
    "type": (lambda f: changed(f, audit={"type": "surveillance"}), "type d’audit"),
    "additions": (lambda f: f | {"ajouts": {"categories": ["CFA"]}}, "ajouts, categories"),
    "certificates": (lambda f: f | {"certificats": {"x": {}}}, "certificats"),
    "not permitted": (
        lambda f: f | {"constats": [{"id": "4", "constat": "nc_mineure"}]},
        "ligne 4 : le constat",
    ),
    "set aside": (lambda f: f | {"a_revoir": [{"id": "1"}]}, "a_revoir a une forme"),
    "sites": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme", "par_site": [{}]}]},
        "par_site a une forme",
    ),
    "conflicts": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme", "a_accorder": [{"champ": "x"}]}]},
        "a_accorder a une forme",
    ),
    "twice": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme"}] * 2},
        "ligne 1 : deux constats",
    ),
    "annotation": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme", "annotations": ["bravo"]}]},
        "annotation inconnue, « bravo »",
    ),
    "shape": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme", "commentaire": 3}]},
        "commentaire a une forme",
    ),
    "day": (
        lambda f: f | {"constats": [{"id": "1", "constat": "conforme", "evalue_le": "hier"}]},
        "evalue_le a une forme",
    ),
    "entry": (lambda f: f | {"constats": [None]}, "ligne inconnue"),
    "profile": (
        lambda f: {k: v for k, v in f.items() if k != "constats"},
        "n’est pas un fichier de constats",
    ),
    "format": (lambda f: f | {"format": 2}, "format « 2 » inconnu"),
    "list": (lambda f: [f], "n’est pas un fichier de constats"),
}


def test_what_is_refused_is_named_and_changes_nothing(ouvrir: Any, formulaire: Path, tmp_path: Path) -> None:
    """A wrong file is refused with its fault, and what was typed stays."""
    page = ouvrir(formulaire)
    fill(page)
    findings = exported(page, tmp_path / "constats.json")
    for name, (change, expected) in REFUSALS.items():
        (tmp_path / "faux.json").write_text(json.dumps(change(findings)), encoding="utf-8")
        load(page, tmp_path / "faux.json")
        said = page.locator("#refus").inner_text().replace("\u00a0", " ").replace("\u202f", " ")
        assert expected in said, name
        assert page.evaluate("document.activeElement.id") == "refus"
    (tmp_path / "faux.json").write_text("{", encoding="utf-8")
    load(page, tmp_path / "faux.json")
    assert "n’est pas du JSON" in page.locator("#refus").inner_text()
    # A major written before a minor: the browser alone would keep the last.
    twice = json.dumps(findings).replace('"constat": "', '"constat": "nc_majeure", "constat": "', 1)
    (tmp_path / "faux.json").write_text(twice, encoding="utf-8")
    load(page, tmp_path / "faux.json")
    assert "la clé « constat » y est en double" in page.locator("#refus").inner_text().replace("\u00a0", " ")
    assert page.locator("i").count() == 0
    assert exported(page, tmp_path / "encore.json") == findings


def test_the_documents_received_go_out_and_are_compared(ouvrir: Any, tmp_path: Path) -> None:
    """The export says which were received, a file that says otherwise is refused."""
    (folder := tmp_path / "formulaire").mkdir()
    received = {"pieces": {"maintien_qualiopi": True, "rapport_audit_interne": False}}
    form = document_of(
        folder,
        type_audit="surveillance",
        precedent=PrecedentDit(type="initial", date="2023-03-18", constats=()),
        dossier=received,
    )
    page = ouvrir(form)
    findings = exported(page, tmp_path / "constats.json")
    assert findings["dossier"] == received
    lecture = read_grids(registry(**DONNEES), [tmp_path / "constats.json"])
    assert [a.code for a in lecture.avertissements] == []
    for pieces, refused in (
        ({"maintien_qualiopi": "oui", "rapport_audit_interne": {"fourni": False}}, False),
        ({}, False),
        ({"maintien_qualiopi": {"fourni": "non"}}, True),
    ):
        data = json.dumps(findings | {"dossier": {"pieces": pieces}})
        (tmp_path / "autre.json").write_text(data, encoding="utf-8")
        load(page, tmp_path / "autre.json")
        assert ("document reçu, maintien_qualiopi" in page.locator("#refus").inner_text()) is refused


# ---- the checks, and anything filled at random ------------------------------------------------------


@pytest.fixture(scope="module")
def surveillance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The form of a surveillance, where the display of the certificate is checked."""
    earlier = PrecedentDit(
        type="initial", date="2023-03-18", constats=(ConstatDit("qualiopi/2", "nc_mineure", ouvert=True),)
    )
    folder = tmp_path_factory.mktemp("surveillance")
    return document_of(folder, type_audit="surveillance", precedent=earlier)


def test_a_check_is_filled_exported_and_imported(ouvrir: Any, surveillance: Path, tmp_path: Path) -> None:
    """A check counts in the progress and makes the way out and back."""
    page = ouvrir(surveillance)
    total = page.locator("#avancement").inner_text()
    choose(page, "V1", "non_satisfaite")
    assert "commentaire à écrire" in line(page, "V1").locator(".suivi").inner_text()
    field(page, "V1", "commentaire").fill("Absent du site.")
    assert page.locator("#avancement").inner_text() == total.replace("0 sur", "1 sur")
    assert "Non-conformité mineure" in line(page, "2").inner_text(), "the earlier finding on its line"
    findings = exported(page, tmp_path / "constats.json")
    (check_,) = findings["verifications"]
    assert (check_["id"], check_["resultat"]) == ("affichage_certificat", "non_satisfaite")
    assert "constat" not in check_
    assert check(findings, "constats") == []
    other = ouvrir(surveillance)
    load(other, tmp_path / "constats.json")
    assert line(other, "V1").locator("input[value=non_satisfaite]").is_checked()
    assert exported(other, tmp_path / "encore.json") == findings
    findings["verifications"] = [{"resultat": "satisfaite"}]
    (tmp_path / "faux.json").write_text(json.dumps(findings), encoding="utf-8")
    load(other, tmp_path / "faux.json")
    assert "vérification inconnue" in other.locator("#refus").inner_text()


WORDS = st.text("abcdeéèœ=+-@'<>&\"0", min_size=1, max_size=8)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_filled_at_random_is_what_is_read(
    ouvrir: Any, surveillance: Path, tmp_path: Path, data: st.DataObject
) -> None:
    """Findings allowed on any lines, through the form’s own export: read the same; no other changes."""
    page = ouvrir(surveillance)
    rows = page.evaluate("JSON.parse(document.getElementById('donnees').textContent).lignes")
    open_rows = [row for row in rows if row["saisie"] and row["etat"] != "non_applicable"]
    chosen = data.draw(st.lists(st.sampled_from(open_rows), unique_by=lambda r: r["id"], max_size=4))
    expected = {}
    for row in chosen:
        constat = data.draw(st.sampled_from(row["constats"]))
        comment, proof = data.draw(WORDS), data.draw(WORDS)
        choose(page, row["numero"], constat)
        field(page, row["numero"], "commentaire").fill(comment)
        field(page, row["numero"], "preuves_vues").fill(proof)
        expected[row.get("verification") or row["id"]] = (constat, comment, (proof.strip(),))
    exported(page, tmp_path / "constats.json")
    dossier = read_grids(registry(**DONNEES), [tmp_path / "constats.json"]).dossier
    read = {r.ligne: r for r in (*dossier.releves, *dossier.verifications)}
    for identifiant, wanted in expected.items():
        releve = read.pop(identifiant)
        assert (releve.constat, releve.commentaire, releve.preuves_vues) == wanted
    assert all(r == Releve(ligne=r.ligne, lieu=r.lieu) for r in read.values())
    due = {row.get("verification") or row["id"] for row in rows if row["etat"] == "a_auditer"}
    assert set(read) == due - set(expected)


def test_a_column_more_is_filled_exported_and_imported(ouvrir: Any, tmp_path: Path) -> None:
    """A form whose table has columns more offers a field for each, exports it, and takes it back."""
    house = tmp_path / "maison"
    house.mkdir()
    answers(extended(house), tmp_path)
    page = ouvrir(tmp_path / "audit.html")
    field(page, "1", "salle").fill("Bâtiment B")
    field(page, "1", "entendus").fill("Accueil\nDirection")
    field(page, "1", "vu_le").fill("2025-09-01")
    findings = exported(page, tmp_path / "exporte.json")
    entry = by_id(findings)["qualiopi/1"]
    assert (entry["salle"], entry["vu_le"]) == ("Bâtiment B", "2025-09-01")
    assert entry["entendus"] == ["Accueil", "Direction"]
    other = ouvrir(tmp_path / "audit.html", script=NO_STORAGE)
    load(other, tmp_path / "exporte.json")
    assert field(other, "1", "salle").input_value() == "Bâtiment B"
    assert exported(other, tmp_path / "encore.json") == findings
