"""What the browser tests share: Chromium, axe-core, forms and workspaces opened as an auditor opens them.

Needs Chromium on the path, ``playwright``, and axe-core: ``AXE_JS`` is the path of its ``axe.min.js``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from formulaires import ARGS, document_of, hostile_of

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from fenetres import executable

    playwright = pytest.importorskip("playwright.sync_api")
    chromium = executable()
    if chromium is None:
        pytest.fail("Chromium is not installed")
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=chromium, headless=True, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    path = os.environ.get("AXE_JS")
    if not path:
        pytest.fail("AXE_JS does not say where axe.min.js is")
    return path


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A run of the workspace on a file of its own, and its first address."""
    from visites import served

    with served(tmp_path_factory.mktemp("espace") / "audits.sqlite3") as run:
        yield run


@pytest.fixture(scope="module")
def espace(programme: tuple[subprocess.Popen[str], str]) -> str:
    """The first address of a run of the workspace."""
    return programme[1]


@pytest.fixture(scope="session")
def formulaire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The form of an audit of the shipped data: every kind of line, and a check."""
    return document_of(tmp_path_factory.mktemp("formulaire"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up label, with a line to bring back, a check, and a name that attacks."""
    return hostile_of(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def ouvrir(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a form in a browser of its own, where an error of the script fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def run(path: Path, *, script: str = "", width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield run
    for context in contexts:
        context.close()
    assert errors == []
