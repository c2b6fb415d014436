"""The rules of one audit type, compiled: for each line, whether it applies and whether it is due.

Each word says here in columns what it says of one case in ``rules/``: whatever is changed there is changed
here, and a test compares the two on contexts drawn at random. A word without a line in ``_MOTS`` is told by
its name, and the engine then answers context by context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from msgspec import Struct

from certif_rules.calcul.expressions import FAUX, INCONNU, VRAI, Colonne, Connu, Expression, Expressions, Read
from certif_rules.model.base import Regle
from certif_rules.model.organisme import Fait
from certif_rules.model.referentiel import Indicateur, Referentiel, TypeAudit
from certif_rules.rules.faits import nature_of

#: The cell of a finding where nobody knows what was found; none is 0, then two for each finding.
NON_DIT = 255
#: The most findings that a cell can tell from one another, lifted or not.
MOST = (NON_DIT - 1) // 2


class NonCompilable(Exception):  # noqa: N818 - nothing is wrong
    """This error says, in French, what the rules ask for that has no column."""


class Programme(Struct, frozen=True):
    """A programme says who owes each line, by its id; it keeps what is computed in order, and its columns."""

    expressions: Expressions
    dues: Mapping[str, Expression]
    ordre: tuple[Expression, ...]
    colonnes: tuple[Colonne, ...]


def compile_lines(referentiel: Referentiel, type_audit: TypeAudit, connu: Connu | None = None) -> Programme:
    """Compile what decides each line of a référentiel at an audit of one type.

    A line is due where, for one category at least, it applies and is due: joining categories before that
    would be an error. What is not known of either makes it unknown.

    Args:
        referentiel: the rules.
        type_audit: one of its types.
        connu: the cell that a column has for all the population, where it is the same.

    Raises:
        NonCompilable: they use what has no column.
    """
    if len(referentiel.constats) > MOST:
        raise NonCompilable(f"plus de {MOST} constats")
    write = Expressions(connu)
    compilation = _Compilation(referentiel, write)
    dues = {
        indicateur.id: write.either(
            *(compilation.due(_Cas(indicateur, c), type_audit) for c in referentiel.categories)
        )
        for indicateur in referentiel.indicateurs.values()
    }
    ordre = write.needed(dues.values())
    read = {noeud.colonne for noeud in map(write.noeuds.__getitem__, ordre) if isinstance(noeud, Read)}
    return Programme(write, dues, tuple(ordre), tuple(sorted(read)))


class _Cas(NamedTuple):
    """A case is a line and a category; ``seul``: as if nothing were known of the earlier audit."""

    indicateur: Indicateur
    categorie: str
    seul: bool = False


class _Compilation:
    def __init__(self, referentiel: Referentiel, write: Expressions) -> None:
        self.referentiel = referentiel
        self.write = write
        #: The code of each finding and of each type of earlier audit, as cells have them.
        self.constats = {constat: rank for rank, constat in enumerate(referentiel.constats)}
        self.types = codes_of(referentiel)
        self.facts = cache(self._facts)

    def due(self, cas: _Cas, type_audit: TypeAudit) -> Expression:
        asked = self.write.read(("categorie", cas.categorie), inconnus=())
        scope = self.write.either(*(self.rule(regle, cas) for regle in cas.indicateur.portee))
        applies = self.write.both(asked, scope)
        return applies if applies == FAUX else self.write.both(applies, self.perimeter(cas, type_audit))

    def perimeter(self, cas: _Cas, type_audit: TypeAudit) -> Expression:
        due = self.write.either(*(self.rule(regle, cas) for regle in type_audit.perimetre))
        for derogation in self.referentiel.derogations:
            if type_audit.id in derogation.types:
                other = self.perimeter(cas, self.referentiel.types_audit[derogation.comme])
                due = self.write.choose(self.rule(derogation.garde, cas), other, due)
        for equivalence in self.referentiel.equivalences:
            if not equivalence.types or type_audit.id in equivalence.types:
                day = "certificat_avant" if cas.seul else "certificat"
                held = self.write.read((day, equivalence.certificat, cas.categorie))
                exempt = self.write.both(self.rule(equivalence.garde, cas), held)
                due = self.write.both(due, self.write.negate(exempt))
        return due

    def rule(self, regle: Regle, cas: _Cas) -> Expression:
        words = [self._word(mot)(self, valeur, cas) for mot, valeur in regle.mots.items()]
        if regle.sauf is not None:
            words.append(self.write.negate(self.rule(regle.sauf, cas)))
        if regle.inconnu is not None:
            words.append(INCONNU)
        return self.write.both(*words)

    def finding(self, cas: _Cas, constats: Iterable[str], *, ouvert: bool | None) -> Expression:
        """Return whether the earlier finding is one of these, open if ``ouvert``; unknown with the audit."""
        if cas.seul:
            return INCONNU
        known = (self.constats[c] for c in constats if c in self.constats)
        cells = [cell for rank in known for cell in cells_of(rank)[bool(ouvert) :]]
        return self.write.read(("constat", cas.indicateur.id), cells, (NON_DIT,))

    def type_before(self, codes: Iterable[str]) -> Expression:
        """Return whether the earlier audit is of one of these types."""
        cells = [self.types[code] for code in codes if code in self.types]
        return self.write.read(("type",), cells, (0,))

    def _word(self, mot: str) -> _Mot:
        if mot not in _MOTS:
            raise NonCompilable(f"le mot « {mot} »")
        return _MOTS[mot]

    def _facts(self, categorie: str) -> Mapping[str, Expression]:
        """Return the value of each fact for a category: a round for each implication, all read both ways."""
        write, faits = self.write, self.referentiel.faits.values()
        values = {fait.id: self._given(fait, categorie) for fait in faits}
        implied = [(fait.id, target) for fait in faits for target in fait.implique]
        for _ in implied:
            for source, target in implied:
                follows = write.either(write.certainly(values[source]), INCONNU)
                values[target] = write.default(values[target], follows)
                denied = write.both(write.negate(write.certainly(write.negate(values[target]))), INCONNU)
                values[source] = write.default(values[source], denied)
        unclaimed = {fait.id: write.certainly(values[fait.id]) for fait in faits if fait.a_invoquer}
        return {**values, **unclaimed}

    def _given(self, fait: Fait, categorie: str) -> Expression:
        for_all = VRAI if nature_of(fait, categorie) else self.write.read(("fait", fait.id))
        return self.write.default(self.write.read(("fait", fait.id, categorie)), for_all)


def codes_of(referentiel: Referentiel) -> dict[str, int]:
    """Return the cell of each type of earlier audit, by its code; 0 is « not known »."""
    types = referentiel.types_audit.values()
    codes = dict.fromkeys(code for t in types for code in (t.code, *(t.precedents or ())))
    return {code: rank for rank, code in enumerate(codes, 1)}


def cells_of(rank: int) -> tuple[int, int]:
    """Return the two cells of a finding: lifted, and open."""
    return 2 * rank + 1, 2 * rank + 2


_Mot = Callable[[_Compilation, Any, _Cas], Expression]


def _constant(test: Callable[[_Compilation, Any, _Cas], bool]) -> _Mot:
    """Return a word that depends on the line and the category only."""
    return lambda c, valeur, cas: c.write.constant(test(c, valeur, cas))


def _fait(c: _Compilation, valeur: str, cas: _Cas) -> Expression:
    return c.facts(cas.categorie)[valeur]


def _in_edition(c: _Compilation, valeur: Sequence[str], cas: _Cas) -> bool:
    own = (r.couche for r in c.referentiel.couches if r.couche.referentiel == cas.indicateur.origine)
    return any(couche.nature == "exigence" and couche.id in valeur for couche in own)


def _constat(c: _Compilation, valeur: Sequence[str], cas: _Cas, *, ouvert: bool = False) -> Expression:
    return c.finding(cas, valeur, ouvert=ouvert)


def _type_precedent(c: _Compilation, valeur: Sequence[str], cas: _Cas) -> Expression:
    return INCONNU if cas.seul else c.type_before(valeur)


def _ajout(c: _Compilation, valeur: Sequence[str], cas: _Cas) -> Expression:
    added = c.write.read(("ajout", cas.categorie), inconnus=())
    site = c.write.both(c.write.read(("site",), inconnus=()), c.write.negate(added))
    return c.write.either(*[added] * ("categorie" in valeur), *[site] * ("site" in valeur))


def _jour(c: _Compilation, valeur: str, _cas: _Cas, *, cells: tuple[int, int]) -> Expression:
    """Compare the day of the audit with that of a rule: before it, that day, after it are 0, 1 and 2."""
    return c.write.read(("jour", valeur), cells, ())


def _comme(c: _Compilation, valeur: str, cas: _Cas) -> Expression:
    return c.perimeter(cas, c.referentiel.types_audit[valeur])


def _vue(c: _Compilation, valeur: bool, cas: _Cas) -> Expression:
    """Say whether the line was seen: not where set aside; as the audit says; as its type would have it."""
    if cas.seul:
        return INCONNU
    write = c.write
    alone = cas._replace(seul=True)
    aside = [rank for rank, constat in enumerate(c.referentiel.constats.values()) if constat.hors_portee]
    cells = [cell for rank in aside for cell in cells_of(rank)]
    before: dict[str, TypeAudit] = {}
    for origine in c.referentiel.origines:  # the label’s own last, as it wins
        before |= {t.code: t for t in c.referentiel.types_audit.values() if t.origine == origine}
    nobody_knows = [0, *(cell for code, cell in c.types.items() if code not in before)]
    by_type = [write.both(write.read(("type",), nobody_knows, ()), INCONNU)]
    for code, type_audit in before.items():
        same = write.read(("type",), (c.types[code],), ())
        if same != FAUX:
            by_type.append(write.both(same, c.perimeter(alone, type_audit)))
    seen = write.default(write.read(("vue", cas.indicateur.id)), write.either(*by_type))
    seen = write.both(write.negate(write.read(("constat", cas.indicateur.id), cells, ())), seen)
    return seen if valeur else write.negate(seen)


#: The words that have columns.
_MOTS: Mapping[str, _Mot] = {
    "toutes": _constant(lambda _c, valeur, _cas: valeur),
    "categories": _constant(lambda _c, valeur, cas: cas.categorie in valeur),
    "fait": _fait,
    "lignes": _constant(lambda _c, valeur, cas: cas.indicateur.id in valeur),
    "etiquette": _constant(lambda _c, valeur, cas: valeur in cas.indicateur.etiquettes),
    "origine": _constant(lambda _c, valeur, cas: cas.indicateur.origine == valeur),
    "edition": _constant(_in_edition),
    "constat_precedent": _constat,
    "constat_ouvert": partial(_constat, ouvert=True),
    "constat_exclu": _constant(lambda _c, valeur, cas: valeur not in cas.indicateur.constats_permis),
    "type_precedent": _type_precedent,
    "ajout": _ajout,
    "du": partial(_jour, cells=(1, 2)),
    "au": partial(_jour, cells=(0, 1)),
    "vue": _vue,
    "comme": _comme,
}
