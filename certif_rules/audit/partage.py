"""Lines kept between audits of one référentiel, since few things decide each of them.

Whether a line applies depends on the category and on the facts that its scope names, with the rules that
give them. Whether it is due depends on the audit type, the category (added or not), the added sites, the
facts and the days that the rules of the type name, the certificates of equivalences, and what the earlier
audit says of the line. Its texts
depend on the type and on the facts that they name, its gaps on what their own rules answer. Nothing else of
a context is read by ``lignes``: audits that agree on it share the line.

Lines share as much among themselves. Those that the rules of an audit type tell apart by nothing are due
alike; those whose scope has the same words, and names no fact, apply alike, each by its own rule.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from threading import RLock
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from certif_rules.audit.checklist import Ligne
from certif_rules.audit.etats import Couple
from certif_rules.audit.lignes import line_of
from certif_rules.model.base import Regle
from certif_rules.model.referentiel import Indicateur, Referentiel, TypeAudit
from certif_rules.rules.contexte import ConstatPrecedent, Contexte, FaitsParCategorie
from certif_rules.rules.faits import origin, resolve_all
from certif_rules.rules.lacunes import matters
from certif_rules.rules.motifs import Motif, Reponse, each_once
from certif_rules.rules.mots import MOTS, MOTS_DE_LIGNE, MOTS_DU_PRECEDENT, Cas
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
        #: By the words of a scope that names no fact, and the category.
        self._reasons: dict[Hashable, Reponse] = {}
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
            [
                self._line(gardees, lecture, contexte, faits, categories, constats.get(gardees.indicateur.id))
                for gardees in self._gardees
            ]
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
        portees, perimetres = gardees.portees, lecture.alike(self._referentiel, contexte, gardees, constat)
        asked: list[Hashable] = [contexte.type_audit, constat and constat.constat]
        pairs = []
        for category in categories:
            of_scope = category.scopes[gardees.faits]
            scope = portees.get(of_scope)
            if scope is None:
                known = self._reasons.get((gardees.mots, category.nom))
                if known is not None:
                    scope = _Answer(of_scope, _own(known, gardees.indicateur.portee[0]))
                    self._size += 1
                else:
                    cas = Cas(self._referentiel, contexte, faits, gardees.indicateur, category.nom)
                    scope = self._scope(gardees, cas, of_scope)
                portees[of_scope] = scope
            due = perimetres.get(category.audit)
            if due is None:
                cas = Cas(self._referentiel, contexte, faits, gardees.indicateur, category.nom)
                type_audit = self._referentiel.types_audit[contexte.type_audit]
                due = perimetres[category.audit] = self._answer(perimetre(cas, type_audit))
            pairs.append((category, scope, due))
            asked += (category.number, scope.number, due.number)
        if gardees.faits_des_textes:
            asked += [c.values[nom] for nom in gardees.faits_des_textes for c in categories]
        if gardees.lacunes:
            asked += [matters(lacune, self._referentiel, contexte, faits) for lacune in gardees.lacunes]
        cle = tuple(asked)
        line = gardees.lignes.get(cle)
        if line is None:
            couples = tuple(
                [Couple(categorie=c.nom, portee=s.reponse, perimetre=d.reponse) for c, s, d in pairs]
            )
            line = line_of(self._referentiel, contexte, faits, gardees.indicateur, couples)
            gardees.lignes[cle] = line
            self._size += 1
        return line

    def _scope(self, gardees: _Gardees, cas: Cas, number: int) -> _Answer:
        """Return whether a line applies; ``number`` is that of what its scope reads.

        Where it reads nothing but the category, no two of them are answered the same.
        """
        reponse = portee(cas)
        if gardees.mots is None:
            return self._answer(reponse)
        self._reasons[gardees.mots, cas.categorie] = reponse
        self._size += 1
        return _Answer(number, reponse)

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
        self._lectures.clear()
        self._numbers.clear()
        self._answers.clear()
        self._reasons.clear()
        self._size = 0


class _Answer(Struct, frozen=True, gc=False):
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

    __slots__ = ("faits", "faits_des_textes", "indicateur", "lacunes", "lignes", "mots", "portees")

    def __init__(self, indicateur: Indicateur) -> None:
        texts = indicateur.preuves + indicateur.precisions + indicateur.adaptations
        self.indicateur = indicateur
        self.mots = _alone(indicateur.portee)
        self.faits = tuple(_named(_with_exceptions(indicateur.portee), "fait")) if self.mots is None else ()
        self.faits_des_textes = sorted({t.fait for t in texts if t.fait is not None}) if texts else ()
        self.lacunes = [la for la in indicateur.lacunes if la.si] if indicateur.lacunes else ()
        self.portees: dict[int, _Answer] = {}
        self.lignes: dict[Hashable, Ligne] = {}

    def clear(self) -> None:
        self.portees.clear()
        self.lignes.clear()


class _Lecture:
    """A reading tells what the rules of an audit type, and of the types they refer to, read of an audit.

    It has what they answered: by what they read of a line, then of a category.
    """

    def __init__(self, referentiel: Referentiel, type_audit: TypeAudit) -> None:
        rules = list(_rules_of(referentiel, type_audit, set()))
        mots = {mot for regle in rules for mot in regle.mots}
        self._faits = _named(rules, "fait")
        self._days = sorted({*_named(rules, "du"), *_named(rules, "au")})
        self._seen = "vue" in mots
        self._earlier = not mots.isdisjoint(MOTS_DU_PRECEDENT)
        self._additions = "ajout" in mots
        self._certificates = sorted({equivalence.certificat for equivalence in referentiel.equivalences})
        self._of_lines = [
            (MOTS[mot], valeur)
            for regle in rules
            for mot, valeur in regle.mots.items()
            if mot in MOTS_DE_LIGNE
        ]
        #: The number of what they read of each line at any audit, by its id.
        self._lines: dict[str, int] = {}
        self._numbers: dict[Hashable, int] = {}
        self._perimetres: dict[Hashable, dict[int, _Answer]] = {}

    def alike(
        self,
        referentiel: Referentiel,
        contexte: Contexte,
        gardees: _Gardees,
        constat: ConstatPrecedent | None,
    ) -> dict[int, _Answer]:
        """Return what was answered of the lines that these rules do not tell from this one, by category."""
        indicateur = gardees.indicateur
        of_line = self._lines.get(indicateur.id)
        if of_line is None:
            cas = Cas(referentiel, contexte, {}, indicateur, "")
            read = tuple([mot(valeur, cas) for mot, valeur in self._of_lines])
            of_line = self._lines[indicateur.id] = self._numbers.setdefault(read, len(self._numbers))
        earlier = contexte.precedent and self.of_line(contexte, indicateur.id, constat)
        key = (of_line, earlier)
        answers = self._perimetres.get(key)
        if answers is None:
            answers = self._perimetres[key] = {}
        return answers

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
    """Yield the rules that say whether a line is due at an audit type, or why not, and those referred to."""
    if type_audit.id in known:
        return
    known.add(type_audit.id)
    derogations = [d for d in referentiel.derogations if type_audit.id in d.types]
    pieces = (piece.regle for piece in type_audit.pieces)
    others = {derogation.comme for derogation in derogations}
    own = (*type_audit.perimetre, *type_audit.sinon_selon, *pieces, *(d.garde for d in derogations))
    for regle in _with_exceptions(own):
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


def _own(reponse: Reponse, regle: Regle) -> Reponse:
    """Return what was answered by a rule, for another that has the same words: each rests on its own."""
    motif = reponse.motifs[0]
    own = Motif(
        code=motif.code,
        texte=motif.texte,
        categories=motif.categories,
        emplacements=(regle.emplacement,),
        sources=regle.sources if len(regle.sources) < 2 else each_once(regle.sources),
        confiance=regle.confiance,
        lecture=regle.lecture,
        incoherences=regle.incoherences and each_once(regle.incoherences),
    )
    return Reponse(reponse.valeur, (own,))


def _alone(portee: tuple[Regle, ...]) -> Hashable:
    """Return the words of a scope of one rule, where its reason has nothing else but what it rests on."""
    if len(portee) != 1 or portee[0].sauf is not None or portee[0].inconnu is not None:
        return None
    regle = portee[0]
    return None if "fait" in regle.mots else (*regle.mots.items(), regle.motif)


def _named(regles: Iterable[Regle], mot: str) -> list[str]:
    """Return what a word names in rules, once each."""
    return sorted({str(regle.mots[mot]) for regle in regles if mot in regle.mots})
