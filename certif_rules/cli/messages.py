"""What is said to people on a console: printable, with French typography; places stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from certif_rules.blocs.typographie import APOSTROPHE, bound, with_days

if TYPE_CHECKING:
    from certif_rules.errors import Issue
    from certif_rules.model.base import Avertissement


def say(text: str, before: str | Path = "") -> None:
    """Print ``text`` on standard error; ``before``, a file or a code, is printed as it is."""
    from certif_rules.errors import clipped

    click.echo(printable(str(before)) + message(clipped(text)), err=True)


def warn(text: str, code: str = "") -> None:
    """Print a warning on standard error, with its code where it has one."""
    words = with_days(text)
    say(f" : {words}" if code else words, f"avertissement: {code}")


def warn_of(avertissements: Iterable[Avertissement]) -> None:
    """Print what is true of this audit; a reminder, true of all audits of its type, is in the document."""
    for avertissement in avertissements:
        if not avertissement.rappel:
            warn(avertissement.message, avertissement.code)


#: What a field is given by, in the order in which what is missing is asked for.
_OPTIONS = {
    "referentiel.id": "en argument",
    "edition": "--edition",
    "du": "--du",
    "base": "--base REFERENTIEL@EDITION",
    "audit.type": "--type",
    "audit.date": "--date AAAA-MM-JJ",
    "organisme.categories": "--categorie",
    "organisme.chiffre_affaires": "--chiffre-affaires EUROS",
    "organisme.sites": "--sites N",
}
_PROFIL = "les donner en option, ou dans un profil : --profil audit.yaml"
_ORGANISME = "les donner en option, ou dans « organisme » du profil : categories, chiffre_affaires, sites"
#: What to do on the command line of what only some commands take; {} is the last word of the field.
_CONSEILS = {
    "ajout-requis": "--ajout-categorie, --ajout-site, ou « ajouts » dans le profil",
    "certificat-requis": "--certificat {}=DEBUT:FIN, ou « certificats » dans le profil",
    "habillage-different": "retirer --habillage : la grille se relit avec le sien",
}
_IL_MANQUE = "il manque "
_AUTRES, _UNE = "ou accepter les autres", "une catégorie à la fois : "


def in_options(issues: Iterable[Issue]) -> list[Issue]:
    """Return issues as they are told here: their fields by option, and what is missing in one sentence."""
    from msgspec.structs import replace

    from certif_rules.errors import MANQUE, by_place

    shown: dict[Issue, None] = {}
    lacking: dict[object, list[Issue]] = {}
    for issue in issues:
        if issue.code == MANQUE and issue.champ in _OPTIONS:
            lacking.setdefault((issue.location, issue.hint), []).append(issue)
        else:
            shown[replace(issue, hint=_hint(issue), champ="")] = None
    for alike in lacking.values():
        alike.sort(key=lambda issue: list(_OPTIONS).index(issue.champ))
        names = dict.fromkeys(_named(issue) for issue in alike)
        hint = alike[0].hint or _where({issue.champ for issue in alike})
        shown[replace(alike[0], message=f"{_IL_MANQUE}{', '.join(names)}", hint=hint, champ="")] = None
    return sorted(shown, key=by_place)


def _named(issue: Issue) -> str:
    """Return what a missing value is called, and its option where it may be given by one."""
    name = issue.message.removeprefix(_IL_MANQUE)
    return name if issue.location else f"{name} ({_OPTIONS[issue.champ]})"


def _where(champs: set[str]) -> str:
    """Return where fields that are missing may be given."""
    if not any("." in champ for champ in champs):
        return "les donner en option"
    inside = all(champ.startswith("organisme.") for champ in champs) and champs != {"organisme.categories"}
    return _ORGANISME if inside else _PROFIL


def _hint(issue: Issue) -> str | None:
    """Return what to do of an issue, with the options of this command line."""
    if issue.hint and issue.hint.startswith(_UNE):
        option = "--ajout-categorie" if issue.champ.startswith("ajouts") else "--categorie"
        each = issue.hint.removeprefix(_UNE).split(", ")
        return f"une catégorie par option : {' '.join(f'{option} {name}' for name in each)}"
    words = _CONSEILS.get(issue.code)
    if words is not None:
        return words.format(issue.champ.rpartition(".")[2])
    return issue.hint and issue.hint.replace(_AUTRES, "ou ajouter --accepter-autres-regles")


def issue_lines(issue: Issue) -> list[str]:
    """:meth:`Issue.lines` for a console: what is before the message of each line is left as it is."""
    lines = issue.lines()
    words = [
        (issue.message, with_days(issue.message)),
        *([(issue.hint, issue.hint)] if issue.hint else ()),  # what it says may be typed
        *((words_of_line, with_days(words_of_line)) for _, words_of_line in issue.related),
    ]
    return [
        printable(line.removesuffix(written)) + message(read)
        for line, (written, read) in zip(lines, words, strict=True)
    ]


def message(text: str) -> str:
    """Return ``text`` printable, with curved apostrophes and the no-break blanks of French.

    No blank is added, and nothing that may be typed again is touched: a quoted word, an option, a path, an
    address, a digest. What is quoted in several words is read, not typed: it is treated as the rest.
    """
    text = bound(printable(text))
    out, end = [], 0
    for start, stop in _intact(text):
        out += [APOSTROPHE.sub("’", text[end:start]), text[start:stop]]
        end = stop
    return "".join((*out, APOSTROPHE.sub("’", text[end:])))


def printable(text: str) -> str:
    """Return ``text`` without what could drive the terminal: control characters become « � »."""
    return "".join(c if c.isprintable() or c in "\n\t\u00a0\u202f" else "\ufffd" for c in text)


_WORD = re.compile(r"\S+")
_QUOTED = re.compile(r"«\u00a0[^\s«»]++\u00a0»")
_DIGEST = re.compile(r"sha\d++:")
_SUFFIX = re.compile(r"(?<=[\w-])\.[a-z]{2,5}(?![^\W_])")
_OPTION = re.compile(r"--?\w")


def _intact(text: str) -> Iterator[tuple[int, int]]:
    """Yield where something stands that may be typed again, in one pass whatever the length of a word.

    A word alone between guillemets; a word with a slash, an address, a digest, a file name, an option.
    """
    quoted = {match.start() + 2 for match in _QUOTED.finditer(text)}
    for word in _WORD.finditer(text):
        start, stop = word.span()
        digest = _DIGEST.search(text, start, stop)
        if start in quoted or "/" in word[0] or "\\" in word[0] or _OPTION.match(word[0]):
            yield start, stop
        elif digest:
            yield digest.start(), stop
        else:
            suffix = max((match.end() for match in _SUFFIX.finditer(text, start, stop)), default=start)
            if suffix > start:
                yield start, suffix
