"""The formats a checklist can be written in: ours, imported when asked for, and those of plugins."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from certif_rules.audit.checklist import Checklist
from certif_rules.documents.formats.extras import check
from certif_rules.errors import DataError, Issue, UsageError, suggestion
from certif_rules.plugins.hookspecs import Exporter

#: Our formats: name → (suffix of the file, module that has ``render``, or module and function).
BUILTIN: dict[str, tuple[str, str]] = {
    "table": (".txt", "certif_rules.documents.checklist.table"),
    "json": (".json", "certif_rules.echanges.checklist"),
    "md": (".md", "certif_rules.documents.checklist.md"),
    "csv": (".csv", "certif_rules.grilles.csv"),
    "xlsx": (".xlsx", "certif_rules.grilles.xlsx"),
    "ods": (".ods", "certif_rules.grilles.ods"),
    "html": (".html", "certif_rules.documents.checklist.html"),
    "formulaire": (".html", "certif_rules.formulaires.checklist"),
    "docx": (".docx", "certif_rules.documents.checklist.papier:to_docx"),
    "pdf": (".pdf", "certif_rules.documents.checklist.papier:to_pdf"),
}


def write_document(exporter: Exporter, checklist: Checklist) -> bytes:
    """The bytes of a document.

    Raises:
        DataError: a plugin's exporter raised, or returned something else than bytes.
    """
    if exporter.name in BUILTIN:
        return exporter.render(checklist)
    try:
        content: object = exporter.render(checklist)
    except Exception as error:  # noqa: BLE001 - whatever foreign code raises is its cause
        cause = f"{type(error).__name__} : {error}"
    else:
        if isinstance(content, bytes):
            return content
        cause = f"il rend {type(content).__name__}, et non des octets"
    message = f"le format « {exporter.name} », ajouté par un greffon, a échoué ({cause})"
    raise DataError([Issue("format-en-echec", message, None, "choisir un autre format, signaler au greffon")])


def unknown_suffix(output: Path, suffixes: Iterable[str]) -> Issue:
    """That the suffix of a file to write is none of those that call for a format."""
    message = f"le suffixe de « {output.name} » ne dit pas quel format écrire"
    hint = f"ajouter --format, ou un suffixe parmi {', '.join(suffixes)}"
    return Issue("format-inconnu", message, None, hint)


def choose(name: str | None, output: Path | None, others: Iterable[Exporter]) -> Exporter:
    """The exporter named, or the one the suffix of ``output`` calls for, or the table.

    Raises:
        UsageError: no such format, a suffix that names none, or a format whose library is not installed.
    """
    exporters = {e.name: e for e in others}
    if name is None and output is not None:
        suffixes = {e.suffix: e.name for e in exporters.values()}
        # Two of ours may share a suffix: it calls for the first, the other is asked for by its name.
        suffixes |= {suffix: n for n, (suffix, _) in reversed(BUILTIN.items())}
        name = suffixes.get(output.suffix.lower())
        if name is None:
            raise UsageError([unknown_suffix(output, sorted(suffixes))])
    name = name or "table"
    if name in BUILTIN:
        check(name)
        suffix, place = BUILTIN[name]
        module, _, function = place.partition(":")
        return Exporter(name=name, suffix=suffix, render=getattr(import_module(module), function or "render"))
    if name in exporters:
        return exporters[name]
    names = [*BUILTIN, *sorted(exporters)]
    hint = suggestion(name, names, "formats")
    raise UsageError([Issue("format-inconnu", f"aucun format « {name} »", None, hint)])
