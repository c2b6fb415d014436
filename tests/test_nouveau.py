"""A plugin begun by the program: valid at once, its cases green, its gaps declared, and nothing invented."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from console import Console
from greffons import DONNEES, declared, failures, registry

import certif_rules as cr
from certif_rules.audit.demande import from_profile
from certif_rules.errors import IssuesError
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.plugins.registry import Registry
from certif_rules.services.atelier import Atelier, open_atelier
from certif_rules.services.checklist import make_checklist
from certif_rules.services.nouveau import Projet, begin
from certif_rules.services.validation import validate
from certif_rules.source.conforme import schema_path
from certif_rules.source.donnees import read_given
from certif_rules.source.ecriture import write_folder
from certif_rules.testing.conformite import Conformite

#: What is asked, and how many lines of its own the new plugin has: those of the edition before, else one.
PROJETS = {
    "edition": (Projet(modele="edition", nom="qualiopi", edition="2028", du="2028-01-01"), 33),
    "edition d’un label": (Projet(modele="edition", nom="certifregion", edition="V6", du="2027-01-01"), 12),
    "suite": (Projet(modele="suite", nom="qualiopi", edition="2028", du="2028-01-01"), 33),
    "suite d’un label": (Projet(modele="suite", nom="certifregion", edition="V6", du="2027-01-01"), 12),
    "label": (Projet(modele="label", nom="mon-label", edition="1", du="2027-01-01", base="qualiopi@2026"), 1),
    "referentiel": (Projet(modele="referentiel", nom="jardins", edition="A", du="2027-01-01"), 1),
    "notation": (
        Projet(
            modele="notation",
            nom="etoiles",
            edition="A",
            du="2027-01-01",
            titre='Étoiles « d’or » : "5" \\ 2',
        ),
        1,
    ),
}


@pytest.fixture(scope="module")
def atelier() -> Atelier:
    return open_atelier()


@pytest.fixture(params=PROJETS)
def greffon(request: pytest.FixtureRequest, atelier: Atelier, tmp_path: Path) -> tuple[Projet, int, Path]:
    """Each plugin, written in a folder."""
    projet, lines = PROJETS[request.param]
    squelette = begin(atelier, projet)
    folder = tmp_path / squelette.distribution
    write_folder(folder, squelette.fichiers)
    return projet, lines, folder


def donnees(folder: Path) -> Path:
    (found,) = folder.glob("*/donnees")
    return found


def with_it(folder: Path) -> Registry:
    """The plugins of this repository and the new one."""
    return Registry(
        [
            *((nom, Donnees(dossier=d)) for nom, d in DONNEES.items()),
            ("neuf", Donnees(dossier=donnees(folder))),
        ]
    )


def test_nothing_is_wrong_with_it(greffon: tuple[Projet, int, Path], atelier: Atelier) -> None:
    """``valider`` says that its layers are drafts, and nothing else, its cases included."""
    projet, _, folder = greffon
    validation = validate([folder], atelier.plugins.donnees, here=folder)
    assert validation.problemes == ()
    waiting = (
        {"mesure-inutile"} if projet.modele == "notation" else set()
    )  # no decision has its threshold yet
    assert {a.code for a in validation.remarques} == {"brouillon-a-finir"} | waiting


def test_its_own_tests_pass(greffon: tuple[Projet, int, Path]) -> None:
    """The class that it carries names its entry point, and holds on what it carries, its cases run."""
    _, _, folder = greffon
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (point,) = project["entry-points"]["certif_rules"]
    tests = (folder / "tests" / "test_conformite.py").read_text(encoding="utf-8")
    assert f'(Conformite):\n    greffon = "{point}"\n' in tests

    class Neuf(Conformite):
        greffon = "neuf"
        cas = str(folder / "tests" / "cas")
        plugins = staticmethod(lambda: declared(**DONNEES, neuf=donnees(folder)))

    assert failures(Neuf) == {}


def test_nothing_is_said_that_was_not_read(greffon: tuple[Projet, int, Path]) -> None:
    """Every line of its own has no text and a gap that says so; none is due, and the gap is printed."""
    projet, number, folder = greffon
    known = with_it(folder)
    assert projet.du is not None
    referentiel = known.resolve(projet.nom, day=projet.du, edition=projet.edition).referentiel
    own = [line for line in referentiel.indicateurs.values() if line.origine == projet.nom]
    assert len(own) == number
    if projet.modele == "suite":
        assert {line.evolution.nature for line in own if line.evolution} == {"aucune"}
        assert "À VÉRIFIER" in " ".join(lacune.cherche for lacune in referentiel.lacunes)
        return
    assert {(line.titre, line.exigence) for line in own} == {(None, None)}
    assert all("À ÉCRIRE" in lacune.cherche for line in own for lacune in line.lacunes)
    assert all({"titre", "exigence", "portee"} <= set(line.lacunes[0].champs) for line in own)
    code = next(t.code for t in referentiel.types_audit.values() if t.origine == projet.nom)
    profile = {
        "format": 1,
        "referentiel": projet.nom,
        "edition": projet.edition,
        "audit": {"type": code, "date": projet.du},
        "organisme": {"categories": [next(iter(referentiel.categories))]},
    }
    checklist = make_checklist(known, from_profile(profile))
    states = {line.etat for line in checklist.lignes if line.indicateur.origine == projet.nom}
    assert states == {"a_confirmer"}
    assert len([g for g in checklist.lacunes if "À ÉCRIRE" in g.cherche]) >= number


def test_it_is_a_whole_distribution(greffon: tuple[Projet, int, Path]) -> None:
    """Its metadata are read, its entry point is its package, no word of the template is left."""
    projet, _, folder = greffon
    metadata = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    project = metadata["project"]
    assert project["name"] == folder.name == f"certif-rules-{folder.name.removeprefix('certif-rules-')}"
    assert project["dependencies"][0] == "certif-rules>=0.1,<0.2"
    assert cr.__version__.startswith("0.1.")
    ((_, package),) = project["entry-points"]["certif_rules"].items()
    ast.parse((folder / package / "__init__.py").read_text(encoding="utf-8"))
    ast.parse((folder / "tests" / "test_conformite.py").read_text(encoding="utf-8"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    words = re.compile(
        r"[A-Z-]*MODELE|nom_modele|base_modele|greffon-modele|paquet_modele|Titre modele|>>>|<<<"
    )
    assert [name for name, text in texts.items() if name not in schemas(folder) and words.search(text)] == []
    assert (projet.titre or "titre à écrire") in project["description"]


def schemas(folder: Path) -> set[str]:
    return {path.name for path in (folder / "schemas").iterdir()}


def test_an_editor_finds_the_schema_of_each_file(greffon: tuple[Projet, int, Path]) -> None:
    """The first line of each YAML file names a file of ours, that is there with all that it refers to."""
    _, _, folder = greffon
    files = [*folder.rglob("*.yaml")]
    assert files
    for path in files:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert named.read_bytes() == schema_path(named.name.split(".")[0]).read_bytes()
    for name in schemas(folder):
        text = (folder / "schemas" / name).read_text(encoding="utf-8")
        assert set(re.findall(r'"([a-z]+\.schema\.json)#', text)) <= schemas(folder)
    # An author adds files: a guide, what is around an audit, cases of every kind.
    cases = {path.name for path in schema_path("cas").parent.glob("cas*")}
    later = cases | {"guide.schema.json", "vie.schema.json"}
    assert later <= schemas(folder)
    assert len(later) == 8


def test_an_edition_keeps_what_was_before_as_comments(atelier: Atelier) -> None:
    """The wording of 2026 stands beside each line, never as that of 2028; facts are kept as they were."""
    files = begin(atelier, PROJETS["edition"][0]).fichiers
    (text,) = [c.decode() for name, c in files.items() if name.endswith("exigences.yaml")]
    assert "#   titre : Engagement et prévention des ruptures" in text
    assert not re.search(r"^ *titre: [^n]", text, re.MULTILINE)
    known = registry().resolve("qualiopi", day="2026-11-01").referentiel
    (faits,) = [json_free(c) for name, c in files.items() if name.endswith("faits.yaml")]
    assert [fait["id"] for fait in faits["faits"]] == list(known.faits)
    assert {fait["id"]: fait["question"] for fait in faits["faits"]} == {
        f.id: f.question for f in known.faits.values()
    }
    assert 'remplace: "2026"' in next(
        c.decode() for n, c in files.items() if n.endswith("exigence/2028/couche.yaml")
    )


def test_a_change_keeps_the_gaps_of_the_layer_and_opens_after_it(atelier: Atelier) -> None:
    """Those that V5 declares of itself are there to strike out; on a day of 2026's own, before it, none."""
    files = begin(atelier, PROJETS["suite d’un label"][0]).fichiers
    (header,) = [json_free(c) for name, c in files.items() if name.endswith("couche.yaml")]
    (before,) = (c for c in atelier.registry.layers("certifregion", "exigence") if c.id == "V5")
    assert [g["cherche"] for g in header["lacunes"][2:]] == [g.cherche for g in before.lacunes]
    assert (header["depuis"], "base" in header) == ("V5", False)
    early = Projet(modele="suite", nom="qualiopi", edition="2028", du="2026-11-01")
    with pytest.raises(IssuesError, match="periode-incoherente: qualiopi@2026 vaut le 2026-11-01"):
        begin(atelier, early)


#: What a référentiel may say that the next one must know how to write again: words, a number, audits alike.
CHANGED = {
    "      - inconnu: à qui s’applique cet indicateur, encore à lire dans le référentiel\n": (
        "      - fait: moniteurs_nombreux\n"
    ),
    "criteres:\n": """mots: {fiche: fiche d’écart}
faits:
  - id: moniteurs_nombreux
    question: Combien de moniteurs ?
    nombre: {unite: moniteurs, comparaison: au_moins, seuil: 5}
    vrai: au moins cinq moniteurs
    faux: moins de cinq moniteurs
    sources: [REF]
    confiance: elevee
criteres:
""",
    "types_audit:\n": """types_audit:
  - id: suivi
    titre: Audit de suivi
    perimetre: [{toutes: false, motif: aucune ligne, sources: [REF]}]
    sinon: rien
    sources: [REF]
""",
}


def test_one_begun_on_another_that_was_begun_so(tmp_path: Path) -> None:
    """An edition, a change of it and a label, each on what this program began, without categories: all hold.

    Each names its own source otherwise than those below do, and takes over words and numbers as they are.
    """
    folders: dict[str, Path] = {}
    for place, projet in enumerate(
        [
            Projet(modele="referentiel", nom="moto", edition="1", du="2025-01-01"),
            Projet(modele="edition", nom="moto", edition="2", du="2026-01-01"),
            Projet(modele="edition", nom="moto", edition="3", du="2027-01-01"),
            Projet(modele="suite", nom="moto", edition="4", du="2028-01-01"),
            Projet(modele="label", nom="plus", edition="1", du="2028-01-01", base="moto@4"),
            Projet(modele="label", nom="encore", edition="1", du="2028-01-01", base="plus@1"),
        ]
    ):
        folder = tmp_path / f"greffon{place}"
        before = {nom: donnees(path) for nom, path in folders.items()}
        write_folder(folder, begin(open_atelier(plugins=declared(**before)), projet).fichiers)
        if not folders:
            for path in donnees(folder).rglob("*.yaml"):
                text = path.read_text(encoding="utf-8")
                for old, new in CHANGED.items():
                    text = text.replace(old, new)
                path.write_text(text, encoding="utf-8")
        folders[f"greffon{place}"] = folder
        validation = validate([folder], declared(**before).donnees, here=folder)
        assert validation.problemes == ()
        assert {a.code for a in validation.remarques} <= {"brouillon-a-finir", "type-sans-cas"}

        class Neuf(Conformite):
            greffon = folder.name
            cas = str(folder / "tests" / "cas")
            plugins = staticmethod(lambda: declared(**{nom: donnees(p) for nom, p in folders.items()}))

        assert not before or failures(Neuf) == {}  # no case tries what we added to the first
    known = registry(**{nom: donnees(path) for nom, path in folders.items()})
    last = known.resolve("encore", day="2028-01-01").referentiel
    assert (last.vocabulaire.fiche, last.faits["moniteurs_nombreux"].nombre.seuil) == ("fiche d’écart", "5")
    assert [c.id for c in last.categories.values() if not c.implicite] == []
    assert {"REF", "TEXTE", "TEXTE2", "REF2", "REF3"} <= set(last.sources)


def json_free(content: bytes) -> dict[str, list[dict[str, str]]]:
    return read_given(Path("f.yaml"), content=content)  # type: ignore[return-value]


# ---- the command ----------------------------------------------------------------------------------------


@pytest.fixture
def call(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Console:
    monkeypatch.chdir(tmp_path)
    return Console(capfdbinary, monkeypatch)


LABEL = ("nouveau", "label", "essai", "--base", "qualiopi@2019", "--edition", "1", "--du", "2026-01-01")


def test_it_is_installed_by_the_one_command_printed(call: Console, tmp_path: Path) -> None:
    """Standard output is the command, on the folder just made; that folder is not written over."""
    reponse = call(*LABEL)
    assert (reponse.status, reponse.out) == (0, b"pip install -e certif-rules-essai\n")
    assert (tmp_path / "certif-rules-essai" / "pyproject.toml").is_file()
    assert [p.name for p in tmp_path.iterdir()] == ["certif-rules-essai"]
    before = sorted(p.name for p in (tmp_path / "certif-rules-essai").rglob("*"))
    again = call(*LABEL)
    assert (again.status, again.out) == (2, b"")
    assert "« certif-rules-essai » existe déjà" in again.err
    assert before == sorted(p.name for p in (tmp_path / "certif-rules-essai").rglob("*"))
    assert call(*LABEL, "-o", "un dossier").out == b'pip install -e "un dossier"\n'


def test_its_module_declares_its_folder(
    call: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Imported as an installer would leave it, the package gives its data."""
    call(*LABEL)
    monkeypatch.syspath_prepend(tmp_path / "certif-rules-essai")
    from importlib import import_module

    module = import_module("certif_rules_essai")
    (declared,) = module.certif_rules_editions()
    assert declared.dossier == tmp_path / "certif-rules-essai" / "certif_rules_essai" / "donnees"
    del sys.modules["certif_rules_essai"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("label", "x"), "information-manquante", "--edition"),
        (
            ("label", "x", "--edition", "1", "--du", "2026-01-01", "--base", "rien@1"),
            "edition-introuvable",
            "rien@1",
        ),
        (
            ("label", "x", "--edition", "1", "--du", "2026-01-01", "--base", "qualiopi"),
            "edition-introuvable",
            "2019",
        ),
        (("referentiel", "Élan", "--edition", "1", "--du", "2026-01-01"), "nom-invalide", "Élan"),
        (("referentiel", "x", "--edition", "É", "--du", "hier"), "date-invalide", "code d’édition"),
        (
            ("referentiel", "x", "--edition", "1", "--du", "2026-01-01", "--base", "a@1"),
            "usage",
            "modèle : label",
        ),
        (
            ("notation", "qualiopi", "--edition", "1", "--du", "2026-01-01"),
            "referentiel-existant",
            "édition suivante",
        ),
        (
            ("edition", "qualiopi", "--edition", "2026", "--du", "2026-01-01"),
            "referentiel-existant",
            "2019, 2026",
        ),
        (("edition", "rien", "--edition", "1", "--du", "2026-01-01"), "edition-introuvable", "qualiopi@2026"),
        (
            ("referentiel", "x", "--edition", "1", "--du", "2026-01-01", "--titre", "a\nb"),
            "nom-invalide",
            "ligne",
        ),
        (("autre", "x"), "usage", "notation"),
    ],
)
def test_what_cannot_be_begun(
    call: Console, tmp_path: Path, arguments: tuple[str, ...], code: str, words: str
) -> None:
    """A name, a date, a base that are wrong, what is there already: told, and nothing is written."""
    reponse = call("nouveau", *arguments)
    assert (reponse.status, reponse.out) == (2, b"")
    assert code in reponse.err
    assert words in reponse.err
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_cannot_be_made_leaves_nothing(call: Console, tmp_path: Path) -> None:
    """The parent is not there: a problem of files, told."""
    reponse = call(*LABEL, "-o", "absent/essai")
    assert reponse.status == 1
    assert "ecriture-impossible" in reponse.err
    assert [*tmp_path.iterdir()] == []
