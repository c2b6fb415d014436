"""The schemas, and what is said of data that they refuse.

``exemples/valides`` holds one file per shape that is accepted, named after its schema.
``exemples/invalides/<code>`` holds a file, named after its schema, and what is printed of it, byte for byte.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certif_rules.errors import DataError, Issue, Location
from certif_rules.source import conforme, entree, schema
from certif_rules.source import yaml as source
from certif_rules.source.conforme import properties_of, schema_path
from certif_rules.source.schema import check

EXEMPLES = Path(__file__).parent / "exemples"
SCHEMAS = sorted(schema_path("commun").parent.glob("*.schema.json"))
NAMES = [path.name.removesuffix(".schema.json") for path in SCHEMAS]
#: The schemas of whole files; the others hold definitions only.
OF_FILES = [
    name
    for name, path in zip(NAMES, SCHEMAS, strict=True)
    if {"type", "$ref"} & json.loads(path.read_text(encoding="utf-8")).keys()
]
#: Read as people type them, without the stricter rules of référentiel data.
LENIENT = {
    "profil",
    "habillage",
    "constats",
    "reponses",
    "checklist",
    "casduree",
    "casechantillon",
    "correspondance",
} | {name for name in NAMES if name.startswith("sortie")}


def read_example(path: Path) -> Any:
    """The data of an example, checked by the schema its name starts with."""
    name = path.stem.partition("-")[0]
    data = source.read_bytes(path.read_bytes(), path.name, strict=name not in LENIENT)
    issues = check(data, name)
    if issues:
        raise DataError(issues)
    return data


# ---- examples ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((EXEMPLES / "valides").iterdir()), ids=lambda path: path.name)
def test_accepted(path: Path) -> None:
    """Every word of the format, the profile and the documents."""
    assert read_example(path)


@pytest.mark.parametrize("folder", sorted((EXEMPLES / "invalides").iterdir()), ids=lambda path: path.name)
def test_refused(folder: Path) -> None:
    """The message is the expected one, byte for byte, and the code of the folder is in it."""
    path = next(path for path in folder.iterdir() if path.name != "attendu.txt")
    with pytest.raises(DataError) as caught:
        read_example(path)
    assert (str(caught.value) + "\n").encode() == (folder / "attendu.txt").read_bytes()
    assert folder.name in {issue.code for issue in caught.value.issues}


def test_every_code_has_its_example() -> None:
    """Each code of the reader and of the schemas, but those about the file itself, tested with the reader."""
    written = "".join(
        Path(str(module.__file__)).read_text(encoding="utf-8") for module in (entree, source, schema)
    )
    pattern = r'(?:(?:_refuse|Issue|_plain)\(\s*|return )"([a-z-]+)",'
    codes = set(re.findall(pattern, written))
    examples = {folder.name for folder in (EXEMPLES / "invalides").iterdir()}
    assert examples == codes - {"fichier-illisible", "fichier-trop-grand"}


def test_every_schema_has_an_accepted_example() -> None:
    """A schema that accepts nothing would go unseen."""
    accepted = {path.stem.partition("-")[0] for path in (EXEMPLES / "valides").iterdir()}
    assert accepted == set(OF_FILES)
    assert "commun" in set(NAMES) - accepted


# ---- what is said --------------------------------------------------------------------------------------


def layer(**changes: Any) -> dict[str, Any]:
    """The header of a layer, plain, with some keys changed, or removed by ``...``."""
    header: dict[str, Any] = {
        "format": 1,
        "referentiel": "essai",
        "nature": "guide",
        "id": "G1",
        "titre": "Guide",
        "pour": ["E1"],
        "du": "2024-03-08",
        "confiance": "elevee",
        "sources": ["S1"],
        "revisions": [{"numero": 1, "date": "2026-11-23", "raison": "R", "empreinte": "sha256:a-calculer"}],
    }
    return {key: value for key, value in (header | changes).items() if value is not ...}


def test_plain_data_is_placed_in_words() -> None:
    """Data that does not know its places: the name given, the path in the message, and the field."""
    data = layer(lacunes=[{"champs": ["a"], "cherche": "x", "sources": ["S1"], "Champs": 1}, 3])
    assert check(data, "couche", "demande.json") == [
        Issue(
            "cle-inconnue",
            "lacunes[0] : la clé « Champs » n’est pas connue ici",
            Location("demande.json"),
            "vouliez-vous dire « champs » ?",
            champ="lacunes.0.Champs",
        ),
        Issue(
            "type-inattendu",
            "lacunes[1] : attendu : un dictionnaire ; trouvé : 3",
            Location("demande.json"),
            "ce que les sources ne donnent pas : {champs, cherche, sources}",
            champ="lacunes.1",
        ),
    ]


def test_plain_data_without_a_name() -> None:
    """Nothing is said of a place that does not exist."""
    issues = check([], "profil")
    assert [issue.lines()[0] for issue in issues] == [
        "type-inattendu: attendu : un dictionnaire ; trouvé : une liste"
    ]


def test_another_format_hides_the_rest() -> None:
    """A file of a later format is not judged by the keys of this one."""
    assert [issue.code for issue in check(layer(format=2, titre=3, autre=4), "couche")] == ["format-inconnu"]
    assert [issue.code for issue in check(layer(format=True), "couche")] == ["format-inconnu"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"du": ...},
            ["cle-manquante: il manque la clé « du »", "Premier jour où la couche est obligatoire."],
        ),
        (
            {"nature": "exigence", "pour": ...},
            ["cle-manquante: il manque la clé « nom »", "une couche exigence porte le nom du référentiel"],
        ),
        ({"lue": 0}, ["type-inattendu: lue : attendu : true ou false ; trouvé : 0", "false : texte non lu"]),
        ({"titre": 3}, ["type-inattendu: titre : attendu : un texte ; trouvé : 3", 'écrire "3"']),
        (
            {"au": 20241231},
            ["type-inattendu: au : attendu : un texte ou null ; trouvé : 20241231", 'écrire "20241231"'],
        ),
        ({"titre": 1.5}, ["type-inattendu: titre : attendu : un texte ; trouvé : 1.5", "un texte non vide"]),
        (
            {"confiance": None},
            ["valeur-inattendue: confiance : une valeur vide (null) n’est pas", "valeurs admises : elevee, "],
        ),
        ({"confiance": "moyene"}, ["valeur-inattendue: confiance : « moyene » n’est pas", "« moyenne » ?"]),
        (
            {"id": "é" * 50},
            [f"forme-inattendue: id : « {'é' * 40}… » n’a pas la forme attendue", "un code en lettres"],
        ),
        ({"id": "a\x1b[31m"}, ["forme-inattendue: id : « a [31m » n’a pas la forme", "un code en lettres"]),
        ({"id": "G1\n"}, ["forme-inattendue: id : « G1  » n’a pas la forme", "un code en lettres"]),
        (
            {"du": "2024-02-30"},
            ["date-invalide: du : « 2024-02-30 » n’est pas une date", "une date qui existe"],
        ),
        (
            {"du": "2024-W01-1"},
            ["date-invalide: du : « 2024-W01-1 » n’est pas une date", "une date qui existe"],
        ),
        ({"sources": []}, ["liste-vide: sources : la liste est vide", "une liste de codes de sources"]),
        (
            {"pour": ["a", "b", "a"]},
            ["valeur-en-double: pour[2] : « a » est en double", "retirer l’une des deux"],
        ),
        ({"nom": "x"}, ["cle-deplacee: la clé « nom » n’a pas sa place ici", "seule une couche exigence"]),
    ],
)
def test_words(changes: dict[str, Any], expected: list[str]) -> None:
    """Each keyword in French: one issue per fault, with what to do."""
    (issue,) = check(layer(**changes), "couche")
    message, hint = issue.lines()
    assert message.startswith(expected[0])
    assert expected[1] in hint


def test_keys_of_a_rule_are_suggested_through_its_definition() -> None:
    """Words shared by several definitions are known to each of them."""
    data = {"format": 1, "types_audit": [{"pieces": [{"types_precedents": 1, "ids": 2}]}]}
    hints = {issue.hint for issue in check(data, "regles") if issue.code == "cle-inconnue"}
    assert hints == {"vouliez-vous dire « type_precedent » ?", "vouliez-vous dire « id » ?"}


def test_faults_of_a_rule_do_not_make_its_keys_unknown() -> None:
    """A word with a wrong value is one fault."""
    data = {"format": 1, "derogations": [{"types": ["x"], "comme": "y", "vue": "non", "sources": ["S1"]}]}
    assert [issue.code for issue in check(data, "regles")] == ["type-inattendu"]


@pytest.mark.parametrize("name", ["referentiel", "edition", "audit", "ajouts", "precedent", "certificats"])
def test_only_the_categories_are_needed(name: str) -> None:
    """Each other part of the profile may be left out."""
    data = dict(
        source.read_bytes((EXEMPLES / "valides/profil.yaml").read_bytes(), "profil.yaml", strict=False)
    )
    del data[name]
    assert check(data, "profil") == []


def test_nothing_written_is_not_nothing_found() -> None:
    """An empty value where ``{}`` means « none » is refused: it could mean « unknown »."""
    data = {"format": 1, "organisme": {"categories": ["AF"]}, "precedent": {"constats": None}}
    assert [issue.code for issue in check(data, "profil")] == ["type-inattendu"]
    data["precedent"] = {"constats": {}}
    assert check(data, "profil") == []


def test_findings_accept_what_they_do_not_describe() -> None:
    """A findings file may carry keys of a checklist or of another program, a profile may not."""
    data = json.loads((EXEMPLES / "valides/constats.json").read_text(encoding="utf-8"))
    assert check(data, "constats") == []
    assert {issue.code for issue in check(data, "profil")} == {"cle-inconnue", "type-inattendu"}


# ---- the schemas themselves ----------------------------------------------------------------------------

#: Keywords that hold one schema, that describe or lead elsewhere, and that can fail.
INNER = {
    "items", "additionalProperties", "unevaluatedProperties", "propertyNames", "not", "if", "then", "else",
}  # fmt: skip
QUIET = {
    "$schema", "$ref", "$defs", "title", "description", "properties", "propertyNames", "items",
    "if", "then", "else",
}  # fmt: skip
PER_KEY = {"required", "additionalProperties", "unevaluatedProperties", "uniqueItems"}
KEYWORDS = QUIET | PER_KEY | set(schema._WORDS)


def subschemas(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every schema inside a schema, with the keys that lead to it."""
    if not isinstance(node, dict):
        return
    yield path, node
    for key, value in node.items():
        if key in ("properties", "$defs"):
            for name, child in value.items():
                yield from subschemas(child, (*path, key, name))
        elif key in INNER:
            yield from subschemas(value, (*path, key))


EVERY = [
    pytest.param(file.name, path, node, id=f"{file.name}#{'/'.join(path)}")
    for file in SCHEMAS
    for path, node in subschemas(json.loads(file.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("file", "path", "node"), EVERY)
def test_schemas_are_well_written(file: str, path: tuple[str, ...], node: dict[str, Any]) -> None:
    """``check_schema`` accepts a misspelt keyword; and each keyword is used as its French words suppose."""
    assert set(node) <= KEYWORDS, "a keyword with no words in French, or none at all"
    conditional = {"if", "then", "else", "propertyNames", "not"} & set(path)
    if not conditional and ("$ref" not in node or path[-2:-1] == ("properties",)):
        assert node["description"].strip()
    if "$ref" in node:
        assert re.fullmatch(r"([a-z]+\.schema\.json)?#/\$defs/[a-z_]+", node["$ref"])
        assert schema._registry().resolver(file).lookup(node["$ref"]).contents
    if {"unevaluatedProperties", "additionalProperties", "required"} & set(node):
        assert not node.get("$ref", "").startswith("#"), "its keys are looked up from outside the file"
    assert node.get("unevaluatedProperties", False) is False
    assert node.get("additionalProperties") is not True
    assert node.get("format", "date") == "date"
    assert {node.get("minItems", 1), node.get("minProperties", 1)} == {1}
    assert "const" not in node or path == ("$defs", "format") or "if" in path
    assert "not" not in node or path[-1] == "propertyNames"
    if "required" in node and not conditional:
        assert set(node["required"]) <= set(properties_of(node))


@pytest.mark.parametrize("path", SCHEMAS, ids=NAMES)
def test_schemas_are_schemas(path: Path) -> None:
    """Valid 2020-12, and nothing in them but the dialect is an address.

    Without a name of their own, they are named by where they are: whoever reads one finds those beside it.
    """
    from jsonschema import Draft202012Validator

    content = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "$id" not in content
    assert content["title"]
    assert path.read_text(encoding="utf-8").count("://") == 1


@pytest.mark.parametrize("path", SCHEMAS, ids=NAMES)
def test_a_reference_leads_to_a_file_beside_it(path: Path) -> None:
    """Whoever reads a schema by its path, an editor or another validator, finds all that it refers to."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for _, node in subschemas(content):
        if reference := node.get("$ref"):
            name, _, pointer = reference.partition("#")
            other = json.loads((path.parent / name).read_text(encoding="utf-8")) if name else content
            for step in pointer.strip("/").split("/") if pointer else ():
                other = other[step]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to anything but our own schemas raises, without trying the network."""
    from jsonschema import Draft202012Validator

    def refuse(*_: object) -> None:
        raise AssertionError("the network was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    outside = Draft202012Validator({"$ref": "https://exemple.invalid/x"}, registry=schema._registry())
    with pytest.raises(Exception, match=r"exemple\.invalid"):
        outside.validate({})


def test_unknown_schema() -> None:
    """A misspelt name is a mistake of the caller."""
    with pytest.raises(KeyError):
        check({}, "couches")


def test_schemas_travel_in_the_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The packaged folder is used when there is one, else that of the checkout."""
    package = tmp_path / "certif_rules"
    monkeypatch.setattr(conforme, "__file__", str(package / "source" / "conforme.py"))
    assert schema_path("couche") == tmp_path / "schemas" / "couche.schema.json"
    (package / "schemas").mkdir(parents=True)
    assert schema_path("couche") == package / "schemas" / "couche.schema.json"


WORDS = sorted({key for parameter in EVERY for key in parameter.values[2].get("properties", {})})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["2024-01-01", "AF", "qualiopi/1"]),
)
DATA = st.recursive(
    SCALARS,
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from(WORDS), children, max_size=6)
    ),
)


@given(st.sampled_from(OF_FILES), DATA)
def test_any_data_is_judged(name: str, data: Any) -> None:
    """No data raises anything; each issue is said once, on one line, with nothing a terminal would obey."""
    issues = check(data, name, "f")
    assert len(issues) == len(set(issues))
    for issue in issues:
        assert issue.code in {folder.name for folder in (EXEMPLES / "invalides").iterdir()}
        assert issue.message.isprintable()
    if not isinstance(data, dict):
        assert issues


def test_a_comma_that_cuts_a_text_is_told_so() -> None:
    """Without quotes, what follows the comma is a key: the hint says to quote the text, before any key."""
    text = "format: 1\ncriteres:\n  - {code: A, titre: Accueillir, orienter chacun, sources: [R]}\n"
    (issue,) = check(source.read_bytes(text.encode(), "a.yaml"), "exigence")
    assert (issue.code, str(issue.location)) == ("cle-inconnue", "a.yaml:3:34")
    assert (issue.hint or "").startswith("un texte qui a une virgule se met entre guillemets ; ")
