"""The tutorial and the plugin that it builds: real files, cases worked out by hand, each command run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from greffons import declared
from roues import find_uv
from tutoriel import BLOC, DONNEES, EXEMPLE, OTER, PAGE, anew, files, real

from certif_rules.blocs.typographie import plain
from certif_rules.testing.conformite import Conformite

TEXTE = PAGE.read_text(encoding="utf-8")
EDITEUR = "# yaml-language-server: "


class TestLabelFictif(Conformite):
    """Its cases, each worked out by hand in its note, hold; ``valider`` has nothing to say of its data."""

    greffon = "label-fictif"
    cas = str(EXEMPLE / "tests" / "cas")
    plugins = staticmethod(lambda: declared(**{"label-fictif": DONNEES}))


def test_every_file_printed_is_a_real_one() -> None:
    """A file is printed whole; a part of one stands in one of its files; nothing else looks like a file."""
    assert anew(TEXTE) == TEXTE, "python tests/tutoriel.py"
    parts = [b["texte"] for b in BLOC.finditer(TEXTE) if not b["nom"] and b["sorte"] not in {"", "console"}]
    assert parts
    texts = [real(name) for name in files()]
    assert [part for part in parts if not any(part in text for text in texts)] == []


def test_every_file_of_data_is_printed() -> None:
    """The tutorial leaves no YAML file of the plugin unexplained."""
    printed = [block["nom"] for block in BLOC.finditer(TEXTE) if block["nom"]]
    assert sorted(printed) == [name for name in files() if name.endswith(".yaml")]


def test_it_is_said_to_be_made_up() -> None:
    """Whoever meets the label, in its data, its page or its metadata, is told that nobody wrote it."""
    layers = ("couche.yaml", "exigences.yaml")
    told = [path for name in layers for path in DONNEES.glob(f"exigence/*/{name}")]
    told += [EXEMPLE / name for name in ("README.md", "pyproject.toml", "visite.yaml")]
    assert len(told) == 5
    for path in told:
        assert re.search(r"(?i)\binventé", path.read_text(encoding="utf-8")), path
    assert "**Le label de cette page est inventé.**" in TEXTE


# ---- the wheels -----------------------------------------------------------------------------------------


class Terminal:
    """An empty folder and what is typed there; pip and venv are uv’s, which take a tenth of the time."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self.venv = folder / ".venv"
        ours = {"PYTHONPATH", "PYTEST_ADDOPTS", "UV_PYTHON"}
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ours},
            "UV_FIND_LINKS": str(wheels),
            "VIRTUAL_ENV": str(self.venv),
            "PYTHONUTF8": "1",
            "CERTIF_RULES_CACHE": str(wheels.parent / "cache"),
        }

    def type(self, line: str) -> str:
        """Run a line; give what it printed."""
        words = shlex.split(line)
        if words[0] == "cd":
            self.folder /= words[1]
            return ""
        if words[0] == "source":
            scripts = self.venv / ("Scripts" if sys.platform == "win32" else "bin")
            assert (scripts / "python").exists() or (scripts / "python.exe").exists()
            self.env["PATH"] = f"{scripts}{os.pathsep}{self.env['PATH']}"
            return ""
        if words[:3] == ["python", "-m", "venv"]:
            words = [find_uv(), "venv", "--quiet", "--python", sys.executable, *words[3:]]
        elif words[0] == "pip":
            # The wheels of another run may have stood at the same path, and uv remembers them.
            words = [find_uv(), *words, "--refresh-package", "certif-rules"]
        words[0] = shutil.which(words[0], path=self.env["PATH"]) or words[0]
        done = subprocess.run(
            words, cwd=self.folder, env=self.env, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return plain(done.stdout)

    def write(self, name: str, content: str) -> None:
        """Write a file as the page says: the line for the editor stays above it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        first = path.read_text(encoding="utf-8").partition("\n")[0] if path.exists() else ""
        head = f"{first}\n" if first.startswith(EDITEUR) else ""
        path.write_text(head + content, encoding="utf-8")

    def take_off(self, name: str, line: str) -> None:
        """Take a line off each file of that name, where it must be."""
        for path in self.folder.rglob(name):
            text = path.read_text(encoding="utf-8")
            assert f"{line}\n" in text
            path.write_text(text.replace(f"{line}\n", ""), encoding="utf-8")


@pytest.mark.roues
def test_the_tutorial_taken_literally(wheels: Path, tmp_path: Path) -> None:
    """From an empty folder, its commands and files in order give the plugin, its documents, green tests."""
    terminal = Terminal(tmp_path, wheels)
    printed: dict[str, str] = {}
    for block in sorted((*BLOC.finditer(TEXTE), *OTER.finditer(TEXTE)), key=lambda match: match.start()):
        if block.re is OTER:
            terminal.take_off(block["nom"], block["ligne"])
        elif block["nom"]:
            terminal.write(block["nom"], block["texte"])
        elif block["sorte"] == "console":
            for line in block["texte"].splitlines():
                printed[line] = terminal.type(line.removeprefix("$ "))
    assert "label-fictif : actif (certif-rules-label-fictif 0.1.0)" in printed["$ certif-rules plugins"]
    assert "pas de label avant une contre-visite" in printed["$ certif-rules conclure visite.yaml"]
    assert " passed" in printed["$ pytest"]
    for name in ("grille.html", "rapport.html"):
        assert "Voler en sécurité" in (terminal.folder / name).read_text(encoding="utf-8")
    for name in files():
        written = (terminal.folder / name).read_text(encoding="utf-8")
        if written.startswith(EDITEUR):
            written = written.partition("\n")[2]
        assert name == "README.md" or written == (EXEMPLE / name).read_text(encoding="utf-8"), name
    # Then as anybody’s plugin: built, installed from a package, and its own tests are green.
    package = "certif-rules-label-fictif"
    terminal.type(f"pip install --quiet --reinstall-package {package} {EXEMPLE.as_posix()}")
    assert " passed" in terminal.type("pytest")
