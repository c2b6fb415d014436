"""What makes a report quick to read: gravity seen at a glance, dates in order, what is the same told once."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

import pytest
from console import Console
from rapports import a6, changed, report_bytes

MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Console:
    """Return the command line."""
    return Console(capfdbinary, monkeypatch)


def test_a_major_is_seen_before_it_is_read(call: Console, tmp_path: Path) -> None:
    """A major has its sign and its colour beside its word, a minor another sign, a conforming line none."""
    data = changed("26", constat="nc_majeure", commentaire="Aucun réseau mobilisé.")
    page = report_bytes(call, data, tmp_path).decode()
    assert '<span class="rouge">■\u00a0Non-conformité majeure</span>' in page
    assert "<strong>△\u00a0Non-conformité mineure</strong>" in page
    assert "<strong>Conforme</strong>" in page


def test_who_assessed_is_told_once_where_it_is_the_same(call: Console, tmp_path: Path) -> None:
    """One auditor on one day is named once; two are named on each of their lines."""
    data = deepcopy(a6())
    for entry in data["constats"]:
        entry |= {"evalue_par": "A. B.", "evalue_le": "2024-03-18"}
    page = report_bytes(call, data, tmp_path).decode()
    assert page.count("évaluées par A. B. le 18\u00a0mars\u00a02024") == 1
    assert "évalué par" not in page
    data["constats"][0]["evalue_par"] = "C. D."
    page = report_bytes(call, data, tmp_path, "html").decode()
    assert "Toutes les lignes ont été évaluées" not in page
    assert page.count("évalué par") == len(data["constats"])


def test_what_the_auditor_notices_is_listed(call: Console, tmp_path: Path) -> None:
    """The strong point of line 2 stands on the first page, by its number."""
    page = report_bytes(call, a6(), tmp_path).decode()
    noticed = page[page.index("Ce que l’auditeur signale") :].partition("</table>")[0]
    assert re.sub(r"<[^>]+>", "", noticed).endswith("Point fort2 – Indicateurs de résultats")


def test_dates_are_in_order(call: Console, tmp_path: Path) -> None:
    """The deadlines of all gaps are listed as the calendar has them."""
    page = report_bytes(call, a6(), tmp_path).decode()
    table = page[page.index("Échéances des écarts non levés") :].partition("</table>")[0]
    dates = re.findall(r'<th scope="row"[^>]*>(\d+)\w*\u00a0(\w+)\u00a0(\d{4})</th>', table)
    keys = [(int(year), MOIS.index(month), int(day)) for day, month, year in dates]
    assert len(keys) >= 3
    assert keys == sorted(keys)
