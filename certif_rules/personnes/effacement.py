"""One person in what others typed: where a name stands, and the same without it.

A name is looked for in any order, with accents or not: « Jeanne Martin », « MARTIN J. », « Mme Martin ». What
is sure is told from what may be somebody else, a first name alone: people choose. Initials are left: they
name nobody outside of the audit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from certif_rules.noms import cle
from certif_rules.personnes.detection import REMPLACEMENTS, find

_MOT: Final = re.compile(r"[^\W\d_]+")
#: What stands between two words of one name.
_ENTRE: Final = re.compile(r"[\s.,’'_\-]{1,3}")
_PARTICULES: Final = frozenset({"de", "du", "des", "la", "le", "les", "d", "l", "van", "von", "el", "ben"})
_CIVILITES: Final = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "me"})


class Occurrence(Struct, frozen=True):
    """An occurrence is where a text names a person; not ``sure`` where it may be somebody else."""

    debut: int
    fin: int
    sure: bool
    remplacement: str = REMPLACEMENTS["nom"]


def mentions(texte: str, nom: str) -> tuple[Occurrence, ...]:
    """Return the places of a text that name this person, in order, none over another."""
    own = [word for word in map(cle, _MOT.findall(nom)) if word not in _PARTICULES | _CIVILITES]
    if not own or not any(word in cle(texte) for word in own):
        return ()
    words = list(_MOT.finditer(texte))
    folded = [cle(word.group()) for word in words]
    addresses = [hit for hit in find(texte) if hit.nature == "courriel"]
    hits: list[Occurrence] = []
    rank = 0
    while rank < len(words):
        end = _run(texte, words, folded, rank, own)
        if end == rank:
            rank += 1
            continue
        debut, fin = words[rank].start(), words[end - 1].end()
        run = set(folded[rank:end])
        civil = rank > 0 and folded[rank - 1] in _CIVILITES and _joined(texte, words, rank)
        sure = len(run) > 1 or len(own) == 1 or civil
        around = next((one for one in addresses if one.debut <= debut < one.fin), None)
        if around is not None:
            debut, fin = around.debut, max(fin, around.fin)
            end = next((k for k in range(end, len(words)) if words[k].start() >= fin), len(words))
        hits.append(Occurrence(debut, fin, sure, REMPLACEMENTS["courriel" if around else "nom"]))
        rank = end
    return tuple(hits)


def named_in(valeur: Any, nom: str) -> bool | None:
    """Return whether a value surely names this person; ``None`` where it does not at all."""
    hits = [hit.sure for texte in _texts(valeur) for hit in mentions(texte, nom)]
    return any(hits) if hits else None


def without(valeur: Any, nom: str) -> Any:
    """Return a value, its texts at any depth, where a sign stands in place of this person."""
    if isinstance(valeur, str):
        for hit in reversed(mentions(valeur, nom)):
            valeur = valeur[: hit.debut] + hit.remplacement + valeur[hit.fin :]
        return valeur
    if isinstance(valeur, list | tuple):
        return [without(one, nom) for one in valeur]
    if isinstance(valeur, Mapping):
        return {without(key, nom): without(one, nom) for key, one in valeur.items()}
    return valeur


def _texts(valeur: Any) -> Iterator[str]:
    """Yield the texts of a value, the keys of what it maps included."""
    if isinstance(valeur, str):
        yield valeur
    elif isinstance(valeur, list | tuple):
        for one in valeur:
            yield from _texts(one)
    elif isinstance(valeur, Mapping):
        for key, one in valeur.items():
            yield from _texts(key)
            yield from _texts(one)


def _run(texte: str, words: list[re.Match[str]], folded: list[str], rank: int, own: list[str]) -> int:
    """Return the end of the name that begins at this word; the same rank where none does.

    It holds a word of the name at least; its initials and its particles join it.
    """
    end, last, named = rank, rank, False
    left = list(own)
    while end < len(words) and (end == rank or _joined(texte, words, end)):
        word = folded[end]
        if word in left:
            left.remove(word)
            last, named = end + 1, True
        elif len(word) == 1 and any(one.startswith(word) for one in left):
            left.remove(next(one for one in left if one.startswith(word)))
            last = end + 1
        elif word not in _PARTICULES or end == rank:
            break
        end += 1
    return last if named else rank


def _joined(texte: str, words: list[re.Match[str]], rank: int) -> bool:
    """Return whether a word may be of the same name as the one before it."""
    return _ENTRE.fullmatch(texte[words[rank - 1].end() : words[rank].start()]) is not None
