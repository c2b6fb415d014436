"""Faults of form hide others: the same check runs again, on a copy where what no schema accepts is blank.

The copy keeps every line at its place. What names something that may be declared in what was blanked is not
told: once the first faults are mended, the next run says it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from certif_rules.errors import DataError, Issue, Location
from certif_rules.plugins.couche import HEADER, LIFE
from certif_rules.plugins.hookspecs import Donnees
from certif_rules.source.schema import check
from certif_rules.source.yaml import read_bytes

#: What blanking makes, or the choice of layers where one was left out: never told of a copy.
_MADE = frozenset(
    "empreinte-inconnue cle-manquante liste-vide dictionnaire-vide type-inattendu fichier-vide".split()  # noqa: SIM905
)
_OF_LAYERS = frozenset(
    """
    couche-manquante base-introuvable depart-introuvable editions-concurrentes couches-concurrentes
    couche-inconnue edition-inconnue couche-mal-rangee en-tete-manquant
    """.split()  # noqa: SIM905 - a list of codes reads so
)
_TOP = re.compile(r"[^\s#-]")
_QUOTED = re.compile(r"« ([^»]+) »|(?<![\w.-])([\w.-]+/[\w.-]+)|\bligne ([\w.-]+)")
#: A name in what was blanked: as something that is declared there, or however it is there.
_DECLARED = r"(?:\b(?:id|code): *[\"']?|^\s*[\"']?)NOM[\"']?(?=[:,}\s]|$)"
_ANYWHERE = r"(?<![\w-])NOM(?![\w-])"
#: What is wrong of names otherwise than by not knowing them.
_OF_NAMES = frozenset(
    {"constats-manquants", "controle-different", "controle-incomplet", "decision-manquante"}
)
#: How a folder outside the current one is kept apart in a copy.
_APART = re.compile(r"^_\d+/")

#: Check folders of layers, their files named from a folder: what is wrong of them.
Controle = Callable[[Sequence[tuple[str, Donnees]], Path], Iterable[Issue]]


class _Copie(Struct):
    """A copy leaves out lines by file, headers made anew, and all the text that is gone."""

    lignes: dict[str, set[int]] = field(default_factory=dict)
    en_tetes: set[str] = field(default_factory=set)
    caches: list[str] = field(default_factory=list)


def hidden(
    given: Sequence[tuple[str, Donnees]],
    issues: Sequence[Issue],
    here: Path,
    controle: Controle,
    *,
    stacked: bool,
) -> list[Issue]:
    """Return what is wrong besides ``issues``, and that they prevented from being seen.

    Args:
        given: the folders of layers, by the name that they have in messages.
        issues: what is wrong of them.
        here: what files are named from, where they are under it.
        controle: the check, which is asked of copies.
        stacked: some layers rest on others, whose faults stop them all.
    """
    named = {issue.location.file for issue in issues if issue.location}
    files = [(path, _base(d.dossier, here)) for _, d in given for path in sorted(d.dossier.rglob("*.yaml"))]
    wrong = {path: _wrong_lines(path) for path, base in files if path.relative_to(base).as_posix() in named}
    if not any(wrong.values()) and not (stacked and issues):
        return []
    copie = _Copie()
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        copied = []
        for index, (nom, donnees) in enumerate(given):
            base = _base(donnees.dossier, here)
            target = root if base == here else root / f"_{index}"
            _copy(donnees.dossier, base, target, wrong, copie)
            copied.append((nom, Donnees(dossier=target / donnees.dossier.relative_to(base))))
        seen = [_named(issue) for issue in controle(copied, root)]
    # What is wrong of files that were not copied was told, under the name that they have.
    known = {path.relative_to(base).as_posix() for path, base in files}
    ours = [issue for issue in dict.fromkeys(seen) if issue.location and issue.location.file in known]
    return [issue for issue in ours if issue not in issues and _stands(issue, copie)]


def _base(dossier: Path, here: Path) -> Path:
    """Return what the files of a folder of layers are named from."""
    return here if dossier.is_relative_to(here) else dossier.parent.parent


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")


def _copy(dossier: Path, base: Path, root: Path, wrong: Mapping[Path, set[int]], copie: _Copie) -> None:
    """Copy the YAML of a folder of layers, less what its schemas refuse."""
    for path in sorted(dossier.rglob("*.yaml")):
        name = path.relative_to(base).as_posix()
        try:
            text = _text(path)
        except (OSError, ValueError):  # told already; what it declares is not known
            continue
        if path.name == HEADER:
            text = _header(text, path, name, copie) if wrong.get(path) else _as_draft(text)
        elif wrong.get(path):
            text = _blanked(text, wrong[path], name, copie)
        copy = root / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if text:
            copy.write_text(text, encoding="utf-8")


def _wrong_lines(path: Path) -> set[int]:
    """Return the lines at which a file cannot be read, or which its schema refuses."""
    kind = LIFE if path.parent.name == LIFE else path.parent.parent.name
    schema = "couche" if path.name == HEADER else kind
    try:
        issues = check(read_bytes(_text(path).encode(), path.name), schema)
    except DataError as error:
        issues = list(error.issues)
    except (OSError, ValueError):  # no text, or the folder of no layer
        return {0}
    return {issue.location.line for issue in issues if issue.location}


def _as_draft(text: str) -> str:
    return text if re.search(r"^brouillon:", text, re.MULTILINE) else f"{text.rstrip()}\nbrouillon: true\n"


def _header(text: str, path: Path, name: str, copie: _Copie) -> str:
    """Return a header of the same layer with nothing wrong in it, or nothing if it says too little."""
    copie.en_tetes.add(name)
    copie.caches.append(text)
    data: Mapping[str, Any] = {}
    with suppress(DataError):
        data = read_bytes(text.encode(), name, strict=False)
    if not isinstance(data.get("referentiel"), str):
        return ""
    nature, code = path.parent.parent.name, path.parent.name
    header = {
        "format": 1, "referentiel": data["referentiel"], "nature": nature, "id": code, "titre": code,
        "du": _day(data.get("du")) or "2000-01-01", "confiance": "faible", "brouillon": True,
        "sources": [s for s in data.get("sources") or () if isinstance(s, str)] or ["?"],
        "lue": data.get("lue") is not False,
    }  # fmt: skip
    header |= {"au": _day(data["au"])} if _day(data.get("au")) else {}
    if nature == "exigence":
        header["nom"] = code
        header |= {key: data[key] for key in ("base", "depuis") if isinstance(data.get(key), str)}
    else:
        header["pour"] = [str(edition) for edition in data.get("pour") or ()] or ["?"]
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in header.items())


def _day(value: Any) -> str | None:
    return value if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else None


def _blanked(text: str, wrong: Iterable[int], name: str, copie: _Copie) -> str:
    """Return a text in which what holds each of these lines is blank: an entry of a section, or all of it."""
    lines = text.split("\n")
    gone = copie.lignes.setdefault(name, set())
    for number in wrong:
        for index in _block(lines, number - 1):
            gone.add(index + 1)
    copie.caches += [lines[number - 1] for number in sorted(gone)]
    blank = ["" if index + 1 in gone else line for index, line in enumerate(lines)]
    for index, line in enumerate(blank):
        # A section of which nothing is left goes too.
        if _TOP.match(line) and line.rstrip().endswith(":") and not _children(blank, index):
            copie.caches.append(line)
            gone.add(index + 1)
            blank[index] = ""
    left = "\n".join(blank)
    return left if re.search(r"^format:", left, re.MULTILINE) else f"{left}\nformat: 1\n"


def _block(lines: Sequence[str], index: int) -> range:
    """Return the lines of the entry that holds a line: those of the whole file for one before any section."""
    index = min(max(index, 0), len(lines) - 1)
    top = next((i for i in range(index, -1, -1) if _TOP.match(lines[i])), None)
    if top is None:
        return range(len(lines))
    inside = _children(lines, top)
    if index == top or not inside:
        return range(top, (inside[-1] if inside else top) + 1)
    margin = min(_margin(lines[i]) for i in inside)
    starts = [i for i in inside if _margin(lines[i]) == margin]
    first = max((i for i in starts if i <= index), default=inside[0])
    return range(first, min((i for i in starts if i > first), default=inside[-1] + 1))


def _children(lines: Sequence[str], top: int) -> list[int]:
    """Return the lines of a section under its key, blank ones and comments left out."""
    after = next((i for i in range(top + 1, len(lines)) if _TOP.match(lines[i])), len(lines))
    return [i for i in range(top + 1, after) if lines[i].strip() and not lines[i].lstrip().startswith("#")]


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _named(issue: Issue) -> Issue:
    """Return an issue of a copy with the names that its files have."""
    related = tuple((_original(place), words) for place, words in issue.related)
    return replace(issue, location=issue.location and _original(issue.location), related=related)


def _original(place: Location) -> Location:
    return replace(place, file=_APART.sub("", place.file))


def _stands(issue: Issue, copie: _Copie) -> bool:
    """Return whether an issue of a copy is one of the files too, whatever was left out of it."""
    place = issue.location
    if place is None or issue.code in _MADE or place.file in copie.en_tetes:
        return False
    if place.line in copie.lignes.get(place.file, ()) or (copie.en_tetes and issue.code in _OF_LAYERS):
        return False
    text = "\n".join(copie.caches)
    names = {next(filter(None, groups)).rpartition("/")[2] for groups in _QUOTED.findall(issue.message)}
    pattern = _DECLARED if issue.code.endswith(("-inconnu", "-inconnue")) else _ANYWHERE
    if issue.code not in _OF_NAMES and pattern is _ANYWHERE:
        return True
    return not any(re.search(pattern.replace("NOM", re.escape(name)), text, re.MULTILINE) for name in names)
