"""Chromium, axe-core, and what is asked of every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is not installed")
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=chromium, headless=True, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe() -> str:
    path = os.environ.get("AXE_JS")
    if not path:
        pytest.fail("AXE_JS does not say where axe.min.js is")
    return path
