"""What a body may change of its documents, and what it may not (story L10)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from console import AUDIT, Console
from habillages import NUE, dit, habillage_file, habillee
from hypothesis import given
from hypothesis import strategies as st
from images import jpeg, png, svg
from msgspec.structs import replace

from certif_rules.audit.checklist import dress, dressed
from certif_rules.echanges import checklist as json_
from certif_rules.errors import DataError
from certif_rules.grilles import feuilles
from certif_rules.habillage import regles
from certif_rules.habillage.fichier import check_habillage
from certif_rules.habillage.modele import ColonneAjoutee, Habillage, SectionAjoutee
from certif_rules.habillage.regles import HabillageDit, as_data, build
from certif_rules.source.schema import check
from certif_rules.source.yaml import read

ROOT = Path(__file__).resolve().parent.parent
TETE = "format: 1\nemetteur: Certif’Exemple\n"


def problems(folder: Path, text: str) -> list[tuple[str, int, int]]:
    """(code, line, column) of everything that the file, or the checklist it dresses, is refused for."""
    with pytest.raises(DataError) as caught:
        habillee(folder, text)
    assert all(i.location and i.location.file.endswith("corps.yaml") for i in caught.value.issues)
    return [(i.code, i.location.line, i.location.column) for i in caught.value.issues if i.location]


# ---- what it says -------------------------------------------------------------------------------------


def test_the_file_is_read_as_plain_values(tmp_path: Path) -> None:
    """Story L10: the name, the renamed annotation, column 12 hidden, « Référence interne » added."""
    found = habillee(tmp_path).habillage
    assert found is not None
    logo = found.logo
    assert logo is not None
    assert (logo.nature, logo.texte, logo.largeur, logo.hauteur) == ("png", "Certif’Exemple", 40, 10)
    assert replace(found, logo=None) == Habillage(
        emetteur="Certif’Exemple",
        annotations={"piste_amelioration": "Opportunité d’amélioration"},
        masquees=("Annotation",),
        colonnes=(
            ColonneAjoutee(cle="reference_interne", titre="Référence interne"),
            ColonneAjoutee(cle="lieu", titre="Vu, où ?", largeur=30),
        ),
        sections=(
            SectionAjoutee(titre="Confidentialité", texte="À personne d’autre.", lignes=0, place="fin"),
            SectionAjoutee(titre="Observations de l’organisme", texte=None, lignes=6, place="apres_constats"),
        ),
        phrases={"grille": "Merci de votre accueil !", "rapport": "Contester : par écrit."},
    )


def test_only_the_names_of_annotations_change(tmp_path: Path) -> None:
    """Lines, states, reasons, findings and digest are those of the checklist without a dress."""
    plain, worn = NUE, habillee(tmp_path)
    titles = {a.id: a.titre for a in worn.referentiel.annotations.values()}
    assert titles == {
        "point_fort": "Point fort",
        "point_sensible": "Point sensible",
        "piste_amelioration": "Opportunité d’amélioration",
    }
    restored = replace(worn.referentiel, annotations=plain.referentiel.annotations)
    assert replace(worn, referentiel=restored, habillage=None) == plain


def test_codes_in_json_do_not_change(tmp_path: Path) -> None:
    """A dress changes no code in the JSON, and travels under a key of its own."""
    plain, worn = json.loads(json_.render(NUE)), json.loads(json_.render(habillee(tmp_path)))
    carried = worn.pop("habillage")
    assert worn == plain
    assert check({**worn, "habillage": carried}, "checklist") == []
    assert carried["annotations"] == {"piste_amelioration": "Opportunité d’amélioration"}
    assert "logo" not in carried


def test_what_is_carried_is_names_and_columns(tmp_path: Path) -> None:
    """Read again from a grid, they are the same, and their schema accepts them."""
    found = habillee(tmp_path).habillage
    assert found is not None
    data = json.loads(json.dumps(as_data(found)))
    assert check(data, "habillage") == []
    assert build(HabillageDit(data)) == replace(found, logo=None, sections=(), phrases={})


MOTS = st.text("abcdé ’=<", min_size=1, max_size=12).filter(lambda text: text.strip())


@given(
    st.dictionaries(st.sampled_from(sorted(NUE.referentiel.annotations)), MOTS),
    st.lists(st.sampled_from([c for c, why in regles.COLONNES.items() if why is None]), unique=True),
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
)
def test_dressing_again_changes_nothing(annotations, masquees, cles) -> None:
    """A dress is worn once: on a dressed checklist it gives the same; as data, it is read the same."""
    worn = Habillage(
        emetteur="E",
        annotations=annotations,
        masquees=tuple(c for c in regles.COLONNES if c in masquees),
        colonnes=tuple(ColonneAjoutee(cle=cle, titre=f"Titre {cle}") for cle in cles),
    )
    once = dress(NUE, worn)
    assert dress(once, worn) == once
    assert build(HabillageDit(as_data(worn))) == worn


def test_the_columns_are_those_of_the_grid() -> None:
    """The table of what may be hidden has every column of the sheet, in its order: numbers count them."""
    assert list(regles.COLONNES) == list(feuilles.COLONNES)


@pytest.mark.parametrize("said", ["12", "Annotation", "annotation", '"12"'])
def test_a_column_is_hidden_by_name_or_number(tmp_path: Path, said: str) -> None:
    """A body hides a column by its name or number; unknown ones are refused."""
    text = TETE + f"colonnes: {{masquees: [{said}]}}\n"
    if said == '"12"':
        assert problems(tmp_path, text) == [("colonne-inconnue", 3, 23)]
    else:
        found = habillee(tmp_path, text).habillage
        assert found is not None
        assert found.masquees == ("Annotation",)


# ---- what it may not say ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("constats: {conforme: Bien}", ("mot-reglementaire", 3, 1)),
        ("etats: {a_auditer: à voir}", ("mot-reglementaire", 3, 1)),
        ("types_audit: {initial: Premier}", ("mot-reglementaire", 3, 1)),
        ("titres: {a: b}", ("mot-reglementaire", 3, 1)),
        ("jugement: {decisions: []}", ("mot-reglementaire", 3, 1)),
        ("motifs: []", ("mot-reglementaire", 3, 1)),
        ("colonnes: {renommees: {Constat: Avis}}", ("mot-reglementaire", 3, 12)),
        ("annotations: {nc_mineure: Écart}", ("mot-reglementaire", 3, 15)),
        ("annotations: {initial: Premier}", ("mot-reglementaire", 3, 15)),
        ("annotations: {point_fort: Non-conformité mineure}", ("mot-reglementaire", 3, 27)),
        ("annotations: {point_fort: NON  CONFORMITE MINEURE}", ("mot-reglementaire", 3, 27)),
        ("annotations: {point_fort: Non-conformité évitée}", None),
        ("annotations: {point_fort: non-conformite MAJEURE}", ("mot-reglementaire", 3, 27)),
        ("annotations: {point_fort: À confirmer}", ("mot-reglementaire", 3, 27)),
        ("annotations: {point_fort: À évaluer}", ("mot-reglementaire", 3, 27)),
        ("annotations: {point_fort: À suivre}", None),
        ("annotations: {point_fort: Point sensible}", ("mot-reglementaire", 3, 27)),
        ("annotations: {point_fort: Point sensible, point_sensible: Point fort}", None),
        ("annotations: {point_fort: Atout, point_sensible: atout}", ("mot-reglementaire", 3, 50)),
        ("annotations: {point_for: Atout}", ("annotation-inconnue", 3, 15)),
        ("annotations: {point_fort: Atout}", None),
        ('annotations: {point_fort: "Atout ; réussite"}', ("forme-inattendue", 3, 27)),
        ("mentions: {reformulation: false}", ("mention-obligatoire", 3, 1)),
        ("avertissements: []", ("mention-obligatoire", 3, 1)),
        ("lacunes: []", ("mention-obligatoire", 3, 1)),
        ("sources: {}", ("mention-obligatoire", 3, 1)),
        ('phrases_de_fin: {echantillonnage: ""}', ("mention-obligatoire", 3, 18)),
        ('phrases_de_fin: {grille: ""}', ("forme-inattendue", 3, 26)),
        ("phrases_de_fin: {grille: À bientôt.}", None),
        ("colonnes: {masquees: [Motif]}", ("colonne-obligatoire", 3, 23)),
        ("colonnes: {masquees: [11]}", ("colonne-obligatoire", 3, 23)),
        ("colonnes: {masquees: [Applicabilité]}", ("colonne-obligatoire", 3, 23)),
        # The report asks for the evidence of each finding.
        ("colonnes: {masquees: [Preuves vues]}", ("colonne-obligatoire", 3, 23)),
        ("colonnes: {masquees: [Mot if]}", ("colonne-inconnue", 3, 23)),
        ("colonnes: {masquees: [23]}", ("colonne-inconnue", 3, 23)),
        ("colonnes: {masquees: [Annotation, 12]}", ("valeur-en-double", 3, 35)),
        ("colonnes: {ajoutees: [{cle: a, titre: constat}]}", ("colonne-en-double", 3, 39)),
        ("colonnes: {ajoutees: [{cle: a, titre: A}, {cle: a, titre: B}]}", ("colonne-en-double", 3, 49)),
        ("colonnes: {ajoutees: [{cle: a, titre: A}, {cle: b, titre: Á}]}", ("colonne-en-double", 3, 59)),
        ("colonnes: {ajoutees: [{cle: a, titre: A}, {cle: b, titre: B}]}", None),
        ("colonnes: {ajoutees: [{cle: a, titre: A, largeur: 90}]}", ("nombre-trop-grand", 3, 51)),
        ("sections: [{titre: Vide}]", ("cle-manquante", 3, 12)),
        ("sections: [{titre: Pleine, lignes: 2}]", None),
        ("sections: [{titre: Pleine, lignes: 2, place: milieu}]", ("valeur-inattendue", 3, 46)),
        (f"sections: [{{titre: Longue, texte: {'a' * 3001}}}]", ("texte-trop-long", 3, 35)),
        (f"sections: [{', '.join(['{titre: T, lignes: 1}'] * 21)}]", ("liste-trop-longue", 3, 11)),
        ("couleur: verte", ("cle-inconnue", 3, 1)),
    ],
)  # fmt: skip
def test_each_refusal_has_its_place_and_its_counterpart(
    tmp_path: Path, lines: str, expected: tuple[str, int, int] | None
) -> None:
    """Each rule on dresses refuses the wrong and takes the right beside it."""
    if expected is None:
        assert habillee(tmp_path, f"{TETE}{lines}\n").habillage is not None
    else:
        assert problems(tmp_path, f"{TETE}{lines}\n") == [expected]


def test_everything_is_said_at_once_and_why(tmp_path: Path) -> None:
    """An attempt is told why, once: never « unknown key »."""
    text = TETE + "constats: {}\nlogo: absent.png\nmentions: {}\ncolonnes: {masquees: [Motif]}\n"
    with pytest.raises(DataError) as caught:
        dit(tmp_path, text)
    said = {(i.code, i.location.line if i.location else 0) for i in caught.value.issues}
    assert said == {
        ("mot-reglementaire", 3),
        ("fichier-illisible", 4),
        ("mention-obligatoire", 5),
        ("colonne-obligatoire", 6),
    }
    why = next(i for i in caught.value.issues if i.code == "mot-reglementaire")
    assert "les mots réglementaires" in (why.hint or "")
    motif = next(i for i in caught.value.issues if i.code == "colonne-obligatoire")
    assert "pourquoi la ligne est dans son état" in motif.message


@pytest.mark.parametrize(
    ("logo", "content", "code"),
    [
        ("logo.jpg", jpeg(), None),
        ("logo.txt", png(), None),
        ("../a/logo.png", png(), None),
        ("absent.png", None, "fichier-illisible"),
        ("dossier", None, "fichier-illisible"),
        ("https://exemple.invalid/logo.png", None, "fichier-illisible"),
        ("logo.jpg", b"GIF89a", "image-inconnue"),
        ("logo.svg", svg("<script/>"), "image-active"),
        ("logo.jpg", png()[:30], "fichier-tronque"),
        ("logo.jpg", b"\0" * 600_000, "fichier-trop-grand"),
    ],
)
def test_the_logo_is_read_safely(tmp_path: Path, logo: str, content: bytes | None, code: str | None) -> None:
    """A path is taken from the folder of the file; what is missing or unsafe is one message, at its place."""
    folder = tmp_path / "a"
    (folder / "dossier").mkdir(parents=True)
    if content is not None:
        (folder / logo).write_bytes(content)
    text = f'{TETE}logo: {{fichier: "{logo}", texte: Le cercle bleu}}\n'
    if code is None:
        found = habillee(folder, text).habillage
        assert found is not None
        assert found.logo is not None
        assert found.logo.texte == "Le cercle bleu"
    else:
        assert problems(folder, text) == [(code, 3, 17)]


def test_a_second_logo_stands_where_no_svg_can(tmp_path: Path) -> None:
    """A bitmap replaces a drawn logo in the formats that cannot show it."""
    (tmp_path / "logo.svg").write_bytes(svg())
    text = TETE + "logo: {fichier: logo.svg, secours: logo.png}\n"
    found = habillee(tmp_path, text).habillage
    assert found is not None
    assert found.logo is not None
    assert found.image is not None
    assert (found.logo.nature, found.image.nature) == ("svg", "png")
    alone = habillee(tmp_path, TETE + "logo: logo.svg\n").habillage
    assert alone is not None
    assert alone.image is None
    assert problems(tmp_path, text.replace("logo.png", "logo.svg")) == [("image-inconnue", 3, 36)]


# ---- the command line ---------------------------------------------------------------------------------


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(capfdbinary, monkeypatch)


def test_the_example_of_the_docs_is_one(call: Console) -> None:
    """The dress printed in the documentation is valid and can be worn."""
    exemple = ROOT / "docs" / "exemples" / "habillage.yaml"
    assert call("valider", exemple).status == 0
    reponse = call("checklist", *AUDIT, "--habillage", exemple, "--format", "json")
    assert reponse.status == 0, reponse.err
    assert reponse.json["habillage"]["emetteur"] == "Certif’Exemple"


def test_a_profile_may_name_it_and_the_option_wins(call: Console, tmp_path: Path) -> None:
    """The path of the profile is taken from its folder."""
    (tmp_path / "corps").mkdir()
    habillage_file(tmp_path / "corps")
    other = habillage_file(tmp_path, TETE.replace("Certif’Exemple", "Autre"), "autre.yaml")
    profil = tmp_path / "audit.yaml"
    body = "{type: initial, date: 2024-03-18}\norganisme: {categories: [AF]}\n"
    profil.write_text(
        f"format: 1\nreferentiel: qualiopi\naudit: {body}habillage: corps/corps.yaml\n", encoding="utf-8"
    )
    named = call("checklist", "--profil", profil, "--format", "json")
    assert named.json["habillage"]["emetteur"] == "Certif’Exemple"
    won = call("checklist", "--profil", profil, "--habillage", other, "--format", "json")
    assert won.json["habillage"] == {"format": 1, "emetteur": "Autre"}
    profil.write_text(profil.read_text(encoding="utf-8").replace("corps/", "absent/"), encoding="utf-8")
    missing = call("checklist", "--profil", profil)
    assert (missing.status, missing.codes) == (1, ["fichier-illisible"])
    assert f"{profil}:5:12: " in missing.err


def test_a_wrong_file_writes_nothing(call: Console, tmp_path: Path) -> None:
    """A wrong dress is refused before any document is written."""
    path = habillage_file(tmp_path, TETE + "constats: {}\nannotations: {point: A}\n")
    out = tmp_path / "grille.html"
    reponse = call("checklist", *AUDIT, "--habillage", path, "-o", out)
    assert (reponse.status, reponse.codes) == (1, ["mot-reglementaire"])
    assert not out.exists()
    assert call("checklist", *AUDIT, "--habillage", tmp_path / "absent.yaml").codes == ["fichier-illisible"]
    assert b"corps.yaml:3:1: mot-reglementaire: " in call("valider", path).out


def test_nothing_is_dressed_without_a_file() -> None:
    """A checklist without a dress has no trace of one."""
    assert dressed(NUE, None) == NUE
    assert "habillage" not in json.loads(json_.render(NUE))


def test_every_key_is_in_its_page() -> None:
    """The page of the body's file has each key of its schema, and each column that may be hidden."""
    schema = json.loads((ROOT / "schemas" / "habillage.schema.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "habillage.md").read_text(encoding="utf-8")
    names = set()
    todo = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            names |= set(node.get("properties", {}))
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    assert {name for name in names if f"{name}" not in page} == set()
    assert [c for c, why in regles.COLONNES.items() if why is None and f"« {c} »" not in page] == []
    masquables = re.findall(r"« ([^»]+) » \((\d+)\)", page)
    assert [c for c, n in masquables if list(regles.COLONNES).index(c) + 1 != int(n)] == []
    (printed,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert check_habillage(read(printed, "page", strict=False), ROOT / "docs" / "exemples")[0] == []
