"""What a format is: a name, the suffix of its files, and what writes it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Format(Struct, frozen=True, kw_only=True):
    """A format of documents.

    ``arbre`` is the module whose ``render`` writes the tree of any document, ``None`` where the format has
    none; ``propres`` maps a document to the ``module:function`` that is given its value instead.
    ``synonymes`` are other suffixes of its files. ``texte`` says that it may be shown on a terminal, ``nu``
    that it can be written with plain signs for a console that lacks ours.
    """

    name: str
    suffix: str
    arbre: str | None = None
    propres: Mapping[str, str] = field(default_factory=dict)
    synonymes: tuple[str, ...] = ()
    texte: bool = True
    nu: bool = False
