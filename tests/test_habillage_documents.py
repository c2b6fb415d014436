"""Documents in the dress of a body: what they show, what they keep, what comes back from them (story L10)."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from base64 import b64decode
from pathlib import Path
from zipfile import ZipFile

import pytest
from console import Console, words
from fabrique import HOSTILES, checklist
from grilles import AF, FORMATS, atelier, column, exported_form, filled
from habillages import L10, NUE, dit, habillage_file, habillee
from images import png, svg
from imprimes import html, md, table
from msgspec.structs import replace
from openpyxl import load_workbook

from certif_rules.audit.checklist import Checklist, dress
from certif_rules.audit.constats import Releve
from certif_rules.blocs.arbre import Image
from certif_rules.documents import emetteur
from certif_rules.echanges.constats import write_dossier
from certif_rules.errors import DataError
from certif_rules.formulaires import checklist as formulaire
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import ods, xlsx
from certif_rules.grilles.feuilles import notified_row
from certif_rules.habillage.modele import ColonneAjoutee, Habillage, SectionAjoutee
from certif_rules.services.constats import open_dossier, read_dossier
from certif_rules.services.lecture import read_grids
from certif_rules.source.schema import check

PAGES = {"html": html, "md": md, "table": table, "formulaire": formulaire.render}
GRILLES = {"xlsx": xlsx.render, "ods": ods.render, "csv": csv_.render}
TOUS = PAGES | GRILLES
SAISIE = {
    "qualiopi/1": {"Constat": "Conforme", "Référence interne": "=REF  1", "Vu, où ?": "à Auch"},
    "qualiopi/2": {"Vu, où ?": "<b>à distance</b>"},
}


def text(document: bytes) -> str:
    """The words of a document on one line, with ordinary blanks, without the escapes of Markdown."""
    return " ".join(re.sub(r"\\([^\w\s])", r"\1", words(document)).split())


def header(value: Checklist) -> list[str]:
    return next(csv.reader(io.StringIO(csv_.render(value).decode("utf-8-sig")), delimiter=";"))


# ---- what is shown ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TOUS)
def test_every_document_names_the_body_and_ends_with_its_sentence(name: str, tmp_path: Path) -> None:
    """Its sentence is under its name; without a dress, there is neither."""
    said = text(TOUS[name](habillee(tmp_path)))
    assert "Certif’Exemple : Merci de votre accueil !" in said
    assert "Contester" not in said
    assert "Certif’Exemple" not in text(TOUS[name](NUE))


@pytest.mark.parametrize("name", TOUS)
def test_no_mention_of_the_program_is_lost(name: str, tmp_path: Path) -> None:
    """Restated texts, sources, warnings, gaps, reasons, digest: what every document says, it says dressed."""
    plain, worn = text(TOUS[name](NUE)), text(TOUS[name](habillee(tmp_path)))
    value = NUE
    for said in (
        "Les exigences sont reformulées avec nos propres mots : seul le texte officiel fait foi.",
        value.empreinte,
        *(a.message.partition(" : ")[0] for a in value.avertissements),
        *(m.texte for ligne in value.lignes for m in ligne.motifs[:1]),
    ):
        flat = " ".join(said.split())
        assert (flat in worn) == (flat in plain), flat
    assert value.empreinte in worn


@pytest.mark.parametrize("name", ["xlsx", "ods", "csv", "html", "md", "formulaire"])
def test_added_columns_have_their_place(name: str, tmp_path: Path) -> None:
    """A column that a body added is in every document that is filled."""
    assert "Référence interne" in text(TOUS[name](habillee(tmp_path)))
    assert "Référence interne" not in text(TOUS[name](NUE))


def test_annotations_take_their_names(tmp_path: Path) -> None:
    """Where an annotation is named: the choices of the workbooks, those of the form."""
    shown = L10.replace("  masquees: [12]\n", "")
    for name in ("xlsx", "ods", "formulaire"):
        said = text(TOUS[name](habillee(tmp_path, shown)))
        assert "Opportunité d’amélioration" in said
        assert "Piste d" not in said
        assert "Point fort" in said


def test_hidden_columns_are_not_shown(tmp_path: Path) -> None:
    """Column 12 is hidden in the workbook, absent from the CSV and the form; the others are there."""
    worn = habillee(tmp_path)
    book = load_workbook(io.BytesIO(xlsx.render(worn)))["Grille"].column_dimensions
    hidden = {n for found in book.values() if found.hidden for n in range(found.min, found.max + 1)}
    # Annotation, the one that names the line, and what is hidden without a dress: the origin where there is
    # one only, what the sheet Textes holds, the earlier finding where there is no earlier audit, the site
    # where there is one only, the text cited where every line has its own.
    assert hidden == {12, 20, 3, 5, 6, 8, 10, 16, 21, 22}
    content = zipfile.ZipFile(io.BytesIO(ods.render(worn))).read("content.xml").decode()
    sheet = content.split('table:name="Grille"')[1].split("<table:table-header-rows>")[0]
    columns = re.findall(r"<table:table-column[^>]*>", sheet)
    assert [n for n, found in enumerate(columns, 1) if "collapse" in found] == [
        3,
        5,
        6,
        8,
        10,
        12,
        16,
        20,
        21,
        22,
    ]
    assert set(header(NUE)) - set(header(worn)) == {"annotation"}
    assert 'data-champ="annotations"' not in formulaire.render(worn).decode()
    assert 'data-champ="annotations"' in formulaire.render(NUE).decode()


def test_proofs_may_be_hidden_everywhere(tmp_path: Path) -> None:
    """Columns that a body hides are in no format."""
    worn = habillee(tmp_path, L10.replace("[12]", "[Exemples de preuves, Échantillon, Évalué par]"))
    proof = NUE.lignes[0].preuves[0].texte[:30]
    for name in ("html", "md", "formulaire", "csv"):
        assert text(proof.encode()) in text(TOUS[name](NUE))
        assert text(proof.encode()) not in text(TOUS[name](worn)), name
    assert set(header(NUE)) - set(header(worn)) == {"preuves", "échantillon", "évalué par"}
    form = formulaire.render(worn).decode()
    assert [c for c in ("echantillons", "evalue_par", "evalue_le") if f'data-champ="{c}"' in form] == [
        "evalue_le"
    ]


@pytest.mark.parametrize("nature", ["png", "svg"])
def test_pages_hold_the_logo_with_its_words(tmp_path: Path, nature: str) -> None:
    """Pages carry the logo inside, with its words and its width."""
    (tmp_path / "logo.svg").write_bytes(svg())
    wanted = svg() if nature == "svg" else png(400, 100)
    text_ = L10.replace(
        "logo: logo.png", f'logo: {{fichier: logo.{nature}, texte: "Un <rond>", largeur: 50}}'
    )
    for render in (html, formulaire.render):
        (img,) = re.findall(r"<img [^>]*>", render(habillee(tmp_path, text_)).decode())
        mime = "image/svg+xml" if nature == "svg" else "image/png"
        found = re.search(r'src="data:([^;]+);base64,([^"]+)"', img)
        assert found
        assert (found[1], b64decode(found[2])) == (mime, wanted)
        assert 'alt="Un &lt;rond&gt;"' in img
        assert 'width="189"' in img
        assert "<img" not in render(NUE).decode()


def test_the_form_still_fetches_nothing(tmp_path: Path) -> None:
    """A picture in the page is admitted where there is a logo only; nothing else is."""
    policies = [
        re.search(r'Content-Security-Policy" content="([^"]+)"', formulaire.render(value).decode())
        for value in (habillee(tmp_path), habillee(tmp_path, L10.replace("logo: logo.png\n", "")), NUE)
    ]
    assert ["img-src data:;" in found[1] for found in policies if found] == [True, False, False]
    assert all(found and found[1].startswith("default-src 'none'; ") for found in policies)


def test_workbooks_hold_the_logo(tmp_path: Path) -> None:
    """A picture of pixels, with its words; an SVG alone is left out of a workbook rather than broken."""
    worn = habillee(tmp_path)
    for render in (xlsx.render, ods.render):
        archive = zipfile.ZipFile(io.BytesIO(render(worn)))
        (picture,) = [n for n in archive.namelist() if n.endswith(".png")]
        assert archive.read(picture) == png(400, 100)
    sheet = load_workbook(io.BytesIO(xlsx.render(worn)))["Contexte"]
    assert sheet.cell(notified_row(worn), 1).value == "Écarts notifiés le (à remplir)"
    drawing = zipfile.ZipFile(io.BytesIO(xlsx.render(worn))).read("xl/drawings/drawing1.xml").decode()
    assert 'descr="Certif’Exemple"' in drawing
    assert "<xdr:from><xdr:col>0</xdr:col>" in drawing
    (extent,) = re.findall(r'<a:ext cx="(\d+)" cy="(\d+)"', drawing)
    assert [round(int(n) / 36_000) for n in extent] == [40, 10]  # millimetres
    content = zipfile.ZipFile(io.BytesIO(ods.render(worn))).read("content.xml").decode()
    assert 'svg:width="40mm" svg:height="10mm"' in content
    assert "<svg:title>Certif’Exemple</svg:title>" in content
    (tmp_path / "logo.svg").write_bytes(svg())
    alone = habillee(tmp_path, L10.replace("logo.png", "logo.svg"))
    for render in (xlsx.render, ods.render):
        names = zipfile.ZipFile(io.BytesIO(render(alone))).namelist()
        assert [n for n in names if "logo" in n or "media" in n] == []


@pytest.mark.parametrize("name", TOUS)
def test_two_runs_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    """The same dress gives the same bytes in every format."""
    assert TOUS[name](habillee(tmp_path)) == TOUS[name](habillee(tmp_path))


def test_what_a_report_needs_is_plain_values(tmp_path: Path) -> None:
    """A report gets the logo and the closing words as plain values."""
    worn = habillee(tmp_path).habillage
    assert emetteur.logo(worn) == Image(contenu=png(400, 100), texte="Certif’Exemple", largeur=40)
    assert emetteur.logo(None) is None
    assert emetteur.closing(worn, "rapport") == ("Certif’Exemple\u00a0: Contester\u00a0: par écrit.",)
    assert emetteur.closing(worn, "fiche") == ()
    assert emetteur.paragraphs("Un\nmot !\n\n\nDeux") == ("Un mot\u202f!", "Deux")


# ---- hostile texts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILES)
@pytest.mark.parametrize("name", TOUS)
def test_texts_of_a_body_are_texts(name: str, hostile: str) -> None:
    """A title, a sentence, a name that attack a format are printed as texts."""
    worn = dress(
        checklist(),
        Habillage(
            emetteur=hostile,
            colonnes=(ColonneAjoutee(cle="a", titre=hostile),),
            sections=(SectionAjoutee(titre=hostile, texte=hostile, lignes=0, place="fin"),),
            phrases={"grille": hostile},
            annotations=dict.fromkeys(checklist().referentiel.annotations, hostile),
        ),
    )
    document = TOUS[name](worn)
    if name in ("html", "formulaire"):
        page = re.sub(r"<script.*?</script>|<style>.*?</style>", "", document.decode(), flags=re.DOTALL)
        assert not re.search(r"<script|<b>|javascript:[^<]*\">", page)
    elif name == "xlsx":
        book = load_workbook(io.BytesIO(document))
        cells = [c for c in book["Grille"][1] if c.column > 22]
        assert [c.data_type for c in cells] == ["s"]
    elif name == "csv":
        cells = [cell for cell in header(worn) if "alert" in cell or cell.strip("'")[:1] in ("=", "\uff1d")]
        assert not any(re.match(r"[=+@\uff1d]", cell) for cell in cells)
    elif name == "ods":
        with ZipFile(io.BytesIO(document)) as archive:
            assert b"\x1b]" not in archive.read("content.xml")
    else:
        assert b"\x1b]" not in document


# ---- what comes back ----------------------------------------------------------------------------------


def read(*paths: Path) -> dict[str, Releve]:
    return {r.ligne: r for r in read_grids(atelier(), paths).dossier.releves}


@pytest.mark.parametrize("suffix", [*FORMATS, "formulaire"])
def test_what_is_typed_in_added_columns_comes_back(suffix: str, tmp_path: Path) -> None:
    """From every format, without the file of the body; kept in the findings file, which is read again."""
    worn = habillee(tmp_path)
    path = (
        exported_form(worn, SAISIE, tmp_path)
        if suffix == "formulaire"
        else filled(worn, suffix, SAISIE, tmp_path)
    )
    (tmp_path / "corps.yaml").unlink()
    (tmp_path / "logo.png").unlink()
    lecture = read_grids(atelier(), [path])
    found = {r.ligne: r for r in lecture.dossier.releves}
    assert found["qualiopi/1"].complements == {"reference_interne": "=REF  1", "lieu": "à Auch"}
    assert found["qualiopi/1"].constat == "conforme"
    assert found["qualiopi/2"].complements == {"lieu": "<b>à distance</b>"}
    assert all(not r.complements for i, r in found.items() if i not in SAISIE)
    assert worn.habillage is not None
    assert lecture.checklist.habillage == replace(worn.habillage, logo=None, sections=(), phrases={})
    written_ = tmp_path / "constats.json"
    written_.write_bytes(write_dossier(lecture.dossier))
    assert check(json.loads(written_.read_bytes()), "constats") == []
    again, dossier = open_dossier(atelier(), read_dossier(written_))
    assert again.habillage == lecture.checklist.habillage
    strip = lambda releves: [replace(r, lieu=None) for r in releves]  # noqa: E731
    assert strip(dossier.releves) == strip(lecture.dossier.releves)


def test_a_line_with_nothing_but_a_complement_is_kept(tmp_path: Path) -> None:
    """Even where nothing was due: what was typed is never dropped."""
    hors = next(ligne for ligne in NUE.lignes if ligne.etat == "non_applicable").indicateur.id
    path = filled(habillee(tmp_path), "xlsx", {hors: {"Référence interne": "R9"}}, tmp_path)
    assert read(path)[hors].complements == {"reference_interne": "R9"}


@pytest.mark.lent
@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_renamed_annotations_are_read_by_their_names(suffix: str, tmp_path: Path) -> None:
    """An annotation that a body renamed is read by its new name, there only."""
    shown = habillee(tmp_path, L10.replace("  masquees: [12]\n", ""))
    saisie = {"qualiopi/1": {"Annotation": "opportunité d’amélioration ; Point fort"}}
    path = filled(shown, suffix, saisie, tmp_path)
    assert read(path)["qualiopi/1"].annotations == ("piste_amelioration", "point_fort")
    plain = filled(NUE, suffix, saisie, tmp_path, "sans")
    with pytest.raises(DataError) as caught:
        read(plain)
    assert {i.code for i in caught.value.issues} == {"annotation-inconnue"}


def test_a_grid_that_does_not_carry_its_columns_asks_for_the_file(tmp_path: Path) -> None:
    """A column added by hand is named, with what would read it; the file given, it is read."""
    book = load_workbook(io.BytesIO(xlsx.render(NUE)), rich_text=True)
    for name in ("Référence interne", "Vu, où ?"):
        book["Grille"].cell(1, column(name)).value = name
    book["Grille"].cell(2, column("Référence interne")).value = "R1"
    path = tmp_path / "main.xlsx"
    book.save(path)
    (said,) = read_grids(atelier(), [path]).avertissements
    assert said.code == "colonne_ajoutee"
    assert "« Référence interne »" in said.message
    assert "--habillage" in said.message
    lecture = read_grids(atelier(), [path], habillage=dit(tmp_path))
    assert lecture.dossier.releves[0].complements == {"reference_interne": "R1"}


def test_another_dress_than_the_carried_one_is_refused(tmp_path: Path) -> None:
    """A grid is not read with another dress than its own."""
    path = filled(habillee(tmp_path), "xlsx", SAISIE, tmp_path)
    assert read_grids(atelier(), [path], habillage=dit(tmp_path)).dossier.releves
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [path], habillage=dit(tmp_path, L10.replace("Exemple", "Autre")))
    assert [i.code for i in caught.value.issues] == ["habillage-different"]


def test_a_missing_added_column_is_said(tmp_path: Path) -> None:
    """A hidden column may be absent from a CSV; one that was added may not."""
    worn = habillee(tmp_path)
    rows = list(csv.reader(io.StringIO(csv_.render(worn).decode("utf-8-sig")), delimiter=";"))
    place = rows[0].index("Référence interne")
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([r[:place] + r[place + 1 :] for r in rows])
    path = tmp_path / "g.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    with pytest.raises(DataError) as caught:
        read(path)
    assert [(i.code, "Référence interne" in i.message) for i in caught.value.issues] == [
        ("colonne-absente", True)
    ]


def test_an_added_column_may_have_the_name_of_one_of_the_csv(tmp_path: Path) -> None:
    """Two columns of one title stay apart in the CSV."""
    worn = dress(
        NUE, Habillage(emetteur="E", colonnes=(ColonneAjoutee(cle="reference_interne", titre="faits"),))
    )
    names = header(worn)
    assert names.count("faits") == 1
    path = tmp_path / "g.csv"
    path.write_bytes(csv_.render(worn))
    assert "faits (reference_interne)" in names
    assert read(path)


def test_grids_with_and_without_the_dress_are_joined(tmp_path: Path) -> None:
    """Two auditors, one dress: what each typed is there. Two dresses are two documents."""
    one = filled(NUE, "ods", {"qualiopi/4": {"Constat": "Conforme"}}, tmp_path, "a")
    two = filled(habillee(tmp_path), "xlsx", SAISIE, tmp_path, "b")
    lecture = read_grids(atelier(), [one, two])
    found = {r.ligne: r for r in lecture.dossier.releves}
    assert (found["qualiopi/4"].constat, found["qualiopi/1"].complements["lieu"]) == ("conforme", "à Auch")
    assert lecture.checklist.habillage is not None
    other = filled(habillee(tmp_path, L10.replace("Exemple", "Autre")), "xlsx", {}, tmp_path, "c")
    with pytest.raises(DataError) as caught:
        read(two, other)
    assert {i.code for i in caught.value.issues} == {"dossiers-differents"}


def test_a_spoilt_dress_in_a_grid_is_one_error(tmp_path: Path) -> None:
    """The request of a grid may have been edited: what it says of the dress is checked as the file is."""
    data = json.loads(
        write_dossier(read_grids(atelier(), [filled(habillee(tmp_path), "xlsx", SAISIE, tmp_path)]).dossier)
    )
    for habillage, code in (
        ({"emetteur": "E", "colonnes": {"masquees": ["Motif"]}}, "colonne-obligatoire"),
        ({"emetteur": "E", "annotations": {"nc_majeure": "Petit écart"}}, "mot-reglementaire"),
        ({"colonnes": {}}, "cle-manquante"),
    ):
        path = tmp_path / "constats.json"
        path.write_text(json.dumps({**data, "habillage": habillage}), encoding="utf-8")
        with pytest.raises(DataError) as caught:
            read_grids(atelier(), [path])
        assert [i.code for i in caught.value.issues] == [code]
        assert "constats.json" in str(caught.value.issues[0].location)


def test_the_whole_way_on_the_command_line(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """checklist --habillage, filled, lire, conclure: the dress is given once."""
    call = Console(capfdbinary, monkeypatch)
    (tmp_path / "audit.yaml").write_text(json.dumps(AF), encoding="utf-8")
    out = tmp_path / "grille.xlsx"
    reponse = call(
        "checklist", "--profil", tmp_path / "audit.yaml", "--habillage", habillage_file(tmp_path), "-o", out
    )
    assert reponse.status == 0, reponse.err
    assert call("lire", out, "-o", tmp_path / "constats.json").status == 0
    said = json.loads((tmp_path / "constats.json").read_bytes())
    assert said["habillage"]["emetteur"] == "Certif’Exemple"
    assert call("valider", tmp_path / "constats.json").status == 0
    assert call("conclure", tmp_path / "constats.json").status == 0
    assert call("lire", out, "--habillage", tmp_path / "corps.yaml").status == 0
