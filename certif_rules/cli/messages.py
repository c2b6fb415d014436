"""What is said to people on a console: printable, with French typography; places stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certif_rules.blocs.typographie import APOSTROPHE, bound
from certif_rules.errors import Issue

if TYPE_CHECKING:
    from certif_rules.model.base import Avertissement


def say(text: str, before: str | Path = "") -> None:
    """Print ``text`` on standard error; ``before``, a file or a code, is printed as it is."""
    click.echo(printable(str(before)) + message(text), err=True)


def warn(text: str, code: str = "") -> None:
    """Print a warning on standard error, with its code where it has one."""
    say(f" : {text}" if code else text, f"avertissement: {code}")


def warn_of(avertissements: Iterable[Avertissement]) -> None:
    """Print what is true of this audit; a reminder, true of all audits of its type, is in the document."""
    for avertissement in avertissements:
        if not avertissement.rappel:
            warn(avertissement.message, avertissement.code)


def issue_lines(issue: Issue) -> list[str]:
    """:meth:`Issue.lines` for a console: what is before the message of each line is left as it is."""
    lines = issue.lines()
    words = [
        issue.message,
        *([issue.hint] if issue.hint else ()),
        *(words_of_line for _, words_of_line in issue.related),
    ]
    return [
        printable(line.removesuffix(words_of_line)) + message(words_of_line)
        for line, words_of_line in zip(lines, words, strict=True)
    ]


def message(text: str) -> str:
    """Return ``text`` printable, with curved apostrophes and the no-break blanks of French.

    No blank is added, and nothing that may be typed again is touched: a quoted word, an option, a path, an
    address, a digest. What is quoted in several words is read, not typed: it is treated as the rest.
    """
    parts = _INTACT.split(bound(printable(text)))
    parts[::2] = [APOSTROPHE.sub("’", part) for part in parts[::2]]
    return "".join(parts)


def printable(text: str) -> str:
    """Return ``text`` without what could drive the terminal: control characters become « � »."""
    return "".join(c if c.isprintable() or c in "\n\t\u00a0\u202f" else "\ufffd" for c in text)


#: A word between guillemets; a word with a slash, an address, a digest, a file name, an option.
_INTACT = re.compile(
    r"((?<=«\u00a0)[^\s«»]+(?=\u00a0»)|\S*[/\\]\S*|sha\d+:\S+|\S+\.[a-z]{2,5}(?![^\W_])|(?<!\S)--?\w\S*)"
)
