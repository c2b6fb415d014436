"""What every test stands on: the made-up référentiel on the path, laws without a stopwatch, samples, a cache.

The made-up référentiel is put there as if it were installed, before any entry point is looked for.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings

FICTIF = Path(__file__).parent / "fictif"

if str(FICTIF) not in sys.path:
    sys.path.append(str(FICTIF))

# A law holds however busy the machine is.
settings.register_profile("sans_delai", deadline=None)
settings.load_profile("sans_delai")


#: The tests of the edges (commands, files, pages, the house). Coverage judges the pure modules,
#: and the tests of the rules reach every branch of them by themselves.
EDGES = tuple(
    f"tests/{name}"
    for name in (
        "espace/",
        "test_architecture",
        "test_cli_",
        "test_docs",
        "test_documents",
        "test_exemples",
        "test_fautes",
        "test_hostile",
        "test_lire",
        "test_lot",
        "test_memes_octets",
        "test_noms_declares",
        "test_rapport",
        "test_sorties",
        "test_texte_hostile",
    )
)

#: The variable that names the folder of the cache; the package is imported once entry points are in place.
CACHE = "CERTIF_RULES_CACHE"


def pytest_configure(config: pytest.Config) -> None:
    """Compile layers into a folder of this run, that its processes share, never into that of the user."""
    if not hasattr(config, "workerinput"):
        os.environ[CACHE] = tempfile.mkdtemp(prefix="certif-rules-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(CACHE), ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--echantillon", type=int, default=1, metavar="N", help="keep one test marked “lent” in N"
    )


@pytest.hookimpl(trylast=True)  # after the choice by -m and -k
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep one slow test in N, by its name: the same on every machine and in every process.

    Slow tests, and those of the edges, run without tracing, which would double them.
    """
    one_in = config.getoption("--echantillon")
    if one_in < 1:
        raise pytest.UsageError("--echantillon: a whole number, 1 or more")
    skipped = {
        item for item in items if item.get_closest_marker("lent") and crc32(item.nodeid.encode()) % one_in
    }
    if skipped:
        config.hook.pytest_deselected(items=list(skipped))
        items[:] = [item for item in items if item not in skipped]
    for item in items:
        if item.get_closest_marker("lent") or item.nodeid.startswith(EDGES):
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the three wheels built from the tree, once for all the tests marked “roues”."""
    from roues import uv

    folder = tmp_path_factory.mktemp("wheels")
    uv("build", "--quiet", "--all-packages", "--wheel", "--out-dir", folder)
    return folder
