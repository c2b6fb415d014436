"""The pictures of the documentation: each is shown and told in words, none is missing, none is heavy."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))
from courbe import Panneau, draw

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
IMAGES = sorted((ROOT / "docs" / "images").glob("*.png"))
DRAWN = sorted((ROOT / "docs" / "images").glob("*.svg"))
SHOWN = [
    (page, alt, (page.parent / target).resolve())
    for page in PAGES
    for alt, target in re.findall(r"!\[(.*?)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
]


def test_every_picture_is_shown() -> None:
    """No picture lies in the documentation without a page that shows it."""
    assert IMAGES
    assert {*IMAGES, *DRAWN} - {image for _, _, image in SHOWN} == set()


def test_every_picture_shown_exists_and_is_told_in_words() -> None:
    """The text in its place says what is seen: several words, and not the name of the file."""
    assert [(page.name, image.name) for page, _, image in SHOWN if not image.is_file()] == []
    assert [(page.name, image.name) for page, alt, image in SHOWN if len(alt.split()) < 5] == []


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_no_picture_is_heavy(image: Path) -> None:
    """Pictures of the documentation are PNG files that load at once."""
    assert image.stat().st_size <= 300_000
    assert image.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("image", DRAWN, ids=lambda image: image.name)
def test_a_drawing_is_told_in_words_and_fetches_nothing(image: Path) -> None:
    """A title, a description of several sentences, no script and no address but that of SVG itself."""
    root = ElementTree.parse(image).getroot()
    assert root.get("role") == "img"
    title, description = (root.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert len((title.text or "").split()) >= 3
    assert (description.text or "").count(".") >= 3
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "desc", "rect", "g", "path", "text"}
    assert image.read_text(encoding="utf-8").count("http") == 1


def test_a_series_of_a_drawing_is_known_without_its_colour() -> None:
    """Five series: each has a mark and dashes of its own, and its name once, as far from others as a line."""
    names = ("un", "deux", "trois", "quatre", "cinq")
    values = {name: (100.0 + rank, 101.0 + rank) for rank, name in enumerate(names)}
    drawing = ElementTree.fromstring(draw([Panneau("Titre", "lignes", (10, 100), values)], "T", "D"))
    paths = [path for path in drawing.iter(f"{SVG}path") if path.get("stroke-width") == "2"]
    assert len({path.get("stroke-dasharray") for path in paths}) == 5
    marks = [path.get("d") for path in drawing.iter(f"{SVG}path") if path.get("transform")]
    assert {mark: marks.count(mark) for mark in marks} == dict.fromkeys(marks, 3)  # two points, and the name
    assert len(set(marks)) == 5
    heights = sorted(float(t.get("y", "")) for t in drawing.iter(f"{SVG}text") if t.text in names)
    assert [two - one >= 16 for one, two in pairwise(heights)] == [True] * 4


def test_the_script_of_the_pictures_says_what_is_missing(tmp_path: Path) -> None:
    """Without the outside programs, or of an unknown picture: one sentence, and nothing is touched."""
    script = ROOT / "benchmarks" / "images.py"
    before = {image: image.stat().st_mtime_ns for image in IMAGES}
    for arguments, env, said in (
        ((), {"PATH": str(tmp_path)}, "il manque LibreOffice (« soffice »), Chromium"),
        (("inconnue",), None, "image inconnue : inconnue ; connues : checklist,"),
    ):
        command = [sys.executable, "-X", "utf8", script, *arguments]
        done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 1
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert {image: image.stat().st_mtime_ns for image in IMAGES} == before
