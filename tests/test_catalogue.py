"""The messages of click in French: the catalogue holds them all, and is compiled from what people read."""

from __future__ import annotations

import ast
import gettext
import os
from pathlib import Path
from types import ModuleType

import click
import pytest
from scripts import script_of

from certif_rules.cli import run

ROOT = Path(__file__).resolve().parent.parent
#: What this program never shows: prompts, editors, colours, completion, mistakes of whoever writes a command.
NEVER = {
    "_termui_impl.py", "_winconsole.py", "termui.py", "shell_completion.py", "utils.py", "decorators.py",
}  # fmt: skip
MISTAKES = (
    "DeprecationWarning", "Could not determine name", "No options defined", "Arguments take exactly",
    "Name '{name}' defined twice", "Boolean option", "Invalid start character", "Value must be an iterable",
    "Takes {nargs} values", "Choose from", "Choice(", "{value!r} does not match", "{len_type} values",
    "{value!r} is not a valid boolean", "{value!r} is not a valid UUID",
)  # fmt: skip


def compiler() -> ModuleType:
    return script_of(".ci/catalogue.py")


def of_click() -> set[str]:
    """The first argument of each call of gettext in the modules of click that this program uses."""
    messages = set()
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                if node.func.id in ("_", "ngettext") and isinstance(first, ast.Constant):
                    messages |= {str(first.value)} if path.name not in NEVER else set()
    return {text for text in messages if not text.startswith(MISTAKES)}


def test_every_message_of_click_is_in_the_catalogue() -> None:
    """A new version of click that says something else is caught here, not by a user who reads English."""
    translated = {key.split("\0")[0] for key in compiler().entries(compiler().PO.read_text("utf-8"))}
    assert of_click() - translated == set()


def test_the_catalogue_is_compiled_from_what_people_read() -> None:
    """The .mo that ships is that of the .po: « python .ci/catalogue.py » was run."""
    po = compiler().PO
    assert po.with_suffix(".mo").read_bytes() == compiler().compiled(
        compiler().entries(po.read_text("utf-8"))
    )


@pytest.mark.parametrize("language", [None, "de", "C"])
def test_the_program_speaks_french_and_leaves_the_process_as_it_was(
    language: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the machine speaks, help and errors are in French; the host program keeps its own language."""
    if language is None:
        monkeypatch.delenv("LANGUAGE", raising=False)
    else:
        monkeypatch.setenv("LANGUAGE", language)
    domain = gettext.textdomain()
    assert run(["checklist", "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage : certif-rules checklist")
    assert run(["checklist", "--avc", "x"]) == 2
    assert "option inconnue --avc" in capsys.readouterr().err.replace("\u00a0", " ")
    assert os.environ.get("LANGUAGE") == language
    assert gettext.textdomain() == domain
