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

from certif_rules.blocs.arbre import Document

#: Name of the entry-point group and of both markers.
GROUP = "certif_rules"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


class Donnees(Struct, frozen=True, kw_only=True):
    """A folder holds layers: ``dossier/<nature>/<id>/couche.yaml`` (see ``docs/format-donnees.md``).

    ``installe`` is for whoever loads the plugin to say: an installer copied the folder, which holds no draft.
    """

    dossier: Path
    installe: bool = False


class Exporter(Struct, frozen=True, kw_only=True):
    """A format has a name, the suffix of its files, and a way to write: the same value gives the same bytes.

    Exactly one of the others is given. ``document`` is given the tree of blocks of any document: a format of
    pages. ``value`` is given the checklist itself: a format for programs. ``render`` is the earlier name of
    ``value``; it works until the next minor version, with a ``DeprecationWarning``.
    """

    name: str
    suffix: str
    document: Callable[[Document], bytes] | None = None
    value: Callable[[Any], bytes] | None = None
    render: Callable[[Any], bytes] | None = None


@hookspec
def certif_rules_editions() -> Iterable[Donnees]:  # type: ignore[empty-body]  # a specification
    """Declare folders of layers.

    Returns: any number of :class:`Donnees`. A plugin may declare an edition of its own, or a layer for
    another's référentiel; declaring a layer that another plugin declares makes both be refused.
    """


@hookspec
def certif_rules_exporters() -> Iterable[Exporter]:  # type: ignore[empty-body]  # a specification
    """Declare formats of documents.

    Returns: any number of :class:`Exporter`. A name that is already taken is refused, both plugins named.
    """


#: Names of the hooks, for those who look for a misspelt one.
HOOKS: tuple[str, ...] = ("certif_rules_editions", "certif_rules_exporters")

__all__ = ["GROUP", "HOOKS", "Donnees", "Exporter", "hookimpl", "hookspec"]
