"""No rule of our style sheets is dead, and nothing that a page writes waits for a rule that nobody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from autodiagnostics import cadre, synthese
from documents import document as made
from fabrique import LIGNES, checklist
from formulaires import document_of, hostile_of
from habillages import habillee
from imprimes import html
from msgspec.structs import replace
from rapports import changed, computed

import certif_rules
from certif_rules.blocs.arbre import Paragraphe
from certif_rules.documents.formats import page
from certif_rules.services.formats import FORMATS, write_document

ICI = Path(certif_rules.__file__).parent
#: Those of documents and forms; tests/test_espace.py looks at that of the workspace.
FEUILLES = sorted(set(ICI.rglob("*.css")) - set((ICI / "web").rglob("*")))
SCRIPTS = sorted(ICI.rglob("*.js"))

Balise = tuple[str, frozenset[str], dict[str, str]]


class Balises(HTMLParser):
    """Every element of a page: its name, its classes, its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.balises: list[Balise] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.balises.append((tag, frozenset(values.get("class", "").split()), values))


@pytest.fixture(scope="module")
def balises(tmp_path_factory: pytest.TempPathFactory) -> list[Balise]:
    """The elements of pages of every kind: checklists, forms, a synthesis, a report, a page of all blocks."""
    folder = tmp_path_factory.mktemp("styles")
    aside = tuple(
        replace(LIGNES[2], etat=etat, constats_permis=()) for etat in ("non_applicable", "non_audite")
    )
    pages = [
        html(checklist(lignes=(*LIGNES, *aside))),
        html(habillee(folder)),
        page.render(made()),
        page.render(made(blocs=(Paragraphe(texte="Un seul chapitre."),))),
        document_of(folder).read_bytes(),
        hostile_of(folder).read_bytes(),
        write_document("grille", FORMATS["html"], cadre()),
        write_document("synthese", FORMATS["html"], synthese(cadre(), {"1": 3, "K": 1})),
        write_document("rapport", FORMATS["html"], computed(changed("30", constat="nc_majeure"), folder)),
    ]
    read = Balises()
    for content in pages:
        read.feed(content.decode())
    return read.balises


def written_by_scripts() -> set[str]:
    """The classes and attributes that a script gives to what it makes, or takes from it."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    names = set(re.findall(r"\bnoeud\(\"\w+\", .*", text))
    words = {word for call in names for value in re.findall(r'"([\w -]+)"', call) for word in value.split()}
    words |= set(re.findall(r'classList\.\w+\("([\w-]+)"', text))
    return words | set(re.findall(r'setAttribute\("([\w-]+)"', text))


def selectors(path: Path) -> Iterator[str]:
    """The selectors of a style sheet, those of its media queries too."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for head in re.findall(r"([^{};]+)\{", text):
        if not head.strip().startswith("@"):
            yield from (part.strip() for part in head.split(","))


def named(selector: str) -> Iterator[tuple[str, set[str], set[str]]]:
    """What a selector asks of each element that it goes through: a name, classes, attributes."""
    plain = re.sub(r"::?[\w-]+", "", selector.replace("(", " ").replace(")", " "))
    for compound in re.split(r"[\s>+~]+", plain):
        tag = re.match(r"[a-z]\w*", compound)
        classes = set(re.findall(r"\.([\w-]+)", compound))
        yield tag[0] if tag else "", classes, set(re.findall(r"\[([\w-]+)", compound))


@pytest.mark.parametrize("path", FEUILLES, ids=lambda path: path.relative_to(ICI).as_posix())
def test_every_rule_has_its_element(path: Path, balises: list[Balise]) -> None:
    """A class, or an attribute, that no page and no script writes is a rule that dresses nothing."""
    scripts = written_by_scripts()
    dead = []
    for selector in selectors(path):
        for tag, classes, attributes in named(selector):
            if classes | attributes <= scripts:
                continue
            if not any(
                tag in ("", name) and classes - scripts <= known and attributes - scripts <= values.keys()
                for name, known, values in balises
            ):
                dead.append(selector)
    assert dead == []


@pytest.mark.parametrize("path", FEUILLES, ids=lambda path: path.relative_to(ICI).as_posix())
def test_every_text_of_a_rule_is_written(path: Path, balises: list[Balise]) -> None:
    """What a style sheet prints from an attribute is an attribute that a page writes."""
    shown = set(re.findall(r"attr\(([\w-]+)\)", path.read_text(encoding="utf-8")))
    assert shown <= {name for _, _, values in balises for name in values}


def test_every_class_serves(balises: list[Balise]) -> None:
    """A class that a page writes is dressed by a rule, or looked for by a script."""
    used = {c for path in FEUILLES for s in selectors(path) for _, classes, _ in named(s) for c in classes}
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    asked = re.findall(r"(?:querySelector(?:All)?|closest|matches)\([\"`]([^\"`]*)", scripts)
    plain = (re.sub(r"\$\{.*?\}", "", selector) for selector in asked)
    used |= {c for selector in plain for c in re.findall(r"\.([a-z][\w-]+)", selector)}
    assert {c for _, classes, _ in balises for c in classes} - used == set()


def test_every_colour_serves() -> None:
    """A value that a style sheet names is used, and a value that is used has a name."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in FEUILLES)
    text += (ICI / "documents" / "formats" / "page.py").read_text(encoding="utf-8")
    assert set(re.findall(r"(--[\w-]+):", text)) == set(re.findall(r"var\((--[\w-]+)\)", text))
