"""The formats a checklist can be written in: ours, imported when asked for, and those of plugins."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from certif_rules.errors import Issue, UsageError, suggestion
from certif_rules.export import BUILTIN
from certif_rules.hookspecs import Exporter


def choose(name: str | None, output: Path | None, others: Iterable[Exporter]) -> Exporter:
    """The exporter named, or the one the suffix of ``output`` calls for, or the table.

    Raises:
        UsageError: no such format, or a suffix that names none.
    """
    exporters = {e.name: e for e in others}
    if name is None and output is not None:
        suffixes = {e.suffix: e.name for e in exporters.values()}
        suffixes |= {suffix: n for n, (suffix, _) in BUILTIN.items()}
        name = suffixes.get(output.suffix.lower())
        if name is None:
            message = f"le suffixe de « {output.name} » ne dit pas quel format écrire"
            hint = f"ajouter --format, ou un suffixe parmi {', '.join(sorted(suffixes))}"
            raise UsageError([Issue("format-inconnu", message, None, hint)])
    name = name or "table"
    if name in BUILTIN:
        suffix, module = BUILTIN[name]
        return Exporter(name=name, suffix=suffix, render=import_module(module).render)
    if name in exporters:
        return exporters[name]
    names = [*BUILTIN, *sorted(exporters)]
    hint = suggestion(name, names, "formats")
    raise UsageError([Issue("format-inconnu", f"aucun format « {name} »", None, hint)])
