"""A population to draw from: one name a line, as a spreadsheet or a person would write it.

A name may be followed by the day it is of, after « ; » or a tabulation: the end of an action, say.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from msgspec import Struct

from certif_rules.audit.demande import Demande
from certif_rules.audit.examen import readable_day
from certif_rules.blocs.typographie import clean
from certif_rules.errors import DataError, Issue, Location, first_of
from certif_rules.source.entree import refuse_bigger

#: Beyond, it is some other file.
MOST = 100_000
#: How much of a line a message shows.
_SHOWN = 40
#: Most problems of a file that are listed.
_TOLD = 200
_DATED = re.compile(r"(?P<nom>.*\S)\s*[;\t]\s*(?P<jour>[^;\t]*)")


class Population(Struct, frozen=True):
    """A population has the names to draw from, and how many were left out as older than is asked for."""

    noms: tuple[str, ...]
    anterieurs: int = 0


def listed_sites(demande: Demande) -> tuple[str, ...]:
    """Return the sites that the profile names, those added included, once each."""
    own = (str(site["id"]) for site in demande.organisme.get("sites") or ())
    return tuple(dict.fromkeys((*own, *demande.ajout_sites)))


def tags_of_sites(demande: Demande) -> dict[str, list[str] | None]:
    """Return the words that each site of the profile bears; ``None`` where it does not say."""
    return {str(site["id"]): site.get("etiquettes") for site in demande.organisme.get("sites") or ()}


def parse_population(content: bytes, name: str, *, depuis: str | None = None) -> Population:
    """Return the names in ``content``, one a line, blank lines left out.

    Args:
        content: the text.
        name: what to call it in messages.
        depuis: a day (ISO): each name is then followed by its own, and those before it are left out.

    Raises:
        DataError: it is not UTF-8 text, a name holds what no name does, has no day or stands twice, or there
            are too many.
    """
    refuse_bigger(content, name)
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        message = "ce fichier n’est pas un texte en UTF-8"
        hint = "l’enregistrer en texte UTF-8, un nom par ligne"
        raise DataError([Issue("encodage", message, Location(name), hint)]) from None
    if len(lines) > MOST:
        message = f"plus de {MOST} lignes"
        hint = "donner une liste plus courte"
        raise DataError([Issue("echantillon-trop-grand", message, Location(name), hint)])
    noms: list[str] = []
    issues, earlier = [], 0
    first: dict[str, Location] = {}
    for number, line in enumerate(lines, 1):
        text, day = (line.strip(), None) if depuis is None else _dated(line)
        place = Location(name, number, 1)
        if not line.strip():
            continue
        if clean(text) != text:
            message = "ce nom contient un caractère invisible"
            issues.append(Issue("caractere-de-controle", message, place))
        shown, composed = clean(text)[:_SHOWN], normalize("NFC", clean(text))
        if depuis is not None and day is None:
            message = f"« {shown} » n’est pas suivi de son jour"
            hint = "écrire « nom;AAAA-MM-JJ », ou retirer --depuis"
            issues.append(Issue("jour-absent", message, place, hint))
        elif depuis is not None and day is not None and day < depuis:
            earlier += 1
        elif composed and composed in first:
            message, hint = f"« {shown} » est nommé plusieurs fois", "ne garder chaque nom qu’une fois"
            related = ((first[composed], "première apparition"),)
            issues.append(Issue("identifiant-en-double", message, place, hint, related))
        else:
            first[composed] = place
            noms.append(text)
    if issues:
        raise DataError(first_of(issues, _TOLD))
    return Population(tuple(noms), earlier)


def _dated(line: str) -> tuple[str, str | None]:
    """Return the name of a line and its day (ISO), ``None`` where it has none that can be read."""
    match = _DATED.fullmatch(line.strip())
    day = readable_day(match["jour"].strip()) if match else None
    return (match["nom"], day.isoformat()) if match and day else (line.strip(), None)
