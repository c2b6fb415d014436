"""What an author’s tools make of our schemas: yaml-language-server, that editors run, and check-jsonschema.

`.ci/run` brings the server; check-jsonschema has the environment of the measures.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from editeur import Serveur

from certif_rules.services.atelier import open_atelier
from certif_rules.services.nouveau import Projet, begin
from certif_rules.source.ecriture import write_folder

pytestmark = pytest.mark.editeur

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def greffon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugin as ``nouveau`` writes it, its schemas beside it: nothing else is installed for the editor."""
    folder = tmp_path_factory.mktemp("auteur") / "greffon"
    projet = Projet(modele="notation", nom="essai", edition="A", du="2027-01-01")
    write_folder(folder, begin(open_atelier(), projet).fichiers)
    return folder


@pytest.fixture(scope="module")
def serveur(greffon: Path) -> Iterator[Serveur]:
    if "YAML_LANGUAGE_SERVER" not in os.environ:
        pytest.fail("YAML_LANGUAGE_SERVER : donner bin/yaml-language-server du paquet npm de ce nom")
    with Serveur(greffon) as serveur:
        yield serveur


def changed(path: Path, name: str, before: str, after: str) -> tuple[Path, int]:
    """A file beside another, with one line changed, and the number of that line."""
    text = path.read_text(encoding="utf-8")
    start = text.index(before)
    copy = path.with_name(name)
    copy.write_text(text.replace(before, after, 1), encoding="utf-8")
    return copy, text[:start].count("\n") + 1


def test_nothing_is_underlined_in_what_is_right(serveur: Serveur, greffon: Path) -> None:
    """Headers, bodies and cases, as they were written."""
    files = sorted(greffon.rglob("*.yaml"))
    assert len(files) == 5
    assert {path.name: serveur.open(path) for path in files} == {path.name: [] for path in files}


def test_a_fault_is_underlined_where_it_is(serveur: Serveur, greffon: Path) -> None:
    """A key misspelt in a line: its own place, and its name in the message."""
    exigences = next(greffon.rglob("exigences.yaml"))
    path, line = changed(exigences, "faute.yaml", '    critere: "1"', '    critre: "1"')
    (start,) = (d["range"]["start"] for d in serveur.open(path) if "critre" in d["message"])
    assert (start["line"] + 1, start["character"] + 1) == (line, 5)
    path.unlink()


def test_the_keys_of_a_line_are_offered_and_described_in_french(serveur: Serveur, greffon: Path) -> None:
    """Under an indicator, those that it lacks, each with what our schema says of it."""
    exigences = next(greffon.rglob("exigences.yaml"))
    path, line = changed(exigences, "debut.yaml", '    critere: "1"\n', "    \n")
    serveur.open(path)
    items = serveur.at("completion", path, line, 5)["items"]
    offered = {item["label"]: item.get("documentation") for item in items}
    assert offered["numero"] == "Numéro imprimé ; par défaut, le code."
    assert "titres" not in offered
    path.unlink()


def test_a_key_is_explained_in_french(serveur: Serveur, greffon: Path) -> None:
    """Under the mouse, the description of our schema."""
    path = next(greffon.rglob("exigences.yaml"))
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.startswith('    critere: "1"'))
    assert "Critère : code de sa propre origine" in serveur.at("hover", path, line, 7)["contents"]["value"]


def test_check_jsonschema_takes_our_schemas_as_they_are(tmp_path: Path) -> None:
    """From anywhere, by the path of a schema alone: a shipped layer is accepted, a misspelt key is told."""
    spec = importlib.util.spec_from_file_location("references", ROOT / "benchmarks" / "references.py")
    assert spec is not None
    assert spec.loader is not None
    references = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(references)
    layer = next((ROOT / "plugins").glob("qualiopi/*/donnees/regles/*/types-audit.yaml"))
    bad = tmp_path / "faux.yaml"
    bad.write_text(
        layer.read_text(encoding="utf-8").replace("    titre: ", "    titres: ", 1), encoding="utf-8"
    )
    program = references.scripts_of(references.SCHEMA) / "check-jsonschema"
    schema = ROOT / "schemas" / "regles.schema.json"
    said = {}
    for path in (layer, bad):
        command = [program, "--schemafile", schema, path]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
        said[path] = (done.returncode, done.stdout)
    assert said[layer][0] == 0, said[layer]
    assert said[bad][0] == 1
    assert "$.types_audit[0]: Additional properties are not allowed ('titres' was unexpected)" in said[bad][1]
