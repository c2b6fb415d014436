"""From a findings file to the audit report and its non-conformity sheets, in a page format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final

from certif_rules.audit.contenu import Rapport
from certif_rules.audit.rapport import make_report
from certif_rules.blocs.arbre import Document
from certif_rules.documents.formats.extras import check
from certif_rules.documents.rapport.composition import report, sheets_only
from certif_rules.errors import Issue, UsageError, suggestion
from certif_rules.habillage.regles import HabillageDit
from certif_rules.personnes.pseudonymes import Trace
from certif_rules.plugins.registry import Registry
from certif_rules.services.conclusion import conclude_file
from certif_rules.services.formats import unknown_suffix

#: Formats of pages: name → (suffix of the file, module that has ``render``, whether it is text).
FORMATS: Final[dict[str, tuple[str, str, bool]]] = {
    "html": (".html", "certif_rules.documents.formats.page", True),
    "docx": (".docx", "certif_rules.documents.formats.docx", False),
    "pdf": (".pdf", "certif_rules.documents.formats.pdf", False),
}


def choose_format(name: str | None, output: Path | None) -> str:
    """The format named, else the one that the suffix of ``output`` calls for, else the first.

    Raises:
        UsageError: no such format, a suffix that names none, or a format whose library is not installed.
    """
    found = _named(name, output)
    check(found)
    return found


def _named(name: str | None, output: Path | None) -> str:
    if name is not None:
        if name in FORMATS:
            return name
        hint = suggestion(name, FORMATS, "formats")
        raise UsageError([Issue("format-inconnu", f"aucun format « {name} » pour un rapport", None, hint)])
    if output is None:
        return next(iter(FORMATS))
    suffix = output.suffix.lower()
    found = next((n for n, (s, _, _) in FORMATS.items() if s == suffix), None)
    if found is None:
        raise UsageError([unknown_suffix(output, (s for s, _, _ in FORMATS.values()))])
    return found


def report_file(
    registry: Registry, path: Path, *, stdin: bytes | None = None, other_rules: bool = False,
    habillage: HabillageDit | None = None, pseudonymise: bool = False,
) -> tuple[Rapport, tuple[Trace, ...]]:  # fmt: skip
    """The report of a findings file, and the personal data replaced (arguments of ``conclude_file``).

    Raises:
        DataError: the file is wrong, was made with other rules, or holds impossible findings; all are listed.
    """
    bilan, replaced = conclude_file(
        registry, path, stdin=stdin, other_rules=other_rules, habillage=habillage, pseudonymise=pseudonymise
    )
    return make_report(bilan), replaced


def compose(rapport: Rapport, *, sheets: bool = False) -> Document:
    """The report as a document, or its sheets alone."""
    return sheets_only(rapport) if sheets else report(rapport)


def lay_out(document: Document, format_: str) -> bytes:
    """A document in one of :data:`FORMATS`; the library of the format is imported here."""
    render: Callable[[Document], bytes] = import_module(FORMATS[format_][1]).render
    return render(document)
