"""What is read without a name that says what it is, and what is told of a file with a million faults."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from grilles import FORMATS, atelier, exported_form, filled, grille

from certif_rules.documents.checklist import papier
from certif_rules.documents.formats import docx
from certif_rules.errors import DataError, Issue, first_of, tally
from certif_rules.formulaires import checklist as formulaire
from certif_rules.services.lecture import read_grids
from certif_rules.source.entree import ENTREE, FichierDonne
from certif_rules.source.schema import check

CHECKLIST = grille()
ROOT = Path(__file__).parent.parent
SAISIE = {"qualiopi/1": {"Constat": "Conforme"}}


def piped(content: bytes, *others: Path) -> Any:
    return read_grids(atelier(), [FichierDonne(ENTREE, content), *others])


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_standard_input_is_known_by_its_content(suffix: str, tmp_path: Path) -> None:
    """A grid that comes from a pipe is read whatever its format."""
    path = filled(CHECKLIST, suffix, SAISIE, tmp_path)
    assert [r.ligne for r in piped(path.read_bytes()).dossier.releves if r.porte] == ["qualiopi/1"]


def test_the_export_of_the_form_is_known_too(tmp_path: Path) -> None:
    """The export of the form comes from a pipe, with a byte order mark or not."""
    content = exported_form(CHECKLIST, SAISIE, tmp_path).read_bytes()
    assert [r.ligne for r in piped(content).dossier.releves if r.porte] == ["qualiopi/1"]
    assert piped(b"\xef\xbb\xbf \n" + content).dossier.releves


def test_it_joins_with_a_file(tmp_path: Path) -> None:
    """A grid from a pipe joins one from a file."""
    other = filled(CHECKLIST, "xlsx", {"qualiopi/2": {"Constat": "Conforme"}}, tmp_path)
    content = filled(CHECKLIST, "csv", SAISIE, tmp_path).read_bytes()
    found = piped(content, other).dossier.releves
    assert [r.ligne for r in found if r.porte] == ["qualiopi/1", "qualiopi/2"]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "fichier-tronque", "vide"),
        (b"bonjour", "classeur-etranger", "CSV"),
        (b"{", "fichier-tronque", "JSON"),
        (b"PK\x03\x04", "fichier-tronque", "tronqué"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "fichier-chiffre", "chiffré"),
        (formulaire.render(CHECKLIST), "classeur-etranger", "Exporter les constats"),
        (docx.render(papier.compose(CHECKLIST)), "classeur-etranger", "sur papier"),
        (b"%PDF-1.7\n%\xb5\xb5", "classeur-etranger", "sur papier"),
    ],
)
def test_what_it_cannot_be(content: bytes, code: str, words: str) -> None:
    """What is no grid is refused in words, its place being the standard input."""
    with pytest.raises(DataError, match=words) as caught:
        piped(content)
    assert [issue.code for issue in caught.value.issues] == [code]
    assert str(caught.value.issues[0].location).startswith("<entrée standard>")


def test_a_page_is_not_what_was_typed_in_it(tmp_path: Path) -> None:
    """The form itself, given instead of its export: what to do is said."""
    (tmp_path / "audit.html").write_bytes(formulaire.render(CHECKLIST))
    with pytest.raises(DataError, match="Exporter les constats"):
        read_grids(atelier(), [tmp_path / "audit.html"])


# ---- a million faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "annotations",
    [
        list(range(30_000)),
        ["point_fort"] * 30_000,
        [{"a": n} for n in range(20_000)],
        [[n % 7] for n in range(20_000)],
    ],
    ids=["numbers", "the same", "objects", "lists"],
)
def test_a_huge_list_gives_few_problems_and_quickly(annotations: list[Any]) -> None:
    """The first problems are listed, how many there are is said, and it ends."""
    entry = {"id": "1", "constat": "conforme", "annotations": annotations}
    start = time.process_time()
    issues = check(
        {"format": 1, "organisme": {"categories": ["AF"]}, "constats": [entry]}, "constats", "c.json"
    )
    assert time.process_time() - start < 20
    assert 1 < len(issues) <= 201
    assert "anomalies-nombreuses" in {issue.code for issue in issues}
    (many,) = (issue for issue in issues if issue.code == "anomalies-nombreuses")
    assert many.message == "plus de 2000 anomalies : les 200 premières sont dites ici"


def test_more_than_anyone_writes_is_not_looked_at() -> None:
    """A huge file is refused at once."""
    entry = {"id": "1", "constat": "conforme", "annotations": ["point_fort"] * 100_001}
    start = time.process_time()
    (issue,) = check({"format": 1, "constats": [entry]}, "constats", "c.json")
    assert (issue.code, time.process_time() - start < 2) == ("fichier-trop-grand", True)


def test_a_few_problems_are_all_told() -> None:
    """A file with 150 mistakes has all of them told."""
    entries = [{"id": "1"} for _ in range(150)]
    issues = check(
        {"format": 1, "organisme": {"categories": ["AF"]}, "constats": entries}, "constats", "c.json"
    )
    assert Counter(issue.code for issue in issues) == {"cle-manquante": 150}


def test_a_grid_with_too_many_mistakes_says_how_many(tmp_path: Path) -> None:
    """Beyond a limit, the mistakes are counted instead of listed."""
    path = filled(CHECKLIST, "json", {}, tmp_path)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["lignes"] += [{"id": f"qualiopi/x{n}"} for n in range(700)]
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_grids(atelier(), [path])
    assert len(caught.value.issues) == 501
    assert "700 anomalies : les 500 premières" in str(caught.value)


def test_problems_counted_twice_over_are_counted_once() -> None:
    """What says how many there are is no problem itself, in a list cut twice as in one cut once."""
    issues = [Issue("x", f"faute {n:03}") for n in range(700)]
    cut = first_of(first_of(issues, 500), 200)
    assert [issue.code for issue in cut] == ["anomalies-nombreuses", *["x"] * 200]
    assert (tally(cut), cut[0].message) == (
        "700 problèmes", "700 anomalies : les 200 premières sont dites ici",
    )  # fmt: skip
    assert tally([*cut, Issue("y", "z")]) == "701 problèmes"
    assert tally(first_of(first_of(issues, 500, more=True), 200)) == "plus de 700 problèmes"
    assert (tally(issues[:1]), tally([])) == ("1 problème", "0 problème")
    assert first_of(issues[:200], 200) == issues[:200]


# ---- the files of the project -----------------------------------------------------------------------------


def test_no_key_of_a_json_file_is_given_twice() -> None:
    """JSON keeps the last of two keys alike, in silence."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [key for key, n in Counter(key for key, _ in pairs).items() if n > 1]
        assert twice == []
        return dict(pairs)

    folders = ("schemas", "tests/exemples", "plugins")
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.json"))]
    assert len(paths) > 8
    for path in paths:
        json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
