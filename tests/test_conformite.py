"""What every plugin must hold, asked of the made-up référentiels, then of broken ones: each is caught."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from greffons import DONNEES, declared, failures, seal
from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Checklist
from certif_rules.audit.demande import Demande
from certif_rules.errors import DataError
from certif_rules.plugins.discovery import Plugins
from certif_rules.plugins.registry import Registry
from certif_rules.services import conformite
from certif_rules.services.checklist import make_checklist
from certif_rules.testing.conformite import Conformite

NOTES = Path(__file__).parent / "fictif_notes"


@cache
def notes() -> Plugins:
    return declared(**{folder.name: folder for folder in NOTES.iterdir() if folder.is_dir()})


class TestFictif(Conformite):
    greffon = "fictif"
    cas = "fictif/cas"


class TestEnseigne(Conformite):
    greffon = "enseigne"
    cas = "fictif/cas"


class TestSuite(Conformite):
    """An edition written as a change of another plugin’s."""

    greffon = "suite"
    cas = "fictif_suite"
    plugins = staticmethod(lambda: declared(**DONNEES, suite=NOTES.parent / "fictif_suite" / "donnees"))


class _Notes(Conformite):
    """Those whose cases no setting collects: the class of the first runs them all."""

    cas = "fictif_notes"
    plugins = staticmethod(notes)

    def test_cas(self, pytestconfig: pytest.Config) -> None:
        """Each case is about one of them: once is enough."""
        if self.greffon == "avis":
            super().test_cas(pytestconfig)


for _nom, _ in notes().donnees:
    _classe = f"Test{_nom.title().replace('_', '')}"
    globals()[_classe] = type(_classe, (_Notes,), {"greffon": _nom, "__module__": __name__})


# ---- each test can fail -----------------------------------------------------------------------------------

CAS = """\
format: 1
cas:
  - nom: tout va bien
    demande: {referentiel: niveaux}
    profil: {audit: {type: visite, date: "2024-01-10"}, organisme: {categories: [TOUT]}}
    constats: {autres: niveau_2}
    attendu: {a_confirmer: [], conclusions: {niveaux: {decision: accorde}}}
  - nom: une ligne critique est à zéro
    demande: {referentiel: niveaux}
    profil: {audit: {type: visite, date: "2024-01-10"}, organisme: {categories: [TOUT]}}
    constats: {A2: niveau_0, autres: niveau_3}
    attendu: {conclusions: {niveaux: {decision: refuse}}}
"""
LIGNES, REGLES, EN_TETE, ESSAIS = (
    "donnees/exigence/N1/contenu.yaml",
    "donnees/regles/R1/contenu.yaml",
    "donnees/exigence/N1/couche.yaml",
    "essais/cas.yaml",
)


class Degat(Struct, frozen=True):
    """A test of the kit, what is broken for it, and what it says: the place, then words."""

    test: str
    fichier: str
    avant: str
    apres: str
    lieu: str
    mots: str
    scelle: bool = True


DEGATS = (
    Degat("formes", REGLES, "    titre: Visite", "    titres: Visite", f"{REGLES}:28:5", "« titres »"),
    Degat("references", REGLES, "[A1, F1, F2]", "[A1, A9, F1, F2]", f"{REGLES}:9:19", "niveaux/A9"),
    Degat("empreintes", LIGNES, "Ligne A1", "Ligne neuve", f"{EN_TETE}:12:3", "empreinte", scelle=False),
    Degat("textes", LIGNES, "Ligne A1", "Titre de de A1", f"{LIGNES}:12:12", "« de de »"),
    Degat("sources", LIGNES, "  DOC", "  G9: {titre: A, reference: B}\n  DOC", f"{LIGNES}:3:7", "« G9 »"),
    Degat("explications", REGLES, "vu, sources: [DOC]", "vu, sources: []", f"{REGLES}:29:1", "« tout est vu"),
    Degat("fichiers", LIGNES, "  - {code: F,", "  -\n    {code: F,", f"{LIGNES}:7:3", "« criteres »"),
    Degat("allers_retours", REGLES, 'titre: "2"', 'titre: "1"', f"{REGLES}:27:1", "constats en CSV"),
    Degat("couverture", ESSAIS, "decision: refuse", "delivrable: false", f"{REGLES}:17:1", "« refuse »"),
    Degat("cas", ESSAIS, "decision: accorde", "decision: refuse", f"{ESSAIS}:3:5", "obtenu accorde"),
)  # fmt: skip


def conformity(folder: Path) -> type[Conformite]:
    """The class of a plugin of this folder: its layers, its cases."""

    class Copie(Conformite):
        greffon = "niveaux"
        cas = str(folder / "essais")
        plugins = staticmethod(lambda: declared(niveaux=folder / "donnees"))

    return Copie


def declare(layer: Path) -> None:
    """Declare the content of a layer, even one that its schema refuses: nobody checks it again then."""
    try:
        seal(layer)
    except DataError as error:
        (digest,) = set(re.findall("sha256:[0-9a-f]{64}", str(error)))
        header = layer / "couche.yaml"
        text = header.read_text(encoding="utf-8")
        header.write_text(re.sub("sha256:[0-9a-f]{64}", digest, text), encoding="utf-8")


@pytest.fixture
def copie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up plugin, and where one works."""
    shutil.copytree(NOTES / "niveaux", tmp_path / "donnees")
    (tmp_path / ESSAIS).parent.mkdir()
    (tmp_path / ESSAIS).write_text(CAS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sound_plugin_holds(copie: Path) -> None:
    """The copy that is broken below holds all that is asked, before it is."""
    assert failures(conformity(copie)) == {}


@pytest.mark.parametrize("degat", DEGATS, ids=lambda degat: degat.test)
def test_each_test_catches_a_broken_plugin(copie: Path, degat: Degat) -> None:
    """One thing is broken: the test that is about it says so in French, with the place."""
    path = copie / degat.fichier
    text = path.read_text(encoding="utf-8")
    assert degat.avant in text
    path.write_text(text.replace(degat.avant, degat.apres, 1), encoding="utf-8")
    if degat.scelle and degat.fichier != ESSAIS:
        declare(path.parent)
    said = failures(conformity(copie))
    assert degat.test in said
    assert all(": " in message and "Traceback" not in message for message in said.values())
    assert any(degat.lieu in line and degat.mots in line for line in said[degat.test].splitlines()), said


def test_a_line_that_does_not_say_why(copie: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data do that: were the program to forget a reason, the line would be named, where it is declared."""

    def silent(registry: Registry, demande: Demande) -> Checklist:
        checklist = make_checklist(registry, demande)
        return replace(checklist, lignes=tuple(replace(line, motifs=()) for line in checklist.lignes))

    monkeypatch.setattr(conformite, "make_checklist", silent)
    first = failures(conformity(copie))["explications"].splitlines()[0]
    assert first.startswith(f"{LIGNES}:10:1: ligne-sans-raison: ")
    assert first.endswith("niveaux@N1, audit « visite » : la ligne A1 n’a aucune raison")


def test_each_test_of_the_kit_is_caught_failing() -> None:
    """A test added to the kit is not trusted before a plugin is broken for it."""
    names = {name.removeprefix("test_") for name in dir(Conformite) if name.startswith("test_")}
    assert names == {degat.test for degat in DEGATS}


def test_a_plugin_that_is_not_there(copie: Path) -> None:
    """Each test says it, with the name that is likely meant, rather than an error of Python."""

    class Ailleurs(conformity(copie)):  # type: ignore[misc]
        greffon = "niveau"

    said = failures(Ailleurs)
    assert len(said) == len(DEGATS)
    assert set(said.values()) == {
        "greffon-absent: aucun greffon « niveau » n’est installé\n    → vouliez-vous dire « niveaux » ?"
    }


def test_a_plugin_without_cases(copie: Path) -> None:
    """No case at all: its types and its decisions are listed, and the folder where cases are looked for."""
    (copie / ESSAIS).unlink()
    said = failures(conformity(copie))
    assert said["cas"] == f"{copie / 'essais'} : aucun cas d’essai"
    codes = [line.split(": ")[1] for line in said["couverture"].splitlines()[::2]]
    assert codes == ["type-sans-cas", "decision-sans-cas", "decision-sans-cas"]
