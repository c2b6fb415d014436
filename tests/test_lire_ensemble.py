"""Two auditors’ grids joined, archives that are no grid, and the command."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from grilles import AF, atelier, filled, grille

from certif_rules.audit.constats import Releve
from certif_rules.cli import run
from certif_rules.errors import DataError
from certif_rules.grilles import xlsx
from certif_rules.grilles.relecture.propres import own_cells
from certif_rules.services.lecture import read_grids

CHECKLIST = grille()
TITRES = {c.id: c.titre for c in CHECKLIST.referentiel.constats.values()}


def problems(*paths: Path) -> set[str]:
    """« cell: code » of everything wrong."""
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), paths)
    return {f"{str(i.location).rpartition(':')[2]}: {i.code}" for i in caught.value.issues}


def read(*paths: Path) -> dict[str, Releve]:
    return {r.ligne: r for r in read_grids(atelier(), paths).dossier.releves}


# ---- two auditors --------------------------------------------------------------------------------


def test_disjoint_grids_join(tmp_path: Path) -> None:
    """Two auditors who share the lines get one file of findings."""
    a = filled(CHECKLIST, "xlsx", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path, "a")
    b = filled(CHECKLIST, "ods", {"qualiopi/2": {"Constat": "Conforme"}}, tmp_path, "b")
    releves = read(a, b)
    assert [i for i, r in releves.items() if r.porte] == ["qualiopi/1", "qualiopi/2"]


def test_what_we_write_is_that_of_the_audit_that_is_read() -> None:
    """What we write in a grid is made once for those of one audit, again for another one."""
    autre = grille(organisme=AF["organisme"] | {"nom": "Atelier du Port"})
    first = own_cells(CHECKLIST)
    assert own_cells(grille()) is first
    assert "Atelier du Port" not in first.textes["Contexte"]
    assert "Atelier du Port" in own_cells(autre).textes["Contexte"]
    assert own_cells(CHECKLIST).textes == first.textes


def test_conflicting_grids_are_listed_with_both_values(tmp_path: Path) -> None:
    """Two auditors who disagree on a line see both values, in the file and in a message."""
    a = filled(CHECKLIST, "xlsx", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path, "a")
    b = filled(
        CHECKLIST,
        "csv",
        {"qualiopi/1": {"Constat": TITRES["nc_mineure"], "Commentaire": "non"}},
        tmp_path,
        "b",
    )
    lecture = read_grids(atelier(), [a, b])
    line = next(r for r in lecture.dossier.releves if r.ligne == "qualiopi/1")
    assert (line.constat, line.commentaire) == ("a_evaluer", "non")
    (conflict,) = line.a_accorder
    assert [(v.valeur, v.de) for v in conflict.valeurs] == [("conforme", "a.xlsx"), ("nc_mineure", "b.csv")]
    assert str(conflict.valeurs[0].lieu).endswith("a.xlsx:Grille!K2")
    (left,) = [w for w in lecture.avertissements if w.code == "a_accorder"]
    assert left.message == "à accorder, ligne 1, constat : « conforme » (a.xlsx) / « nc_mineure » (b.csv)"


def test_grids_of_different_audits_do_not_join(tmp_path: Path) -> None:
    """Grids of two audits are never mixed."""
    a = filled(CHECKLIST, "xlsx", {}, tmp_path, "a")
    other = grille(organisme={"nom": "Autre", "categories": ["AF"]})
    b = filled(other, "xlsx", {}, tmp_path, "b")
    assert {p.rpartition(" ")[2] for p in problems(a, b)} == {"dossiers-differents"}


# ---- hostile files -------------------------------------------------------------------------------


def packed(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def repacked(folder: Path, change: dict[str, bytes]) -> Path:
    """Our grid with some of its members replaced or added."""
    source = zipfile.ZipFile(io.BytesIO(xlsx.render(CHECKLIST)))
    return packed(folder, "grille.xlsx", {n: source.read(n) for n in source.namelist()} | change)


def code(path: Path) -> str:
    (only,) = {p.rpartition(" ")[2] for p in problems(path)}
    return only


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def test_hostile_archives(tmp_path: Path) -> None:
    """Each gives one clear message, and none is unpacked."""
    whole = xlsx.render(CHECKLIST)
    for name, content, expected in (
        ("vide.xlsx", b"", "fichier-tronque"),
        ("coupe.xlsx", whole[: len(whole) // 2], "fichier-tronque"),
        ("chiffre.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "fichier-chiffre"),
        ("texte.xlsx", b"bonjour", "classeur-etranger"),
        ("coupe.json", b'{"lignes": [', "fichier-tronque"),
        ("profond.json", b'{"lignes":' + b"[" * 200_000, "trop-profond"),
        ("autre.json", b"{}", "classeur-etranger"),
        ("autre.csv", b"a;b\r\n1;2\r\n", "classeur-etranger"),
        ("latin.csv", "référentiel".encode("latin-1"), "fichier-illisible"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert code(path) == expected, name
    zeros = packed(tmp_path, "bombe.xlsx", {"xl/workbook.xml": bytes(80_000_000)})
    assert code(zeros) == "fichier-trop-grand"
    assert code(packed(tmp_path, "etranger.xlsx", {"a": b"b"})) == "classeur-etranger"
    assert code(repacked(tmp_path, {"xl/vbaProject.bin": b"x"})) == "classeur-a-macros"
    entity = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert code(repacked(tmp_path, {"xl/workbook.xml": entity})) == "classeur-etranger"
    assert (
        code(repacked(tmp_path, {"xl/worksheets/sheet2.xml": b"<worksheet><sheetData><row"}))
        == "fichier-tronque"
    )


@pytest.mark.lent
def test_a_far_cell_takes_no_room(tmp_path: Path) -> None:
    """A cell at the far end of a sheet is one cell, not a table of seventeen thousand million."""
    far = SHEET.format('<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>').encode()
    assert any(
        "colonne-absente" in p for p in problems(repacked(tmp_path, {"xl/worksheets/sheet2.xml": far}))
    )
    many = "".join(f'<row r="{r}">' + '<c t="str"><v>x</v></c>' * 500 + "</row>" for r in range(1, 500))
    content = SHEET.format(many).encode()
    assert code(repacked(tmp_path, {"xl/worksheets/sheet2.xml": content})) == "fichier-trop-grand"


def test_a_foreign_workbook(tmp_path: Path) -> None:
    """A workbook that is no grid of ours is refused as such."""
    from openpyxl import Workbook

    Workbook().save(tmp_path / "autre.xlsx")
    assert code(tmp_path / "autre.xlsx") == "classeur-etranger"


# ---- the command ---------------------------------------------------------------------------------


def test_the_command(tmp_path: Path, capsysbinary) -> None:
    """Findings on standard output or in a file, never in the place of a grid."""
    path = filled(CHECKLIST, "xlsx", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path)
    assert run(["lire", str(path)]) == 0
    out, err = capsysbinary.readouterr()
    assert json.loads(out)["constats"][0]["constat"] == "conforme"
    assert "1 ligne évaluée, 22 à évaluer" in err.decode()
    assert run(["lire", str(path), "-o", str(path), "--remplacer"]) == 2
    constats = tmp_path / "constats.json"
    assert run(["lire", str(path), "-o", str(constats)]) == 0
    assert run(["conclure", str(constats)]) == 0


def test_grids_of_several_audits_in_one_run(tmp_path: Path, capsysbinary) -> None:
    """With --dans each grid is read for itself, under its name; a wrong one is told, the others written."""
    out = tmp_path / "constats"
    out.mkdir()
    paths = [
        filled(CHECKLIST, "xlsx", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path, "a"),
        filled(CHECKLIST, "ods", {"qualiopi/2": {"Constat": "Parfait"}}, tmp_path, "faux"),
        filled(CHECKLIST, "csv", {"qualiopi/2": {"Constat": "Conforme"}}, tmp_path, "b"),
    ]
    assert run(["lire", *map(str, paths), "--dans", str(out)]) == 1
    assert sorted(path.name for path in out.iterdir()) == ["a.json", "b.json"]
    alone = tmp_path / "seule.json"
    assert run(["lire", str(paths[2]), "-o", str(alone)]) == 0
    assert (out / "b.json").read_bytes() == alone.read_bytes()
    assert "faux.ods" in capsysbinary.readouterr().err.decode()


def test_dans_replaces_nothing_and_goes_alone(tmp_path: Path, capsysbinary) -> None:
    """A file that is there, two grids of one name, another output, no such folder: all refused first."""
    grid = filled(CHECKLIST, "xlsx", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path, "a")
    same = filled(CHECKLIST, "csv", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path, "a")
    (tmp_path / "constats").mkdir()
    (tmp_path / "constats" / "a.json").write_text("{}", encoding="utf-8")
    assert run(["lire", str(grid), str(same), "--dans", str(tmp_path / "constats")]) == 2
    told = capsysbinary.readouterr().err.decode()
    assert "deux grilles s’écriraient dans" in told
    assert "existe déjà" in told
    assert (tmp_path / "constats" / "a.json").read_text(encoding="utf-8") == "{}"
    assert run(["lire", str(grid), "--dans", str(tmp_path / "absent")]) == 2
    assert run(["lire", str(grid), "--dans", str(tmp_path), "-o", str(tmp_path / "c.json")]) == 2
    assert sorted(path.name for path in tmp_path.glob("*.json")) == []


def test_two_names_of_one_file_do_not_lose_a_grid(tmp_path: Path, capsysbinary) -> None:
    """One output is a link to the other, and may be replaced: the first is written, the second refused."""
    out = tmp_path / "constats"
    out.mkdir()
    (out / "b.json").write_text("{}", encoding="utf-8")
    try:
        (out / "a.json").symlink_to("b.json")
    except OSError:
        pytest.skip("no links here")
    a = filled(CHECKLIST, "xlsx", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path, "a")
    b = filled(CHECKLIST, "csv", {"qualiopi/2": {"Constat": "Conforme"}}, tmp_path, "b")
    assert run(["lire", str(a), str(b), "--dans", str(out), "--remplacer"]) == 1
    assert "deux grilles s’écriraient dans" in capsysbinary.readouterr().err.decode()
    assert run(["lire", str(a), "-o", str(tmp_path / "seule.json")]) == 0
    assert (out / "b.json").read_bytes() == (tmp_path / "seule.json").read_bytes()


def test_a_calendar_of_1904_is_refused(tmp_path: Path) -> None:
    """A workbook that counts days otherwise would change numbers that are no dates: it is refused."""
    path = filled(CHECKLIST, "xlsx", {}, tmp_path)
    with zipfile.ZipFile(path) as archive:
        workbook = archive.read("xl/workbook.xml").decode()
    spoilt = workbook.replace("<workbookPr", '<workbookPr date1904="1"', 1).encode()
    assert code(repacked(tmp_path, {"xl/workbook.xml": spoilt})) == "calendrier-ancien"


def test_other_rules_still_say_which_lines(tmp_path: Path) -> None:
    """With other rules accepted, a line twice in a JSON grid is refused all the same: no finding is lost."""
    path = filled(CHECKLIST, "json", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["referentiel"]["empreinte"] = "sha256:" + "0" * 64
    data["lignes"].append({**data["lignes"][0], "constat": "nc_mineure"})
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_grids(atelier(), [path], other_rules=True)
    assert {issue.code for issue in error.value.issues} == {"ligne-en-double"}


def test_a_json_grid_of_a_label_that_changes_its_base_is_read(tmp_path: Path) -> None:
    """What a label changes to its base is not taken for the changes that the auditor reports."""
    label = grille(referentiel="certifregion")
    assert label.referentiel.changements
    path = filled(label, "json", {"qualiopi/1": {"Constat": "Conforme"}}, tmp_path)
    dossier = read_grids(atelier(), [path]).dossier
    assert [r.constat for r in dossier.releves if r.ligne == "qualiopi/1"] == ["conforme"]
    assert dossier.compte_rendu.changements is None
