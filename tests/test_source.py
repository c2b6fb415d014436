"""The reader: what it reads, what it refuses, and exactly where."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from certif_rules.errors import DataError, Location
from certif_rules.source import entree
from certif_rules.source.yaml import PlacedDict, PlacedList, place, read, read_bytes


def refusals(text: str | bytes, *, strict: bool = True) -> list[tuple[str, int, int]]:
    """Code, line and column of each refusal."""
    reader: Any = read if isinstance(text, str) else read_bytes
    with pytest.raises(DataError) as caught:
        reader(text, "f", strict=strict)
    return [(i.code, i.location.line, i.location.column) for i in caught.value.issues if i.location]


# ---- what is read --------------------------------------------------------------------------------------


def test_values() -> None:
    """Quoted and block scalars are text; plain ones are what the four rules say."""
    text = "a: true\nb: false\nc: null\nd: ~\ne:\nf: 0\ng: -12\nh: \"12\"\ni: 'true'\n"
    text += "j: >-\n  un\n  deux # trois\nk: |\n  x\nl: vrai\nm: 1,5\nnn: 10 %\no: [1, x]\np: {q: r}\n"
    text += 'q: v1.2\nr: "2024-01-08"\n'
    assert read(text, "f") == {
        "a": True,
        "b": False,
        "c": None,
        "d": None,
        "e": None,
        "f": 0,
        "g": -12,
        "h": "12",
        "i": "true",
        "j": "un deux # trois",
        "k": "x\n",
        "l": "vrai",
        "m": "1,5",
        "nn": "10 %",
        "o": [1, "x"],
        "p": {"q": "r"},
        "q": "v1.2",
        "r": "2024-01-08",
    }


def test_places() -> None:
    """Every key, value and item knows where it was written."""
    data = read('a: 1\nb:\n  - x\n  - {c: "é", d: 2}\n', "dossier/f.yaml")
    items = data["b"]
    assert isinstance(items, PlacedList)
    assert isinstance(items[1], PlacedDict)
    assert str(place(data)) == "dossier/f.yaml:1:1"
    assert str(place(data, "a")) == "dossier/f.yaml:1:4"
    assert str(place(data, "b", of_key=True)) == "dossier/f.yaml:2:1"
    assert str(place(items)) == "dossier/f.yaml:3:3"
    assert str(place(items, 1)) == "dossier/f.yaml:4:5"
    assert str(place(items[1], "d")) == "dossier/f.yaml:4:17"


def test_place_of_what_is_missing() -> None:
    """A missing key is placed where its mapping starts."""
    assert place(read("a:\n  b: 1\n", "f")["a"], "c") == Location("f", 2, 3)


@pytest.mark.parametrize(
    "content",
    [
        b"a: 1\nb: x\n",
        b"a: 1\r\nb: x\r\n",
        b"a: 1\rb: x\r",
        b"\xef\xbb\xbfa: 1\nb: x\n",
        b"--- \na: 1\nb: x\n...\n",
    ],
)
def test_same_data_whatever_the_line_ends(content: bytes) -> None:
    """Windows line ends, old Mac ones, a byte-order mark, document markers: all the same."""
    assert read_bytes(content, "f") == {"a": 1, "b": "x"}


def test_text_with_a_byte_order_mark() -> None:
    """A mark that the caller's decoding left is not part of the first key."""
    assert place(read("\ufeffa: 1", "f"), "a") == Location("f", 1, 4)


def test_text_is_composed() -> None:
    """Decomposed accents are read as composed ones, in keys and in values."""
    assert read("cafe\u0301: e\u0301te\u0301", "f") == {"caf\u00e9": "\u00e9t\u00e9"}


def test_comments() -> None:
    """A comment is welcome on its own line, after quotes, numbers, and words that are not text."""
    text = "# un\na: 1 # deux\nb: \"x\" # trois\nc: true # quatre\nd: # cinq\n  - 'y' # six\n# sept\n"
    assert read(text, "f") == {"a": 1, "b": "x", "c": True, "d": ["y"]}


# ---- what is refused, and where ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("fichier-vide", 1, 1)]),
        ("# rien\n", [("fichier-vide", 1, 1)]),
        ("---\n", [("type-inattendu", 2, 1)]),
        ("texte", [("type-inattendu", 1, 1)]),
        ("\n- a\n", [("type-inattendu", 2, 1)]),
        ("a: &x b", [("ancre", 1, 4)]),
        ("a: &x {b: c}", [("ancre", 1, 4)]),
        ("a: *x", [("alias", 1, 4)]),
        ("a: !!int 3", [("etiquette", 1, 4)]),
        ("a: !!python/object:os.system x", [("etiquette", 1, 4)]),
        ("a: !x [b]", [("etiquette", 1, 4)]),
        ("%YAML 1.1\n---\na: 1", [("directive", 1, 1)]),
        ("%TAG ! x:\n---\na: 1", [("directive", 1, 1)]),
        ("a: 1\n---\nb: &x 2", [("plusieurs-documents", 2, 1)]),
        ("a: 1\n<<: {b: 2}", [("fusion", 2, 1)]),
        ("1: a", [("cle-non-texte", 1, 1)]),
        ("true: a", [("cle-non-texte", 1, 1)]),
        ("~: a", [("cle-non-texte", 1, 1)]),
        ("[a, b]: c", [("cle-non-texte", 1, 1)]),
        ("? {a: 1}\n: c", [("cle-non-texte", 1, 3)]),
        ("a: 1\nb: 2\na: 3", [("cle-en-double", 3, 1)]),
        ("caf\u00e9: 1\ncafe\u0301: 2", [("cle-en-double", 2, 1)]),
        ('a: "\\0"', [("caractere-de-controle", 1, 4)]),
        ('a: "x\\ry"', [("caractere-de-controle", 1, 4)]),
        ("a: 1\nb: x\x00", [("caractere-de-controle", 2, 5)]),
        ("a: 1\r\nb: x\x07", [("caractere-de-controle", 2, 5)]),
        ("a: x\u2028y", [("caractere-de-controle", 1, 5)]),
        ("a: x\u0085y", [("caractere-de-controle", 1, 5)]),
        ("a: x\u202ey", [("caractere-de-controle", 1, 5)]),
        ("a: x\ufeffy", [("caractere-de-controle", 1, 5)]),
        ("a: \ud800", [("caractere-de-controle", 1, 4)]),
        ("a: 2024-03-08", [("date-sans-guillemets", 1, 4)]),
        ("a: 2024-13-40", [("date-sans-guillemets", 1, 4)]),
        ("a: 2024-02-30T25:61:61Z", [("date-sans-guillemets", 1, 4)]),
        ("2024-03-08: a", [("date-sans-guillemets", 1, 1)]),
        *[
            (f"a:\n  - x\n  - {text}\n", [("nombre-ambigu", 3, 5)])
            for text in (
                "5.10",
                "012",
                "00",
                "-0",
                "+1",
                "1_000",
                "12:30",
                "190:20:30",
                "5319E7",
                "1.5e+3",
                "1.",
                ".5",
                "0x1F",
                "0x_",
                "0b_",
                "0o17",
                ".inf",
                "-.INF",
                ".NaN",
                "._",
                "1.2.3",
                "9" * 19,
                "9" * 5000,
            )
        ],
        *[
            (f"a: {text}", [("booleen-ambigu", 1, 4)])
            for text in ("yes", "No", "on", "OFF", "y", "N", "True", "NULL")
        ],
        ("a: b # c", [("texte-coupe", 1, 5)]),
        ("a: b\t# c", [("texte-coupe", 1, 5)]),
        ("a: b\n  c\n", [("texte-sur-deux-lignes", 1, 4)]),
        ("a: 1\n  - b\n", [("texte-sur-deux-lignes", 1, 4)]),
        ("a: [b\n  c, d]\n", [("texte-sur-deux-lignes", 1, 5)]),
        ("a:\n  b\n  c # d\n", [("texte-sur-deux-lignes", 2, 3), ("texte-coupe", 3, 4)]),
        ("a: [b # c\n]", [("texte-coupe", 1, 6)]),
        ("a: " + "[" * 3000, [("trop-profond", 1, 33)]),
        ("a: " + "{b: " * 3000, [("trop-profond", 1, 4 + 4 * 29)]),
    ],
)
def test_refusals(text: str, expected: list[tuple[str, int, int]]) -> None:
    """Each refusal, with its code, its line and its column."""
    assert refusals(text) == expected


@pytest.mark.parametrize(
    ("text", "place_", "words"),
    [
        ("a: b: c", (1, 5), "« : » inattendu"),
        ("a: b\n c: d", (2, 3), "« : » inattendu"),
        ("a: b\nc", (2, 1), "un « : » manque"),
        ("a: b\nc\nd: e", (2, 1), "un « : » manque"),
        ("a: 'b", (1, 4), "guillemet ouvert"),
        ('a: "b\\q"', (1, 6), "séquence « \\ » inconnue"),
        ('a: "\\ud800"', (1, 7), "ne désigne pas un caractère"),
        ("a: @b", (1, 4), "ne commence pas ainsi"),
        ("a:\n\tb: c", (2, 1), "ne commence pas ainsi"),
        ("a: [b, c", (1, 4), "crochet fermant"),
        ("a: {b: c", (1, 4), "accolade fermante"),
        ("a: [b, c\nd: e", (2, 2), "crochet fermant"),
        ("a: - b", (1, 4), "liste à tirets"),
        ("a:\n  - b\n  c: d", (3, 3), "un tiret"),
        (": a", (1, 1), "une clé était attendue"),
        ("{", (2, 1), "une valeur était attendue"),
        ("a: !x!y b", (1, 4), "une étiquette"),
        ("a: b\n...\nc", (3, 1), "suit la fin"),
        ("a: %b", (1, 4), "ne commence pas ainsi"),
    ],
)
def test_syntax(text: str, place_: tuple[int, int], words: str) -> None:
    """An error of syntax is told in French, where it was seen or where what is not finished began."""
    with pytest.raises(DataError) as caught:
        read(text, "f")
    issue = next(issue for issue in caught.value.issues if issue.code == "syntaxe")
    assert issue.location is not None
    assert words in issue.message
    assert (issue.location.line, issue.location.column) == place_


def test_everything_at_once() -> None:
    """All the refusals of a file are found in one reading, in the order of the file."""
    text = 'a: 5.10\nb: yes\nc: &x 1\nd: *x\na: !t "2"\n'
    assert [code for code, *_ in refusals(text)] == [
        "nombre-ambigu",
        "booleen-ambigu",
        "ancre",
        "alias",
        "cle-en-double",
        "etiquette",
    ]


def test_duplicate_names_the_first() -> None:
    """A key given three times: each repetition points at the one before it."""
    with pytest.raises(DataError) as caught:
        read("a: 1\na: 2\na: 3\n", "f")
    assert [issue.related[0][0].line for issue in caught.value.issues] == [1, 2]


def test_messages_hold_nothing_a_terminal_obeys() -> None:
    """Escapes hidden in a key or in a tag are not repeated."""
    with pytest.raises(DataError) as caught:
        read('"a\\eb": 1\n"a\\eb": !x%1b%5b31m 2\n', "f")
    assert "\x1b" not in str(caught.value)
    assert "cle-en-double" in str(caught.value)
    assert "etiquette" in str(caught.value)


def test_bomb() -> None:
    """A billion laughs: each anchor and alias is an issue, nothing is expanded."""
    text = "a: &a [x]\n" + "".join(f"{c}: &{c} [{f'*{b}, ' * 9}*{b}]\n" for b, c in pairwise("abcdefghi"))
    codes = [code for code, *_ in refusals(text)]
    assert (codes.count("ancre"), codes.count("alias")) == (9, 80)


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"a: caf\xe9\n", 1, 7),
        (b"a: 1\r\nb: caf\xe9", 2, 7),
        ("a: é".encode() + b"\xff", 1, 5),
        (b"\xef\xbb\xbfa: caf\xe9", 1, 7),
        ("a: 1".encode("utf-16"), 1, 1),
    ],
)
def test_encoding(content: bytes, line: int, column: int) -> None:
    """Anything but UTF-8 is refused, at the first byte that is not."""
    assert refusals(content) == [("encodage", line, column)]


def test_a_workbook_is_told_apart() -> None:
    """A filled grid given in place of its findings: the hint is not to save it in UTF-8, but to read it."""
    with pytest.raises(DataError) as caught:
        read_bytes(b"PK\x03\x04\x14\x00\xe9", "grille.xlsx")
    (issue,) = caught.value.issues
    assert (issue.code, "certif-rules lire" in str(issue.hint)) == ("encodage", True)


def test_too_large(tmp_path: Path) -> None:
    """A huge file is refused before it is parsed, one at the limit is read."""
    path = tmp_path / "f.yaml"
    path.write_bytes(b"a: 1\n#" + b"x" * (entree.MAX_BYTES - 6))
    assert read_bytes(entree.content_of(path), "f.yaml") == {"a": 1}
    path.write_bytes(b"a: 1\n#" + b"x" * (entree.MAX_BYTES - 5))
    with pytest.raises(DataError, match="fichier-trop-grand: fichier de plus de 5 Mo"):
        read_bytes(entree.content_of(path), "f.yaml")


def test_unreadable(tmp_path: Path) -> None:
    """A file that is not there, and one that is a folder."""
    with pytest.raises(DataError, match=r"^a\.yaml: fichier-illisible: fichier introuvable : absent\.yaml$"):
        entree.content_of(tmp_path / "absent.yaml", "a.yaml")
    with pytest.raises(DataError, match="fichier-illisible: lecture impossible"):
        entree.content_of(tmp_path)
