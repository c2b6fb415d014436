"""The shape of the house: its folders, what each module may import or reach, how it is written."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from modules import MODULES, ROOT, strings, text_of, tree_of

#: The folders of the core, and the modules at its top: each imports from those above it only.
HOUSE = (
    "francais", "noms", "errors", "colonnes", "source", "model", "rules", "calcul", "construction",
    "blocs", "plugins", "habillage", "audit", "journal", "vie", "personnes", "echanges", "documents",
    "formulaires", "grilles", "services", "api", "web", "cli", "testing",
)  # fmt: skip
#: The public names of the package, and its command, stand at the door: nothing inside imports them.
DOOR = {"certif_rules", "__main__"}


def imported(node: ast.AST) -> Iterator[str]:
    """Names imported anywhere under ``node``, in functions and for the sake of types too."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "relative import"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)


def core_imports(name: str) -> set[str]:
    """The modules of the core that a module imports."""
    modules = set()
    for full in imported(tree_of(name)):
        if full.split(".")[0] == "certif_rules":
            short = full.removeprefix("certif_rules.")
            modules.add(short if short in MODULES else short.rpartition(".")[0] or "certif_rules")
    return modules


def folder_of(name: str) -> str:
    return name.partition(".")[0]


def test_the_house_is_this_list() -> None:
    """The list holds each folder of the core, and each module at its top, once and no other."""
    assert sorted(HOUSE) == sorted({folder_of(name) for name in MODULES} - DOOR)


@pytest.mark.parametrize("name", sorted(MODULES.keys() - DOOR))
def test_a_folder_imports_from_folders_above_it_only(name: str) -> None:
    """Imports go one way, those for the sake of types included."""
    above = HOUSE[: HOUSE.index(folder_of(name)) + 1]
    others = {folder_of(other) for other in core_imports(name)} - {"certif_rules"}
    assert others <= set(above)


def test_the_public_names_are_for_others() -> None:
    """No module of the core goes through the door of its users: the package alone hands the verbs out."""
    assert [name for name in MODULES if "api" in core_imports(name)] == ["certif_rules"]


@pytest.mark.parametrize("folder", HOUSE)
def test_no_circle_inside_a_folder(folder: str) -> None:
    """No module reaches itself by the imports of its folder."""
    inside = {name for name in MODULES if folder_of(name) == folder}
    reached = {name: core_imports(name) & inside for name in inside}
    for _ in inside:
        reached = {name: seen.union(*(reached[other] for other in seen)) for name, seen in reached.items()}
    assert {name for name, seen in reached.items() if name in seen} == set()


#: The only modules that know each library.
KNOW = {
    "ruamel": {"source.yaml"},
    "holidays": {"vie.feries"},
    "icalendar": {"documents.calendrier.ics"},
    "jsonschema": {"source.schema"},
    "referencing": {"source.schema"},
    "pluggy": {"plugins.hookspecs", "plugins.discovery", "plugins.livraison"},
    "hatchling": {"plugins.livraison"},
    "pytest": {"testing.collecte", "testing.conformite"},
    "xlsxwriter": {"grilles.xlsx"},
    "docx": {"documents.formats.docx", "documents.formats.docx_styles"},
    "lxml": {"documents.formats.docx"},
    "typst": {"documents.formats.compilation"},
    "pyarrow": {"services.parquet"},
    "distributed": {"services.ouvriers"},
}
ABROAD = {"socket", "http", "urllib", "ssl", "asyncio", "ftplib", "smtplib", "requests", "httpx"}
CLOCK_AND_CHANCE = {"time", "random", "secrets", "uuid", "locale"}
#: Where the world comes in: a seed drawn where none is given, and printed; the moment of an event.
EDGES = {
    "cli.echantillon": {"secrets"},
    "web.machine": {"secrets"},
    "web.migrations.0001_tables": {"uuid"},
    "web.models": {"uuid"},
    "web.serveur": {"http", "socket"},
}
CLOCKS = {"web.machine": {"now"}}


def test_one_module_knows_each_library() -> None:
    """The reader alone knows ruamel, the validator jsonschema; click is the command line's."""
    for name in MODULES:
        roots = {full.split(".")[0] for full in imported(tree_of(name))}
        for library, allowed in KNOW.items():
            assert library not in roots or name in allowed, (name, library)
        assert "click" not in roots or name.split(".")[0] == "cli", name
        assert not {"django", "waitress"} & roots or name.split(".")[0] == "web", name


@pytest.mark.parametrize("name", MODULES)
def test_no_network_no_clock_no_chance(name: str) -> None:
    """No module imports what would reach a network, read a clock or draw at random, one seed excepted."""
    roots = {full.split(".")[0] for full in imported(tree_of(name))}
    assert roots & (ABROAD | CLOCK_AND_CHANCE) == EDGES.get(name, set())
    calls = {node.attr for node in ast.walk(tree_of(name)) if isinstance(node, ast.Attribute)}
    assert calls & {"today", "now", "utcnow", "getdefaultlocale"} == CLOCKS.get(name, set())


#: The modules of less than forty lines, and why each is not part of another.
SMALL = {
    "web.apps": "what Django reads of an application, by the name of its module",
    "web.pages.fichiers": "what is sent as it is, whoever asks",
    "web.machine": "the one place where a clock is read and chance is drawn",
    "__main__": "what runs `python -m certif_rules`",
    "audit.raisons": "what a conclusion and a distinction share",
    "audit.siren": "the one check of a number that no référentiel declares",
    "cli.personnes": "options that four commands share",
    "cli.plugins": "a command a module, imported when it is called",
    "documents.formats.extras": "asked before a library is imported",
    "echanges.denombrement": "the JSON of one answer, a module each",
    "francais": "what the folders below it all need of French",
    "model.personnes": "a subject of the référentiel, by itself in a checklist",
    "services.rapport": "the service of one command",
}


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_short(name: str) -> None:
    """A module that does one job holds in four hundred lines; one of less than forty has a reason."""
    lines = len(text_of(name).splitlines())
    assert lines <= 400
    assert (lines < 40 and MODULES[name].stem != "__init__") == (name in SMALL)


#: A section of a document that is kept elsewhere, and the folder where it is kept.
ELSEWHERE = re.compile(
    r"contra[ct]t?\S* §|[a-z]\.md §|usages-auditeurs|mistake E\d|[.]{2}/shared", re.IGNORECASE
)


@pytest.mark.parametrize("folder", ["certif_rules", "docs", "plugins", "schemas", "tests"])
def test_no_reference_to_documents_that_are_not_here(folder: str) -> None:
    """What a reader is sent to is in the repository: the rule itself, or a page of ``docs/``."""
    read = {".py", ".js", ".md", ".json", ".yaml", ".toml"}
    files = [p for p in (ROOT / folder).rglob("*") if p.suffix in read and p != Path(__file__).resolve()]
    assert files
    assert [p.name for p in files if ELSEWHERE.search(p.read_text("utf-8", "replace"))] == []


RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def tracked() -> list[str]:
    """Files of the repository, or all those beside this one where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        folders = ("certif_rules", "docs", "plugins", "schemas", "tests")
        return [p.relative_to(ROOT).as_posix() for folder in folders for p in (ROOT / folder).rglob("*")]
    return [name for name in listed.split("\0") if name]


def test_every_path_can_live_on_every_system() -> None:
    """Paths are short, without a name Windows keeps for itself, and never differ by their case alone."""
    paths = tracked()
    assert [path for path in paths if len(path) >= 120] == []
    parts = [part for path in paths for part in path.split("/")]
    assert [part for part in parts if RESERVED.fullmatch(part)] == []
    assert [part for part in parts if part.endswith((".", " ")) or set(part) & set('<>:"\\|?*')] == []
    assert len({path.casefold() for path in paths}) == len(set(paths))


@pytest.mark.lent
def test_every_comment_is_for_the_reader() -> None:
    """No work left to do is hidden in a comment."""
    for name in MODULES:
        for token in tokenize.generate_tokens(io.StringIO(text_of(name)).readline):
            if token.type == tokenize.COMMENT:
                assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", token.string), (name, token.start)


TESTS = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("tests", "plugins")
    for path in (ROOT / folder).rglob("test_*.py")
)


@pytest.mark.parametrize("path", TESTS)
def test_every_test_says_what_it_holds(path: str) -> None:
    """A test that fails tells in a sentence what a user would lose, in the file where it stands."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    tests = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    assert [n.name for n in tests if not (ast.get_docstring(n) or "").split("\n")[0].endswith(".")] == []


#: Verbs that do not end like those of the third person.
_AUXILIARIES = {
    "is", "are", "was", "were", "has", "have", "can", "cannot", "may", "must", "would", "do", "does",
}  # fmt: skip
#: What links a noun to another: a plural without an article may follow.
_LINKS = {
    "of", "in", "on", "by", "for", "with", "at", "to", "from", "over", "under", "around", "beside", "without",
    "between",
}  # fmt: skip
_ARTICLES = {"a", "an", "the", "one", "this", "each", "no", "another"}
#: After these, a word that ends in -s is a plural.
_BEFORE_NOUNS = _LINKS | _ARTICLES | {"these", "its", "their", "and", "or", "every", "all", "some", "several"}
#: What ends the part of a sentence where its verb must stand: a pause, or another clause.
_PAUSE = re.compile(r"[:;.,(]|\b(?:as|that|which|who|whose|whoever|where|when|while|what|how|why|whether)\b")


def verb_of(sentence: str) -> str | None:
    """Return the verb of the main clause, a word in -s that can be no plural; ``None`` for a mere noun."""
    clause = _PAUSE.split(re.sub(r"``[^`]*``|« [^»]* »", "x", sentence).lower())[0]
    words = re.findall(r"[\w’'-]+", clause)
    linked = False
    for before, word, after in zip(words, words[1:], [*words[2:], ""], strict=False):
        ends = re.fullmatch(r"[a-z]+[^’'isu]s", word)
        if word in _AUXILIARIES:
            return word
        if word in _LINKS:
            linked = after not in _ARTICLES
        elif ends and linked:
            linked = False
        elif ends and (before not in _BEFORE_NOUNS or words[0] == before == "this"):
            return word
    return None


def test_a_noun_is_no_sentence() -> None:
    """A docstring that only names what it documents is refused, whatever plurals or clauses it has."""
    nouns = (
        "A line due at this audit, with its reasons.",
        "The lines of one judgement, those that may end alike together.",
        "What a line is by the rule of its sites: ``issues`` are all that it may be.",
        "Every link between the lines of two editions, what is alone on each side.",
        "Why a line is in its state: a code of the closed list.",
        "A document of frozen blocks; ``pied`` is repeated at the foot of each page.",
    )
    assert [noun for noun in nouns if verb_of(noun)] == []
    assert verb_of("A line of a checklist gives one indicator, due or not, with its reasons.") == "gives"
    assert verb_of("This says how to compute: which days are not worked.") == "says"
    assert verb_of("The perimeter of ``types`` is replaced by another where ``garde`` holds.") == "is"


def _documented(
    kind: type[ast.ClassDef | ast.FunctionDef],
) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef, str]]:
    """Yield each class, or function, of the core and its plugins: its place, itself, what is said of it."""
    trees = {name: tree_of(name) for name in MODULES}
    for path in (ROOT / "plugins").rglob("*.py"):
        trees[path.relative_to(ROOT).as_posix()] = ast.parse(path.read_text(encoding="utf-8"))
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, kind) and (text := ast.get_docstring(node)):
                yield f"{name}: {node.name}", node, text.split("\n\n")[0]


def test_a_class_is_told_by_a_sentence() -> None:
    """The docstring of a class is a sentence with a subject and a verb: who reads it learns what it does."""
    sentences = {place: text for place, _, text in _documented(ast.ClassDef)}
    assert len(sentences) > 400
    assert [place for place, text in sentences.items() if not verb_of(text)] == []


def test_a_property_returns_something() -> None:
    """The docstring of a property starts as that of a function does; ruff leaves properties out."""
    properties = {
        place: text
        for place, node, text in _documented(ast.FunctionDef)
        if any(ast.unparse(one) in {"property", "cached_property"} for one in node.decorator_list)
    }
    assert len(properties) > 80
    assert [place for place, text in properties.items() if not text.startswith("Return ")] == []


#: Participles that say nothing of what they name.
HOLLOW = {"found", "said", "told", "kept", "made"}


@pytest.mark.parametrize("name", MODULES)
def test_a_name_says_what_a_thing_is(name: str) -> None:
    """No variable, parameter nor attribute is called by a participle: it tells neither type nor domain."""
    nodes = list(ast.walk(tree_of(name)))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert names & HOLLOW == set()


@pytest.mark.parametrize("name", MODULES)
def test_no_group_is_possessive(name: str) -> None:
    """CPython 3.11 then keeps what it took of a turn that fails; an atomic group does not."""
    assert not [text for text in strings(name) if re.search(r"(?<!\\)\)(?:[*+?]|\{[0-9,]+\})\+", text)]
