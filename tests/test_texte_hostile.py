"""What people type is never code nor markup, in any format: a format joins by one row of ``FORMATS``.

The rule is the same for all: a document made with a hostile text has the structure of the one made with a
plain text. ``structure`` gives, with a parser that is not ours, whatever would be run, followed or laid out.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from console import AUDIT, Console
from fabrique import HOSTILES, checklist, contexte, organisme
from grilles import AF, exported_form, filled, grille
from grilles import FORMATS as GRILLES
from imprimes import html, md, table
from msgspec.structs import replace
from openpyxl import load_workbook

from certif_rules.blocs.typographie import clean
from certif_rules.echanges import checklist as json_
from certif_rules.formulaires import checklist as formulaire
from certif_rules.grilles import csv as csv_
from certif_rules.grilles import ods, xlsx

TEXTES = (
    *HOSTILES,
    "</script><script>alert(1)//</script>",
    "</style><img src=x onerror=alert(1)>",
    "<!-- ]]> --> <![CDATA[ <?php ?>",
    '" onfocus="alert(1)" autofocus="',
    "a\u2028alert(1)\u2029b \\u003c \\",
    "';alert(1);//${7*7}`{{7*7}}`#{7*7}",
    "\x1b]8;;http://exemple.invalid\x07lien\x1b]8;;\x07 \x9b31m \x08\x00",
    "=cmd|' /C calc'!A0",
    "+1", "-1", "@SUM(1)", "\t=1", "\r\n=1", "'=1", "\u00a0=1",
    "1. un\n- deux\n> trois\n```\nquatre\n```\n| a |\n|---|",
    "[a]: http://exemple.invalid ![b](c) <http://d.invalid> www.e.invalid f@g.invalid $h$ ~~i~~",
    '#let x = read("/etc/passwd"); @import "y" $z$ \\input{a}',
    "BEGIN:VEVENT\r\nATTENDEE:mailto:a@b.invalid",
    "%s %n {0} {nom} %(nom)s",
    "\ud800 \ufffe \u200b\u2066",
)  # fmt: skip


def made(texte: str) -> Any:
    """The checklist with a text wherever people type: names, places, the mode of the audit."""
    sites = ({"id": "S1", "commune": texte, "region": texte}, {"id": "S2", "commune": texte})
    return checklist(organisme=organisme(texte, sites=sites, contact=texte), contexte=contexte(mode=texte))


# ---- the structure of each format -----------------------------------------------------------------------


class _Tags(HTMLParser):
    """Elements with their attributes, but for what is only shown; scripts and styles with their content."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = ("title", "content", "data-tete")
        self.inside = f"{tag}#{dict(attrs).get('id')}"
        self.found.append((tag, tuple((n, None if n in shown else v) for n, v in attrs)))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.inside = ""

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(decl)

    def handle_data(self, data: str) -> None:
        if self.inside.startswith("style"):
            self.found.append(data)
        elif self.inside == "script#donnees":
            self.found.append(sorted(json.loads(data)))  # still one JSON value
            assert not set(data) & set("<\u2028\u2029")
        elif self.inside.startswith("script"):
            self.found.append(data)


def of_html(content: bytes) -> object:
    reader = _Tags()
    reader.feed(content.decode("utf-8"))
    reader.close()
    return reader.found


def of_md(content: bytes) -> object:
    """The signs that Markdown reads, once those that are escaped are gone; the first of each line apart."""
    bare = re.sub(r"\\[^\w\s]", "", content.decode("utf-8"))
    openings = Counter(m[0] for m in re.findall(r"(?m)^\s*([-+#>=|]|\d+[.)]|```)", bare))
    return Counter(re.findall(r"[`*_\[\]<>|~$]|://", bare)), openings


def of_csv(content: bytes) -> object:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
    run = [cell for row in rows for cell in row if re.match(r"\s*[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20]", cell)]
    return [len(row) for row in rows], run


def of_xlsx(content: bytes) -> object:
    book = load_workbook(io.BytesIO(content))
    cells = [(s.title, c.coordinate, c.data_type, c.value if c.data_type == "f" else None, c.hyperlink)
             for s in book for row in s.iter_rows() for c in row if c.value is not None]  # fmt: skip
    return cells, sorted(zipfile.ZipFile(io.BytesIO(content)).namelist())


def of_ods(content: bytes) -> object:
    archive = zipfile.ZipFile(io.BytesIO(content))
    root = ElementTree.fromstring(archive.read("content.xml"))
    blank = {"p", "s", "line-break", "span", "tab"}  # a text of several lines or blanks is written with these
    found = [
        (node.tag, sorted(v for k, v in node.attrib.items() if k.endswith(("formula", "href"))))
        for node in root.iter()
        if node.tag.rpartition("}")[2] not in blank
    ]
    return found, sorted(archive.namelist())


def of_table(content: bytes) -> object:
    """What drives a terminal or turns the order of reading round."""
    return {c for c in content.decode("utf-8") if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


def of_json(content: bytes) -> object:
    def keys(value: Any) -> object:
        if isinstance(value, dict):
            return {key: keys(child) for key, child in value.items()}
        return [keys(child) for child in value] if isinstance(value, list) else type(value).__name__

    return keys(json.loads(content))


@dataclass(frozen=True)
class Format:
    """How a format is written, and what of it is not text."""

    render: Callable[[Any], bytes]
    structure: Callable[[bytes], object]


FORMATS = {
    "html": Format(html, of_html),
    "formulaire": Format(formulaire.render, of_html),
    "md": Format(md, of_md),
    "csv": Format(csv_.render, of_csv),
    "xlsx": Format(xlsx.render, of_xlsx),
    "ods": Format(ods.render, of_ods),
    "table": Format(table, of_table),
    "json": Format(json_.render, of_json),
}


@pytest.mark.lent
@pytest.mark.parametrize("nom", FORMATS)
@pytest.mark.parametrize("texte", TEXTES)
def test_a_hostile_text_changes_no_structure(nom: str, texte: str) -> None:
    """A typed text adds no tag, cell or paragraph to any format."""
    written = FORMATS[nom]
    plain = written.structure(written.render(made("Atelier")))
    assert written.structure(written.render(made(texte))) == plain


@pytest.mark.parametrize("nom", FORMATS)
def test_the_structure_is_looked_at(nom: str) -> None:
    """The check itself sees something: a checklist with fewer lines has another structure."""
    written = FORMATS[nom]
    found = written.structure(written.render(made("Atelier")))
    assert found
    if nom not in ("table", "json"):
        short = replace(made("Atelier"), lignes=made("Atelier").lignes[:1])
        assert written.structure(written.render(short)) != found


# ---- notes, back and forth ------------------------------------------------------------------------------

LIGNE = next(li.indicateur.id for li in grille().lignes if li.etat == "a_auditer")
NOTES = [t for t in TEXTES if clean(t) == t]


@pytest.mark.lent
@pytest.mark.parametrize("suffix", GRILLES)
def test_hostile_notes_come_back_as_they_were_typed(
    suffix: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An auditor's note is read back letter for letter from every kind of grid."""
    call = Console(capfdbinary, monkeypatch)
    for rank, note in enumerate(NOTES):
        path = filled(grille(), suffix, {LIGNE: {"Commentaire": note}}, tmp_path, f"g{rank}")
        lu = call("lire", path)
        assert lu.status == 0, lu.err
        assert lu.json["constats"][0]["commentaire"] == note


# ---- messages -------------------------------------------------------------------------------------------


def unsafe(text: str) -> set[str]:
    return {c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cs")}


@pytest.mark.lent
@pytest.mark.parametrize("texte", [t for t in TEXTES if "\0" not in t and "\ud800" not in t])
def test_messages_drive_no_terminal(
    texte: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No message carries a control character that the user, or a file, slipped in."""
    call = Console(capfdbinary, monkeypatch)
    constats = tmp_path / "c.json"
    line = {"id": LIGNE, "constat": "conforme", "commentaire": f"a@exemple.fr {texte}", "leve_par": texte}
    constats.write_text(json.dumps({**AF, "constats": [line]}), encoding="utf-8")
    calls = [
        ("conclure", constats),
        ("lire", constats),
        ("referentiels", f"x{texte}"),
        ("checklist", f"x{texte}", *AUDIT[1:]),
        ("checklist", *AUDIT, "--avec", f"x{texte}"),
        ("expliquer", "qualiopi", f"x{texte}", *AUDIT[1:]),
        ("checklist", "--format", f"x{texte}", *AUDIT),
    ]
    for arguments in calls:
        reponse = call(*arguments)
        assert reponse.status in (1, 2), arguments
        assert unsafe(reponse.err) == set(), arguments
        assert unsafe(reponse.out.decode()) == set(), arguments


# ---- French text intact (story M10) ---------------------------------------------------------------------

FRANCAIS = "L’audit\u00a0: «\u00a0oui\u00a0»\u202f; œuvre, 5\u00a0%"


def visible(nom: str, content: bytes) -> str:
    """The text of a document, read by something that is not ours."""
    if nom == "json":
        return json.dumps(json.loads(content), ensure_ascii=False)
    if nom == "csv":
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
        return "\n".join(cell for row in rows for cell in row)
    if nom == "xlsx":
        cells = (c.value for s in load_workbook(io.BytesIO(content)) for row in s.iter_rows() for c in row)
        return "\n".join(str(value) for value in cells if value is not None)
    if nom == "ods":
        root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("content.xml"))
        return "\n".join("".join(p.itertext()) for p in root.iter() if p.tag.endswith("}p"))
    return unescape(re.sub(r"<[^>]*>", "", content.decode("utf-8")))


@pytest.mark.parametrize("nom", ["json", "csv", "xlsx", "ods", "html"])
def test_french_is_printed_as_it_was_typed(nom: str) -> None:
    """French letters and signs reach every format as they were typed."""
    content = FORMATS[nom].render(made(FRANCAIS))
    assert FRANCAIS in visible(nom, content)
    if nom == "csv":
        assert content.startswith(b"\xef\xbb\xbf")


@pytest.mark.lent
@pytest.mark.parametrize("nom", [*GRILLES, "formulaire"])
def test_french_is_read_back_as_it_was_typed(
    nom: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """French letters and signs come back from every grid as they were typed."""
    call = Console(capfdbinary, monkeypatch)
    named = grille(organisme={**AF["organisme"], "nom": FRANCAIS})
    saisie = {LIGNE: {"Commentaire": FRANCAIS, "Preuves vues": FRANCAIS}}
    path = (
        exported_form(named, saisie, tmp_path)
        if nom == "formulaire"
        else filled(named, nom, saisie, tmp_path)
    )
    lu = call("lire", path)
    assert lu.status == 0, lu.err
    assert lu.json["organisme"]["nom"] == FRANCAIS
    assert lu.json["constats"][0]["commentaire"] == FRANCAIS
    assert lu.json["constats"][0]["preuves_vues"] == [FRANCAIS]
