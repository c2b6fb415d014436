"""The shape of a finding: one for each kind, the same on screens, on paper and in grids; never by a name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from greffons import DONNEES, registry
from grilles import SURVEILLANCE, grille
from msgspec.structs import replace

import certif_rules
from certif_rules.audit.checklist import Checklist
from certif_rules.documents.mots import FORMES, shape, shape_failed
from certif_rules.grilles.classeur import TONS
from certif_rules.grilles.grille import build
from certif_rules.services.constats import from_data, open_checklist

ICI = Path(certif_rules.__file__).parent
NOTES = Path(__file__).parent / "fictif_notes"


def noted(referentiel: str) -> Checklist:
    """The checklist of a visit by a made-up référentiel."""
    audit = {"type": "visite", "date": "2025-03-10"}
    organisme = {"categories": ["TOUT"]}
    data = {"format": 1, "referentiel": referentiel, "audit": audit, "organisme": organisme, "constats": []}
    return open_checklist(registry(**DONNEES, **{referentiel: NOTES / referentiel}), from_data(data))


def test_a_shape_for_each_kind_of_finding() -> None:
    """A major is a filled square, a minor a triangle, what conforms a tick, out of scope the empty set."""
    signs = {
        constat: FORMES[forme].symbole
        for constat in ("nc_majeure", "nc_mineure", "conforme", "non_applicable")
        if (forme := shape(grille(), constat, "qualiopi"))
    }
    assert signs == {"nc_majeure": "■", "nc_mineure": "△", "conforme": "✓", "non_applicable": "∅"}


def test_levels_that_may_be_lifted_are_gaps_of_one_weight() -> None:
    """No rule says that a 0 weighs more than a 1: both are gaps, a 2 and a 3 are not."""
    checklist = noted("echelle")
    levels = (*(f"niveau_{n}" for n in range(4)), "non_pertinent")
    shapes = [shape(checklist, constat, "echelle") for constat in levels]
    assert shapes == ["ecart", "ecart", "fait", "fait", "hors"]


def test_where_no_finding_is_a_gap_none_is_good() -> None:
    """A level of a référentiel that names no gap is no « conforme »: no tick, in a grid neither."""
    checklist = noted("niveaux")
    assert [shape(checklist, f"niveau_{n}", "niveaux") for n in range(4)] == [None] * 4
    assert build(checklist).tons == {"Non pertinent": "hors"}


@pytest.mark.parametrize(
    ("constat", "expected"),
    [("nc_majeure", "grave"), ("nc_mineure", "ecart"), (None, "ecart")],
)
def test_a_check_that_fails_weighs_what_it_counts_as(constat: str | None, expected: str) -> None:
    """Counted as a major it is one; counted as nothing it is a gap all the same."""
    checklist = grille(**SURVEILLANCE)
    (point,) = checklist.verifications
    assert shape_failed(checklist, replace(point, constat=constat)) == expected


def test_checks_of_two_weights_share_the_words_and_the_shape_of_a_gap() -> None:
    """« Non satisfaite » is the word of both: a square would be untrue of one."""
    checklist = grille(**SURVEILLANCE)
    (point,) = checklist.verifications
    assert build(checklist).tons["Non satisfaite"] == "grave"
    both = (point, replace(point, id="autre", constat="nc_mineure"))
    assert build(replace(checklist, verifications=both)).tons["Non satisfaite"] == "ecart"


def test_every_shape_is_drawn_on_screen_and_in_grids() -> None:
    """A tile asks for the drawing of its shape by the name that documents give it."""
    drawings = (ICI / "web" / "gabarits" / "signes.html").read_text(encoding="utf-8")
    assert set(FORMES) <= set(re.findall(r'id="s-(\w+)"', drawings))
    assert {forme: ton.signe for forme, ton in TONS.items()} == {f: s.symbole for f, s in FORMES.items()}


def test_no_one_else_writes_the_shapes() -> None:
    """The shapes of gaps stand in one module, beside what chooses the fonts of the PDF; no old one stays."""
    files = [path for path in ICI.rglob("*") if path.suffix in (".py", ".html", ".css", ".js", ".typ")]
    writers = {p.relative_to(ICI).as_posix() for p in files if re.search("[■△◆]", p.read_text("utf-8"))}
    fonts = {"documents/formats/document.typ", "documents/formats/pdf.py"}
    assert writers == {"documents/mots.py", *fonts}
