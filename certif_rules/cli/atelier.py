"""A call is given, beside its options, a list for its issues and the registry over the plugins.

Apart from the options, since help needs neither, and records take half as long to load as click.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from certif_rules.errors import Fautes, suggestion

if TYPE_CHECKING:
    from certif_rules.services.atelier import Atelier


class Appel(Fautes):
    """A call collects its issues."""

    def __init__(self) -> None:
        super().__init__()
        #: The parameters whose value was refused; they are then as if not given.
        self.refused: set[str] = set()

    def given(self, nom: str, value: int | None) -> int | None:
        """Return a number that was given, or any where it was refused, so that nobody calls it missing."""
        return 1 if nom in self.refused else value


def open_for(ctx: click.Context) -> Atelier:
    """Return the registry over the installed plugins; a broken one is a warning on standard error."""
    atelier = open_installed(ctx)
    for etat in atelier.plugins.casses:
        _warn(f"greffon « {etat.nom} » écarté : {etat.cause}")
    return atelier


def open_installed(ctx: click.Context) -> Atelier:
    """Open the same without a word on broken plugins; warn of a name to leave out that is not installed."""
    from certif_rules.services.atelier import open_atelier

    disabled = (ctx.find_root().obj or {}).get("disabled", ())
    atelier = open_atelier(disabled=disabled)
    for remarque in atelier.plugins.remarques:
        _warn(remarque)
    known = {name: etat.nom for etat in atelier.plugins.etats for name in (etat.nom, etat.distribution)}
    for name in disabled:
        if name not in known:
            hint = suggestion(name, sorted(set(known.values())), "greffons")
            _warn(f"aucun greffon « {name} » à écarter ; {hint}")
    return atelier


def _warn(text: str) -> None:
    from certif_rules.cli.messages import warn  # its words are rare

    warn(text)
