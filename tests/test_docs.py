"""The documentation against the source: each code, hook, command, option and key has its entry."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from console import PROFIL, Console
from greffons import failures

from certif_rules.cli import COMMANDS, cli
from certif_rules.plugins import hookspecs
from certif_rules.rules.motifs import ETATS, CodeMotif
from certif_rules.services.formats import BUILTIN

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "certif_rules"
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md"), *ROOT.glob("plugins/*/README.md")])
CODE = r"[a-z]+(?:-[a-z]+)*"
#: Calls whose first argument is the code of an issue.
CALLS = {"Issue", "issue", "refuse", "report", "_refuse", "_Refus", "_plain", "_unknown", "_wrong"}


@cache
def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(CORE.rglob("*.py"))}


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path, tree in trees().items():
        yield from ((path, node) for node in ast.walk(tree))


def text_of(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def called(node: ast.AST, names: set[str]) -> Iterator[str]:
    """The first argument, when it is a text, of a call of one of these names."""
    if isinstance(node, ast.Call) and node.args:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        first = text_of(node.args[0])
        if name in names and first is not None:
            yield first


# ---- docs/codes.md --------------------------------------------------------------------------------------


def section(title: str) -> list[list[str]]:
    """The rows of the tables of a section of the page of codes: the code, then its other cells."""
    body = page("docs/codes.md").split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [re.split(r"(?<!\\) \| ", line[2:-2]) for line in body.splitlines() if line.startswith("| `")]
    return [[row[0].strip("`"), *row[1:]] for row in rows]


def codes(title: str) -> list[str]:
    return [row[0] for row in section(title)]


def source_errors() -> set[str]:
    """Every error code of the source, wherever it is written."""
    found: set[str] = set()
    for path, node in nodes():
        found.update(called(node, CALLS))
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "_CODES":
            assert isinstance(node.value, ast.Dict)
            found.update(filter(None, map(text_of, node.value.values)))
        if path.name == "schema.py" and isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            code = text_of(node.value.elts[0])
            found.update([code] if code else [])
        if path.name == "french.py" and isinstance(node, ast.JoinedStr):
            constants = filter(None, map(text_of, node.values))
            found.update(m[1] for text in constants if (m := re.fullmatch(rf"({CODE}): .*", text)))
    return found


def source_warnings() -> set[str]:
    return {code for _, node in nodes() for code in called(node, {"Avertissement"})}


@pytest.mark.lent
def test_the_collectors_find_codes() -> None:
    """The reading of the source sees each way of writing a code."""
    assert {
        "usage",
        "erreur-interne",
        "syntaxe",
        "liste-vide",
        "cle-manquante",
        "fait-inconnu",
    } <= source_errors()
    assert {"controle-different", "edition-introuvable", "certificat-requis"} <= source_errors()
    assert {"couche_non_lue", "hors_reconnaissance"} <= source_warnings()


def test_every_state_is_documented() -> None:
    """The page has the states of the source, strongest first."""
    assert codes("États d’une ligne") == list(ETATS)


def test_every_reason_is_documented() -> None:
    """The page has the reason codes of the source, in the same order."""
    assert codes("Motifs") == list(get_args(CodeMotif))


@pytest.mark.lent
def test_every_warning_is_documented() -> None:
    """The page has every warning code of the source once, and no other."""
    assert sorted(codes("Avertissements")) == sorted(source_warnings())


@pytest.mark.lent
def test_every_error_is_documented() -> None:
    """The page has every error code of the source once, and no other."""
    assert sorted(codes("Erreurs")) == sorted(source_errors())


def test_codes_are_written_alike() -> None:
    """Errors have hyphens; states, reasons and warnings have underscores."""
    assert all(re.fullmatch(CODE, code) for code in codes("Erreurs"))
    others = codes("États d’une ligne") + codes("Motifs") + codes("Avertissements")
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in others)


@pytest.mark.parametrize("title", ["États d’une ligne", "Motifs", "Avertissements", "Erreurs"])
def test_every_code_says_what_it_means_and_what_to_do(title: str) -> None:
    """No row of the page has an empty cell."""
    columns = 3 if title.startswith("États") else 4
    assert [r[0] for r in section(title) if len(r) != columns or not all(map(str.strip, r))] == []


def _template(node: ast.AST) -> str | None:
    """A pattern of the texts that an expression can give, when it has enough words of its own."""
    if isinstance(node, ast.JoinedStr):
        parts = [text_of(part) for part in node.values]
    elif (text := text_of(node)) is not None:
        parts = re.split(r"(\{\d?\})", text)
        parts = [None if re.fullmatch(r"\{\d?\}", part or "") else part for part in parts]
    else:
        return None
    words = "".join(filter(None, parts))
    if " " not in words.strip() or len(words) < 10:
        return None
    return "".join(".+" if part is None else re.escape(part) for part in parts)


@pytest.mark.lent
@pytest.mark.parametrize("title", ["Avertissements", "Erreurs"])
def test_examples_are_messages_of_the_program(title: str) -> None:
    """An example is a text that the program can write, not one that it wrote once."""
    patterns = {re.compile(pattern) for _, node in nodes() if (pattern := _template(node))}
    free = {"note_de_couche", "rappel"}  # the words of the data
    wrong = [
        (code, example)
        for code, _, example, _ in section(title)
        if code not in free and not example.startswith("(le texte est celui")
        if not any(pattern.fullmatch(example) for pattern in patterns)
    ]
    assert wrong == []


# ---- commands, options, formats -------------------------------------------------------------------------


def options_of(name: str | None) -> set[str]:
    """The options of a command, or of the program."""
    command: Any = cli if name is None else importlib.import_module(f"certif_rules.cli.{name}").command
    return {option for parameter in command.params for option in parameter.opts} | {"-h", "--help"}


OPTIONS = {option for name in (None, *COMMANDS) for option in options_of(name)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_and_options_of_the_pages_exist(path: Path) -> None:
    """A page names no command and no option that the program does not have."""
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"\bcertif-rules(?: --[a-z-]+)* ([a-z]+)\b(?![-@/])", _code(text)))
    assert named <= set(COMMANDS)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", _code(text))) <= OPTIONS


def _code(text: str) -> str:
    """What a page prints as code."""
    found = re.findall(r"```.*?\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
    return "\n".join(block or inline for block, inline in found)


def test_the_readme_has_every_command_and_format() -> None:
    """The first page names each command and each format."""
    text = page("README.md")
    assert [name for name in COMMANDS if not re.search(rf"`{name}\b", text)] == []
    assert [name for name in BUILTIN if f"`{name}`" not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    """A link to a file of the project leads to a file that is there."""
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


# ---- data format, architecture --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["couche", "exigence", "regles", "guide", "vie"])
def test_every_key_of_a_layer_is_in_the_page_of_the_format(name: str) -> None:
    """A top-level key of a schema of layers is explained in the page of the data format."""
    keys = json.loads(page(f"schemas/{name}.schema.json"))["properties"]
    missing = [key for key in keys if not re.search(rf"\b{key}\b", page("docs/format-donnees.md"))]
    assert missing == []


def test_every_word_of_a_rule_is_in_the_page_of_the_format() -> None:
    """The table of the words of a rule has the vocabulary of the engine, and no other word."""
    from certif_rules.rules.perimetre import VOCABULAIRE

    table = page("docs/format-donnees.md").split("| mot | vaut quand |")[1].split("\n\n")[0]
    firsts = [re.findall(r"`([a-z_]+)[:`]", line.split(" | ")[0]) for line in table.splitlines()]
    assert sorted(word for words in firsts for word in words) == sorted(VOCABULAIRE)


def test_the_architecture_names_real_modules() -> None:
    """Every module or folder the architecture page names is there, and none of the core is left out."""
    text = page("docs/architecture.md")
    named = set(re.findall(r"`([a-z_/]+(?:\.py|/))`", text))
    known = {path.relative_to(CORE).as_posix() for path in CORE.rglob("*.py")}
    known |= {f"{path.name}/" for path in (*CORE.rglob("*"), *ROOT.iterdir()) if path.is_dir()}
    known |= {"tests/test_architecture.py", "tests/fictif/"}
    assert named - known == set()
    first_level = {p.name for p in CORE.glob("*.py") if not p.name.startswith("__")}
    first_level |= {f"{p.parent.name}/" for p in CORE.glob("*/__init__.py")}
    assert first_level - named == set()


@pytest.mark.parametrize(
    "path", sorted({*CORE.rglob("__init__.py")} - {CORE / "__init__.py"}), ids=lambda p: p.parent.name
)
def test_a_folder_says_where_it_starts(path: Path) -> None:
    """The docstring of a folder names one of its modules, and none that is not there."""
    named = set(re.findall(r"``([a-z0-9_]+)``", ast.get_docstring(trees()[path]) or ""))
    inside = {p.stem for p in path.parent.glob("*.py")} | {
        p.name for p in path.parent.iterdir() if p.is_dir()
    }
    assert named, path
    assert named <= inside


def test_what_it_takes_to_add_something_is_true() -> None:
    """Each row of the table names every file that knows its example: no other has to be found."""
    table = page("docs/architecture.md").split("| to add | like |")[1].split("\n\n")[0]
    rows = [[re.findall(r"`([^`]+)`", cell) for cell in row.split(" | ")] for row in table.splitlines()[2:]]
    assert len(rows) == 5
    places = {path.relative_to(CORE).as_posix(): path for path in CORE.rglob("*.py")}
    for folder in (DOCS, ROOT / "schemas"):
        places |= {path.relative_to(ROOT).as_posix(): path for path in folder.glob("*.*")}
    del places["docs/architecture.md"]
    texts = {name: path.read_text(encoding="utf-8") for name, path in places.items()}
    for _, (example,), written, grown in rows:
        assert set(written) <= places.keys()
        own = tuple(name.rpartition("/")[0] + "/" for name in written if name.startswith("documents/"))
        token = re.compile(rf"(?<!\w){re.escape(example)}(?!\w)")
        naming = {name for name, text in texts.items() if token.search(text) and not name.startswith(own)}
        assert naming - set(written) == set(grown), example


# ---- docs/ligne-de-commande.md --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["profil", "constats"])
def test_every_key_of_a_profile_is_in_the_page_of_the_command_line(name: str) -> None:
    """A top-level key of a profile or of findings is shown in the page."""
    schema = json.loads(page(f"schemas/{name}.schema.json"))
    keys = (schema.get("properties") or schema["$defs"]["profil"]["properties"]).keys()
    text = page("docs/ligne-de-commande.md")
    assert [key for key in keys if not re.search(rf"[\"`]?\b{key}\b[\"`]?", text)] == []


def test_the_printed_profile_and_findings_are_read(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The profile and the findings of the page, as printed, make the checklists they are said to make."""
    call = Console(capfdbinary, monkeypatch)
    (profil,) = re.findall(r"```yaml\n(.*?)```", page("docs/ligne-de-commande.md"), re.DOTALL)
    (constats,) = re.findall(r"```json\n(.*?)```", page("docs/ligne-de-commande.md"), re.DOTALL)
    printed = call("checklist", "--profil", "-", "--format", "json", stdin=profil)
    assert printed.status == 0, printed.err
    assert printed.out == call("checklist", "--profil", "-", "--format", "json", stdin=PROFIL).out
    (tmp_path / "constats.json").write_text(constats, encoding="utf-8")
    assert call("valider", tmp_path / "constats.json").status == 0
    audit = (
        "qualiopi",
        "--date",
        "2025-09-01",
        "--categorie",
        "AF",
        "--precedent",
        tmp_path / "constats.json",
    )
    for type_audit, lines in (("surveillance", {"17", "28"}), ("complementaire", {"17"})):
        reponse = call("checklist", *audit, "--type", type_audit, "--avec", "sous_traitance", "--avec",
                       "situation_travail", "--format", "json")  # fmt: skip
        found = {
            n for n, li in reponse.lignes.items() if "constat_precedent" in {m["code"] for m in li["motifs"]}
        }
        assert found == lines


def test_the_first_profile_of_the_readme_is_read(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile printed in the first page is one."""
    (profil,) = re.findall(r"```yaml\n(.*?)```", page("README.md"), re.DOTALL)
    assert Console(capfdbinary, monkeypatch)("checklist", "--profil", "-", stdin=profil).status == 0


# ---- docs/greffons.md -----------------------------------------------------------------------------------


def files() -> dict[str, str]:
    """The files printed in the page on plugins, by name."""
    blocks = re.findall(
        r"^\*\*`([^`]+)`\*\*\n\n```\w+\n(.*?)^```$", page("docs/greffons.md"), re.MULTILINE | re.DOTALL
    )
    return dict(blocks)


@pytest.mark.lent
def test_hooks_are_documented_with_their_signature() -> None:
    """The page has each hook with its exact signature, and the fields of what it returns."""
    text = page("docs/greffons.md")
    for name in hookspecs.HOOKS:
        (node,) = [n for _, n in nodes() if isinstance(n, ast.FunctionDef) and n.name == name]
        assert node.returns is not None
        assert f"`def {name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}`" in text
    assert set(re.findall(r"\bcertif_rules_[a-z]+\b", text)) == {
        *hookspecs.HOOKS, "certif_rules_exemple", "certif_rules_edition", "certif_rules_cas",
    }  # fmt: skip
    for name in ("Donnees", "Exporter"):
        (declared,) = [n for _, n in nodes() if isinstance(n, ast.ClassDef) and n.name == name]
        fields = [ast.unparse(item) for item in declared.body if isinstance(item, ast.AnnAssign)]
        assert f"`{name}({', '.join(fields)})`" in text


@pytest.fixture
def exemple(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The plugin of the page, its files written as printed and found as if installed."""
    import tomllib

    for name, content in files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    project = tomllib.loads(files()["pyproject.toml"])["project"]
    info = tmp_path / f"certif_rules_exemple-{project['version']}.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    points = [f"{name} = {module}" for name, module in project["entry-points"]["certif_rules"].items()]
    (info / "entry_points.txt").write_text("\n".join(["[certif_rules]", *points, ""]), encoding="utf-8")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    importlib.invalidate_caches()
    yield tmp_path
    sys.modules.pop("certif_rules_exemple", None)


def test_the_tree_shows_every_file() -> None:
    """The tree at the head of the page has each file that the page prints."""
    tree = page("docs/greffons.md").split("```\n")[1]
    shown = [line.split()[0] for line in tree.splitlines()]
    for name in files():
        assert any(name.endswith(entry) for entry in shown), name


@pytest.mark.lent
@pytest.mark.usefixtures("exemple")
def test_the_example_is_followed_to_its_end(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the page says: only digests are missing, then the label works, with its guide, format and cases."""
    call = Console(capfdbinary, monkeypatch)
    first = call("valider", "certif_rules_exemple/donnees", "--format", "json").json["problemes"]
    assert {problem["code"] for problem in first} == {"empreinte-inconnue"}
    assert len(first) == 3
    for problem in first:
        header = Path(problem["fichier"])
        digest = re.findall(r"sha256:[0-9a-f]{64}", problem["conseil"])[0]
        text = header.read_text(encoding="utf-8").replace("sha256:a-calculer", digest)
        header.write_text(text, encoding="utf-8")
    assert call("valider", "certif_rules_exemple/donnees", "tests/cas").status == 0
    assert "exemple : actif (certif-rules-exemple 1.0)" in call("plugins").text

    audit = (
        "exemple",
        "--type",
        "initial",
        "--date",
        "2024-03-18",
        "--categorie",
        "AF",
        "--avec",
        "atelier_ouvert",
    )
    assert call("checklist", *audit, "-o", "grille.dues").status == 0
    due = Path("grille.dues").read_text(encoding="utf-8").split()
    lignes = call("checklist", *audit, "--format", "json").json["lignes"]
    assert due == [ligne["id"] for ligne in lignes if ligne["etat"] == "a_auditer"]
    assert "exemple/X1" in due
    guides = [
        call("checklist", *audit, "--date", day, "--format", "json").json["referentiel"]["guide"]
        for day in ("2024-01-31", "2024-02-01")
    ]
    assert guides == ["V9", "1"]
    # Named on a day when it may not be used yet, the label’s own guide is the label’s, and not its base’s.
    early = call("checklist", *audit, "--date", "2024-01-31", "--guide", "1", "--format", "json").json
    assert early["referentiel"]["guide"] == "1"
    assert "guide_hors_periode" in {warning["code"] for warning in early["avertissements"]}

    from certif_rules.services.atelier import open_atelier

    spec = importlib.util.spec_from_file_location("essais_exemple", "tests/test_conformite.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.TestExemple, "plugins", staticmethod(lambda: open_atelier().plugins))
    assert failures(module.TestExemple) == {}


@pytest.mark.usefixtures("exemple")
def test_the_program_that_edits_the_example() -> None:
    """Printed in the page: one line more, two numbers, a title; what was written stays as it was."""
    blocks = re.findall(r"```python\n(.*?)```", page("docs/greffons.md"), re.DOTALL)
    (program,) = (block for block in blocks if "retouches" in block)
    path = Path("certif_rules_exemple/donnees/exigence/2024/label.yaml")
    expected = path.read_text(encoding="utf-8").replace("code: X1\n", 'code: X1\n      numero: "1"\n')
    exec(program, {})
    added = '    - code: "X2"\n      numero: "2"\n      critere: "X"\n      titre: "Accueil des groupes"\n'
    assert path.read_text(encoding="utf-8") == expected + added
