"""How tests walk the workspace: its key, what a page says, an audit begun, the version that a page shows."""

from __future__ import annotations

import re
from typing import Any

CLE = "la-cle-de-l-essai"
ENVIRONNEMENT = {"DJANGO_SETTINGS_MODULE": "certif_rules.web.reglages", "CERTIF_RULES_JETON": CLE}


def text(response: Any) -> str:
    """What a page says, its tags left in."""
    return str(response.content.decode())


def begun(navigateur: Any) -> str:
    """The address of an audit begun from the example."""
    response = navigateur.post("/exemple")
    assert response.status_code == 302
    return str(response.headers["Location"]).removesuffix("/preparer")


def seen(navigateur: Any, page: str) -> str:
    """The version of the dossier that a page shows."""
    match = re.search(r'name="base" value="(\d+)"', text(navigateur.get(page)))
    assert match
    return match[1]
