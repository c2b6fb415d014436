"""Application files in Chromium: accessibility rules and widths, whatever is known of the application.

Needs Chromium on the path, ``playwright``, and axe-core: ``AXE_JS`` is the path of its ``axe.min.js``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fabrique import HOSTILES
from formulaires import ISSUES, WIDTHS
from greffons import registry

from certif_rules.audit.demande import Demande, from_profile
from certif_rules.services.dossier import open_file
from certif_rules.services.formats import FORMATS, write_document

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.navigateur

#: An application of which some is filed, some is out of date, and one document is nowhere known.
DEPOSE: dict[str, Any] = {
    "format": 1,
    "referentiel": "certifregion",
    "audit": {"type": "initial", "date": "2023-03-01"},
    "organisme": {"nom": "Organisme d’exemple", "categories": ["AF"]},
    "dossier": {
        "depot": "2023-03-01",
        "pieces": {
            "referent_handicap": True,
            "adresse_site": None,
            "immatriculation": {
                "forme": "extrait_kbis",
                "etabli_le": "2022-11-02",
                "expire_le": "2023-02-02",
            },
        },
        "devis": [{"auditeur": "cidees", "montant": 1500, "duree_jours": 1, "signe": False}],
    },
}


def profile(**changes: Any) -> Demande:
    return from_profile({**DEPOSE, **changes})


HOSTILE = {"nom": " ".join(HOSTILES) + "x" * 200, "categories": ["AF"]}
#: Each page: the request, and whether it says what an award gives.
PAGES = {
    "depose": lambda: (profile(), False),
    "complementaire": lambda: (profile(audit={"type": "complementaire", "date": "2023-03-01"}), False),
    "sans profil": lambda: (Demande(referentiel="certifregion"), False),
    "attribution": lambda: (Demande(referentiel="certifregion"), True),
    "hostile": lambda: (profile(organisme=HOSTILE), False),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, known = tmp_path_factory.mktemp("dossier"), registry()
    made = {}
    for rank, (name, ask) in enumerate(PAGES.items()):
        demande, award = ask()
        made[name] = folder / f"{rank}.html"
        made[name].write_bytes(
            write_document("attribution" if award else "dossier", FORMATS["html"], open_file(known, demande))
        )
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_violation_nor_overflows(
    ouvrir: Any, pages: dict[str, Path], axe: str, name: str, width: int, scheme: str
) -> None:
    """axe finds no fault in the page of the application file, which fits its window."""
    page = ouvrir(pages[name], width=width, bypass_csp=True, color_scheme=scheme)
    page.add_script_tag(path=axe)
    assert page.evaluate(ISSUES) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
