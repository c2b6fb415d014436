"""Files changed by a program as an author would: what is not touched stays byte for byte, comments too."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import normalize

import pytest
from greffons import DONNEES
from hypothesis import given, settings
from hypothesis import strategies as st

from certif_rules.errors import IssuesError
from certif_rules.plugins.couche import read_header
from certif_rules.plugins.revision import with_next
from certif_rules.services.retouches import add_item, add_line, fill_gap, renumber
from certif_rules.source.yaml import read_bytes

#: The shipped files, and the made-up ones, that declare lines: content, and where their lines are.
FILES = {
    f"{nom}/{path.parent.name}/{path.name}": path.read_bytes()
    for nom, folder in DONNEES.items()
    for path in sorted(folder.glob("exigence/*/*.yaml"))
    if b"\n    - code:" in path.read_bytes() or b"\n  - code:" in path.read_bytes()
}
ENTRY = {
    "code": "Z9",
    "critere": None,
    "titre": "Ligne ajoutée : « essai »",
    "exigence": None,
    "etiquettes": ["label"],
    "portee": [{"inconnu": "à lire", "sources": ["S1"]}],
    "confiance": "non_verifiee",
    "sources": ["S1"],
}


def lines(content: bytes) -> list[Any]:
    data = read_bytes(content, "f.yaml")
    return list(data.get("indicateurs") or (data.get("ajouts") or {}).get("indicateurs") or ())


LINES = [(name, str(line["code"])) for name, content in FILES.items() for line in lines(content)]
GAPS = [
    (name, str(line["code"]), champ)
    for name, content in FILES.items()
    for line in lines(content)
    for gap in line.get("lacunes") or ()
    for champ in gap["champs"]
    if line.get(champ, "") is None and champ in ("titre", "exigence", "critere")
]
EACH = st.sampled_from(["\n", "\r\n"])
TEXTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=30
).map(lambda text: normalize("NFC", text))
some = settings(max_examples=40)


def around(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """What stands in ``before`` and in ``after`` between what they begin and end alike with."""
    most = min(len(before), len(after))
    start = next((n for n in range(most) if before[n] != after[n]), most)
    end = next((n for n in range(most - start) if before[-1 - n] != after[-1 - n]), most - start)
    return before[start : len(before) - end], after[start : len(after) - end]


def comments(content: bytes) -> list[str]:
    return re.findall(r"(?:^|\s)(# .*)", content.decode("utf-8"))


def test_there_is_something_to_try() -> None:
    """Both editions of the standard, the label over it, and the made-up ones; the label has gaps to fill."""
    assert {name.partition("/")[0] for name in FILES} == set(DONNEES)
    assert len(GAPS) > 5


@some
@given(st.sampled_from(LINES), EACH)
def test_a_line_is_added_and_nothing_else(line: tuple[str, str], newline: str) -> None:
    """After any line of any file: all the bytes that were there are there, in their order."""
    name, code = line
    before = FILES[name].replace(b"\n", newline.encode())
    after = add_line(before, name, ENTRY, after=code)
    gone, added = around(before, after)
    assert gone == b""
    assert "Ligne ajoutée : « essai »" in added.decode("utf-8")
    codes = [str(line["code"]) for line in lines(before)]
    codes.insert(codes.index(code) + 1, "Z9")
    assert [str(line["code"]) for line in lines(after)] == codes


@some
@given(st.sampled_from(LINES), TEXTS, EACH)
def test_a_line_is_renumbered_and_nothing_else(line: tuple[str, str], numero: str, newline: str) -> None:
    """One value changes, or one key comes; the line and what surrounds it stay."""
    name, code = line
    before = FILES[name].replace(b"\n", newline.encode())
    after = renumber(before, name, {code: numero})
    old, new = (content.decode("utf-8").split(newline) for content in (before, after))
    changed = [one for one in old if one not in new]
    assert len(changed) <= 1
    assert all("numero:" in one for one in changed)
    assert comments(after) == comments(before)
    assert {str(one["code"]): one.get("numero") for one in lines(after)} == {
        **{str(one["code"]): one.get("numero") for one in lines(before)}, code: numero,
    }  # fmt: skip


@pytest.mark.lent
@some
@given(st.sampled_from(GAPS), TEXTS, EACH)
def test_a_gap_is_filled_and_nothing_else(gap: tuple[str, str, str], texte: str, newline: str) -> None:
    """The text stands where ``null`` did, the gap names the field no more, no other line moves."""
    name, code, champ = gap
    before = FILES[name].replace(b"\n", newline.encode())
    after = fill_gap(before, name, code, champ, texte)
    (line,) = (one for one in lines(after) if str(one["code"]) == code)
    assert line[champ] == texte
    assert all(champ not in each["champs"] for each in line.get("lacunes") or ())
    old, new = (content.decode("utf-8").split(newline) for content in (before, after))
    assert [one for one in new if one not in old and f"{champ}: " not in one and "champs: " not in one] == []
    assert comments(after) == comments(before)
    others = [[one for one in lines(file) if str(one["code"]) != code] for file in (before, after)]
    assert others[0] == others[1]


HEADERS = {
    f"{nom}/{path.parent.parent.name}/{path.parent.name}": path
    for nom, folder in DONNEES.items()
    for path in sorted(folder.glob("*/*/couche.yaml"))
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_revision_is_added_and_nothing_else(name: str) -> None:
    """What ``--ecrire-empreintes`` adds to each header: all the bytes that were there stay, in order."""
    path = HEADERS[name]
    en_tete = read_header(path, path.parent.parent.parent, "essai")
    gone, added = around(path.read_bytes(), with_next(en_tete, jour="2030-01-01", raison="Essai"))
    assert gone == b""
    assert re.search(rb'date: "2030-01-01",? *\n? *raison: "Essai",? *\n? *empreinte: "sha256:', added)


# ---- layouts, by hand -------------------------------------------------------------------------------------

A = """\
format: 1
indicateurs:
  # la première
  - code: A
    # à lire
    critere: null
    titre: null
    lacunes:
      - champs: [titre, critere]  # deux
        cherche: >-
          Ni l’un
          ni l’autre.
        sources: [S]
      - {champs: [exigence], cherche: Rien, sources: [S]}
    exigence: null
  # la seconde
  - {code: B, lacunes: [{champs: [titre], cherche: Rien, sources: [S]}], titre: null, numero: 7bis}
"""


@pytest.mark.parametrize(
    ("code", "champ", "changes"),
    [
        ("A", "titre", [("    titre: null", '    titre: "Lu"'), ("[titre, critere]", "[critere]")]),
        ("A", "critere", [("    critere: null", '    critere: "Lu"'), ("[titre, critere]", "[titre]")]),
        (
            "A",
            "exigence",
            [
                ("    exigence: null", '    exigence: "Lu"'),
                ("      - {champs: [exigence], cherche: Rien, sources: [S]}\n", ""),
            ],
        ),
        (
            "B",
            "titre",
            [("titre: null, numero", 'titre: "Lu", numero'),
             (", lacunes: [{champs: [titre], cherche: Rien, sources: [S]}]", "")],
        ),
    ],
)  # fmt: skip
def test_a_gap_is_filled_as_by_hand(code: str, champ: str, changes: list[tuple[str, str]]) -> None:
    """A field of several, a gap of several, the last one: between braces or on lines of their own."""
    expected = A
    for before, after in changes:
        assert expected.count(before) == 1
        expected = expected.replace(before, after)
    assert fill_gap(A.encode(), "a.yaml", code, champ, "Lu").decode() == expected


def test_a_whole_gap_goes_with_its_lines() -> None:
    """Two fields filled one after the other: the gap that named both is gone, the next one stays."""
    once = fill_gap(A.encode(), "a.yaml", "A", "titre", "Lu")
    start, end = A.index("      - champs"), A.index("      - {champs: [exigence]")
    expected = (A[:start] + A[end:]).replace("    titre: null", '    titre: "Lu"')
    expected = expected.replace("    critere: null", '    critere: "C"')
    assert fill_gap(once, "a.yaml", "A", "critere", "C").decode() == expected


def test_lines_are_added_as_the_one_before_is_written() -> None:
    """On lines of its own after A, between braces after B; names in lists have no quotes, words have."""
    entry = {"code": "C", "sources": ["S", "non", "no", "S 2"], "portee": [{"toutes": True}]}
    block = '  - code: "C"\n    sources: [S, non, "no", "S 2"]\n    portee: [{toutes: true}]\n'
    flow = '  - {code: "C", sources: [S, non, "no", "S 2"], portee: [{toutes: true}]}\n'
    after_a = A.replace("    exigence: null\n", f"    exigence: null\n{block}")
    assert add_line(A.encode(), "a.yaml", entry, after="A").decode() == after_a
    assert add_line(A.encode(), "a.yaml", entry, after="B").decode() == A + flow


def test_an_item_makes_the_list_that_was_not_there() -> None:
    """A header without gaps is given its first at its end."""
    entry = {"champs": ["au"], "cherche": "Rien : lu", "sources": ["S"]}
    added = 'lacunes:\n  - {champs: [au], cherche: "Rien : lu", sources: [S]}\n'
    assert (
        add_item(b"format: 1\nau: null\n", "c.yaml", "lacunes", entry).decode()
        == f"format: 1\nau: null\n{added}"
    )


def test_numbers_change_or_come_after_the_code() -> None:
    """B has a number, which changes; A has none, which comes under its code."""
    expected = A.replace("numero: 7bis", 'numero: "2"').replace("code: A\n", 'code: A\n    numero: "1"\n')
    assert renumber(A.encode(), "a.yaml", {"A": "1", "B": "2"}).decode() == expected


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda c: fill_gap(c, "a.yaml", "Z", "titre", "x"), "ligne-inconnue", "« Z »"),
        (lambda c: add_line(c, "a.yaml", {"code": "C"}, after="Z"), "ligne-inconnue", "« Z »"),
        (lambda c: renumber(c, "a.yaml", {"Z": "1"}), "ligne-inconnue", "« Z »"),
        (lambda c: fill_gap(c, "a.yaml", "B", "numero", "x"), "retouche-impossible", "« numero » de B"),
        (lambda c: fill_gap(c, "a.yaml", "B", "exigence", "x"), "retouche-impossible", "« exigence » de B"),
        (lambda c: renumber(c.replace(b"numero: 7bis", b"numero: [7]"), "a.yaml", {"B": "1"}),
         "retouche-impossible", "récrire"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed(change: Any, code: str, words: str) -> None:
    """A line that is not there, a field that is no gap, a layout with no place for it: one message each."""
    with pytest.raises(IssuesError) as refused:
        change(A.encode())
    (issue,) = refused.value.issues
    assert issue.code == code
    assert words in issue.message
