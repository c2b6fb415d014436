"""What findings are worth to a judgement: its measures on lines that are known, in exact fractions, pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from certif_rules.model.jugement import Jugement, Mesure
from certif_rules.model.referentiel import Constat, Indicateur

#: What a measure is worth: ``None`` when nothing was measured, which no condition accepts.
Nombre = Fraction | None
#: A mean by criterion has one value per criterion (its id).
Valeur = Nombre | Mapping[str, Nombre]


class LigneJugee(Struct, frozen=True, kw_only=True):
    """A judged line may be a check: without ``indicateur``, it stands in no criterion and has no label.

    ``possibles`` are the findings it may end with. ``None`` is none that counts: lifted, satisfied, or not
    due after all. ``inconnue``: it has a value that nobody gives, so that no figure is made without it.
    """

    indicateur: Indicateur | None
    possibles: tuple[str | None, ...]
    inconnue: bool = False

    @property
    def id(self) -> str | None:
        """Return the id of the line."""
        return self.indicateur.id if self.indicateur else None

    @property
    def critere(self) -> str | None:
        """Return the criterion (an id) that the line stands in."""
        return self.indicateur.critere if self.indicateur else None


def measure(
    jugement: Jugement, constats: Mapping[str, Constat], lignes: Iterable[LigneJugee]
) -> dict[str, Valeur]:
    """Return what each measure is worth on the lines whose finding is known; the others are left out.

    A measure that would count a line whose value is unknown is left out itself, as are the sums over it.
    """
    every = list(lignes)
    known = [(li, li.possibles[0]) for li in every if len(li.possibles) == 1 and not li.inconnue]
    unknown = [li for li in every if li.inconnue]
    values: dict[str, Valeur] = {}
    partial: set[str] = set()
    for mesure in jugement.mesures.values():
        missing = [li for li in unknown if _may_count(mesure, constats, li)]
        if mesure.citees:
            if all(nom in values and nom not in partial for nom in mesure.citees):
                values[mesure.id] = _of_measures(mesure, values)
        elif mesure.par_critere:
            hidden = {li.critere for li in missing} - {None}
            values[mesure.id] = {
                critere: _close(mesure, _gather(mesure, constats, pairs))
                for critere, pairs in _by_criterion(known)
                if critere not in hidden
            }
            if hidden:
                partial.add(mesure.id)
        elif not missing:
            values[mesure.id] = _close(mesure, _gather(mesure, constats, known))
    return values


def levels(jugement: Jugement) -> frozenset[str]:
    """Return the measures made of the values of findings, and those made of them."""
    ids: set[str] = set()
    for mesure in jugement.mesures.values():
        if mesure.moyenne or mesure.minimum or any(nom in ids for nom in mesure.citees):
            ids.add(mesure.id)
    return frozenset(ids)


def brought(
    mesure: Mesure, constats: Mapping[str, Constat], ligne: LigneJugee, constat: str | None
) -> Fraction | None:
    """Return what a line that ends with a finding brings to a measure: a value, one, or nothing."""
    etiquettes = ligne.indicateur.etiquettes if ligne.indicateur else ()
    if constat is None or (mesure.etiquette is not None and mesure.etiquette not in etiquettes):
        return None
    if mesure.compte:
        return Fraction(1) if constat in mesure.compte else None
    text = constats[constat].valeur
    return None if text is None else Fraction(text)


# ---- measures -------------------------------------------------------------------------------------------


def _by_criterion(
    pairs: Iterable[tuple[LigneJugee, str | None]],
) -> Iterator[tuple[str, list[tuple[LigneJugee, str | None]]]]:
    """Yield the lines of each criterion, in order; those without a criterion are in none."""
    groups: dict[str, list[tuple[LigneJugee, str | None]]] = {}
    for pair in pairs:
        if pair[0].critere is not None:
            groups.setdefault(pair[0].critere, []).append(pair)
    yield from groups.items()


#: What is measured, and what it weighs in a mean.
_Pesees = Sequence[tuple[Fraction, Fraction]]


def _gather(
    mesure: Mesure, constats: Mapping[str, Constat], pairs: Iterable[tuple[LigneJugee, str | None]]
) -> _Pesees:
    each = ((brought(mesure, constats, ligne, constat), mesure.pese(ligne.id)) for ligne, constat in pairs)
    return [(value, poids) for value, poids in each if value is not None]


def _may_count(mesure: Mesure, constats: Mapping[str, Constat], ligne: LigneJugee) -> bool:
    """Return whether some finding that the line may have would change the measure."""
    return not mesure.citees and any(
        brought(mesure, constats, ligne, constat) is not None for constat in ligne.possibles
    )


def _close(mesure: Mesure, values: _Pesees) -> Nombre:
    if mesure.compte:
        return Fraction(len(values))
    if not values:
        return None
    if mesure.minimum or mesure.minimum_de:
        return min(value for value, _ in values)
    return sum((v * p for v, p in values), Fraction(0)) / sum((p for _, p in values), Fraction(0))


def _of_measures(mesure: Mesure, values: Mapping[str, Valeur]) -> Nombre:
    """Return what a measure made of others is worth: those of no value weigh nothing in a mean."""
    if mesure.somme:
        return _sum(mesure, values)
    each: dict[str, Nombre] = {}
    for nom in mesure.citees:
        value = values[nom]
        each.update(value if isinstance(value, Mapping) else {nom: value})
    return _close(mesure, [(value, mesure.pese(nom)) for nom, value in each.items() if value is not None])


def _sum(mesure: Mesure, values: Mapping[str, Valeur]) -> Nombre:
    total = Fraction(0)
    for terme in mesure.somme:
        value = values[terme.mesure]
        assert not isinstance(value, Mapping)
        if terme.seuil is not None:
            total += int(value is not None and value >= Fraction(terme.seuil))
        elif value is None:
            return None
        else:
            total += value
    return total
