"""The hooks of certif-rules, and the frozen declarations that implementations return.

Hooks take no argument and return declarations: a field can be added to a declaration with a default
without breaking anybody, a hook's signature cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pluggy
from msgspec import Struct

#: Name of the entry-point group and of both markers.
GROUP = "certif_rules"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


class Donnees(Struct, frozen=True, kw_only=True):
    """A folder of layers: ``dossier/<nature>/<id>/couche.yaml`` (see ``docs/format-donnees.md``)."""

    dossier: Path


class Exporter(Struct, frozen=True, kw_only=True):
    """A format for checklists: its name, the suffix of its files, and how to write one.

    ``render`` is given the checklist and returns the bytes of the document: same checklist, same bytes.
    """

    name: str
    suffix: str
    render: Callable[[Any], bytes]


@hookspec
def certif_rules_editions() -> Iterable[Donnees]:  # type: ignore[empty-body]  # a specification
    """Declare folders of layers.

    Returns: any number of :class:`Donnees`. A plugin may declare an edition of its own, or a layer for
    another's référentiel; declaring a layer that another plugin declares makes both be refused.
    """


@hookspec
def certif_rules_exporters() -> Iterable[Exporter]:  # type: ignore[empty-body]  # a specification
    """Declare formats for checklists.

    Returns: any number of :class:`Exporter`. A name that is already taken is refused, both plugins named.
    """


#: Names of the hooks, for those who look for a misspelt one.
HOOKS: tuple[str, ...] = ("certif_rules_editions", "certif_rules_exporters")

__all__ = ["GROUP", "HOOKS", "Donnees", "Exporter", "hookimpl", "hookspec"]
