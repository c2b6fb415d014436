"""Control tables: the same facts written a second time, compared as sets, line by line.

Totals can be right and sets wrong. The ``controles`` section of an exigence layer restates its columns from
the official table; every difference names its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from certif_rules.construction.lecteur import Lecteur
from certif_rules.model.referentiel import Indicateur


def check_controls(body: Mapping[str, Any], indicateurs: Mapping[str, Indicateur], lecteur: Lecteur) -> None:
    """Compare each control table with the lines of this origin."""
    controles = body.get("controles")
    if controles is None:
        return
    own = [line for line in indicateurs.values() if line.origine == lecteur.origine]
    _refuse_uncovered(controles, own, lecteur)
    for kind, kind_of, members in _KINDS:
        for name, codes in (controles.get(kind) or {}).items():
            expected = set(codes)
            own_codes = {line.code for line in own if name in members(line)}
            for code in sorted(expected ^ own_codes, key=_natural):
                _refuse(kind_of, name, code, lecteur, controles[kind], indicateurs, declared=code in expected)


def _refuse_uncovered(controles: Any, own: Sequence[Indicateur], lecteur: Lecteur) -> None:
    """Refuse a table of criteria, or of categories, that leaves one out: its lines would go unchecked."""
    for kind, kind_of, members in _KINDS[:2]:
        table = controles.get(kind)
        known = {name.rpartition("/")[2] for name in lecteur.noms.get(kind_of, ())}
        missing = {name for line in own for name in members(line)} & known - set(table or ())
        for name in sorted(missing) if table else ():
            message = f"{kind_of} « {name} » : des lignes en sont, le tableau de contrôle n’en dit rien"
            hint = "y ajouter ses lignes : la liste de toutes, d’après le tableau officiel"
            lecteur.refuse("controle-incomplet", message, table, None, hint)


def _refuse(
    kind_of: str, name: str, code: str, lecteur: Lecteur, node: Any,
    indicateurs: Mapping[str, Indicateur], *, declared: bool,
) -> None:  # fmt: skip
    line = indicateurs.get(lecteur.qualify(code))
    table, data = ("oui", "non") if declared else ("non", "oui")
    message = (
        f"ligne {code}, {kind_of} « {name} » : {table} dans le tableau de contrôle, {data} dans la ligne"
    )
    hint = f"la ligne est déclarée en {line.emplacement}" if line else "aucune ligne ne porte ce code"
    lecteur.refuse("controle-different", message, node, name, hint)


def _criteres(line: Indicateur) -> Iterable[str]:
    return [line.critere.rpartition("/")[2]] if line.critere else []


def _named(mot: str) -> Callable[[Indicateur], set[str]]:
    def names(line: Indicateur) -> set[str]:
        codes: set[str] = set()
        for regle in line.portee:
            valeur = regle.mots.get(mot)
            codes.update(valeur if isinstance(valeur, tuple) else [valeur] if isinstance(valeur, str) else [])
        return codes

    return names


def _natural(code: str) -> tuple[int, str]:
    return (int(code), "") if code.isdigit() else (10**9, code)


_Members = Callable[[Indicateur], Iterable[str]]

_KINDS: tuple[tuple[str, str, _Members], ...] = (
    ("criteres", "critère", _criteres),
    ("colonnes", "catégorie", _named("categories")),
    ("conditions", "condition", _named("fait")),
    ("etiquettes", "étiquette", lambda line: line.etiquettes),
)
