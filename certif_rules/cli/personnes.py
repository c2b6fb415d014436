"""``--pseudonymiser``, wherever what people typed goes into a document, and what it says of its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from certif_rules.personnes.pseudonymes import DonneePersonnelle

F = TypeVar("F", bound=Callable[..., Any])


def pseudonymise_option(function: F) -> F:
    """Add ``--pseudonymiser`` to a command."""
    decorate: Callable[[F], F] = click.option(
        "--pseudonymiser",
        is_flag=True,
        help="Remplace courriels, téléphones, numéros de sécurité sociale et noms de personnes.",
    )
    return decorate(function)


def say_replaced(replaced: tuple[DonneePersonnelle, ...]) -> None:
    """Say on standard error how many of each kind were replaced; never what they were."""
    from certif_rules.cli.messages import say
    from certif_rules.personnes.pseudonymes import summary

    say(summary(replaced))
