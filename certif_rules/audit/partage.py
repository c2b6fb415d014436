"""Lines kept between audits of one référentiel, since few things decide each of them.

Whether a line applies depends on the category and on the facts that its scope names, with the rules that
give them. Whether it is due depends on the audit type, the category (added or not), the added sites, the
facts and the days that the rules of the type name, the certificates of equivalences, and what the earlier
audit says of the line. Its texts
depend on the type and on the facts that they name, its gaps on what their own rules answer. Nothing else of
a context is read by ``lignes``: audits that agree on it share the line.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from threading import RLock
from typing import Final, NamedTuple

from msgspec.structs import replace

from certif_rules.audit.checklist import Ligne
from certif_rules.audit.etats import Couple
from certif_rules.audit.lignes import line_of
from certif_rules.model.base import Regle
from certif_rules.model.referentiel import Indicateur, Referentiel, TypeAudit
from certif_rules.rules.contexte import ConstatPrecedent, Contexte, FaitsParCategorie
from certif_rules.rules.faits import origin, resolve_all
from certif_rules.rules.lacunes import matters
from certif_rules.rules.motifs import Reponse
from certif_rules.rules.mots import MOTS_DU_PRECEDENT, Cas
from certif_rules.rules.perimetre import before, perimetre
from certif_rules.rules.portee import portee
from certif_rules.rules.trivalent import Trivalent

#: The most answers kept of one référentiel, some 1 kB each; beyond, all of them are dropped.
LIMITE: Final = 50_000
#: The most référentiels whose answers are kept: an edition or two, and texts that a body gives.
REFERENTIELS: Final = 8
#: One thread at a time: a number given twice, or forgotten by another, would share the line of another audit.
_LOCK: Final = RLock()


def shared_lines(referentiel: Referentiel, contexte: Contexte) -> tuple[Ligne, ...]:
    """Return the lines of ``build_lines``, shared with those of other audits where they agree."""
    with _LOCK:
        # The latest asked goes last; the first goes when there are too many.
        partage = _PARTAGES.pop(id(referentiel), None) or Partage(referentiel)
        _PARTAGES[id(referentiel)] = partage
        if len(_PARTAGES) > REFERENTIELS:
            del _PARTAGES[next(iter(_PARTAGES))]
        return partage.lines(contexte)


class Partage:
    """A store keeps what was answered of one référentiel, by what each answer depends on.

    An answer has a number, and two that say the same have the same one: a line depends on those numbers.
    """

    def __init__(self, referentiel: Referentiel) -> None:
        self._referentiel = referentiel
        self._gardees = [_Gardees(indicateur) for indicateur in referentiel.indicateurs.values()]
        self._scopes = {gardees.faits for gardees in self._gardees}
        self._facts = sorted({nom for gardees in self._gardees for nom in gardees.faits})
        self._lectures: dict[str, _Lecture] = {}
        self._numbers: dict[Hashable, int] = {}
        self._answers: dict[Reponse, _Answer] = {}
        self._size = 0

    def lines(self, contexte: Contexte) -> tuple[Ligne, ...]:
        """Return the lines of an audit, in the référentiel's order."""
        if self._size > LIMITE:
            self._drop()
        faits = resolve_all(self._referentiel, contexte)
        lecture = self._lecture(contexte.type_audit)
        categories = [self._category(contexte, lecture, c, values) for c, values in faits.items()]
        precedent = contexte.precedent
        constats = (precedent.constats if precedent else None) or {}
        return tuple(
            self._line(gardees, lecture, contexte, faits, categories, constats.get(gardees.indicateur.id))
            for gardees in self._gardees
        )

    def _line(
        self,
        gardees: _Gardees,
        lecture: _Lecture,
        contexte: Contexte,
        faits: FaitsParCategorie,
        categories: list[_Category],
        constat: ConstatPrecedent | None,
    ) -> Ligne:
        earlier = lecture.of_line(contexte, gardees.indicateur.id, constat)
        portees, perimetres = gardees.portees, gardees.perimetres.setdefault(earlier, {})
        pairs = []
        asked: list[Hashable] = [contexte.type_audit, constat and constat.constat]
        for category in categories:
            of_scope = category.scopes[gardees.faits]
            scope = portees.get(of_scope)
            if scope is None:
                cas = Cas(self._referentiel, contexte, faits, gardees.indicateur, category.nom)
                scope = portees[of_scope] = self._answer(portee(cas))
            due = perimetres.get(category.audit)
            if due is None:
                cas = Cas(self._referentiel, contexte, faits, gardees.indicateur, category.nom)
                type_audit = self._referentiel.types_audit[contexte.type_audit]
                due = perimetres[category.audit] = self._answer(perimetre(cas, type_audit))
            pairs.append((category, scope, due))
            asked += (category.number, scope.number, due.number)
        asked += [c.values[nom] for nom in gardees.faits_des_textes for c in categories]
        asked += [matters(lacune, self._referentiel, contexte, faits) for lacune in gardees.lacunes]
        cle = tuple(asked)
        line = gardees.lignes.get(cle)
        if line is None:
            couples = tuple(
                Couple(categorie=c.nom, portee=s.reponse, perimetre=d.reponse) for c, s, d in pairs
            )
            line = line_of(self._referentiel, contexte, faits, gardees.indicateur, couples)
            gardees.lignes[cle] = line
            self._size += 1
        return line

    def _lecture(self, id_: str) -> _Lecture:
        if id_ not in self._lectures:
            self._lectures[id_] = _Lecture(self._referentiel, self._referentiel.types_audit[id_])
        return self._lectures[id_]

    def _category(
        self, contexte: Contexte, lecture: _Lecture, nom: str, values: Mapping[str, Trivalent]
    ) -> _Category:
        known: dict[str, Trivalent | int] = {}
        for fait in self._facts:
            given = origin(self._referentiel, contexte, nom, fait, values)
            # From two on: 0 and 1 are equal to a value that was said.
            known[fait] = values[fait] if given is None else 2 + self._number((values[fait], given))
        audit = self._number((contexte.type_audit, nom, *lecture.of_category(contexte, nom, values)))
        scopes = {names: self._number((nom, *[known[fait] for fait in names])) for names in self._scopes}
        return _Category(nom, self._number((nom, nom in contexte.certifiees)), audit, values, scopes)

    def _number(self, value: Hashable) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def _answer(self, reponse: Reponse) -> _Answer:
        self._size += 1
        return self._answers.setdefault(reponse, _Answer(len(self._answers), reponse))

    def _drop(self) -> None:
        for gardees in self._gardees:
            gardees.clear()
        self._numbers.clear()
        self._answers.clear()
        self._size = 0


class _Answer(NamedTuple):
    number: int
    reponse: Reponse


class _Category(NamedTuple):
    """A category of an audit has its name, whether it is certified, what rules read of it, and its facts.

    Each of them is a number; ``scopes`` has one of the facts that a scope names, by their names.
    """

    nom: str
    number: int
    audit: int
    values: Mapping[str, Trivalent]
    scopes: Mapping[tuple[str, ...], int]


class _Gardees:
    """This keeps the answers of one indicator; the facts that its scope names, and that its texts name."""

    def __init__(self, indicateur: Indicateur) -> None:
        texts = (*indicateur.preuves, *indicateur.precisions, *indicateur.adaptations)
        self.indicateur = indicateur
        self.faits = tuple(_named(_with_exceptions(indicateur.portee), "fait"))
        self.faits_des_textes = sorted({texte.fait for texte in texts if texte.fait is not None})
        self.lacunes = [lacune for lacune in indicateur.lacunes if lacune.si]
        self.portees: dict[int, _Answer] = {}
        #: By what is read of the line in the earlier audit, then of the category.
        self.perimetres: dict[Hashable, dict[int, _Answer]] = {}
        self.lignes: dict[Hashable, Ligne] = {}

    def clear(self) -> None:
        self.portees.clear()
        self.perimetres.clear()
        self.lignes.clear()


class _Lecture:
    """A reading tells what the rules of an audit type, and of the types they refer to, read of an audit."""

    def __init__(self, referentiel: Referentiel, type_audit: TypeAudit) -> None:
        rules = list(_rules_of(referentiel, type_audit, set()))
        mots = {mot for regle in rules for mot in regle.mots}
        self._faits = _named(rules, "fait")
        self._days = sorted({*_named(rules, "du"), *_named(rules, "au")})
        self._seen = "vue" in mots
        self._earlier = not mots.isdisjoint(MOTS_DU_PRECEDENT)
        self._additions = "ajout" in mots
        self._certificates = sorted({equivalence.certificat for equivalence in referentiel.equivalences})

    def of_category(
        self, contexte: Contexte, categorie: str, values: Mapping[str, Trivalent]
    ) -> Iterator[Hashable]:
        """Yield what is read of a category, whatever the line."""
        day, precedent = contexte.date.isoformat(), contexte.precedent
        if self._additions:
            yield categorie in contexte.ajouts.categories
            yield bool(contexte.ajouts.sites)
        if self._earlier and precedent is not None:
            yield (precedent.type, precedent.constats is None, precedent.indicateurs_audites is None)
        yield self._earlier and precedent is not None
        yield from (contexte.holds(nom, categorie) for nom in self._certificates)
        if self._seen and precedent is not None:
            then = replace(contexte, certificats=before(contexte, precedent))
            yield from (then.holds(nom, categorie) for nom in self._certificates)
        yield from ((day > limit) - (day < limit) for limit in self._days)
        yield from (values[nom] for nom in self._faits)

    def of_line(self, contexte: Contexte, id_: str, constat: ConstatPrecedent | None) -> Hashable:
        """Return what is read of a line in the earlier audit, whatever the category."""
        seen = contexte.precedent.indicateurs_audites if contexte.precedent else None
        return (
            self._seen and seen is not None and id_ in seen,
            (constat.constat, constat.ouvert) if self._earlier and constat else None,
        )


#: By the identity of the référentiel, which its answers hold: no other has it meanwhile.
_PARTAGES: dict[int, Partage] = {}


def _rules_of(referentiel: Referentiel, type_audit: TypeAudit, known: set[str]) -> Iterator[Regle]:
    """Yield the rules that say whether a line is due at an audit type, and those they refer to."""
    if type_audit.id in known:
        return
    known.add(type_audit.id)
    derogations = [d for d in referentiel.derogations if type_audit.id in d.types]
    pieces = (piece.regle for piece in type_audit.pieces)
    others = {derogation.comme for derogation in derogations}
    for regle in _with_exceptions([*type_audit.perimetre, *pieces, *(d.garde for d in derogations)]):
        yield regle
        if "vue" in regle.mots:  # as the type of the earlier audit would have it, whichever it was
            others.update(referentiel.types_audit)
        if "comme" in regle.mots:
            others.add(str(regle.mots["comme"]))
    yield from _with_exceptions(equivalence.garde for equivalence in referentiel.equivalences)
    for id_ in sorted(others):
        yield from _rules_of(referentiel, referentiel.types_audit[id_], known)


def _with_exceptions(regles: Iterable[Regle]) -> Iterator[Regle]:
    return (each for regle in regles for each in regle.emboitees)


def _named(regles: Iterable[Regle], mot: str) -> list[str]:
    """Return what a word names in rules, once each."""
    return sorted({str(regle.mots[mot]) for regle in regles if mot in regle.mots})
