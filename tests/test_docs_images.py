"""The pictures of the documentation: each is shown and told in words, none is missing, none is heavy."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
IMAGES = sorted((ROOT / "docs" / "images").glob("*.png"))
SHOWN = [
    (page, alt, (page.parent / target).resolve())
    for page in PAGES
    for alt, target in re.findall(r"!\[(.*?)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
]


def test_every_picture_is_shown() -> None:
    """No picture lies in the documentation without a page that shows it."""
    assert IMAGES
    assert set(IMAGES) - {image for _, _, image in SHOWN} == set()


def test_every_picture_shown_exists_and_is_told_in_words() -> None:
    """The text in its place says what is seen: several words, and not the name of the file."""
    assert [(page.name, image.name) for page, _, image in SHOWN if not image.is_file()] == []
    assert [(page.name, image.name) for page, alt, image in SHOWN if len(alt.split()) < 5] == []


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_no_picture_is_heavy(image: Path) -> None:
    """Pictures of the documentation are PNG files that load at once."""
    assert image.stat().st_size <= 300_000
    assert image.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


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
