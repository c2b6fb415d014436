"""Three-valued expressions over the columns of a population, each kept once and simplified as it is written.

An expression is a number: that of what it does, in the order of writing, so that whatever it is made of comes
before it. The first three are the constants, and two expressions that are written alike are the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from certif_rules.rules.trivalent import Trivalent

#: The three values, as constants and as cells.
FAUX, INCONNU, VRAI = range(3)

#: A column, by what it says: « categorie » of which, « fait » of which…
Colonne = tuple[str, ...]
Expression = int
#: The cell that a column has for all, where it is the same.
Connu = Callable[[Colonne], int | None]


class Read(Struct, frozen=True):
    """A column is read: true where its cell is one of ``vrais``, false where it is none of ``possibles``."""

    colonne: Colonne
    vrais: frozenset[int]
    possibles: frozenset[int]


class Both(Struct, frozen=True):
    """A conjunction is the least of several values: all hold."""

    parties: tuple[Expression, ...]


class Either(Struct, frozen=True):
    """A disjunction is the greatest of several values: one holds."""

    parties: tuple[Expression, ...]


class Negation(Struct, frozen=True):
    """A negation is the opposite of a value."""

    de: Expression


class Certain(Struct, frozen=True):
    """This expression says whether a value is certainly true: it is never unknown."""

    de: Expression


Noeud = Read | Both | Either | Negation | Certain


class Expressions:
    """This store keeps the expressions that are written, in order.

    Args:
        connu: the cell that a column has for all, which is then no column at all; ``None`` where it varies.
    """

    def __init__(self, connu: Connu | None = None) -> None:
        #: What each expression does; nothing for the three constants.
        self.noeuds: list[Noeud | None] = [None] * 3
        self._connu = connu
        self._numbers: dict[Noeud, Expression] = {}

    def constant(self, value: Trivalent) -> Expression:
        """Return a value that is the same for all."""
        return INCONNU if value is None else VRAI if value else FAUX

    def read(
        self, colonne: Colonne, vrais: Iterable[int] = (VRAI,), inconnus: Iterable[int] = (INCONNU,)
    ) -> Expression:
        """Return what a column says: true for the cells of ``vrais``, unknown for those of ``inconnus``."""
        noeud = Read(colonne, frozenset(vrais), frozenset((*vrais, *inconnus)))
        cell = self._connu(colonne) if self._connu else None
        if cell is None:
            return self._number(noeud)
        return VRAI if cell in noeud.vrais else INCONNU if cell in noeud.possibles else FAUX

    def both(self, *parties: Expression) -> Expression:
        """Return the conjunction of any number of expressions (true for none)."""
        every = {part for given in parties for part in self._parts(given, Both)} - {VRAI}
        if FAUX in every:
            return FAUX
        return self._joined(Both, every, VRAI)

    def either(self, *parties: Expression) -> Expression:
        """Return the disjunction of any number of expressions (false for none)."""
        every = {part for given in parties for part in self._parts(given, Either)} - {FAUX}
        if VRAI in every:
            return VRAI
        return self._joined(Either, every, FAUX)

    def negate(self, de: Expression) -> Expression:
        """Return the opposite of a value; that of unknown is unknown."""
        if de <= VRAI:
            return VRAI - de
        noeud = self.noeuds[de]
        return noeud.de if isinstance(noeud, Negation) else self._number(Negation(de))

    def certainly(self, de: Expression) -> Expression:
        """Return whether a value is true, unknown being read as false."""
        if de <= VRAI:
            return VRAI if de == VRAI else FAUX
        noeud = self.noeuds[de]
        if isinstance(noeud, Read):
            return self.read(noeud.colonne, noeud.vrais, ())
        return de if isinstance(noeud, Certain) else self._number(Certain(de))

    def choose(self, guard: Expression, when_true: Expression, when_false: Expression) -> Expression:
        """Return ``when_true`` if ``guard`` holds, else ``when_false``; decided too when both agree."""
        return self.either(
            self.both(guard, when_true),
            self.both(self.negate(guard), when_false),
            self.both(when_true, when_false),
        )

    def default(self, de: Expression, otherwise: Expression) -> Expression:
        """Return a value where it is known, ``otherwise`` where it is not."""
        possibly = self.negate(self.certainly(self.negate(de)))
        return self.either(self.certainly(de), self.both(possibly, otherwise))

    def needed(self, wanted: Iterable[Expression]) -> list[Expression]:
        """Return what must be computed for ``wanted``, each after what it is made of."""
        seen: set[Expression] = set()
        left = [expression for expression in wanted if expression > VRAI]
        while left:
            expression = left.pop()
            if expression not in seen:
                seen.add(expression)
                left += (part for part in parts_of(self.noeuds[expression]) if part > VRAI)
        return sorted(seen)

    def _parts(self, expression: Expression, kind: type[Both | Either]) -> tuple[Expression, ...]:
        noeud = self.noeuds[expression]
        return noeud.parties if isinstance(noeud, kind) else (expression,)

    def _joined(self, kind: type[Both | Either], parties: set[Expression], none: Expression) -> Expression:
        if len(parties) < 2:
            return next(iter(parties), none)
        return self._number(kind(tuple(sorted(parties))))

    def _number(self, noeud: Noeud) -> Expression:
        number = self._numbers.setdefault(noeud, len(self.noeuds))
        if number == len(self.noeuds):
            self.noeuds.append(noeud)
        return number


def parts_of(noeud: Noeud | None) -> tuple[Expression, ...]:
    """Return what an expression is made of."""
    if isinstance(noeud, Both | Either):
        return noeud.parties
    return (noeud.de,) if isinstance(noeud, Negation | Certain) else ()
