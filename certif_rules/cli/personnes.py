"""``--pseudonymiser``, wherever what people typed goes into a document, and what it says of its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from certif_rules.personnes.pseudonymes import DonneePersonnelle

pseudonymise_option = click.option(
    "--pseudonymiser", is_flag=True,
    help="Remplace courriels, téléphones, numéros de sécurité sociale et noms de personnes.",
)  # fmt: skip


def say_replaced(replaced: tuple[DonneePersonnelle, ...]) -> None:
    """Say on standard error how many of each kind were replaced; never what they were."""
    from certif_rules.cli.messages import say
    from certif_rules.personnes.pseudonymes import summary

    say(summary(replaced))
