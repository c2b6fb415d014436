"""certif-rules: référentiels as plugins, and the audit checklists drawn from them.

Importing this package costs nothing: names are resolved when they are first used, so that a plugin which
only needs ``hookimpl`` pulls in neither the YAML reader nor the schema validator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["CertifRulesError", "Registry", "hookimpl"]

if TYPE_CHECKING:
    from certif_rules.errors import CertifRulesError
    from certif_rules.plugins.hookspecs import hookimpl
    from certif_rules.plugins.registry import Registry

_HOMES = {
    "CertifRulesError": "certif_rules.errors",
    "Registry": "certif_rules.plugins.registry",
    "hookimpl": "certif_rules.plugins.hookspecs",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
