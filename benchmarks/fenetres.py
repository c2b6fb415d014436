"""Windows of Chromium on the workspace, where nothing may come from elsewhere, nor any error be said."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

#: The two screens that everything is looked at on.
BUREAU: Final = {"width": 1366, "height": 768}
TELEPHONE: Final = {"width": 390, "height": 844}
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--lang=fr",
)  # fmt: skip
#: What the browser says by itself (dates, files) is said in French, where it was installed in French.
FRANCAIS: Final[dict[str, str | float | bool]] = {**os.environ, "LANGUAGE": "fr"}
#: What a page says to the console where its policy refused something.
_POLITIQUE: Final = """document.addEventListener("securitypolicyviolation",
  (one) => console.error(`policy: ${one.violatedDirective} ${one.blockedURI}`));"""
#: A page that refuses what was typed, or is not there, is an answer; the browser tells it as an error.
_REPONSES: Final = tuple(f"status of {code}" for code in (403, 404, 405, 422, 503))


def executable() -> str | None:
    """Return the path of Chromium, or ``None``: without its desk where it is, which halves what it costs."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def chromium() -> Iterator[Any]:
    """Give Chromium, as it is on this machine.

    Raises:
        SystemExit: it is not installed.
    """
    from playwright.sync_api import sync_playwright

    path = executable()
    if path is None:
        raise SystemExit("il manque Chromium : l’installer, puis recommencer")
    with sync_playwright() as run:
        browser = run.chromium.launch(executable_path=path, headless=True, args=list(ARGUMENTS), env=FRANCAIS)
        yield browser
        browser.close()


@contextmanager
def window(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    """Give a page that came by the first address, on a desk’s screen unless ``options`` say otherwise.

    Raises:
        AssertionError: at the end: an error in the console, a box that asks, a request to somewhere else.
    """
    origin, faults = address.partition("/?")[0], list[str]()
    asked = {"viewport": BUREAU, "locale": "fr-FR", "base_url": origin, **options}
    context = browser.new_context(**asked)
    context.set_default_timeout(10_000)

    def refuse(route: Any) -> None:
        faults.append(f"demandé ailleurs : {route.request.url}")
        route.abort()

    context.route(lambda url: not url.startswith((f"{origin}/", "data:", "blob:")), refuse)
    if asked.get("java_script_enabled", True):
        context.add_init_script(_POLITIQUE)
    context.on("console", lambda said: _heard(said, faults))
    context.on("weberror", lambda error: faults.append(f"erreur : {error.error}"))
    page = context.new_page()
    page.on("dialog", lambda box: _answered(box, faults))
    page.goto(address)
    try:
        yield page
    finally:
        context.close()
    assert not faults, faults


def _heard(said: Any, faults: list[str]) -> None:
    if said.type in ("error", "warning") and not any(one in said.text for one in _REPONSES):
        faults.append(f"{said.type} : {said.text}")


def _answered(box: Any, faults: list[str]) -> None:
    """Let a page that asks whether to leave be left; any other box is a fault."""
    if box.type != "beforeunload":
        faults.append(f"boîte {box.type} : {box.message}")
    box.accept()


def overflow(page: Any) -> int:
    """Return how many pixels a page is too wide by."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def issues(page: Any, axe: Path, *rules: str) -> list[str]:
    """Return what axe says of a page, by these rules or by all of them.

    The policy of the page lets no script in: it is evaluated from outside.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.read_text(encoding="utf-8"))
    run = """async (rules) => {
      const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
      const { violations } = await axe.run(document, only);
      const words = (node) => `${node.target} ${node.failureSummary}`;
      return violations.map((rule) => `${rule.id}: ${rule.nodes.map(words).join(" | ")}`);
    }"""
    return list(page.evaluate(run, list(rules)))
