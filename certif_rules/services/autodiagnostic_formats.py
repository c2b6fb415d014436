"""The formats of a self-assessment: of a grid, of a synthesis, of a comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from certif_rules.blocs.arbre import Document
from certif_rules.echanges.checklist import as_bytes
from certif_rules.errors import Issue, UsageError, suggestion
from certif_rules.services.autodiagnostic import told
from certif_rules.services.formats import unknown_suffix
from certif_rules.vie.autodiagnostic import Cadre, Synthese
from certif_rules.vie.progression import Comparaison

#: Format → suffix of its files, and what writes it: of the grid, then of a synthesis and of a comparison.
GRILLE: Final[Mapping[str, str]] = {
    "table": ".txt", "html": ".html", "csv": ".csv", "yaml": ".yaml", "json": ".json", "docx": ".docx",
    "pdf": ".pdf",
}  # fmt: skip
RESULTAT: Final[Mapping[str, str]] = {
    "table": ".txt", "json": ".json", "html": ".html", "docx": ".docx", "pdf": ".pdf",
}  # fmt: skip
_PAGES: Final[Mapping[str, str]] = {"html": "page", "docx": "docx", "pdf": "pdf"}


def choose(name: str | None, output: Path | None, formats: Mapping[str, str]) -> str:
    """The format named, or the one the suffix of ``output`` calls for, or the first.

    Raises:
        UsageError: no such format, or a suffix that names none.
    """
    if name is None and output is not None:
        suffixes = {suffix: format_ for format_, suffix in formats.items()} | {".yml": "yaml"}
        found = suffixes.get(output.suffix.lower(), "")
        if found not in formats:
            raise UsageError([unknown_suffix(output, sorted(formats.values()))])
        return found
    name = name or next(iter(formats))
    if name not in formats:
        hint = suggestion(name, formats, "formats")
        raise UsageError([Issue("format-inconnu", f"aucun format « {name} »", None, hint)])
    return name


def write_grid(cadre: Cadre, format_: str, *, poor: bool = False) -> bytes:
    """The grid to fill.

    Raises:
        UsageError: the library of the format is not installed.
    """
    if format_ in ("csv", "yaml", "json"):
        grille = import_module("certif_rules.grilles.autodiagnostic")
        render: Callable[[Cadre], bytes] = getattr(grille, f"render_{format_}")
        return render(cadre)
    if format_ == "html":
        from certif_rules.formulaires.autodiagnostic import render as render_form

        return render_form(cadre, told(cadre))
    from certif_rules.documents.autodiagnostic.grille import compose

    return _page(compose(cadre, told(cadre)), format_, poor=poor)


def write_synthesis(synthese: Synthese, format_: str, *, poor: bool = False) -> bytes:
    """What the answers come to.

    Raises:
        UsageError: the library of the format is not installed.
    """
    if format_ == "json":
        from certif_rules.echanges.autodiagnostic import synthesis

        return as_bytes(synthesis(synthese, told(synthese.cadre)))
    from certif_rules.documents.autodiagnostic.synthese import compose

    return _page(compose(synthese, told(synthese.cadre)), format_, poor=poor)


def write_comparison(comparaison: Comparaison, format_: str, *, poor: bool = False) -> bytes:
    """What changed between two.

    Raises:
        UsageError: the library of the format is not installed.
    """
    cadre = comparaison.apres.cadre
    if format_ == "json":
        from certif_rules.echanges.autodiagnostic import comparison

        return as_bytes(comparison(comparaison, told(cadre)))
    from certif_rules.documents.autodiagnostic.progression import compose

    return _page(compose(comparaison, told(cadre)), format_, poor=poor)


def _page(document: Document, format_: str, *, poor: bool) -> bytes:
    if format_ == "table":
        from certif_rules.documents.formats.terminal import render

        return render(document, poor=poor)
    made: bytes = import_module(f"certif_rules.documents.formats.{_PAGES[format_]}").render(document)
    return made
