"""What is wrong of files, for programs: our JSON, SARIF 2.1.0, and the annotations of GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from string import ascii_letters, digits
from typing import Any, Literal

from certif_rules import __version__
from certif_rules.echanges.champs import Ecrivain
from certif_rules.errors import Issue, Location
from certif_rules.model.base import Avertissement

#: The schema that a SARIF file names, which readers of the format know.
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
#: What a relative reference holds as it is.
_UNRESERVED = frozenset(f"{ascii_letters}{digits}-._~/".encode())
Niveau = Literal["error", "warning"]

_ecrire = Ecrivain(
    {
        Location: "fichier=file ligne=line colonne=column texte",
        Issue: "fichier=location.file ligne=location.line colonne=location.column code message"
        " conseil=hint lieux",
    }
)


def as_data(
    files: int,
    problemes: Iterable[Issue],
    remarques: Iterable[Issue] = (),
    avertissements: Iterable[Avertissement] = (),
) -> dict[str, Any]:
    """Return what is wrong in ``files`` files, each problem with its places, and what is to be verified."""
    return {
        "format": 1,
        "fichiers": files,
        "problemes": [_issue(issue) for issue in problemes],
        "remarques": [_issue(issue) for issue in remarques],
        "avertissements": _ecrire([*avertissements]),
    }


def _issue(issue: Issue) -> Any:
    return _ecrire(issue, lieux=[_ecrire(lieu, texte=texte) for lieu, texte in issue.related])


def _levelled(
    problemes: Iterable[Issue], remarques: Iterable[Issue], avertissements: Iterable[Avertissement]
) -> Iterator[tuple[Niveau, Issue]]:
    """Yield everything that is listed, an issue each, with what it is in other programs."""
    for issue in problemes:
        yield "error", issue
    for issue in remarques:
        yield "warning", issue
    for avertissement in avertissements:
        yield "warning", Issue(avertissement.code, avertissement.message)


def as_sarif(
    problemes: Iterable[Issue], remarques: Iterable[Issue] = (), avertissements: Iterable[Avertissement] = ()
) -> dict[str, Any]:
    """Return the same as a SARIF log of one run; columns count characters, as ours do."""
    listed = list(_levelled(problemes, remarques, avertissements))
    codes = sorted({issue.code for _, issue in listed})
    driver = {"name": "certif-rules", "version": __version__, "rules": [{"id": code} for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(niveau, issue, codes) for niveau, issue in listed],
    }
    return {"$schema": SARIF, "version": "2.1.0", "runs": [run]}


def _result(niveau: Niveau, issue: Issue, codes: Sequence[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": issue.code,
        "ruleIndex": codes.index(issue.code),
        "level": niveau,
        "message": {"text": _words(issue)},
    }
    if issue.location:
        result["locations"] = [_place(issue.location)]
    if issue.related:
        result["relatedLocations"] = [_place(lieu) | {"message": {"text": t}} for lieu, t in issue.related]
    return result


def _place(lieu: Location) -> dict[str, Any]:
    path = Path(lieu.file)
    uri = path.as_uri() if path.is_absolute() else _relative(path.as_posix())
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if lieu.line:
        physical["region"] = {"startLine": lieu.line, "startColumn": max(lieu.column, 1)}
    return {"physicalLocation": physical}


def _relative(path: str) -> str:
    """Return a path as a relative reference of the Web: what it may not hold as it is, by its bytes."""
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in path.encode())


def as_annotations(
    problemes: Iterable[Issue], remarques: Iterable[Issue] = (), avertissements: Iterable[Avertissement] = ()
) -> list[str]:
    """Return the same as the lines that GitHub turns into annotations of the files of a change."""
    lines = []
    for niveau, issue in _levelled(problemes, remarques, avertissements):
        where = _properties(issue.location) if issue.location else {}
        named = where | {"title": issue.code}
        properties = ",".join(f"{name}={_escaped(value, inside=True)}" for name, value in named.items())
        lines.append(f"::{niveau} {properties}::{_escaped(_words(issue))}")
    return lines


def _properties(lieu: Location) -> dict[str, str]:
    """Return the place of an issue: a file as a whole has no line."""
    return {"file": lieu.file} | ({"line": str(lieu.line), "col": str(lieu.column)} if lieu.line else {})


def _escaped(text: str, *, inside: bool = False) -> str:
    """Return a text that a line of command holds; ``inside``, one that a property of it does."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if inside else text


def _words(issue: Issue) -> str:
    return f"{issue.message}\n→ {issue.hint}" if issue.hint else issue.message
