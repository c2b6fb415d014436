"""The examples that plugins bring: audits of nobody, in files of findings beside their layers."""

from __future__ import annotations

from itertools import islice
from typing import Final

from certif_rules.errors import DataError
from certif_rules.plugins.discovery import Plugins
from certif_rules.source.entree import content_of

#: The folder of examples, beside the natures of layers (see ``docs/greffons.md``).
DOSSIER: Final = "exemples"
#: Most examples of one plugin.
_MOST: Final = 20


def examples(plugins: Plugins) -> list[tuple[str, bytes]]:
    """Return the examples of the installed plugins: the name of each file, and what it holds.

    They come by the name of the plugin, then of the file. One that cannot be read is left out.
    """
    read: list[tuple[str, bytes]] = []
    for _, donnees in sorted(plugins.donnees, key=lambda pair: (pair[0], str(pair[1].dossier))):
        files = sorted(islice((donnees.dossier / DOSSIER).glob("*.yaml"), _MOST))
        for path in files:
            try:
                read.append((path.name, content_of(path, ordinary=True)))
            except DataError:
                continue
    return read
