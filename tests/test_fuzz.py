"""Every input, spoilt by its grammar: an answer, or issues that people can act on; never anything else.

A minute in all. ``benchmarks/fuzz.py`` holds the inputs, their law, and a search by coverage to run by hand.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from console import AUDIT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certif_rules.cli import run
from certif_rules.source.yaml import read_bytes

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))
import fuzz

pytestmark = pytest.mark.fuzz

#: How many inputs of each kind: what takes a tenth of a second has fewer.
NUMBERS = {
    "profil": 70, "constats": 70, "textes": 50, "habillage": 100, "logo": 200, "reponses": 100,
    "reponses_csv": 100, "population": 100, "exigence": 12, "regles": 12, "vie": 12, "json": 30, "csv": 80,
    "xlsx": 80, "ods": 80,
}  # fmt: skip
#: What stands where something else was.
ODD: list[Any] = [
    None, True, -1, 0, 1e300, 10**30, "", " ", "1", "oui", "é" * 300, "x" * 5_000, "a b", "=1+1", "a\nb",
    "qualiopi/1", "certifregion", "2024-02-30", "9999-12-31", "0001-01-01", "2024-03-15", "cfa", "AF", "../a",
    "%s{}", "*", "\u202e", "\u2028", "\x85",
    [], {}, [[]], [None], [{}], ["AF", "AF"], {"a": {"b": []}}, {"AF": "oui"},
]  # fmt: skip
#: What the texts of YAML, JSON, CSV, SVG and XML are made of, put where it does not belong.
TOKENS = [
    "&a ", "*a", "!!python/object:os.system ", "<<: ", "? ", "- ", "|\n", ">-\n", "\t", "---\n", "...\n",
    "%YAML 2.0\n---\n", ": ", "#", "'", '"', "{", "}", "[", "]", ",", "\\", "\\u0000", "\\ud800", "\x00",
    "\x1b[2J", "\ufeff", "\r", "\n", ";", "=", "é", "e\u0301", "\U0001f600", "1e999", "-", "<", ">", "&",
    "&#0;", "&a;", "]]>", "<!--", "<!DOCTYPE a [<!ENTITY a 'b'>]>", "url(http://x)", "u/**/rl(", "image('a')",
    "cross-fade(", "@import", "1e300", " onload='a'", "<script/>", "xlink:href='http://x'", "NaN", "%",
    "<?xml version='1.0' encoding='utf-7'?>",
]  # fmt: skip


def one_in(draw: st.DrawFn, number: int) -> bool:
    # The middle: bounds are drawn more often than their turn.
    return draw(st.integers(0, number - 1)) == number // 2


def values_under(key: Any, node: Any) -> Iterator[Any]:
    """Every value under a key of that name, however deep."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in inside:
        if step == key:
            yield child
        yield from values_under(key, child)


def somewhere(draw: st.DrawFn, data: Any) -> tuple[Any, Any]:
    """A dictionary or a list, and a key of it: level by level, so that long lists hide nothing."""
    top = [key for key in data if key != "format" or one_in(draw, 12)] or list(data)
    node, step = data, draw(st.sampled_from(top))
    while isinstance(child := node[step], dict | list) and child and draw(st.integers(0, 3)):
        node = child
        step = draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
    return node, step


def spliced(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes with some taken away and a token put there."""
    at = draw(st.integers(0, len(content)))
    token = draw(st.sampled_from(TOKENS)).encode()
    return (
        content[:at]
        + token * draw(st.sampled_from([1, 1, 1, 300]))
        + content[at + draw(st.integers(0, 12)) :]
    )


@st.composite
def trees(draw: st.DrawFn, data: Any) -> bytes:
    """Data some values of which were replaced, renamed or taken away; then, seldom, its text."""
    data = json.loads(json.dumps(data))
    for _ in range(draw(st.integers(0, 4))):
        if not data:
            break
        node, step = somewhere(draw, data)
        match draw(st.sampled_from(["odd", "like", "like", "remove", "rename", "nest", "twice"])):
            case "remove":
                del node[step]
            case "rename" if isinstance(node, dict):
                node[draw(st.sampled_from([f"{step}e", "", "é", "a.b", "x" * 300, "nom", "id"]))] = node.pop(
                    step
                )
            case "nest":
                node[step] = draw(st.sampled_from([[node[step]], {"a": node[step]}]))
            case "twice" if isinstance(node, list):
                node.append(node[step])
            case "like":  # a value of elsewhere: right by its form, wrong by its sense
                others = node if isinstance(node, list) else list(values_under(step, data))
                node[step] = copy.deepcopy(draw(st.sampled_from(others)))
            case _:
                node[step] = copy.deepcopy(draw(st.sampled_from(ODD)))
    text = json.dumps(data, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    content = text.encode("utf-8", "surrogatepass")
    return spliced(draw, content) if one_in(draw, 10) else content


@st.composite
def tables(draw: st.DrawFn, content: bytes) -> bytes:
    """A table some cells of which were replaced, with other ends of line, separators and encodings."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.sampled_from(rows))
        text = draw(st.sampled_from([str(odd) for odd in ODD] + TOKENS))
        match draw(st.sampled_from(["cell", "cell", "header", "remove", "twice", "cut"])):
            case "cell" if row:
                row[draw(st.integers(0, len(row) - 1))] = text
            case "header" if rows[0]:
                rows[0][draw(st.integers(0, len(rows[0]) - 1))] = text
            case "remove" if len(rows) > 1:
                rows.remove(row)
            case "twice":
                rows.append(list(row))
            case _:
                del row[draw(st.integers(0, len(row))) :]
    out = io.StringIO(newline="")
    separator, end = draw(st.sampled_from(";;;,\t")), draw(st.sampled_from(["\r\n", "\n", "\r"]))
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    encoding = draw(st.sampled_from(["utf-16", "cp1252"])) if one_in(draw, 10) else "utf-8-sig"
    content = out.getvalue().encode(encoding, "replace")
    return spliced(draw, content) if one_in(draw, 6) else content


#: What is between two tags, a text; between two quotes, a name, a size, a number of rows.
TEXT, ATTRIBUTE = re.compile(rb">([^<>]+)<"), re.compile(rb"=\"([^\"<>]*)\"")


def marked_up(draw: st.DrawFn, part: bytes) -> bytes:
    """XML with another text or attribute; seldom, spliced or repeated."""
    texts_, attributes = list(TEXT.finditer(part)), list(ATTRIBUTE.finditer(part))
    values = attributes if one_in(draw, 3) or not texts_ else texts_
    if not values or one_in(draw, 12):
        start = draw(st.integers(0, len(part)))
        repeated = part[:start] + part[start : start + 400] * 20 + part[start:]
        return draw(st.sampled_from([repeated, spliced(draw, part)]))
    start, end = draw(st.sampled_from(values)).span(1)
    text = draw(st.sampled_from([str(odd) for odd in ODD] + TOKENS))
    seen = text if one_in(draw, 8) else "".join(c for c in text if c >= " " or c in "\t\n")
    odd = seen.encode("utf-8", "replace")
    for sign, escaped in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b'"', b"&quot;")):
        odd = odd.replace(sign, escaped)
    return part[:start] + odd + part[end:]


@st.composite
def archives(draw: st.DrawFn, content: bytes) -> bytes:
    """A workbook some values of whose parts were replaced, or that lacks a part, or its end."""
    source = ZipFile(io.BytesIO(content))
    members = {name: source.read(name) for name in source.namelist()}
    sheets = [name for name in members if re.search(r"sheet\d+\.xml$|content\.xml$|sharedStrings", name)]
    for _ in range(draw(st.integers(1, 4))):
        # The strings of XLSX are apart: its sheets hold their ranks.
        strings = [name for name in sheets if "sharedStrings" in name and not one_in(draw, 3)]
        name = draw(st.sampled_from(list(members) if one_in(draw, 8) else strings or sheets))
        if one_in(draw, 30):
            members.pop(name, None)
        elif name in members:
            members[name] = marked_up(draw, members[name])
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, part in members.items():
            archive.writestr(name, part)
    whole = out.getvalue()
    return whole[: draw(st.integers(0, len(whole)))] if one_in(draw, 20) else whole


@st.composite
def texts(draw: st.DrawFn, content: bytes) -> bytes:
    """A text in which tokens stand where they do not belong."""
    for _ in range(draw(st.integers(1, 3))):
        content = marked_up(draw, content) if content.startswith(b"<") else spliced(draw, content)
    return content


def spoilt(name: str, content: bytes) -> st.SearchStrategy[bytes]:
    if name in ("xlsx", "ods"):
        return archives(content)
    if name in ("csv", "reponses_csv"):
        return tables(content)
    if name in ("logo", "population"):
        return texts(content)
    data = json.loads(content) if content.startswith(b"{") else read_bytes(content, name)
    return st.integers(0, 9).flatmap(lambda turn: texts(content) if turn == 5 else trees(data))


@pytest.mark.parametrize("name", NUMBERS)
def test_any_input_ends_in_an_answer_or_in_issues(name: str) -> None:
    """Nothing else is raised, and every issue is one of those explained, and short."""
    entree = fuzz.ENTREES[name]

    @settings(
        max_examples=NUMBERS[name], deadline=None, suppress_health_check=list(HealthCheck), print_blob=True,
        database=None,
    )  # fmt: skip
    @given(spoilt(name, entree.exemple()))
    def hold(content: bytes) -> None:
        fuzz.try_on(entree, content)

    hold()


#: The command that takes each input from a file, and the suffix of that file.
COMMANDS = {
    "profil": (".yaml", ["checklist", "--format", "md", "--profil"]),
    "constats": (".json", ["rapport", "--format", "html"]),
    "textes": (".yaml", ["checklist", *AUDIT, "--format", "table", "--textes"]),
    "habillage": (".yaml", ["checklist", *AUDIT, "--format", "html", "--habillage"]),
    "logo": (".svg", ["valider"]),
    "reponses": (".json", ["autodiagnostic", "--format", "json", "--reponses"]),
    "reponses_csv": (".csv", ["autodiagnostic", *AUDIT, "--format", "table", "--reponses"]),
    "population": (".txt", ["echantillon", *AUDIT, "--objet", "dossiers", "--taille", "1", "--population"]),
    "json": (".json", ["lire"]),
    "csv": (".csv", ["lire"]),
    "xlsx": (".xlsx", ["lire"]),
    "ods": (".ods", ["lire"]),
}


def called(*arguments: str) -> tuple[int, str, str]:
    """The status of a call in this process, and what it printed."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2)]
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        status = run(list(arguments))
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode() for stream in streams)  # type: ignore[attr-defined]
    return status, out, err


@pytest.mark.parametrize("name", COMMANDS)
def test_any_file_given_to_a_command_has_its_status(name: str, tmp_path: Path) -> None:
    """Zero with an answer, one with what is wrong of the file: short, printable, each with its code."""
    entree = fuzz.ENTREES[name]
    suffix, command = COMMANDS[name]
    path = tmp_path / f"a{suffix}"

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(spoilt(name, entree.exemple()))
    def hold(content: bytes) -> None:
        path.write_bytes(content)
        status, out, err = called(*command, str(path))
        faults = out if command == ["valider"] else err
        # Two: what a file leaves out of its request may be given by options.
        assert status in ((0, 1, 2) if name in ("profil", "reponses") else (0, 1)), err
        assert "Traceback" not in err
        codes = set(re.findall(r"^(?:\S.*?: )??([a-z]+(?:-[a-z]+)*): ", faults, re.MULTILINE)) - {
            "avertissement"
        }
        assert codes <= fuzz.CODES - {"erreur-interne"}
        assert bool(codes) is (status > 0)
        assert all(len(line) <= fuzz.LONGEST for line in err.splitlines())
        assert all(c.isprintable() or c in "\n\t\u00a0\u202f" for c in err)

    hold()
