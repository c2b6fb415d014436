"""A population to draw from: one name a line, as a spreadsheet or a person would write it."""

from __future__ import annotations

from pathlib import Path

from certif_rules.blocs.typographie import clean
from certif_rules.errors import DataError, Issue, Location
from certif_rules.source.entree import content_of, refuse_bigger

#: Beyond, it is some other file.
MOST = 100_000


def read_population(path: Path) -> tuple[str, ...]:
    """Return the names of a file.

    Raises:
        DataError: the file cannot be read as lines of text.
    """
    return parse_population(content_of(path), str(path))


def parse_population(content: bytes, name: str) -> tuple[str, ...]:
    """Return the names in ``content``, one a line, blank lines left out.

    Raises:
        DataError: it is not UTF-8 text, a name holds what no name does, or there are too many.
    """
    refuse_bigger(content, name)
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        message = "ce fichier n’est pas un texte en UTF-8"
        hint = "l’enregistrer en texte UTF-8, un nom par ligne"
        raise DataError([Issue("encodage", message, Location(name), hint)]) from None
    issues = [
        Issue("caractere-de-controle", "ce nom contient un caractère invisible", Location(name, number, 1))
        for number, line in enumerate(lines, 1)
        if clean(line) != line.strip()
    ]
    if len(lines) > MOST:
        message = f"plus de {MOST} lignes"
        issues = [Issue("echantillon-trop-grand", message, Location(name), "donner une liste plus courte")]
    if issues:
        raise DataError(issues)
    return tuple(line.strip() for line in lines if line.strip())
