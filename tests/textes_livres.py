"""Every French text that ships, with its place: data, pages, messages, descriptions, forms.

What the markup says is not French is left out: code between backticks, addresses, quotations of a file name
or of a command, names of fields. What stands for a value in a message is ``TROU``.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from autodiagnostics import filled
from console import DOSSIER, PROFIL, Console
from modules import MODULES, documented, tree_of
from rapports import a6, findings_file
from ruamel.yaml import YAML  # noqa: TID253 (a test may wait for it)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode  # noqa: TID253

ROOT = Path(__file__).resolve().parent.parent

#: What stands in a text for a value that only the run knows.
TROU = "\ue000"

#: A code, a key, a path: one run of characters that no sentence would hold alone.
_CODE = re.compile(r"[a-z0-9_:./+*@-]*|[A-Z0-9_-]*\d[A-Z0-9_-]*|\S*[/\\_=<>{}#]\S*")
#: Calls that make no text for people: patterns, lists of words, errors of programmers.
_OF_CODE = re.compile(r"^re\.|\.split$|^_set$|^[A-Z]\w+Error$|^warnings\.|\.addini$|^w$")
#: Modules whose texts are tables of letters, names of styles, or names of fields.
_TABLES = re.compile(r"blocs/largeurs|certif_rules/noms|formats/docx_styles|echanges/")
_MARKUP = re.compile(
    r"</?\w+[ >]|/>|<!|--[a-z-]+: |\w+=\"|@media|: \w+[^ ]*;$|^#\w|^[=+(]*[A-Z]+\(|=>"
    r"|^\.\w+ > |\[\w+=|\(min-width|-src |\dpt solid|sans-serif|^MS Gothic|^objects "
    r"|Content-Type:|Exporter\.render of"
)
#: Of a page in Markdown: fences, code, addresses of links, tags, comments.
_BALISES = re.compile(
    r"(?ms)^( *)```.*?^\1```|`[^`]*`|\]\([^)]*\)|<!--.*?-->|<[^>\n]*>|https?://\S+"
    r"|^\[[^\]]*\]: .*?$"
)
#: What ends the words of a link.
_FIN = {"]": "]"}


class Passage(NamedTuple):
    """A text that people read, and where it stands."""

    path: Path
    line: int
    text: str

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(ROOT).as_posix()}:{self.line}"


def _said(text: str) -> bool:
    """Tell a text for people from a code, a key or a path."""
    return _CODE.fullmatch(text.strip()) is None


def _sentence(text: str) -> bool:
    """Tell what a module says to people from what it writes into a file: markup, names of a format."""
    words = re.search(r"[^\W\d_] [^\W\d_]|[^\x00-\x7f\ue000]", text)
    return words is not None and _said(text) and not _MARKUP.search(text)


def yaml_passages(path: Path, source: str) -> Iterator[Passage]:
    """Give the values and the comments of a YAML file."""
    for number, line in enumerate(source.splitlines(), 1):
        if re.match(r"\s*# ", line):
            yield Passage(path, number, line.strip(" #"))
    root = YAML(typ="safe").compose(source)
    if root is not None:
        yield from _scalars(path, root)


def _scalars(path: Path, node: Node) -> Iterator[Passage]:
    if isinstance(node, MappingNode):
        for _, value in node.value:
            yield from _scalars(path, value)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from _scalars(path, value)
    elif isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:str" and _said(node.value):
        yield Passage(path, node.start_mark.line + 1, node.value)


def page_passages(path: Path, source: str) -> Iterator[Passage]:
    """Give the paragraphs of a page in Markdown: what its markup says is code counts as a value."""
    prose = _BALISES.sub(lambda match: _FIN.get(match[0][0], TROU) + "\n" * match[0].count("\n"), source)
    for match in re.finditer(r"(?:[^\n]+\n?)+", prose):
        yield Passage(path, prose.count("\n", 0, match.start()) + 1, match[0])


def json_passages(path: Path, source: str) -> Iterator[Passage]:
    """Give the titles and descriptions of a schema."""

    def walk(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in {"title", "description", "$comment"} and isinstance(value, str):
                    yield value
                else:
                    yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    for text in walk(json.loads(source)):
        start = source.find(json.dumps(text, ensure_ascii=False)[:60])
        yield Passage(path, source.count("\n", 0, max(start, 0)) + 1, text)


def module_passages(path: Path, tree: ast.Module) -> Iterator[Passage]:
    """Give the texts that a module holds, docstrings and regular expressions excepted."""
    skipped = documented(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _OF_CODE.search(ast.unparse(node.func)):
            skipped |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Dict):  # what a library says, and our words for it
            skipped |= {id(key) for key in node.keys}
        if isinstance(node, ast.Compare):
            skipped |= {id(part) for part in (node.left, *node.comparators)}
        if isinstance(node, ast.Assert) and node.msg is not None:
            skipped |= {id(part) for part in ast.walk(node.msg)}
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else TROU for part in node.values)
            text = "".join(map(str, parts))
            if _sentence(text):
                yield Passage(path, node.lineno, text)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _sentence(node.value):
            yield Passage(path, node.lineno, node.value)


def script_passages(path: Path, source: str) -> Iterator[Passage]:
    """Give the texts of a script or of a style sheet, comments excepted."""
    bare = re.sub(r"(?m)^\s*//.*$|/\*.*?\*/", "", source)
    for match in re.finditer(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', bare):
        text = re.sub(r"\$\{[^{}]*\}", TROU, match[1] or match[2] or "")
        if _said(text) and not text.isupper() and not _MARKUP.search(text):
            yield Passage(path, bare.count("\n", 0, match.start()) + 1, text)


def translated_passages(path: Path, source: str) -> Iterator[Passage]:
    """Give the translations of a catalogue."""
    for match in re.finditer(r'(?m)^msgstr(?:\[\d\])? ((?:".*"\n?)+)', source):
        text = "".join(json.loads(part) for part in match[1].splitlines())
        if not _MARKUP.search(text):
            yield Passage(path, source.count("\n", 0, match.start()) + 1, text)


def template_passages(path: Path, source: str) -> Iterator[Passage]:
    """Give the texts of a template of plugins, the words that are to be replaced left out."""
    source = re.sub(r"^# (yaml-language-server|>>>|<<<).*$", "#", source, flags=re.MULTILINE)
    source = re.sub(r"^(# +(?:- )?)[a-z_]+:", r"\1", source, flags=re.MULTILINE)  # keys that a comment shows
    read = page_passages if path.suffix == ".md" else yaml_passages
    yield from read(path, re.sub(r"\b[A-Z-]+-MODELE\b|\b[\w-]+[_-]modele\b|\bTitre modele\b", "1", source))


def passages() -> Iterator[Passage]:
    """Give every text that ships."""
    packages = sorted(ROOT.glob("plugins/*/certif_rules_*"))
    for name, path in MODULES.items():
        if not _TABLES.search(path.as_posix()):
            yield from module_passages(path, tree_of(name))
    for path in sorted(path for package in packages for path in package.rglob("*.py")):
        yield from module_passages(path, ast.parse(path.read_text(encoding="utf-8")))
    for pattern, read in READERS.items():
        for path in sorted(ROOT.glob(pattern)):
            if path.name not in ENGLISH:
                yield from read(path, path.read_text(encoding="utf-8"))


def printed(call: Console, folder: Path) -> Iterator[Passage]:
    """Give what the documents of a few requests say, by block: data and words as people read them."""
    profil, held = folder / "profil.yaml", folder / "sur-place.yaml"
    profil.write_text(PROFIL, encoding="utf-8")
    held.write_text(PROFIL.replace("mode: sur_site", "mode: a_distance"), encoding="utf-8")
    constats = findings_file(a6(), folder)
    levels = {"1": 3, "2": 2, "4": 1, "11": 0, "26": "sans_objet"}
    answers = filled(call, profil, folder / "reponses.json", levels, fait_le="2024-02-01")
    for name, *arguments in (
        ("checklist", "checklist", "--profil", held, "--format", "html"),
        ("surveillance", "checklist", *SURVEILLANCE, "--format", "html"),
        ("formulaire", "checklist", "--profil", profil, "--format", "formulaire"),
        ("rapport", "rapport", constats, "--format", "html"),
        ("fiches", "rapport", constats, "--fiches", "--format", "html"),
        ("autodiagnostic", "autodiagnostic", "--profil", profil, "--format", "html"),
        ("synthese", "autodiagnostic", "--reponses", answers, "--format", "html"),
        ("dossier", "dossier", "--profil", "-", "--format", "html"),
    ):
        written = call(*arguments, "-o", "-", stdin=DOSSIER)
        assert written.status == 0, (name, written.err)
        for block in blocks(written.out.decode()):
            yield Passage(ROOT / name, 1, block)


def blocks(page: str) -> Iterator[str]:
    """Give the blocks of text of a page; code is a value."""
    bare = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", page)
    bare = re.sub(r"(?s)<code\b.*?</code>", TROU, bare)
    joined = re.sub(r"</?(?:a|abbr|b|em|i|small|span|strong|sup|time)\b[^>]*>", "", bare)
    for block in re.split(r"(?:<[^>]+>\s*)+", joined):
        if block.strip():
            yield html.unescape(block)


SURVEILLANCE = ("qualiopi", "--type", "surveillance", "--date", "2024-03-18", "--categorie", "AF")

#: Pages for those who take over the code.
ENGLISH = {"architecture.md"}
#: What ships, and how it is read.
READERS = {
    "plugins/*/certif_rules_*/**/*.yaml": yaml_passages,
    "plugins/*/tests/cas/*.yaml": yaml_passages,
    "docs/exemples/**/*.yaml": yaml_passages,
    "*.md": page_passages,
    "docs/**/*.md": page_passages,
    "plugins/*/*.md": page_passages,
    "certif_rules/modeles/**/*.yaml": template_passages,
    "certif_rules/modeles/**/*.md": template_passages,
    "schemas/*.json": json_passages,
    "certif_rules/**/*.js": script_passages,
    "certif_rules/**/*.css": script_passages,
    "certif_rules/**/*.po": translated_passages,
}
