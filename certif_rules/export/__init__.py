"""Formats of a checklist: one module each, each with ``render(checklist, **options) -> bytes``.

An exporter computes nothing: it prints what :class:`~certif_rules.resultat.Checklist` holds. Same
checklist, same bytes: no clock, no terminal, no random order.
"""

from __future__ import annotations

#: Our formats: name → (suffix of the file, module that has ``render``, or module and function).
BUILTIN: dict[str, tuple[str, str]] = {
    "table": (".txt", "certif_rules.export.table"),
    "json": (".json", "certif_rules.export.json_"),
    "md": (".md", "certif_rules.export.md"),
    "csv": (".csv", "certif_rules.export.csv_"),
    "xlsx": (".xlsx", "certif_rules.export.xlsx"),
    "ods": (".ods", "certif_rules.export.ods"),
    "html": (".html", "certif_rules.export.html"),
    "formulaire": (".html", "certif_rules.export.formulaire"),
    "docx": (".docx", "certif_rules.export.papier:to_docx"),
    "pdf": (".pdf", "certif_rules.export.papier:to_pdf"),
}
