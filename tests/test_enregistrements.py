"""Records: what they are equal by, what their digests hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from greffons import DONNEES, registry
from msgspec.structs import replace

from certif_rules.model.base import Lacune, Regle, Texte
from certif_rules.plugins.empreinte import digest

HERE = Lacune(champs=("titre",), cherche="partout", sources=("S1",), emplacement="a.yaml:3")


def test_a_place_takes_no_part_in_equality() -> None:
    """Two records that differ by their place only are equal, by each sign and in a set."""
    there = replace(HERE, emplacement="b.yaml:7")
    assert there == HERE
    assert not there != HERE  # noqa: SIM202 - each sign has its own method
    assert len({HERE, there}) == 1
    other = replace(HERE, champs=("exigence",))
    assert other != HERE
    assert not other == HERE  # noqa: SIM201


#: The digests that printed documents carry: a change of these is a change of the rules, with a revision.
PRINTED = {
    ("qualiopi", "2024-03-18"): "39c6d9ee294b2ec0131cd6fca8f4fb15e6ac58939b189f140672ea20b6b78aca",
    ("qualiopi", "2026-11-02"): "6dde1f50f0b38de05c214ec7dd3ce15e0b985f4b5c6f015cb6c80f4e020ad1d9",
    ("certifregion", "2024-03-18"): "8111ba3eb8626dc5f7a7cdf28b2ac5c30dd408a5884399d61dd593474a821488",
}


@pytest.mark.parametrize(("nom", "day"), PRINTED)
def test_the_printed_digest_is_the_same(nom: str, day: str) -> None:
    """A checklist of yesterday still reads with the rules of today."""
    shipped = registry(qualiopi=DONNEES["qualiopi"], certifregion=DONNEES["certifregion"])
    assert shipped.resolve(nom, day=day).empreinte == f"sha256:{PRINTED[nom, day]}"


def test_what_says_nothing_stays_out_of_a_digest() -> None:
    """A text has the digest of the fields it had when digests were first printed; more once it says more."""
    texte = Texte(texte="Un registre.", sources=("S1",))
    printed = {
        "texte": "Un registre.", "sources": ["S1"], "confiance": "elevee", "categories": None, "fait": None,
        "types": None, "situation": None, "citation": False,
    }  # fmt: skip
    assert digest(texte) == digest(printed)
    assert digest(replace(texte, lecture=True)) == digest(printed | {"lecture": True})
    assert digest(replace(texte, incoherences=("I1",))) == digest(printed | {"incoherences": ["I1"]})


def test_whether_a_rule_is_a_reading_always_enters_its_digest() -> None:
    """A rule said from the start that it is no reading: that stays in the digests that were printed."""
    regle = Regle(mots={"toutes": True}, sources=("S1",), emplacement="a.yaml:3")
    printed = {
        "mots": {"toutes": True}, "sources": ["S1"], "confiance": "elevee", "lecture": False, "sauf": None,
        "inconnu": None, "motif": None,
    }  # fmt: skip
    assert digest(regle) == digest(printed)


def test_rules_moved_in_their_file_have_the_same_digest(tmp_path: Path) -> None:
    """The same YAML three lines lower is the same rules: equal, and of one digest."""
    moved = tmp_path / "donnees"
    shutil.copytree(DONNEES["qualiopi"], moved)
    for path in moved.rglob("*.yaml"):
        path.write_text("# …\n# …\n# …\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    here, there = (
        registry(qualiopi=folder).resolve("qualiopi", day="2024-03-18")
        for folder in (DONNEES["qualiopi"], moved)
    )
    first, second = (next(iter(r.referentiel.indicateurs.values())) for r in (here, there))
    assert first.emplacement != second.emplacement
    assert here.referentiel == there.referentiel
    assert here.empreinte == there.empreinte
