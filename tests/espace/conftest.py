"""The workspace under test: Django once for the process, over a file of its own; a browser that came in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from espaces import CLE, ENVIRONNEMENT

pytest.importorskip("django")


@pytest.fixture(scope="session")
def django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Django set up once for the process, over a file of its own, or the base that ``.ci/run`` gives."""
    before = dict(os.environ)
    base = tmp_path_factory.mktemp("espace") / "audits.sqlite3"
    os.environ |= {**ENVIRONNEMENT, "CERTIF_RULES_ESPACE": str(base)}
    import django as library
    from django.core.management import call_command

    library.setup()
    call_command("migrate", verbosity=0)
    call_command("flush", verbosity=0, interactive=False)
    yield
    os.environ.clear()
    os.environ |= before


@pytest.fixture
def navigateur(django: None) -> Any:
    """A browser that came by the first address."""
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    assert client.get("/", {"jeton": CLE}).status_code == 302
    return client
