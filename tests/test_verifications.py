"""Checks that are no indicator: found, written in every grid, read back, and counted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from grilles import AF, OFFICE, SURVEILLANCE, TABLE, TEXT, atelier, grille
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import load_workbook

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.conclusion import Bilan, conclude
from certif_rules.audit.constats import Dossier, Releve
from certif_rules.echanges import checklist as json_
from certif_rules.echanges.constats import write_dossier
from certif_rules.errors import DataError
from certif_rules.formulaires import checklist as formulaire
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import ods, xlsx
from certif_rules.grilles.feuilles import COLONNES_VERIFICATIONS
from certif_rules.services.constats import from_data, open_dossier, read_dossier
from certif_rules.services.lecture import read_grids

AUDIT = SURVEILLANCE
CHECKLIST = grille(**AUDIT)
CHECK = "affichage_certificat"
DUE = [ligne.indicateur.id for ligne in CHECKLIST.lignes if ligne.etat == "a_auditer"]
FAILED = {"resultat": "non_satisfaite", "commentaire": "Absent du site."}


def findings(*checks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Every line conforming, and these checks."""
    return {
        **AUDIT,
        "constats": [{"id": i, "constat": "conforme"} for i in DUE],
        "verifications": list(checks),
        **changes,
    }


def opened(data: dict[str, Any]) -> Bilan:
    return conclude(*open_dossier(atelier(), from_data(data)))


def codes(data: dict[str, Any]) -> list[str]:
    with pytest.raises(DataError) as caught:
        opened(data)
    return [issue.code for issue in caught.value.issues]


# ---- counting -------------------------------------------------------------------------------------------


def test_a_failed_check_counts_as_its_finding() -> None:
    """No certificate displayed at a surveillance: one major, its reason and its dates."""
    bilan = opened(findings({"id": CHECK, **FAILED}, ecarts_notifies_le="2025-09-10"))
    (conclusion,) = bilan.conclusions
    assert (conclusion.delivrable, conclusion.mesures["majeures"]) == (False, 1)
    assert "maintien impossible" in conclusion.texte
    (echeance,) = bilan.echeances
    assert (echeance.id, echeance.constat) == (CHECK, "nc_majeure")
    assert {nom: str(jour) for nom, jour in echeance.dates.items()} == {
        "correction_avant": "2025-12-10",
        "verification_avant": "2026-01-10",
    }


@pytest.mark.parametrize(
    ("check", "delivrable", "left"),
    [
        ({"resultat": "satisfaite"}, True, 0),
        ({"resultat": "a_evaluer"}, None, 1),
        ({}, None, 1),
        ({**FAILED, "leve_le": "2025-10-01", "leve_par": "J. D."}, True, 0),
        ({"constat": "nc_majeure", "texte": "copiée d’une checklist"}, None, 1),
    ],
)
def test_what_is_found_of_a_check(check: dict[str, Any], delivrable: bool | None, left: int) -> None:
    """Satisfied or lifted, it counts for nothing; without a result, it leaves the conclusion open."""
    (conclusion,) = opened(findings({"id": CHECK, **check})).conclusions
    assert (conclusion.delivrable, len(conclusion.a_verifier)) == (delivrable, left)
    assert conclusion.mesures["majeures"] == 0
    assert ("1 vérification à faire" in conclusion.texte) is bool(left)


def test_an_old_file_is_read_and_says_what_is_left() -> None:
    """Without the key, the check is still to make, and a warning names it."""
    data = findings()
    del data["verifications"]
    bilan = opened(data)
    assert bilan.conclusions[0].delivrable is None
    (said,) = (a for a in bilan.avertissements if a.code == "verification_absente")
    assert CHECK in said.message
    assert said.sources
    present = opened(findings({"id": CHECK})).avertissements
    assert "verification_absente" not in {a.code for a in present}


def test_a_major_is_enough_whatever_the_check() -> None:
    """One major says no, the check being left: it is said to change nothing."""
    lines = [{"id": i, "constat": "conforme"} for i in DUE if i != "qualiopi/4"]
    major = {"id": "qualiopi/4", "constat": "nc_majeure", "commentaire": "Rien."}
    (conclusion,) = opened(findings(constats=[*lines, major])).conclusions
    assert conclusion.delivrable is False
    assert any("1 vérification à faire, sans effet" in motif.texte for motif in conclusion.motifs)


def test_a_check_counts_for_the_object_it_names() -> None:
    """The certificate displayed at a label's surveillance is that of its base, which counts it."""
    checklist = grille(**AUDIT | {"referentiel": "certifregion"})
    assert [(p.id, p.compte_pour) for p in checklist.verifications] == [(CHECK, "qualiopi")]
    bilan = conclude(checklist, Dossier(
        demande=from_data(findings()).demande, releves=(),
        verifications=(Releve(ligne=CHECK, constat="non_satisfaite", commentaire="Absent."),),
    ))  # fmt: skip
    majors = {c.objet: c.mesures.get("majeures") for c in bilan.conclusions}
    assert majors == {"qualiopi": 1, "certifregion": None}
    assert {c.objet: c.delivrable for c in bilan.conclusions}["qualiopi"] is False


def test_a_check_without_a_finding_never_decides() -> None:
    """Where no finding is declared for it, its failure counts for nothing; it is still named as left."""
    bare = replace(CHECKLIST, verifications=(replace(CHECKLIST.verifications[0], constat=None),))
    dossier = from_data(findings({"id": CHECK, **FAILED}))
    (conclusion,) = conclude(bare, dossier).conclusions
    assert (conclusion.delivrable, conclusion.mesures["majeures"]) == (True, 0)
    (left,) = conclude(bare, from_data(findings({"id": CHECK}))).conclusions
    assert (left.delivrable, left.a_verifier) == (True, (CHECK,))


# ---- what is impossible -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([{"id": "affichage"}], ["verification-inconnue"]),
        ([{"id": CHECK}, {"id": CHECK}], ["verification-en-double"]),
        ([{"id": CHECK, "resultat": "non_satisfaite"}], ["commentaire-manquant"]),
        ([{"id": CHECK, **FAILED, "annotations": ["bravo"]}], ["annotation-inconnue"]),
        ([{"id": CHECK, **FAILED, "leve_le": "2025-10-01"}], ["levee-sans-auteur"]),
        ([{"id": CHECK, **FAILED, "leve_le": "2025-08-01", "leve_par": "A"}], ["levee-avant-audit"]),
        (
            [{"id": CHECK, "resultat": "satisfaite", "leve_le": "2025-10-01", "leve_par": "A"}],
            ["levee-sans-objet"],
        ),
    ],
)
def test_what_is_impossible(checks: list[dict[str, Any]], expected: list[str]) -> None:
    """A check that cannot be is refused with its code."""
    assert codes(findings(*checks)) == expected


def test_a_result_that_does_not_exist(tmp_path: Path) -> None:
    """The result of a check is one of those admitted."""
    path = tmp_path / "constats.json"
    path.write_text(json.dumps(findings({"id": CHECK, "resultat": "conforme"})), encoding="utf-8")
    with pytest.raises(DataError, match="« conforme » n’est pas une valeur admise"):
        read_dossier(path)


def test_an_initial_audit_has_no_check() -> None:
    """An initial audit, which follows none, has no check to answer."""
    initial = {**AF, "constats": [], "verifications": [{"id": CHECK}]}
    assert "verification-inconnue" in codes(initial)


# ---- in every grid ----------------------------------------------------------------------------------------

Saisie = Mapping[str, str]
MOTS = {"satisfaite": "Satisfaite", "non_satisfaite": "Non satisfaite"}
KEYS = {"Preuves vues": "preuves_vues", "Commentaire": "commentaire", "Évalué par": "evalue_par",
        "Évalué le": "evalue_le"}  # fmt: skip


def column(name: str) -> int:
    return list(COLONNES_VERIFICATIONS).index(name) + 1


def in_xlsx(content: bytes, saisie: Saisie) -> bytes:
    book = load_workbook(io.BytesIO(content), rich_text=True)
    for name, text in saisie.items():
        cell = book["Vérifications"].cell(2, column(name))
        cell.value, cell.data_type = text, "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def in_ods(content: bytes, saisie: Saisie) -> bytes:
    source = ZipFile(io.BytesIO(content))
    root = ElementTree.fromstring(source.read("content.xml"))
    table = next(t for t in root.iter(f"{TABLE}table") if t.get(f"{TABLE}name") == "Vérifications")
    cells = list(list(table.iter(f"{TABLE}table-row"))[1])
    for name, text in saisie.items():
        cells[column(name) - 1].set(f"{OFFICE}value-type", "string")
        ElementTree.SubElement(cells[column(name) - 1], f"{TEXT}p").text = text
    root.set("xmlns:of", "urn:oasis:names:tc:opendocument:xmlns:of:1.2")
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for member in source.namelist():
            changed = ElementTree.tostring(root) if member == "content.xml" else source.read(member)
            archive.writestr(member, changed)
    return out.getvalue()


def in_csv(content: bytes, saisie: Saisie) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    (row,) = (r for r in rows if r[rows[0].index(csv_.IDENTIFIANT)] == f"verification:{CHECK}")
    for name, label in csv_.SAISIE.items():
        if label in saisie:
            row[rows[0].index(name)] = csv_.guard(saisie[label])
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def in_json(content: bytes, saisie: Saisie) -> bytes:
    data = json.loads(content)
    (check,) = data["verifications"]
    results = {words: result for result, words in MOTS.items()}
    for name, text in saisie.items():
        if name == "Constat":
            check["resultat"] = results[text]
        else:
            check[KEYS[name]] = [text] if name == "Preuves vues" else text
    return json.dumps(data).encode()


FORMATS: dict[str, tuple[Callable[[Checklist], bytes], Callable[[bytes, Saisie], bytes]]] = {
    "xlsx": (xlsx.render, in_xlsx),
    "ods": (ods.render, in_ods),
    "csv": (csv_.render, in_csv),
    "json": (json_.render, in_json),
}
MOT = st.text("abcdeéèœ=+-@'<>&\"0", min_size=1, max_size=8)
SAID = st.fixed_dictionaries(dict.fromkeys(("Preuves vues", "Commentaire", "Évalué par"), MOT))


@pytest.mark.lent
@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(result=st.sampled_from([*MOTS]), said=SAID, day=st.dates())
def test_what_is_filled_of_a_check_is_what_is_read(
    suffix: str, result: str, said: dict[str, str], day: Any, tmp_path: Path
) -> None:
    """For every format: the check reads as filled, is counted the same, and touches no line."""
    render, fill = FORMATS[suffix]
    path = tmp_path / f"grille.{suffix}"
    saisie = {"Constat": MOTS[result], **said, "Évalué le": day.isoformat()}
    path.write_bytes(fill(render(CHECKLIST), saisie))
    dossier = read_grids(atelier(), [path]).dossier
    (releve,) = dossier.verifications
    assert (releve.ligne, releve.constat, releve.commentaire) == (CHECK, result, said["Commentaire"])
    assert (releve.preuves_vues, releve.evalue_par) == ((said["Preuves vues"],), said["Évalué par"])
    assert releve.evalue_le == day.isoformat()
    assert [r.ligne for r in dossier.releves] == DUE
    assert not any(r.porte for r in dossier.releves)
    written = tmp_path / "constats.json"
    written.write_bytes(write_dossier(dossier))
    (again,) = read_dossier(written).verifications
    assert replace(again, lieu=None) == replace(releve, lieu=None)


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_grid_leaves_the_check(suffix: str, tmp_path: Path) -> None:
    """A check left blank is not taken for answered."""
    path = tmp_path / f"grille.{suffix}"
    path.write_bytes(FORMATS[suffix][0](CHECKLIST))
    (releve,) = read_grids(atelier(), [path]).dossier.verifications
    assert not releve.porte


def problems(*paths: Path) -> set[str]:
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), paths)
    return {f"{str(i.location).rpartition(':')[2]}: {i.code}" for i in caught.value.issues}


def edited(folder: Path, change: Callable[[Any], None], name: str = "grille.xlsx") -> Path:
    book = load_workbook(io.BytesIO(xlsx.render(CHECKLIST)), rich_text=True)
    change(book)
    book.save(folder / name)
    return folder / name


@pytest.mark.lent
@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"F2": "Peut-être"}, "Vérifications!F2: constat-non-permis"),
        ({"F2": "Non satisfaite"}, "Vérifications!H2: commentaire-manquant"),
        ({"F2": "=A1"}, "Vérifications!F2: formule-inattendue"),
        ({"K2": "hier"}, "Vérifications!K2: date-invalide"),
        ({"D2": "Conforme"}, "Vérifications!D2: cellule-modifiee"),
        ({"M2": "verification:autre"}, "Vérifications!M2: ligne-inconnue"),
        ({"M2": None}, "Vérifications!M2: ligne-inconnue"),
    ],
)
def test_a_mistake_is_named_at_its_cell(cells: dict[str, Any], expected: str, tmp_path: Path) -> None:
    """A mistake on the sheet of checks is told at its cell."""

    def change(book: Any) -> None:
        for place, value in cells.items():
            book["Vérifications"][place] = value

    assert expected in problems(edited(tmp_path, change))


def test_its_sheet_may_not_go(tmp_path: Path) -> None:
    """A grid whose sheet of checks was deleted is refused; others have no such sheet."""
    path = edited(tmp_path, lambda book: book.remove(book["Vérifications"]))
    assert {p.rpartition(" ")[2] for p in problems(path)} == {"feuille-absente"}
    assert "Vérifications" not in load_workbook(io.BytesIO(xlsx.render(grille()))).sheetnames


@pytest.mark.lent
def test_it_is_followed_and_lifted_on_the_sheet_of_gaps(tmp_path: Path) -> None:
    """It has a number there, after those of the lines."""

    def change(book: Any) -> None:
        book["Vérifications"]["F2"], book["Vérifications"]["H2"] = "Non satisfaite", "Absent"
        for place, value in {"A2": "V1", "F2": "Affiché", "L2": "2025-10-01", "M2": "AB"}.items():
            book["Écarts"][place] = value

    (releve,) = read_grids(atelier(), [edited(tmp_path, change)]).dossier.verifications
    assert releve.ecart == {"correction": "Affiché"}
    assert (releve.leve_le, releve.leve_par) == ("2025-10-01", "AB")

    def alone(book: Any) -> None:
        change(book)
        book["Écarts"]["M2"] = None

    assert problems(edited(tmp_path, alone)) == {"Écarts!M2: levee-sans-auteur"}


@pytest.mark.lent
def test_two_auditors_and_one_check(tmp_path: Path) -> None:
    """Found by one of them, it is kept; found otherwise by both, both results are shown."""

    def found(text: str) -> Callable[[Any], None]:
        def change(book: Any) -> None:
            book["Vérifications"]["F2"], book["Vérifications"]["H2"] = text, "vu"

        return change

    blank = edited(tmp_path, lambda _: None, "blanc.xlsx")
    yes = edited(tmp_path, found("Satisfaite"), "oui.xlsx")
    no = edited(tmp_path, found("Non satisfaite"), "non.xlsx")
    (releve,) = read_grids(atelier(), [blank, yes, yes]).dossier.verifications
    assert releve.constat == "satisfaite"
    lecture = read_grids(atelier(), [yes, no])
    (releve,) = lecture.dossier.verifications
    assert (releve.constat, [c.champ for c in releve.a_accorder]) == ("a_evaluer", ["constat"])
    (left,) = [a.message for a in lecture.avertissements if a.code == "a_accorder"]
    assert left.endswith("constat : « satisfaite » (oui.xlsx) / « non_satisfaite » (non.xlsx)")


def test_the_form_offers_it() -> None:
    """The form offers the results of a check where there is one, and only there."""
    text = formulaire.render(CHECKLIST).decode()
    assert f'"verification":"{CHECK}"' in text
    assert text.count('value="non_satisfaite"') == 1
    assert 'id="verifications"' in text
    assert 'value="non_satisfaite"' not in formulaire.render(grille()).decode()


def test_personal_data_in_a_check_are_seen_and_replaced(tmp_path: Path) -> None:
    """What is typed of a check is looked into as what is typed of a line."""
    check = {"id": CHECK, "resultat": "satisfaite", "commentaire": "Vu avec jean.dupont@exemple.fr"}
    path = tmp_path / "constats.json"
    path.write_text(json.dumps(findings(check)), encoding="utf-8")
    said = read_grids(atelier(), [path]).checklist.avertissements
    assert "donnee_personnelle" in {a.code for a in said}
    lecture = read_grids(atelier(), [path], pseudonymise=True)
    (releve,) = lecture.dossier.verifications
    assert (releve.commentaire, releve.ligne, releve.constat) == ("Vu avec [courriel]", CHECK, "satisfaite")
    assert len(lecture.remplaces) == 1
