"""A file of requirements changed by a program as an author would: all else stays byte for byte, comments too.

Each function takes the bytes of a file and returns those to write. The digests of the layer are another
matter: ``valider --ecrire-empreintes``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from unicodedata import normalize

from certif_rules.errors import DataError, Issue, Location, UsageError, suggestion
from certif_rules.source.retouche import MisplacedError, Retouche
from certif_rules.source.yaml import PlacedDict, place

_LIGNES = "indicateurs"


def add_item(content: bytes, name: str, key: str, entry: Mapping[str, Any]) -> bytes:
    """Return the file with one more item in a list of its first level, or with that list where it has none.

    Raises:
        DataError: the file cannot be read, or its layout does not let itself be added to.
    """
    retouche = Retouche(content, name)
    expected, entry = _copy(retouche.data), _copy(entry)
    expected.setdefault(key, []).append(entry)
    return _done(retouche, expected, lambda: retouche.append(retouche.data, key, entry))


def add_line(content: bytes, name: str, entry: Mapping[str, Any], *, after: str) -> bytes:
    """Return the file with one more line, written as the one that it follows.

    Args:
        content: the file.
        name: how messages name it.
        entry: the line, its keys in the order they are written in.
        after: the code of the line that it follows.

    Raises:
        DataError: the file cannot be read, or its layout does not let itself be added to.
        UsageError: there is no such line.
    """
    retouche = Retouche(content, name)
    expected, entry = _copy(retouche.data), _copy(entry)
    holder, rank = _find(retouche.data, after)
    _find(expected, after)[0][_LIGNES].insert(rank + 1, entry)
    return _done(retouche, expected, lambda: retouche.append(holder, _LIGNES, entry, after=rank))


def renumber(content: bytes, name: str, numeros: Mapping[str, str]) -> bytes:
    """Return the file with other printed numbers, by code of line; codes and what names them stay.

    Raises:
        DataError: the file cannot be read, or its layout does not let itself be changed.
        UsageError: there is no such line.
    """
    retouche = Retouche(content, name)
    expected, numeros = _copy(retouche.data), _copy(numeros)
    for code, numero in numeros.items():
        holder, rank = _find(expected, code)
        holder[_LIGNES][rank]["numero"] = numero

    def edit() -> None:
        for code, numero in numeros.items():
            holder, rank = _find(retouche.data, code)
            line = holder[_LIGNES][rank]
            if "numero" in line:
                retouche.rewrite(line, "numero", numero)
            else:
                retouche.add_key(line, "code", "numero", numero)

    return _done(retouche, expected, edit)


def fill_gap(content: bytes, name: str, code: str, champ: str, texte: str) -> bytes:
    """Return the file with a text in place of ``null``, and its gap, or the field in it, taken away.

    Args:
        content: the file.
        name: how messages name it.
        code: the line.
        champ: its field: « titre », « exigence »…
        texte: what the source says, which was read since.

    Raises:
        DataError: the file cannot be read, no gap declares this field, or the layout does not let itself be
            changed.
        UsageError: there is no such line.
    """
    retouche = Retouche(content, name)
    expected, texte = _copy(retouche.data), _copy(texte)
    holder, rank = _find(retouche.data, code)
    line = holder[_LIGNES][rank]
    gaps: Any = line.get("lacunes") or ()
    where = next((n for n, gap in enumerate(gaps) if champ in gap["champs"]), None)
    if where is None or line.get(champ, "") is not None:
        message = f"« {champ} » de {code} n’est pas une lacune à combler par un texte"
        hint = "un champ qui vaut null, nommé par une lacune"
        raise DataError([Issue("retouche-impossible", message, place(line, champ), hint)])
    changed = _find(expected, code)[0][_LIGNES][rank]
    changed[champ] = texte
    changed["lacunes"][where]["champs"].remove(champ)
    if not changed["lacunes"][where]["champs"]:
        del changed["lacunes"][where]
    if not changed["lacunes"]:
        del changed["lacunes"]

    def edit() -> None:
        retouche.rewrite(line, champ, texte)
        champs = gaps[where]["champs"]
        if len(champs) > 1:
            retouche.remove_item(champs, champs.index(champ))
        elif len(gaps) > 1:
            retouche.remove_item(gaps, where)
        else:
            retouche.remove_key(line, "lacunes")

    return _done(retouche, expected, edit)


def _find(data: Any, code: str) -> tuple[Any, int]:
    """Return what holds the list of a line, and the rank of that line in it."""
    known = []
    for holder in (data, data.get("ajouts") or {}):
        codes = [str(line["code"]) for line in holder.get(_LIGNES) or ()]
        if code in codes:
            return holder, codes.index(code)
        known += codes
    where = place(data) if isinstance(data, PlacedDict) else None
    message = f"aucune ligne « {code} » n’est déclarée dans ce fichier"
    raise UsageError([Issue("ligne-inconnue", message, where, suggestion(code, known, "lignes"))])


def _copy(node: Any) -> Any:
    """Return the same, that may be changed, its texts as reading gives them."""
    if isinstance(node, Mapping):
        return {key: _copy(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_copy(item) for item in node]
    return normalize("NFC", node) if isinstance(node, str) else node


def _done(retouche: Retouche, expected: Any, edit: Callable[[], None]) -> bytes:
    """Return the bytes once changed.

    Raises:
        DataError: the layout does not let itself be changed in this place alone.
    """
    try:
        edit()
        return retouche.result(expected)
    except MisplacedError as error:
        message = "ce fichier est écrit de telle façon que cela ne peut pas s’y changer sans le récrire"
        where = Location(retouche.data.file)
        raise DataError([Issue("retouche-impossible", message, where, "le changer à la main")]) from error
