"""What a journal that comes from elsewhere may give to a field: what pages and files read, and nothing else.

The findings file that a journal says is judged by the schema of findings; this is what no schema sees: where
values stand, and what only the workspace knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from certif_rules.audit.examen import readable_day
from certif_rules.errors import Issue
from certif_rules.journal.annexes import JOURS
from certif_rules.journal.etat import Etat
from certif_rules.journal.evenements import Endroit, is_moment

#: What a findings file calls its own: no field of a journal is called so.
_RESERVES: Final = {
    "tete": frozenset({"", "format", "constats", "verifications", "a_accorder", "depart"}),
    "ligne": frozenset({"", "id", "site", "par_site", "a_accorder"}),
}
#: The days of an act, its moments, the version that it is about.
_JOUR_ACTE, _MOMENT_ACTE, _VERSION, _MOST = "comite", "le", "version", 1 << 31
#: The act of handing a report over, which says its version.
_REMIS: Final = "rapport"
_CONSEIL: Final = "reprendre l’archive telle que « Tout exporter » l’a écrite"


def misplaced(etat: Etat) -> Iterator[Issue]:
    """Yield the fields that a findings file has no place for: reserved, or within a value of another."""
    for cle in sorted(etat):
        if cle.genre not in ("tete", "ligne", "verification"):
            continue
        root, *_ = nodes = cle.champ.split(".")
        parents = (".".join(nodes[:rank]) for rank in range(1, len(nodes)))
        within = any(Endroit(cle.genre, parent, cle.ligne, cle.site) in etat for parent in parents)
        nowhere = cle.genre == "tete" and (cle.ligne or cle.site)
        if within or nowhere or "" in nodes or root in _RESERVES["tete" if cle.genre == "tete" else "ligne"]:
            yield _wrong(cle, "ce champ n’a pas de place dans un fichier de constats")


def unreadable(etat: Etat) -> Iterator[Issue]:
    """Yield the values that no page reads, of what only the workspace knows, and of the texts carried."""
    for cle, champ in sorted(etat.items(), key=lambda one: one[0]):
        for given in champ.versions:
            if given.valeur is not None and (expected := _awaited(cle, given.valeur)):
                yield _wrong(cle, f"attendu : {expected}")


def _wrong(cle: Endroit, what: str) -> Issue:
    where = f"{cle.genre} {cle.ligne}".strip()
    return Issue("archive-refusee", f"{where}, {cle.champ[:80]} : {what}", None, _CONSEIL, champ=cle.chemin)


def _awaited(cle: Endroit, valeur: Any) -> str:
    """Return what is awaited in place of a value; nothing where it can be read."""
    if cle.genre == "acte":
        return _of_act(cle, valeur)
    if cle.genre == "tete":
        return "" if cle.champ != "textes" or _are_texts(valeur) else "des textes, chacun avec sa source"
    if cle.genre in ("ligne", "verification"):
        return ""
    if cle.champ == "cree_le":
        return "" if isinstance(valeur, str) and is_moment(valeur) else "un moment"
    if cle.champ in JOURS or (cle.genre, cle.champ) == ("creneau", "jour"):
        return "" if isinstance(valeur, str) and readable_day(valeur) else "un jour, AAAA-MM-JJ"
    return "" if isinstance(valeur, bool | str) else "un texte, oui ou non"


def _of_act(cle: Endroit, valeur: Any) -> str:
    """Return what is awaited of an act: a text, or who, when, and of which version."""
    if isinstance(valeur, str):
        return ""
    if not isinstance(valeur, Mapping):
        return "un texte, ou ce qui a été fait"
    least = 1 if cle.champ == _REMIS else 0
    version = valeur.get(_VERSION, None if least else 0)
    if type(version) is not int or not least <= version < _MOST:
        return "la version de l’audit"
    texts = {nom: one for nom, one in valeur.items() if nom != _VERSION}
    if not all(isinstance(one, str) for one in texts.values()):
        return "des textes"
    day, moment = texts.get(_JOUR_ACTE), texts.get(_MOMENT_ACTE)
    readable = (day is None or readable_day(day)) and (moment is None or is_moment(moment))
    return "" if readable else "un jour, ou un moment"


def _are_texts(valeur: Any) -> bool:
    """Return whether a value is a file of texts carried by findings."""
    content = valeur.get("contenu") if isinstance(valeur, Mapping) else None
    if not isinstance(content, Mapping) or not isinstance(content.get("sources") or {}, Mapping):
        return False
    lines = content.get("indicateurs") or []
    return isinstance(lines, list) and all(isinstance(one, Mapping) and "code" in one for one in lines)
