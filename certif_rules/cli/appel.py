"""The issues of one call; apart, since help needs none, and records take half as long to load as click."""

from __future__ import annotations

from certif_rules.errors import Fautes


class Appel(Fautes):
    """The issues of one call."""

    def __init__(self) -> None:
        super().__init__()
        #: The parameters whose value was refused; they are then as if not given.
        self.refused: set[str] = set()

    def given(self, nom: str, value: int | None) -> int | None:
        """Return a number that was given, or any where it was refused, so that nobody calls it missing."""
        return 1 if nom in self.refused else value
