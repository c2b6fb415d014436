"""What the core may not name: whatever a référentiel declares, and every number of it."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from greffons import DONNEES, registry
from modules import MODULES, ROOT, strings, text_of, tree_of

SCHEMAS = ROOT / "schemas"

#: Both a finding of a référentiel and a state of the core, which was first.
STATES = {"non_applicable"}
#: Words of the core that are also declared, and what they are in it.
HOMONYMS: dict[str, dict[str, str]] = {
    "documents.mots": {"label": "the word beside the mark of a label"},
    "grilles.autodiagnostic": {"label": "the column that says whether a line is the label’s"},
    "formulaires.champs": {"label": "the element that names a field"},
    "grilles.csv": {"label": "the column that says whether a line is the label’s"},
    "formulaires.page": {"label": "the element that names a field"},
    "model.acteurs": {"conforme": "an opinion that binds whoever decides"},
    "source.schema": {"commun": "the schema that the others share"},
    "cli.nouveau": {"label": "a template of plugins"},
    "cli.rebaser": {"label": "an argument: an edition of a label"},
    "services.nouveau": {"label": "a template of plugins"},
}
#: The same, of schemas.
SCHEMA_HOMONYMS: dict[str, dict[str, str]] = {
    nom: {"conforme": "an opinion that binds whoever decides"}
    for nom in ("acteurs.schema.json", "sortieconclure.schema.json", "sortiedossier.schema.json")
}
SHIPPED = ("qualiopi", "certifregion")


@cache
def declared() -> Mapping[str, set[str]]:
    """What the shipped référentiels declare, over all their editions: names by kind."""
    found: dict[str, set[str]] = {
        "référentiel": {*SHIPPED, "rnq", "certif’région", "certif'région", "occitanie"}
    }
    known = registry(**{nom: DONNEES[nom] for nom in SHIPPED})
    for nom in SHIPPED:
        for couche in known.layers(nom, "exigence"):
            resolved = known.resolve(nom, day=couche.du, edition=couche.id).referentiel
            for kind, names in (
                ("fait", resolved.faits),
                (
                    "catégorie",
                    [*resolved.categories, *(s for c in resolved.categories.values() for s in c.synonymes)],
                ),
                ("constat", resolved.constats.keys() - STATES),
                ("type d’audit", [t.code for t in resolved.types_audit.values()]),
                ("étiquette", [e for line in resolved.indicateurs.values() for e in line.etiquettes]),
                ("ligne", resolved.indicateurs),
                ("critère", resolved.criteres),
                ("source", resolved.sources),
            ):
                found.setdefault(kind, set()).update(names)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_the_core_mentions_no_referentiel_no_fact_no_category(name: str) -> None:
    """Not even in a comment: the name of a référentiel, of one of its facts or of its categories."""
    words = set(re.findall(r"[\w’']+", text_of(name).replace("``", " ")))
    folded = {word.casefold() for word in words}
    assert folded & {n.casefold() for n in declared()["référentiel"]} == set()
    assert words & (declared()["fait"] | declared()["catégorie"]) == set()


@pytest.mark.parametrize("name", MODULES)
def test_the_core_decides_on_nothing_declared(name: str) -> None:
    """No text of the code is the name of a finding, an audit type, a line, a criterion or a source."""
    kinds = ("constat", "type d’audit", "étiquette", "ligne", "critère", "source")
    forbidden = set().union(*(declared()[kind] for kind in kinds))
    assert forbidden & set(strings(name)) == HOMONYMS.get(name, {}).keys()


def test_the_schemas_constrain_nothing_declared() -> None:
    """Schemas give examples in their descriptions; what they check names nothing declared."""
    forbidden = set().union(*declared().values())

    def values(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key not in ("description", "title", "examples"):
                    yield from values(value)
        elif isinstance(node, list):
            for item in node:
                yield from values(item)
        elif isinstance(node, str):
            yield node

    for path in sorted(SCHEMAS.glob("*.json")):
        named = forbidden & set(values(json.loads(path.read_text(encoding="utf-8"))))
        assert named == SCHEMA_HOMONYMS.get(path.name, {}).keys(), path.name


@cache
def totals() -> set[int]:
    """Numbers of lines of the shipped référentiels, from ten: in all, by origin, category, finding…"""
    known = registry(**{nom: DONNEES[nom] for nom in SHIPPED})
    counts: set[int] = set()
    for nom in SHIPPED:
        for couche in known.layers(nom, "exigence"):
            resolved = known.resolve(nom, day=couche.du, edition=couche.id).referentiel
            lines = resolved.indicateurs.values()
            groups = Counter(
                key
                for line in lines
                for key in (
                    "all",
                    ("origine", line.origine),
                    ("constats", line.constats_permis),
                    *(("étiquette", e) for e in line.etiquettes),
                    *{("catégorie", c) for rule in line.portee for c in rule.mots.get("categories", ())},
                )
            )
            counts.update(groups.values())
    return {n for n in counts if n >= 10}


#: A number in a text: alone, or before a word (« 12 lignes »).
NUMBER = re.compile(r"(?<![\w.,{#-])\d{2,4}(?=$|\s+[^\W\d])")
#: Numbers that mean something else, and what.
COINCIDENCES: dict[str, dict[int, str]] = {
    "construction.controles": {10: "a power of ten, beyond every code"},
    "audit.siren": {10: "a sum of digits, modulo ten"},
    "errors": {10: "how many times what is quoted is looked at"},
    "rules.mots": {16: "how many names make a set worth its cost"},
    "echanges.archive": {16: "the bits above which a ZIP keeps the mode of a file"},
    "web.machine": {24: "bytes that nobody guesses"},
    "web.reglages": {10: "seconds that a writer waits"},
    "vie.fetes": dict.fromkeys((27, 28), "days of a month"),
    "audit.aggravation": {28: "the days of the shortest month"},
    "rules.delais": {12: "the months of a year"},
    "documents.autodiagnostic.synthese": dict.fromkeys((10, 18, 24, 30), "a width"),
    "documents.autodiagnostic.grille": {27: "a width"},
    "documents.editions.composition": {16: "a width"},
    "cli.denombrer": dict.fromkeys((10, 34), "a width"),
    "documents.autodiagnostic.traces": dict.fromkeys(
        (10, 11, 12, 14, 15, 16, 20, 22, 24, 26), "units of a drawing"
    ),
    "grilles.classeur": {
        10: "points of a letter",
        11: "points of a heading",
        16: "points of a title",
        30: "a width",
    },
    "documents.formats.docx": {32: "a width, in percents", 34: "lines of a tall row"},
    "documents.formats.docx_styles": dict.fromkeys((10, 12, 15), "points, millimetres"),
    "colonnes": dict.fromkeys((10, 11, 12, 15, 16, 17, 22, 24, 26, 28, 32), "a width"),
    "grilles.textes": dict.fromkeys((11, 26, 44), "a width"),
    "grilles.feuilles": {30: "a width"},
    "grilles.grille": dict.fromkeys((10, 11, 12, 15, 16, 22, 24, 28), "a width"),
    "grilles.xlsx": {10: "points of a letter"},
    "documents.checklist.papier": dict.fromkeys((12, 15, 28, 30, 34), "a width"),
    "documents.formats.pdf": {
        10: "millimetres",
        30: "lines of a tall row",
        32: "a width, in percents",
    },
    "documents.formats.rendu": dict.fromkeys((16, 17, 30, 32, 34), "millimetres"),
    "documents.rapport.constats": dict.fromkeys((10, 12), "a width"),
    "documents.checklist.table": {33: "the terminal’s yellow"},
    "grilles.verifications": dict.fromkeys((10, 12, 16, 24, 32, 44), "a width"),
    "vie.montants": {10: "the base of figures"},
    "grilles.relecture.saisie": {12: "December, in day zero", 30: "day zero of spreadsheets"},
    "grilles.relecture.valeurs": {
        **dict.fromkeys((10, 11, 12, 16, 17, 22, 44), "the number of a format of XLSX"),
        12: "the most decimals",
        15: "figures of a number",
    },
    "grilles.relecture.xlsx": {16: "the base of an escape"},
    "source.yaml": {
        10: "bits of half a character",
        16: "the base of its digits",
        17: "digits of an integer",
        30: "deepest nesting",
    },
}


def test_the_totals_are_those_people_know() -> None:
    """The set compared below holds the totals that other programs write in their code."""
    assert {32, 33, 44, 12, 15, 17, 22, 28} <= totals()


@pytest.mark.parametrize("name", MODULES)
def test_no_total_in_the_core(name: str) -> None:
    """No number of the code, nor of a thing counted in its texts, is a number of lines of a référentiel."""
    found = {
        node.value
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Constant) and type(node.value) is int
    }
    found |= {int(n) for text in strings(name) for n in NUMBER.findall(text)}
    assert found & totals() <= COINCIDENCES.get(name, {}).keys()
