"""At each audit type, one decision always holds, the last one, and what it reads exists there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.jugement import Decision, Jugement, SelonType

#: Which codes of audit types may be named, and what they are told as.
TYPES = "audit précédent"


def at_each_type(jugement: Jugement, lecteur: Lecteur) -> dict[tuple[str, ...], Jugement]:
    """Return a judgement as it is at the audit types known, those where it is the same together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    views: dict[tuple[str, ...], Jugement] = {}
    for code in sorted(lecteur.noms.get(TYPES, ())):
        held = [nom for nom, mesure in jugement.mesures.items() if mesure.existe_a(code)]
        beside = (d for distinction in jugement.distinctions.values() for d in distinction.decisions)
        every = (*jugement.decisions, *beside)
        key = (*held, *(str(i) for i, decision in enumerate(every) if decision.existe_a(code)))
        groups.setdefault(key, []).append(code)
        views[key] = jugement.au_type(code)
    return {tuple(codes): views[key] for key, codes in groups.items()} or {(): jugement}


def refuse_incomplete(
    decisions: Sequence[Decision], nodes: Any, lecteur: Lecteur, *, everywhere: bool = True
) -> None:
    """Record the audit types where no decision may be left to hold, or where one that does hides others.

    Without ``everywhere``, there may be none at all at an audit type.
    """
    known = lecteur.noms.get(TYPES, set())
    named = {code for decision in decisions for code in decision.types}
    if named - known:  # said of itself; what it hides is not known
        return
    types = sorted(known) if named else [""]
    faults: dict[tuple[int, str, str], list[str]] = {}
    for code in types:
        left = [index for index, decision in enumerate(decisions) if decision.existe_a(code)]
        for fault in _incomplete(left, decisions) if left or everywhere else ():
            faults.setdefault(fault, []).append(code)
    for (index, message, hint), codes in faults.items():
        lecteur.refuse("decision-manquante", message + at_types(codes), nodes, index, hint)


def _incomplete(left: Sequence[int], decisions: Sequence[Decision]) -> Iterator[tuple[int, str, str]]:
    if not left or decisions[left[-1]].si:
        message = "aucune décision ne vaut quand aucune condition ne tient"
        at = left[-1] if left else len(decisions) - 1
        yield at, message, "finir par une décision sans « si »"
    for index in left[:-1]:
        if not decisions[index].si:
            message = "les décisions qui suivent ne seront jamais prises : celle-ci vaut toujours"
            yield index, message, "ajouter « si », ou la mettre en dernier"


def refuse_open(jugement: Jugement, types: Mapping[str, Any], lecteur: Lecteur) -> None:
    """Record the audit types (codes, with their nodes) added to a base whose judgement knows none of them."""
    for code, node in types.items():
        left = jugement.au_type(code).decisions
        if not left or left[-1].si:
            message = f"à ce type d’audit, les décisions de {jugement.origine} ne concluent pas toujours"
            known = sorted({nom for decision in jugement.decisions for nom in decision.types})
            hint = f"lui donner le code d’un type qu’elles connaissent : {', '.join(known)}"
            lecteur.refuse("decision-manquante", message, node, "id", hint)


def refuse_unmeasured(
    reader: SelonType,
    words: str,
    read: Iterable[tuple[SelonType | None, str, Any, str | int]],
    lecteur: Lecteur,
) -> None:
    """Record the measures (name, what cites it, and where in it) that do not exist where they are read."""
    known = lecteur.noms.get(TYPES, set())
    for mesure, nom, node, key in read:
        codes = [code for code in sorted(known) if mesure and reader.existe_a(code) > mesure.existe_a(code)]
        if codes and mesure and known.issuperset(mesure.types):
            message = f"{words} lit la mesure « {nom} », qui n’existe pas{at_types(codes)}"
            hint = "étendre les `types` de la mesure, ou restreindre ceux de ce qui la lit"
            lecteur.refuse("mesure-absente", message, node, key, hint)


def at_types(codes: Sequence[str]) -> str:
    """Return « , at these audit types », in words; nothing where there are none to name."""
    names = ", ".join(f"« {code} »" for code in codes if code)
    return f" ({'type' if len(codes) == 1 else 'types'} d’audit : {names})" if names else ""
