"""The closed vocabulary of rules: one small function per word, each answering true, false or unknown.

A rule is a conjunction of words for one :class:`Cas` — a line, a category, an audit. ``vue`` and ``comme``
need the perimeter of another audit type and live in ``perimetre``. A plugin cannot add a word: if a
référentiel needs one, it is added here, with its line in ``docs/format-donnees.md`` and its test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from certif_rules.model.base import Regle
from certif_rules.model.referentiel import Indicateur, Referentiel
from certif_rules.rules.contexte import Contexte, FaitsParCategorie
from certif_rules.rules.faits import Origine
from certif_rules.rules.motifs import CodeMotif, Motif, rests_on
from certif_rules.rules.trivalent import Trivalent, both, negate


class Cas(Struct, frozen=True, gc=False):
    """A case is one question: this line, this category, at this audit; ``faits`` is resolved beforehand."""

    referentiel: Referentiel
    contexte: Contexte
    faits: FaitsParCategorie
    indicateur: Indicateur
    categorie: str


Mot = Callable[[Any, Cas], Trivalent]


class RegleJugee(Struct, frozen=True, gc=False):
    """A judged rule gives its answer, and that of each of its words (``sauf`` and ``inconnu`` among them)."""

    regle: Regle
    valeur: Trivalent
    mots: Mapping[str, Trivalent]


def judge(regle: Regle, cas: Cas, mots: Mapping[str, Mot]) -> RegleJugee:
    """Evaluate one rule with the words of ``mots``."""
    values: dict[str, Trivalent] = {mot: mots[mot](valeur, cas) for mot, valeur in regle.mots.items()}
    if regle.sauf is not None:
        values["sauf"] = negate(judge(regle.sauf, cas, mots).valeur)
    if regle.inconnu is not None:
        values["inconnu"] = None
    return RegleJugee(regle, both(values.values()), values)


def reason(code: CodeMotif, texte: str, cas: Cas, *parts: Regle | Origine) -> Motif:
    """Return why a line is in its state for a category: the rules that answered, and what gave a fact."""
    return Motif(
        code=code,
        texte=texte,
        categories=(cas.categorie,),
        emplacements=tuple([part.emplacement for part in parts]),
        **rests_on(*parts),
    )


def _toutes(valeur: bool, _cas: Cas) -> Trivalent:
    return valeur


def _categories(valeur: tuple[str, ...], cas: Cas) -> Trivalent:
    return cas.categorie in valeur


def _fait(valeur: str, cas: Cas) -> Trivalent:
    return cas.faits[cas.categorie][valeur]


def _lignes(valeur: tuple[str, ...], cas: Cas) -> Trivalent:
    return cas.indicateur.id in (valeur if len(valeur) < _MANY else _as_set(valeur))


#: From how many lines on a rule looks for one in a set, and how many such sets are there at once.
_MANY, _MOST_SETS = 16, 1_000
#: By the identity of the list, which is held: no other has it meanwhile.
_SETS: dict[int, tuple[tuple[str, ...], frozenset[str]]] = {}


def _as_set(lines: tuple[str, ...]) -> frozenset[str]:
    """Return the lines that a rule names, made once of each rule that names many."""
    entry = _SETS.get(id(lines))
    if entry is None:
        if len(_SETS) >= _MOST_SETS:
            _SETS.clear()
        entry = _SETS[id(lines)] = (lines, frozenset(lines))
    return entry[1]


def _etiquette(valeur: str, cas: Cas) -> Trivalent:
    return valeur in cas.indicateur.etiquettes


def _origine(valeur: str, cas: Cas) -> Trivalent:
    return cas.indicateur.origine == valeur


def _edition(valeur: tuple[str, ...], cas: Cas) -> Trivalent:
    """Return the edition that the line's own référentiel has in this stack."""
    couche = cas.referentiel.couche_de(cas.indicateur.origine, "exigence")
    return couche is not None and couche.id in valeur


def _constat_precedent(valeur: tuple[str, ...], cas: Cas, *, ouvert: bool = False) -> Trivalent:
    precedent = cas.contexte.precedent
    if precedent is None or precedent.constats is None:
        return None
    constat = precedent.constats.get(cas.indicateur.id)
    return constat is not None and constat.constat in valeur and (constat.ouvert or not ouvert)


def _constat_ouvert(valeur: tuple[str, ...], cas: Cas) -> Trivalent:
    return _constat_precedent(valeur, cas, ouvert=True)


def _constat_exclu(valeur: str, cas: Cas) -> Trivalent:
    return valeur not in cas.indicateur.constats_permis


def _type_precedent(valeur: tuple[str, ...], cas: Cas) -> Trivalent:
    precedent = cas.contexte.precedent
    if precedent is None or precedent.type is None:
        return None
    return precedent.type in valeur


def _ajout(valeur: tuple[str, ...], cas: Cas) -> Trivalent:
    ajouts = cas.contexte.ajouts
    return ("categorie" in valeur and cas.categorie in ajouts.categories) or (
        "site" in valeur and bool(ajouts.sites) and cas.categorie not in ajouts.categories
    )


def _du(valeur: str, cas: Cas) -> Trivalent:
    return cas.contexte.date.isoformat() >= valeur


def _au(valeur: str, cas: Cas) -> Trivalent:
    return cas.contexte.date.isoformat() <= valeur


#: Words that need nothing but the case itself.
MOTS: Mapping[str, Mot] = {
    "toutes": _toutes,
    "categories": _categories,
    "fait": _fait,
    "lignes": _lignes,
    "etiquette": _etiquette,
    "origine": _origine,
    "edition": _edition,
    "constat_precedent": _constat_precedent,
    "constat_ouvert": _constat_ouvert,
    "constat_exclu": _constat_exclu,
    "type_precedent": _type_precedent,
    "ajout": _ajout,
    "du": _du,
    "au": _au,
}

#: Words allowed in a portée: it depends on the organisation, never on the audit.
MOTS_PORTEE = frozenset({"toutes", "categories", "fait"})
#: Words allowed where no line is at stake (documents, checks).
MOTS_SANS_LIGNE = frozenset({"toutes", "type_precedent", "du", "au"})
#: Words that say for whom a gap, a document or a check matters.
MOTS_ORGANISME = MOTS_SANS_LIGNE | {"categories", "fait", "ajout"}
#: Words that read of a line what it is at every audit.
MOTS_DE_LIGNE = frozenset({"lignes", "etiquette", "origine", "edition", "constat_exclu"})
#: Words whose unknown is an unknown of the earlier audit.
MOTS_DU_PRECEDENT = frozenset({"constat_precedent", "constat_ouvert", "type_precedent", "vue"})
